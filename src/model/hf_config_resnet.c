// ResNet, with basic blocks or bottlenecks. He et al. 2015, arXiv:1512.03385.
// Names and order of operations: transformers, models/resnet/modeling_resnet.py; channels last
// here, first in files.

#include <math.h>
#include <string.h>

#include "model/hf_family.h"

enum { STAGES_MAX = 16, BLOCKS_MAX = 1000, IMAGE_SIDE = 224, SMALL_BELOW = 64, REDUCTION = 4 };

const struct pt_hf_architecture pt_hf_resnet_architectures[] = {
    {"ResNetForImageClassification", PT_TASK_CLASSIFICATION},
    {"ResNetModel", PT_TASK_FEATURES},
    {NULL, PT_TASK_OF_CONFIG},
};

struct resnet {
    int64_t image[3]; // height, width, channels
    int64_t stem_width, widths[STAGES_MAX], depths[STAGES_MAX];
    int stages;
    bool bottleneck, downsamples_first_stage, downsamples_first_conv, small_stem;
    struct pt_hf_activation activation;
};

static void read_stages(struct pt_hf *hf, struct resnet *model)
{
    static const int64_t widths[] = {256, 512, 1024, 2048}, depths[] = {3, 4, 6, 3};
    int width_count = 4, depth_count = 4;
    memcpy(model->widths, widths, sizeof widths);
    memcpy(model->depths, depths, sizeof depths);
    pt_hf_sizes(hf, "hidden_sizes", STAGES_MAX, model->widths, &width_count);
    pt_hf_sizes(hf, "depths", STAGES_MAX, model->depths, &depth_count);
    if (width_count != depth_count)
        pt_hf_fail(hf, "depths", "depths has %d stages, hidden_sizes %d", depth_count, width_count);
    model->stages = width_count;
    int64_t blocks = 0;
    for (int i = 0; i < depth_count; i++)
        blocks += model->depths[i];
    if (blocks > BLOCKS_MAX)
        pt_hf_fail(hf, "depths", "depths: %lld blocks; at most %d are possible", (long long)blocks,
                   BLOCKS_MAX);
}

static void read_image(struct pt_hf *hf, struct resnet *model)
{
    const struct pt_model_options *options = hf->options;
    bool given = options->image[0] > 0;
    model->image[0] = given ? options->image[0] : IMAGE_SIDE;
    model->image[1] = given ? options->image[1] : IMAGE_SIDE;
    model->image[2] = pt_hf_size(hf, "num_channels", 3);
    if (given)
        model->image[2] = options->image[2];
    bool small = model->image[0] < SMALL_BELOW || model->image[1] < SMALL_BELOW;
    model->small_stem =
        options->stem == PT_STEM_SMALL || (options->stem == PT_STEM_OF_SIZE && small);
    hf->no_config = model->small_stem; // transformers has the large one only
}

static struct resnet read(struct pt_hf *hf)
{
    struct resnet model = {
        .stem_width = pt_hf_size(hf, "embedding_size", 64),
        .downsamples_first_stage = pt_hf_flag(hf, "downsample_in_first_stage", false),
        .downsamples_first_conv = pt_hf_flag(hf, "downsample_in_bottleneck", false),
        .activation = pt_hf_activation_of(hf, "hidden_act", "relu"),
    };
    const char *type = pt_hf_text(hf, "layer_type", "bottleneck");
    model.bottleneck = strcmp(type, "bottleneck") == 0;
    if (!model.bottleneck && strcmp(type, "basic") != 0)
        pt_hf_fail(hf, "layer_type", "layer_type: unknown word %s; known are basic, bottleneck",
                   type);
    read_stages(hf, &model);
    read_image(hf, &model);
    return model;
}

// A convolution without bias and a batch norm. The weights start as He et al. 2015,
// arXiv:1502.01852 say, by the number of outputs.
static pt_tensor convolution(struct pt_hf *hf, const char *name, pt_tensor x, int64_t width,
                             int kernel, int64_t stride)
{
    x = pt_hf_op(hf, "conv2d", pt_hf_name(hf, "%s.convolution", name), x,
                 (struct pt_setting[]){{"out_channels", (double)width, NULL},
                                       {"kernel", kernel, NULL},
                                       {"stride", (double)stride, NULL},
                                       {"padding", kernel / 2, NULL},
                                       {"bias", false, NULL},
                                       {.name = NULL}});
    pt_hf_start_normal(hf, pt_hf_name(hf, "%s.convolution", name),
                       sqrt(2 / ((double)width * kernel * kernel)));
    return pt_hf_op(
        hf, "batch_norm", pt_hf_name(hf, "%s.normalization", name), x,
        (struct pt_setting[]){{"epsilon", 1e-5, NULL}, {"momentum", 0.1, NULL}, {.name = NULL}});
}

static pt_tensor activated(struct pt_hf *hf, const struct resnet *model, const char *name,
                           pt_tensor x, int64_t width, int kernel, int64_t stride)
{
    x = convolution(hf, name, x, width, kernel, stride);
    return pt_hf_activate(hf, pt_hf_name(hf, "%s.activation", name), x, &model->activation);
}

static pt_tensor branch(struct pt_hf *hf, const struct resnet *model, const char *name, pt_tensor x,
                        int64_t width, int64_t stride)
{
    const char *parts[3];
    for (int i = 0; i < 3; i++)
        parts[i] = pt_hf_name(hf, "%s.layer.%d", name, i);
    if (!model->bottleneck) {
        x = activated(hf, model, parts[0], x, width, 3, stride);
        return convolution(hf, parts[1], x, width, 3, 1);
    }
    int64_t inner = width / REDUCTION;
    bool first = model->downsamples_first_conv;
    x = activated(hf, model, parts[0], x, inner, 1, first ? stride : 1);
    x = activated(hf, model, parts[1], x, inner, 3, first ? 1 : stride);
    return convolution(hf, parts[2], x, width, 1, 1);
}

static pt_tensor block(struct pt_hf *hf, const struct resnet *model, const char *name, pt_tensor x,
                       int64_t in_width, int64_t width, int64_t stride)
{
    pt_tensor residual = x;
    pt_tensor y = branch(hf, model, name, x, width, stride);
    if (in_width != width || stride != 1)
        residual = convolution(hf, pt_hf_name(hf, "%s.shortcut", name), x, width, 1, stride);
    y = pt_hf_add(hf, pt_hf_name(hf, "%s.add", name), y, residual);
    return pt_hf_activate(hf, pt_hf_name(hf, "%s.activation", name), y, &model->activation);
}

static pt_tensor stem(struct pt_hf *hf, const struct resnet *model, pt_tensor x)
{
    bool small = model->small_stem;
    x = activated(hf, model, "resnet.embedder.embedder", x, model->stem_width, small ? 3 : 7,
                  small ? 1 : 2);
    return small ? x
                 : pt_hf_op(hf, "max_pool2d", "resnet.embedder.pooler", x,
                            (struct pt_setting[]){{"kernel", 3, NULL},
                                                  {"stride", 2, NULL},
                                                  {"padding", 1, NULL},
                                                  {.name = NULL}});
}

static pt_tensor encoder(struct pt_hf *hf, const struct resnet *model, pt_tensor x)
{
    int64_t in_width = model->stem_width;
    for (int stage = 0; stage < model->stages; stage++)
        for (int i = 0; i < model->depths[stage] && hf->status == PT_OK; i++) {
            bool halves = i == 0 && (stage > 0 || model->downsamples_first_stage);
            const char *name = pt_hf_name(hf, "resnet.encoder.stages.%d.layers.%d", stage, i);
            x = block(hf, model, name, x, in_width, model->widths[stage], halves ? 2 : 1);
            in_width = model->widths[stage];
        }
    return x;
}

void pt_hf_build_resnet(struct pt_hf *hf)
{
    struct resnet model = read(hf);
    pt_tensor x = pt_hf_pixels(hf, model.image[0], model.image[1], model.image[2]);
    x = stem(hf, &model, x);
    x = encoder(hf, &model, x);
    x = pt_hf_op(hf, "global_avg_pool", "resnet.pooler", x, NULL);
    if (hf->task == PT_TASK_FEATURES) {
        pt_hf_features(hf, x);
        return;
    }
    hf->deviation = 0; // the classifier starts as every linear
    pt_hf_classifier(hf, "classifier.1", x, pt_hf_classes(hf, 2));
}
