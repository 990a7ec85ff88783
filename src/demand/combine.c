// Operators of several inputs, and those that move elements.

#include "demand/operator_demand.h"

static int64_t size_of(const struct pt_graph *graph, pt_tensor tensor)
{
    return pt_shape_size(&pt_graph_tensor(graph, tensor)->shape);
}

// The gradient of a sum is that of each term: copies.
static enum pt_status count_add(const struct pt_graph *graph, const struct pt_op *op,
                                struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    (void)ret_backward;
    return pt_work_add(&ret_forward->flop, 1, size_of(graph, op->outputs[0])) ? PT_OK : PT_OVERFLOW;
}

static enum pt_status count_multiply(const struct pt_graph *graph, const struct pt_op *op,
                                     struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    int64_t size = size_of(graph, op->outputs[0]);
    bool fits = pt_work_add(&ret_forward->flop, 1, size);
    for (int i = 0; i < 2; i++)
        if (pt_op_input_needs_gradient(graph, op, i))
            fits = fits && pt_work_add(&ret_backward->flop, 1, size);
    return fits ? PT_OK : PT_OVERFLOW;
}

// Per element: forward f(gate) and a product; backward what both gradients need of the gate, and
// what each takes beyond.
struct gate_cost {
    int64_t forward, common, gate, value;
};

// s = 1 / (1 + exp(-x)) is 4. silu' = s (1 + x (1 - s)): 4 more; times value, times gradient.
static const struct gate_cost silu_cost = {4 + 1, 4, 4 + 2, 2};
// cdf = 0.5 (1 + erf(x / sqrt 2)) is 4, x cdf one more. gelu' = cdf + x pdf: pdf 4, multiply-add 2.
static const struct gate_cost gelu_cost = {5 + 1, 4, 6 + 2, 2};
// s = 1 / (1 + exp(u)) is 7 with u = x (a + b x x). gelu' = s (1 + x v (1 - s)) with
// v = -a - 3 b x x: multiply-add 2, x v 1, 1 - s 1, multiply-add 2, times s 1.
static const struct gate_cost gelu_tanh_cost = {7 + 1, 7, 7 + 2, 2};

static enum pt_status count_gated(const struct pt_graph *graph, const struct pt_op *op,
                                  const struct gate_cost *cost, struct pt_work *ret_forward,
                                  struct pt_work *ret_backward)
{
    int64_t size = size_of(graph, op->outputs[0]);
    bool gate = pt_op_input_needs_gradient(graph, op, 0);
    bool value = op->input_count == 1 ? gate : pt_op_input_needs_gradient(graph, op, 1);
    int64_t each =
        (gate || value ? cost->common : 0) + (gate ? cost->gate : 0) + (value ? cost->value : 0);
    return pt_work_add(&ret_forward->flop, cost->forward, size) &&
                   pt_work_add(&ret_backward->flop, each, size)
               ? PT_OK
               : PT_OVERFLOW;
}

static enum pt_status count_swiglu(const struct pt_graph *graph, const struct pt_op *op,
                                   struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    return count_gated(graph, op, &silu_cost, ret_forward, ret_backward);
}

static enum pt_status count_geglu(const struct pt_graph *graph, const struct pt_op *op,
                                  struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    bool by_tanh = op->attributes[0].integer;
    return count_gated(graph, op, by_tanh ? &gelu_tanh_cost : &gelu_cost, ret_forward,
                       ret_backward);
}

static enum pt_status count_copies(const struct pt_graph *graph, const struct pt_op *op,
                                   struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    (void)graph;
    (void)op;
    (void)ret_forward;
    (void)ret_backward;
    return PT_OK;
}

// The gradient of the row is the sum over the batch.
static enum pt_status count_token(const struct pt_graph *graph, const struct pt_op *op,
                                  struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    (void)ret_forward;
    const struct pt_shape *in = &pt_graph_tensor(graph, op->inputs[0])->shape;
    bool trained = pt_graph_tensor(graph, op->parameters[0])->needs_gradient;
    return pt_work_add(&ret_backward->flop, trained ? in->dim[0] : 0, in->dim[2]) ? PT_OK
                                                                                  : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_add = {.name = "add", .count = count_add};
const struct pt_operator_demand pt_demand_multiply = {.name = "multiply", .count = count_multiply};
const struct pt_operator_demand pt_demand_swiglu = {.name = "swiglu", .count = count_swiglu};
const struct pt_operator_demand pt_demand_geglu = {.name = "geglu", .count = count_geglu};
const struct pt_operator_demand pt_demand_concat = {.name = "concat", .count = count_copies};
const struct pt_operator_demand pt_demand_slice = {.name = "slice", .count = count_copies};
const struct pt_operator_demand pt_demand_select = {.name = "select", .count = count_copies};
const struct pt_operator_demand pt_demand_reshape = {.name = "reshape", .count = count_copies};
const struct pt_operator_demand pt_demand_prepend_token = {.name = "prepend_token",
                                                           .count = count_token};
