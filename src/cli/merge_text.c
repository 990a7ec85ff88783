// See merge_text.h. A sum from which something is missing is written as ">= ".

#include "cli/merge_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "base/units.h"
#include "report/report.h"

enum { CELL_SIZE = 96, NAMES_SHOWN = 20 };

static const char *joules_cell(struct pt_quantity joules, bool complete, char *buffer)
{
    char text[CELL_SIZE / 2];
    if (!pt_quantity_known(joules))
        return NULL;
    snprintf(buffer, CELL_SIZE, "%s%s",
             complete ? "" : ">= ", pt_format_joules(joules.value, text));
    return buffer;
}

static const char *number_cell(int64_t number, char *buffer)
{
    snprintf(buffer, CELL_SIZE, "%" PRId64, number);
    return buffer;
}

// "18 J to 21 J"
static const char *interval_cell(struct pt_quantity joules, char *buffer)
{
    char low[CELL_SIZE / 2], high[CELL_SIZE / 2];
    if (!pt_quantity_known(joules))
        return NULL;
    snprintf(buffer, CELL_SIZE, "%.44s to %.44s", pt_format_joules(joules.low, low),
             pt_format_joules(joules.high, high));
    return buffer;
}

static enum pt_status print_table(FILE *stream, struct pt_table *table, int width,
                                  struct pt_error *error)
{
    if (table == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a table");
    pt_table_print(table, stream, width);
    fputc('\n', stream);
    return PT_OK;
}

static void node_row(struct pt_table *table, const struct pt_merge_node *node)
{
    char start[CELL_SIZE], duration[CELL_SIZE], runs[CELL_SIZE], ours[CELL_SIZE];
    char interval[CELL_SIZE], machine[CELL_SIZE];
    const char *cells[] = {
        node->name,
        number_cell(node->run_count, runs),
        node->start_realtime_ns > 0 ? pt_format_time(node->start_realtime_ns, start) : NULL,
        pt_format_duration(node->seconds, duration),
        joules_cell(node->joules, node->unknown_count == 0, ours),
        interval_cell(node->joules, interval),
        joules_cell(node->machine_joules, true, machine),
        pt_quantity_known(node->joules) ? pt_provenance_text(node->joules.provenance) : NULL,
    };
    pt_table_row(table, cells);
}

static enum pt_status print_nodes(FILE *stream, struct pt_arena *arena,
                                  const struct pt_merge *merge, int width, struct pt_error *error)
{
    static const char *const headings[] = {"node",    ">runs",     "start",    ">metered",
                                           ">energy", ">interval", ">machine", "quality"};
    struct pt_table *table = pt_table_create(arena, headings, sizeof headings / sizeof *headings);
    if (table == NULL)
        return print_table(stream, table, width, error);
    for (int64_t i = 0; i < merge->node_count; i++)
        node_row(table, &merge->nodes[i]);
    for (int64_t i = 0; i < merge->missing_count && i < NAMES_SHOWN; i++) {
        const char *cells[] = {merge->missing[i], NULL, NULL, NULL, NULL, NULL, NULL, "missing"};
        pt_table_row(table, cells);
    }
    char runs[CELL_SIZE], ours[CELL_SIZE], interval[CELL_SIZE], machine[CELL_SIZE];
    const char *total[] = {"total",
                           number_cell(merge->run_count, runs),
                           "",
                           "",
                           joules_cell(merge->joules, merge->complete, ours),
                           interval_cell(merge->joules, interval),
                           joules_cell(merge->machine_joules, merge->complete, machine),
                           ""};
    pt_table_rule(table);
    pt_table_row(table, total);
    return print_table(stream, table, width, error);
}

// Energy of each phase on each node.
static enum pt_status print_phases(FILE *stream, struct pt_arena *arena,
                                   const struct pt_merge *merge, int width, struct pt_error *error)
{
    static const char *const headings[] = {"node", "phase", ">longest", ">energy", ">interval"};
    struct pt_table *table = pt_table_create(arena, headings, sizeof headings / sizeof *headings);
    if (merge->phase_count < 2 || table == NULL)
        return merge->phase_count < 2 ? PT_OK : print_table(stream, table, width, error);
    for (int64_t i = 0; i < merge->node_count; i++)
        for (int k = 0; k < merge->nodes[i].phase_count; k++) {
            const struct pt_merge_phase *phase = &merge->nodes[i].phases[k];
            char seconds[CELL_SIZE], joules[CELL_SIZE], interval[CELL_SIZE];
            const char *cells[] = {
                merge->nodes[i].name, phase->name, pt_format_duration(phase->seconds, seconds),
                joules_cell(phase->joules, true, joules), interval_cell(phase->joules, interval)};
            pt_table_row(table, cells);
        }
    return print_table(stream, table, width, error);
}

static enum pt_status print_attempts(FILE *stream, struct pt_arena *arena,
                                     const struct pt_merge *merge, int width,
                                     struct pt_error *error)
{
    static const char *const headings[] = {">attempt", ">runs", ">not finished", ">energy"};
    struct pt_table *table = pt_table_create(arena, headings, sizeof headings / sizeof *headings);
    if (merge->attempt_count < 2 || table == NULL)
        return merge->attempt_count < 2 ? PT_OK : print_table(stream, table, width, error);
    for (int64_t i = 0; i < merge->attempt_count; i++) {
        const struct pt_merge_attempt *attempt = &merge->attempts[i];
        char number[CELL_SIZE], runs[CELL_SIZE], unfinished[CELL_SIZE], joules[CELL_SIZE];
        const char *cells[] = {number_cell(attempt->attempt, number),
                               number_cell(attempt->run_count, runs),
                               number_cell(attempt->unfinished_count, unfinished),
                               joules_cell(attempt->joules, true, joules)};
        pt_table_row(table, cells);
    }
    return print_table(stream, table, width, error);
}

static void print_doubts(FILE *stream, const struct pt_merge *merge,
                         const struct pt_record_set *set)
{
    char text[CELL_SIZE];
    if (merge->missing_count + merge->nameless_missing > 0)
        fprintf(stream,
                "missing     %" PRId64 " node%s of the job without a record; sums are without %s\n",
                merge->missing_count + merge->nameless_missing,
                merge->missing_count + merge->nameless_missing == 1 ? "" : "s",
                merge->missing_count + merge->nameless_missing == 1 ? "it" : "them");
    if (merge->unknown_count > 0)
        fprintf(stream, "unknown     the energy of %" PRId64 " run%s; sums are without it\n",
                merge->unknown_count, merge->unknown_count == 1 ? "" : "s");
    for (int64_t i = 0; i < merge->node_count; i++) {
        const struct pt_merge_node *node = &merge->nodes[i];
        if (node->inside_count > 0)
            fprintf(stream,
                    "inside      %" PRId64 " run%s on %s within others, which hold their energy\n",
                    node->inside_count, node->inside_count == 1 ? "" : "s", node->name);
        if (node->claimed_twice_joules > 0.001 * node->machine_joules.value)
            fprintf(stream, "twice       %s on %s were claimed by several runs and count once\n",
                    pt_format_joules(node->claimed_twice_joules, text), node->name);
    }
    if (set->damaged_count > 0)
        fprintf(stream, "damaged     %" PRId64 " of %" PRId64 " lines, which were passed over\n",
                set->damaged_count, set->line_count);
    if (set->torn_count > 0)
        fprintf(stream, "torn        %" PRId64 " last line%s, as a killed meter leaves it\n",
                set->torn_count, set->torn_count == 1 ? "" : "s");
    if (set->duplicate_count > 0)
        fprintf(stream, "doubled     %" PRId64 " lines, which count once\n", set->duplicate_count);
    if (set->unknown_count > 0)
        fprintf(stream, "newer       %" PRId64 " lines of a newer powertrain were passed over\n",
                set->unknown_count);
}

enum pt_status pt_merge_print(FILE *stream, const struct pt_merge *merge,
                              const struct pt_record_set *set, const struct pt_bill *bill,
                              int width, struct pt_error *error)
{
    enum pt_status status = print_nodes(stream, set->arena, merge, width, error);
    if (status == PT_OK)
        status = print_phases(stream, set->arena, merge, width, error);
    if (status == PT_OK)
        status = print_attempts(stream, set->arena, merge, width, error);
    if (status != PT_OK)
        return status;
    pt_report_bill(stream, bill, NULL, width);
    fputc('\n', stream);
    print_doubts(stream, merge, set);
    return PT_OK;
}

// ------------------------------------------------------------------------------------------- JSON
static void json_phases(struct pt_json_writer *writer, const struct pt_merge_phase *phases,
                        int count)
{
    pt_json_array(writer, "phases");
    for (int i = 0; i < count; i++) {
        pt_json_object(writer, NULL);
        pt_json_string(writer, "name", phases[i].name);
        pt_json_number(writer, "longest_seconds", phases[i].seconds);
        pt_json_quantity(writer, "energy_joules", phases[i].joules);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

static void json_node(struct pt_json_writer *writer, const struct pt_merge_node *node)
{
    char time[CELL_SIZE];
    pt_json_object(writer, NULL);
    pt_json_string(writer, "name", node->name);
    pt_json_string(writer, "boot_id", node->boot_id);
    pt_json_integer(writer, "run_count", node->run_count);
    pt_json_integer(writer, "inside_run_count", node->inside_count);
    pt_json_integer(writer, "unknown_run_count", node->unknown_count);
    pt_json_string(writer, "start", pt_format_time(node->start_realtime_ns, time));
    pt_json_string(writer, "end", pt_format_time(node->end_realtime_ns, time));
    pt_json_number(writer, "metered_seconds", node->seconds);
    pt_json_quantity(writer, "energy_joules", node->joules);
    pt_json_quantity(writer, "machine_joules", node->machine_joules);
    pt_json_number(writer, "claimed_twice_joules", node->claimed_twice_joules);
    pt_json_array(writer, "devices");
    for (int i = 0; i < node->device_count; i++) {
        pt_json_object(writer, NULL);
        pt_json_string(writer, "id", node->devices[i].id);
        pt_json_number(writer, "machine_joules", node->devices[i].machine_joules);
        pt_json_number(writer, "our_joules", node->devices[i].our_joules);
        pt_json_string(writer, "provenance", pt_provenance_text(node->devices[i].provenance));
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
    json_phases(writer, node->phases, node->phase_count);
    pt_json_end_object(writer);
}

static void json_missing(struct pt_json_writer *writer, const struct pt_merge *merge)
{
    pt_json_array(writer, "missing_nodes");
    for (int64_t i = 0; i < merge->missing_count; i++)
        pt_json_string(writer, NULL, merge->missing[i]);
    pt_json_end_array(writer);
    pt_json_integer(writer, "missing_node_count", merge->missing_count + merge->nameless_missing);
}

static void json_attempts(struct pt_json_writer *writer, const struct pt_merge *merge)
{
    pt_json_array(writer, "attempts");
    for (int64_t i = 0; i < merge->attempt_count; i++) {
        const struct pt_merge_attempt *attempt = &merge->attempts[i];
        pt_json_object(writer, NULL);
        pt_json_integer(writer, "attempt", attempt->attempt);
        pt_json_integer(writer, "run_count", attempt->run_count);
        pt_json_integer(writer, "unfinished_run_count", attempt->unfinished_count);
        pt_json_quantity(writer, "energy_joules", attempt->joules);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

void pt_merge_print_json(FILE *stream, const struct pt_merge *merge,
                         const struct pt_record_set *set, const struct pt_bill *bill)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_json_bool(&writer, "complete", merge->complete);
    pt_json_quantity(&writer, "energy_joules", merge->joules);
    pt_json_quantity(&writer, "machine_joules", merge->machine_joules);
    pt_json_integer(&writer, "run_count", merge->run_count);
    pt_json_integer(&writer, "unknown_run_count", merge->unknown_count);
    json_missing(&writer, merge);
    pt_json_array(&writer, "nodes");
    for (int64_t i = 0; i < merge->node_count; i++)
        json_node(&writer, &merge->nodes[i]);
    pt_json_end_array(&writer);
    json_phases(&writer, merge->phases, merge->phase_count);
    json_attempts(&writer, merge);
    pt_json_integer(&writer, "lines", set->line_count);
    pt_json_integer(&writer, "damaged_lines", set->damaged_count);
    pt_json_integer(&writer, "torn_files", set->torn_count);
    pt_json_integer(&writer, "doubled_lines", set->duplicate_count);
    pt_json_integer(&writer, "newer_lines", set->unknown_count);
    pt_bill_write_json(bill, &writer, "bill");
    pt_json_end_object(&writer);
    fputc('\n', stream);
}
