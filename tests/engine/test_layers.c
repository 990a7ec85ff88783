// Norms, gates, pooling and losses where the laws of all operators do not look: more elements than
// one thread takes alone, running statistics, values that are no numbers, targets that are ignored.

#include "subjects.h"

#include "model/segment.h"

static struct pt_graph *read_graph(const char *text, int64_t batch)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_error error;
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, &error), PT_OK, &error);
    assert_status(pt_network_from_node(node, batch, &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    return graph;
}

static pt_tensor last_output(const struct pt_graph *graph)
{
    return graph->ops[graph->op_count - 1].outputs[0];
}

// A mean square behind the last layer, whose values are kept; gradients of float inputs are wanted.
static struct pt_graph *with_loss(const char *text, int64_t batch)
{
    struct pt_graph *graph = read_graph(text, batch);
    struct pt_error error;
    int tensors = graph->tensor_count;
    pt_tensor y = last_output(graph);
    const struct pt_shape shape = pt_graph_tensor(graph, y)->shape;
    for (pt_tensor i = 0; i < tensors; i++)
        if (graph->tensors[i].role == PT_ROLE_INPUT)
            pt_graph_require_gradient(graph, i);
    pt_graph_keep(graph, y);
    pt_mse(graph, y, pt_input(graph, "wanted", PT_FLOAT32, shape.rank, shape.dim));
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

// -------------------------------------------------------------------------------------- threads
struct large {
    int64_t batch;
    const char *network;
};

// Beyond 16384 elements threads share the work; none of these sizes is a multiple of anything.
static const struct large large[] = {
    {67, "{input: {shape: [9, 53]}, layers: [silu, quick_gelu, {gelu: {approximate: tanh}}, elu, "
         "leaky_relu, softplus, {scale: {factor: 0.3}}]}"},
    {67, "{inputs: [{name: a, shape: [9, 53]}, {name: b, shape: [9, 53]}], layers: [swiglu: {name: "
         "s, from: [a, b]}, geglu: {name: g, from: [b, a]}, multiply: {name: m, from: [s, g]}, "
         "add: {from: [m, a]}, relu]}"},
    {67, "{input: {shape: [9, 106]}, layers: [swiglu, reshape: {dim1: 53, dim2: 9}]}"},
    {331, "{input: {shape: [3, 53]}, layers: [rms_norm, layer_norm: {bias: false}, layer_norm]}"},
    {67, "{input: {shape: [9, 120]}, layers: [rms_norm: {groups: 8, unit_offset: true}]}"},
    {331, "{input: {shape: [7, 53]}, layers: [batch_norm, relu, batch_norm]}"},
    {7, "{input: {shape: [19, 23, 17]}, layers: [batch_norm: {name: a}, relu, group_norm: {groups: "
        "1}, group_norm: {groups: 17}]}"},
    {7, "{input: {shape: [39, 43, 7]}, layers: [max_pool2d: {kernel: 3, stride: 2, padding: 1}, "
        "avg_pool2d: {kernel: 3, stride: 2, padding: 1, ceil_mode: true}]}"},
    {7, "{input: {shape: [39, 43, 7]}, layers: [max_pool2d: {kernel: 2}, global_avg_pool]}"},
    {7, "{input: {shape: [39, 43, 7]}, layers: [max_pool2d: {kernel: 2, stride: 3}]}"},
    {67, "{input: {shape: [43, 17]}, layers: [max_pool1d: {kernel: 3}, avg_pool1d: {kernel: 2}]}"},
    {67, "{inputs: [{name: a, shape: [9, 53]}, {name: b, shape: [9, 11]}], layers: [concat: {from: "
         "[a, b]}, prepend_token, slice: {name: s, begin: 5, count: 50}, select: {index: 7}, "
         "global_avg_pool: {name: p, from: s}, add: {from: [select1, p]}]}"},
};

// The gradients and the output of a step, and the states after it.
static float *step_with(const struct pt_graph *graph, int threads, int64_t *ret_count)
{
    struct pt_network *network = make_network(graph, 7, threads);
    int64_t count = 0;
    float *all = malloc(sizeof *all);
    fill_inputs(network, 5);
    for (int repeat = 0; repeat < 2; repeat++) { // the second time gradients are added
        forward(network, 0, true);
        backward(network);
    }
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        const float *arrays[] = {pt_network_values(network, i), pt_network_gradient(network, i)};
        int64_t size = pt_graph_tensor_size(graph, i);
        for (int k = 0; k < 2; k++) {
            if (arrays[k] == NULL)
                continue;
            all = realloc(all, (size_t)(count + size) * sizeof *all);
            assert_non_null(all);
            memcpy(all + count, arrays[k], (size_t)size * sizeof *all);
            count += size;
        }
    }
    pt_network_destroy(network);
    *ret_count = count;
    return all;
}

static void threads_change_no_bit_of_large_tensors(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        struct pt_graph *graph = with_loss(large[i].network, large[i].batch);
        int64_t count, other_count;
        float *one = step_with(graph, 1, &count);
        assert_true(count > 30000);
        for (int threads = 2; threads <= 3; threads++) {
            float *other = step_with(graph, threads, &other_count);
            assert_int_equal(other_count, count);
            assert_same_floats(other, one, count);
            free(other);
        }
        free(one);
        pt_graph_destroy(graph);
    }
}

// The first batch writes gradients, a second one adds: one more addition for each number.
static void adding_a_gradient_is_one_operation_a_number(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        struct pt_graph *graph = with_loss(large[i].network, large[i].batch);
        struct pt_network *network = make_network(graph, 7, 2);
        int64_t numbers = 0, flop[3];
        for (pt_tensor t = 0; t < graph->tensor_count; t++)
            if (pt_network_gradient(network, t) != NULL)
                numbers += pt_graph_tensor_size(graph, t);
        fill_inputs(network, 5);
        for (int batch = 0; batch < 3; batch++) {
            int64_t before = pt_network_executed_flop(network);
            forward(network, 0, true);
            backward(network);
            flop[batch] = pt_network_executed_flop(network) - before;
        }
        assert_true(numbers > 0);
        assert_int_equal(flop[1], flop[0] + numbers);
        assert_int_equal(flop[2], flop[1]);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

// ------------------------------------------------------------------------------- no such numbers
static bool any_nan(const float *values, int64_t count)
{
    bool any = false;
    for (int64_t i = 0; i < count; i++)
        any = any || isnan(values[i]);
    return any;
}

// One NaN in the first input: output and loss show it, and so does a gradient.
static void nan_goes_through(void **unused)
{
    (void)unused;
    int tried = 0;
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        struct pt_graph *graph = subject_graph(&subjects[i], true);
        pt_tensor x = graph->ops[0].inputs[0];
        if (graph->tensors[x].dtype == PT_FLOAT32) {
            struct pt_network *network = make_network(graph, 7, 2);
            fill_subject(network, &subjects[i]);
            float *values = pt_network_values(network, x);
            for (int64_t k = 0; k < pt_graph_tensor_size(graph, x); k++)
                values[k] = NAN; // all, for an operator may look at some only
            forward(network, 0, true);
            assert_true(isnan(pt_network_loss(network)));
            backward(network);
            bool shows = false;
            for (pt_tensor t = 0; t < graph->tensor_count; t++)
                if (pt_network_gradient(network, t) != NULL)
                    shows = shows || any_nan(pt_network_gradient(network, t),
                                             pt_graph_tensor_size(graph, t));
            if (!shows)
                print_error("%s: no gradient shows the NAN\n", subjects[i].network);
            assert_true(shows);
            pt_network_destroy(network);
            tried++;
        }
        pt_graph_destroy(graph);
    }
    assert_true(tried > 60);
}

// ----------------------------------------------------------------------------------- batch_norm
static float *state(struct pt_network *network, const char *name)
{
    float *values = pt_network_values(network, pt_graph_find(pt_network_graph(network), name));
    assert_non_null(values);
    return values;
}

// Values 1 and 3: mean 2, variance 1, unbiased 2. With momentum 0.25 the running mean goes from 0
// to 0.5, the running variance from 1 to 1.25. Evaluation moves nothing.
static void training_moves_the_running_statistics(void **unused)
{
    (void)unused;
    struct pt_graph *graph = with_loss(
        "{input: {shape: [1]}, layers: [batch_norm: {name: n, momentum: 0.25, epsilon: 0}]}", 2);
    struct pt_network *network = make_network(graph, 1, 1);
    float *x = pt_network_values(network, 0);
    const float *y = pt_network_values(network, graph->ops[0].outputs[0]);
    x[0] = 1;
    x[1] = 3;
    forward(network, 0, true);
    assert_near(y[0], -1, 1e-6);
    assert_near(y[1], 1, 1e-6);
    assert_near(state(network, "n.running_mean")[0], 0.5, 1e-7);
    assert_near(state(network, "n.running_var")[0], 1.25, 1e-7);
    forward(network, 0, false);
    assert_near(y[0], (1 - 0.5) / sqrt(1.25), 1e-6);
    assert_near(state(network, "n.running_mean")[0], 0.5, 1e-7);
    assert_near(state(network, "n.running_var")[0], 1.25, 1e-7);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// A batch that leaves a single sample behind.
static void one_value_a_channel_is_refused_in_training(void **unused)
{
    (void)unused;
    struct pt_graph *graph = with_loss("{input: {shape: [4]}, layers: [batch_norm]}", 2);
    struct pt_network *network = make_network(graph, 1, 1);
    struct pt_error error;
    fill_inputs(network, 5);
    assert_status(pt_network_forward(network, 1, true, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "batch_norm1");
    assert_contains(error.message, "2 samples");
    forward(network, 1, false); // by the running statistics it can be done
    assert_status(pt_network_forward(network, 2, true, &error), PT_OK, &error);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// What is dropped and computed again counts once for the running statistics.
static void recomputation_moves_statistics_once(void **unused)
{
    (void)unused;
    const char *text = "{input: {shape: [3, 5]}, layers: [linear: {out_features: 4}, batch_norm: "
                       "{name: n}, relu, linear: {out_features: 3}]}";
    float once[2], again[2];
    for (int recompute = 0; recompute < 2; recompute++) {
        struct pt_graph *graph = with_loss(text, 4);
        if (recompute)
            pt_graph_recompute(graph, 0, 3);
        struct pt_network *network = make_network(graph, 1, 2);
        struct pt_arena *arena = pt_arena_create();
        struct pt_demand demand;
        struct pt_demand_options options = {0};
        assert_int_equal(pt_demand_count(arena, graph, &options, &demand, NULL), PT_OK);
        fill_inputs(network, 5);
        forward(network, 0, true);
        backward(network);
        assert_int_equal(pt_network_executed_flop(network),
                         demand.pass[PT_FORWARD].flop + demand.pass[PT_BACKWARD].flop);
        float *to = recompute ? again : once;
        to[0] = state(network, "n.running_mean")[0];
        to[1] = state(network, "n.running_var")[0];
        pt_arena_destroy(arena);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
    assert_same_floats(again, once, 2);
    assert_true(once[0] != 0 && once[1] != 1);
}

// ---------------------------------------------------------------------------------- cross_entropy
static struct pt_network *classes_network(struct pt_graph **ret_graph, const char *loss,
                                          const int32_t *targets)
{
    char text[256];
    snprintf(text, sizeof text, "{input: {name: x, shape: [5]}, layers: [tanh], loss: %s}", loss);
    struct pt_graph *graph = read_graph(text, 3);
    pt_graph_require_gradient(graph, 0);
    struct pt_network *network = make_network(graph, 1, 1);
    fill_inputs(network, 5);
    memcpy(pt_network_values_int32(network, pt_graph_find(graph, "target")), targets,
           3 * sizeof *targets);
    *ret_graph = graph;
    return network;
}

// Three rows of which one is ignored: the mean of the other two, and no gradient of that row.
static void ignored_targets_count_in_nothing(void **unused)
{
    (void)unused;
    static const char *const losses[] = {"cross_entropy",
                                         "{cross_entropy: {label_smoothing: 0.2}}"};
    for (int i = 0; i < 2; i++) {
        double loss[3], sum = 0;
        struct pt_graph *graph;
        for (int row = 0; row < 3; row++) { // each row alone
            int32_t targets[3] = {-100, -100, -100};
            targets[row] = row;
            struct pt_network *network = classes_network(&graph, losses[i], targets);
            forward(network, 0, true);
            loss[row] = pt_network_loss(network);
            sum += row != 1 ? loss[row] / 2 : 0;
            pt_network_destroy(network);
            pt_graph_destroy(graph);
        }
        struct pt_network *network =
            classes_network(&graph, losses[i], (const int32_t[]){0, -100, 2});
        forward(network, 0, true);
        backward(network);
        assert_near(pt_network_loss(network), sum, 1e-12);
        const float *gradient = pt_network_gradient(network, 0);
        for (int k = 0; k < 15; k++)
            assert_true(k / 5 == 1 ? gradient[k] == 0 : gradient[k] != 0);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

static void refuse_targets(const char *loss, const int32_t *targets, const char *part)
{
    struct pt_graph *graph;
    struct pt_error error;
    struct pt_network *network = classes_network(&graph, loss, targets);
    assert_status(pt_network_forward(network, 0, true, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, part);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void targets_that_are_none_are_refused(void **unused)
{
    (void)unused;
    refuse_targets("cross_entropy", (const int32_t[]){0, -1, 2}, "class -1 of row 1");
    refuse_targets("cross_entropy", (const int32_t[]){0, 5, 2}, "class 5 of row 1");
    refuse_targets("{cross_entropy: {ignore_index: 9}}", (const int32_t[]){9, -100, 2},
                   "class -100 of row 1");
    refuse_targets("cross_entropy", (const int32_t[]){-100, -100, -100}, "ignore_index, -100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit_of_large_tensors),
        cmocka_unit_test(adding_a_gradient_is_one_operation_a_number),
        cmocka_unit_test(nan_goes_through),
        cmocka_unit_test(training_moves_the_running_statistics),
        cmocka_unit_test(one_value_a_channel_is_refused_in_training),
        cmocka_unit_test(recomputation_moves_statistics_once),
        cmocka_unit_test(ignored_targets_count_in_nothing),
        cmocka_unit_test(targets_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
