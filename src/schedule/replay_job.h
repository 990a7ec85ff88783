// A job as it is replayed: what it does in an hour, what that costs, how long it really takes.
#ifndef PT_SCHEDULE_REPLAY_JOB_H
#define PT_SCHEDULE_REPLAY_JOB_H

#include "schedule/replan.h"
#include "schedule/replay.h"

struct pt_replayed_job {
    bool active;
    int first_hour; // of the series
    int start;      // its number
    enum pt_replay_policy policy;
    struct pt_schedule_job rest; // what remains, as the job itself knows it
    double overhead_seconds;     // of a resume or change that is not over
    double overhead_watts;
    double ran_seconds, done_work; // for the measured speed
    struct pt_replan replan;
    struct pt_arena *arena;                      // of the plan that it follows
    double money, joules, grams, finish_seconds; // since its start
    int suspensions;
};

// Decides and lives through the hour. *ret_level is what it did.
enum pt_status pt_replayed_job_hour(struct pt_replayed_job *job, const struct pt_hourly *hourly,
                                    const struct pt_replay_options *options, int hour,
                                    const struct pt_outlook *outlook, int *ret_level,
                                    struct pt_error *error);

#endif
