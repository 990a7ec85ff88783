// What the plot of the cumulative cost shows.
//
// The meter keeps joules over time, the bill keeps money: the curve is the joules at the mean price
// of the whole bill, facility overhead included, so that it ends at the bill's total.

#include <math.h>
#include <string.h>

#include "report/page.h"

static double metered_joules(const struct pt_report_run *run)
{
    return run->sample_count > 0 ? run->samples[run->sample_count - 1].joules : NAN;
}

static bool same_currency(const struct pt_run_record *record)
{
    return strcmp(record->bill.currency, record->prediction.currency) == 0;
}

static void cost_in_money(const struct pt_run_record *record, double joules,
                          struct pt_page_cost *cost)
{
    cost->unit = record->bill.currency;
    cost->is_money = true;
    cost->total = pt_bill_money(&record->bill.total).value;
    cost->units_per_joule = cost->total / joules;
    if (record->has_prediction && same_currency(record))
        cost->predicted = pt_bill_money(&record->prediction.total);
}

static void cost_in_energy(const struct pt_run_record *record, double joules,
                           struct pt_page_cost *cost)
{
    struct pt_quantity billed =
        record->has_bill ? pt_bill_joules(&record->bill.total) : pt_quantity_missing();
    double total = pt_quantity_known(billed) ? billed.value : joules;
    double unit_size = pt_energy_unit(total, &cost->unit);
    cost->total = total / unit_size;
    cost->units_per_joule = cost->total / joules;
    if (record->has_prediction)
        cost->predicted =
            pt_quantity_scale(pt_bill_joules(&record->prediction.total), 1 / unit_size);
}

struct pt_page_cost pt_page_cost(const struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    double joules = metered_joules(page->run);
    struct pt_page_cost cost = {
        .units_per_joule = NAN,
        .total = NAN,
        .predicted = pt_quantity_missing(),
        .predicted_seconds = pt_quantity_missing(),
    };
    if (!(joules > 0) || !isfinite(joules))
        return cost;
    if (record->has_bill && pt_quantity_known(pt_bill_money(&record->bill.total)))
        cost_in_money(record, joules, &cost);
    else
        cost_in_energy(record, joules, &cost);
    if (record->has_prediction)
        cost.predicted_seconds = record->prediction.total.seconds;
    return cost;
}
