// Mixtures of experts and latent attention: what they take, and the families that have them.

#include "support.h"

#include "base/node.h"
#include "model/attention.h"
#include "model/experts.h"
#include "model/network_source.h"

static struct pt_error error;

static enum pt_status build(const char *text, struct pt_graph **ret_graph)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, &error), PT_OK, &error);
    enum pt_status status = pt_network_from_node(node, 2, ret_graph, &error);
    pt_arena_destroy(arena);
    return status;
}

static struct pt_graph *built(const char *text)
{
    struct pt_graph *graph = NULL;
    assert_status(build(text, &graph), PT_OK, &error);
    return graph;
}

static void assert_refused(const char *text, const char *message)
{
    struct pt_graph *graph = NULL;
    assert_int_not_equal(build(text, &graph), PT_OK);
    if (strstr(error.message, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, message);
}

#define LAYER(settings) "{input: {shape: [5, 8]}, layers: [experts: {" settings "}]}"

static void impossible_experts_are_refused(void **unused)
{
    (void)unused;
    assert_refused(LAYER("experts: 4, top_k: 5, inner: 3"), "top_k is 5, but there are 4 experts");
    assert_refused(LAYER("experts: 4, top_k: 2, inner: 3, groups: 3, top_groups: 2"),
                   "4 experts cannot be divided into 3 groups evenly");
    assert_refused(LAYER("experts: 4, top_k: 3, inner: 3, groups: 2"),
                   "top_groups is 1; of 2 groups of 2 experts each, from which 3 are chosen, it "
                   "must be from 2 to 2");
    assert_refused(LAYER("experts: 4, top_k: 2, inner: 3, groups: 2, top_groups: 3"),
                   "top_groups is 3");
    assert_refused(LAYER("experts: 4, top_k: 2, inner: 3, groups: 4, top_groups: 2, group_score: "
                         "top2"),
                   "needs groups of two experts or more");
    assert_refused(LAYER("experts: 4, top_k: 2, inner: 3, activation: relu"),
                   "activation relu needs gated: false");
    assert_refused(LAYER("experts: 4, top_k: 2, inner: 3, activation: clamped_swiglu, gated: "
                         "false"),
                   "activation clamped_swiglu needs gated: true");
    assert_refused(LAYER("experts: 4, top_k: 2"), "missing key inner");
    assert_refused(LAYER("experts: 4, top_k: 0, inner: 3"), "top_k");
    assert_refused("{input: {shape: [1000000000, 1000]}, layers: [experts: {experts: 1000000, "
                   "top_k: 1000000, inner: 1000000}]}",
                   "exceed");
}

// router 4 x 8 + 4, correction 4, up 4 x (2 x 3) x 8 + 4 x 6, down 4 x 8 x 3 + 4 x 8; a token uses
// 3 of 4 experts.
static void parameters_are_counted_in_all_and_by_token(void **unused)
{
    (void)unused;
    struct pt_graph *graph = built(LAYER("experts: 4, top_k: 3, inner: 3, router_bias: true, "
                                         "bias: true, correction: true"));
    assert_int_equal(pt_graph_parameter_count(graph), 36 + 4 + 192 + 24 + 96 + 32);
    assert_int_equal(pt_graph_trained_count(graph), 36 + 192 + 24 + 96 + 32);
    assert_int_equal(pt_graph_active_count(graph), 36 + 4 + (192 + 24 + 96 + 32) / 4 * 3);
    struct pt_experts experts = pt_experts_of(graph, &graph->ops[0]);
    assert_int_equal(experts.tokens, 10);
    assert_int_equal(experts.rows, 30);
    assert_int_equal(experts.pre_width, 6);
    pt_graph_destroy(graph);
    graph = built(LAYER("experts: 4, top_k: 1, inner: 3, gated: false, activation: relu"));
    assert_int_equal(pt_graph_parameter_count(graph), 32 + 4 * 3 * 8 * 2);
    assert_int_equal(pt_graph_active_count(graph), 32 + 3 * 8 * 2);
    pt_graph_destroy(graph);
}

// Tied weights are of the first operator alone.
static void tied_experts_count_once(void **unused)
{
    (void)unused;
    struct pt_graph *graph = built(
        "{input: {shape: [5, 8]}, layers: [experts: {name: a, experts: 4, top_k: 1, inner: 3}, "
        "experts: {experts: 4, top_k: 1, inner: 3, tie: [a.router.weight, a.up.weight, "
        "a.down.weight]}]}");
    assert_int_equal(pt_graph_parameter_count(graph), 32 + 4 * 9 * 8);
    assert_int_equal(pt_graph_active_count(graph), 32 + 9 * 8);
    pt_graph_destroy(graph);
}

// Pieces of the file: two for each expert of the first product, one of the second.
static void files_hold_a_tensor_for_each_expert(void **unused)
{
    (void)unused;
    char name[200];
    struct pt_graph *graph =
        built("{config: {model_type: mixtral, vocab_size: 9, hidden_size: 8, intermediate_size: 6, "
              "num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, "
              "num_local_experts: 3, max_position_embeddings: 4}}");
    pt_tensor up = pt_graph_find(graph, "model.layers.0.mlp.experts.up.weight");
    pt_tensor down = pt_graph_find(graph, "model.layers.0.mlp.experts.down.weight");
    const struct pt_tensor_info *info = pt_graph_tensor(graph, up);
    assert_int_equal(info->file_pieces, 6);
    struct pt_shape shape = pt_tensor_file_shape(info);
    assert_true(pt_shape_equal(&shape, &(struct pt_shape){2, {6, 8}}));
    assert_string_equal(pt_tensor_piece_name(info, 0, name, sizeof name),
                        "model.layers.0.block_sparse_moe.experts.0.w1.weight");
    assert_string_equal(pt_tensor_piece_name(info, 5, name, sizeof name),
                        "model.layers.0.block_sparse_moe.experts.2.w3.weight");
    info = pt_graph_tensor(graph, down);
    shape = pt_tensor_file_shape(info);
    assert_int_equal(info->file_pieces, 3);
    assert_true(pt_shape_equal(&shape, &(struct pt_shape){2, {8, 6}}));
    assert_string_equal(pt_tensor_piece_name(info, 1, name, sizeof name),
                        "model.layers.0.block_sparse_moe.experts.1.w2.weight");
    // A buffer that is too small is not overrun.
    assert_int_equal(strlen(pt_tensor_piece_name(info, 1, name, 10)), 9);
    pt_graph_destroy(graph);
}

// All parameters, and those that a token uses. Sources: transformers 5 counts as many for the same
// config.json, with the correction of DeepSeek-V3 and Kimi K2, one number an expert, which
// is a buffer there and counts in the published 671,026,419,200.
static const struct {
    const char *name;
    int64_t all, active;
} counts[] = {
    {"mixtral-8x7b", 46702792704, 12879925248},
    {"mixtral-8x22b", 140620634112, 39152031744},
    {"qwen1.5-moe-a2.7b", 14315784192, 2689173504},
    {"qwen2-57b-a14b", 57408658944, 14249270784},
    {"qwen3-30b-a3b", 30532122624, 3353032704},
    {"qwen3-235b-a22b", 235093634560, 22190763520},
    {"olmoe-1b-7b", 6919161856, 1282017280},
    {"deepseek-v2-lite", 15706484224, 2661150208},
    {"deepseek-v2", 235741434880, 21375800320},
    {"deepseek-v3", 671026404352 + 58 * 256, 37552282624 + 58 * 256},
    {"kimi-k2", 1026408209408 + 60 * 384, 32861477888 + 60 * 384},
    {"llama-4-scout", 107769861120, 17172894720},
    {"llama-4-maverick", 400711848960, 17184691200},
    {"gpt-oss-20b", 20914757184, 4187440704},
    {"gpt-oss-120b", 116829156672, 5711982912},
    {"granite-3.0-1b-a400m", 1334628352, 428658688},
    {"granite-3.0-3b-a800m", 3298793472, 882874368},
};

static void every_family_has_its_exact_counts(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char text[100];
        snprintf(text, sizeof text, "{zoo: %s}", counts[i].name);
        struct pt_graph *graph = built(text);
        if (pt_graph_parameter_count(graph) != counts[i].all ||
            pt_graph_active_count(graph) != counts[i].active)
            print_error("%s: %lld, of which %lld\n", counts[i].name,
                        (long long)pt_graph_parameter_count(graph),
                        (long long)pt_graph_active_count(graph));
        assert_true(pt_graph_parameter_count(graph) == counts[i].all);
        assert_true(pt_graph_active_count(graph) == counts[i].active);
        pt_graph_destroy(graph);
    }
}

#define CONFIG(type, keys)                                                                         \
    "{config: {model_type: " type ", vocab_size: 9, hidden_size: 16, num_hidden_layers: 3, "       \
    "num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 64" keys             \
    "}, length: "                                                                                  \
    "8}"
#define SMALL_V3                                                                                   \
    ", n_routed_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 6, "                    \
    "intermediate_size: 12, q_lora_rank: 5, kv_lora_rank: 6, qk_nope_head_dim: 4, "                \
    "qk_rope_head_dim: 2, v_head_dim: 3, first_k_dense_replace: 1, topk_group: 2"

static void contradictions_of_a_config_are_named(void **unused)
{
    (void)unused;
    assert_refused(CONFIG("mixtral", ", num_local_experts: 2, num_experts_per_tok: 3"),
                   "num_experts_per_tok is 3, but num_local_experts is 2");
    assert_refused("{config: {model_type: mixtral, hidden_size: 16, num_attention_heads: 4, "
                   "num_key_value_heads: 3}}",
                   "4 heads can't share 3 key and value heads");
    assert_refused(CONFIG("mixtral", ", hidden_act: tanh"), "experts with tanh are not supported");
    assert_refused("{config: {model_type: mixtral, hidden_size: 18, num_attention_heads: 4, "
                   "num_key_value_heads: 2}}",
                   "4 heads do not divide a width of 18");
    assert_refused(CONFIG("deepseek_v2", ""), "num_experts_per_tok is missing");
    assert_refused(CONFIG("deepseek_v2", ", num_experts_per_tok: 2, norm_topk_prob: true"),
                   "norm_topk_prob: true is not supported");
    assert_refused(CONFIG("deepseek_v2", ", num_experts_per_tok: 2, topk_method: best"),
                   "unknown topk_method best; known are greedy, group_limited_greedy");
    assert_refused(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4"
                                                  ", scoring_func: softmax"),
                   "scoring_func softmax of a deepseek_v3 is not supported; it must be sigmoid");
    assert_refused(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 3"),
                   "8 experts cannot be divided into 3 groups");
    assert_refused(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4"
                                                  ", rope_scaling: {type: yarn}"),
                   "factor");
    assert_refused(CONFIG("qwen3_moe", ", mlp_only_layers: 3"), "mlp_only_layers");
    assert_refused(CONFIG("llama4_text", ", moe_layers: [7]"), "moe_layers");
    assert_refused("{config: {model_type: llama4, text_config: 3}, length: 8}", "text_config");
    assert_refused("{config: {model_type: mixtral, num_hidden_layers: 5000}}", "at most 4096");
}

// Layers of experts, of 3: as the steps and lists of each family say.
static int experts_in(const char *text)
{
    struct pt_graph *graph = built(text);
    int count = 0;
    for (int i = 0; i < graph->op_count; i++)
        count += pt_op_is_experts(&graph->ops[i]);
    pt_graph_destroy(graph);
    return count;
}

static void dense_layers_are_where_the_config_says(void **unused)
{
    (void)unused;
    assert_int_equal(experts_in(CONFIG("mixtral", "")), 3);
    assert_int_equal(experts_in(CONFIG("qwen3_moe", ", decoder_sparse_step: 2")), 1);
    assert_int_equal(experts_in(CONFIG("qwen3_moe", ", mlp_only_layers: [0, 2]")), 1);
    assert_int_equal(experts_in(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4")), 2);
    assert_int_equal(experts_in(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4"
                                                               ", moe_layer_freq: 2")),
                     1);
    assert_int_equal(experts_in(CONFIG("llama4_text", ", interleave_moe_layer_step: 3")), 1);
    assert_int_equal(experts_in(CONFIG("llama4_text", ", moe_layers: [0, 1]")), 2);
}

// A sequence beyond a chunk is planned with a window of half a chunk, and not trained.
static void what_cannot_be_trained_is_said(void **unused)
{
    (void)unused;
    struct pt_graph *graph = built(CONFIG("llama4_text", ", attention_chunk_size: 8"));
    assert_null(graph->plan_only);
    pt_graph_destroy(graph);
    graph = built(CONFIG("llama4_text", ", attention_chunk_size: 6"));
    assert_non_null(strstr(graph->plan_only, "chunked attention"));
    pt_graph_destroy(graph);
    graph = built(CONFIG("gpt_oss", ", swiglu_limit: 5"));
    assert_non_null(strstr(graph->plan_only, "swiglu_limit"));
    pt_graph_destroy(graph);
    graph = built(CONFIG("granitemoe", ""));
    assert_non_null(strstr(graph->plan_only, "Granite"));
    pt_graph_destroy(graph);
    graph = built(CONFIG("olmoe", ", clip_qkv: 8"));
    assert_non_null(strstr(graph->plan_only, "clip_qkv"));
    pt_graph_destroy(graph);
}

// As openai/gpt-oss-20b is published: how a file packs weights is no matter of the network.
static void packed_weights_are_weights(void **unused)
{
    (void)unused;
    static const char config[] =
        "{\"model_type\": \"gpt_oss\", \"architectures\": [\"GptOssForCausalLM\"], "
        "\"num_hidden_layers\": 2, \"num_local_experts\": 4%s}";
    static const char packing[] =
        ", \"quantization_config\": {\"quant_method\": \"mxfp4\", "
        "\"modules_to_not_convert\": [\"model.layers.*.self_attn\", \"lm_head\"]}";
    const char *folder = test_folder();
    struct pt_graph *plain, *packed;
    char text[400];
    snprintf(text, sizeof text, config, "");
    assert_status(pt_graph_load(test_file(folder, "plain/config.json", text), 1, &plain, &error),
                  PT_OK, &error);
    snprintf(text, sizeof text, config, packing);
    assert_status(pt_graph_load(test_file(folder, "packed/config.json", text), 1, &packed, &error),
                  PT_OK, &error);
    assert_true(pt_graph_parameter_count(plain) == pt_graph_parameter_count(packed));
    assert_int_equal(plain->op_count, packed->op_count);
    pt_graph_destroy(plain);
    pt_graph_destroy(packed);
}

// 8 tokens of DeepSeek: queries and keys of 4 + 2 values a head, values of 3.
static void values_may_be_narrower_than_keys(void **unused)
{
    (void)unused;
    struct pt_graph *graph = built(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4"));
    const struct pt_op *op = NULL;
    for (int i = 0; i < graph->op_count && op == NULL; i++)
        if (strcmp(graph->ops[i].kind->name, "attention") == 0)
            op = &graph->ops[i];
    assert_non_null(op);
    struct pt_attention attention = pt_attention_of(graph, op);
    assert_int_equal(attention.head_dim, 6);
    assert_int_equal(attention.value_dim, 3);
    assert_int_equal(attention.rotary_begin, 4);
    assert_int_equal(attention.rotary_dim, 2);
    assert_int_equal(pt_graph_tensor(graph, op->outputs[0])->shape.dim[2], 4 * 3);
    pt_graph_destroy(graph);
    assert_refused("{inputs: [{name: q, shape: [5, 8]}, {name: k, shape: [5, 8]}, {name: v, shape: "
                   "[5, 8]}], layers: [attention: {heads: 2, value_dim: 3, from: [q, k, v]}]}",
                   "want [2, 5, 6]");
    assert_refused("{input: {shape: [5, 24]}, layers: [attention: {heads: 2, rotary_base: 10, "
                   "rotary_dim: 2, rotary_begin: 3}]}",
                   "rotary_dim is 2");
    assert_refused("{input: {shape: [5]}, layers: [repeat]}", "missing key count");
}

// The same network for other lengths: heads are split whatever the length.
static void latent_attention_takes_other_lengths(void **unused)
{
    (void)unused;
    struct pt_graph *graph = built(CONFIG("deepseek_v3", SMALL_V3 ", n_group: 4")), *longer;
    assert_status(pt_graph_resized(graph, 3, 11, &longer, &error), PT_OK, &error);
    assert_int_equal(pt_graph_parameter_count(longer), pt_graph_parameter_count(graph));
    pt_graph_destroy(longer);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_experts_are_refused),
        cmocka_unit_test(parameters_are_counted_in_all_and_by_token),
        cmocka_unit_test(tied_experts_count_once),
        cmocka_unit_test(files_hold_a_tensor_for_each_expert),
        cmocka_unit_test(every_family_has_its_exact_counts),
        cmocka_unit_test(contradictions_of_a_config_are_named),
        cmocka_unit_test(dense_layers_are_where_the_config_says),
        cmocka_unit_test(what_cannot_be_trained_is_said),
        cmocka_unit_test(packed_weights_are_weights),
        cmocka_unit_test(values_may_be_narrower_than_keys),
        cmocka_unit_test(latent_attention_takes_other_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
