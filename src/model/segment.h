// Activation recomputation: a segment is a run of operators whose inner values are dropped after
// the forward pass and computed again right before its backward pass. Chen et al. 2016,
// arXiv:1604.06174.
//
// A value is inner if an operator of the segment makes it and nobody outside reads it. What a
// segment reads from outside is kept for it, and what it gives to the outside stays where it is.
#ifndef PT_MODEL_SEGMENT_H
#define PT_MODEL_SEGMENT_H

#include "model/graph.h"

// Operators first to last, inclusive, become a segment. A mistake if one is in a segment already or
// is a loss.
void pt_graph_recompute(struct pt_graph *graph, int first_op, int last_op);
// Every block becomes a segment: a block is a run of operators whose names begin alike up to a
// number, "transformer.h.0". A mistake if there is none.
void pt_graph_recompute_blocks(struct pt_graph *graph);

// Characters of name up to and with its first part that is a number: 15 of
// "transformer.h.0.attn"; 0 if there is none.
size_t pt_block_name_length(const char *name);

struct pt_segments {
    bool *is_inner;      // [tensor_count]
    bool *is_recomputed; // [op_count] runs forward a second time
    int *first_of;       // [op_count] for the last operator of a segment, its first one; else -1
};
// Memory from arena.
enum pt_status pt_graph_segments(struct pt_arena *arena, const struct pt_graph *graph,
                                 struct pt_segments *ret_segments, struct pt_error *error);

#endif
