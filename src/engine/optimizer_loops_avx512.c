// The loops of the optimizers for CPUs with AVX-512. Empty where the compiler has no such CPU.

#if defined(__AVX512F__)
#define TABLE      pt_optimizer_loops_avx512
#define TABLE_NAME "avx512"
#include "engine/optimizer_loops_body.h"
#endif
