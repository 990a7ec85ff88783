// The profile as two tables: by layer, in the order in which they run, and by operator, the
// costliest first.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/report.h"

enum { LAYERS_MAX = 48, CELL = 64 };

// Rows that are shown as one.
struct line {
    const char *name, *kind;
    bool is_phase; // of the run, not a layer
    int rows;
    double seconds, flop, roofline, share;
    struct pt_quantity joules, money;
};

static void add_row(struct line *line, const struct pt_profile_row *row)
{
    if (line->rows++ == 0) {
        line->joules = line->money = pt_quantity_exact(0);
        line->seconds = line->flop = line->roofline = line->share = 0;
    }
    line->seconds += row->seconds;
    line->flop += row->flop;
    line->roofline += row->roofline_seconds;
    line->share += row->share;
    line->joules = pt_quantity_sum(line->joules, row->joules);
    line->money = pt_quantity_sum(line->money, row->money);
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

// Neighbors of one block become a line when there are many layers. A block of one layer keeps its
// name.
static int lines_by_layer(const struct pt_profile *profile, struct line *lines)
{
    bool merge = profile->row_count > LAYERS_MAX;
    const char *block = NULL;
    int count = 0;
    for (int i = 0; i < profile->row_count; i++) {
        const struct pt_profile_row *row = &profile->rows[i];
        if (!merge || !same(row->block, block)) {
            lines[count++] = (struct line){.name = row->name, .kind = row->kind};
        } else {
            lines[count - 1].name = row->block;
            lines[count - 1].kind = NULL;
        }
        add_row(&lines[count - 1], row);
        block = row->block;
    }
    return count;
}

static int costliest_first(const void *left, const void *right)
{
    const struct line *a = left, *b = right;
    if (a->share != b->share)
        return a->share < b->share ? 1 : -1;
    return strcmp(a->kind, b->kind);
}

static int lines_by_operator(const struct pt_profile *profile, struct line *lines)
{
    int count = 0;
    for (int i = 0; i < profile->row_count; i++) {
        const struct pt_profile_row *row = &profile->rows[i];
        const char *kind = row->kind != NULL ? row->kind : row->name;
        int at = 0;
        while (at < count && strcmp(lines[at].kind, kind) != 0)
            at++;
        if (at == count)
            lines[count++] = (struct line){.kind = kind, .is_phase = row->kind == NULL};
        add_row(&lines[at], row);
    }
    qsort(lines, (size_t)count, sizeof *lines, costliest_first);
    return count;
}

static const char *format_rate(double flop, double seconds, char *buffer)
{
    char amount[48];
    if (!(flop > 0) || !(seconds > 0))
        return NULL;
    snprintf(buffer, CELL, "%s/s", pt_format_flop(flop / seconds, amount));
    return buffer;
}

static const char *format_percent(double ratio, char *buffer)
{
    if (!isfinite(ratio))
        return NULL;
    snprintf(buffer, CELL, "%.1f %%", 100 * ratio);
    return buffer;
}

static void print_line(struct pt_table *table, const struct line *line, bool by_layer,
                       const char *currency)
{
    char cells[8][CELL];
    char what[32];
    snprintf(what, sizeof what, line->rows == 1 ? "%d layer" : "%d layers", line->rows);
    const char *kind = line->kind != NULL ? line->kind : line->rows > 1 ? what : NULL;
    bool moves_only = !(line->roofline > 0) || !(line->seconds > 0);
    const char *row[] = {
        by_layer ? line->name : kind,
        by_layer         ? kind
        : line->is_phase ? NULL
                         : what,
        line->seconds > 0 ? pt_format_duration(line->seconds, cells[0]) : NULL,
        format_percent(line->share, cells[1]),
        line->flop > 0 ? pt_format_flop(line->flop, cells[2]) : NULL,
        format_rate(line->flop, line->seconds, cells[3]),
        moves_only ? NULL : format_percent(line->roofline / line->seconds, cells[4]),
        pt_quantity_known(line->joules) ? pt_format_joules(line->joules.value, cells[5]) : NULL,
        pt_quantity_known(line->money) ? pt_format_money(line->money.value, currency, cells[6])
                                       : NULL,
    };
    pt_table_row(table, row);
}

static void print_lines(FILE *stream, struct pt_arena *arena, const struct line *lines, int count,
                        bool by_layer, const char *currency, int width)
{
    const char *headings[] = {by_layer ? "layer" : "operator",
                              by_layer ? "operator" : "layers",
                              ">time",
                              ">share",
                              ">work",
                              ">rate",
                              ">of roofline",
                              ">energy",
                              ">cost"};
    struct pt_table *table = pt_table_create(arena, headings, 9);
    for (int i = 0; i < count; i++)
        print_line(table, &lines[i], by_layer, currency);
    pt_table_print(table, stream, width);
}

enum pt_status pt_report_profile(FILE *stream, const struct pt_profile *profile, int width,
                                 struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    struct line *lines =
        arena == NULL ? NULL : pt_arena_alloc(arena, (size_t)profile->row_count + 1, sizeof *lines);
    if (lines == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "the profile: out of memory");
    }
    int count = lines_by_layer(profile, lines);
    print_lines(stream, arena, lines, count, true, profile->currency, width);
    fputc('\n', stream);
    count = lines_by_operator(profile, lines);
    print_lines(stream, arena, lines, count, false, profile->currency, width);
    pt_arena_destroy(arena);
    return PT_OK;
}
