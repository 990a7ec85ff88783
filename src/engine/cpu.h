// Which instructions this CPU has. Asked once; PT_CPU=portable|avx2|avx512 lowers it for tests.
#ifndef PT_ENGINE_CPU_H
#define PT_ENGINE_CPU_H

#include <stdbool.h>

enum pt_isa { PT_ISA_PORTABLE, PT_ISA_AVX2, PT_ISA_AVX512 };

enum pt_isa pt_cpu_isa(void);
bool pt_cpu_has_avx512_bf16(void);
// How many threads this process may run: affinity mask and cgroup quota, not the number of cores.
int pt_cpu_threads(void);

#endif
