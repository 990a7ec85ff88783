// See merge_bill.h.

#include "cli/merge_bill.h"

#include <stdio.h>
#include <string.h>

// Rows of a bill have short labels; what is longer is cut, and may so share a row with another.
static const char *label_of(const char *phase, char label[32])
{
    snprintf(label, sizeof((struct pt_bill_row *)NULL)->label, "%s", phase);
    return label;
}

static enum pt_status add_seconds(struct pt_bill *bill, const struct pt_merge *merge,
                                  const struct pt_tariff *tariff, struct pt_error *error)
{
    char label[32];
    enum pt_status status = PT_OK;
    int64_t start_ns = merge->node_count > 0 ? merge->nodes[0].start_realtime_ns : 0;
    for (int i = 0; i < merge->phase_count && status == PT_OK; i++) {
        const struct pt_merge_phase *phase = &merge->phases[i];
        status = pt_bill_add(bill, tariff, label_of(phase->name, label),
                             pt_quantity_relative(phase->seconds, 0, PT_MEASURED),
                             pt_quantity_exact(0), start_ns, start_ns, error);
    }
    return status;
}

static bool is_listed(const struct pt_merge *merge, const char *phase)
{
    for (int i = 0; i < merge->phase_count; i++)
        if (strcmp(merge->phases[i].name, phase) == 0)
            return true;
    return false;
}

static enum pt_status add_slots(struct pt_bill *bill, const struct pt_merge *merge,
                                const struct pt_merge_node *node, const struct pt_tariff *tariff,
                                struct pt_error *error)
{
    char label[32];
    enum pt_status status = PT_OK;
    for (int64_t i = 0; i < node->slot_count && status == PT_OK; i++) {
        const struct pt_merge_slot *slot = &node->slots[i];
        const char *phase = is_listed(merge, slot->phase) ? slot->phase : "other";
        status = pt_bill_add(bill, tariff, label_of(phase, label), pt_quantity_exact(0),
                             slot->joules, slot->from_realtime_ns, slot->to_realtime_ns, error);
    }
    return status;
}

enum pt_status pt_bill_of_merge(const struct pt_merge *merge, const struct pt_tariff *tariff,
                                struct pt_bill *ret_bill, struct pt_error *error)
{
    struct pt_bill bill;
    pt_bill_begin(&bill, tariff);
    snprintf(bill.energy_source, sizeof bill.energy_source, "records of %lld run%s on %lld node%s",
             (long long)merge->run_count, merge->run_count == 1 ? "" : "s",
             (long long)merge->node_count, merge->node_count == 1 ? "" : "s");
    enum pt_status status = add_seconds(&bill, merge, tariff, error);
    for (int64_t i = 0; i < merge->node_count && status == PT_OK; i++)
        status = add_slots(&bill, merge, &merge->nodes[i], tariff, error);
    if (status == PT_OK)
        status = pt_bill_close(&bill, tariff, error);
    if (status == PT_OK)
        *ret_bill = bill;
    return status;
}
