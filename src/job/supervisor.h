// The supervisor of a local job: a small process that stays the parent of the command and outlives
// the program that started it.
//
// So the exit status is never lost, orphans come to one who counts them, and whoever comes back
// after a crash finds the job as it is. It has a session of its own: closing the terminal or Ctrl-C
// reaches the program, which decides. It keeps the job's file (state.h), and takes orders at the
// socket ID.sock beside it from the same user: one packet of text each, answered "ok ..." or
// "fail STATUS MESSAGE"; "changed" comes unasked when the phase changes.
#ifndef PT_JOB_SUPERVISOR_H
#define PT_JOB_SUPERVISOR_H

#include "job/state.h"

enum { PT_SUPERVISOR_PACKET = 8192 };

struct pt_supervisor_options {
    const char *folder; // of the job's file
    bool wait_for_orphans;
    const char *cgroup; // that the command is to be put into, or NULL
};

// Starts state->restart_count > 0 ? the resume command : the command, in its directory, with
// POWERTRAIN_JOB, POWERTRAIN_RESTART_COUNT and, from the second start on, POWERTRAIN_RESUME=1 in
// its environment. Returns when the command runs, with the phase, the processes and changes in
// *state. PT_NOT_FOUND, PT_DENIED: the command cannot be executed; the job has then ended with 127
// or 126.
enum pt_status pt_supervisor_start(const struct pt_supervisor_options *options,
                                   struct pt_job_state *state, struct pt_error *error);

// A connection to the supervisor of the job. PT_UNAVAILABLE: it has none.
enum pt_status pt_supervisor_connect(const char *folder, const char *id, int *ret_fd,
                                     struct pt_error *error);
// One order and its answer: PT_OK, or what the supervisor said. PT_INTERRUPTED: it has ended.
//   suspend | resume | stop GRACE | park SIGNAL WAIT GRACE [FILE] | signal NUMBER (to its
//   process group) | ask NUMBER (to who catches it) | duty SHARE | cpus COUNT (0: all)
// SIGNAL 0: TERM at once. WAIT: seconds for the command to end, or for FILE to be written anew.
enum pt_status pt_supervisor_order(int fd, struct pt_error *error, const char *format, ...)
    PT_PRINTF(3, 4);
// How the job stands, into *state (whose texts stay). PT_INTERRUPTED: it has ended.
enum pt_status pt_supervisor_ask(int fd, struct pt_job_state *state, struct pt_error *error);
// Waits until something has changed or the supervisor has ended, at most so long.
void pt_supervisor_wait(int fd, double seconds);

#endif
