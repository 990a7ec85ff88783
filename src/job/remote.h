// What the executors share whose jobs are no children of ours: a batch system, systemd, Kubernetes.
//
// There is no supervisor: the other system keeps the job, and we ask it. So that a look is all that
// is needed after any crash, an order changes the phase on the disk and then asks; what is seen
// later moves the phase on, and says whether somebody else was at work.
#ifndef PT_JOB_REMOTE_H
#define PT_JOB_REMOTE_H

#include "job/executor.h"

struct pt_remote {
    struct pt_arena *arena;
    struct pt_job_spec spec; // with id, directory and command
    const char *folder;
    struct pt_job_state job;
    int lock_fd;
    int64_t begin_ns;     // of the next start; 0: at once
    int64_t looked_ns;    // monotonic; 0: never
    double stop_seconds;  // the grace of the last order to stop
    bool has_file_before; // of the checkpoint file, when the checkpoint was asked for
    int64_t file_before_ns, file_before_inode;
};

enum pt_remote_view {
    PT_VIEW_GONE,   // nobody there knows of it
    PT_VIEW_QUEUED, // will be started
    PT_VIEW_HELD,   // will not be started before somebody says so
    PT_VIEW_RUNNING,
    PT_VIEW_FROZEN,
    PT_VIEW_ENDING,
    PT_VIEW_ENDED,
    PT_VIEW_CUT, // ended by the system, not through: a node failed, a time limit
};

struct pt_remote_look {
    enum pt_remote_view view;
    bool status_known;
    int64_t exit_status, signal;
    bool cancelled;       // by somebody, if it ended
    bool is_final;        // a job that ends while it is parked has done its work all the same
    double start_seconds; // since it was started, as it is counted there; NAN: not known
    double cpu_seconds;   // of this start; NAN: not known
    int64_t start_count;  // starts that came before this one; -1: not known
};

// Takes the lock and the file, or begins a new job. spec.command must be set.
enum pt_status pt_remote_open(struct pt_remote *remote, const char *executor,
                              const struct pt_job_spec *spec, struct pt_arena *arena,
                              struct pt_error *error);
void pt_remote_close(struct pt_remote *remote);

// Sets phase as our own doing, and saves.
enum pt_status pt_remote_set(struct pt_remote *remote, enum pt_job_phase phase,
                             struct pt_error *error);
// A start of a new job, or one more of an old one: counts go on if it had not ended.
enum pt_status pt_remote_begin_start(struct pt_remote *remote, struct pt_error *error);
// What was seen moves the job on; saves if it did.
enum pt_status pt_remote_see(struct pt_remote *remote, const struct pt_remote_look *look,
                             struct pt_error *error);

bool pt_remote_is_there(const struct pt_remote *remote); // queued, running, ... or parked
enum pt_status pt_remote_refuse(const struct pt_remote *remote, const char *what,
                                struct pt_error *error);
// Since the phase was saved, seconds of the date.
double pt_remote_phase_seconds(const struct pt_remote *remote);
// The checkpoint: remembers the file as it is; whether it is another one since.
void pt_remote_remember_file(struct pt_remote *remote);
bool pt_remote_file_is_new(const struct pt_remote *remote);
// Whether a parking job has had its time, or its file is there.
bool pt_remote_parked_long_enough(const struct pt_remote *remote);

// Whether the last look is older than that.
bool pt_remote_is_stale(const struct pt_remote *remote, double seconds);
void pt_remote_sleep(double seconds);

// The value of "name=value" among the options, or NULL; "" if it stands without "=".
const char *pt_remote_option(const struct pt_job_spec *spec, const char *name);
// PT_USAGE unless each option begins with one of names ("scope=") or, if pass is not NULL, with it.
enum pt_status pt_remote_check_options(const struct pt_job_spec *spec, const char *executor,
                                       const char *const *names, const char *pass,
                                       struct pt_error *error);
// "poll=2s"; *seconds is untouched without the option.
enum pt_status pt_remote_seconds_option(const struct pt_job_spec *spec, const char *name,
                                        double least, double most, double *seconds,
                                        struct pt_error *error);

#endif
