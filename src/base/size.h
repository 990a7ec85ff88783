// Products and sums of sizes that refuse to overflow.
#ifndef PT_BASE_SIZE_H
#define PT_BASE_SIZE_H

#include "base/status.h"

// *ret = a * b or a + b of non-negative numbers. False, and *ret untouched, if it leaves int64_t.
static inline bool pt_size_product(int64_t a, int64_t b, int64_t *ret)
{
    int64_t result;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &result))
        return false;
    *ret = result;
    return true;
}

static inline bool pt_size_sum(int64_t a, int64_t b, int64_t *ret)
{
    int64_t result;
    if (a < 0 || b < 0 || __builtin_add_overflow(a, b, &result))
        return false;
    *ret = result;
    return true;
}

// How many parts of this size, the last one may be smaller, make the whole. part > 0.
static inline int64_t pt_size_shares(int64_t whole, int64_t part)
{
    return whole / part + (whole % part != 0);
}

// Rounds up to a multiple of step > 0.
static inline int64_t pt_size_round_up(int64_t size, int64_t step)
{
    return (size + step - 1) / step * step;
}

#endif
