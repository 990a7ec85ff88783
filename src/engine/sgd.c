// Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD without dampening:
// g += decay p; b = momentum b + g; p -= rate b; with nesterov p -= rate (g + momentum b).
// The buffer b starts as 0, so that its first value is g, as in PyTorch.

#include "engine/optimizer_rule.h"

static int64_t flop_each(const struct pt_update *update)
{
    const struct pt_optimizer_options *options = update->options;
    return 2 + (options->momentum != 0 ? 2 : 0) +
           (options->momentum != 0 && options->nesterov ? 2 : 0) +
           (update->weight_decay != 0 ? 2 : 0);
}

static void update_sgd(const struct pt_update *update)
{
    struct pt_momentum_step step = {.rate = (float)update->learning_rate,
                                    .momentum = (float)update->options->momentum,
                                    .decay = (float)update->weight_decay,
                                    .nesterov = update->options->nesterov,
                                    .scale = update->scale};
    if (update->options->momentum != 0)
        pt_optimizer_loops()->descend_with_momentum(update->parameters,
                                                    update->states[PT_STATE_MOMENTUM],
                                                    update->gradients, update->count, &step);
    else
        pt_optimizer_loops()->descend(update->parameters, update->gradients, update->count, &step);
}

const struct pt_optimizer_rule pt_rule_sgd = {
    .kind = PT_SGD,
    .name = "sgd",
    .has_momentum = true,
    .flop_each = flop_each,
    .update = update_sgd,
};
