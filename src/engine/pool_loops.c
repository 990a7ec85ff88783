// Chooses the loops of pooling for this CPU.

#include "engine/pool_loops.h"

#include "engine/cpu.h"

const struct pt_pool_loops *pt_pool_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_pool_avx512;
    case PT_ISA_AVX2:
        return &pt_pool_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_pool_portable;
}
