// A quantity that changes with time, as a file gives it: the price of every hour, the carbon
// intensity of every quarter of an hour.
//
// CSV with a header. The first column is the start of an interval in ISO 8601 with its zone
// ("2024-01-01T00:00:00Z", "2024-01-01 01:00+01:00"); the value holds over the whole interval. All
// intervals are equally long, which is the smallest distance between two rows; where rows are
// missing is a gap, in which nothing is known.
#ifndef PT_COST_SERIES_H
#define PT_COST_SERIES_H

#include "base/arena.h"

struct pt_series {
    const char *name; // of the file
    int64_t count;
    int64_t step_ns;
    const int64_t *starts_ns; // Unix time, rising
    const double *values;
    const double *sums; // of the values before each, count + 1
    double mean;        // of all values
};

// column: the name of the values' column; NULL: the file has two columns, and they are the second.
// Values are multiplied by scale and must then lie within least and most. PT_BAD_INPUT with
// file:line for a time or number that is none, times that do not rise or are no whole steps apart.
enum pt_status pt_series_read(struct pt_arena *arena, const char *path, const char *column,
                              double scale, double least, double most,
                              const struct pt_series **ret_series, struct pt_error *error);
enum pt_status pt_series_parse(struct pt_arena *arena, const char *text, size_t length,
                               const char *name, const char *column, double scale, double least,
                               double most, const struct pt_series **ret_series,
                               struct pt_error *error);

// Of values that are in memory already: count > 0, starts rise by whole steps. name, starts_ns and
// values are not copied.
enum pt_status pt_series_from_values(struct pt_arena *arena, const char *name, int64_t step_ns,
                                     const int64_t *starts_ns, const double *values, int64_t count,
                                     const struct pt_series **ret_series, struct pt_error *error);

// The mean over a span, weighted to the nanosecond; of an empty span, the value then. PT_NOT_FOUND
// names the first moment of the span for which there is no value.
enum pt_status pt_series_mean(const struct pt_series *series, int64_t from_ns, int64_t to_ns,
                              double *ret_mean, struct pt_error *error);
// The means of spans of that length within the series: 5 and 95 % of them lie below *ret_low and
// *ret_high. Of the whole series if none fits. For a plan whose time the series does not hold.
void pt_series_spread(const struct pt_series *series, int64_t length_ns, double *ret_low,
                      double *ret_high);

// "2024-01-01T00:00:00Z", also with a blank instead of T, without seconds, with fractions of them,
// with +01:00 instead of Z. False if it is none, or names no moment (February 30) or no zone.
bool pt_parse_moment(const char *text, int64_t *ret_ns);
// The other way round, in UTC, to the second: "2024-01-01T00:00:00Z". A buffer of at least 32
// bytes; returns it.
const char *pt_format_moment(int64_t ns, char *buffer);

#endif
