// Chooses the loops of the recurrent layers for this CPU.

#include "engine/recurrent_loops.h"

#include "engine/cpu.h"

const struct pt_recurrent_loops *pt_recurrent_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_recurrent_avx512;
    case PT_ISA_AVX2:
        return &pt_recurrent_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_recurrent_portable;
}
