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

// Builds a graph for batches of batch samples. path is a layer file (docs/network-yaml.md), a run
// file, a config.json of HuggingFace or a folder with one, or a name of the zoo, "gpt2"
// (docs/models.md).
PT_API enum pt_status pt_graph_load(const char *path, int64_t batch, struct pt_graph **ret_graph,
                                    struct pt_error *error);

// dims[0] is the batch. name is unique in the graph.
PT_API pt_tensor pt_input(struct pt_graph *graph, const char *name, enum pt_dtype dtype, int rank,
                          const int64_t *dims);

// y = x W^T + b over the last dimension; W is [out_features, in_features].
// W and b start uniform in +-1/sqrt(in_features), as in PyTorch's nn.Linear.
PT_API pt_tensor pt_linear(struct pt_graph *graph, pt_tensor x, int64_t out_features, bool bias);

// Convolutions, channels last: [batch, height, width, channels]; [batch, length, channels] in one
// dimension. Numbers left 0 mean what is usual: a second kernel, stride, padding or dilation of 0
// is the first, a stride, dilation or number of groups of 0 is 1. Weights and bias start uniform
// within +-1/sqrt(fan-in), as PyTorch's.
#define PT_PADDING_SAME ((int64_t)-1) // the output is as large as the input; needs stride 1
struct pt_conv_options {
    int64_t out_channels;
    int64_t kernel[2], stride[2], padding[2],
        dilation[2];           // height, width; one dimension: the first
    int64_t groups;            // as many as channels: a depthwise convolution
    int64_t output_padding[2]; // of pt_conv_transpose2d
    bool without_bias;
};
PT_API pt_tensor pt_conv2d(struct pt_graph *graph, pt_tensor x,
                           const struct pt_conv_options *options);
PT_API pt_tensor pt_conv1d(struct pt_graph *graph, pt_tensor x,
                           const struct pt_conv_options *options);
// The adjoint of a convolution: enlarges by the stride.
PT_API pt_tensor pt_conv_transpose2d(struct pt_graph *graph, pt_tensor x,
                                     const struct pt_conv_options *options);
// All dimensions but the first become one.
PT_API pt_tensor pt_flatten(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_relu(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_gelu(struct pt_graph *graph, pt_tensor x);       // exact, by erf
PT_API pt_tensor pt_gelu_tanh(struct pt_graph *graph, pt_tensor x);  // that of GPT-2
PT_API pt_tensor pt_quick_gelu(struct pt_graph *graph, pt_tensor x); // x sigmoid(1.702 x)
PT_API pt_tensor pt_silu(struct pt_graph *graph, pt_tensor x);       // x sigmoid(x)
PT_API pt_tensor pt_leaky_relu(struct pt_graph *graph, pt_tensor x, double slope);
PT_API pt_tensor pt_elu(struct pt_graph *graph, pt_tensor x, double alpha);
PT_API pt_tensor pt_softplus(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_tanh(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_sigmoid(struct pt_graph *graph, pt_tensor x);
PT_API pt_tensor pt_softmax(struct pt_graph *graph, pt_tensor x); // over the last dimension
// In training, zeroes each element with this probability and scales the rest by 1/(1-p).
PT_API pt_tensor pt_dropout(struct pt_graph *graph, pt_tensor x, double probability);
// Over the last dimension, with learned scale and shift. Ba et al. 2016, arXiv:1607.06450.
PT_API pt_tensor pt_layer_norm(struct pt_graph *graph, pt_tensor x, double epsilon);
// By the root mean square of each of groups equal slices of the last dimension; 1: of all of it.
PT_API pt_tensor pt_rms_norm(struct pt_graph *graph, pt_tensor x, int64_t groups, double epsilon);
// Each channel over the batch and all positions; outside of training by running statistics, which
// move by momentum (0.1 is usual) towards those of each batch. Ioffe and Szegedy 2015.
PT_API pt_tensor pt_batch_norm(struct pt_graph *graph, pt_tensor x, double momentum,
                               double epsilon);
// Each sample over all positions and groups of channels; as many groups as channels: instance norm.
PT_API pt_tensor pt_group_norm(struct pt_graph *graph, pt_tensor x, int64_t groups, double epsilon);

// Element by element, of two tensors of one shape.
PT_API pt_tensor pt_add(struct pt_graph *graph, pt_tensor x, pt_tensor y);
PT_API pt_tensor pt_multiply(struct pt_graph *graph, pt_tensor x, pt_tensor y);
PT_API pt_tensor pt_swiglu(struct pt_graph *graph, pt_tensor gate, pt_tensor value); // by silu
PT_API pt_tensor pt_geglu(struct pt_graph *graph, pt_tensor gate, pt_tensor value);  // by gelu
PT_API pt_tensor pt_scale(struct pt_graph *graph, pt_tensor x, double factor);

// Pooling over windows of an image or a sequence, channels last. A second number of 0 is the first;
// a stride of 0 is the kernel.
struct pt_pool_options {
    int64_t kernel[2], stride[2], padding[2]; // height, width; one dimension: the first
    bool ceil_mode;                           // a last window may reach beyond the padding
    bool exclude_padding; // the mean divides by the elements that are in the image
};
PT_API pt_tensor pt_max_pool2d(struct pt_graph *graph, pt_tensor x,
                               const struct pt_pool_options *options);
PT_API pt_tensor pt_avg_pool2d(struct pt_graph *graph, pt_tensor x,
                               const struct pt_pool_options *options);
PT_API pt_tensor pt_max_pool1d(struct pt_graph *graph, pt_tensor x,
                               const struct pt_pool_options *options);
PT_API pt_tensor pt_avg_pool1d(struct pt_graph *graph, pt_tensor x,
                               const struct pt_pool_options *options);
// [batch, ..., channels] becomes [batch, channels].
PT_API pt_tensor pt_global_avg_pool(struct pt_graph *graph, pt_tensor x);

// Moving elements. axis counts from 1, the dimension behind the batch; -1 is the last.
PT_API pt_tensor pt_concat(struct pt_graph *graph, const pt_tensor *inputs, int count, int axis);
PT_API pt_tensor pt_slice(struct pt_graph *graph, pt_tensor x, int axis, int64_t begin,
                          int64_t count);
// [batch, time, ...] becomes [batch, ...]: one time step; -1 is the last.
PT_API pt_tensor pt_select(struct pt_graph *graph, pt_tensor x, int64_t index);
// The elements of a sample under rank other dimensions (at most 5); one may be -1, for the rest.
PT_API pt_tensor pt_reshape(struct pt_graph *graph, pt_tensor x, int rank, const int64_t *dims);
// Puts a learned row before the first time step; it starts normal with this deviation.
PT_API pt_tensor pt_prepend_token(struct pt_graph *graph, pt_tensor x, double deviation);

// Recurrent layers over sequences: [batch, time, features] becomes [batch, time, directions
// hidden]. Parameters are called as in PyTorch: "lstm1.weight_ih_l0", "lstm1.bias_hh_l1_reverse".
// The initial state is zero.
struct pt_recurrent_options {
    int64_t hidden;
    int layers; // 0 means 1
    bool bidirectional;
    bool without_bias;
    bool last;      // only where each direction ends: [batch, directions hidden]
    bool relu;      // of pt_rnn: instead of tanh
    double dropout; // between the layers
};
PT_API pt_tensor pt_rnn(struct pt_graph *graph, pt_tensor x,
                        const struct pt_recurrent_options *options);
// Hochreiter and Schmidhuber 1997, Gers et al. 2000.
PT_API pt_tensor pt_lstm(struct pt_graph *graph, pt_tensor x,
                         const struct pt_recurrent_options *options);
PT_API pt_tensor pt_gru(struct pt_graph *graph, pt_tensor x,
                        const struct pt_recurrent_options *options); // arXiv:1406.1078

// Tokens, numbers of type PT_INT32, become rows of a table that starts normally distributed.
PT_API pt_tensor pt_embedding(struct pt_graph *graph, pt_tensor tokens, int64_t vocabulary,
                              int64_t width, double deviation);
// x [batch, time, width] plus a learned row for each place.
PT_API pt_tensor pt_position_embedding(struct pt_graph *graph, pt_tensor x, int64_t positions,
                                       double deviation);

// Multi-head attention, softmax(q k^T scale) v; no matrix of all scores is kept. What is left 0 is
// off, or what is usual: as many kv_heads as heads, head_dim of width / heads, scale of
// 1/sqrt(head_dim).
struct pt_attention_options {
    int64_t heads;
    int64_t kv_heads; // fewer: several heads share a key and value head (grouped queries)
    int64_t head_dim;
    bool causal;    // only keys up to the query's place
    int64_t window; // only keys nearer than this
    double scale;
    double softcap; // scores become softcap tanh(score / softcap)
    double dropout; // of weights
    bool alibi;
    // Rotary positions of queries and keys. Pairs are (i, i + rotary_dim / 2), or neighbors.
    double rotary_base; // 10000
    int64_t rotary_dim; // of each head, from its beginning; 0: all of it
    bool rotary_interleaved;
    double rotary_factor; // positions are divided by it
    // Llama 3 stretches low frequencies. All four or none.
    double llama3_factor, low_freq_factor, high_freq_factor, original_context;
    int64_t value_dim;    // of each head's values and output; 0: head_dim
    int64_t rotary_begin; // what is rotated begins here in a head
    double rotary_scale;  // and is multiplied by this; 0: 1
    // YaRN instead of Llama 3: low_freq_factor (1) and high_freq_factor (32) are its turns.
    double yarn_factor; // 0: none
    bool yarn_exact;    // the limits between frequencies are not rounded to whole ones
    bool sinks;         // a learned score for each head that takes part of every softmax
    // T5: a learned bias for each head and range of distances, beyond relative_distance (128) one.
    int64_t relative_buckets; // 0: none
    double relative_distance;
};
// q [batch, queries, heads head_dim], k and v [batch, keys, kv_heads head_dim]; or all three in q,
// one behind the other, and k and v PT_NO_TENSOR. mask: PT_INT32 [batch, keys], 0 for padding, or
// PT_NO_TENSOR.
PT_API pt_tensor pt_attention(struct pt_graph *graph, pt_tensor q, pt_tensor k, pt_tensor v,
                              pt_tensor mask, const struct pt_attention_options *options);
// A mixture of experts: for each token the top_k best of so many feed-forward networks of inner
// features, down(silu(gate(x)) up(x)), weighted by the softmax of a router over all experts, or
// over the chosen ones if normalize is true. The operator "experts" of a layer file has more
// choices.
PT_API pt_tensor pt_experts(struct pt_graph *graph, pt_tensor x, int64_t experts, int64_t top_k,
                            int64_t inner, bool normalize);
// The last dimension so many times, one behind the other.
PT_API pt_tensor pt_repeat(struct pt_graph *graph, pt_tensor x, int64_t count);

// Losses: scalars, means over the batch. target of the first is PT_INT32 [batch], class numbers;
// logits are not yet normalized. target of the second has the shape of prediction.
PT_API pt_tensor pt_cross_entropy(struct pt_graph *graph, pt_tensor logits, pt_tensor target);
PT_API pt_tensor pt_mse(struct pt_graph *graph, pt_tensor prediction, pt_tensor target);
// The first with label smoothing, and with targets that count in nothing; -100 in the first.
PT_API pt_tensor pt_smoothed_cross_entropy(struct pt_graph *graph, pt_tensor logits,
                                           pt_tensor target, double label_smoothing,
                                           int32_t ignore_index);
// Targets from 0 to 1 for as many logits; what is 1 weighs pos_weight.
PT_API pt_tensor pt_binary_cross_entropy(struct pt_graph *graph, pt_tensor logits, pt_tensor target,
                                         double pos_weight);
// The distance, with a parabola below beta; 0: plain l1.
PT_API pt_tensor pt_smooth_l1(struct pt_graph *graph, pt_tensor prediction, pt_tensor target,
                              double beta);

// pt_cross_entropy of pt_linear(x, out_features) without keeping the outputs: for large
// vocabularies. tied: the table of an embedding that is the weight too, or PT_NO_TENSOR. It must be
// the loss of the network, and gradients must be zeroed before pt_network_forward.
PT_API pt_tensor pt_linear_cross_entropy(struct pt_graph *graph, pt_tensor x, pt_tensor target,
                                         int64_t out_features, bool bias, pt_tensor tied);

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

enum pt_optimizer_kind {
    PT_GRADIENT_DESCENT,
    PT_SGD,
    PT_ADAM,
    PT_ADAMW,
    PT_LION,
    PT_ADAFACTOR,
    PT_MUON,
};

// Parameters that are treated in another way. Groups apply in their order, each on top of those
// before it.
struct pt_optimizer_group {
    const char *match;           // of their names, with * and ?: "*.bias"
    double weight_decay;         // NAN: as before
    double learning_rate_factor; // NAN: as before, that is 1; 0: they stay as they are
    bool not_orthogonal;         // Muon updates them as AdamW does
};

struct pt_optimizer_options {
    size_t struct_size;
    enum pt_optimizer_kind kind;
    double momentum;     // SGD; Muon: 0 means 0.95
    double beta1, beta2; // Adam, AdamW, Muon: 0 means 0.9 and 0.999; Lion: 0.9 and 0.99; Adafactor
                         // has a first moment only if beta1 is not 0
    double epsilon;      // Adam, AdamW, Muon; 0 means 1e-8
    double weight_decay; // SGD and Adam: added to the gradient; all others: decoupled

    bool nesterov;       // SGD
    bool decay_matrices; // weight decay only for parameters with two dimensions or more
    const struct pt_optimizer_group *groups;
    int group_count;
    // If not 0, gradients longer than this, over all parameters, are scaled down to it.
    double clip_norm;
    bool check_gradients; // pt_optimizer_update knows the norm even without clip_norm
    // If not 0, a running average of the parameters is kept: average += (1 - this) (p - average).
    double average_decay;
    bool relative_step;    // Adafactor: the rate is multiplied by min(0.01, 1 / sqrt(step))
    bool ignore_scale;     // Adafactor: the rate is not multiplied by the size of the parameter
    double clip_threshold; // Adafactor: of a step's root mean square; 0 means 1
    bool original_scaling; // Muon: steps of Jordan 2024, and not as long as those of AdamW
};

struct pt_optimizer;
PT_API enum pt_status pt_optimizer_create(struct pt_network *network,
                                          const struct pt_optimizer_options *options,
                                          struct pt_optimizer **ret_optimizer,
                                          struct pt_error *error);
PT_API void pt_optimizer_destroy(struct pt_optimizer *optimizer);
// One update of every parameter from its gradient. A gradient that is not a number makes the
// parameters so.
PT_API void pt_optimizer_step(struct pt_optimizer *optimizer, double learning_rate);
// The same with gradients times gradient_scale: 1 / n for the mean of n backward passes. With
// clip_norm or check_gradients a gradient that is not finite is PT_DIVERGED, and nothing changes.
PT_API enum pt_status pt_optimizer_update(struct pt_optimizer *optimizer, double learning_rate,
                                          double gradient_scale, struct pt_error *error);
// The length of the gradient in the last update, before it was clipped; NAN if nobody asked.
PT_API double pt_optimizer_gradient_norm(const struct pt_optimizer *optimizer);
// Swaps the network's parameters with their average: call it before an evaluation and again after
// it. PT_USAGE without average_decay.
PT_API enum pt_status pt_optimizer_swap_average(struct pt_optimizer *optimizer,
                                                struct pt_error *error);

// Parameters as a safetensors file, written whole or not at all. optimizer may be NULL; with it its
// state is saved too.
PT_API enum pt_status pt_network_save(const struct pt_network *network,
                                      const struct pt_optimizer *optimizer, const char *path,
                                      struct pt_error *error);
PT_API enum pt_status pt_network_load(struct pt_network *network, struct pt_optimizer *optimizer,
                                      const char *path, struct pt_error *error);
// A folder that HuggingFace transformers loads: model.safetensors and config.json. Only for graphs
// that came from such a config or from the zoo; PT_UNSUPPORTED for others.
PT_API enum pt_status pt_network_export(const struct pt_network *network, const char *folder,
                                        struct pt_error *error);

// --------------------------------------------------------------------------------------- meter
// What a stretch of a program cost. Opens the best sensors that work here, samples them on a thread
// of its own, and attributes the energy to this process.
struct pt_meter;

struct pt_meter_options {
    size_t struct_size;
    const char *root;        // "" or NULL: the real /sys and /proc
    const char *sensor;      // NULL: the best that works; else a name from `powertrain doctor`
    double interval_seconds; // 0: 0.1
    const char *region;      // of pt_meter_settle: a country, "DE" (powertrain grids); NULL: none
    const char *tariff;      // of pt_meter_settle: a file (docs/tariff-yaml.md); not with a region
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
// Names what the program does from now on, within the innermost window; energy is kept per phase.
// Names are cut to 31 bytes; when there are more than there is room for, the last is "other".
// These three may be called from any thread, and cost a clock read: below a microsecond.
PT_API void pt_meter_phase(struct pt_meter *meter, const char *name);
// Windows may hold phases and other windows. Joules go to the innermost name; what all within a
// window used together is in struct pt_meter_bill.
PT_API void pt_meter_begin(struct pt_meter *meter, const char *name);
PT_API void pt_meter_end(struct pt_meter *meter, const char *name); // NULL: the innermost window

struct pt_meter_window_result {
    char name[PT_METER_NAME_SIZE];
    int64_t count; // how often it began
    double duration_seconds, energy_joules, low_joules, high_joules;
};

// What the joules cost, and the windows. What is not known is NAN.
struct pt_meter_bill {
    size_t struct_size; // the caller sets it: sizeof(struct pt_meter_bill)
    double kwh;         // of energy_joules, without the facility around the machine
    double money, low_money, high_money; // with it, if the tariff knows it
    char currency[4];                    // "" if no price is known
    double co2e_grams, low_co2e_grams, high_co2e_grams;
    double machine_joules; // of the whole machine
    int window_count;
    struct pt_meter_window_result windows[PT_METER_PHASES_MAX];
};

// Stops the meter and fills *ret_bill, and *ret_result if it is not NULL; the meter must still be
// released by pt_meter_stop, which then says the same. PT_USAGE if it was stopped already.
PT_API enum pt_status pt_meter_settle(struct pt_meter *meter, struct pt_meter_result *ret_result,
                                      struct pt_meter_bill *ret_bill, struct pt_error *error);
// Stops the meter, fills *ret_result (may be NULL) and releases the meter.
PT_API enum pt_status pt_meter_stop(struct pt_meter *meter, struct pt_meter_result *ret_result,
                                    struct pt_error *error);

// A program that runs under `powertrain meter` only says what it does, and the bill of the command
// tells it apart (docs/phases.md). Nothing is metered here, and nothing happens if nobody listens:
// these never block, never fail, and say whether it was sent. Thread-safe; they cost one system
// call, some 2 us.
PT_API bool pt_phase(const char *name); // "" or NULL: nothing in particular
PT_API bool pt_phase_begin(const char *name);
PT_API bool pt_phase_end(const char *name); // NULL: the innermost
// Any line of the protocol without a time: "step 17/400", "samples 128", "loss 2.31", "note ...".
PT_API bool pt_phase_say(const char *line);

#ifdef __cplusplus
}
#endif
#endif
