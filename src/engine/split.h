// How work is split among threads, and sums into parts.
//
// Threads get whole parts of a grid that depends on the size alone, never on the number of threads.
// So a sum is the same bits on one thread and on sixty-four.
#ifndef PT_ENGINE_SPLIT_H
#define PT_ENGINE_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

// Less than this many elements are done faster alone than by waking other threads.
enum { PT_PARALLEL_ELEMENTS = 16384 };

struct pt_range {
    int64_t begin, end;
};

// Does a part of some work.
typedef void pt_range_work(void *context, struct pt_range range);

// Does 0..count-1: each thread one range that begins at a multiple of step. elements is how much
// work it is; if it is little, the calling thread does all of it without a parallel region (OpenMP
// would allocate memory each time for one of a single thread).
void pt_run_ranges(int64_t count, int64_t step, int64_t elements, int threads, pt_range_work *work,
                   void *context);

// A grid of at most 64 parts of equal length for count items, none shorter than least but the last.
struct pt_parts {
    int64_t count, length;
};

enum { PT_PARTS_MAX = 64 };

static inline struct pt_parts pt_split_parts(int64_t count, int64_t least)
{
    int64_t length = (count + PT_PARTS_MAX - 1) / PT_PARTS_MAX;
    if (length < least)
        length = least;
    return (struct pt_parts){(count + length - 1) / length, length};
}

// The most parts that any number of items up to count makes: room for their sums.
static inline int64_t pt_parts_most(int64_t count, int64_t least)
{
    int64_t most = (count + least - 1) / least;
    return most < PT_PARTS_MAX ? most : PT_PARTS_MAX;
}

static inline struct pt_range pt_part_range(struct pt_parts parts, int64_t part, int64_t count)
{
    int64_t begin = part * parts.length, end = begin + parts.length;
    return (struct pt_range){begin, end < count ? end : count};
}

#endif
