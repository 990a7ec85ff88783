// Which instructions this CPU has. Asked once; PT_CPU=portable|avx2|avx512 lowers it for tests.
#ifndef PT_ENGINE_CPU_H
#define PT_ENGINE_CPU_H

#include <stdbool.h>

enum pt_isa { PT_ISA_PORTABLE, PT_ISA_AVX2, PT_ISA_AVX512 };

// The best that both the CPU and PT_CPU allow. AVX512 means F, BW, DQ and VL.
enum pt_isa pt_cpu_isa(void);
// Products of bf16 pairs in hardware (AVX512_BF16). False where PT_CPU allows less than avx512.
bool pt_cpu_has_avx512_bf16(void);
// How many threads this process may run: affinity mask and cgroup quota, not the number of cores.
int pt_cpu_threads(void);
// The same with /proc and /sys below root; the affinity mask is always that of this process.
int pt_cpu_threads_below(const char *root);

#endif
