// See gpu_share.h: all GPUs whose users are told, NVIDIA's first.

#include "sensor/gpu_share.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sensor/gpu_share_parts.h"

struct pt_gpu_share {
    struct pt_gpu_nvml *nvml; // NULL: none
    struct pt_gpu_drm *drm;   // NULL: none
    int nvml_count, drm_count;
};

// Without GPUs of either kind the error is NVML's, which says what is missing.
enum pt_status pt_gpu_share_open(const struct pt_sensor_options *options,
                                 struct pt_gpu_share **ret_share, struct pt_error *error)
{
    struct pt_gpu_share *share = calloc(1, sizeof *share);
    if (share == NULL)
        return pt_fail(error, PT_NO_MEMORY, "gpus: out of memory");
    enum pt_status status = pt_gpu_nvml_open(options, &share->nvml, error);
    if (pt_gpu_drm_open(options, &share->drm, NULL) == PT_OK)
        status = PT_OK;
    share->nvml_count = share->nvml != NULL ? pt_gpu_nvml_count(share->nvml) : 0;
    share->drm_count = share->drm != NULL ? pt_gpu_drm_count(share->drm) : 0;
    if (status == PT_OK && share->nvml_count + share->drm_count > PT_GPUS_MAX)
        status = pt_fail(error, PT_OVERFLOW, "gpus: %d, at most %d are known",
                         share->nvml_count + share->drm_count, PT_GPUS_MAX);
    if (status != PT_OK)
        pt_gpu_share_close(share);
    else
        *ret_share = share;
    return status;
}

void pt_gpu_share_close(struct pt_gpu_share *share)
{
    if (share == NULL)
        return;
    pt_gpu_nvml_close(share->nvml);
    pt_gpu_drm_close(share->drm);
    free(share);
}

int pt_gpu_share_count(const struct pt_gpu_share *share)
{
    return share->nvml_count + share->drm_count;
}

const char *pt_gpu_share_uuid(const struct pt_gpu_share *share, int gpu)
{
    assert(gpu >= 0 && gpu < pt_gpu_share_count(share));
    return gpu < share->nvml_count ? pt_gpu_nvml_uuid(share->nvml, gpu) : "";
}

const char *pt_gpu_share_address(const struct pt_gpu_share *share, int gpu)
{
    assert(gpu >= 0 && gpu < pt_gpu_share_count(share));
    return gpu < share->nvml_count ? pt_gpu_nvml_address(share->nvml, gpu)
                                   : pt_gpu_drm_address(share->drm, gpu - share->nvml_count);
}

enum pt_status pt_gpu_share_read(struct pt_gpu_share *share, int gpu, struct pt_gpu_use *ret_use,
                                 struct pt_error *error)
{
    assert(gpu >= 0 && gpu < pt_gpu_share_count(share));
    return gpu < share->nvml_count
               ? pt_gpu_nvml_read(share->nvml, gpu, ret_use, error)
               : pt_gpu_drm_read(share->drm, gpu - share->nvml_count, ret_use, error);
}

// ------------------------------------------------------------------------------------ sharing
double pt_gpu_share_of(const struct pt_gpu_use *use, bool (*is_ours)(void *state, int64_t pid),
                       void *state, enum pt_gpu_basis *ret_basis)
{
    double all = 0, ours = 0;
    int our_count = 0;
    for (int i = 0; i < use->process_count; i++) {
        bool mine = is_ours(state, use->processes[i].pid);
        double used = use->processes[i].sm_share; // NAN if it is not known
        our_count += mine;
        all += used;
        ours += mine ? used : 0;
    }
    if (use->process_count == 0 || our_count == 0 || our_count == use->process_count) {
        *ret_basis = use->process_count == 0 ? PT_GPU_UNUSED
                     : our_count == 0        ? PT_GPU_OTHERS
                                             : PT_GPU_EXCLUSIVE;
        return use->process_count == 0 ? NAN : our_count == 0 ? 0 : 1;
    }
    if (use->sm_known && all > 0) {
        *ret_basis = use->mig         ? PT_GPU_BY_INSTANCE
                     : use->by_engine ? PT_GPU_BY_ENGINE
                                      : PT_GPU_BY_SM;
        return ours / all;
    }
    *ret_basis = PT_GPU_BY_COUNT;
    return (double)our_count / use->process_count;
}
