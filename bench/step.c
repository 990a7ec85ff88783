// Training steps of one network on random data, as JSON: what bench/steps.py compares with others.
//
//   bench_step NETWORK.yaml --batch 4 --classes 50257 [--threads 2] [--precision bf16]
//              [--optimizer adamw] [--steps 10] [--warmup 2]
//
// Class numbers and tokens are below --classes. The time of a step is that of the forward pass, the
// backward pass and the update, without loading data.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/random.h"
#include "engine/network.h"
#include "model/zoo.h"

enum { STEPS_MAX = 10000 };

struct job {
    const char *network;
    int64_t batch, classes, threads, steps, warmup;
    enum pt_precision precision;
    struct pt_optimizer_options optimizer;
    double most_gib; // networks that the plan says need more are left out; 0: none is
    bool profile, list;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Field 22 of /proc/self/stat, in ticks since boot; proc(5).
static double seconds_since_exec(void)
{
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "r");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL)
        fclose(file);
    text[length] = '\0';
    const char *field = strrchr(text, ')');
    for (int i = 2; i < 22 && field != NULL; i++)
        field = strchr(field + 1, ' ');
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return field == NULL ? NAN
                         : (double)time.tv_sec + 1e-9 * (double)time.tv_nsec -
                               strtod(field, NULL) / (double)sysconf(_SC_CLK_TCK);
}

static int fail(const struct pt_error *error)
{
    fprintf(stderr, "bench_step: %s\n", error->message);
    return EXIT_FAILURE;
}

static bool read_arguments(int argc, char **argv, struct job *job)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--profile") == 0) {
            job->profile = true;
            continue;
        }
        if (strcmp(name, "--list") == 0) {
            job->list = true;
            continue;
        }
        if (name[0] != '-') {
            job->network = name;
            continue;
        }
        const char *value = i + 1 < argc ? argv[++i] : "";
        int64_t *number = strcmp(name, "--batch") == 0     ? &job->batch
                          : strcmp(name, "--classes") == 0 ? &job->classes
                          : strcmp(name, "--threads") == 0 ? &job->threads
                          : strcmp(name, "--steps") == 0   ? &job->steps
                          : strcmp(name, "--warmup") == 0  ? &job->warmup
                                                           : NULL;
        if (number != NULL && !pt_parse_int64(value, number))
            return false;
        if (strcmp(name, "--precision") == 0)
            job->precision = strcmp(value, "bf16") == 0 ? PT_PRECISION_BF16 : PT_PRECISION_FP32;
        else if (strcmp(name, "--optimizer") == 0)
            job->optimizer.kind = strcmp(value, "sgd") == 0    ? PT_SGD
                                  : strcmp(value, "adam") == 0 ? PT_ADAM
                                                               : PT_ADAMW;
        else if (strcmp(name, "--most-gib") == 0)
            job->most_gib = strtod(value, NULL);
        else if (number == NULL)
            return false;
    }
    bool measures =
        job->network != NULL && job->steps > 0 && job->steps <= STEPS_MAX && job->warmup >= 0;
    return job->list || measures;
}

static void fill(struct pt_network *network, int64_t classes)
{
    const struct pt_graph *graph = pt_network_graph(network);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        int64_t size = pt_graph_tensor_size(graph, i);
        if (graph->tensors[i].role != PT_ROLE_INPUT)
            continue;
        if (graph->tensors[i].dtype == PT_INT32)
            for (int64_t k = 0; k < size; k++)
                pt_network_values_int32(network, i)[k] =
                    (int32_t)(pt_random_uniform(1, (uint64_t)i, (uint64_t)k) * (float)classes);
        else
            pt_random_fill_normal(1, (uint64_t)i, 0, 1, pt_network_values(network, i), size);
    }
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static enum pt_status step(struct pt_network *network, struct pt_optimizer *optimizer,
                           struct pt_error *error)
{
    pt_network_zero_gradients(network);
    enum pt_status status = pt_network_forward(network, 0, true, error);
    if (status == PT_OK)
        status = pt_network_backward(network, error);
    if (status == PT_OK)
        pt_optimizer_step(optimizer, 1e-4);
    return status;
}

// Milliseconds per operator and step, in the order in which they run.
static void print_profile(const struct pt_network *network, int64_t steps)
{
    const struct pt_graph *graph = pt_network_graph(network);
    const struct pt_op_time *times = pt_network_op_times(network);
    for (int i = 0; i < graph->op_count; i++) {
        double forward = (double)times[i].forward_ns, backward = (double)times[i].backward_ns;
        fprintf(stderr, "%-48s %-22s %9.3f %9.3f ms %8.1f %8.1f GFLOP/s\n", graph->ops[i].name,
                graph->ops[i].kind->name, 1e-6 * forward / (double)steps,
                1e-6 * backward / (double)steps, (double)times[i].forward_flop / forward,
                (double)times[i].backward_flop / backward);
    }
}

static struct pt_network_options network_options(const struct job *job)
{
    return (struct pt_network_options){.struct_size = sizeof(struct pt_network_options),
                                       .seed = 1,
                                       .threads = (int)job->threads,
                                       .precision = job->precision};
}

// What `powertrain plan` says.
static int64_t planned_bytes(const struct job *job, const struct pt_graph *graph)
{
    struct pt_demand demand;
    struct pt_demand_options wanted = {
        .optimizer = job->optimizer.kind, .precision = job->precision, .update = &job->optimizer};
    struct pt_arena *arena = pt_arena_create();
    bool counted = arena != NULL && pt_demand_count(arena, graph, &wanted, &demand, NULL) == PT_OK;
    pt_arena_destroy(arena);
    struct pt_network_options options = network_options(job);
    int64_t workspace;
    counted = counted && pt_network_workspace_bytes(graph, &options, &workspace, NULL) == PT_OK;
    return counted ? demand.memory.peak_bytes + workspace : -1;
}

static enum pt_status run(const struct job *job, struct pt_network *network,
                          struct pt_optimizer *optimizer, struct pt_error *error)
{
    static double seconds[STEPS_MAX];
    double first_loss = NAN, first_step = NAN;
    int64_t flop = 0;
    fill(network, job->classes);
    for (int64_t i = -job->warmup; i < job->steps; i++) {
        if (i == 0 && job->profile && pt_network_profile(network, error) != PT_OK)
            return error->status;
        int64_t flop_before = pt_network_executed_flop(network);
        double start = now();
        enum pt_status status = step(network, optimizer, error);
        if (status != PT_OK)
            return status;
        if (i >= 0)
            seconds[i] = now() - start;
        if (isnan(first_step)) {
            first_step = seconds_since_exec();
            first_loss = pt_network_loss(network);
        }
        flop = pt_network_executed_flop(network) - flop_before;
    }
    if (job->profile)
        print_profile(network, job->steps);
    qsort(seconds, (size_t)job->steps, sizeof *seconds, by_value);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    int64_t planned = planned_bytes(job, pt_network_graph(network));
    printf("{\"step_seconds\": %.6f, \"best_seconds\": %.6f, \"first_step_seconds\": %.3f, "
           "\"peak_rss_bytes\": %lld, \"planned_bytes\": %lld, \"held_bytes\": %lld, "
           "\"step_flop\": %lld, \"first_loss\": %.6f, \"loss\": %.6f}\n",
           seconds[job->steps / 2], seconds[0], first_step, (long long)usage.ru_maxrss * 1024,
           (long long)planned,
           (long long)(pt_network_memory_bytes(network) + pt_optimizer_memory_bytes(optimizer)),
           (long long)flop, first_loss, pt_network_loss(network));
    return PT_OK;
}

static bool is_left_out(const struct job *job, const struct pt_graph *graph)
{
    int64_t planned = job->most_gib > 0 ? planned_bytes(job, graph) : 0;
    if (job->most_gib == 0 || (planned >= 0 && (double)planned <= job->most_gib * 0x1p30))
        return false;
    printf("{\"planned_bytes\": %lld, \"left_out\": true}\n", (long long)planned);
    return true;
}

int main(int argc, char **argv)
{
    struct job job = {.batch = 32,
                      .classes = 10,
                      .steps = 10,
                      .warmup = 2,
                      .optimizer = {.struct_size = sizeof job.optimizer, .kind = PT_ADAMW}};
    struct pt_error error;
    struct pt_graph *graph = NULL;
    struct pt_network *network = NULL;
    struct pt_optimizer *optimizer = NULL;
    if (!read_arguments(argc, argv, &job)) {
        fputs("usage: bench_step NETWORK.yaml [--batch N] [--classes N] [--threads N] "
              "[--precision fp32|bf16] [--optimizer adamw|adam|sgd] [--steps N] [--warmup N] "
              "[--profile] [--most-gib GIB]\n"
              "       bench_step --list\n",
              stderr);
        return 2;
    }
    for (int i = 0; job.list && pt_zoo_at(i) != NULL; i++)
        puts(pt_zoo_at(i)->name);
    if (job.list)
        return EXIT_SUCCESS;
    struct pt_network_options options = network_options(&job);
    enum pt_status status = pt_graph_load(job.network, job.batch, &graph, &error);
    if (status == PT_OK && is_left_out(&job, graph)) {
        pt_graph_destroy(graph);
        return EXIT_SUCCESS;
    }
    if (status == PT_OK)
        status = pt_network_create(graph, &options, &network, &error);
    if (status == PT_OK)
        status = pt_optimizer_create(network, &job.optimizer, &optimizer, &error);
    if (status == PT_OK)
        status = run(&job, network, optimizer, &error);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return status == PT_OK ? EXIT_SUCCESS : fail(&error);
}
