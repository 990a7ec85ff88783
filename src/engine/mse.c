// Mean of (prediction - target)^2 over all elements. Squares are summed in double precision, by the
// parts of a fixed grid.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { PREDICTION, TARGET, LEAST_ELEMENTS = 4096, STEP = 64 };

struct sums {
    const float *prediction, *target;
    int64_t elements;
    struct pt_parts parts;
    double of_part[PT_PARTS_MAX];
};

static void sum_parts(void *context, struct pt_range range)
{
    struct sums *sums = context;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range elements = pt_part_range(sums->parts, part, sums->elements);
        sums->of_part[part] = pt_elementwise()->squared_distance(sums->prediction + elements.begin,
                                                                 sums->target + elements.begin,
                                                                 elements.end - elements.begin);
    }
}

static void forward(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct sums sums = {
        call->inputs[PREDICTION], call->inputs[TARGET], n, pt_split_parts(n, LEAST_ELEMENTS), {0}};
    pt_run_ranges(sums.parts.count, 1, n, call->threads, sum_parts, &sums);
    double sum = 0;
    for (int64_t part = 0; part < sums.parts.count; part++)
        sum += sums.of_part[part];
    call->loss = sum * (1.0 / (double)n);
    call->outputs[0][0] = (float)call->loss;
    call->executed_flop += 3 * n + 1;
}

struct difference {
    const float *prediction, *target;
    float *dx;
    float factor;
    bool add;
};

static void difference_range(void *context, struct pt_range range)
{
    const struct difference *work = context;
    pt_elementwise()->scaled_difference(work->dx + range.begin, work->prediction + range.begin,
                                        work->target + range.begin, range.end - range.begin,
                                        work->factor, work->add);
}

// d(prediction) = 2 (prediction - target) / n, and the negative for the target.
static void backward(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    float scale = 2 * call->output_gradients[0][0] / (float)n;
    for (int input = PREDICTION; input <= TARGET; input++) {
        struct difference work = {
            call->inputs[PREDICTION], call->inputs[TARGET], call->input_gradients[input],
            input == PREDICTION ? scale : -scale, call->accumulate_input[input]};
        if (work.dx == NULL)
            continue;
        pt_run_ranges(n, STEP, n, call->threads, difference_range, &work);
        call->executed_flop += (2 + (work.add ? 1 : 0)) * n;
    }
}

const struct pt_operator_kernel pt_kernel_mse = {
    .name = "mse",
    .forward = forward,
    .backward = backward,
};
