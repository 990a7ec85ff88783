// Chooses the loops for this CPU.

#include "engine/optimizer_loops.h"

#include "engine/cpu.h"

const struct pt_optimizer_loops *pt_optimizer_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_optimizer_loops_avx512;
    case PT_ISA_AVX2:
        return &pt_optimizer_loops_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_optimizer_loops_portable;
}
