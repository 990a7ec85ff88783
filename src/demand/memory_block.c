// Places blocks largest first, each at the lowest offset where it meets no block that lives at the
// same time: greedy by size, the best of the strategies in Pisarchyk and Lee 2020,
// arXiv:2001.03288.

#include "demand/memory_block.h"

#include <stdlib.h>

#include "base/size.h"

static int larger_first(const void *left, const void *right)
{
    const struct pt_memory_block *a = *(struct pt_memory_block *const *)left,
                                 *b = *(struct pt_memory_block *const *)right;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return a < b ? -1 : 1; // a total order: the same plan everywhere
}

static int by_offset(const void *left, const void *right)
{
    const struct pt_memory_block *a = *(struct pt_memory_block *const *)left,
                                 *b = *(struct pt_memory_block *const *)right;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a < b ? -1 : 1;
}

// The lowest offset at which bytes fit between the blocks that live at the same time. Those are
// given in the order of their offsets.
static bool lowest_gap(struct pt_memory_block *const *neighbors, int count, int64_t bytes,
                       int64_t *ret_offset)
{
    int64_t offset = 0, end;
    for (int i = 0; i < count; i++) {
        if (neighbors[i]->offset - offset >= bytes)
            break;
        if (!pt_size_sum(neighbors[i]->offset, neighbors[i]->bytes, &end))
            return false;
        if (end > offset)
            offset = end;
    }
    *ret_offset = offset;
    return pt_size_sum(offset, bytes, &end);
}

// order and neighbors are scratch of count places.
static bool place(struct pt_memory_block *blocks, int block_count, struct pt_memory_block **order,
                  struct pt_memory_block **neighbors, int64_t *ret_peak)
{
    int64_t peak = 0;
    for (int i = 0; i < block_count; i++)
        order[i] = &blocks[i];
    qsort(order, (size_t)block_count, sizeof *order, larger_first);
    for (int i = 0; i < block_count; i++) {
        int count = 0;
        for (int j = 0; j < i; j++)
            if (order[j]->first <= order[i]->last && order[i]->first <= order[j]->last)
                neighbors[count++] = order[j];
        qsort(neighbors, (size_t)count, sizeof *neighbors, by_offset);
        if (!lowest_gap(neighbors, count, order[i]->bytes, &order[i]->offset))
            return false;
        int64_t end = order[i]->offset + order[i]->bytes;
        if (end > peak)
            peak = end;
    }
    *ret_peak = peak;
    return true;
}

enum pt_status pt_memory_place(struct pt_arena *scratch, struct pt_memory_block *blocks, int count,
                               int64_t *ret_peak, struct pt_error *error)
{
    size_t places = (size_t)count + 1;
    struct pt_memory_block **order = pt_arena_alloc(scratch, places, sizeof *order);
    struct pt_memory_block **neighbors = pt_arena_alloc(scratch, places, sizeof *neighbors);
    if (order == NULL || neighbors == NULL)
        return pt_fail(error, PT_NO_MEMORY, "planning %d blocks of memory: out of memory", count);
    return place(blocks, count, order, neighbors, ret_peak)
               ? PT_OK
               : pt_fail(error, PT_OVERFLOW, "the memory of one step exceeds 2^63 bytes");
}
