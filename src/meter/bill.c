// From meter to bill.

#include "meter/bill.h"

#include <stdio.h>

// A phase that the meter did not price, since it has no joules or is not metered, has the mean
// price of the run.
static void prices_of(const struct pt_meter_report *report, const struct pt_tariff *tariff,
                      const struct pt_meter_phase_total *phase, struct pt_quantity *ret_price,
                      struct pt_quantity *ret_carbon)
{
    int64_t from = report->start_realtime_ns, to = report->end_realtime_ns;
    bool priced = report->priced && phase->joules.value > 0;
    *ret_price = priced ? phase->price_per_kwh : pt_tariff_mean_price(tariff, from, to);
    *ret_carbon = priced ? phase->carbon_grams_per_kwh : pt_tariff_mean_carbon(tariff, from, to);
}

enum pt_status pt_bill_of_meter(const struct pt_meter_report *report,
                                const struct pt_tariff *tariff, const char *energy_source,
                                struct pt_bill *ret_bill, struct pt_error *error)
{
    struct pt_bill bill;
    pt_bill_begin(&bill, tariff);
    snprintf(bill.energy_source, sizeof bill.energy_source, "%s", energy_source);
    for (int i = 0; i < report->phase_count; i++) {
        const struct pt_meter_phase_total *phase = &report->phases[i];
        if (phase->seconds == 0)
            continue;
        struct pt_quantity seconds = pt_quantity_relative(phase->seconds, 0, PT_MEASURED);
        struct pt_quantity price, carbon;
        prices_of(report, tariff, phase, &price, &carbon);
        enum pt_status status =
            pt_bill_add_priced(&bill, phase->name, seconds, phase->joules, price, carbon, error);
        if (status != PT_OK)
            return status;
    }
    enum pt_status status = pt_bill_close(&bill, tariff, error);
    if (status == PT_OK)
        *ret_bill = bill;
    return status;
}

void pt_budget_spent_of(const struct pt_bill *bill, const struct pt_meter_report *report,
                        double seconds_left, struct pt_budget_spent *ret_spent)
{
    *ret_spent = (struct pt_budget_spent){
        .seconds = report->seconds,
        .realtime_ns = report->end_realtime_ns,
        .amounts = {[PT_BUDGET_JOULES] = pt_bill_joules(&bill->total),
                    [PT_BUDGET_MONEY] = pt_bill_money(&bill->total),
                    [PT_BUDGET_GRAMS] = pt_bill_grams(&bill->total)},
        .seconds_left = seconds_left,
    };
}
