// One time step of neighboring units of a recurrent layer, for one sample: compiled three times,
// like elementwise.h. The products are done before; these are the gates.
#ifndef PT_ENGINE_RECURRENT_LOOPS_H
#define PT_ENGINE_RECURRENT_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/recurrent.h"

struct pt_cell_forward {
    int64_t units;
    float *gates; // in: x W_ih^T + b_ih; out: the gates after their activation
    int64_t gate_stride;
    const float *recurrent; // h W_hh^T + b_hh
    int64_t recurrent_stride;
    const float *previous; // lstm: the cell state; gru: the hidden state; of the step before
    float *second;         // out: lstm the cell state; gru the recurrent part of n
    float *h, *h_copy;     // out
};

struct pt_cell_backward {
    int64_t units;
    float *gates; // in: what the forward pass left; out: gradients of x W_ih^T
    int64_t gate_stride;
    float *to_recurrent; // out: gradients of h W_hh^T, which differ for gru; same stride
    const float *previous;
    float *second;        // lstm: read; gru: becomes the gradient of the recurrent part of n
    const float *dy, *dh; // gradients of h: from the output, and from the step after
    float *carried;       // lstm: gradient of the cell state; gru: the part of h's gradient that
                          // goes past the gates; in: of this step, out: of the one before
};

struct pt_recurrent_loops {
    const char *name;
    void (*forward[PT_CELL_GRU + 1])(const struct pt_cell_forward *step);
    void (*backward[PT_CELL_GRU + 1])(const struct pt_cell_backward *step);
};

extern const struct pt_recurrent_loops pt_recurrent_portable;
#if defined(__x86_64__)
extern const struct pt_recurrent_loops pt_recurrent_avx2, pt_recurrent_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_recurrent_loops *pt_recurrent_loops(void);

#endif
