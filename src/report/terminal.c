// The bill on a terminal.

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/column.h"
#include "report/comparison.h"
#include "report/report.h"

enum { LABEL, TIME, ENERGY, INTERVAL, MONEY, CARBON, ORIGIN, COLUMN_COUNT };
enum { CELL_SIZE = 72 };

// The cells of one line, and which columns are shown.
struct line {
    char cells[COLUMN_COUNT][CELL_SIZE];
};

struct layout {
    int width;
    bool shown[COLUMN_COUNT];
    struct line heading, total;
    struct line rows[PT_BILL_ROWS_MAX];
    int row_count;
};

static void head(struct layout *layout, int column, const char *name, const char *unit)
{
    snprintf(layout->heading.cells[column], CELL_SIZE, unit[0] == '\0' ? ">%s" : ">%s (%s)", name,
             unit);
}

static void put(struct line *line, int column, const char *text)
{
    snprintf(line->cells[column], CELL_SIZE, "%s", text);
}

static void fill_headings(struct layout *layout, const struct pt_bill_columns *columns)
{
    head(layout, TIME, "time", columns->time.unit);
    head(layout, ENERGY, "energy", columns->energy.unit);
    put(&layout->heading, INTERVAL, ">90 % interval");
    head(layout, MONEY, "money", columns->money.unit);
    head(layout, CARBON, "CO2e", columns->carbon.unit);
    put(&layout->heading, ORIGIN, "from");
}

static void fill_row(struct line *line, const struct pt_bill_row *row,
                     const struct pt_column *energy)
{
    char interval[CELL_SIZE];
    struct pt_quantity joules = pt_bill_joules(row);
    put(line, LABEL, row->label);
    put(line, INTERVAL, pt_column_interval(energy, joules, interval));
    put(line, ORIGIN, pt_quantity_known(joules) ? pt_provenance_text(joules.provenance) : "-");
}

static void fill_layout(struct layout *layout, const struct pt_bill *bill,
                        const struct pt_bill_columns *columns)
{
    const struct pt_column *all[] = {&columns->time, &columns->energy, &columns->money,
                                     &columns->carbon};
    static const int places[] = {TIME, ENERGY, MONEY, CARBON};

    fill_headings(layout, columns);
    layout->row_count = bill->row_count;
    for (int i = 0; i < bill->row_count; i++)
        fill_row(&layout->rows[i], &bill->rows[i], &columns->energy);
    fill_row(&layout->total, &bill->total, &columns->energy);
    if (layout->total.cells[LABEL][0] == '\0')
        put(&layout->total, LABEL, "total");
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < bill->row_count; i++)
            put(&layout->rows[i], places[k], all[k]->rows[i]);
        put(&layout->total, places[k], all[k]->total);
    }
}

static int column_width(const struct layout *layout, int column)
{
    size_t widest = strlen(layout->heading.cells[column]);
    for (int i = 0; i < layout->row_count; i++)
        if (strlen(layout->rows[i].cells[column]) > widest)
            widest = strlen(layout->rows[i].cells[column]);
    if (strlen(layout->total.cells[column]) > widest)
        widest = strlen(layout->total.cells[column]);
    return (int)widest + 2; // the gap
}

// Leaves out what the lines below the table say as well, the least important first.
static void fit(struct layout *layout)
{
    static const int droppable[] = {ORIGIN, INTERVAL, CARBON};
    int width = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        layout->shown[i] = true;
        width += column_width(layout, i);
    }
    for (int i = 0; i < 3 && layout->width > 0 && width > layout->width; i++) {
        layout->shown[droppable[i]] = false;
        width -= column_width(layout, droppable[i]);
    }
}

static int shown_cells(const struct layout *layout, const struct line *line, const char **cells)
{
    int count = 0;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (layout->shown[i])
            cells[count++] = line->cells[i];
    return count;
}

static void print_rows(struct pt_arena *arena, FILE *stream, const struct layout *layout)
{
    const char *cells[COLUMN_COUNT];
    int count = shown_cells(layout, &layout->heading, cells);
    struct pt_table *table = pt_table_create(arena, cells, count);
    if (table == NULL)
        return;
    for (int i = 0; i < layout->row_count; i++) {
        shown_cells(layout, &layout->rows[i], cells);
        pt_table_row(table, cells);
    }
    pt_table_rule(table);
    shown_cells(layout, &layout->total, cells);
    pt_table_row(table, cells);
    pt_table_print(table, stream, layout->width);
}

static void print_bill(struct pt_arena *arena, FILE *stream, const struct pt_bill *bill, int width)
{
    struct pt_bill_columns columns;
    struct layout *layout = pt_arena_alloc(arena, 1, sizeof *layout);
    if (layout == NULL)
        return;
    layout->width = width;
    pt_bill_columns_fill(bill, &columns);
    fill_layout(layout, bill, &columns);
    fit(layout);
    print_rows(arena, stream, layout);
}

// Without provenance, which the lines below tell, a comparison fits into 80 columns.
static struct pt_table *comparison_table(struct pt_arena *arena, const struct pt_comparison *lines,
                                         bool with_provenance)
{
    static const char *const headings[] = {"",        "predicted",  "90 % interval", "from",
                                           "metered", ">deviation", "metered is"};
    const char *cells[7];
    for (int i = 0, used = 0; i < 7; i++)
        if (i != 3 || with_provenance)
            cells[used++] = headings[i];
    struct pt_table *table = pt_table_create(arena, cells, with_provenance ? 7 : 6);
    for (int i = 0; i < PT_COMPARISON_LINES; i++) {
        const struct pt_comparison *line = &lines[i];
        char deviation[32];
        int used = 0;
        cells[used++] = line->label;
        cells[used++] = line->predicted_text.value;
        cells[used++] = line->predicted_text.interval[0] ? line->predicted_text.interval : "-";
        if (with_provenance)
            cells[used++] = pt_quantity_known(line->predicted)
                                ? pt_provenance_text(line->predicted.provenance)
                                : "-";
        cells[used++] = line->metered_text.value;
        cells[used++] = pt_format_deviation(line->deviation, deviation);
        cells[used++] = pt_hit_text(line->hit);
        pt_table_row(table, cells);
    }
    return table;
}

static void print_comparison(struct pt_arena *arena, FILE *stream, const struct pt_bill *prediction,
                             const struct pt_bill *bill, int width)
{
    enum { WIDE = 96 };
    struct pt_comparison lines[PT_COMPARISON_LINES];
    pt_comparison_fill(prediction, bill, lines);
    fputc('\n', stream);
    pt_table_print(comparison_table(arena, lines, width <= 0 || width >= WIDE), stream, width);
}

// "label  text", wrapped at blanks with the text's column as margin.
static void print_wrapped(FILE *stream, const char *label, const char *text, int width)
{
    enum { MARGIN = 8, LEAST = 20 };
    size_t room = width <= 0 ? SIZE_MAX : (size_t)(width < MARGIN + LEAST ? LEAST : width - MARGIN);

    fprintf(stream, "%-*s", MARGIN, label);
    while (strlen(text) > room) {
        size_t length = room;
        while (length > 0 && text[length] != ' ')
            length--;
        if (length == 0) // one word is longer than the line
            length = strcspn(text, " ");
        fprintf(stream, "%.*s\n", (int)length, text);
        text += length + strspn(text + length, " ");
        if (text[0] == '\0')
            return;
        fprintf(stream, "%*s", MARGIN, "");
    }
    fprintf(stream, "%s\n", text);
}

// "energy  0.1367 Wh (0.102-0.183, modelled): SOURCE"
static void print_source(FILE *stream, const char *label, const char *total, bool known,
                         const char *what, const char *source, const char *remedy, int width)
{
    char text[512];
    if (source[0] == '\0')
        source = known ? "source not stated" : remedy;
    snprintf(text, sizeof text, "%s; %s%s", total, known ? what : "", source);
    print_wrapped(stream, label, text, width);
}

static void print_sources(FILE *stream, const struct pt_bill *bill, int width)
{
    struct pt_quantity joules = pt_bill_joules(&bill->total), money = pt_bill_money(&bill->total),
                       grams = pt_bill_grams(&bill->total);
    char text[PT_REPORT_QUANTITY_SIZE];
    fputc('\n', stream);
    print_source(stream, "energy", pt_report_quantity(joules, pt_format_joules, text),
                 pt_quantity_known(joules), "", bill->energy_source,
                 "no sensor and no model told it: see powertrain doctor", width);
    print_source(stream, "money", pt_report_money(money, bill->currency, text),
                 pt_quantity_known(money), "price: ", bill->price_source,
                 "no price was given: name a region or a tariff", width);
    print_source(stream, "CO2e", pt_report_quantity(grams, pt_format_grams, text),
                 pt_quantity_known(grams), "carbon: ", bill->carbon_source,
                 "no carbon intensity was given: name a region or a tariff", width);
}

void pt_report_bill(FILE *stream, const struct pt_bill *bill, const struct pt_bill *prediction,
                    int width)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL) {
        fputs("out of memory: the bill cannot be printed\n", stream);
        return;
    }
    print_bill(arena, stream, bill, width);
    if (prediction != NULL)
        print_comparison(arena, stream, prediction, bill, width);
    print_sources(stream, bill, width);
    pt_arena_destroy(arena);
}
