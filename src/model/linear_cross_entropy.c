// The head of a language model and its loss in one: logits = x W^T + b, then the cross-entropy.
// The logits of a large vocabulary are most of the memory of a training step if they exist at once;
// here they never do.

#include "model/linear_cross_entropy.h"

#include <math.h>

#include "model/operator.h"

static const struct pt_attribute_spec attributes[] = {
    [PT_HEAD_OUT_FEATURES] = {.name = "out_features",
                              .kind = PT_ATTRIBUTE_INTEGER,
                              .required = true,
                              .least = 1,
                              .most = INT32_MAX},
    [PT_HEAD_BIAS] =
        {.name = "bias", .kind = PT_ATTRIBUTE_BOOL, .fallback = 1, .least = 0, .most = 1},
    [PT_HEAD_LABEL_SMOOTHING] = {.name = "label_smoothing",
                                 .kind = PT_ATTRIBUTE_NUMBER,
                                 .fallback = 0,
                                 .least = 0,
                                 .most = 1},
    [PT_HEAD_IGNORE_INDEX] = {.name = "ignore_index",
                              .kind = PT_ATTRIBUTE_INTEGER,
                              .fallback = -100,
                              .least = INT32_MIN,
                              .most = INT32_MAX},
    // times the square of the logarithm of the sum: keeps logits from drifting. Chowdhery et al.
    // 2022, arXiv:2204.02311, section 5.
    [PT_HEAD_Z_LOSS] =
        {.name = "z_loss", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 0, .least = 0, .most = 1e3},
    {.name = NULL},
};

static enum pt_status check_target(const struct pt_op *op, const struct pt_tensor_info *x,
                                   const struct pt_tensor_info *target, struct pt_error *error)
{
    struct pt_shape rows = x->shape;
    char have[160], want[160];
    rows.rank--;
    if (target->dtype != PT_INT32 || !pt_shape_equal(&target->shape, &rows))
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: the target %s must be class numbers of type int32 and shape %s; it has "
                       "shape %s",
                       op->name, target->name, pt_shape_text(&rows, want),
                       pt_shape_text(&target->shape, have));
    return PT_OK;
}

static enum pt_status infer(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error)
{
    const struct pt_tensor_info x = *pt_graph_tensor(graph, op->inputs[0]);
    int64_t out_features = op->attributes[PT_HEAD_OUT_FEATURES].integer;
    if (x.shape.rank < 2)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: linear_cross_entropy needs at least 2 dimensions, its input has %d",
                       op->name, x.shape.rank);
    enum pt_status status = check_target(op, &x, pt_graph_tensor(graph, op->inputs[1]), error);
    int64_t in_features = x.shape.dim[x.shape.rank - 1];
    double bound = 1 / sqrt((double)in_features); // as linear
    if (status == PT_OK)
        status = pt_operator_parameter(graph, op, "weight",
                                       (struct pt_shape){2, {out_features, in_features}},
                                       PT_INIT_UNIFORM, bound, error);
    if (status == PT_OK && op->attributes[PT_HEAD_BIAS].integer)
        status = pt_operator_parameter(graph, op, "bias", (struct pt_shape){1, {out_features}},
                                       PT_INIT_UNIFORM, bound, error);
    ret_outputs[0] = (struct pt_shape){0, {0}};
    return status;
}

// The gradient of x, which the forward pass makes.
static int64_t stash_bytes(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_tensor_info *x = pt_graph_tensor(graph, op->inputs[0]);
    return x->needs_gradient ? pt_shape_size(&x->shape) * (int64_t)sizeof(float) : 0;
}

const struct pt_operator pt_operator_linear_cross_entropy = {
    .name = "linear_cross_entropy",
    .summary = "cross_entropy of a linear layer whose outputs are never all in memory",
    .input_count = 2,
    .attributes = attributes,
    .is_loss = true,
    .target = PT_TARGET_CLASSES,
    .hides_prediction = true,
    .gradients_in_forward = true,
    .backward_reads = PT_READS_STASH,
    .stash_bytes = stash_bytes,
    .infer = infer,
};
