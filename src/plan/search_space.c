// The space of a search: which sizes are tried. Only what divides is.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/search_parts.h"

// A tensor group stays in the domain of the fast link; where a device is alone in it, over as many
// as a host has.
enum { TENSOR_MOST_OUTSIDE = 8, CONTEXT_MOST = 64, EXPERT_MOST = 256 };
// Ring attention and the like pay with long sequences; a device keeps at least so many tokens.
enum { CONTEXT_TOKENS_LEAST = 4096 };
// More samples at a time than this add nothing to the size of products.
enum { MICROBATCH_TOKENS_MOST = 65536, MICROBATCH_SAMPLES_MOST = 1024 };
enum { JOBS_MOST = 4000000 };

static int compare_sizes(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void add_size(struct pt_search_sizes *sizes, int64_t size, int64_t most)
{
    if (size <= most && size <= INT32_MAX && sizes->count < PT_SEARCH_SIZES_MAX)
        sizes->size[sizes->count++] = (int32_t)size;
}

void pt_search_divisors(int64_t value, int64_t most, struct pt_search_sizes *ret_sizes)
{
    ret_sizes->count = 0;
    for (int64_t i = 1; i <= value / i && i <= most; i++)
        if (value % i == 0)
            add_size(ret_sizes, i, most);
    for (int64_t i = ret_sizes->count; i-- > 0;) {
        int64_t other = value / ret_sizes->size[i];
        if (other != ret_sizes->size[i])
            add_size(ret_sizes, other, most);
    }
    qsort(ret_sizes->size, (size_t)ret_sizes->count, sizeof *ret_sizes->size, compare_sizes);
}

static void only(int32_t size, struct pt_search_sizes *ret_sizes)
{
    ret_sizes->count = 1;
    ret_sizes->size[0] = size;
}

bool pt_search_uses(const struct pt_search_space *space, const struct pt_cluster *cluster,
                    int64_t devices)
{
    const struct pt_search_options *options = space->options;
    int64_t inside = cluster->node->accelerators;
    if (devices > cluster->count || devices < options->least_devices)
        return false;
    if (options->exact_count)
        return devices == cluster->count;
    return devices <= inside ? inside % devices == 0 : devices % inside == 0;
}

// ------------------------------------------------------------------------------ sizes of a shard
static void tensor_sizes(const struct pt_search_space *space, const struct pt_cluster *cluster,
                         enum pt_framework framework, struct pt_search_sizes *ret_sizes)
{
    const struct pt_workload *workload = space->request->workload;
    int64_t most = cluster->node->accelerators;
    if (space->request->layout.tensor > 0)
        only(space->request->layout.tensor, ret_sizes);
    else if (framework == PT_FRAMEWORK_FSDP || workload->heads == 0)
        only(1, ret_sizes);
    else
        pt_search_divisors(workload->heads, most < TENSOR_MOST_OUTSIDE ? TENSOR_MOST_OUTSIDE : most,
                           ret_sizes);
}

static void context_sizes(const struct pt_search_space *space, struct pt_search_sizes *ret_sizes)
{
    const struct pt_workload *workload = space->request->workload;
    if (space->request->layout.context > 0) {
        only(space->request->layout.context, ret_sizes);
        return;
    }
    only(1, ret_sizes);
    for (int32_t size = 2; size <= CONTEXT_MOST && workload->heads > 0 && //
                           workload->tokens / size >= CONTEXT_TOKENS_LEAST;
         size *= 2)
        add_size(ret_sizes, size, CONTEXT_MOST);
}

static void expert_sizes(const struct pt_search_space *space, enum pt_framework framework,
                         struct pt_search_sizes *ret_sizes)
{
    const struct pt_workload *workload = space->request->workload;
    if (space->request->layout.expert > 0)
        only(space->request->layout.expert, ret_sizes);
    else if (workload->experts > 1 && framework != PT_FRAMEWORK_FSDP)
        pt_search_divisors(workload->experts, EXPERT_MOST, ret_sizes);
    else
        only(1, ret_sizes);
}

static void microbatch_sizes(const struct pt_search_space *space, struct pt_search_sizes *ret_sizes)
{
    const struct pt_workload *workload = space->request->workload;
    int64_t most = (int64_t)fmax(1, MICROBATCH_TOKENS_MOST / workload->tokens);
    if (space->request->layout.microbatch > 0)
        only((int32_t)space->request->layout.microbatch, ret_sizes);
    else
        pt_search_divisors(space->samples,
                           most < MICROBATCH_SAMPLES_MOST ? most : MICROBATCH_SAMPLES_MOST,
                           ret_sizes);
}

// ---------------------------------------------------------------------------------------- jobs
struct list {
    struct pt_arena *arena;
    struct pt_search_job *jobs;
    int count, capacity;
    bool no_memory;
};

static void add_job(struct list *list, const struct pt_search_job *job)
{
    if (list->count == list->capacity && !list->no_memory) {
        int capacity = list->capacity == 0 ? 256 : 2 * list->capacity;
        struct pt_search_job *jobs =
            pt_arena_alloc(list->arena, (size_t)capacity, sizeof *list->jobs);
        list->no_memory = jobs == NULL || capacity > JOBS_MOST;
        if (!list->no_memory) {
            if (list->count > 0)
                memcpy(jobs, list->jobs, (size_t)list->count * sizeof *jobs);
            list->jobs = jobs;
            list->capacity = capacity;
        }
    }
    if (!list->no_memory)
        list->jobs[list->count++] = *job;
}

// Recomputation of attention's inside drops nothing where the scores are never stored.
static void add_recompute(const struct pt_search_space *space, struct pt_search_job *job,
                          struct list *list)
{
    int asked = (int)space->request->layout.recompute;
    for (int i = 0; i < PT_RECOMPUTE_COUNT; i++) {
        if (asked >= 0 && i != asked)
            continue;
        if (asked < 0 && i == PT_RECOMPUTE_SELECTIVE && job->layout.flash_attention)
            continue;
        job->layout.recompute = (enum pt_recompute)i;
        add_job(list, job);
    }
}

// Sequence parallelism costs nothing, where the tokens can be divided.
static bool divides_tokens(const struct pt_workload *workload, int64_t parts)
{
    return parts > 1 && workload->has_tokens && (int64_t)workload->tokens % parts == 0;
}

static void add_sizes(const struct pt_search_space *space, struct pt_search_job *job,
                      struct list *list)
{
    const struct pt_plan_request *request = space->request;
    struct pt_search_sizes tensor, context, expert, microbatch;
    struct pt_layout *layout = &job->layout;
    tensor_sizes(space, &space->clusters[job->cluster], layout->framework, &tensor);
    context_sizes(space, &context);
    expert_sizes(space, layout->framework, &expert);
    microbatch_sizes(space, &microbatch);
    for (int t = 0; t < tensor.count; t++)
        for (int c = 0; c < context.count; c++)
            for (int e = 0; e < expert.count; e++)
                for (int m = 0; m < microbatch.count; m++) {
                    layout->tensor = tensor.size[t];
                    layout->context = context.size[c];
                    layout->expert = expert.size[e];
                    layout->microbatch = microbatch.size[m];
                    layout->sequence_parallel =
                        request->fixes.sequence_parallel
                            ? request->layout.sequence_parallel
                            : layout->tensor > 1 &&
                                  divides_tokens(request->workload,
                                                 layout->tensor * layout->context);
                    add_recompute(space, job, list);
                }
}

static bool tries_framework(const struct pt_search_space *space, const struct pt_cluster *cluster,
                            enum pt_framework framework)
{
    const struct pt_plan_request *request = space->request;
    bool is_tpu = cluster->accelerator->kind == PT_HARDWARE_TPU;
    if (request->fixes.framework)
        return framework == request->layout.framework;
    if (framework == PT_FRAMEWORK_MEGATRON && request->workload->heads == 0)
        return false; // made for transformers
    return is_tpu == (framework == PT_FRAMEWORK_XLA);
}

// The request's, where the accelerator has units for it.
static enum pt_format usual_format(const struct pt_search_space *space,
                                   const struct pt_accelerator *accelerator)
{
    enum pt_format format = space->request->layout.format;
    return accelerator->flop_per_second[format] > 0 ? format : pt_plan_usual_format(accelerator);
}

static void add_formats(const struct pt_search_space *space, struct pt_search_job *job,
                        struct list *list)
{
    const struct pt_search_options *options = space->options;
    const struct pt_cluster *cluster = &space->clusters[job->cluster];
    for (int i = 0; i < (options->format_count > 0 ? options->format_count : 1); i++)
        for (int f = 0; f < PT_FRAMEWORK_COUNT; f++) {
            if (!tries_framework(space, cluster, (enum pt_framework)f))
                continue;
            job->layout.format = options->format_count > 0
                                     ? options->formats[i]
                                     : usual_format(space, cluster->accelerator);
            job->layout.framework = (enum pt_framework)f;
            if (space->request->layout.states.weight == 0)
                pt_plan_states(space->request, &job->layout);
            add_sizes(space, job, list);
        }
}

enum pt_status pt_search_jobs(struct pt_arena *arena, const struct pt_search_space *space,
                              const struct pt_search_job **ret_jobs, int *ret_count,
                              struct pt_error *error)
{
    struct list list = {.arena = arena};
    for (int i = 0; i < space->cluster_count; i++) {
        struct pt_search_job job = {.cluster = i, .layout = space->request->layout};
        if (!space->request->fixes.attention)
            job.layout.flash_attention =
                pt_plan_usual_flash_attention(space->clusters[i].accelerator);
        add_formats(space, &job, &list);
    }
    if (list.no_memory)
        return pt_fail(error, PT_NO_MEMORY,
                       "the search space is too large: fix some sizes with --layout, or name less "
                       "hardware");
    *ret_jobs = list.jobs;
    *ret_count = list.count;
    return PT_OK;
}
