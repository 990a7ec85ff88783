// Multi-head attention, without a matrix of all scores. See attention_parts.h.

#include "engine/attention_parts.h"

static size_t bytes_of(const struct pt_graph *graph, const struct pt_op *op, int threads,
                       enum pt_precision precision, bool backward)
{
    struct pt_attention_job job = pt_attention_job_of(graph, op, precision, backward);
    size_t each = backward ? pt_attention_backward_bytes(&job) : pt_attention_forward_bytes(&job);
    return pt_attention_shared_bytes(&job) + (size_t)threads * each;
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    (void)matmul; // the tiles of the own kernels
    size_t forward = bytes_of(graph, op, threads, precision, false);
    size_t backward = bytes_of(graph, op, threads, precision, true);
    return forward > backward ? forward : backward;
}

const struct pt_operator_kernel pt_kernel_attention = {
    .name = "attention",
    .forward = pt_attention_forward,
    .backward = pt_attention_backward,
    .scratch_bytes = scratch_bytes,
};
