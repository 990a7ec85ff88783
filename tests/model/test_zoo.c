// The zoo: exact numbers of parameters, as published or as counted by transformers and torchvision.

#include "support.h"

#include <time.h>

#include "base/node.h"
#include "model/network_source.h"
#include "model/zoo.h"

static struct pt_error error;

static struct pt_graph *build(const char *text, int64_t batch)
{
    const struct pt_node *node;
    struct pt_graph *graph;
    struct pt_arena *arena = pt_arena_create();
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, &error), PT_OK, &error);
    enum pt_status status = pt_network_from_node(node, batch, &graph, &error);
    if (status != PT_OK)
        print_error("%s\n", text);
    assert_status(status, PT_OK, &error);
    pt_arena_destroy(arena);
    return graph;
}

static void assert_count(const char *options, int64_t expected)
{
    char text[256];
    snprintf(text, sizeof text, "{%s}", options);
    struct pt_graph *graph = build(text, 1);
    if (pt_graph_parameter_count(graph) != expected)
        print_error("%s: %lld parameters\n", options, (long long)pt_graph_parameter_count(graph));
    assert_true(pt_graph_parameter_count(graph) == expected);
    pt_graph_destroy(graph);
}

// Sources: the model cards; for BERT and ViT, and where no figure is published, the number of
// elements that transformers counts for the same config.json. BERT with its pooler.
static void every_published_count_is_met(void **unused)
{
    (void)unused;
    assert_count("zoo: gpt2", 124439808);
    assert_count("zoo: gpt2-medium", 354823168);
    assert_count("zoo: gpt2-large", 774030080);
    assert_count("zoo: gpt2-xl", 1557611200);
    assert_count("zoo: bert-base, task: features", 109482240);
    assert_count("zoo: bert-large, task: features", 335141888);
    assert_count("zoo: vit-b-16", 86567656);
    assert_count("zoo: vit-l-16", 304326632);
    assert_count("zoo: resnet-18", 11689512);
    assert_count("zoo: resnet-34", 21797672);
    assert_count("zoo: resnet-50", 25557032);
    assert_count("zoo: resnet-101", 44549160);
    assert_count("zoo: resnet-152", 60192808);
    assert_count("zoo: smollm-135m", 134515008);
    assert_count("zoo: llama-2-7b", 6738415616);
    assert_count("zoo: llama-3-8b", 8030261248);
    assert_count("zoo: llama-3.1-70b", 70553706496);
    assert_count("zoo: llama-3.1-405b", 405853388800);
    assert_count("zoo: llama-3.2-1b", 1235814400);
    assert_count("zoo: mistral-7b", 7241732096);
    assert_count("zoo: qwen2.5-0.5b", 494032768);
    assert_count("zoo: qwen2.5-7b", 7615616512);
    assert_count("zoo: qwen3-0.6b", 596049920);
    assert_count("zoo: qwen3-8b", 8190735360);
}

// lenet: 5x5x32+32, 5x5x32x64+64, 3136x128+128, 128x10+10. lenet-5: 156 + 2416 + 48120 + 10164 +
// 850, LeCun's network with all connections. lstm-lm: 256x512, 2 x (2 x 2048x512 + 2 x 2048),
// 512x256+256.
static void our_own_have_the_counts_of_their_layers(void **unused)
{
    (void)unused;
    assert_count("zoo: lenet", 832 + 51264 + 401536 + 1290);
    assert_count("zoo: lenet-5", 61706);
    assert_count("zoo: lstm-lm", 131072 + 2 * (2 * 2048 * 512 + 2 * 2048) + 131328);
}

// A classifier of 10 classes for grey images has 1000 - 10 rows fewer in the head, and 2 channels
// fewer under a 7x7 stem; or the small one, 3x3 under one channel.
static void options_change_the_counts_as_they_should(void **unused)
{
    (void)unused;
    assert_count("zoo: resnet-18, classes: 10", 11689512 - 990 * 513);
    assert_count("zoo: resnet-18, classes: 10, input: [64, 64, 1]",
                 11689512 - 990 * 513 - 2 * 49 * 64);
    assert_count("zoo: resnet-18, classes: 10, input: [28, 28, 1]",
                 11689512 - 990 * 513 - (3 * 49 - 9) * 64);
    assert_count("zoo: gpt2, set: {vocab_size: 256}", 124439808 - (50257 - 256) * 768);
    assert_count("zoo: gpt2, set: {n_positions: 512}, length: 100", 124439808 - 512 * 768);
    assert_count("zoo: bert-base, task: classification, classes: 3", 109482240 + 3 * 769);
}

// The graph of 405 billion parameters is some thousand nodes: it takes milliseconds. The limit is
// that of a machine with something else to do, under a sanitizer.
static void the_largest_graph_is_built_at_once(void **unused)
{
    (void)unused;
    clock_t start = clock();
    struct pt_graph *graph = build("{zoo: llama-3.1-405b, length: 8192}", 16);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    pt_graph_destroy(graph);
}

static void every_model_has_a_source_and_is_found_by_path_too(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    for (const struct pt_zoo_model *model = pt_zoo; model->name != NULL; model++) {
        assert_true(strlen(model->source) > 3 && strlen(model->summary) > 3);
        assert_ptr_equal(pt_zoo_find(model->name), model);
        assert_status(pt_graph_load(model->name, 2, &graph, &error), PT_OK, &error);
        assert_string_equal(pt_graph_tensor_name(graph, graph->loss), "loss");
        assert_string_equal(graph->name, model->name);
        pt_graph_destroy(graph);
    }
}

static void an_unknown_name_gets_the_nearest_or_all(void **unused)
{
    (void)unused;
    assert_null(pt_zoo_find("gpt"));
    assert_status(pt_zoo_fail("gpt2-medum", &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "did you mean gpt2-medium?");
    assert_status(pt_zoo_fail("quite something else", &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "known are lenet, lenet-5, resnet-18");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_count_is_met),
        cmocka_unit_test(our_own_have_the_counts_of_their_layers),
        cmocka_unit_test(options_change_the_counts_as_they_should),
        cmocka_unit_test(the_largest_graph_is_built_at_once),
        cmocka_unit_test(every_model_has_a_source_and_is_found_by_path_too),
        cmocka_unit_test(an_unknown_name_gets_the_nearest_or_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
