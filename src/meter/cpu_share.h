// How much of the machine's CPU time is ours, since the last time somebody asked; where it is told,
// also of each package, and of the memory.
#ifndef PT_METER_CPU_SHARE_H
#define PT_METER_CPU_SHARE_H

#include "meter/attribution.h"
#include "meter/memory_share.h"
#include "meter/process_tree.h"
#include "meter/socket_share.h"
#include "sensor/proc_stat.h"

struct pt_cpu_share {
    enum pt_meter_scope scope;
    struct pt_proc_stat stat;        // not of PT_SCOPE_MACHINE
    struct pt_process_tree tree;     // of PT_SCOPE_TREE
    struct pt_socket_share *sockets; // NULL: one package, or they cannot be told apart
    struct pt_memory_share memory;
    const struct pt_clock *clock;
    int64_t marked_ns;
    double cpu_at_open, cpu_at_mark, busy_at_mark;
    double tick_seconds;
    struct pt_window_share latest; // of the last mark
};

// Of the scope and the process in config; root is borrowed. PT_UNAVAILABLE if CPU times cannot be
// read.
enum pt_status pt_cpu_share_open(struct pt_cpu_share *share, const struct pt_meter_config *config,
                                 const char *root, struct pt_error *error);
void pt_cpu_share_close(struct pt_cpu_share *share);
// CPU seconds of ours by now; NAN for PT_SCOPE_MACHINE without /proc/stat.
double pt_cpu_share_cpu_seconds(struct pt_cpu_share *share);
// The share since the last mark, or since open; false if it cannot be told now. If mark is set this
// is the new mark; if not, packages and memory are as at the last one.
bool pt_cpu_share_since_mark(struct pt_cpu_share *share, bool mark,
                             struct pt_window_share *ret_share);

#endif
