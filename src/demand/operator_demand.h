// What this room knows of a kind of operator. For its members.
#ifndef PT_DEMAND_OPERATOR_DEMAND_H
#define PT_DEMAND_OPERATOR_DEMAND_H

#include "demand/demand.h"

struct pt_operator_demand {
    const char *name; // of the operator
    // Operations of one forward pass, and of one backward pass that writes the gradients which the
    // inputs and parameters need. Bytes, and additions to a gradient that is there already, are the
    // caller's. PT_OVERFLOW if a number leaves int64_t.
    enum pt_status (*count)(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward);
    // Operations of a forward pass that does not train, where they are others: dropout does
    // nothing. NULL: the same.
    enum pt_status (*count_inference)(const struct pt_graph *graph, const struct pt_op *op,
                                      struct pt_work *ret_forward);
};

extern const struct pt_operator_demand *const pt_operator_demands[]; // NULL-terminated
const struct pt_operator_demand *pt_operator_demand_find(const char *name);

// Elements of the first input, and its rows: all dimensions but the last.
struct pt_extent {
    int64_t elements, rows, columns;
};
struct pt_extent pt_op_extent(const struct pt_graph *graph, const struct pt_op *op);
bool pt_op_input_needs_gradient(const struct pt_graph *graph, const struct pt_op *op, int input);

// *flop += factor * count; false if it leaves int64_t.
bool pt_work_add(int64_t *flop, int64_t factor, int64_t count);

#endif
