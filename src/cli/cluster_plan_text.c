// A plan for a cluster as people read it, within 100 columns.

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/cluster_plan.h"
#include "plan/evaluate.h"
#include "plan/launch_flags.h"
#include "report/quantity_text.h"

enum { BAR_LENGTH = 30, NUMBER_SIZE = 48, WIDTH = 100 };
#define SHARE_LEAST 0.0005 // parts below it are not shown

const char *pt_plan_format_duration(double seconds, char *buffer)
{
    static const struct {
        double from, size;
        const char *unit;
    } units[] = {
        {2 * 365.25 * PT_SECONDS_PER_DAY, 365.25 * PT_SECONDS_PER_DAY, "years"},
        {2 * PT_SECONDS_PER_DAY, PT_SECONDS_PER_DAY, "days"},
        {2 * PT_SECONDS_PER_HOUR, PT_SECONDS_PER_HOUR, "h"},
        {120, 60, "min"},
        {1, 1, "s"},
        {1e-3, 1e-3, "ms"},
        {0, 1e-6, "us"},
    };
    int i = 0;
    if (!isfinite(seconds)) {
        strcpy(buffer, "unknown");
        return buffer;
    }
    while (seconds < units[i].from)
        i++;
    pt_format_c(buffer, NUMBER_SIZE, "%.4g %s", seconds / units[i].size, units[i].unit);
    return buffer;
}

const char *pt_plan_format_usd(double amount, char *buffer)
{
    if (isnan(amount) || fabs(amount) < 1000)
        return pt_format_money(amount, "USD", buffer);
    pt_format_count(round(amount), buffer);
    return strcat(buffer, " USD");
}

// "1.5 T"
static const char *format_large(double count, char *buffer)
{
    static const char *const suffixes[] = {"", " k", " M", " B", " T", " Q"};
    int i = 0;
    for (; fabs(count) >= 999.95 && i < 5; i++)
        count /= 1000;
    pt_format_c(buffer, NUMBER_SIZE, "%.4g%s", count, suffixes[i]);
    return buffer;
}

static const char *format_share(double share, char *buffer)
{
    if (isnan(share))
        strcpy(buffer, "unknown");
    else
        pt_format_c(buffer, NUMBER_SIZE, "%.3g %%", 100 * share);
    return buffer;
}

static const char *format_liters(double liters, char *buffer)
{
    if (liters >= 1e3)
        pt_format_c(buffer, NUMBER_SIZE, "%.4g m3", liters / 1e3);
    else
        pt_format_c(buffer, NUMBER_SIZE, "%.4g L", liters);
    return buffer;
}

static const char *format_hours(double hours, char *buffer)
{
    return pt_format_count(hours >= 100 ? round(hours) : hours, buffer);
}

static void line(FILE *stream, const char *label, struct pt_quantity quantity,
                 pt_report_formatter *format)
{
    char buffer[PT_REPORT_QUANTITY_SIZE];
    fprintf(stream, "  %-13s %s\n", label, pt_report_quantity(quantity, format, buffer));
}

static const char *format_whole(double amount, char *buffer)
{
    return pt_format_count(round(amount), buffer);
}

static void money_line(FILE *stream, const char *label, struct pt_quantity quantity,
                       const char *currency)
{
    char buffer[PT_REPORT_QUANTITY_SIZE];
    struct pt_quantity_text text;
    if (!pt_quantity_known(quantity) || fabs(quantity.value) < 1000) {
        fprintf(stream, "  %-13s %s\n", label, pt_report_money(quantity, currency, buffer));
        return;
    }
    pt_quantity_describe(quantity, format_whole, &text); // cents are noise
    fprintf(stream, "  %-13s %s %s (%s)\n", label, text.value, currency, text.note);
}

static void print_bar(FILE *stream, double share)
{
    int length = (int)lround(fmin(1, fmax(0, share)) * BAR_LENGTH);
    for (int i = 0; i < BAR_LENGTH; i++)
        fputc(i < length ? '#' : ' ', stream);
}

// ------------------------------------------------------------------------------------ the parts
static void print_model(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_workload *workload = plan->workload;
    char parameters[NUMBER_SIZE], active[NUMBER_SIZE], trained[NUMBER_SIZE];
    fprintf(stream, "  %-13s %s parameters", "model",
            pt_format_count(workload->parameter_count, parameters));
    if (workload->active_count < workload->parameter_count && workload->experts > 0)
        fprintf(stream, ", %s active", pt_format_count(workload->active_count, active));
    if (workload->trained_count < workload->parameter_count)
        fprintf(stream, ", %s trained", pt_format_count(workload->trained_count, trained));
    if (workload->layer_count > 0)
        fprintf(stream, ", %d layers", workload->layer_count);
    if (workload->has_tokens)
        fprintf(stream, ", sequences of %.0f", workload->tokens);
    fputc('\n', stream);
}

static void print_work(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_workload *workload = plan->workload;
    const struct pt_plan *made = &plan->plan;
    char amount[NUMBER_SIZE], causal[NUMBER_SIZE], full[NUMBER_SIZE], six[NUMBER_SIZE];
    double full_flop = made->samples * workload->full_training_flop;
    fprintf(stream, "  %-13s %s %s%s\n", "training", format_large(plan->request.tokens, amount),
            workload->has_tokens ? "tokens" : "samples",
            plan->tokens_given     ? ""
            : workload->has_tokens ? " (assumed: 20 for each active parameter)"
                                   : " (assumed: 90 times ImageNet-1k)");
    fprintf(stream, "  %-13s %s", "work", pt_format_flop(made->model_flop, causal));
    if (full_flop > made->model_flop * 1.0001)
        fprintf(stream, " with causal attention, %s with full", pt_format_flop(full_flop, full));
    if (!isnan(made->six_nd_flop))
        fprintf(stream, ", %s by 6 N D", pt_format_flop(made->six_nd_flop, six));
    fputc('\n', stream);
}

static void print_layout(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_layout *layout = &plan->plan.layout;
    const struct pt_search_result *result = plan->result;
    char text[PT_LAYOUT_TEXT_SIZE], steps[NUMBER_SIZE], tried[NUMBER_SIZE];
    fprintf(stream, "  %-13s %s in %s, %s\n", "layout", pt_layout_text(layout, text),
            pt_framework_text(layout->framework), pt_format_text(layout->format));
    fprintf(stream, "  %-13s %s of %.0f samples%s: %lld x %lld on each of %d replica%s\n", "steps",
            pt_format_count(ceil(plan->plan.steps), steps), pt_layout_samples(layout),
            plan->batch_given ? "" : " (assumed)", (long long)layout->microbatch_count,
            (long long)layout->microbatch, layout->data, layout->data == 1 ? "" : "s");
    if (isfinite(plan->request.cluster.cap_watts))
        fprintf(stream, "  %-13s %.0f W of %.0f W\n", "power cap", plan->request.cluster.cap_watts,
                plan->request.cluster.accelerator->board_watts);
    if (result->found)
        fprintf(stream, "  %-13s least %s of %s plans, tried in %.2f s\n", "chosen by",
                pt_objective_text(plan->options.objective),
                pt_format_count((double)result->considered, tried), result->seconds);
    if (plan->request.calibration.source != NULL)
        fprintf(stream, "  %-13s %s\n", "learned from", plan->request.calibration.source);
}

static void print_step(FILE *stream, const struct pt_plan *made)
{
    const struct pt_step *step = &made->step;
    char number[NUMBER_SIZE], watts[NUMBER_SIZE];
    line(stream, "a step", made->step_seconds, pt_plan_format_duration);
    for (int i = 0; i < PT_STEP_PART_COUNT; i++) {
        double share = step->part_seconds[i] / step->seconds;
        if (!(share >= SHARE_LEAST))
            continue;
        fprintf(stream, "    %-11s ", pt_step_part_text((enum pt_step_part)i));
        print_bar(stream, share);
        fprintf(stream, " %5.1f %%  %10s  %8s\n", 100 * share,
                pt_plan_format_duration(step->part_seconds[i], number),
                pt_format_watts(made->power.phase_watts[i], watts));
    }
}

static void print_memory(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_device_memory *memory = &plan->plan.step.memory;
    double has = plan->request.cluster.accelerator->memory_bytes;
    const struct {
        const char *name;
        double bytes;
    } kinds[] = {
        {"weights", memory->weights},     {"gradients", memory->gradients},
        {"optimizer", memory->optimizer}, {"activations", memory->activations},
        {"logits", memory->logits},       {"buffers", memory->buffers},
        {"overhead", memory->overhead},
    };
    char total[NUMBER_SIZE], of[NUMBER_SIZE];
    fprintf(stream, "  %-13s %s of %s on the fullest device, stage %d%s%s\n", "memory",
            pt_format_bytes(memory->total, total),
            isnan(has) ? "what the host has" : pt_format_bytes(has, of), memory->stage,
            plan->plan.feasible ? "" : ": ", plan->plan.reason);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!(kinds[i].bytes > 0))
            continue;
        fprintf(stream, "    %-11s ", kinds[i].name);
        print_bar(stream, kinds[i].bytes / (isnan(has) ? memory->total : has));
        fprintf(stream, "          %10s\n", pt_format_bytes(kinds[i].bytes, total));
    }
}

static void print_money(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_run_price *price = &plan->plan.price;
    const char *currency = plan->request.tariff->currency;
    money_line(stream, "electricity", price->energy_money, currency);
    if (plan->request.price.demand_charge_per_kw_month > 0)
        money_line(stream, "peak power", price->demand_money, currency);
    money_line(stream, plan->texts->own ? "depreciation" : "rent", price->hardware_usd, "USD");
    if (plan->request.price.egress_bytes > 0)
        money_line(stream, "egress", price->egress_usd, "USD");
    money_line(stream, "total", price->total_usd, "USD");
    line(stream, "carbon", price->carbon_grams, pt_format_grams);
    if (pt_quantity_known(price->market_carbon_grams))
        line(stream, "  by contract", price->market_carbon_grams, pt_format_grams);
    line(stream, "  of making", price->embodied_grams, pt_format_grams);
    line(stream, "water", price->water_liters, format_liters);
}

static void print_comparison(FILE *stream, const struct pt_plan *made)
{
    char joules[NUMBER_SIZE], grams[NUMBER_SIZE], seconds[NUMBER_SIZE], other[NUMBER_SIZE];
    if (isnan(made->mlco2_joules))
        return;
    fprintf(stream, "  %-13s TDP x hours, as mlco2 counts: %s, %s\n", "simpler",
            pt_format_joules(made->mlco2_joules, joules),
            pt_format_grams(made->mlco2_grams, grams));
    if (!isnan(made->six_nd_seconds))
        fprintf(stream, "  %-13s 6 N D at 40 %% of the peak: %s, %s\n", "",
                pt_plan_format_duration(made->six_nd_seconds, seconds),
                pt_format_joules(made->six_nd_joules, other));
}

static void print_repeats(FILE *stream, const struct pt_cluster_plan *plan)
{
    double repeats = plan->request.repeats;
    char joules[NUMBER_SIZE], money[NUMBER_SIZE];
    if (!(repeats > 1))
        return;
    fprintf(stream, "  %-13s %g such runs: %s, %s\n", "the project", repeats,
            pt_format_joules(repeats * plan->plan.energy_joules.value, joules),
            pt_plan_format_usd(repeats * plan->plan.price.total_usd.value, money));
}

void pt_cluster_plan_print(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_plan *made = &plan->plan;
    const struct pt_cluster *cluster = &plan->request.cluster;
    fprintf(stream, "Plan: %s on %lld %s in %s nodes\n", plan->workload->name,
            (long long)cluster->count, cluster->accelerator->name, cluster->node->name);
    print_model(stream, plan);
    print_work(stream, plan);
    print_layout(stream, plan);
    print_step(stream, made);
    line(stream, "MFU", made->flop_utilization, format_share);
    line(stream, "HFU", made->hardware_flop_utilization, format_share);
    print_memory(stream, plan);
    line(stream, "goodput", made->goodput, format_share);
    line(stream, "time", made->seconds, pt_plan_format_duration);
    line(stream, "device hours", made->device_hours, format_hours);
    line(stream, "a device", made->device_watts, pt_format_watts);
    line(stream, "the facility", made->facility_watts, pt_format_watts);
    line(stream, "energy", made->energy_joules, pt_format_joules);
    print_money(stream, plan);
    print_repeats(stream, plan);
    print_comparison(stream, made);
}
