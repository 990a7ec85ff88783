// Layer normalization over the last dimension, with scale and shift.
// Forward per element: mean 1, variance 3 (subtract, multiply-add), then subtract, scale, scale,
// shift: 8; per row: two divisions, add epsilon, square root, reciprocal: 5.
// Backward per element: the normalized value 2, always; gradients of scale and shift 3; for the
// input 4 in the first pass (g times scale, its sum, its sum with the normalized value) and 7 in
// the second (normalized value 2 and g times scale 1 again, multiply-subtract, subtract, scale);
// per row two divisions.

#include "demand/operator_demand.h"

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool fits = pt_work_add(&ret_forward->flop, 8, in.elements) &&
                pt_work_add(&ret_forward->flop, 5, in.rows) &&
                pt_work_add(&ret_backward->flop, 2 + 3, in.elements);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, 4 + 7, in.elements) &&
               pt_work_add(&ret_backward->flop, 2, in.rows);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_layer_norm = {.name = "layer_norm", .count = count};
