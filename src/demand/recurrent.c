// Recurrent layers. A direction multiplies the inputs of all time steps at once, and the hidden
// state once for every step but the first, whose state is zero.
//
// Forward, beside the products and their biases, for each hidden unit and step:
//   rnn   sum, tanh or max: 2
//   lstm  four sums 4; three sigmoids of 4 and tanh: 13; c = f c + i g: 3; o tanh(c): 2; 22
//   gru   r and z: sum and sigmoid, 10; tanh(x + r q): 3; h = n + z (h - n): 3; 16
// Backward:
//   rnn   sum of the two gradients of h 1; tanh: g (1 - h h): 3, relu: select 1
//   lstm  sum 1, tanh(c) 1, o: 1 + 3; c: 5; i, f: 1 + 3 each; g: 1 + 3; the earlier c: 1; 24
//   gru   two sums 2; n: 2 + 3; z: 2 + 2; r: 1 + 3; q: 1; the earlier h: 1; 17
// Then the sums for the biases (both biases have the same, but for the last gate of gru), and the
// products for the weights and the input. That for weight_hh takes neighboring rows of all
// sequences as one matrix, and the border of two sequences as a row of zeros: rows - 1 of them.

#include "model/recurrent.h"
#include "demand/operator_demand.h"

static const struct {
    int64_t forward, backward;
} flop_each[] = {
    [PT_CELL_RNN_TANH] = {2, 4},
    [PT_CELL_RNN_RELU] = {2, 2},
    [PT_CELL_LSTM] = {22, 24},
    [PT_CELL_GRU] = {16, 17},
};

// += 2 m n k to both counts.
static bool add_product(struct pt_work *work, int64_t m, int64_t n, int64_t k)
{
    int64_t product;
    return pt_size_product(m, n, &product) && pt_size_product(product, k, &product) &&
           pt_work_add(&work->flop, 2, product) && pt_work_add(&work->matmul_flop, 2, product);
}

static bool add_each(int64_t *flop, int64_t factor, int64_t rows, int64_t columns)
{
    int64_t elements;
    return pt_size_product(rows, columns, &elements) && pt_work_add(flop, factor, elements);
}

static bool count_forward(const struct pt_recurrent_size *size, struct pt_work *work)
{
    int64_t later = size->rows - size->batch; // all steps but the first
    bool fits = add_product(work, size->rows, size->width, size->in) &&
                add_product(work, later, size->width, size->hidden) &&
                add_each(&work->flop, flop_each[size->cell].forward, size->rows, size->hidden);
    if (size->bias)
        fits = fits && add_each(&work->flop, 1, size->rows, size->width) &&
               add_each(&work->flop, 1, later, size->width);
    return fits;
}

static bool trains(const struct pt_graph *graph, const struct pt_op *op, int parameter)
{
    return pt_graph_tensor(graph, op->parameters[parameter])->needs_gradient;
}

static bool count_backward(const struct pt_graph *graph, const struct pt_op *op,
                           const struct pt_recurrent_size *size, int direction,
                           struct pt_work *work)
{
    int first = direction * size->parameters;
    bool fits = add_product(work, size->rows - size->batch, size->width, size->hidden) &&
                add_each(&work->flop, flop_each[size->cell].backward, size->rows, size->hidden);
    if (size->bias) {
        bool ih = trains(graph, op, first + PT_BIAS_IH), hh = trains(graph, op, first + PT_BIAS_HH);
        int64_t more = size->cell == PT_CELL_GRU && hh ? size->hidden : 0;
        if (ih || hh)
            fits = fits && add_each(&work->flop, 1, size->rows, size->width + more);
    }
    if (trains(graph, op, first + PT_WEIGHT_IH))
        fits = fits && add_product(work, size->rows, size->width, size->in);
    if (trains(graph, op, first + PT_WEIGHT_HH) && size->time > 1)
        fits = fits && add_product(work, size->rows - 1, size->width, size->hidden);
    if (pt_op_input_needs_gradient(graph, op, 0))
        fits = fits && add_product(work, size->rows, size->width, size->in) &&
               add_each(&work->flop, direction, size->rows, size->in); // the second one adds
    return fits;
}

static enum pt_status count(const struct pt_graph *graph, const struct pt_op *op,
                            struct pt_work *ret_forward, struct pt_work *ret_backward)
{
    struct pt_recurrent_size size = pt_recurrent_size_of(graph, op);
    bool fits = true;
    for (int k = 0; k < size.directions && fits; k++)
        fits =
            count_forward(&size, ret_forward) && count_backward(graph, op, &size, k, ret_backward);
    return fits ? PT_OK : PT_OVERFLOW;
}

const struct pt_operator_demand pt_demand_rnn = {.name = "rnn", .count = count};
const struct pt_operator_demand pt_demand_lstm = {.name = "lstm", .count = count};
const struct pt_operator_demand pt_demand_gru = {.name = "gru", .count = count};
