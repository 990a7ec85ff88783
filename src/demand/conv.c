// Convolutions: one product forward, up to two backward, all of the same size.
//
// Counted by the dense formula, 2 * positions of y * channels of y * kernel * channels of x in a
// group, as everybody reports it: zeros of the padding count like pixels. Gradients of x come by
// phases of the stride, without the zeros that stride would put between the pixels of y.

#include "model/conv.h"
#include "demand/operator_demand.h"

static bool count_product(const struct pt_conv *conv, int64_t *ret_flop)
{
    int64_t flop = 2;
    return pt_size_product(flop, pt_conv_positions(conv), &flop) &&
           pt_size_product(flop, conv->y_channels, &flop) &&
           pt_size_product(flop, conv->kernel[0] * conv->kernel[1], &flop) &&
           pt_size_product(flop, conv->x_channels / conv->groups, ret_flop);
}

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_conv conv = pt_conv_of(graph, op);
    int64_t outputs = pt_shape_size(&pt_graph_tensor(graph, op->outputs[0])->shape);
    int64_t product = 0;
    bool fits = count_product(&conv, &product);
    if (!fits)
        return PT_OVERFLOW;
    ret_forward->matmul_flop = product;
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->matmul_flop, 1, product);
    if (pt_graph_tensor(graph, op->parameters[0])->needs_gradient)
        fits = fits && pt_work_add(&ret_backward->matmul_flop, 1, product);
    ret_forward->flop = ret_forward->matmul_flop;
    ret_backward->flop = ret_backward->matmul_flop;
    if (op->parameter_count > 1) {
        fits = fits && pt_work_add(&ret_forward->flop, 1, outputs);
        if (pt_graph_tensor(graph, op->parameters[1])->needs_gradient)
            fits = fits && pt_work_add(&ret_backward->flop, 1, outputs); // the sum over positions
    }
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_conv2d = {.name = "conv2d", .count = count};
const struct pt_operator_demand pt_demand_conv1d = {.name = "conv1d", .count = count};
const struct pt_operator_demand pt_demand_conv_transpose2d = {.name = "conv_transpose2d",
                                                              .count = count};
