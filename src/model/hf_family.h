// Families of models that share a builder. For the members of this room: hf_config.c finds the
// family of a config, the family reads its keys and adds operators, and the helpers here make both
// short. As in a graph, the first mistake is kept and all that follows does nothing.
//
// Adding a model: a row in hf_config.c, and a builder like hf_config_gpt2.c if none fits.
#ifndef PT_MODEL_HF_FAMILY_H
#define PT_MODEL_HF_FAMILY_H

#include "model/hf_config.h"
#include "model/settings.h"

enum { PT_HF_LAYERS_MAX = 4096, PT_HF_ROTARY_SETTINGS_MAX = 12, PT_HF_SET_MAX = 64 };

// A class of transformers and what it is for.
struct pt_hf_architecture {
    const char *name;
    enum pt_task task;
};

struct pt_hf;
struct pt_hf_family {
    const char *model_type;
    const struct pt_hf_architecture *architectures; // ends with a NULL name; the first is the
                                                    // fallback
    void (*build)(struct pt_hf *hf);
};

struct pt_hf {
    const struct pt_hf_family *family;
    const struct pt_node *config;
    const struct pt_model_options *options;
    enum pt_task task;
    struct pt_graph *graph;
    double deviation; // of the normal distribution that weights start with; 0: as the operators say
    bool no_config;   // no config.json can describe what was built
    uint64_t unread;  // bit i: nobody has asked for key i of options->set
    enum pt_status status;
    struct pt_error *error;
};

// The class for a task, NULL if there is none.
const struct pt_hf_architecture *pt_hf_class_of(const struct pt_hf_family *family,
                                                enum pt_task task);
// Sets graph->config.
enum pt_status pt_hf_write_config(struct pt_hf *hf);

// ----------------------------------------------------------------------------------- the config
// The node of a key; NULL if it is missing, or after a mistake.
const struct pt_node *pt_hf_find(struct pt_hf *hf, const char *key);
// The value of a key, or fallback where it is missing. null_value where it is null: the two mean
// different things in some configs. A size is a whole number from 1.
int64_t pt_hf_size(struct pt_hf *hf, const char *key, int64_t fallback);
int64_t pt_hf_size_or_null(struct pt_hf *hf, const char *key, int64_t fallback, int64_t null_value);
// A size that has two names.
int64_t pt_hf_size_either(struct pt_hf *hf, const char *key, const char *other, int64_t fallback);
double pt_hf_number(struct pt_hf *hf, const char *key, double fallback, double least, double most);
double pt_hf_number_or_null(struct pt_hf *hf, const char *key, double fallback, double most,
                            double null_value); // above 0
bool pt_hf_flag(struct pt_hf *hf, const char *key, bool fallback);
const char *pt_hf_text(struct pt_hf *hf, const char *key, const char *fallback);
int64_t pt_hf_count(struct pt_hf *hf, const char *key, int64_t fallback); // from 0
// A list of sizes; *ret_count of at most max. False where the key is missing.
bool pt_hf_sizes(struct pt_hf *hf, const char *key, int max, int64_t *ret_sizes, int *ret_count);
// A probability of dropout, with the override of the options.
double pt_hf_dropout_of(struct pt_hf *hf, const char *key, double fallback);
// The classes of a classifier: num_labels, else the length of id2label, else fallback; with the
// override of the options.
int64_t pt_hf_classes(struct pt_hf *hf, int64_t fallback);
// The operator of an activation, "gelu_new" or "silu"; PT_HF_SQUARED_RELU is two.
#define PT_HF_SQUARED_RELU "relu2"
struct pt_hf_activation {
    const char *operator_name;
    struct pt_setting settings[2];
};
struct pt_hf_activation pt_hf_activation_of(struct pt_hf *hf, const char *key,
                                            const char *fallback);
// The same by its name; key is what a mistake is about.
struct pt_hf_activation pt_hf_activation_named(struct pt_hf *hf, const char *key, const char *name);
// The engine cannot compute this yet, but everything can be counted: the network is planned, and
// pt_network_create says reason. The first reason is kept.
void pt_hf_plan_only(struct pt_hf *hf, const char *reason);
// These would change what the network computes, and we cannot do so yet: key must be missing, null
// or value.
void pt_hf_only(struct pt_hf *hf, const char *key, bool value);
// A depth beyond PT_HF_LAYERS_MAX, and heads that do not divide the width, are mistakes.
void pt_hf_check_depth(struct pt_hf *hf, const char *key, int64_t layers);
void pt_hf_check_heads(struct pt_hf *hf, const char *key, int64_t width, int64_t heads);
// Rotary positions: rope_parameters of transformers 5, or rope_theta and rope_scaling.
struct pt_hf_rotary {
    double base, part; // part: of each head that is rotated
    double factor;     // of linear scaling; else 1
    bool is_llama3;
    double llama3_factor, low_frequency_factor, high_frequency_factor, original_context;
    bool is_yarn; // its low and high factor are above
    double yarn_factor, yarn_scale;
    bool yarn_truncate;
    double score_scale; // what DeepSeek multiplies the scores' scale with; 1
};
// What the class assumes where the config is silent. Positions that the engine cannot compute
// (other ways of stretching them) are left to the planner.
struct pt_hf_rotary_keys {
    const char *base_key, *part_key; // NULL: rope_theta, partial_rotary_factor
    double base, part;               // 0: 10000, 1
    const char *layers;              // "full_attention" where layers differ; NULL: they do not
};
struct pt_hf_rotary pt_hf_read_rotary_as(struct pt_hf *hf, const struct pt_hf_rotary_keys *keys);
// base is that of the class, if the config has none.
struct pt_hf_rotary pt_hf_read_rotary(struct pt_hf *hf, double base);
// Writes the attributes of an attention, the end of the list included: at most
// PT_HF_ROTARY_SETTINGS_MAX.
void pt_hf_rotary_settings(const struct pt_hf_rotary *rotary, int64_t head_dim,
                           struct pt_setting *settings);
// A mistake at key, or at the object if it is missing. printf-like.
void pt_hf_fail(struct pt_hf *hf, const char *key, const char *format, ...) PT_PRINTF(3, 4);

// ------------------------------------------------------------------------------------ the graph
// A text in the graph's arena.
const char *pt_hf_name(struct pt_hf *hf, const char *format, ...) PT_PRINTF(2, 3);
// An operator with one input, and one with several.
pt_tensor pt_hf_op(struct pt_hf *hf, const char *operator_name, const char *name, pt_tensor x,
                   const struct pt_setting *settings);
pt_tensor pt_hf_op_of(struct pt_hf *hf, const char *operator_name, const char *name,
                      const pt_tensor *inputs, int input_count, const struct pt_setting *settings);
// One whose parameters are called scope.weight and so on.
pt_tensor pt_hf_scoped(struct pt_hf *hf, const char *operator_name, const char *name,
                       const char *scope, pt_tensor x, const struct pt_setting *settings);
// A parameter by its name; PT_NO_TENSOR after a mistake.
pt_tensor pt_hf_parameter(const struct pt_hf *hf, const char *name);
// name.weight starts normally distributed, name.bias at 0, where they exist.
void pt_hf_start_normal(struct pt_hf *hf, const char *name, double deviation);
// In files, the parameter is called file_name, and has these axes; NULL, 0: as here.
void pt_hf_in_files(struct pt_hf *hf, const char *name, const char *file_name, const int8_t *axes,
                    int rank);
// In files, the rows of name.weight and name.bias, which are q, k and v of so many rows, lie in so
// many groups of q, k and v.
void pt_hf_in_groups(struct pt_hf *hf, const char *name, int64_t groups, const int64_t rows[3]);
// Linear, started normally with hf->deviation.
pt_tensor pt_hf_linear(struct pt_hf *hf, const char *name, pt_tensor x, int64_t out_features,
                       bool bias);
pt_tensor pt_hf_layer_norm(struct pt_hf *hf, const char *name, pt_tensor x, double epsilon);
pt_tensor pt_hf_activate(struct pt_hf *hf, const char *name, pt_tensor x,
                         const struct pt_hf_activation *activation);
// x itself if probability is 0.
pt_tensor pt_hf_dropout(struct pt_hf *hf, const char *name, pt_tensor x, double probability);
pt_tensor pt_hf_scale(struct pt_hf *hf, const char *name, pt_tensor x, double factor);
pt_tensor pt_hf_add(struct pt_hf *hf, const char *name, pt_tensor x, pt_tensor y);

// activation(gate) * up
pt_tensor pt_hf_gated(struct pt_hf *hf, const char *name, pt_tensor gate, pt_tensor up,
                      const struct pt_hf_activation *activation);
// The same with gate and up behind each other in one tensor, inner wide each.
pt_tensor pt_hf_gated_halves(struct pt_hf *hf, const char *name, pt_tensor x, int64_t inner,
                             const struct pt_hf_activation *activation);
// A table of rows for tokens, started normally; the rows times scale.
pt_tensor pt_hf_embedding(struct pt_hf *hf, const char *name, pt_tensor tokens, int64_t rows,
                          int64_t width);
pt_tensor pt_hf_scaled_embedding(struct pt_hf *hf, const char *name, pt_tensor tokens, int64_t rows,
                                 int64_t width, double scale);
// x plus a learned row for each place in the sequence; for each the same row 0 of several.
pt_tensor pt_hf_positions(struct pt_hf *hf, const char *name, pt_tensor x, int64_t rows);
// The first place has row first of the table.
pt_tensor pt_hf_positions_from(struct pt_hf *hf, const char *name, pt_tensor x, int64_t rows,
                               int64_t first);
pt_tensor pt_hf_one_row(struct pt_hf *hf, const char *name, pt_tensor x, int64_t rows);
// The first of a sequence.
pt_tensor pt_hf_first(struct pt_hf *hf, const char *name, pt_tensor x);
pt_tensor pt_hf_reshape(struct pt_hf *hf, const char *name, pt_tensor x, const int64_t *dims,
                        int rank); // without the batch

// Another input of whole numbers, [batch, length].
pt_tensor pt_hf_input_tokens(struct pt_hf *hf, const char *name, int64_t length);
// Another input of numbers, [batch, length, width].
pt_tensor pt_hf_input_floats(struct pt_hf *hf, const char *name, int64_t length, int64_t width);
// Input "input_ids" [batch, length], and its length: that of the options, else context or 1024.
pt_tensor pt_hf_tokens(struct pt_hf *hf, int64_t context, int64_t *ret_length);
// Input "attention_mask", or PT_NO_TENSOR if nobody wants it.
pt_tensor pt_hf_mask(struct pt_hf *hf, int64_t length);
// Input "pixel_values", channels last.
pt_tensor pt_hf_pixels(struct pt_hf *hf, int64_t height, int64_t width, int64_t channels);

// The end of a language model: logits of the vocabulary, and the loss that the options want. The
// parameters are scope.weight, and scope.bias if there is one; tied is the embedding or
// PT_NO_TENSOR.
struct pt_hf_head {
    const char *name, *scope;
    int64_t vocabulary;
    bool bias;
    pt_tensor tied;
    double scale,
        softcap; // of the logits: times scale, then softcap tanh(logit / softcap); 0: none
};
void pt_hf_language_head(struct pt_hf *hf, pt_tensor x, const struct pt_hf_head *head);
// Without a head: x is kept.
void pt_hf_features(struct pt_hf *hf, pt_tensor x);
// The end of a classifier, and its loss.
void pt_hf_classifier(struct pt_hf *hf, const char *name, pt_tensor x, int64_t classes);

extern const struct pt_hf_architecture pt_hf_gpt2_architectures[], pt_hf_llama_architectures[],
    pt_hf_mistral_architectures[], pt_hf_qwen2_architectures[], pt_hf_qwen3_architectures[],
    pt_hf_smollm3_architectures[], pt_hf_gemma_architectures[], pt_hf_gemma2_architectures[],
    pt_hf_gemma3_architectures[], pt_hf_phi3_architectures[], pt_hf_olmo_architectures[],
    pt_hf_olmo2_architectures[], pt_hf_olmo3_architectures[], pt_hf_starcoder2_architectures[],
    pt_hf_gpt_neox_architectures[], pt_hf_gptj_architectures[], pt_hf_gpt_bigcode_architectures[],
    pt_hf_phi_architectures[], pt_hf_opt_architectures[], pt_hf_falcon_architectures[],
    pt_hf_roberta_architectures[], pt_hf_xlm_roberta_architectures[],
    pt_hf_distilbert_architectures[], pt_hf_t5_architectures[], pt_hf_mt5_architectures[],
    pt_hf_whisper_architectures[], pt_hf_cohere_architectures[], pt_hf_stablelm_architectures[],
    pt_hf_nemotron_architectures[], pt_hf_bloom_architectures[], pt_hf_mpt_architectures[],
    pt_hf_decoder_architectures[], pt_hf_bert_architectures[], pt_hf_resnet_architectures[],
    pt_hf_vit_architectures[], pt_hf_lenet_architectures[], pt_hf_lstm_architectures[];
void pt_hf_build_gpt2(struct pt_hf *hf);
void pt_hf_build_llama(struct pt_hf *hf); // and all that differ by a flag or a default
void pt_hf_build_gpt_neox(struct pt_hf *hf);
void pt_hf_build_gptj(struct pt_hf *hf);
void pt_hf_build_gpt_bigcode(struct pt_hf *hf);
void pt_hf_build_phi(struct pt_hf *hf);
void pt_hf_build_opt(struct pt_hf *hf);
void pt_hf_build_falcon(struct pt_hf *hf);
void pt_hf_build_bloom(struct pt_hf *hf);
void pt_hf_build_mpt(struct pt_hf *hf);
void pt_hf_build_cohere(struct pt_hf *hf);
void pt_hf_build_stablelm(struct pt_hf *hf);
void pt_hf_build_nemotron(struct pt_hf *hf);
void pt_hf_build_own_decoder(struct pt_hf *hf); // ours
void pt_hf_build_bert(struct pt_hf *hf);        // and RoBERTa
void pt_hf_build_distilbert(struct pt_hf *hf);
void pt_hf_build_t5(struct pt_hf *hf);
void pt_hf_build_whisper(struct pt_hf *hf);
// Mixtures of experts.
extern const struct pt_hf_architecture pt_hf_mixtral_architectures[],
    pt_hf_qwen2_moe_architectures[], pt_hf_qwen3_moe_architectures[], pt_hf_olmoe_architectures[],
    pt_hf_deepseek_v2_architectures[], pt_hf_deepseek_v3_architectures[],
    pt_hf_gpt_oss_architectures[], pt_hf_granitemoe_architectures[], pt_hf_llama4_architectures[];
void pt_hf_build_moe(struct pt_hf *hf);
void pt_hf_build_llama4(struct pt_hf *hf);
void pt_hf_build_resnet(struct pt_hf *hf);
void pt_hf_build_vit(struct pt_hf *hf);
void pt_hf_build_lenet(struct pt_hf *hf); // ours: transformers has no such model
void pt_hf_build_lstm(struct pt_hf *hf);

#endif
