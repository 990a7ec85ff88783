// Training in bf16 ends where training in fp32 ends: the loss is the same within 1 %.

#include "subjects.h"

enum { BATCH = 16, LENGTH = 24, VOCABULARY = 17, STEPS = 250, TRIALS = 20 };

// A small transformer with all that bf16 touches: products, attention, the fused head.
static const struct subject transformer = {
    .operator_name = "attention",
    .batch = BATCH,
    .network = "input: {name: tokens, shape: [24], type: int32}\n"
               "layers:\n"
               "  - embedding: {name: embed, vocabulary: 17, width: 48}\n"
               "  - layer_norm: {name: norm}\n"
               "  - linear: {name: qkv, out_features: 144}\n"
               "  - attention: {heads: 3, causal: true, rotary_base: 10000}\n"
               "  - linear: {name: proj, out_features: 48}\n"
               "  - add: {name: mixed, from: [embed, proj]}\n"
               "  - linear: {name: up, out_features: 96}\n"
               "  - gelu\n"
               "  - linear: {name: down, out_features: 48}\n"
               "  - add: {from: [mixed, down]}\n"
               "loss: {linear_cross_entropy: {out_features: 17}}\n",
};

// The next token is 3 t + 1, but one in five is random: a loss that stays above 0.
static void fill_tokens(struct pt_network *network, uint64_t stream)
{
    const struct pt_graph *graph = pt_network_graph(network);
    int32_t *tokens = pt_network_values_int32(network, pt_graph_find(graph, "tokens"));
    int32_t *target = pt_network_values_int32(network, pt_graph_find(graph, "target"));
    for (int64_t i = 0; i < BATCH * LENGTH; i++) {
        uint64_t at = 2 * (uint64_t)i;
        int32_t random =
            (int32_t)(pt_random_uniform(5, stream, at) * (float)VOCABULARY) % VOCABULARY;
        bool jump = i % LENGTH == 0 || pt_random_uniform(5, stream, at + 1) < 0.2f;
        tokens[i] = jump ? random : (3 * tokens[i - 1] + 1) % VOCABULARY;
        if (i > 0)
            target[i - 1] = tokens[i];
    }
    target[BATCH * LENGTH - 1] = 0;
}

static double loss_after_training(enum pt_precision precision)
{
    struct pt_error error;
    struct pt_graph *graph = subject_graph(&transformer, false);
    struct pt_network *network;
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = 3, .threads = 2, .precision = precision};
    assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_ADAMW});
    for (int step = 0; step < STEPS; step++) {
        fill_tokens(network, (uint64_t)step);
        pt_network_zero_gradients(network);
        forward(network, 0, true);
        backward(network);
        pt_optimizer_step(optimizer, 0.003);
    }
    double sum = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        fill_tokens(network, 100000 + (uint64_t)trial);
        forward(network, 0, false);
        sum += pt_network_loss(network);
    }
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return sum / TRIALS;
}

// Guessing has log(17) = 2.83. What is random costs about 0.2 (log 17 + 4 log 1.25) + ... > 0.9.
static void bf16_reaches_the_loss_of_fp32(void **unused)
{
    (void)unused;
    double fp32 = loss_after_training(PT_PRECISION_FP32);
    double bf16 = loss_after_training(PT_PRECISION_BF16);
    print_message("loss after %d steps: fp32 %.5f, bf16 %.5f\n", STEPS, fp32, bf16);
    assert_true(fp32 < 1.6); // it has learned
    assert_near(bf16, fp32, 0.01 * fp32);
    assert_true(bf16 != fp32); // it was bf16
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bf16_reaches_the_loss_of_fp32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
