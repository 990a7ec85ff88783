// Vectors of floats, as wide as the file that includes this is compiled for: 16 lanes with AVX-512,
// 8 with AVX2, else 4. GCC's vector extensions do most of it, so that one source serves all CPUs;
// intrinsics stand where the extensions have no word: multiply-add and partial loads.
//
// The functions are accurate to a few units in the last place; tests/engine/test_elementwise.c
// holds them to it. NaN and infinities go through as in libm. Results below the smallest normal
// number are 0.
#ifndef PT_ENGINE_VECTOR_H
#define PT_ENGINE_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

typedef float vf __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t vi __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef uint32_t vu __attribute__((vector_size(LANES * sizeof(uint32_t))));

// Runs statement for every vector of n elements: i is its first element, k its length, which is
// less than LANES in the last one only.
#define FOR_EACH_VECTOR(n, statement)                                                              \
    do {                                                                                           \
        int64_t i = 0;                                                                             \
        for (; i + LANES <= (n); i += LANES) {                                                     \
            const int64_t k = LANES;                                                               \
            statement;                                                                             \
        }                                                                                          \
        if (i < (n)) {                                                                             \
            const int64_t k = (n)-i;                                                               \
            statement;                                                                             \
        }                                                                                          \
    } while (0)

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vf splat(float x)
{
    return x - (vf){0}; // not +: -0 + 0 would lose its sign
}

// The first k lanes from memory, 0 in the others.
INLINE vf load(const float *p, int64_t k)
{
    vf v = {0};
    if (k == LANES) {
        memcpy(&v, p, sizeof v);
        return v;
    }
#if defined(__AVX512F__)
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << k) - 1), p);
#else
    memcpy(&v, p, (size_t)k * sizeof *p);
    return v;
#endif
}

INLINE void store(float *p, vf v, int64_t k)
{
    if (k == LANES) {
        memcpy(p, &v, sizeof v);
        return;
    }
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << k) - 1), (__m512)v);
#else
    memcpy(p, &v, (size_t)k * sizeof *p);
#endif
}

// a b + c, rounded once where the CPU can.
INLINE vf fma_(vf a, vf b, vf c)
{
#if defined(__AVX512F__)
    return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
    return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

// Per lane: mask ? a : b. Comparisons of vectors give such masks.
INLINE vf select_(vi mask, vf a, vf b)
{
    return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

INLINE vf absolute(vf x)
{
    return (vf)((vi)x & INT32_MAX);
}

INLINE vf with_sign_of(vf magnitude, vf x)
{
    return (vf)(((vi)magnitude & INT32_MAX) | ((vi)x & INT32_MIN));
}

// Not a number loses against any number here.
INLINE vf maximum(vf a, vf b)
{
    return select_(a > b, a, b);
}

INLINE vf minimum(vf a, vf b)
{
    return select_(a < b, a, b);
}

INLINE vf square_root(vf x)
{
#if defined(__AVX512F__)
    return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (vf)_mm256_sqrt_ps((__m256)x);
#else
    for (int lane = 0; lane < LANES; lane++)
        x[lane] = sqrtf(x[lane]);
    return x;
#endif
}

// The 64-bit product of each lane with b, in two halves.
INLINE void multiply_wide(vu a, uint32_t b, vu *high, vu *low)
{
#if defined(__AVX512F__)
    __m512i factor = _mm512_set1_epi32((int)b);
    __m512i even = _mm512_mul_epu32((__m512i)a, factor);
    __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)a, 32), factor);
    *high = (vu)_mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
    *low = (vu)_mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
#elif defined(__AVX2__)
    __m256i factor = _mm256_set1_epi32((int)b);
    __m256i even = _mm256_mul_epu32((__m256i)a, factor);
    __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)a, 32), factor);
    *high = (vu)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    *low = (vu)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
#elif defined(__SSE2__)
    __m128i factor = _mm_set1_epi32((int)b), upper = _mm_set1_epi64x(-(INT64_C(1) << 32));
    __m128i even = _mm_mul_epu32((__m128i)a, factor);
    __m128i odd = _mm_mul_epu32(_mm_srli_epi64((__m128i)a, 32), factor);
    *high = (vu)_mm_or_si128(_mm_srli_epi64(even, 32), _mm_and_si128(odd, upper));
    *low = (vu)_mm_or_si128(_mm_andnot_si128(upper, even), _mm_slli_epi64(odd, 32));
#else
    for (int lane = 0; lane < LANES; lane++)
        (*high)[lane] = (uint32_t)((uint64_t)a[lane] * b >> 32);
    *low = a * b;
#endif
}

// Lane 0 + lane LANES/2 and so on, in halves: a fixed order.
INLINE float sum_of(vf x)
{
    float lanes[LANES];
    memcpy(lanes, &x, sizeof lanes);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++)
            lanes[lane] += lanes[lane + half];
    return lanes[0];
}

INLINE float maximum_of(vf x)
{
    float most = x[0];
    for (int lane = 1; lane < LANES; lane++)
        most = x[lane] > most ? x[lane] : most;
    return most;
}

// Lanes from k on become value.
INLINE vf fill_from(vf x, int64_t k, float value)
{
    if (k < LANES)
        for (int lane = 0; lane < LANES; lane++)
            x[lane] = lane < k ? x[lane] : value;
    return x;
}

// e^x for -87.33 <= x <= 88.72: e^x = 2^n e^r with |r| <= ln(2)/2 and a minimax polynomial
// (Chebyshev, degree 6, relative error 8e-9) for e^r. ln(2) in two parts after Cody and Waite 1980.
INLINE vf exp_inside(vf x)
{
    const float round_to_integer = 12582912.0f; // 1.5 * 2^23: the sum has no fraction bits left
    vf shifted = fma_(x, splat(1.44269504f), splat(round_to_integer));
    vf n = shifted - round_to_integer;
    vf r = fma_(n, splat(-0.693359375f), x);
    r = fma_(n, splat(2.12194440e-4f), r);
    vf p = splat(0.00139262504f);
    p = fma_(p, r, splat(0.00836323295f));
    p = fma_(p, r, splat(0.0416665524f));
    p = fma_(p, r, splat(0.166665763f));
    p = fma_(p, r, splat(0.5f));
    p = fma_(p * r, r, r) + 1.0f;
    return (vf)((vu)p + ((vu)shifted << 23)); // the low bits of shifted are n
}

INLINE vf exponential(vf x)
{
    vf y = exp_inside(x);
    y = select_(x > 88.72283f, splat(INFINITY), y);
    y = select_(x < -87.33654f, splat(0), y);
    return select_(x != x, x, y);
}

// erf x = x + x P(x^2) below 0.921875 (relative error 4e-10), sign(x) (1 - e^Q(|x|)) above, where Q
// is a polynomial for log(erfc) on [0.92, 4]; beyond 4, erf is 1 in single precision. Both
// polynomials are Chebyshev fits computed with 40 digits.
INLINE vf error_function(vf x)
{
    vf s = x * x, t = absolute(x);
    vf p = splat(8.38759080e-05f);
    p = fma_(p, s, splat(-0.000814720232f));
    p = fma_(p, s, splat(0.00520146685f));
    p = fma_(p, s, splat(-0.0268595926f));
    p = fma_(p, s, splat(0.112836994f));
    p = fma_(p, s, splat(-0.376126349f));
    p = fma_(p, s, splat(0.128379166f));
    vf inner = fma_(x, p, x);

    vf u = minimum(t, splat(4.0f));
    vf q = splat(1.64357095e-06f);
    q = fma_(q, u, splat(-4.61782765e-05f));
    q = fma_(q, u, splat(0.000597749837f));
    q = fma_(q, u, splat(-0.00476362323f));
    q = fma_(q, u, splat(0.0264312122f));
    q = fma_(q, u, splat(-0.110094942f));
    q = fma_(q, u, splat(-0.631813884f));
    q = fma_(q, u, splat(-1.13023806f));
    q = fma_(q, u, splat(0.000320581632f));
    vf outer = with_sign_of(1.0f - exp_inside(q), x);
    return select_(t > 0.921875f, outer, inner);
}

// tanh x = x + x^3 P(x^2) below 0.625 (relative error 2e-8), sign(x) (1 - 2 / (e^(2|x|) + 1))
// above.
INLINE vf hyperbolic_tangent(vf x)
{
    vf s = x * x, t = absolute(x);
    vf p = splat(-0.00609671418f);
    p = fma_(p, s, splat(0.0209971797f));
    p = fma_(p, s, splat(-0.0538509078f));
    p = fma_(p, s, splat(0.133327693f));
    p = fma_(p, s, splat(-0.333333284f));
    vf inner = fma_(x * s, p, x);
    vf e = exp_inside(2.0f * minimum(t, splat(10.0f)));
    vf outer = with_sign_of(1.0f - 2.0f / (e + 1.0f), x);
    return select_(t > 0.625f, outer, inner);
}

#endif
