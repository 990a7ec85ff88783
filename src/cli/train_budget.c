// See train_budget.h.

#include "cli/train_budget.h"

#include <math.h>

#include "base/clock.h"
#include "meter/bill.h"

static enum pt_status read_budgets(struct pt_train_budget *budget, const struct pt_tariff *tariff,
                                   struct pt_error *error)
{
    enum pt_status status = PT_OK;
    pt_budget_watch_start(&budget->watch, tariff);
    for (int i = 0; i < budget->texts.count && status == PT_OK; i++) {
        struct pt_meter_budget one;
        status = pt_meter_budget_parse(budget->texts.texts[i], &one, error);
        if (status == PT_OK)
            status =
                pt_meter_budget_check(&one, tariff, pt_clock_realtime(&pt_system_clock), error);
        if (status == PT_OK)
            status = pt_budget_watch_add(&budget->watch, &one, error);
    }
    return status;
}

// The plan's value counts, as the meter's does; that its upper end is beyond is said.
static enum pt_status compare(const struct pt_train_budget *budget,
                              const struct pt_meter_budget *one, struct pt_quantity planned,
                              struct pt_error *error)
{
    char value[64], low[64], high[64];
    pt_meter_budget_amount(one, planned.value, value);
    pt_meter_budget_amount(one, planned.low, low);
    pt_meter_budget_amount(one, planned.high, high);
    if (planned.value > one->limit && !budget->force)
        return pt_fail(error, PT_INFEASIBLE,
                       "budget of %s: the plan needs %s (%s to %s); raise the budget, train less, "
                       "or use it up with --force",
                       one->text, value, low, high);
    if (planned.high > one->limit)
        fprintf(stderr,
                "powertrain train: warning: budget %s: the plan needs %s (%s to %s); the run is "
                "ended when it is used up\n",
                one->text, value, low, high);
    return PT_OK;
}

enum pt_status pt_train_budget_open(struct pt_train_budget *budget, const struct pt_tariff *tariff,
                                    const struct pt_bill *prediction, struct pt_error *error)
{
    struct pt_budget_spent planned;
    const struct pt_meter_report no_times = {0};
    enum pt_status status = read_budgets(budget, tariff, error);
    if (status != PT_OK || prediction == NULL)
        return status;
    pt_budget_spent_of(prediction, &no_times, NAN, &planned);
    for (int i = 0; i < budget->watch.count && status == PT_OK; i++) {
        const struct pt_meter_budget *one = &budget->watch.budgets[i];
        status = compare(budget, one, planned.amounts[one->kind], error);
    }
    return status;
}

bool pt_train_budget_look(struct pt_train_budget *budget, struct pt_train_screen *screen,
                          const struct pt_bill *bill, const struct pt_train_progress *progress)
{
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    struct pt_budget_spent spent;
    char text[PT_BUDGET_TEXT_SIZE];
    bool ends = false;
    pt_budget_spent_of(bill, &progress->meter, progress->seconds_left, &spent);
    int count = pt_budget_watch_look(&budget->watch, &spent, events);
    if (count > 0)
        pt_train_screen_end(screen);
    for (int i = 0; i < count; i++) {
        bool first = events[i].kind == PT_BUDGET_REACHED && budget->used_up == NULL;
        if (first)
            budget->used_up = events[i].budget;
        ends = ends || first;
        fprintf(stderr, "powertrain train: warning: %s%s\n", pt_budget_event_text(&events[i], text),
                first ? "; the run ends here, and goes on with --resume" : "");
    }
    return ends;
}
