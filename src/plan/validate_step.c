// One step of a published row as the models see it: with its own layout, or with the best of ours.

#include <math.h>

#include "plan/search.h"
#include "plan/usual.h"
#include "plan/validate_parts.h"

#define BATCH_SLACK      0.3 // of its logarithm
#define LARGE_PARAMETERS 1e9

static enum pt_status estimate(struct pt_modelled_step *m, struct pt_error *error)
{
    const struct pt_plan_request *request = &m->request;
    const struct pt_stage_costs *costs;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status status =
        pt_layout_check(request->workload, &request->cluster, &request->layout, error);
    if (status == PT_OK)
        status = pt_stage_costs_create(arena, request->workload, &request->cluster,
                                       &request->layout, &costs, error);
    if (status == PT_OK) {
        const struct pt_layout *layout = &request->layout;
        pt_step_estimate(costs, layout, &m->step);
        pt_cluster_power_of(&request->cluster, layout->format, &m->step, 1, &m->power);
        pt_step_slow_down(&request->cluster, layout->format, &m->step);
        m->samples =
            (double)layout->data * (double)layout->microbatch * (double)layout->microbatch_count;
    }
    pt_arena_destroy(arena);
    return status;
}

static struct pt_plan_request request_of(const struct pt_published_case *published, bool is_blind)
{
    struct pt_plan_request request = pt_plan_request_none();
    request.workload = published->network.workload;
    request.cluster = published->cluster;
    request.memory_reserve_share = 0; // the run did fit, in whatever its devices had
    request.tokens = published->tokens > 0 ? published->tokens : 1e12;
    request.global_batch = published->global_batch;
    request.knowledge = is_blind ? PT_KNOWS_NETWORK : PT_KNOWS_LAYOUT;
    request.fixes.framework = request.fixes.attention = true;
    if (!is_blind) {
        request.layout = published->layout;
        request.fixes.sequence_parallel = published->layout.tensor > 1;
        return request;
    }
    request.layout.format = published->layout.format;
    request.layout.framework = published->layout.framework;
    request.layout.flash_attention = published->layout.flash_attention;
    // The software of its time, as far as it decides: large GPU runs recomputed everything then.
    if (published->is_old && published->network.workload->parameter_count > LARGE_PARAMETERS &&
        request.layout.framework != PT_FRAMEWORK_XLA) {
        request.layout.recompute = PT_RECOMPUTE_FULL;
        request.fixes.sequence_parallel = true;
    }
    return request;
}

// The best layout of those that the request leaves open.
static enum pt_status search(const struct pt_validation_options *options,
                             struct pt_modelled_step *m, struct pt_error *error)
{
    struct pt_search_options search_options = {.objective = PT_OPTIMIZE_TIME,
                                               .exact_count = true,
                                               .deadline_seconds = NAN,
                                               .budget_usd = NAN,
                                               .energy_budget_joules = NAN,
                                               .carbon_budget_grams = NAN,
                                               .threads = options->threads};
    struct pt_search_result result;
    enum pt_status status = pt_search(&m->request, &search_options, &result, error);
    if (status != PT_OK)
        return status;
    if (!result.found)
        return pt_fail(error, PT_INFEASIBLE, "no layout fits: %s; %s",
                       result.reason_count > 0 ? result.reasons[0].text : "none is possible",
                       result.reason_count > 1 ? result.reasons[1].text : "no other reason");
    m->request = result.best_request;
    return estimate(m, error);
}

static bool is_open(const struct pt_published_case *published)
{
    const struct pt_layout *layout = &published->layout;
    return layout->microbatch == 0 || layout->virtual_stages == 0 || layout->zero < 0;
}

// The row's layout, with recomputation where it does not say which; what else is open is searched.
static enum pt_status model_with(const struct pt_validation_options *options,
                                 const struct pt_published_case *published,
                                 enum pt_recompute recompute, struct pt_modelled_step *ret,
                                 struct pt_error *error)
{
    bool is_told = (int)published->layout.recompute >= 0;
    struct pt_published_case closed = *published;
    if (!is_told)
        closed.layout.recompute = recompute;
    ret->request = request_of(&closed, false);
    if (is_open(published))
        return search(options, ret, error);
    if (!pt_published_plain_layout(&closed, &ret->request.layout))
        return pt_fail(error, PT_INFEASIBLE, "devices and batch do not divide by its layout");
    enum pt_status status = estimate(ret, error);
    if (status == PT_OK && !is_told &&
        ret->step.memory.total > published->cluster.accelerator->memory_bytes)
        return pt_fail(error, PT_INFEASIBLE, "its layout does not fit into memory");
    return status;
}

// The least recomputation that fits, where the row does not say which. If nothing fits, it did all
// the same: as it is told, and plain.
enum pt_status pt_model_known_step(const struct pt_validation_options *options,
                                   const struct pt_published_case *published,
                                   struct pt_modelled_step *ret, struct pt_error *error)
{
    enum pt_status status = PT_INFEASIBLE;
    for (int recompute = 0; recompute < PT_RECOMPUTE_COUNT && status != PT_OK; recompute++)
        status = model_with(options, published, (enum pt_recompute)recompute, ret, error);
    if (status == PT_OK)
        return status;
    ret->request = request_of(published, false);
    if (!pt_published_plain_layout(published, &ret->request.layout))
        return pt_fail(error, PT_INFEASIBLE, "devices and batch do not divide by its layout");
    return estimate(ret, error);
}

// A batch that is told in round numbers need not divide among the devices: the nearest one that
// does, at most a third away; else a batch of our choice.
enum pt_status pt_model_blind_step(const struct pt_validation_options *options,
                                   const struct pt_published_case *published,
                                   struct pt_modelled_step *ret, struct pt_error *error)
{
    double batch = published->global_batch;
    ret->request = request_of(published, true);
    enum pt_status status = search(options, ret, error);
    for (int64_t unit = 1; status == PT_INFEASIBLE && unit <= published->cluster.count; unit *= 2) {
        int64_t share = published->cluster.count / unit;
        double rounded = fmax(1, round(batch / (double)share)) * (double)share;
        if (published->cluster.count % unit != 0 || !(fabs(log(rounded / batch)) < BATCH_SLACK))
            continue;
        ret->request = request_of(published, true);
        ret->request.global_batch = rounded;
        status = search(options, ret, NULL);
    }
    if (status == PT_INFEASIBLE && batch > 0) {
        ret->request = request_of(published, true);
        ret->request.global_batch = 0;
        status = search(options, ret, NULL);
    }
    return status;
}
