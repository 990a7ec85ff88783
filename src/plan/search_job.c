// One job of a search: all layouts that share the costs of a shard.

#include <math.h>
#include <string.h>

#include "plan/search_parts.h"

enum { KNOWN_FACTORS = 64 };

struct run {
    const struct pt_search_space *space;
    const struct pt_search_job *job;
    struct pt_search_found *found;
    struct pt_plan_request request; // for cluster, count and cap of the candidate
    const struct pt_stage_costs *costs;
    uint64_t next_number;
    // Factors by the number of devices: the same numbers come again and again.
    struct {
        int64_t devices;
        struct pt_plan_factors factors;
    } known[KNOWN_FACTORS];
};

double pt_objective_value(enum pt_objective objective, const struct pt_plan_figures *figures)
{
    double embodied = isnan(figures->embodied_grams) ? 0 : figures->embodied_grams;
    switch (objective) {
    case PT_OPTIMIZE_COST:
        return figures->energy_usd;
    case PT_OPTIMIZE_ENERGY:
        return figures->facility_joules;
    case PT_OPTIMIZE_CARBON:
        return figures->operational_grams + embodied;
    case PT_OPTIMIZE_TIME:
        return figures->seconds;
    default:
        return figures->energy_usd + figures->hardware_usd;
    }
}

static const struct pt_plan_factors *factors_for(struct run *run, const struct pt_layout *layout)
{
    int64_t devices = (int64_t)pt_layout_devices(layout);
    int place = (int)((uint64_t)devices * 0x9E3779B97F4A7C15u >> 58);
    if (run->known[place].devices != devices) {
        run->known[place].devices = devices;
        pt_plan_factors_of(&run->request, layout, &run->known[place].factors);
    }
    return &run->known[place].factors;
}

// ------------------------------------------------------------------------------------ candidates
static bool within(struct run *run, enum pt_search_refusal refusal, double value, double limit,
                   const struct pt_search_candidate *candidate)
{
    if (isnan(limit) || value <= limit)
        return true;
    if (isnan(value))
        pt_search_refuse(run->found, PT_REFUSED_PRICE, 0, candidate);
    else
        pt_search_refuse(run->found, refusal, value - limit, candidate);
    return false;
}

static bool within_limits(struct run *run, const struct pt_search_candidate *candidate)
{
    const struct pt_search_options *options = run->space->options;
    const struct pt_plan_figures *figures = &candidate->figures;
    return within(run, PT_REFUSED_DEADLINE, figures->seconds, options->deadline_seconds,
                  candidate) &&
           within(run, PT_REFUSED_BUDGET, figures->energy_usd + figures->hardware_usd,
                  options->budget_usd, candidate) &&
           within(run, PT_REFUSED_ENERGY, figures->facility_joules, options->energy_budget_joules,
                  candidate) &&
           within(run, PT_REFUSED_CARBON, pt_objective_value(PT_OPTIMIZE_CARBON, figures),
                  options->carbon_budget_grams, candidate);
}

// Equal in value, the faster one is better; equal in that too, the one that comes first.
static bool is_better(enum pt_objective objective, const struct pt_search_candidate *a,
                      const struct pt_search_candidate *b)
{
    double x = pt_objective_value(objective, &a->figures);
    double y = pt_objective_value(objective, &b->figures);
    if (x != y)
        return x < y;
    if (a->figures.seconds != b->figures.seconds)
        return a->figures.seconds < b->figures.seconds;
    return a->number < b->number;
}

void pt_search_keep(struct pt_search_found *found, enum pt_objective objective,
                    const struct pt_search_candidate *candidate)
{
    if (found->found[objective] && !is_better(objective, candidate, &found->best[objective]))
        return;
    found->found[objective] = true;
    found->best[objective] = *candidate;
}

static void consider(struct run *run, const struct pt_search_candidate *candidate)
{
    struct pt_search_found *found = run->found;
    if (!within_limits(run, candidate))
        return;
    found->feasible++;
    for (int i = 0; i < PT_OBJECTIVE_COUNT; i++)
        if (!isnan(pt_objective_value((enum pt_objective)i, &candidate->figures)))
            pt_search_keep(found, (enum pt_objective)i, candidate);
    enum pt_objective cost = run->space->prices_known ? PT_OPTIMIZE_TOTAL : PT_OPTIMIZE_ENERGY;
    if (!pt_front_add(&found->front, pt_objective_value(cost, &candidate->figures), candidate))
        found->status = pt_fail(&found->error, PT_NO_MEMORY, "no memory for the Pareto front");
}

static void try_regions(struct run *run, const struct pt_search_candidate *base)
{
    const struct pt_search_space *space = run->space;
    struct pt_search_candidate candidate = *base;
    double devices = pt_layout_devices(&base->layout);
    for (int r = 0; r < space->region_count; r++) {
        const struct pt_tariff *tariff = space->regions[r];
        candidate.figures = base->figures;
        candidate.region = r;
        candidate.number = run->next_number++;
        pt_plan_price(tariff == NULL ? 1 : tariff->pue.value,
                      &space->rates[run->job->cluster * space->region_count + r], devices,
                      &candidate.figures);
        run->found->considered++;
        consider(run, &candidate);
    }
}

// Watts of the cap number c; NAN: none.
static double cap_watts(const struct run *run, int c)
{
    const struct pt_search_options *options = run->space->options;
    const struct pt_cluster *cluster = &run->space->clusters[run->job->cluster];
    if (options->cap_count == 0)
        return cluster->cap_watts;
    return options->caps[c] >= 1 ? NAN : options->caps[c] * cluster->accelerator->board_watts;
}

static void try_layout(struct run *run, const struct pt_layout *layout)
{
    const struct pt_search_space *space = run->space;
    int caps = space->options->cap_count > 0 ? space->options->cap_count : 1;
    struct pt_search_candidate candidate = {
        .layout = *layout, .cluster = run->job->cluster, .number = run->next_number};
    struct pt_step step;
    run->next_number += (uint64_t)(caps * space->region_count);
    uint64_t end = run->next_number;
    candidate.cap_watts = cap_watts(run, 0);
    run->request.cluster.count = (int64_t)pt_layout_devices(layout);
    if (pt_layout_check(run->request.workload, &run->request.cluster, layout, NULL) != PT_OK) {
        pt_search_refuse(run->found, PT_REFUSED_LAYOUT, 0, &candidate);
        return;
    }
    pt_plan_step(&run->request, run->costs, layout, &step);
    double over = step.memory.total - pt_plan_memory_limit(&run->request);
    candidate.stage = step.memory.stage;
    candidate.figures.memory_bytes = step.memory.total;
    if (over > 0) { // NAN: a processor, whose memory is not in the catalogue
        run->found->considered++;
        pt_search_refuse(run->found, PT_REFUSED_MEMORY, over, &candidate);
        return;
    }
    run->next_number = candidate.number;
    const struct pt_plan_factors *factors = factors_for(run, layout);
    for (int c = 0; c < caps; c++) {
        candidate.cap_watts = run->request.cluster.cap_watts = cap_watts(run, c);
        pt_plan_evaluate_step(&run->request, factors, &step, layout, &candidate.figures);
        try_regions(run, &candidate);
    }
    run->request.cluster.cap_watts = NAN;
    run->next_number = end;
}

// -------------------------------------------------------------------------------------- the sizes
static void try_zero(struct run *run, struct pt_layout *layout)
{
    static const int first[] = {
        [PT_FRAMEWORK_MEGATRON] = 0, [PT_FRAMEWORK_FSDP] = 0, [PT_FRAMEWORK_XLA] = 0};
    static const int last[] = {
        [PT_FRAMEWORK_MEGATRON] = 1, [PT_FRAMEWORK_FSDP] = 3, [PT_FRAMEWORK_XLA] = 3};
    int asked = run->space->request->layout.zero;
    int from = asked >= 0 ? asked : first[layout->framework];
    int to = asked >= 0 ? asked : last[layout->framework];
    if (asked < 0 && layout->data * layout->context == 1)
        to = from = 0;
    for (layout->zero = from; layout->zero <= to; layout->zero++)
        try_layout(run, layout);
}

static void refuse_batch(struct run *run, const struct pt_layout *layout)
{
    struct pt_search_candidate candidate = {
        .layout = *layout, .cluster = run->job->cluster, .number = run->next_number++};
    pt_search_refuse(run->found, PT_REFUSED_BATCH, 0, &candidate);
}

// Chunks of a stage in an interleaved pipeline: those that divide its layers; where the stages are
// uneven, those that would with the embedding and the head as layers (126 + 2 = 16 x 8 for
// Llama 3.1 405B), else powers of 2.
static void virtual_sizes(const struct run *run, const struct pt_layout *layout,
                          struct pt_search_sizes *ret_sizes)
{
    int layers = run->request.workload->layer_count, stages = layout->pipeline;
    *ret_sizes = (struct pt_search_sizes){1, {1}};
    if (stages == 1 || layout->framework != PT_FRAMEWORK_MEGATRON)
        return;
    if (layers % stages == 0)
        pt_search_divisors(layers / stages, layers, ret_sizes);
    else if ((layers + 2) % stages == 0)
        pt_search_divisors((layers + 2) / stages, layers, ret_sizes);
    else
        for (int32_t size = 2; size <= layers / stages; size *= 2)
            ret_sizes->size[ret_sizes->count++] = size;
}

static void try_virtual(struct run *run, struct pt_layout *layout)
{
    int asked = run->space->request->layout.virtual_stages;
    struct pt_search_sizes sizes = {1, {asked}};
    if (asked <= 0)
        virtual_sizes(run, layout, &sizes);
    for (int i = 0; i < sizes.count; i++) {
        layout->virtual_stages = sizes.size[i];
        // Interleaved schedules need whole rounds of microbatches over the stages.
        if (asked > 0 || layout->virtual_stages == 1 ||
            layout->microbatch_count % layout->pipeline == 0)
            try_zero(run, layout);
    }
}

// data x microbatch x their number = samples of a step.
static void try_data(struct run *run, struct pt_layout *layout, int64_t data)
{
    int64_t asked = run->space->request->layout.data;
    if (data < 1 || data > INT32_MAX || (asked > 0 && data != asked))
        return;
    layout->data = (int32_t)data;
    layout->microbatch_count = 1;
    if (run->space->samples % (data * layout->microbatch) != 0) {
        refuse_batch(run, layout);
        return;
    }
    layout->microbatch_count = run->space->samples / (data * layout->microbatch);
    try_virtual(run, layout);
}

static void try_pipeline(struct run *run, struct pt_layout *layout)
{
    const struct pt_cluster *cluster = &run->space->clusters[run->job->cluster];
    int64_t group = (int64_t)layout->tensor * layout->context * layout->pipeline;
    if (run->space->options->exact_count) {
        if (cluster->count % group == 0)
            try_data(run, layout, cluster->count / group);
        return;
    }
    struct pt_search_sizes data;
    if (run->space->request->layout.data > 0)
        data = (struct pt_search_sizes){1, {run->space->request->layout.data}};
    else
        pt_search_divisors(run->space->samples / layout->microbatch, cluster->count / group, &data);
    for (int i = 0; i < data.count; i++)
        if (pt_search_uses(run->space, cluster, group * data.size[i]))
            try_data(run, layout, data.size[i]);
}

// Those that divide the layers, and powers of 2: some stages have a layer more then.
static void pipeline_sizes(int layers, struct pt_search_sizes *ret_sizes)
{
    if (layers <= 1)
        return;
    pt_search_divisors(layers, layers, ret_sizes);
    for (int32_t size = 2; size < layers && ret_sizes->count < PT_SEARCH_SIZES_MAX; size *= 2)
        if (layers % size != 0)
            ret_sizes->size[ret_sizes->count++] = size;
}

static void try_all(struct run *run)
{
    const struct pt_plan_request *request = run->space->request;
    struct pt_layout layout = run->job->layout;
    struct pt_search_sizes pipelines = {1, {1}};
    if (request->layout.pipeline > 0)
        pipelines.size[0] = request->layout.pipeline;
    else if (layout.framework == PT_FRAMEWORK_MEGATRON)
        pipeline_sizes(request->workload->layer_count, &pipelines);
    for (int i = 0; i < pipelines.count; i++) {
        layout.pipeline = pipelines.size[i];
        try_pipeline(run, &layout);
    }
}

void pt_search_run_job(const struct pt_search_space *space, const struct pt_search_job *job,
                       int number, struct pt_search_found *found)
{
    struct run run = {.space = space,
                      .job = job,
                      .found = found,
                      .request = *space->request,
                      .next_number = (uint64_t)number << 32};
    struct pt_layout shard = job->layout;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = PT_OK;
    run.request.cluster = space->clusters[job->cluster];
    run.request.cluster.cap_watts = NAN;
    shard.pipeline = shard.data = shard.virtual_stages = 1;
    shard.zero = 0;
    shard.microbatch_count = 1;
    if (arena == NULL)
        status = pt_fail(&found->error, PT_NO_MEMORY, "no memory for the search");
    else
        status = pt_stage_costs_create(arena, run.request.workload, &run.request.cluster, &shard,
                                       &run.costs, &found->error);
    if (status == PT_OK)
        try_all(&run);
    else
        found->status = status;
    if (found->status != PT_OK && found->failed_job < 0)
        found->failed_job = number;
    pt_arena_destroy(arena);
}
