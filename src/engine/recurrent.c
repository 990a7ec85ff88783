// Recurrent layers: the products of all time steps at once, around the time loop of
// recurrent_time.c. What the backward pass does is ordered so that nothing is copied: the gradients
// of the gates take the place of the gates.
//
// weight_hh multiplies the state of the step before: its gradient is that of the gates, transposed,
// times the states one row earlier. Where a sample begins, the earlier row belongs to another
// sample; the gradients of the gates there, which nobody needs any more, are set to zero first.
// Operations are counted as demand/recurrent.c lists them.

#include <string.h>

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/recurrent_time.h"
#include "engine/split.h"

enum { LEAST_ROWS = 256, COLUMN_STEP = 64 }; // of the sums for the biases

static const struct {
    int64_t forward, backward;
} flop_each[] = {
    [PT_CELL_RNN_TANH] = {2, 4},
    [PT_CELL_RNN_RELU] = {2, 2},
    [PT_CELL_LSTM] = {22, 24},
    [PT_CELL_GRU] = {16, 17},
};

// ------------------------------------------------------------------------------------- products
static struct pt_gemm input_product(const struct pt_recurrent_size *size,
                                    enum pt_precision precision)
{
    return (struct pt_gemm){.m = size->rows,
                            .n = size->width,
                            .k = size->in,
                            .transpose_b = true,
                            .lda = size->in,
                            .ldb = size->in,
                            .ldc = size->stride,
                            .precision = precision,
                            .epilogue = size->bias ? PT_EPILOGUE_BIAS : PT_EPILOGUE_NONE};
}

static struct pt_gemm input_gradient_product(const struct pt_recurrent_size *size,
                                             enum pt_precision precision)
{
    return (struct pt_gemm){.m = size->rows,
                            .n = size->in,
                            .k = size->width,
                            .lda = size->stride,
                            .ldb = size->in,
                            .ldc = size->in,
                            .precision = precision};
}

// Gradient of weight_ih: width rows of rows products with the input.
static struct pt_gemm weight_ih_product(const struct pt_recurrent_size *size,
                                        enum pt_precision precision)
{
    return (struct pt_gemm){.m = size->width,
                            .n = size->in,
                            .k = size->rows,
                            .transpose_a = true,
                            .lda = size->stride,
                            .ldb = size->in,
                            .ldc = size->in,
                            .precision = precision};
}

// That of weight_hh, for gates neighbors from a matrix with lda columns.
static struct pt_gemm weight_hh_product(const struct pt_recurrent_size *size, int64_t gates,
                                        int64_t lda, enum pt_precision precision)
{
    return (struct pt_gemm){.m = gates * size->hidden,
                            .n = size->hidden,
                            .k = size->rows - 1,
                            .transpose_a = true,
                            .lda = lda,
                            .ldb = size->directions * size->hidden,
                            .ldc = size->hidden,
                            .precision = precision};
}

static void multiply(struct pt_kernel_call *call, const struct pt_gemm *gemm, const float *a,
                     const float *b, float *c, const float *bias)
{
    call->matmul->run(gemm, call->threads, a, b, c, bias, call->scratch);
    int64_t outputs = gemm->m * gemm->n;
    call->executed_flop += 2 * outputs * gemm->k + (gemm->accumulate ? outputs : 0) +
                           (gemm->epilogue == PT_EPILOGUE_BIAS ? outputs : 0);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    struct pt_recurrent_size size = pt_recurrent_size_of(graph, op);
    struct pt_gemm products[] = {input_product(&size, precision),
                                 input_gradient_product(&size, precision),
                                 weight_ih_product(&size, precision),
                                 weight_hh_product(&size, size.gates, size.stride, precision),
                                 weight_hh_product(&size, 2, size.stride, precision),
                                 weight_hh_product(&size, 1, size.hidden, precision)};
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        bytes = larger(bytes, matmul->scratch_bytes(&products[i], threads));
    for (int backward = 0; backward < 2; backward++)
        bytes = larger(bytes, pt_recurrent_plan_scratch(&size, backward, threads, precision));
    size_t parts = (size_t)pt_parts_most(size.rows, LEAST_ROWS);
    return larger(bytes, (parts + 1) * (size_t)(size.width + size.hidden) * sizeof(float));
}

// --------------------------------------------------------------------------------- one direction
struct direction {
    struct pt_kernel_call *call;
    struct pt_recurrent_size size;
    struct pt_recurrent_plan plan;
    struct pt_recurrent_pass pass;
    int index, first; // its first parameter
};

static const float *parameter(const struct direction *direction, int which)
{
    bool has = which < direction->size.parameters;
    return has ? direction->call->parameters[direction->first + which] : NULL;
}

static float *gradient_of(const struct direction *direction, int which)
{
    bool has = which < direction->size.parameters;
    return has ? direction->call->parameter_gradients[direction->first + which] : NULL;
}

// The hidden states: the output, or a part of the stash if the output has only the last ones.
static float *states_of(const struct pt_kernel_call *call, const struct pt_recurrent_size *size,
                        const struct pt_recurrent_stash *stash)
{
    return size->last ? (float *)call->stash + stash->states : call->outputs[0];
}

static void set_direction(struct direction *direction, struct pt_kernel_call *call, int index,
                          bool backward)
{
    struct pt_recurrent_size size = pt_recurrent_size_of(call->graph, call->op);
    struct pt_recurrent_stash stash = {0};
    pt_recurrent_stash_of(&size, &stash); // fits: checked when the operator was added
    float *base = call->stash;
    bool has_seconds = size.cell == PT_CELL_LSTM || size.cell == PT_CELL_GRU;
    *direction = (struct direction){
        .call = call,
        .size = size,
        .plan = pt_recurrent_plan_make(&size, backward, call->threads, call->precision),
        .index = index,
        .first = index * size.parameters};
    direction->pass = (struct pt_recurrent_pass){
        .plan = &direction->plan,
        .scratch = call->scratch,
        .reverse = index == 1,
        .weight = parameter(direction, PT_WEIGHT_HH),
        .bias = backward ? NULL : parameter(direction, PT_BIAS_HH),
        .gates = base + stash.gates[index],
        .seconds = has_seconds ? base + stash.seconds[index] : NULL,
        .states = states_of(call, &size, &stash) + index * size.hidden,
        .features = size.directions * size.hidden,
        .dy = backward ? call->output_gradients[0] + index * size.hidden : NULL};
}

// -------------------------------------------------------------------------------------- forward
static void copy_last_states(const struct direction *direction)
{
    const struct pt_recurrent_pass *pass = &direction->pass;
    float *y = direction->call->outputs[0] + direction->index * direction->size.hidden;
    for (int64_t i = 0; i < direction->size.batch; i++)
        memcpy(y + i * pass->features,
               pass->states + pt_recurrent_row(pass, i, direction->size.time - 1) * pass->features,
               (size_t)direction->size.hidden * sizeof *y);
}

static void forward(struct pt_kernel_call *call)
{
    for (int k = 0; k < pt_recurrent_size_of(call->graph, call->op).directions; k++) {
        struct direction direction;
        set_direction(&direction, call, k, false);
        const struct pt_recurrent_size *size = &direction.size;
        struct pt_gemm gemm = input_product(size, call->precision);
        multiply(call, &gemm, call->inputs[0], parameter(&direction, PT_WEIGHT_IH),
                 direction.pass.gates, parameter(&direction, PT_BIAS_IH));
        pt_recurrent_forward(&direction.pass);
        if (size->last)
            copy_last_states(&direction);
        call->executed_flop +=
            (size->rows - size->batch) * size->width * (2 * size->hidden + size->bias) +
            flop_each[size->cell].forward * size->rows * size->hidden;
    }
}

// --------------------------------------------------------------------------------------- biases
// Sums over the rows of a matrix: parts of a fixed grid of rows first, then the parts.
struct column_work {
    const float *x;
    int64_t rows, columns, stride;
    struct pt_parts parts;
    float *partial, *sums; // of the parts, and of all
};

static void sum_parts(void *context, struct pt_range range)
{
    const struct column_work *work = context;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(work->parts, part, work->rows);
        pt_elementwise()->column_sums(work->partial + part * work->columns,
                                      work->x + rows.begin * work->stride, rows.end - rows.begin,
                                      work->columns, work->stride, false);
    }
}

static void sum_columns(void *context, struct pt_range columns)
{
    const struct column_work *work = context;
    pt_elementwise()->column_sums(work->sums + columns.begin, work->partial + columns.begin,
                                  work->parts.count, columns.end - columns.begin, work->columns,
                                  false);
}

// sums lies in the scratch memory, the parts behind it.
static void sum_rows(struct pt_kernel_call *call, const float *x, int64_t rows, int64_t columns,
                     int64_t stride, float *sums)
{
    struct column_work work = {
        x, rows, columns, stride, pt_split_parts(rows, LEAST_ROWS), sums + columns, sums};
    pt_run_ranges(work.parts.count, 1, rows * columns, call->threads, sum_parts, &work);
    pt_run_ranges(columns, COLUMN_STEP, work.parts.count * columns, call->threads, sum_columns,
                  &work);
    call->executed_flop += rows * columns;
}

static void put_bias(const struct direction *direction, int which, int64_t begin, const float *sums,
                     int64_t count)
{
    float *gradient = gradient_of(direction, which);
    bool add = direction->call->accumulate_parameter[direction->first + which];
    if (gradient == NULL)
        return;
    pt_elementwise()->scale(gradient + begin, sums, count, 1.0f, add);
    direction->call->executed_flop += add ? count : 0;
}

// Both biases are added at the same place, but for the last one of a gru.
static void bias_gradients(const struct direction *direction)
{
    const struct pt_recurrent_size *size = &direction->size;
    struct pt_kernel_call *call = direction->call;
    float *sums = call->scratch;
    bool ih = gradient_of(direction, PT_BIAS_IH) != NULL;
    bool hh = gradient_of(direction, PT_BIAS_HH) != NULL;
    int64_t shared = size->cell == PT_CELL_GRU ? 2 * size->hidden : size->width;
    if (!ih && !hh)
        return;
    sum_rows(call, direction->pass.gates, size->rows, size->width, size->stride, sums);
    put_bias(direction, PT_BIAS_IH, 0, sums, size->width);
    put_bias(direction, PT_BIAS_HH, 0, sums, shared);
    if (size->cell == PT_CELL_GRU && hh) {
        sum_rows(call, direction->pass.seconds, size->rows, size->hidden, size->hidden, sums);
        put_bias(direction, PT_BIAS_HH, shared, sums, size->hidden);
    }
}

// -------------------------------------------------------------------------------------- weights
static void input_gradients(const struct direction *direction)
{
    struct pt_kernel_call *call = direction->call;
    const float *gates = direction->pass.gates;
    float *dw = gradient_of(direction, PT_WEIGHT_IH), *dx = call->input_gradients[0];
    if (dw != NULL) {
        struct pt_gemm gemm = weight_ih_product(&direction->size, call->precision);
        gemm.accumulate = call->accumulate_parameter[direction->first + PT_WEIGHT_IH];
        multiply(call, &gemm, gates, call->inputs[0], dw, NULL);
    }
    if (dx != NULL) {
        struct pt_gemm gemm = input_gradient_product(&direction->size, call->precision);
        gemm.accumulate = call->accumulate_input[0] || direction->index > 0;
        multiply(call, &gemm, gates, parameter(direction, PT_WEIGHT_IH), dx, NULL);
    }
}

// Rows of gates gates at the first step of each sample.
static void clear_first_steps(const struct direction *direction, float *gradients, int64_t columns)
{
    for (int64_t i = 0; i < direction->size.batch; i++)
        memset(gradients + pt_recurrent_row(&direction->pass, i, 0) * columns, 0,
               (size_t)columns * sizeof *gradients);
}

// From gradients, a matrix of the given columns, of which gates gates from the left are taken.
static void multiply_states(const struct direction *direction, float *gradients, int64_t columns,
                            int64_t gates, float *dw)
{
    struct pt_kernel_call *call = direction->call;
    const struct pt_recurrent_pass *pass = &direction->pass;
    struct pt_gemm gemm = weight_hh_product(&direction->size, gates, columns, call->precision);
    gemm.accumulate = call->accumulate_parameter[direction->first + PT_WEIGHT_HH];
    clear_first_steps(direction, gradients, columns);
    multiply(call, &gemm, pass->reverse ? gradients : gradients + columns,
             pass->reverse ? pass->states + pass->features : pass->states, dw, NULL);
}

static void state_weight_gradient(const struct direction *direction)
{
    const struct pt_recurrent_size *size = &direction->size;
    const struct pt_recurrent_pass *pass = &direction->pass;
    float *dw = gradient_of(direction, PT_WEIGHT_HH);
    int64_t elements = size->width * size->hidden;
    if (dw == NULL)
        return;
    if (size->time == 1) { // nothing came from an earlier step
        if (!direction->call->accumulate_parameter[direction->first + PT_WEIGHT_HH])
            memset(dw, 0, (size_t)elements * sizeof *dw);
        else
            direction->call->executed_flop += elements; // adds nothing, and is counted
        return;
    }
    if (size->cell != PT_CELL_GRU) {
        multiply_states(direction, pass->gates, size->stride, size->gates, dw);
        return;
    }
    multiply_states(direction, pass->gates, size->stride, 2, dw);
    multiply_states(direction, pass->seconds, size->hidden, 1,
                    dw + 2 * size->hidden * size->hidden);
}

static void backward(struct pt_kernel_call *call)
{
    for (int k = 0; k < pt_recurrent_size_of(call->graph, call->op).directions; k++) {
        struct direction direction;
        set_direction(&direction, call, k, true);
        const struct pt_recurrent_size *size = &direction.size;
        pt_recurrent_backward(&direction.pass);
        call->executed_flop += 2 * (size->rows - size->batch) * size->width * size->hidden +
                               flop_each[size->cell].backward * size->rows * size->hidden;
        bias_gradients(&direction);
        input_gradients(&direction);
        state_weight_gradient(&direction);
    }
}

#define RECURRENT(operator_name)                                                                   \
    const struct pt_operator_kernel pt_kernel_##operator_name = {.name = #operator_name,           \
                                                                 .forward = forward,               \
                                                                 .backward = backward,             \
                                                                 .scratch_bytes = scratch_bytes}

RECURRENT(rnn);
RECURRENT(lstm);
RECURRENT(gru);
