// The loops of the recurrent layers for CPUs with AVX2 and FMA. Empty where the compiler has no
// such CPU.

#if defined(__AVX2__)
#define TABLE      pt_recurrent_avx2
#define TABLE_NAME "avx2"
#include "engine/recurrent_body.h"
#endif
