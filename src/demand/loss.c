// The losses. Both end in one multiplication by 1 / count.

#include "demand/operator_demand.h"

// Forward per element: maximum, subtract, exp, sum; per row: log, add the maximum, subtract the
// target's logit, sum. Backward per element: subtract the row's log-sum, exp, scale; per row the
// subtraction at the target.
static enum pt_status count_cross_entropy(const struct pt_graph *graph, const struct pt_op *op,
                                          struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool fits = pt_work_add(&ret_forward->flop, 4, in.elements) &&
                pt_work_add(&ret_forward->flop, 4, in.rows) &&
                pt_work_add(&ret_forward->flop, 1, 1);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, 3, in.elements) &&
               pt_work_add(&ret_backward->flop, 1, in.rows);
    return fits ? PT_OK : PT_OVERFLOW;
}

// Forward per element: subtract, square, sum. Backward: subtract, scale.
static enum pt_status count_mse(const struct pt_graph *graph, const struct pt_op *op,
                                struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool fits =
        pt_work_add(&ret_forward->flop, 3, in.elements) && pt_work_add(&ret_forward->flop, 1, 1);
    for (int input = 0; input < 2; input++)
        if (pt_op_input_needs_gradient(graph, op, input))
            fits = fits && pt_work_add(&ret_backward->flop, 2, in.elements);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_cross_entropy = {.name = "cross_entropy",
                                                           .count = count_cross_entropy};
const struct pt_operator_demand pt_demand_mse = {.name = "mse", .count = count_mse};
