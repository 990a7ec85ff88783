// What feeds say, cut into equal intervals.
//
// One reply may hold hours and quarters of an hour (the European auction changed on 2025-10-01),
// two auctions for the same hour, or the same hour twice. The step is the greatest common divisor
// of everything; an hour is then four quarters of the same price, which is what it is.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cost/feed_driver.h"

enum { SLOTS_MOST = 1 << 20 };

enum pt_status pt_feed_add(struct pt_feed_points *points, struct pt_feed_point point,
                           struct pt_error *error)
{
    if (isnan(point.value))
        return PT_OK; // a gap
    if (point.end_ns <= point.start_ns || point.end_ns - point.start_ns > 32 * PT_FEED_DAY_NS)
        return pt_fail(error, PT_CORRUPT, "an interval that is no part of a month");
    if (points->count == PT_FEED_POINTS_MOST)
        return pt_fail(error, PT_CORRUPT, "more than %d values", PT_FEED_POINTS_MOST);
    if (points->count == points->capacity) {
        int64_t capacity = points->capacity == 0 ? 128 : points->capacity * 2;
        struct pt_feed_point *rows =
            pt_arena_alloc(points->arena, (size_t)capacity, sizeof *points->rows);
        if (rows == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " values", capacity);
        if (points->count > 0)
            memcpy(rows, points->rows, (size_t)points->count * sizeof *rows);
        points->rows = rows;
        points->capacity = capacity;
    }
    points->rows[points->count++] = point;
    return PT_OK;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// 0 if there are no points.
static int64_t common_step(const struct pt_feed_points *points)
{
    int64_t step = 0;
    for (int64_t i = 0; i < points->count && step != 1; i++) {
        const struct pt_feed_point *point = &points->rows[i];
        step = common_divisor(point->end_ns - point->start_ns, step);
        step = common_divisor(llabs(point->start_ns - points->rows[0].start_ns), step);
    }
    return step;
}

struct slot {
    int64_t start_ns, length_ns; // length of the interval that it was cut from
    double value;
    int rank;
    uint8_t quality;
};

// The better of two for one interval stands first.
static int by_start(const void *left, const void *right)
{
    const struct slot *a = left, *b = right;
    if (a->start_ns != b->start_ns)
        return a->start_ns < b->start_ns ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    if (a->length_ns != b->length_ns)
        return a->length_ns < b->length_ns ? -1 : 1;
    return (a->quality > b->quality) - (a->quality < b->quality);
}

static bool are_rivals(const struct slot *a, const struct slot *b)
{
    return a->start_ns == b->start_ns && a->rank == b->rank && a->length_ns == b->length_ns &&
           a->quality == b->quality && a->value != b->value;
}

static enum pt_status check_value(const struct pt_feed_point *point, const struct pt_feed_ask *ask,
                                  struct pt_error *error)
{
    char at[32];
    double least = ask->driver->least[ask->kind], most = ask->driver->most[ask->kind];
    if (point->value >= least && point->value <= most)
        return PT_OK;
    return pt_feed_corrupt(ask, error,
                           "%g for %s is no %s per kWh, which lies within %g and %g: has the "
                           "feed changed its unit?",
                           point->value, pt_format_moment(point->start_ns, at),
                           pt_feed_kind_names[ask->kind], least, most);
}

static int64_t latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

// How many slots of step a point has that reach into the span; *ret_first is where they begin.
static int64_t slots_within(const struct pt_feed_point *point, const struct pt_feed_ask *ask,
                            int64_t step, int64_t *ret_first)
{
    int64_t before = latest(0, ask->from_ns - point->start_ns);
    int64_t end = point->end_ns < ask->to_ns ? point->end_ns : ask->to_ns;
    *ret_first = point->start_ns + before / step * step;
    return end > *ret_first ? (end - *ret_first + step - 1) / step : 0;
}

static enum pt_status count_slots(const struct pt_feed_points *points,
                                  const struct pt_feed_ask *ask, int64_t step, int64_t *ret_count,
                                  struct pt_error *error)
{
    int64_t first, count = 0;
    enum pt_status status;
    for (int64_t i = 0; i < points->count; i++) {
        if ((status = check_value(&points->rows[i], ask, error)) != PT_OK)
            return status;
        count += slots_within(&points->rows[i], ask, step, &first);
        if (count > SLOTS_MOST)
            return pt_feed_corrupt(ask, error, "more than %d intervals of %g s", SLOTS_MOST,
                                   (double)step / PT_NANOSECONDS_PER_SECOND);
    }
    *ret_count = count;
    return PT_OK;
}

static void fill_slots(const struct pt_feed_points *points, const struct pt_feed_ask *ask,
                       int64_t step, struct slot *slots)
{
    for (int64_t i = 0; i < points->count; i++) {
        const struct pt_feed_point *point = &points->rows[i];
        int64_t start, count = slots_within(point, ask, step, &start);
        for (int64_t k = 0; k < count; k++)
            *slots++ = (struct slot){start + k * step, point->end_ns - point->start_ns,
                                     point->value, point->rank, (uint8_t)point->quality};
    }
}

// The best of each interval; none where two claim to be.
static void choose(const struct slot *slots, int64_t count, struct pt_feed_slots *chosen)
{
    for (int64_t i = 0, end; i < count; i = end) {
        bool rivals = false;
        for (end = i + 1; end < count && slots[end].start_ns == slots[i].start_ns; end++)
            rivals = rivals || are_rivals(&slots[i], &slots[end]);
        chosen->conflict_count += rivals;
        if (rivals)
            continue;
        chosen->starts_ns[chosen->count] = slots[i].start_ns;
        chosen->values[chosen->count] = slots[i].value;
        chosen->qualities[chosen->count++] = slots[i].quality;
    }
}

enum pt_status pt_feed_cut(const struct pt_feed_points *points, const struct pt_feed_ask *ask,
                           struct pt_feed_slots *ret_slots, struct pt_error *error)
{
    int64_t count = 0, step = common_step(points);
    struct pt_feed_slots chosen = {.step_ns = step};

    if (points->count == 0) {
        *ret_slots = chosen;
        return PT_OK;
    }
    if (step < PT_FEED_MINUTE_NS)
        return pt_feed_corrupt(ask, error, "intervals that fit no step of a minute");
    enum pt_status status = count_slots(points, ask, step, &count, error);
    if (status != PT_OK)
        return status;
    size_t size = (size_t)count;
    struct slot *slots = pt_arena_alloc(points->arena, size, sizeof *slots);
    chosen.starts_ns = pt_arena_alloc(points->arena, size, sizeof *chosen.starts_ns);
    chosen.values = pt_arena_alloc(points->arena, size, sizeof *chosen.values);
    chosen.qualities = pt_arena_alloc(points->arena, size, sizeof *chosen.qualities);
    if (slots == NULL || chosen.starts_ns == NULL || chosen.values == NULL ||
        chosen.qualities == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " values",
                       ask->driver->name, count);
    fill_slots(points, ask, step, slots);
    qsort(slots, size, sizeof *slots, by_start);
    choose(slots, count, &chosen);
    *ret_slots = chosen;
    return PT_OK;
}
