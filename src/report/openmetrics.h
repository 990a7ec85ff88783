// OpenMetrics 1.0.0: text that Prometheus and its relatives read. Only counters and gauges, so that
// the textfile collector of node_exporter, which knows the older text format, takes it as well.
//
// An unknown number has no sample; it is never 0. Source: the OpenMetrics specification, 2020-11.
#ifndef PT_REPORT_OPENMETRICS_H
#define PT_REPORT_OPENMETRICS_H

#include <stdio.h>

#include "cost/bill.h"
#include "meter/record.h"

enum { PT_METRIC_LABEL_MAX = 256 }; // bytes of a label's value; more is cut

enum pt_metric_type { PT_METRIC_COUNTER, PT_METRIC_GAUGE };

struct pt_metric_label {
    const char *name, *value;
};

// Heads a family: its samples follow, before any other family's. unit, "" for none, is the end of
// the name: "powertrain_energy_joules".
void pt_metric_family(FILE *stream, const char *name, enum pt_metric_type type, const char *unit,
                      const char *help);
// One sample; labels end with a NULL name. A counter's name gets "_total". Nothing is written for a
// number that is not finite, nor for a negative counter.
void pt_metric_sample(FILE *stream, const char *name, enum pt_metric_type type,
                      const struct pt_metric_label *labels, double value);
void pt_metric_end(FILE *stream); // "# EOF"
// A label's value as it stands between its quotes: whatever bytes it has, the result is one line
// of UTF-8.
void pt_metric_escape(FILE *stream, const char *value);

// A metered command. state NULL: nothing is known yet; bill NULL: no bill.
struct pt_run_metrics {
    const struct pt_record_run *run;
    const struct pt_record_state *state;
    const struct pt_bill *bill;
    const struct pt_record_end *end; // NULL: it runs
    double our_watts, machine_watts; // of the last period; NAN unknown
};
void pt_run_metrics_write(FILE *stream, const struct pt_run_metrics *metrics);

#endif
