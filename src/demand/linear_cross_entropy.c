// A linear layer and cross_entropy in one. The forward pass in training makes the gradients too,
// so they are counted there; the backward pass only hands them on.
//
// Loss, per logit: the product, bias 1, and as cross_entropy maximum, subtract, exp, sum; 1 more
// with label smoothing (the sum of the logits). Per row: log, add the maximum, subtract the
// target's logit, sum; 3 more with smoothing (two products, subtract), 3 more with z_loss (square,
// product, sum). Once: the mean.
// Gradient, per logit: subtract the logarithm, exp, scale; 1 more with smoothing; then a product
// each for x and the weight, and the sum over rows for the bias. Per row 1 at the target, 2 more
// with z_loss (the factor of the row).
// Rows that are ignored count as others: how many there are is not known from the shapes.

#include "model/linear_cross_entropy.h"
#include "demand/operator_demand.h"

struct head {
    int64_t rows, logits, product;
    bool bias, smooths, has_z_loss;
};

static bool measure(const struct pt_graph *graph, const struct pt_op *op, struct head *head)
{
    struct pt_extent in = pt_op_extent(graph, op);
    head->rows = in.rows;
    head->bias = op->attributes[PT_HEAD_BIAS].integer != 0;
    head->smooths = op->attributes[PT_HEAD_LABEL_SMOOTHING].number > 0;
    head->has_z_loss = op->attributes[PT_HEAD_Z_LOSS].number > 0;
    return pt_size_product(in.rows, op->attributes[PT_HEAD_OUT_FEATURES].integer, &head->logits) &&
           pt_size_product(head->logits, in.columns, &head->product) &&
           pt_size_product(head->product, 2, &head->product);
}

static bool add_loss(const struct head *head, struct pt_work *forward)
{
    return pt_work_add(&forward->matmul_flop, 1, head->product) &&
           pt_work_add(&forward->flop, 1, head->product) &&
           pt_work_add(&forward->flop, 4 + head->bias + head->smooths, head->logits) &&
           pt_work_add(&forward->flop, 4 + 3 * head->smooths + 3 * head->has_z_loss, head->rows) &&
           pt_work_add(&forward->flop, 1, 1);
}

static bool add_gradients(const struct pt_graph *graph, const struct pt_op *op,
                          const struct head *head, struct pt_work *forward)
{
    bool of_x = pt_op_input_needs_gradient(graph, op, 0);
    bool of_weight = pt_graph_tensor(graph, op->parameters[0])->needs_gradient;
    bool of_bias = head->bias && pt_graph_tensor(graph, op->parameters[1])->needs_gradient;
    if (!of_x && !of_weight && !of_bias)
        return true;
    return pt_work_add(&forward->flop, 3 + head->smooths + of_bias, head->logits) &&
           pt_work_add(&forward->flop, 1 + 2 * head->has_z_loss, head->rows) &&
           pt_work_add(&forward->matmul_flop, of_x + of_weight, head->product) &&
           pt_work_add(&forward->flop, of_x + of_weight, head->product);
}

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct head head;
    (void)ret_backward;
    bool fits = measure(graph, op, &head) && add_loss(&head, ret_forward) &&
                add_gradients(graph, op, &head, ret_forward);
    return fits ? PT_OK : PT_OVERFLOW;
}

static enum pt_status count_inference(const struct pt_graph *graph, const struct pt_op *op,
                                      struct pt_work *ret_forward)
{
    struct head head;
    *ret_forward = (struct pt_work){0};
    return measure(graph, op, &head) && add_loss(&head, ret_forward) ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_linear_cross_entropy = {
    .name = "linear_cross_entropy",
    .count = count,
    .count_inference = count_inference,
};
