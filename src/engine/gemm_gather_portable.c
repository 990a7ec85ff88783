// Tiles whose rows lie anywhere, in plain C.

#include "engine/gemm_own.h"

#include <assert.h>

enum { ROWS = 4, COLUMNS = 8 };

static void multiply(const struct pt_gemm_gather *gather, float sums[ROWS][COLUMNS])
{
    const float *b = gather->b;
    for (int64_t run = 0; run < gather->runs; run++) {
        const char *a = (const char *)gather->a + gather->a_runs[run];
        for (int64_t step = 0; step < gather->steps; step++, b += gather->b_step) {
            for (int i = 0; i < gather->rows; i++) {
                float value = ((const float *)(const void *)(a + gather->a_rows[i]))[step];
                for (int j = 0; j < COLUMNS; j++)
                    sums[i][j] += value * b[j];
            }
        }
    }
}

void pt_gemm_gather_portable(const struct pt_gemm_gather *gather)
{
    float sums[ROWS][COLUMNS] = {{0}};
    assert(gather->rows <= ROWS && gather->columns <= COLUMNS && gather->b_step == COLUMNS);
    multiply(gather, sums);
    for (int i = 0; i < gather->rows; i++) {
        float *c = gather->c + gather->c_rows[i];
        for (int j = 0; j < gather->columns; j++) {
            float value = sums[i][j];
            if (gather->add)
                value += c[j];
            if (gather->bias != NULL)
                value += gather->bias[j];
            c[j] = gather->relu && value < 0 ? 0 : value; // NaN stays NaN
        }
    }
}
