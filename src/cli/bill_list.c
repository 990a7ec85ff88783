// The lines and sums of the list of bills, and its table.

#include "cli/bill_list.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/node.h"
#include "base/table.h"
#include "report/document.h"

enum { CELL_SIZE = 64, COLUMN_COUNT = 11, DATE_LENGTH = 10, DATE_AND_TIME_LENGTH = 16 };

// A column is left out of a terminal narrower than this.
static const struct {
    const char *heading;
    int least_width;
} columns[COLUMN_COUNT] = {
    {">id", 0},          {"start (UTC)", 0},  {"kind", 110}, {"name", 0},
    {">duration", 0},    {">energy", 0},      {">money", 0}, {">CO2e", 90},
    {">predicted", 125}, {">deviation", 100}, {"status", 0},
};

#define PERCENT 100.0

static struct pt_bill_line line_of(const struct pt_run_record *run)
{
    struct pt_quantity missing = pt_quantity_missing();
    struct pt_bill_line line = {.run = run,
                                .duration_seconds = pt_run_duration(run),
                                .energy_joules = missing,
                                .money = missing,
                                .co2e_grams = missing,
                                .predicted_joules = missing,
                                .deviation_percent = (double)NAN};
    if (run->has_bill) {
        line.energy_joules = pt_bill_joules(&run->bill.total);
        line.money = pt_bill_money(&run->bill.total);
        line.co2e_grams = pt_bill_grams(&run->bill.total);
    }
    if (run->has_prediction)
        line.predicted_joules = pt_bill_joules(&run->prediction.total);
    double predicted = line.predicted_joules.value;
    if (pt_run_is_whole(run) && predicted > 0)
        line.deviation_percent = (line.energy_joules.value - predicted) / predicted * PERCENT;
    return line;
}

// The uid of the meter whose command it was part of; NULL: none.
static const char *outer_uid(struct pt_arena *arena, const struct pt_run_record *run)
{
    const struct pt_node *root, *inside;
    const char *json = run->origin.job_json, *uid;
    if (json == NULL || strstr(json, "\"inside\"") == NULL ||
        pt_json_parse(arena, json, strlen(json), "origin", &root, NULL) != PT_OK ||
        root->kind != PT_NODE_MAPPING)
        return NULL;
    inside = pt_node_find(root, "inside");
    return inside != NULL && pt_node_string(inside, &uid, NULL) == PT_OK ? uid : NULL;
}

static void find_outer(struct pt_arena *arena, struct pt_bill_list *list, struct pt_bill_line *line)
{
    const char *uid = outer_uid(arena, line->run);
    for (int64_t i = 0; uid != NULL && i < list->line_count && line->inside_id == 0; i++) {
        const struct pt_run_record *other = list->lines[i].run;
        if (other != line->run && other->origin.uid != NULL && strcmp(other->origin.uid, uid) == 0)
            line->inside_id = other->id;
    }
    list->inside_count += line->inside_id != 0 ? 1 : 0;
}

static void add(struct pt_bill_sum *sum, double value)
{
    if (!isfinite(value))
        return;
    sum->value += value;
    sum->known_count++;
}

static struct pt_bill_total *total_of(struct pt_bill_total *totals, int *count,
                                      const char *currency)
{
    for (int i = 0; i < *count; i++)
        if (strcmp(totals[i].currency, currency) == 0)
            return &totals[i];
    if (*count == PT_BILL_CURRENCIES_MAX)
        return NULL;
    totals[*count] = (struct pt_bill_total){.currency = currency};
    return &totals[(*count)++];
}

static enum pt_status sum_up(struct pt_bill_list *list, struct pt_error *error)
{
    for (int64_t i = 0; i < list->line_count; i++) {
        const struct pt_bill_line *line = &list->lines[i];
        bool is_priced = pt_quantity_known(line->money);
        if (line->inside_id != 0)
            continue;
        struct pt_bill_total *total =
            total_of(list->totals, &list->total_count, is_priced ? line->run->bill.currency : "");
        if (total == NULL)
            return pt_fail(error, PT_OVERFLOW, "more than %d currencies; list fewer runs",
                           PT_BILL_CURRENCIES_MAX);
        total->run_count++;
        add(&total->duration_seconds, line->duration_seconds);
        add(&total->energy_joules, line->energy_joules.value);
        add(&total->money, line->money.value);
        add(&total->co2e_grams, line->co2e_grams.value);
    }
    return PT_OK;
}

enum pt_status pt_bill_list_make(struct pt_arena *arena, const struct pt_run_record *runs,
                                 int64_t count, struct pt_bill_list *ret_list,
                                 struct pt_error *error)
{
    struct pt_bill_line *lines = pt_arena_alloc(arena, (size_t)count, sizeof *lines);
    if (lines == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " runs", count);
    for (int64_t i = 0; i < count; i++)
        lines[i] = line_of(&runs[i]);
    *ret_list = (struct pt_bill_list){.lines = lines, .line_count = count};
    for (int64_t i = 0; i < count; i++)
        find_outer(arena, ret_list, &lines[i]);
    return sum_up(ret_list, error);
}

// "-" (as NULL) for an unknown number.
static const char *cell(double value, const char *(*format)(double, char *), char *buffer)
{
    return isfinite(value) ? format(value, buffer) : NULL;
}

static const char *money_cell(double amount, const char *currency, char *buffer)
{
    return isfinite(amount) ? pt_format_money(amount, currency, buffer) : NULL;
}

// Without the seconds: "2026-11-24 06:33".
static const char *start_cell(int64_t realtime_ns, char *buffer)
{
    pt_format_time(realtime_ns, buffer);
    buffer[DATE_LENGTH] = ' ';
    buffer[DATE_AND_TIME_LENGTH] = '\0';
    return buffer;
}

// Only the columns that the width has room for.
static void add_row(struct pt_table *table, const char *const *cells, int width)
{
    const char *shown[COLUMN_COUNT];
    int count = 0;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (width <= 0 || width >= columns[i].least_width)
            shown[count++] = cells[i];
    pt_table_row(table, shown);
}

static void table_line(struct pt_table *table, const struct pt_bill_line *line, int width)
{
    char id[CELL_SIZE], start[CELL_SIZE], duration[CELL_SIZE], energy[CELL_SIZE], money[CELL_SIZE];
    char co2e[CELL_SIZE], predicted[CELL_SIZE], deviation[CELL_SIZE];
    const struct pt_run_record *run = line->run;

    snprintf(id, sizeof id, "%" PRId64, run->id);
    snprintf(deviation, sizeof deviation, "%+.1f %%", line->deviation_percent);
    const char *cells[COLUMN_COUNT] = {
        id,
        start_cell(run->start_realtime_ns, start),
        run->kind,
        run->name,
        cell(line->duration_seconds, pt_format_duration, duration),
        cell(line->energy_joules.value, pt_format_joules, energy),
        money_cell(line->money.value, run->bill.currency, money),
        cell(line->co2e_grams.value, pt_format_grams, co2e),
        cell(line->predicted_joules.value, pt_format_joules, predicted),
        isfinite(line->deviation_percent) ? deviation : NULL,
        run->status,
    };
    add_row(table, cells, width);
}

// The text of a sum, with ">= " before it if a run is missing from it.
static const char *sum_cell(const struct pt_bill_sum *sum, int64_t run_count, const char *text,
                            char *buffer)
{
    if (sum->known_count == 0)
        return NULL;
    snprintf(buffer, CELL_SIZE, "%s%s", sum->known_count < run_count ? ">= " : "", text);
    return buffer;
}

static void table_total(struct pt_table *table, const struct pt_bill_total *total, int width)
{
    char name[CELL_SIZE], text[CELL_SIZE];
    char duration[CELL_SIZE], energy[CELL_SIZE], money[CELL_SIZE], co2e[CELL_SIZE];
    int64_t count = total->run_count;

    snprintf(name, sizeof name, "%" PRId64 " run%s%s%s", count, count == 1 ? "" : "s",
             total->currency[0] != '\0' ? " in " : ", no price", total->currency);
    const char *cells[COLUMN_COUNT] = {
        "",
        "total",
        "",
        name,
        sum_cell(&total->duration_seconds, count,
                 pt_format_duration(total->duration_seconds.value, text), duration),
        sum_cell(&total->energy_joules, count, pt_format_joules(total->energy_joules.value, text),
                 energy),
        sum_cell(&total->money, count, pt_format_money(total->money.value, total->currency, text),
                 money),
        sum_cell(&total->co2e_grams, count, pt_format_grams(total->co2e_grams.value, text), co2e),
        "",
        "",
        "",
    };
    add_row(table, cells, width);
}

enum pt_status pt_bill_list_print(struct pt_arena *arena, const struct pt_bill_list *list,
                                  int width, struct pt_error *error)
{
    const char *headings[COLUMN_COUNT];
    int count = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        if (width <= 0 || width >= columns[i].least_width)
            headings[count++] = columns[i].heading;
    struct pt_table *table = pt_table_create(arena, headings, count);
    if (table == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
    for (int64_t i = 0; i < list->line_count; i++)
        table_line(table, &list->lines[i], width);
    pt_table_rule(table);
    for (int i = 0; i < list->total_count; i++)
        table_total(table, &list->totals[i], width);
    pt_table_print(table, stdout, width);
    if (list->inside_count > 0)
        printf("%" PRId64 " run%s part of another one's command, and not added again.\n",
               list->inside_count, list->inside_count == 1 ? " was" : "s were");
    return PT_OK;
}
