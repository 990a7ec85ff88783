// The time loop of a recurrent layer in one direction. For recurrent.c only.
#ifndef PT_ENGINE_RECURRENT_TIME_H
#define PT_ENGINE_RECURRENT_TIME_H

#include "engine/recurrent_plan.h"

// One direction in one pass. Rows are [batch, time], the time steps of a sample are neighbors.
struct pt_recurrent_pass {
    const struct pt_recurrent_plan *plan;
    char *scratch;
    bool reverse;        // from the last time step to the first
    const float *weight; // weight_hh
    const float *bias;   // bias_hh; NULL: none
    float *gates;        // of the stash; see struct pt_recurrent_stash
    float *seconds;      // of the stash; NULL: the cell has none
    float *states;       // hidden states of this direction, features floats from row to row
    int64_t features;
    const float *dy; // gradient of the output of this direction, of all rows or of the last states
};

// gates: in, the products with the input. Fills gates, seconds and states.
void pt_recurrent_forward(const struct pt_recurrent_pass *pass);
// Turns gates into the gradients of the products with the input, and seconds of a gru into that of
// the recurrent part of n.
void pt_recurrent_backward(const struct pt_recurrent_pass *pass);

// The row of sample at time step number step in the order of the pass.
static inline int64_t pt_recurrent_row(const struct pt_recurrent_pass *pass, int64_t sample,
                                       int64_t step)
{
    int64_t time = pass->plan->size.time;
    return sample * time + (pass->reverse ? time - 1 - step : step);
}

#endif
