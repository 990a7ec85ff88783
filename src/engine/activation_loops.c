// Chooses the loops of activations for this CPU.

#include "engine/activation_loops.h"

#include "engine/cpu.h"

const struct pt_activation_loops *pt_activation_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_activation_avx512;
    case PT_ISA_AVX2:
        return &pt_activation_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_activation_portable;
}
