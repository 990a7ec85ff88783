// powertrain hardware: the catalogue of accelerators and processors, side by side.

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/verb.h"
#include "hardware/accelerator.h"

enum { CELL_SIZE = 64, ROWS_MAX = 512 };

// A number in a unit of its column, "-" if nobody published it.
static const char *cell(double value, double unit, int decimals, char *buffer)
{
    if (isnan(value))
        return "-";
    pt_format_c(buffer, CELL_SIZE, "%.*f", decimals, value / unit);
    return buffer;
}

// What a joule buys at full load: the figure that decides a bill.
static double bf16_flop_per_joule(const struct pt_accelerator *row)
{
    return row->bf16_flop_per_second / row->board_watts; // NAN if either is unknown
}

static void add_row(struct pt_table *table, const struct pt_accelerator *row)
{
    char cells[7][CELL_SIZE];
    snprintf(cells[0], CELL_SIZE, "%d", row->year);
    const char *const texts[] = {
        row->name,
        pt_hardware_kind_text(row->kind),
        cells[0],
        cell(row->fp32_flop_per_second, 1e12, 1, cells[1]),
        cell(row->bf16_flop_per_second, 1e12, 1, cells[2]),
        cell(row->memory_bytes, PT_BYTES_PER_GIB, 0, cells[3]),
        cell(row->memory_bytes_per_second, 1e9, 0, cells[4]),
        cell(row->board_watts, 1, 0, cells[5]),
        cell(bf16_flop_per_joule(row), 1e9, 0, cells[6]),
    };
    pt_table_row(table, texts);
}

static enum pt_status print_text(const struct pt_accelerator *const *rows, int count,
                                 bool with_sources, struct pt_error *error)
{
    static const char *const headings[] = {"name",          "kind",          ">year",
                                           ">fp32 TFLOP/s", ">bf16 TFLOP/s", ">memory GiB",
                                           ">GB/s",         ">TDP W",        ">bf16 GFLOP/J"};
    struct pt_arena *arena = pt_arena_create();
    struct pt_table *table = arena == NULL ? NULL : pt_table_create(arena, headings, 9);
    if (table == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
    }
    for (int i = 0; i < count; i++)
        add_row(table, rows[i]);
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    pt_arena_destroy(arena);

    if (!with_sources) {
        printf(
            "\nDense peaks, as published; \"-\" is not published. powertrain hardware NAME gives "
            "the source.\n");
        return PT_OK;
    }
    printf("\n");
    for (int i = 0; i < count; i++)
        printf("%s: %s.%s%s%s\n", rows[i]->name, rows[i]->source,
               rows[i]->note == NULL ? "" : " Note: ", rows[i]->note == NULL ? "" : rows[i]->note,
               rows[i]->note == NULL ? "" : ".");
    return PT_OK;
}

static void print_json(const struct pt_accelerator *const *rows, int count)
{
    struct pt_json_writer writer;

    pt_json_begin(&writer, stdout, true);
    pt_json_array(&writer, NULL);
    for (int i = 0; i < count; i++) {
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "name", rows[i]->name);
        pt_json_string(&writer, "vendor", rows[i]->vendor);
        pt_json_string(&writer, "kind", pt_hardware_kind_text(rows[i]->kind));
        pt_json_integer(&writer, "year", rows[i]->year);
        pt_json_number(&writer, "fp32_flop_per_second", rows[i]->fp32_flop_per_second);
        pt_json_number(&writer, "bf16_flop_per_second", rows[i]->bf16_flop_per_second);
        pt_json_number(&writer, "memory_bytes", rows[i]->memory_bytes);
        pt_json_number(&writer, "memory_bytes_per_second", rows[i]->memory_bytes_per_second);
        pt_json_number(&writer, "board_watts", rows[i]->board_watts);
        pt_json_number(&writer, "idle_watts", rows[i]->idle_watts);
        pt_json_number(&writer, "bf16_flop_per_joule", bf16_flop_per_joule(rows[i]));
        pt_json_string(&writer, "note", rows[i]->note);
        pt_json_string(&writer, "source", rows[i]->source);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    bool json = false;
    const struct pt_option options[] = {
        {"json", 0, PT_OPTION_FLAG, &json, NULL, "print JSON"},
        {0},
    };
    const struct pt_accelerator *rows[ROWS_MAX];
    int first, exit_code, count = 0;
    struct pt_error error;
    enum pt_status status;

    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first > ROWS_MAX)
        return pt_exit_with(
            verb, pt_fail(&error, PT_USAGE, "at most %d names, not %d", ROWS_MAX, argc - first),
            &error);
    for (int i = first; i < argc; i++)
        if ((status = pt_accelerator_find(argv[i], &rows[count++], &error)) != PT_OK)
            return pt_exit_with(verb, status, &error);
    if (first == argc)
        for (; count < pt_accelerator_count; count++)
            rows[count] = &pt_accelerators[count];
    if (json)
        print_json(rows, count);
    else if ((status = print_text(rows, count, first < argc, &error)) != PT_OK)
        return pt_exit_with(verb, status, &error);
    return PT_EXIT_OK;
}

const struct pt_verb pt_verb_hardware = {
    .name = "hardware",
    .synopsis = "hardware [NAME...] [--json]",
    .summary = "list and compare GPUs, TPUs and processors, with sources",
    .example = "powertrain hardware h100-sxm mi300x tpu-v5p",
    .run = run,
};
