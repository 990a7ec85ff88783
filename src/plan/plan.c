// The plan of one layout: the model's seconds and watts, multiplied with what published runs say of
// them, and carried through to money with their intervals. See docs/planner.md.

#include "plan/plan.h"

#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "plan/evaluate.h"
#include "plan/plan_estimate.h"

// Reported memory of runs lies within a tenth of the model's: docs/planner.md.
#define MEMORY_ERROR       0.10
#define SIX_ND_UTILIZATION 0.40

static struct pt_quantity median(double value, struct pt_spread spread)
{
    return pt_spread_quantity(value, spread, PT_MODELLED);
}

static void scale_step(struct pt_step *step, double factor)
{
    step->seconds *= factor;
    for (int i = 0; i < PT_STEP_PART_COUNT; i++)
        step->part_seconds[i] *= factor;
}

// No step is so fast that its products would beat the peak.
static struct pt_spread limit_by_peak(struct pt_spread slow, const struct pt_plan *plan,
                                      double peak)
{
    double most = log(plan->step.seconds * peak / plan->step.hardware_flop);
    slow.below = fmin(slow.below, fmax(0, most));
    return slow;
}

static void fill_time(const struct pt_plan_request *request,
                      const struct pt_plan_estimate *estimate, struct pt_plan *plan)
{
    double devices = pt_layout_devices(&plan->layout);
    double peak = pt_accelerator_peak(request->cluster.accelerator, plan->layout.format, NULL);
    double wall =
        pt_plan_work_seconds(request, &plan->layout, plan->step.seconds) / estimate->goodput;
    struct pt_spread slow = limit_by_peak(estimate->time_spread, plan, peak);
    struct pt_spread whole = pt_spread_join(slow, pt_spread_inverse(estimate->goodput_spread));
    plan->step_seconds = pt_spread_quantity(plan->step.seconds, slow,
                                            estimate->measured_time ? PT_MEASURED : PT_MODELLED);
    plan->seconds = median(wall, whole);
    plan->device_hours = median(wall * devices / PT_SECONDS_PER_HOUR, whole);
    plan->goodput = median(estimate->goodput, estimate->goodput_spread);
    plan->flop_utilization =
        median(plan->step.model_flop / (plan->step.seconds * peak), pt_spread_inverse(slow));
    plan->hardware_flop_utilization =
        median(plan->step.hardware_flop / (plan->step.seconds * peak), pt_spread_inverse(slow));
}

// Joules of the parts of a step, in the proportion in which the model sees them, add up to all.
static void fill_parts(struct pt_plan *plan)
{
    double joules[PT_STEP_PART_COUNT], sum = 0;
    for (int i = 0; i < PT_STEP_PART_COUNT; i++)
        sum += joules[i] = pt_cluster_part_joules(&plan->power, &plan->step, (enum pt_step_part)i);
    for (int i = 0; i < PT_STEP_PART_COUNT; i++)
        plan->part_joules[i] = pt_quantity_scale(plan->energy_joules, joules[i] / sum);
}

// The power model's watts times the residual; of devices alone, with node, switches and facility
// as they follow from them, where those were measured.
static void fill_power(const struct pt_plan_request *request,
                       const struct pt_plan_estimate *estimate, struct pt_plan *plan)
{
    double tdp = pt_power_tdp_watts(request->cluster.accelerator);
    struct pt_cluster_power *power = &plan->power;
    double devices = pt_layout_devices(&plan->layout);
    double facility = pt_plan_facility_watts(power, estimate->power, estimate->spares_host);
    struct pt_spread spread = pt_spread_join(estimate->power_spread, estimate->pue_spread);
    power->node_watts *= facility / power->facility_watts;
    power->network_watts *= facility / power->facility_watts;
    power->facility_watts = facility;
    power->device_watts *= estimate->power;
    for (int i = 0; i < PT_STEP_PART_COUNT; i++)
        power->phase_watts[i] *= estimate->power;
    plan->device_watts = pt_spread_quantity(power->device_watts, estimate->power_spread,
                                            estimate->measured_power ? PT_MEASURED : PT_MODELLED);
    plan->device_watts.high =
        fmax(plan->device_watts.value, fmin(plan->device_watts.high, tdp)); // nothing draws more
    plan->facility_watts = median(devices * power->facility_watts, spread);
    struct pt_spread whole = pt_spread_join(pt_spread_join(spread, estimate->time_spread),
                                            pt_spread_inverse(estimate->goodput_spread));
    plan->energy_joules = median(plan->facility_watts.value * plan->seconds.value, whole);
    fill_parts(plan);
}

// What the runtime takes is in the model; the reserve is for what nobody counts.
static void fill_memory(const struct pt_plan_request *request, struct pt_plan *plan)
{
    double has = pt_plan_memory_limit(request), reserve = request->memory_reserve_share;
    double needs = plan->step.memory.total;
    plan->memory_bytes = pt_quantity_relative(needs, MEMORY_ERROR, PT_MODELLED);
    plan->feasible = !(needs > has); // a processor's memory is not in the catalogue
    if (plan->feasible)
        return;
    int length = snprintf(plan->reason, sizeof plan->reason,
                          "short by %.2f GiB at stage %d: needs %.1f GiB of %.1f", //
                          (needs - has) / PT_BYTES_PER_GIB, plan->step.memory.stage,
                          needs / PT_BYTES_PER_GIB, has / PT_BYTES_PER_GIB);
    if (reserve > 0 && length < (int)sizeof plan->reason)
        snprintf(plan->reason + length, sizeof plan->reason - (size_t)length,
                 ", with %g %% in reserve", 100 * reserve);
}

static void fill_work(const struct pt_plan_request *request, struct pt_plan *plan)
{
    const struct pt_workload *workload = request->workload;
    const struct pt_accelerator *accelerator = request->cluster.accelerator;
    double devices = pt_layout_devices(&plan->layout), tdp = pt_power_tdp_watts(accelerator);
    double peak = pt_accelerator_peak(accelerator, plan->layout.format, NULL);
    double samples = request->tokens / workload->tokens;
    plan->steps = pt_plan_steps(request, &plan->layout);
    plan->samples = samples;
    plan->tokens = workload->has_tokens ? request->tokens : NAN;
    plan->model_flop = samples * workload->training_flop;
    plan->six_nd_flop = 6 * workload->active_count * plan->tokens;
    plan->mlco2_joules = tdp * devices * plan->seconds.value;
    plan->mlco2_grams = request->tariff == NULL ? NAN
                                                : plan->mlco2_joules / PT_JOULES_PER_KWH *
                                                      request->tariff->carbon_grams_per_kwh.value;
    plan->six_nd_seconds = plan->six_nd_flop / (devices * peak * SIX_ND_UTILIZATION);
    plan->six_nd_joules = plan->six_nd_seconds * devices * tdp;
}

static enum pt_status fill_price(const struct pt_plan_request *request, struct pt_plan *plan,
                                 struct pt_error *error)
{
    struct pt_tariff none = pt_tariff_none();
    struct pt_plan_figures *figures = &plan->figures;
    struct pt_rate_card rates;
    enum pt_status status =
        pt_run_price_of(&request->cluster, request->tariff != NULL ? request->tariff : &none,
                        &request->price, plan->energy_joules, plan->seconds, plan->facility_watts,
                        request->start_realtime_ns, &plan->price, error);
    *figures = (struct pt_plan_figures){
        .seconds = plan->seconds.value,
        .step_seconds = plan->step_seconds.value,
        .facility_joules = plan->energy_joules.value,
        .facility_watts = plan->facility_watts.value,
        .device_watts = plan->device_watts.value,
        .memory_bytes = plan->memory_bytes.value,
        .flop_utilization = plan->flop_utilization.value,
    };
    pt_plan_rates_of(request, &rates);
    pt_plan_price(1, &rates, pt_layout_devices(&plan->layout), figures);
    return status;
}

static enum pt_status check_layout(const struct pt_plan_request *request, struct pt_plan *plan,
                                   struct pt_error *error)
{
    enum pt_status status = pt_plan_check(request, error);
    if (status != PT_OK)
        return status;
    if (plan->layout.states.weight == 0 && plan->layout.states.optimizer == 0)
        pt_plan_states(request, &plan->layout);
    status = pt_layout_check(request->workload, &request->cluster, &plan->layout, error);
    if (status != PT_OK && error != NULL)
        error->status = PT_BAD_INPUT;
    return status == PT_OK ? PT_OK : PT_BAD_INPUT;
}

// A step that would beat the peak was measured of something else.
static enum pt_status check_measured(const struct pt_plan_request *request,
                                     const struct pt_plan *plan, struct pt_error *error)
{
    double peak = pt_accelerator_peak(request->cluster.accelerator, plan->layout.format, NULL);
    double share = plan->step.model_flop / (request->measured_step_seconds * peak);
    if (!(request->measured_step_seconds > 0) || share <= 1)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "a measured step of %g s would be %.0f %% of the peak of %s in %s: is it that "
                   "of a batch of %.0f samples?",
                   request->measured_step_seconds, 100 * share, request->cluster.accelerator->name,
                   pt_format_text(plan->layout.format), pt_layout_samples(&plan->layout));
}

enum pt_status pt_plan_make(struct pt_arena *arena, const struct pt_plan_request *request,
                            struct pt_plan *ret_plan, struct pt_error *error)
{
    struct pt_plan plan = {.layout = request->layout};
    const struct pt_stage_costs *costs;
    struct pt_plan_estimate estimate;
    enum pt_status status = check_layout(request, &plan, error);
    if (status == PT_OK)
        status = pt_stage_costs_create(arena, request->workload, &request->cluster, &plan.layout,
                                       &costs, error);
    if (status != PT_OK)
        return status;
    pt_plan_step(request, costs, &plan.layout, &plan.step);
    pt_cluster_power_of(&request->cluster, plan.layout.format, &plan.step, pt_plan_pue(request),
                        &plan.power);
    if (isfinite(request->cluster.cap_watts))
        pt_step_slow_down(&request->cluster, plan.layout.format, &plan.step);
    pt_plan_estimate_make(request, &plan.layout, &plan.step, &plan.power, &estimate);
    status = check_measured(request, &plan, error);
    if (status != PT_OK)
        return status;
    plan.time_factor = estimate.time;
    plan.power_factor = estimate.power;
    scale_step(&plan.step, estimate.time);
    fill_time(request, &estimate, &plan);
    fill_power(request, &estimate, &plan);
    fill_memory(request, &plan);
    fill_work(request, &plan);
    status = fill_price(request, &plan, error);
    if (status == PT_OK)
        status = pt_plan_assume(arena, request, &plan, error);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
