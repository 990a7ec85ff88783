// What Adam and AdamW share: the constants of one step.
#ifndef PT_ENGINE_ADAM_STEP_H
#define PT_ENGINE_ADAM_STEP_H

#include "engine/elementwise.h"
#include "engine/optimizer_rule.h"

// Without weight decay.
struct pt_adam_step pt_adam_step_of(const struct pt_update *update);
void pt_adam_update(const struct pt_update *update, const struct pt_adam_step *step);
int pt_adam_state_count(const struct pt_optimizer_options *options);

#endif
