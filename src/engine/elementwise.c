// Chooses the loops for this CPU.

#include "engine/elementwise.h"

#include "engine/cpu.h"

const struct pt_elementwise *pt_elementwise(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_elementwise_avx512;
    case PT_ISA_AVX2:
        return &pt_elementwise_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_elementwise_portable;
}
