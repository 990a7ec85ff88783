// Running a network: forward in the order of the operators, backward in the reverse.

#include "base/clock.h"
#include "engine/network_parts.h"

static enum pt_status check_rows(const struct pt_network *network, int64_t rows,
                                 struct pt_error *error)
{
    int64_t batch = network->row_sets[0].rows;
    if (rows >= 1 && rows <= batch)
        return PT_OK;
    return pt_fail(error, PT_USAGE, "row_count is %lld; network %s takes 1 to %lld rows",
                   (long long)rows, network->graph->name, (long long)batch);
}

static struct pt_row_set *find_row_set(struct pt_network *network, int64_t rows)
{
    for (int i = 0; i < network->row_set_count; i++)
        if (network->row_sets[i].rows == rows && network->row_sets[i].length == network->length)
            return &network->row_sets[i];
    return NULL;
}

static enum pt_status add_row_set(struct pt_network *network, int64_t rows,
                                  struct pt_row_set **ret_set, struct pt_error *error)
{
    struct pt_row_set set;
    enum pt_status status = pt_row_set_create(network, rows, network->length, &set, error);
    if (status != PT_OK)
        return status;
    struct pt_row_set *place;
    if (network->row_set_count < PT_ROW_SETS_MAX) {
        place = &network->row_sets[network->row_set_count++];
    } else {
        place = &network->row_sets[network->next_row_set];
        network->next_row_set = network->next_row_set % (PT_ROW_SETS_MAX - 1) + 1; // never 0
        if (network->last_forward == place)
            network->last_forward = NULL;
        pt_row_set_destroy(place);
    }
    *place = set;
    *ret_set = place;
    return PT_OK;
}

static enum pt_status row_set_for(struct pt_network *network, int64_t rows,
                                  struct pt_row_set **ret_set, struct pt_error *error)
{
    enum pt_status status = check_rows(network, rows, error);
    if (status != PT_OK)
        return status;
    struct pt_row_set *set = find_row_set(network, rows);
    if (set == NULL)
        return add_row_set(network, rows, ret_set, error);
    *ret_set = set;
    return PT_OK;
}

enum pt_status pt_network_prepare_rows(struct pt_network *network, int64_t row_count,
                                       struct pt_error *error)
{
    struct pt_row_set *unused;
    return row_set_for(network, row_count, &unused, error);
}

enum pt_status pt_network_set_length(struct pt_network *network, int64_t length,
                                     struct pt_error *error)
{
    int64_t full = network->row_sets[0].length;
    if (length == 0 || (length > 0 && length <= full)) {
        network->length = length == 0 ? full : length;
        return PT_OK;
    }
    return full == 0
               ? pt_fail(error, PT_USAGE,
                         "length is %lld, but network %s has no input of token sequences; use 0",
                         (long long)length, network->graph->name)
               : pt_fail(error, PT_USAGE, "length is %lld; network %s takes 1 to %lld tokens",
                         (long long)length, network->graph->name, (long long)full);
}

// Counts what the kernel executes, and in a profile its time, to the pass that it is a part of.
static void run_kernel(struct pt_network *network, struct pt_kernel_call *call,
                       void (*kernel)(struct pt_kernel_call *call), enum pt_pass pass)
{
    struct pt_op_time *time = network->op_times == NULL || pass == PT_PASS_COUNT
                                  ? NULL
                                  : &network->op_times[call->op_index];
    int64_t start_ns = time == NULL ? 0 : pt_clock_monotonic(&pt_system_clock);
    call->executed_flop = 0;
    kernel(call);
    network->executed_flop += call->executed_flop;
    if (time == NULL)
        return;
    int64_t duration_ns = pt_clock_monotonic(&pt_system_clock) - start_ns;
    *(pass == PT_FORWARD ? &time->forward_ns : &time->backward_ns) += duration_ns;
    *(pass == PT_FORWARD ? &time->forward_flop : &time->backward_flop) += call->executed_flop;
}

static void set_parameter_accumulation(const struct pt_network *network,
                                       const struct pt_ready_op *ready, struct pt_kernel_call *call)
{
    for (int k = 0; k < call->op->parameter_count; k++)
        call->accumulate_parameter[k] = network->adds_gradients || (ready->adds_parameter >> k & 1);
}

// Gradients that a forward pass has written are completed by the backward pass that belongs to it.
static enum pt_status check_early_gradients(const struct pt_network *network, bool training,
                                            struct pt_error *error)
{
    if (!training || !network->has_early_gradients || !network->adds_gradients)
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "network %s adds gradients up, and the last forward pass in training had no "
                   "backward pass; call pt_network_backward or pt_network_zero_gradients first",
                   network->graph->name);
}

static bool writes_gradients_in_forward(const struct pt_network *network)
{
    bool writes = false;
    for (int i = 0; i < network->graph->op_count && !network->inference; i++)
        writes = writes || network->graph->ops[i].kind->gradients_in_forward;
    return writes;
}

static enum pt_status forward_op(struct pt_network *network, struct pt_ready_op *ready,
                                 bool training, struct pt_error *error)
{
    struct pt_kernel_call *call = &ready->call;
    if (ready->is_fused)
        return PT_OK;
    call->training = training;
    call->step = (uint64_t)network->step;
    call->status = PT_OK;
    if (training && call->op->kind->gradients_in_forward)
        set_parameter_accumulation(network, ready, call);
    run_kernel(network, call, ready->kernel->forward,
               training ? PT_FORWARD : PT_PASS_COUNT); // evaluation is in no profile
    if (call->status != PT_OK && error != NULL)
        *error = call->error;
    if (call->op->outputs[0] == network->graph->loss)
        network->loss = call->loss;
    return call->status;
}

enum pt_status pt_network_forward(struct pt_network *network, int64_t row_count, bool training,
                                  struct pt_error *error)
{
    struct pt_row_set *set;
    int64_t rows = row_count == 0 ? network->row_sets[0].rows : row_count;
    network->last_forward = NULL;
    enum pt_status status = row_set_for(network, rows, &set, error);
    if (status == PT_OK)
        status = check_early_gradients(network, training, error);
    for (int i = 0; i < network->graph->op_count && status == PT_OK; i++)
        status = forward_op(network, &set->ops[i], training, error);
    if (status != PT_OK)
        return status;
    network->last_forward = set;
    network->last_training = training;
    if (training) {
        network->step++;
        network->has_early_gradients = writes_gradients_in_forward(network);
        network->early_gradients_are_lost = false;
    }
    return PT_OK;
}

static enum pt_status check_backward(const struct pt_network *network, struct pt_error *error)
{
    const char *name = network->graph->name;
    pt_tensor loss = network->graph->loss;
    if (network->inference)
        return pt_fail(error, PT_USAGE, "network %s was created for inference: no gradients", name);
    if (loss == PT_NO_TENSOR)
        return pt_fail(error, PT_USAGE, "network %s has no loss; add cross_entropy or mse", name);
    if (!pt_graph_tensor(network->graph, loss)->needs_gradient)
        return pt_fail(
            error, PT_USAGE,
            "the loss of network %s depends on no parameter and no input that a gradient "
            "was asked for",
            name);
    if (network->last_forward == NULL)
        return pt_fail(error, PT_USAGE,
                       "network %s has no forward pass to go back from; each pt_network_backward "
                       "needs its own pt_network_forward",
                       name);
    if (network->early_gradients_are_lost)
        return pt_fail(error, PT_USAGE,
                       "network %s writes gradients in the forward pass; call "
                       "pt_network_zero_gradients before pt_network_forward",
                       name);
    return PT_OK;
}

// Outputs that no operator takes: the loss has gradient 1, others do not matter to it.
static void set_last_gradients(struct pt_network *network, const struct pt_ready_op *ready)
{
    const struct pt_op *op = ready->call.op;
    for (int k = 0; k < op->output_count; k++) {
        float *gradient = ready->call.output_gradients[k];
        if (network->plan.gradient_writers[op->outputs[k]] > 0 || gradient == NULL)
            continue;
        int64_t size = pt_shape_size(&pt_graph_tensor(ready->call.graph, op->outputs[k])->shape);
        for (int64_t i = 0; i < size; i++)
            gradient[i] = op->outputs[k] == network->graph->loss ? 1 : 0;
    }
}

static void backward_op(struct pt_network *network, struct pt_ready_op *ready)
{
    struct pt_kernel_call *call = ready->late != NULL ? ready->late : &ready->call;
    for (int k = 0; k < call->op->input_count; k++) {
        bool adds = ready->adds_input >> k & 1, asked_for = ready->asked_for >> k & 1;
        call->accumulate_input[k] = adds || (asked_for && network->adds_gradients);
    }
    set_parameter_accumulation(network, ready, call);
    call->training = network->last_training;
    run_kernel(network, call, ready->kernel->backward, PT_BACKWARD);
}

// The inner values of the segment that ends with the operator at last, as the forward pass had
// them.
static void recompute(struct pt_network *network, struct pt_ready_op *ops, int last)
{
    const struct pt_segments *segments = &network->plan.segments;
    for (int i = segments->first_of[last]; i >= 0 && i <= last; i++) {
        struct pt_kernel_call *call = ops[i].late;
        if (!segments->is_recomputed[i] || ops[i].is_fused)
            continue;
        call->training = network->last_training;
        call->step = ops[i].call.step;
        run_kernel(network, call, ops[i].kernel->forward, PT_BACKWARD);
    }
}

enum pt_status pt_network_backward(struct pt_network *network, struct pt_error *error)
{
    enum pt_status status = check_backward(network, error);
    if (status != PT_OK)
        return status;
    struct pt_ready_op *ops = network->last_forward->ops;
    int count = network->graph->op_count;
    for (int i = 0; i < count; i++)
        if (ops[i].runs_backward)
            set_last_gradients(network, &ops[i]);
    for (int i = count - 1; i >= 0; i--) {
        recompute(network, ops, i);
        if (ops[i].runs_backward)
            backward_op(network, &ops[i]);
    }
    network->adds_gradients = true;
    network->has_early_gradients = false;
    network->last_forward = NULL; // its memory now holds gradients
    return PT_OK;
}

void pt_network_zero_gradients(struct pt_network *network)
{
    // Harmless if they were written, not added to.
    network->early_gradients_are_lost = network->has_early_gradients && network->adds_gradients;
    network->has_early_gradients = network->has_early_gradients && !network->adds_gradients;
    network->adds_gradients = false;
}
