// Convolutions on every instruction set against sums in fp64, element by element.

#include "support.h"

#include "engine/conv.h"
#include "engine/cpu.h"

// What a convolution and its adjoint read and write. Marks stand where nothing may be written.
struct images {
    struct pt_conv conv;
    int64_t x_count, y_count, w_count;
    float *x, *y, *w, *x_bias, *y_bias;
};

struct kind {
    const struct pt_gemm_isa *isa;
    enum pt_precision precision;
};

// Shapes that have found errors, or could: each line names what is odd about it.
static const struct pt_conv shapes[] = {
    // 3 x 3 with padding, channels that fill neither vectors nor pairs
    {.batch = 2,
     .x_size = {5, 7},
     .x_channels = 3,
     .y_channels = 5,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 3,
     .x_size = {6, 5},
     .x_channels = 17,
     .y_channels = 50,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    // one channel, one pixel
    {.batch = 1,
     .x_size = {1, 1},
     .x_channels = 1,
     .y_channels = 1,
     .kernel = {1, 1},
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 2,
     .x_size = {9, 8},
     .x_channels = 1,
     .y_channels = 33,
     .kernel = {5, 5},
     .stride = {1, 1},
     .padding = {2, 2},
     .dilation = {1, 1},
     .groups = 1},
    // no padding: read where it lies
    {.batch = 2,
     .x_size = {8, 9},
     .x_channels = 18,
     .y_channels = 20,
     .kernel = {3, 2},
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 2,
     .x_size = {8, 9},
     .x_channels = 18,
     .y_channels = 20,
     .kernel = {1, 1},
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
    // a kernel larger than the image
    {.batch = 2,
     .x_size = {3, 2},
     .x_channels = 4,
     .y_channels = 6,
     .kernel = {7, 6},
     .stride = {1, 1},
     .padding = {4, 3},
     .dilation = {1, 1},
     .groups = 1},
    // strides: with gaps between the kernels, without, unequal
    {.batch = 2,
     .x_size = {9, 11},
     .x_channels = 16,
     .y_channels = 24,
     .kernel = {3, 3},
     .stride = {2, 2},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 2,
     .x_size = {13, 11},
     .x_channels = 5,
     .y_channels = 7,
     .kernel = {2, 2},
     .stride = {3, 4},
     .padding = {1, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 2,
     .x_size = {9, 10},
     .x_channels = 32,
     .y_channels = 16,
     .kernel = {1, 1},
     .stride = {2, 2},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 1,
     .x_size = {10, 9},
     .x_channels = 19,
     .y_channels = 3,
     .kernel = {3, 1},
     .stride = {1, 3},
     .padding = {0, 2},
     .dilation = {1, 1},
     .groups = 1},
    // dilation, alone and with stride that shares a divisor, or does not
    {.batch = 2,
     .x_size = {9, 11},
     .x_channels = 8,
     .y_channels = 9,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {2, 3},
     .dilation = {2, 3},
     .groups = 1},
    {.batch = 2,
     .x_size = {12, 13},
     .x_channels = 6,
     .y_channels = 8,
     .kernel = {3, 2},
     .stride = {2, 4},
     .padding = {2, 1},
     .dilation = {4, 6},
     .groups = 1},
    {.batch = 1,
     .x_size = {12, 13},
     .x_channels = 20,
     .y_channels = 8,
     .kernel = {4, 3},
     .stride = {3, 2},
     .padding = {3, 2},
     .dilation = {2, 3},
     .groups = 1},
    // groups, with odd channels in each; in place and copied
    {.batch = 2,
     .x_size = {5, 6},
     .x_channels = 15,
     .y_channels = 9,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 3},
    {.batch = 2,
     .x_size = {5, 6},
     .x_channels = 40,
     .y_channels = 64,
     .kernel = {2, 3},
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 2},
    {.batch = 2,
     .x_size = {6, 6},
     .x_channels = 4,
     .y_channels = 8,
     .kernel = {3, 3},
     .stride = {2, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 4},
    // depthwise: a channel, a vector and a rest, with everything else
    {.batch = 2,
     .x_size = {7, 6},
     .x_channels = 3,
     .y_channels = 3,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 3},
    {.batch = 3,
     .x_size = {9, 8},
     .x_channels = 83,
     .y_channels = 83,
     .kernel = {3, 5},
     .stride = {2, 3},
     .padding = {4, 2},
     .dilation = {3, 1},
     .groups = 83},
    {.batch = 1,
     .x_size = {2, 3},
     .x_channels = 20,
     .y_channels = 20,
     .kernel = {5, 7},
     .stride = {1, 2},
     .padding = {3, 6},
     .dilation = {1, 2},
     .groups = 20},
    // long enough for several blocks, passes and parts
    {.batch = 2,
     .x_size = {1, 1300},
     .x_channels = 12,
     .y_channels = 4,
     .kernel = {1, 5},
     .stride = {1, 1},
     .padding = {0, 2},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 1,
     .x_size = {3, 3},
     .x_channels = 650,
     .y_channels = 10,
     .kernel = {2, 1},
     .stride = {1, 1},
     .padding = {1, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 7,
     .x_size = {9, 9},
     .x_channels = 40,
     .y_channels = 17,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    {.batch = 5,
     .x_size = {5, 5},
     .x_channels = 70,
     .y_channels = 5,
     .kernel = {3, 3},
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
};
enum { SHAPE_COUNT = sizeof shapes / sizeof *shapes };

static uint64_t state = 1;

// Knuth's MMIX congruence.
static float random_value(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)((double)(state >> 40) / (1 << 23) - 1);
}

static float *random_floats(int64_t count)
{
    float *values = malloc((size_t)count * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < count; i++)
        values[i] = random_value();
    return values;
}

static struct images make_images(const struct pt_conv *shape)
{
    struct images images = {.conv = *shape};
    struct pt_conv *conv = &images.conv;
    for (int i = 0; i < 2; i++)
        conv->y_size[i] = (conv->x_size[i] + 2 * conv->padding[i] -
                           conv->dilation[i] * (conv->kernel[i] - 1) - 1) /
                              conv->stride[i] +
                          1;
    images.x_count = conv->batch * conv->x_size[0] * conv->x_size[1] * conv->x_channels;
    images.y_count = conv->batch * conv->y_size[0] * conv->y_size[1] * conv->y_channels;
    images.w_count =
        conv->y_channels * conv->kernel[0] * conv->kernel[1] * (conv->x_channels / conv->groups);
    images.x = random_floats(images.x_count);
    images.y = random_floats(images.y_count);
    images.w = random_floats(images.w_count);
    images.x_bias = random_floats(conv->x_channels);
    images.y_bias = random_floats(conv->y_channels);
    return images;
}

static void free_images(struct images *images)
{
    free(images->x);
    free(images->y);
    free(images->w);
    free(images->x_bias);
    free(images->y_bias);
}

// Calls what for every product x w of a sum of y, with the places of the three.
static void for_each_term(const struct pt_conv *c,
                          void (*what)(void *context, int64_t x, int64_t y, int64_t w),
                          void *context)
{
    int64_t depth = c->x_channels / c->groups, group_rows = c->y_channels / c->groups;
    for (int64_t n = 0; n < c->batch; n++)
        for (int64_t i = 0; i < c->y_size[0]; i++)
            for (int64_t j = 0; j < c->y_size[1]; j++)
                for (int64_t u = 0; u < c->kernel[0]; u++)
                    for (int64_t v = 0; v < c->kernel[1]; v++) {
                        int64_t h = i * c->stride[0] - c->padding[0] + u * c->dilation[0];
                        int64_t w = j * c->stride[1] - c->padding[1] + v * c->dilation[1];
                        if (h < 0 || h >= c->x_size[0] || w < 0 || w >= c->x_size[1])
                            continue;
                        int64_t x = ((n * c->x_size[0] + h) * c->x_size[1] + w) * c->x_channels;
                        int64_t y = ((n * c->y_size[0] + i) * c->y_size[1] + j) * c->y_channels;
                        for (int64_t o = 0; o < c->y_channels; o++)
                            for (int64_t d = 0; d < depth; d++)
                                what(context, x + o / group_rows * depth + d, y + o,
                                     ((o * c->kernel[0] + u) * c->kernel[1] + v) * depth + d);
                    }
}

// Which of the three is computed from the others.
enum result { Y, X, W };

struct reference {
    const struct images *images;
    enum result result;
    double *sums, *sizes; // of the terms
};

static void add_term(void *context, int64_t x, int64_t y, int64_t w)
{
    const struct reference *reference = context;
    const struct images *images = reference->images;
    double term;
    int64_t at;
    if (reference->result == Y) {
        term = (double)images->x[x] * images->w[w];
        at = y;
    } else if (reference->result == X) {
        term = (double)images->y[y] * images->w[w];
        at = x;
    } else {
        term = (double)images->y[y] * images->x[x];
        at = w;
    }
    reference->sums[at] += term;
    reference->sizes[at] += fabs(term);
}

static int64_t count_of(const struct images *images, enum result result)
{
    return result == Y ? images->y_count : result == X ? images->x_count : images->w_count;
}

static void *exactly(size_t bytes)
{
    void *memory = NULL; // no byte more, so that AddressSanitizer sees a step too far
    assert_int_equal(posix_memalign(&memory, 64, bytes > 0 ? bytes : 1), 0);
    memset(memory, 0xff, bytes); // NaN where nobody has written
    return memory;
}

static void compute(const struct kind *kind, const struct images *images, enum result result,
                    int threads, struct pt_conv_finish finish, float *to)
{
    struct pt_conv_call call = {&images->conv, kind->isa, kind->precision, threads, NULL};
    size_t bytes = pt_conv_scratch_bytes(&images->conv, kind->isa, kind->precision, threads);
    call.scratch = exactly(bytes);
    if (result == Y)
        pt_conv_forward(&call, images->x, images->w, to, finish);
    else if (result == X)
        pt_conv_adjoint(&call, images->y, images->w, to, finish);
    else
        pt_conv_weights(&call, images->x, images->y, to, finish.add);
    free(call.scratch);
}

// As in test_gemm.c: roundings of 2^-24 for each term; bf16 rounds each operand by 2^-9.
static void check(const struct kind *kind, const struct images *images, enum result result,
                  struct pt_conv_finish finish, int shape)
{
    int64_t count = count_of(images, result);
    int64_t channels = result == Y ? images->conv.y_channels : images->conv.x_channels;
    struct reference reference = {images, result, calloc((size_t)count, sizeof(double)),
                                  calloc((size_t)count, sizeof(double))};
    float *to = random_floats(count), *before = random_floats(count);
    assert_true(reference.sums != NULL && reference.sizes != NULL);
    double per_size = 400 * 0x1p-24 + (kind->precision == PT_PRECISION_BF16 ? 0x1.02p-8 : 0);

    for_each_term(&images->conv, add_term, &reference);
    memcpy(before, to, (size_t)count * sizeof *to);
    compute(kind, images, result, 1 + shape % 3, finish, to);
    for (int64_t i = 0; i < count; i++) {
        double sum = reference.sums[i];
        if (finish.add)
            sum += before[i];
        if (finish.bias != NULL)
            sum += finish.bias[i % channels];
        if (finish.relu && sum < 0)
            sum = 0;
        if (fabs(to[i] - sum) <= per_size * (reference.sizes[i] + 2))
            continue;
        print_error("shape %d, %s %s: %c[%lld] is %g, not %g\n", shape, kind->isa->name,
                    kind->precision == PT_PRECISION_BF16 ? "bf16" : "fp32", "yxw"[result],
                    (long long)i, to[i], sum);
        fail();
    }
    free(reference.sums);
    free(reference.sizes);
    free(to);
    free(before);
}

static int all_kinds(struct kind kinds[8])
{
    int count = 0;
    for (int precision = 0; precision < 2; precision++) {
        enum pt_precision wanted = (enum pt_precision)precision;
        kinds[count++] = (struct kind){&pt_gemm_portable, wanted};
#if defined(__x86_64__)
        if (pt_cpu_isa() >= PT_ISA_AVX2)
            kinds[count++] = (struct kind){&pt_gemm_avx2, wanted};
        if (pt_cpu_isa() >= PT_ISA_AVX512)
            kinds[count++] = (struct kind){&pt_gemm_avx512, wanted};
        if (precision == PT_PRECISION_BF16 && pt_cpu_has_avx512_bf16())
            kinds[count++] = (struct kind){&pt_gemm_avx512bf16, wanted};
#endif
    }
    return count;
}

static void check_all(enum result result)
{
    struct kind kinds[8];
    int count = all_kinds(kinds);
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        struct images images = make_images(&shapes[shape]);
        const float *bias = result == Y ? images.y_bias : images.x_bias;
        for (int i = 0; i < count; i++) {
            check(&kinds[i], &images, result, (struct pt_conv_finish){0}, shape);
            check(&kinds[i], &images, result, (struct pt_conv_finish){.add = true}, shape);
            if (result != W)
                check(&kinds[i], &images, result,
                      (struct pt_conv_finish){.bias = bias, .relu = shape % 2}, shape);
        }
        free_images(&images);
    }
}

static void forward_is_right(void **unused)
{
    (void)unused;
    check_all(Y);
}

static void adjoint_is_right(void **unused)
{
    (void)unused;
    check_all(X);
}

static void weight_gradients_are_right(void **unused)
{
    (void)unused;
    check_all(W);
}

// Every sum has an order of its own, whoever computes it.
static void bits_do_not_depend_on_threads(void **unused)
{
    struct kind kinds[8];
    int count = all_kinds(kinds);
    (void)unused;
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        struct images images = make_images(&shapes[shape]);
        for (int i = 0; i < 3 * count; i++) {
            enum result result = (enum result)(i % 3);
            int64_t size = count_of(&images, result);
            float *one = random_floats(size), *many = random_floats(size);
            compute(&kinds[i / 3], &images, result, 1, (struct pt_conv_finish){0}, one);
            for (int threads = 2; threads <= 5; threads += 3) {
                compute(&kinds[i / 3], &images, result, threads, (struct pt_conv_finish){0}, many);
                assert_memory_equal(one, many, (size_t)size * sizeof *one);
            }
            free(one);
            free(many);
        }
        free_images(&images);
    }
}

// A last batch that is not full runs in the scratch memory of a full one.
static void smaller_batches_need_no_more_scratch(void **unused)
{
    struct kind kinds[8];
    int count = all_kinds(kinds);
    (void)unused;
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        struct images images = make_images(&shapes[shape]);
        for (int i = 0; i < 3 * count; i++) {
            size_t before = 0;
            for (images.conv.batch = 1; images.conv.batch < 40; images.conv.batch++) {
                size_t bytes = pt_conv_scratch_bytes(&images.conv, kinds[i / 3].isa,
                                                     kinds[i / 3].precision, 1 + i % 3 * 2);
                assert_true(bytes >= before);
                before = bytes;
            }
        }
        free_images(&images);
    }
}

// One pixel that is not a number: all that read it are none either, the others do not notice.
static void not_a_number_reaches_its_readers_alone(void **unused)
{
    struct kind kinds[8];
    int count = all_kinds(kinds);
    struct pt_conv shape = {.batch = 2,
                            .x_size = {6, 7},
                            .x_channels = 3,
                            .y_channels = 4,
                            .kernel = {3, 3},
                            .stride = {1, 1},
                            .padding = {1, 1},
                            .dilation = {1, 1},
                            .groups = 1};
    (void)unused;
    for (int i = 0; i < 2 * count; i++) {
        struct images images = make_images(&shape);
        float *y = random_floats(images.y_count);
        float bad = i % 2 ? NAN : INFINITY;
        images.x[((1 * 6 + 2) * 7 + 0) * 3 + 1] = bad; // image 1, row 2, column 0
        compute(&kinds[i / 2], &images, Y, 2, (struct pt_conv_finish){.relu = true}, y);
        for (int64_t k = 0; k < images.y_count; k++) {
            int64_t column = k / 4 % 7, row = k / 28 % 6, image = k / 168;
            bool reads = image == 1 && row >= 1 && row <= 3 && column <= 1;
            if (isnan(bad))
                assert_int_equal(isnan(y[k]) != 0, reads);
            else
                assert_true(reads || isfinite(y[k]));
        }
        free(y);
        free_images(&images);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_right),
        cmocka_unit_test(adjoint_is_right),
        cmocka_unit_test(weight_gradients_are_right),
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(smaller_batches_need_no_more_scratch),
        cmocka_unit_test(not_a_number_reaches_its_readers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
