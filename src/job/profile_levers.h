// What the levers of a running job are worth: its speed and watts at some of its levels, measured
// in its first minutes.
//
// A machine of states without a clock: the caller reads progress and joules, and applies what is
// asked for. Of each probe the beginning is dropped (clocks, caches, queues settle), the rest is
// measured in parts whose spread is the error. Which level comes next is schedule/probe.h's. A
// lever that is not permitted is not asked for again, and the next kind is tried.
#ifndef PT_JOB_PROFILE_LEVERS_H
#define PT_JOB_PROFILE_LEVERS_H

#include "job/executor.h"
#include "job/power_limit.h"
#include "schedule/probe.h"
#include "schedule/schedule.h"

enum pt_lever_kind { PT_LEVER_GPU_WATTS, PT_LEVER_CPU_WATTS, PT_LEVER_CPUS, PT_LEVER_KINDS };
enum { PT_PROFILE_PARTS = 4, PT_LEVER_NAME = 32 };

struct pt_profile_options {
    struct pt_probe_goal goal;
    int probe_most;                      // of each kind; 0: PT_PROBE_COUNT_USUAL
    double warmup_seconds;               // of the job, before anything counts; 30 is usual
    double settle_seconds;               // after each change; 3
    double part_seconds;                 // of which each probe has PT_PROFILE_PARTS; 3
    double units_least;                  // of progress in a part, else it takes longer; 2
    double probe_seconds_most;           // then the probe is given up; 120
    int cpu_count;                       // processors of the job; 1: none to take away
    const struct pt_power_limit *limits; // of this machine (pt_power_limits); may be NULL
    int limit_count;
};

// Counters of the job.
struct pt_profile_reading {
    double seconds; // of any clock that only grows
    double units;   // of progress: steps, samples; NAN: it has told none
    double joules;  // NAN: not known
};

enum pt_profile_want {
    PT_PROFILE_WAIT,  // read again in a second or so
    PT_PROFILE_APPLY, // pt_profile_level, then tell pt_profile_applied
    PT_PROFILE_DONE,  // apply pt_profile_level a last time: as it was found
};

struct pt_profile_result {
    char name[PT_LEVER_NAME]; // "150 W", "8 processors"
    enum pt_lever_kind kind;
    struct pt_job_level level;
    double units_per_second, watts;
    double relative_error; // standard error of both
};

struct pt_profile {
    struct pt_profile_options options;
    enum pt_lever_kind kind;
    struct pt_probe_search search;
    int choice; // that runs or is to be applied; PT_PROBE_NONE: as found
    bool is_applied, has_begun, is_done;
    double begun_seconds; // of the job, or of the probe
    int part;
    struct pt_profile_reading parts[PT_PROFILE_PARTS + 1];
    double base_units_per_second, base_watts, base_error; // as found
    int result_count;
    struct pt_profile_result results[PT_LEVELS_MAX]; // the first: as found
    char note[512]; // what was not permitted or could not be measured; ""
};

// PT_BAD_INPUT: seconds or processors that are not positive, a goal that is none.
enum pt_status pt_profile_begin(struct pt_profile *profile,
                                const struct pt_profile_options *options, struct pt_error *error);
enum pt_profile_want pt_profile_step(struct pt_profile *profile,
                                     const struct pt_profile_reading *reading);
// The level that is to be applied.
struct pt_job_level pt_profile_level(const struct pt_profile *profile);
void pt_profile_applied(struct pt_profile *profile, const struct pt_job_level_outcome *outcome);

// The levels for a schedule, fastest first; speed 1 is as found, watts include host_watts. A level
// than which another is as fast with fewer watts is left out. Names live as long as the
// profile. Returns how many, at most PT_LEVELS_MAX; 0: nothing could be measured (see note).
int pt_profile_levels(const struct pt_profile *profile, double host_watts,
                      struct pt_schedule_level levels[PT_LEVELS_MAX]);

#endif
