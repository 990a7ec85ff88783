// Thins a curve for a plot.

#include "report/thin.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

// Of points [from, to): lowest, highest and first gap, in order, each once.
static int pick(const void *series, pt_thin_value *value, int64_t from, int64_t to,
                int64_t picked[3])
{
    int64_t low = -1, high = -1, gap = -1;
    for (int64_t i = from; i < to; i++) {
        double here = value(series, i);
        if (!isfinite(here)) {
            gap = gap < 0 ? i : gap;
            continue;
        }
        if (low < 0 || here < value(series, low))
            low = i;
        if (high < 0 || here > value(series, high))
            high = i;
    }
    int count = 0;
    for (int64_t i = from; i < to; i++)
        if (i == low || i == high || i == gap)
            picked[count++] = i;
    return count;
}

enum pt_status pt_thin_curve(struct pt_arena *arena, const void *series, pt_thin_value *value,
                             int64_t count, int64_t limit, struct pt_thin_indices *ret_indices,
                             struct pt_error *error)
{
    assert(limit >= 8);
    int64_t kept = count < limit ? count : limit;
    int64_t *index = pt_arena_alloc(arena, (size_t)(kept > 0 ? kept : 1), sizeof *index);
    if (index == NULL)
        return pt_fail(error, PT_NO_MEMORY, "report: out of memory for %" PRId64 " points", kept);
    int64_t used = 0;
    if (count <= limit) {
        for (; used < count; used++)
            index[used] = used;
    } else {
        int64_t stretches = (limit - 2) / 3, inner = count - 2;
        index[used++] = 0;
        for (int64_t i = 0; i < stretches; i++) {
            // i * inner would overflow only beyond 1e15 points
            int64_t from = 1 + i * inner / stretches, to = 1 + (i + 1) * inner / stretches;
            used += pick(series, value, from, to, &index[used]);
        }
        index[used++] = count - 1;
    }
    *ret_indices = (struct pt_thin_indices){used, index};
    return PT_OK;
}
