// What is known of a job that outlives the program that started it: one file for each, ID.json.
//
// Written whole or not at all, flushed, and readable by its owner only, since commands may hold
// secrets. One process writes it at a time: who starts the job, and from then on its supervisor
// (supervisor.h) until that ends. Boot id and start times tell a process from a later one that has
// its number.
#ifndef PT_JOB_STATE_H
#define PT_JOB_STATE_H

#include "base/arena.h"

// One list, so that the enum and the file agree.
#define PT_JOB_PHASE_LIST(X)                                                                       \
    X(PT_JOB_NEW, "new")       /* nothing has been started yet */                                  \
    X(PT_JOB_QUEUED, "queued") /* a batch system has it, and will start it */                      \
    X(PT_JOB_RUNNING, "running")                                                                   \
    X(PT_JOB_SUSPENDED, "suspended") /* its processes are stopped */                               \
    X(PT_JOB_PARKING, "parking")     /* told to write a checkpoint and end */                      \
    X(PT_JOB_PARKED, "parked")       /* ended, to be started again by its resume command */        \
    X(PT_JOB_STOPPING, "stopping")   /* told to end */                                             \
    X(PT_JOB_ENDED, "ended")                                                                       \
    X(PT_JOB_LOST, "lost") /* gone, and nobody saw how: a reboot, a killed supervisor */

enum pt_job_phase {
#define PT_JOB_PHASE_MEMBER(name, text) name,
    PT_JOB_PHASE_LIST(PT_JOB_PHASE_MEMBER)
#undef PT_JOB_PHASE_MEMBER
};
const char *pt_job_phase_text(enum pt_job_phase phase);

struct pt_process_id {
    int64_t pid; // 0: none
    int64_t start_ticks;
};
// Whether it lives, and is not a zombie.
bool pt_process_id_lives(struct pt_process_id id);

enum { PT_JOB_ID_SIZE = 64, PT_JOB_WORDS_MAX = 100000 };

struct pt_job_state {
    char id[PT_JOB_ID_SIZE];
    char executor[32];
    char handle[128]; // its number elsewhere, with executors that are no processes of ours; or ""
    char host[65], boot_id[40];
    char cgroup[384]; // that holds its processes and can freeze them, or ""
    enum pt_job_phase phase;
    bool by_others; // this phase is nobody's order: stopped, continued or killed from outside
    const char *directory;
    const char *const *command, *const *resume_command; // NULL-terminated; resume: NULL: the same
    int64_t created_ns, changed_ns;                     // Unix time
    struct pt_process_id supervisor, process;
    int64_t restart_count, suspension_count;
    bool was_killed;   // KILL was needed to end it
    bool status_known; // of the command, when it has ended
    int64_t exit_status, signal;
    // Over all its starts: seconds in which it was not suspended, and CPU seconds (known when a
    // start has ended).
    double run_seconds, user_seconds, system_seconds;
    // Executors elsewhere: what these had counted of this start when run_seconds was saved.
    double counted_seconds;
    double duty; // the share of time in which it may run; 1: all
};

// A name that a user may give: letters, digits, ".", "_" and "-", not first "." or "-".
enum pt_status pt_job_check_id(const char *id, struct pt_error *error);
// The same command in the same folder is the same job: "python-1f0c9a3d5b7e2468".
void pt_job_make_id(const char *const *command, const char *directory, char id[PT_JOB_ID_SIZE]);

// $XDG_STATE_HOME/powertrain/jobs, made if there is none, for its owner only.
enum pt_status pt_job_folder(struct pt_arena *arena, const char **ret_folder,
                             struct pt_error *error);

// Writes folder/ID.json, and sets changed_ns.
enum pt_status pt_job_state_save(const char *folder, struct pt_job_state *state,
                                 struct pt_error *error);
// The text of the file; the caller frees it. NULL: no memory.
char *pt_job_state_write(const struct pt_job_state *state, size_t *ret_length);

// Texts come from arena. PT_NOT_FOUND: no such job; PT_MISMATCH: a newer program wrote it;
// PT_CORRUPT: the file is damaged. It was renamed, so that the job can be started anew and nothing
// is thrown away.
enum pt_status pt_job_state_load(struct pt_arena *arena, const char *folder, const char *id,
                                 struct pt_job_state *ret_state, struct pt_error *error);
enum pt_status pt_job_state_parse(struct pt_arena *arena, const char *text, size_t length,
                                  const char *name, struct pt_job_state *ret_state,
                                  struct pt_error *error);

// Only one program steers a job: *ret_fd holds the lock until it is closed. PT_BUSY names the
// other.
enum pt_status pt_job_lock(const char *folder, const char *id, int *ret_fd, struct pt_error *error);

#endif
