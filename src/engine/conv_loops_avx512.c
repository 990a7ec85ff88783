// The loops of convolutions for CPUs with AVX-512. Empty where the compiler has no such
// CPU.

#if defined(__AVX512F__)
#define TABLE pt_conv_loops_avx512
#include "engine/conv_loops_body.h"
#else
typedef int pt_conv_loops_needs_avx512;
#endif
