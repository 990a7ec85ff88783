// Decoders with a mixture of experts. Mixtral: Jiang et al. 2024, arXiv:2401.04088; Qwen: Yang et
// al. 2024 and 2025, arXiv:2407.10671 and 2505.09388; OLMoE: Muennighoff et al. 2024,
// arXiv:2409.02060; DeepSeek: arXiv:2405.04434 and 2412.19437; Kimi K2: arXiv:2507.20534; gpt-oss:
// arXiv:2508.10925; Granite: IBM 2024, Granite 3.0 Language Models; Llama 4: Meta 2025, the card.
// Names, defaults and order of operations: transformers, models/*/configuration_*.py and
// modeling_*.py.

#include <math.h>
#include <string.h>

#include "model/hf_moe.h"

#define ARCHITECTURES(FAMILY, CLASS)                                                               \
    const struct pt_hf_architecture pt_hf_##FAMILY##_architectures[] = {                           \
        {CLASS "ForCausalLM", PT_TASK_LANGUAGE_MODEL},                                             \
        {CLASS "Model", PT_TASK_FEATURES},                                                         \
        {NULL, PT_TASK_OF_CONFIG},                                                                 \
    }
ARCHITECTURES(mixtral, "Mixtral");
ARCHITECTURES(qwen2_moe, "Qwen2Moe");
ARCHITECTURES(qwen3_moe, "Qwen3Moe");
ARCHITECTURES(olmoe, "Olmoe");
ARCHITECTURES(deepseek_v2, "DeepseekV2");
ARCHITECTURES(deepseek_v3, "DeepseekV3");
ARCHITECTURES(gpt_oss, "GptOss");
ARCHITECTURES(granitemoe, "GraniteMoe");

const struct pt_hf_architecture pt_hf_llama4_architectures[] = {
    {"Llama4ForCausalLM", PT_TASK_LANGUAGE_MODEL},
    {"Llama4ForConditionalGeneration", PT_TASK_LANGUAGE_MODEL},
    {"Llama4TextModel", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

enum { SAME_AS_HEADS = 0, WIDTH_OVER_HEADS = 0, NO_WINDOW = 0, NO_DEFAULT = 0 };

static pt_hf_moe_reader read_mixtral, read_qwen2, read_qwen3, read_olmoe, read_gpt_oss,
    read_granite;

// What the classes assume where a key is missing.
struct variant {
    const char *model_type;
    int64_t vocabulary, context, width, inner, layers, heads, kv_heads, head_dim;
    double base, epsilon;
    const char *experts_key, *other_experts_key; // two names for one number
    int64_t experts, top_k;
    const char *inner_key; // of one expert
    int64_t expert_inner;
    struct pt_hf_moe_names names;
    pt_hf_moe_reader *read; // the rest
};

// One tensor for each expert, as files have it.
#define EACH(BRANCH, ROUTER, GATE, UP, DOWN)                                                       \
    .router = BRANCH "." ROUTER ".weight", .up = BRANCH ".experts.#.@.weight",                     \
    .up_words = {GATE, UP}, .down = BRANCH ".experts.#." DOWN ".weight"
#define ALL(BRANCH)                                                                                \
    .router = BRANCH ".router.weight", .up = BRANCH ".experts.gate_up_proj",                       \
    .down = BRANCH ".experts.down_proj", .is_whole = true
#define DEEPSEEK_NAMES                                                                             \
    {                                                                                              \
        EACH("mlp", "gate", "gate_proj", "up_proj", "down_proj"),                                  \
            .shared = "mlp.shared_experts", .correction = "mlp.gate.e_score_correction_bias"       \
    }
#define DEEPSEEK_V3_SIZES                                                                          \
    129280, 4096, 7168, 18432, 61, 128, SAME_AS_HEADS, WIDTH_OVER_HEADS, 1e4, 1e-6,                \
        "n_routed_experts", "num_local_experts", 256, 8, "moe_intermediate_size", 2048,            \
        DEEPSEEK_NAMES, pt_hf_read_deepseek

// clang-format off
static const struct variant variants[] = {
    // model_type, vocabulary, context, width, inner, layers, heads, key heads, head, base, epsilon,
    // experts, top_k, inner of an expert
    {"mixtral", 32000, 131072, 4096, 14336, 32, 32, 8, WIDTH_OVER_HEADS, 1e6, 1e-5,
     "num_local_experts", "num_experts", 8, 2, "intermediate_size", 14336,
     {EACH("block_sparse_moe", "gate", "w1", "w3", "w2")}, read_mixtral},
    {"qwen2_moe", 151936, 32768, 2048, 5632, 24, 16, 16, WIDTH_OVER_HEADS, 1e4, 1e-6,
     "num_experts", "num_local_experts", 60, 4, "moe_intermediate_size", 1408,
     {EACH("mlp", "gate", "gate_proj", "up_proj", "down_proj"), .shared = "mlp.shared_expert",
      .shared_gate = "mlp.shared_expert_gate"}, read_qwen2},
    {"qwen3_moe", 151936, 32768, 2048, 6144, 24, 32, 4, WIDTH_OVER_HEADS, 1e4, 1e-6,
     "num_experts", "num_local_experts", 128, 8, "moe_intermediate_size", 768,
     {EACH("mlp", "gate", "gate_proj", "up_proj", "down_proj")}, read_qwen3},
    {"olmoe", 50304, 4096, 2048, 2048, 16, 16, SAME_AS_HEADS, WIDTH_OVER_HEADS, 1e4, 1e-5,
     "num_experts", "num_local_experts", 64, 8, "intermediate_size", 2048,
     {EACH("mlp", "gate", "gate_proj", "up_proj", "down_proj")}, read_olmoe},
    {"deepseek_v2", 102400, 2048, 4096, 11008, 32, 32, SAME_AS_HEADS, WIDTH_OVER_HEADS, 1e4, 1e-6,
     "n_routed_experts", "num_experts", 64, NO_DEFAULT, "moe_intermediate_size", 1407,
     DEEPSEEK_NAMES, pt_hf_read_deepseek},
    {"deepseek_v3", DEEPSEEK_V3_SIZES},
    {"kimi_k2", DEEPSEEK_V3_SIZES},
    {"gpt_oss", 201088, 131072, 2880, 2880, 36, 64, 8, 64, 150000, 1e-5,
     "num_local_experts", "num_experts", 128, 4, "intermediate_size", 2880,
     {ALL("mlp"), .router_bias = "mlp.router.bias", .up_bias = "mlp.experts.gate_up_proj_bias",
      .down_bias = "mlp.experts.down_proj_bias"}, read_gpt_oss},
    {"granitemoe", 32000, 2048, 4096, 11008, 32, 32, SAME_AS_HEADS, WIDTH_OVER_HEADS, 1e4, 1e-6,
     "num_local_experts", "num_experts", 8, 2, "intermediate_size", 11008,
     {ALL("block_sparse_moe")}, read_granite},
    {"llama4_text", 202048, 131072, 5120, 16384, 48, 40, 8, 128, 500000, 1e-5,
     "num_local_experts", "num_experts", 16, 1, "intermediate_size", 8192,
     {ALL("feed_forward"), .shared = "feed_forward.shared_expert"}, pt_hf_read_llama4},
};
// clang-format on

static const struct variant *find_variant(const char *model_type)
{
    const struct variant *variant = variants;
    while (strcmp(variant->model_type, model_type) != 0)
        variant++;
    return variant;
}

// ----------------------------------------------------------------------------------- what all have
static void read_sizes(struct pt_hf *hf, const struct variant *variant, struct pt_hf_decoder *model)
{
    model->vocabulary = pt_hf_size(hf, "vocab_size", variant->vocabulary);
    model->context = pt_hf_size(hf, "max_position_embeddings", variant->context);
    model->width = pt_hf_size(hf, "hidden_size", variant->width);
    model->layers = pt_hf_size(hf, "num_hidden_layers", variant->layers);
    model->heads = pt_hf_size(hf, "num_attention_heads", variant->heads);
    int64_t kv_heads = variant->kv_heads == SAME_AS_HEADS ? model->heads : variant->kv_heads;
    model->kv_heads = pt_hf_size_or_null(hf, "num_key_value_heads", kv_heads, model->heads);
    int64_t over = model->width / model->heads;
    model->head_dim = pt_hf_size_or_null(
        hf, "head_dim", variant->head_dim == WIDTH_OVER_HEADS ? over : variant->head_dim, over);
    model->epsilon = pt_hf_number(hf, "rms_norm_eps", variant->epsilon, 0, 1);
    model->tied = pt_hf_flag(hf, "tie_word_embeddings", false);
    model->attention_dropout = pt_hf_dropout_of(hf, "attention_dropout", 0);
    model->activation = pt_hf_activation_of(hf, "hidden_act", "silu");
    model->rotary = pt_hf_read_rotary(hf, variant->base);
    model->local_rotary = model->rotary;
    hf->deviation = pt_hf_number(hf, "initializer_range", 0.02, 0, 1);
    pt_hf_check_decoder(hf, model,
                        &(struct pt_hf_size_keys){"num_hidden_layers", "num_attention_heads",
                                                  "num_key_value_heads"});
}

// Where every head has a part of the width and no key says otherwise.
static void check_head_dim(struct pt_hf *hf, const struct pt_hf_decoder *model)
{
    const struct pt_node *given = pt_hf_find(hf, "head_dim");
    if (given == NULL || given->is_null)
        pt_hf_check_heads(hf, "num_attention_heads", model->width, model->heads);
}

// A number that has two names: attribute_map of transformers.
static int64_t size_of_two(struct pt_hf *hf, const char *key, const char *other, int64_t fallback)
{
    return pt_hf_find(hf, key) == NULL ? pt_hf_size(hf, other, fallback)
                                       : pt_hf_size(hf, key, fallback);
}

static void read_experts(struct pt_hf *hf, const struct variant *variant, struct pt_hf_moe *moe)
{
    moe->names = variant->names;
    moe->experts =
        size_of_two(hf, variant->experts_key, variant->other_experts_key, variant->experts);
    moe->top_k = variant->top_k;
    if (variant->top_k == NO_DEFAULT && pt_hf_find(hf, "num_experts_per_tok") == NULL)
        pt_hf_fail(hf, NULL,
                   "num_experts_per_tok is missing: how many of %lld experts a token passes",
                   (long long)moe->experts);
    moe->top_k = pt_hf_size(hf, "num_experts_per_tok", variant->top_k);
    moe->inner = pt_hf_size(hf, variant->inner_key, variant->expert_inner);
    moe->scale = 1;
    moe->groups = moe->top_groups = 1;
    if (hf->status == PT_OK && moe->top_k > moe->experts)
        pt_hf_fail(hf, "num_experts_per_tok", "num_experts_per_tok is %lld, but %s is %lld",
                   (long long)moe->top_k, variant->experts_key, (long long)moe->experts);
}

// 0 and null are none.
static int64_t window_of(struct pt_hf *hf, int64_t fallback)
{
    const struct pt_node *node = pt_hf_find(hf, "sliding_window");
    return node != NULL && node->is_null ? NO_WINDOW : pt_hf_count(hf, "sliding_window", fallback);
}

// A window on all layers if use_sliding_window is true.
static void read_window(struct pt_hf *hf, struct pt_hf_decoder *model)
{
    int64_t window = window_of(hf, 4096);
    if (pt_hf_flag(hf, "use_sliding_window", false))
        model->window = window;
}

// Layers with experts: neither in mlp_only_layers nor between the steps.
static void read_sparse_steps(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    const struct pt_node *dense = pt_hf_find(hf, "mlp_only_layers");
    int64_t step = pt_hf_size(hf, "decoder_sparse_step", 1), layers = model->decoder.layers, number;
    bool *sparse = pt_hf_layer_flags(hf, layers);
    model->moe.sparse = sparse;
    for (int64_t i = 0; i < layers && sparse != NULL; i++)
        sparse[i] = (i + 1) % step == 0;
    if (sparse == NULL || dense == NULL || dense->is_null)
        return;
    hf->status = pt_node_check_kind(dense, PT_NODE_SEQUENCE, hf->error);
    for (const struct pt_node *item = hf->status == PT_OK ? dense->first : NULL;
         item != NULL && hf->status == PT_OK; item = item->next) {
        hf->status = pt_node_integer(item, 0, INT32_MAX, &number, hf->error);
        if (hf->status == PT_OK && number < layers)
            sparse[number] = false;
    }
}

// ------------------------------------------------------------------------------------ each family
static void read_mixtral(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    check_head_dim(hf, &model->decoder);
    model->decoder.window = window_of(hf, NO_WINDOW);
    model->moe.normalize = true; // jitter and the auxiliary loss are the trainer's choice
}

static void read_qwen2(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    struct pt_hf_decoder *decoder = &model->decoder;
    check_head_dim(hf, decoder);
    decoder->inner = pt_hf_size(hf, "intermediate_size", 5632);
    decoder->qkv_bias = pt_hf_flag(hf, "qkv_bias", true);
    read_window(hf, decoder);
    int64_t first = pt_hf_count(hf, "max_window_layers", 28);
    pt_hf_read_layer_types(hf, decoder, 2);
    const struct pt_node *types = pt_hf_find(hf, "layer_types");
    bool given = types != NULL && !types->is_null;
    for (int64_t i = first; i < decoder->layers && decoder->slides != NULL && !given; i++)
        decoder->slides[i] = false;
    model->moe.normalize = pt_hf_flag(hf, "norm_topk_prob", false);
    model->moe.shared_inner = pt_hf_count(hf, "shared_expert_intermediate_size", 5632);
    model->moe.shared_is_gated = true;
    read_sparse_steps(hf, model);
}

static void read_qwen3(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    struct pt_hf_decoder *decoder = &model->decoder;
    check_head_dim(hf, decoder);
    decoder->inner = pt_hf_size(hf, "intermediate_size", 6144);
    decoder->qkv_bias = decoder->out_bias = pt_hf_flag(hf, "attention_bias", false);
    decoder->names.q_norm = "q_norm";
    decoder->names.k_norm = "k_norm";
    read_window(hf, decoder);
    model->moe.normalize = pt_hf_flag(hf, "norm_topk_prob", false);
    read_sparse_steps(hf, model);
}

static void read_olmoe(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    struct pt_hf_decoder *decoder = &model->decoder;
    const struct pt_node *clip = pt_hf_find(hf, "clip_qkv");
    check_head_dim(hf, decoder);
    decoder->qkv_bias = decoder->out_bias = pt_hf_flag(hf, "attention_bias", false);
    decoder->names.q_norm = "q_norm";
    decoder->names.k_norm = "k_norm";
    decoder->qk_norm_of_all = true;
    if (clip != NULL && !clip->is_null)
        pt_hf_plan_only(hf, "clipped queries, keys and values (clip_qkv)");
    model->moe.normalize = pt_hf_flag(hf, "norm_topk_prob", false);
}

static void read_gpt_oss(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    struct pt_hf_decoder *decoder = &model->decoder;
    struct pt_hf_moe *moe = &model->moe;
    decoder->qkv_bias = decoder->out_bias = pt_hf_flag(hf, "attention_bias", true);
    decoder->sinks = true;
    decoder->window = window_of(hf, 128);
    pt_hf_read_layer_types(hf, decoder, 2);
    moe->scores = PT_SCORES_SOFTMAX_OF_CHOSEN;
    moe->router_bias = moe->bias = moe->is_clamped = true;
    if (fabs(pt_hf_number(hf, "swiglu_limit", 7, 0, 1e9) - PT_CLAMPED_SWIGLU_LIMIT) > 1e-6 ||
        fabs(pt_hf_number(hf, "swiglu_alpha", 1.702, 0, 1e9) - PT_CLAMPED_SWIGLU_ALPHA) > 1e-6)
        pt_hf_plan_only(hf, "another swiglu_limit or swiglu_alpha than 7 and 1.702");
}

// Its files have other names and order of dimensions than the class, and numbers between the layers
// are scaled by constants, which is next to no work.
static void read_granite(struct pt_hf *hf, struct pt_hf_moe_decoder *model)
{
    check_head_dim(hf, &model->decoder);
    model->decoder.qkv_bias = model->decoder.out_bias = pt_hf_flag(hf, "attention_bias", false);
    model->moe.scores = PT_SCORES_SOFTMAX_OF_CHOSEN;
    pt_hf_plan_only(hf, "Granite's multipliers and files of experts");
}

// ------------------------------------------------------------------------------------- the graph
void pt_hf_build_moe_as(struct pt_hf *hf, const char *model_type)
{
    const struct variant *variant = find_variant(model_type);
    struct pt_hf_moe_decoder model = {
        .decoder = {.names = pt_hf_llama_names,
                    .norm = PT_HF_RMS_NORM,
                    .mlp = PT_HF_MLP_GATED,
                    .positions = PT_HF_POSITIONS_ROTARY,
                    .mlp_branch = pt_hf_moe_branch},
    };
    model.decoder.branch_data = &model;
    model.decoder.inner = variant->inner;
    read_sizes(hf, variant, &model.decoder);
    read_experts(hf, variant, &model.moe);
    if (hf->status == PT_OK)
        variant->read(hf, &model);
    pt_hf_build_decoder(hf, &model.decoder);
}

void pt_hf_build_moe(struct pt_hf *hf)
{
    pt_hf_build_moe_as(hf, hf->family->model_type);
}
