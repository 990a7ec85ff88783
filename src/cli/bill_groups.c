// See bill_groups.h.

#include "cli/bill_groups.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "report/openmetrics.h"

enum { CELL_SIZE = 64 };

struct group {
    const char *name;
    int64_t run_count, attempt_count, unknown_count;
    struct pt_quantity joules, unfinished_joules;
    double seconds, money; // NAN unknown
    const char *currency;
};

static const char *group_of(const struct pt_bill_list *list, int64_t index)
{
    return list->lines[index].run->origin.group;
}

static bool is_first_of_group(const struct pt_bill_list *list, int64_t index)
{
    for (int64_t i = 0; i < index; i++)
        if (group_of(list, i) != NULL && strcmp(group_of(list, i), group_of(list, index)) == 0)
            return false;
    return true;
}

static bool is_new_attempt(const struct pt_bill_list *list, const char *name, int64_t index)
{
    for (int64_t i = 0; i < index; i++)
        if (group_of(list, i) != NULL && strcmp(group_of(list, i), name) == 0 &&
            list->lines[i].run->origin.attempt == list->lines[index].run->origin.attempt)
            return false;
    return true;
}

// Without a launcher, which would count restarts, every run of a name is an attempt of its own.
static bool has_launcher(const struct pt_run_record *run)
{
    const char *job = run->origin.job_json;
    return job != NULL && strstr(job, "\"launcher\":null") == NULL &&
           strstr(job, "\"launcher\": null") == NULL;
}

static void add(struct group *group, const struct pt_bill_line *line)
{
    bool finished = strcmp(line->run->status, "finished") == 0;
    group->run_count++;
    group->seconds += line->duration_seconds;
    group->money += line->money.value;
    if (group->currency == NULL)
        group->currency = line->run->bill.currency;
    else if (strcmp(group->currency, line->run->bill.currency) != 0)
        group->money = NAN; // of two currencies there is no sum
    if (!pt_quantity_known(line->energy_joules)) {
        group->unknown_count++;
        return;
    }
    group->joules = pt_quantity_sum(group->joules, line->energy_joules);
    if (!finished)
        group->unfinished_joules = pt_quantity_sum(group->unfinished_joules, line->energy_joules);
}

// False if the line at index is not the first of a group of several runs.
static bool make_group(const struct pt_bill_list *list, int64_t index, struct group *ret_group)
{
    const char *name = group_of(list, index);
    if (name == NULL || !is_first_of_group(list, index))
        return false;
    *ret_group = (struct group){
        .name = name, .joules = {0, 0, 0, PT_EXACT}, .unfinished_joules = {0, 0, 0, PT_EXACT}};
    for (int64_t i = index; i < list->line_count; i++)
        if (group_of(list, i) != NULL && strcmp(group_of(list, i), name) == 0) {
            add(ret_group, &list->lines[i]);
            ret_group->attempt_count +=
                is_new_attempt(list, name, i) || !has_launcher(list->lines[i].run);
        }
    return ret_group->run_count > 1;
}

static void group_row(struct pt_table *table, const struct group *group)
{
    char runs[CELL_SIZE], attempts[CELL_SIZE], text[CELL_SIZE], energy[CELL_SIZE + 4];
    char unfinished[CELL_SIZE], duration[CELL_SIZE], money[CELL_SIZE];
    snprintf(runs, sizeof runs, "%" PRId64, group->run_count);
    snprintf(attempts, sizeof attempts, "%" PRId64, group->attempt_count);
    snprintf(energy, sizeof energy, "%s%s", group->unknown_count > 0 ? ">= " : "",
             pt_format_joules(group->joules.value, text));
    bool known = group->unknown_count < group->run_count;
    const char *cells[] = {
        group->name,
        runs,
        attempts,
        isfinite(group->seconds) ? pt_format_duration(group->seconds, duration) : NULL,
        known ? energy : NULL,
        known ? pt_format_joules(group->unfinished_joules.value, unfinished) : NULL,
        isfinite(group->money) ? pt_format_money(group->money, group->currency, money) : NULL,
    };
    pt_table_row(table, cells);
}

enum pt_status pt_bill_groups_print(struct pt_arena *arena, const struct pt_bill_list *list,
                                    int width, struct pt_error *error)
{
    static const char *const headings[] = {"run or job", ">runs",         ">attempts", ">duration",
                                           ">energy",    ">not finished", ">money"};
    struct group group;
    struct pt_table *table = NULL;
    for (int64_t i = 0; i < list->line_count; i++) {
        if (!make_group(list, i, &group))
            continue;
        if (table == NULL)
            table = pt_table_create(arena, headings, sizeof headings / sizeof *headings);
        if (table == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
        group_row(table, &group);
    }
    if (table == NULL)
        return PT_OK;
    putchar('\n');
    pt_table_print(table, stdout, width);
    return PT_OK;
}

void pt_bill_groups_write_json(const struct pt_bill_list *list, struct pt_json_writer *writer)
{
    struct group group;
    pt_json_array(writer, "groups");
    for (int64_t i = 0; i < list->line_count; i++) {
        if (!make_group(list, i, &group))
            continue;
        bool known = group.unknown_count < group.run_count;
        pt_json_object(writer, NULL);
        pt_json_string(writer, "group", group.name);
        pt_json_integer(writer, "run_count", group.run_count);
        pt_json_integer(writer, "attempt_count", group.attempt_count);
        pt_json_integer(writer, "unknown_run_count", group.unknown_count);
        pt_json_number(writer, "duration_seconds", group.seconds);
        pt_json_quantity(writer, "energy_joules", known ? group.joules : pt_quantity_missing());
        pt_json_quantity(writer, "unfinished_energy_joules",
                         known ? group.unfinished_joules : pt_quantity_missing());
        pt_json_number(writer, "money", group.money);
        pt_json_string(writer, "currency", isfinite(group.money) ? group.currency : NULL);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

// ------------------------------------------------------------------------------------ OpenMetrics
static double value_of(const struct pt_bill_line *line, int family)
{
    const double values[] = {line->energy_joules.value, line->money.value, line->co2e_grams.value,
                             line->duration_seconds};
    return values[family];
}

void pt_bill_list_print_openmetrics(const struct pt_bill_list *list)
{
    static const struct {
        const char *name, *unit, *help;
    } families[] = {
        {"powertrain_bill_energy_joules", "joules", "Energy of a run in the ledger."},
        {"powertrain_bill_cost", "", "Cost of its electricity, in units of the currency."},
        {"powertrain_bill_co2e_grams", "grams", "Emissions of its electricity."},
        {"powertrain_bill_duration_seconds", "seconds", "How long it took."},
    };
    for (int f = 0; f < (int)(sizeof families / sizeof *families); f++) {
        pt_metric_family(stdout, families[f].name, PT_METRIC_GAUGE, families[f].unit,
                         families[f].help);
        for (int64_t i = 0; i < list->line_count; i++) {
            const struct pt_run_record *run = list->lines[i].run;
            char id[CELL_SIZE];
            snprintf(id, sizeof id, "%" PRId64, run->id);
            const struct pt_metric_label labels[] = {
                {"id", id},
                {"kind", run->kind},
                {"name", run->name},
                {"status", run->status},
                {"currency", f == 1 ? run->bill.currency : ""},
                {NULL, NULL},
            };
            pt_metric_sample(stdout, families[f].name, PT_METRIC_GAUGE, labels,
                             value_of(&list->lines[i], f));
        }
    }
    pt_metric_end(stdout);
}
