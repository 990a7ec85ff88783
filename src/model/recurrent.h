// Recurrent layers: rnn, lstm and gru over sequences [batch, time, features]. What demand/ and
// engine/ need to know of them too: their attributes, sizes, and what the stash holds.
//
// One operator is one layer, in one direction or in both. Parameters of a direction, as PyTorch
// has them: weight_ih [gates hidden, in], weight_hh [gates hidden, hidden], bias_ih, bias_hh. Rows
// of the gates: lstm i, f, g, o; gru r, z, n.
#ifndef PT_MODEL_RECURRENT_H
#define PT_MODEL_RECURRENT_H

#include "model/graph.h"

enum pt_recurrent_attribute {
    PT_RECURRENT_HIDDEN,
    PT_RECURRENT_BIDIRECTIONAL,
    PT_RECURRENT_BIAS,
    PT_RECURRENT_OUTPUTS, // enum pt_recurrent_outputs
    PT_RECURRENT_LAYER,   // the number in the names of the parameters
    PT_RECURRENT_RELU,    // of rnn: 0 tanh, 1 relu
};

enum pt_recurrent_outputs {
    PT_RECURRENT_ALL, // [batch, time, directions hidden]
    // [batch, directions hidden]: after the last time step, backwards after the first one.
    PT_RECURRENT_LAST,
};

enum pt_cell { PT_CELL_RNN_TANH, PT_CELL_RNN_RELU, PT_CELL_LSTM, PT_CELL_GRU };

// The parameters of one direction, from its first one on.
enum { PT_WEIGHT_IH, PT_WEIGHT_HH, PT_BIAS_IH, PT_BIAS_HH };

struct pt_recurrent_size {
    enum pt_cell cell;
    int64_t batch, time, in, hidden;
    int64_t rows;    // batch time
    int64_t gates;   // 1, 4 or 3
    int64_t width;   // gates hidden
    int64_t stride;  // floats from a row of gates in the stash to the next
    int directions;  // 1 or 2
    int parameters;  // of one direction: 2, or 4 with biases
    bool bias, last; // PT_RECURRENT_LAST
};

struct pt_recurrent_size pt_recurrent_size_of(const struct pt_graph *graph, const struct pt_op *op);

// Adds layers of them with dropout between, the last one as request says; returns its output. The
// others are called name.l0, name.l1 and so on, and all have the parameters of one scope. Fewer
// than one layer, or dropout not from 0 to below 1, is a mistake.
pt_tensor pt_recurrent_stack(struct pt_graph *graph, const struct pt_op_request *request,
                             int layers, double dropout);

// Where things lie in the stash, in floats; each at a multiple of 64 bytes. All have rows in the
// order [batch, time].
//   gates   [rows, width] a direction, stride apart: the gates after their activation; backward
//           turns them into the gradients of what went into the activation
//   seconds [rows, hidden] a direction: lstm the cell state; gru what r multiplies,
//           h W_hn^T + b_hn, and backward its gradient; none for rnn
//   states  [rows, directions hidden] the hidden states, if the output has only the last ones
struct pt_recurrent_stash {
    int64_t gates[2], seconds[2], states, size;
};

// False if it leaves int64_t in bytes.
bool pt_recurrent_stash_of(const struct pt_recurrent_size *size,
                           struct pt_recurrent_stash *ret_stash);

#endif
