// Learning-rate schedules, as PyTorch's StepLR, ExponentialLR, LinearLR and CosineAnnealingLR.

#include "train/learning_rate.h"

#include <math.h>
#include <string.h>

static const char *const kinds[] = {"constant", "step", "exponential", "linear", "cosine", NULL};
enum { CONSTANT, STEP, EXPONENTIAL, LINEAR, COSINE };

// Which keys a kind takes beside kind and warmup_steps.
static const char *const keys[][5] = {
    [CONSTANT] = {"kind", "warmup_steps", NULL},
    [STEP] = {"kind", "warmup_steps", "factor", "every_epochs", NULL},
    [EXPONENTIAL] = {"kind", "warmup_steps", "factor", "every_epochs", NULL},
    [LINEAR] = {"kind", "warmup_steps", "final_share", NULL},
    [COSINE] = {"kind", "warmup_steps", "final_share", NULL},
};

enum pt_status pt_learning_rate_read(const struct pt_node *node, double peak,
                                     int64_t steps_per_epoch, struct pt_learning_rate *ret_schedule,
                                     struct pt_error *error)
{
    struct pt_learning_rate schedule = {
        .kind = kinds[CONSTANT], .peak = peak, .final_share = 0, .factor = 0.1};
    int64_t every_epochs = 1;
    int kind = CONSTANT;
    if (node != NULL) {
        const struct pt_node *kind_node = NULL;
        enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
        if (status == PT_OK && (kind_node = pt_node_find(node, "kind")) == NULL)
            status = pt_node_fail(error, node, "missing key kind");
        if (status == PT_OK)
            status = pt_node_choice(kind_node, kinds, &kind, error);
        if (status == PT_OK)
            status = pt_node_check_keys(node, keys[kind], error);
        if (status == PT_OK)
            status = pt_node_get_integer(node, "warmup_steps", PT_OPTIONAL, 0, INT64_MAX,
                                         &schedule.warmup_steps, error);
        if (status == PT_OK)
            status = pt_node_get_number(node, "final_share", PT_OPTIONAL, 0, 1,
                                        &schedule.final_share, error);
        if (status == PT_OK)
            status =
                pt_node_get_number(node, "factor", PT_OPTIONAL, 1e-9, 1, &schedule.factor, error);
        if (status == PT_OK)
            status = pt_node_get_integer(node, "every_epochs", PT_OPTIONAL, 1, 1000000000,
                                         &every_epochs, error);
        if (status != PT_OK)
            return status;
    }
    schedule.kind = kinds[kind];
    schedule.every_steps = every_epochs * steps_per_epoch;
    *ret_schedule = schedule;
    return PT_OK;
}

double pt_learning_rate_at(const struct pt_learning_rate *schedule, int64_t step,
                           int64_t total_steps)
{
    if (step < schedule->warmup_steps)
        return schedule->peak * (double)(step + 1) / (double)schedule->warmup_steps;
    double span = (double)(total_steps - schedule->warmup_steps);
    double done = (double)(step - schedule->warmup_steps) / (span > 1 ? span : 1);
    double fall = 1 - schedule->final_share;
    if (strcmp(schedule->kind, kinds[STEP]) == 0)
        return schedule->peak * pow(schedule->factor, (double)(step / schedule->every_steps));
    if (strcmp(schedule->kind, kinds[EXPONENTIAL]) == 0)
        return schedule->peak * pow(schedule->factor, (double)step / (double)schedule->every_steps);
    if (strcmp(schedule->kind, kinds[LINEAR]) == 0)
        return schedule->peak * (1 - fall * done);
    if (strcmp(schedule->kind, kinds[COSINE]) == 0)
        return schedule->peak * (1 - fall * (1 - cos(3.14159265358979323846 * done)) / 2);
    return schedule->peak;
}
