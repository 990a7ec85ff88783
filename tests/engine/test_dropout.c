// Dropout: how many elements, which ones, how the rest is scaled, and when not at all.

#include "engine_support.h"

enum { ROWS = 300, COLUMNS = 400, N = ROWS * COLUMNS };

struct rig {
    struct pt_graph *graph;
    struct pt_network *network;
    pt_tensor x, first, second;
};

static struct rig rig_of(double probability, uint64_t seed, int threads)
{
    struct rig rig = {.graph = make_graph("dropout")};
    rig.x = pt_input(rig.graph, "x", PT_FLOAT32, 2, (int64_t[]){ROWS, COLUMNS});
    rig.first = pt_dropout(rig.graph, rig.x, probability);
    rig.second = pt_dropout(rig.graph, rig.x, probability);
    pt_graph_keep(rig.graph, rig.first);
    pt_graph_keep(rig.graph, rig.second);
    rig.network = make_network(rig.graph, seed, threads);
    float *x = pt_network_values(rig.network, rig.x);
    for (int i = 0; i < N; i++)
        x[i] = 1;
    return rig;
}

static void destroy(struct rig *rig)
{
    pt_network_destroy(rig->network);
    pt_graph_destroy(rig->graph);
}

static int count_equal(const float *a, const float *b)
{
    int count = 0;
    for (int i = 0; i < N; i++)
        count += a[i] == b[i];
    return count;
}

// Binomial: the kept share of N has deviation sqrt(p (1 - p) / N); five deviations are allowed.
static void the_right_share_is_kept_and_scaled(void **unused)
{
    (void)unused;
    const double probabilities[] = {0.1, 0.5, 0.9, 0};
    for (int i = 0; i < 4; i++) {
        double p = probabilities[i];
        struct rig rig = rig_of(p, 5, 2);
        forward(rig.network, 0, true);
        const float *y = pt_network_values(rig.network, rig.first);
        int kept = 0;
        for (int k = 0; k < N; k++) {
            assert_true(y[k] == 0 || y[k] == (float)(1 / (1 - p)));
            kept += y[k] != 0;
        }
        assert_near((double)kept / N, 1 - p, 5 * sqrt(p * (1 - p) / N) + 1e-12);
        destroy(&rig);
    }
}

static void each_step_operator_and_seed_has_its_own_mask(void **unused)
{
    (void)unused;
    struct rig rig = rig_of(0.5, 5, 2), other = rig_of(0.5, 6, 2);
    forward(rig.network, 0, true);
    forward(other.network, 0, true);
    float *y = malloc(N * sizeof *y);
    const float *first = pt_network_values(rig.network, rig.first);
    memcpy(y, first, N * sizeof *y);
    // Independent masks agree in half of their places: +- 5 sqrt(N / 4).
    double most = 5 * sqrt(N / 4.0);
    assert_near(count_equal(y, pt_network_values(rig.network, rig.second)), N / 2.0, most);
    assert_near(count_equal(y, pt_network_values(other.network, other.first)), N / 2.0, most);
    forward(rig.network, 0, true);
    assert_near(count_equal(y, first), N / 2.0, most);
    // The step decides, not the number of calls: a resumed run draws what the first one drew.
    pt_network_set_step(rig.network, 0);
    forward(rig.network, 0, true);
    assert_int_equal(count_equal(y, first), N);
    free(y);
    destroy(&rig);
    destroy(&other);
}

static void threads_and_shorter_batches_draw_the_same_mask(void **unused)
{
    (void)unused;
    struct rig one = rig_of(0.3, 5, 1), three = rig_of(0.3, 5, 3);
    forward(one.network, 0, true);
    forward(three.network, 0, true);
    const float *y = pt_network_values(one.network, one.first);
    assert_same_floats(pt_network_values(three.network, three.first), y, N);
    pt_network_set_step(three.network, 0);
    forward(three.network, 7, true);
    assert_same_floats(pt_network_values(three.network, three.first), y, 7 * COLUMNS);
    destroy(&one);
    destroy(&three);
}

static void inference_drops_nothing(void **unused)
{
    (void)unused;
    struct rig rig = rig_of(0.9, 5, 2);
    forward(rig.network, 0, true);
    forward(rig.network, 0, false);
    assert_int_equal(count_equal(pt_network_values(rig.network, rig.first),
                                 pt_network_values(rig.network, rig.x)),
                     N);
    assert_int_equal(pt_network_step(rig.network), 1); // inference is no step
    destroy(&rig);
}

// After a forward pass without dropout the gradient passes unchanged.
static void the_backward_pass_follows_the_forward_pass(void **unused)
{
    (void)unused;
    for (int training = 0; training < 2; training++) {
        struct pt_graph *graph = make_graph("follow");
        pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){10, 20});
        pt_graph_require_gradient(graph, x);
        pt_tensor y = pt_dropout(graph, x, 0.5);
        pt_graph_keep(graph, y);
        pt_mse(graph, y, pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){10, 20}));
        struct pt_network *network = make_network(graph, 1, 1);
        fill_random(pt_network_values(network, x), 200, 1);
        forward(network, 0, training);
        backward(network);
        const float *values = pt_network_values(network, y);
        const float *gradient = pt_network_gradient(network, x);
        for (int i = 0; i < 200; i++) // target 0: dy = 2 y / 200
            assert_near(gradient[i], 2 * values[i] / 200 * (training ? 2 : 1), 1e-7);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_share_is_kept_and_scaled),
        cmocka_unit_test(each_step_operator_and_seed_has_its_own_mask),
        cmocka_unit_test(threads_and_shorter_batches_draw_the_same_mask),
        cmocka_unit_test(inference_drops_nothing),
        cmocka_unit_test(the_backward_pass_follows_the_forward_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
