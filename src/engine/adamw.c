// AdamW: Adam whose weight decay does not pass through the moments; before the step,
// p *= 1 - rate decay, 1 operation more. Loshchilov and Hutter 2017, arXiv:1711.05101.

#include "engine/adam_step.h"

static int64_t flop_each(const struct pt_optimizer_options *options)
{
    return 3 + 4 + 6 + (options->weight_decay != 0 ? 1 : 0);
}

static void update_adamw(const struct pt_update *update)
{
    struct pt_adam_step step = pt_adam_step_of(update);
    step.parameter_scale = (float)(1 - update->learning_rate * update->options->weight_decay);
    pt_adam_update(update, &step);
}

const struct pt_optimizer_rule pt_rule_adamw = {
    .kind = PT_ADAMW,
    .name = "adamw",
    .state_names = {"m", "v"},
    .state_count = pt_adam_state_count,
    .flop_each = flop_each,
    .update = update_adamw,
};
