// What the model knows of a kind of operator: its attributes, its shapes, its parameters. For the
// members of this room; what the operator costs stands in demand/, how it runs in engine/.
//
// Adding one: a file here with its struct pt_operator, a line in registry.c; then a file and a line
// in demand/ and in engine/. tests/*/test_every_operator.c hold it to the laws from then on.
#ifndef PT_MODEL_OPERATOR_H
#define PT_MODEL_OPERATOR_H

#include "model/graph.h"

struct pt_attribute_spec {
    const char *name; // as in the layer file
    enum {
        PT_ATTRIBUTE_INTEGER,
        PT_ATTRIBUTE_NUMBER,
        PT_ATTRIBUTE_BOOL,
        PT_ATTRIBUTE_CHOICE, // an integer: the place in choices
        PT_ATTRIBUTE_PAIR,   // an integer, and the next attribute another: 3 means [3, 3]
        PT_ATTRIBUTE_SECOND, // the second of a pair, under the same name
    } kind;
    bool required;
    double fallback; // of a choice, too
    double least, most;
    // NULL-terminated; of an integer or a pair: words for -1, -2 and so on, "padding: same"
    const char *const *choices;
};

// What the backward pass reads beside the gradient of the output; the memory plan keeps just that.
enum pt_backward_reads {
    PT_READS_NOTHING = 0,
    PT_READS_INPUTS = 1,
    PT_READS_OUTPUTS = 2,
    PT_READS_STASH = 4, // bytes that the forward pass leaves: dropout mask, layer-norm statistics
};

// What a loss compares its first input with; the second input of the operator.
enum pt_target {
    PT_TARGET_CLASSES, // int32, the shape of the first input without its last dimension
    PT_TARGET_VALUES,  // float32, the shape of the first input
};

struct pt_operator {
    const char *name;
    const char *summary;                        // one line for --help and the documentation
    int input_count;                            // the least
    int input_count_max;                        // 0: exactly input_count
    bool takes_tokens;                          // its first input is int32
    const struct pt_attribute_spec *attributes; // ends with a NULL name
    bool is_loss;                               // its output is a scalar to minimize
    enum pt_target target;                      // of a loss
    bool hides_prediction; // a loss that computes the prediction itself and keeps it nowhere
    bool may_fuse_relu;    // a relu behind it may be done by its own kernel
    // Its forward pass in training writes the gradients of its parameters already, and the stash
    // holds those of its inputs: linear_cross_entropy, which does not keep all logits.
    bool gradients_in_forward;
    bool adds_gradient_rows; // its backward pass adds to single rows of its parameter's gradient,
                             // so that a gradient which is there already costs nothing more
    bool is_view;            // the output is the input under another shape: never copied
    bool may_run_in_place;   // forward may write its output over its first input; the output's
                             // gradient may be turned into the input's in place
    unsigned backward_reads;
    // Fills the shape of each output, and adds parameters by pt_operator_parameter. Inputs exist
    // and are PT_FLOAT32 unless the operator checks them itself.
    enum pt_status (*infer)(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error);
    // Bytes of stash for the shapes of op; NULL: none.
    int64_t (*stash_bytes)(const struct pt_graph *graph, const struct pt_op *op);
    // NULL, or one layer of a network file may stand for several operators: stacked LSTM layers
    // with dropout between. The layer has these attributes beside those of the operator; expand
    // adds what request and they say, calls the last operator as the request does, and returns its
    // output, or PT_NO_TENSOR with the mistake recorded.
    const struct pt_attribute_spec *layer_attributes;
    pt_tensor (*expand)(struct pt_graph *graph, const struct pt_op_request *request,
                        const union pt_attribute *layer_attributes);
};

// NULL-terminated, in the order of the documentation.
extern const struct pt_operator *const pt_operators[];
const struct pt_operator *pt_operator_find(const char *name); // NULL if there is none

// Adds the parameter "scope.suffix" of this shape to op, or takes the tied one in its place.
enum pt_status pt_operator_parameter(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                     struct pt_shape shape, enum pt_init init, double init_scale,
                                     struct pt_error *error);
// The same for a state: no gradient, not learned. Kernels find it among the parameters.
enum pt_status pt_operator_state(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                 struct pt_shape shape, enum pt_init init, struct pt_error *error);
// Files have the dimensions of op's parameter in another order: dimension i of the file is
// dimension axes[i] here. A tied parameter keeps what it has.
void pt_operator_file_axes(struct pt_graph *graph, const struct pt_op *op, int parameter,
                           const int8_t *axes);

#endif
