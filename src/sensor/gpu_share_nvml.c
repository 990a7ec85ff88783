// NVIDIA's GPUs and who uses them. See gpu_share.h.
//
// NVML keeps a sample of every process that ran something, a few times a second, in a buffer of the
// driver. A process without a sample was idle; the mean is over the sample times seen.

#include "sensor/gpu_share_parts.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/nvml_library.h"

enum { UTILIZATIONS_MAX = 1024, INSTANCES_MAX = 8 };

struct instance {
    unsigned id;
    double multiprocessors;
};

struct gpu {
    pt_nvml_device device;
    char uuid[96], address[32];
    bool mig;
    int instance_count;
    struct instance instances[INSTANCES_MAX];
    unsigned long long seen_us; // time of the last utilization
};

struct pt_gpu_nvml {
    struct pt_nvml library;
    int count;
    struct gpu gpus[PT_GPUS_MAX];
    struct pt_nvml_process list[PT_GPU_PROCESSES_MAX];
    struct pt_nvml_utilization utilizations[UTILIZATIONS_MAX];
};

// ------------------------------------------------------------------------------------ opening
static bool knows_instances(const struct pt_nvml *nvml)
{
    return nvml->mig_count_max != NULL && nvml->mig_by_index != NULL &&
           nvml->gpu_instance != NULL && nvml->attributes != NULL;
}

// The compute instances of one GPU instance are separate MIG devices: their sizes add up.
static void add_instance(struct gpu *gpu, unsigned id, double multiprocessors)
{
    for (int i = 0; i < gpu->instance_count; i++)
        if (gpu->instances[i].id == id) {
            gpu->instances[i].multiprocessors += multiprocessors;
            return;
        }
    if (gpu->instance_count < INSTANCES_MAX)
        gpu->instances[gpu->instance_count++] = (struct instance){id, multiprocessors};
}

// Calls on MIG devices may take 50 ms, so their sizes are asked once.
static void find_instances(const struct pt_nvml *nvml, struct gpu *gpu)
{
    unsigned most = 0, id;
    struct pt_nvml_attributes attributes;
    if (!knows_instances(nvml) || nvml->mig_count_max(gpu->device, &most) != PT_NVML_SUCCESS)
        return;
    for (unsigned i = 0; i < most; i++) {
        pt_nvml_device mig;
        if (nvml->mig_by_index(gpu->device, i, &mig) == PT_NVML_SUCCESS &&
            nvml->gpu_instance(mig, &id) == PT_NVML_SUCCESS &&
            nvml->attributes(mig, &attributes) == PT_NVML_SUCCESS)
            add_instance(gpu, id, attributes.multiprocessors);
    }
}

static enum pt_status find_gpus(struct pt_gpu_nvml *share, struct pt_error *error)
{
    const struct pt_nvml *nvml = &share->library;
    unsigned count = 0;
    int result = nvml->count(&count);
    if (result != PT_NVML_SUCCESS)
        return pt_nvml_fail(nvml, error, result, "GPUs cannot be counted");
    if (count > PT_GPUS_MAX)
        return pt_fail(error, PT_OVERFLOW, "nvml: %u GPUs, at most %d are known", count,
                       PT_GPUS_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct gpu *gpu = &share->gpus[share->count++];
        if (nvml->by_index(i, &gpu->device) != PT_NVML_SUCCESS) {
            gpu->device = NULL;
            continue;
        }
        nvml->uuid(gpu->device, gpu->uuid, sizeof gpu->uuid);
        pt_nvml_address(nvml, gpu->device, gpu->address, sizeof gpu->address);
        gpu->mig = pt_nvml_is_mig(nvml, gpu->device);
        if (gpu->mig)
            find_instances(nvml, gpu);
    }
    return PT_OK;
}

enum pt_status pt_gpu_nvml_open(const struct pt_sensor_options *options,
                                struct pt_gpu_nvml **ret_share, struct pt_error *error)
{
    struct pt_gpu_nvml *share = calloc(1, sizeof *share);
    if (share == NULL)
        return pt_fail(error, PT_NO_MEMORY, "nvml: out of memory");
    enum pt_status status = pt_nvml_open(options, &share->library, error);
    if (status != PT_OK) {
        free(share);
        return status;
    }
    status = find_gpus(share, error);
    if (status != PT_OK)
        pt_gpu_nvml_close(share);
    else
        *ret_share = share;
    return status;
}

void pt_gpu_nvml_close(struct pt_gpu_nvml *share)
{
    if (share == NULL)
        return;
    pt_nvml_close(&share->library);
    free(share);
}

int pt_gpu_nvml_count(const struct pt_gpu_nvml *share)
{
    return share->count;
}

const char *pt_gpu_nvml_uuid(const struct pt_gpu_nvml *share, int gpu)
{
    assert(gpu >= 0 && gpu < share->count);
    return share->gpus[gpu].uuid;
}

const char *pt_gpu_nvml_address(const struct pt_gpu_nvml *share, int gpu)
{
    assert(gpu >= 0 && gpu < share->count);
    return share->gpus[gpu].address;
}

// ------------------------------------------------------------------------------------ reading
static struct pt_gpu_process *find_process(struct pt_gpu_use *use, unsigned pid, int instance)
{
    for (int i = 0; i < use->process_count; i++)
        if (use->processes[i].pid == pid && use->processes[i].instance == instance)
            return &use->processes[i];
    return NULL;
}

static struct pt_gpu_process *get_process(struct pt_gpu_use *use, unsigned pid, int instance)
{
    struct pt_gpu_process *process = find_process(use, pid, instance);
    if (process != NULL)
        return process;
    if (use->process_count == PT_GPU_PROCESSES_MAX)
        return NULL;
    process = &use->processes[use->process_count++];
    *process = (struct pt_gpu_process){pid, NAN, NAN, instance};
    return process;
}

typedef int list_function(pt_nvml_device device, unsigned *count,
                          struct pt_nvml_process *processes);

static int add_processes(struct pt_gpu_nvml *share, const struct gpu *gpu, list_function *list,
                         struct pt_gpu_use *use)
{
    unsigned count = PT_GPU_PROCESSES_MAX;
    int result = list(gpu->device, &count, share->list);
    for (unsigned i = 0; result == PT_NVML_SUCCESS && i < count && i < PT_GPU_PROCESSES_MAX; i++) {
        const struct pt_nvml_process *listed = &share->list[i];
        int instance = gpu->mig && listed->gpu_instance != PT_NVML_NO_INSTANCE
                           ? (int)listed->gpu_instance
                           : -1;
        struct pt_gpu_process *process = get_process(use, listed->pid, instance);
        if (process == NULL)
            return PT_NVML_INSUFFICIENT_SIZE;
        if (listed->used_bytes != UINT64_MAX) // NVML_VALUE_NOT_AVAILABLE
            process->memory_bytes = (double)listed->used_bytes;
    }
    return result;
}

// Equal parts of an instance for the processes that it runs.
static void share_instances(const struct gpu *gpu, struct pt_gpu_use *use)
{
    double all = 0;
    for (int i = 0; i < gpu->instance_count; i++)
        all += gpu->instances[i].multiprocessors;
    use->sm_known = all > 0;
    for (int i = 0; i < use->process_count; i++) {
        struct pt_gpu_process *process = &use->processes[i];
        int neighbors = 0;
        for (int k = 0; k < use->process_count; k++)
            neighbors += use->processes[k].instance == process->instance;
        for (int k = 0; k < gpu->instance_count && all > 0; k++)
            if ((int)gpu->instances[k].id == process->instance)
                process->sm_share = gpu->instances[k].multiprocessors / all / neighbors;
        use->sm_known = use->sm_known && !isnan(process->sm_share);
    }
}

// Samples of one time share it; a process that is missing in one was idle then.
static int count_times(const struct pt_nvml_utilization *samples, unsigned count)
{
    int times = 0;
    for (unsigned i = 0; i < count; i++) {
        bool seen = false;
        for (unsigned k = 0; k < i && !seen; k++)
            seen = samples[k].timestamp_us == samples[i].timestamp_us;
        times += !seen;
    }
    return times;
}

// Some drivers return entries that were never filled in, or again what was read before.
static unsigned keep_valid(struct pt_nvml_utilization *samples, unsigned count,
                           unsigned long long seen_us)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++)
        if (samples[i].pid != 0 && samples[i].sm <= 100 && samples[i].timestamp_us > seen_us)
            samples[kept++] = samples[i];
    return kept;
}

static bool share_utilizations(struct gpu *gpu, const struct pt_nvml_utilization *samples,
                               unsigned count, struct pt_gpu_use *use)
{
    for (int i = 0; i < use->process_count; i++)
        use->processes[i].sm_share = 0;
    int times = count_times(samples, count);
    for (unsigned i = 0; i < count; i++) {
        struct pt_gpu_process *process = get_process(use, samples[i].pid, -1);
        if (process == NULL)
            return false;
        process->sm_share = (isnan(process->sm_share) ? 0 : process->sm_share) +
                            (double)samples[i].sm / 100 / times;
        if (samples[i].timestamp_us > gpu->seen_us)
            gpu->seen_us = samples[i].timestamp_us;
    }
    use->sm_known = true;
    return true;
}

// False: too many processes. That the device does not tell is no failure.
static bool read_utilizations(struct pt_gpu_nvml *share, struct gpu *gpu, struct pt_gpu_use *use)
{
    unsigned count = UTILIZATIONS_MAX;
    if (share->library.utilization == NULL)
        return true;
    int result = share->library.utilization(gpu->device, share->utilizations, &count, gpu->seen_us);
    if (result == PT_NVML_NOT_FOUND)
        count = 0; // all were idle
    else if (result != PT_NVML_SUCCESS || count > UTILIZATIONS_MAX)
        return true;
    count = keep_valid(share->utilizations, count, gpu->seen_us);
    return share_utilizations(gpu, share->utilizations, count, use);
}

enum pt_status pt_gpu_nvml_read(struct pt_gpu_nvml *share, int index, struct pt_gpu_use *ret_use,
                                struct pt_error *error)
{
    assert(index >= 0 && index < share->count);
    const struct pt_nvml *nvml = &share->library;
    struct gpu *gpu = &share->gpus[index];
    if (gpu->device == NULL || nvml->compute_processes == NULL)
        return pt_fail(error, PT_UNAVAILABLE, "nvml: nvidia-%d does not tell its processes", index);
    ret_use->process_count = 0;
    ret_use->sm_known = false;
    ret_use->mig = gpu->mig;
    ret_use->by_engine = ret_use->hidden = false;
    int result = add_processes(share, gpu, nvml->compute_processes, ret_use);
    if (result == PT_NVML_SUCCESS && nvml->graphics_processes != NULL) { // not with MIG
        int more = add_processes(share, gpu, nvml->graphics_processes, ret_use);
        result = more == PT_NVML_INSUFFICIENT_SIZE ? more : result;
    }
    if (result == PT_NVML_SUCCESS && gpu->mig)
        share_instances(gpu, ret_use);
    else if (result == PT_NVML_SUCCESS && !read_utilizations(share, gpu, ret_use))
        result = PT_NVML_INSUFFICIENT_SIZE;
    if (result == PT_NVML_INSUFFICIENT_SIZE)
        return pt_fail(error, PT_OVERFLOW, "nvml: nvidia-%d runs more than %d processes", index,
                       PT_GPU_PROCESSES_MAX);
    if (result != PT_NVML_SUCCESS)
        return pt_nvml_fail(nvml, error, result, "processes cannot be listed");
    return PT_OK;
}
