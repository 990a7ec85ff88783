// Measures this machine: matrix products, streaming, and the cost of starting a parallel region.
//
// Every figure is the best of several runs that each last long enough for the clock: other
// processes and the hypervisor can only make a run slower, so the best is nearest to what the
// machine does when it is ours. Streaming is the triad a = b + s c of the STREAM benchmark
// (McCalpin 1995), counted as it is there: two arrays read, one written, 12 bytes per element.

#include "hardware/machine.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

enum {
    CACHE_TEST_BYTES = 4 << 20,
    REGION_RUNS = 200,
    RUNS_LEAST = 2, // of any probe, however little time there is
    CALLS_MOST = 1000,
};

// A run shorter than this would time the turbo clock of an idle machine.
#define BATCH_SECONDS 0.015

static const double mib = PT_BYTES_PER_MIB, gib = PT_BYTES_PER_GIB;

struct product {
    int64_t m, n, k;
};

// Large enough for the peak, small enough for three dozen in a second on one thread; the second is
// as flat as a batch makes them.
static const struct product products[] = {{512, 512, 512}, {768, 768, 768}, {128, 1024, 1024}};
enum { PRODUCT_COUNT = sizeof products / sizeof *products, OPERAND_FLOATS = 1024 * 1024 };

struct buffers {
    float *a, *b, *c;
    size_t count; // floats in each
};

static double now_seconds(void)
{
    return (double)pt_clock_monotonic(&pt_system_clock) / (double)PT_NANOSECONDS_PER_SECOND;
}

// Touched by the threads that will use it, so that pages lie near them.
static void fill(struct buffers *buffers)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < buffers->count; i++) {
        // Small, of both signs and different from each other: no denormals, no special cases.
        buffers->a[i] = (float)((int)(i % 17) - 8) * 0.125f;
        buffers->b[i] = (float)((int)(i % 23) - 11) * 0.0625f;
        buffers->c[i] = 0;
    }
}

static void triad(const struct buffers *buffers, size_t count, int threads)
{
    float *restrict c = buffers->c;
    const float *restrict a = buffers->a, *restrict b = buffers->b;
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (size_t i = 0; i < count; i++)
        c[i] = a[i] + 0.5f * b[i];
}

// Bytes per second over arrays of count floats each.
static double streaming_speed(const struct buffers *buffers, size_t count, int threads,
                              double seconds)
{
    double best = 0, start = now_seconds(), batch_bytes = 12.0 * (double)count;
    // A batch lasts at least about a tenth of a millisecond.
    int passes = batch_bytes < 16 * mib ? (int)(16 * mib / batch_bytes) : 1;
    triad(buffers, count, threads);
    for (int run = 0; run < RUNS_LEAST || now_seconds() - start < seconds; run++) {
        double before = now_seconds();
        for (int pass = 0; pass < passes; pass++)
            triad(buffers, count, threads);
        double speed = batch_bytes * passes / (now_seconds() - before);
        best = fmax(best, speed);
    }
    return best;
}

// FLOP per second of one product, of the best batch; NAN if matmul cannot do this precision here.
static double speed_of_product(pt_matmul_probe *matmul, bool bf16, const struct buffers *buffers,
                               int threads, struct product p, double seconds)
{
    double flop = 2.0 * (double)p.m * (double)p.n * (double)p.k, best = 0, batch_seconds = 0;
    double start = now_seconds();
    int64_t calls = 1;

    // The first run warms up and counts the calls of a batch.
    for (int run = 0; run <= RUNS_LEAST || now_seconds() - start < seconds; run++) {
        double before = now_seconds();
        for (int64_t call = 0; call < calls; call++)
            if (!matmul(bf16, threads, p.m, p.n, p.k, buffers->a, buffers->b, buffers->c))
                return NAN;
        batch_seconds = now_seconds() - before;
        if (run > 0)
            best = fmax(best, flop * (double)calls / batch_seconds);
        else if (batch_seconds < BATCH_SECONDS)
            calls = (int64_t)(BATCH_SECONDS / fmax(batch_seconds, BATCH_SECONDS / CALLS_MOST));
    }
    return best;
}

static double product_speed(pt_matmul_probe *matmul, bool bf16, const struct buffers *buffers,
                            int threads, double seconds)
{
    double best = 0;
    for (int i = 0; i < PRODUCT_COUNT; i++) {
        double speed = speed_of_product(matmul, bf16, buffers, threads, products[i],
                                        seconds / (double)PRODUCT_COUNT);
        if (isnan(speed))
            return NAN;
        best = fmax(best, speed);
    }
    return best;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Seconds of an operator that has nothing to do: the larger of an empty parallel region and of the
// smallest product; in the median, because the waiting of a barrier is part of the cost.
static double region_overhead(int threads)
{
    double seconds[REGION_RUNS];
    for (int run = 0; run < REGION_RUNS; run++) {
        double before = now_seconds();
#pragma omp parallel num_threads(threads)
        {
#pragma omp barrier
        } seconds[run] = now_seconds() - before;
    }
    qsort(seconds, REGION_RUNS, sizeof *seconds, compare_doubles);
    return seconds[REGION_RUNS / 2];
}

static double smallest_product(pt_matmul_probe *matmul, const struct buffers *buffers, int threads)
{
    double seconds[REGION_RUNS];
    for (int run = 0; run < REGION_RUNS; run++) {
        double before = now_seconds();
        if (!matmul(false, threads, 8, 16, 16, buffers->a, buffers->b, buffers->c))
            return 0;
        seconds[run] = now_seconds() - before;
    }
    qsort(seconds, REGION_RUNS, sizeof *seconds, compare_doubles);
    return seconds[REGION_RUNS / 2];
}

// The three arrays together are four times the last cache, so that nothing survives in it; at most
// a quarter of the memory and 1 GiB.
static size_t streaming_count(const struct pt_cpu_info *cpu)
{
    double bytes = 128 * mib;
    if (isfinite(cpu->last_cache_bytes))
        bytes = fmax(bytes, 4 * cpu->last_cache_bytes * cpu->sockets);
    bytes = fmin(bytes, gib);
    if (isfinite(cpu->memory_bytes))
        bytes = fmin(bytes, cpu->memory_bytes / 4);
    size_t count = (size_t)(bytes / 12);
    return count < OPERAND_FLOATS ? OPERAND_FLOATS : count;
}

static bool allocate(struct buffers *buffers, size_t count)
{
    size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    buffers->count = count;
    buffers->a = aligned_alloc(64, bytes);
    buffers->b = aligned_alloc(64, bytes);
    buffers->c = aligned_alloc(64, bytes);
    return buffers->a != NULL && buffers->b != NULL && buffers->c != NULL;
}

static void release(struct buffers *buffers)
{
    free(buffers->a);
    free(buffers->b);
    free(buffers->c);
}

static struct pt_calibration_point measure(const struct pt_cpu_info *cpu, pt_matmul_probe *matmul,
                                           const struct buffers *buffers, int threads,
                                           double seconds)
{
    struct pt_calibration_point point = {.threads = threads};

    point.fp32_flop_per_second = product_speed(matmul, false, buffers, threads, 0.35 * seconds);
    point.bf16_flop_per_second = product_speed(matmul, true, buffers, threads, 0.25 * seconds);
    point.memory_bytes_per_second =
        streaming_speed(buffers, buffers->count, threads, 0.25 * seconds);
    point.cache_bytes_per_second =
        streaming_speed(buffers, CACHE_TEST_BYTES / 12, threads, 0.1 * seconds);
    // Far from memory means not slower than memory, whatever one run says.
    point.cache_bytes_per_second =
        fmax(point.cache_bytes_per_second, point.memory_bytes_per_second);
    point.cache_bytes =
        isfinite(cpu->last_cache_bytes) ? cpu->last_cache_bytes : (double)CACHE_TEST_BYTES;
    return point;
}

// 1, 2, 4 ... and the number of threads itself.
static int thread_counts(int threads, int *ret_counts)
{
    int count = 0;
    for (int n = 1; n < threads && count < PT_CALIBRATION_THREADS_MAX - 1; n *= 2)
        ret_counts[count++] = n;
    ret_counts[count++] = threads;
    return count;
}

enum pt_status pt_calibrate(const struct pt_cpu_info *cpu, pt_matmul_probe *matmul,
                            double max_seconds, struct pt_calibration *ret_calibration,
                            struct pt_error *error)
{
    struct pt_calibration calibration = {0};
    struct buffers buffers;
    int counts[PT_CALIBRATION_THREADS_MAX];

    if (!(max_seconds > 0 && max_seconds <= 3600))
        return pt_fail(error, PT_USAGE,
                       "cannot calibrate in %g seconds; give a number above 0 and up to 3600",
                       max_seconds);
    if (!allocate(&buffers, streaming_count(cpu))) {
        release(&buffers);
        return pt_fail(error, PT_NO_MEMORY, "no memory for three arrays of %zu floats",
                       streaming_count(cpu));
    }
    double start = now_seconds();
    fill(&buffers);

    calibration.point_count = thread_counts(cpu->threads, counts);
    for (int i = 0; i < calibration.point_count; i++) {
        double left = max_seconds - (now_seconds() - start);
        double share = fmax(0, left) / (calibration.point_count - i);
        calibration.points[i] = measure(cpu, matmul, &buffers, counts[i], 0.95 * share);
    }
    calibration.step_overhead_seconds =
        fmax(region_overhead(cpu->threads), smallest_product(matmul, &buffers, cpu->threads));
    release(&buffers);
    if (isnan(calibration.points[0].fp32_flop_per_second))
        return pt_fail(error, PT_UNAVAILABLE,
                       "no fp32 matrix product works here, so there is nothing to measure");

    snprintf(calibration.cpu_model, sizeof calibration.cpu_model, "%s", cpu->model);
    pt_format_time(pt_clock_realtime(&pt_system_clock), calibration.date);
    *ret_calibration = calibration;
    return PT_OK;
}
