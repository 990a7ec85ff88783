// How much of each processor's time is ours, where a machine has several.
//
// A package's energy is that of the threads that ran on it, so each is divided by CPU time on that
// socket: for the machine from the lines "cpuN" of /proc/stat, for us
//  - exactly, from a control group of version 1, which counts each CPU;
//  - else by sampling: in each window every thread's time goes to the socket that it ran on last.
//    What may have run elsewhere (a thread that was on another socket before, or that was not there
//    before, or that has ended) is in the interval; that a thread went there and back is not.
// The sum over the sockets is the CPU time that is known exactly (process_tree.h). A socket that is
// as good as idle has no users to be divided among: there the share is that of the machine.
// Source: Linux, Documentation/filesystems/proc.rst, 1.7; man 5 proc (field 39).
#ifndef PT_METER_SOCKET_SHARE_H
#define PT_METER_SOCKET_SHARE_H

#include "meter/attribution.h"
#include "meter/process_tree.h"

struct pt_socket_share;

// root and tree are borrowed. PT_UNAVAILABLE: the sensor counts fewer than two packages, or the
// topology is not told.
enum pt_status pt_socket_share_open(struct pt_socket_share **ret_share,
                                    const struct pt_meter_config *config, const char *root,
                                    struct pt_process_tree *tree, struct pt_error *error);
void pt_socket_share_close(struct pt_socket_share *share); // accepts NULL
// Fills the packages of window, whose cpu is set; cpu_seconds of ours were used since the last
// mark, or since open. None if it cannot be told. Allocates only what opendir needs.
void pt_socket_share_mark(struct pt_socket_share *share, double cpu_seconds,
                          struct pt_window_share *window);

// The steps, for tests. Ours of each of count packages, so that the sum is cpu_seconds and, as far
// as there is room, none is more than was busy: by seen[], seconds that were seen on each.
void pt_socket_spread(const double *seen, const double *busy, int count, double cpu_seconds,
                      double *ret_ours);

#endif
