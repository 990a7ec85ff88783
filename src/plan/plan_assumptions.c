// What a plan takes for granted: each with the option that replaces it, its value and its source.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plan/evaluate.h"
#include "plan/plan.h"
#include "plan/spread.h"

#define ONE_RUN "one run, no repeats"

struct list {
    struct pt_arena *arena;
    struct pt_plan *plan;
    bool no_memory;
};

// source is copied. What is missing is listed too: nobody knows it.
static void add(struct list *list, const char *key, const char *text, struct pt_quantity value,
                const char *unit, const char *source)
{
    struct pt_plan *plan = list->plan;
    const char *copy = pt_arena_strdup(list->arena, source != NULL ? source : "");
    if (copy == NULL || plan->assumption_count == PT_PLAN_ASSUMPTIONS_MAX) {
        list->no_memory = true;
        return;
    }
    plan->assumptions[plan->assumption_count++] =
        (struct pt_plan_assumption){key, text, value, unit, copy};
}

static struct pt_quantity stated_or(double stated, double usual)
{
    return isnan(stated) ? pt_quantity_relative(usual, 0, PT_ASSUMED) : pt_quantity_exact(stated);
}

static struct pt_quantity assumed(double value)
{
    return pt_quantity_relative(value, 0, PT_ASSUMED);
}

static void add_residuals(struct list *list, const struct pt_plan_request *request)
{
    const struct pt_plan *plan = list->plan;
    const struct pt_plan_calibration *calibration = &request->calibration;
    struct pt_residual_class class_of =
        pt_residual_class_of(request->workload, &request->cluster, &plan->layout);
    struct pt_residual time = pt_time_residual(&class_of, request->knowledge);
    struct pt_residual power = pt_power_residual(&class_of, request->knowledge);
    bool measured_time = request->measured_step_seconds > 0 || calibration->time_factor > 0;
    bool measured_power = request->measured_device_watts > 0 || calibration->power_factor > 0;
    const char *source = calibration->source != NULL ? calibration->source : "measured by the user";
    add(list, "measured-step-time", "measured / modelled step time",
        measured_time ? (struct pt_quantity){plan->time_factor, plan->time_factor,
                                             plan->time_factor, PT_MEASURED}
                      : (struct pt_quantity){time.factor, time.low, time.high, PT_MODELLED},
        "", measured_time ? source : time.source);
    add(list, "measured-watts", "measured / modelled power",
        measured_power ? (struct pt_quantity){plan->power_factor, plan->power_factor,
                                              plan->power_factor, PT_MEASURED}
                       : (struct pt_quantity){power.factor, power.low, power.high, PT_MODELLED},
        "", measured_power ? source : power.source);
}

static void add_goodput(struct list *list, const struct pt_plan_request *request)
{
    double devices = pt_layout_devices(&list->plan->layout);
    struct pt_goodput_options options = pt_plan_goodput_options(request, devices);
    const struct pt_goodput_options *own = &request->goodput;
    struct pt_residual_class class_of =
        pt_residual_class_of(request->workload, &request->cluster, &list->plan->layout);
    class_of.devices = devices;
    struct pt_residual residual = pt_goodput_residual(&class_of);
    add(list, "goodput", "share of wall time in which steps count", list->plan->goodput, "",
        isnan(own->share) ? residual.source : "given");
    if (!isnan(own->share))
        return;
    add(list, "mtbf", "hours of one accelerator between failures",
        stated_or(own->device_hours_between_failures, options.device_hours_between_failures), "h",
        "Llama team 2024, arXiv:2407.21783: 419 stops in 54 days on 16,384 H100");
    add(list, "checkpoint-time", "seconds to write a checkpoint",
        stated_or(own->checkpoint_seconds, options.checkpoint_seconds), "s", "assumed");
    add(list, "restart-time", "seconds to start again after a failure",
        stated_or(own->restart_seconds, options.restart_seconds), "s", "assumed");
    add(list, "other-loss", "evaluation, data stalls, other restarts; of a run of a day half",
        stated_or(own->other_loss, options.other_loss), "",
        "published runs' hours over those that their MFU implies");
}

static void add_hardware(struct list *list, const struct pt_plan_request *request)
{
    const struct pt_accelerator *accelerator = request->cluster.accelerator;
    enum pt_format format = list->plan->layout.format, used;
    bool measured_matmul, measured_memory;
    double peak = pt_accelerator_peak(accelerator, format, &used);
    double matmul = pt_accelerator_matmul_share(accelerator, format, &measured_matmul);
    double memory = pt_accelerator_memory_share(accelerator, &measured_memory);
    const char *measured = accelerator->measured_source;
    add(list, "on", "dense peak of one accelerator",
        (struct pt_quantity){peak, peak, peak, PT_PUBLISHED}, "FLOP/s", accelerator->source);
    add(list, "on", "share of its peak that large products reach",
        pt_quantity_relative(matmul, 0, measured_matmul ? PT_PUBLISHED : PT_ASSUMED), "",
        measured_matmul ? measured : "its nearest measured relatives");
    add(list, "on", "share of its memory's bandwidth that is reached",
        pt_quantity_relative(memory, 0, measured_memory ? PT_PUBLISHED : PT_ASSUMED), "",
        measured_memory ? measured : "its nearest measured relatives");
    add(list, "on", "accelerators in the domain of the fast link",
        pt_quantity_exact(request->cluster.node->accelerators), "", request->cluster.node->source);
}

static void add_layout(struct list *list, const struct pt_plan_request *request)
{
    const struct pt_layout *layout = &list->plan->layout;
    struct pt_layout usual = *layout;
    pt_plan_states(request, &usual);
    bool chosen = memcmp(&usual.states, &layout->states, sizeof usual.states) == 0;
    double states = layout->states.weight + layout->states.gradient + layout->states.optimizer;
    add(list, "optimizer", "bytes held for each trained parameter",
        chosen ? assumed(states) : pt_quantity_exact(states), "B",
        request->optimizer_in_8_bits ? "Dettmers et al. 2022, arXiv:2110.02861"
                                     : "Rajbhandari et al. 2019, arXiv:1910.02054, 3.1");
    add(list, "memory-reserve", "share of a device's memory that stays free",
        pt_quantity_relative(request->memory_reserve_share, 0, PT_ASSUMED), "",
        "what the driver keeps, and the error of the memory model");
    add(list, "layout", "kernels that never store attention scores",
        assumed(layout->flash_attention ? 1 : 0), "", "flash=on or flash=off in --layout");
}

// Per unit of what the plan multiplied them with, as the prices are in it.
static void add_prices(struct list *list, const struct pt_plan_request *request)
{
    const struct pt_plan *plan = list->plan;
    const struct pt_tariff *tariff = request->tariff;
    struct pt_tariff none = pt_tariff_none();
    if (tariff == NULL)
        tariff = &none;
    const struct pt_run_price *price = &plan->price;
    double hours = plan->device_hours.value, kwh = plan->energy_joules.value / PT_JOULES_PER_KWH;
    struct pt_quantity hardware = pt_quantity_scale(price->hardware_usd, 1 / hours);
    struct pt_quantity embodied = pt_quantity_scale(price->embodied_grams, 1 / hours);
    bool owned = request->price.tenure == PT_TENURE_OWN;
    add(list, "pue", "facility energy / energy of nodes and switches", tariff->pue, "",
        tariff->pue_source);
    add(list, "tariff", "price of a kWh", tariff->price_per_kwh, tariff->currency,
        tariff->price_source);
    add(list, "region", "carbon of a kWh, by location", tariff->carbon_grams_per_kwh, "g",
        tariff->carbon_source);
    add(list, owned ? "own" : "rent",
        owned ? "depreciation of one with its host, an hour" : "rent of an accelerator, an hour",
        (struct pt_quantity){hardware.value, hardware.value, hardware.value, hardware.provenance},
        "USD",
        !isnan(request->price.rent_usd_per_hour) && !owned
            ? "given"
            : request->cluster.accelerator->money_source);
    add(list, "own", "CO2e of making it, an hour, with its host",
        (struct pt_quantity){embodied.value, embodied.value, embodied.value, embodied.provenance},
        "g", request->cluster.accelerator->carbon_source);
    add(list, "water", "water of a kWh at the facility",
        pt_quantity_known(price->water_liters) ? assumed(price->water_liters.value / kwh)
                                               : pt_quantity_missing(),
        "L",
        isnan(request->price.water_liters_per_kwh) ? "Shehabi et al. 2016, LBNL-1005775" //
                                                   : "given");
    if (isnan(request->price.demand_charge_per_kw_month))
        add(list, "demand-charge", "charge for a kW of peak and month", assumed(0),
            tariff->currency, "none assumed");
}

enum pt_status pt_plan_assume(struct pt_arena *arena, const struct pt_plan_request *request,
                              struct pt_plan *plan, struct pt_error *error)
{
    struct list list = {.arena = arena, .plan = plan};
    plan->assumption_count = 0;
    add(&list, "batch", "samples of a step", pt_quantity_exact(pt_layout_samples(&plan->layout)),
        "", "");
    add_layout(&list, request);
    add_hardware(&list, request);
    add_residuals(&list, request);
    add_goodput(&list, request);
    add_prices(&list, request);
    add(&list, "repeats", "such runs that the project takes",
        pt_quantity_exact(request->repeats > 0 ? request->repeats : 1), "",
        request->repeats > 1 ? "given" : ONE_RUN);
    return list.no_memory ? pt_fail(error, PT_NO_MEMORY, "no memory for the plan's assumptions")
                          : PT_OK;
}
