// The inner loop of the dynamic programme, for any CPU and for AVX2.

#include "schedule/program.h"

static inline __attribute__((always_inline)) void relax_body(double *restrict best,
                                                             uint8_t *restrict who,
                                                             const double *restrict from,
                                                             double share, double money,
                                                             uint8_t number, int count)
{
#pragma omp simd
    for (int i = 0; i < count; i++) {
        double value = (share == 0 ? from[i] : (1 - share) * from[i] + share * from[i + 1]) + money;
        bool less = value < best[i];
        best[i] = less ? value : best[i];
        who[i] = less ? number : who[i];
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void relax_avx2(double *best, uint8_t *who,
                                                       const double *from, double share,
                                                       double money, uint8_t number, int count)
{
    if (share == 0)
        relax_body(best, who, from, 0, money, number, count);
    else
        relax_body(best, who, from, share, money, number, count);
}
#endif

void pt_relax(double *best, uint8_t *who, const double *from, double share, double money,
              uint8_t number, int count)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        relax_avx2(best, who, from, share, money, number, count);
        return;
    }
#endif
    if (share == 0)
        relax_body(best, who, from, 0, money, number, count);
    else
        relax_body(best, who, from, share, money, number, count);
}
