// Operators that do the same to every element: so many operations each, forward and backward.

#include "demand/operator_demand.h"

static enum pt_status count_each(const struct pt_graph *graph, const struct pt_op *op,
                                 int64_t forward, int64_t backward, struct pt_work *ret_forward,
                                 struct pt_work *ret_backward)
{
    int64_t elements = pt_op_extent(graph, op).elements;
    bool fits = pt_work_add(&ret_forward->flop, forward, elements);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, backward, elements);
    return fits ? PT_OK : PT_OVERFLOW;
}

#define POINTWISE(operator_name, forward, backward)                                                \
    static enum pt_status count_##operator_name(                                                   \
        const struct pt_graph *graph, const struct pt_op *op, struct pt_work *ret_forward,         \
        struct pt_work *ret_backward)                                                              \
    {                                                                                              \
        return count_each(graph, op, forward, backward, ret_forward, ret_backward);                \
    }                                                                                              \
    const struct pt_operator_demand pt_demand_##operator_name = {.name = #operator_name,           \
                                                                 .count = count_##operator_name}

POINTWISE(flatten, 0, 0); // another view of the same bytes
POINTWISE(relu, 1, 1);    // max; select
POINTWISE(tanh, 1, 3);    // g (1 - y y)
POINTWISE(sigmoid, 4, 3); // 1 / (1 + exp(-x)); g y (1 - y)

// Compare, scale; backward scale by the mask that the forward pass left. Nothing outside training.
static enum pt_status count_dropout(const struct pt_graph *graph, const struct pt_op *op,
                                    struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    return count_each(graph, op, 2, 1, ret_forward, ret_backward);
}

static enum pt_status count_dropout_inference(const struct pt_graph *graph, const struct pt_op *op,
                                              struct pt_work *ret_forward)
{
    (void)graph, (void)op;
    *ret_forward = (struct pt_work){0};
    return PT_OK;
}

const struct pt_operator_demand pt_demand_dropout = {
    .name = "dropout", .count = count_dropout, .count_inference = count_dropout_inference};

POINTWISE(scale, 1, 1);
POINTWISE(leaky_relu, 2, 2); // compare, product
POINTWISE(elu, 4, 3);        // compare, exp, subtract, product; compare, add, product
// x / (1 + exp(-x)). The slope is s (1 + x (1 - s)) with s = 1 / (1 + exp(-x)), 4: subtract,
// multiply-add 2, product, times the gradient. quick_gelu has a product for the negation.
POINTWISE(silu, 4, 9);
POINTWISE(quick_gelu, 4, 9);
// max(x, 0) + log(1 + exp(-|x|)): negate, exp, add, log, max, add. The slope is the sigmoid.
POINTWISE(softplus, 6, 5);

// Exactly: y = 0.5 x (1 + erf(x / sqrt 2)): two products inside, erf, sum, product.
// y' = cdf + x pdf: cdf 4 (product, erf, sum, product), pdf 4 (square, product, exp, product),
// multiply-add 2, times the gradient 1.
// By tanh: y = x / (1 + exp(u)), u = x (a + b x x): square, multiply-add 2, product, exp, sum,
// division. y' = s (1 + x v (1 - s)), s = 1 / (1 + exp(u)) 7, v = -a - 3 b x x 2, x v 1,
// 1 - s 1, multiply-add 2, times s, times the gradient.
static enum pt_status count_gelu(const struct pt_graph *graph, const struct pt_op *op,
                                 struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    bool by_tanh = op->attributes[0].integer;
    return count_each(graph, op, by_tanh ? 7 : 5, by_tanh ? 15 : 11, ret_forward, ret_backward);
}

const struct pt_operator_demand pt_demand_gelu = {.name = "gelu", .count = count_gelu};
