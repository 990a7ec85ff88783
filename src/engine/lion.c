// Lion: steps of one size, in the direction of the sign. Chen et al. 2023, arXiv:2302.06675:
//   p -= rate sign(m + (1 - beta1) (g - m))             3 + 1 + 2 operations
//   m += (1 - beta2) (g - m)                            2
// Weight decay before the step as in AdamW, 1 more.

#include "engine/optimizer_rule.h"

static int64_t flop_each(const struct pt_update *update)
{
    return 3 + 1 + 2 + 2 + (update->weight_decay != 0 ? 1 : 0);
}

static void update_lion(const struct pt_update *update)
{
    struct pt_lion_step step = {.one_minus_beta1 = (float)(1 - update->options->beta1),
                                .one_minus_beta2 = (float)(1 - update->options->beta2),
                                .rate = (float)update->learning_rate,
                                .parameter_scale =
                                    (float)(1 - update->learning_rate * update->weight_decay),
                                .scale = update->scale};
    pt_optimizer_loops()->lion(update->parameters, update->states[PT_STATE_M], update->gradients,
                               update->count, &step);
}

const struct pt_optimizer_rule pt_rule_lion = {
    .kind = PT_LION,
    .name = "lion",
    .beta1 = 0.9,
    .beta2 = 0.99,
    .flop_each = flop_each,
    .update = update_lion,
};
