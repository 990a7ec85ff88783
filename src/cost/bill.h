// The bill: where a prediction and a measurement both end, so that they can be laid side by side.
//
// Rows add up to the total exactly: amounts are kept as whole microjoules, billionths of a currency
// unit and micrograms of CO2e; an unknown amount is missing in its row and so in the total.
#ifndef PT_COST_BILL_H
#define PT_COST_BILL_H

#include "base/json_writer.h"
#include "cost/tariff.h"

enum { PT_BILL_ROWS_MAX = 24 };
#define PT_BILL_OVERHEAD_LABEL "facility overhead"

// A whole number of smallest units with its interval; known says whether it is a number at all.
struct pt_amount {
    bool known;
    int64_t value, low, high;
    enum pt_provenance provenance;
};

struct pt_bill_row {
    char label[32]; // "data", "forward", "backward", "optimizer", "facility overhead"
    struct pt_quantity seconds;
    struct pt_amount microjoules;
    struct pt_amount nano_money;
    struct pt_amount micrograms;
};

struct pt_bill {
    char currency[4]; // "" if no price is known
    int row_count;
    struct pt_bill_row rows[PT_BILL_ROWS_MAX];
    struct pt_bill_row total; // "total"
    char price_source[128], carbon_source[128], energy_source[128];
};

void pt_bill_begin(struct pt_bill *bill, const struct pt_tariff *tariff);
// Adds energy used between two moments and prices it: to the row of this label, or to a new one.
// The label is shorter than its field. PT_OVERFLOW if an amount leaves int64_t or there are too
// many rows, PT_BAD_INPUT for a negative or infinite one; the bill is then as it was.
enum pt_status pt_bill_add(struct pt_bill *bill, const struct pt_tariff *tariff, const char *label,
                           struct pt_quantity seconds, struct pt_quantity energy_joules,
                           int64_t from_realtime_ns, int64_t to_realtime_ns,
                           struct pt_error *error);
// The same of energy whose prices are known already, in currency units and grams per kWh.
enum pt_status pt_bill_add_priced(struct pt_bill *bill, const char *label,
                                  struct pt_quantity seconds, struct pt_quantity energy_joules,
                                  struct pt_quantity price, struct pt_quantity carbon,
                                  struct pt_error *error);
// Adds the row "facility overhead" for a PUE above 1, and the total; once, after the last row. The
// overhead takes no time of its own: its seconds are missing, and the total counts the others. The
// total of a bill without rows is missing.
enum pt_status pt_bill_close(struct pt_bill *bill, const struct pt_tariff *tariff,
                             struct pt_error *error);

struct pt_quantity pt_bill_joules(const struct pt_bill_row *row);
struct pt_quantity pt_bill_money(const struct pt_bill_row *row); // in currency units
struct pt_quantity pt_bill_grams(const struct pt_bill_row *row);

void pt_bill_write_json(const struct pt_bill *bill, struct pt_json_writer *writer, const char *key);

#endif
