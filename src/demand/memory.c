// The memory plan: lifetimes, sharing, places.
//
// Time runs through the operators forward, 0 to n-1, and back; before the backward pass of a
// segment it runs forward through the segment again. A block is a run of bytes with a first and a
// last moment; values that lie over each other share one block. memory_block.c places the blocks.

#include "demand/memory.h"

#include "demand/memory_block.h"
#include "demand/optimizer.h"

struct planner {
    const struct pt_graph *graph;
    const struct pt_demand_options *options;
    struct pt_memory_plan *plan;
    struct pt_memory_block *blocks;
    int block_count;
    int *value_block, *gradient_block;    // [tensor_count], -1: none
    int *stash_block;                     // [op_count]
    int *again_block, *again_stash_block; // the same where values live a second time
    int *backward_moment, *again_moment;  // [op_count], -1: never
    int end;                              // the moment after all others
};

static const struct pt_tensor_info *info(const struct planner *planner, pt_tensor tensor)
{
    return pt_graph_tensor(planner->graph, tensor);
}

static int64_t bytes_of(const struct planner *planner, pt_tensor tensor)
{
    const struct pt_tensor_info *tensor_info = info(planner, tensor);
    int64_t bytes = pt_shape_size(&tensor_info->shape) * pt_dtype_bytes(tensor_info->dtype);
    return pt_size_round_up(bytes > 0 ? bytes : 1, PT_MEMORY_ALIGNMENT);
}

// Forward, operator i runs at moment i.
static void set_moments(struct planner *planner)
{
    const struct pt_segments *segments = &planner->plan->segments;
    int moment = planner->graph->op_count;
    for (int i = planner->graph->op_count - 1; i >= 0; i--) {
        for (int k = segments->first_of[i]; k >= 0 && k <= i; k++)
            if (segments->is_recomputed[k])
                planner->again_moment[k] = moment++;
        planner->backward_moment[i] = moment++;
    }
    planner->end = moment;
}

static bool runs_backward(const struct planner *planner, int op)
{
    return !planner->options->inference &&
           info(planner, planner->graph->ops[op].outputs[0])->needs_gradient;
}

static int new_block(struct planner *planner, int64_t bytes, int first, int last)
{
    planner->blocks[planner->block_count] =
        (struct pt_memory_block){.bytes = bytes, .first = first, .last = last};
    return planner->block_count++;
}

static void extend(struct pt_memory_block *block, int moment)
{
    if (moment < block->first)
        block->first = moment;
    if (moment > block->last)
        block->last = moment;
}

static bool is_inner(const struct planner *planner, pt_tensor tensor)
{
    return planner->plan->segments.is_inner[tensor];
}

// An operator that runs again reads what its segment has from outside once more.
static bool reads_again(const struct planner *planner, int op, pt_tensor input)
{
    return planner->again_moment[op] >= 0 && !is_inner(planner, input);
}

// Does the operator, before or after the one at index, need what lies in block?
static bool needs_block(const struct planner *planner, int other_index, int index, int block)
{
    const struct pt_op *other = &planner->graph->ops[other_index];
    unsigned reads = runs_backward(planner, other_index) ? other->kind->backward_reads : 0;
    for (int k = 0; k < other->input_count; k++)
        if (planner->value_block[other->inputs[k]] == block &&
            (other_index > index || reads & PT_READS_INPUTS ||
             reads_again(planner, other_index, other->inputs[k])))
            return true;
    for (int k = 0; k < other->output_count && other_index < index; k++)
        if (planner->value_block[other->outputs[k]] == block &&
            (info(planner, other->outputs[k])->keep || reads & PT_READS_OUTPUTS))
            return true;
    return false;
}

// Nobody but op reads the values of its first input, and nobody does after it.
static bool may_overwrite_input(const struct planner *planner, int index)
{
    const struct pt_op *op = &planner->graph->ops[index];
    int block = planner->value_block[op->inputs[0]];
    bool alone =
        op->kind->may_run_in_place && block >= 0 && // no block: a graph input, or its view
        !reads_again(planner, index, op->inputs[0]) &&
        (op->segment == 0 || planner->options->inference || is_inner(planner, op->inputs[0]));
    for (int i = 0; i < planner->graph->op_count && alone; i++)
        alone = !needs_block(planner, i, index, block);
    return alone;
}

static void place_output_value(struct planner *planner, int index, int k)
{
    const struct pt_op *op = &planner->graph->ops[index];
    struct pt_memory_plan *plan = planner->plan;
    pt_tensor output = op->outputs[k], input = op->inputs[0];
    bool over_input = k == 0 && (op->kind->is_view || may_overwrite_input(planner, index));

    plan->value_home[output] = PT_HOME_ACTIVATIONS;
    if (over_input) {
        plan->output_in_place[index] = true;
        plan->value_home[output] = plan->value_home[input];
        plan->value[output] = plan->value[input]; // final for a graph input, set again otherwise
        planner->value_block[output] = planner->value_block[input];
    } else {
        planner->value_block[output] = new_block(planner, bytes_of(planner, output), index, index);
    }
    if (planner->value_block[output] >= 0)
        extend(&planner->blocks[planner->value_block[output]], index);
}

// The second life of an inner value.
static void place_output_again(struct planner *planner, int index, int k)
{
    const struct pt_op *op = &planner->graph->ops[index];
    pt_tensor output = op->outputs[k], input = op->inputs[0];
    int moment = planner->again_moment[index];
    if (moment < 0 || !is_inner(planner, output))
        return;
    if (planner->plan->output_in_place[index] && k == 0)
        planner->again_block[output] =
            is_inner(planner, input) ? planner->again_block[input] : planner->value_block[input];
    else
        planner->again_block[output] =
            new_block(planner, bytes_of(planner, output), moment, moment);
}

// In the forward pass.
static void use_value(struct planner *planner, pt_tensor tensor, int moment)
{
    if (planner->value_block[tensor] >= 0)
        extend(&planner->blocks[planner->value_block[tensor]], moment);
}

// In the backward pass, or while a segment is recomputed.
static void use_value_late(struct planner *planner, pt_tensor tensor, int moment)
{
    int block =
        is_inner(planner, tensor) ? planner->again_block[tensor] : planner->value_block[tensor];
    if (block >= 0)
        extend(&planner->blocks[block], moment);
}

static bool has_reader(const struct pt_graph *graph, pt_tensor tensor)
{
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].input_count; k++)
            if (graph->ops[i].inputs[k] == tensor)
                return true;
    return false;
}

static void plan_stash(struct planner *planner, int index, bool is_read)
{
    const struct pt_op *op = &planner->graph->ops[index];
    int64_t bytes = op->kind->stash_bytes == NULL ? 0 : op->kind->stash_bytes(planner->graph, op);
    int again = planner->again_moment[index], late = planner->backward_moment[index];
    if (bytes <= 0)
        return;
    bytes = pt_size_round_up(bytes, PT_MEMORY_ALIGNMENT);
    planner->stash_block[index] =
        new_block(planner, bytes, index, is_read && again < 0 ? late : index);
    if (again >= 0)
        planner->again_stash_block[index] =
            new_block(planner, bytes, again, is_read ? late : again);
}

static void plan_values(struct planner *planner)
{
    const struct pt_graph *graph = planner->graph;
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++)
            place_output_value(planner, i, k);
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++)
            place_output_again(planner, i, k);
    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        unsigned reads = runs_backward(planner, i) ? op->kind->backward_reads : 0;
        for (int k = 0; k < op->input_count; k++) {
            use_value(planner, op->inputs[k], i);
            if (planner->again_moment[i] >= 0)
                use_value_late(planner, op->inputs[k], planner->again_moment[i]);
            if (reads & PT_READS_INPUTS)
                use_value_late(planner, op->inputs[k], planner->backward_moment[i]);
        }
        for (int k = 0; k < op->output_count; k++) {
            if (reads & PT_READS_OUTPUTS)
                use_value_late(planner, op->outputs[k], planner->backward_moment[i]);
            // What no operator reads is an output of the graph.
            if (info(planner, op->outputs[k])->keep || !has_reader(graph, op->outputs[k]))
                use_value(planner, op->outputs[k], planner->end);
        }
        plan_stash(planner, i, reads & PT_READS_STASH);
    }
}

// The gradient of the first input may lie over the gradient of the output: nobody else writes it.
static bool may_turn_gradient(const struct planner *planner, int index)
{
    const struct pt_op *op = &planner->graph->ops[index];
    pt_tensor input = op->inputs[0];
    return (op->kind->may_run_in_place || op->kind->is_view) &&
           info(planner, input)->role == PT_ROLE_ACTIVATION &&
           planner->plan->gradient_writers[input] == 1 &&
           bytes_of(planner, input) == bytes_of(planner, op->outputs[0]);
}

static void plan_gradients(struct planner *planner)
{
    const struct pt_graph *graph = planner->graph;
    struct pt_memory_plan *plan = planner->plan;

    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        for (int k = 0; k < op->input_count && runs_backward(planner, i); k++)
            if (info(planner, op->inputs[k])->needs_gradient)
                plan->gradient_writers[op->inputs[k]]++;
    }
    for (int i = graph->op_count - 1; i >= 0; i--) { // as the backward pass runs
        const struct pt_op *op = &graph->ops[i];
        if (!runs_backward(planner, i))
            continue;
        int moment = planner->backward_moment[i];
        for (int k = 0; k < op->output_count; k++) {
            int *block = &planner->gradient_block[op->outputs[k]];
            if (*block < 0) // the loss, or an output that nobody takes: filled before all else
                *block =
                    new_block(planner, bytes_of(planner, op->outputs[k]), graph->op_count, moment);
            extend(&planner->blocks[*block], moment);
        }
        for (int k = 0; k < op->input_count; k++) {
            pt_tensor input = op->inputs[k];
            if (!info(planner, input)->needs_gradient)
                continue;
            int *block = &planner->gradient_block[input];
            if (*block < 0 && k == 0 && may_turn_gradient(planner, i)) {
                plan->gradient_in_place[i] = true;
                *block = planner->gradient_block[op->outputs[0]];
            } else if (*block < 0) {
                *block = new_block(planner, bytes_of(planner, input), moment, moment);
            }
            extend(&planner->blocks[*block], moment);
            if (info(planner, input)->role == PT_ROLE_INPUT) { // the caller reads it, steps add up
                extend(&planner->blocks[*block], 0);
                extend(&planner->blocks[*block], planner->end);
            }
        }
    }
}

// What has no block keeps the offset that it has.
static void write_offset(const struct planner *planner, int block, int64_t *offset)
{
    if (block >= 0)
        *offset = planner->blocks[block].offset;
}

static void write_offsets(struct planner *planner)
{
    struct pt_memory_plan *plan = planner->plan;
    for (int i = 0; i < planner->graph->tensor_count; i++) {
        write_offset(planner, planner->value_block[i], &plan->value[i]);
        write_offset(planner, planner->again_block[i], &plan->value_again[i]);
        write_offset(planner, planner->gradient_block[i], &plan->gradient[i]);
    }
    for (int i = 0; i < planner->graph->op_count; i++) {
        write_offset(planner, planner->stash_block[i], &plan->stash[i]);
        write_offset(planner, planner->again_stash_block[i], &plan->stash_again[i]);
    }
}

// Parameters and inputs: one after the other, in arrays of their own.
static bool plan_flat_arrays(struct planner *planner)
{
    struct pt_memory_plan *plan = planner->plan;
    struct pt_step_memory *size = &plan->size;
    for (int i = 0; i < planner->graph->tensor_count; i++) {
        const struct pt_tensor_info *tensor = info(planner, i);
        bool trained = pt_tensor_is_trained(tensor);
        if (tensor->role == PT_ROLE_ACTIVATION)
            continue;
        plan->value_home[i] = trained                         ? PT_HOME_PARAMETERS
                              : tensor->role == PT_ROLE_INPUT ? PT_HOME_INPUTS
                                                              : PT_HOME_FIXED;
        int64_t *end = trained                         ? &size->parameter_bytes
                       : tensor->role == PT_ROLE_INPUT ? &size->input_bytes
                                                       : &size->fixed_bytes;
        plan->value[i] = *end;
        if (trained && !planner->options->inference)
            plan->gradient[i] = *end;
        if (!pt_size_sum(*end, bytes_of(planner, i), end))
            return false;
    }
    size->gradient_bytes = planner->options->inference ? 0 : size->parameter_bytes;
    return true;
}

static enum pt_status plan_optimizer(const struct planner *planner, struct pt_arena *scratch,
                                     struct pt_error *error)
{
    const struct pt_optimizer_options options = pt_optimizer_options_of(planner->options);
    struct pt_optimizer_plan optimizer;
    if (planner->options->inference)
        return PT_OK;
    enum pt_status status =
        pt_optimizer_plan_create(scratch, planner->graph, &options, &optimizer, error);
    if (status == PT_OK && !pt_size_sum(optimizer.state_bytes, optimizer.workspace_bytes,
                                        &planner->plan->size.optimizer_bytes))
        status = pt_fail(error, PT_OVERFLOW, "the optimizer's state exceeds 2^63 bytes");
    return status;
}

static bool add_up(struct pt_step_memory *size)
{
    size->peak_bytes = 0;
    return pt_size_sum(size->parameter_bytes, size->gradient_bytes, &size->peak_bytes) &&
           pt_size_sum(size->peak_bytes, size->optimizer_bytes, &size->peak_bytes) &&
           pt_size_sum(size->peak_bytes, size->fixed_bytes, &size->peak_bytes) &&
           pt_size_sum(size->peak_bytes, size->input_bytes, &size->peak_bytes) &&
           pt_size_sum(size->peak_bytes, size->activation_bytes, &size->peak_bytes);
}

static int *alloc_indices(struct pt_arena *arena, size_t count)
{
    int *indices = pt_arena_alloc(arena, count, sizeof *indices);
    for (size_t i = 0; indices != NULL && i < count; i++)
        indices[i] = -1;
    return indices;
}

static int64_t *alloc_offsets(struct pt_arena *arena, size_t count)
{
    int64_t *offsets = pt_arena_alloc(arena, count, sizeof *offsets);
    for (size_t i = 0; offsets != NULL && i < count; i++)
        offsets[i] = PT_NOWHERE;
    return offsets;
}

// The plan's arrays come from arena, the planner's own from scratch.
static bool allocate(struct planner *planner, struct pt_arena *arena, struct pt_arena *scratch)
{
    struct pt_memory_plan *plan = planner->plan;
    size_t tensors = (size_t)planner->graph->tensor_count + 1;
    size_t ops = (size_t)planner->graph->op_count + 1;
    plan->value = alloc_offsets(arena, tensors);
    plan->value_home = pt_arena_alloc(arena, tensors, sizeof *plan->value_home);
    plan->gradient = alloc_offsets(arena, tensors);
    plan->stash = alloc_offsets(arena, ops);
    plan->value_again = alloc_offsets(arena, tensors);
    plan->stash_again = alloc_offsets(arena, ops);
    plan->output_in_place = pt_arena_alloc(arena, ops, sizeof *plan->output_in_place);
    plan->gradient_in_place = pt_arena_alloc(arena, ops, sizeof *plan->gradient_in_place);
    plan->gradient_writers = pt_arena_alloc(arena, tensors, sizeof *plan->gradient_writers);
    planner->blocks = pt_arena_alloc(scratch, 3 * tensors + 2 * ops, sizeof *planner->blocks);
    planner->value_block = alloc_indices(scratch, tensors);
    planner->gradient_block = alloc_indices(scratch, tensors);
    planner->stash_block = alloc_indices(scratch, ops);
    planner->again_block = alloc_indices(scratch, tensors);
    planner->again_stash_block = alloc_indices(scratch, ops);
    planner->backward_moment = alloc_indices(scratch, ops);
    planner->again_moment = alloc_indices(scratch, ops);
    return plan->value != NULL && plan->value_home != NULL && plan->gradient != NULL &&
           plan->stash != NULL && plan->output_in_place != NULL &&
           plan->gradient_in_place != NULL && plan->gradient_writers != NULL &&
           planner->blocks != NULL && planner->value_block != NULL &&
           planner->gradient_block != NULL && planner->stash_block != NULL &&
           plan->value_again != NULL && plan->stash_again != NULL && planner->again_block != NULL &&
           planner->again_stash_block != NULL && planner->backward_moment != NULL &&
           planner->again_moment != NULL;
}

// Without a backward pass nothing is needed again.
static void drop_segments(struct planner *planner)
{
    const struct pt_segments *segments = &planner->plan->segments;
    for (int i = 0; i < planner->graph->tensor_count; i++)
        segments->is_inner[i] = false;
    for (int i = 0; i < planner->graph->op_count; i++) {
        segments->is_recomputed[i] = false;
        segments->first_of[i] = -1;
    }
}

static enum pt_status make_plan(struct planner *planner, struct pt_arena *arena,
                                struct pt_arena *scratch, struct pt_error *error)
{
    if (!allocate(planner, arena, scratch))
        return pt_fail(error, PT_NO_MEMORY, "planning the memory of %d tensors: out of memory",
                       planner->graph->tensor_count);
    enum pt_status status = plan_optimizer(planner, scratch, error);
    if (status != PT_OK)
        return status;
    status = pt_graph_segments(arena, planner->graph, &planner->plan->segments, error);
    if (status != PT_OK)
        return status;
    if (planner->options->inference)
        drop_segments(planner);
    set_moments(planner);
    bool fits = plan_flat_arrays(planner);
    plan_values(planner);
    plan_gradients(planner);
    int64_t *peak = &planner->plan->size.activation_bytes;
    status = pt_memory_place(scratch, planner->blocks, planner->block_count, peak, error);
    if (status != PT_OK && status != PT_OVERFLOW)
        return status;
    if (!fits || status == PT_OVERFLOW || !add_up(&planner->plan->size))
        return pt_fail(error, PT_OVERFLOW,
                       "the memory of one step exceeds 2^63 bytes; use a smaller batch or network");
    write_offsets(planner);
    return PT_OK;
}

enum pt_status pt_memory_plan_create(struct pt_arena *arena, const struct pt_graph *graph,
                                     const struct pt_demand_options *options,
                                     struct pt_memory_plan *ret_plan, struct pt_error *error)
{
    struct pt_memory_plan plan = {0};
    struct planner planner = {.graph = graph, .options = options, .plan = &plan};
    enum pt_status status = pt_graph_check(graph, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *scratch = pt_arena_create();
    if (scratch == NULL)
        return pt_fail(error, PT_NO_MEMORY, "planning memory: out of memory");
    status = make_plan(&planner, arena, scratch, error);
    pt_arena_destroy(scratch);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
