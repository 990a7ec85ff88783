// What all families are made of.

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/hf_family.h"

enum { LENGTH_FALLBACK = 1024, NAME_SIZE = 256 };

const char *pt_hf_name(struct pt_hf *hf, const char *format, ...)
{
    char text[NAME_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *name = pt_arena_strdup(hf->graph->arena, text);
    if (name == NULL)
        pt_graph_mistake(hf->graph, PT_NO_MEMORY, "%s: out of memory", text);
    return name;
}

pt_tensor pt_hf_op_of(struct pt_hf *hf, const char *operator_name, const char *name,
                      const pt_tensor *inputs, int input_count, const struct pt_setting *settings)
{
    if (hf->status != PT_OK)
        return PT_NO_TENSOR;
    return pt_graph_add_with(hf->graph,
                             &(struct pt_op_request){.operator_name = operator_name,
                                                     .name = name,
                                                     .inputs = inputs,
                                                     .input_count = input_count},
                             settings);
}

pt_tensor pt_hf_scoped(struct pt_hf *hf, const char *operator_name, const char *name,
                       const char *scope, pt_tensor x, const struct pt_setting *settings)
{
    if (hf->status != PT_OK)
        return PT_NO_TENSOR;
    return pt_graph_add_with(hf->graph,
                             &(struct pt_op_request){.operator_name = operator_name,
                                                     .name = name,
                                                     .scope = scope,
                                                     .inputs = &x,
                                                     .input_count = 1},
                             settings);
}

pt_tensor pt_hf_op(struct pt_hf *hf, const char *operator_name, const char *name, pt_tensor x,
                   const struct pt_setting *settings)
{
    return pt_hf_op_of(hf, operator_name, name, &x, 1, settings);
}

pt_tensor pt_hf_parameter(const struct pt_hf *hf, const char *name)
{
    bool ok = hf->status == PT_OK && hf->graph->status == PT_OK;
    return ok ? pt_graph_find(hf->graph, name) : PT_NO_TENSOR;
}

void pt_hf_start_normal(struct pt_hf *hf, const char *name, double deviation)
{
    pt_tensor weight = pt_hf_parameter(hf, pt_hf_name(hf, "%s.weight", name));
    pt_tensor bias = pt_hf_parameter(hf, pt_hf_name(hf, "%s.bias", name));
    if (weight != PT_NO_TENSOR) {
        hf->graph->tensors[weight].init = PT_INIT_NORMAL;
        hf->graph->tensors[weight].init_scale = deviation;
    }
    if (bias != PT_NO_TENSOR)
        hf->graph->tensors[bias].init = PT_INIT_ZERO;
}

void pt_hf_in_files(struct pt_hf *hf, const char *name, const char *file_name, const int8_t *axes,
                    int rank)
{
    pt_tensor parameter = pt_hf_parameter(hf, name);
    if (parameter == PT_NO_TENSOR)
        return;
    struct pt_tensor_info *info = &hf->graph->tensors[parameter];
    info->file_name = file_name;
    info->file_rank = rank;
    if (rank > 0)
        memcpy(info->file_axes, axes, (size_t)rank * sizeof *axes);
}

pt_tensor pt_hf_linear(struct pt_hf *hf, const char *name, pt_tensor x, int64_t out_features,
                       bool bias)
{
    pt_tensor y = pt_hf_op(hf, "linear", name, x,
                           (struct pt_setting[]){{"out_features", (double)out_features, NULL},
                                                 {"bias", bias, NULL},
                                                 {.name = NULL}});
    if (hf->deviation > 0)
        pt_hf_start_normal(hf, name, hf->deviation);
    return y;
}

pt_tensor pt_hf_layer_norm(struct pt_hf *hf, const char *name, pt_tensor x, double epsilon)
{
    return pt_hf_op(hf, "layer_norm", name, x,
                    (struct pt_setting[]){{"epsilon", epsilon, NULL}, {.name = NULL}});
}

pt_tensor pt_hf_activate(struct pt_hf *hf, const char *name, pt_tensor x,
                         const struct pt_hf_activation *activation)
{
    return pt_hf_op(hf, activation->operator_name, name, x, activation->settings);
}

pt_tensor pt_hf_dropout(struct pt_hf *hf, const char *name, pt_tensor x, double probability)
{
    if (probability == 0)
        return x;
    return pt_hf_op(hf, "dropout", name, x,
                    (struct pt_setting[]){{"probability", probability, NULL}, {.name = NULL}});
}

pt_tensor pt_hf_add(struct pt_hf *hf, const char *name, pt_tensor x, pt_tensor y)
{
    return pt_hf_op_of(hf, "add", name, (pt_tensor[]){x, y}, 2, NULL);
}

pt_tensor pt_hf_gated(struct pt_hf *hf, const char *name, pt_tensor gate, pt_tensor up,
                      const struct pt_hf_activation *activation)
{
    if (strcmp(activation->operator_name, "silu") == 0)
        return pt_hf_op_of(hf, "swiglu", pt_hf_name(hf, "%s.gated", name), (pt_tensor[]){gate, up},
                           2, NULL);
    gate = pt_hf_activate(hf, pt_hf_name(hf, "%s.act", name), gate, activation);
    return pt_hf_op_of(hf, "multiply", pt_hf_name(hf, "%s.gated", name), (pt_tensor[]){gate, up}, 2,
                       NULL);
}

// --------------------------------------------------------------------------------------- inputs
static pt_tensor input(struct pt_hf *hf, const char *name, enum pt_dtype dtype, int rank,
                       const int64_t *dims)
{
    return hf->status == PT_OK ? pt_input(hf->graph, name, dtype, rank, dims) : PT_NO_TENSOR;
}

pt_tensor pt_hf_tokens(struct pt_hf *hf, int64_t context, int64_t *ret_length)
{
    int64_t length = hf->options->length;
    if (length == 0)
        length = context < LENGTH_FALLBACK ? context : LENGTH_FALLBACK;
    if (length > context)
        pt_hf_fail(hf, NULL, "a length of %lld tokens; this model takes at most %lld",
                   (long long)length, (long long)context);
    *ret_length = length;
    return input(hf, "input_ids", PT_INT32, 2, (int64_t[]){hf->options->batch, length});
}

pt_tensor pt_hf_input_tokens(struct pt_hf *hf, const char *name, int64_t length)
{
    return input(hf, name, PT_INT32, 2, (int64_t[]){hf->options->batch, length});
}

pt_tensor pt_hf_mask(struct pt_hf *hf, int64_t length)
{
    return hf->options->mask ? pt_hf_input_tokens(hf, "attention_mask", length) : PT_NO_TENSOR;
}

pt_tensor pt_hf_pixels(struct pt_hf *hf, int64_t height, int64_t width, int64_t channels)
{
    return input(hf, "pixel_values", PT_FLOAT32, 4,
                 (int64_t[]){hf->options->batch, height, width, channels});
}

// ---------------------------------------------------------------------------------------- heads
static pt_tensor targets_like(struct pt_hf *hf, pt_tensor x)
{
    if (hf->status != PT_OK || hf->graph->status != PT_OK)
        return PT_NO_TENSOR;
    struct pt_shape shape = pt_graph_tensor(hf->graph, x)->shape;
    return input(hf, "target", PT_INT32, shape.rank - 1, shape.dim);
}

static void cross_entropy(struct pt_hf *hf, pt_tensor logits)
{
    if (!hf->options->no_loss)
        pt_hf_op_of(hf, "cross_entropy", "loss", (pt_tensor[]){logits, targets_like(hf, logits)}, 2,
                    NULL);
}

void pt_hf_language_head(struct pt_hf *hf, pt_tensor x, const struct pt_hf_head *head)
{
    bool fused = !hf->options->no_loss && !hf->options->plain_head;
    pt_tensor inputs[2] = {x, fused ? targets_like(hf, x) : PT_NO_TENSOR};
    if (hf->status != PT_OK)
        return;
    struct pt_setting settings[] = {{"out_features", (double)head->vocabulary, NULL},
                                    {"bias", head->bias, NULL},
                                    {.name = NULL}};
    pt_tensor y = pt_graph_add_with(
        hf->graph,
        &(struct pt_op_request){.operator_name = fused ? "linear_cross_entropy" : "linear",
                                .name = fused ? "loss" : head->name,
                                .scope = head->scope,
                                .inputs = inputs,
                                .input_count = fused ? 2 : 1,
                                .parameters = &head->tied,
                                .parameter_count = 1},
        settings);
    if (hf->deviation > 0)
        pt_hf_start_normal(hf, head->scope, hf->deviation);
    if (fused)
        return;
    pt_hf_features(hf, y);
    cross_entropy(hf, y);
}

void pt_hf_features(struct pt_hf *hf, pt_tensor x)
{
    if (x != PT_NO_TENSOR)
        pt_graph_keep(hf->graph, x);
}

void pt_hf_classifier(struct pt_hf *hf, const char *name, pt_tensor x, int64_t classes)
{
    pt_tensor logits = pt_hf_linear(hf, name, x, classes, true);
    pt_hf_features(hf, logits);
    cross_entropy(hf, logits);
}
