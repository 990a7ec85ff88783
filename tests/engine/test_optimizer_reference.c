// Every optimizer against ten updates by PyTorch's, by transformers' and by independent ones
// (tests/reference/optimizers.py), and what holds for all of them.

#include "engine_support.h"

#include "demand/optimizer.h"
#include "engine/optimizer_loops.h"

enum { TENSORS = 6, STEPS = 10 };

struct reference_update {
    const char *name;
    double learning_rate;
    struct pt_optimizer_options options;
    const float *end[TENSORS], *average[TENSORS]; // average NULL: none
};
#include "../reference/optimizers.h"

static struct pt_error error;

// The network of the reference: two hidden layers and a head; batch 1, its gradients are set.
static struct pt_graph *make_layers(void)
{
    struct pt_graph *graph = make_graph("layers");
    static const char *const names[] = {"a", "b", "head"};
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 5});
    for (int i = 0; i < 3; i++)
        x = pt_graph_add(
            graph, "linear", names[i], &x, 1,
            (union pt_attribute[]){{.integer = (int64_t[]){6, 4, 2}[i]}, {.integer = true}});
    pt_mse(graph, x, pt_input(graph, "wanted", PT_FLOAT32, 2, (int64_t[]){1, 2}));
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static void set_values(struct pt_network *network, const float *const *values)
{
    for (int i = 0; i < TENSORS; i++) {
        pt_tensor tensor = pt_graph_find(pt_network_graph(network), update_names[i]);
        int64_t count = pt_graph_tensor_size(pt_network_graph(network), tensor);
        memcpy(pt_network_values(network, tensor), values[i], (size_t)count * sizeof(float));
    }
}

static void set_gradients(struct pt_network *network, int step)
{
    for (int i = 0; i < TENSORS; i++) {
        pt_tensor tensor = pt_graph_find(pt_network_graph(network), update_names[i]);
        int64_t count = pt_graph_tensor_size(pt_network_graph(network), tensor);
        memcpy(pt_network_gradient(network, tensor), update_gradients[i] + step * count,
               (size_t)count * sizeof(float));
    }
}

// 1e-5 of the largest number of the tensor.
static void compare(struct pt_network *network, const float *const *expected, const char *name)
{
    for (int i = 0; i < TENSORS; i++) {
        pt_tensor tensor = pt_graph_find(pt_network_graph(network), update_names[i]);
        int64_t count = pt_graph_tensor_size(pt_network_graph(network), tensor);
        const float *actual = pt_network_values(network, tensor);
        double most = 0, distance = 0;
        for (int64_t k = 0; k < count; k++) {
            most = fmax(most, fabs((double)expected[i][k]));
            distance = fmax(distance, fabs((double)actual[k] - (double)expected[i][k]));
            if (!isfinite(actual[k]))
                distance = INFINITY;
        }
        if (distance > 1e-5 * most)
            fail_msg("%s: %s is %g from the reference, largest number %g", name, update_names[i],
                     distance, most);
    }
}

static void ten_updates_equal_the_references(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_layers();
    for (size_t i = 0; i < sizeof reference_updates / sizeof *reference_updates; i++) {
        const struct reference_update *reference = &reference_updates[i];
        struct pt_network *network = make_network(graph, 1, 2);
        struct pt_optimizer *optimizer = make_optimizer(network, reference->options);
        set_values(network, update_start);
        for (int step = 0; step < STEPS; step++) {
            set_gradients(network, step);
            pt_optimizer_step(optimizer, reference->learning_rate);
        }
        compare(network, reference->end, reference->name);
        if (reference->average[0] != NULL) {
            assert_status(pt_optimizer_swap_average(optimizer, &error), PT_OK, &error);
            compare(network, reference->average, reference->name);
            assert_status(pt_optimizer_swap_average(optimizer, &error), PT_OK, &error);
            compare(network, reference->end, reference->name);
        }
        pt_optimizer_destroy(optimizer);
        pt_network_destroy(network);
    }
    pt_graph_destroy(graph);
}

// Large enough for two threads and for several parts of every grid; odd sizes.
static struct pt_network *make_wide(struct pt_graph **ret_graph, int threads)
{
    struct pt_graph *graph = make_graph("wide");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 131});
    x = pt_linear(graph, pt_linear(graph, x, 257, true), 203, true);
    pt_mse(graph, pt_linear(graph, x, 3, true),
           pt_input(graph, "wanted", PT_FLOAT32, 2, (int64_t[]){1, 3}));
    struct pt_network *network = make_network(graph, 7, threads);
    *ret_graph = graph;
    return network;
}

// Fills the gradients of all parameters; the padding between them stays 0.
static void fill_gradients(struct pt_network *network, uint64_t stream, float factor)
{
    const struct pt_graph *graph = pt_network_graph(network);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        if (graph->tensors[i].role != PT_ROLE_PARAMETER)
            continue;
        float *gradient = pt_network_gradient(network, i);
        int64_t count = pt_graph_tensor_size(graph, i);
        fill_random(gradient, count, stream * 100 + (uint64_t)i);
        for (int64_t k = 0; k < count; k++)
            gradient[k] *= factor;
    }
}

static struct pt_optimizer_options with_everything(int kind)
{
    return (struct pt_optimizer_options){.struct_size = sizeof(struct pt_optimizer_options),
                                         .kind = kind,
                                         .momentum = kind == PT_SGD ? 0.9 : 0,
                                         .beta1 = kind == PT_ADAFACTOR ? 0.9 : 0,
                                         .weight_decay = 0.1,
                                         .decay_matrices = true,
                                         .clip_norm = 1,
                                         .average_decay = 0.9};
}

// One thread and two give the same bits. Muon's matrix products may differ, by 1e-5.
static void threads_do_not_matter(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++) {
        struct pt_graph *graphs[2];
        struct pt_network *networks[2];
        struct pt_optimizer *optimizers[2];
        for (int i = 0; i < 2; i++) {
            networks[i] = make_wide(&graphs[i], i + 1);
            optimizers[i] = make_optimizer(networks[i], with_everything(kind));
            for (int step = 0; step < 4; step++) {
                fill_gradients(networks[i], (uint64_t)step, 1);
                pt_optimizer_step(optimizers[i], 0.01);
            }
        }
        int64_t count;
        const float *one = pt_network_parameters(networks[0], &count);
        const float *two = pt_network_parameters(networks[1], &count);
        for (int64_t i = 0; i < count; i++)
            if (kind == PT_MUON)
                assert_near(two[i], one[i], 1e-5);
            else
                assert_true(two[i] == one[i]);
        for (int i = 0; i < 2; i++) {
            pt_optimizer_destroy(optimizers[i]);
            pt_network_destroy(networks[i]);
            pt_graph_destroy(graphs[i]);
        }
    }
}

// The mean of n gradients g is g, whether they come as one or as their sum with 1 / n.
static void a_scaled_sum_is_a_mean(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++) {
        struct pt_graph *graphs[2];
        struct pt_network *networks[2];
        for (int i = 0; i < 2; i++) {
            networks[i] = make_wide(&graphs[i], 2);
            struct pt_optimizer_options options = with_everything(kind);
            options.clip_norm = 0;
            struct pt_optimizer *optimizer = make_optimizer(networks[i], options);
            for (int step = 0; step < 3; step++) {
                fill_gradients(networks[i], (uint64_t)step, i == 0 ? 1 : 8);
                assert_status(pt_optimizer_update(optimizer, 0.01, i == 0 ? 1 : 0.125, &error),
                              PT_OK, &error);
            }
            pt_optimizer_destroy(optimizer);
        }
        int64_t count;
        const float *one = pt_network_parameters(networks[0], &count);
        const float *eight = pt_network_parameters(networks[1], &count);
        for (int64_t i = 0; i < count; i++)
            assert_near(eight[i], one[i], 2e-6);
        for (int i = 0; i < 2; i++) {
            pt_network_destroy(networks[i]);
            pt_graph_destroy(graphs[i]);
        }
    }
}

// 3-4-0...: length 5, clipped to 1: a fifth of the step; one that is short is left alone.
static void the_gradient_is_clipped_to_its_length(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_layers();
    struct pt_network *network = make_network(graph, 1, 1);
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_SGD, .clip_norm = 1});
    pt_tensor a = pt_graph_find(graph, "a.weight"), b = pt_graph_find(graph, "b.bias");
    assert_true(isnan(pt_optimizer_gradient_norm(optimizer)));
    float *pa = pt_network_values(network, a), *pb = pt_network_values(network, b);
    pa[0] = pb[0] = 1;
    pt_network_gradient(network, a)[0] = 3;
    pt_network_gradient(network, b)[0] = 4;
    assert_status(pt_optimizer_update(optimizer, 0.1, 1, &error), PT_OK, &error);
    assert_near(pt_optimizer_gradient_norm(optimizer), 5, 1e-6);
    assert_near(pa[0], 1 - 0.1 * 3 / 5, 1e-6);
    assert_near(pb[0], 1 - 0.1 * 4 / 5, 1e-6);
    pa[0] = pb[0] = 1;
    assert_status(pt_optimizer_update(optimizer, 0.1, 0.1, &error), PT_OK, &error);
    assert_near(pt_optimizer_gradient_norm(optimizer), 0.5, 1e-6);
    assert_near(pa[0], 1 - 0.1 * 0.3, 1e-6);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// Neither parameter nor state changes when the gradient has an infinity or no number in it.
static void a_gradient_that_is_not_finite_is_refused(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        struct pt_graph *graph;
        struct pt_network *network = make_wide(&graph, 2);
        struct pt_optimizer_options options = with_everything(PT_ADAMW);
        options.clip_norm = 0;
        options.check_gradients = true;
        struct pt_optimizer *optimizer = make_optimizer(network, options);
        int64_t count;
        const float *parameters = pt_network_parameters(network, &count);
        float *before = malloc((size_t)count * sizeof *before);
        memcpy(before, parameters, (size_t)count * sizeof *before);
        fill_gradients(network, 1, 1);
        pt_network_gradients(network, &count)[count - 17] = i == 0 ? INFINITY : NAN;
        assert_status(pt_optimizer_update(optimizer, 0.1, 1, &error), PT_DIVERGED, &error);
        assert_contains(error.message, "not finite at update 1");
        assert_same_floats(parameters, before, count);
        assert_int_equal(pt_optimizer_step_count(optimizer), 0);
        free(before);
        pt_optimizer_destroy(optimizer);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

// Whoever does not ask sees it in the parameters, with every optimizer.
static void nan_goes_through(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++) {
        struct pt_graph *graph;
        struct pt_network *network = make_wide(&graph, 2);
        struct pt_optimizer *optimizer = make_optimizer(network, with_everything(kind));
        pt_tensor weight = pt_graph_find(graph, "linear2.weight");
        fill_gradients(network, 1, 1);
        pt_network_gradient(network, weight)[5] = NAN;
        pt_optimizer_step(optimizer, 0.1);
        assert_true(isnan(pt_network_values(network, weight)[5]));
        pt_optimizer_destroy(optimizer);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

// Adafactor keeps rows + columns of a matrix, Muon one number where Adam keeps two.
static void states_are_as_small_as_promised(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_layers();
    struct pt_arena *arena = pt_arena_create();
    struct pt_optimizer_plan plan;
    struct pt_optimizer_options options = {.struct_size = sizeof options, .kind = PT_ADAFACTOR};
    // Rounded up to 16: three matrices' rows and columns, three biases.
    assert_status(pt_optimizer_plan_create(arena, graph, &options, &plan, &error), PT_OK, &error);
    assert_int_equal(plan.state_bytes, 4 * 16 * (3 + 3 + 3));
    options.kind = PT_MUON; // momentum 30 and 24 of the hidden matrices; twice 8 and three biases
    assert_status(pt_optimizer_plan_create(arena, graph, &options, &plan, &error), PT_OK, &error);
    assert_int_equal(plan.state_bytes, 4 * (32 + 32 + 2 * (16 + 3 * 16)));
    pt_arena_destroy(arena);
    pt_graph_destroy(graph);
}

static void groups_that_match_nothing_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_layers();
    struct pt_network *network = make_network(graph, 1, 1);
    struct pt_optimizer_group group = {.match = "*.bais", .weight_decay = 0};
    struct pt_optimizer_options options = {
        .struct_size = sizeof options, .kind = PT_ADAMW, .groups = &group, .group_count = 1};
    struct pt_optimizer *optimizer = NULL;
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "*.bais");
    group = (struct pt_optimizer_group){.match = "*.bias", .weight_decay = -1};
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_USAGE, &error);
    assert_contains(error.message, "is -1");
    group = (struct pt_optimizer_group){.match = "*", .learning_rate_factor = INFINITY};
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_USAGE, &error);
    assert_contains(error.message, "learning_rate_factor");
    group = (struct pt_optimizer_group){.match = NULL};
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_USAGE, &error);
    options.group_count = 0;
    options.nesterov = true;
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_USAGE, &error);
    assert_contains(error.message, "nesterov");
    assert_null(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void an_average_must_be_asked_for(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_layers();
    struct pt_network *network = make_network(graph, 1, 1);
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_SGD});
    assert_status(pt_optimizer_swap_average(optimizer, &error), PT_USAGE, &error);
    assert_contains(error.message, "average_decay");
    pt_optimizer_destroy(optimizer);
    // Before the first update the parameters stand for their average; no update while swapped.
    optimizer = make_optimizer(network,
                               (struct pt_optimizer_options){.kind = PT_SGD, .average_decay = 0.9});
    int64_t count;
    float first = pt_network_parameters(network, &count)[0];
    assert_status(pt_optimizer_swap_average(optimizer, &error), PT_OK, &error);
    assert_true(pt_network_parameters(network, &count)[0] == first && first != 0);
    assert_status(pt_optimizer_update(optimizer, 0.1, 1, &error), PT_USAGE, &error);
    assert_contains(error.message, "average");
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

#if defined(__x86_64__)
// All tables compute the same but for rounding, and touch nothing behind the end.
static void every_table_agrees_with_the_portable_one(void **unused)
{
    (void)unused;
    enum { N = 1061, ROOM = N + 16 };
    const struct pt_optimizer_loops *tables[] = {
        &pt_optimizer_loops_portable, &pt_optimizer_loops_avx2, &pt_optimizer_loops_avx512};
    int table_count = pt_optimizer_loops() == &pt_optimizer_loops_avx512 ? 3
                      : pt_optimizer_loops() == &pt_optimizer_loops_avx2 ? 2
                                                                         : 1;
    static float p[3][ROOM], m[3][ROOM], v[3][ROOM], g[ROOM], sums[3][ROOM];
    double square_sums[3], weighted[3], squares[3], speeds[3];
    float rows[3];
    const struct pt_gradient_scale scale = {true, 0.5f};
    fill_random(g, N, 5);
    for (int i = 0; i < table_count; i++) {
        const struct pt_optimizer_loops *loops = tables[i];
        fill_random(p[i], ROOM, 6);
        memset(m[i], 0, sizeof m[i]);
        for (int k = 0; k < ROOM; k++)
            v[i][k] = 0.25f;
        struct pt_momentum_step descent = {0.1f, 0.9f, 0.01f, true, scale};
        struct pt_adam_step adam = {0.999f, 0.1f, 0.001f, 1, 0.1f, 1e-8f, 0.1f, 0.9f, scale};
        loops->descend(p[i], g, N, &descent);
        loops->descend_with_momentum(p[i], m[i], g, N, &descent);
        loops->adam(p[i], m[i], v[i], g, N, &adam);
        loops->lion(p[i], m[i], g, N, &(struct pt_lion_step){0.1f, 0.01f, 0.1f, 0.9f, scale});
        loops->row_squares(g, N, &rows[i], sums[i], true);
        loops->row_squares(p[i], N, &rows[i], sums[i], false);
        square_sums[i] = loops->square_sum(p[i], N);
        weighted[i] = loops->weighted_square_sum(g, p[i], N);
        struct pt_adafactor_end end = {0.3f, 0.2f, 0.9f};
        loops->adafactor_row(p[i], m[i], g, sums[i], N, &end);
        squares[i] = loops->adafactor_square(v[i], g, N, 0.1f, 1e-30f, scale);
        loops->adafactor_vector(p[i], NULL, v[i], g, N, &end, scale);
        speeds[i] = loops->muon_momentum(sums[i], m[i], g, N, 0.9f, 0.1f, scale);
        loops->combine(sums[i], g, N, 0.5f, 2);
        loops->subtract(p[i], sums[i], N, 0.9f, 0.1f);
        loops->scale(sums[i], N, 3);
        loops->average(v[i], p[i], N, 0.25f);
    }
    for (int i = 1; i < table_count; i++) {
        assert_near(square_sums[i], square_sums[0], 1e-4 * square_sums[0]);
        assert_near(weighted[i], weighted[0], 1e-4 * weighted[0]);
        assert_near(squares[i], squares[0], 1e-4 * squares[0]);
        assert_near(speeds[i], speeds[0], 1e-4 * speeds[0]);
        assert_near(rows[i], rows[0], 1e-4 * (double)rows[0]);
        for (int k = 0; k < ROOM; k++) {
            assert_near(p[i][k], p[0][k], 1e-5);
            assert_near(m[i][k], m[0][k], 1e-5);
            assert_near(v[i][k], v[0][k], 1e-5);
            assert_near(sums[i][k], sums[0][k], 1e-4);
        }
    }
    for (int k = N; k < ROOM; k++)
        assert_true(m[0][k] == 0 && v[0][k] == 0.25f && sums[0][k] == 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_updates_equal_the_references),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(a_scaled_sum_is_a_mean),
        cmocka_unit_test(the_gradient_is_clipped_to_its_length),
        cmocka_unit_test(a_gradient_that_is_not_finite_is_refused),
        cmocka_unit_test(nan_goes_through),
        cmocka_unit_test(states_are_as_small_as_promised),
        cmocka_unit_test(groups_that_match_nothing_are_refused),
        cmocka_unit_test(an_average_must_be_asked_for),
#if defined(__x86_64__)
        cmocka_unit_test(every_table_agrees_with_the_portable_one),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
