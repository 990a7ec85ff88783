// Work and memory, counted from the graph alone: by hand, and by laws.

#include "support.h"

#include "demand/memory.h"

static struct pt_graph *mlp(int64_t batch)
{
    struct pt_graph *graph;
    assert_int_equal(pt_graph_create("mlp", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){batch, 784});
    x = pt_relu(graph, pt_linear(graph, x, 512, true));
    x = pt_linear(graph, x, 10, true);
    pt_cross_entropy(graph, x, pt_input(graph, "target", PT_INT32, 1, &batch));
    assert_int_equal(pt_graph_check(graph, NULL), PT_OK);
    return graph;
}

static struct pt_demand count(struct pt_arena *arena, const struct pt_graph *graph,
                              enum pt_optimizer_kind optimizer)
{
    struct pt_demand demand;
    struct pt_error error;
    struct pt_demand_options options = {.optimizer = optimizer};
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    return demand;
}

// Batch 128. Forward: products 2*128*(784*512 + 512*10) = 104,071,168; biases 128*(512 + 10) =
// 66,816; relu 128*512 = 65,536; cross-entropy 4*1280 + 4*128 + 1 = 5,633.
// Backward: dW of both layers 104,071,168, dx of the second 2*128*512*10 = 1,310,720 (the first has
// an input that needs none); biases 66,816; relu 65,536; cross-entropy 3*1280 + 128 = 3,968.
// Adam: 13 for each of 407,050 parameters.
static void an_mlp_is_counted_by_hand(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = mlp(128);
    struct pt_demand demand = count(arena, graph, PT_ADAM);
    assert_int_equal(demand.parameter_count, 407050);
    assert_int_equal(demand.pass[PT_FORWARD].matmul_flop, 104071168);
    assert_int_equal(demand.pass[PT_FORWARD].flop, 104071168 + 66816 + 65536 + 5633);
    assert_int_equal(demand.pass[PT_BACKWARD].matmul_flop, 104071168 + 1310720);
    assert_int_equal(demand.pass[PT_BACKWARD].flop, 104071168 + 1310720 + 66816 + 65536 + 3968);
    assert_int_equal(demand.optimizer.flop, 13 * 407050);
    assert_int_equal(demand.step.flop,
                     demand.pass[PT_FORWARD].flop + demand.pass[PT_BACKWARD].flop + 13 * 407050);
    assert_int_equal(demand.optimizer.bytes, 28 * 407050);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

// Twice the samples: twice the products and activations, the same parameters and update.
static void work_grows_with_the_batch(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *one = mlp(64), *two = mlp(128);
    struct pt_demand a = count(arena, one, PT_SGD), b = count(arena, two, PT_SGD);
    assert_int_equal(2 * a.pass[PT_FORWARD].matmul_flop, b.pass[PT_FORWARD].matmul_flop);
    assert_int_equal(2 * a.pass[PT_BACKWARD].matmul_flop, b.pass[PT_BACKWARD].matmul_flop);
    assert_int_equal(a.optimizer.flop, b.optimizer.flop);
    assert_int_equal(a.memory.parameter_bytes, b.memory.parameter_bytes);
    assert_int_equal(2 * a.memory.input_bytes, b.memory.input_bytes);
    pt_graph_destroy(one);
    pt_graph_destroy(two);
    pt_arena_destroy(arena);
}

static void states_are_the_optimizers(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = mlp(8);
    struct pt_demand sgd = count(arena, graph, PT_SGD), adam = count(arena, graph, PT_ADAM);
    assert_int_equal(sgd.memory.optimizer_bytes, 0);
    assert_int_equal(adam.memory.optimizer_bytes, 2 * adam.memory.parameter_bytes);
    assert_true(adam.memory.parameter_bytes >= 4 * 407050);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

static void a_huge_network_overflows_cleanly(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_demand demand;
    struct pt_error error;
    int64_t batch = 1 << 20;
    assert_int_equal(pt_graph_create("huge", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){batch, 1 << 30});
    pt_mse(graph, pt_linear(graph, x, 1 << 20, false),
           pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){batch, 1 << 20}));
    assert_int_equal(pt_graph_check(graph, NULL), PT_OK);
    assert_status(pt_demand_count(arena, graph, &(struct pt_demand_options){0}, &demand, &error),
                  PT_OVERFLOW, &error);
    assert_contains(error.message, "linear1");
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

// Three readers of one tensor: the second and third gradient are added, once an element each.
static void additions_to_a_gradient_are_counted(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    assert_int_equal(pt_graph_create("fork", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){10, 7});
    pt_tensor h = pt_linear(graph, x, 5, false);
    pt_relu(graph, h);
    pt_tanh(graph, h);
    pt_sigmoid(graph, h);
    struct pt_demand demand = count(arena, graph, PT_SGD);
    assert_int_equal(demand.by_op[3][PT_BACKWARD].flop, 3 * 50); // sigmoid runs first: writes
    assert_int_equal(demand.by_op[2][PT_BACKWARD].flop, 3 * 50 + 50);
    assert_int_equal(demand.by_op[1][PT_BACKWARD].flop, 50 + 50);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_mlp_is_counted_by_hand),
        cmocka_unit_test(work_grows_with_the_batch),
        cmocka_unit_test(states_are_the_optimizers),
        cmocka_unit_test(a_huge_network_overflows_cleanly),
        cmocka_unit_test(additions_to_a_gradient_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
