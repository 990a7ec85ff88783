// Windows of a tariff over time. For the members of this room.
#ifndef PT_COST_TARIFF_WINDOW_H
#define PT_COST_TARIFF_WINDOW_H

#include "cost/tariff.h"

// The mean over a span of what the first window that holds a moment has, or outside where none
// does; at from_ns if the span is empty. Exact where there is only one price in the span.
double pt_window_mean(const struct pt_tariff_clock *clock, const struct pt_tariff_window *windows,
                      int window_count, double outside, int64_t from_ns, int64_t to_ns);
bool pt_window_holds(const struct pt_tariff_clock *clock, const struct pt_tariff_window *window,
                     int64_t realtime_ns);

#endif
