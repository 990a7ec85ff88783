// The kinds of GPUs that pt_gpu_share joins. For the members of this room; calls as in gpu_share.h.
#ifndef PT_SENSOR_GPU_SHARE_PARTS_H
#define PT_SENSOR_GPU_SHARE_PARTS_H

#include "sensor/gpu_share.h"

struct pt_gpu_nvml;
enum pt_status pt_gpu_nvml_open(const struct pt_sensor_options *options,
                                struct pt_gpu_nvml **ret_share, struct pt_error *error);
void pt_gpu_nvml_close(struct pt_gpu_nvml *share);
int pt_gpu_nvml_count(const struct pt_gpu_nvml *share);
const char *pt_gpu_nvml_uuid(const struct pt_gpu_nvml *share, int gpu);
const char *pt_gpu_nvml_address(const struct pt_gpu_nvml *share, int gpu);
enum pt_status pt_gpu_nvml_read(struct pt_gpu_nvml *share, int gpu, struct pt_gpu_use *ret_use,
                                struct pt_error *error);

// Cards of the drivers amdgpu, i915 and xe. PT_UNAVAILABLE: there is none.
struct pt_gpu_drm;
enum pt_status pt_gpu_drm_open(const struct pt_sensor_options *options,
                               struct pt_gpu_drm **ret_share, struct pt_error *error);
void pt_gpu_drm_close(struct pt_gpu_drm *share);
int pt_gpu_drm_count(const struct pt_gpu_drm *share);
const char *pt_gpu_drm_address(const struct pt_gpu_drm *share, int gpu);
enum pt_status pt_gpu_drm_read(struct pt_gpu_drm *share, int gpu, struct pt_gpu_use *ret_use,
                               struct pt_error *error);

// What the kernel says of one open device.
struct pt_gpu_fdinfo {
    char address[32]; // drm-pdev; "": none
    int64_t client;   // drm-client-id: the same file opened twice, or inherited, has the same
    bool has_engines;
    double engine_seconds;       // sum over the engines, each by its capacity
    double cycles, total_cycles; // the same of drivers that count cycles; total: that went by
};
// False if text is none of a device.
bool pt_gpu_fdinfo_parse(const char *text, struct pt_gpu_fdinfo *ret_info);

// AMD's compute driver: the GPUs of its topology, and who has queues on them.
enum { PT_KFD_GPUS_MAX = 64 };
struct pt_kfd {
    const char *root; // borrowed
    int count;
    struct pt_kfd_gpu {
        uint32_t id;
        char address[32];
        double compute_units;
    } gpus[PT_KFD_GPUS_MAX];
};
void pt_kfd_open(struct pt_kfd *kfd, const char *root);
// Calls found for each process that uses gpu; occupancy is the share of the compute units that it
// has at the moment, NAN if that is not told.
void pt_kfd_each(const struct pt_kfd *kfd, const struct pt_kfd_gpu *gpu,
                 void (*found)(void *state, int64_t pid, double occupancy, double memory_bytes),
                 void *state);

#endif
