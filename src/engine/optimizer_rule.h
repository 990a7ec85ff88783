// How an optimizer changes parameters. For the members of this room; one file and one line in
// registry.c each.
#ifndef PT_ENGINE_OPTIMIZER_RULE_H
#define PT_ENGINE_OPTIMIZER_RULE_H

#include "demand/optimizer.h"
#include "engine/gemm.h"
#include "engine/optimizer_loops.h"

// A stretch of the flat arrays, several threads work on one each; or a whole parameter.
struct pt_update {
    const struct pt_optimizer_options *options;
    double learning_rate, weight_decay;
    int64_t step; // of this optimizer, from 1
    struct pt_gradient_scale scale;
    int64_t count;
    float *parameters;
    const float *gradients;
    float *states[PT_OPTIMIZER_STATE_KINDS]; // NULL: it has none

    // Of a whole parameter:
    const struct pt_optimizer_parameter *parameter;
    int threads;
    enum pt_precision precision;
    const struct pt_gemm_backend *matmul;
    float *workspace; // as large as demand/optimizer.c says
    void *scratch;    // of the matrix products
};

struct pt_optimizer_rule {
    enum pt_optimizer_kind kind;
    const char *name; // "adam"
    bool has_momentum;
    double momentum, beta1, beta2; // what 0 in the options means
    // Operations for each number, without the gradient's scale. They are done in update; padding
    // between parameters, which is updated too because that is faster than to skip it, does not
    // count. NULL both: every parameter is updated as a whole.
    int64_t (*flop_each)(const struct pt_update *update);
    void (*update)(const struct pt_update *update);
    // The update of a parameter that needs more than its numbers one by one; returns the
    // operations. NULL: there is none. Called for those with as_matrix, or for all.
    int64_t (*update_whole)(const struct pt_update *update);
    // Bytes of scratch for its matrix products; NULL: none.
    size_t (*scratch_bytes)(const struct pt_optimizer_parameter *parameter, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul);
};

extern const struct pt_optimizer_rule *const pt_optimizer_rules[]; // NULL-terminated
const struct pt_optimizer_rule *pt_optimizer_rule_find(enum pt_optimizer_kind kind);

#endif
