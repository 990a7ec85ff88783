// The loops of attention for CPUs with AVX2. Empty where the compiler has no such CPU.

#if defined(__AVX2__)
#define TABLE      pt_attention_avx2
#define TABLE_NAME "avx2"
#include "engine/attention_loops_body.h"
#endif
