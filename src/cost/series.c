// Reads a series and answers means over spans from sums of its values.
//
// A sum of many values is kept with a correction (Neumaier), so that the difference of two is as
// exact at the end of a year as at its beginning.

#include "cost/series.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/units.h"

#define FILE_LIMIT ((size_t)64 << 20)

// Averages of more than a month are no series; and so no end of an interval leaves int64_t.
#define STEP_NS_MOST (32 * 24 * 3600 * PT_NANOSECONDS_PER_SECOND)

enum { SPREAD_SPANS = 512, MOMENT_SIZE = 32 };

struct reader {
    const struct pt_csv *csv;
    int64_t column;
    double scale, least, most;
    int64_t *starts_ns;
    double *values;
    struct pt_error *error;
};

static enum pt_status fail_at(const struct reader *reader, int64_t row, const char *what,
                              const char *field)
{
    return pt_fail(reader->error, PT_BAD_INPUT, "%s:%" PRId64 ": \"%.40s\" %s", reader->csv->name,
                   reader->csv->rows[row].line, field, what);
}

static enum pt_status read_row(struct reader *reader, int64_t row, int64_t index)
{
    const char *time = reader->csv->rows[row].fields[0];
    const char *text = reader->csv->rows[row].fields[reader->column];
    double value;

    if (!pt_parse_moment(time, &reader->starts_ns[index]))
        return fail_at(reader, row,
                       "is no time with its zone; write 2024-01-01T00:00:00Z or "
                       "2024-01-01T01:00:00+01:00",
                       time);
    if (index > 0 && reader->starts_ns[index] <= reader->starts_ns[index - 1])
        return fail_at(reader, row,
                       "does not come after the row before; sort the rows by time, and keep one "
                       "of each",
                       time);
    if (!pt_parse_double(text, &value))
        return fail_at(reader, row, "is no number; leave the row out where nothing is known", text);
    value *= reader->scale;
    if (!(value >= reader->least && value <= reader->most))
        return fail_at(reader, row, "is beyond every price or intensity; check the unit", text);
    reader->values[index] = value;
    return PT_OK;
}

static int64_t smallest_step(const int64_t *starts_ns, int64_t count)
{
    int64_t step = starts_ns[1] - starts_ns[0];
    for (int64_t i = 2; i < count; i++)
        if (starts_ns[i] - starts_ns[i - 1] < step)
            step = starts_ns[i] - starts_ns[i - 1];
    return step;
}

static enum pt_status check_steps(const struct reader *reader, int64_t count, int64_t step_ns)
{
    if (step_ns > STEP_NS_MOST)
        return fail_at(reader, 2, "comes more than a month after the row before: no series",
                       reader->csv->rows[2].fields[0]);
    for (int64_t i = 1; i < count; i++)
        if ((reader->starts_ns[i] - reader->starts_ns[i - 1]) % step_ns != 0)
            return fail_at(reader, i + 1,
                           "is no whole number of steps after the row before; all intervals must "
                           "be equally long",
                           reader->csv->rows[i + 1].fields[0]);
    return PT_OK;
}

static double add_up(const double *values, int64_t count, double *sums)
{
    double sum = 0, correction = 0;
    sums[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        double next = sum + values[i];
        correction +=
            fabs(sum) >= fabs(values[i]) ? (sum - next) + values[i] : (values[i] - next) + sum;
        sum = next;
        sums[i + 1] = sum + correction;
    }
    return sums[count] / (double)count;
}

enum pt_status pt_series_from_values(struct pt_arena *arena, const char *name, int64_t step_ns,
                                     const int64_t *starts_ns, const double *values, int64_t count,
                                     const struct pt_series **ret_series, struct pt_error *error)
{
    struct pt_series *series = pt_arena_alloc(arena, 1, sizeof *series);
    double *sums = pt_arena_alloc(arena, (size_t)count + 1, sizeof *sums);
    assert(count > 0 && step_ns > 0);
    if (series == NULL || sums == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " values", name, count);
    *series = (struct pt_series){.name = name,
                                 .count = count,
                                 .step_ns = step_ns,
                                 .starts_ns = starts_ns,
                                 .values = values,
                                 .sums = sums,
                                 .mean = add_up(values, count, sums)};
    *ret_series = series;
    return PT_OK;
}

static enum pt_status find_column(const struct pt_csv *csv, const char *column, int64_t *ret_index,
                                  struct pt_error *error)
{
    if (csv->row_count < 3)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: a series needs a header and at least two rows, one for each interval",
                       csv->name);
    if (column == NULL && csv->rows[0].count != 2)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %" PRId64 " columns; a series is two, the time and the value",
                       csv->name, csv->rows[0].count);
    *ret_index = column == NULL ? 1 : pt_csv_column(csv, column);
    if (*ret_index < 1)
        return pt_fail(error, PT_BAD_INPUT, "%s: no column \"%s\" behind the time", csv->name,
                       column);
    return PT_OK;
}

static enum pt_status read_csv(struct pt_arena *arena, struct reader *reader,
                               const struct pt_series **ret_series)
{
    int64_t count = reader->csv->row_count - 1;
    enum pt_status status = PT_OK;

    reader->starts_ns = pt_arena_alloc(arena, (size_t)count, sizeof *reader->starts_ns);
    reader->values = pt_arena_alloc(arena, (size_t)count, sizeof *reader->values);
    if (reader->starts_ns == NULL || reader->values == NULL)
        return pt_fail(reader->error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " values",
                       reader->csv->name, count);
    for (int64_t i = 0; i < count && status == PT_OK; i++)
        status = read_row(reader, i + 1, i);
    if (status != PT_OK)
        return status;
    int64_t step_ns = smallest_step(reader->starts_ns, count);
    if ((status = check_steps(reader, count, step_ns)) != PT_OK)
        return status;
    return pt_series_from_values(arena, reader->csv->name, step_ns, reader->starts_ns,
                                 reader->values, count, ret_series, reader->error);
}

enum pt_status pt_series_parse(struct pt_arena *arena, const char *text, size_t length,
                               const char *name, const char *column, double scale, double least,
                               double most, const struct pt_series **ret_series,
                               struct pt_error *error)
{
    struct pt_csv csv;
    struct reader reader = {
        .csv = &csv, .scale = scale, .least = least, .most = most, .error = error};

    enum pt_status status = pt_csv_parse(arena, text, length, name, ',', &csv, error);
    if (status != PT_OK || (status = find_column(&csv, column, &reader.column, error)) != PT_OK)
        return status;
    return read_csv(arena, &reader, ret_series);
}

enum pt_status pt_series_read(struct pt_arena *arena, const char *path, const char *column,
                              double scale, double least, double most,
                              const struct pt_series **ret_series, struct pt_error *error)
{
    char *text, *name = pt_arena_strdup(arena, path);
    size_t length;

    if (name == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the series %s", path);
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status != PT_OK)
        return status;
    return pt_series_parse(arena, text, length, name, column, scale, least, most, ret_series,
                           error);
}

// The last interval that begins at or before the moment; -1 if none does.
static int64_t interval_of(const struct pt_series *series, int64_t ns)
{
    int64_t low = -1, high = series->count;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (series->starts_ns[middle] <= ns)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static enum pt_status missing(const struct pt_series *series, int64_t ns, struct pt_error *error)
{
    char at[MOMENT_SIZE], first[MOMENT_SIZE], end[MOMENT_SIZE];
    return pt_fail(error, PT_NOT_FOUND,
                   "%s: no value for %s; its %" PRId64 " intervals lie within %s to %s",
                   series->name, pt_format_moment(ns, at), series->count,
                   pt_format_moment(series->starts_ns[0], first),
                   pt_format_moment(series->starts_ns[series->count - 1] + series->step_ns, end));
}

// The first moment from on that the series does not hold, if it comes before to.
static bool first_hole(const struct pt_series *series, int64_t from_ns, int64_t to_ns,
                       int64_t *ret_ns)
{
    int64_t index = interval_of(series, from_ns);
    *ret_ns = from_ns;
    if (index < 0)
        return true;
    for (; index < series->count && series->starts_ns[index] <= *ret_ns; index++)
        if (series->starts_ns[index] + series->step_ns > *ret_ns)
            *ret_ns = series->starts_ns[index] + series->step_ns;
    return *ret_ns < to_ns || *ret_ns == from_ns;
}

// Whether there is no gap between two intervals, by their distance alone.
static bool is_whole(const struct pt_series *series, int64_t first, int64_t last)
{
    return series->starts_ns[last] - series->starts_ns[first] == (last - first) * series->step_ns;
}

enum pt_status pt_series_mean(const struct pt_series *series, int64_t from_ns, int64_t to_ns,
                              double *ret_mean, struct pt_error *error)
{
    int64_t first = interval_of(series, from_ns), hole;
    int64_t last = to_ns > from_ns ? interval_of(series, to_ns - 1) : first;
    int64_t end_ns = to_ns > from_ns ? to_ns : from_ns + (from_ns < INT64_MAX);

    if (first < 0 || from_ns - series->starts_ns[first] >= series->step_ns ||
        end_ns - series->starts_ns[last] > series->step_ns || !is_whole(series, first, last)) {
        if (!first_hole(series, from_ns, end_ns, &hole))
            hole = from_ns;
        return missing(series, hole, error);
    }
    if (first == last) {
        *ret_mean = series->values[first];
        return PT_OK;
    }
    double step = (double)series->step_ns;
    double head = (double)(series->starts_ns[first] + series->step_ns - from_ns) / step;
    double tail = (double)(to_ns - series->starts_ns[last]) / step;
    double sum = head * series->values[first] + tail * series->values[last] +
                 (series->sums[last] - series->sums[first + 1]);
    *ret_mean = sum / (head + tail + (double)(last - first - 1));
    return PT_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void pt_series_spread(const struct pt_series *series, int64_t length_ns, double *ret_low,
                      double *ret_high)
{
    double means[SPREAD_SPANS];
    int count = 0;
    int64_t length = length_ns / series->step_ns, last_start;

    if (length < 1)
        length = 1;
    last_start = series->count - length;
    for (int i = 0; i < SPREAD_SPANS && last_start >= 0; i++) {
        int64_t first = (int64_t)((double)last_start * i / (SPREAD_SPANS - 1));
        if (is_whole(series, first, first + length - 1))
            means[count++] = (series->sums[first + length] - series->sums[first]) / (double)length;
    }
    if (count == 0)
        means[count++] = series->mean;
    qsort(means, (size_t)count, sizeof *means, by_value);
    *ret_low = means[(count - 1) * 5 / 100];
    *ret_high = means[(count - 1) * 95 / 100];
}
