// See record_curve.h. Linear between two lines, which are a second apart.

#include "meter/record_curve.h"

#include <math.h>

static double value_of(const struct pt_record_point *point, enum pt_record_quantity quantity,
                       int index)
{
    switch (quantity) {
    case PT_RECORD_OURS:
        return point->joules;
    case PT_RECORD_MACHINE:
        return point->machine_joules;
    case PT_RECORD_CHANNEL_MACHINE:
        return index < point->channel_count ? point->channel_joules[2 * index] : (double)NAN;
    case PT_RECORD_CHANNEL_OURS:
        return index < point->channel_count ? point->channel_joules[2 * index + 1] : (double)NAN;
    case PT_RECORD_PHASE:
        break;
    }
    return index < point->phase_count ? point->phase_joules[index] : 0;
}

// The first point that is not before time_ns; point_count if all are.
static int64_t find(const struct pt_record_entry *entry, int64_t time_ns)
{
    int64_t low = 0, high = entry->point_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (entry->points[middle].monotonic_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Points at which the value is unknown are passed over.
static double joules_at(const struct pt_record_entry *entry, enum pt_record_quantity quantity,
                        int index, int64_t time_ns)
{
    int64_t right = find(entry, time_ns), left = right - 1;
    while (right < entry->point_count && isnan(value_of(&entry->points[right], quantity, index)))
        right++;
    while (left >= 0 && isnan(value_of(&entry->points[left], quantity, index)))
        left--;
    int64_t from_ns = left >= 0 ? entry->points[left].monotonic_ns : entry->last.start_monotonic_ns;
    double from = left >= 0 ? value_of(&entry->points[left], quantity, index) : 0;
    if (right == entry->point_count)
        return left >= 0 ? from : (double)NAN;
    int64_t to_ns = entry->points[right].monotonic_ns;
    double to = value_of(&entry->points[right], quantity, index);
    if (to_ns <= from_ns || time_ns <= from_ns)
        return time_ns <= from_ns ? from : to;
    return from + (to - from) * ((double)(time_ns - from_ns) / (double)(to_ns - from_ns));
}

double pt_record_joules_between(const struct pt_record_entry *entry,
                                enum pt_record_quantity quantity, int index, int64_t from_ns,
                                int64_t to_ns)
{
    double joules =
        joules_at(entry, quantity, index, to_ns) - joules_at(entry, quantity, index, from_ns);
    return joules < 0 ? 0 : joules;
}
