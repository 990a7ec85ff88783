// What a job does under caps that were not measured: a family of speed laws, weighted by how well
// each agrees with what was.
//
// The watts follow the cap, and the demand where that is lower, with a soft knee, since a load that
// comes and goes meets its cap only at times:
//   w(c) = (D^-q + (k c)^-q)^(-1/q); D what it would draw without a cap, k what of a cap is used.
// The speed follows the watts beyond a floor, as in power/cluster_power.h:
//   v(w) = ((w - P0) / (w1 - P0))^a; w1 the watts under the highest cap.
// None of these is fitted beforehand: k, q, P0 and a are taken from grids that span what capped
// processors do (P0 up to half of the largest cap, a from insensitive to proportional), all equally
// likely. Each measurement multiplies the weights by its likelihood.

#include <assert.h>
#include <math.h>

#include "schedule/probe.h"

static const double usages[] = {0.82, 0.88, 0.94, 1.0};
static const double knees[] = {3, 6, 12, 30};
static const double floors[] = {0, 0.08, 0.16, 0.22, 0.28, 0.32, 0.36, 0.42, 0.5};
static const double exponents[] = {0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0};

// Chosen among 18 settings on the curves of Zeus; docs/tuning.md says what that is worth on others.
// Standard deviations of logarithms: of a measurement; of a law at a measured cap; and of what a
// law may turn away from the last measurement for each unit of ln(cap) beside it.
static const double usual_error = 0.01, law_error = 0.03, turn_error = 0.20;
static const double tail_degrees = 4; // of Student's distribution: one odd point does not decide

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

struct law {
    double usage, knee, floor_watts, exponent;
};

// The watts under a cap of a job that draws full_watts under the highest one.
static double watts_under(const struct law *law, double cap, double highest, double full_watts)
{
    double most = law->usage * highest;
    if (full_watts >= most * 0.999) // it would draw far more than any of the caps
        return full_watts * cap / highest;
    double here = pow(full_watts / (law->usage * cap), law->knee);
    double there = pow(full_watts / most, law->knee);
    return full_watts * pow(1 - there + here, -1 / law->knee);
}

static double log_seconds(const struct law *law, double watts, double full_watts)
{
    double full = full_watts - law->floor_watts;
    if (full <= 0) // the job draws less than the floor: that is none
        return law->exponent * log(full_watts / watts);
    double share = (watts - law->floor_watts) / full;
    return -law->exponent * log(share > 0.02 ? share : 0.02);
}

static double variance_of(const struct pt_probe_measurement *measurement)
{
    double error = measurement->relative_error > 0 ? measurement->relative_error : usual_error;
    return error * error;
}

struct view {
    const struct pt_probe_search *search;
    int fastest;
    double full_watts, full_seconds, best;
    double log_slowdown_most;
};

static void guess_by(const struct law *law, const struct view *view, int choice, double *ret_watts,
                     double *ret_seconds)
{
    double watts = watts_under(law, view->search->caps[choice], view->search->caps[view->fastest],
                               view->full_watts);
    *ret_watts = log(watts / view->full_watts);
    *ret_seconds = log_seconds(law, watts, view->full_watts);
}

// The logarithm of how likely the measurements are under a law.
static double log_likelihood(const struct law *law, const struct view *view)
{
    const struct pt_probe_search *search = view->search;
    double sum = 0;
    for (int i = 0; i < view->fastest; i++) {
        if (!search->measured[i])
            continue;
        const struct pt_probe_measurement *measured = &search->measurements[i];
        double watts, seconds;
        guess_by(law, view, i, &watts, &seconds);
        watts -= log(measured->watts / view->full_watts);
        seconds -= log(measured->seconds / view->full_seconds);
        double variance = variance_of(measured) +
                          variance_of(&search->measurements[view->fastest]) + law_error * law_error;
        double square = (watts * watts + seconds * seconds) / variance;
        sum -= (tail_degrees + 2) / 2 * log1p(square / tail_degrees);
    }
    return sum;
}

static double normal_share(double z) // of a standard normal distribution below z
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

// Of ln score below best where it is normal with this mean and deviation.
static double expected_gain(double best, double mean, double deviation)
{
    double z = (best - mean) / deviation;
    return (best - mean) * normal_share(z) +
           deviation * exp(-z * z / 2) * M_2_SQRTPI * M_SQRT1_2 / 2;
}

static double gain_of(const struct view *view, double watts, double seconds, double deviation)
{
    const struct pt_probe_goal *goal = &view->search->goal;
    double score =
        pt_probe_score(goal, view->full_seconds * exp(seconds), view->full_watts * exp(watts));
    double allowed = isinf(view->log_slowdown_most)
                         ? 1
                         : normal_share((view->log_slowdown_most - seconds) / deviation);
    return allowed * expected_gain(log(view->best), log(score), deviation);
}

// How far measurement i is from what a law says.
static void residual_of(const struct law *law, const struct view *view, int i, double *ret_watts,
                        double *ret_seconds)
{
    const struct pt_probe_measurement *measured = &view->search->measurements[i];
    guess_by(law, view, i, ret_watts, ret_seconds);
    *ret_watts = log(measured->watts / view->full_watts) - *ret_watts;
    *ret_seconds = log(measured->seconds / view->full_seconds) - *ret_seconds;
}

// The nearest measured choices below (or PT_PROBE_NONE) and above.
static void neighbors(const struct view *view, int choice, int *ret_below, int *ret_above)
{
    const bool *measured = view->search->measured;
    for (*ret_below = choice - 1; *ret_below >= 0 && !measured[*ret_below];)
        --*ret_below;
    for (*ret_above = choice + 1; !measured[*ret_above];)
        ++*ret_above;
}

// A law, shifted so that it meets the measurements on both sides.
static double guess_between(const struct law *law, const struct view *view, int choice,
                            double *watts, double *seconds)
{
    const double *caps = view->search->caps;
    int below, above;
    double low_watts, low_seconds, high_watts, high_seconds, distance, share = 0;
    neighbors(view, choice, &below, &above);
    residual_of(law, view, above, &high_watts, &high_seconds);
    distance = log(caps[above] / caps[choice]);
    low_watts = high_watts;
    low_seconds = high_seconds;
    if (below != PT_PROBE_NONE) {
        residual_of(law, view, below, &low_watts, &low_seconds);
        share = distance / log(caps[above] / caps[below]);
        distance = fmin(distance, log(caps[choice] / caps[below]));
    }
    guess_by(law, view, choice, watts, seconds);
    *watts += high_watts + share * (low_watts - high_watts);
    *seconds += high_seconds + share * (low_seconds - high_seconds);
    return hypot(usual_error, turn_error * distance);
}

static void add_guesses(const struct law *law, const struct view *view, double weight,
                        struct pt_probe_guess *guesses)
{
    for (int i = 0; i < view->fastest; i++) {
        double watts, seconds;
        if (view->search->measured[i])
            continue;
        double deviation = guess_between(law, view, i, &watts, &seconds);
        guesses[i].gain += weight * gain_of(view, watts, seconds, deviation);
        guesses[i].watts += weight * watts;
        guesses[i].seconds += weight * seconds;
    }
}

static struct law law_of(int number, double highest)
{
    struct law law;
    law.usage = usages[number % COUNT(usages)];
    number /= COUNT(usages);
    law.knee = knees[number % COUNT(knees)];
    number /= COUNT(knees);
    law.floor_watts = floors[number % COUNT(floors)] * highest;
    number /= COUNT(floors);
    law.exponent = exponents[number];
    return law;
}

enum { LAW_COUNT = COUNT(usages) * COUNT(knees) * COUNT(floors) * COUNT(exponents) };

static int highest_measured(const struct pt_probe_search *search)
{
    int highest = search->choice_count - 1;
    while (highest >= 0 && (search->refused[highest] || !search->measured[highest]))
        highest--;
    return highest;
}

void pt_probe_guess_all(const struct pt_probe_search *search, double best_score,
                        struct pt_probe_guess *guesses)
{
    double logs[LAW_COUNT], most = -INFINITY, total = 0;
    struct view view = {.search = search, .fastest = highest_measured(search), .best = best_score};
    assert(view.fastest >= 0);
    view.full_watts = search->measurements[view.fastest].watts;
    view.full_seconds = search->measurements[view.fastest].seconds;
    view.log_slowdown_most = log(search->goal.slowdown_most);
    for (int i = 0; i < search->choice_count; i++)
        guesses[i] = (struct pt_probe_guess){0};
    for (int i = 0; i < LAW_COUNT; i++) {
        struct law law = law_of(i, search->caps[view.fastest]);
        logs[i] = log_likelihood(&law, &view);
        most = fmax(most, logs[i]);
    }
    for (int i = 0; i < LAW_COUNT; i++)
        total += exp(logs[i] - most);
    for (int i = 0; i < LAW_COUNT; i++) {
        double weight = exp(logs[i] - most) / total;
        struct law law = law_of(i, search->caps[view.fastest]);
        if (weight > 1e-6)
            add_guesses(&law, &view, weight, guesses);
    }
}
