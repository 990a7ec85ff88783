// What powertrain meter says of a command that has run.
#ifndef PT_CLI_METER_TEXT_H
#define PT_CLI_METER_TEXT_H

#include <stdio.h>

#include "cost/bill.h"
#include "job/job.h"
#include "meter/meter.h"

struct pt_budget_guard;
struct pt_meter_outputs;
struct pt_idle_state;
struct pt_meter_phases;

struct pt_metered {
    struct pt_job_result result;
    struct pt_meter_report report;
    struct pt_bill bill;
    const char *sensor, *source;
    const struct pt_meter_phases *phases; // what the command said; borrowed
    int64_t run_id;                       // in the ledger; 0: not written
    const char *ledger_path;
    const struct pt_budget_guard *guard;    // of its budgets; borrowed, NULL: none
    const struct pt_meter_outputs *outputs; // what else it wrote; borrowed, NULL: nothing
    const struct pt_idle_state *idle;       // who pays for what is idle; borrowed, NULL: not known
};

// The bill and what one must know to believe it.
void pt_metered_print(FILE *stream, const struct pt_metered *metered, int width);
// One object with the bill in it.
void pt_metered_print_json(FILE *stream, const struct pt_metered *metered);
// The same without the bill, into an open object.
void pt_metered_write_fields(const struct pt_metered *metered, struct pt_json_writer *writer);

#endif
