// Runs a program of the system and takes what it prints: an argument vector and never a shell,
// nothing to read, a limit on time and on bytes.
#ifndef PT_JOB_TOOL_H
#define PT_JOB_TOOL_H

#include "base/arena.h"

struct pt_tool {
    const char *const *words; // NULL-terminated; the first is looked for in PATH
    const char *const *set;   // "NAME=value" in its environment; NULL: as here
    const char *unset_prefix; // variables that begin so are not passed on; NULL: all are
    const char *directory;    // NULL: the current one
    double seconds;
};

struct pt_tool_output {
    int exit_status;       // 128 + the number of a signal
    const char *text;      // what it printed; its last line end is cut off
    size_t length;         // of the text
    const char *complaint; // the first line of its stderr; ""
};

// PT_UNAVAILABLE: there is no such program; PT_IO: it did not end in time, or printed more than
// 8 MiB. Texts come from arena.
enum pt_status pt_tool_run(struct pt_arena *arena, const struct pt_tool *tool,
                           struct pt_tool_output *ret_output, struct pt_error *error);

#endif
