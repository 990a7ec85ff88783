// Rows of a table for tokens. The gradient of the table is a scatter: threads share its columns, so
// that each adds all tokens in their order and the sums do not depend on the threads.

#include <string.h>

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"
#include "model/embedding.h"

enum { COLUMN_STEP = 16 };

struct table {
    const int32_t *tokens;
    int64_t count, rows, width;
    float scale;
};

static struct table table_of(const struct pt_kernel_call *call)
{
    const struct pt_op *op = call->op;
    return (struct table){
        .tokens = (const int32_t *)(const void *)call->inputs[0],
        .count = pt_shape_size(&pt_graph_tensor(call->graph, op->inputs[0])->shape),
        .rows = op->attributes[PT_EMBEDDING_VOCABULARY].integer,
        .width = op->attributes[PT_EMBEDDING_WIDTH].integer,
        .scale = (float)op->attributes[PT_EMBEDDING_SCALE].number,
    };
}

static bool check_tokens(struct pt_kernel_call *call, const struct table *table)
{
    for (int64_t i = 0; i < table->count; i++)
        if (table->tokens[i] < 0 || table->tokens[i] >= table->rows) {
            call->status =
                pt_fail(&call->error, PT_BAD_INPUT,
                        "%s: token %d at place %lld is not from 0 to %lld; check the data or "
                        "raise vocabulary",
                        call->op->name, table->tokens[i], (long long)i, (long long)table->rows - 1);
            return false;
        }
    return true;
}

static void look_up(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    struct table table = table_of(call);
    for (int64_t i = range.begin; i < range.end; i++) {
        float *y = call->outputs[0] + i * table.width;
        const float *row = call->parameters[0] + table.tokens[i] * table.width;
        if (table.scale == 1)
            memcpy(y, row, (size_t)table.width * sizeof *y);
        else
            pt_elementwise()->scale(y, row, table.width, table.scale, false);
    }
}

static void forward(struct pt_kernel_call *call)
{
    struct table table = table_of(call);
    if (!check_tokens(call, &table))
        return;
    pt_run_ranges(table.count, 1, table.count * table.width, call->threads, look_up, call);
    if (table.scale != 1)
        call->executed_flop += table.count * table.width;
}

static void clear_rows(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    int64_t width = table_of(call).width;
    memset(call->parameter_gradients[0] + range.begin * width, 0,
           (size_t)((range.end - range.begin) * width) * sizeof(float));
}

static void scatter(void *context, struct pt_range columns)
{
    const struct pt_kernel_call *call = context;
    struct table table = table_of(call);
    for (int64_t i = 0; i < table.count; i++)
        pt_elementwise()->scale(call->parameter_gradients[0] + table.tokens[i] * table.width +
                                    columns.begin,
                                call->output_gradients[0] + i * table.width + columns.begin,
                                columns.end - columns.begin, table.scale, true);
}

static void backward(struct pt_kernel_call *call)
{
    struct table table = table_of(call);
    int64_t elements = table.count * table.width;
    if (call->parameter_gradients[0] == NULL)
        return;
    if (!call->accumulate_parameter[0])
        pt_run_ranges(table.rows, 1, table.rows * table.width, call->threads, clear_rows, call);
    pt_run_ranges(table.width, COLUMN_STEP, elements, call->threads, scatter, call);
    call->executed_flop += (table.scale == 1 ? 1 : 2) * elements;
}

const struct pt_operator_kernel pt_kernel_embedding = {
    .name = "embedding",
    .forward = forward,
    .backward = backward,
};
