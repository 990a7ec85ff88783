// Means of losses of single elements. Sums are made by the parts of a fixed grid.

#include "engine/value_loss.h"

#include "engine/split.h"

enum { PREDICTION, TARGET, LEAST_ELEMENTS = 4096, STEP = 64 };

struct sums {
    const struct pt_value_loss *loss;
    const float *prediction, *target;
    float number;
    int64_t elements;
    struct pt_parts parts;
    double of_part[PT_PARTS_MAX];
};

static void sum_parts(void *context, struct pt_range range)
{
    struct sums *sums = context;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range elements = pt_part_range(sums->parts, part, sums->elements);
        sums->of_part[part] =
            sums->loss->sum(sums->prediction + elements.begin, sums->target + elements.begin,
                            elements.end - elements.begin, sums->number);
    }
}

void pt_value_loss_forward(struct pt_kernel_call *call, const struct pt_value_loss *loss,
                           float number)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct sums sums = {.loss = loss,
                        .prediction = call->inputs[PREDICTION],
                        .target = call->inputs[TARGET],
                        .number = number,
                        .elements = n,
                        .parts = pt_split_parts(n, LEAST_ELEMENTS)};
    pt_run_ranges(sums.parts.count, 1, n, call->threads, sum_parts, &sums);
    double sum = 0;
    for (int64_t part = 0; part < sums.parts.count; part++)
        sum += sums.of_part[part];
    call->loss = sum * (1.0 / (double)n);
    call->outputs[0][0] = (float)call->loss;
    call->executed_flop += loss->forward_flop * n + 1;
}

struct slopes {
    pt_loss_slope *slope;
    const float *prediction, *target;
    float *dx;
    float number, scale;
    bool add;
};

static void slope_range(void *context, struct pt_range range)
{
    const struct slopes *work = context;
    work->slope(work->dx + range.begin, work->prediction + range.begin, work->target + range.begin,
                range.end - range.begin, work->number, work->scale, work->add);
}

void pt_value_loss_backward(struct pt_kernel_call *call, const struct pt_value_loss *loss,
                            float number)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    float scale = call->output_gradients[0][0] / (float)n;
    for (int input = PREDICTION; input <= TARGET; input++) {
        bool own = input == TARGET && loss->of_target != NULL;
        struct slopes work = {.slope = own ? loss->of_target : loss->slope,
                              .prediction = call->inputs[PREDICTION],
                              .target = call->inputs[TARGET],
                              .dx = call->input_gradients[input],
                              .number = number,
                              .scale = input == PREDICTION || own ? scale : -scale,
                              .add = call->accumulate_input[input]};
        if (work.dx == NULL)
            continue;
        pt_run_ranges(n, STEP, n, call->threads, slope_range, &work);
        call->executed_flop +=
            ((own ? loss->target_flop : loss->backward_flop) + (work.add ? 1 : 0)) * n;
    }
}
