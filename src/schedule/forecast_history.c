// Sums before each hour, so that a mean of any span is a difference; and analog days.

#include "schedule/forecast_history.h"

#include <math.h>
#include <stdlib.h>

static bool grow(void *pointer, int64_t capacity, size_t size)
{
    void **memory = pointer;
    void *grown = realloc(*memory, (size_t)capacity * size);
    if (grown != NULL)
        *memory = grown;
    return grown != NULL;
}

static enum pt_status reserve(struct pt_hours *hours, int64_t count, struct pt_error *error)
{
    if (count > INT32_MAX)
        return pt_fail(error, PT_OVERFLOW, "%lld hours are too many for a forecast",
                       (long long)count);
    if (count <= hours->capacity)
        return PT_OK;
    int64_t capacity = count + count / 2 + 64;
    if (!grow(&hours->values, capacity, sizeof(double)) ||
        !grow(&hours->sums, capacity + 1, sizeof(double)) ||
        !grow(&hours->squares, capacity + 1, sizeof(double)) ||
        !grow(&hours->known, capacity + 1, sizeof(int64_t)))
        return pt_fail(error, PT_NO_MEMORY, "a forecast of %lld hours: out of memory",
                       (long long)count);
    if (hours->count == 0) {
        hours->sums[0] = hours->squares[0] = 0;
        hours->known[0] = 0;
    }
    hours->capacity = capacity;
    return PT_OK;
}

enum pt_status pt_hours_append(struct pt_hours *hours, const double *values, int64_t count,
                               struct pt_error *error)
{
    for (int64_t i = 0; i < count; i++)
        if (isinf(values[i]))
            return pt_fail(error, PT_BAD_INPUT,
                           "hour %lld of the series is infinite; leave unknown hours out",
                           (long long)(hours->count + i));
    enum pt_status status = reserve(hours, hours->count + count, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = 0; i < count; i++) {
        int64_t at = hours->count++;
        double value = isnan(values[i]) ? 0 : values[i];
        hours->values[at] = values[i];
        hours->sums[at + 1] = hours->sums[at] + value;
        hours->squares[at + 1] = hours->squares[at] + value * value;
        hours->known[at + 1] = hours->known[at] + !isnan(values[i]);
    }
    return PT_OK;
}

void pt_hours_free(struct pt_hours *hours)
{
    free(hours->values);
    free(hours->sums);
    free(hours->squares);
    free(hours->known);
    *hours = (struct pt_hours){0};
}

double pt_hours_mean(const struct pt_hours *hours, int64_t from, int64_t to)
{
    from = from < 0 ? 0 : from;
    if (to <= from || hours->known[to] == hours->known[from])
        return NAN;
    return (hours->sums[to] - hours->sums[from]) / (double)(hours->known[to] - hours->known[from]);
}

double pt_hours_variance(const struct pt_hours *hours, int64_t from, int64_t to)
{
    from = from < 0 ? 0 : from;
    double mean = pt_hours_mean(hours, from, to);
    if (isnan(mean))
        return NAN;
    double square = (hours->squares[to] - hours->squares[from]) /
                    (double)(hours->known[to] - hours->known[from]);
    return fmax(0, square - mean * mean);
}

double pt_hours_lagged(const struct pt_hours *hours, int64_t hour, int lag, int times)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < times && hour >= 0; i++, hour -= lag) {
        if (!isnan(hours->values[hour])) {
            sum += hours->values[hour];
            count++;
        }
    }
    return count > 0 ? sum / count : NAN;
}

// ---------------------------------------------------------------------------------------- analogs
// How many days are averaged, how many hours of them are compared, how much of a difference of
// level is not held against a day but carried over, and how fast that is forgotten.
enum { ANALOGS = 10, COMPARED = 48, ANALOGS_LEAST = 3, CANDIDATES_MAX = 800 };
static const double level_share = 0.5, level_hours = 72;

struct analog {
    double distance; // mean square
    double shift;    // of level, towards the last days
    int64_t end;
};

static bool compare_days(const struct pt_hours *hours, int64_t end, struct analog *analog)
{
    int64_t now = hours->count;
    double sum = 0;
    int count = 0;
    analog->end = end;
    analog->shift = level_share * (pt_hours_mean(hours, now - COMPARED, now) -
                                   pt_hours_mean(hours, end - COMPARED, end));
    for (int i = 1; i <= COMPARED; i++) {
        double difference = hours->values[now - i] - hours->values[end - i] - analog->shift;
        if (isnan(difference))
            continue;
        sum += difference * difference;
        count++;
    }
    analog->distance = count > 0 ? sum / count : NAN;
    return count >= COMPARED / 2;
}

static int by_distance(const void *left, const void *right)
{
    const struct analog *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return (a->end < b->end) - (a->end > b->end); // of equal days the later
}

void pt_hours_analogs(const struct pt_hours *hours, double *expected, int horizon)
{
    struct analog days[CANDIDATES_MAX];
    int day_count = 0;
    for (int64_t end = hours->count - PT_DAY_HOURS; end >= COMPARED && day_count < CANDIDATES_MAX;
         end -= PT_DAY_HOURS)
        day_count += compare_days(hours, end, &days[day_count]);
    qsort(days, (size_t)day_count, sizeof *days, by_distance);

    for (int i = 0; i < horizon; i++) {
        double weights = 0, sum = 0, fade = exp(-i / level_hours);
        int used = 0;
        for (int k = 0; k < day_count && used < ANALOGS; k++) {
            int64_t hour = days[k].end + i;
            if (hour >= hours->count || isnan(hours->values[hour]))
                continue;
            double weight = 1 / (days[k].distance + 1e-9 * (1 + fabs(days[k].shift)));
            weights += weight;
            sum += weight * (hours->values[hour] + fade * days[k].shift);
            used++;
        }
        expected[i] = used >= ANALOGS_LEAST ? sum / weights : NAN;
    }
}
