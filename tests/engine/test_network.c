// Networks: what they tell, what they refuse, shorter batches, fused operators, the whole gradient.

#include "engine_support.h"

static struct pt_error error;

// AddressSanitizer calls this, if it is there, for every allocation of the program.
static long allocation_count;
PT_API void __sanitizer_malloc_hook(const volatile void *pointer, size_t size);
void __sanitizer_malloc_hook(const volatile void *pointer, size_t size)
{
    (void)pointer;
    (void)size;
    allocation_count++;
}

// y = w x + b with w = 2, b = 1 at x = 3, wanted 5: y = 7, loss = 4, dy = 2 (7 - 5) = 4,
// dw = 4 * 3, db = 4, dx = 4 * 2.
static void one_neuron_computes_by_hand(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("neuron");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 1});
    pt_graph_require_gradient(graph, x);
    pt_tensor y = pt_linear(graph, x, 1, true);
    pt_tensor wanted = pt_input(graph, "wanted", PT_FLOAT32, 2, (int64_t[]){1, 1});
    pt_tensor loss = pt_mse(graph, y, wanted);
    struct pt_network *network = make_network(graph, 1, 1);
    pt_tensor w = pt_graph_find(graph, "linear1.weight"), b = pt_graph_find(graph, "linear1.bias");

    *pt_network_values(network, w) = 2;
    *pt_network_values(network, b) = 1;
    *pt_network_values(network, x) = 3;
    *pt_network_values(network, wanted) = 5;
    assert_true(isnan(pt_network_loss(network)));
    forward(network, 0, true);
    backward(network);
    assert_near(*pt_network_values(network, y), 7, 0);
    assert_near(*pt_network_values(network, loss), 4, 0);
    assert_near(pt_network_loss(network), 4, 0);
    assert_near(*pt_network_gradient(network, w), 12, 0);
    assert_near(*pt_network_gradient(network, b), 4, 0);
    assert_near(*pt_network_gradient(network, x), 8, 0);

    // A second pass adds, to inputs too; after zeroing it overwrites.
    forward(network, 0, true);
    backward(network);
    assert_near(*pt_network_gradient(network, w), 24, 0);
    assert_near(*pt_network_gradient(network, x), 16, 0);
    pt_network_zero_gradients(network);
    forward(network, 0, true);
    backward(network);
    assert_near(*pt_network_gradient(network, w), 12, 0);
    assert_near(*pt_network_gradient(network, x), 8, 0);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static double loss_with(struct pt_network *network, float *value, float original, float offset)
{
    *value = original + offset;
    pt_network_set_step(network, 5);
    forward(network, 0, true);
    *value = original;
    return pt_network_loss(network);
}

static void the_gradient_of_a_whole_network_equals_finite_differences(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(12, 0.3);
    struct pt_network *network = make_network(graph, 11, 2);
    fill_inputs(network, 5);
    pt_network_set_step(network, 5);
    forward(network, 0, true);
    backward(network);
    double largest = 0;
    int64_t count;
    const float *gradients = pt_network_gradients(network, &count);
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(gradients[i]));
    int checked = 0;
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        float *values = pt_network_values(network, i);
        const float *gradient = pt_network_gradient(network, i);
        for (int64_t k = 0; gradient != NULL && k < pt_graph_tensor_size(graph, i); k += 7) {
            const float h = 0x1p-10f; // small: some hidden values are near relu's corner
            double expected = (loss_with(network, &values[k], values[k], h) -
                               loss_with(network, &values[k], values[k], -h)) /
                              (2.0 * h);
            assert_near(gradient[k], expected, 3e-3 * largest);
            checked++;
        }
    }
    assert_true(checked > 100);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void initial_values_depend_on_the_seed_alone(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(8, 0);
    struct pt_network *one = make_network(graph, 42, 1), *two = make_network(graph, 42, 2);
    struct pt_network *other = make_network(graph, 43, 2);
    int64_t count, same = 0;
    const float *a = pt_network_parameters(one, &count), *b = pt_network_parameters(two, &count);
    const float *c = pt_network_parameters(other, &count);
    assert_same_floats(a, b, count);
    for (int64_t i = 0; i < count; i++)
        same += a[i] == c[i] && a[i] != 0 && a[i] != 1;
    assert_int_equal(same, 0);

    // U(-1/sqrt(7), 1/sqrt(7)): within the bounds, and near them
    pt_tensor weight = pt_graph_find(graph, "linear1.weight");
    const float *w = pt_network_values(one, weight);
    double bound = 1 / sqrt(7), largest = 0, sum = 0;
    int64_t size = pt_graph_tensor_size(graph, weight);
    for (int64_t i = 0; i < size; i++) {
        largest = fmax(largest, fabs(w[i]));
        sum += w[i];
    }
    assert_true(largest <= bound && largest > 0.95 * bound);
    assert_near(sum / (double)size, 0, 4 * bound / sqrt(3.0 * (double)size));
    assert_near(pt_network_values(one, pt_graph_find(graph, "layer_norm1.weight"))[3], 1, 0);
    assert_near(pt_network_values(one, pt_graph_find(graph, "layer_norm1.bias"))[3], 0, 0);
    pt_network_destroy(one);
    pt_network_destroy(two);
    pt_network_destroy(other);
    pt_graph_destroy(graph);
}

static void train(struct pt_network *network, int steps)
{
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_ADAM});
    for (int i = 0; i < steps; i++) {
        forward(network, 0, true);
        pt_network_zero_gradients(network);
        backward(network);
        pt_optimizer_step(optimizer, 0.02);
    }
    pt_optimizer_destroy(optimizer);
}

// 40 samples with random classes can be learned by heart.
static void training_learns_and_repeats_itself_bit_by_bit(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(40, 0.1);
    struct pt_network *networks[2];
    for (int i = 0; i < 2; i++) {
        networks[i] = make_network(graph, 9, 2);
        fill_inputs(networks[i], 5);
        forward(networks[i], 0, false);
        assert_near(pt_network_loss(networks[i]), log(5), 0.5);
        train(networks[i], 120);
        forward(networks[i], 0, false);
        assert_true(pt_network_loss(networks[i]) < 0.1);
    }
    int64_t count;
    const float *a = pt_network_parameters(networks[0], &count);
    assert_same_floats(pt_network_parameters(networks[1], &count), a, count);
    pt_network_destroy(networks[0]);
    pt_network_destroy(networks[1]);
    pt_graph_destroy(graph);
}

// The first 5 of 12 rows give what a network for 5 rows gives.
static void a_shorter_batch_equals_a_network_of_that_size(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(12, 0.3), *short_graph = make_classifier(5, 0.3);
    struct pt_network *network = make_network(graph, 11, 2);
    struct pt_network *alone = make_network(short_graph, 11, 2);
    assert_status(pt_network_prepare_rows(network, 5, &error), PT_OK, &error);
    fill_inputs(network, 5);
    fill_inputs(alone, 5); // streams by tensor: the same first rows
    forward(network, 0, true);
    backward(network);
    pt_network_set_step(network, 0);
    pt_network_zero_gradients(network);
    forward(network, 5, true);
    backward(network);
    forward(alone, 0, true);
    backward(alone);
    assert_near(pt_network_loss(network), pt_network_loss(alone), 1e-7);
    int64_t count;
    const float *a = pt_network_gradients(network, &count),
                *b = pt_network_gradients(alone, &count);
    for (int64_t i = 0; i < count; i++)
        assert_near(a[i], b[i], 1e-6);

    // Many lengths, more than are remembered; the full batch is as before.
    for (int64_t rows = 1; rows <= 12; rows++)
        forward(network, rows, false);
    forward(network, 5, false);
    double loss = pt_network_loss(network);
    forward(alone, 0, false);
    assert_near(loss, pt_network_loss(alone), 1e-7);
    pt_network_destroy(network);
    pt_network_destroy(alone);
    pt_graph_destroy(graph);
    pt_graph_destroy(short_graph);
}

// Energy is measured in the loop: allocations would be measured too.
static void the_training_loop_allocates_nothing(void **unused)
{
    (void)unused;
    free(malloc(allocation_count + 1));
    if (allocation_count == 0)
        skip(); // no AddressSanitizer, so nobody counts
    struct pt_graph *graph = make_classifier(12, 0.3);
    struct pt_network_options options = {
        .struct_size = sizeof options, .threads = 2, .matmul = "own"}; // libraries do as they like
    struct pt_network *network;
    assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_ADAM});
    assert_status(pt_network_prepare_rows(network, 5, &error), PT_OK, &error);
    fill_inputs(network, 5);
    for (int i = 0; i < 6; i++) {
        long before = allocation_count;
        enum pt_status status = pt_network_forward(network, i % 3 == 2 ? 5 : 0, true, NULL);
        pt_network_zero_gradients(network);
        if (status == PT_OK)
            status = pt_network_backward(network, NULL);
        pt_optimizer_step(optimizer, 0.01);
        assert_int_equal(status, PT_OK);
        if (i > 0) // the first one starts the threads
            assert_int_equal(allocation_count, before);
    }
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void rows_beyond_the_batch_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(12, 0);
    struct pt_network *network = make_network(graph, 11, 1);
    fill_inputs(network, 5);
    assert_status(pt_network_forward(network, 13, true, &error), PT_USAGE, &error);
    assert_contains(error.message, "13");
    assert_contains(error.message, "12");
    assert_status(pt_network_forward(network, -1, true, &error), PT_USAGE, &error);
    assert_status(pt_network_prepare_rows(network, 0, &error), PT_USAGE, &error);
    assert_status(pt_network_backward(network, &error), PT_USAGE, &error);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// Keeping the linear's output keeps relu from writing over it: then nothing is fused.
static struct pt_network *relu_network(struct pt_graph *graph, bool keep, bool bias)
{
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){17, 30});
    pt_tensor h = pt_linear(graph, x, 40, bias);
    if (keep)
        pt_graph_keep(graph, h);
    pt_tensor y = pt_linear(graph, pt_relu(graph, h), 3, true);
    pt_mse(graph, y, pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){17, 3}));
    struct pt_network *network = make_network(graph, 4, 2);
    fill_inputs(network, 1);
    forward(network, 0, true);
    backward(network);
    assert_int_equal(pt_network_values(network, h) != NULL, keep);
    return network;
}

static void a_fused_relu_computes_what_a_single_one_does(void **unused)
{
    (void)unused;
    for (int bias = 0; bias < 2; bias++) {
        struct pt_graph *fused_graph = make_graph("a"), *single_graph = make_graph("a");
        struct pt_network *fused = relu_network(fused_graph, false, bias);
        struct pt_network *single = relu_network(single_graph, true, bias);
        int64_t count;
        const float *a = pt_network_gradients(fused, &count);
        const float *b = pt_network_gradients(single, &count);
        assert_near(pt_network_loss(fused), pt_network_loss(single), 1e-7);
        for (int64_t i = 0; i < count; i++)
            assert_near(a[i], b[i], 1e-6);
        assert_int_equal(pt_network_executed_flop(fused), pt_network_executed_flop(single));
        pt_network_destroy(fused);
        pt_network_destroy(single);
        pt_graph_destroy(fused_graph);
        pt_graph_destroy(single_graph);
    }
}

static void a_value_that_is_not_a_number_reaches_the_loss(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    struct pt_network *network = make_network(graph, 4, 2);
    fill_inputs(network, 5);
    pt_network_values(network, pt_graph_find(graph, "x"))[9] = NAN;
    forward(network, 0, true);
    assert_true(isnan(pt_network_loss(network)));
    backward(network);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void class_numbers_beyond_the_classes_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    struct pt_network *network = make_network(graph, 4, 2);
    fill_inputs(network, 5);
    int32_t *target = pt_network_values_int32(network, pt_graph_find(graph, "target"));
    target[4] = 5;
    assert_status(pt_network_forward(network, 0, true, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "class 5 of row 4");
    target[4] = -1;
    assert_status(pt_network_forward(network, 0, true, NULL), PT_BAD_INPUT, &error);
    assert_status(pt_network_forward(network, 4, true, &error), PT_OK, &error);
    assert_int_equal(pt_network_step(network), 1); // failed passes do not count
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void backward_needs_a_forward_of_its_own(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    struct pt_network *network = make_network(graph, 4, 1);
    fill_inputs(network, 5);
    assert_status(pt_network_backward(network, &error), PT_USAGE, &error);
    forward(network, 0, true);
    backward(network);
    assert_status(pt_network_backward(network, &error), PT_USAGE, &error);
    assert_contains(error.message, "pt_network_forward");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void a_network_without_loss_has_outputs_but_no_gradients(void **unused)
{
    (void)unused;
    for (int inference = 0; inference < 2; inference++) {
        struct pt_graph *graph = make_graph("no loss");
        pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){3, 4});
        pt_tensor h = pt_linear(graph, x, 5, true);
        pt_tensor y = pt_softmax(graph, pt_gelu(graph, h));
        if (!inference)
            pt_graph_keep(graph, y);
        struct pt_network_options options = {.struct_size = sizeof options, .inference = inference};
        struct pt_network *network;
        assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
        fill_inputs(network, 1);
        forward(network, 0, false);
        const float *values = pt_network_values(network, y);
        assert_non_null(values);
        for (int row = 0; row < 3; row++) {
            double sum = 0;
            for (int i = 0; i < 5; i++)
                sum += values[5 * row + i];
            assert_near(sum, 1, 1e-6);
        }
        assert_true(isnan(pt_network_loss(network)));
        assert_status(pt_network_backward(network, &error), PT_USAGE, &error);
        assert_contains(error.message, inference ? "inference" : "no loss");
        assert_int_equal(pt_network_gradient(network, pt_graph_find(graph, "linear1.weight")) ==
                             NULL,
                         inference);
        assert_null(pt_network_values(network, 99));
        assert_null(pt_network_values(network, PT_NO_TENSOR));
        assert_null(pt_network_values_int32(network, x));
        assert_null(pt_network_gradient(network, h));
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

// An output beside the way to the loss has gradient 0, and so have its parameters.
static void what_the_loss_does_not_see_gets_no_gradient(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("aside");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){3, 4});
    pt_tensor aside = pt_linear(graph, x, 5, true);
    pt_graph_keep(graph, aside);
    pt_tensor y = pt_linear(graph, x, 2, true);
    pt_mse(graph, y, pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){3, 2}));
    struct pt_network *network = make_network(graph, 4, 1);
    fill_inputs(network, 1);
    for (int i = 0; i < 2; i++) {
        forward(network, 0, true);
        backward(network);
    }
    const float *none = pt_network_gradient(network, pt_graph_find(graph, "linear1.weight"));
    const float *some = pt_network_gradient(network, pt_graph_find(graph, "linear2.weight"));
    for (int i = 0; i < 20; i++)
        assert_near(none[i], 0, 0);
    assert_true(some[0] != 0);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void a_loss_without_parameters_has_no_backward_pass(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("constant");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){3, 4});
    pt_mse(graph, pt_relu(graph, x), pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){3, 4}));
    struct pt_network *network = make_network(graph, 4, 1);
    fill_inputs(network, 1);
    forward(network, 0, true);
    assert_status(pt_network_backward(network, &error), PT_USAGE, &error);
    assert_contains(error.message, "no parameter");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static enum pt_status create_with(const struct pt_graph *graph, struct pt_network_options options)
{
    struct pt_network *network = NULL;
    enum pt_status status = pt_network_create(graph, &options, &network, &error);
    pt_network_destroy(network);
    return status;
}

static void options_are_checked(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    size_t size = sizeof(struct pt_network_options);
    assert_status(create_with(graph, (struct pt_network_options){0}), PT_USAGE, &error);
    assert_contains(error.message, "struct_size");
    assert_status(create_with(graph, (struct pt_network_options){.struct_size = size + 1}),
                  PT_USAGE, &error);
    assert_status(create_with(graph, (struct pt_network_options){size, .threads = -1}), PT_USAGE,
                  &error);
    assert_contains(error.message, "-1");
    assert_status(create_with(graph, (struct pt_network_options){size, .precision = 7}), PT_USAGE,
                  &error);
    assert_status(create_with(graph, (struct pt_network_options){size, .matmul = "abacus"}),
                  PT_NOT_FOUND, &error);
    assert_contains(error.message, "abacus");
    // An older caller's shorter struct: what it does not know is 0.
    assert_status(
        create_with(graph, (struct pt_network_options){offsetof(struct pt_network_options, matmul),
                                                       .matmul = "abacus"}),
        PT_OK, &error);
    struct pt_network *network;
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    assert_true(pt_network_threads(network) >= 1);
    assert_non_null(pt_network_matmul_name(network));
    pt_network_destroy(network);
    pt_network_destroy(NULL);
    pt_graph_destroy(graph);
}

static void a_wrong_graph_is_refused_with_its_first_mistake(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("wrong");
    pt_linear(graph, 7, 3, true);
    struct pt_network *network = NULL;
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_BAD_INPUT, &error);
    assert_null(network);
    pt_graph_destroy(graph);
}

// 2 * 4 TB of parameters and gradients: said, not tried. 4e6 * 4e6 * ... would leave int64_t.
static void a_network_that_does_not_fit_is_refused_with_sizes(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("huge");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 1000000});
    pt_linear(graph, x, 1000000, false);
    struct pt_network *network = NULL;
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_INFEASIBLE, &error);
    assert_contains(error.message, "huge needs 7.2");
    assert_contains(error.message, "TiB");
    assert_contains(error.message, "available");
    pt_graph_destroy(graph);

    graph = make_graph("monstrous");
    x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 1000000000});
    pt_linear(graph, x, 1000000000, false);
    pt_linear(graph, x, 1000000000, false);
    pt_linear(graph, x, 1000000000, false);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OVERFLOW, &error);
    assert_null(network);
    pt_graph_destroy(graph);
}

static void bf16_products_stay_near_fp32(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(24, 0);
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = 3, .threads = 2, .precision = PT_PRECISION_BF16};
    struct pt_network *exact = make_network(graph, 3, 2), *rounded;
    enum pt_status status = pt_network_create(graph, &options, &rounded, &error);
    if (status == PT_UNAVAILABLE) {
        pt_network_destroy(exact);
        pt_graph_destroy(graph);
        skip();
    }
    assert_status(status, PT_OK, &error);
    fill_inputs(exact, 5);
    fill_inputs(rounded, 5);
    forward(exact, 0, true);
    forward(rounded, 0, true);
    assert_near(pt_network_loss(rounded), pt_network_loss(exact), 0.02);
    assert_true(pt_network_loss(rounded) != pt_network_loss(exact));
    backward(exact);
    backward(rounded);
    int64_t count;
    const float *a = pt_network_gradients(exact, &count),
                *b = pt_network_gradients(rounded, &count);
    double distance = 0, length = 0;
    for (int64_t i = 0; i < count; i++) {
        distance += (a[i] - b[i]) * (a[i] - b[i]);
        length += a[i] * a[i];
    }
    assert_true(sqrt(distance / length) < 0.05);
    pt_network_destroy(exact);
    pt_network_destroy(rounded);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_neuron_computes_by_hand),
        cmocka_unit_test(the_gradient_of_a_whole_network_equals_finite_differences),
        cmocka_unit_test(initial_values_depend_on_the_seed_alone),
        cmocka_unit_test(training_learns_and_repeats_itself_bit_by_bit),
        cmocka_unit_test(a_shorter_batch_equals_a_network_of_that_size),
        cmocka_unit_test(the_training_loop_allocates_nothing),
        cmocka_unit_test(rows_beyond_the_batch_are_refused),
        cmocka_unit_test(a_fused_relu_computes_what_a_single_one_does),
        cmocka_unit_test(a_value_that_is_not_a_number_reaches_the_loss),
        cmocka_unit_test(class_numbers_beyond_the_classes_are_refused),
        cmocka_unit_test(backward_needs_a_forward_of_its_own),
        cmocka_unit_test(a_network_without_loss_has_outputs_but_no_gradients),
        cmocka_unit_test(what_the_loss_does_not_see_gets_no_gradient),
        cmocka_unit_test(a_loss_without_parameters_has_no_backward_pass),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(a_wrong_graph_is_refused_with_its_first_mistake),
        cmocka_unit_test(a_network_that_does_not_fit_is_refused_with_sizes),
        cmocka_unit_test(bf16_products_stay_near_fp32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
