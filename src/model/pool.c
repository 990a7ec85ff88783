// Pooling: the largest value or the mean of windows, or the mean of everything. Channels last.
// Sizes and divisors are those of PyTorch.

#include "model/pool.h"

#include <inttypes.h>

enum { KERNEL, STRIDE = 2, PADDING = 4, CEIL = 6, COUNT_PADDING };
enum { KERNEL_1D, STRIDE_1D, PADDING_1D, CEIL_1D, COUNT_PADDING_1D };

// Windows of up to 2^24 elements: an index into one is an int32.
enum { SIZE_MOST = 4096 };

extern const struct pt_operator pt_operator_max_pool2d, pt_operator_avg_pool2d,
    pt_operator_max_pool1d, pt_operator_avg_pool1d;

// clang-format off
#define OPTION(NAME, KIND, REQUIRED, LEAST)                                                        \
    {.name = NAME, .kind = KIND, .required = REQUIRED, .least = LEAST, .most = SIZE_MOST}
#define PAIR(NAME, REQUIRED, LEAST)                                                                \
    OPTION(NAME, PT_ATTRIBUTE_PAIR, REQUIRED, LEAST), OPTION(NAME, PT_ATTRIBUTE_SECOND, REQUIRED, LEAST)
#define FLAG(NAME, FALLBACK)                                                                       \
    {.name = NAME, .kind = PT_ATTRIBUTE_BOOL, .fallback = FALLBACK, .least = 0, .most = 1}
// A stride of 0 is the kernel.
#define ATTRIBUTES_2D                                                                              \
    PAIR("kernel", true, 1), PAIR("stride", false, 0), PAIR("padding", false, 0), FLAG("ceil_mode", 0)
#define ATTRIBUTES_1D                                                                              \
    OPTION("kernel", PT_ATTRIBUTE_INTEGER, true, 1), OPTION("stride", PT_ATTRIBUTE_INTEGER, false, 0), \
    OPTION("padding", PT_ATTRIBUTE_INTEGER, false, 0), FLAG("ceil_mode", 0)
// clang-format on

static const struct pt_attribute_spec max_attributes_2d[] = {ATTRIBUTES_2D, {.name = NULL}};
static const struct pt_attribute_spec max_attributes_1d[] = {ATTRIBUTES_1D, {.name = NULL}};
static const struct pt_attribute_spec avg_attributes_2d[] = {
    ATTRIBUTES_2D,
    FLAG("count_include_pad", 1),
    {.name = NULL},
};
static const struct pt_attribute_spec avg_attributes_1d[] = {
    ATTRIBUTES_1D,
    FLAG("count_include_pad", 1),
    {.name = NULL},
};

static const struct pt_shape *input_shape(const struct pt_graph *graph, const struct pt_op *op)
{
    return &pt_graph_tensor(graph, op->inputs[0])->shape;
}

static bool is_1d(const struct pt_op *op)
{
    return op->kind == &pt_operator_max_pool1d || op->kind == &pt_operator_avg_pool1d;
}

// The windows of x_size + 2 padding; with ceil_mode a last one may reach beyond that, if it begins
// before the padding behind x.
static int64_t output_size(const struct pt_pool *pool, int i, bool ceils)
{
    int64_t room = pool->x_size[i] + 2 * pool->padding[i] - pool->kernel[i];
    if (room < 0)
        return 0;
    int64_t size = room / pool->stride[i] + 1;
    if (ceils && room % pool->stride[i] != 0 &&
        size * pool->stride[i] < pool->x_size[i] + pool->padding[i])
        size++;
    return size;
}

static void read_2d(const struct pt_op *op, const struct pt_shape *in, struct pt_pool *pool)
{
    const union pt_attribute *given = op->attributes;
    pool->channels = in->rank == 4 ? in->dim[3] : 1; // an image without channels has one
    for (int i = 0; i < 2; i++) {
        pool->x_size[i] = in->dim[1 + i];
        pool->kernel[i] = given[KERNEL + i].integer;
        pool->stride[i] = given[STRIDE + i].integer;
        pool->padding[i] = given[PADDING + i].integer;
    }
    pool->count_padding = !pool->is_max && given[COUNT_PADDING].integer;
}

static void read_1d(const struct pt_op *op, const struct pt_shape *in, struct pt_pool *pool)
{
    const union pt_attribute *given = op->attributes;
    pool->channels = in->dim[2];
    pool->x_size[0] = pool->kernel[0] = pool->stride[0] = 1;
    pool->x_size[1] = in->dim[1];
    pool->kernel[1] = given[KERNEL_1D].integer;
    pool->stride[1] = given[STRIDE_1D].integer;
    pool->padding[1] = given[PADDING_1D].integer;
    pool->count_padding = !pool->is_max && given[COUNT_PADDING_1D].integer;
}

struct pt_pool pt_pool_of(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *in = input_shape(graph, op);
    struct pt_pool pool = {.is_max = op->kind == &pt_operator_max_pool2d ||
                                     op->kind == &pt_operator_max_pool1d,
                           .batch = in->dim[0]};
    (is_1d(op) ? read_1d : read_2d)(op, in, &pool);
    for (int i = 0; i < 2; i++) {
        pool.stride[i] = pool.stride[i] == 0 ? pool.kernel[i] : pool.stride[i];
        pool.y_size[i] = output_size(&pool, i, op->attributes[is_1d(op) ? CEIL_1D : CEIL].integer);
    }
    return pool;
}

struct pt_window pt_pool_window(const struct pt_pool *pool, int i, int64_t at)
{
    int64_t begin = at * pool->stride[i] - pool->padding[i], end = begin + pool->kernel[i];
    int64_t last = pool->x_size[i] + pool->padding[i];
    struct pt_window window = {.padded = (end < last ? end : last) - begin};
    window.begin = begin < 0 ? 0 : begin;
    window.end = end < pool->x_size[i] ? end : pool->x_size[i];
    return window;
}

static int64_t covered_by(const struct pt_pool *pool, int i, int64_t first, int64_t end)
{
    int64_t covered = 0;
    for (int64_t at = first; at < end; at++) {
        struct pt_window window = pt_pool_window(pool, i, at);
        covered += window.end - window.begin;
    }
    return covered;
}

// Those in the middle have all their elements in x; only few at both ends must be looked at.
int64_t pt_pool_covered(const struct pt_pool *pool, int i)
{
    int64_t windows = pool->y_size[i], stride = pool->stride[i], inside;
    int64_t first = (pool->padding[i] + stride - 1) / stride;                  // that begins in x
    int64_t last_begin = pool->x_size[i] + pool->padding[i] - pool->kernel[i]; // that ends in x
    int64_t end = last_begin < 0 ? 0 : last_begin / stride + 1;
    first = first < windows ? first : windows;
    end = end < first ? first : end < windows ? end : windows;
    if (!pt_size_product(end - first, pool->kernel[i], &inside))
        return -1;
    return covered_by(pool, i, 0, first) + inside + covered_by(pool, i, end, windows);
}

bool pt_pool_overlaps(const struct pt_pool *pool)
{
    return pool->stride[0] < pool->kernel[0] || pool->stride[1] < pool->kernel[1];
}

int pt_pool_index_bytes(const struct pt_pool *pool)
{
    int64_t taps = pool->kernel[0] * pool->kernel[1];
    return taps <= INT8_MAX ? 1 : taps <= INT16_MAX ? 2 : 4;
}

// ------------------------------------------------------------------------------------- inference
static enum pt_status check_input(const struct pt_op *op, const struct pt_shape *in,
                                  struct pt_error *error)
{
    char text[160];
    if (in->rank == 3 || (in->rank == 4 && !is_1d(op)))
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT, "%s: %s takes [batch, %s, channels], its input is %s",
                   op->name, op->kind->name, is_1d(op) ? "time" : "height, width",
                   pt_shape_text(in, text));
}

static enum pt_status check_windows(const struct pt_op *op, const struct pt_pool *pool,
                                    struct pt_error *error)
{
    for (int i = 0; i < 2; i++) {
        if (2 * pool->padding[i] > pool->kernel[i])
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: padding %" PRId64 " is more than half of the kernel, %" PRId64,
                           op->name, pool->padding[i], pool->kernel[i]);
        if (pool->y_size[i] < 1)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: a window of %" PRId64 " does not fit into %" PRId64
                           " with padding %" PRId64 "; make the kernel smaller",
                           op->name, pool->kernel[i], pool->x_size[i], pool->padding[i]);
    }
    return PT_OK;
}

static enum pt_status infer(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error)
{
    struct pt_shape shape = *input_shape(graph, op);
    enum pt_status status = check_input(op, &shape, error);
    if (status != PT_OK)
        return status;
    struct pt_pool pool = pt_pool_of(graph, op);
    status = check_windows(op, &pool, error);
    if (status != PT_OK)
        return status;
    if (is_1d(op)) {
        shape.dim[1] = pool.y_size[1];
    } else {
        shape.dim[1] = pool.y_size[0];
        shape.dim[2] = pool.y_size[1];
    }
    ret_outputs[0] = shape;
    return PT_OK;
}

// Which element of its window each output is.
static int64_t index_bytes(const struct pt_graph *graph, const struct pt_op *op)
{
    struct pt_pool pool = pt_pool_of(graph, op);
    return pool.batch * pool.y_size[0] * pool.y_size[1] * pool.channels *
           pt_pool_index_bytes(&pool);
}

struct pt_global_pool pt_global_pool_of(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *in = input_shape(graph, op);
    struct pt_global_pool pool = {.batch = in->dim[0], .channels = in->dim[in->rank - 1]};
    pool.positions = pt_shape_size(in) / pool.batch / pool.channels;
    return pool;
}

static enum pt_status infer_global(struct pt_graph *graph, struct pt_op *op,
                                   struct pt_shape *ret_outputs, struct pt_error *error)
{
    const struct pt_shape *in = input_shape(graph, op);
    char text[160];
    if (in->rank < 3)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: global_avg_pool takes [batch, ..., channels], its input is %s",
                       op->name, pt_shape_text(in, text));
    ret_outputs[0] = (struct pt_shape){2, {in->dim[0], in->dim[in->rank - 1]}};
    return PT_OK;
}

#define MAX_POOL(NAME, ATTRIBUTES)                                                                 \
    const struct pt_operator pt_operator_##NAME = {                                                \
        .name = #NAME,                                                                             \
        .summary = "the largest value of each window",                                             \
        .input_count = 1,                                                                          \
        .attributes = ATTRIBUTES,                                                                  \
        .backward_reads = PT_READS_STASH,                                                          \
        .stash_bytes = index_bytes,                                                                \
        .infer = infer,                                                                            \
    }
#define AVG_POOL(NAME, ATTRIBUTES)                                                                 \
    const struct pt_operator pt_operator_##NAME = {                                                \
        .name = #NAME,                                                                             \
        .summary = "the mean of each window",                                                      \
        .input_count = 1,                                                                          \
        .attributes = ATTRIBUTES,                                                                  \
        .infer = infer,                                                                            \
    }

MAX_POOL(max_pool2d, max_attributes_2d);
AVG_POOL(avg_pool2d, avg_attributes_2d);
MAX_POOL(max_pool1d, max_attributes_1d);
AVG_POOL(avg_pool1d, avg_attributes_1d);

const struct pt_operator pt_operator_global_avg_pool = {
    .name = "global_avg_pool",
    .summary = "the mean over all dimensions but the first and the last",
    .input_count = 1,
    .infer = infer_global,
};
