// Random numbers by counter: element i of stream s under a seed is a function of the three, so the
// result depends neither on the number of threads nor on where a run was interrupted.
// Philox4x32-10: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
#ifndef PT_BASE_RANDOM_H
#define PT_BASE_RANDOM_H

#include <stdint.h>

// Four words of 32 random bits for block of stream under seed.
void pt_random_block(uint64_t seed, uint64_t stream, uint64_t block, uint32_t ret_words[4]);

// Element index of the stream, uniform in [0, 1) with 24 bits.
float pt_random_uniform(uint64_t seed, uint64_t stream, uint64_t index);
// Fills count floats, uniform in [low, high).
void pt_random_fill_uniform(uint64_t seed, uint64_t stream, float low, float high, float *values,
                            int64_t count);
// Fills count floats, normal with this mean and deviation (Box-Muller).
void pt_random_fill_normal(uint64_t seed, uint64_t stream, float mean, float deviation,
                           float *values, int64_t count);
// A permutation of 0..count-1 (Fisher-Yates); count < 2^32.
void pt_random_permutation(uint64_t seed, uint64_t stream, uint32_t *permutation, int64_t count);

#endif
