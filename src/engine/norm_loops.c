// Chooses the loops of normalizations for this CPU.

#include "engine/norm_loops.h"

#include "engine/cpu.h"

const struct pt_norm_loops *pt_norm_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_norm_avx512;
    case PT_ISA_AVX2:
        return &pt_norm_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_norm_portable;
}
