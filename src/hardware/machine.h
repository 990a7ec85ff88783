// This machine: what it is, and how fast it was measured to be.
#ifndef PT_HARDWARE_MACHINE_H
#define PT_HARDWARE_MACHINE_H

#include "base/arena.h"
#include "base/quantity.h"

enum { PT_CALIBRATION_THREADS_MAX = 64 };

struct pt_cpu_info {
    char model[128]; // as /proc/cpuinfo has it: "AMD EPYC"
    char vendor[32];
    int family, model_number, stepping;
    int threads;         // that this process may use: affinity mask and cgroup quota
    int machine_threads; // that the system runs
    int threads_per_core;
    int sockets;
    bool virtual_machine; // the hypervisor bit
    double memory_bytes;
    double last_cache_bytes;    // of the first processor's largest cache; NAN if unknown
    char microarchitecture[32]; // "Zen 5", the names of power/; "" if unknown
};

// Reads /proc/cpuinfo and its neighbours below root. Only cpuinfo must exist; what a missing
// neighbour would have told is NAN, "" or the count that cpuinfo gives. An Arm system may be given
// a name of its implementer and part, because its cpuinfo has none.
enum pt_status pt_cpu_info_read(const char *root, struct pt_cpu_info *ret_info,
                                struct pt_error *error);

// Measured speeds at one thread count.
struct pt_calibration_point {
    int threads;
    double fp32_flop_per_second;    // large matrix products
    double bf16_flop_per_second;    // NAN: no native bf16
    double memory_bytes_per_second; // streaming, larger than the last cache
    double cache_bytes_per_second;  // streaming over 4 MiB
    double cache_bytes;             // working sets up to here stream at the cache's speed
};

struct pt_calibration {
    char cpu_model[128];
    char date[32];
    int point_count;
    struct pt_calibration_point points[PT_CALIBRATION_THREADS_MAX];
    double step_overhead_seconds; // of one operator: dispatch and barrier
};

// Measures in about max_seconds, for 1, 2, 4 ... threads and all. The matrix products are those of
// the engine, handed in because this room stands above it: fp32 first, then bf16, as row-major
// C[m,n] = A[m,k] B[k,n]; matmul returns false if it cannot do that precision here.
// PT_UNAVAILABLE if it cannot do fp32.
typedef bool pt_matmul_probe(bool bf16, int threads, int64_t m, int64_t n, int64_t k,
                             const float *a, const float *b, float *c);
enum pt_status pt_calibrate(const struct pt_cpu_info *cpu, pt_matmul_probe *matmul,
                            double max_seconds, struct pt_calibration *ret_calibration,
                            struct pt_error *error);

// One JSON file per CPU model in the cache directory (file.h). Load: PT_NOT_FOUND if this machine
// was never calibrated, PT_CORRUPT if the file is damaged or of another CPU or format.
enum pt_status pt_calibration_save(const struct pt_calibration *calibration, const char *directory,
                                   struct pt_error *error);
enum pt_status pt_calibration_load(const struct pt_cpu_info *cpu, const char *directory,
                                   struct pt_calibration *ret_calibration, struct pt_error *error);

// What the calibration says for this many threads: the nearest measured count, scaled linearly;
// but memory serves more threads no faster than it was measured.
struct pt_calibration_point pt_calibration_at(const struct pt_calibration *calibration,
                                              int threads);
// Speeds by the CPU's kind alone, for a machine that was never calibrated. PT_ASSUMED.
struct pt_calibration_point pt_calibration_guess(const struct pt_cpu_info *cpu, int threads);

#endif
