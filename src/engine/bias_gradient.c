// The gradient of a bias.

#include "engine/bias_gradient.h"

#include "engine/elementwise.h"
#include "engine/split.h"

enum { LEAST_ROWS = 256, COLUMN_STEP = 64 };

struct work {
    const float *dy;
    int64_t rows, columns;
    struct pt_parts parts;
    float *part_sums, *bias;
    bool add;
};

size_t pt_bias_gradient_scratch(int64_t rows, int64_t columns)
{
    return (size_t)pt_parts_most(rows, LEAST_ROWS) * (size_t)columns * sizeof(float);
}

// The sums of a part of the rows.
static void sum_parts(void *context, struct pt_range range)
{
    const struct work *work = context;
    int64_t columns = work->columns;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(work->parts, part, work->rows);
        pt_elementwise()->column_sums(work->part_sums + part * columns,
                                      work->dy + rows.begin * columns, rows.end - rows.begin,
                                      columns, columns, false);
    }
}

// The sums of a part of the columns: of all rows, or of the parts.
static void sum_columns(void *context, struct pt_range range)
{
    const struct work *work = context;
    bool in_parts = work->parts.count > 1;
    const float *terms = in_parts ? work->part_sums : work->dy;
    pt_elementwise()->column_sums(work->bias + range.begin, terms + range.begin,
                                  in_parts ? work->parts.count : work->rows,
                                  range.end - range.begin, work->columns, work->add);
}

// Few rows: the threads share the columns. Many: they share the rows first, in a fixed grid.
int64_t pt_bias_gradient(const float *dy, int64_t rows, int64_t columns, float *bias, bool add,
                         int threads, void *scratch)
{
    struct work work = {.dy = dy,
                        .rows = rows,
                        .columns = columns,
                        .parts = pt_split_parts(rows, LEAST_ROWS),
                        .part_sums = scratch,
                        .bias = bias,
                        .add = add};
    int64_t terms = rows;
    if (work.parts.count > 1) {
        pt_run_ranges(work.parts.count, 1, rows * columns, threads, sum_parts, &work);
        terms = work.parts.count;
    }
    pt_run_ranges(columns, COLUMN_STEP, terms * columns, threads, sum_columns, &work);
    return rows * columns + (add ? columns : 0);
}
