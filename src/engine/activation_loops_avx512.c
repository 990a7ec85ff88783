// The loops of activations for CPUs with AVX-512 (F, BW, DQ, VL). Empty where the
// compiler has no such CPU.

#if defined(__AVX512F__)
#define TABLE      pt_activation_avx512
#define TABLE_NAME "avx512"
#include "engine/activation_body.h"
#endif
