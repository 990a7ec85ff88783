// The mean over all positions, channels last. Operations are counted as demand/pool.c lists them.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"
#include "model/pool.h"

static void forward_samples(void *context, struct pt_range samples)
{
    const struct pt_kernel_call *call = context;
    struct pt_global_pool pool = pt_global_pool_of(call->graph, call->op);
    for (int64_t sample = samples.begin; sample < samples.end; sample++) {
        float *y = call->outputs[0] + sample * pool.channels;
        pt_elementwise()->column_sums(y, call->inputs[0] + sample * pool.positions * pool.channels,
                                      pool.positions, pool.channels, pool.channels, false);
        pt_elementwise()->scale(y, y, pool.channels, 1.0f / (float)pool.positions, false);
    }
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_global_pool pool = pt_global_pool_of(call->graph, call->op);
    int64_t results = pool.batch * pool.channels;
    pt_run_ranges(pool.batch, 1, results * pool.positions, call->threads, forward_samples, call);
    call->executed_flop += results * pool.positions + results;
}

static void backward_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    struct pt_global_pool pool = pt_global_pool_of(call->graph, call->op);
    for (int64_t row = rows.begin; row < rows.end; row++)
        pt_elementwise()->scale(call->input_gradients[0] + row * pool.channels,
                                call->output_gradients[0] + row / pool.positions * pool.channels,
                                pool.channels, 1.0f / (float)pool.positions,
                                call->accumulate_input[0]);
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_global_pool pool = pt_global_pool_of(call->graph, call->op);
    int64_t rows = pool.batch * pool.positions, elements = rows * pool.channels;
    if (call->input_gradients[0] == NULL)
        return;
    pt_run_ranges(rows, 1, elements, call->threads, backward_rows, call);
    call->executed_flop += (call->accumulate_input[0] ? 2 : 1) * elements;
}

const struct pt_operator_kernel pt_kernel_global_avg_pool = {
    .name = "global_avg_pool",
    .forward = forward,
    .backward = backward,
};
