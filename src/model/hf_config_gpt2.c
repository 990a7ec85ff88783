// GPT-2. Radford et al. 2019, "Language models are unsupervised multitask learners".
// Names and order of operations: transformers, models/gpt2/modeling_gpt2.py.

#include <math.h>

#include "model/hf_family.h"

const struct pt_hf_architecture pt_hf_gpt2_architectures[] = {
    {"GPT2LMHeadModel", PT_TASK_LANGUAGE_MODEL},
    {"GPT2Model", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

struct gpt2 {
    int64_t vocabulary, context, width, layers, heads, inner;
    double epsilon, embedding_dropout, attention_dropout, dropout;
    bool scaled, scaled_by_layer, tied;
    struct pt_hf_activation activation;
};

static struct gpt2 read(struct pt_hf *hf)
{
    struct gpt2 model = {
        .vocabulary = pt_hf_size(hf, "vocab_size", 50257),
        .context = pt_hf_size(hf, "n_positions", 1024),
        .width = pt_hf_size(hf, "n_embd", 768),
        .layers = pt_hf_size(hf, "n_layer", 12),
        .heads = pt_hf_size(hf, "n_head", 12),
        .epsilon = pt_hf_number(hf, "layer_norm_epsilon", 1e-5, 0, 1),
        .embedding_dropout = pt_hf_dropout_of(hf, "embd_pdrop", 0.1),
        .attention_dropout = pt_hf_dropout_of(hf, "attn_pdrop", 0.1),
        .dropout = pt_hf_dropout_of(hf, "resid_pdrop", 0.1),
        .scaled = pt_hf_flag(hf, "scale_attn_weights", true),
        .scaled_by_layer = pt_hf_flag(hf, "scale_attn_by_inverse_layer_idx", false),
        .tied = pt_hf_flag(hf, "tie_word_embeddings", true),
        .activation = pt_hf_activation_of(hf, "activation_function", "gelu_new"),
    };
    model.inner = pt_hf_size_or_null(hf, "n_inner", 4 * model.width, 4 * model.width);
    hf->deviation = pt_hf_number(hf, "initializer_range", 0.02, 0, 1);
    pt_hf_only(hf, "add_cross_attention", false);
    pt_hf_check_depth(hf, "n_layer", model.layers);
    pt_hf_check_heads(hf, "n_head", model.width, model.heads);
    return model;
}

// A Conv1D of transformers is a linear whose weight is stored [in, out].
static pt_tensor conv1d(struct pt_hf *hf, const char *name, pt_tensor x, int64_t out_features)
{
    pt_tensor y = pt_hf_linear(hf, name, x, out_features, true);
    pt_hf_in_files(hf, pt_hf_name(hf, "%s.weight", name), NULL, (const int8_t[]){1, 0}, 2);
    return y;
}

// The last product of a residual branch starts smaller, by one over the root of the number of
// branches.
static pt_tensor last_conv1d(struct pt_hf *hf, const struct gpt2 *model, const char *name,
                             pt_tensor x)
{
    pt_tensor y = conv1d(hf, name, x, model->width);
    pt_hf_start_normal(hf, name, hf->deviation / sqrt(2 * (double)model->layers));
    return y;
}

static pt_tensor attention(struct pt_hf *hf, const struct gpt2 *model, const char *block, int layer,
                           pt_tensor x, pt_tensor mask)
{
    double scale = model->scaled ? 1 / sqrt((double)model->width / (double)model->heads) : 1;
    if (model->scaled_by_layer)
        scale /= layer + 1;
    x = conv1d(hf, pt_hf_name(hf, "%s.attn.c_attn", block), x, 3 * model->width);
    x = pt_hf_op_of(hf, "attention", pt_hf_name(hf, "%s.attn", block), (pt_tensor[]){x, mask},
                    mask == PT_NO_TENSOR ? 1 : 2,
                    (struct pt_setting[]){{"heads", (double)model->heads, NULL},
                                          {"causal", true, NULL},
                                          {"scale", scale, NULL},
                                          {"dropout", model->attention_dropout, NULL},
                                          {.name = NULL}});
    x = last_conv1d(hf, model, pt_hf_name(hf, "%s.attn.c_proj", block), x);
    return pt_hf_dropout(hf, pt_hf_name(hf, "%s.attn.resid_dropout", block), x, model->dropout);
}

static pt_tensor mlp(struct pt_hf *hf, const struct gpt2 *model, const char *block, pt_tensor x)
{
    x = conv1d(hf, pt_hf_name(hf, "%s.mlp.c_fc", block), x, model->inner);
    x = pt_hf_activate(hf, pt_hf_name(hf, "%s.mlp.act", block), x, &model->activation);
    x = last_conv1d(hf, model, pt_hf_name(hf, "%s.mlp.c_proj", block), x);
    return pt_hf_dropout(hf, pt_hf_name(hf, "%s.mlp.dropout", block), x, model->dropout);
}

static pt_tensor block(struct pt_hf *hf, const struct gpt2 *model, int layer, pt_tensor x,
                       pt_tensor mask)
{
    const char *name = pt_hf_name(hf, "transformer.h.%d", layer);
    pt_tensor y = pt_hf_layer_norm(hf, pt_hf_name(hf, "%s.ln_1", name), x, model->epsilon);
    y = attention(hf, model, name, layer, y, mask);
    x = pt_hf_add(hf, pt_hf_name(hf, "%s.add_1", name), y, x);
    y = pt_hf_layer_norm(hf, pt_hf_name(hf, "%s.ln_2", name), x, model->epsilon);
    y = mlp(hf, model, name, y);
    return pt_hf_add(hf, pt_hf_name(hf, "%s.add_2", name), y, x);
}

void pt_hf_build_gpt2(struct pt_hf *hf)
{
    int64_t length;
    struct gpt2 model = read(hf);
    pt_tensor x = pt_hf_tokens(hf, model.context, &length);
    pt_tensor mask = pt_hf_mask(hf, length);
    x = pt_hf_embedding(hf, "transformer.wte", x, model.vocabulary, model.width);
    pt_tensor tied = model.tied ? pt_hf_parameter(hf, "transformer.wte.weight") : PT_NO_TENSOR;
    x = pt_hf_positions(hf, "transformer.wpe", x, model.context);
    x = pt_hf_dropout(hf, "transformer.drop", x, model.embedding_dropout);
    for (int i = 0; i < model.layers && hf->status == PT_OK; i++)
        x = block(hf, &model, i, x, mask);
    x = pt_hf_layer_norm(hf, "transformer.ln_f", x, model.epsilon);
    if (hf->task == PT_TASK_FEATURES)
        pt_hf_features(hf, x);
    else
        pt_hf_language_head(hf, x,
                            &(struct pt_hf_head){.name = "lm_head",
                                                 .scope = "lm_head",
                                                 .vocabulary = model.vocabulary,
                                                 .tied = tied});
}
