// The training curve: a fixed number of points that always span the whole run.
#ifndef PT_TRAIN_CURVE_H
#define PT_TRAIN_CURVE_H

#include "base/status.h"
#include "train/progress.h"

enum { PT_CURVE_POINTS = 2000 };

struct pt_curve;

// Room for evaluation_count evaluations beside the points.
struct pt_curve *pt_curve_create(int64_t evaluation_count); // NULL: out of memory
void pt_curve_destroy(struct pt_curve *curve);
// Adds the loss of one step. When the curve is full, neighbors are merged, and from then on each
// point stands for twice as many steps.
void pt_curve_add_step(struct pt_curve *curve, double seconds, int64_t step, int64_t epoch,
                       double loss);
void pt_curve_add_evaluation(struct pt_curve *curve, struct pt_progress_point point);
// Steps and evaluations in the order of time. Allocates nothing; valid until the next call.
const struct pt_progress_point *pt_curve_points(struct pt_curve *curve, int64_t *ret_count);

#endif
