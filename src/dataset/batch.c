// Batches: rows of the dataset in the order of the epoch, bytes made floats on the way.
//
// The rows lie far apart, so each costs a miss of the cache: the rows to come are prefetched.

#include <omp.h>
#include <string.h>

#include "dataset/internal.h"
#include "engine/cpu.h"

// Below so many numbers per thread waking another one costs more than it saves: 128 images of 784
// bytes take 8 us on one thread and 5 us on two (EPYC, AVX2), but milliseconds if the second has to
// wait for its core.
enum { NUMBERS_PER_THREAD = 1 << 18 };
enum { ROWS_AHEAD = 4, PREFETCH_BYTES_MAX = 4096, CACHE_LINE_BYTES = 64 };

typedef void bytes_to_floats(const uint8_t *bytes, int64_t count, float scale, float shift,
                             float *floats);

// Two statements, so that no compiler fuses them: every CPU gives the same sums.
void pt_bytes_to_floats_portable(const uint8_t *bytes, int64_t count, float scale, float shift,
                                 float *floats)
{
    for (int64_t i = 0; i < count; i++) {
        float scaled = (float)bytes[i] * scale;
        floats[i] = scaled + shift;
    }
}

static bytes_to_floats *choose_conversion(void)
{
#if defined(__x86_64__)
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        return pt_bytes_to_floats_avx2;
#endif
    return pt_bytes_to_floats_portable;
}

static void prefetch(const void *row, size_t row_bytes)
{
    size_t length = row_bytes < PREFETCH_BYTES_MAX ? row_bytes : PREFETCH_BYTES_MAX;
    for (size_t offset = 0; offset < length; offset += CACHE_LINE_BYTES)
        __builtin_prefetch((const char *)row + offset, 0, 0);
}

static int64_t row_at(const uint32_t *order, int64_t position)
{
    return order != NULL ? (int64_t)order[position] : position;
}

// Rows [from, to) of the batch that begins at first.
static void copy_features(const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                          int64_t from, int64_t to, float *features)
{
    bytes_to_floats *convert = choose_conversion();
    bool is_bytes = dataset->feature_bytes != NULL;
    int64_t width = dataset->feature_count;
    size_t row_bytes = (size_t)width * (is_bytes ? 1 : sizeof(float));
    const char *rows =
        is_bytes ? (const char *)dataset->feature_bytes : (const char *)dataset->features;

    for (int64_t i = from; i < to && i < from + ROWS_AHEAD; i++)
        prefetch(rows + (size_t)row_at(order, first + i) * row_bytes, row_bytes);
    for (int64_t i = from; i < to; i++) {
        if (i + ROWS_AHEAD < to)
            prefetch(rows + (size_t)row_at(order, first + i + ROWS_AHEAD) * row_bytes, row_bytes);
        const char *row = rows + (size_t)row_at(order, first + i) * row_bytes;
        if (is_bytes)
            convert((const uint8_t *)row, width, dataset->byte_scale, dataset->byte_shift,
                    features + i * width);
        else
            memcpy(features + i * width, row, row_bytes);
    }
}

static int thread_count(int64_t rows, int64_t numbers)
{
    int64_t most = omp_get_max_threads();
    if (most > numbers / NUMBERS_PER_THREAD)
        most = numbers / NUMBERS_PER_THREAD;
    if (most > rows)
        most = rows;
    return most < 1 ? 1 : (int)most;
}

void pt_dataset_batch(const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                      int64_t count, float *features, int32_t *labels, float *targets)
{
    int64_t width = dataset->target_count;
    int threads = thread_count(count, count * dataset->feature_count);

    if (features != NULL && threads == 1)
        copy_features(dataset, order, first, 0, count, features);
    else if (features != NULL) {
#pragma omp parallel for num_threads(threads) schedule(static)
        for (int i = 0; i < threads; i++)
            copy_features(dataset, order, first, count * i / threads, count * (i + 1) / threads,
                          features);
    }
    for (int64_t i = 0; labels != NULL && dataset->labels != NULL && i < count; i++)
        labels[i] = dataset->labels[row_at(order, first + i)];
    for (int64_t i = 0; targets != NULL && dataset->targets != NULL && i < count; i++)
        memcpy(targets + i * width, dataset->targets + row_at(order, first + i) * width,
               (size_t)width * sizeof *targets);
}
