// Recurrent layers beside PyTorch, whose numbers tests/reference/recurrent.py makes; and the laws
// that hold for them beyond those of every operator: a sequence read backwards, the last state, a
// shorter batch, threads that share samples or units.

#include "engine_support.h"

#include "engine/recurrent_loops.h"
#include "engine/recurrent_plan.h"
#include "model/network_source.h"
#include "model/operator.h"

#include "../reference/recurrent.h"

enum { CASES = sizeof reference_recurrent / sizeof *reference_recurrent };

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

// The network with a mean square on top, if it has no loss; all activations of note are kept.
struct built {
    struct pt_graph *graph;
    struct pt_network *network;
    pt_tensor x, y, target;
};

static struct built build(const char *text, int64_t batch, int threads, enum pt_precision precision)
{
    struct built built = {.graph = read_graph(text, batch)};
    struct pt_error error;
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = 11, .threads = threads, .precision = precision};
    built.x = pt_graph_find(built.graph, "x");
    pt_graph_require_gradient(built.graph, built.x);
    built.y = built.graph->ops[built.graph->op_count - 1].outputs[0];
    const struct pt_shape shape = pt_graph_tensor(built.graph, built.y)->shape;
    built.target = pt_input(built.graph, "target", PT_FLOAT32, shape.rank, shape.dim);
    pt_mse(built.graph, built.y, built.target);
    pt_graph_keep(built.graph, built.y);
    assert_status(pt_network_create(built.graph, &options, &built.network, &error), PT_OK, &error);
    fill_inputs(built.network, 2);
    return built;
}

static void destroy(struct built *built)
{
    pt_network_destroy(built->network);
    pt_graph_destroy(built->graph);
}

static void run_step(struct built *built)
{
    pt_network_zero_gradients(built->network);
    forward(built->network, 0, true);
    backward(built->network);
}

static float *values(const struct built *built, pt_tensor tensor)
{
    float *place = pt_network_values(built->network, tensor);
    assert_non_null(place);
    return place;
}

static int64_t size(const struct built *built, pt_tensor tensor)
{
    return pt_graph_tensor_size(built->graph, tensor);
}

// |actual - expected| <= tolerance times the largest expected value.
static void assert_close(const float *actual, const float *expected, int64_t count,
                         double tolerance, const char *test, const char *what)
{
    double largest = 0, error = 0;
    assert_non_null(actual);
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        double distance = fabs((double)actual[i] - (double)expected[i]);
        error = distance <= error ? error : distance; // takes a NAN over
    }
    if (!(error <= tolerance * largest)) {
        print_error("%s: %s is wrong by %g, the largest value is %g\n", test, what, error, largest);
        fail();
    }
}

// ------------------------------------------------------------------------------------ reference
static void check_reference(const struct reference_recurrent *test, int threads)
{
    struct built built = build(test->network, test->batch, threads, PT_PRECISION_FP32);
    memcpy(values(&built, built.x), test->x, (size_t)size(&built, built.x) * sizeof(float));
    memcpy(values(&built, built.target), test->target,
           (size_t)size(&built, built.target) * sizeof(float));
    int count = 0;
    for (; test->parameters[count].name != NULL; count++) {
        pt_tensor tensor = pt_graph_find(built.graph, test->parameters[count].name);
        assert_int_not_equal(tensor, PT_NO_TENSOR);
        memcpy(values(&built, tensor), test->parameters[count].values,
               (size_t)size(&built, tensor) * sizeof(float));
    }
    run_step(&built);
    assert_near(pt_network_loss(built.network), test->loss, 1e-5 * test->loss);
    assert_close(values(&built, built.y), test->output, size(&built, built.y), 1e-5, test->network,
                 "the output");
    assert_close(pt_network_gradient(built.network, built.x), test->x_gradient,
                 size(&built, built.x), 1e-5, test->network, "the gradient of x");
    for (int i = 0; i < count; i++) {
        pt_tensor tensor = pt_graph_find(built.graph, test->parameters[i].name);
        assert_close(pt_network_gradient(built.network, tensor), test->parameters[i].gradient,
                     size(&built, tensor), 1e-5, test->network, test->parameters[i].name);
    }
    int parameters = 0;
    for (pt_tensor i = 0; i < built.graph->tensor_count; i++)
        parameters += pt_graph_tensor(built.graph, i)->role == PT_ROLE_PARAMETER;
    assert_int_equal(parameters, count); // none that PyTorch has not
    destroy(&built);
}

static void outputs_and_gradients_are_those_of_pytorch(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++)
        for (int threads = 1; threads <= 3; threads++)
            check_reference(&reference_recurrent[i], threads);
}

// ---------------------------------------------------------------------------------------- loops
static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

// One unit in double precision; gates[4] in and out.
static double expected_cell(enum pt_cell cell, double *gates, const double *recurrent,
                            double previous, double *second)
{
    switch (cell) {
    case PT_CELL_RNN_TANH:
        return gates[0] = tanh(gates[0] + recurrent[0]);
    case PT_CELL_RNN_RELU:
        return gates[0] = fmax(0, gates[0] + recurrent[0]);
    case PT_CELL_LSTM:
        gates[0] = logistic(gates[0] + recurrent[0]);
        gates[1] = logistic(gates[1] + recurrent[1]);
        gates[2] = tanh(gates[2] + recurrent[2]);
        gates[3] = logistic(gates[3] + recurrent[3]);
        *second = gates[1] * previous + gates[0] * gates[2];
        return gates[3] * tanh(*second);
    case PT_CELL_GRU:
        gates[0] = logistic(gates[0] + recurrent[0]);
        gates[1] = logistic(gates[1] + recurrent[1]);
        gates[2] = tanh(gates[2] + gates[0] * recurrent[2]);
        *second = recurrent[2];
        return (1 - gates[1]) * gates[2] + gates[1] * previous;
    }
    return NAN;
}

enum { UNITS_MAX = 40, GATE_COUNT = 4 };

// A step of units units with one table, beside double precision; nothing behind them is touched.
static void check_loops(const struct pt_recurrent_loops *loops, enum pt_cell cell, int units)
{
    const int gate_count[] = {1, 1, 4, 3};
    float gates[GATE_COUNT * UNITS_MAX], recurrent[GATE_COUNT * UNITS_MAX], previous[UNITS_MAX];
    float before[GATE_COUNT * UNITS_MAX];
    float second[UNITS_MAX + 1], h[UNITS_MAX + 1], copy[UNITS_MAX + 1];
    pt_random_fill_uniform(3, 1, -4, 4, gates, GATE_COUNT * UNITS_MAX);
    pt_random_fill_uniform(3, 2, -4, 4, recurrent, GATE_COUNT * UNITS_MAX);
    pt_random_fill_uniform(3, 3, -1, 1, previous, UNITS_MAX);
    gates[0] = 300, recurrent[0] = -20; // beyond the range of exp, and of a sum of one
    memcpy(before, gates, sizeof before);
    second[units] = h[units] = copy[units] = 42;
    struct pt_cell_forward step = {.units = units,
                                   .gates = gates,
                                   .gate_stride = UNITS_MAX,
                                   .recurrent = recurrent,
                                   .recurrent_stride = UNITS_MAX,
                                   .previous = previous,
                                   .second = second,
                                   .h = h,
                                   .h_copy = copy};
    loops->forward[cell](&step);
    for (int i = 0; i < units; i++) {
        double exact[GATE_COUNT], parts[GATE_COUNT], exact_second = second[i];
        for (int gate = 0; gate < GATE_COUNT; gate++) {
            exact[gate] = before[gate * UNITS_MAX + i];
            parts[gate] = recurrent[gate * UNITS_MAX + i];
        }
        double exact_h = expected_cell(cell, exact, parts, previous[i], &exact_second);
        assert_near(h[i], exact_h, 1e-6 * fmax(1, fabs(exact_h)));
        assert_true(copy[i] == h[i]);
        if (cell == PT_CELL_LSTM || cell == PT_CELL_GRU)
            assert_near(second[i], exact_second, 1e-6 * fmax(1, fabs(exact_second)));
        for (int gate = 0; gate < gate_count[cell]; gate++)
            assert_near(gates[gate * UNITS_MAX + i], exact[gate], 1e-6 * fmax(1, exact[gate]));
    }
    for (int gate = 0; gate < GATE_COUNT; gate++)
        for (int i = gate < gate_count[cell] ? units : 0; i < UNITS_MAX; i++)
            assert_true(gates[gate * UNITS_MAX + i] == before[gate * UNITS_MAX + i]);
    assert_true(h[units] == 42 && copy[units] == 42 && second[units] == 42);
}

// One step backward with two tables: the same within rounding, and nothing else touched.
struct backward_arrays {
    float gates[GATE_COUNT * UNITS_MAX], copy[GATE_COUNT * UNITS_MAX];
    float second[UNITS_MAX], carried[UNITS_MAX];
};

static void loop_backward(const struct pt_recurrent_loops *loops, enum pt_cell cell, int units,
                          struct backward_arrays *arrays)
{
    float previous[UNITS_MAX], dy[UNITS_MAX], dh[UNITS_MAX];
    pt_random_fill_uniform(4, 1, 0.05f, 0.95f, arrays->gates, GATE_COUNT * UNITS_MAX);
    pt_random_fill_uniform(4, 2, 7, 8, arrays->copy, GATE_COUNT * UNITS_MAX);
    pt_random_fill_uniform(4, 3, -1, 1, arrays->second, UNITS_MAX);
    pt_random_fill_uniform(4, 4, -1, 1, arrays->carried, UNITS_MAX);
    pt_random_fill_uniform(4, 5, -1, 1, previous, UNITS_MAX);
    pt_random_fill_uniform(4, 6, -1, 1, dy, UNITS_MAX);
    pt_random_fill_uniform(4, 7, -1, 1, dh, UNITS_MAX);
    struct pt_cell_backward step = {.units = units,
                                    .gates = arrays->gates,
                                    .gate_stride = UNITS_MAX,
                                    .to_recurrent = arrays->copy,
                                    .previous = previous,
                                    .second = arrays->second,
                                    .dy = dy,
                                    .dh = dh,
                                    .carried = arrays->carried};
    loops->backward[cell](&step);
}

static void check_backward_loops(const struct pt_recurrent_loops *loops, enum pt_cell cell,
                                 int units)
{
    static struct backward_arrays portable, other;
    loop_backward(&pt_recurrent_portable, cell, units, &portable);
    loop_backward(loops, cell, units, &other);
    const float *a = (const float *)&portable, *b = (const float *)&other;
    for (size_t i = 0; i < sizeof portable / sizeof(float); i++)
        assert_near(b[i], a[i], 2e-6);
}

static void loops_of_any_width_agree_with_double_precision(void **unused)
{
    (void)unused;
    const struct pt_recurrent_loops *tables[] = {&pt_recurrent_portable, pt_recurrent_loops(),
                                                 NULL};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        tables[2] = &pt_recurrent_avx2;
#endif
    for (int k = 0; k < 3 && tables[k] != NULL; k++)
        for (int cell = PT_CELL_RNN_TANH; cell <= PT_CELL_GRU; cell++)
            for (int units = 1; units < UNITS_MAX; units++) {
                check_loops(tables[k], (enum pt_cell)cell, units);
                check_backward_loops(tables[k], (enum pt_cell)cell, units);
            }
}

// -------------------------------------------------------------------------------------- threads
// The gradients of everything and the output, one after the other.
static float *everything(struct built *built, int64_t *ret_count)
{
    int64_t count = size(built, built->y);
    for (pt_tensor i = 0; i < built->graph->tensor_count; i++)
        count += size(built, i);
    float *all = calloc((size_t)count, sizeof *all);
    assert_non_null(all);
    memcpy(all, values(built, built->y), (size_t)size(built, built->y) * sizeof *all);
    count = size(built, built->y);
    for (pt_tensor i = 0; i < built->graph->tensor_count; i++) {
        const float *gradient = pt_network_gradient(built->network, i);
        if (gradient == NULL)
            continue;
        memcpy(all + count, gradient, (size_t)size(built, i) * sizeof *all);
        count += size(built, i);
    }
    *ret_count = count;
    return all;
}

// Large enough that threads share the work: 35 samples in groups, 3 samples in slices of units,
// and with four threads 35 samples in two groups of two slices.
static void check_thread_counts(const char *text, int64_t batch, int groups_of_4, int slices_of_4)
{
    float *one = NULL;
    int64_t count = 0;
    for (int threads = 1; threads <= 5; threads++) {
        struct built built = build(text, batch, threads, PT_PRECISION_FP32);
        struct pt_recurrent_size size = pt_recurrent_size_of(built.graph, &built.graph->ops[0]);
        struct pt_recurrent_plan plan =
            pt_recurrent_plan_make(&size, threads % 2, threads, PT_PRECISION_FP32);
        assert_true(threads == 1 || plan.team.groups * plan.team.slices > 1);
        if (threads == 4) {
            assert_int_equal(plan.team.groups, groups_of_4);
            assert_int_equal(plan.team.slices, slices_of_4);
        }
        run_step(&built);
        float *all = everything(&built, &count);
        if (one == NULL)
            one = all;
        else
            assert_close(all, one, count, 1e-5, text, "everything");
        if (one != all)
            free(all);
        destroy(&built);
    }
    free(one);
}

static void threads_share_samples_or_units(void **unused)
{
    (void)unused;
    check_thread_counts("{input: {name: x, shape: [5, 7]}, layers: [lstm: {hidden: 133}]}", 35, 2,
                        2);
    check_thread_counts("{input: {name: x, shape: [4, 7]}, layers: [lstm: {hidden: 211, "
                        "bidirectional: true, outputs: last}]}",
                        3, 1, 4);
    check_thread_counts("{input: {name: x, shape: [4, 7]}, layers: [gru: {hidden: 277}]}", 3, 1, 4);
    check_thread_counts("{input: {name: x, shape: [6, 7]}, layers: [rnn: {hidden: 256}]}", 70, 4,
                        1);
}

static void scratch_is_enough_for_every_smaller_batch(void **unused)
{
    (void)unused;
    for (int threads = 1; threads <= 9; threads++)
        for (int backward = 0; backward < 2; backward++) {
            struct pt_recurrent_size size = {.cell = PT_CELL_LSTM,
                                             .batch = 83,
                                             .time = 40,
                                             .in = 9,
                                             .hidden = 130,
                                             .rows = 83 * 40,
                                             .gates = 4,
                                             .width = 520,
                                             .stride = 520,
                                             .directions = 1,
                                             .parameters = 4,
                                             .bias = true};
            size_t most = pt_recurrent_plan_scratch(&size, backward, threads, PT_PRECISION_BF16);
            for (; size.batch > 0; size.batch--, size.rows -= 40)
                assert_true(
                    pt_recurrent_plan_make(&size, backward, threads, PT_PRECISION_BF16).bytes <=
                    most);
        }
}

// ------------------------------------------------------------------------------------ precision
// Products of 7 and 96 terms with a relative error of 2^-9 each.
static void bf16_is_near_fp32(void **unused)
{
    (void)unused;
    const char *const layers[] = {"rnn", "lstm", "gru"};
    for (int i = 0; i < 3; i++)
        for (int64_t batch = 2; batch <= 34; batch += 32) {
            char text[160];
            snprintf(text, sizeof text,
                     "{input: {name: x, shape: [9, 7]}, layers: [%s: {hidden: 96, layers: 2}]}",
                     layers[i]);
            int64_t count;
            struct built exact = build(text, batch, 2, PT_PRECISION_FP32);
            struct built rounded = build(text, batch, 2, PT_PRECISION_BF16);
            run_step(&exact);
            run_step(&rounded);
            float *a = everything(&exact, &count), *b = everything(&rounded, &count);
            assert_close(b, a, count, 1e-2, text, "everything");
            bool differs = memcmp(a, b, (size_t)count * sizeof *a) != 0;
            assert_true(differs);
            free(a);
            free(b);
            destroy(&exact);
            destroy(&rounded);
        }
}

// ------------------------------------------------------------------------------------------ laws
static void set_parameters(struct built *to, const char *to_prefix, const struct built *from,
                           const char *from_prefix, const char *to_end, const char *from_end)
{
    const char *const names[] = {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"};
    for (int i = 0; i < 4; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "%s.%s%s", to_prefix, names[i], to_end);
        snprintf(b, sizeof b, "%s.%s%s", from_prefix, names[i], from_end);
        pt_tensor target = pt_graph_find(to->graph, a), source = pt_graph_find(from->graph, b);
        assert_true(target != PT_NO_TENSOR && source != PT_NO_TENSOR);
        memcpy(values(to, target), values(from, source), (size_t)size(to, target) * sizeof(float));
    }
}

// The second half of the outputs is what a layer of one direction gives of the reversed sequence.
static void backwards_is_a_reversed_sequence(void **unused)
{
    (void)unused;
    enum { BATCH = 2, TIME = 5, IN = 3, HIDDEN = 4 };
    struct built both = build("{input: {name: x, shape: [5, 3]}, layers: [gru: {name: op, hidden: "
                              "4, bidirectional: true}]}",
                              BATCH, 1, PT_PRECISION_FP32);
    struct built one = build("{input: {name: x, shape: [5, 3]}, layers: [gru: {name: op, hidden: "
                             "4}]}",
                             BATCH, 1, PT_PRECISION_FP32);
    set_parameters(&one, "op", &both, "op", "", "_reverse");
    for (int b = 0; b < BATCH; b++)
        for (int t = 0; t < TIME; t++)
            memcpy(values(&one, one.x) + (b * TIME + t) * IN,
                   values(&both, both.x) + (b * TIME + TIME - 1 - t) * IN, IN * sizeof(float));
    forward(both.network, 0, false);
    forward(one.network, 0, false);
    for (int b = 0; b < BATCH; b++)
        for (int t = 0; t < TIME; t++)
            assert_same_floats(values(&both, both.y) + (b * TIME + TIME - 1 - t) * 2 * HIDDEN +
                                   HIDDEN,
                               values(&one, one.y) + (b * TIME + t) * HIDDEN, HIDDEN);
    destroy(&both);
    destroy(&one);
}

// outputs: last is the last time step of all, and backwards the first.
static void last_is_where_each_direction_ends(void **unused)
{
    (void)unused;
    enum { BATCH = 3, TIME = 4, HIDDEN = 5 };
    struct built all = build("{input: {name: x, shape: [4, 2]}, layers: [lstm: {name: op, hidden: "
                             "5, bidirectional: true}]}",
                             BATCH, 1, PT_PRECISION_FP32);
    struct built last = build("{input: {name: x, shape: [4, 2]}, layers: [lstm: {name: op, hidden: "
                              "5, bidirectional: true, outputs: last}]}",
                              BATCH, 1, PT_PRECISION_FP32);
    set_parameters(&last, "op", &all, "op", "", "");
    set_parameters(&last, "op", &all, "op", "_reverse", "_reverse");
    forward(all.network, 0, true);
    forward(last.network, 0, true);
    assert_int_equal(size(&last, last.y), BATCH * 2 * HIDDEN);
    for (int b = 0; b < BATCH; b++) {
        const float *y = values(&last, last.y) + b * 2 * HIDDEN;
        const float *row = values(&all, all.y) + b * TIME * 2 * HIDDEN;
        assert_same_floats(y, row + (TIME - 1) * 2 * HIDDEN, HIDDEN);
        assert_same_floats(y + HIDDEN, row + HIDDEN, HIDDEN);
    }
    destroy(&all);
    destroy(&last);
}

// 5 of 35 samples, which are cut otherwise among the threads, give the outputs of the same samples.
static void a_shorter_batch_gives_the_same_samples(void **unused)
{
    (void)unused;
    const char *text = "{input: {name: x, shape: [6, 7]}, layers: [lstm: {hidden: 150}]}";
    struct built built = build(text, 35, 2, PT_PRECISION_FP32);
    int64_t part = 5 * 6 * 150;
    float *first = malloc((size_t)part * sizeof *first);
    forward(built.network, 0, true);
    memcpy(first, values(&built, built.y), (size_t)part * sizeof *first);
    forward(built.network, 5, true);
    assert_close(values(&built, built.y), first, part, 1e-6, text, "the output");
    backward(built.network);
    free(first);
    destroy(&built);
}

// What is no number stays in its sample and spreads in time, not before it.
static void nan_spreads_in_its_own_sample_from_then_on(void **unused)
{
    (void)unused;
    enum { BATCH = 3, TIME = 5, IN = 2, HIDDEN = 21 };
    const char *const layers[] = {"rnn: {hidden: 21}", "rnn: {hidden: 21, activation: relu}",
                                  "lstm: {hidden: 21}", "gru: {hidden: 21}"};
    for (int k = 0; k < 4; k++) {
        char text[128];
        snprintf(text, sizeof text, "{input: {name: x, shape: [5, 2]}, layers: [%s]}", layers[k]);
        struct built built = build(text, BATCH, 2, PT_PRECISION_FP32);
        values(&built, built.x)[(1 * TIME + 2) * IN] = NAN;
        run_step(&built);
        const float *y = values(&built, built.y);
        for (int i = 0; i < BATCH * TIME * HIDDEN; i++) {
            int sample = i / HIDDEN / TIME, time = i / HIDDEN % TIME;
            assert_int_equal(isnan(y[i]), sample == 1 && time >= 2);
        }
        const float *dx = pt_network_gradient(built.network, built.x);
        assert_true(isnan(dx[1 * TIME * IN]) && isfinite(dx[0]));
        destroy(&built);
    }
}

// An infinite input saturates gates; relu takes it over.
static void infinity_saturates_or_stays(void **unused)
{
    (void)unused;
    struct built relu = build("{input: {name: x, shape: [1, 1]}, layers: [rnn: {hidden: 1, "
                              "activation: relu, name: op}]}",
                              1, 1, PT_PRECISION_FP32);
    struct built lstm = build("{input: {name: x, shape: [1, 1]}, layers: [lstm: {hidden: 1, name: "
                              "op}]}",
                              1, 1, PT_PRECISION_FP32);
    pt_tensor weight = pt_graph_find(lstm.graph, "op.weight_ih_l0");
    values(&relu, pt_graph_find(relu.graph, "op.weight_ih_l0"))[0] = 1;
    for (int gate = 0; gate < 4; gate++)
        values(&lstm, weight)[gate] = 1;
    values(&relu, relu.x)[0] = values(&lstm, lstm.x)[0] = INFINITY;
    forward(relu.network, 0, false);
    forward(lstm.network, 0, false);
    assert_true(values(&relu, relu.y)[0] == INFINITY);
    assert_near(values(&lstm, lstm.y)[0], tanh(1), 1e-6); // i = f = g = o = 1, c = 1
    values(&lstm, lstm.x)[0] = -INFINITY;                 // i = o = 0: the output is 0, not NaN
    forward(lstm.network, 0, false);
    assert_near(values(&lstm, lstm.y)[0], 0, 1e-30);
    destroy(&relu);
    destroy(&lstm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_and_gradients_are_those_of_pytorch),
        cmocka_unit_test(loops_of_any_width_agree_with_double_precision),
        cmocka_unit_test(threads_share_samples_or_units),
        cmocka_unit_test(scratch_is_enough_for_every_smaller_batch),
        cmocka_unit_test(bf16_is_near_fp32),
        cmocka_unit_test(backwards_is_a_reversed_sequence),
        cmocka_unit_test(last_is_where_each_direction_ends),
        cmocka_unit_test(a_shorter_batch_gives_the_same_samples),
        cmocka_unit_test(nan_spreads_in_its_own_sample_from_then_on),
        cmocka_unit_test(infinity_saturates_or_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
