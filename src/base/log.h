// Events on stderr, one a line: level=warn event=sample_late sensor=rapl interval_seconds=1.92
// Only the program sets a sink; the library is silent without one.
#ifndef PT_BASE_LOG_H
#define PT_BASE_LOG_H

#include "base/status.h"

enum pt_log_level { PT_LOG_DEBUG, PT_LOG_INFO, PT_LOG_WARN, PT_LOG_ERROR };

typedef void pt_log_sink(enum pt_log_level level, const char *line, void *state);
// NULL: silence, the default. Call before any thread is started.
void pt_log_set_sink(pt_log_sink *sink, void *state, enum pt_log_level least);
// fields is the rest of the line, "key=value key=value". At most 1000 characters.
void pt_log(enum pt_log_level level, const char *event, const char *fields, ...) PT_PRINTF(3, 4);

#endif
