// Learning-rate schedules, as PyTorch's StepLR, ExponentialLR, LinearLR, CosineAnnealingLR and
// OneCycleLR, and transformers' cosine_with_restarts and inverse_sqrt.
//
// wsd, warm-up, stable, decay: Hu et al. 2024, arXiv:2404.06395; its shape sqrt is 1 - sqrt(t),
// Haegele et al. 2024, arXiv:2405.18392. one_cycle: Smith and Topin 2017, arXiv:1708.07120.

#include "train/learning_rate.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static const char *const kinds[] = {[PT_SCHEDULE_CONSTANT] = "constant",
                                    [PT_SCHEDULE_STEP] = "step",
                                    [PT_SCHEDULE_EXPONENTIAL] = "exponential",
                                    [PT_SCHEDULE_LINEAR] = "linear",
                                    [PT_SCHEDULE_COSINE] = "cosine",
                                    [PT_SCHEDULE_ONE_CYCLE] = "one_cycle",
                                    [PT_SCHEDULE_INVERSE_SQRT] = "inverse_sqrt",
                                    [PT_SCHEDULE_WSD] = "wsd",
                                    NULL};
static const char *const shapes[] = {
    [PT_DECAY_LINEAR] = "linear", [PT_DECAY_COSINE] = "cosine", [PT_DECAY_SQRT] = "sqrt", NULL};

#define WARMUP "warmup_steps", "warmup_share"
static const char *const keys[][9] = {
    [PT_SCHEDULE_CONSTANT] = {"kind", WARMUP, NULL},
    [PT_SCHEDULE_STEP] = {"kind", WARMUP, "factor", "every_epochs", "every_steps", NULL},
    [PT_SCHEDULE_EXPONENTIAL] = {"kind", WARMUP, "factor", "every_epochs", "every_steps", NULL},
    [PT_SCHEDULE_LINEAR] = {"kind", WARMUP, "final_share", NULL},
    [PT_SCHEDULE_COSINE] = {"kind", WARMUP, "final_share", "cycles", NULL},
    [PT_SCHEDULE_ONE_CYCLE] = {"kind", "rise_share", "start_share", "final_share", NULL},
    [PT_SCHEDULE_INVERSE_SQRT] = {"kind", WARMUP, "timescale", NULL},
    [PT_SCHEDULE_WSD] = {"kind", WARMUP, "final_share", "decay_steps", "decay_share", "shape",
                         NULL},
};

// ..._steps, or ..._share of the run; both say the same.
static enum pt_status read_steps(const struct pt_node *node, const char *steps_key,
                                 const char *share_key, int64_t total_steps, int64_t *steps,
                                 struct pt_error *error)
{
    double share = NAN;
    if (pt_node_find(node, steps_key) != NULL && pt_node_find(node, share_key) != NULL)
        return pt_node_fail(error, node, "%s and %s exclude each other", steps_key, share_key);
    enum pt_status status =
        pt_node_get_integer(node, steps_key, PT_OPTIONAL, 0, INT64_MAX, steps, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, share_key, PT_OPTIONAL, 0, 1, &share, error);
    if (status == PT_OK && !isnan(share))
        *steps = (int64_t)llround(share * (double)total_steps);
    return status;
}

static enum pt_status read_every(const struct pt_node *node, int64_t steps_per_epoch,
                                 int64_t *every_steps, struct pt_error *error)
{
    int64_t epochs = 1;
    if (pt_node_find(node, "every_steps") != NULL) {
        if (pt_node_find(node, "every_epochs") != NULL)
            return pt_node_fail(error, node, "every_steps and every_epochs exclude each other");
        return pt_node_get_integer(node, "every_steps", PT_REQUIRED, 1, INT64_MAX, every_steps,
                                   error);
    }
    enum pt_status status =
        pt_node_get_integer(node, "every_epochs", PT_OPTIONAL, 1, 1000000000, &epochs, error);
    *every_steps = epochs > INT64_MAX / steps_per_epoch ? INT64_MAX : epochs * steps_per_epoch;
    return status;
}

static enum pt_status read_numbers(const struct pt_node *node, struct pt_learning_rate *schedule,
                                   struct pt_error *error)
{
    enum pt_status status =
        pt_node_get_number(node, "final_share", PT_OPTIONAL, 0, 1, &schedule->final_share, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "factor", PT_OPTIONAL, 1e-9, 1, &schedule->factor, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "start_share", PT_OPTIONAL, 0, 1, &schedule->start_share,
                                    error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "rise_share", PT_OPTIONAL, 0, 1, &schedule->rise_share, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "cycles", PT_OPTIONAL, 1, 1000000000, &schedule->cycles,
                                     error);
    return status;
}

static enum pt_status read_own(const struct pt_node *node, int64_t steps_per_epoch,
                               int64_t total_steps, struct pt_learning_rate *schedule,
                               struct pt_error *error)
{
    const struct pt_node *shape = pt_node_find(node, "shape");
    int choice = PT_DECAY_LINEAR;
    enum pt_status status = read_numbers(node, schedule, error);
    if (status == PT_OK)
        status = read_every(node, steps_per_epoch, &schedule->every_steps, error);
    if (status == PT_OK)
        status = read_steps(node, "warmup_steps", "warmup_share", total_steps,
                            &schedule->warmup_steps, error);
    if (status == PT_OK)
        status = read_steps(node, "decay_steps", "decay_share", total_steps, &schedule->decay_steps,
                            error);
    schedule->timescale = schedule->warmup_steps > 0 ? schedule->warmup_steps : 10000;
    if (status == PT_OK)
        status = pt_node_get_integer(node, "timescale", PT_OPTIONAL, 1, INT64_MAX,
                                     &schedule->timescale, error);
    if (status == PT_OK && shape != NULL)
        status = pt_node_choice(shape, shapes, &choice, error);
    schedule->shape = (enum pt_decay_shape)choice;
    return status;
}

enum pt_status pt_learning_rate_read(const struct pt_node *node, double peak,
                                     int64_t steps_per_epoch, int64_t total_steps,
                                     struct pt_learning_rate *ret_schedule, struct pt_error *error)
{
    struct pt_learning_rate schedule = {.peak = peak,
                                        .factor = 0.1,
                                        .every_steps = steps_per_epoch,
                                        .cycles = 1,
                                        .rise_share = 0.3,
                                        .start_share = 1.0 / 25,
                                        .timescale = 10000,
                                        .decay_steps = total_steps / 10};
    int kind = PT_SCHEDULE_CONSTANT;
    if (node != NULL) {
        const struct pt_node *kind_node = NULL;
        enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
        if (status == PT_OK && (kind_node = pt_node_find(node, "kind")) == NULL)
            status = pt_node_fail(error, node, "missing key kind");
        if (status == PT_OK)
            status = pt_node_choice(kind_node, kinds, &kind, error);
        if (status == PT_OK)
            status = pt_node_check_keys(node, keys[kind], error);
        if (kind == PT_SCHEDULE_ONE_CYCLE)
            schedule.final_share = 1.0 / 25 / 1e4; // as in PyTorch
        if (status == PT_OK)
            status = read_own(node, steps_per_epoch, total_steps, &schedule, error);
        if (status != PT_OK)
            return status;
    }
    schedule.kind = (enum pt_schedule_kind)kind;
    *ret_schedule = schedule;
    return PT_OK;
}

// Half a cosine from a to b; done from 0 to 1.
static double anneal(double a, double b, double done)
{
    return b + (a - b) / 2 * (1 + cos(pi * done));
}

static double clamp_to_1(double done)
{
    return done < 0 ? 0 : done > 1 ? 1 : done;
}

// As OneCycleLR with two phases: its last step stands at the final rate.
static double one_cycle(const struct pt_learning_rate *schedule, double step, double total)
{
    double top = schedule->rise_share * total - 1, last = total - 1;
    if (step <= top)
        return anneal(schedule->start_share, 1, top > 0 ? step / top : 1);
    return anneal(1, schedule->final_share,
                  last > top ? clamp_to_1((step - top) / (last - top)) : 1);
}

// Flat until the last decay_steps.
static double stable_then_decay(const struct pt_learning_rate *schedule, double step, double total)
{
    double steps = (double)schedule->decay_steps, fall = 1 - schedule->final_share;
    double done = steps > 0 ? clamp_to_1((step - (total - steps)) / steps) : 0;
    switch (schedule->shape) {
    case PT_DECAY_LINEAR:
        break;
    case PT_DECAY_COSINE:
        return anneal(1, schedule->final_share, done);
    case PT_DECAY_SQRT:
        return 1 - fall * sqrt(done);
    }
    return 1 - fall * done;
}

double pt_learning_rate_at(const struct pt_learning_rate *schedule, int64_t step,
                           int64_t total_steps)
{
    double at = (double)step, total = (double)total_steps, peak = schedule->peak;
    if (step < schedule->warmup_steps)
        return peak * (double)(step + 1) / (double)schedule->warmup_steps;
    double span = (double)(total_steps - schedule->warmup_steps);
    double after = (double)(step - schedule->warmup_steps);
    double done = after / (span > 1 ? span : 1), turns = done * (double)schedule->cycles;
    switch (schedule->kind) {
    case PT_SCHEDULE_CONSTANT:
        break;
    case PT_SCHEDULE_STEP:
        return peak * pow(schedule->factor, (double)(step / schedule->every_steps));
    case PT_SCHEDULE_EXPONENTIAL:
        return peak * pow(schedule->factor, at / (double)schedule->every_steps);
    case PT_SCHEDULE_LINEAR:
        return peak * (1 - (1 - schedule->final_share) * done);
    case PT_SCHEDULE_COSINE:
        return peak * anneal(1, schedule->final_share, done >= 1 ? 1 : turns - floor(turns));
    case PT_SCHEDULE_ONE_CYCLE:
        return peak * one_cycle(schedule, at, total);
    case PT_SCHEDULE_INVERSE_SQRT:
        return peak / sqrt(1 + after / (double)schedule->timescale);
    case PT_SCHEDULE_WSD:
        return peak * stable_then_decay(schedule, at, total);
    }
    return peak;
}
