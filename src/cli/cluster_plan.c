// A plan for a cluster: reads the question, searches, and makes the plans that are shown.

#include "cli/cluster_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "plan/evaluate.h"
#include "plan/usual.h"

// ---------------------------------------------------------------------------- the user's layout
// The layout that the user wrote, completed where nothing is left to choose: for a plan that does
// not fit, with the reason. False if too much is open.
static bool own_layout(const struct pt_cluster_plan *plan, struct pt_plan_request *ret_request)
{
    struct pt_plan_request request = plan->asked;
    struct pt_layout *layout = &request.layout;
    if (!plan->layout_given || layout->microbatch == 0 || layout->tensor == 0 ||
        layout->pipeline == 0)
        return false;
    int64_t group = (int64_t)layout->tensor * layout->pipeline * layout->context;
    if (layout->data == 0)
        layout->data = (int32_t)(request.cluster.count / group);
    if (layout->expert == 0)
        layout->expert = 1;
    if (layout->data == 0)
        return false;
    if (layout->zero < 0)
        layout->zero = layout->framework == PT_FRAMEWORK_MEGATRON ? 1 : 3;
    if ((int)layout->recompute < 0)
        layout->recompute = PT_RECOMPUTE_NONE;
    if (!request.fixes.sequence_parallel)
        layout->sequence_parallel = layout->tensor > 1;
    if (!request.fixes.attention)
        layout->flash_attention = pt_plan_usual_flash_attention(request.cluster.accelerator);
    layout->microbatch_count = (int64_t)request.global_batch / (layout->data * layout->microbatch);
    if (layout->microbatch_count < 1)
        layout->microbatch_count = 1;
    request.fixes_layout = true;
    *ret_request = request;
    return true;
}

// A share of the peak is a step time of the layout that was chosen.
static void use_mfu(const struct pt_cluster_plan *plan, struct pt_plan_request *request)
{
    const struct pt_layout *layout = &request->layout;
    double peak = pt_accelerator_peak(request->cluster.accelerator, layout->format, NULL);
    if (!isnan(plan->mfu))
        request->measured_step_seconds = request->workload->training_flop *
                                         pt_layout_samples(layout) /
                                         (pt_layout_devices(layout) * peak * plan->mfu);
}

// ---------------------------------------------------------------------------------- the optima
static bool is_same(const struct pt_plan_request *a, const struct pt_plan_request *b)
{
    char a_text[PT_LAYOUT_TEXT_SIZE], b_text[PT_LAYOUT_TEXT_SIZE];
    bool same_cap = a->cluster.cap_watts == b->cluster.cap_watts ||
                    (isnan(a->cluster.cap_watts) && isnan(b->cluster.cap_watts));
    return a->cluster.accelerator == b->cluster.accelerator &&
           a->cluster.count == b->cluster.count && same_cap && a->tariff == b->tariff &&
           a->layout.framework == b->layout.framework && a->layout.format == b->layout.format &&
           strcmp(pt_layout_text(&a->layout, a_text), pt_layout_text(&b->layout, b_text)) == 0;
}

static enum pt_status make_column(struct pt_cluster_plan *plan,
                                  const struct pt_search_result *result,
                                  enum pt_objective objective, struct pt_plan_column *column,
                                  struct pt_error *error)
{
    if (!result->found_of[objective])
        return PT_OK;
    column->name = pt_objective_text(objective);
    column->request = result->best_of[objective];
    column->is_this = is_same(&column->request, &plan->request);
    column->request.calibration = pt_plan_calibrate(&plan->request, &plan->plan);
    column->request.measured_step_seconds = column->request.measured_device_watts = NAN;
    enum pt_status status = pt_plan_make(plan->arena, &column->request, &column->plan, error);
    column->found = status == PT_OK;
    return status;
}

// What the user's own layout is compared with: the best of all.
static enum pt_status search_freely(struct pt_cluster_plan *plan, struct pt_error *error)
{
    struct pt_plan_request asked = plan->asked;
    struct pt_plan_request none = pt_plan_request_none();
    none.layout.format = asked.layout.format;
    none.layout.framework = asked.layout.framework;
    asked.layout = none.layout;
    asked.fixes.sequence_parallel = asked.fixes.attention = false;
    asked.calibration = pt_plan_calibrate(&plan->request, &plan->plan);
    asked.measured_step_seconds = asked.measured_device_watts = NAN;
    asked.knowledge = plan->size_only ? PT_KNOWS_SIZE : PT_KNOWS_NETWORK;
    plan->free_result = calloc(1, sizeof *plan->free_result);
    if (plan->free_result == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the search");
    return pt_search(&asked, &plan->options, plan->free_result, error);
}

static enum pt_status make_columns(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_search_result *result = plan->result;
    enum pt_status status = PT_OK;
    if (plan->layout_given) {
        status = search_freely(plan, error);
        result = plan->free_result;
    }
    if (status != PT_OK)
        return status;
    const bool *found = result->found_of;
    enum pt_objective electric = found[PT_OPTIMIZE_COST] ? PT_OPTIMIZE_COST : PT_OPTIMIZE_ENERGY;
    enum pt_objective total = found[PT_OPTIMIZE_TOTAL] ? PT_OPTIMIZE_TOTAL : PT_OPTIMIZE_TIME;
    status = make_column(plan, result, electric, &plan->electric, error);
    return status == PT_OK ? make_column(plan, result, total, &plan->total, error) : status;
}

static enum pt_status ask_what_if(struct pt_cluster_plan *plan, struct pt_error *error)
{
    struct pt_plan_request asked = plan->asked;
    if (!plan->texts->what_if)
        return PT_OK;
    plan->whatif = pt_arena_alloc(plan->arena, 1, sizeof *plan->whatif);
    if (plan->whatif == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the what-if table");
    asked.cluster = plan->request.cluster;
    asked.tariff = plan->request.tariff;
    asked.layout.format = plan->request.layout.format;
    asked.calibration = pt_plan_calibrate(&plan->request, &plan->plan);
    asked.measured_step_seconds = asked.measured_device_watts = NAN;
    return pt_plan_what_if(plan->arena, &asked, &plan->options, plan->whatif, error);
}

// The plan of what the search chose. What was measured is of the layout as it was written, so
// calibrated plans are made once that is known.
static enum pt_status make_plan(struct pt_cluster_plan *plan, struct pt_error *error)
{
    plan->request = plan->result->best_request;
    use_mfu(plan, &plan->request);
    enum pt_status status = pt_plan_make(plan->arena, &plan->request, &plan->plan, error);
    if (status == PT_OK)
        status = make_columns(plan, error);
    return status == PT_OK ? ask_what_if(plan, error) : status;
}

// Nothing fits: the user's own layout says by how much, and the reasons say why not others.
static enum pt_status make_refusal(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const char *first =
        plan->result->reason_count > 0 ? plan->result->reasons[0].text : "nothing to try";
    struct pt_error cause;
    if (own_layout(plan, &plan->request)) {
        use_mfu(plan, &plan->request);
        enum pt_status status = pt_plan_make(plan->arena, &plan->request, &plan->plan, &cause);
        if (status != PT_OK) {
            plan->request.workload = NULL; // there is no plan to show
            return pt_fail(error, status, "%s", cause.message);
        }
        if (!plan->plan.feasible)
            return pt_fail(error, PT_INFEASIBLE, "%s", plan->plan.reason);
    }
    return pt_fail(error, PT_INFEASIBLE, "no plan: %s", first);
}

// What was asked for by time alone is by money where that is known: it is what people pay.
static void choose_objective(struct pt_cluster_plan *plan)
{
    struct pt_search_result *result = plan->result;
    if (plan->objective_given || !result->found_of[PT_OPTIMIZE_TOTAL] || plan->layout_given)
        return;
    plan->options.objective = PT_OPTIMIZE_TOTAL;
    result->best_request = result->best_of[PT_OPTIMIZE_TOTAL];
    result->found = true;
}

static bool is_size(const struct pt_cluster_plan_texts *texts)
{
    double count;
    return texts->model == NULL || pt_parse_count(texts->model, &count);
}

enum pt_status pt_cluster_plan_open(struct pt_cluster_plan *plan,
                                    const struct pt_cluster_plan_texts *texts,
                                    struct pt_error *error)
{
    *plan = (struct pt_cluster_plan){.texts = texts, .arena = pt_arena_create()};
    plan->result = calloc(1, sizeof *plan->result);
    plan->size_only = is_size(texts);
    if (plan->arena == NULL || plan->result == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status status =
        pt_cluster_plan_model(plan->arena, texts->model, texts, &plan->workload, error);
    if (status == PT_OK)
        status = pt_cluster_plan_read(plan, error);
    if (status == PT_OK)
        status = pt_search(&plan->asked, &plan->options, plan->result, error);
    if (status != PT_OK)
        return status;
    choose_objective(plan);
    if (!plan->result->found)
        return make_refusal(plan, error);
    status = make_plan(plan, error);
    return status == PT_OK ? pt_cluster_plan_teach(plan, error) : status;
}

void pt_cluster_plan_close(struct pt_cluster_plan *plan)
{
    free(plan->free_result);
    free(plan->result);
    pt_arena_destroy(plan->arena);
    *plan = (struct pt_cluster_plan){.texts = NULL};
}
