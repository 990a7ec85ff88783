// Operators that move elements, and compute nothing: concat, slice, select, reshape; and
// prepend_token, which brings a learned row.

#include "model/rearrange.h"

#include <inttypes.h>

enum { AXIS, SLICE_BEGIN, SLICE_COUNT };           // concat and slice
enum { INDEX, INDEX_LAST = -1, INDEX_FIRST = -2 }; // select
enum { RESHAPE_RANK, RESHAPE_DIMS, RESHAPE_RANK_MAX = PT_RANK_MAX - 1 };
enum { TOKEN_DEVIATION }; // prepend_token
enum { TIME = 1, MOST = 1 << 30 };

extern const struct pt_operator pt_operator_select, pt_operator_prepend_token, pt_operator_slice;

// clang-format off
#define INTEGER(NAME, FALLBACK, LEAST, MOST_)                                                      \
    {.name = NAME, .kind = PT_ATTRIBUTE_INTEGER, .fallback = FALLBACK, .least = LEAST, .most = MOST_}
#define DEVIATION                                                                                  \
    {.name = "deviation", .kind = PT_ATTRIBUTE_NUMBER, .fallback = 0.02, .least = 0, .most = 1e6}
// clang-format on

static const struct pt_attribute_spec concat_attributes[] = {
    INTEGER("axis", -1, -1, PT_RANK_MAX - 1),
    {.name = NULL},
};

static const struct pt_attribute_spec slice_attributes[] = {
    INTEGER("axis", -1, -1, PT_RANK_MAX - 1),
    INTEGER("begin", 0, 0, MOST),
    {.name = "count", .kind = PT_ATTRIBUTE_INTEGER, .required = true, .least = 1, .most = MOST},
    {.name = NULL},
};

static const char *const index_words[] = {"last", "first", NULL};

static const struct pt_attribute_spec select_attributes[] = {
    {.name = "index",
     .kind = PT_ATTRIBUTE_INTEGER,
     .required = true,
     .least = INDEX_FIRST,
     .most = MOST,
     .choices = index_words},
    {.name = NULL},
};

static const struct pt_attribute_spec reshape_attributes[] = {
    INTEGER("rank", 0, 0, RESHAPE_RANK_MAX), // 0: as many as dimensions are given
    INTEGER("dim1", 0, -1, MOST),            // -1: what is left over
    INTEGER("dim2", 0, -1, MOST),
    INTEGER("dim3", 0, -1, MOST),
    INTEGER("dim4", 0, -1, MOST),
    INTEGER("dim5", 0, -1, MOST),
    {.name = NULL},
};

static const struct pt_attribute_spec token_attributes[] = {DEVIATION, {.name = NULL}};

static const struct pt_shape *shape_of(const struct pt_graph *graph, const struct pt_op *op,
                                       int input)
{
    return &pt_graph_tensor(graph, op->inputs[input])->shape;
}

// The dimension that the operator works on.
static int axis_of(const struct pt_graph *graph, const struct pt_op *op)
{
    if (op->kind == &pt_operator_select || op->kind == &pt_operator_prepend_token)
        return TIME;
    int axis = (int)op->attributes[AXIS].integer;
    return axis < 0 ? shape_of(graph, op, 0)->rank + axis : axis;
}

struct pt_strips pt_strips_of(const struct pt_graph *graph, const struct pt_op *op, int input)
{
    const struct pt_shape *shape = shape_of(graph, op, input);
    int axis = axis_of(graph, op);
    struct pt_strips strips = {1, shape->dim[axis], 1};
    for (int i = 0; i < axis; i++)
        strips.outer *= shape->dim[i];
    for (int i = axis + 1; i < shape->rank; i++)
        strips.inner *= shape->dim[i];
    return strips;
}

int64_t pt_strips_begin(const struct pt_graph *graph, const struct pt_op *op)
{
    int64_t length = shape_of(graph, op, 0)->dim[axis_of(graph, op)];
    if (op->kind == &pt_operator_slice)
        return op->attributes[SLICE_BEGIN].integer;
    int64_t index = op->attributes[INDEX].integer;
    return index == INDEX_LAST ? length - 1 : index == INDEX_FIRST ? 0 : index;
}

// The samples of a batch stay apart: dimension 0 is none to work on.
static enum pt_status check_axis(const struct pt_graph *graph, const struct pt_op *op,
                                 struct pt_error *error)
{
    const struct pt_shape *shape = shape_of(graph, op, 0);
    int axis = axis_of(graph, op);
    if (axis >= 1 && axis < shape->rank)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "%s: axis %d of an input of %d dimensions; 1 to %d are possible, -1 is the last",
                   op->name, (int)op->attributes[AXIS].integer, shape->rank, shape->rank - 1);
}

static enum pt_status check_sequence(const struct pt_graph *graph, const struct pt_op *op,
                                     struct pt_error *error)
{
    const struct pt_tensor_info *in = pt_graph_tensor(graph, op->inputs[0]);
    char text[160];
    if (in->shape.rank >= 3)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT, "%s: %s needs [batch, time, features]; %s has shape %s",
                   op->name, op->kind->name, in->name, pt_shape_text(&in->shape, text));
}

// --------------------------------------------------------------------------------------- concat
static enum pt_status fail_concat(const struct pt_graph *graph, const struct pt_op *op, int input,
                                  struct pt_error *error)
{
    char one[160], other[160];
    return pt_fail(error, PT_BAD_INPUT,
                   "%s: %s has shape %s, %s has %s; they must be of type float32 and differ in "
                   "dimension %d only",
                   op->name, pt_graph_tensor_name(graph, op->inputs[0]),
                   pt_shape_text(shape_of(graph, op, 0), one),
                   pt_graph_tensor_name(graph, op->inputs[input]),
                   pt_shape_text(shape_of(graph, op, input), other), axis_of(graph, op));
}

static enum pt_status infer_concat(struct pt_graph *graph, struct pt_op *op,
                                   struct pt_shape *ret_outputs, struct pt_error *error)
{
    enum pt_status status = check_axis(graph, op, error);
    if (status != PT_OK)
        return status;
    int axis = axis_of(graph, op);
    struct pt_shape sum = *shape_of(graph, op, 0);
    for (int i = 1; i < op->input_count; i++) {
        struct pt_shape shape = *shape_of(graph, op, i);
        int64_t length = axis < shape.rank ? shape.dim[axis] : 0;
        if (axis < shape.rank)
            shape.dim[axis] = sum.dim[axis];
        if (pt_graph_tensor(graph, op->inputs[i])->dtype != PT_FLOAT32 ||
            !pt_shape_equal(&shape, &sum))
            return fail_concat(graph, op, i, error);
        if (!pt_size_sum(sum.dim[axis], length, &sum.dim[axis]))
            return pt_fail(error, PT_OVERFLOW, "%s: the inputs are longer than 2^63", op->name);
    }
    ret_outputs[0] = sum;
    return PT_OK;
}

// -------------------------------------------------------------------------------- slice, select
static enum pt_status infer_slice(struct pt_graph *graph, struct pt_op *op,
                                  struct pt_shape *ret_outputs, struct pt_error *error)
{
    int64_t begin = op->attributes[SLICE_BEGIN].integer;
    int64_t count = op->attributes[SLICE_COUNT].integer;
    enum pt_status status = check_axis(graph, op, error);
    if (status != PT_OK)
        return status;
    struct pt_shape shape = *shape_of(graph, op, 0);
    int axis = axis_of(graph, op);
    if (begin + count > shape.dim[axis])
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: a slice of %" PRId64 " from %" PRId64
                       " ends beyond dimension %d, which "
                       "has %" PRId64,
                       op->name, count, begin, axis, shape.dim[axis]);
    shape.dim[axis] = count;
    ret_outputs[0] = shape;
    return PT_OK;
}

static enum pt_status infer_select(struct pt_graph *graph, struct pt_op *op,
                                   struct pt_shape *ret_outputs, struct pt_error *error)
{
    enum pt_status status = check_sequence(graph, op, error);
    if (status != PT_OK)
        return status;
    struct pt_shape shape = *shape_of(graph, op, 0);
    if (op->attributes[INDEX].integer >= shape.dim[TIME])
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: index %" PRId64 " of %" PRId64 " time steps; the last is %" PRId64,
                       op->name, op->attributes[INDEX].integer, shape.dim[TIME],
                       shape.dim[TIME] - 1);
    for (int i = TIME; i < shape.rank - 1; i++)
        shape.dim[i] = shape.dim[i + 1];
    shape.rank--;
    ret_outputs[0] = shape;
    return PT_OK;
}

// -------------------------------------------------------------------------------------- reshape
// The dimensions of a sample as they are given; a -1 takes what is left over.
static enum pt_status infer_reshape(struct pt_graph *graph, struct pt_op *op,
                                    struct pt_shape *ret_outputs, struct pt_error *error)
{
    const struct pt_shape *in = shape_of(graph, op, 0);
    const union pt_attribute *dims = op->attributes + RESHAPE_DIMS - 1; // from 1 on
    int rank = (int)op->attributes[RESHAPE_RANK].integer, open = 0;
    char text[160];
    if (in->rank < 1)
        return pt_fail(error, PT_BAD_INPUT, "%s: a scalar cannot be reshaped", op->name);
    while (op->attributes[RESHAPE_RANK].integer == 0 && rank < RESHAPE_RANK_MAX &&
           dims[rank + 1].integer != 0)
        rank++;
    struct pt_shape out = {rank + 1, {in->dim[0]}};
    int64_t known = 1, sample = pt_shape_size(in) / in->dim[0];
    bool fits = rank > 0;
    for (int i = 1; i <= rank && fits; i++) {
        out.dim[i] = dims[i].integer;
        if (out.dim[i] == -1 && open == 0)
            open = i;
        else
            fits = out.dim[i] > 0 && pt_size_product(known, out.dim[i], &known);
    }
    if (open > 0 && fits)
        out.dim[open] = sample / known;
    if (!fits || known * (open > 0 ? out.dim[open] : 1) != sample)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %" PRId64 " elements of a sample of shape %s do not fill the %d "
                       "dimensions that are given; one may be -1, for what is left over",
                       op->name, sample, pt_shape_text(in, text), rank);
    ret_outputs[0] = out;
    return PT_OK;
}

// -------------------------------------------------------------------------------- prepend_token
static enum pt_status infer_token(struct pt_graph *graph, struct pt_op *op,
                                  struct pt_shape *ret_outputs, struct pt_error *error)
{
    struct pt_shape shape = *shape_of(graph, op, 0);
    char text[160];
    if (shape.rank != 3)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: prepend_token needs [batch, time, features], its input is %s", op->name,
                       pt_shape_text(&shape, text));
    shape.dim[TIME]++;
    ret_outputs[0] = shape;
    return pt_operator_parameter(graph, op, "weight", (struct pt_shape){2, {1, shape.dim[2]}},
                                 PT_INIT_NORMAL, op->attributes[TOKEN_DEVIATION].number, error);
}

const struct pt_operator pt_operator_concat = {
    .name = "concat",
    .summary = "inputs one behind the other along an axis, the last dimension unless it says so",
    .input_count = 1,
    .input_count_max = PT_OP_TENSORS_MAX,
    .attributes = concat_attributes,
    .infer = infer_concat,
};

const struct pt_operator pt_operator_slice = {
    .name = "slice",
    .summary = "so many elements of an axis from begin on, the last dimension unless it says so",
    .input_count = 1,
    .attributes = slice_attributes,
    .infer = infer_slice,
};

const struct pt_operator pt_operator_select = {
    .name = "select",
    .summary = "one time step of a sequence: first, last or a number",
    .input_count = 1,
    .attributes = select_attributes,
    .infer = infer_select,
};

const struct pt_operator pt_operator_reshape = {
    .name = "reshape",
    .summary = "the elements of a sample under other dimensions",
    .input_count = 1,
    .attributes = reshape_attributes,
    .is_view = true,
    .infer = infer_reshape,
};

const struct pt_operator pt_operator_prepend_token = {
    .name = "prepend_token",
    .summary = "a learned row before the first time step: a class token",
    .input_count = 1,
    .attributes = token_attributes,
    .infer = infer_token,
};
