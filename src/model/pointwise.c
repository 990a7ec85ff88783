// Operators whose output has as many elements as their input.

#include "model/operator.h"

static enum pt_status infer_same(struct pt_graph *graph, struct pt_op *op,
                                 struct pt_shape *ret_outputs, struct pt_error *error)
{
    (void)error;
    ret_outputs[0] = pt_graph_tensor(graph, op->inputs[0])->shape;
    return PT_OK;
}

static enum pt_status infer_flatten(struct pt_graph *graph, struct pt_op *op,
                                    struct pt_shape *ret_outputs, struct pt_error *error)
{
    (void)error;
    const struct pt_shape *in = &pt_graph_tensor(graph, op->inputs[0])->shape;
    int64_t batch = in->rank > 0 ? in->dim[0] : 1;
    ret_outputs[0] = (struct pt_shape){2, {batch, pt_shape_size(in) / batch}};
    return PT_OK;
}

// One byte an element: kept or not.
static int64_t dropout_mask_bytes(const struct pt_graph *graph, const struct pt_op *op)
{
    return pt_shape_size(&pt_graph_tensor(graph, op->inputs[0])->shape);
}

static const char *const gelu_words[] = {"none", "tanh", NULL};

static const struct pt_attribute_spec gelu_attributes[] = {
    {.name = "approximate", .kind = PT_ATTRIBUTE_CHOICE, .most = 1, .choices = gelu_words},
    {.name = NULL},
};

static const struct pt_attribute_spec leaky_relu_attributes[] = {
    {.name = "slope", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 0.01, .least = 0, .most = 1e6},
    {.name = NULL},
};

static const struct pt_attribute_spec elu_attributes[] = {
    {.name = "alpha", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 1, .least = 0, .most = 1e6},
    {.name = NULL},
};

static const struct pt_attribute_spec scale_attributes[] = {
    {.name = "factor", .kind = PT_ATTRIBUTE_NUMBER, .required = true, .least = -1e30, .most = 1e30},
    {.name = NULL},
};

static const struct pt_attribute_spec dropout_attributes[] = {
    {.name = "probability",
     .kind = PT_ATTRIBUTE_NUMBER,
     .required = true,
     .least = 0,
     .most = 0.999999},
    {.name = NULL},
};

const struct pt_operator pt_operator_flatten = {
    .name = "flatten",
    .summary = "all dimensions but the first become one",
    .input_count = 1,
    .is_view = true,
    .infer = infer_flatten,
};

const struct pt_operator pt_operator_relu = {
    .name = "relu",
    .summary = "max(0, x)",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_gelu = {
    .name = "gelu",
    .summary = "x times the normal distribution function of x, exactly or by tanh",
    .input_count = 1,
    .attributes = gelu_attributes,
    .may_run_in_place = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_quick_gelu = {
    .name = "quick_gelu",
    .summary = "x / (1 + exp(-1.702 x))",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_silu = {
    .name = "silu",
    .summary = "x / (1 + exp(-x)), also known as swish",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_leaky_relu = {
    .name = "leaky_relu",
    .summary = "x if positive, else slope times x",
    .input_count = 1,
    .attributes = leaky_relu_attributes,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_elu = {
    .name = "elu",
    .summary = "x if positive, else alpha (exp(x) - 1)",
    .input_count = 1,
    .attributes = elu_attributes,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_softplus = {
    .name = "softplus",
    .summary = "log(1 + exp(x))",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_scale = {
    .name = "scale",
    .summary = "x times a constant",
    .input_count = 1,
    .attributes = scale_attributes,
    .may_run_in_place = true,
    .infer = infer_same,
};

const struct pt_operator pt_operator_tanh = {
    .name = "tanh",
    .summary = "hyperbolic tangent",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_sigmoid = {
    .name = "sigmoid",
    .summary = "1 / (1 + exp(-x))",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_softmax = {
    .name = "softmax",
    .summary = "exp(x) / sum of exp(x) over the last dimension",
    .input_count = 1,
    .may_run_in_place = true,
    .backward_reads = PT_READS_OUTPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_dropout = {
    .name = "dropout",
    .summary =
        "in training, zeroes elements at random and scales the rest by 1 / (1 - probability)",
    .input_count = 1,
    .attributes = dropout_attributes,
    .may_run_in_place = true,
    .backward_reads = PT_READS_STASH,
    .stash_bytes = dropout_mask_bytes,
    .infer = infer_same,
};
