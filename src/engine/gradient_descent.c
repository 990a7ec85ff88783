// Plain gradient descent: p -= rate g, with weight decay p -= rate (g + decay p).

#include "engine/elementwise.h"
#include "engine/optimizer_rule.h"

static int state_count(const struct pt_optimizer_options *options)
{
    (void)options;
    return 0;
}

static int64_t flop_each(const struct pt_optimizer_options *options)
{
    return 2 + (options->weight_decay != 0 ? 2 : 0);
}

static void update(const struct pt_update *update)
{
    pt_elementwise()->descend(update->parameters, update->gradients, update->count,
                              (float)update->learning_rate, (float)update->options->weight_decay);
}

const struct pt_optimizer_rule pt_rule_gradient_descent = {
    .kind = PT_GRADIENT_DESCENT,
    .name = "gradient_descent",
    .state_count = state_count,
    .flop_each = flop_each,
    .update = update,
};
