// The speed of convolutions on the layers of common networks, beside the multiply-add peak.
//
//     bench_conv [THREADS [ROUNDS [LAYER]]]
//
// Prints GFLOP/s of the forward pass, the gradient of the input and that of the weights: the median
// over the rounds. LAYER: only layers whose name holds this text. bench/conv.py runs it in turn
// with PyTorch.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "engine/conv.h"
#include "engine/cpu.h"

enum { ROUNDS_MAX = 1000, PASSES = 3 };

struct layer {
    const char *name;
    int64_t batch, size, in, out, kernel, stride, padding, groups;
};

// bench/conv.py reads this list.
static const struct layer layers[] = {
    {"resnet18-stem", 32, 32, 3, 64, 3, 1, 1, 1},
    {"resnet18-64x32", 32, 32, 64, 64, 3, 1, 1, 1},
    {"resnet18-64x32s2", 32, 32, 64, 128, 3, 2, 1, 1},
    {"resnet18-128x16", 32, 16, 128, 128, 3, 1, 1, 1},
    {"resnet18-128x16s2", 32, 16, 128, 256, 3, 2, 1, 1},
    {"resnet18-256x8", 32, 8, 256, 256, 3, 1, 1, 1},
    {"resnet18-256x8s2", 32, 8, 256, 512, 3, 2, 1, 1},
    {"resnet18-512x4", 32, 4, 512, 512, 3, 1, 1, 1},
    {"resnet18-skip64s2", 32, 32, 64, 128, 1, 2, 0, 1},
    {"resnet18-skip128s2", 32, 16, 128, 256, 1, 2, 0, 1},
    {"resnet18-skip256s2", 32, 8, 256, 512, 1, 2, 0, 1},
    {"lenet-1x28k5", 128, 28, 1, 32, 5, 1, 2, 1},
    {"lenet-32x14k5", 128, 14, 32, 64, 5, 1, 2, 1},
    {"resnet50-stem", 8, 224, 3, 64, 7, 2, 3, 1},
    {"resnet50-64x56to256", 8, 56, 64, 256, 1, 1, 0, 1},
    {"resnet50-256x56to64", 8, 56, 256, 64, 1, 1, 0, 1},
    {"resnet50-128x28k3", 8, 28, 128, 128, 3, 1, 1, 1},
    {"resnet50-2048x7to512", 8, 7, 2048, 512, 1, 1, 0, 1},
    {"resnet50-512x7k3", 8, 7, 512, 512, 3, 1, 1, 1},
    {"depthwise-128x28k3", 8, 28, 128, 128, 3, 1, 1, 128},
    {"grouped-128x28k3g32", 8, 28, 128, 128, 3, 1, 1, 32},
};

// One thread alone: its own time on a processor, which other programs disturb less.
static double now(int threads)
{
    return threads == 1 ? pt_thread_cpu_seconds()
                        : (double)pt_clock_monotonic(&pt_system_clock) * 1e-9;
}

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static float *filled(int64_t count)
{
    const size_t huge = 2 << 20;
    size_t bytes = ((size_t)count * sizeof(float) + huge - 1) / huge * huge;
    float *values = aligned_alloc(huge, bytes > 0 ? bytes : huge);
    if (values == NULL) {
        fprintf(stderr, "bench_conv: out of memory\n");
        exit(1);
    }
    madvise(values, bytes, MADV_HUGEPAGE); // as the engine's arena; a refusal does not matter
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)(i * 7919 % 1013) / 1013 - 0.5f;
    return values;
}

static struct pt_conv conv_of(const struct layer *layer)
{
    int64_t out = (layer->size + 2 * layer->padding - layer->kernel) / layer->stride + 1;
    return (struct pt_conv){.batch = layer->batch,
                            .x_size = {layer->size, layer->size},
                            .y_size = {out, out},
                            .x_channels = layer->in,
                            .y_channels = layer->out,
                            .kernel = {layer->kernel, layer->kernel},
                            .stride = {layer->stride, layer->stride},
                            .dilation = {1, 1},
                            .padding = {layer->padding, layer->padding},
                            .groups = layer->groups};
}

struct tensors {
    float *x, *y, *dy, *weights, *dweights;
};

static void run(const struct pt_conv_call *call, int pass, const struct tensors *tensors)
{
    struct pt_conv_finish finish = {0};
    if (pass == 0)
        pt_conv_forward(call, tensors->x, tensors->weights, tensors->y, finish);
    else if (pass == 1)
        pt_conv_adjoint(call, tensors->dy, tensors->weights, tensors->x, finish);
    else
        pt_conv_weights(call, tensors->x, tensors->dy, tensors->dweights, false);
}

static void bench(const struct layer *layer, enum pt_precision precision, int threads, int rounds)
{
    static double seconds[PASSES][ROUNDS_MAX];
    struct pt_conv conv = conv_of(layer);
    const struct pt_gemm_isa *isa = pt_gemm_own_isa(precision);
    int64_t x_count = conv.batch * conv.x_size[0] * conv.x_size[1] * conv.x_channels;
    int64_t y_count = pt_conv_positions(&conv) * conv.y_channels;
    int64_t weight_count = conv.y_channels * pt_conv_columns(&conv);
    size_t scratch = pt_conv_scratch_bytes(&conv, isa, precision, threads);
    struct tensors tensors = {filled(x_count), filled(y_count), filled(y_count),
                              filled(weight_count), filled(weight_count)};
    struct pt_conv_call call = {&conv, isa, precision, threads,
                                filled((int64_t)(scratch / sizeof(float)))};
    double flop = 2 * (double)y_count * (double)pt_conv_columns(&conv);
    int calls = (int)(3e8 / flop) + 1;

    for (int round = -1; round < rounds; round++) { // the first one warms up
        for (int pass = 0; pass < PASSES; pass++) {
            double begin = now(threads);
            for (int i = 0; i < calls; i++)
                run(&call, pass, &tensors);
            if (round >= 0)
                seconds[pass][round] = (now(threads) - begin) / calls;
        }
    }
    printf("%-22s", layer->name);
    for (int pass = 0; pass < PASSES; pass++)
        printf(" %8.1f", flop / median(seconds[pass], rounds) * 1e-9);
    printf("\n");
    fflush(stdout);
    free(tensors.x);
    free(tensors.y);
    free(tensors.dy);
    free(tensors.weights);
    free(tensors.dweights);
    free(call.scratch);
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : pt_cpu_threads();
    int rounds = argc > 2 ? atoi(argv[2]) : 9;
    if (threads < 1 || threads > 1024 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_conv [THREADS [ROUNDS [LAYER]]]\n");
        return 2;
    }
    for (int precision = PT_PRECISION_FP32; precision <= PT_PRECISION_BF16; precision++) {
        printf("%s\n%-22s %8s %8s %8s\n", precision == PT_PRECISION_FP32 ? "fp32" : "bf16",
               "GFLOP/s", "forward", "dx", "dw");
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            if (argc <= 3 || strstr(layers[i].name, argv[3]) != NULL)
                bench(&layers[i], (enum pt_precision)precision, threads, rounds);
    }
    return 0;
}
