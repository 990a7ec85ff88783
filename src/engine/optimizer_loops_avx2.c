// The loops of the optimizers for CPUs with AVX2 and FMA. Empty where the compiler has no such CPU.

#if defined(__AVX2__)
#define TABLE      pt_optimizer_loops_avx2
#define TABLE_NAME "avx2"
#include "engine/optimizer_loops_body.h"
#endif
