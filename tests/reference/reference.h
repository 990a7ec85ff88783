// What PyTorch computed: the form of the numbers in operators.h and lessons.h, which the scripts of
// the same names write. A reader with PyTorch runs them again: python3 tests/reference/operators.py
#ifndef PT_TEST_REFERENCE_H
#define PT_TEST_REFERENCE_H

#include <stdint.h>

enum { REFERENCE_RANK_MAX = 4, REFERENCE_PARAMETERS_MAX = 2, REFERENCE_STEPS = 5 };

struct reference_tensor {
    int rank;
    int64_t dims[REFERENCE_RANK_MAX];
    const float *values, *gradient; // NULL: not asked for
};

// x -> operator -> mse with target; or x -> the loss itself, and then output is empty.
struct reference_operator {
    const char *name;     // of the case
    const char *operator; // as in the layer file
    double epsilon;       // layer_norm
    int64_t out_features; // linear
    struct reference_tensor x;
    int parameter_count;
    struct reference_tensor parameters[REFERENCE_PARAMETERS_MAX]; // weight, bias
    struct reference_tensor output;
    const float *target;         // of the shape of the output, or of x for the loss mse
    const int32_t *class_target; // cross_entropy
    double loss;
};

// A linear layer 7 -> 3 under mse, trained for five steps on five batches of four samples.
struct reference_optimizer {
    const char *name;
    const char *kind;
    double learning_rate, momentum, beta1, beta2, epsilon, weight_decay;
    double losses[REFERENCE_STEPS];
    const float *weight, *bias; // after the last step
};

#endif
