// The bill of merged records.
#ifndef PT_CLI_MERGE_BILL_H
#define PT_CLI_MERGE_BILL_H

#include "cost/bill.h"
#include "meter/record_merge.h"

// A row for each phase. What was used in a quarter of an hour has the price of that time, by the
// clock of the node where it was used.
enum pt_status pt_bill_of_merge(const struct pt_merge *merge, const struct pt_tariff *tariff,
                                struct pt_bill *ret_bill, struct pt_error *error);

#endif
