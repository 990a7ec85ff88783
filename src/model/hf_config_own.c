// Two classics that transformers does not have, in the same words: a LeNet, and a language model of
// LSTM layers.

#include <string.h>

#include "model/hf_family.h"

enum { LSTM_LAYERS_MAX = 64 };

const struct pt_hf_architecture pt_hf_lenet_architectures[] = {
    {"LeNet", PT_TASK_CLASSIFICATION},
    {NULL, PT_TASK_OF_CONFIG},
};

const struct pt_hf_architecture pt_hf_lstm_architectures[] = {
    {"LSTMLanguageModel", PT_TASK_LANGUAGE_MODEL},
    {NULL, PT_TASK_OF_CONFIG},
};

// Convolution that keeps the size, activation, pooling by 2. LeCun et al. 1998, "Gradient-based
// learning applied to document recognition", has 6 and 16 channels, averages, and layers of 120 and
// 84.
static pt_tensor lenet_stage(struct pt_hf *hf, int index, pt_tensor x, int64_t channels,
                             bool keeps_size, const char *pooling)
{
    x = pt_hf_op(hf, "conv2d", pt_hf_name(hf, "conv%d", index), x,
                 (struct pt_setting[]){{"out_channels", (double)channels, NULL},
                                       {"kernel", 5, NULL},
                                       {"padding", keeps_size ? 2 : 0, NULL},
                                       {.name = NULL}});
    x = pt_hf_op(hf, "relu", pt_hf_name(hf, "relu%d", index), x, NULL);
    return pt_hf_op(
        hf, pooling, pt_hf_name(hf, "pool%d", index), x,
        (struct pt_setting[]){{"kernel", 2, NULL}, {"stride", 2, NULL}, {.name = NULL}});
}

static const char *read_pooling(struct pt_hf *hf)
{
    const char *word = pt_hf_text(hf, "pooling", "max");
    if (strcmp(word, "max") != 0 && strcmp(word, "avg") != 0)
        pt_hf_fail(hf, "pooling", "pooling: unknown word %s; known are max, avg", word);
    return strcmp(word, "avg") == 0 ? "avg_pool2d" : "max_pool2d";
}

void pt_hf_build_lenet(struct pt_hf *hf)
{
    int64_t image[3] = {28, 28, 1}, channels[2] = {32, 64}, widths[4] = {128, 0};
    int count = 3, width_count = 1, channel_count = 2;
    pt_hf_sizes(hf, "image", 3, image, &count);
    pt_hf_sizes(hf, "channels", 2, channels, &channel_count);
    pt_hf_sizes(hf, "hidden_sizes", 4, widths, &width_count);
    if (count != 3)
        pt_hf_fail(hf, "image", "image must be [height, width, channels]");
    if (channel_count != 2)
        pt_hf_fail(hf, "channels", "channels must be two numbers");
    bool second_keeps = pt_hf_flag(hf, "second_keeps_size", true);
    const char *pooling = read_pooling(hf);
    if (hf->options->image[0] > 0)
        memcpy(image, hf->options->image, sizeof image);
    pt_tensor x = pt_hf_pixels(hf, image[0], image[1], image[2]);
    x = lenet_stage(hf, 1, x, channels[0], true, pooling);
    x = lenet_stage(hf, 2, x, channels[1], second_keeps, pooling);
    x = pt_hf_op(hf, "flatten", "flatten", x, NULL);
    for (int i = 0; i < width_count; i++) {
        x = pt_hf_linear(hf, pt_hf_name(hf, "fc%d", i + 1), x, widths[i], true);
        x = pt_hf_op(hf, "relu", pt_hf_name(hf, "relu%d", i + 3), x, NULL);
    }
    hf->no_config = true;
    pt_hf_classifier(hf, "classifier", x, pt_hf_classes(hf, 10));
}

// Names as a module of PyTorch would have them: embedding, lstm (nn.LSTM), head.
void pt_hf_build_lstm(struct pt_hf *hf)
{
    int64_t length;
    int64_t vocabulary = pt_hf_size(hf, "vocab_size", 256);
    int64_t width = pt_hf_size(hf, "hidden_size", 512);
    int64_t embedding_width = pt_hf_size(hf, "embedding_size", width);
    int64_t layers = pt_hf_size(hf, "num_layers", 2);
    int64_t context = pt_hf_size(hf, "max_position_embeddings", 1 << 20);
    double dropout = pt_hf_dropout_of(hf, "dropout", 0);
    if (layers > LSTM_LAYERS_MAX)
        pt_hf_fail(hf, "num_layers", "num_layers: %lld; at most %d are possible", (long long)layers,
                   LSTM_LAYERS_MAX);
    pt_tensor x = pt_hf_tokens(hf, context, &length);
    x = pt_hf_embedding(hf, "embedding", x, vocabulary, embedding_width);
    for (int i = 0; i < layers && hf->status == PT_OK; i++) {
        x = pt_hf_dropout(hf, pt_hf_name(hf, "dropout.%d", i), x, i > 0 ? dropout : 0);
        x = pt_hf_scoped(hf, "lstm", pt_hf_name(hf, "lstm.%d", i), "lstm", x,
                         (struct pt_setting[]){
                             {"hidden", (double)width, NULL}, {"layer", i, NULL}, {.name = NULL}});
    }
    hf->no_config = true;
    pt_hf_language_head(hf, x,
                        &(struct pt_hf_head){.name = "head",
                                             .scope = "head",
                                             .vocabulary = vocabulary,
                                             .bias = true,
                                             .tied = PT_NO_TENSOR});
}
