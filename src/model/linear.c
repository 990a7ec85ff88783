// y = x W^T + b over the last dimension.

#include <math.h>

#include "model/operator.h"

enum { OUT_FEATURES, BIAS };

static const struct pt_attribute_spec attributes[] = {
    {.name = "out_features",
     .kind = PT_ATTRIBUTE_INTEGER,
     .required = true,
     .least = 1,
     .most = 1e15},
    {.name = "bias", .kind = PT_ATTRIBUTE_BOOL, .fallback = 1, .least = 0, .most = 1},
    {.name = NULL},
};

static enum pt_status infer(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error)
{
    struct pt_shape in = pt_graph_tensor(graph, op->inputs[0])->shape;
    int64_t out_features = op->attributes[OUT_FEATURES].integer;
    if (in.rank < 2)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: linear needs at least 2 dimensions, its input has %d", op->name,
                       in.rank);
    int64_t in_features = in.dim[in.rank - 1];
    // Kaiming-uniform with a = sqrt(5) and fan-in, as PyTorch's nn.Linear starts W and b.
    double bound = 1 / sqrt((double)in_features);
    enum pt_status status = pt_operator_parameter(graph, op, "weight",
                                                  (struct pt_shape){2, {out_features, in_features}},
                                                  PT_INIT_UNIFORM, bound, error);
    if (status == PT_OK && op->attributes[BIAS].integer)
        status = pt_operator_parameter(graph, op, "bias", (struct pt_shape){1, {out_features}},
                                       PT_INIT_UNIFORM, bound, error);
    ret_outputs[0] = in;
    ret_outputs[0].dim[in.rank - 1] = out_features;
    return status;
}

const struct pt_operator pt_operator_linear = {
    .name = "linear",
    .summary = "y = x W^T + b over the last dimension",
    .input_count = 1,
    .attributes = attributes,
    .may_fuse_relu = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer,
};
