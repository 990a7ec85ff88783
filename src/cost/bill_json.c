// A bill as JSON: quantities in SI units for people and plots, and the whole numbers that add up.

#include "cost/bill.h"

static void write_amount(struct pt_json_writer *writer, const char *key,
                         const struct pt_amount *amount)
{
    if (amount->known)
        pt_json_integer(writer, key, amount->value);
    else
        pt_json_null(writer, key);
}

static void write_row(struct pt_json_writer *writer, const char *key, const struct pt_bill_row *row)
{
    pt_json_object(writer, key);
    pt_json_string(writer, "label", row->label);
    pt_json_quantity(writer, "seconds", row->seconds);
    pt_json_quantity(writer, "energy_joules", pt_bill_joules(row));
    pt_json_quantity(writer, "money", pt_bill_money(row));
    pt_json_quantity(writer, "co2e_grams", pt_bill_grams(row));
    write_amount(writer, "microjoules", &row->microjoules);
    write_amount(writer, "nano_money", &row->nano_money);
    write_amount(writer, "micrograms", &row->micrograms);
    pt_json_end_object(writer);
}

static const char *text_or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

void pt_bill_write_json(const struct pt_bill *bill, struct pt_json_writer *writer, const char *key)
{
    pt_json_object(writer, key);
    pt_json_string(writer, "currency", text_or_null(bill->currency));
    pt_json_array(writer, "rows");
    for (int i = 0; i < bill->row_count; i++)
        write_row(writer, NULL, &bill->rows[i]);
    pt_json_end_array(writer);
    write_row(writer, "total", &bill->total);
    pt_json_string(writer, "energy_source", text_or_null(bill->energy_source));
    pt_json_string(writer, "price_source", text_or_null(bill->price_source));
    pt_json_string(writer, "carbon_source", text_or_null(bill->carbon_source));
    pt_json_end_object(writer);
}
