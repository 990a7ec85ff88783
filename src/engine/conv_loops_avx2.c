// The loops of convolutions for CPUs with AVX2. Empty where the compiler has no such CPU.

#if defined(__AVX2__)
#define TABLE pt_conv_loops_avx2
#include "engine/conv_loops_body.h"
#else
typedef int pt_conv_loops_needs_avx2;
#endif
