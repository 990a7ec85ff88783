// Numbers of a request that cannot be.

#include <math.h>

#include "plan/plan.h"

// Far beyond any run and any cluster, and far below where a double or an int32_t ends.
#define TOKENS_MOST  1e18
#define BATCH_MOST   1e12
#define DEVICES_MOST 10000000
#define REPEATS_MOST 1e6
#define SECONDS_MOST 1e9

struct limit {
    const char *what, *remedy;
    double value, least, most;
    bool or_nan;
};

static enum pt_status check(const struct limit *limit, struct pt_error *error)
{
    if (isnan(limit->value) && limit->or_nan)
        return PT_OK;
    if (limit->value >= limit->least && limit->value <= limit->most)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT, "%s of %g: from %g to %g is possible; %s", limit->what,
                   limit->value, limit->least, limit->most, limit->remedy);
}

static enum pt_status check_tariff(const struct pt_tariff *tariff, struct pt_error *error)
{
    if (tariff == NULL || (tariff->pue.value >= 1 && tariff->pue.value <= 10))
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "a PUE of %g: facility energy over IT energy is 1 or more, 1.1 to 1.6 in "
                   "practice",
                   tariff->pue.value);
}

enum pt_status pt_plan_check(const struct pt_plan_request *request, struct pt_error *error)
{
    const struct pt_cluster *cluster = &request->cluster;
    if (request->workload == NULL || cluster->accelerator == NULL || cluster->node == NULL)
        return pt_fail(error, PT_USAGE, "a plan needs a model and a cluster");
    bool has_tokens = request->workload->has_tokens;
    const struct limit limits[] = {
        {has_tokens ? "training tokens" : "training samples", "--tokens 15T, for example",
         request->tokens, 1, TOKENS_MOST, false},
        {"a global batch", "in samples, --batch 1024, or in tokens, --batch 4M",
         request->global_batch, 0, BATCH_MOST, false},
        {"a cluster", "--on h100-sxm:1024, for example", (double)cluster->count, 1, DEVICES_MOST,
         false},
        {"a power cap in watts", "--cap 500W, or a share of the TDP, --cap 0.7", cluster->cap_watts,
         1, 1e5, true},
        {"a measured step in seconds", "--measured-step-time 13.2s", request->measured_step_seconds,
         0, SECONDS_MOST, true},
        {"measured watts of a device", "--measured-watts 640W", request->measured_device_watts, 0,
         1e5, true},
        {"teacher FLOP per token", "leave it out without a teacher",
         request->teacher_flop_per_token, 0, 1e18, false},
        {"evaluation tokens", "leave it out for none", request->evaluation_tokens, 0, TOKENS_MOST,
         false},
        {"a memory reserve", "a share of the device's memory, --memory-reserve 0.04",
         request->memory_reserve_share, 0, 0.9, false},
        {"repeats", "--repeats 2: so many such runs the project takes", request->repeats, 0,
         REPEATS_MOST, false},
        {"a goodput", "the share of wall time in which steps count, --goodput 0.9",
         request->goodput.share, 0.01, 1, true},
    };
    enum pt_status status = PT_OK;
    for (size_t i = 0; i < sizeof limits / sizeof *limits && status == PT_OK; i++)
        status = check(&limits[i], error);
    if (status == PT_OK)
        status = check_tariff(request->tariff, error);
    return status != PT_OK ? status : pt_run_price_check(&request->price, error);
}
