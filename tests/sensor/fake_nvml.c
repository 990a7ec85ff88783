// A stand-in for libnvidia-ml.so.1. Names and layouts as NVIDIA's nvml.h has them, written anew
// here and not taken from the driver under test, so that a mistake of one does not hide that of the
// other.

#include "fake_gpus.c"

typedef struct fake_gpu *device_t;
enum { SUCCESS = 0, INVALID = 2, UNSUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7 };

EXPORTED int nvmlInit_v2(void)
{
    if (fake_gpus.init_error == 0)
        fake_start();
    return fake_gpus.init_error;
}

EXPORTED int nvmlShutdown(void)
{
    fake_gpus.opened--;
    return SUCCESS;
}

EXPORTED const char *nvmlErrorString(int result)
{
    return result == 15 ? "GPU is lost" : result == 9 ? "Driver Not Loaded" : "Some Error";
}

EXPORTED int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = (unsigned)fake_gpus.count;
    return fake_gpus.count_error;
}

EXPORTED int nvmlDeviceGetHandleByIndex_v2(unsigned index, device_t *device)
{
    if (index >= (unsigned)fake_gpus.count)
        return INVALID;
    *device = &fake_gpus.gpus[index];
    return (int)(*device)->handle_error;
}

EXPORTED int nvmlDeviceGetName(device_t device, char *name, unsigned length)
{
    snprintf(name, length, "Stand-in %.0f W", device->limit_watts);
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetUUID(device_t device, char *uuid, unsigned length)
{
    snprintf(uuid, length, "GPU-0000000%d", (int)(device - fake_gpus.gpus));
    return SUCCESS;
}

struct pci_info {
    char busIdLegacy[16];
    unsigned domain, bus, device, pciDeviceId, pciSubSystemId;
    char busId[32];
};

EXPORTED int nvmlDeviceGetPciInfo_v3(device_t device, struct pci_info *pci)
{
    *pci = (struct pci_info){.bus = 0x3b + (unsigned)(device - fake_gpus.gpus)};
    snprintf(pci->busId, sizeof pci->busId, "00000000:%02X:00.0", pci->bus);
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetTotalEnergyConsumption(device_t device, unsigned long long *energy)
{
    fake_call(device);
    fake_gpus.energy_calls++;
    if (device->error != 0)
        return (int)device->error;
    if (device->energy == 0 || device->module_only != 0)
        return UNSUPPORTED;
    *energy = (unsigned long long)llround(fake_counter(device) * 1e3);
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetPowerUsage(device_t device, unsigned *power)
{
    fake_gpus_update();
    fake_gpus.power_calls++;
    if (device->error != 0)
        return (int)device->error;
    if (device->power == 0 || device->module_only != 0)
        return UNSUPPORTED;
    *power = (unsigned)lround(device->watts * 1e3);
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetEnforcedPowerLimit(device_t device, unsigned *limit)
{
    *limit = (unsigned)lround(device->limit_watts * 1e3);
    return device->limit_watts > 0 ? SUCCESS : UNSUPPORTED;
}

EXPORTED int nvmlDeviceGetArchitecture(device_t device, unsigned *architecture)
{
    *architecture = (unsigned)device->architecture;
    return SUCCESS;
}

typedef union {
    double dVal;
    unsigned uiVal;
    unsigned long long ullVal;
} value_t;

typedef struct {
    unsigned fieldId, scopeId;
    long long timestamp, latencyUsec;
    unsigned valueType, nvmlReturn;
    value_t value;
} field_t;

static int fill_field(device_t device, field_t *field)
{
    unsigned scope = device->scopes_ignored != 0 ? 0 : field->scopeId;
    if ((scope != 1 && device->module_only != 0) || (scope == 1 && device->module == 0) ||
        (scope == 2 && device->memory == 0) || scope > 2)
        return UNSUPPORTED;
    double share = scope == 0   ? 1
                   : scope == 1 ? device->module_watts / device->watts
                                : device->memory_watts / device->watts;
    if (field->fieldId == 186 && device->instant != 0) {
        fake_gpus.power_calls++;
        field->valueType = 1;
        field->value.uiVal = (unsigned)lround(device->watts * share * 1e3);
        return SUCCESS;
    }
    if (field->fieldId == 191 && device->energy != 0) {
        fake_gpus.energy_calls++;
        field->valueType = 3;
        field->value.ullVal = (unsigned long long)llround(fake_counter(device) * share * 1e3);
        return SUCCESS;
    }
    return UNSUPPORTED;
}

EXPORTED int nvmlDeviceGetFieldValues(device_t device, int count, field_t *fields)
{
    fake_gpus_update();
    if (device->error != 0)
        return (int)device->error;
    for (int i = 0; i < count; i++)
        fields[i].nvmlReturn = (unsigned)fill_field(device, &fields[i]);
    return SUCCESS;
}

typedef struct {
    unsigned long long timeStamp;
    value_t sampleValue;
} sample_t;

// A ring of 120 samples, at the power of now: tests that change it read before they do.
EXPORTED int nvmlDeviceGetSamples(device_t device, unsigned type, unsigned long long last,
                                  unsigned *value_type, unsigned *count, sample_t *samples)
{
    fake_gpus_update();
    fake_gpus.sample_calls++;
    if (device->error != 0)
        return (int)device->error;
    if (device->samples == 0 || device->module_only != 0 || type != 0)
        return UNSUPPORTED;
    unsigned capacity = *count, filled = 0;
    unsigned long long period = (unsigned long long)llround(device->sample_period * 1e6);
    unsigned long long now = (unsigned long long)fake_now() / 1000;
    unsigned long long first = now / period * period - 119 * period;
    *value_type = 1;
    for (unsigned long long t = first; t <= now && filled < capacity; t += period)
        if (t > last)
            samples[filled++] = (sample_t){t, {.uiVal = (unsigned)lround(device->watts * 1e3)}};
    *count = filled;
    return filled > 0 ? SUCCESS : NOT_FOUND;
}

typedef struct {
    unsigned pid;
    unsigned long long timeStamp;
    unsigned smUtil, memUtil, encUtil, decUtil;
} utilization_t;

EXPORTED int nvmlDeviceGetProcessUtilization(device_t device, utilization_t *samples,
                                             unsigned *count, unsigned long long last)
{
    unsigned long long now = (unsigned long long)fake_now() / 1000;
    unsigned needed = 0;
    if (device->error != 0)
        return (int)device->error;
    if (device->mig != 0)
        return UNSUPPORTED;
    unsigned times = now > last ? (unsigned)device->utilization_times : 0;
    for (unsigned time = 0; time < times; time++)
        for (int i = 0; i < device->process_count; i++) {
            const struct fake_process *process = &device->processes[i];
            if (process->sm_percent == 0 || time < process->idle_times)
                continue; // idle processes have no sample
            if (samples != NULL && needed < *count)
                samples[needed] =
                    (utilization_t){process->pid, now - time, process->sm_percent, 0, 0, 0};
            needed++;
        }
    for (int i = 0; i < 3 && device->garbage != 0 && needed > 0; i++) {
        if (samples != NULL && needed < *count)
            samples[needed] = (utilization_t){
                i == 0 ? 0 : 77, i == 2 ? now / 2 - 1000 : now, i == 1 ? 1000 : 50, 0, 0, 0};
        needed++;
    }
    bool fits = samples != NULL && needed <= *count;
    *count = needed;
    return needed == 0 ? NOT_FOUND : fits ? SUCCESS : TOO_SMALL;
}

typedef struct {
    unsigned pid;
    unsigned long long usedGpuMemory;
    unsigned gpuInstanceId, computeInstanceId;
} process_t;

static int list(device_t device, int from, int to, unsigned *count, process_t *processes)
{
    if (device->error != 0)
        return (int)device->error;
    if (device->list_slow > 0 && fake_gpus.wait != NULL && from == 0)
        fake_gpus.wait(fake_gpus.state, device->list_slow);
    unsigned capacity = *count;
    *count = (unsigned)(to - from);
    if (*count > capacity)
        return TOO_SMALL;
    for (int i = from; i < to; i++)
        processes[i - from] =
            (process_t){device->processes[i].pid, (unsigned long long)device->processes[i].bytes,
                        device->mig != 0 ? device->processes[i].instance : 0xFFFFFFFF,
                        device->mig != 0 ? 0 : 0xFFFFFFFF};
    return SUCCESS;
}

static int count_listed(device_t device)
{
    return device->process_count - device->ended_count;
}

EXPORTED int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, unsigned *count,
                                                     process_t *processes)
{
    return list(device, 0, count_listed(device) - device->graphics_count, count, processes);
}

EXPORTED int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t device, unsigned *count,
                                                      process_t *processes)
{
    return list(device, count_listed(device) - device->graphics_count, count_listed(device), count,
                processes);
}

EXPORTED int nvmlDeviceGetMigMode(device_t device, unsigned *current, unsigned *pending)
{
    *current = *pending = device->mig != 0;
    return device->architecture >= 7 ? SUCCESS : UNSUPPORTED;
}

EXPORTED int nvmlDeviceGetMaxMigDeviceCount(device_t device, unsigned *count)
{
    (void)device;
    *count = 8;
    return SUCCESS;
}

// A MIG device is the address of its number of multiprocessors.
EXPORTED int nvmlDeviceGetMigDeviceHandleByIndex(device_t device, unsigned index, double **mig)
{
    if (index >= 8 || device->multiprocessors[index] == 0)
        return NOT_FOUND;
    *mig = &device->multiprocessors[index];
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetGpuInstanceId(double *mig, unsigned *id)
{
    for (int i = 0; i < fake_gpus.count; i++)
        for (unsigned k = 0; k < 8; k++)
            if (mig == &fake_gpus.gpus[i].multiprocessors[k])
                *id = k;
    return SUCCESS;
}

typedef struct {
    unsigned multiprocessorCount, other[7];
    unsigned long long memorySizeMB;
} attributes_t;

EXPORTED int nvmlDeviceGetAttributes_v2(double *mig, attributes_t *attributes)
{
    *attributes = (attributes_t){.multiprocessorCount = (unsigned)*mig};
    return SUCCESS;
}

// ------------------------------------------------------------------------------------ power caps
static void read_caps(unsigned caps[FAKE_GPUS_MAX])
{
    const char *path = getenv("FAKE_NVML_CAPS");
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    for (int i = 0; i < FAKE_GPUS_MAX; i++)
        if (file == NULL || fscanf(file, "%u", &caps[i]) != 1)
            caps[i] = (unsigned)lround(fake_gpus.gpus[i].limit_watts * 1e3);
    if (file != NULL)
        fclose(file);
}

EXPORTED int nvmlDeviceGetPowerManagementLimit(device_t device, unsigned *limit)
{
    unsigned caps[FAKE_GPUS_MAX];
    read_caps(caps);
    *limit = caps[device - fake_gpus.gpus];
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetPowerManagementDefaultLimit(device_t device, unsigned *limit)
{
    *limit = (unsigned)lround(device->limit_watts * 1e3);
    return SUCCESS;
}

// As an H100's: 200 W to 700 W.
EXPORTED int nvmlDeviceGetPowerManagementLimitConstraints(device_t device, unsigned *least,
                                                          unsigned *most)
{
    *most = (unsigned)lround(device->limit_watts * 1e3);
    *least = *most * 2 / 7;
    return SUCCESS;
}

EXPORTED int nvmlDeviceSetPowerManagementLimit(device_t device, unsigned limit)
{
    unsigned caps[FAKE_GPUS_MAX];
    const char *path = getenv("FAKE_NVML_CAPS");
    if (device->cap_error != 0 || path == NULL)
        return device->cap_error != 0 ? (int)device->cap_error : UNSUPPORTED;
    if (device->cap_locked != 0)
        return SUCCESS;
    read_caps(caps);
    caps[device - fake_gpus.gpus] = limit;
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return UNSUPPORTED;
    for (int i = 0; i < fake_gpus.count; i++)
        fprintf(file, "%u\n", caps[i]);
    fclose(file);
    return SUCCESS;
}

EXPORTED int nvmlDeviceGetCurrentClocksThrottleReasons(device_t device, unsigned long long *reasons)
{
    *reasons = (unsigned long long)device->throttle;
    return SUCCESS;
}
