// Rows of a table. Forward, embedding copies (and scales, if it is asked to), the others add once
// an element. Backward, every row that was used is added to the gradient of the table: one addition
// an element of the output, whether something stands there already or not. Zeros that are written
// first are no operations.

#include "model/embedding.h"
#include "demand/operator_demand.h"

static bool table_is_trained(const struct pt_graph *graph, const struct pt_op *op)
{
    return pt_graph_tensor(graph, op->parameters[0])->needs_gradient;
}

static enum pt_status count_embedding(const struct pt_graph *graph, const struct pt_op *op,
                                      struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    int64_t outputs = pt_shape_size(&pt_graph_tensor(graph, op->outputs[0])->shape);
    bool scales = op->attributes[PT_EMBEDDING_SCALE].number != 1;
    bool fits = pt_work_add(&ret_forward->flop, scales, outputs);
    if (table_is_trained(graph, op))
        fits = fits && pt_work_add(&ret_backward->flop, scales ? 2 : 1, outputs);
    return fits ? PT_OK : PT_OVERFLOW;
}

static enum pt_status count_rows(const struct pt_graph *graph, const struct pt_op *op,
                                 struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    int64_t outputs = pt_shape_size(&pt_graph_tensor(graph, op->outputs[0])->shape);
    bool fits = pt_work_add(&ret_forward->flop, 1, outputs);
    if (table_is_trained(graph, op))
        fits = fits && pt_work_add(&ret_backward->flop, 1, outputs);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_embedding = {.name = "embedding",
                                                       .count = count_embedding};
const struct pt_operator_demand pt_demand_position_embedding = {.name = "position_embedding",
                                                                .count = count_rows};
const struct pt_operator_demand pt_demand_add_row = {.name = "add_row", .count = count_rows};
