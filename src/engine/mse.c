// Mean of (prediction - target)^2 over all elements. Squares are summed in double precision, by the
// parts of a fixed grid.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { PREDICTION, TARGET, LEAST_ELEMENTS = 4096, STEP = 64 };

static void forward(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct pt_parts parts = pt_split_parts(n, LEAST_ELEMENTS);
    const float *prediction = call->inputs[PREDICTION], *target = call->inputs[TARGET];
    double sums[PT_PARTS_MAX];
#pragma omp parallel for schedule(static) num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
    for (int64_t part = 0; part < parts.count; part++) {
        struct pt_range range = pt_part_range(parts, part, n);
        sums[part] = pt_elementwise()->squared_distance(
            prediction + range.begin, target + range.begin, range.end - range.begin);
    }
    double sum = 0;
    for (int64_t part = 0; part < parts.count; part++)
        sum += sums[part];
    call->loss = sum * (1.0 / (double)n);
    call->outputs[0][0] = (float)call->loss;
    call->executed_flop += 3 * n + 1;
}

// d(prediction) = 2 (prediction - target) / n, and the negative for the target.
static void backward(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    const float *prediction = call->inputs[PREDICTION], *target = call->inputs[TARGET];
    float scale = 2 * call->output_gradients[0][0] / (float)n;
    for (int input = PREDICTION; input <= TARGET; input++) {
        float *dx = call->input_gradients[input];
        bool add = call->accumulate_input[input];
        float factor = input == PREDICTION ? scale : -scale;
        if (dx == NULL)
            continue;
#pragma omp parallel num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
        {
            struct pt_range range = pt_thread_range(n, STEP);
            pt_elementwise()->scaled_difference(dx + range.begin, prediction + range.begin,
                                                target + range.begin, range.end - range.begin,
                                                factor, add);
        }
        call->executed_flop += (2 + (add ? 1 : 0)) * n;
    }
}

const struct pt_operator_kernel pt_kernel_mse = {
    .name = "mse",
    .forward = forward,
    .backward = backward,
};
