// Passes over the beginnings of the samples: as in a network that was built for that length.

#include "engine_support.h"

#include "model/operator.h"

static struct pt_error error;

enum { BATCH = 5, REST = 3, LENGTH = 37, SHORT = 12, WORDS = 11 };

// AddressSanitizer calls this, if it is there, for every allocation of the program.
static long allocation_count;
PT_API void __sanitizer_malloc_hook(const volatile void *pointer, size_t size);
void __sanitizer_malloc_hook(const volatile void *pointer, size_t size)
{
    (void)pointer;
    (void)size;
    allocation_count++;
}

#define EMBEDDING "layers: [embedding: {name: e, vocabulary: 11, width: 24}, "
#define BLOCK                                                                                      \
    "layer_norm: {name: n}, linear: {name: qkv, out_features: 72}, attention: {name: a, heads: "   \
    "3, "                                                                                          \
    "causal: true, dropout: 0.2}, dropout: {name: d, probability: 0.3}, add: {name: r, from: [d, " \
    "p]}, linear: {name: up, out_features: 50}, relu, linear: {name: down, out_features: 24}, "    \
    "add: {name: x, from: [down, r]}"
static const char *const networks[] = {
    EMBEDDING "position_embedding: {name: p, positions: 40}, " BLOCK "]\n"
              "loss: {linear_cross_entropy: {out_features: 11, bias: false, tie: e.weight}}\n",
    EMBEDDING "position_embedding: {name: p, positions: 40}, " BLOCK
              ", linear: {name: head, out_features: 11}]\nloss: cross_entropy\n"
              "recompute: [[n, d], [up, down]]\n",
    EMBEDDING "lstm: {hidden: 13, layers: 2, dropout: 0.2, bidirectional: true}, gru: {hidden: 9}, "
              "linear: {name: head, out_features: 11}]\nloss: cross_entropy\n",
    EMBEDDING "rms_norm, linear: {name: qkv, out_features: 48}, attention: {heads: 4, kv_heads: 2, "
              "head_dim: 6, rotary_base: 100, causal: true, window: 5}, conv1d: {out_channels: 44, "
              "kernel: 3, padding: same}, swiglu, batch_norm, global_avg_pool, linear: "
              "{name: head, out_features: 11}]\nloss: cross_entropy\n",
};
enum { NETWORK_COUNT = sizeof networks / sizeof *networks };

static struct pt_graph *load(const char *layers, int64_t batch, int length)
{
    struct pt_graph *graph;
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "name: n\ninput: {name: tokens, shape: [%d], type: int32}\n%s",
             length, layers);
    assert_status(pt_graph_load(test_file(test_folder(), "net.yaml", yaml), batch, &graph, &error),
                  PT_OK, &error);
    return graph;
}

static struct pt_network *create(const struct pt_graph *graph, enum pt_precision precision)
{
    struct pt_network *network;
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = 3, .threads = 2, .precision = precision};
    assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
    return network;
}

static void set_length(struct pt_network *network, int64_t length)
{
    assert_status(pt_network_set_length(network, length, &error), PT_OK, &error);
}

// Two passes in training whose gradients are added up.
static void run(struct pt_network *network, int64_t rows)
{
    pt_network_set_step(network, 0);
    pt_network_zero_gradients(network);
    for (int i = 0; i < 2; i++) {
        fill_inputs(network, WORDS); // of both networks the same ones, without gaps
        forward(network, rows, true);
        backward(network);
    }
}

static void check_same(struct pt_network *network, struct pt_network *alone, int64_t rows)
{
    int64_t count, before = pt_network_executed_flop(network);
    set_length(network, SHORT);
    run(network, rows);
    int64_t flop = pt_network_executed_flop(network) - before;
    before = pt_network_executed_flop(alone);
    run(alone, rows);
    assert_int_equal(flop, pt_network_executed_flop(alone) - before);
    assert_true(pt_network_loss(network) == pt_network_loss(alone));
    const float *gradients = pt_network_gradients(alone, &count);
    assert_same_floats(pt_network_gradients(network, &count), gradients, count);

    // What is kept lies as in a network of this length.
    pt_tensor head = pt_graph_find(pt_network_graph(network), "head");
    forward(network, rows, false);
    forward(alone, rows, false);
    assert_true(pt_network_loss(network) == pt_network_loss(alone));
    if (head != PT_NO_TENSOR)
        assert_same_floats(pt_network_values(network, head), pt_network_values(alone, head),
                           pt_graph_tensor_size(pt_network_graph(alone), head) / BATCH * rows);
}

static void keep_head(struct pt_graph *graph)
{
    if (pt_graph_find(graph, "head") != PT_NO_TENSOR)
        pt_graph_keep(graph, pt_graph_find(graph, "head"));
}

static void check_network(const char *layers, enum pt_precision precision)
{
    struct pt_graph *graph = load(layers, BATCH, LENGTH), *short_graph = load(layers, BATCH, SHORT);
    keep_head(graph);
    keep_head(short_graph);
    struct pt_network *network = create(graph, precision), *alone = create(short_graph, precision);
    struct pt_network *fresh = create(graph, precision);
    run(network, BATCH); // leaves its values everywhere
    run(alone, BATCH);   // running statistics have seen two batches in both
    for (pt_tensor i = 0; i < graph->tensor_count; i++)
        if (graph->tensors[i].role == PT_ROLE_STATE)
            memcpy(pt_network_values(network, i), pt_network_values(alone, i),
                   (size_t)pt_graph_tensor_size(graph, i) * sizeof(float));
    check_same(network, alone, BATCH);
    check_same(network, alone, REST);

    // At full length all is as before.
    int64_t count;
    set_length(network, 0);
    run(network, BATCH);
    run(fresh, BATCH);
    assert_true(pt_network_loss(network) == pt_network_loss(fresh));
    const float *gradients = pt_network_gradients(fresh, &count);
    assert_same_floats(pt_network_gradients(network, &count), gradients, count);
    pt_network_destroy(network);
    pt_network_destroy(alone);
    pt_network_destroy(fresh);
    pt_graph_destroy(graph);
    pt_graph_destroy(short_graph);
}

static void a_short_pass_equals_a_network_of_that_length(void **unused)
{
    (void)unused;
    for (int i = 0; i < NETWORK_COUNT; i++)
        for (int precision = PT_PRECISION_FP32; precision <= PT_PRECISION_BF16; precision++)
            check_network(networks[i], (enum pt_precision)precision);
}

// Energy is measured in the loop: allocations would be measured too.
static void prepared_lengths_allocate_nothing(void **unused)
{
    (void)unused;
    free(malloc(allocation_count + 1));
    if (allocation_count == 0)
        skip(); // no AddressSanitizer, so nobody counts
    struct pt_graph *graph = load(networks[0], BATCH, LENGTH);
    struct pt_network *network;
    struct pt_network_options options = {
        .struct_size = sizeof options, .threads = 2, .matmul = "own"}; // libraries do as they like
    assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
    fill_inputs(network, WORDS);
    for (int length = 1; length < LENGTH; length *= 2) {
        set_length(network, length);
        assert_status(pt_network_prepare_rows(network, BATCH, &error), PT_OK, &error);
        assert_status(pt_network_prepare_rows(network, REST, &error), PT_OK, &error);
    }
    for (int i = 0; i < 3; i++)
        for (int length = 1; length < LENGTH; length *= 2) {
            long before = allocation_count;
            enum pt_status status = pt_network_set_length(network, length, NULL);
            for (int k = 0; k < 2 && status == PT_OK; k++) {
                status = pt_network_forward(network, k == 0 ? BATCH : REST, true, NULL);
                if (status == PT_OK)
                    status = pt_network_backward(network, NULL);
            }
            assert_int_equal(status, PT_OK);
            if (i > 0) // the first one starts the threads
                assert_int_equal(allocation_count, before);
        }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// More pairs of rows and length than are remembered; the last and the full one are as before.
static void forgotten_lengths_are_made_anew(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load(networks[1], BATCH, LENGTH);
    struct pt_network *network = make_network(graph, 4, 2);
    double losses[2][LENGTH + 1];
    for (int i = 0; i < 2; i++)
        for (int length = 1; length <= LENGTH; length++) {
            set_length(network, length);
            fill_inputs(network, WORDS);
            for (int64_t rows = 1; rows <= BATCH; rows++)
                forward(network, rows, false);
            losses[i][length] = pt_network_loss(network);
        }
    for (int length = 1; length <= LENGTH; length++)
        assert_true(losses[0][length] == losses[1][length]);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void lengths_that_do_not_go_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load(networks[0], BATCH, LENGTH);
    struct pt_network *network = make_network(graph, 4, 1);
    assert_status(pt_network_set_length(network, LENGTH + 1, &error), PT_USAGE, &error);
    assert_contains(error.message, "length is 38; network n takes 1 to 37 tokens");
    assert_status(pt_network_set_length(network, -1, &error), PT_USAGE, &error);
    pt_network_destroy(network);
    pt_graph_destroy(graph);

    graph = make_classifier(4, 0);
    network = make_network(graph, 4, 1);
    assert_status(pt_network_set_length(network, 1, &error), PT_USAGE, &error);
    assert_contains(error.message, "no input of token sequences");
    set_length(network, 0);
    pt_network_destroy(network);
    pt_graph_destroy(graph);

    // An operator that cannot: the pass fails, and at full length it works again.
    graph = load("layers: [embedding: {vocabulary: 11, width: 2}, reshape: {dim1: 2, dim2: 37}, "
                 "global_avg_pool, linear: {out_features: 11}]\nloss: cross_entropy\n",
                 BATCH, LENGTH);
    network = make_network(graph, 4, 1);
    fill_inputs(network, WORDS);
    set_length(network, SHORT);
    assert_status(pt_network_forward(network, 0, true, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "reshape1");
    assert_status(pt_network_prepare_rows(network, REST, &error), PT_BAD_INPUT, &error);
    set_length(network, 0);
    forward(network, 0, true);
    backward(network);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// No operator does that; were there one, it would write over what lies behind its place.
static void a_value_that_outgrows_its_place_is_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load(networks[2], BATCH, LENGTH);
    struct pt_network *network = make_network(graph, 4, 1);
    struct pt_tensor_info *head = &graph->tensors[pt_graph_find(graph, "head")];
    head->shape.dim[1] = SHORT - 1;
    set_length(network, SHORT);
    assert_status(pt_network_prepare_rows(network, BATCH, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "head needs more memory");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_pass_equals_a_network_of_that_length),
        cmocka_unit_test(prepared_lengths_allocate_nothing),
        cmocka_unit_test(forgotten_lengths_are_made_anew),
        cmocka_unit_test(lengths_that_do_not_go_are_refused),
        cmocka_unit_test(a_value_that_outgrows_its_place_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
