// Choosing a power cap by few probes: what was measured, what comes next, what is best.

#include "schedule/probe.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Less than this of the score is not worth a probe.
static const double gain_least = 0.00001;

double pt_probe_host_watts(double watts, double price_per_hour, double price_per_kwh)
{
    assert(price_per_kwh > 0);
    return watts + price_per_hour / price_per_kwh * 1000; // kW that cost as much, in W
}

double pt_probe_score(const struct pt_probe_goal *goal, double seconds, double watts)
{
    return (watts + goal->host_watts) * pow(seconds, 1 + goal->delay_exponent);
}

static enum pt_status check_goal(const struct pt_probe_goal *goal, struct pt_error *error)
{
    if (!(goal->slowdown_most >= 1))
        return pt_fail(error, PT_BAD_INPUT,
                       "slow-down %g: it must be 1 (none) or more, 1.05 for 5 %% longer",
                       goal->slowdown_most);
    if (!(goal->host_watts >= 0) || !isfinite(goal->host_watts))
        return pt_fail(error, PT_BAD_INPUT, "host watts %g: they must be 0 or more",
                       goal->host_watts);
    if (!(goal->delay_exponent >= 0) || !isfinite(goal->delay_exponent))
        return pt_fail(error, PT_BAD_INPUT, "delay exponent %g: it must be 0 or more",
                       goal->delay_exponent);
    return PT_OK;
}

static enum pt_status check_caps(const double *caps, int count, struct pt_error *error)
{
    if (count < 1 || count > PT_PROBE_CHOICES_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%d power caps to choose from: 1 to %d can be", count,
                       PT_PROBE_CHOICES_MAX);
    for (int i = 0; i < count; i++)
        if (!isfinite(caps[i]) || caps[i] <= (i == 0 ? 0 : caps[i - 1]))
            return pt_fail(error, PT_BAD_INPUT,
                           "power cap %d is %g W: caps must be positive and rise", i + 1, caps[i]);
    return PT_OK;
}

enum pt_status pt_probe_begin(struct pt_probe_search *search, const struct pt_probe_goal *goal,
                              const double *caps, int count, int probe_most, struct pt_error *error)
{
    enum pt_status status = check_goal(goal, error);
    if (status == PT_OK)
        status = check_caps(caps, count, error);
    if (status == PT_OK && probe_most < 1)
        status = pt_fail(error, PT_BAD_INPUT, "%d probes: at least one is needed", probe_most);
    if (status != PT_OK)
        return status;
    memset(search, 0, sizeof *search);
    search->goal = *goal;
    search->choice_count = count;
    search->probe_most = probe_most;
    memcpy(search->caps, caps, (size_t)count * sizeof *caps);
    return PT_OK;
}

enum pt_status pt_probe_add(struct pt_probe_search *search, int choice,
                            const struct pt_probe_measurement *measurement, struct pt_error *error)
{
    if (choice < 0 || choice >= search->choice_count)
        return pt_fail(error, PT_BAD_INPUT, "power cap %d of %d: there is no such", choice + 1,
                       search->choice_count);
    if (search->measured[choice])
        return pt_fail(error, PT_BAD_INPUT, "power cap %g W was measured already",
                       search->caps[choice]);
    if (!isfinite(measurement->seconds) || measurement->seconds <= 0 ||
        !isfinite(measurement->watts) || measurement->watts <= 0 ||
        !(measurement->relative_error >= 0))
        return pt_fail(error, PT_BAD_INPUT,
                       "power cap %g W: %g s, %g W within %g were measured: they must be positive",
                       search->caps[choice], measurement->seconds, measurement->watts,
                       measurement->relative_error);
    search->measurements[choice] = *measurement;
    search->measured[choice] = true;
    search->probe_count++;
    return PT_OK;
}

void pt_probe_refuse(struct pt_probe_search *search, int choice)
{
    assert(choice >= 0 && choice < search->choice_count);
    search->refused[choice] = true;
}

static double score_of(const struct pt_probe_search *search, int choice)
{
    const struct pt_probe_measurement *measured = &search->measurements[choice];
    return pt_probe_score(&search->goal, measured->seconds, measured->watts);
}

// The highest cap that could be measured is what slow-downs refer to.
static int reference(const struct pt_probe_search *search)
{
    for (int i = search->choice_count - 1; i >= 0; i--)
        if (!search->refused[i])
            return i;
    return PT_PROBE_NONE;
}

int pt_probe_best(const struct pt_probe_search *search)
{
    int best = PT_PROBE_NONE, fastest = reference(search);
    if (fastest == PT_PROBE_NONE || !search->measured[fastest])
        return PT_PROBE_NONE;
    double seconds_most = search->measurements[fastest].seconds * search->goal.slowdown_most;
    for (int i = fastest; i >= 0; i--)
        if (search->measured[i] && search->measurements[i].seconds <= seconds_most &&
            (best == PT_PROBE_NONE || score_of(search, i) < score_of(search, best)))
            best = i;
    return best;
}

int pt_probe_next(const struct pt_probe_search *search)
{
    struct pt_probe_guess guesses[PT_PROBE_CHOICES_MAX];
    int next = PT_PROBE_NONE, fastest = reference(search);
    if (fastest == PT_PROBE_NONE || search->probe_count >= search->probe_most)
        return PT_PROBE_NONE;
    if (!search->measured[fastest])
        return fastest;
    pt_probe_guess_all(search, score_of(search, pt_probe_best(search)), guesses);
    double most = gain_least;
    for (int i = fastest; i >= 0; i--)
        if (!search->measured[i] && !search->refused[i] && guesses[i].gain > most) {
            most = guesses[i].gain;
            next = i;
        }
    return next;
}
