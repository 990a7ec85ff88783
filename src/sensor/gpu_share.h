// Which processes use which GPU, and how much of it. For attribution: a GPU that one job has for
// itself is all its; of one that several share, the multiprocessor time tells. Memory does not: a
// process that waits may hold all of it.
//
// NVIDIA's tell it by NVML; AMD's and Intel's by the files that the kernel shows of every open
// device, /proc/PID/fdinfo, and of every user of AMD's compute driver (gpu_fdinfo.c). The process
// numbers are those of the host: in a container without the host's process namespace none of them
// is one of ours, and pt_gpu_share_of says PT_GPU_OTHERS.
#ifndef PT_SENSOR_GPU_SHARE_H
#define PT_SENSOR_GPU_SHARE_H

#include "sensor/sensor.h"

enum { PT_GPU_PROCESSES_MAX = 256, PT_GPUS_MAX = 32 };

struct pt_gpu_process {
    int64_t pid;
    // Mean share of the GPU's multiprocessors since the last call, 0 to 1; NAN: not known. With MIG
    // the share of the multiprocessors that its instance has. AMD and Intel: mean share of the time
    // in which its engines worked, summed over the engines.
    double sm_share;
    double memory_bytes; // NAN: not known
    int instance;        // of MIG, -1: not split
};

// How shares are known, the best first.
enum pt_gpu_basis {
    PT_GPU_UNUSED,      // no process at all
    PT_GPU_EXCLUSIVE,   // all processes are ours
    PT_GPU_OTHERS,      // none is
    PT_GPU_BY_SM,       // by multiprocessor time
    PT_GPU_BY_INSTANCE, // by the size of the MIG instances
    PT_GPU_BY_ENGINE,   // by engine time
    PT_GPU_BY_COUNT,    // by heads: the device tells no more
};

struct pt_gpu_use {
    bool sm_known; // sm_share is a measurement or the size of an instance, for every process
    bool mig, by_engine;
    bool hidden; // there are processes that this one may not look at
    int process_count;
    struct pt_gpu_process processes[PT_GPU_PROCESSES_MAX];
};

struct pt_gpu_share;

// PT_UNAVAILABLE, PT_DENIED: as the sensor "nvml".
enum pt_status pt_gpu_share_open(const struct pt_sensor_options *options,
                                 struct pt_gpu_share **ret_share, struct pt_error *error);
void pt_gpu_share_close(struct pt_gpu_share *share);
int pt_gpu_share_count(const struct pt_gpu_share *share); // GPUs, in the order of NVML
// "GPU-8c1f...", as CUDA_VISIBLE_DEVICES names it; the key of the sensor's channel.
const char *pt_gpu_share_uuid(const struct pt_gpu_share *share, int gpu);
const char *pt_gpu_share_address(const struct pt_gpu_share *share, int gpu); // "0000:3b:00.0"
// Who used it since the last call for this GPU. Allocates nothing. PT_UNAVAILABLE: the device lists
// no processes; PT_IO: it is lost; PT_OVERFLOW: more than PT_GPU_PROCESSES_MAX of them.
enum pt_status pt_gpu_share_read(struct pt_gpu_share *share, int gpu, struct pt_gpu_use *ret_use,
                                 struct pt_error *error);

// How much of what is used is ours, 0 to 1; the idle rest of the device is not in it. is_ours tells
// whether a process is. NAN for PT_GPU_UNUSED.
double pt_gpu_share_of(const struct pt_gpu_use *use, bool (*is_ours)(void *state, int64_t pid),
                       void *state, enum pt_gpu_basis *ret_basis);

#endif
