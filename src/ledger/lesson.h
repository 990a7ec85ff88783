// What a metered run on named hardware taught about the planner of clusters: the step that was
// measured, beside the one that the model gives for the same layout, without any correction. It is
// kept as the plan of that run.
#ifndef PT_LEDGER_LESSON_H
#define PT_LEDGER_LESSON_H

#include "hardware/experience.h"
#include "ledger/ledger.h"

struct pt_lesson {
    const char *hardware, *framework, *format; // only runs with the same three teach each other
    const char *model, *layout;
    double devices;
    double modelled_step_seconds, measured_step_seconds;
};

// Makes lesson the plan of the metered run id, in place of an earlier one. PT_NOT_FOUND if there is
// no such run; PT_BAD_INPUT if it is no metered run, or has not ended well, or the seconds are not
// above 0.
enum pt_status pt_ledger_teach(struct pt_ledger *ledger, int64_t id, const struct pt_lesson *lesson,
                               struct pt_error *error);

// The newest lessons, at most 30, of runs with the hardware, framework and format of key; those
// with its model are of the same network. Memory from arena.
enum pt_status pt_ledger_lessons(struct pt_ledger *ledger, struct pt_arena *arena,
                                 const struct pt_lesson *key, struct pt_experience_run **ret_runs,
                                 int64_t *ret_count, struct pt_error *error);

#endif
