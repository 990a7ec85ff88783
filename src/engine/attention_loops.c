// Chooses the loops of attention for this CPU.

#include "engine/attention_loops.h"

#include "engine/cpu.h"

const struct pt_attention_loops *pt_attention_loops(void)
{
#if defined(__x86_64__)
    switch (pt_cpu_isa()) {
    case PT_ISA_AVX512:
        return &pt_attention_avx512;
    case PT_ISA_AVX2:
        return &pt_attention_avx2;
    case PT_ISA_PORTABLE:
        break;
    }
#endif
    return &pt_attention_portable;
}
