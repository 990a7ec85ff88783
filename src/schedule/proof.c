// See proof.h.

#include "schedule/proof.h"

#include <math.h>
#include <stdio.h>

#include "base/units.h"

const char *const pt_proof_names[PT_PROOF_WAYS] = {
    [PT_PROOF_ACTUAL] = "as it was run",
    [PT_PROOF_NOW] = "at once",
    [PT_PROOF_AVERAGE] = "at the average price",
    [PT_PROOF_HINDSIGHT] = "at best, in hindsight",
};

static const int64_t minute_ns = 60 * PT_NANOSECONDS_PER_SECOND;
enum { SLOTS_MOST = 200000 };

static double seconds_of(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) / PT_NANOSECONDS_PER_SECOND;
}

static double pue(const struct pt_proof_job *job)
{
    double value = job->tariff->pue.value;
    return isfinite(value) ? value : 1;
}

// joules of the machine, spent evenly over a span.
static void spend(const struct pt_proof_job *job, struct pt_proof_cost *cost, int64_t from_ns,
                  int64_t to_ns, double joules)
{
    if (joules == 0)
        return;
    double all = joules * pue(job), kwh = all / PT_JOULES_PER_KWH;
    cost->joules += all;
    cost->money += kwh * pt_tariff_mean_price(job->tariff, from_ns, to_ns).value;
    cost->grams += kwh * pt_tariff_mean_carbon(job->tariff, from_ns, to_ns).value;
    cost->objective += kwh * job->objective(job->state, from_ns, to_ns);
}

static struct pt_proof_cost actual(const struct pt_proof_job *job)
{
    struct pt_proof_cost cost = {0};
    for (int i = 0; i < job->stretch_count; i++) {
        const struct pt_proof_stretch *stretch = &job->stretches[i];
        spend(job, &cost, stretch->from_ns, stretch->to_ns, stretch->joules);
        if (stretch->runs)
            cost.finish_ns = stretch->to_ns;
    }
    return cost;
}

// One stretch after the other from the begin on. What resuming took is left out at the end.
static struct pt_proof_cost at_once(const struct pt_proof_job *job, double run_seconds)
{
    struct pt_proof_cost cost = {0};
    double left = run_seconds;
    int64_t at_ns = job->begin_ns;
    for (int i = 0; i < job->stretch_count && left > 0; i++) {
        const struct pt_proof_stretch *stretch = &job->stretches[i];
        double seconds = seconds_of(stretch->from_ns, stretch->to_ns);
        if (!stretch->runs || seconds <= 0)
            continue;
        double share = fmin(1, left / seconds);
        int64_t length_ns = (int64_t)(share * (double)(stretch->to_ns - stretch->from_ns));
        spend(job, &cost, at_ns, at_ns + length_ns, share * stretch->joules);
        at_ns += length_ns;
        left -= share * seconds;
    }
    cost.finish_ns = at_ns;
    return cost;
}

static struct pt_proof_cost at_average(const struct pt_proof_job *job, double joules,
                                       int64_t end_ns)
{
    struct pt_proof_cost cost = {0};
    spend(job, &cost, job->begin_ns, end_ns, joules);
    return cost;
}

// -------------------------------------------------------------------------------------- hindsight
static int64_t slot_length(const struct pt_tariff *tariff)
{
    int64_t slot = 60 * minute_ns;
    if (tariff->window_count > 0 || tariff->adder_count > 0)
        slot = 15 * minute_ns;
    if (tariff->price_series != NULL && tariff->price_series->step_ns < slot)
        slot = tariff->price_series->step_ns;
    if (tariff->carbon_series != NULL && tariff->carbon_series->step_ns < slot)
        slot = tariff->carbon_series->step_ns;
    return slot < minute_ns ? minute_ns : slot;
}

static enum pt_status solve(struct pt_arena *arena, const struct pt_proof_job *job,
                            double run_seconds, double watts, int64_t end_ns,
                            struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    int64_t slot_ns = slot_length(job->tariff);
    int64_t count = (end_ns - job->begin_ns + slot_ns - 1) / slot_ns;
    if (count < 1 || count > SLOTS_MOST)
        return pt_fail(error, PT_BAD_INPUT, "%lld slots are too many", (long long)count);
    double *prices = pt_arena_alloc(arena, (size_t)count, sizeof *prices);
    if (prices == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a proof");
    for (int64_t i = 0; i < count; i++) {
        int64_t from_ns = job->begin_ns + i * slot_ns, to_ns = from_ns + slot_ns;
        prices[i] = job->objective(job->state, from_ns, to_ns < end_ns ? to_ns : end_ns);
        if (!isfinite(prices[i]))
            return pt_fail(error, PT_UNAVAILABLE, "not all prices up to the deadline are known");
    }
    struct pt_schedule_level level = {.name = "as it is", .speed = 1, .watts = watts};
    struct pt_schedule_problem problem = {
        .slots = {.start_ns = job->begin_ns,
                  .slot_ns = slot_ns,
                  .count = (int)count,
                  .prices = prices},
        .job = {.work_seconds = run_seconds,
                .level_count = 1,
                .levels = &level,
                .interruptible = job->interruptible,
                .waiting_watts = job->waiting_watts,
                .suspended_watts = job->suspended_watts,
                .resume_seconds = job->resume_seconds,
                .resume_watts = watts},
    };
    return pt_schedule_solve(arena, &problem, ret_plan, error);
}

static struct pt_proof_cost cost_of(const struct pt_proof_job *job,
                                    const struct pt_schedule_plan *plan, double watts)
{
    struct pt_proof_cost cost = {.finish_ns = plan->finish_ns};
    int64_t at_ns = job->begin_ns;
    for (int i = 0; i < plan->segment_count; i++) {
        const struct pt_schedule_segment *segment = &plan->segments[i];
        double off_watts = i == 0 ? job->waiting_watts : job->suspended_watts;
        int64_t to_ns = segment->to_ns < plan->finish_ns ? segment->to_ns : plan->finish_ns;
        if (segment->from_ns > at_ns)
            spend(job, &cost, at_ns, segment->from_ns,
                  off_watts * seconds_of(at_ns, segment->from_ns));
        spend(job, &cost, segment->from_ns, to_ns, watts * seconds_of(segment->from_ns, to_ns));
        at_ns = to_ns;
    }
    return cost;
}

static const struct pt_proof_cost unknown = {NAN, NAN, NAN, NAN, 0};

static struct pt_proof_cost in_hindsight(struct pt_arena *arena, const struct pt_proof_job *job,
                                         double run_seconds, double joules, int64_t end_ns,
                                         struct pt_proof *proof)
{
    struct pt_schedule_plan plan;
    struct pt_error error;
    double watts = joules / run_seconds;
    if (!(watts > 0) || solve(arena, job, run_seconds, watts, end_ns, &plan, &error) != PT_OK) {
        snprintf(proof->note, sizeof proof->note, "the best in hindsight is not known: %.180s",
                 watts > 0 ? error.message : "the energy is not known");
        return unknown;
    }
    return cost_of(job, &plan, watts);
}

enum pt_status pt_proof_make(struct pt_arena *arena, const struct pt_proof_job *job,
                             struct pt_proof *ret_proof, struct pt_error *error)
{
    struct pt_proof proof = {0};
    double all_seconds = 0;
    for (int i = 0; i < job->stretch_count; i++)
        if (job->stretches[i].runs)
            all_seconds += seconds_of(job->stretches[i].from_ns, job->stretches[i].to_ns);
    if (!(all_seconds > 0))
        return pt_fail(error, PT_BAD_INPUT, "nothing ran, so there is nothing to compare");
    double repeated = fmin(fmax(0, job->repeated_seconds), all_seconds / 2);
    double run_seconds = all_seconds - repeated;

    proof.costs[PT_PROOF_ACTUAL] = actual(job);
    proof.costs[PT_PROOF_NOW] = at_once(job, run_seconds);
    const struct pt_proof_cost *now = &proof.costs[PT_PROOF_NOW];
    int64_t end_ns = proof.costs[PT_PROOF_ACTUAL].finish_ns;
    proof.delay_seconds = seconds_of(now->finish_ns, end_ns);
    if (job->deadline_ns > end_ns)
        end_ns = job->deadline_ns;
    double joules = now->joules / pue(job);
    proof.costs[PT_PROOF_AVERAGE] = at_average(job, joules, end_ns);
    proof.costs[PT_PROOF_HINDSIGHT] = in_hindsight(arena, job, run_seconds, joules, end_ns, &proof);
    *ret_proof = proof;
    return PT_OK;
}
