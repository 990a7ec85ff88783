// The loops of normalizations for CPUs with AVX-512 (F, BW, DQ, VL). Empty where the
// compiler has no such CPU.

#if defined(__AVX512F__)
#define TABLE      pt_norm_avx512
#define TABLE_NAME "avx512"
#include "engine/norm_body.h"
#endif
