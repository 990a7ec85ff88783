// How solvers write plans down, the plan that starts now, and which of two plans is better.

#include <assert.h>
#include <math.h>

#include "schedule/solver.h"

enum pt_status pt_builder_open(struct pt_arena *arena, int capacity,
                               struct pt_plan_builder *builder, struct pt_error *error)
{
    *builder = (struct pt_plan_builder){.capacity = capacity};
    builder->segments = pt_arena_alloc(arena, (size_t)capacity, sizeof *builder->segments);
    if (builder->segments == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a plan of %d segments", capacity);
    return PT_OK;
}

void pt_builder_add(struct pt_plan_builder *builder, int64_t from_ns, int64_t to_ns, int level)
{
    struct pt_schedule_segment *last =
        builder->count > 0 ? &builder->segments[builder->count - 1] : NULL;
    if (to_ns <= from_ns)
        return;
    if (last != NULL && last->to_ns == from_ns && last->level == level) {
        last->to_ns = to_ns;
        return;
    }
    assert(builder->count < builder->capacity);
    builder->segments[builder->count++] =
        (struct pt_schedule_segment){.from_ns = from_ns, .to_ns = to_ns, .level = level};
}

enum pt_status pt_builder_close(struct pt_plan_builder *builder,
                                const struct pt_schedule_problem *problem, const char *method,
                                struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    struct pt_schedule_plan plan = {.segment_count = builder->count,
                                    .segments = builder->segments,
                                    .lower_bound = -INFINITY,
                                    .method = method};
    enum pt_status status = pt_schedule_evaluate(problem, &plan, error);
    if (status != PT_OK)
        return status;
    builder->segments[builder->count - 1].to_ns = plan.finish_ns;
    *ret_plan = plan;
    return PT_OK;
}

void pt_plan_keep_better(struct pt_schedule_plan *best, const struct pt_schedule_plan *plan)
{
    double scale = 1e-12 * fmax(fabs(best->money), fabs(plan->money));
    bool equal = fabs(best->money - plan->money) <= scale;
    if (equal ? plan->finish_ns < best->finish_ns : plan->money < best->money)
        *best = *plan;
}

enum pt_status pt_schedule_now(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                               struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    struct pt_plan_builder builder;
    double seconds;
    enum pt_status status = pt_schedule_check(problem, error);
    if (status == PT_OK)
        status = pt_builder_open(arena, 1, &builder, error);
    if (status != PT_OK)
        return status;
    int level = pt_level_first(&problem->job, &seconds);
    int64_t start = problem->slots.start_ns, end = pt_slots_end_ns(&problem->slots);
    int64_t to = start + pt_seconds_to_ns(seconds) + 1;
    pt_builder_add(&builder, start, to < end ? to : end, level);
    return pt_builder_close(&builder, problem, "start now", ret_plan, error);
}
