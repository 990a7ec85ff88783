// Adds up a bill in whole microjoules, billionths of a currency unit and micrograms.
//
// Each row is rounded once, when energy is added to it; the total adds whole numbers, so that rows
// and total agree to the last digit whatever the rows are.

#include "cost/bill.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define MICRO_PER_UNIT 1e6
#define NANO_PER_UNIT  1e9

// 2^63 is the first double beyond int64_t; the largest double below it is 1024 less.
#define INT64_END 9223372036854775808.0

static const struct pt_amount unknown_amount = {.provenance = PT_MISSING};

static bool to_int64(double value, int64_t *ret)
{
    value = round(value);
    if (!(value > -INT64_END && value < INT64_END))
        return false;
    *ret = (int64_t)value;
    return true;
}

// A quantity in units as a whole number of smallest units. False if it does not fit.
static bool to_amount(struct pt_quantity quantity, double smallest_per_unit,
                      struct pt_amount *ret_amount)
{
    struct pt_amount amount = {.known = true, .provenance = quantity.provenance};
    if (!pt_quantity_known(quantity)) {
        *ret_amount = unknown_amount;
        return true;
    }
    if (!to_int64(quantity.value * smallest_per_unit, &amount.value) ||
        !to_int64(quantity.low * smallest_per_unit, &amount.low) ||
        !to_int64(quantity.high * smallest_per_unit, &amount.high))
        return false;
    *ret_amount = amount;
    return true;
}

static struct pt_quantity to_quantity(const struct pt_amount *amount, double smallest_per_unit)
{
    if (!amount->known)
        return pt_quantity_missing();
    return (struct pt_quantity){(double)amount->value / smallest_per_unit,
                                (double)amount->low / smallest_per_unit,
                                (double)amount->high / smallest_per_unit, amount->provenance};
}

// An unknown part makes the sum unknown. False if the sum does not fit.
static bool add_amount(struct pt_amount *sum, const struct pt_amount *part)
{
    if (!sum->known || !part->known) {
        *sum = unknown_amount;
        return true;
    }
    if (part->provenance > sum->provenance)
        sum->provenance = part->provenance;
    return !__builtin_add_overflow(sum->value, part->value, &sum->value) &&
           !__builtin_add_overflow(sum->low, part->low, &sum->low) &&
           !__builtin_add_overflow(sum->high, part->high, &sum->high);
}

static bool add_row(struct pt_bill_row *sum, const struct pt_bill_row *part)
{
    return add_amount(&sum->microjoules, &part->microjoules) &&
           add_amount(&sum->nano_money, &part->nano_money) &&
           add_amount(&sum->micrograms, &part->micrograms);
}

static enum pt_status too_large(struct pt_error *error, const char *label)
{
    return pt_fail(error, PT_OVERFLOW,
                   "row \"%s\" of the bill is larger than 2^63 microjoules, billionths of the "
                   "currency or micrograms",
                   label);
}

// Fills a row from its energy and the prices that hold for it.
static bool price_row(struct pt_bill_row *row, struct pt_quantity joules, struct pt_quantity price,
                      struct pt_quantity carbon)
{
    struct pt_quantity kwh = pt_quantity_scale(joules, 1 / PT_JOULES_PER_KWH);
    return to_amount(joules, MICRO_PER_UNIT, &row->microjoules) &&
           to_amount(pt_quantity_product(kwh, price), NANO_PER_UNIT, &row->nano_money) &&
           to_amount(pt_quantity_product(kwh, carbon), MICRO_PER_UNIT, &row->micrograms);
}

// Missing is fine; a number must be finite and not negative.
static enum pt_status check_input(struct pt_quantity quantity, const char *label, const char *what,
                                  struct pt_error *error)
{
    if (quantity.provenance == PT_MISSING)
        return PT_OK;
    if (!isfinite(quantity.value) || !isfinite(quantity.low) || !isfinite(quantity.high) ||
        quantity.low < 0 || quantity.low > quantity.value || quantity.value > quantity.high)
        return pt_fail(error, PT_BAD_INPUT,
                       "row \"%s\" of the bill: %s of %g (%g to %g) is not an amount of 0 or more",
                       label, what, quantity.value, quantity.low, quantity.high);
    return PT_OK;
}

void pt_bill_begin(struct pt_bill *bill, const struct pt_tariff *tariff)
{
    *bill = (struct pt_bill){0};
    if (pt_quantity_known(tariff->price_per_kwh))
        snprintf(bill->currency, sizeof bill->currency, "%s", tariff->currency);
    snprintf(bill->price_source, sizeof bill->price_source, "%s", tariff->price_source);
    snprintf(bill->carbon_source, sizeof bill->carbon_source, "%s", tariff->carbon_source);
}

static struct pt_bill_row *row_of_label(struct pt_bill *bill, const char *label)
{
    for (int i = 0; i < bill->row_count; i++)
        if (strcmp(bill->rows[i].label, label) == 0)
            return &bill->rows[i];
    return NULL;
}

static enum pt_status append_row(struct pt_bill *bill, const struct pt_bill_row *row,
                                 struct pt_error *error)
{
    if (bill->row_count == PT_BILL_ROWS_MAX)
        return pt_fail(error, PT_OVERFLOW, "no room for row \"%s\": a bill has at most %d rows",
                       row->label, PT_BILL_ROWS_MAX);
    bill->rows[bill->row_count++] = *row;
    return PT_OK;
}

enum pt_status pt_bill_add_priced(struct pt_bill *bill, const char *label,
                                  struct pt_quantity seconds, struct pt_quantity energy_joules,
                                  struct pt_quantity price, struct pt_quantity carbon,
                                  struct pt_error *error)
{
    struct pt_bill_row row = {.seconds = seconds};
    enum pt_status status;

    assert(bill->total.label[0] == '\0' && strlen(label) < sizeof row.label);
    if ((status = check_input(seconds, label, "seconds", error)) != PT_OK ||
        (status = check_input(energy_joules, label, "joules", error)) != PT_OK)
        return status;
    snprintf(row.label, sizeof row.label, "%s", label);
    if (!price_row(&row, energy_joules, price, carbon))
        return too_large(error, label);

    struct pt_bill_row *present = row_of_label(bill, label);
    if (present == NULL)
        return append_row(bill, &row, error);
    struct pt_bill_row sum = *present;
    if (!add_row(&sum, &row))
        return too_large(error, label);
    sum.seconds = pt_quantity_sum(sum.seconds, seconds);
    *present = sum;
    return PT_OK;
}

enum pt_status pt_bill_add(struct pt_bill *bill, const struct pt_tariff *tariff, const char *label,
                           struct pt_quantity seconds, struct pt_quantity energy_joules,
                           int64_t from_realtime_ns, int64_t to_realtime_ns, struct pt_error *error)
{
    return pt_bill_add_priced(bill, label, seconds, energy_joules,
                              pt_tariff_mean_price(tariff, from_realtime_ns, to_realtime_ns),
                              pt_tariff_mean_carbon(tariff, from_realtime_ns, to_realtime_ns),
                              error);
}

// What the facility uses beyond the machine: (PUE - 1) of every amount.
static enum pt_status add_overhead(struct pt_bill *bill, const struct pt_bill_row *machine,
                                   struct pt_quantity pue, struct pt_error *error)
{
    struct pt_quantity extra = {pue.value - 1, fmax(0, pue.low - 1), pue.high - 1, pue.provenance};
    struct pt_bill_row row = {.seconds = pt_quantity_missing()};

    snprintf(row.label, sizeof row.label, PT_BILL_OVERHEAD_LABEL);
    if (!to_amount(pt_quantity_product(pt_bill_joules(machine), extra), MICRO_PER_UNIT,
                   &row.microjoules) ||
        !to_amount(pt_quantity_product(pt_bill_money(machine), extra), NANO_PER_UNIT,
                   &row.nano_money) ||
        !to_amount(pt_quantity_product(pt_bill_grams(machine), extra), MICRO_PER_UNIT,
                   &row.micrograms))
        return too_large(error, row.label);
    return append_row(bill, &row, error);
}

static enum pt_status sum_rows(const struct pt_bill *bill, struct pt_bill_row *ret_sum,
                               struct pt_error *error)
{
    struct pt_bill_row sum = {.seconds = pt_quantity_missing(),
                              .microjoules = unknown_amount,
                              .nano_money = unknown_amount,
                              .micrograms = unknown_amount};

    if (bill->row_count > 0)
        sum = bill->rows[0];
    for (int i = 1; i < bill->row_count; i++) {
        if (!add_row(&sum, &bill->rows[i]))
            return too_large(error, "total");
        if (strcmp(bill->rows[i].label, PT_BILL_OVERHEAD_LABEL) != 0)
            sum.seconds = pt_quantity_sum(sum.seconds, bill->rows[i].seconds);
    }
    snprintf(sum.label, sizeof sum.label, "total");
    *ret_sum = sum;
    return PT_OK;
}

enum pt_status pt_bill_close(struct pt_bill *bill, const struct pt_tariff *tariff,
                             struct pt_error *error)
{
    struct pt_bill_row sum;

    assert(bill->total.label[0] == '\0');
    enum pt_status status = sum_rows(bill, &sum, error);
    if (status != PT_OK)
        return status;
    if (tariff->pue.value > 1 && bill->row_count > 0) {
        if ((status = add_overhead(bill, &sum, tariff->pue, error)) != PT_OK)
            return status;
        if ((status = sum_rows(bill, &sum, error)) != PT_OK) {
            bill->row_count--;
            return status;
        }
    }
    bill->total = sum;
    return PT_OK;
}

struct pt_quantity pt_bill_joules(const struct pt_bill_row *row)
{
    return to_quantity(&row->microjoules, MICRO_PER_UNIT);
}

struct pt_quantity pt_bill_money(const struct pt_bill_row *row)
{
    return to_quantity(&row->nano_money, NANO_PER_UNIT);
}

struct pt_quantity pt_bill_grams(const struct pt_bill_row *row)
{
    return to_quantity(&row->micrograms, MICRO_PER_UNIT);
}
