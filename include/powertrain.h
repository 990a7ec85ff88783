// powertrain: train neural networks, and know what their electricity costs.
//
// The public door. A C program builds a graph, makes a network of it, feeds it batches, and asks a
// meter what the training cost. Each section names the room that implements it (src/ROOM).
//
// Conventions. Functions that can fail return enum pt_status and take a struct pt_error last (NULL
// if nobody asks). What arrives through a ret_ pointer belongs to the caller and is released by the
// matching _destroy or _close, which accept NULL; any other returned pointer is borrowed and lives
// as long as its parent. SI units unless a name says otherwise. Unknown numbers are NAN, never 0.
// A graph or network is used by one thread at a time; it uses several threads inside.
#ifndef POWERTRAIN_H
#define POWERTRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PT_API __attribute__((visibility("default")))

// ---------------------------------------------------------------------------------------- base
// One list, so that the enum and the texts agree.
#define PT_STATUS_LIST(X)                                                                          \
    X(PT_OK, "ok")                                                                                 \
    X(PT_USAGE, "wrong usage")                                                                     \
    X(PT_BAD_INPUT, "bad input")            /* a file or value that the user gave is wrong */      \
    X(PT_NOT_FOUND, "not found")            /* no such name, file or row */                        \
    X(PT_UNAVAILABLE, "not available here") /* no such hardware, library or service */             \
    X(PT_DENIED, "permission denied")                                                              \
    X(PT_CORRUPT, "corrupt")       /* checksum, magic or length do not fit */                      \
    X(PT_MISMATCH, "does not fit") /* sound, but of another network, shape or version */           \
    X(PT_OVERFLOW, "too large")    /* a product of sizes leaves its type */                        \
    X(PT_NO_MEMORY, "out of memory")                                                               \
    X(PT_IO, "input/output error")                                                                 \
    X(PT_DISK_FULL, "disk full")                                                                   \
    X(PT_BUSY, "busy")             /* locked by another process */                                 \
    X(PT_DIVERGED, "diverged")     /* the loss is not a finite number */                           \
    X(PT_INFEASIBLE, "infeasible") /* deadline, budget or memory cannot be met */                  \
    X(PT_INTERRUPTED, "interrupted")                                                               \
    X(PT_UNSUPPORTED, "not supported")

enum pt_status {
#define PT_STATUS_MEMBER(name, text) name,
    PT_STATUS_LIST(PT_STATUS_MEMBER)
#undef PT_STATUS_MEMBER
};

// What went wrong: the thing, the value and the remedy, in one line without a final full stop.
struct pt_error {
    enum pt_status status;
    char message[512];
};

// A short English text, for example "disk full".
PT_API const char *pt_status_text(enum pt_status status);

// The version of the library, for example "0.1.0".
PT_API const char *pt_version(void);

// --------------------------------------------------------------------------------------- model
// A graph says what is computed: typed operators on tensors of known shape. Building it allocates
// nothing for the tensors themselves, so the graph of a 405-billion-parameter model is small.
//
// Builder functions return a handle. After the first mistake every builder returns PT_NO_TENSOR and
// does nothing, and pt_graph_check reports that first mistake: so a network is written down without
// a check after each line.
enum pt_dtype { PT_FLOAT32, PT_BFLOAT16, PT_INT32 };

typedef int32_t pt_tensor;
#define PT_NO_TENSOR ((pt_tensor)-1)

struct pt_graph;

PT_API enum pt_status pt_graph_create(const char *name, struct pt_graph **ret_graph,
                                      struct pt_error *error);
PT_API void pt_graph_destroy(struct pt_graph *graph);

// PT_OK, or the first mistake that was made while the graph was built.
PT_API enum pt_status pt_graph_check(const struct pt_graph *graph, struct pt_error *error);

// Reads a layer file (docs/network-yaml.md) and builds the graph for batches of batch samples.
PT_API enum pt_status pt_graph_load(const char *path, int64_t batch, struct pt_graph **ret_graph,
                                    struct pt_error *error);

// dims[0] is the batch. name is unique in the graph.
PT_API pt_tensor pt_input(struct pt_graph *graph, const char *name, enum pt_dtype dtype, int rank,
                          const int64_t *dims);

// y = x W^T + b over the last dimension; W is [out_features, in_features].
// W and b start uniform in +-1/sqrt(in_features), as in PyTorch's nn.Linear.
PT_API pt_tensor pt_linear(struct pt_graph *graph, pt_tensor x, int64_t out_features, bool bias);
// All dimensions but the first become one.
PT_API pt_tensor pt_flatten(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_relu(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_gelu(struct pt_graph *graph, pt_tensor x); // exact, by erf
PT_API pt_tensor pt_tanh(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_sigmoid(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_softmax(struct pt_graph *graph, pt_tensor x); // over the last dimension
// In training, zeroes each element with this probability and scales the rest by 1/(1-p).
PT_API pt_tensor pt_dropout(struct pt_graph *graph, pt_tensor x, double probability);
// Over the last dimension, with learned scale and shift. Ba et al. 2016, arXiv:1607.06450.
PT_API pt_tensor pt_layer_norm(struct pt_graph *graph, pt_tensor x, double epsilon);

// Losses: scalars, means over the batch. target of the first is PT_INT32 [batch], class numbers;
// logits are not yet normalized. target of the second has the shape of prediction.
PT_API pt_tensor pt_cross_entropy(struct pt_graph *graph, pt_tensor logits, pt_tensor target);
PT_API pt_tensor pt_mse(struct pt_graph *graph, pt_tensor prediction, pt_tensor target);

// The number of parameters that training changes; -1 if the graph has a mistake.
PT_API int64_t pt_graph_parameter_count(const struct pt_graph *graph);
// A tensor by its name ("fc1.weight", an input, a layer); PT_NO_TENSOR if there is none.
PT_API pt_tensor pt_graph_find(const struct pt_graph *graph, const char *name);
PT_API const char *pt_graph_tensor_name(const struct pt_graph *graph, pt_tensor tensor);
// Number of elements of a tensor; -1 for PT_NO_TENSOR.
PT_API int64_t pt_graph_tensor_size(const struct pt_graph *graph, pt_tensor tensor);

// -------------------------------------------------------------------------------------- engine
// A network is a graph with memory: parameters, gradients, activations, all in one arena that is
// laid out when the network is created. Nothing is allocated afterwards.
struct pt_network;

enum pt_precision {
    PT_PRECISION_FP32,
    PT_PRECISION_BF16, // matrix products in bf16 with fp32 sums; parameters and the rest in fp32
};

struct pt_network_options {
    size_t struct_size; // sizeof(struct pt_network_options)
    uint64_t seed;      // of initial parameters and dropout
    int threads;        // 0: as many as the process may use
    enum pt_precision precision;
    const char *matmul; // "own", "onednn", "openblas"; NULL: the fastest known, fixed per CPU
    bool inference;     // no gradients
};

// The graph must live as long as the network. options may be NULL: all zero.
PT_API enum pt_status pt_network_create(const struct pt_graph *graph,
                                        const struct pt_network_options *options,
                                        struct pt_network **ret_network, struct pt_error *error);
PT_API void pt_network_destroy(struct pt_network *network);

// The values of an input, a parameter, the loss or a graph output: write them before a step, read
// them after it. Row-major. NULL for a tensor whose memory the plan has given away or whose type
// differs.
PT_API float *pt_network_values(struct pt_network *network, pt_tensor tensor);
PT_API int32_t *pt_network_values_int32(struct pt_network *network, pt_tensor tensor);
// The gradient of the loss with respect to a parameter, or to an input for which
// pt_graph_require_gradient was called; NULL for any other.
PT_API float *pt_network_gradient(struct pt_network *network, pt_tensor tensor);
// Asks for the gradient with respect to an input. Call before pt_network_create.
PT_API void pt_graph_require_gradient(struct pt_graph *graph, pt_tensor input);
// Keeps a tensor's values until the next forward pass. Call before pt_network_create.
PT_API void pt_graph_keep(struct pt_graph *graph, pt_tensor tensor);

// Runs the graph on the first row_count samples of its inputs (row_count <= batch; 0 means batch).
// training switches dropout on.
PT_API enum pt_status pt_network_forward(struct pt_network *network, int64_t row_count,
                                         bool training, struct pt_error *error);
// Adds the gradient of the loss that the last forward pass computed.
PT_API enum pt_status pt_network_backward(struct pt_network *network, struct pt_error *error);
// The next backward pass overwrites the gradients instead of adding to them. Costs nothing.
PT_API void pt_network_zero_gradients(struct pt_network *network);
// The value of the loss after a forward pass.
PT_API double pt_network_loss(const struct pt_network *network);
// The floating-point operations that the network has executed since it was created, counted where
// they are done. docs/architecture.md says how they are counted.
PT_API int64_t pt_network_executed_flop(const struct pt_network *network);

enum pt_optimizer_kind { PT_GRADIENT_DESCENT, PT_SGD, PT_ADAM, PT_ADAMW };

struct pt_optimizer_options {
    size_t struct_size;
    enum pt_optimizer_kind kind;
    double momentum;     // SGD
    double beta1, beta2; // Adam, AdamW; 0 means 0.9 and 0.999
    double epsilon;      // Adam, AdamW; 0 means 1e-8
    double weight_decay; // SGD and Adam: added to the gradient; AdamW: decoupled
};

struct pt_optimizer;
PT_API enum pt_status pt_optimizer_create(struct pt_network *network,
                                          const struct pt_optimizer_options *options,
                                          struct pt_optimizer **ret_optimizer,
                                          struct pt_error *error);
PT_API void pt_optimizer_destroy(struct pt_optimizer *optimizer);
// One update of every parameter from its gradient.
PT_API void pt_optimizer_step(struct pt_optimizer *optimizer, double learning_rate);

// Parameters as a safetensors file, written whole or not at all. optimizer may be NULL; with it its
// state is saved too.
PT_API enum pt_status pt_network_save(const struct pt_network *network,
                                      const struct pt_optimizer *optimizer, const char *path,
                                      struct pt_error *error);
PT_API enum pt_status pt_network_load(struct pt_network *network, struct pt_optimizer *optimizer,
                                      const char *path, struct pt_error *error);

// --------------------------------------------------------------------------------------- meter
// What a stretch of a program cost. Opens the best sensors that work here, samples them on a thread
// of its own, and attributes the energy to this process.
struct pt_meter;

struct pt_meter_options {
    size_t struct_size;
    const char *root;        // "" or NULL: the real /sys and /proc
    const char *sensor;      // NULL: the best that works; else a name from `powertrain doctor`
    double interval_seconds; // 0: 0.1
};

enum { PT_METER_PHASES_MAX = 16, PT_METER_NAME_SIZE = 48 };

struct pt_meter_phase_result {
    char name[PT_METER_NAME_SIZE];
    double duration_seconds;
    double energy_joules;
};

struct pt_meter_result {
    double duration_seconds;
    double energy_joules;           // this process's share: the sum over the phases
    double low_joules, high_joules; // 90 % interval
    double cpu_seconds;
    const char *sensor;     // lives as long as the library
    const char *provenance; // "measured", "modelled", "assumed"
    int phase_count;        // the first one, "run", lasts until pt_meter_phase is called
    struct pt_meter_phase_result phases[PT_METER_PHASES_MAX];
};

PT_API enum pt_status pt_meter_start(const struct pt_meter_options *options,
                                     struct pt_meter **ret_meter, struct pt_error *error);
// Names what the program does from now on; energy is kept per phase. Cheap: no system call.
PT_API void pt_meter_phase(struct pt_meter *meter, const char *name);
// Stops the meter, fills *ret_result (may be NULL) and releases the meter.
PT_API enum pt_status pt_meter_stop(struct pt_meter *meter, struct pt_meter_result *ret_result,
                                    struct pt_error *error);

#ifdef __cplusplus
}
#endif
#endif
