// Watts of a machine from its load, by the row of its processor family.
//
// How far such an estimate is off: hundreds of AI runs against a wall meter, up to 40 % (Fischer
// 2025, arXiv:2509.22092). That is the interval of a row. Without a row, the spread of the table is
// added to it in quadrature.

#include "power/power.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

static const double row_error = 0.40;

// Watts per GB of DRAM: Cloud Carbon Footprint 0.392, CodeCarbon and eco2AI 0.375, Boavizta 0.284.
static const struct pt_quantity memory_watts_per_gb = {0.375, 0.284, 0.392, PT_MODELLED};
static const double gb_per_gib = PT_BYTES_PER_GIB / 1e9;

struct spread {
    double sum, least, most;
    int count;
};

static void spread_add(struct spread *spread, double value)
{
    spread->least = spread->count == 0 ? value : fmin(spread->least, value);
    spread->most = spread->count == 0 ? value : fmax(spread->most, value);
    spread->sum += value;
    spread->count++;
}

static struct pt_quantity spread_quantity(const struct spread *spread)
{
    return (struct pt_quantity){spread->sum / spread->count, spread->least, spread->most,
                                PT_ASSUMED};
}

static const struct pt_cpu_power *row_of(const char *microarchitecture)
{
    for (const struct pt_cpu_power *row = pt_cpu_powers; row->microarchitecture != NULL; row++)
        if (strcmp(row->microarchitecture, microarchitecture) == 0)
            return row;
    return NULL;
}

static void use_row(struct pt_power_model *model, const struct pt_cpu_power *row)
{
    model->idle_watts_per_thread =
        pt_quantity_relative(row->idle_watts_per_thread, row_error, PT_MODELLED);
    model->full_watts_per_thread =
        pt_quantity_relative(row->full_watts_per_thread, row_error, PT_MODELLED);
    snprintf(model->source, sizeof model->source, "%s", row->source);
}

static void use_mean(struct pt_power_model *model, const char *microarchitecture)
{
    struct spread idle = {0}, full = {0};
    for (const struct pt_cpu_power *row = pt_cpu_powers; row->microarchitecture != NULL; row++) {
        spread_add(&idle, row->idle_watts_per_thread);
        spread_add(&full, row->full_watts_per_thread);
    }
    struct pt_quantity error = pt_quantity_relative(1, row_error, PT_ASSUMED);
    model->idle_watts_per_thread = pt_quantity_product(spread_quantity(&idle), error);
    model->full_watts_per_thread = pt_quantity_product(spread_quantity(&full), error);
    snprintf(model->source, sizeof model->source,
             "mean of %d processor families (no row for \"%s\"), Cloud Carbon Footprint",
             idle.count, microarchitecture[0] != '\0' ? microarchitecture : "unknown");
}

// Ends add up: the same table is wrong in the same direction for idle, full and every thread.
static struct pt_quantity mix(const struct pt_power_model *model, double idle_threads,
                              double full_threads, double memory_gib)
{
    struct pt_quantity idle = pt_quantity_scale(model->idle_watts_per_thread, idle_threads);
    struct pt_quantity full = pt_quantity_scale(model->full_watts_per_thread, full_threads);
    if (isnan(memory_gib))
        return pt_quantity_missing();
    struct pt_quantity memory = pt_quantity_scale(model->memory_watts_per_gib, memory_gib);
    return pt_quantity_sum(pt_quantity_sum(idle, full), memory);
}

struct pt_quantity pt_power_at(const struct pt_power_model *model, double utilization)
{
    assert(utilization >= 0 && utilization <= 1);
    double busy = utilization * model->threads;
    return mix(model, model->threads - busy, busy, model->memory_gib);
}

struct pt_quantity pt_power_share(const struct pt_power_model *model, double busy_threads,
                                  double memory_gib)
{
    assert(busy_threads >= 0);
    return mix(model, 0, fmin(busy_threads, model->threads), memory_gib);
}

struct pt_power_model pt_power_model_of(const struct pt_cpu_info *cpu)
{
    struct pt_power_model model = {
        .memory_watts_per_gib = pt_quantity_scale(memory_watts_per_gb, gb_per_gib),
        .threads = cpu->machine_threads,
        .memory_gib = cpu->memory_bytes > 0 ? cpu->memory_bytes / PT_BYTES_PER_GIB : NAN,
    };
    const struct pt_cpu_power *row = row_of(cpu->microarchitecture);
    if (row != NULL)
        use_row(&model, row);
    else
        use_mean(&model, cpu->microarchitecture);
    return model;
}
