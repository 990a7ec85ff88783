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
// y = 0.5 x (1 + erf(x / sqrt 2)): two products inside, erf, sum, product.
// y' = cdf + x pdf: cdf 4 (product, erf, sum, product), pdf 4 (square, product, exp, product),
// multiply-add 2, times the gradient 1.
POINTWISE(gelu, 5, 11);
POINTWISE(tanh, 1, 3);    // g (1 - y y)
POINTWISE(sigmoid, 4, 3); // 1 / (1 + exp(-x)); g y (1 - y)
POINTWISE(dropout, 2, 1); // compare, scale; scale by the mask that the forward pass left
