// Curves of at most a few thousand points, whatever the length of the run.
#ifndef PT_REPORT_THIN_H
#define PT_REPORT_THIN_H

#include "base/arena.h"

struct pt_thin_indices {
    int64_t count;
    const int64_t *index; // ascending
};

// The value of point i of a series; one that is not finite is a gap.
typedef double pt_thin_value(const void *series, int64_t index);

// Chooses at most limit (>= 8) of count points: the first, the last, and of each stretch in between
// the lowest, the highest and the first gap, so that no peak and no gap is smoothed away. Memory
// from arena; PT_NO_MEMORY.
enum pt_status pt_thin_curve(struct pt_arena *arena, const void *series, pt_thin_value *value,
                             int64_t count, int64_t limit, struct pt_thin_indices *ret_indices,
                             struct pt_error *error);

#endif
