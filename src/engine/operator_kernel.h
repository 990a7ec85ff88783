// How an operator runs. For the members of this room.
//
// Kernels run inside pt_network_forward/backward, called by one thread; they open OpenMP regions of
// their own. They count the operations that they execute at the place where they do them. Their
// results do not depend on the number of threads; those of the matrix products may.
#ifndef PT_ENGINE_OPERATOR_KERNEL_H
#define PT_ENGINE_OPERATOR_KERNEL_H

#include "demand/memory.h"
#include "engine/gemm.h"

// What a kernel sees of one operator in one pass. Pointers may be equal where the memory plan says
// that an operator runs in place.
struct pt_kernel_call {
    const struct pt_graph *graph;
    const struct pt_op *op;
    int op_index;
    float *inputs[PT_OP_TENSORS_MAX]; // int32 inputs are cast
    float *parameters[PT_OP_TENSORS_MAX];
    float *outputs[PT_OP_TENSORS_MAX];
    // Backward (and the forward pass in training of an operator with gradients_in_forward):
    // output_gradients are read; input_gradients and parameter_gradients are written, or
    // added to where accumulate says so; NULL where no gradient is wanted.
    float *output_gradients[PT_OP_TENSORS_MAX];
    float *input_gradients[PT_OP_TENSORS_MAX];
    float *parameter_gradients[PT_OP_TENSORS_MAX];
    bool accumulate_input[PT_OP_TENSORS_MAX];
    bool accumulate_parameter[PT_OP_TENSORS_MAX];
    void *stash;
    void *scratch; // shared by all operators, as large as the largest need
    int threads;
    bool training;
    bool again; // forward: values that were dropped are computed again; states stay as they are
    bool fused_relu; // forward of linear: the relu that follows is done here as well
    enum pt_precision precision;
    const struct pt_gemm_backend *matmul;
    uint64_t seed, step;   // for dropout: random bits are a function of (seed, step, op, element)
    double loss;           // a loss leaves its value here too, before it is rounded to a float
    int64_t executed_flop; // add what was done
    // A kernel that meets bad input, such as a class number beyond the last class, leaves
    // what it says here; the pass ends.
    enum pt_status status;
    struct pt_error error;
};

struct pt_operator_kernel {
    const char *name; // of the operator
    void (*forward)(struct pt_kernel_call *call);
    void (*backward)(struct pt_kernel_call *call);
    // NULL: none. Bytes, never more for fewer rows.
    size_t (*scratch_bytes)(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul);
};

extern const struct pt_operator_kernel *const pt_operator_kernels[]; // NULL-terminated
const struct pt_operator_kernel *pt_operator_kernel_find(const char *name);

// The first input as a matrix: all dimensions but the last are rows.
struct pt_matrix_size {
    int64_t rows, columns, elements;
};
struct pt_matrix_size pt_op_matrix(const struct pt_graph *graph, const struct pt_op *op);

#endif
