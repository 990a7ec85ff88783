// powertrain grids: what a kilowatt hour costs and emits, by country and region.

#include <math.h>
#include <stdio.h>

#include "base/parse.h"
#include "cli/catalog_verb.h"
#include "cost/tariff.h"

enum { CELL_SIZE = 64 };

static void add_row(struct pt_table *table, const void *grid)
{
    const struct pt_grid *row = grid;
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

static void print_source(const void *grid)
{
    const struct pt_grid *row = grid;
    if (row->carbon_source != NULL)
        printf("%s, carbon: %s; %d.\n", row->code, row->carbon_source, row->carbon_year);
    else
        printf("%s, carbon: no source known.\n", row->code);
    if (row->price_source != NULL)
        printf("%s, price: %s; %d.\n", row->code, row->price_source, row->price_year);
    else
        printf("%s, price: no source known; state price_per_kwh in the tariff.\n", row->code);
}

static void write_year(struct pt_json_writer *writer, const char *key, int year, double value)
{
    if (isnan(value))
        pt_json_null(writer, key);
    else
        pt_json_integer(writer, key, year);
}

static void write_fields(struct pt_json_writer *writer, const void *grid)
{
    const struct pt_grid *row = grid;
    pt_json_string(writer, "code", row->code);
    pt_json_string(writer, "name", row->name);
    pt_json_number(writer, "carbon_grams_per_kwh", row->carbon_grams_per_kwh);
    write_year(writer, "carbon_year", row->carbon_year, row->carbon_grams_per_kwh);
    pt_json_string(writer, "carbon_source", row->carbon_source);
    pt_json_number(writer, "price_per_kwh", row->price_per_kwh);
    pt_json_string(writer, "currency", row->currency);
    write_year(writer, "price_year", row->price_year, row->price_per_kwh);
    pt_json_string(writer, "price_source", row->price_source);
}

static const void *grid_at(int index)
{
    return &pt_grids[index];
}

static enum pt_status find(const char *name, const void **ret_row, struct pt_error *error)
{
    const struct pt_grid *grid = NULL;
    enum pt_status status = pt_grid_find(name, &grid, error);
    *ret_row = grid;
    return status;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    static const char *const headings[] = {"code",           "name",     ">g CO2e/kWh",
                                           ">price per kWh", "currency", ">year"};
    const struct pt_catalog catalog = {
        .names = "codes",
        .headings = headings,
        .column_count = sizeof headings / sizeof *headings,
        .row_count = pt_grid_count,
        .row = grid_at,
        .find = find,
        .add_row = add_row,
        .print_source = print_source,
        .write_fields = write_fields,
        .hint = "Averages of a year, for business users; \"-\" is not known. powertrain grids CODE "
                "gives the sources.",
    };
    return pt_run_catalog(verb, &catalog, argc, argv);
}

const struct pt_verb pt_verb_grids = {
    .name = "grids",
    .synopsis = "grids [CODE...] [--json]",
    .summary = "carbon intensity and electricity price of countries and regions",
    .example = "powertrain grids DE FR US-CA",
    .run = run,
};
