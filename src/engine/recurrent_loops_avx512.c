// The loops of the recurrent layers for CPUs with AVX-512. Empty where the compiler has no such
// CPU.

#if defined(__AVX512F__)
#define TABLE      pt_recurrent_avx512
#define TABLE_NAME "avx512"
#include "engine/recurrent_body.h"
#endif
