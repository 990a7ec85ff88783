// The losses. All end in one multiplication by 1 / count.

#include "model/loss.h"

#include "demand/operator_demand.h"

// Forward per element: maximum, subtract, exp, sum; per row: log, add the maximum, subtract the
// target's logit, sum. Backward per element: subtract the row's log-sum, exp, scale; per row the
// subtraction at the target. Label smoothing: the sum of the logits, and per row three operations;
// backward a subtraction. Rows that are ignored are counted like the others.
static enum pt_status count_cross_entropy(const struct pt_graph *graph, const struct pt_op *op,
                                          struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool smooth = op->attributes[PT_LOSS_LABEL_SMOOTHING].number > 0;
    bool fits = pt_work_add(&ret_forward->flop, smooth ? 5 : 4, in.elements) &&
                pt_work_add(&ret_forward->flop, smooth ? 7 : 4, in.rows) &&
                pt_work_add(&ret_forward->flop, 1, 1);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, smooth ? 4 : 3, in.elements) &&
               pt_work_add(&ret_backward->flop, 1, in.rows);
    return fits ? PT_OK : PT_OVERFLOW;
}

// Per element: forward, with one more for the mean, and backward for each input.
static enum pt_status count_values(const struct pt_graph *graph, const struct pt_op *op,
                                   int64_t forward, const int64_t backward[2],
                                   struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_extent in = pt_op_extent(graph, op);
    bool fits = pt_work_add(&ret_forward->flop, forward, in.elements) &&
                pt_work_add(&ret_forward->flop, 1, 1);
    for (int input = 0; input < 2; input++)
        if (pt_op_input_needs_gradient(graph, op, input))
            fits = fits && pt_work_add(&ret_backward->flop, backward[input], in.elements);
    return fits ? PT_OK : PT_OVERFLOW;
}

// Forward: subtract, square, sum. Backward: subtract, scale.
static enum pt_status count_mse(const struct pt_graph *graph, const struct pt_op *op,
                                struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    return count_values(graph, op, 3, (int64_t[]){2, 2}, ret_forward, ret_backward);
}

// Forward: subtract, compare, square, scale, subtract, sum. Backward: subtract, compare, scale, two
// comparisons for the sign, scale.
static enum pt_status count_smooth_l1(const struct pt_graph *graph, const struct pt_op *op,
                                      struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    return count_values(graph, op, 6, (int64_t[]){6, 6}, ret_forward, ret_backward);
}

// (1 - t) x + (1 + (p - 1) t) softplus(-x). Forward: softplus 6, 1 - t, weight 2, product,
// multiply-add 2, sum. Backward: 1 - sigmoid 5, 1 - t, weight 2, multiply-add 2, scale; for
// the target softplus 6, product, subtract, scale.
static enum pt_status count_binary(const struct pt_graph *graph, const struct pt_op *op,
                                   struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    return count_values(graph, op, 13, (int64_t[]){11, 9}, ret_forward, ret_backward);
}

const struct pt_operator_demand pt_demand_cross_entropy = {.name = "cross_entropy",
                                                           .count = count_cross_entropy};
const struct pt_operator_demand pt_demand_mse = {.name = "mse", .count = count_mse};
const struct pt_operator_demand pt_demand_smooth_l1 = {.name = "smooth_l1",
                                                       .count = count_smooth_l1};
const struct pt_operator_demand pt_demand_binary_cross_entropy = {.name = "binary_cross_entropy",
                                                                  .count = count_binary};
