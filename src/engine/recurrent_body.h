// The loops of recurrent_loops.h. Not a header of its own: recurrent_loops_portable.c, _avx2.c and
// _avx512.c include it after defining TABLE, the name of the table that it makes, and TABLE_NAME.
// Operations are counted as demand/recurrent.c lists them.

#include "engine/recurrent_loops.h"
#include "engine/vector.h"

// 1 / (1 + e^-x). The exponent is kept where e^-x and the quotient are normal numbers.
INLINE vf logistic(vf x)
{
    vf inside = select_(x < -87.0f, splat(-87.0f), x);
    inside = select_(inside > 87.0f, splat(87.0f), inside);
    return select_(x == x, 1.0f / (1.0f + exp_inside(-inside)), x);
}

// g y (1 - y)
INLINE vf logistic_gradient(vf g, vf y)
{
    return g * y * (1.0f - y);
}

// g (1 - y y)
INLINE vf tanh_gradient(vf g, vf y)
{
    return g * (1.0f - y * y);
}

// ------------------------------------------------------------------------------------------ rnn
static void rnn_forward(const struct pt_cell_forward *step, bool relu)
{
    FOR_EACH_VECTOR(step->units, {
        vf x = load(step->gates + i, k) + load(step->recurrent + i, k);
        vf h = relu ? select_(x < 0, splat(0), x) : hyperbolic_tangent(x);
        store(step->gates + i, h, k);
        store(step->h + i, h, k);
        store(step->h_copy + i, h, k);
    });
}

static void rnn_tanh_forward(const struct pt_cell_forward *step)
{
    rnn_forward(step, false);
}

static void rnn_relu_forward(const struct pt_cell_forward *step)
{
    rnn_forward(step, true);
}

static void rnn_backward(const struct pt_cell_backward *step, bool relu)
{
    FOR_EACH_VECTOR(step->units, {
        vf h = load(step->gates + i, k);
        vf g = load(step->dy + i, k) + load(step->dh + i, k);
        g = relu ? select_(h <= 0, splat(0), g) : tanh_gradient(g, h);
        store(step->gates + i, g, k);
        store(step->to_recurrent + i, g, k);
    });
}

static void rnn_tanh_backward(const struct pt_cell_backward *step)
{
    rnn_backward(step, false);
}

static void rnn_relu_backward(const struct pt_cell_backward *step)
{
    rnn_backward(step, true);
}

// ----------------------------------------------------------------------------------------- lstm
// i, f, o = logistic(x), g = tanh(x), c = f c' + i g, h = o tanh(c)
static void lstm_forward(const struct pt_cell_forward *step)
{
    float *gates[4];
    const float *recurrent[4];
    for (int gate = 0; gate < 4; gate++) {
        gates[gate] = step->gates + gate * step->gate_stride;
        recurrent[gate] = step->recurrent + gate * step->recurrent_stride;
    }
    FOR_EACH_VECTOR(step->units, {
        vf in = logistic(load(gates[0] + i, k) + load(recurrent[0] + i, k));
        vf forget = logistic(load(gates[1] + i, k) + load(recurrent[1] + i, k));
        vf g = hyperbolic_tangent(load(gates[2] + i, k) + load(recurrent[2] + i, k));
        vf out = logistic(load(gates[3] + i, k) + load(recurrent[3] + i, k));
        vf c = fma_(forget, load(step->previous + i, k), in * g);
        vf h = out * hyperbolic_tangent(c);
        store(gates[0] + i, in, k);
        store(gates[1] + i, forget, k);
        store(gates[2] + i, g, k);
        store(gates[3] + i, out, k);
        store(step->second + i, c, k);
        store(step->h + i, h, k);
        store(step->h_copy + i, h, k);
    });
}

INLINE void put_both(const struct pt_cell_backward *step, int64_t at, vf gradient, int64_t k)
{
    store(step->gates + at, gradient, k);
    store(step->to_recurrent + at, gradient, k);
}

static void lstm_backward(const struct pt_cell_backward *step)
{
    const int64_t stride = step->gate_stride;
    FOR_EACH_VECTOR(step->units, {
        vf in = load(step->gates + i, k);
        vf forget = load(step->gates + stride + i, k);
        vf g = load(step->gates + 2 * stride + i, k);
        vf out = load(step->gates + 3 * stride + i, k);
        vf dh = load(step->dy + i, k) + load(step->dh + i, k);
        vf tanh_c = hyperbolic_tangent(load(step->second + i, k));
        vf dc = fma_(dh * out, 1.0f - tanh_c * tanh_c, load(step->carried + i, k));
        put_both(step, i, logistic_gradient(dc * g, in), k);
        put_both(step, stride + i, logistic_gradient(dc * load(step->previous + i, k), forget), k);
        put_both(step, 2 * stride + i, tanh_gradient(dc * in, g), k);
        put_both(step, 3 * stride + i, logistic_gradient(dh * tanh_c, out), k);
        store(step->carried + i, dc * forget, k);
    });
}

// ------------------------------------------------------------------------------------------ gru
// r, z = logistic(x), q = h' W_hn^T + b_hn, n = tanh(x + r q), h = n + z (h' - n)
static void gru_forward(const struct pt_cell_forward *step)
{
    const int64_t stride = step->gate_stride;
    const float *recurrent = step->recurrent;
    FOR_EACH_VECTOR(step->units, {
        vf r = logistic(load(step->gates + i, k) + load(recurrent + i, k));
        vf z = logistic(load(step->gates + stride + i, k) +
                        load(recurrent + step->recurrent_stride + i, k));
        vf q = load(recurrent + 2 * step->recurrent_stride + i, k);
        vf n = hyperbolic_tangent(fma_(r, q, load(step->gates + 2 * stride + i, k)));
        vf h = fma_(z, load(step->previous + i, k) - n, n);
        store(step->gates + i, r, k);
        store(step->gates + stride + i, z, k);
        store(step->gates + 2 * stride + i, n, k);
        store(step->second + i, q, k);
        store(step->h + i, h, k);
        store(step->h_copy + i, h, k);
    });
}

static void gru_backward(const struct pt_cell_backward *step)
{
    const int64_t stride = step->gate_stride;
    FOR_EACH_VECTOR(step->units, {
        vf r = load(step->gates + i, k);
        vf z = load(step->gates + stride + i, k);
        vf n = load(step->gates + 2 * stride + i, k);
        vf dh = load(step->dy + i, k) + load(step->dh + i, k) + load(step->carried + i, k);
        vf past = 1.0f - z;
        vf dn = tanh_gradient(dh * past, n);
        vf dz = dh * (load(step->previous + i, k) - n) * z * past;
        vf dr = logistic_gradient(dn * load(step->second + i, k), r);
        vf dq = dn * r;
        put_both(step, i, dr, k);
        put_both(step, stride + i, dz, k);
        store(step->gates + 2 * stride + i, dn, k);
        store(step->to_recurrent + 2 * stride + i, dq, k);
        store(step->second + i, dq, k);
        store(step->carried + i, dh * z, k);
    });
}

const struct pt_recurrent_loops TABLE = {
    .name = TABLE_NAME,
    .forward =
        {
            [PT_CELL_RNN_TANH] = rnn_tanh_forward,
            [PT_CELL_RNN_RELU] = rnn_relu_forward,
            [PT_CELL_LSTM] = lstm_forward,
            [PT_CELL_GRU] = gru_forward,
        },
    .backward =
        {
            [PT_CELL_RNN_TANH] = rnn_tanh_backward,
            [PT_CELL_RNN_RELU] = rnn_relu_backward,
            [PT_CELL_LSTM] = lstm_backward,
            [PT_CELL_GRU] = gru_backward,
        },
};
