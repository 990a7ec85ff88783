// The operations of recurrent layers, counted by hand.

#include "support.h"

#include "demand/demand.h"

struct counted {
    int64_t forward, backward, forward_products, backward_products;
};

// [2, time, 4] into 5 hidden units; asks: the gradient of the input is wanted too.
static struct counted count(const char *options, int64_t time, bool asks)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_demand demand;
    struct pt_error error;
    char text[256];
    snprintf(text, sizeof text, "{input: {name: x, shape: [%lld, 4]}, layers: [%s]}",
             (long long)time, options);
    assert_status(pt_graph_load(test_file(test_folder(), "net.yaml", text), 2, &graph, &error),
                  PT_OK, &error);
    if (asks)
        pt_graph_require_gradient(graph, pt_graph_find(graph, "x"));
    assert_status(pt_demand_count(arena, graph, &(struct pt_demand_options){0}, &demand, &error),
                  PT_OK, &error);
    struct counted counted = {demand.by_op[0][PT_FORWARD].flop, demand.by_op[0][PT_BACKWARD].flop,
                              demand.by_op[0][PT_FORWARD].matmul_flop,
                              demand.by_op[0][PT_BACKWARD].matmul_flop};
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
    return counted;
}

// 6 rows, 20 gates. Products: input 2 6 20 4 = 960; state, two of three steps, 2 4 20 5 = 800.
// Biases 6 20 + 4 20; 22 for each of 6 5 units. Backward: the state's 800; weight_ih 960;
// weight_hh over 5 rows 2 20 5 5 = 1000; the sums for the biases 6 20; 24 each.
static void lstm(void **unused)
{
    (void)unused;
    struct counted counted = count("lstm: {hidden: 5}", 3, false);
    assert_int_equal(counted.forward_products, 960 + 800);
    assert_int_equal(counted.forward, 960 + 800 + 120 + 80 + 22 * 30);
    assert_int_equal(counted.backward_products, 800 + 960 + 1000);
    assert_int_equal(counted.backward, 800 + 960 + 1000 + 120 + 24 * 30);
    assert_int_equal(count("lstm: {hidden: 5}", 3, true).backward, counted.backward + 960);
}

// 15 gates; the last one's bias_hh has sums of its own: 6 5 more.
static void gru(void **unused)
{
    (void)unused;
    struct counted counted = count("gru: {hidden: 5}", 3, false);
    assert_int_equal(counted.forward, 720 + 600 + 90 + 60 + 16 * 30);
    assert_int_equal(counted.backward, 600 + 720 + 750 + 90 + 30 + 17 * 30);
}

static void rnn_and_its_relu(void **unused)
{
    (void)unused;
    struct counted counted = count("rnn: {hidden: 5, bias: false}", 3, false);
    assert_int_equal(counted.forward, 240 + 200 + 2 * 30);
    assert_int_equal(counted.backward, 200 + 240 + 250 + 4 * 30);
    assert_int_equal(count("rnn: {hidden: 5, bias: false, activation: relu}", 3, false).backward,
                     200 + 240 + 250 + 2 * 30);
}

// One time step has no state: nothing is multiplied by weight_hh, either way.
static void one_time_step(void **unused)
{
    (void)unused;
    struct counted counted = count("lstm: {hidden: 5}", 1, false);
    assert_int_equal(counted.forward_products, 320);
    assert_int_equal(counted.backward_products, 320);
}

// Twice of everything, and the second direction adds 6 4 numbers to the gradient of the input.
static void two_directions_are_twice_one(void **unused)
{
    (void)unused;
    struct counted one = count("gru: {hidden: 5}", 3, true);
    struct counted both = count("gru: {hidden: 5, bidirectional: true}", 3, true);
    assert_int_equal(both.forward, 2 * one.forward);
    assert_int_equal(both.backward, 2 * one.backward + 24);
}

static void what_is_frozen_has_no_gradient(void **unused)
{
    (void)unused;
    struct counted counted = count("lstm: {hidden: 5, freeze: true}", 3, true);
    assert_int_equal(counted.backward, 800 + 960 + 24 * 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lstm),
        cmocka_unit_test(gru),
        cmocka_unit_test(rnn_and_its_relu),
        cmocka_unit_test(one_time_step),
        cmocka_unit_test(two_directions_are_twice_one),
        cmocka_unit_test(what_is_frozen_has_no_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
