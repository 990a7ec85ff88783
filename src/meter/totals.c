// The report: totals with their intervals.

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "meter/engine.h"
#include "meter/phase_book.h"

// How far the ends of an interval are from its value, as parts of the value.
struct doubt {
    double below, above;
    enum pt_provenance provenance;
};

static struct doubt doubt_of(struct pt_quantity quantity)
{
    return (struct doubt){(quantity.value - quantity.low) / quantity.value,
                          (quantity.high - quantity.value) / quantity.value, quantity.provenance};
}

// A channel's joules: what we and others got is the value, so that they add up.
static struct pt_quantity channel_total(const struct pt_meter_engine *meter,
                                        const struct pt_division *division, int index,
                                        struct doubt *ret_doubt)
{
    const struct pt_attribution *channel = &division->channels[index];
    struct pt_quantity read = pt_meter_channel(meter, index);
    double value = pt_attribution_ours(channel) + channel->others;
    *ret_doubt = (struct doubt){0, 0, read.provenance};
    if (!pt_quantity_known(read) || !isfinite(value))
        return pt_quantity_missing();
    if (!(value > 0)) // it is off, or has drawn nothing yet
        return (struct pt_quantity){value, value, fmax(value, read.high), read.provenance};
    struct doubt doubt = doubt_of(read);
    double filled = meter->start_fill_joules[index] / value;
    doubt.below = fmin(1, doubt.below + filled);
    doubt.above += filled;
    if (filled > 0.5 && doubt.provenance < PT_MODELLED)
        doubt.provenance = PT_MODELLED;
    *ret_doubt = doubt;
    return (struct pt_quantity){value, fmax(0, value * (1 - doubt.below)),
                                value * (1 + doubt.above), doubt.provenance};
}

// Ours of it. The sensor's doubt and that of the share are independent.
static struct pt_quantity ours_of(const struct pt_attribution *channel, struct doubt doubt)
{
    double ours = pt_attribution_ours(channel);
    double below = hypot(doubt.below * ours, fmax(0, ours - channel->ours_low));
    double above = hypot(doubt.above * ours, fmax(0, channel->ours_high - ours));
    return (struct pt_quantity){ours, fmax(0, ours - below), ours + above, doubt.provenance};
}

// The sums over the channels; false if the energy of one is missing.
static bool sum_channels(const struct pt_meter_engine *meter, const struct pt_division *division,
                         struct pt_meter_report *report, struct pt_quantity *ret_ours)
{
    struct pt_quantity machine = {0, 0, 0, PT_EXACT}, ours = machine;
    double share_doubt = 0;
    for (int i = 0; i < division->count; i++) {
        if (!pt_sensor_is_summed(division->sensor, i))
            continue;
        struct doubt doubt;
        const struct pt_attribution *channel = &division->channels[i];
        struct pt_quantity whole = channel_total(meter, division, i, &doubt);
        struct pt_quantity part = ours_of(channel, doubt);
        machine = pt_quantity_sum(machine, whole);
        if (part.high > 0)
            ours = pt_quantity_sum(ours, part);
        share_doubt += fmax(channel->ours_high - part.value, part.value - channel->ours_low);
        report->channels[report->channel_count++] = (struct pt_meter_channel_total){
            pt_sensor_channel(division->sensor, i)->name,
            part.value,
            channel->others,
            part.value + channel->others,
            channel->idle_unknown > 0 || !division->rule->known ? NAN : channel->idle_ours,
            pt_attribution_basis(channel)};
    }
    if (!pt_quantity_known(machine) || !(machine.value > 0))
        return false;
    if (share_doubt > 0.1 * ours.value && ours.provenance < PT_MODELLED)
        ours.provenance = PT_MODELLED; // whose it is, is a model's word
    report->machine_joules = machine;
    *ret_ours = ours;
    return true;
}

// What is a phase's part of the doubt: by joules, or by time where there are none.
static double weight_of(const struct pt_meter_report *report, int phase, double joules,
                        double all_joules)
{
    if (all_joules > 0)
        return joules / all_joules;
    return report->seconds > 0 ? report->phases[phase].seconds / report->seconds : 0;
}

static void fill_phases(const struct pt_division *division, struct pt_quantity ours,
                        struct pt_meter_report *report)
{
    report->joules = (struct pt_quantity){0, 0, 0, PT_EXACT};
    for (int i = 0; i < report->phase_count; i++) {
        double joules = pt_division_phase(division, i);
        double weight = weight_of(report, i, joules, ours.value);
        report->phases[i].joules =
            (struct pt_quantity){joules, fmax(0, joules - weight * (ours.value - ours.low)),
                                 joules + weight * (ours.high - ours.value), ours.provenance};
        report->joules = pt_quantity_sum(report->joules, report->phases[i].joules);
    }
}

// Energy that is missing is missing everywhere.
static void fill_energy(const struct pt_meter_engine *meter, const struct pt_division *division,
                        struct pt_meter_report *report)
{
    struct pt_quantity ours;
    if (!sum_channels(meter, division, report, &ours)) {
        report->channel_count = 0;
        report->joules = report->machine_joules = pt_quantity_missing();
        report->others_joules = report->active_joules = report->idle_joules = NAN;
        for (int i = 0; i < report->phase_count; i++)
            report->phases[i].joules = pt_quantity_missing();
        return;
    }
    fill_phases(division, ours, report);
    report->others_joules = pt_division_others(division);
    pt_split_exactly(report->joules.value, pt_division_idle(division), &report->active_joules,
                     &report->idle_joules);
    struct pt_quantity *machine = &report->machine_joules;
    machine->value = report->joules.value + report->others_joules;
    machine->low = fmin(machine->low, machine->value);
    machine->high = fmax(machine->high, machine->value);
}

static void fill_times(const struct pt_meter_engine *meter, struct pt_meter_report *report)
{
    int64_t spent[PT_PHASES_MAX];
    pt_phase_clock_read((struct pt_phase_clock *)&meter->phases, meter->sample_ns, spent);
    for (int i = 0; i < report->phase_count; i++) {
        report->phases[i].name = meter->names[i];
        report->phases[i].seconds = pt_meter_seconds_between(0, spent[i]);
    }
}

static void fill_prices(const struct pt_meter_engine *meter, const struct pt_division *division,
                        struct pt_meter_report *report)
{
    struct pt_pricing pricing = meter->pricing; // with what is divided only for this report
    pt_pricing_add(&pricing, division, report->end_realtime_ns);
    for (int i = 0; i < report->phase_count; i++) {
        report->phases[i].price_per_kwh = pt_pricing_price(&pricing, i);
        report->phases[i].carbon_grams_per_kwh = pt_pricing_carbon(&pricing, i);
    }
}

// The phases that wait for data, a bit for each.
static uint64_t data_phases(const struct pt_meter_engine *meter)
{
    uint64_t slots = 0;
    if (meter->config.phase_book != NULL)
        return pt_phase_book_slots_of(meter->config.phase_book, PT_WASTE_PHASE);
    for (int i = 0; i < meter->config.phase_count; i++)
        if (strcmp(meter->names[i], PT_WASTE_PHASE) == 0)
            slots |= UINT64_C(1) << i;
    return slots;
}

// Before the phases are folded.
static void fill_waste(const struct pt_meter_engine *meter, const struct pt_division *division,
                       struct pt_meter_report *report)
{
    uint64_t slots = data_phases(meter);
    report->waste.data_seconds = slots != 0 ? 0 : NAN;
    for (int i = 0; i < report->phase_count; i++)
        if (slots >> i & 1)
            report->waste.data_seconds += report->phases[i].seconds;
    double ours = pt_division_ours(division);
    pt_waste_fill(&meter->waste, division, slots, meter->sample_ns, ours, &report->waste);
    if (!pt_quantity_known(report->joules))
        report->waste.gpu_joules = report->waste.data_joules = report->waste.stopped_joules = NAN;
}

// Of its channels only those that there are: the others would touch a hundred kilobytes of stack.
static void copy_division(const struct pt_division *division, struct pt_division *ret_copy)
{
    size_t channels = offsetof(struct pt_division, channels);
    size_t rest = channels + sizeof division->channels;
    memcpy(ret_copy, division, channels);
    memcpy(ret_copy->channels, division->channels,
           (size_t)division->count * sizeof *division->channels);
    memcpy((char *)ret_copy + rest, (const char *)division + rest, sizeof *division - rest);
}

void pt_meter_fill_report(struct pt_meter_engine *meter, struct pt_meter_report *ret_report)
{
    struct pt_meter_report report = {
        .seconds = pt_meter_seconds_between(meter->start_ns, meter->sample_ns),
        .phase_count = meter->config.phase_count,
        .idle_policy =
            meter->config.scope == PT_SCOPE_MACHINE ? PT_IDLE_WHOLE : meter->config.idle.policy,
        .start_realtime_ns = meter->start_realtime_ns,
        .sample_count = meter->sample_count,
        .late_count = meter->late_count,
        .failed_count = meter->failed_count,
        .own_cpu_seconds = meter->own_cpu_seconds,
        .suspended_seconds = meter->suspended_seconds,
    };
    if (meter->asks)
        report.own_cpu_seconds += pt_gpu_ask_cpu_seconds(&meter->gpus);
    report.cpu_seconds = pt_cpu_share_cpu_seconds(&meter->share);
    if (meter->config.started_ns == 0)
        report.cpu_seconds -= meter->share.cpu_at_open;
    report.end_realtime_ns = pt_meter_realtime(meter, meter->sample_ns);
    report.priced = meter->config.tariff != NULL;
    report.coverage =
        report.seconds > 0 ? pt_meter_seconds_between(0, meter->covered_ns) / report.seconds : NAN;

    struct pt_division division;
    copy_division(&meter->division, &division);
    struct pt_window_share share;
    if (pt_cpu_share_since_mark(&meter->share, false, &share))
        pt_division_settle_all(&division, &share);
    fill_prices(meter, &division, &report);
    fill_times(meter, &report);
    fill_energy(meter, &division, &report);
    fill_waste(meter, &division, &report);
    if (meter->config.phase_book != NULL)
        pt_phase_book_fold(meter->config.phase_book, &report);
    *ret_report = report;
}
