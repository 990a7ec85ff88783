// Counts a graph: every operator by its own rule, bytes and accumulations here.

#include "demand/memory.h"
#include "demand/operator_demand.h"
#include "demand/optimizer.h"

struct pt_extent pt_op_extent(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *shape = &pt_graph_tensor(graph, op->inputs[0])->shape;
    struct pt_extent extent = {.elements = pt_shape_size(shape)};
    extent.columns = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    extent.rows = extent.columns > 0 ? extent.elements / extent.columns : 0;
    return extent;
}

bool pt_op_input_needs_gradient(const struct pt_graph *graph, const struct pt_op *op, int input)
{
    return pt_graph_tensor(graph, op->inputs[input])->needs_gradient;
}

bool pt_work_add(int64_t *flop, int64_t factor, int64_t count)
{
    int64_t product;
    return pt_size_product(factor, count, &product) && pt_size_sum(*flop, product, flop);
}

static int64_t tensor_bytes(const struct pt_graph *graph, pt_tensor tensor)
{
    const struct pt_tensor_info *info = pt_graph_tensor(graph, tensor);
    return pt_shape_size(&info->shape) * pt_dtype_bytes(info->dtype); // checked when it was added
}

// Does another operator write the gradient of this parameter before op does? Those that do it in
// the forward pass come first, then the backward order.
static bool parameter_is_first(const struct pt_graph *graph, int op_index, pt_tensor parameter)
{
    bool early = graph->ops[op_index].kind->gradients_in_forward;
    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *other = &graph->ops[i];
        bool other_early = other->kind->gradients_in_forward;
        bool before = early == other_early ? (early ? i < op_index : i > op_index) : other_early;
        for (int k = 0; k < other->parameter_count && before; k++)
            if (other->parameters[k] == parameter)
                return false;
    }
    return true;
}

static bool count_parameter_accumulation(const struct pt_graph *graph, int op_index,
                                         struct pt_work *backward)
{
    const struct pt_op *op = &graph->ops[op_index];
    for (int i = 0; i < op->parameter_count; i++) {
        const struct pt_tensor_info *info = pt_graph_tensor(graph, op->parameters[i]);
        if (info->needs_gradient && info->role == PT_ROLE_PARAMETER &&
            !op->kind->adds_gradient_rows &&
            !parameter_is_first(graph, op_index, op->parameters[i]) &&
            (!pt_work_add(&backward->flop, 1, pt_shape_size(&info->shape)) ||
             !pt_work_add(&backward->bytes, 1, tensor_bytes(graph, op->parameters[i]))))
            return false;
    }
    return true;
}

// A gradient that is there already is read and added to: one addition for each element.
static bool count_accumulation(const struct pt_graph *graph, const struct pt_op *op, int op_index,
                               struct pt_work *backward)
{
    for (int i = 0; i < op->input_count; i++) {
        const struct pt_tensor_info *input = pt_graph_tensor(graph, op->inputs[i]);
        bool is_first = true; // in the backward order: no later operator reads the tensor
        for (int later = op_index; later < graph->op_count && is_first; later++)
            for (int k = later == op_index ? i + 1 : 0; k < graph->ops[later].input_count; k++)
                is_first = is_first && graph->ops[later].inputs[k] != op->inputs[i];
        if (input->needs_gradient && !is_first &&
            (!pt_work_add(&backward->flop, 1, pt_shape_size(&input->shape)) ||
             !pt_work_add(&backward->bytes, 1, tensor_bytes(graph, op->inputs[i]))))
            return false;
    }
    return true;
}

// Each value and each gradient that the operator touches passes once. A view moves nothing.
static bool count_bytes(const struct pt_graph *graph, const struct pt_op *op,
                        struct pt_work *forward, struct pt_work *backward)
{
    const struct pt_operator *kind = op->kind;
    if (kind->is_view)
        return true;
    int64_t stash = kind->stash_bytes == NULL ? 0 : kind->stash_bytes(graph, op);
    bool fits = pt_work_add(&forward->bytes, 1, stash) && pt_work_add(&backward->bytes, 1, stash);
    bool reads_inputs = kind->backward_reads & PT_READS_INPUTS;
    bool reads_outputs = kind->backward_reads & PT_READS_OUTPUTS;

    for (int i = 0; i < op->input_count && fits; i++) {
        int64_t bytes = tensor_bytes(graph, op->inputs[i]);
        bool wanted = pt_op_input_needs_gradient(graph, op, i);
        fits = pt_work_add(&forward->bytes, 1, bytes) &&
               pt_work_add(&backward->bytes, (reads_inputs ? 1 : 0) + (wanted ? 1 : 0), bytes);
    }
    for (int i = 0; i < op->parameter_count && fits; i++) {
        int64_t bytes = tensor_bytes(graph, op->parameters[i]);
        bool trained = pt_graph_tensor(graph, op->parameters[i])->needs_gradient;
        fits = pt_work_add(&forward->bytes, 1, bytes) &&
               pt_work_add(&backward->bytes, trained ? 2 : 1, bytes);
    }
    for (int i = 0; i < op->output_count && fits; i++) {
        int64_t bytes = tensor_bytes(graph, op->outputs[i]);
        fits = pt_work_add(&forward->bytes, 1, bytes) &&
               pt_work_add(&backward->bytes, reads_outputs ? 2 : 1, bytes);
    }
    return fits;
}

static enum pt_status count_op(const struct pt_graph *graph, int index, bool inference,
                               struct pt_work by_pass[PT_PASS_COUNT], struct pt_error *error)
{
    const struct pt_op *op = &graph->ops[index];
    const struct pt_operator_demand *demand = pt_operator_demand_find(op->kind->name);
    if (demand == NULL)
        return pt_fail(error, PT_UNSUPPORTED, "%s: nobody knows how to count operator %s", op->name,
                       op->kind->name);
    struct pt_work forward = {0}, backward = {0};
    enum pt_status status = demand->count(graph, op, &forward, &backward);
    if (status == PT_OK && inference && demand->count_inference != NULL)
        status = demand->count_inference(graph, op, &forward);
    if (status == PT_OK &&
        (!count_bytes(graph, op, &forward, &backward) ||
         !count_accumulation(graph, op, index, &backward) ||
         !count_parameter_accumulation(
             graph, index, op->kind->gradients_in_forward && !inference ? &forward : &backward)))
        status = PT_OVERFLOW;
    if (status != PT_OK)
        return pt_fail(error, status, "%s: the operations of %s exceed 2^63; use smaller sizes",
                       op->name, op->kind->name);
    bool has_backward = pt_graph_tensor(graph, op->outputs[0])->needs_gradient;
    by_pass[PT_FORWARD] = forward;
    by_pass[PT_BACKWARD] = has_backward ? backward : (struct pt_work){0};
    return PT_OK;
}

static bool add_work(struct pt_work *sum, const struct pt_work *part, int64_t times)
{
    return pt_work_add(&sum->flop, times, part->flop) &&
           pt_work_add(&sum->matmul_flop, times, part->matmul_flop) &&
           pt_work_add(&sum->bytes, times, part->bytes);
}

// What a backward pass runs forward again.
static bool count_recomputation(struct pt_demand *demand, const struct pt_segments *segments)
{
    for (int i = 0; i < demand->op_count; i++)
        if (segments->is_recomputed[i] &&
            (!add_work(&demand->by_op[i][PT_BACKWARD], &demand->by_op[i][PT_FORWARD], 1) ||
             !add_work(&demand->recomputed, &demand->by_op[i][PT_FORWARD], 1)))
            return false;
    return true;
}

// What the first batch writes, the others of a step add: an addition for each number, but where
// only rows are added in any case.
static bool count_batch_accumulation(const struct pt_graph *graph, int64_t *flop)
{
    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        for (int k = 0; k < op->parameter_count && !op->kind->adds_gradient_rows; k++) {
            const struct pt_tensor_info *info = pt_graph_tensor(graph, op->parameters[k]);
            if (pt_tensor_is_trained(info) && parameter_is_first(graph, i, op->parameters[k]) &&
                !pt_work_add(flop, 1, pt_shape_size(&info->shape)))
                return false;
        }
    }
    return true;
}

static enum pt_status count_update(struct pt_arena *arena, const struct pt_graph *graph,
                                   const struct pt_demand_options *options,
                                   struct pt_demand *demand, struct pt_error *error)
{
    const struct pt_optimizer_options update = pt_optimizer_options_of(options);
    struct pt_optimizer_plan plan;
    enum pt_status status = pt_optimizer_plan_create(arena, graph, &update, &plan, error);
    if (status != PT_OK)
        return status;
    demand->optimizer = plan.update;
    bool fits = count_batch_accumulation(graph, &demand->add_flop);
    if (options->accumulate > 1 && update.clip_norm == 0) // a clipped gradient is scaled anyway
        demand->scale_flop = plan.scale_flop;
    return fits && pt_work_add(&demand->optimizer.flop, 1, demand->scale_flop)
               ? PT_OK
               : pt_fail(error, PT_OVERFLOW, "the operations of an update exceed 2^63");
}

static enum pt_status add_passes(struct pt_demand *demand, const struct pt_demand_options *options,
                                 struct pt_error *error)
{
    int64_t batches = options->accumulate > 1 ? options->accumulate : 1;
    bool fits = true;
    for (int i = 0; i < demand->op_count && fits; i++)
        for (int pass = PT_FORWARD; pass <= PT_BACKWARD && fits; pass++)
            fits = add_work(&demand->pass[pass], &demand->by_op[i][pass], 1);
    demand->pass[PT_OPTIMIZER] = demand->optimizer;
    for (int pass = 0; pass < PT_PASS_COUNT && fits; pass++)
        fits = add_work(&demand->step, &demand->pass[pass], pass == PT_OPTIMIZER ? 1 : batches);
    fits = fits && pt_work_add(&demand->step.flop, batches - 1, demand->add_flop) &&
           pt_work_add(&demand->step.bytes, 4 * (batches - 1), demand->add_flop);
    return fits ? PT_OK
                : pt_fail(error, PT_OVERFLOW,
                          "the operations of one step exceed 2^63; use a "
                          "smaller batch or network");
}

enum pt_status pt_demand_count(struct pt_arena *arena, const struct pt_graph *graph,
                               const struct pt_demand_options *options,
                               struct pt_demand *ret_demand, struct pt_error *error)
{
    struct pt_demand demand = {.op_count = graph->op_count};
    enum pt_status status = pt_graph_check(graph, error);
    if (status != PT_OK)
        return status;
    demand.parameter_count = pt_graph_parameter_count(graph);
    demand.trained_count = pt_graph_trained_count(graph);
    demand.by_op = pt_arena_alloc(arena, (size_t)graph->op_count + 1, sizeof *demand.by_op);
    if (demand.by_op == NULL)
        return pt_fail(error, PT_NO_MEMORY, "counting %d operators: out of memory",
                       graph->op_count);
    struct pt_segments segments;
    status = pt_graph_segments(arena, graph, &segments, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < graph->op_count; i++) {
        status = count_op(graph, i, options->inference, demand.by_op[i], error);
        if (status != PT_OK)
            return status;
        if (options->inference)
            demand.by_op[i][PT_BACKWARD] = (struct pt_work){0};
    }
    if (!options->inference && !count_recomputation(&demand, &segments))
        return pt_fail(error, PT_OVERFLOW, "the operations of one step exceed 2^63");
    if (!options->inference)
        status = count_update(arena, graph, options, &demand, error);
    if (status == PT_OK)
        status = add_passes(&demand, options, error);
    struct pt_memory_plan plan;
    if (status == PT_OK)
        status = pt_memory_plan_create(arena, graph, options, &plan, error);
    if (status != PT_OK)
        return status;
    demand.memory = plan.size;
    *ret_demand = demand;
    return PT_OK;
}
