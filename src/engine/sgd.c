// Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD without dampening:
// g += decay p; b = momentum b + g; p -= rate b.
// The buffer b starts as 0, so that its first value is g, as in PyTorch.

#include "engine/elementwise.h"
#include "engine/optimizer_rule.h"

static int state_count(const struct pt_optimizer_options *options)
{
    return options->momentum != 0 ? 1 : 0;
}

static int64_t flop_each(const struct pt_optimizer_options *options)
{
    return 2 + (options->momentum != 0 ? 2 : 0) + (options->weight_decay != 0 ? 2 : 0);
}

static void update(const struct pt_update *update)
{
    const struct pt_optimizer_options *options = update->options;
    float rate = (float)update->learning_rate, decay = (float)options->weight_decay;
    if (options->momentum != 0)
        pt_elementwise()->descend_with_momentum(update->parameters, update->states[0],
                                                update->gradients, update->count, rate,
                                                (float)options->momentum, decay);
    else
        pt_elementwise()->descend(update->parameters, update->gradients, update->count, rate,
                                  decay);
}

const struct pt_optimizer_rule pt_rule_sgd = {
    .kind = PT_SGD,
    .name = "sgd",
    .state_names = {"momentum"},
    .has_momentum = true,
    .state_count = state_count,
    .flop_each = flop_each,
    .update = update,
};
