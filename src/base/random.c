// Philox4x32-10 and what is made of it.
//
// The counter is (block, stream), the key is the seed: four words a block, element i is word i % 4
// of block i / 4. Ten rounds of two 32x32 -> 64 bit products; passes BigCrush.
// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11.

#include "base/random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Blocks computed side by side, so that the compiler can use vector registers.
enum { LANES = 8, WORDS = 4, BATCH = LANES * WORDS, ROUNDS = 10 };

static const uint32_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
static const uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85; // golden ratio, sqrt(3) - 1

static const float two_to_minus_24 = 0x1p-24F, two_to_minus_32 = 0x1p-32F;

void pt_random_block(uint64_t seed, uint64_t stream, uint64_t block, uint32_t ret_words[4])
{
    uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32);
    uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)multiplier0 * c0, p1 = (uint64_t)multiplier1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += weyl0;
        k1 += weyl1;
    }
    ret_words[0] = c0;
    ret_words[1] = c1;
    ret_words[2] = c2;
    ret_words[3] = c3;
}

// The blocks first to first + LANES - 1, one behind the other.
static void random_batch(uint64_t seed, uint64_t stream, uint64_t first, uint32_t words[BATCH])
{
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (uint64_t lane = 0; lane < LANES; lane++) {
        c0[lane] = (uint32_t)(first + lane);
        c1[lane] = (uint32_t)((first + lane) >> 32);
        c2[lane] = (uint32_t)stream;
        c3[lane] = (uint32_t)(stream >> 32);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int lane = 0; lane < LANES; lane++) {
            uint64_t p0 = (uint64_t)multiplier0 * c0[lane], p1 = (uint64_t)multiplier1 * c2[lane];
            c0[lane] = (uint32_t)(p1 >> 32) ^ c1[lane] ^ k0;
            c1[lane] = (uint32_t)p1;
            c2[lane] = (uint32_t)(p0 >> 32) ^ c3[lane] ^ k1;
            c3[lane] = (uint32_t)p0;
        }
        k0 += weyl0;
        k1 += weyl1;
    }
    for (int lane = 0; lane < LANES; lane++) {
        words[WORDS * lane] = c0[lane];
        words[WORDS * lane + 1] = c1[lane];
        words[WORDS * lane + 2] = c2[lane];
        words[WORDS * lane + 3] = c3[lane];
    }
}

static float uniform_of(uint32_t word)
{
    return (float)(word >> 8) * two_to_minus_24;
}

float pt_random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t words[WORDS];
    pt_random_block(seed, stream, index / WORDS, words);
    return uniform_of(words[index % WORDS]);
}

// Rounding may carry low + scale * u to high; the largest float below it stands in.
static void uniforms(const uint32_t words[BATCH], float low, float high, float *values)
{
    float scale = high - low, largest = nextafterf(high, low);
    for (int i = 0; i < BATCH; i++) {
        float value = low + scale * uniform_of(words[i]);
        values[i] = value < largest ? value : largest;
    }
}

// Box and Muller 1958: two uniforms make two normals. The radius uses all 32 bits, so that the
// tails reach 6.6 deviations; (word + 1) keeps the logarithm finite.
static void normals(const uint32_t words[BATCH], float mean, float deviation, float *values)
{
    const float two_pi = 6.28318530717958647692F;
    for (int i = 0; i < BATCH; i += 2) {
        float radius = sqrtf(-2 * logf(((float)words[i] + 1) * two_to_minus_32));
        float sine, cosine;
        sincosf(two_pi * uniform_of(words[i + 1]), &sine, &cosine);
        values[i] = mean + deviation * radius * cosine;
        values[i + 1] = mean + deviation * radius * sine;
    }
}

typedef void transform(const uint32_t words[BATCH], float a, float b, float *values);

static void fill(uint64_t seed, uint64_t stream, transform *make, float a, float b, float *values,
                 int64_t count)
{
    uint32_t words[BATCH];
    float last[BATCH];
    for (int64_t i = 0; i < count; i += BATCH) {
        random_batch(seed, stream, (uint64_t)i / WORDS, words);
        if (count - i >= BATCH) {
            make(words, a, b, values + i);
        } else {
            make(words, a, b, last);
            memcpy(values + i, last, (size_t)(count - i) * sizeof *values);
        }
    }
}

void pt_random_fill_uniform(uint64_t seed, uint64_t stream, float low, float high, float *values,
                            int64_t count)
{
    assert(low <= high && isfinite(high - low));
    fill(seed, stream, uniforms, low, high, values, count);
}

void pt_random_fill_normal(uint64_t seed, uint64_t stream, float mean, float deviation,
                           float *values, int64_t count)
{
    fill(seed, stream, normals, mean, deviation, values, count);
}

// Uniform in [0, bound): the high half of a product with 64 bits; biased by less than 2^-32.
static uint32_t below(uint64_t bits, uint32_t bound)
{
    return (uint32_t)(((unsigned __int128)bits * bound) >> 64);
}

void pt_random_permutation(uint64_t seed, uint64_t stream, uint32_t *permutation, int64_t count)
{
    assert(count >= 0 && count <= UINT32_MAX);
    uint32_t words[WORDS];
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        if (i % 2 == 0)
            pt_random_block(seed, stream, i / 2, words);
        const uint32_t *pair = words + i % 2 * 2;
        uint32_t other = below((uint64_t)pair[0] << 32 | pair[1], i + 1);
        permutation[i] = permutation[other]; // "inside out": fills and shuffles in one pass
        permutation[other] = i;
    }
}
