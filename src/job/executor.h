// Who runs a job: this machine, later a batch system. One job each, with the same verbs for all.
//
// A job is known by its name (state.h) and outlives the program that steers it: opening an executor
// for a job that lives takes it over, whatever happened to the program that started it.
#ifndef PT_JOB_EXECUTOR_H
#define PT_JOB_EXECUTOR_H

#include "job/state.h"
#include "sensor/sensor.h"

enum pt_suspend_mode {
    PT_SUSPEND_FREEZE,  // its processes stop, and keep memory, GPUs and idle watts
    PT_SUSPEND_RESTART, // checkpoint, end, start again: the one that frees the machine
};

struct pt_job_spec {
    const char *id;                    // NULL: pt_job_make_id
    const char *const *command;        // NULL-terminated
    const char *const *resume_command; // NULL: the same, with POWERTRAIN_RESUME=1
    const char *directory;             // NULL: the current one
    bool wait_for_orphans;
    enum pt_suspend_mode mode;
    int checkpoint_signal;          // asks for a checkpoint; 0: TERM at once
    double checkpoint_wait_seconds; // for it to end, or for the file; then TERM
    const char *checkpoint_file;    // appears or is written anew when it is done; or NULL
    double grace_seconds;           // from TERM to KILL
    const char *state_folder;       // NULL: pt_job_folder
    // Power limits (power_control.h): where they are found, and the program that a guard runs.
    struct pt_sensor_options power;
    const char *program;
    // Words for the executor itself, NULL-terminated, or NULL: docs/clusters.md.
    const char *const *options;
};

// What an executor can do, so that a plan asks for nothing else and counts the right watts.
struct pt_executor_abilities {
    bool freezes, restarts; // the modes of suspension
    bool begins_later;      // pt_executor_begin: it waits for its time without this program
    bool checkpoints;       // sends the checkpoint signal
    bool signals;
    bool duty, cpus, caps; // of a level
    // What a job draws of ours between parking and resuming: 0 where the machine is given to
    // others; NAN where it stays ours and idles.
    double parked_watts;
    double resume_seconds; // from the order to resume until it may run, at least
    bool has_own_command;  // the job is described elsewhere: pt_job_spec.command may be NULL
};

// How hard it runs. Everything is given back when the job ends, the executor is closed, or its
// process is killed.
struct pt_job_level {
    double duty;      // of the time, 0 < duty <= 1, in periods of two seconds
    int cpu_count;    // processors; 0: all
    double gpu_watts; // cap of each GPU; NAN: as found
    double cpu_watts; // of each package; NAN: as found
    double cpu_hertz; // the highest clock; NAN: as found
};

// What became of a level: a cap needs rights that few have, and the job goes on without.
struct pt_job_level_outcome {
    bool has_duty, has_cpus, has_gpu_watts, has_cpu_watts, has_cpu_hertz;
    char reason[512]; // why not all; ""
};

struct pt_executor;

struct pt_executor_driver {
    const char *name, *summary;
    struct pt_executor_abilities abilities;
    enum pt_status (*open)(const struct pt_job_spec *spec, struct pt_arena *arena, void **ret_state,
                           struct pt_error *error);
    enum pt_status (*start)(void *state, struct pt_error *error);
    // NULL where abilities.begins_later is false.
    enum pt_status (*begin)(void *state, int64_t begin_ns, struct pt_error *error);
    enum pt_status (*suspend)(void *state, struct pt_error *error);
    enum pt_status (*resume)(void *state, struct pt_error *error);
    enum pt_status (*checkpoint)(void *state, struct pt_error *error);
    enum pt_status (*stop)(void *state, double grace_seconds, struct pt_error *error);
    enum pt_status (*signal)(void *state, int signal, struct pt_error *error);
    enum pt_status (*level)(void *state, const struct pt_job_level *level,
                            struct pt_job_level_outcome *ret_outcome, struct pt_error *error);
    enum pt_status (*poll)(void *state, struct pt_job_state *ret_job, struct pt_error *error);
    void (*wait)(void *state, double seconds);
    void (*close)(void *state);
};

// All of them, in the order of preference; NULL-terminated.
const struct pt_executor_driver *const *pt_executor_drivers(void);

// PT_NOT_FOUND: no such executor.
enum pt_status pt_executor_ask_abilities(const char *name,
                                         struct pt_executor_abilities *ret_abilities,
                                         struct pt_error *error);

// Takes the job over if it lives. PT_NOT_FOUND: no such executor; PT_BUSY: another program steers
// this job, or it runs on another host; PT_CORRUPT: its file was damaged (and is kept aside, so
// opening it again begins a new job).
enum pt_status pt_executor_open(const char *name, const struct pt_job_spec *spec,
                                struct pt_executor **ret_executor, struct pt_error *error);
// The job goes on, without levels that need this process. Accepts NULL.
void pt_executor_close(struct pt_executor *executor);

// How the job stands; texts in it live as long as the executor. Phases: state.h.
enum pt_status pt_executor_poll(struct pt_executor *executor, struct pt_job_state *ret_job,
                                struct pt_error *error);
// Until something may have changed, at most so long.
void pt_executor_wait(struct pt_executor *executor, double seconds);

// A new job is started; one that is parked or lost by its resume command; one that has ended anew.
// PT_BUSY: it runs.
enum pt_status pt_executor_start(struct pt_executor *executor, struct pt_error *error);
// The next start or resume, and a job that is queued, runs not before begin_ns (Unix time; 0: as
// soon as it can). It then waits without this program. PT_UNSUPPORTED without begins_later.
enum pt_status pt_executor_begin(struct pt_executor *executor, int64_t begin_ns,
                                 struct pt_error *error);
// In its mode. Parking takes its time: poll shows "parking", then "parked". PT_UNSUPPORTED: no
// process handles the checkpoint signal; the job goes on.
enum pt_status pt_executor_suspend(struct pt_executor *executor, struct pt_error *error);
enum pt_status pt_executor_resume(struct pt_executor *executor, struct pt_error *error);
// Only asks for one: it goes on.
enum pt_status pt_executor_checkpoint(struct pt_executor *executor, struct pt_error *error);
// TERM, and KILL after grace_seconds. Returns at once; poll shows "stopping", then "ended".
enum pt_status pt_executor_stop(struct pt_executor *executor, double grace_seconds,
                                struct pt_error *error);
// What a terminal would have sent, say SIGINT.
enum pt_status pt_executor_signal(struct pt_executor *executor, int signal, struct pt_error *error);
// PT_OK as long as the job lives, whatever of the level was possible: *ret_outcome says.
enum pt_status pt_executor_level(struct pt_executor *executor, const struct pt_job_level *level,
                                 struct pt_job_level_outcome *ret_outcome, struct pt_error *error);

extern const struct pt_executor_driver pt_executor_local, pt_executor_slurm, pt_executor_systemd,
    pt_executor_kubernetes;

#endif
