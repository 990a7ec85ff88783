// The geometry of pooling, which demand/ and engine/ read alike.
#ifndef PT_MODEL_POOL_H
#define PT_MODEL_POOL_H

#include "model/operator.h"

// x is [batch, x_size, channels], y is [batch, y_size, channels]; of each pair the first is the
// height. The one-dimensional ones have height 1.
struct pt_pool {
    bool is_max;
    bool count_padding; // the mean divides by what lies in the padding, too
    int64_t batch, channels;
    int64_t x_size[2], y_size[2], kernel[2], stride[2], padding[2];
};

// Of max_pool2d, avg_pool2d, max_pool1d or avg_pool1d.
struct pt_pool pt_pool_of(const struct pt_graph *graph, const struct pt_op *op);

// The part of window at of dimension i that lies in x: rows begin to end - 1.
struct pt_window {
    int64_t begin, end;
    int64_t padded; // rows of the window in x and in the padding
};
struct pt_window pt_pool_window(const struct pt_pool *pool, int i, int64_t at);

// Elements of x in all windows of dimension i together; -1 if they are more than 2^63.
int64_t pt_pool_covered(const struct pt_pool *pool, int i);

// Does an element of x lie in several windows?
bool pt_pool_overlaps(const struct pt_pool *pool);

// Bytes of an index into a window: 1, 2 or 4.
int pt_pool_index_bytes(const struct pt_pool *pool);

// global_avg_pool: x as [batch, positions, channels].
struct pt_global_pool {
    int64_t batch, positions, channels;
};
struct pt_global_pool pt_global_pool_of(const struct pt_graph *graph, const struct pt_op *op);

#endif
