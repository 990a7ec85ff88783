// Llama and the decoders that differ from it by a flag or a default: Mistral, Qwen2, Qwen3; SmolLM
// is a Llama. Touvron et al. 2023, arXiv:2302.13971 and 2307.09288; Jiang et al. 2023,
// arXiv:2310.06825; Yang et al. 2024 and 2025, arXiv:2407.10671 and 2505.09388.
// Names, defaults and order of operations: transformers, models/*/configuration_*.py and
// modeling_*.py.

#include <string.h>

#include "model/hf_family.h"

const struct pt_hf_architecture pt_hf_llama_architectures[] = {
    {"LlamaForCausalLM", PT_TASK_LANGUAGE_MODEL},
    {"LlamaModel", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

const struct pt_hf_architecture pt_hf_mistral_architectures[] = {
    {"MistralForCausalLM", PT_TASK_LANGUAGE_MODEL},
    {"MistralModel", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

const struct pt_hf_architecture pt_hf_qwen2_architectures[] = {
    {"Qwen2ForCausalLM", PT_TASK_LANGUAGE_MODEL},
    {"Qwen2Model", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

const struct pt_hf_architecture pt_hf_qwen3_architectures[] = {
    {"Qwen3ForCausalLM", PT_TASK_LANGUAGE_MODEL},
    {"Qwen3Model", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

enum { SAME_AS_HEADS = 0, WIDTH_OVER_HEADS = 0 };

// What the classes assume where a key is missing, and what they do without a key.
struct variant {
    const char *model_type;
    int64_t vocabulary, context, inner, kv_heads, head_dim;
    bool has_bias_keys;   // attention_bias
    bool has_qkv_bias;    // always
    bool has_qk_norm;     // on each head, before the rotation
    bool has_window_flag; // sliding_window counts only with use_sliding_window
    bool has_window;      // sliding_window counts
};

static const struct variant variants[] = {
    {"llama", 32000, 2048, 11008, SAME_AS_HEADS, WIDTH_OVER_HEADS, .has_bias_keys = true},
    {"mistral", 32000, 131072, 14336, 8, WIDTH_OVER_HEADS, .has_window = true},
    {"qwen2", 151936, 32768, 22016, 32, WIDTH_OVER_HEADS, .has_qkv_bias = true,
     .has_window_flag = true},
    {"qwen3", 151936, 32768, 22016, 32, 128, .has_bias_keys = true, .has_qk_norm = true,
     .has_window_flag = true},
};

struct llama {
    const struct variant *variant;
    int64_t vocabulary, context, width, layers, heads, kv_heads, head_dim, inner;
    int64_t window, first_window_layer; // window 0: none
    double epsilon, dropout;
    bool qkv_bias, out_bias, mlp_bias, tied;
    struct pt_hf_activation activation;
    struct pt_hf_rotary rotary;
};

static const struct variant *find_variant(const char *model_type)
{
    const struct variant *variant = variants;
    while (strcmp(variant->model_type, model_type) != 0)
        variant++;
    return variant;
}

static void read_window(struct pt_hf *hf, struct llama *model)
{
    const struct variant *variant = model->variant;
    if (!variant->has_window && !variant->has_window_flag)
        return;
    bool used = variant->has_window || pt_hf_flag(hf, "use_sliding_window", false);
    int64_t window = pt_hf_size_or_null(hf, "sliding_window", 4096, 0);
    int64_t first = variant->has_window_flag ? pt_hf_count(hf, "max_window_layers", 28) : 0;
    model->window = used ? window : 0;
    model->first_window_layer = first;
}

// "full_attention" or "sliding_attention" for each layer; other words are of models to come.
static bool slides(struct pt_hf *hf, const struct llama *model, int layer)
{
    const struct pt_node *types = pt_hf_find(hf, "layer_types");
    if (!model->variant->has_window_flag || types == NULL || types->is_null)
        return model->window > 0 && layer >= model->first_window_layer;
    const char *word = "";
    const struct pt_node *item = types->kind == PT_NODE_SEQUENCE ? types->first : NULL;
    for (int i = 0; i < layer && item != NULL; i++)
        item = item->next;
    if (item == NULL)
        pt_hf_fail(hf, "layer_types", "layer_types has no word for layer %d", layer);
    else if (hf->status == PT_OK)
        hf->status = pt_node_string(item, &word, hf->error);
    bool sliding = strcmp(word, "sliding_attention") == 0;
    if (!sliding && strcmp(word, "full_attention") != 0)
        pt_hf_fail(hf, "layer_types",
                   "layer_types: unknown word %s; known are full_attention, sliding_attention",
                   word);
    return sliding && model->window > 0;
}

static struct llama read(struct pt_hf *hf)
{
    const struct variant *variant = find_variant(hf->family->model_type);
    struct llama model = {
        .variant = variant,
        .vocabulary = pt_hf_size(hf, "vocab_size", variant->vocabulary),
        .context = pt_hf_size(hf, "max_position_embeddings", variant->context),
        .width = pt_hf_size(hf, "hidden_size", 4096),
        .inner = pt_hf_size(hf, "intermediate_size", variant->inner),
        .layers = pt_hf_size(hf, "num_hidden_layers", 32),
        .heads = pt_hf_size(hf, "num_attention_heads", 32),
        .epsilon = pt_hf_number(hf, "rms_norm_eps", 1e-6, 0, 1),
        .dropout = pt_hf_dropout_of(hf, "attention_dropout", 0),
        .tied = pt_hf_flag(hf, "tie_word_embeddings", false),
        .activation = pt_hf_activation_of(hf, "hidden_act", "silu"),
    };
    // Missing and null differ here: null is "as many as heads" for all of them.
    int64_t kv_heads = variant->kv_heads == SAME_AS_HEADS ? model.heads : variant->kv_heads;
    model.kv_heads = pt_hf_size_or_null(hf, "num_key_value_heads", kv_heads, model.heads);
    int64_t head_dim = model.width / model.heads;
    model.head_dim = pt_hf_size_or_null(
        hf, "head_dim", variant->head_dim == WIDTH_OVER_HEADS ? head_dim : variant->head_dim,
        head_dim);
    bool bias = variant->has_bias_keys && pt_hf_flag(hf, "attention_bias", false);
    model.qkv_bias = bias || variant->has_qkv_bias;
    model.out_bias = bias;
    model.mlp_bias = variant->has_bias_keys && pt_hf_flag(hf, "mlp_bias", false);
    model.rotary = pt_hf_read_rotary(hf, 10000);
    read_window(hf, &model);
    hf->deviation = pt_hf_number(hf, "initializer_range", 0.02, 0, 1);
    pt_hf_check_depth(hf, "num_hidden_layers", model.layers);
    if (hf->status == PT_OK && model.heads % model.kv_heads != 0)
        pt_hf_fail(hf, "num_key_value_heads",
                   "%lld heads can't share %lld key and value heads evenly", (long long)model.heads,
                   (long long)model.kv_heads);
    const struct pt_node *given = pt_hf_find(hf, "head_dim");
    if (variant->head_dim == WIDTH_OVER_HEADS && (given == NULL || given->is_null))
        pt_hf_check_heads(hf, "num_attention_heads", model.width, model.heads);
    return model;
}

static pt_tensor norm(struct pt_hf *hf, const struct llama *model, const char *name, pt_tensor x,
                      int64_t groups)
{
    return pt_hf_op(hf, "rms_norm", name, x,
                    (struct pt_setting[]){{"epsilon", model->epsilon, NULL},
                                          {"groups", (double)groups, NULL},
                                          {.name = NULL}});
}

// Queries, or keys.
static pt_tensor project(struct pt_hf *hf, const struct llama *model, const char *block, char which,
                         pt_tensor x, int64_t heads)
{
    x = pt_hf_linear(hf, pt_hf_name(hf, "%s.self_attn.%c_proj", block, which), x,
                     heads * model->head_dim, model->qkv_bias);
    if (model->variant->has_qk_norm && which != 'v')
        x = norm(hf, model, pt_hf_name(hf, "%s.self_attn.%c_norm", block, which), x, heads);
    return x;
}

static pt_tensor attention(struct pt_hf *hf, const struct llama *model, const char *block,
                           int layer, pt_tensor x, pt_tensor mask)
{
    struct pt_setting settings[6 + PT_HF_ROTARY_SETTINGS_MAX] = {
        {"heads", (double)model->heads, NULL},
        {"kv_heads", (double)model->kv_heads, NULL},
        {"head_dim", (double)model->head_dim, NULL},
        {"causal", true, NULL},
        {"window", slides(hf, model, layer) ? (double)model->window : 0, NULL},
        {"dropout", model->dropout, NULL},
    };
    pt_hf_rotary_settings(&model->rotary, model->head_dim, settings + 6);
    pt_tensor inputs[4] = {project(hf, model, block, 'q', x, model->heads),
                           project(hf, model, block, 'k', x, model->kv_heads),
                           project(hf, model, block, 'v', x, model->kv_heads), mask};
    x = pt_hf_op_of(hf, "attention", pt_hf_name(hf, "%s.self_attn", block), inputs,
                    mask == PT_NO_TENSOR ? 3 : 4, settings);
    return pt_hf_linear(hf, pt_hf_name(hf, "%s.self_attn.o_proj", block), x, model->width,
                        model->out_bias);
}

static pt_tensor mlp(struct pt_hf *hf, const struct llama *model, const char *block, pt_tensor x)
{
    pt_tensor gate = pt_hf_linear(hf, pt_hf_name(hf, "%s.mlp.gate_proj", block), x, model->inner,
                                  model->mlp_bias);
    pt_tensor up =
        pt_hf_linear(hf, pt_hf_name(hf, "%s.mlp.up_proj", block), x, model->inner, model->mlp_bias);
    x = pt_hf_gated(hf, pt_hf_name(hf, "%s.mlp", block), gate, up, &model->activation);
    return pt_hf_linear(hf, pt_hf_name(hf, "%s.mlp.down_proj", block), x, model->width,
                        model->mlp_bias);
}

static pt_tensor block(struct pt_hf *hf, const struct llama *model, int layer, pt_tensor x,
                       pt_tensor mask)
{
    const char *name = pt_hf_name(hf, "model.layers.%d", layer);
    pt_tensor y = norm(hf, model, pt_hf_name(hf, "%s.input_layernorm", name), x, 1);
    y = attention(hf, model, name, layer, y, mask);
    x = pt_hf_add(hf, pt_hf_name(hf, "%s.add_1", name), y, x);
    y = norm(hf, model, pt_hf_name(hf, "%s.post_attention_layernorm", name), x, 1);
    y = mlp(hf, model, name, y);
    return pt_hf_add(hf, pt_hf_name(hf, "%s.add_2", name), y, x);
}

void pt_hf_build_llama(struct pt_hf *hf)
{
    int64_t length;
    struct llama model = read(hf);
    pt_tensor x = pt_hf_tokens(hf, model.context, &length);
    pt_tensor mask = pt_hf_mask(hf, length);
    x = pt_hf_embedding(hf, "model.embed_tokens", x, model.vocabulary, model.width);
    pt_tensor tied = model.tied ? pt_hf_parameter(hf, "model.embed_tokens.weight") : PT_NO_TENSOR;
    for (int i = 0; i < model.layers && hf->status == PT_OK; i++)
        x = block(hf, &model, i, x, mask);
    x = norm(hf, &model, "model.norm", x, 1);
    if (hf->task == PT_TASK_FEATURES)
        pt_hf_features(hf, x);
    else
        pt_hf_language_head(hf, x,
                            &(struct pt_hf_head){.name = "lm_head",
                                                 .scope = "lm_head",
                                                 .vocabulary = model.vocabulary,
                                                 .tied = tied});
}
