// Launch flags. Each name and value was looked up in the parser that reads it:
// - Megatron-LM core 0.16.1 to 0.20 (August 2026): megatron/training/arguments.py, which makes most
//   of its flags from the fields of core/transformer/transformer_config.py,
//   core/model_parallel_config.py and training/config.
// - torchtitan 0.3.0 (September 2026): torchtitan/config/configs.py and manager.py,
//   distributed/activation_checkpoint.py.
// - MaxText (August 2026): src/maxtext/configs/base.yml and types.py.

#include "plan/launch_flags.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "plan/evaluate.h"

enum { LINE_LENGTH = 98, FLAG_SIZE = 96 };

// Flags one behind the other, lines joined by a backslash.
struct flags {
    FILE *stream;
    int column;
};

static void flag(struct flags *flags, const char *format, ...) PT_PRINTF(2, 3);

static void flag(struct flags *flags, const char *format, ...)
{
    char text[FLAG_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (flags->column > 0 && flags->column + 1 + length > LINE_LENGTH) {
        fputs(" \\\n   ", flags->stream);
        flags->column = 3;
    }
    fprintf(flags->stream, "%s%s", flags->column > 0 ? " " : "", text);
    flags->column += length + (flags->column > 0);
}

// Inner features of the feed-forward network: what goes into the last product of a layer that ends
// in the model's width. 0: there is none.
static int64_t feed_forward(const struct pt_workload *workload, enum pt_kernel_kind kind)
{
    double inner = 0;
    for (int i = 0; i < workload->block_count; i++) {
        const struct pt_block *block = &workload->blocks[i];
        for (int k = 0; k < block->kernel_count && block->is_layer; k++) {
            const struct pt_kernel *kernel = &block->kernels[k];
            if (kernel->kind == kind && kernel->split == PT_SPLIT_ROWS &&
                kernel->columns == (double)workload->width)
                inner = kernel->inner;
        }
    }
    return (int64_t)inner;
}

static void torchrun(struct flags *flags, const struct pt_plan_request *request,
                     const char *program)
{
    const struct pt_cluster *cluster = &request->cluster;
    int64_t host = cluster->node->per_host > 0 ? cluster->node->per_host : 1;
    int64_t each = cluster->count < host ? cluster->count : host;
    flag(flags, "torchrun");
    flag(flags, "--nnodes=%lld", (long long)(cluster->count / each));
    flag(flags, "--nproc-per-node=%lld", (long long)each);
    flag(flags, "%s", program);
}

static void megatron_model(struct flags *flags, const struct pt_plan_request *request)
{
    const struct pt_workload *workload = request->workload;
    flag(flags, "--num-layers %d", workload->layer_count);
    flag(flags, "--hidden-size %lld", (long long)workload->width);
    if (feed_forward(workload, PT_KERNEL_MATMUL) > 0)
        flag(flags, "--ffn-hidden-size %lld", (long long)feed_forward(workload, PT_KERNEL_MATMUL));
    flag(flags, "--num-attention-heads %lld", (long long)workload->heads);
    if (workload->kv_heads > 0 && workload->kv_heads != workload->heads)
        flag(flags, "--group-query-attention --num-query-groups %lld",
             (long long)workload->kv_heads);
    if (workload->experts > 0) {
        flag(flags, "--num-experts %lld", (long long)workload->experts);
        flag(flags, "--moe-router-topk %lld", (long long)workload->active_experts);
    }
    flag(flags, "--seq-length %.0f", workload->tokens);
    flag(flags, "--max-position-embeddings %.0f", workload->tokens);
}

static void megatron_parallel(struct flags *flags, const struct pt_layout *layout, int layer_count)
{
    flag(flags, "--tensor-model-parallel-size %d", layout->tensor);
    flag(flags, "--pipeline-model-parallel-size %d", layout->pipeline);
    if (layout->virtual_stages > 1)
        flag(flags, "--num-layers-per-virtual-pipeline-stage %d",
             layer_count / (layout->pipeline * layout->virtual_stages));
    if (layout->context > 1)
        flag(flags, "--context-parallel-size %d", layout->context);
    if (layout->expert > 1)
        flag(flags, "--expert-model-parallel-size %d", layout->expert);
    if (layout->sequence_parallel)
        flag(flags, "--sequence-parallel");
    if (layout->zero > 0)
        flag(flags, "--use-distributed-optimizer --overlap-grad-reduce --overlap-param-gather");
    if (layout->zero > 1) {
        flag(flags, "--use-megatron-fsdp --ckpt-format fsdp_dtensor"); // it accepts no other
        flag(flags, "--data-parallel-sharding-strategy %s",
             layout->zero == 3 ? "optim_grads_params" : "optim_grads");
    }
}

static void megatron_flags(struct flags *flags, const struct pt_plan_request *request)
{
    const struct pt_layout *layout = &request->layout;
    torchrun(flags, request, "pretrain_gpt.py");
    megatron_model(flags, request);
    megatron_parallel(flags, layout, request->workload->layer_count);
    flag(flags, "--micro-batch-size %lld", (long long)layout->microbatch);
    flag(flags, "--global-batch-size %.0f", pt_layout_samples(layout));
    flag(flags, "--train-samples %.0f", ceil(request->tokens / request->workload->tokens));
    if (layout->recompute == PT_RECOMPUTE_SELECTIVE)
        flag(flags, "--recompute-granularity selective");
    if (layout->recompute == PT_RECOMPUTE_FULL)
        flag(flags, "--recompute-granularity full --recompute-method uniform "
                    "--recompute-num-layers 1");
    if (layout->flash_attention)
        flag(flags, "--attention-backend flash");
    if (layout->format == PT_FORMAT_FP16)
        flag(flags, "--fp16");
    else if (layout->format >= PT_FORMAT_BF16)
        flag(flags, "--bf16");
    if (layout->format == PT_FORMAT_FP8)
        flag(flags, "--fp8-format hybrid");
    if (layout->format == PT_FORMAT_FP4)
        flag(flags, "--fp4-format e2m1");
}

// torchtitan takes the model, and with it the format of its products, from a function of its
// config_registry.py that the user chooses: MODULE and CONFIG stand for it.
static void torchtitan_model(struct flags *flags, const struct pt_plan_request *request)
{
    enum pt_format format = request->layout.format;
    flag(flags, "--module=MODULE");
    flag(flags, "--config=%s",
         format == PT_FORMAT_FP4 ? "NVFP4_CONFIG"
                                 : (format == PT_FORMAT_FP8 ? "FLOAT8_CONFIG" : "CONFIG"));
    if (request->workload->has_tokens)
        flag(flags, "--training.seq_len=%.0f", request->workload->tokens);
}

// With a pipeline, the local batch is what goes through it in a step, not one microbatch.
static void torchtitan_batch(struct flags *flags, const struct pt_layout *layout)
{
    bool pipe = layout->pipeline > 1;
    flag(flags, "--training.local_batch_size=%lld",
         (long long)(layout->microbatch * (pipe ? layout->microbatch_count : 1)));
    if (pipe)
        flag(flags, "--parallelism.pipeline_parallel_microbatch_size=%lld",
             (long long)layout->microbatch);
    flag(flags, "--training.global_batch_size=%.0f", pt_layout_samples(layout));
}

static void torchtitan_parallel(struct flags *flags, const struct pt_layout *layout,
                                int layer_count)
{
    bool shards = layout->zero >= 2;
    int chunks = layout->pipeline * layout->virtual_stages;
    flag(flags, "--parallelism.data_parallel_shard_degree=%d", shards ? layout->data : 1);
    flag(flags, "--parallelism.data_parallel_replicate_degree=%d", shards ? 1 : layout->data);
    if (shards)
        flag(flags, "--parallelism.fsdp_reshard_after_forward=%s",
             layout->zero == 3 ? "always" : "never");
    if (layout->tensor > 1)
        flag(flags, "--parallelism.tensor_parallel_degree=%d", layout->tensor);
    if (layout->tensor > 1 && !layout->sequence_parallel)
        flag(flags, "--parallelism.no-enable_sequence_parallel");
    if (layout->pipeline > 1) {
        flag(flags, "--parallelism.pipeline_parallel_degree=%d", layout->pipeline);
        // else the first and the last stage, which embed and end, have a layer less
        flag(flags, "--parallelism.pipeline_parallel_first_stage_less_layers=0");
        flag(flags, "--parallelism.pipeline_parallel_last_stage_less_layers=0");
    }
    if (layout->pipeline > 1 && layout->virtual_stages > 1) {
        flag(flags, "--parallelism.pipeline_parallel_schedule=Interleaved1F1B");
        flag(flags, "--parallelism.pipeline_parallel_layers_per_stage=%d",
             (layer_count + chunks - 1) / chunks);
    }
    if (layout->context > 1)
        flag(flags, "--parallelism.context_parallel_degree=%d", layout->context);
    if (layout->expert > 1)
        flag(flags, "--parallelism.expert_parallel_degree=%d", layout->expert);
}

static void torchtitan_flags(struct flags *flags, const struct pt_plan_request *request)
{
    static const char *const modes[] = {[PT_RECOMPUTE_NONE] = "none",
                                        [PT_RECOMPUTE_SELECTIVE] = "selective",
                                        [PT_RECOMPUTE_FULL] = "full"};
    const struct pt_layout *layout = &request->layout;
    torchrun(flags, request, "-m torchtitan.train");
    torchtitan_model(flags, request);
    torchtitan_parallel(flags, layout, request->workload->layer_count);
    torchtitan_batch(flags, layout);
    flag(flags, "--training.steps=%.0f", ceil(pt_plan_steps(request, layout)));
    flag(flags, "activation_checkpoint:%s", modes[layout->recompute]); // a subcommand: last
}

// docs/guides/optimization/benchmark_and_performance.md says which one runs where.
static const char *maxtext_quantization(const struct pt_accelerator *accelerator)
{
    if (accelerator->kind != PT_HARDWARE_TPU)
        return strcmp(accelerator->vendor, "AMD") == 0 ? "nanoo_fp8" : "fp8_gpu";
    return strcmp(accelerator->generation, "tpu-v7") == 0 ? "fp8_full" : "int8";
}

// Experts are spread over devices of the data group; a pipeline divides the batch itself.
static void maxtext_parallel(struct flags *flags, const struct pt_layout *layout, int layer_count)
{
    int data = layout->data % layout->expert == 0 ? layout->data / layout->expert : layout->data;
    flag(flags, "ici_fsdp_parallelism=%d", layout->zero == 3 ? data : 1);
    flag(flags, "ici_data_parallelism=%d", layout->zero == 3 ? 1 : data);
    flag(flags, "ici_tensor_parallelism=%d", layout->tensor);
    if (layout->context > 1)
        flag(flags, "ici_context_parallelism=%d", layout->context);
    if (layout->expert > 1)
        flag(flags, "ici_expert_parallelism=%d", layout->expert);
    if (layout->pipeline > 1) {
        flag(flags, "ici_pipeline_parallelism=%d", layout->pipeline);
        flag(flags, "num_layers_per_pipeline_stage=%d",
             layer_count / (layout->pipeline * layout->virtual_stages));
        flag(flags, "num_pipeline_microbatches=%lld", (long long)layout->microbatch_count);
    }
}

static void maxtext_flags(struct flags *flags, const struct pt_plan_request *request)
{
    static const char *const policies[] = {[PT_RECOMPUTE_NONE] = "minimal_with_context",
                                           [PT_RECOMPUTE_SELECTIVE] = "minimal",
                                           [PT_RECOMPUTE_FULL] = "full"};
    const struct pt_layout *layout = &request->layout;
    int64_t piped = layout->pipeline > 1 ? layout->microbatch_count : 1;
    char each[32];
    flag(flags, "python3 -m maxtext.trainers.pre_train.train");
    maxtext_parallel(flags, layout, request->workload->layer_count);
    flag(flags, "per_device_batch_size=%s",
         pt_format_double((double)layout->microbatch * (double)piped * layout->data /
                              pt_layout_devices(layout),
                          each));
    flag(flags, "gradient_accumulation_steps=%lld", (long long)(layout->microbatch_count / piped));
    flag(flags, "max_target_length=%.0f", request->workload->tokens);
    flag(flags, "steps=%.0f", ceil(pt_plan_steps(request, layout)));
    flag(flags, "remat_policy=%s", policies[layout->recompute]);
    if (layout->format == PT_FORMAT_FP8)
        flag(flags, "quantization=%s", maxtext_quantization(request->cluster.accelerator));
}

// Data parallelism of a script of one's own; what it needs to know of the plan.
static void torchrun_flags(struct flags *flags, const struct pt_plan_request *request)
{
    const struct pt_layout *layout = &request->layout;
    torchrun(flags, request, "train.py");
    flag(flags, "--batch-size=%lld", (long long)layout->microbatch);
    flag(flags, "--accumulate=%lld", (long long)layout->microbatch_count);
    flag(flags, "--steps=%.0f", ceil(pt_plan_steps(request, layout)));
}

void pt_launch_flags_print(FILE *stream, const struct pt_plan_request *request,
                           enum pt_framework framework)
{
    struct flags flags = {.stream = stream};
    if (framework == PT_FRAMEWORK_XLA)
        maxtext_flags(&flags, request);
    else if (request->workload->heads == 0)
        torchrun_flags(&flags, request);
    else if (framework == PT_FRAMEWORK_MEGATRON)
        megatron_flags(&flags, request);
    else
        torchtitan_flags(&flags, request);
    fputc('\n', stream);
}

const char *pt_launch_flags(struct pt_arena *arena, const struct pt_plan_request *request,
                            enum pt_framework framework)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return NULL;
    pt_launch_flags_print(stream, request, framework);
    const char *copy = fclose(stream) == 0 ? pt_arena_strdup(arena, text) : NULL;
    free(text);
    return copy;
}
