// How an optimizer changes parameters. For the members of this room; one file and one line in
// registry.c each.
#ifndef PT_ENGINE_OPTIMIZER_RULE_H
#define PT_ENGINE_OPTIMIZER_RULE_H

#include "base/status.h"

enum { PT_OPTIMIZER_STATES_MAX = 2 };

// A stretch of the flat arrays; several threads work on one each.
struct pt_update {
    const struct pt_optimizer_options *options;
    double learning_rate;
    int64_t step; // of this optimizer, from 1
    int64_t count;
    float *parameters;
    const float *gradients;
    float *states[PT_OPTIMIZER_STATES_MAX];
};

struct pt_optimizer_rule {
    enum pt_optimizer_kind kind;
    const char *name;                                 // "adam"
    const char *state_names[PT_OPTIMIZER_STATES_MAX]; // in checkpoints: "m", "v"; NULL: no more
    bool has_momentum;
    // The states that these options need; they start as 0.
    int (*state_count)(const struct pt_optimizer_options *options);
    // Operations for each parameter. They are done in update; padding between parameters, which is
    // updated too because that is faster than to skip it, does not count.
    int64_t (*flop_each)(const struct pt_optimizer_options *options);
    void (*update)(const struct pt_update *update);
};

extern const struct pt_optimizer_rule *const pt_optimizer_rules[]; // NULL-terminated
const struct pt_optimizer_rule *pt_optimizer_rule_find(enum pt_optimizer_kind kind);

#endif
