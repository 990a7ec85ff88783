// y = x W^T + b: one matrix product forward, up to two backward.

#include "demand/operator_demand.h"

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    const struct pt_tensor_info *weight = pt_graph_tensor(graph, op->parameters[0]);
    struct pt_extent in = pt_op_extent(graph, op);
    int64_t outputs = pt_shape_size(&pt_graph_tensor(graph, op->outputs[0])->shape);
    int64_t products; // 2 rows in out: the same for y, dx and dW
    bool has_bias = op->parameter_count > 1;

    if (!pt_size_product(outputs, in.columns, &products) ||
        !pt_size_product(products, 2, &products))
        return PT_OVERFLOW;
    bool fits = pt_work_add(&ret_forward->matmul_flop, 1, products);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->matmul_flop, 1, products);
    if (weight->needs_gradient)
        fits = fits && pt_work_add(&ret_backward->matmul_flop, 1, products);

    ret_forward->flop = ret_forward->matmul_flop;
    ret_backward->flop = ret_backward->matmul_flop;
    if (has_bias) {
        bool trained = pt_graph_tensor(graph, op->parameters[1])->needs_gradient;
        fits = fits && pt_work_add(&ret_forward->flop, 1, outputs) &&
               pt_work_add(&ret_backward->flop, trained, outputs); // the sum over rows
    }
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_linear = {.name = "linear", .count = count};
