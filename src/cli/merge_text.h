// What powertrain merge prints.
#ifndef PT_CLI_MERGE_TEXT_H
#define PT_CLI_MERGE_TEXT_H

#include <stdio.h>

#include "cost/bill.h"
#include "meter/record_merge.h"

// Tables of nodes, phases and attempts, the bill, and what is missing or was damaged.
enum pt_status pt_merge_print(FILE *stream, const struct pt_merge *merge,
                              const struct pt_record_set *set, const struct pt_bill *bill,
                              int width, struct pt_error *error);
void pt_merge_print_json(FILE *stream, const struct pt_merge *merge,
                         const struct pt_record_set *set, const struct pt_bill *bill);

#endif
