// A linear layer and its cross-entropy, a chunk of rows at a time: logits, loss, and in training at
// once their gradients, in the same memory, and from those the gradients of x and of the weights.
// So the logits of a large vocabulary never exist as a whole, and nothing is computed twice.
//
// The gradient of the loss itself is taken to be 1, for it must be the loss of the network. The
// backward pass hands the gradient of x on, which waits in the stash.
// Operations are counted as demand/linear_cross_entropy.c lists them; rows that are ignored too.

#include "model/linear_cross_entropy.h"

#include <string.h>

#include "engine/bias_gradient.h"
#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { X, TARGET, WEIGHT = 0, BIAS = 1, COLUMN_STEP = 64 };

// A chunk has 256 rows, so that packing the weights pays, or fewer if the vocabulary is so large
// that they would take more than 64 MB.
enum { CHUNK_ROWS = 256, CHUNK_ROWS_LEAST = 32, CHUNK_LOGITS = 16 << 20 };

struct head {
    int64_t rows, in, out, chunk;
    float smoothing, z_loss;
    int32_t ignore;
    bool bias;
};

static struct head head_of(const struct pt_graph *graph, const struct pt_op *op)
{
    struct pt_matrix_size x = pt_op_matrix(graph, op);
    struct head head = {
        .rows = x.rows,
        .in = x.columns,
        .out = op->attributes[PT_HEAD_OUT_FEATURES].integer,
        .smoothing = (float)op->attributes[PT_HEAD_LABEL_SMOOTHING].number,
        .z_loss = (float)op->attributes[PT_HEAD_Z_LOSS].number,
        .ignore = (int32_t)op->attributes[PT_HEAD_IGNORE_INDEX].integer,
        .bias = op->attributes[PT_HEAD_BIAS].integer != 0,
    };
    int64_t fits = CHUNK_LOGITS / head.out;
    head.chunk = fits > CHUNK_ROWS ? CHUNK_ROWS : fits < CHUNK_ROWS_LEAST ? CHUNK_ROWS_LEAST : fits;
    if (head.chunk > head.rows)
        head.chunk = head.rows;
    return head;
}

// ------------------------------------------------------------------------------- matrix products
static struct pt_gemm logit_product(const struct head *head, int64_t rows,
                                    enum pt_precision precision)
{
    return (struct pt_gemm){.m = rows,
                            .n = head->out,
                            .k = head->in,
                            .transpose_b = true,
                            .lda = head->in,
                            .ldb = head->in,
                            .ldc = head->out,
                            .precision = precision,
                            .epilogue = head->bias ? PT_EPILOGUE_BIAS : PT_EPILOGUE_NONE};
}

static struct pt_gemm x_product(const struct head *head, int64_t rows, enum pt_precision precision)
{
    return (struct pt_gemm){.m = rows,
                            .n = head->in,
                            .k = head->out,
                            .lda = head->out,
                            .ldb = head->in,
                            .ldc = head->in,
                            .precision = precision};
}

static struct pt_gemm weight_product(const struct head *head, int64_t rows,
                                     enum pt_precision precision)
{
    return (struct pt_gemm){.m = head->out,
                            .n = head->in,
                            .k = rows,
                            .transpose_a = true,
                            .lda = head->out,
                            .ldb = head->in,
                            .ldc = head->in,
                            .precision = precision};
}

static int64_t logit_bytes(const struct head *head)
{
    return head->chunk * head->out * (int64_t)sizeof(float);
}

static int64_t row_bytes(const struct head *head)
{
    return pt_size_round_up(head->chunk * (int64_t)sizeof(float), 64);
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    struct head head = head_of(graph, op);
    struct pt_gemm products[] = {logit_product(&head, head.chunk, precision),
                                 x_product(&head, head.chunk, precision),
                                 weight_product(&head, head.chunk, precision)};
    size_t bytes = pt_bias_gradient_scratch(head.chunk, head.out);
    for (int i = 0; i < 3; i++) {
        size_t need = matmul->scratch_bytes(&products[i], threads);
        bytes = need > bytes ? need : bytes;
    }
    return bytes + (size_t)(pt_size_round_up(logit_bytes(&head), 64) + row_bytes(&head));
}

// --------------------------------------------------------------------------------------- a chunk
struct chunk {
    struct pt_kernel_call *call;
    struct head head;
    int64_t row, rows; // of x
    const int32_t *targets;
    float *logits, *log_sums;
    void *scratch;
    float scale; // 1 / rows that count
};

static void multiply(const struct chunk *chunk, const struct pt_gemm *gemm, const float *a,
                     const float *b, float *c, const float *bias)
{
    struct pt_kernel_call *call = chunk->call;
    call->matmul->run(gemm, call->threads, a, b, c, bias, chunk->scratch);
    call->executed_flop += 2 * gemm->m * gemm->n * gemm->k;
}

static void log_sum_rows(void *context, struct pt_range rows)
{
    const struct chunk *chunk = context;
    int64_t out = chunk->head.out;
    for (int64_t row = rows.begin; row < rows.end; row++)
        chunk->log_sums[row] = pt_elementwise()->log_sum_exp(chunk->logits + row * out, out);
}

static double sum_of(const float *values, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)values[i];
    return sum;
}

// With smoothing e, (1 - e) -log p[target] + e mean over all classes of -log p.
// Szegedy et al. 2016, arXiv:1512.00567.
static double row_loss(const struct chunk *chunk, int64_t row)
{
    const struct head *head = &chunk->head;
    const float *logits = chunk->logits + row * head->out;
    double log_sum = (double)chunk->log_sums[row], e = (double)head->smoothing;
    double loss = log_sum - (double)logits[chunk->targets[row]];
    if (e > 0)
        loss = (1 - e) * loss + e * (log_sum - sum_of(logits, head->out) / (double)head->out);
    if (head->z_loss > 0)
        loss += (double)head->z_loss * log_sum * log_sum;
    return loss;
}

static double chunk_loss(struct chunk *chunk)
{
    const struct head *head = &chunk->head;
    struct pt_kernel_call *call = chunk->call;
    struct pt_gemm gemm = logit_product(head, chunk->rows, call->precision);
    double sum = 0; // in the order of the rows
    multiply(chunk, &gemm, call->inputs[X] + chunk->row * head->in, call->parameters[WEIGHT],
             chunk->logits, head->bias ? call->parameters[BIAS] : NULL);
    pt_run_ranges(chunk->rows, 1, chunk->rows * head->out, call->threads, log_sum_rows, chunk);
    for (int64_t row = 0; row < chunk->rows; row++)
        if (chunk->targets[row] != head->ignore)
            sum += row_loss(chunk, row);
    call->executed_flop += (4 + head->bias + (head->smoothing > 0)) * chunk->rows * head->out +
                           (4 + 3 * (head->smoothing > 0) + 3 * (head->z_loss > 0)) * chunk->rows;
    return sum;
}

// (softmax (1 + 2 z log_sum) - (1 - e) one at the target - e / classes) / rows
static void gradient_rows(void *context, struct pt_range rows)
{
    const struct chunk *chunk = context;
    const struct head *head = &chunk->head;
    for (int64_t row = rows.begin; row < rows.end; row++) {
        float *logits = chunk->logits + row * head->out;
        float log_sum = chunk->log_sums[row];
        if (chunk->targets[row] == head->ignore) {
            memset(logits, 0, (size_t)head->out * sizeof *logits);
            continue;
        }
        pt_elementwise()->scaled_softmax(logits, logits, head->out, log_sum,
                                         chunk->scale * (1 + 2 * head->z_loss * log_sum), false);
        if (head->smoothing > 0) {
            float each = chunk->scale * head->smoothing / (float)head->out;
            for (int64_t i = 0; i < head->out; i++)
                logits[i] -= each;
        }
        logits[chunk->targets[row]] -= chunk->scale * (1 - head->smoothing);
    }
}

static void chunk_parameter_gradients(const struct chunk *chunk)
{
    const struct head *head = &chunk->head;
    struct pt_kernel_call *call = chunk->call;
    bool later = chunk->row > 0;
    if (call->parameter_gradients[WEIGHT] != NULL) {
        struct pt_gemm gemm = weight_product(head, chunk->rows, call->precision);
        gemm.accumulate = later || call->accumulate_parameter[WEIGHT];
        multiply(chunk, &gemm, chunk->logits, call->inputs[X] + chunk->row * head->in,
                 call->parameter_gradients[WEIGHT], NULL);
        if (!later && gemm.accumulate)
            call->executed_flop += head->out * head->in;
    }
    if (head->bias && call->parameter_gradients[BIAS] != NULL) {
        bool adds = call->accumulate_parameter[BIAS];
        pt_bias_gradient(chunk->logits, chunk->rows, head->out, call->parameter_gradients[BIAS],
                         later || adds, call->threads, chunk->scratch);
        call->executed_flop += chunk->rows * head->out + (!later && adds ? head->out : 0);
    }
}

static void chunk_gradients(struct chunk *chunk)
{
    const struct head *head = &chunk->head;
    struct pt_kernel_call *call = chunk->call;
    pt_run_ranges(chunk->rows, 1, chunk->rows * head->out, call->threads, gradient_rows, chunk);
    call->executed_flop += (3 + (head->smoothing > 0)) * chunk->rows * head->out +
                           (1 + 2 * (head->z_loss > 0)) * chunk->rows;
    if (call->input_gradients[X] != NULL) {
        struct pt_gemm gemm = x_product(head, chunk->rows, call->precision);
        multiply(chunk, &gemm, chunk->logits, call->parameters[WEIGHT],
                 (float *)call->stash + chunk->row * head->in, NULL);
    }
    chunk_parameter_gradients(chunk);
}

// ------------------------------------------------------------------------------------- all chunks
static bool check(struct pt_kernel_call *call, const struct head *head, int64_t *ret_counted)
{
    const int32_t *targets = (const int32_t *)(const void *)call->inputs[TARGET];
    *ret_counted = 0;
    for (int64_t row = 0; row < head->rows; row++) {
        bool counts = targets[row] != head->ignore;
        *ret_counted += counts;
        if (counts && (targets[row] < 0 || targets[row] >= head->out)) {
            call->status = pt_fail(&call->error, PT_BAD_INPUT,
                                   "%s: class %d of row %lld is neither from 0 to %lld nor "
                                   "ignore_index, %d; check the targets or out_features",
                                   call->op->name, targets[row], (long long)row,
                                   (long long)head->out - 1, head->ignore);
            return false;
        }
    }
    if (*ret_counted == 0)
        call->status = pt_fail(&call->error, PT_BAD_INPUT,
                               "%s: all %lld targets are ignore_index, %d; a mean over no row is "
                               "no number, so leave the batch out",
                               call->op->name, (long long)head->rows, head->ignore);
    else if (call->training && call->op->outputs[0] != call->graph->loss)
        call->status = pt_fail(&call->error, PT_UNSUPPORTED,
                               "%s: linear_cross_entropy makes its gradients in the forward pass, "
                               "so it must be the loss of the network; use linear and "
                               "cross_entropy, or make it the last loss",
                               call->op->name);
    return call->status == PT_OK;
}

static bool wants_gradients(const struct pt_kernel_call *call, const struct head *head)
{
    return call->training &&
           (call->input_gradients[X] != NULL || call->parameter_gradients[WEIGHT] != NULL ||
            (head->bias && call->parameter_gradients[BIAS] != NULL));
}

static void forward(struct pt_kernel_call *call)
{
    struct head head = head_of(call->graph, call->op);
    int64_t counted;
    double sum = 0;
    if (!check(call, &head, &counted))
        return;
    bool gradients = wants_gradients(call, &head);
    char *scratch = call->scratch;
    struct chunk chunk = {.call = call, .head = head, .scale = 1 / (float)counted};
    chunk.logits = (float *)(void *)scratch;
    chunk.log_sums = (float *)(void *)(scratch + pt_size_round_up(logit_bytes(&head), 64));
    chunk.scratch = (char *)chunk.log_sums + row_bytes(&head);
    for (int64_t row = 0; row < head.rows; row += head.chunk) {
        chunk.row = row;
        chunk.rows = head.rows - row < head.chunk ? head.rows - row : head.chunk;
        chunk.targets = (const int32_t *)(const void *)call->inputs[TARGET] + row;
        sum += chunk_loss(&chunk);
        if (gradients)
            chunk_gradients(&chunk);
    }
    call->loss = sum / (double)counted;
    call->outputs[0][0] = (float)call->loss;
    call->executed_flop += 1;
}

struct passing {
    float *to;
    const float *from;
    bool add;
};

static void pass_on(void *context, struct pt_range range)
{
    const struct passing *passing = context;
    pt_elementwise()->scale(passing->to + range.begin, passing->from + range.begin,
                            range.end - range.begin, 1, passing->add);
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size x = pt_op_matrix(call->graph, call->op);
    struct passing passing = {call->input_gradients[X], call->stash, call->accumulate_input[X]};
    if (passing.to == NULL)
        return;
    pt_run_ranges(x.elements, COLUMN_STEP, x.elements, call->threads, pass_on, &passing);
    call->executed_flop += passing.add ? x.elements : 0;
}

const struct pt_operator_kernel pt_kernel_linear_cross_entropy = {
    .name = "linear_cross_entropy",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
