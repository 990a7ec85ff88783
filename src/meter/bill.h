// The bill of what a meter measured: a row for each phase that took time, at the prices of when its
// joules were used.
#ifndef PT_METER_BILL_H
#define PT_METER_BILL_H

#include "cost/bill.h"
#include "meter/budget.h"
#include "meter/meter.h"

enum pt_status pt_bill_of_meter(const struct pt_meter_report *report,
                                const struct pt_tariff *tariff, const char *energy_source,
                                struct pt_bill *ret_bill, struct pt_error *error);

// What it says of a budget at this moment; seconds_left of the run, NAN: nobody knows.
void pt_budget_spent_of(const struct pt_bill *bill, const struct pt_meter_report *report,
                        double seconds_left, struct pt_budget_spent *ret_spent);

#endif
