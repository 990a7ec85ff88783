// Operators that take several tensors of one shape to one: residual connections and gates.

#include "model/operator.h"

static const char *const gelu_words[] = {"none", "tanh", NULL};

static const struct pt_attribute_spec geglu_attributes[] = {
    {.name = "approximate", .kind = PT_ATTRIBUTE_CHOICE, .most = 1, .choices = gelu_words},
    {.name = NULL},
};

static enum pt_status infer_same(struct pt_graph *graph, struct pt_op *op,
                                 struct pt_shape *ret_outputs, struct pt_error *error)
{
    const struct pt_tensor_info *first = pt_graph_tensor(graph, op->inputs[0]);
    const struct pt_tensor_info *second = pt_graph_tensor(graph, op->inputs[1]);
    char one[160], other[160];
    if (second->dtype != PT_FLOAT32 || !pt_shape_equal(&first->shape, &second->shape))
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %s has shape %s, %s has %s; the inputs of %s must be equal in shape "
                       "and of type float32",
                       op->name, first->name, pt_shape_text(&first->shape, one), second->name,
                       pt_shape_text(&second->shape, other), op->kind->name);
    ret_outputs[0] = first->shape;
    return PT_OK;
}

// Gate and what it lets through: two inputs, or the halves of the last dimension of one.
static enum pt_status infer_gated(struct pt_graph *graph, struct pt_op *op,
                                  struct pt_shape *ret_outputs, struct pt_error *error)
{
    if (op->input_count == 2)
        return infer_same(graph, op, ret_outputs, error);
    struct pt_shape shape = pt_graph_tensor(graph, op->inputs[0])->shape;
    char text[160];
    if (shape.rank < 1 || shape.dim[shape.rank - 1] % 2 != 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: one input of %s holds gate and value, so its last dimension must be "
                       "even; its shape is %s",
                       op->name, op->kind->name, pt_shape_text(&shape, text));
    shape.dim[shape.rank - 1] /= 2;
    ret_outputs[0] = shape;
    return PT_OK;
}

const struct pt_operator pt_operator_add = {
    .name = "add",
    .summary = "the sum of two inputs: a residual connection",
    .input_count = 2,
    .may_fuse_relu = true,
    .may_run_in_place = true,
    .infer = infer_same,
};

const struct pt_operator pt_operator_multiply = {
    .name = "multiply",
    .summary = "the product of two inputs, element by element",
    .input_count = 2,
    .may_run_in_place = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_same,
};

const struct pt_operator pt_operator_swiglu = {
    .name = "swiglu",
    .summary = "silu(gate) times value: two inputs, or the halves of one",
    .input_count = 1,
    .input_count_max = 2,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_gated,
};

const struct pt_operator pt_operator_geglu = {
    .name = "geglu",
    .summary = "gelu(gate) times value: two inputs, or the halves of one",
    .input_count = 1,
    .input_count_max = 2,
    .attributes = geglu_attributes,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer_gated,
};
