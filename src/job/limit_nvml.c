// Caps of NVIDIA GPUs, milliwatts. Only root may set them; the driver forgets them when it is
// unloaded, and there is no call that resets them, so the old value is remembered.
// Source: nvml.h of NVML 13 (in github.com/NVIDIA/go-nvml, gen/nvml/nvml.h).

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/shared_library.h"
#include "job/power_limit.h"
#include "sensor/nvml_library.h"

// nvmlClocksEventReason...: slowed by heat or by a failing power supply.
enum {
    HW_SLOWDOWN = 0x8,
    SW_THERMAL = 0x20,
    HW_THERMAL = 0x40,
    HW_POWER_BRAKE = 0x80,
    BY_HEAT = HW_SLOWDOWN | SW_THERMAL | HW_THERMAL | HW_POWER_BRAKE,
};

struct calls {
    int (*get)(pt_nvml_device device, unsigned *ret_mw);
    int (*get_default)(pt_nvml_device device, unsigned *ret_mw);
    int (*get_range)(pt_nvml_device device, unsigned *ret_least_mw, unsigned *ret_most_mw);
    int (*set)(pt_nvml_device device, unsigned mw);
    int (*reasons)(pt_nvml_device device, unsigned long long *ret_reasons);
};

static const char *const names[] = {"libnvidia-ml.so.1", "libnvidia-ml.so", NULL};

#define SYMBOL(name, field, optional)                                                              \
    {                                                                                              \
        name, offsetof(struct calls, field), optional                                              \
    }
static const struct pt_library_symbol symbols[] = {
    SYMBOL("nvmlDeviceGetPowerManagementLimit", get, false),
    SYMBOL("nvmlDeviceGetPowerManagementDefaultLimit", get_default, true),
    SYMBOL("nvmlDeviceGetPowerManagementLimitConstraints", get_range, true),
    SYMBOL("nvmlDeviceSetPowerManagementLimit", set, false),
    SYMBOL("nvmlDeviceGetCurrentClocksThrottleReasons", reasons, true),
    {0},
};

struct session {
    struct pt_nvml nvml;
    struct calls calls;
};

static enum pt_status open_session(const struct pt_sensor_options *options, struct session *session,
                                   struct pt_error *error)
{
    enum pt_status status = pt_nvml_open(options, &session->nvml, error);
    if (status != PT_OK)
        return status;
    status =
        pt_shared_library_open(options->library_folder, names, symbols, &session->calls, error);
    if (status != PT_OK)
        pt_nvml_close(&session->nvml);
    return status;
}

// ------------------------------------------------------------------------------------- listing
static void look_at_range(const struct session *session, pt_nvml_device device,
                          struct pt_power_limit *limit)
{
    unsigned least = 0, most = 0, usual = 0;
    limit->least = limit->most = NAN;
    if (session->calls.get_range != NULL &&
        session->calls.get_range(device, &least, &most) == PT_NVML_SUCCESS) {
        limit->least = least * limit->scale;
        limit->most = most * limit->scale;
    }
    if (session->calls.get_default != NULL &&
        session->calls.get_default(device, &usual) == PT_NVML_SUCCESS)
        snprintf(limit->fallback, sizeof limit->fallback, "%u", usual);
}

static bool look_at_gpu(const struct session *session, unsigned index, struct pt_power_limit *limit)
{
    pt_nvml_device device;
    char uuid[80], name[48] = "GPU";
    unsigned mw;
    *limit = (struct pt_power_limit){
        .role = PT_LIMIT_GPU_WATTS,
        .scale = 1e-3,
        .index = (int)index,
        .is_writable = geteuid() == 0,
    };
    if (session->nvml.by_index(index, &device) != PT_NVML_SUCCESS ||
        session->nvml.uuid(device, uuid, sizeof uuid) != PT_NVML_SUCCESS ||
        session->calls.get(device, &mw) != PT_NVML_SUCCESS)
        return false;
    session->nvml.name(device, name, sizeof name);
    snprintf(limit->id, sizeof limit->id, "nvml:%.80s", uuid);
    snprintf(limit->device, sizeof limit->device, "%s", limit->id);
    snprintf(limit->what, sizeof limit->what, "GPU %u, %.40s", index, name);
    snprintf(limit->now, sizeof limit->now, "%u", mw);
    look_at_range(session, device, limit);
    return true;
}

static enum pt_status nvml_list(const struct pt_sensor_options *options,
                                struct pt_power_limit *list, int *count, struct pt_error *error)
{
    struct session session;
    unsigned gpus = 0;
    enum pt_status status = open_session(options, &session, error);
    if (status == PT_UNAVAILABLE)
        return PT_OK;
    if (status != PT_OK)
        return status;
    int result = session.nvml.count(&gpus);
    if (result != PT_NVML_SUCCESS)
        status = pt_nvml_fail(&session.nvml, error, result, "cannot count the GPUs");
    for (unsigned i = 0; status == PT_OK && i < gpus && *count < PT_LIMITS_MAX; i++)
        if (look_at_gpu(&session, i, &list[*count]))
            (*count)++;
    pt_nvml_close(&session.nvml);
    return status;
}

// --------------------------------------------------------------------------------- one GPU
// By UUID, since indices change with the environment. The session is to be closed if PT_OK.
static enum pt_status open_gpu(const struct pt_sensor_options *options,
                               const struct pt_power_limit *limit, struct session *session,
                               pt_nvml_device *ret_device, struct pt_error *error)
{
    char uuid[80];
    unsigned gpus = 0;
    enum pt_status status = open_session(options, session, error);
    if (status != PT_OK)
        return status;
    if (session->nvml.count(&gpus) == PT_NVML_SUCCESS)
        for (unsigned i = 0; i < gpus; i++)
            if (session->nvml.by_index(i, ret_device) == PT_NVML_SUCCESS &&
                session->nvml.uuid(*ret_device, uuid, sizeof uuid) == PT_NVML_SUCCESS &&
                strcmp(uuid, limit->id + 5) == 0)
                return PT_OK;
    pt_nvml_close(&session->nvml);
    return pt_fail(error, PT_NOT_FOUND, "%s: this GPU is gone", limit->id);
}

static enum pt_status nvml_read(const struct pt_sensor_options *options,
                                const struct pt_power_limit *limit, char text[PT_LIMIT_TEXT],
                                struct pt_error *error)
{
    struct session session;
    pt_nvml_device device;
    unsigned mw = 0;
    enum pt_status status = open_gpu(options, limit, &session, &device, error);
    if (status != PT_OK)
        return status;
    int result = session.calls.get(device, &mw);
    if (result != PT_NVML_SUCCESS)
        status = pt_nvml_fail(&session.nvml, error, result, "the power limit cannot be read");
    else
        snprintf(text, PT_LIMIT_TEXT, "%u", mw);
    pt_nvml_close(&session.nvml);
    return status;
}

static enum pt_status nvml_write(const struct pt_sensor_options *options,
                                 const struct pt_power_limit *limit, const char *text,
                                 struct pt_error *error)
{
    struct session session;
    pt_nvml_device device;
    int64_t mw;
    if (!pt_parse_int64(text, &mw) || mw < 0 || mw > UINT32_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%s: %s is no number of milliwatts", limit->id, text);
    enum pt_status status = open_gpu(options, limit, &session, &device, error);
    if (status != PT_OK)
        return status;
    int result = session.calls.set(device, (unsigned)mw);
    if (result == PT_NVML_NO_PERMISSION)
        status =
            pt_fail(error, PT_DENIED,
                    "%s: only root (CAP_SYS_ADMIN) may set the power limit of a GPU", limit->id);
    else if (result != PT_NVML_SUCCESS)
        status = pt_nvml_fail(&session.nvml, error, result, "the power limit cannot be set");
    pt_nvml_close(&session.nvml);
    return status;
}

static enum pt_status nvml_heat(const struct pt_sensor_options *options,
                                const struct pt_power_limit *limit, struct pt_error *error)
{
    struct session session;
    pt_nvml_device device;
    unsigned long long reasons = 0;
    enum pt_status status = open_gpu(options, limit, &session, &device, error);
    if (status != PT_OK)
        return status;
    if (session.calls.reasons != NULL &&
        session.calls.reasons(device, &reasons) == PT_NVML_SUCCESS && (reasons & BY_HEAT) != 0)
        status = pt_fail(error, PT_BUSY,
                         "%s is not changed: the driver slows it because of heat or its power "
                         "supply (reasons 0x%llx)",
                         limit->id, reasons);
    pt_nvml_close(&session.nvml);
    return status;
}

const struct pt_limit_driver pt_limit_nvml = {
    .name = "nvml",
    .list = nvml_list,
    .read = nvml_read,
    .write = nvml_write,
    .check_heat = nvml_heat,
};
