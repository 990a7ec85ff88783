// Shapes and parameters of norms, gates, pooling and what moves elements; and what they refuse.

#include "support.h"

#include "model/graph.h"
#include "model/pool.h"

static struct pt_graph *new_graph(void)
{
    struct pt_graph *graph;
    assert_int_equal(pt_graph_create("layers", &graph, NULL), PT_OK);
    return graph;
}

static pt_tensor input(struct pt_graph *graph, const char *name, int rank, const int64_t *dims)
{
    return pt_input(graph, name, PT_FLOAT32, rank, dims);
}

#define X(...)                                                                                     \
    input(graph, "x", sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})
#define Y(...)                                                                                     \
    input(graph, "y", sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

// The shape, and how many parameters the graph has; then the graph is gone.
static void expect(struct pt_graph *graph, pt_tensor tensor, const char *shape, int64_t parameters)
{
    struct pt_error error;
    char text[160];
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, tensor)->shape, text), shape);
    assert_int_equal(pt_graph_parameter_count(graph), parameters);
    pt_graph_destroy(graph);
}

#define EXPECT(CALL, SHAPE, PARAMETERS)                                                            \
    do {                                                                                           \
        struct pt_graph *graph = new_graph();                                                      \
        expect(graph, CALL, SHAPE, PARAMETERS);                                                    \
    } while (0)

static void shapes_are_those_of_the_operators(void **unused)
{
    (void)unused;
    EXPECT(pt_silu(graph, X(2, 3)), "[2, 3]", 0);
    EXPECT(pt_quick_gelu(graph, X(2, 3)), "[2, 3]", 0);
    EXPECT(pt_gelu_tanh(graph, X(2, 3)), "[2, 3]", 0);
    EXPECT(pt_leaky_relu(graph, X(2, 3), 0.1), "[2, 3]", 0);
    EXPECT(pt_elu(graph, X(2, 3), 1), "[2, 3]", 0);
    EXPECT(pt_softplus(graph, X(2, 3)), "[2, 3]", 0);
    EXPECT(pt_scale(graph, X(2, 3), -2), "[2, 3]", 0);
    EXPECT(pt_add(graph, X(2, 3), Y(2, 3)), "[2, 3]", 0);
    EXPECT(pt_multiply(graph, X(2, 3), Y(2, 3)), "[2, 3]", 0);
    EXPECT(pt_swiglu(graph, X(2, 3), Y(2, 3)), "[2, 3]", 0);
    EXPECT(pt_geglu(graph, X(2, 3), Y(2, 3)), "[2, 3]", 0);
    EXPECT(pt_rms_norm(graph, X(2, 5, 12), 1, 1e-6), "[2, 5, 12]", 12);
    EXPECT(pt_rms_norm(graph, X(2, 5, 12), 4, 1e-6), "[2, 5, 12]", 3); // one weight a slice
    EXPECT(pt_batch_norm(graph, X(2, 5, 4, 12), 0.1, 1e-5), "[2, 5, 4, 12]", 24);
    EXPECT(pt_group_norm(graph, X(2, 5, 4, 12), 3, 1e-5), "[2, 5, 4, 12]", 24);
    EXPECT(pt_global_avg_pool(graph, X(2, 5, 4, 12)), "[2, 12]", 0);
    EXPECT(pt_global_avg_pool(graph, X(2, 5, 12)), "[2, 12]", 0);
    EXPECT(pt_slice(graph, X(2, 5, 12), -1, 3, 4), "[2, 5, 4]", 0);
    EXPECT(pt_slice(graph, X(2, 5, 12), 1, 3, 2), "[2, 2, 12]", 0);
    EXPECT(pt_select(graph, X(2, 5, 12), -1), "[2, 12]", 0);
    EXPECT(pt_select(graph, X(2, 5, 4, 12), 4), "[2, 4, 12]", 0);
    EXPECT(pt_reshape(graph, X(2, 6, 12), 3, (int64_t[]){3, -1, 4}), "[2, 3, 6, 4]", 0);
    EXPECT(pt_reshape(graph, X(2, 6, 12), 1, (int64_t[]){72}), "[2, 72]", 0);
    EXPECT(pt_prepend_token(graph, X(2, 5, 12), 0.02), "[2, 6, 12]", 12);
    EXPECT(pt_concat(graph, (pt_tensor[]){X(2, 5, 12), Y(2, 5, 3)}, 2, -1), "[2, 5, 15]", 0);
    EXPECT(pt_concat(graph, (pt_tensor[]){X(2, 5, 12), Y(2, 1, 12)}, 2, 1), "[2, 6, 12]", 0);
}

// Output sizes by torch.nn.MaxPool2d: floor, or ceil, of (in + 2 padding - kernel) / stride, plus
// 1; with ceil_mode no window begins behind the image and its first padding.
static void windows_of_pooling_are_counted(void **unused)
{
    (void)unused;
    struct pt_pool_options two = {.kernel = {2}}, three = {{3}, {2}, {1}, .ceil_mode = false};
    struct pt_pool_options odd = {{3, 2}, {2, 1}, {1, 0}, .ceil_mode = true};
    struct pt_pool_options apart = {{2}, {3}, {1}, .ceil_mode = true};
    EXPECT(pt_max_pool2d(graph, X(2, 6, 7, 3), &two), "[2, 3, 3, 3]", 0);
    EXPECT(pt_max_pool2d(graph, X(2, 6, 7), &two), "[2, 3, 3]", 0);
    EXPECT(pt_max_pool2d(graph, X(2, 56, 57, 3), &three), "[2, 28, 29, 3]", 0);
    EXPECT(pt_avg_pool2d(graph, X(2, 6, 7, 3), &odd), "[2, 4, 8, 3]", 0);
    EXPECT(pt_avg_pool2d(graph, X(2, 6, 6, 3), &apart), "[2, 3, 3, 3]", 0);
    EXPECT(pt_avg_pool2d(graph, X(2, 5, 7, 3), &apart), "[2, 2, 3, 3]", 0);
    EXPECT(pt_max_pool1d(graph, X(2, 7, 3), &two), "[2, 3, 3]", 0);
    EXPECT(pt_avg_pool1d(graph, X(2, 7, 3), &three), "[2, 4, 3]", 0);
}

// The elements of all windows, by counting each: as if the sum were written down.
static void covered_elements_are_counted_at_once(void **unused)
{
    (void)unused;
    int tried = 0;
    for (int64_t x = 1; x < 14; x++)
        for (int64_t kernel = 1; kernel <= 6; kernel++)
            for (int64_t stride = 1; stride <= 7; stride++)
                for (int64_t padding = 0; padding <= kernel / 2; padding++)
                    for (int ceils = 0; ceils < 2; ceils++) {
                        struct pt_graph *graph = new_graph();
                        struct pt_pool_options options = {
                            {kernel}, {stride}, {padding}, .ceil_mode = ceils};
                        if (pt_max_pool1d(graph, X(1, x, 1), &options) != PT_NO_TENSOR) {
                            struct pt_pool pool = pt_pool_of(graph, &graph->ops[0]);
                            int64_t covered = 0;
                            for (int64_t at = 0; at < pool.y_size[1]; at++)
                                for (int64_t i = 0; i < kernel; i++) {
                                    int64_t place = at * stride - padding + i;
                                    covered += place >= 0 && place < x;
                                }
                            assert_int_equal(pt_pool_covered(&pool, 1), covered);
                            tried++;
                        }
                        pt_graph_destroy(graph);
                    }
    assert_true(tried > 1000);
}

// A hostile size is counted as fast as a small one.
static void huge_images_are_counted_at_once(void **unused)
{
    (void)unused;
    struct pt_graph *graph = new_graph();
    struct pt_pool_options options = {{4096}, {1}, .ceil_mode = true};
    pt_max_pool1d(graph, X(1, INT64_C(1) << 50, 1), &options);
    struct pt_pool pool = pt_pool_of(graph, &graph->ops[0]);
    assert_int_equal(pt_pool_covered(&pool, 1), ((INT64_C(1) << 50) - 4095) * 4096);
    pool.x_size[1] = pool.y_size[1] = INT64_C(1) << 60;
    assert_int_equal(pt_pool_covered(&pool, 1), -1);
    pt_graph_destroy(graph);
}

static void statistics_that_run_are_no_parameters(void **unused)
{
    (void)unused;
    struct pt_graph *graph = new_graph();
    pt_batch_norm(graph, X(2, 3), 0.1, 1e-5);
    const struct pt_tensor_info *mean =
        pt_graph_tensor(graph, pt_graph_find(graph, "batch_norm1.running_mean"));
    const struct pt_tensor_info *variance =
        pt_graph_tensor(graph, pt_graph_find(graph, "batch_norm1.running_var"));
    assert_int_equal(mean->role, PT_ROLE_STATE);
    assert_int_equal(mean->init, PT_INIT_ZERO);
    assert_int_equal(variance->role, PT_ROLE_STATE);
    assert_int_equal(variance->init, PT_INIT_ONE);
    assert_false(variance->needs_gradient);
    assert_int_equal(pt_graph_parameter_count(graph), 6);
    pt_graph_destroy(graph);
}

// The mistake names what is wrong.
static void refuse(struct pt_graph *graph, pt_tensor tensor, const char *part)
{
    struct pt_error error;
    assert_int_equal(tensor, PT_NO_TENSOR);
    assert_status(pt_graph_check(graph, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, part);
    pt_graph_destroy(graph);
}

#define REFUSE(CALL, PART)                                                                         \
    do {                                                                                           \
        struct pt_graph *graph = new_graph();                                                      \
        refuse(graph, CALL, PART);                                                                 \
    } while (0)

static void shapes_that_do_not_fit_are_refused(void **unused)
{
    (void)unused;
    REFUSE(pt_add(graph, X(2, 3), Y(2, 4)), "y has [2, 4]");
    REFUSE(pt_multiply(graph, X(2, 3), Y(2, 3, 1)), "y has [2, 3, 1]");
    REFUSE(pt_add(graph, X(2, 3), pt_input(graph, "y", PT_INT32, 2, (int64_t[]){2, 3})), "float32");
    REFUSE(pt_swiglu(graph, X(2, 3), Y(2, 4)), "swiglu");
    REFUSE(pt_graph_add(graph, "swiglu", NULL, (pt_tensor[]){X(2, 3)}, 1, NULL), "even");
    REFUSE(pt_rms_norm(graph, X(2, 12), 5, 1e-6), "12 channels are no multiple of 5");
    REFUSE(pt_rms_norm(graph, X(2), 1, 1e-6), "2 dimensions");
    REFUSE(pt_rms_norm(graph, X(2, 12), 1, -1), "epsilon");
    REFUSE(pt_batch_norm(graph, X(2), 0.1, 1e-5), "2 dimensions");
    REFUSE(pt_batch_norm(graph, X(2, 3), 1.5, 1e-5), "momentum is 1.5");
    REFUSE(pt_group_norm(graph, X(2, 12), 7, 1e-5), "no multiple of 7");
    REFUSE(pt_leaky_relu(graph, X(2, 3), -1), "slope");
    REFUSE(pt_elu(graph, X(2, 3), -1), "alpha");
    REFUSE(pt_scale(graph, X(2, 3), (double)NAN), "factor");
    REFUSE(pt_global_avg_pool(graph, X(2, 3)), "[2, 3]");
    REFUSE(pt_slice(graph, X(2, 3), -1, 1, 3), "ends beyond dimension 1");
    REFUSE(pt_slice(graph, X(2, 3), 0, 0, 1), "axis 0");
    REFUSE(pt_slice(graph, X(2, 3), 2, 0, 1), "axis 2 of an input of 2 dimensions");
    REFUSE(pt_select(graph, X(2, 3), 0), "[batch, time, features]");
    REFUSE(pt_select(graph, X(2, 3, 4), 3), "index 3 of 3 time steps");
    REFUSE(pt_reshape(graph, X(2, 6), 2, (int64_t[]){4, 2}), "do not fill");
    REFUSE(pt_reshape(graph, X(2, 6), 2, (int64_t[]){4, -1}), "do not fill");
    REFUSE(pt_reshape(graph, X(2, 6), 2, (int64_t[]){-1, -1}), "do not fill");
    REFUSE(pt_reshape(graph, X(2, 6), 2, (int64_t[]){0, 6}), "do not fill");
    REFUSE(pt_reshape(graph, X(2, 6), 0, NULL), "do not fill");
    REFUSE(pt_reshape(graph, X(2, 6), 6, (int64_t[]){1, 1, 1, 1, 1, 6}), "rank is 6");
    REFUSE(pt_reshape(graph, X(2, 6), 3, (int64_t[]){1 << 30, 1 << 30, 1 << 30}), "do not fill");
    REFUSE(pt_prepend_token(graph, X(2, 3), 0.02), "[2, 3]");
    REFUSE(pt_concat(graph, (pt_tensor[]){X(2, 3), Y(3, 3)}, 2, -1), "differ in dimension 1 only");
    REFUSE(pt_concat(graph, (pt_tensor[]){X(2, 3), Y(2)}, 2, -1), "y has [2]");
    REFUSE(pt_concat(graph, (pt_tensor[]){X(2, 3), Y(2, 3)}, 2, 0), "axis 0");
    REFUSE(pt_concat(graph, &(pt_tensor){0}, 0, -1), "inputs");
    REFUSE(pt_smooth_l1(graph, X(2, 3), Y(2, 3), -1), "beta");
    REFUSE(pt_smooth_l1(graph, X(2, 3), Y(2, 4), 1), "y has shape [2, 4]");
    REFUSE(pt_binary_cross_entropy(graph, X(2, 3), Y(2, 4), 1), "y has shape [2, 4]");
    REFUSE(pt_binary_cross_entropy(graph, X(2, 3), Y(2, 3), -1), "pos_weight");
    REFUSE(pt_smoothed_cross_entropy(graph, X(2, 3), Y(2), 0.1, -100), "int32");
    REFUSE(pt_smoothed_cross_entropy(graph, X(2, 3), Y(2), 1.1, -100), "label_smoothing is 1.1");
}

static void windows_that_do_not_fit_are_refused(void **unused)
{
    (void)unused;
    struct pt_pool_options wide = {.kernel = {3, 8}}, padded = {.kernel = {3}, .padding = {2}};
    struct pt_pool_options none = {.kernel = {0}}, high = {.kernel = {5000}};
    REFUSE(pt_max_pool2d(graph, X(2, 6, 7, 3), &wide), "a window of 8 does not fit into 7");
    REFUSE(pt_max_pool2d(graph, X(2, 6, 7, 3), &padded), "padding 2 is more than half");
    REFUSE(pt_avg_pool2d(graph, X(2, 6, 7, 3), &none), "kernel is 0");
    REFUSE(pt_avg_pool2d(graph, X(2, 6, 7, 3), &high), "kernel is 5000");
    REFUSE(pt_max_pool2d(graph, X(2, 6), &wide), "[batch, height, width, channels]");
    REFUSE(pt_max_pool1d(graph, X(2, 6, 7, 3), &wide), "[batch, time, channels]");
    REFUSE(pt_avg_pool1d(graph, X(2, 2, 3), &wide), "does not fit into 2");
}

// A scalar, the loss, is an input of none of them; nothing divides by its dimensions.
static void scalars_are_refused(void **unused)
{
    (void)unused;
    static const char *const names[] = {"rms_norm",        "batch_norm",   "group_norm", "swiglu",
                                        "max_pool2d",      "avg_pool1d",   "concat",     "slice",
                                        "global_avg_pool", "select",       "reshape",    "geglu",
                                        "prepend_token",   "cross_entropy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        union pt_attribute ones[PT_ATTRIBUTES_MAX];
        struct pt_graph *graph = new_graph();
        pt_tensor x = X(2, 3), inputs[2] = {pt_mse(graph, x, Y(2, 3)), x};
        for (int k = 0; k < PT_ATTRIBUTES_MAX; k++)
            ones[k].integer = 1;
        if (strcmp(names[i], "rms_norm") == 0 || strcmp(names[i], "batch_norm") == 0)
            ones[0].number = 1e-5;
        if (strcmp(names[i], "group_norm") == 0)
            ones[1].number = 1e-5;
        refuse(graph, pt_graph_add(graph, names[i], "f", inputs, names[i][0] == 'c' ? 2 : 1, ones),
               "f: ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_those_of_the_operators),
        cmocka_unit_test(windows_of_pooling_are_counted),
        cmocka_unit_test(covered_elements_are_counted_at_once),
        cmocka_unit_test(huge_images_are_counted_at_once),
        cmocka_unit_test(statistics_that_run_are_no_parameters),
        cmocka_unit_test(shapes_that_do_not_fit_are_refused),
        cmocka_unit_test(windows_that_do_not_fit_are_refused),
        cmocka_unit_test(scalars_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
