// Batches: rows of the dataset in the order of the epoch, bytes made floats on the way.
//
// The rows lie far apart, so each costs a miss of the cache: the rows to come are prefetched.

#include <omp.h>
#include <string.h>

#include "base/random.h"
#include "dataset/internal.h"
#include "dataset/picture.h"
#include "engine/cpu.h"

// A stream of its own for the random changes of samples; the epoch is added to it.
#define CHANGE_STREAM UINT64_C(0x6368616e67650000) // "change"

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

void pt_bytes_scaled_portable(const uint8_t *bytes, int64_t count, const float *scales,
                              const float *shifts, float *floats)
{
    for (int64_t i = 0; i < count; i++) {
        float scaled = (float)bytes[i] * scales[i];
        floats[i] = scaled + shifts[i];
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

// A batch in the making; rows are counted within it.
struct making {
    const struct pt_dataset *dataset;
    const uint32_t *order;
    int64_t first;
    uint64_t seed, stream; // of the random changes in this epoch
    const struct pt_batch *batch;
};

// What the random changes of a sample are drawn from.
static uint64_t random_of(const struct making *making, int64_t sample)
{
    uint32_t words[4];
    pt_random_block(making->seed, making->stream, (uint64_t)sample, words);
    return (uint64_t)words[1] << 32 | words[0];
}

// One image with channels or random changes.
static void copy_picture(const struct making *making, int64_t sample, const void *row,
                         float *floats)
{
    const struct pt_dataset *dataset = making->dataset;
    uint64_t random = random_of(making, sample);
    if (dataset->feature_bytes != NULL)
        pt_picture_from_bytes(dataset->picture, random, row, floats);
    else
        pt_picture_from_floats(dataset->picture, random, row, floats);
}

// Rows [from, to).
static void copy_features(const struct making *making, int64_t from, int64_t to)
{
    bytes_to_floats *convert = choose_conversion();
    const struct pt_dataset *dataset = making->dataset;
    const uint32_t *order = making->order;
    bool is_bytes = dataset->feature_bytes != NULL;
    int64_t width = dataset->feature_count, first = making->first;
    size_t row_bytes = (size_t)width * (is_bytes ? 1 : sizeof(float));
    const char *rows =
        is_bytes ? (const char *)dataset->feature_bytes : (const char *)dataset->features;

    for (int64_t i = from; i < to && i < from + ROWS_AHEAD; i++)
        prefetch(rows + (size_t)row_at(order, first + i) * row_bytes, row_bytes);
    for (int64_t i = from; i < to; i++) {
        if (i + ROWS_AHEAD < to)
            prefetch(rows + (size_t)row_at(order, first + i + ROWS_AHEAD) * row_bytes, row_bytes);
        int64_t sample = row_at(order, first + i);
        const char *row = rows + (size_t)sample * row_bytes;
        float *floats = making->batch->features + i * width;
        if (dataset->picture != NULL)
            copy_picture(making, sample, row, floats);
        else if (is_bytes)
            convert((const uint8_t *)row, width, dataset->pixel_scale[0], dataset->pixel_shift[0],
                    floats);
        else
            memcpy(floats, row, row_bytes);
    }
}

static enum pt_status read_rows(const struct making *making, int64_t from, int64_t to,
                                struct pt_error *error)
{
    const struct pt_dataset *dataset = making->dataset;
    const struct pt_batch *batch = making->batch;
    enum pt_status status = PT_OK;

    for (int64_t i = from; i < to && status == PT_OK; i++) {
        int64_t sample = row_at(making->order, making->first + i), width = dataset->feature_count;
        status = dataset->reader->read(
            dataset->reader_state, sample, random_of(making, sample),
            batch->features != NULL ? batch->features + i * width : NULL,
            batch->tokens != NULL ? batch->tokens + i * width : NULL,
            batch->labels != NULL ? batch->labels + i * dataset->label_count : NULL,
            batch->targets != NULL ? batch->targets + i * dataset->target_count : NULL, error);
    }
    return status;
}

static enum pt_status fill_rows(const struct making *making, int64_t from, int64_t to,
                                struct pt_error *error)
{
    if (making->dataset->reader != NULL)
        return read_rows(making, from, to, error);
    if (making->batch->features != NULL)
        copy_features(making, from, to);
    return PT_OK;
}

// Of several rows that cannot be read the first one is reported, however many threads there are.
static enum pt_status fill_in_parallel(const struct making *making, int64_t count, int threads,
                                       struct pt_error *error)
{
    int failed = threads;
    enum pt_status status = PT_OK;

#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int i = 0; i < threads; i++) {
        struct pt_error mine = {.status = PT_OK};
        enum pt_status result =
            fill_rows(making, count * i / threads, count * (i + 1) / threads, &mine);
        if (result == PT_OK)
            continue;
#pragma omp critical(pt_dataset_batch_failed)
        if (i < failed) {
            failed = i;
            status = result;
            if (error != NULL)
                *error = mine;
        }
    }
    return status;
}

static int thread_count(const struct pt_dataset *dataset, int64_t rows)
{
    int64_t most = omp_get_max_threads(), numbers = rows * dataset->feature_count;
    bool is_heavy = dataset->reader != NULL && dataset->reader->is_heavy;
    if (!is_heavy && most > numbers / NUMBERS_PER_THREAD)
        most = numbers / NUMBERS_PER_THREAD;
    if (most > rows)
        most = rows;
    return most < 1 ? 1 : (int)most;
}

// Labels and targets that lie in memory.
static void copy_answers(const struct making *making, int64_t count)
{
    const struct pt_dataset *dataset = making->dataset;
    const struct pt_batch *batch = making->batch;
    int64_t labels = dataset->label_count, targets = dataset->target_count;

    for (int64_t i = 0; batch->labels != NULL && dataset->labels != NULL && i < count; i++)
        memcpy(batch->labels + i * labels,
               dataset->labels + row_at(making->order, making->first + i) * labels,
               (size_t)labels * sizeof *batch->labels);
    for (int64_t i = 0; batch->targets != NULL && dataset->targets != NULL && i < count; i++) {
        int64_t sample = row_at(making->order, making->first + i);
        memcpy(batch->targets + i * targets, dataset->targets + sample * targets,
               (size_t)targets * sizeof *batch->targets);
        if (dataset->picture != NULL)
            pt_picture_change_targets(dataset->picture, random_of(making, sample),
                                      batch->targets + i * targets, targets);
    }
}

enum pt_status pt_dataset_batch(const struct pt_dataset *dataset, const uint32_t *order,
                                int64_t first, int64_t count, uint64_t seed, int64_t epoch,
                                const struct pt_batch *batch, struct pt_error *error)
{
    struct making making = {.dataset = dataset,
                            .order = order,
                            .first = first,
                            .seed = seed,
                            .stream = CHANGE_STREAM + (uint64_t)epoch,
                            .batch = batch};
    int threads = thread_count(dataset, count);

    copy_answers(&making, count);
    if (threads == 1)
        return fill_rows(&making, 0, count, error);
    return fill_in_parallel(&making, count, threads, error);
}
