// Laws that every operator of the registry obeys: its gradients equal finite differences, with
// respect to inputs and parameters; they do not depend on the number of threads, on who asks, or on
// whether gradients are added up. A new operator is held to them as soon as it is registered.

#include "engine_support.h"

#include "engine/operator_kernel.h"

struct subject {
    const struct pt_operator *kind;
    int rank;            // of the input: [3, 5] or [2, 3, 5]
    bool flags;          // the value of attributes that are flags
    bool asks_for_input; // the gradient with respect to the inputs is wanted too
    bool wide;           // rows and columns that fill vectors and leave a rest
};

static pt_tensor input_of(struct pt_graph *graph, const struct subject *subject, const char *name,
                          enum pt_dtype dtype, int rank)
{
    static const int64_t narrow[2][3] = {{3, 5}, {2, 3, 5}}, wide[2][3] = {{70, 37}, {2, 35, 37}};
    pt_tensor input = pt_input(graph, name, dtype, rank,
                               subject->wide ? wide[subject->rank - 2] : narrow[subject->rank - 2]);
    if (subject->asks_for_input && dtype == PT_FLOAT32)
        pt_graph_require_gradient(graph, input);
    return input;
}

// Required attributes get a value from the middle of their range.
static void fill_attributes(const struct subject *subject, union pt_attribute *attributes)
{
    const struct pt_attribute_spec *spec = subject->kind->attributes;
    for (int i = 0; spec != NULL && spec[i].name != NULL; i++)
        if (spec[i].kind == PT_ATTRIBUTE_NUMBER)
            attributes[i].number =
                spec[i].required ? (spec[i].least + spec[i].most) / 2 : spec[i].fallback;
        else if (spec[i].kind == PT_ATTRIBUTE_BOOL)
            attributes[i].integer = subject->flags;
        else
            attributes[i].integer = spec[i].required ? 4 : (int64_t)spec[i].fallback;
}

// Inputs, the operator, and a mean square on top if it is no loss itself. The second input of an
// operator is a float of the same shape, or, if that does not fit, one class number a row.
static struct pt_graph *try_graph(const struct subject *subject, enum pt_dtype second)
{
    struct pt_graph *graph = make_graph(subject->kind->name);
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {0};
    pt_tensor inputs[PT_OP_TENSORS_MAX];
    inputs[0] = input_of(graph, subject, "x0", PT_FLOAT32, subject->rank);
    for (int i = 1; i < subject->kind->input_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i);
        int rank = second == PT_INT32 ? subject->rank - 1 : subject->rank;
        inputs[i] = input_of(graph, subject, name, second, rank);
    }
    fill_attributes(subject, attributes);
    pt_tensor y = pt_graph_add(graph, subject->kind->name, "it", inputs, subject->kind->input_count,
                               attributes);
    if (!subject->kind->is_loss && pt_graph_check(graph, NULL) == PT_OK) {
        const struct pt_shape shape = pt_graph_tensor(graph, y)->shape;
        pt_mse(graph, y, pt_input(graph, "wanted", PT_FLOAT32, shape.rank, shape.dim));
    }
    return graph;
}

static struct pt_graph *graph_of(const struct subject *subject)
{
    struct pt_graph *graph = try_graph(subject, PT_FLOAT32);
    if (pt_graph_check(graph, NULL) != PT_OK) {
        pt_graph_destroy(graph);
        graph = try_graph(subject, PT_INT32);
    }
    struct pt_error error;
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static double loss_at(struct pt_network *network, float *value, float original, float offset)
{
    *value = original + offset;
    pt_network_set_step(network, 0); // the same dropout mask each time
    forward(network, 0, true);
    *value = original;
    return pt_network_loss(network);
}

// (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h: the error is h^4 f^(5) / 30, about 1e-7 here, and
// rounding in the loss, 1e-7, over h.
static double difference(struct pt_network *network, float *value)
{
    const float h = 0x1p-5f;
    float original = *value;
    double near = loss_at(network, value, original, h) - loss_at(network, value, original, -h);
    double far =
        loss_at(network, value, original, 2 * h) - loss_at(network, value, original, -2 * h);
    return (8 * near - far) / (12.0 * h);
}

static double largest_of(const float *values, int64_t count)
{
    double largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

static void check_tensor(struct pt_network *network, pt_tensor tensor, const char *what)
{
    const struct pt_graph *graph = pt_network_graph(network);
    int64_t count = pt_graph_tensor_size(graph, tensor), stride = count / 40 + 1;
    float *values = pt_network_values(network, tensor);
    const float *gradient = pt_network_gradient(network, tensor);
    assert_non_null(gradient);
    double tolerance = 2e-4 * largest_of(gradient, count);
    assert_true(tolerance > 0);
    for (int64_t i = 0; i < count; i += stride) {
        double expected = difference(network, &values[i]);
        if (!(fabs(gradient[i] - expected) <= tolerance)) {
            print_error("%s: gradient of %s[%lld] is %.9g, finite differences say %.9g\n", what,
                        pt_graph_tensor_name(graph, tensor), (long long)i, gradient[i], expected);
            fail();
        }
    }
}

static void run_once(struct pt_network *network)
{
    pt_network_set_step(network, 0);
    pt_network_zero_gradients(network);
    forward(network, 0, true);
    backward(network);
}

static void for_each_subject(void (*check)(const struct subject *))
{
    for (int i = 0; pt_operators[i] != NULL; i++)
        for (int variant = 0; variant < 16; variant++)
            check(&(struct subject){.kind = pt_operators[i],
                                    .rank = variant & 1 ? 3 : 2,
                                    .flags = variant & 2,
                                    .asks_for_input = variant & 4,
                                    .wide = variant & 8});
}

static bool has_gradients(const struct pt_graph *graph)
{
    return pt_graph_tensor(graph, graph->loss)->needs_gradient;
}

static void check_differences(const struct subject *subject)
{
    struct pt_graph *graph = graph_of(subject);
    struct pt_network *network = make_network(graph, 7, 2);
    char what[128];
    snprintf(what, sizeof what, "%s rank %d flags %d wide %d", subject->kind->name, subject->rank,
             subject->flags, subject->wide);
    fill_inputs(network, 5);
    if (has_gradients(graph)) {
        run_once(network);
        for (pt_tensor i = 0; i < graph->tensor_count; i++)
            if (pt_network_gradient(network, i) != NULL)
                check_tensor(network, i, what);
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void gradients_equal_finite_differences(void **unused)
{
    (void)unused;
    for_each_subject(check_differences);
}

static void check_that_all_can_be_asked(const struct subject *subject)
{
    struct pt_graph *graph = graph_of(subject);
    struct pt_network *network = make_network(graph, 7, 1);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        const struct pt_tensor_info *info = &graph->tensors[i];
        bool wanted = info->role == PT_ROLE_PARAMETER ||
                      (info->role == PT_ROLE_INPUT && info->dtype == PT_FLOAT32 &&
                       subject->asks_for_input && strcmp(info->name, "wanted") != 0);
        assert_int_equal(pt_network_gradient(network, i) != NULL, wanted);
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void gradients_are_there_for_parameters_and_for_inputs_that_were_asked_for(void **unused)
{
    (void)unused;
    for_each_subject(check_that_all_can_be_asked);
}

// All values that outlive the step, one after the other.
static float *everything(struct pt_network *network, int64_t *ret_count)
{
    const struct pt_graph *graph = pt_network_graph(network);
    int64_t count = 0, capacity = 1 << 16;
    float *all = malloc((size_t)capacity * sizeof *all);
    assert_non_null(all);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        const float *arrays[] = {pt_network_values(network, i), pt_network_gradient(network, i)};
        int64_t size = pt_graph_tensor_size(graph, i);
        for (int k = 0; k < 2; k++) {
            if (arrays[k] == NULL)
                continue;
            assert_true(count + size <= capacity);
            memcpy(all + count, arrays[k], (size_t)size * sizeof *all);
            count += size;
        }
    }
    *ret_count = count;
    return all;
}

static void check_determinism(const struct subject *subject)
{
    struct pt_graph *graph = graph_of(subject);
    float *first = NULL;
    int64_t first_count = 0;
    for (int repeat = 0; repeat < 3 && has_gradients(graph); repeat++) {
        struct pt_network *network = make_network(graph, 7, 2);
        fill_inputs(network, 5);
        run_once(network);
        int64_t count;
        float *all = everything(network, &count);
        if (first == NULL) {
            first = all;
            first_count = count;
        } else {
            assert_int_equal(count, first_count);
            assert_same_floats(all, first, count);
            free(all);
        }
        pt_network_destroy(network);
    }
    free(first);
    pt_graph_destroy(graph);
}

static void the_same_seed_and_threads_give_the_same_bits(void **unused)
{
    (void)unused;
    for_each_subject(check_determinism);
}

// Without zeroing, a second pass over the same batch gives twice the gradient: exactly, for a + a
// is.
static void check_accumulation(const struct subject *subject)
{
    struct pt_graph *graph = graph_of(subject);
    if (has_gradients(graph)) {
        struct pt_network *network = make_network(graph, 7, 2);
        fill_inputs(network, 5);
        run_once(network);
        for (pt_tensor i = 0; i < graph->tensor_count; i++) {
            const float *gradient = pt_network_gradient(network, i);
            int64_t count = pt_graph_tensor_size(graph, i);
            if (gradient == NULL)
                continue;
            float *once = malloc((size_t)count * sizeof *once);
            memcpy(once, gradient, (size_t)count * sizeof *once);
            pt_network_set_step(network, 0);
            forward(network, 0, true);
            backward(network);
            for (int64_t k = 0; k < count; k++)
                assert_near(gradient[k], 2 * once[k], 1e-6 * (1 + fabs(once[k])));
            free(once);
            run_once(network);
        }
        pt_network_destroy(network);
    }
    pt_graph_destroy(graph);
}

static void gradients_add_up_unless_zeroed(void **unused)
{
    (void)unused;
    for_each_subject(check_accumulation);
}

// Two threads or one: only the matrix products may differ, by rounding.
static void check_threads(const struct subject *subject)
{
    struct pt_graph *graph = graph_of(subject);
    float *by_threads[3] = {NULL};
    int64_t count = 0;
    bool exact = strcmp(subject->kind->name, "linear") != 0;
    for (int threads = 1; threads <= 3 && has_gradients(graph); threads++) {
        struct pt_network *network = make_network(graph, 7, threads);
        fill_inputs(network, 5);
        run_once(network);
        by_threads[threads - 1] = everything(network, &count);
        pt_network_destroy(network);
    }
    for (int64_t i = 0; i < count; i++)
        for (int other = 1; other < 3; other++)
            assert_near(by_threads[other][i], by_threads[0][i], exact ? 0 : 1e-5);
    for (int i = 0; i < 3; i++)
        free(by_threads[i]);
    pt_graph_destroy(graph);
}

static void threads_change_no_sum(void **unused)
{
    (void)unused;
    for_each_subject(check_threads);
}

static void both_registries_have_the_same_operators(void **unused)
{
    (void)unused;
    int count = 0;
    for (; pt_operators[count] != NULL; count++)
        assert_non_null(pt_operator_kernel_find(pt_operators[count]->name));
    for (int i = 0; pt_operator_kernels[i] != NULL; i++)
        assert_non_null(pt_operator_find(pt_operator_kernels[i]->name));
    assert_true(count >= 11);
    assert_null(pt_operator_kernel_find("no such operator"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_registries_have_the_same_operators),
        cmocka_unit_test(gradients_equal_finite_differences),
        cmocka_unit_test(gradients_are_there_for_parameters_and_for_inputs_that_were_asked_for),
        cmocka_unit_test(the_same_seed_and_threads_give_the_same_bits),
        cmocka_unit_test(gradients_add_up_unless_zeroed),
        cmocka_unit_test(threads_change_no_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
