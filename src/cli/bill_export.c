// The list of bills for programs: JSON and CSV. Unknown is null and an empty field.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/bill_groups.h"
#include "cli/bill_list.h"

enum { CELL_SIZE = 64 };

static void json_line(struct pt_json_writer *writer, const struct pt_bill_line *line)
{
    char start[CELL_SIZE];
    const struct pt_run_record *run = line->run;
    bool has_currency = run->has_bill && run->bill.currency[0] != '\0';

    pt_json_object(writer, NULL);
    pt_json_integer(writer, "id", run->id);
    pt_json_string(writer, "start", pt_format_time(run->start_realtime_ns, start));
    pt_json_string(writer, "kind", run->kind);
    pt_json_string(writer, "name", run->name);
    pt_json_string(writer, "status", run->status);
    pt_json_string(writer, "uid", run->origin.uid);
    pt_json_string(writer, "group", run->origin.group);
    pt_json_integer(writer, "attempt", run->origin.attempt);
    if (line->inside_id != 0)
        pt_json_integer(writer, "inside_run", line->inside_id);
    else
        pt_json_null(writer, "inside_run");
    pt_json_number(writer, "duration_seconds", line->duration_seconds);
    pt_json_quantity(writer, "energy_joules", line->energy_joules);
    pt_json_string(writer, "currency", has_currency ? run->bill.currency : NULL);
    pt_json_quantity(writer, "money", line->money);
    pt_json_quantity(writer, "co2e_grams", line->co2e_grams);
    pt_json_quantity(writer, "predicted_energy_joules", line->predicted_joules);
    pt_json_number(writer, "deviation_percent", line->deviation_percent);
    pt_json_end_object(writer);
}

// A sum and of how many runs it is one; null if of none.
static void json_sum(struct pt_json_writer *writer, const char *key, const struct pt_bill_sum *sum)
{
    pt_json_object(writer, key);
    pt_json_number(writer, "known_sum", sum->known_count > 0 ? sum->value : (double)NAN);
    pt_json_integer(writer, "known_run_count", sum->known_count);
    pt_json_end_object(writer);
}

void pt_bill_list_print_json(const struct pt_bill_list *list, const char *ledger_path)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "ledger", ledger_path);
    pt_json_array(&writer, "runs");
    for (int64_t i = 0; i < list->line_count; i++)
        json_line(&writer, &list->lines[i]);
    pt_json_end_array(&writer);
    pt_json_array(&writer, "totals");
    for (int i = 0; i < list->total_count; i++) {
        const struct pt_bill_total *total = &list->totals[i];
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "currency", total->currency[0] != '\0' ? total->currency : NULL);
        pt_json_integer(&writer, "run_count", total->run_count);
        json_sum(&writer, "duration_seconds", &total->duration_seconds);
        json_sum(&writer, "energy_joules", &total->energy_joules);
        json_sum(&writer, "money", &total->money);
        json_sum(&writer, "co2e_grams", &total->co2e_grams);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_bill_groups_write_json(list, &writer);
    pt_json_end_object(&writer);
    putchar('\n');
}

// As RFC 4180 has it.
static void csv_text(const char *text)
{
    if (text == NULL)
        return;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void csv_number(double value)
{
    if (isfinite(value))
        printf(",%.15g", value);
    else
        putchar(',');
}

static void csv_quantity(struct pt_quantity quantity)
{
    csv_number(quantity.value);
    csv_number(quantity.low);
    csv_number(quantity.high);
    printf(",%s", pt_provenance_text(quantity.provenance));
}

static void csv_line(const struct pt_bill_line *line)
{
    char start[CELL_SIZE];
    const struct pt_run_record *run = line->run;

    printf("%" PRId64 ",%s,", run->id, pt_format_time(run->start_realtime_ns, start));
    csv_text(run->kind);
    putchar(',');
    csv_text(run->name);
    putchar(',');
    csv_text(run->status);
    csv_number(line->duration_seconds);
    csv_quantity(line->energy_joules);
    putchar(',');
    csv_text(run->bill.currency);
    csv_quantity(line->money);
    csv_quantity(line->co2e_grams);
    csv_quantity(line->predicted_joules);
    csv_number(line->deviation_percent);
    csv_number(line->inside_id != 0 ? (double)line->inside_id : (double)NAN);
    putchar('\n');
}

void pt_bill_list_print_csv(const struct pt_bill_list *list)
{
    puts("id,start,kind,name,status,duration_seconds,"
         "energy_joules,energy_low,energy_high,energy_provenance,currency,"
         "money,money_low,money_high,money_provenance,"
         "co2e_grams,co2e_low,co2e_high,co2e_provenance,"
         "predicted_joules,predicted_low,predicted_high,predicted_provenance,deviation_percent,"
         "inside_run");
    for (int64_t i = 0; i < list->line_count; i++)
        csv_line(&list->lines[i]);
}
