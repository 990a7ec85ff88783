// Convolution, in two and in one dimension, and its adjoint.
//
// Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.

#include "model/conv.h"

#include <inttypes.h>
#include <math.h>

enum { SAME = -1, SIZE_MAX_EACH = 1 << 20 };

// conv1d has the same attributes, but one of each pair.
enum { OUT_CHANNELS, KERNEL, STRIDE = 3, PADDING = 5, DILATION = 7, GROUPS = 9, BIAS, EXTRA };
enum {
    OUT_CHANNELS_1D,
    KERNEL_1D,
    STRIDE_1D,
    PADDING_1D,
    DILATION_1D,
    GROUPS_1D,
    BIAS_1D,
};

static const char *const padding_words[] = {"same", NULL}; // for SAME

// clang-format off
#define CHANNELS {.name = "out_channels", .kind = PT_ATTRIBUTE_INTEGER, .required = true, .least = 1, .most = 1e9}
#define OPTION(NAME, KIND, FALLBACK, LEAST)                                                        \
    {.name = NAME, .kind = KIND, .required = (FALLBACK) < -1, .fallback = FALLBACK, .least = LEAST, .most = SIZE_MAX_EACH, \
     .choices = (LEAST) == SAME ? padding_words : NULL}
#define PAIR(NAME, FALLBACK, LEAST)                                                                \
    OPTION(NAME, PT_ATTRIBUTE_PAIR, FALLBACK, LEAST), OPTION(NAME, PT_ATTRIBUTE_SECOND, FALLBACK, LEAST)
#define GROUPS_AND_BIAS                                                                            \
    {.name = "groups", .kind = PT_ATTRIBUTE_INTEGER, .fallback = 1, .least = 1, .most = 1e9},      \
    {.name = "bias", .kind = PT_ATTRIBUTE_BOOL, .fallback = 1, .least = 0, .most = 1}
// clang-format on
enum { NEEDED = -2 }; // no fallback

static const struct pt_attribute_spec attributes_2d[] = {
    CHANNELS,
    PAIR("kernel", NEEDED, 1),
    PAIR("stride", 1, 1),
    PAIR("padding", 0, SAME),
    PAIR("dilation", 1, 1),
    GROUPS_AND_BIAS,
    {.name = NULL},
};

static const struct pt_attribute_spec attributes_transpose[] = {
    CHANNELS,
    PAIR("kernel", NEEDED, 1),
    PAIR("stride", 1, 1),
    PAIR("padding", 0, 0),
    PAIR("dilation", 1, 1),
    GROUPS_AND_BIAS,
    PAIR("output_padding", 0, 0),
    {.name = NULL},
};

static const struct pt_attribute_spec attributes_1d[] = {
    CHANNELS,
    OPTION("kernel", PT_ATTRIBUTE_INTEGER, NEEDED, 1),
    OPTION("stride", PT_ATTRIBUTE_INTEGER, 1, 1),
    OPTION("padding", PT_ATTRIBUTE_INTEGER, 0, SAME),
    OPTION("dilation", PT_ATTRIBUTE_INTEGER, 1, 1),
    GROUPS_AND_BIAS,
    {.name = NULL},
};

extern const struct pt_operator pt_operator_conv2d, pt_operator_conv1d,
    pt_operator_conv_transpose2d;

// What the attributes say, whatever the number of dimensions.
struct options {
    int64_t out_channels, kernel[2], stride[2], padding[2], dilation[2], groups, extra[2];
    bool bias;
};

static struct options options_2d(const union pt_attribute *given, bool transposed)
{
    struct options options = {
        .out_channels = given[OUT_CHANNELS].integer,
        .groups = given[GROUPS].integer,
        .bias = given[BIAS].integer,
    };
    for (int i = 0; i < 2; i++) {
        options.kernel[i] = given[KERNEL + i].integer;
        options.stride[i] = given[STRIDE + i].integer;
        options.padding[i] = given[PADDING + i].integer;
        options.dilation[i] = given[DILATION + i].integer;
        options.extra[i] = transposed ? given[EXTRA + i].integer : 0;
    }
    return options;
}

static struct options options_1d(const union pt_attribute *given)
{
    return (struct options){
        .out_channels = given[OUT_CHANNELS_1D].integer,
        .kernel = {1, given[KERNEL_1D].integer},
        .stride = {1, given[STRIDE_1D].integer},
        .padding = {0, given[PADDING_1D].integer},
        .dilation = {1, given[DILATION_1D].integer},
        .groups = given[GROUPS_1D].integer,
        .bias = given[BIAS_1D].integer,
    };
}

static struct options options_of(const struct pt_op *op)
{
    return op->kind == &pt_operator_conv1d
               ? options_1d(op->attributes)
               : options_2d(op->attributes, op->kind == &pt_operator_conv_transpose2d);
}

// "same" splits what the kernel takes away, the odd one behind, as PyTorch does.
static int64_t padding_before(const struct options *options, int i)
{
    int64_t taken = options->dilation[i] * (options->kernel[i] - 1);
    return options->padding[i] == SAME ? taken / 2 : options->padding[i];
}

static int64_t padding_total(const struct options *options, int i)
{
    int64_t taken = options->dilation[i] * (options->kernel[i] - 1);
    return options->padding[i] == SAME ? taken : 2 * options->padding[i];
}

// Height and width of an image tensor; a sequence is one row, an image without channels has one.
struct image {
    int64_t size[2], channels;
};

static struct image image_of(const struct pt_op *op, const struct pt_shape *shape)
{
    if (op->kind == &pt_operator_conv1d)
        return (struct image){{1, shape->dim[1]}, shape->dim[2]};
    return (struct image){{shape->dim[1], shape->dim[2]}, shape->rank == 4 ? shape->dim[3] : 1};
}

struct pt_conv pt_conv_of(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *in = &pt_graph_tensor(graph, op->inputs[0])->shape;
    struct image from = image_of(op, in);
    struct image to = image_of(op, &pt_graph_tensor(graph, op->outputs[0])->shape);
    struct options options = options_of(op);
    struct pt_conv conv = {.transposed = op->kind == &pt_operator_conv_transpose2d,
                           .batch = in->dim[0],
                           .groups = options.groups};
    struct image x = conv.transposed ? to : from, y = conv.transposed ? from : to;
    conv.x_channels = x.channels;
    conv.y_channels = y.channels;
    for (int i = 0; i < 2; i++) {
        conv.x_size[i] = x.size[i];
        conv.y_size[i] = y.size[i];
        conv.kernel[i] = options.kernel[i];
        conv.stride[i] = options.stride[i];
        conv.dilation[i] = options.dilation[i];
        conv.padding[i] = padding_before(&options, i);
    }
    return conv;
}

// ------------------------------------------------------------------------------------ inference
static enum pt_status check_input(const struct pt_op *op, const struct pt_shape *in,
                                  struct pt_error *error)
{
    char text[160];
    if (op->kind == &pt_operator_conv1d)
        return in->rank == 3 ? PT_OK
                             : pt_fail(error, PT_BAD_INPUT,
                                       "%s: conv1d takes [batch, length, channels], its input is "
                                       "%s",
                                       op->name, pt_shape_text(in, text));
    return in->rank == 4 || in->rank == 3
               ? PT_OK
               : pt_fail(error, PT_BAD_INPUT,
                         "%s: %s takes [batch, height, width, channels], its input is %s", op->name,
                         op->kind->name, pt_shape_text(in, text));
}

static enum pt_status check_options(const struct pt_op *op, const struct options *options,
                                    int64_t in_channels, struct pt_error *error)
{
    if (in_channels % options->groups != 0 || options->out_channels % options->groups != 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %" PRId64 " groups do not divide %" PRId64 " and %" PRId64 " channels",
                       op->name, options->groups, in_channels, options->out_channels);
    for (int i = 0; i < 2; i++) {
        if (options->padding[i] == SAME && options->stride[i] != 1)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: padding same needs stride 1, not %" PRId64 "; give a number",
                           op->name, options->stride[i]);
        if (options->extra[i] >= options->stride[i] && options->extra[i] >= options->dilation[i])
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: output_padding %" PRId64 " must be below stride %" PRId64
                           " or dilation %" PRId64,
                           op->name, options->extra[i], options->stride[i], options->dilation[i]);
    }
    return PT_OK;
}

// floor((in + padding - dilation (kernel - 1) - 1) / stride) + 1
static int64_t size_behind(const struct options *options, int i, int64_t in)
{
    int64_t room = in + padding_total(options, i) - options->dilation[i] * (options->kernel[i] - 1);
    return room < 1 ? 0 : (room - 1) / options->stride[i] + 1;
}

// (in - 1) stride - padding + dilation (kernel - 1) + output_padding + 1; -1: not an int64_t
static int64_t size_before(const struct options *options, int i, int64_t in)
{
    int64_t size;
    if (!pt_size_product(in - 1, options->stride[i], &size) ||
        !pt_size_sum(size, options->dilation[i] * (options->kernel[i] - 1), &size) ||
        !pt_size_sum(size, options->extra[i] + 1, &size))
        return -1;
    return size - padding_total(options, i);
}

static enum pt_status infer_sizes(const struct pt_op *op, const struct options *options,
                                  const struct image *in, int64_t size[2], struct pt_error *error)
{
    bool transposed = op->kind == &pt_operator_conv_transpose2d;
    for (int i = 0; i < 2; i++) {
        if (!transposed && in->size[i] > INT64_MAX / 4)
            return pt_fail(error, PT_OVERFLOW, "%s: its input is too large", op->name);
        size[i] = transposed ? size_before(options, i, in->size[i])
                             : size_behind(options, i, in->size[i]);
        if (size[i] < 1)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: a %s of %" PRId64 " leaves nothing behind a kernel of %" PRId64
                           " with stride %" PRId64 ", dilation %" PRId64 " and padding %" PRId64,
                           op->name, i == 0 ? "height" : "width", in->size[i], options->kernel[i],
                           options->stride[i], options->dilation[i], padding_before(options, i));
    }
    return PT_OK;
}

// As PyTorch starts them: uniform within 1 / sqrt(fan-in), which for the transposed one is that of
// its adjoint. In files the kernel comes last.
static enum pt_status add_parameters(struct pt_graph *graph, struct pt_op *op,
                                     const struct options *options, int64_t in_channels,
                                     struct pt_error *error)
{
    static const int8_t axes_2d[] = {0, 3, 1, 2}, axes_1d[] = {0, 2, 1};
    bool transposed = op->kind == &pt_operator_conv_transpose2d;
    bool flat = op->kind == &pt_operator_conv1d;
    int64_t rows = transposed ? in_channels : options->out_channels;
    int64_t depth = (transposed ? options->out_channels : in_channels) / options->groups;
    struct pt_shape shape = {4, {rows, options->kernel[0], options->kernel[1], depth}};
    if (flat)
        shape = (struct pt_shape){3, {rows, options->kernel[1], depth}};
    double bound =
        1 / sqrt((double)options->kernel[0] * (double)options->kernel[1] * (double)depth);
    enum pt_status status =
        pt_operator_parameter(graph, op, "weight", shape, PT_INIT_UNIFORM, bound, error);
    if (status == PT_OK)
        pt_operator_file_axes(graph, op, 0, flat ? axes_1d : axes_2d);
    if (status == PT_OK && options->bias)
        status =
            pt_operator_parameter(graph, op, "bias", (struct pt_shape){1, {options->out_channels}},
                                  PT_INIT_UNIFORM, bound, error);
    return status;
}

static enum pt_status infer(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error)
{
    struct pt_shape in = pt_graph_tensor(graph, op->inputs[0])->shape;
    struct options options = options_of(op);
    int64_t size[2];
    enum pt_status status = check_input(op, &in, error);
    if (status != PT_OK)
        return status;
    struct image image = image_of(op, &in);
    status = check_options(op, &options, image.channels, error);
    if (status == PT_OK)
        status = infer_sizes(op, &options, &image, size, error);
    if (status == PT_OK)
        status = add_parameters(graph, op, &options, image.channels, error);
    if (status != PT_OK)
        return status;
    ret_outputs[0] =
        op->kind == &pt_operator_conv1d
            ? (struct pt_shape){3, {in.dim[0], size[1], options.out_channels}}
            : (struct pt_shape){4, {in.dim[0], size[0], size[1], options.out_channels}};
    return PT_OK;
}

const struct pt_operator pt_operator_conv2d = {
    .name = "conv2d",
    .summary = "convolution of [batch, height, width, channels]",
    .input_count = 1,
    .attributes = attributes_2d,
    .may_fuse_relu = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer,
};

const struct pt_operator pt_operator_conv1d = {
    .name = "conv1d",
    .summary = "convolution of [batch, length, channels]",
    .input_count = 1,
    .attributes = attributes_1d,
    .may_fuse_relu = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer,
};

const struct pt_operator pt_operator_conv_transpose2d = {
    .name = "conv_transpose2d",
    .summary = "the adjoint of conv2d: enlarges images by the stride",
    .input_count = 1,
    .attributes = attributes_transpose,
    .may_fuse_relu = true,
    .backward_reads = PT_READS_INPUTS,
    .infer = infer,
};
