// Adam. Kingma and Ba 2014, arXiv:1412.6980, algorithm 1, in the form of torch.optim.Adam:
//   m += (1 - beta1) (g - m)                            3 operations
//   v  = beta2 v + (1 - beta2) g g                      4
//   p -= rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)     6
// Weight decay is added to the gradient, 2 more.

#include "engine/adam_step.h"

#include <math.h>

struct pt_adam_step pt_adam_step_of(const struct pt_update *update)
{
    const struct pt_optimizer_options *options = update->options;
    double t = (double)update->step;
    return (struct pt_adam_step){
        .beta2 = (float)options->beta2,
        .one_minus_beta1 = (float)(1 - options->beta1),
        .one_minus_beta2 = (float)(1 - options->beta2),
        .inverse_sqrt_correction2 = (float)(1 / sqrt(1 - pow(options->beta2, t))),
        .step_size = (float)(update->learning_rate / (1 - pow(options->beta1, t))),
        .epsilon = (float)options->epsilon,
        .parameter_scale = 1,
        .scale = update->scale,
    };
}

void pt_adam_update(const struct pt_update *update, const struct pt_adam_step *step)
{
    pt_optimizer_loops()->adam(update->parameters, update->states[PT_STATE_M],
                               update->states[PT_STATE_V], update->gradients, update->count, step);
}

static int64_t flop_each(const struct pt_update *update)
{
    return 3 + 4 + 6 + (update->weight_decay != 0 ? 2 : 0);
}

static void update_adam(const struct pt_update *update)
{
    struct pt_adam_step step = pt_adam_step_of(update);
    step.gradient_decay = (float)update->weight_decay;
    pt_adam_update(update, &step);
}

const struct pt_optimizer_rule pt_rule_adam = {
    .kind = PT_ADAM,
    .name = "adam",
    .beta1 = 0.9,
    .beta2 = 0.999,
    .flop_each = flop_each,
    .update = update_adam,
};
