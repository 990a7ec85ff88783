// What the files of the supervisor share.
#ifndef PT_JOB_SUPERVISOR_INNER_H
#define PT_JOB_SUPERVISOR_INNER_H

#include <time.h>

#include "job/affinity.h"
#include "job/duty.h"
#include "job/guard.h"
#include "job/job.h"
#include "job/supervisor.h"
#include "meter/cgroup.h"

enum { PT_SUPERVISOR_CLIENTS_MAX = 8, PT_SUPERVISOR_PATH = 4096 };

struct pt_supervisor {
    const char *folder;
    const char *const *command; // of this start
    bool wait_for_orphans;
    struct pt_job_state state;
    bool is_saved;
    int64_t counted_ns; // up to when run_seconds are counted

    int listen_fd, report_fd;
    int client_count;
    int clients[PT_SUPERVISOR_CLIENTS_MAX];

    struct pt_cgroup *group; // or NULL
    struct pt_guard guard;   // while it may leave the command stopped or bound
    bool is_on;              // not resting (duty.h)
    bool has_duty;
    struct pt_duty duty;
    int64_t duty_due_ns;
    cpu_set_t all_cpus;
    int cpu_count; // 0: all

    // While it ends: next TERM (0: was sent), then KILL.
    int64_t term_due_ns, kill_due_ns;
    double grace_seconds;
    char checkpoint_file[PT_SUPERVISOR_PATH]; // ""; that will be written anew
    struct timespec checkpoint_before;        // its time before; 0: there was none
};

int64_t pt_supervisor_now_ns(void);
void pt_supervisor_save(struct pt_supervisor *supervisor);
// Saved, and told to all clients.
void pt_supervisor_enter(struct pt_supervisor *supervisor, enum pt_job_phase phase, bool by_others);

// supervisor_orders.c: the steering (job.h).
int pt_supervisor_prepare(void *state, struct pollfd *fds, int *milliseconds);
void pt_supervisor_act(void *state, const struct pollfd *fds, int count);
bool pt_supervisor_waits_for_all(void *state);

// supervisor_levels.c: duty and processors.
enum pt_status pt_supervisor_set_duty(struct pt_supervisor *supervisor, double share,
                                      struct pt_error *error);
enum pt_status pt_supervisor_set_cpus(struct pt_supervisor *supervisor, int count,
                                      struct pt_error *error);
void pt_supervisor_turn_duty(struct pt_supervisor *supervisor); // when duty_due_ns has come
// Lets it rest no more, for good or until pt_supervisor_begin_duty.
void pt_supervisor_pause_duty(struct pt_supervisor *supervisor);
void pt_supervisor_begin_duty(struct pt_supervisor *supervisor);

// supervisor_client.c
enum pt_status pt_supervisor_listen(const char *folder, const char *id, int *ret_fd,
                                    struct pt_error *error);

#endif
