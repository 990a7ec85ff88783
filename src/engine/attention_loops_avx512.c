// The loops of attention for CPUs with AVX-512. Empty where the compiler has no such CPU.

#if defined(__AVX512F__)
#define TABLE      pt_attention_avx512
#define TABLE_NAME "avx512"
#include "engine/attention_loops_body.h"
#endif
