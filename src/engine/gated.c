// f(gate) times value, in one pass: swiglu and geglu. Shazeer 2020, arXiv:2002.05202.
// Gate and value are two inputs, or the halves of each row of one.
// Operations are counted as demand/combine.c lists them.

#include "engine/activation_loops.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { STEP = 64, APPROXIMATE = 0 };

struct cost {
    int64_t forward, common, gate, value;
};
static const struct cost costs[PT_GATE_COUNT] = {
    [PT_GATE_SILU] = {5, 4, 6, 2},
    [PT_GATE_GELU] = {6, 4, 8, 2},
    [PT_GATE_GELU_TANH] = {8, 7, 9, 2},
};

struct work {
    enum pt_gate f;
    float *y; // or dgate
    float *dvalue;
    const float *dy, *gate, *value;
    int64_t width, stride; // of a row of y, and of gate and value
    bool add_gate, add_value;
};

// Two inputs are one long row each.
static struct work work_of(const struct pt_kernel_call *call, enum pt_gate f, int64_t *ret_elements)
{
    struct pt_matrix_size in = pt_op_matrix(call->graph, call->op);
    bool packed = call->op->input_count == 1;
    *ret_elements = packed ? in.elements / 2 : in.elements;
    return (struct work){
        .f = f,
        .width = packed ? in.columns / 2 : in.elements,
        .stride = packed ? in.columns : in.elements,
        .gate = call->inputs[0],
        .value = packed ? call->inputs[0] + in.columns / 2 : call->inputs[1],
    };
}

// n elements of y from begin on, all in one row.
static void row_part(const struct work *work, int64_t begin, int64_t n)
{
    int64_t row = begin / work->width;
    int64_t at = row * work->stride + begin - row * work->width;
    const struct pt_activation_loops *loops = pt_activation_loops();
    if (work->dy == NULL)
        loops->gated[work->f](work->y + begin, work->gate + at, work->value + at, n);
    else
        loops->gated_backward[work->f](work->y == NULL ? NULL : work->y + at,
                                       work->dvalue == NULL ? NULL : work->dvalue + at,
                                       work->dy + begin, work->gate + at, work->value + at, n,
                                       work->add_gate, work->add_value);
}

static void range_of_rows(void *context, struct pt_range range)
{
    const struct work *work = context;
    for (int64_t begin = range.begin; begin < range.end;) {
        int64_t end = (begin / work->width + 1) * work->width;
        end = end < range.end ? end : range.end;
        row_part(work, begin, end - begin);
        begin = end;
    }
}

static void forward(struct pt_kernel_call *call, enum pt_gate f)
{
    int64_t n;
    struct work work = work_of(call, f, &n);
    work.y = call->outputs[0];
    pt_run_ranges(n, STEP, n, call->threads, range_of_rows, &work);
    call->executed_flop += costs[f].forward * n;
}

static void backward(struct pt_kernel_call *call, enum pt_gate f)
{
    int64_t n;
    struct work work = work_of(call, f, &n);
    bool packed = call->op->input_count == 1;
    work.dy = call->output_gradients[0];
    work.y = call->input_gradients[0];
    work.add_gate = call->accumulate_input[0];
    work.dvalue = call->input_gradients[1];
    work.add_value = call->accumulate_input[1];
    if (packed) {
        work.dvalue = work.y == NULL ? NULL : work.y + work.width;
        work.add_value = work.add_gate;
    }
    if (work.y == NULL && work.dvalue == NULL)
        return;
    pt_run_ranges(n, STEP, n, call->threads, range_of_rows, &work);
    call->executed_flop += costs[f].common * n;
    if (work.y != NULL)
        call->executed_flop += (costs[f].gate + (work.add_gate ? 1 : 0)) * n;
    if (work.dvalue != NULL)
        call->executed_flop += (costs[f].value + (work.add_value ? 1 : 0)) * n;
}

static void forward_swiglu(struct pt_kernel_call *call)
{
    forward(call, PT_GATE_SILU);
}

static void backward_swiglu(struct pt_kernel_call *call)
{
    backward(call, PT_GATE_SILU);
}

static enum pt_gate gelu_of(const struct pt_kernel_call *call)
{
    return call->op->attributes[APPROXIMATE].integer ? PT_GATE_GELU_TANH : PT_GATE_GELU;
}

static void forward_geglu(struct pt_kernel_call *call)
{
    forward(call, gelu_of(call));
}

static void backward_geglu(struct pt_kernel_call *call)
{
    backward(call, gelu_of(call));
}

const struct pt_operator_kernel pt_kernel_swiglu = {
    .name = "swiglu",
    .forward = forward_swiglu,
    .backward = backward_swiglu,
};

const struct pt_operator_kernel pt_kernel_geglu = {
    .name = "geglu",
    .forward = forward_geglu,
    .backward = backward_geglu,
};
