// Softmax over the last dimension.
// Forward per element: maximum, subtract, exp, sum, scale; per row one division.
// Backward: dx = y (g - sum(g y)): multiply-add, subtract, multiply.

#include "demand/operator_demand.h"

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool fits = pt_work_add(&ret_forward->flop, 5, in.elements) &&
                pt_work_add(&ret_forward->flop, 1, in.rows);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, 4, in.elements);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_softmax = {.name = "softmax", .count = count};
