// Where the elements of an operator go that moves them: concat, slice, select, prepend_token.
#ifndef PT_MODEL_REARRANGE_H
#define PT_MODEL_REARRANGE_H

#include "model/operator.h"

// A tensor as [outer, length, inner], where length is the dimension that the operator works on.
struct pt_strips {
    int64_t outer, length, inner;
};

// Of an input of concat, slice, select or prepend_token.
struct pt_strips pt_strips_of(const struct pt_graph *graph, const struct pt_op *op, int input);
// The first place on that dimension that slice and select take.
int64_t pt_strips_begin(const struct pt_graph *graph, const struct pt_op *op);

#endif
