// The loops over elements for CPUs with AVX2 and FMA. Empty where the compiler has no such CPU.

#if defined(__AVX2__)
#define TABLE      pt_elementwise_avx2
#define TABLE_NAME "avx2"
#include "engine/elementwise_body.h"
#endif
