// The training curve.

#include "train/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pt_curve {
    struct pt_progress_point points[PT_CURVE_POINTS]; // the last one may be open
    int64_t count;
    int64_t steps_per_point, open_steps; // of the open point: how many steps it holds
    struct pt_progress_point *evaluations, *merged;
    int64_t evaluation_count, evaluation_capacity;
};

struct pt_curve *pt_curve_create(int64_t evaluation_count)
{
    struct pt_curve *curve = calloc(1, sizeof *curve);
    size_t capacity = (size_t)evaluation_count + 1;
    if (curve == NULL)
        return NULL;
    curve->steps_per_point = 1;
    curve->evaluation_capacity = (int64_t)capacity;
    curve->evaluations = calloc(capacity, sizeof *curve->evaluations);
    curve->merged = calloc(capacity + PT_CURVE_POINTS, sizeof *curve->merged);
    if (curve->evaluations == NULL || curve->merged == NULL) {
        pt_curve_destroy(curve);
        return NULL;
    }
    return curve;
}

void pt_curve_destroy(struct pt_curve *curve)
{
    if (curve == NULL)
        return;
    free(curve->evaluations);
    free(curve->merged);
    free(curve);
}

static void halve(struct pt_curve *curve)
{
    for (int64_t i = 0; i < PT_CURVE_POINTS / 2; i++) {
        struct pt_progress_point *left = &curve->points[2 * i], *right = left + 1;
        right->loss = (left->loss + right->loss) / 2; // both stand for as many steps
        curve->points[i] = *right;
    }
    curve->count = PT_CURVE_POINTS / 2;
    curve->steps_per_point *= 2;
}

void pt_curve_add_step(struct pt_curve *curve, double seconds, int64_t step, int64_t epoch,
                       double loss)
{
    if (curve->open_steps == 0) {
        if (curve->count == PT_CURVE_POINTS)
            halve(curve);
        curve->points[curve->count++] = (struct pt_progress_point){.accuracy = NAN};
    }
    struct pt_progress_point *point = &curve->points[curve->count - 1];
    point->seconds = seconds;
    point->step = step;
    point->epoch = epoch;
    curve->open_steps++;
    point->loss += (loss - point->loss) / (double)curve->open_steps; // running mean
    if (curve->open_steps == curve->steps_per_point)
        curve->open_steps = 0;
}

void pt_curve_add_evaluation(struct pt_curve *curve, struct pt_progress_point point)
{
    if (curve->evaluation_count < curve->evaluation_capacity)
        curve->evaluations[curve->evaluation_count++] = point;
}

const struct pt_progress_point *pt_curve_points(struct pt_curve *curve, int64_t *ret_count)
{
    int64_t step = 0, evaluation = 0, count = 0;
    while (step < curve->count || evaluation < curve->evaluation_count) {
        bool take_step = evaluation == curve->evaluation_count ||
                         (step < curve->count &&
                          curve->points[step].seconds <= curve->evaluations[evaluation].seconds);
        curve->merged[count++] =
            take_step ? curve->points[step++] : curve->evaluations[evaluation++];
    }
    *ret_count = count;
    return curve->merged;
}
