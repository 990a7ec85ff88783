// What Adam, AdamW and Muon share: the constants of one step.
#ifndef PT_ENGINE_ADAM_STEP_H
#define PT_ENGINE_ADAM_STEP_H

#include "engine/optimizer_rule.h"

// Without weight decay.
struct pt_adam_step pt_adam_step_of(const struct pt_update *update);
void pt_adam_update(const struct pt_update *update, const struct pt_adam_step *step);
// All of AdamW.
void pt_adamw_update(const struct pt_update *update);
int64_t pt_adamw_flop_each(const struct pt_update *update);

#endif
