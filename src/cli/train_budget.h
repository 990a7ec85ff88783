// The budget of a training run: refused beforehand if the plan says that it cannot suffice, and the
// run is ended with a checkpoint when it is used up.
#ifndef PT_CLI_TRAIN_BUDGET_H
#define PT_CLI_TRAIN_BUDGET_H

#include "cli/train_screen.h"
#include "cli/verb.h"
#include "cost/bill.h"
#include "meter/budget.h"

struct pt_train_budget {
    struct pt_option_list texts; // --budget
    bool force;                  // train although the plan says that it will not suffice
    struct pt_budget_watch watch;
    const struct pt_meter_budget *used_up; // that ended the run; NULL: none
};

// Before anything is trained. prediction: the bill of the whole run, NULL if only a part of it is
// left to do. PT_BAD_INPUT, PT_USAGE: no budget that can be guarded; PT_INFEASIBLE: the plan needs
// more. What is only doubtful is said on standard error.
enum pt_status pt_train_budget_open(struct pt_train_budget *budget, const struct pt_tariff *tariff,
                                    const struct pt_bill *prediction, struct pt_error *error);
// Says what is new; true, once, if a budget is used up and the run must end.
bool pt_train_budget_look(struct pt_train_budget *budget, struct pt_train_screen *screen,
                          const struct pt_bill *bill, const struct pt_train_progress *progress);

#endif
