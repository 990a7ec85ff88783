// Runs of the ledger that belong together: the attempts of one run, the processes of one job.
#ifndef PT_CLI_BILL_GROUPS_H
#define PT_CLI_BILL_GROUPS_H

#include "cli/bill_list.h"

// A table of the groups with two runs or more in the list, each with what was spent in attempts
// that did not finish; nothing if there is none.
enum pt_status pt_bill_groups_print(struct pt_arena *arena, const struct pt_bill_list *list,
                                    int width, struct pt_error *error);
// The array "groups" into an open object.
void pt_bill_groups_write_json(const struct pt_bill_list *list, struct pt_json_writer *writer);
// The list as OpenMetrics, to standard output.
void pt_bill_list_print_openmetrics(const struct pt_bill_list *list);

#endif
