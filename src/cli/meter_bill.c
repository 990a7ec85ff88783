// From meter to bill.

#include "cli/meter_bill.h"

#include <stdio.h>

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
        enum pt_status status =
            pt_bill_add(&bill, tariff, phase->name, seconds, phase->joules,
                        report->start_realtime_ns, report->end_realtime_ns, error);
        if (status != PT_OK)
            return status;
    }
    enum pt_status status = pt_bill_close(&bill, tariff, error);
    if (status == PT_OK)
        *ret_bill = bill;
    return status;
}
