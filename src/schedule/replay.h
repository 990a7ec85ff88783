// What a job would have cost over a year of recorded prices, without running anything: at once, as
// one block, in the best slots in hindsight, and decided hour by hour from what was public then.
#ifndef PT_SCHEDULE_REPLAY_H
#define PT_SCHEDULE_REPLAY_H

#include "schedule/forecast.h"
#include "schedule/schedule.h"

// Hours from start_ns on; NAN: a gap.
struct pt_hourly {
    int64_t start_ns;
    int count;
    const double *prices; // per kWh; what is minimized
    const double *carbon; // g per kWh; NULL: unknown. Only reported
    // Another series that the forecast learns from: day-ahead prices beside a carbon intensity that
    // is minimized. NAN: unknown. NULL: none
    const double *companion;
};

struct pt_replay_options {
    struct pt_schedule_job job; // as it begins: work, levels, overheads
    int within_hours;           // from its start to its deadline
    int every_hours;            // a start each
    int warm_up_hours;          // of the series before the first start
    double slower;              // 0.1: it really takes 10 % longer than job says; unknown before
    double slower_after;        // of the work: only what comes after this share of it; 0: all
    double margin;              // of the guard: 0.1
    double error_share;         // pt_outlook
    struct pt_publication publication, companion_publication;
};

enum pt_replay_policy {
    PT_REPLAY_NOW,
    PT_REPLAY_BLOCK,       // one block, in hindsight
    PT_REPLAY_CLAIRVOYANT, // suspended as is best, in hindsight
    PT_REPLAY_PERSISTENCE, // hour by hour, taking the last day and week for the next
    PT_REPLAY_FORECAST,    // hour by hour, by pt_forecaster
    PT_REPLAY_POLICIES
};
extern const char *const pt_replay_policy_names[PT_REPLAY_POLICIES];

// Sums over all starts.
struct pt_replay_result {
    double money, joules, grams; // grams: NAN if some are unknown
    double delay_hours;          // behind starting at once
    int suspensions;
    int late_count;      // missed the deadline
    int dearer_count;    // cost over 1 % more than starting at once
    double dearest_over; // the worst start: money above now, of the money of now
};

struct pt_replay {
    int start_count, gap_count; // replayed; skipped because a price in their window is unknown
    struct pt_replay_result results[PT_REPLAY_POLICIES];
    // The start whose clairvoyant saving is the median: for a picture. Levels of each hour.
    int example_hour;
    int *example_levels; // within_hours of PT_REPLAY_FORECAST, then of PT_REPLAY_CLAIRVOYANT
};

// Memory from arena. PT_BAD_INPUT: options that are none, or a series without one whole window.
enum pt_status pt_replay_run(struct pt_arena *arena, const struct pt_hourly *hourly,
                             const struct pt_replay_options *options, struct pt_replay *ret_replay,
                             struct pt_error *error);

// The part of the clairvoyant saving that a policy kept; NAN if nothing was to be saved.
double pt_replay_kept(const struct pt_replay *replay, enum pt_replay_policy policy);

#endif
