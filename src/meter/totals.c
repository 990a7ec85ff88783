// The report: totals with their intervals.

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "meter/engine.h"

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

static struct pt_quantity with_doubt(double value, struct doubt doubt)
{
    return (struct pt_quantity){value, fmax(0, value * (1 - doubt.below)),
                                value * (1 + doubt.above), doubt.provenance};
}

// The machine's joules: what the phases and others got is the value, so that they add up.
static struct pt_quantity machine_total(const struct pt_meter_engine *meter,
                                        const struct pt_attribution *attribution)
{
    struct pt_quantity read = pt_meter_machine(meter);
    double value = pt_attribution_ours(attribution) + attribution->others;
    if (!pt_quantity_known(read) || !isfinite(value) || !(value > 0))
        return pt_quantity_missing();
    struct doubt doubt = doubt_of(read);
    double filled = meter->start_fill_joules / value;
    doubt.below = fmin(1, doubt.below + filled);
    doubt.above += filled;
    if (filled > 0.5 && doubt.provenance < PT_MODELLED)
        doubt.provenance = PT_MODELLED;
    return with_doubt(value, doubt);
}

// The sensor's doubt and that of the share are independent.
static struct doubt doubt_of_ours(const struct pt_attribution *attribution,
                                  struct pt_quantity machine)
{
    double ours = pt_attribution_ours(attribution);
    struct doubt doubt = doubt_of(machine);
    double below = ours > 0 ? fmax(0, 1 - attribution->ours_low / ours) : 0;
    double above = ours > 0 ? fmax(0, attribution->ours_high / ours - 1) : 0;
    doubt.below = fmin(1, hypot(doubt.below, below));
    doubt.above = hypot(doubt.above, above);
    if (fmax(below, above) > 0.1 && doubt.provenance < PT_MODELLED)
        doubt.provenance = PT_MODELLED; // whose it is, is a model's word
    return doubt;
}

static void fill_phases(const struct pt_meter_engine *meter,
                        const struct pt_attribution *attribution, struct pt_quantity machine,
                        struct pt_meter_report *report)
{
    int64_t spent[PT_PHASES_MAX];
    bool known = pt_quantity_known(machine);
    pt_phase_clock_read((struct pt_phase_clock *)&meter->phases, meter->sample_ns, spent);
    struct doubt doubt = {0};
    if (known)
        doubt = doubt_of_ours(attribution, machine);
    report->joules = known ? (struct pt_quantity){0, 0, 0, PT_EXACT} : pt_quantity_missing();
    for (int i = 0; i < report->phase_count; i++) {
        report->phases[i] = (struct pt_meter_phase_total){
            .name = meter->names[i],
            .seconds = pt_meter_seconds_between(0, spent[i]),
            .joules = known ? with_doubt(attribution->ours[i], doubt) : pt_quantity_missing(),
        };
        report->joules = pt_quantity_sum(report->joules, report->phases[i].joules);
    }
}

void pt_meter_fill_report(struct pt_meter_engine *meter, struct pt_meter_report *ret_report)
{
    struct pt_meter_report report = {
        .seconds = pt_meter_seconds_between(meter->start_ns, meter->sample_ns),
        .phase_count = meter->config.phase_count,
        .start_realtime_ns = meter->start_realtime_ns,
        .sample_count = meter->sample_count,
        .late_count = meter->late_count,
        .failed_count = meter->failed_count,
        .own_cpu_seconds = meter->own_cpu_seconds,
        .suspended_seconds = meter->suspended_seconds,
    };
    report.cpu_seconds = pt_cpu_share_cpu_seconds(&meter->share);
    if (meter->config.started_ns == 0)
        report.cpu_seconds -= meter->share.cpu_at_open;
    report.end_realtime_ns =
        report.start_realtime_ns + (meter->sample_ns - meter->start_ns) +
        (int64_t)(meter->suspended_seconds * (double)PT_NANOSECONDS_PER_SECOND);
    report.coverage =
        report.seconds > 0 ? pt_meter_seconds_between(0, meter->covered_ns) / report.seconds : NAN;

    struct pt_attribution attribution = meter->attribution;
    struct pt_share share;
    if (pt_cpu_share_since_mark(&meter->share, false, &share))
        pt_attribution_settle(&attribution, share);
    report.machine_joules = machine_total(meter, &attribution);
    fill_phases(meter, &attribution, report.machine_joules, &report);
    *ret_report = report;
}
