// What this room knows of a kind of operator. For its members.
#ifndef PT_DEMAND_OPERATOR_DEMAND_H
#define PT_DEMAND_OPERATOR_DEMAND_H

#include "demand/demand.h"

struct pt_operator_demand {
    const char *name; // of the operator
    // Work of one forward pass, and of one backward pass that computes the gradients which the
    // tensors need (needs_gradient). PT_OVERFLOW if it leaves int64_t.
    enum pt_status (*count)(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward);
};

extern const struct pt_operator_demand *const pt_operator_demands[];
const struct pt_operator_demand *pt_operator_demand_find(const char *name);

#endif
