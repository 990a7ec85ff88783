// Finds the family of a config.json and lets it build.

#include "model/hf_config.h"

#include <string.h>

#include "base/parse.h"
#include "model/hf_family.h"

enum { KNOWN_MAX = 64 };

static const struct pt_hf_family families[] = {
    {"gpt2", pt_hf_gpt2_architectures, pt_hf_build_gpt2},
    {"llama", pt_hf_llama_architectures, pt_hf_build_llama},
    {"mistral", pt_hf_mistral_architectures, pt_hf_build_llama},
    {"qwen2", pt_hf_qwen2_architectures, pt_hf_build_llama},
    {"qwen3", pt_hf_qwen3_architectures, pt_hf_build_llama},
    {"smollm3", pt_hf_smollm3_architectures, pt_hf_build_llama},
    {"gemma", pt_hf_gemma_architectures, pt_hf_build_llama},
    {"gemma2", pt_hf_gemma2_architectures, pt_hf_build_llama},
    {"gemma3_text", pt_hf_gemma3_architectures, pt_hf_build_llama},
    {"phi3", pt_hf_phi3_architectures, pt_hf_build_llama},
    {"olmo", pt_hf_olmo_architectures, pt_hf_build_llama},
    {"olmo2", pt_hf_olmo2_architectures, pt_hf_build_llama},
    {"olmo3", pt_hf_olmo3_architectures, pt_hf_build_llama},
    {"starcoder2", pt_hf_starcoder2_architectures, pt_hf_build_llama},
    {"gpt_neox", pt_hf_gpt_neox_architectures, pt_hf_build_gpt_neox},
    {"gptj", pt_hf_gptj_architectures, pt_hf_build_gptj},
    {"gpt_bigcode", pt_hf_gpt_bigcode_architectures, pt_hf_build_gpt_bigcode},
    {"phi", pt_hf_phi_architectures, pt_hf_build_phi},
    {"cohere", pt_hf_cohere_architectures, pt_hf_build_cohere},
    {"stablelm", pt_hf_stablelm_architectures, pt_hf_build_stablelm},
    {"nemotron", pt_hf_nemotron_architectures, pt_hf_build_nemotron},
    {"opt", pt_hf_opt_architectures, pt_hf_build_opt},
    {"falcon", pt_hf_falcon_architectures, pt_hf_build_falcon},
    {"bloom", pt_hf_bloom_architectures, pt_hf_build_bloom},
    {"mpt", pt_hf_mpt_architectures, pt_hf_build_mpt},
    {"mixtral", pt_hf_mixtral_architectures, pt_hf_build_moe},
    {"qwen2_moe", pt_hf_qwen2_moe_architectures, pt_hf_build_moe},
    {"qwen3_moe", pt_hf_qwen3_moe_architectures, pt_hf_build_moe},
    {"olmoe", pt_hf_olmoe_architectures, pt_hf_build_moe},
    {"deepseek_v2", pt_hf_deepseek_v2_architectures, pt_hf_build_moe},
    {"deepseek_v3", pt_hf_deepseek_v3_architectures, pt_hf_build_moe},
    {"kimi_k2", pt_hf_deepseek_v3_architectures, pt_hf_build_moe},
    {"gpt_oss", pt_hf_gpt_oss_architectures, pt_hf_build_moe},
    {"granitemoe", pt_hf_granitemoe_architectures, pt_hf_build_moe},
    {"llama4_text", pt_hf_llama4_architectures, pt_hf_build_moe},
    {"llama4", pt_hf_llama4_architectures, pt_hf_build_llama4},
    {"bert", pt_hf_bert_architectures, pt_hf_build_bert},
    {"roberta", pt_hf_roberta_architectures, pt_hf_build_bert},
    {"xlm-roberta", pt_hf_xlm_roberta_architectures, pt_hf_build_bert},
    {"distilbert", pt_hf_distilbert_architectures, pt_hf_build_distilbert},
    {"t5", pt_hf_t5_architectures, pt_hf_build_t5},
    {"mt5", pt_hf_mt5_architectures, pt_hf_build_t5},
    {"whisper", pt_hf_whisper_architectures, pt_hf_build_whisper},
    {"resnet", pt_hf_resnet_architectures, pt_hf_build_resnet},
    {"vit", pt_hf_vit_architectures, pt_hf_build_vit},
    {"decoder", pt_hf_decoder_architectures, pt_hf_build_own_decoder},
    {"lenet", pt_hf_lenet_architectures, pt_hf_build_lenet},
    {"lstm_lm", pt_hf_lstm_architectures, pt_hf_build_lstm},
    {NULL, NULL, NULL},
};

static const char *const task_words[] = {
    "of the config", "language_model", "masked_language_model", "classification", "features", NULL};

bool pt_hf_is_config(const struct pt_node *node)
{
    return node->kind == PT_NODE_MAPPING && (pt_node_find(node, "model_type") != NULL ||
                                             pt_node_find(node, "architectures") != NULL);
}

// -------------------------------------------------------------------------------- family, task
static const struct pt_hf_architecture *find_architecture(const struct pt_hf_family *family,
                                                          const char *name)
{
    for (const struct pt_hf_architecture *row = family->architectures; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const struct pt_hf_architecture *pt_hf_class_of(const struct pt_hf_family *family,
                                                enum pt_task task)
{
    for (const struct pt_hf_architecture *row = family->architectures; row->name != NULL; row++)
        if (row->task == task)
            return row;
    return NULL;
}

static enum pt_status fail_unknown(const struct pt_node *node, const char *model_type,
                                   struct pt_error *error)
{
    const char *known[KNOWN_MAX] = {NULL};
    char list[440] = ""; // a message holds 512 with its beginning
    for (int i = 0; families[i].model_type != NULL && i < KNOWN_MAX - 1; i++) {
        known[i] = families[i].model_type;
        strncat(list, i > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, known[i], sizeof list - strlen(list) - 1);
    }
    const char *near = pt_nearest_word(model_type, known);
    return pt_node_fail(error, node, "unknown model_type %s; %s%s%sknown are %s", model_type,
                        near != NULL ? "did you mean " : "", near != NULL ? near : "",
                        near != NULL ? "? " : "", list);
}

// The first of "architectures", or NULL.
static enum pt_status first_architecture(const struct pt_node *config, const char **ret_name,
                                         struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(config, "architectures");
    *ret_name = NULL;
    if (list == NULL || list->is_null)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status != PT_OK || list->first == NULL)
        return status;
    return pt_node_string(list->first, ret_name, error);
}

static enum pt_status find_family(const struct pt_node *config, const char *architecture,
                                  const struct pt_hf_family **ret_family, struct pt_error *error)
{
    const struct pt_node *type_node = pt_node_find(config, "model_type");
    const char *type = NULL;
    enum pt_status status = type_node == NULL ? PT_OK : pt_node_string(type_node, &type, error);
    if (status != PT_OK)
        return status;
    for (const struct pt_hf_family *family = families; family->model_type != NULL; family++)
        if (type != NULL
                ? strcmp(family->model_type, type) == 0
                : architecture != NULL && find_architecture(family, architecture) != NULL) {
            *ret_family = family;
            return PT_OK;
        }
    if (type != NULL)
        return fail_unknown(type_node, type, error);
    return pt_node_fail(error, config, "a config.json needs model_type, or architectures of it");
}

static enum pt_status find_wanted_task(struct pt_hf *hf, const char *architecture)
{
    const struct pt_hf_family *family = hf->family;
    hf->task = hf->options->task;
    if (hf->task != PT_TASK_OF_CONFIG)
        return pt_hf_class_of(family, hf->task) != NULL
                   ? PT_OK
                   : pt_node_fail(hf->error, hf->config, "%s is not built for the task %s",
                                  family->model_type, task_words[hf->task]);
    const struct pt_hf_architecture *row =
        architecture == NULL ? family->architectures : find_architecture(family, architecture);
    if (row == NULL)
        return pt_node_fail(hf->error, pt_node_find(hf->config, "architectures"),
                            "%s of a %s is not known; give the task, for example task: %s",
                            architecture, family->model_type,
                            task_words[family->architectures->task]);
    hf->task = row->task;
    return PT_OK;
}

// ------------------------------------------------------------------------------------ the graph
static enum pt_status check_options(const struct pt_node *config,
                                    const struct pt_model_options *options, struct pt_error *error)
{
    if (options->batch < 1 || options->batch > INT32_MAX)
        return pt_node_fail(error, config, "a batch of %lld samples; 1 to 2^31-1 are possible",
                            (long long)options->batch);
    return pt_node_check_kind(config, PT_NODE_MAPPING, error);
}

// The config with the keys of options->set in their places. Nodes are copied, not changed.
static enum pt_status merge(struct pt_arena *arena, const struct pt_node *config,
                            const struct pt_node *set, const struct pt_node **ret_merged,
                            struct pt_error *error)
{
    struct pt_node *merged = pt_arena_alloc(arena, 1, sizeof *merged), *last = NULL;
    if (merged == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", config->file);
    *merged = *config;
    merged->first = NULL;
    merged->count = 0;
    for (int part = 0; part < 2; part++)
        for (const struct pt_node *item = part == 0 ? config->first : set->first; item != NULL;
             item = item->next) {
            if (part == 0 && pt_node_find(set, item->key) != NULL)
                continue;
            struct pt_node *copy = pt_arena_alloc(arena, 1, sizeof *copy);
            if (copy == NULL)
                return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", config->file);
            *copy = *item;
            copy->next = NULL;
            *(last == NULL ? &merged->first : &last->next) = copy;
            last = copy;
            merged->count++;
        }
    *ret_merged = merged;
    return PT_OK;
}

// What reads text and pictures has a config for each: the decoder of text is ours to train. Its
// model_type, where it has none, is that of the whole with _text behind it.
static enum pt_status descend(struct pt_hf *hf, struct pt_arena *arena)
{
    const struct pt_node *text = pt_node_find(hf->config, "text_config");
    const struct pt_node *type = pt_node_find(hf->config, "model_type");
    if (text == NULL || text->is_null)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(text, PT_NODE_MAPPING, hf->error);
    if (status != PT_OK)
        return status;
    hf->config = text;
    if (pt_node_find(text, "model_type") != NULL || type == NULL || type->kind != PT_NODE_SCALAR)
        return PT_OK;
    struct pt_node *word = pt_arena_alloc(arena, 1, sizeof *word);
    char *name = pt_arena_printf(arena, "%s_text", type->text);
    if (word == NULL || name == NULL)
        return pt_fail(hf->error, PT_NO_MEMORY, "%s: out of memory", text->file);
    *word = *type;
    word->text = name;
    word->next = NULL;
    struct pt_node added = *text;
    added.first = word;
    added.count = 1;
    return merge(arena, text, &added, &hf->config, hf->error);
}

static enum pt_status apply_set(struct pt_hf *hf, struct pt_arena *arena)
{
    const struct pt_node *set = hf->options->set;
    if (set == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(set, PT_NODE_MAPPING, hf->error);
    if (status == PT_OK && set->count > PT_HF_SET_MAX)
        status = pt_node_fail(hf->error, set, "%lld keys; at most %d can be set",
                              (long long)set->count, PT_HF_SET_MAX);
    if (status != PT_OK)
        return status;
    hf->unread = set->count == 0 ? 0 : UINT64_MAX >> (PT_HF_SET_MAX - set->count);
    return merge(arena, hf->config, set, &hf->config, hf->error);
}

// A key that nobody reads is a slip of the pen.
static enum pt_status check_all_read(const struct pt_hf *hf)
{
    int i = 0;
    for (const struct pt_node *item = hf->options->set == NULL ? NULL : hf->options->set->first;
         item != NULL; item = item->next, i++)
        if (hf->unread >> i & 1 && strcmp(item->key, "architectures") != 0 &&
            strcmp(item->key, "model_type") != 0)
            return pt_node_fail(hf->error, item, "a %s has no key %s", hf->family->model_type,
                                item->key);
    return PT_OK;
}

static enum pt_status fill(struct pt_hf *hf)
{
    if (hf->options->adapter != NULL)
        pt_graph_adapt(hf->graph, hf->options->adapter);
    hf->family->build(hf);
    if (hf->status == PT_OK && hf->graph->status != PT_OK)
        hf->status = hf->graph->status == PT_BAD_INPUT
                         ? pt_node_fail(hf->error, hf->config, "%s", hf->graph->first_error.message)
                         : pt_graph_check(hf->graph, hf->error);
    if (hf->status == PT_OK)
        hf->status = check_all_read(hf);
    if (hf->status == PT_OK && !hf->no_config)
        hf->status = pt_hf_write_config(hf);
    return hf->status;
}

static enum pt_status build(struct pt_hf *hf, struct pt_arena *arena)
{
    const char *architecture = NULL;
    enum pt_status status = check_options(hf->config, hf->options, hf->error);
    if (status == PT_OK)
        status = descend(hf, arena);
    if (status == PT_OK)
        status = apply_set(hf, arena);
    if (status == PT_OK)
        status = first_architecture(hf->config, &architecture, hf->error);
    if (status == PT_OK)
        status = find_family(hf->config, architecture, &hf->family, hf->error);
    if (status == PT_OK)
        status = find_wanted_task(hf, architecture);
    const char *name = hf->options->name;
    if (status == PT_OK)
        status =
            pt_graph_create(name != NULL ? name : hf->family->model_type, &hf->graph, hf->error);
    return status == PT_OK ? fill(hf) : status;
}

enum pt_status pt_hf_graph(const struct pt_node *config, const struct pt_model_options *options,
                           struct pt_graph **ret_graph, struct pt_error *error)
{
    struct pt_hf hf = {.config = config, .options = options, .error = error};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", config->file);
    enum pt_status status = build(&hf, arena);
    pt_arena_destroy(arena);
    if (status != PT_OK) {
        pt_graph_destroy(hf.graph);
        return status;
    }
    *ret_graph = hf.graph;
    return PT_OK;
}
