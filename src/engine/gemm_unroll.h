// Loops of a constant length that must be unrolled, because their arrays are meant to be registers.
#ifndef PT_ENGINE_GEMM_UNROLL_H
#define PT_ENGINE_GEMM_UNROLL_H

#if defined(__clang__)
#define PT_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PT_UNROLL _Pragma("GCC unroll 16")
#endif
#define PT_ALWAYS_INLINE static inline __attribute__((always_inline))

#endif
