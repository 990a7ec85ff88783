// powertrain grids: what a kilowatt hour costs and emits, by country and region.

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/parse.h"
#include "base/table.h"
#include "cli/verb.h"
#include "cost/tariff.h"

enum { CELL_SIZE = 64, ROWS_MAX = 512 };

static void add_row(struct pt_table *table, const struct pt_grid *row)
{
    char cells[3][CELL_SIZE];
    const char *carbon = NULL, *price = NULL, *year = NULL;

    if (!isnan(row->carbon_grams_per_kwh)) {
        pt_format_c(cells[0], CELL_SIZE, "%.0f", row->carbon_grams_per_kwh);
        carbon = cells[0];
    }
    if (!isnan(row->price_per_kwh)) {
        pt_format_c(cells[1], CELL_SIZE, "%.4g", row->price_per_kwh);
        price = cells[1];
        snprintf(cells[2], CELL_SIZE, "%d", row->price_year);
        year = cells[2];
    }
    const char *const texts[] = {row->code, row->name, carbon, price, row->currency, year};
    pt_table_row(table, texts);
}

static void print_sources(const struct pt_grid *row)
{
    if (row->carbon_source != NULL)
        printf("%s, carbon: %s; %d.\n", row->code, row->carbon_source, row->carbon_year);
    else
        printf("%s, carbon: no source known.\n", row->code);
    if (row->price_source != NULL)
        printf("%s, price: %s; %d.\n", row->code, row->price_source, row->price_year);
    else
        printf("%s, price: no source known; state price_per_kwh in the tariff.\n", row->code);
}

static enum pt_status print_text(const struct pt_grid *const *rows, int count, bool with_sources,
                                 struct pt_error *error)
{
    static const char *const headings[] = {"code",           "name",     ">g CO2e/kWh",
                                           ">price per kWh", "currency", ">year"};
    struct pt_arena *arena = pt_arena_create();
    struct pt_table *table = arena == NULL ? NULL : pt_table_create(arena, headings, 6);
    if (table == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
    }
    for (int i = 0; i < count; i++)
        add_row(table, rows[i]);
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    pt_arena_destroy(arena);

    printf("\n");
    for (int i = 0; with_sources && i < count; i++)
        print_sources(rows[i]);
    if (!with_sources)
        printf("Averages of a year, for business users; \"-\" is not known. powertrain grids CODE "
               "gives the sources.\n");
    return PT_OK;
}

static void write_year(struct pt_json_writer *writer, const char *key, int year, double value)
{
    if (isnan(value))
        pt_json_null(writer, key);
    else
        pt_json_integer(writer, key, year);
}

static void print_json(const struct pt_grid *const *rows, int count)
{
    struct pt_json_writer writer;

    pt_json_begin(&writer, stdout, true);
    pt_json_array(&writer, NULL);
    for (int i = 0; i < count; i++) {
        const struct pt_grid *row = rows[i];
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "code", row->code);
        pt_json_string(&writer, "name", row->name);
        pt_json_number(&writer, "carbon_grams_per_kwh", row->carbon_grams_per_kwh);
        write_year(&writer, "carbon_year", row->carbon_year, row->carbon_grams_per_kwh);
        pt_json_string(&writer, "carbon_source", row->carbon_source);
        pt_json_number(&writer, "price_per_kwh", row->price_per_kwh);
        pt_json_string(&writer, "currency", row->currency);
        write_year(&writer, "price_year", row->price_year, row->price_per_kwh);
        pt_json_string(&writer, "price_source", row->price_source);
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
    const struct pt_grid *rows[ROWS_MAX];
    int first, exit_code, count = 0;
    struct pt_error error;
    enum pt_status status;

    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first > ROWS_MAX)
        return pt_exit_with(
            verb, pt_fail(&error, PT_USAGE, "at most %d codes, not %d", ROWS_MAX, argc - first),
            &error);
    for (int i = first; i < argc; i++)
        if ((status = pt_grid_find(argv[i], &rows[count++], &error)) != PT_OK)
            return pt_exit_with(verb, status, &error);
    if (first == argc)
        for (; count < pt_grid_count; count++)
            rows[count] = &pt_grids[count];
    if (json)
        print_json(rows, count);
    else if ((status = print_text(rows, count, first < argc, &error)) != PT_OK)
        return pt_exit_with(verb, status, &error);
    return PT_EXIT_OK;
}

const struct pt_verb pt_verb_grids = {
    .name = "grids",
    .synopsis = "grids [CODE...] [--json]",
    .summary = "carbon intensity and electricity price of countries and regions",
    .example = "powertrain grids DE FR US-CA",
    .run = run,
};
