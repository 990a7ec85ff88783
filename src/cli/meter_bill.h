// The bill of what a meter measured: a row for each phase that took time.
#ifndef PT_CLI_METER_BILL_H
#define PT_CLI_METER_BILL_H

#include "cost/bill.h"
#include "meter/meter.h"

enum pt_status pt_bill_of_meter(const struct pt_meter_report *report,
                                const struct pt_tariff *tariff, const char *energy_source,
                                struct pt_bill *ret_bill, struct pt_error *error);

#endif
