// Attention, embeddings and the head: what shapes and settings they take, and what they say to
// others.

#include "support.h"

#include "base/node.h"
#include "model/attention.h"
#include "model/network_source.h"

static enum pt_status build(const char *text, struct pt_graph **ret_graph, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, error), PT_OK, error);
    enum pt_status status = pt_network_from_node(node, 2, ret_graph, error);
    pt_arena_destroy(arena);
    return status;
}

static void assert_refused(const char *text, const char *message)
{
    struct pt_graph *graph = NULL;
    struct pt_error error;
    assert_int_not_equal(build(text, &graph, &error), PT_OK);
    if (strstr(error.message, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, message);
}

#define PACKED(shape, settings)                                                                    \
    "{input: {name: x, shape: " shape "}, layers: [attention: {" settings "}]}"

static void impossible_heads_are_refused(void **unused)
{
    (void)unused;
    assert_refused(PACKED("[5, 24]", "heads: 3, kv_heads: 2"),
                   "3 heads cannot share 2 kv_heads evenly");
    assert_refused(PACKED("[5, 25]", "heads: 2"), "input x has shape [2, 5, 25]; 2 heads and 2 "
                                                  "kv_heads of 4 values want [2, 5, 24]");
    assert_refused(PACKED("[5, 24]", "heads: 2, head_dim: 5"), "want [2, 5, 30]");
    assert_refused(PACKED("[5, 2]", "heads: 2"), "heads of 0 values");
    assert_refused(PACKED("[24]", "heads: 2"), "has 2 dimensions");
    assert_refused(PACKED("[5, 24]", "heads: 2, rotary_base: 10, rotary_dim: 3"),
                   "rotary_dim is 3; it must be even and at most head_dim, 4");
    assert_refused(PACKED("[5, 24]", "heads: 2, rotary_base: 10, rotary_dim: 6"),
                   "rotary_dim is 6");
    assert_refused(PACKED("[5, 24]", "heads: 2, dropout: 1"), "dropout");
    assert_refused(PACKED("[5, 24]", "causal: true"), "missing key heads");
}

#define THREE(keys, more, from, settings)                                                          \
    "{inputs: [{name: q, shape: [5, 8]}, {name: k, shape: [" keys ", 8]}, {name: v, shape: "       \
    "[" keys ", 8]}" more "], layers: [attention: {heads: 2, from: [" from "]" settings "}]}"

static void inputs_that_do_not_fit_are_refused(void **unused)
{
    (void)unused;
    assert_refused(THREE("7", "", "q, k, v", ", causal: true"), "5 queries and 7 keys");
    assert_refused(THREE("7", "", "q, k, v", ", window: 3"), "5 queries and 7 keys");
    assert_refused(THREE("7", "", "q, k, v", ", rotary_base: 3"), "5 queries and 7 keys");
    assert_refused(THREE("7", "", "q, k, q", ""), "input q has shape [2, 5, 8]");
    assert_refused(THREE("7", "", "q, k", ""), "input k must be of type int32");
    assert_refused(THREE("7", ", {name: m, shape: [5], type: int32}", "q, k, v, m", ""),
                   "the mask m has shape [2, 5]; it must be [2, 7]");
    assert_refused(THREE("7", ", {name: m, shape: [7], type: int32}", "q, k, m", ""),
                   "input m must be of type float32");
    assert_refused(THREE("7", "", "q, k, v, q, q", ""), "takes 1 to 4 inputs, not 5");
}

static void embeddings_say_what_does_not_fit(void **unused)
{
    (void)unused;
    assert_refused("{input: {shape: [5]}, layers: [embedding: {vocabulary: 3, width: 4}]}",
                   "is not of type int32");
    assert_refused("{input: {shape: [5], type: int32}, layers: [embedding: {width: 4}]}",
                   "missing key vocabulary");
    assert_refused("{input: {shape: [5, 4]}, layers: [position_embedding: {positions: 4}]}",
                   "a sequence of 5, but only 4 positions");
    assert_refused("{input: {shape: [5]}, layers: [position_embedding: {positions: 9}]}",
                   "takes sequences [batch, time, width]");
    assert_refused("{input: {shape: [5, 4]}, layers: [tanh], loss: {linear_cross_entropy: "
                   "{out_features: 3, tie: tanh1}}}",
                   "tied to something that is no parameter");
    assert_refused("{input: {shape: [100000000], type: int32}, layers: [embedding: {vocabulary: 3, "
                   "width: 1000000000000}]}",
                   "1000000000000 values for each token are too many");
    assert_refused("{input: {shape: [5], type: int32}, layers: [embedding: {vocabulary: "
                   "1000000000000, width: 1000000000000}]}",
                   "exceeds 2^63 bytes");
}

static bool sees(const struct pt_attention *attention, int64_t i, int64_t j)
{
    return !(attention->causal && j > i) &&
           !(attention->window > 0 && llabs(i - j) >= attention->window);
}

// Counted one by one.
static void pairs_are_counted(void **unused)
{
    (void)unused;
    for (int64_t length = 1; length < 14; length++)
        for (int64_t window = 0; window < 17; window++)
            for (int causal = 0; causal < 2; causal++) {
                struct pt_attention attention = {
                    .queries = length, .keys = length, .window = window, .causal = causal};
                int64_t expected = 0, by_range = 0, pairs;
                for (int64_t i = 0; i < length; i++) {
                    by_range +=
                        pt_attention_end_key(&attention, i) - pt_attention_begin_key(&attention, i);
                    for (int64_t j = 0; j < length; j++)
                        expected += sees(&attention, i, j);
                }
                assert_true(pt_attention_pairs(&attention, &pairs));
                assert_int_equal(pairs, expected);
                assert_int_equal(by_range, expected);
            }
    struct pt_attention cross = {.queries = 3, .keys = 5};
    int64_t pairs;
    assert_true(pt_attention_pairs(&cross, &pairs));
    assert_int_equal(pairs, 15);
    struct pt_attention huge = {.queries = INT64_C(1) << 33, .keys = INT64_C(1) << 33};
    assert_false(pt_attention_pairs(&huge, &pairs));
    huge.causal = true;
    assert_false(pt_attention_pairs(&huge, &pairs));
}

// base^(-2 i / dim); Llama 3.2 1B (base 500000, head_dim 64, factor 32, original context 8192): its
// shortest frequency is stretched by 32, its highest stays. transformers, modeling_rope_utils.py.
static void frequencies_are_those_of_the_papers(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    float frequencies[32];
    assert_status(
        build(PACKED("[5, 24]", "heads: 2, rotary_base: 100, rotary_factor: 2"), &graph, &error),
        PT_OK, &error);
    pt_attention_frequencies(graph, &graph->ops[0], frequencies);
    assert_near(frequencies[0], 0.5, 1e-7);
    assert_near(frequencies[1], 0.05, 1e-8);
    pt_graph_destroy(graph);

    assert_status(build(PACKED("[5, 192]", "heads: 1, rotary_base: 500000, llama3_factor: 32, "
                                           "low_freq_factor: 1, high_freq_factor: 4, "
                                           "original_context: 8192"),
                        &graph, &error),
                  PT_OK, &error);
    pt_attention_frequencies(graph, &graph->ops[0], frequencies);
    assert_near(frequencies[0], 1, 0);
    assert_near(frequencies[31], pow(500000, -31.0 / 32) / 32, 1e-12);
    pt_graph_destroy(graph);
}

// A small decoder from C has the shapes and parameters that its network file has.
static void builders_say_what_files_say(void **unused)
{
    (void)unused;
    struct pt_graph *graph, *from_file;
    struct pt_error error;
    assert_status(pt_graph_create("decoder", &graph, &error), PT_OK, &error);
    pt_tensor tokens = pt_input(graph, "tokens", PT_INT32, 2, (int64_t[]){2, 5});
    pt_tensor mask = pt_input(graph, "mask", PT_INT32, 2, (int64_t[]){2, 5});
    pt_tensor x = pt_embedding(graph, tokens, 9, 6, 0.02);
    x = pt_position_embedding(graph, x, 8, 0.02);
    pt_tensor qkv = pt_linear(graph, x, 10, true);
    struct pt_attention_options options = {
        .heads = 3, .kv_heads = 1, .head_dim = 2, .causal = true, .rotary_base = 100};
    x = pt_attention(graph, qkv, PT_NO_TENSOR, PT_NO_TENSOR, mask, &options);
    x = pt_attention(graph, x, x, x, PT_NO_TENSOR,
                     &(struct pt_attention_options){.heads = 1, .window = 2});
    pt_tensor target = pt_input(graph, "target", PT_INT32, 2, (int64_t[]){2, 5});
    pt_linear_cross_entropy(graph, x, target, 9, false, pt_graph_find(graph, "embedding1.weight"));
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    assert_int_equal(pt_graph_parameter_count(graph), 9 * 6 + 8 * 6 + 10 * 7);
    assert_status(build("{inputs: [{name: tokens, shape: [5], type: int32}, {name: mask, shape: "
                        "[5], type: int32}], layers: [embedding: {vocabulary: 9, width: 6, "
                        "deviation: 0.02}, position_embedding: {positions: 8, deviation: 0.02}, "
                        "linear: {out_features: 10}, attention: {from: [linear1, mask], heads: 3, "
                        "kv_heads: 1, head_dim: 2, causal: true, rotary_base: 100}, attention: "
                        "{from: [attention1, attention1, attention1], heads: 1, window: 2}], loss: "
                        "{linear_cross_entropy: {out_features: 9, bias: false, tie: "
                        "embedding1.weight}}}",
                        &from_file, &error),
                  PT_OK, &error);
    assert_true(pt_graph_signature(graph) == pt_graph_signature(from_file));
    pt_graph_destroy(graph);
    pt_graph_destroy(from_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_heads_are_refused),
        cmocka_unit_test(inputs_that_do_not_fit_are_refused),
        cmocka_unit_test(embeddings_say_what_does_not_fit),
        cmocka_unit_test(pairs_are_counted),
        cmocka_unit_test(frequencies_are_those_of_the_papers),
        cmocka_unit_test(builders_say_what_files_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
