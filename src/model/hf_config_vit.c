// Vision transformer. Dosovitskiy et al. 2020, arXiv:2010.11929.
// Names in files: transformers 4, and 5, which renames on loading; order of operations:
// models/vit/modeling_vit.py.

#include "model/hf_family.h"

const struct pt_hf_architecture pt_hf_vit_architectures[] = {
    {"ViTForImageClassification", PT_TASK_CLASSIFICATION},
    {"ViTModel", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

struct vit {
    int64_t image[3]; // height, width, channels
    int64_t patch, width, layers, heads, inner, pooler_width;
    double epsilon, dropout, attention_dropout;
    bool qkv_bias;
    struct pt_hf_activation activation, pooler_activation;
};

// A side, or [height, width].
static void read_sides(struct pt_hf *hf, const char *key, int64_t fallback, int64_t *ret_sides)
{
    const struct pt_node *node = pt_hf_find(hf, key);
    int count = 2;
    ret_sides[0] = ret_sides[1] = fallback;
    if (node == NULL || node->kind != PT_NODE_SEQUENCE) {
        ret_sides[0] = ret_sides[1] = pt_hf_size(hf, key, fallback);
        return;
    }
    pt_hf_sizes(hf, key, 2, ret_sides, &count);
    if (count != 2)
        pt_hf_fail(hf, key, "%s must be a number or [height, width]", key);
}

static void read_image(struct pt_hf *hf, struct vit *model)
{
    int64_t patch[2];
    read_sides(hf, "image_size", 224, model->image);
    read_sides(hf, "patch_size", 16, patch);
    model->patch = patch[0];
    if (patch[0] != patch[1])
        pt_hf_fail(hf, "patch_size", "patch_size: only square patches are supported");
    model->image[2] = pt_hf_size(hf, "num_channels", 3);
    for (int i = 0; i < 3 && hf->options->image[0] > 0; i++)
        model->image[i] = hf->options->image[i];
    for (int i = 0; i < 2; i++)
        if (hf->status == PT_OK && model->image[i] < model->patch)
            pt_hf_fail(hf, "patch_size", "a patch of %lld pixels is larger than the image of %lld",
                       (long long)model->patch, (long long)model->image[i]);
}

static struct vit read(struct pt_hf *hf)
{
    struct vit model = {
        .width = pt_hf_size(hf, "hidden_size", 768),
        .layers = pt_hf_size(hf, "num_hidden_layers", 12),
        .heads = pt_hf_size(hf, "num_attention_heads", 12),
        .inner = pt_hf_size(hf, "intermediate_size", 3072),
        .epsilon = pt_hf_number(hf, "layer_norm_eps", 1e-12, 0, 1),
        .dropout = pt_hf_dropout_of(hf, "hidden_dropout_prob", 0),
        .attention_dropout = pt_hf_dropout_of(hf, "attention_probs_dropout_prob", 0),
        .qkv_bias = pt_hf_flag(hf, "qkv_bias", true),
        .activation = pt_hf_activation_of(hf, "hidden_act", "gelu"),
        .pooler_activation = pt_hf_activation_of(hf, "pooler_act", "tanh"),
    };
    model.pooler_width = pt_hf_size_or_null(hf, "pooler_output_size", model.width, model.width);
    hf->deviation = pt_hf_number(hf, "initializer_range", 0.02, 0, 1);
    read_image(hf, &model);
    pt_hf_check_depth(hf, "num_hidden_layers", model.layers);
    pt_hf_check_heads(hf, "num_attention_heads", model.width, model.heads);
    return model;
}

// Patches as tokens, a learned one before them, and learned positions.
static pt_tensor embeddings(struct pt_hf *hf, const struct vit *model, pt_tensor pixels)
{
    static const int8_t axes[] = {-1, 0, 1};
    int64_t rows = model->image[0] / model->patch, columns = model->image[1] / model->patch;
    pt_tensor x = pt_hf_op(hf, "conv2d", "vit.embeddings.patch_embeddings.projection", pixels,
                           (struct pt_setting[]){{"out_channels", (double)model->width, NULL},
                                                 {"kernel", (double)model->patch, NULL},
                                                 {"stride", (double)model->patch, NULL},
                                                 {.name = NULL}});
    pt_hf_start_normal(hf, "vit.embeddings.patch_embeddings.projection", hf->deviation);
    x = pt_hf_reshape(hf, "vit.embeddings.patches", x, (int64_t[]){rows * columns, model->width},
                      2);
    x = pt_hf_op(hf, "prepend_token", "vit.embeddings.cls", x, NULL);
    pt_hf_start_normal(hf, "vit.embeddings.cls", hf->deviation);
    pt_hf_in_files(hf, "vit.embeddings.cls.weight", "vit.embeddings.cls_token", axes, 3);
    x = pt_hf_positions(hf, "vit.embeddings.position", x, rows * columns + 1);
    pt_hf_in_files(hf, "vit.embeddings.position.weight", "vit.embeddings.position_embeddings", axes,
                   3);
    return pt_hf_dropout(hf, "vit.embeddings.dropout", x, model->dropout);
}

static pt_tensor attention(struct pt_hf *hf, const struct vit *model, const char *block,
                           pt_tensor x)
{
    static const char *const parts[] = {"query", "key", "value"};
    pt_tensor inputs[3];
    for (int i = 0; i < 3; i++)
        inputs[i] = pt_hf_linear(hf, pt_hf_name(hf, "%s.attention.attention.%s", block, parts[i]),
                                 x, model->width, model->qkv_bias);
    x = pt_hf_op_of(hf, "attention", pt_hf_name(hf, "%s.attention.attention", block), inputs, 3,
                    (struct pt_setting[]){{"heads", (double)model->heads, NULL},
                                          {"dropout", model->attention_dropout, NULL},
                                          {.name = NULL}});
    x = pt_hf_linear(hf, pt_hf_name(hf, "%s.attention.output.dense", block), x, model->width, true);
    return pt_hf_dropout(hf, pt_hf_name(hf, "%s.attention.dropout", block), x, model->dropout);
}

static pt_tensor block(struct pt_hf *hf, const struct vit *model, int layer, pt_tensor x)
{
    const char *name = pt_hf_name(hf, "vit.encoder.layer.%d", layer);
    pt_tensor y =
        pt_hf_layer_norm(hf, pt_hf_name(hf, "%s.layernorm_before", name), x, model->epsilon);
    y = attention(hf, model, name, y);
    x = pt_hf_add(hf, pt_hf_name(hf, "%s.add_1", name), y, x);
    y = pt_hf_layer_norm(hf, pt_hf_name(hf, "%s.layernorm_after", name), x, model->epsilon);
    y = pt_hf_linear(hf, pt_hf_name(hf, "%s.intermediate.dense", name), y, model->inner, true);
    y = pt_hf_activate(hf, pt_hf_name(hf, "%s.intermediate.act", name), y, &model->activation);
    y = pt_hf_linear(hf, pt_hf_name(hf, "%s.output.dense", name), y, model->width, true);
    y = pt_hf_dropout(hf, pt_hf_name(hf, "%s.output.dropout", name), y, model->dropout);
    return pt_hf_add(hf, pt_hf_name(hf, "%s.add_2", name), y, x);
}

void pt_hf_build_vit(struct pt_hf *hf)
{
    struct vit model = read(hf);
    pt_tensor x = pt_hf_pixels(hf, model.image[0], model.image[1], model.image[2]);
    x = embeddings(hf, &model, x);
    for (int i = 0; i < model.layers && hf->status == PT_OK; i++)
        x = block(hf, &model, i, x);
    if (hf->task == PT_TASK_CLASSIFICATION) { // only the first token is read
        x = pt_hf_first(hf, "vit.first", x);
        x = pt_hf_layer_norm(hf, "vit.layernorm", x, model.epsilon);
        pt_hf_classifier(hf, "classifier", x, pt_hf_classes(hf, 2));
        return;
    }
    x = pt_hf_layer_norm(hf, "vit.layernorm", x, model.epsilon);
    pt_hf_features(hf, x);
    x = pt_hf_first(hf, "vit.pooler.first", x);
    x = pt_hf_linear(hf, "vit.pooler.dense", x, model.pooler_width, true);
    pt_hf_features(hf, pt_hf_activate(hf, "vit.pooler.activation", x, &model.pooler_activation));
}
