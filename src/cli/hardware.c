// powertrain hardware: the catalogue of accelerators and processors, side by side.

#include <math.h>
#include <stdio.h>

#include "base/parse.h"
#include "base/units.h"
#include "cli/catalog_verb.h"
#include "hardware/accelerator.h"

enum { CELL_SIZE = 64 };

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

static void add_row(struct pt_table *table, const void *accelerator)
{
    const struct pt_accelerator *row = accelerator;
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

static void print_source(const void *accelerator)
{
    const struct pt_accelerator *row = accelerator;
    bool has_note = row->note != NULL;
    printf("%s: %s.%s%s%s\n", row->name, row->source, has_note ? " Note: " : "",
           has_note ? row->note : "", has_note ? "." : "");
}

static void write_fields(struct pt_json_writer *writer, const void *accelerator)
{
    const struct pt_accelerator *row = accelerator;
    pt_json_string(writer, "name", row->name);
    pt_json_string(writer, "vendor", row->vendor);
    pt_json_string(writer, "kind", pt_hardware_kind_text(row->kind));
    pt_json_integer(writer, "year", row->year);
    pt_json_number(writer, "fp32_flop_per_second", row->fp32_flop_per_second);
    pt_json_number(writer, "bf16_flop_per_second", row->bf16_flop_per_second);
    pt_json_number(writer, "memory_bytes", row->memory_bytes);
    pt_json_number(writer, "memory_bytes_per_second", row->memory_bytes_per_second);
    pt_json_number(writer, "board_watts", row->board_watts);
    pt_json_number(writer, "idle_watts", row->idle_watts);
    pt_json_number(writer, "bf16_flop_per_joule", bf16_flop_per_joule(row));
    pt_json_string(writer, "note", row->note);
    pt_json_string(writer, "source", row->source);
}

static const void *accelerator_at(int index)
{
    return &pt_accelerators[index];
}

static enum pt_status find(const char *name, const void **ret_row, struct pt_error *error)
{
    const struct pt_accelerator *accelerator = NULL;
    enum pt_status status = pt_accelerator_find(name, &accelerator, error);
    *ret_row = accelerator;
    return status;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    static const char *const headings[] = {"name",          "kind",          ">year",
                                           ">fp32 TFLOP/s", ">bf16 TFLOP/s", ">memory GiB",
                                           ">GB/s",         ">TDP W",        ">bf16 GFLOP/J"};
    const struct pt_catalog catalog = {
        .names = "names",
        .headings = headings,
        .column_count = sizeof headings / sizeof *headings,
        .row_count = pt_accelerator_count,
        .row = accelerator_at,
        .find = find,
        .add_row = add_row,
        .print_source = print_source,
        .write_fields = write_fields,
        .hint = "Dense peaks, as published; \"-\" is not published. powertrain hardware NAME gives "
                "the source.",
    };
    return pt_run_catalog(verb, &catalog, argc, argv);
}

const struct pt_verb pt_verb_hardware = {
    .name = "hardware",
    .synopsis = "hardware [NAME...] [--json]",
    .summary = "list and compare GPUs, TPUs and processors, with sources",
    .example = "powertrain hardware h100-sxm mi300x tpu-v5p",
    .run = run,
};
