// The losses: scalars, means over the batch.

#include "model/operator.h"

static const struct pt_shape scalar = {0, {0}};

static const struct pt_attribute_spec cross_entropy_attributes[] = {
    {.name = "label_smoothing", .kind = PT_ATTRIBUTE_NUMBER, .least = 0, .most = 1},
    {.name = "ignore_index",
     .kind = PT_ATTRIBUTE_INTEGER,
     .fallback = -100,
     .least = INT32_MIN,
     .most = INT32_MAX},
    {.name = NULL},
};

static const struct pt_attribute_spec binary_attributes[] = {
    {.name = "pos_weight", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 1, .least = 0, .most = 1e9},
    {.name = NULL},
};

static const struct pt_attribute_spec smooth_l1_attributes[] = {
    {.name = "beta", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 1, .least = 0, .most = 1e9},
    {.name = NULL},
};

static enum pt_status infer_cross_entropy(struct pt_graph *graph, struct pt_op *op,
                                          struct pt_shape *ret_outputs, struct pt_error *error)
{
    const struct pt_tensor_info *logits = pt_graph_tensor(graph, op->inputs[0]);
    const struct pt_tensor_info *target = pt_graph_tensor(graph, op->inputs[1]);
    char have[160], want[160];
    if (logits->shape.rank < 2)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: cross_entropy needs logits [batch, classes]; %s has shape %s", op->name,
                       logits->name, pt_shape_text(&logits->shape, have));
    struct pt_shape rows = logits->shape;
    rows.rank--;
    if (target->dtype != PT_INT32)
        return pt_fail(error, PT_BAD_INPUT, "%s: the target %s must be class numbers of type int32",
                       op->name, target->name);
    if (!pt_shape_equal(&target->shape, &rows))
        return pt_fail(error, PT_BAD_INPUT, "%s: the target %s has shape %s, the logits want %s",
                       op->name, target->name, pt_shape_text(&target->shape, have),
                       pt_shape_text(&rows, want));
    ret_outputs[0] = scalar;
    return PT_OK;
}

// The logarithm of the sum of exponentials of each row.
static int64_t cross_entropy_stash_bytes(const struct pt_graph *graph, const struct pt_op *op)
{
    return pt_shape_size(&pt_graph_tensor(graph, op->inputs[1])->shape) * (int64_t)sizeof(float);
}

static enum pt_status infer_values(struct pt_graph *graph, struct pt_op *op,
                                   struct pt_shape *ret_outputs, struct pt_error *error)
{
    const struct pt_tensor_info *prediction = pt_graph_tensor(graph, op->inputs[0]);
    const struct pt_tensor_info *target = pt_graph_tensor(graph, op->inputs[1]);
    char have[160], want[160];
    if (target->dtype != PT_FLOAT32 || !pt_shape_equal(&prediction->shape, &target->shape))
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: the target %s has shape %s, the prediction %s; they must be equal and "
                       "of type float32",
                       op->name, target->name, pt_shape_text(&target->shape, have),
                       pt_shape_text(&prediction->shape, want));
    ret_outputs[0] = scalar;
    return PT_OK;
}

const struct pt_operator pt_operator_cross_entropy = {
    .name = "cross_entropy",
    .summary = "mean of -log softmax(logits)[target]",
    .input_count = 2,
    .attributes = cross_entropy_attributes,
    .is_loss = true,
    .target = PT_TARGET_CLASSES,
    .backward_reads = PT_READS_INPUTS | PT_READS_STASH,
    .stash_bytes = cross_entropy_stash_bytes,
    .infer = infer_cross_entropy,
};

const struct pt_operator pt_operator_mse = {
    .name = "mse",
    .summary = "mean of (prediction - target)^2",
    .input_count = 2,
    .is_loss = true,
    .target = PT_TARGET_VALUES,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_values,
};

const struct pt_operator pt_operator_smooth_l1 = {
    .name = "smooth_l1",
    .summary = "mean of |prediction - target|, a parabola below beta; beta 0: l1",
    .input_count = 2,
    .attributes = smooth_l1_attributes,
    .is_loss = true,
    .target = PT_TARGET_VALUES,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_values,
};

const struct pt_operator pt_operator_binary_cross_entropy = {
    .name = "binary_cross_entropy",
    .summary = "mean of -t log sigmoid(logit) - (1 - t) log(1 - sigmoid(logit))",
    .input_count = 2,
    .attributes = binary_attributes,
    .is_loss = true,
    .target = PT_TARGET_VALUES,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_values,
};
