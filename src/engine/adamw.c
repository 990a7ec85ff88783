// AdamW: Adam whose weight decay does not pass through the moments; before the step,
// p *= 1 - rate decay, 1 operation more. Loshchilov and Hutter 2017, arXiv:1711.05101.

#include "engine/adam_step.h"

int64_t pt_adamw_flop_each(const struct pt_update *update)
{
    return 3 + 4 + 6 + (update->weight_decay != 0 ? 1 : 0);
}

void pt_adamw_update(const struct pt_update *update)
{
    struct pt_adam_step step = pt_adam_step_of(update);
    step.parameter_scale = (float)(1 - update->learning_rate * update->weight_decay);
    pt_adam_update(update, &step);
}

const struct pt_optimizer_rule pt_rule_adamw = {
    .kind = PT_ADAMW,
    .name = "adamw",
    .beta1 = 0.9,
    .beta2 = 0.999,
    .flop_each = pt_adamw_flop_each,
    .update = pt_adamw_update,
};
