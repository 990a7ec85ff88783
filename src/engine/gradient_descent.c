// Plain gradient descent: p -= rate g, with weight decay p -= rate (g + decay p).

#include "engine/optimizer_rule.h"

static int64_t flop_each(const struct pt_update *update)
{
    return 2 + (update->weight_decay != 0 ? 2 : 0);
}

static void update_plain(const struct pt_update *update)
{
    struct pt_momentum_step step = {.rate = (float)update->learning_rate,
                                    .decay = (float)update->weight_decay,
                                    .scale = update->scale};
    pt_optimizer_loops()->descend(update->parameters, update->gradients, update->count, &step);
}

const struct pt_optimizer_rule pt_rule_gradient_descent = {
    .kind = PT_GRADIENT_DESCENT,
    .name = "gradient_descent",
    .flop_each = flop_each,
    .update = update_plain,
};
