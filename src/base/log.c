// Events for whoever listens.

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_LINE = 1000 };

static pt_log_sink *log_sink;
static void *log_state;
static enum pt_log_level log_least;

void pt_log_set_sink(pt_log_sink *sink, void *state, enum pt_log_level least)
{
    log_sink = sink;
    log_state = state;
    log_least = least;
}

// One event is one line, whatever a file name or a message holds.
static void flatten(char *line)
{
    for (unsigned char *c = (unsigned char *)line; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7F)
            *c = ' ';
}

void pt_log(enum pt_log_level level, const char *event, const char *fields, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char line[LONGEST_LINE + 1];
    if (log_sink == NULL || level < log_least)
        return;
    int used = snprintf(line, sizeof line, "level=%s event=%s%s", names[level], event,
                        fields[0] == '\0' ? "" : " ");
    if (used > 0 && used < LONGEST_LINE) {
        va_list arguments;
        va_start(arguments, fields);
        used += vsnprintf(line + used, sizeof line - (size_t)used, fields, arguments);
        va_end(arguments);
    }
    if (used > LONGEST_LINE)
        memcpy(line + LONGEST_LINE - 3, "...", 3);
    flatten(line);
    log_sink(level, line, log_state);
}
