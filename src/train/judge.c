// The end of a run before its end.

#include "train/judge.h"

#include <math.h>

struct pt_judge pt_judge_begin(void)
{
    return (struct pt_judge){.last = NAN, .best = NAN};
}

static bool is_better(enum pt_stop_metric metric, double value, double than)
{
    return metric == PT_STOP_TEST_ACCURACY ? value > than : value < than;
}

bool pt_judge_add(struct pt_judge *judge, enum pt_stop_metric metric, double value, int64_t step)
{
    judge->last = value;
    if (!isnan(value) && (isnan(judge->best) || is_better(metric, value, judge->best))) {
        judge->best = value;
        judge->best_step = step;
        judge->checks_since_best = 0;
        return true;
    }
    judge->checks_since_best++;
    return false;
}

enum pt_stop_reason pt_judge_reason(const struct pt_judge *judge, const struct pt_stop_config *stop)
{
    if (!stop->wanted)
        return PT_STOP_NONE;
    if (!isnan(judge->last) && !isnan(stop->target) &&
        !is_better(stop->metric, stop->target, judge->last))
        return PT_STOP_TARGET;
    return stop->patience > 0 && judge->checks_since_best >= stop->patience ? PT_STOP_PATIENCE
                                                                            : PT_STOP_NONE;
}
