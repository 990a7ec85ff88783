// How much of the memory in use is a tree's: for memory modules, most of whose energy goes into
// keeping what they hold.
//
//   share = PSS of the tree / (MemTotal - MemAvailable)
//
// PSS divides a page among those who share it, so that forked ranks count their common pages once.
// The kernel goes through the page tables for it, which takes a second for some 100 GB; so it is
// asked so rarely that it costs at most 0.05 % of a thread, and in between its ratio to the
// resident size holds on, which /proc/PID/stat tells at no cost. How much memory a process moves is
// not told without performance counters of the machine; therefore the interval reaches from what
// CPU time says to what memory says. Source: Linux, Documentation/filesystems/proc.rst
// (smaps_rollup).
#ifndef PT_METER_MEMORY_SHARE_H
#define PT_METER_MEMORY_SHARE_H

#include "meter/attribution.h"
#include "meter/process_tree.h"

struct pt_memory_share {
    bool wanted; // there is a channel that it divides
    const char *root;
    struct pt_process_tree *tree;
    double pss_per_resident;        // NAN: not yet asked
    double asked_cost, asked_since; // seconds that asking took, of the thread; since then
    double page_bytes;
    double resident, largest, pss, pss_resident; // of the walk that goes on, bytes
    bool ask;
};

// root and tree are borrowed.
void pt_memory_share_open(struct pt_memory_share *memory, const char *root, bool wanted,
                          struct pt_process_tree *tree);
// elapsed: seconds since the last call. The value is NAN if it is not told.
void pt_memory_share_mark(struct pt_memory_share *memory, double elapsed, struct pt_share cpu,
                          struct pt_share *ret_share);

// The number before " kB" of the line that begins with key ("MemTotal:"), in bytes; NAN.
double pt_memory_line_parse(const char *text, const char *key);

#endif
