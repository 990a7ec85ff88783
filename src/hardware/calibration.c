// Reads speeds out of a calibration, or guesses them where there is none.

#include "hardware/machine.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "hardware/microarchitecture.h"

struct pt_calibration_point pt_calibration_at(const struct pt_calibration *calibration, int threads)
{
    assert(calibration->point_count > 0 && threads > 0);
    const struct pt_calibration_point *nearest = &calibration->points[0];
    for (int i = 1; i < calibration->point_count; i++)
        if (abs(calibration->points[i].threads - threads) < abs(nearest->threads - threads))
            nearest = &calibration->points[i];

    double scale = (double)threads / nearest->threads;
    struct pt_calibration_point point = *nearest;
    point.threads = threads;
    point.fp32_flop_per_second *= scale;
    point.bf16_flop_per_second *= scale;
    point.memory_bytes_per_second *= fmin(1, scale);
    point.cache_bytes_per_second *= scale;
    return point;
}

// A server core clocks about 2.8 GHz under load and large products reach 80 % of its peak in fp32,
// 60 % in bf16, where memory is short for it; two threads of one core share its units. One core
// draws about 12 GB/s from memory and 30 GB/s from its caches; a socket gives about 150 GB/s. These
// are middle values of the catalogue's processors, wrong by a factor of two on many machines.
static const double clock_hertz = 2.8e9, fp32_share = 0.8, bf16_share = 0.6;
static const double memory_per_core = 12e9, memory_per_socket = 150e9, cache_per_core = 30e9;

struct pt_calibration_point pt_calibration_guess(const struct pt_cpu_info *cpu, int threads)
{
    static const struct pt_core_width unknown = {.fp32_flop_per_cycle = 32};
    const struct pt_core_width *width = pt_core_width_find(cpu->microarchitecture);
    if (width == NULL)
        width = &unknown; // two 256-bit units: what most machines of ten years have

    // Threads are spread over cores first.
    double all_threads = fmax(cpu->machine_threads, threads);
    double all_cores = fmax(1, all_threads / fmax(1, cpu->threads_per_core));
    double cores = fmin(threads, all_cores);
    struct pt_calibration_point point = {
        .threads = threads,
        .fp32_flop_per_second = cores * clock_hertz * width->fp32_flop_per_cycle * fp32_share,
        .bf16_flop_per_second = width->bf16_flop_per_cycle == 0
                                    ? NAN
                                    : cores * clock_hertz * width->bf16_flop_per_cycle * bf16_share,
        .memory_bytes_per_second =
            fmin(cores * memory_per_core, fmax(1, cpu->sockets) * memory_per_socket),
        .cache_bytes_per_second = cores * cache_per_core,
        .cache_bytes =
            isfinite(cpu->last_cache_bytes) ? cpu->last_cache_bytes : 4 * PT_BYTES_PER_MIB,
    };
    return point;
}
