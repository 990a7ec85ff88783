// Seconds of a piece of work on a machine: the roofline.
// t = max(FLOP / peak, bytes / bandwidth) + overhead. Williams, Waterman, Patterson 2009, CACM
// 52(4).
#ifndef PT_HARDWARE_ROOFLINE_H
#define PT_HARDWARE_ROOFLINE_H

#include "demand/demand.h"
#include "hardware/machine.h"

// Matrix products run at the speed of the matrix units, everything else at the speed of memory;
// working sets up to speed->cache_bytes stream at the cache's speed. NAN if a speed that is needed
// is unknown, for example bf16 where the CPU has none.
double pt_roofline_seconds(const struct pt_work *work, const struct pt_calibration_point *speed,
                           enum pt_precision precision, double overhead_seconds);

// The same for one pass of one operator of the graph, with the part of the last tile that its
// product leaves empty; working_set_bytes is what the whole step touches.
double pt_roofline_operator(const struct pt_graph *graph, int op, enum pt_pass pass,
                            const struct pt_work *work, const struct pt_calibration_point *speed,
                            enum pt_precision precision, double working_set_bytes);

struct pt_step_time {
    struct pt_quantity forward, backward, optimizer; // seconds of one full batch
    struct pt_quantity step;
};

// Sums the operators of the graph. If the whole step fits into the cache, all of it streams at the
// cache's speed, else at the memory's. Each product is charged for the part of its last tile that
// it leaves empty (roofline.c). The interval is relative_error wide on both sides (0.25 for a
// calibrated machine, more for a guess); provenance as given. Missing if a speed is unknown.
struct pt_step_time pt_roofline_step(const struct pt_graph *graph, const struct pt_demand *demand,
                                     const struct pt_calibration_point *speed,
                                     enum pt_precision precision, double overhead_seconds,
                                     double relative_error, enum pt_provenance provenance);

#endif
