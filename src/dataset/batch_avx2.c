// Bytes to floats, 32 at a time. Multiply and add stay two instructions, so that the sums are those
// of the portable loop.

#include "dataset/internal.h"

#if defined(__AVX2__)
#include <immintrin.h>

static __m256 scaled(__m128i bytes, __m256 scale, __m256 shift)
{
    __m256 floats = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
    __m256 product = _mm256_mul_ps(floats, scale);
    return _mm256_add_ps(product, shift);
}

void pt_bytes_to_floats_avx2(const uint8_t *bytes, int64_t count, float scale, float shift,
                             float *floats)
{
    __m256 scales = _mm256_set1_ps(scale), shifts = _mm256_set1_ps(shift);
    int64_t i = 0;

    for (; i + 32 <= count; i += 32)
        for (int part = 0; part < 32; part += 8) {
            __m128i eight = _mm_loadl_epi64((const __m128i *)(const void *)(bytes + i + part));
            _mm256_storeu_ps(floats + i + part, scaled(eight, scales, shifts));
        }
    for (; i < count; i++) {
        float product = (float)bytes[i] * scale;
        floats[i] = product + shift;
    }
}

void pt_bytes_scaled_avx2(const uint8_t *bytes, int64_t count, const float *scales,
                          const float *shifts, float *floats)
{
    int64_t i = 0;

    for (; i + 8 <= count; i += 8) {
        __m128i eight = _mm_loadl_epi64((const __m128i *)(const void *)(bytes + i));
        _mm256_storeu_ps(floats + i,
                         scaled(eight, _mm256_loadu_ps(scales + i), _mm256_loadu_ps(shifts + i)));
    }
    for (; i < count; i++) {
        float product = (float)bytes[i] * scales[i];
        floats[i] = product + shifts[i];
    }
}
#else
// No other translation unit asks for it on other architectures.
typedef int pt_no_avx2;
#endif
