// What people see of a run: text on a terminal, a page with plots.
#ifndef PT_REPORT_REPORT_H
#define PT_REPORT_REPORT_H

#include <stdio.h>

#include "ledger/ledger.h"

// The bill as a table: a line per row, the total, and beside it the prediction if there is one,
// with intervals, provenance and the sources of price and carbon. Printed columns add up as
// printed.
void pt_report_bill(FILE *stream, const struct pt_bill *bill, const struct pt_bill *prediction,
                    int width);

// One self-contained page: no network, opens from a file. Plots of loss, power and cumulative cost
// over time, energy by phase, prediction beside measurement. Written whole or not at all.
enum pt_status pt_report_html(const char *path, const struct pt_run_record *run,
                              const struct pt_progress_point *points, int64_t point_count,
                              const struct pt_meter_sample *samples, int64_t sample_count,
                              struct pt_error *error);

#endif
