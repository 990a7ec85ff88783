// Which power cap to run at, from few measurements of the job itself.
//
// The fastest choice is measured first: it tells what the job draws without a cap. The others are
// guessed by a family of speed laws, from which each measurement takes what it contradicts; the
// next probe is where the best known choice can be expected to be beaten by most. What is chosen
// has always been measured. Only arithmetic: who measures is job/profile_levers.h.
#ifndef PT_SCHEDULE_PROBE_H
#define PT_SCHEDULE_PROBE_H

#include "base/status.h"

enum { PT_PROBE_CHOICES_MAX = 64, PT_PROBE_NONE = -1, PT_PROBE_COUNT_USUAL = 5 };

// What is wanted: the least (watts + host_watts) x seconds^(1 + delay_exponent).
struct pt_probe_goal {
    double slowdown_most;  // seconds / seconds of the fastest choice, 1.05; INFINITY: no limit
    double host_watts;     // that run as long as the work takes, beside what was measured
    double delay_exponent; // 0: energy; 1: energy times delay; 2: times its square
};

// host_watts of a host that draws watts and costs price_per_hour, rent say, where energy costs
// price_per_kwh: the energy that such money buys in that time counts as if it were drawn. Then the
// least energy is the least cost. price_per_kwh > 0.
double pt_probe_host_watts(double watts, double price_per_hour, double price_per_kwh);

struct pt_probe_measurement {
    double seconds;        // for the same work
    double watts;          // mean, of what the cap acts on
    double relative_error; // standard error of both; 0: PT_PROBE's usual 1 %
};

struct pt_probe_search {
    struct pt_probe_goal goal;
    int choice_count, probe_count, probe_most;
    double caps[PT_PROBE_CHOICES_MAX]; // watts, rising; the last is the fastest choice
    bool measured[PT_PROBE_CHOICES_MAX], refused[PT_PROBE_CHOICES_MAX];
    struct pt_probe_measurement measurements[PT_PROBE_CHOICES_MAX];
};

// PT_BAD_INPUT: no choices or too many, caps that do not rise or are not positive, a slow-down
// below 1, negative or NAN watts or exponent.
enum pt_status pt_probe_begin(struct pt_probe_search *search, const struct pt_probe_goal *goal,
                              const double *caps, int count, int probe_most,
                              struct pt_error *error);
// What to measure next; PT_PROBE_NONE: enough is known, or all probes are used up.
int pt_probe_next(const struct pt_probe_search *search);
// PT_BAD_INPUT: it is no choice, was measured already, or seconds or watts are not positive.
enum pt_status pt_probe_add(struct pt_probe_search *search, int choice,
                            const struct pt_probe_measurement *measurement, struct pt_error *error);
// It cannot be measured: not permitted, say. It is not asked for again and uses up no probe.
void pt_probe_refuse(struct pt_probe_search *search, int choice);
// The best that was measured and is within the slow-down; the fastest measured one if none is;
// PT_PROBE_NONE before the first. Among equals the one with the higher cap.
int pt_probe_best(const struct pt_probe_search *search);

// What is minimized.
double pt_probe_score(const struct pt_probe_goal *goal, double seconds, double watts);

// What the laws say about a choice that was not measured, as logarithms relative to the fastest
// choice. Its members are for the search and for tests.
struct pt_probe_guess {
    double gain;    // expected, of ln score against the best so far; 0 or more
    double seconds; // mean of ln(seconds / fastest)
    double watts;   // mean of ln(watts / fastest)
};
// Fills guesses[choice_count]; the fastest choice must have been measured.
void pt_probe_guess_all(const struct pt_probe_search *search, double best_score,
                        struct pt_probe_guess *guesses);

#endif
