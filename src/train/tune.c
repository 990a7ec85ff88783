// The race for the fewest joules to a target.

#include "train/tune.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

double pt_tune_learning_rate(enum pt_optimizer_kind kind, double rate, int64_t own_batch,
                             int64_t batch)
{
    double ratio = (double)batch / (double)own_batch;
    bool plain = kind == PT_SGD || kind == PT_GRADIENT_DESCENT;
    return rate * (plain ? ratio : sqrt(ratio));
}

int pt_tune_best(const struct pt_tune_arm *arms, int count)
{
    int best = PT_TUNE_NONE;
    for (int i = 0; i < count; i++)
        if (arms[i].reached && (best == PT_TUNE_NONE || arms[i].joules < arms[best].joules))
            best = i;
    return best;
}

static bool is_running(const struct pt_tune_arm *arm)
{
    return !arm->reached && !arm->given_up;
}

int pt_tune_running(const struct pt_tune_arm *arms, int count)
{
    int running = 0;
    for (int i = 0; i < count; i++)
        running += is_running(&arms[i]);
    return running;
}

static bool is_better(double a, double b, enum pt_stop_metric metric)
{
    if (isnan(a) || isnan(b))
        return !isnan(a) && isnan(b);
    return metric == PT_STOP_TEST_ACCURACY ? a > b : a < b;
}

static int better_than(const struct pt_tune_arm *arms, int count, int index,
                       enum pt_stop_metric metric)
{
    int better = 0;
    for (int i = 0; i < count; i++)
        if (i != index && is_running(&arms[i]) &&
            (is_better(arms[i].value, arms[index].value, metric) ||
             (i < index && !is_better(arms[index].value, arms[i].value, metric))))
            better++;
    return better;
}

static void drop_worse_half(struct pt_tune_arm *arms, int count, enum pt_stop_metric metric)
{
    int keep = (pt_tune_running(arms, count) + 1) / 2;
    bool drop[PT_TUNE_ARMS_MAX] = {false};
    for (int i = 0; i < count; i++)
        drop[i] = is_running(&arms[i]) && better_than(arms, count, i, metric) >= keep;
    for (int i = 0; i < count; i++)
        if (drop[i]) {
            arms[i].given_up = true;
            snprintf(arms[i].reason, sizeof arms[i].reason, "behind after %.3g J: %s %.4g",
                     arms[i].joules, pt_stop_metric_text(metric), arms[i].value);
        }
}

void pt_tune_end_round(struct pt_tune_arm *arms, int count, enum pt_stop_metric metric)
{
    assert(count <= PT_TUNE_ARMS_MAX);
    int best = pt_tune_best(arms, count);
    if (best == PT_TUNE_NONE) {
        drop_worse_half(arms, count, metric);
        return;
    }
    for (int i = 0; i < count; i++)
        if (is_running(&arms[i]) && arms[i].joules >= arms[best].joules) {
            arms[i].given_up = true;
            snprintf(arms[i].reason, sizeof arms[i].reason, "not there after %.3g J",
                     arms[i].joules);
        }
}

struct pt_quantity pt_tune_joules(const struct pt_tune_arm *arm)
{
    const struct pt_quantity *each = &arm->joules_per_sample;
    if (!arm->reached || !pt_quantity_known(*each) || arm->samples <= 0)
        return pt_quantity_missing();
    double checks = (double)arm->check_samples / (double)arm->samples;
    return (struct pt_quantity){
        .value = arm->joules,
        .low = arm->joules * (1 - fmin(checks, 1)) * each->low / each->value,
        .high = arm->joules * each->high / each->value,
        .provenance = each->provenance,
    };
}

double pt_tune_critical_batch(const struct pt_tune_arm *a, const struct pt_tune_arm *b)
{
    if (!a->reached || !b->reached || a->batch == b->batch)
        return NAN;
    // Na / Nb = (B* + Ba) / (B* + Bb)
    double ratio = (double)a->samples / (double)b->samples;
    double critical = ((double)a->batch - ratio * (double)b->batch) / (ratio - 1);
    return critical > 0 && isfinite(critical) ? critical : NAN;
}

double pt_tune_payback_runs(double tuning_joules, double own_joules, double best_joules)
{
    double saved = own_joules - best_joules;
    return saved > 0 ? ceil(tuning_joules / saved) : INFINITY;
}
