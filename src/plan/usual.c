// Defaults, with their sources in the header.

#include "plan/usual.h"

#include <math.h>

#include "base/units.h"

struct pt_plan_request pt_plan_request_none(void)
{
    return (struct pt_plan_request){
        .cluster = {.count = 1, .cap_watts = NAN},
        .optimizer = PT_ADAMW,
        .memory_reserve_share = PT_PLAN_USUAL_MEMORY_RESERVE,
        .layout = {.format = PT_FORMAT_BF16, .zero = -1, .recompute = (enum pt_recompute) - 1},
        .knowledge = PT_KNOWS_NETWORK,
        .goodput = {NAN, NAN, NAN, NAN, NAN, NAN},
        .price = pt_run_price_usual(),
        .measured_step_seconds = NAN,
        .measured_device_watts = NAN,
        .repeats = 1,
    };
}

// Parameters and tokens of a step.
static const struct {
    double parameters, tokens;
} gpt3_batches[] = {
    {125e6, 0.5e6}, {760e6, 0.5e6}, {1.3e9, 1e6},   {2.7e9, 1e6},
    {6.7e9, 2e6},   {13e9, 2e6},    {175e9, 3.2e6},
};
enum { GPT3_COUNT = sizeof gpt3_batches / sizeof *gpt3_batches };
enum { USUAL_SAMPLES = 1024 };

static double gpt3_batch(double parameters)
{
    double batch = gpt3_batches[GPT3_COUNT - 1].tokens;
    for (int i = GPT3_COUNT - 1; i > 0 && parameters < gpt3_batches[i].parameters; i--) {
        double from = gpt3_batches[i - 1].parameters, to = gpt3_batches[i].parameters;
        double share = fmax(0, log(parameters / from) / log(to / from));
        batch = gpt3_batches[i - 1].tokens *
                pow(gpt3_batches[i].tokens / gpt3_batches[i - 1].tokens, share);
    }
    return batch;
}

double pt_plan_batch_of_tokens(const struct pt_workload *workload, double tokens)
{
    double samples = fmax(1, round(tokens / workload->tokens));
    if (samples >= 0x1p52)
        return samples;
    for (double step = exp2(floor(log2(samples))); step >= 1; step /= 2) {
        double nearest = round(samples / step) * step;
        if (nearest >= 1 && fabs(nearest * workload->tokens / tokens - 1) <= 0.06)
            return nearest;
    }
    return samples;
}

double pt_plan_usual_batch(const struct pt_workload *workload)
{
    return workload->has_tokens
               ? pt_plan_batch_of_tokens(workload, gpt3_batch(workload->parameter_count))
               : USUAL_SAMPLES;
}

double pt_plan_usual_batch_for(const struct pt_workload *workload, double tokens)
{
    double flop = tokens / workload->tokens * workload->training_flop;
    double samples = 0.292 * pow(flop, 0.3271) / workload->tokens;
    return workload->has_tokens ? exp2(fmax(0, round(log2(samples)))) : USUAL_SAMPLES;
}

double pt_plan_usual_tokens(const struct pt_workload *workload)
{
    return workload->has_tokens ? 20 * workload->active_count : 90 * 1281167.0;
}

enum pt_format pt_plan_usual_format(const struct pt_accelerator *accelerator)
{
    if (accelerator->flop_per_second[PT_FORMAT_BF16] > 0)
        return PT_FORMAT_BF16;
    return accelerator->flop_per_second[PT_FORMAT_FP16] > 0 ? PT_FORMAT_FP16 : PT_FORMAT_FP32;
}

enum pt_framework pt_plan_usual_framework(const struct pt_accelerator *accelerator)
{
    return accelerator->kind == PT_HARDWARE_TPU ? PT_FRAMEWORK_XLA : PT_FRAMEWORK_MEGATRON;
}

bool pt_plan_usual_flash_attention(const struct pt_accelerator *accelerator)
{
    return accelerator->kind != PT_HARDWARE_GPU || accelerator->flop_per_second[PT_FORMAT_BF16] > 0;
}

struct pt_quantity pt_plan_usual_pue(void)
{
    return (struct pt_quantity){1.2, 1.08, 1.56, PT_ASSUMED};
}
