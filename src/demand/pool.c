// Pooling. What lies in the padding is not touched.

#include "model/pool.h"

#include "demand/operator_demand.h"

// Forward per element of a window: compare, or add; the mean scales each result. Backward of the
// mean per element: scale and add. Of the maximum: if windows overlap, one addition for each
// result; else each element of a window is compared with the place of the largest.
static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_pool pool = pt_pool_of(graph, op);
    int64_t covered, positions = pool.batch * pool.channels;
    int64_t results = pt_shape_size(&pt_graph_tensor(graph, op->outputs[0])->shape);
    bool fits = pt_size_product(pt_pool_covered(&pool, 0), pt_pool_covered(&pool, 1), &covered) &&
                pt_size_product(covered, positions, &covered) &&
                pt_work_add(&ret_forward->flop, 1, covered) &&
                pt_work_add(&ret_forward->flop, pool.is_max ? 0 : 1, results);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && (pool.is_max ? pt_work_add(&ret_backward->flop, 1,
                                                  pt_pool_overlaps(&pool) ? results : covered)
                                    : pt_work_add(&ret_backward->flop, 2, covered));
    return fits ? PT_OK : PT_OVERFLOW;
}

// Forward: add each, scale each mean. Backward: scale each.
static enum pt_status count_global(const struct pt_graph *graph, const struct pt_op *op,
                                   struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_global_pool pool = pt_global_pool_of(graph, op);
    int64_t elements = pt_op_extent(graph, op).elements;
    bool fits = pt_work_add(&ret_forward->flop, 1, elements) &&
                pt_work_add(&ret_forward->flop, pool.batch, pool.channels);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && pt_work_add(&ret_backward->flop, 1, elements);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_max_pool2d = {.name = "max_pool2d", .count = count};
const struct pt_operator_demand pt_demand_avg_pool2d = {.name = "avg_pool2d", .count = count};
const struct pt_operator_demand pt_demand_max_pool1d = {.name = "max_pool1d", .count = count};
const struct pt_operator_demand pt_demand_avg_pool1d = {.name = "avg_pool1d", .count = count};
const struct pt_operator_demand pt_demand_global_avg_pool = {.name = "global_avg_pool",
                                                             .count = count_global};
