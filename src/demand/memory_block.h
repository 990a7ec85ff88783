// Blocks of memory with lifetimes, and where they lie in one arena. For memory.c.
#ifndef PT_DEMAND_MEMORY_BLOCK_H
#define PT_DEMAND_MEMORY_BLOCK_H

#include "base/arena.h"
#include "base/status.h"

struct pt_memory_block {
    int64_t bytes, offset;
    int first, last; // moments, inclusive
};

// Sets the offsets: blocks that live at the same time do not overlap. *ret_peak is where the last
// one ends. Memory from scratch. PT_OVERFLOW if that leaves int64_t.
enum pt_status pt_memory_place(struct pt_arena *scratch, struct pt_memory_block *blocks, int count,
                               int64_t *ret_peak, struct pt_error *error);

#endif
