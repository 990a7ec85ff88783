// What people see of a run: text on a terminal, a page with plots, a JSON document.
#ifndef PT_REPORT_REPORT_H
#define PT_REPORT_REPORT_H

#include <stdio.h>

#include "ledger/ledger.h"
#include "train/profile.h"

// A run with its curves, as the ledger gives them.
struct pt_report_run {
    const struct pt_run_record *record;
    const struct pt_progress_point *points;
    int64_t point_count;
    const struct pt_meter_sample *samples;
    int64_t sample_count;
};

// The bill as a table: a line per row, the total, and below it the prediction beside the
// measurement if there is one, with intervals, provenance and the sources of energy, price and
// carbon. Printed columns add up as printed: each has one unit, chosen by the total, and the rows
// are rounded to the total's last digit. Missing is "-" in a row and "unknown" in the total.
//
// width <= 0: no limit. In a narrow terminal the columns "from", "90 % interval" and "CO2e" are
// left out, in this order; the lines below the table tell them of the total.
void pt_report_bill(FILE *stream, const struct pt_bill *bill, const struct pt_bill *prediction,
                    int width);

// What each layer cost, then what each kind of operator did. A network of many layers is shown by
// its blocks. "of roofline" is the time that this machine needs at best, over the time it took.
enum pt_status pt_report_profile(FILE *stream, const struct pt_profile *profile, int width,
                                 struct pt_error *error);

// One self-contained page: no network, opens from a file. Plots of loss, power and cumulative cost
// over time, energy by phase, prediction beside measurement. Written whole or not at all.
enum pt_status pt_report_html(const char *path, const struct pt_run_record *run,
                              const struct pt_progress_point *points, int64_t point_count,
                              const struct pt_meter_sample *samples, int64_t sample_count,
                              struct pt_error *error);

// The whole run as one JSON object and a line end: the record, its bill and prediction, the plan,
// the results, and the curves as arrays. PT_CORRUPT if the record's plan or result is no JSON.
enum pt_status pt_report_json(FILE *stream, const struct pt_report_run *run,
                              struct pt_error *error);

// A quantity as people read it, with its 90 % interval in the value's unit and its provenance:
// "1.234 Wh (0.98-1.50, modelled)", "12 s (exact)", "unknown". format is one of base/table.h's or
// pt_format_duration. Returns buffer, of at least PT_REPORT_QUANTITY_SIZE bytes.
enum { PT_REPORT_QUANTITY_SIZE = 192 };
typedef const char *pt_report_formatter(double value, char *buffer);
const char *pt_report_quantity(struct pt_quantity quantity, pt_report_formatter *format,
                               char *buffer);
const char *pt_report_money(struct pt_quantity quantity, const char *currency, char *buffer);

#endif
