// The gradient of a bias: the sum over all rows of the gradient of what it was added to.
#ifndef PT_ENGINE_BIAS_GRADIENT_H
#define PT_ENGINE_BIAS_GRADIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes of scratch, never more for fewer rows.
size_t pt_bias_gradient_scratch(int64_t rows, int64_t columns);
// bias (+)= the column sums of dy [rows, columns], the same bits for any number of threads. Returns
// the operations that it took: one for each element, one more for each column if it adds.
int64_t pt_bias_gradient(const float *dy, int64_t rows, int64_t columns, float *bias, bool add,
                         int threads, void *scratch);

#endif
