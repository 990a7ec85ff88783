// The zoo. Keys that have the value that transformers assumes without them are left out.

#include "model/zoo.h"

#include <string.h>

#include "base/parse.h"

enum { KNOWN_MAX = 128 };

// clang-format off
#define GPT2(WIDTH, LAYERS, HEADS)                                                                 \
    "{\"model_type\": \"gpt2\", \"architectures\": [\"GPT2LMHeadModel\"], \"vocab_size\": 50257, " \
    "\"n_positions\": 1024, \"n_embd\": " #WIDTH ", \"n_layer\": " #LAYERS ", \"n_head\": " #HEADS \
    ", \"bos_token_id\": 50256, \"eos_token_id\": 50256}"
#define BERT(WIDTH, LAYERS, HEADS, INNER)                                                          \
    "{\"model_type\": \"bert\", \"architectures\": [\"BertForMaskedLM\"], \"vocab_size\": 30522, " \
    "\"hidden_size\": " #WIDTH ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": "   \
    #HEADS ", \"intermediate_size\": " #INNER ", \"max_position_embeddings\": 512, "               \
    "\"type_vocab_size\": 2}"
#define VIT(WIDTH, LAYERS, HEADS, INNER)                                                           \
    "{\"model_type\": \"vit\", \"architectures\": [\"ViTForImageClassification\"], "               \
    "\"image_size\": 224, \"patch_size\": 16, \"hidden_size\": " #WIDTH                            \
    ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                       \
    ", \"intermediate_size\": " #INNER ", \"num_labels\": 1000}"
#define RESNET(TYPE, WIDTHS, DEPTHS)                                                               \
    "{\"model_type\": \"resnet\", \"architectures\": [\"ResNetForImageClassification\"], "         \
    "\"layer_type\": \"" TYPE "\", \"embedding_size\": 64, \"hidden_sizes\": " WIDTHS              \
    ", \"depths\": " DEPTHS ", \"num_labels\": 1000}"
#define BASIC "[64, 128, 256, 512]"
#define BOTTLENECK "[256, 512, 1024, 2048]"
#define LLAMA(VOCABULARY, WIDTH, INNER, LAYERS, HEADS, KV_HEADS, CONTEXT, MORE)                    \
    "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"], \"vocab_size\": "      \
    #VOCABULARY ", \"hidden_size\": " #WIDTH ", \"intermediate_size\": " #INNER                    \
    ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                       \
    ", \"num_key_value_heads\": " #KV_HEADS ", \"max_position_embeddings\": " #CONTEXT ", "        \
    "\"rms_norm_eps\": 1e-05, " MORE "}"
#define LLAMA3_ROPE(FACTOR)                                                                        \
    "\"rope_theta\": 500000.0, \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": " #FACTOR \
    ", \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, "                                      \
    "\"original_max_position_embeddings\": 8192}"
#define QWEN(TYPE, CLASS, VOCABULARY, WIDTH, INNER, LAYERS, HEADS, KV_HEADS, CONTEXT, TIED)        \
    "{\"model_type\": \"" TYPE "\", \"architectures\": [\"" CLASS "\"], \"vocab_size\": "          \
    #VOCABULARY ", \"hidden_size\": " #WIDTH ", \"intermediate_size\": " #INNER                    \
    ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                       \
    ", \"num_key_value_heads\": " #KV_HEADS ", \"max_position_embeddings\": " #CONTEXT             \
    ", \"rms_norm_eps\": 1e-06, \"rope_theta\": 1000000.0, \"tie_word_embeddings\": " TIED "}"
#define QWEN2(...) QWEN("qwen2", "Qwen2ForCausalLM", __VA_ARGS__)
#define QWEN3(...) QWEN("qwen3", "Qwen3ForCausalLM", __VA_ARGS__)
#define HUB(REPOSITORY) "huggingface.co/" REPOSITORY ", config.json"
#define RESNET_PAPER "He et al. 2015, arXiv:1512.03385, table 1; "

const struct pt_zoo_model pt_zoo[] = {
    {"lenet",
     "{\"model_type\": \"lenet\", \"channels\": [32, 64], \"hidden_sizes\": [128]}",
     "two convolutions of 32 and 64 channels, 454,922 parameters", "ours, after LeCun et al. 1998"},
    {"lenet-5",
     "{\"model_type\": \"lenet\", \"channels\": [6, 16], \"hidden_sizes\": [120, 84], "
     "\"second_keeps_size\": false, \"pooling\": \"avg\"}",
     "LeNet-5 with relu, 61,706 parameters",
     "LeCun et al. 1998, Gradient-based learning applied to document recognition, section II"},
    {"resnet-18", RESNET("basic", BASIC, "[2, 2, 2, 2]"), "11,689,512 parameters",
     RESNET_PAPER HUB("microsoft/resnet-18")},
    {"resnet-34", RESNET("basic", BASIC, "[3, 4, 6, 3]"), "21,797,672 parameters",
     RESNET_PAPER HUB("microsoft/resnet-34")},
    {"resnet-50", RESNET("bottleneck", BOTTLENECK, "[3, 4, 6, 3]"), "25,557,032 parameters",
     RESNET_PAPER HUB("microsoft/resnet-50")},
    {"resnet-101", RESNET("bottleneck", BOTTLENECK, "[3, 4, 23, 3]"), "44,549,160 parameters",
     RESNET_PAPER HUB("microsoft/resnet-101")},
    {"resnet-152", RESNET("bottleneck", BOTTLENECK, "[3, 8, 36, 3]"), "60,192,808 parameters",
     RESNET_PAPER HUB("microsoft/resnet-152")},
    {"vit-b-16", VIT(768, 12, 12, 3072), "86,567,656 parameters",
     "Dosovitskiy et al. 2020, arXiv:2010.11929, table 1; " HUB("google/vit-base-patch16-224")},
    {"vit-l-16", VIT(1024, 24, 16, 4096), "304,326,632 parameters",
     "Dosovitskiy et al. 2020, arXiv:2010.11929, table 1; " HUB("google/vit-large-patch16-224")},
    {"lstm-lm",
     "{\"model_type\": \"lstm_lm\", \"vocab_size\": 256, \"hidden_size\": 512, \"num_layers\": 2}",
     "a language model of bytes, two layers of 512", "ours"},
    {"gpt2", GPT2(768, 12, 12), "124,439,808 parameters", HUB("openai-community/gpt2")},
    {"gpt2-medium", GPT2(1024, 24, 16), "354,823,168 parameters",
     HUB("openai-community/gpt2-medium")},
    {"gpt2-large", GPT2(1280, 36, 20), "774,030,080 parameters", HUB("openai-community/gpt2-large")},
    {"gpt2-xl", GPT2(1600, 48, 25), "1,557,611,200 parameters", HUB("openai-community/gpt2-xl")},
    {"bert-base", BERT(768, 12, 12, 3072), "109,482,240 parameters with the pooler",
     HUB("google-bert/bert-base-uncased")},
    {"bert-large", BERT(1024, 24, 16, 4096), "335,141,888 parameters with the pooler",
     HUB("google-bert/bert-large-uncased")},
    {"smollm-135m",
     LLAMA(49152, 576, 1536, 30, 9, 3, 2048, "\"tie_word_embeddings\": true"),
     "134,515,008 parameters", HUB("HuggingFaceTB/SmolLM-135M")},
    {"llama-2-7b", LLAMA(32000, 4096, 11008, 32, 32, 32, 4096, "\"tie_word_embeddings\": false"),
     "6,738,415,616 parameters", HUB("meta-llama/Llama-2-7b-hf")},
    {"llama-3-8b",
     LLAMA(128256, 4096, 14336, 32, 32, 8, 8192,
           "\"tie_word_embeddings\": false, \"rope_theta\": 500000.0"),
     "8,030,261,248 parameters", HUB("meta-llama/Meta-Llama-3-8B")},
    {"llama-3.1-70b",
     LLAMA(128256, 8192, 28672, 80, 64, 8, 131072,
           "\"tie_word_embeddings\": false, " LLAMA3_ROPE(8.0)),
     "70,553,706,496 parameters", HUB("meta-llama/Llama-3.1-70B")},
    {"llama-3.1-405b",
     LLAMA(128256, 16384, 53248, 126, 128, 8, 131072,
           "\"tie_word_embeddings\": false, " LLAMA3_ROPE(8.0)),
     "405,853,388,800 parameters", HUB("meta-llama/Llama-3.1-405B")},
    {"llama-3.2-1b",
     LLAMA(128256, 2048, 8192, 16, 32, 8, 131072,
           "\"head_dim\": 64, \"tie_word_embeddings\": true, " LLAMA3_ROPE(32.0)),
     "1,235,814,400 parameters", HUB("meta-llama/Llama-3.2-1B")},
    {"mistral-7b",
     "{\"model_type\": \"mistral\", \"architectures\": [\"MistralForCausalLM\"], "
     "\"vocab_size\": 32000, \"hidden_size\": 4096, \"intermediate_size\": 14336, "
     "\"num_hidden_layers\": 32, \"num_attention_heads\": 32, \"num_key_value_heads\": 8, "
     "\"max_position_embeddings\": 32768, \"rms_norm_eps\": 1e-05, \"rope_theta\": 10000.0, "
     "\"sliding_window\": 4096, \"tie_word_embeddings\": false}",
     "7,241,732,096 parameters", HUB("mistralai/Mistral-7B-v0.1")},
    {"qwen2.5-0.5b", QWEN2(151936, 896, 4864, 24, 14, 2, 32768, "true"), "494,032,768 parameters",
     HUB("Qwen/Qwen2.5-0.5B")},
    {"qwen2.5-7b", QWEN2(152064, 3584, 18944, 28, 28, 4, 131072, "false"),
     "7,615,616,512 parameters", HUB("Qwen/Qwen2.5-7B")},
    {"qwen3-0.6b", QWEN3(151936, 1024, 3072, 28, 16, 8, 40960, "true"), "596,049,920 parameters",
     HUB("Qwen/Qwen3-0.6B")},
    {"qwen3-8b", QWEN3(151936, 4096, 12288, 36, 32, 8, 40960, "false"), "8,190,735,360 parameters",
     HUB("Qwen/Qwen3-8B")},
    {NULL, NULL, NULL, NULL},
};
// clang-format on

const struct pt_zoo_model *pt_zoo_find(const char *name)
{
    for (const struct pt_zoo_model *model = pt_zoo; model->name != NULL; model++)
        if (strcmp(model->name, name) == 0)
            return model;
    return NULL;
}

enum pt_status pt_zoo_fail(const char *name, struct pt_error *error)
{
    const char *known[KNOWN_MAX] = {NULL};
    char list[400] = "";
    for (int i = 0; pt_zoo[i].name != NULL && i < KNOWN_MAX - 1; i++) {
        known[i] = pt_zoo[i].name;
        strncat(list, i > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, known[i], sizeof list - strlen(list) - 1);
    }
    const char *near = pt_nearest_word(name, known);
    if (near != NULL)
        return pt_fail(error, PT_NOT_FOUND, "no model %s in the zoo; did you mean %s?", name, near);
    return pt_fail(error, PT_NOT_FOUND, "no model %s in the zoo; known are %s", name, list);
}
