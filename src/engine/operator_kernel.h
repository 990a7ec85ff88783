// How an operator runs. For the members of this room.
//
// Kernels run inside pt_network_forward/backward, called by one thread; they open OpenMP regions of
// their own. They count the operations that they execute at the place where they do them.
#ifndef PT_ENGINE_OPERATOR_KERNEL_H
#define PT_ENGINE_OPERATOR_KERNEL_H

#include "demand/memory.h"
#include "engine/gemm.h"

// What a kernel sees of one operator in one pass. Pointers may be equal where the memory plan says
// that an operator runs in place.
struct pt_kernel_call {
    const struct pt_graph *graph;
    const struct pt_op *op;
    float *inputs[PT_OP_TENSORS_MAX]; // int32 inputs are cast
    float *parameters[PT_OP_TENSORS_MAX];
    float *outputs[PT_OP_TENSORS_MAX];
    // Backward: output_gradients are read; input_gradients and parameter_gradients are written, or
    // added to where accumulate says so; NULL where no gradient is wanted.
    float *output_gradients[PT_OP_TENSORS_MAX];
    float *input_gradients[PT_OP_TENSORS_MAX];
    float *parameter_gradients[PT_OP_TENSORS_MAX];
    bool accumulate_input[PT_OP_TENSORS_MAX];
    bool accumulate_parameters;
    void *stash;
    void *scratch; // shared by all operators, as large as the largest need
    int threads;
    bool training;
    bool fused_relu; // forward of linear: the relu that follows is done here as well
    enum pt_precision precision;
    const struct pt_gemm_backend *matmul;
    uint64_t seed, step;   // for dropout: random bits are a function of (seed, step, op, element)
    int64_t executed_flop; // add what was done
};

struct pt_operator_kernel {
    const char *name; // of the operator
    void (*forward)(struct pt_kernel_call *call);
    void (*backward)(struct pt_kernel_call *call);
    size_t (*scratch_bytes)(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul);
};

extern const struct pt_operator_kernel *const pt_operator_kernels[];
const struct pt_operator_kernel *pt_operator_kernel_find(const char *name);

#endif
