// Attention beside a second implementation: the textbook's, in double precision, with a matrix of
// all scores. Lengths around the blocks of the engine, odd heads, every kind of mask.

#include "engine_support.h"

#include "engine/attention_loops.h"
#include "model/attention.h"
#include "model/settings.h"

struct shape {
    int64_t batch, queries, keys, heads, kv_heads, head_dim;
    bool causal, masked, alibi, interleaved;
    int64_t window, rotary_dim;
    double softcap;
};

static const struct shape shapes[] = {
    {1, 1, 1, 1, 1, 1, .causal = true},
    {1, 7, 7, 2, 1, 8, .causal = true},
    {2, 33, 33, 3, 3, 13, .causal = true},
    {1, 65, 65, 2, 2, 64, .causal = true},
    {2, 64, 64, 2, 2, 64, .causal = true},
    {1, 129, 129, 2, 1, 80, .causal = true, .rotary_dim = 32},
    {1, 129, 129, 1, 1, 128, .rotary_dim = 128, .interleaved = true},
    {1, 50, 50, 1, 1, 200, .causal = true},
    {1, 30, 30, 1, 1, 300, .causal = false},
    {1, 500, 500, 2, 1, 16, .causal = true}, // three blocks of keys, several of queries
    {1, 500, 500, 1, 1, 16, .causal = false},
    {1, 450, 450, 1, 1, 8, .causal = true, .window = 70},
    {1, 450, 450, 1, 1, 8, .window = 200, .masked = true},
    {2, 5, 400, 2, 1, 24, .masked = true},
    {2, 300, 3, 4, 2, 9, .causal = false},
    {1, 203, 203, 6, 2, 16, .causal = true, .alibi = true, .softcap = 3},
    {2, 77, 77, 2, 2, 32, .causal = true, .masked = true, .window = 31, .rotary_dim = 6},
};

enum { SHAPE_COUNT = sizeof shapes / sizeof *shapes };

static double value_at(const float *tensor, const struct shape *shape, int64_t length,
                       int64_t heads, int64_t sequence, int64_t place, int64_t head, int64_t i)
{
    return (double)tensor[((sequence * length + place) * heads + head) * shape->head_dim + i];
}

// ------------------------------------------------------------------------------- the textbook's
struct textbook {
    const struct shape *shape;
    const float *in[3], *dy; // q, k, v; gradient of the output
    const int32_t *mask;
    double *y, *gradient[3];
    double *rotated[3]; // of one head: [place][head_dim]; v is a copy
    double *p, *raw;    // [queries][keys]
};

static double *zeros(int64_t count)
{
    double *values = calloc((size_t)count, sizeof *values);
    assert_non_null(values);
    return values;
}

static void turn(double *row, const struct shape *shape, int64_t place, double sign)
{
    int64_t half = shape->rotary_dim / 2;
    for (int64_t i = 0; i < half; i++) {
        double angle =
            sign * (double)place * pow(100, -2.0 * (double)i / (double)shape->rotary_dim);
        double *a = &row[shape->interleaved ? 2 * i : i];
        double *b = &row[shape->interleaved ? 2 * i + 1 : i + half];
        double first = *a * cos(angle) - *b * sin(angle);
        *b = *b * cos(angle) + *a * sin(angle);
        *a = first;
    }
}

static void load_head(struct textbook *book, int which, int64_t sequence, int64_t head)
{
    const struct shape *shape = book->shape;
    int64_t length = which == 0 ? shape->queries : shape->keys;
    int64_t heads = which == 0 ? shape->heads : shape->kv_heads;
    for (int64_t place = 0; place < length; place++) {
        double *row = book->rotated[which] + place * shape->head_dim;
        for (int64_t i = 0; i < shape->head_dim; i++)
            row[i] = value_at(book->in[which], shape, length, heads, sequence, place, head, i);
        if (which < 2)
            turn(row, shape, place, 1);
    }
}

static bool sees(const struct textbook *book, int64_t sequence, int64_t i, int64_t j)
{
    const struct shape *shape = book->shape;
    return !(shape->causal && j > i) && !(shape->window > 0 && llabs(i - j) >= shape->window) &&
           !(shape->masked && book->mask[sequence * shape->keys + j] == 0);
}

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// For 6 heads: the 4 of a power of two, 2^-2 to 2^-8, and the first two odd ones of 8.
static double slope_of(const struct shape *shape, int64_t head)
{
    static const double of_six[] = {2, 4, 6, 8, 1, 3};
    assert_true(!shape->alibi || shape->heads == 6);
    return shape->alibi ? exp2(-of_six[head]) : 0;
}

static void weigh(struct textbook *book, int64_t sequence, int64_t head)
{
    const struct shape *shape = book->shape;
    double scale = 1 / sqrt((double)shape->head_dim);
    for (int64_t i = 0; i < shape->queries; i++) {
        double *p = book->p + i * shape->keys, *raw = book->raw + i * shape->keys, sum = 0;
        for (int64_t j = 0; j < shape->keys; j++) {
            raw[j] = scale * dot(book->rotated[0] + i * shape->head_dim,
                                 book->rotated[1] + j * shape->head_dim, shape->head_dim);
            double score =
                shape->softcap > 0 ? shape->softcap * tanh(raw[j] / shape->softcap) : raw[j];
            score -= slope_of(shape, head) * (double)llabs(i - j);
            p[j] = sees(book, sequence, i, j) ? exp(score) : 0;
            sum += p[j];
        }
        for (int64_t j = 0; j < shape->keys; j++)
            p[j] = sum == 0 ? 0 : p[j] / sum;
    }
}

// dP = dy v^T, dS = P (dP - sum(P dP))
static void go_back(struct textbook *book, int64_t sequence, int64_t head, double *const heads[3])
{
    const struct shape *shape = book->shape;
    int64_t d = shape->head_dim;
    double scale = 1 / sqrt((double)d);
    double *dp = zeros(shape->keys);
    for (int64_t i = 0; i < shape->queries; i++) {
        const double *p = book->p + i * shape->keys, *raw = book->raw + i * shape->keys;
        for (int64_t j = 0; j < shape->keys; j++) {
            dp[j] = 0;
            for (int64_t k = 0; k < d; k++) {
                double dy =
                    value_at(book->dy, shape, shape->queries, shape->heads, sequence, i, head, k);
                dp[j] += dy * book->rotated[2][j * d + k];
                heads[2][j * d + k] += p[j] * dy;
            }
        }
        double delta = dot(p, dp, shape->keys);
        for (int64_t j = 0; j < shape->keys; j++) {
            double t = shape->softcap > 0 ? tanh(raw[j] / shape->softcap) : 0;
            double ds = p[j] * (dp[j] - delta) * (1 - t * t) * scale;
            for (int64_t k = 0; k < d; k++) {
                heads[0][i * d + k] += ds * book->rotated[1][j * d + k];
                heads[1][j * d + k] += ds * book->rotated[0][i * d + k];
            }
        }
    }
    free(dp);
}

static void store_head(struct textbook *book, int which, int64_t sequence, int64_t head,
                       double *gradients)
{
    const struct shape *shape = book->shape;
    int64_t length = which == 0 ? shape->queries : shape->keys;
    int64_t heads = which == 0 ? shape->heads : shape->kv_heads;
    for (int64_t place = 0; place < length; place++) {
        double *row = gradients + place * shape->head_dim;
        if (which < 2)
            turn(row, shape, place, -1);
        for (int64_t i = 0; i < shape->head_dim; i++)
            book->gradient[which][((sequence * length + place) * heads + head) * shape->head_dim +
                                  i] += row[i];
    }
}

static void do_head(struct textbook *book, int64_t sequence, int64_t head)
{
    const struct shape *shape = book->shape;
    int64_t kv_head = head / (shape->heads / shape->kv_heads), d = shape->head_dim;
    double *gradients[3];
    for (int which = 0; which < 3; which++)
        load_head(book, which, sequence, which == 0 ? head : kv_head);
    weigh(book, sequence, head);
    for (int64_t i = 0; i < shape->queries && book->y != NULL; i++)
        for (int64_t j = 0; j < shape->keys; j++)
            for (int64_t k = 0; k < d; k++)
                book->y[((sequence * shape->queries + i) * shape->heads + head) * d + k] +=
                    book->p[i * shape->keys + j] * book->rotated[2][j * d + k];
    if (book->dy == NULL)
        return;
    for (int which = 0; which < 3; which++)
        gradients[which] = zeros((which == 0 ? shape->queries : shape->keys) * d);
    go_back(book, sequence, head, gradients);
    for (int which = 0; which < 3; which++) {
        store_head(book, which, sequence, which == 0 ? head : kv_head, gradients[which]);
        free(gradients[which]);
    }
}

static void read_textbook(struct textbook *book)
{
    const struct shape *shape = book->shape;
    int64_t longest = shape->queries > shape->keys ? shape->queries : shape->keys;
    for (int which = 0; which < 3; which++)
        book->rotated[which] = zeros(longest * shape->head_dim);
    book->p = zeros(shape->queries * shape->keys);
    book->raw = zeros(shape->queries * shape->keys);
    for (int64_t sequence = 0; sequence < shape->batch; sequence++)
        for (int64_t head = 0; head < shape->heads; head++)
            do_head(book, sequence, head);
    for (int which = 0; which < 3; which++)
        free(book->rotated[which]);
    free(book->p);
    free(book->raw);
}

// ------------------------------------------------------------------------------------ the engine
struct built {
    struct pt_graph *graph;
    struct pt_network *network;
    pt_tensor in[3], mask, y, target;
};

static void build_graph(struct built *built, const struct shape *shape, double dropout)
{
    static const char *const names[] = {"q", "k", "v"};
    struct pt_error error;
    pt_tensor inputs[4];
    built->graph = make_graph("attention");
    for (int i = 0; i < 3; i++) {
        int64_t dims[] = {shape->batch, i == 0 ? shape->queries : shape->keys,
                          (i == 0 ? shape->heads : shape->kv_heads) * shape->head_dim};
        inputs[i] = built->in[i] = pt_input(built->graph, names[i], PT_FLOAT32, 3, dims);
        pt_graph_require_gradient(built->graph, inputs[i]);
    }
    built->mask = PT_NO_TENSOR;
    if (shape->masked)
        inputs[3] = built->mask =
            pt_input(built->graph, "mask", PT_INT32, 2, (int64_t[]){shape->batch, shape->keys});
    built->y = pt_graph_add_with(
        built->graph,
        &(struct pt_op_request){
            .operator_name = "attention", .inputs = inputs, .input_count = shape->masked ? 4 : 3},
        (struct pt_setting[]){{"heads", (double)shape->heads, NULL},
                              {"kv_heads", (double)shape->kv_heads, NULL},
                              {"causal", shape->causal, NULL},
                              {"window", (double)shape->window, NULL},
                              {"alibi", shape->alibi, NULL},
                              {"softcap", shape->softcap, NULL},
                              {"dropout", dropout, NULL},
                              {"rotary_base", shape->rotary_dim > 0 ? 100 : 0, NULL},
                              {"rotary_dim", (double)shape->rotary_dim, NULL},
                              {"rotary_interleaved", shape->interleaved, NULL},
                              {.name = NULL}});
    pt_graph_keep(built->graph, built->y);
    int64_t dims[] = {shape->batch, shape->queries, shape->heads * shape->head_dim};
    built->target = pt_input(built->graph, "target", PT_FLOAT32, 3, dims);
    pt_mse(built->graph, built->y, built->target);
    assert_status(pt_graph_check(built->graph, &error), PT_OK, &error);
}

static void build(struct built *built, const struct shape *shape, double dropout, int threads,
                  enum pt_precision precision)
{
    struct pt_error error;
    build_graph(built, shape, dropout);
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = 5, .threads = threads, .precision = precision};
    assert_status(pt_network_create(built->graph, &options, &built->network, &error), PT_OK,
                  &error);
    fill_inputs(built->network, 2);
}

static void destroy(struct built *built)
{
    pt_network_destroy(built->network);
    pt_graph_destroy(built->graph);
}

static void run(struct built *built)
{
    pt_network_set_step(built->network, 0);
    pt_network_zero_gradients(built->network);
    forward(built->network, 0, true);
    backward(built->network);
}

static void compare(const float *actual, const double *expected, int64_t count, double tolerance,
                    int index, const char *what)
{
    double largest = 0, error = 0;
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(expected[i]));
        double distance = fabs((double)actual[i] - expected[i]);
        error = distance <= error ? error : distance;
    }
    if (!(error <= tolerance * largest)) {
        print_error("shape %d: %s is wrong by %g, the largest is %g\n", index, what, error,
                    largest);
        fail();
    }
}

static void compare_all(int index, enum pt_precision precision, double tolerance)
{
    static const char *const names[] = {"the gradient of q", "that of k", "that of v"};
    const struct shape *shape = &shapes[index];
    struct built built;
    build(&built, shape, 0, 2, precision);
    run(&built);
    struct textbook book = {.shape = shape};
    int64_t outputs = pt_graph_tensor_size(built.graph, built.y);
    const float *y = pt_network_values(built.network, built.y);
    const float *target = pt_network_values(built.network, built.target);
    float *dy = malloc((size_t)outputs * sizeof *dy);
    for (int64_t i = 0; i < outputs; i++)
        dy[i] = 2 * (y[i] - target[i]) / (float)outputs;
    book.y = zeros(outputs);
    book.dy = dy;
    if (shape->masked)
        book.mask = pt_network_values_int32(built.network, built.mask);
    for (int i = 0; i < 3; i++) {
        book.in[i] = pt_network_values(built.network, built.in[i]);
        book.gradient[i] = zeros(pt_graph_tensor_size(built.graph, built.in[i]));
    }
    read_textbook(&book);
    compare(y, book.y, outputs, tolerance, index, "the output");
    for (int i = 0; i < 3; i++) {
        // With one key, scores do not matter, and what is left is rounding.
        if (i == 2 || shape->keys > 1)
            compare(pt_network_gradient(built.network, built.in[i]), book.gradient[i],
                    pt_graph_tensor_size(built.graph, built.in[i]), tolerance, index, names[i]);
        free(book.gradient[i]);
    }
    free(book.y);
    free(dy);
    destroy(&built);
}

static void it_does_what_the_textbook_says(void **unused)
{
    (void)unused;
    for (int i = 0; i < SHAPE_COUNT; i++)
        compare_all(i, PT_PRECISION_FP32, 2e-5);
}

// bf16 has 8 bits: operands are rounded by up to 2^-9, and errors of many average out.
static void bf16_is_near(void **unused)
{
    (void)unused;
    for (int i = 0; i < SHAPE_COUNT; i++)
        compare_all(i, PT_PRECISION_BF16, 3e-2);
}

// Sums over blocks of keys are added in one order, whoever computes them.
static void threads_change_no_bit(void **unused)
{
    (void)unused;
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct built first;
        build(&first, &shapes[i], 0.2, 1, PT_PRECISION_FP32);
        run(&first);
        for (int threads = 2; threads <= 5; threads++) {
            struct built other;
            build(&other, &shapes[i], 0.2, threads, PT_PRECISION_FP32);
            run(&other);
            assert_same_floats(pt_network_values(other.network, other.y),
                               pt_network_values(first.network, first.y),
                               pt_graph_tensor_size(first.graph, first.y));
            for (int k = 0; k < 3; k++)
                assert_same_floats(pt_network_gradient(other.network, other.in[k]),
                                   pt_network_gradient(first.network, first.in[k]),
                                   pt_graph_tensor_size(first.graph, first.in[k]));
            destroy(&other);
        }
        destroy(&first);
    }
}

// ------------------------------------------------------------------------------ values and masks
static float *output_at(const struct built *built, const struct shape *shape, int64_t query)
{
    return pt_network_values(built->network, built->y) + query * shape->heads * shape->head_dim;
}

// A key that is not a number is seen by its own query and those behind it, not by those before (but
// for the few that share a strip with it: 0 times NaN is NaN).
static void nan_goes_where_it_is_seen(void **unused)
{
    (void)unused;
    const struct shape shape = {1, 100, 100, 1, 1, 8, .causal = true};
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int which = 1; which < 3; which++)
        for (int i = 0; i < 3; i++) {
            struct built built;
            build(&built, &shape, 0, 2, PT_PRECISION_FP32);
            pt_network_values(built.network, built.in[which])[64 * 8 + 3] = bad[i];
            run(&built);
            assert_true(isfinite(output_at(&built, &shape, 55)[3]));
            int64_t wrong = 0; // a score of -infinity is a weight of 0
            for (int64_t query = 64; query < 100; query++)
                wrong += !isfinite(output_at(&built, &shape, query)[3]);
            assert_true(wrong == 36 || (which == 1 && bad[i] != bad[0] && wrong > 0));
            destroy(&built);
        }
}

static void padding_is_not_seen(void **unused)
{
    (void)unused;
    const struct shape shape = {1, 20, 20, 2, 2, 8, .masked = true};
    struct built built;
    build(&built, &shape, 0, 1, PT_PRECISION_FP32);
    int32_t *mask = pt_network_values_int32(built.network, built.mask);
    for (int64_t j = 0; j < 20; j++)
        mask[j] = j != 7;
    run(&built);
    int64_t count = pt_graph_tensor_size(built.graph, built.y);
    float *before = malloc((size_t)count * sizeof *before);
    memcpy(before, pt_network_values(built.network, built.y), (size_t)count * sizeof *before);
    for (int which = 1; which < 3; which++) {
        const float *gradient = pt_network_gradient(built.network, built.in[which]);
        for (int64_t i = 0; i < 16; i++) {
            assert_true(gradient[7 * 16 + i] == 0);
            pt_network_values(built.network, built.in[which])[7 * 16 + i] = 100;
        }
    }
    run(&built);
    assert_same_floats(pt_network_values(built.network, built.y), before, count);
    free(before);
    destroy(&built);
}

static void a_query_that_sees_no_key_gives_0(void **unused)
{
    (void)unused;
    const struct shape shape = {1, 9, 9, 1, 1, 4, .causal = true, .masked = true};
    struct built built;
    build(&built, &shape, 0, 1, PT_PRECISION_FP32);
    for (int64_t j = 0; j < 9; j++)
        pt_network_values_int32(built.network, built.mask)[j] = j >= 3; // padding on the left
    run(&built);
    const float *gradient = pt_network_gradient(built.network, built.in[0]);
    for (int64_t i = 0; i < 4; i++) {
        assert_true(output_at(&built, &shape, 2)[i] == 0 && gradient[2 * 4 + i] == 0);
        assert_true(output_at(&built, &shape, 3)[i] != 0 && isfinite(gradient[4 * 4 + i]));
    }
    destroy(&built);
}

// Values of 1: without dropout the output is 1, with it the mean of 20000 weights' worth stays
// near 1, and evaluation has none.
static void dropout_keeps_the_mean(void **unused)
{
    (void)unused;
    const struct shape shape = {2, 100, 100, 2, 2, 4, .causal = false};
    struct built built;
    build(&built, &shape, 0.25, 2, PT_PRECISION_FP32);
    float *v = pt_network_values(built.network, built.in[2]);
    for (int64_t i = 0; i < pt_graph_tensor_size(built.graph, built.in[2]); i++)
        v[i] = 1;
    run(&built);
    const float *y = pt_network_values(built.network, built.y);
    int64_t count = pt_graph_tensor_size(built.graph, built.y), other = 0;
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += (double)y[i];
        other += fabsf(y[i] - 1) > 1e-3f;
    }
    assert_near(sum / (double)count, 1, 0.02);
    assert_true(other > count / 2);
    forward(built.network, 0, false);
    for (int64_t i = 0; i < count; i++)
        assert_near(y[i], 1, 1e-5);
    destroy(&built);
}

// Against libm in double precision, for a product that is rounded to float first, as PyTorch's.
static void angles_are_right(void **unused)
{
    (void)unused;
    enum { COUNT = 64 };
    const float places[] = {0, 1, 2, 3, 17, 1000, 4095, 65537, 131071, 1e6f};
    float frequencies[COUNT], cosines[COUNT], sines[COUNT];
    for (int i = 0; i < COUNT; i++)
        frequencies[i] = (float)pow(10000, -(double)i / COUNT);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        pt_attention_loops()->angles(cosines, sines, frequencies, COUNT - 3, places[k]);
        for (int i = 0; i < COUNT - 3; i++) {
            float angle = frequencies[i] * places[k];
            assert_near(cosines[i], cos((double)angle), 2.5e-7);
            assert_near(sines[i], sin((double)angle), 2.5e-7);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_what_the_textbook_says),
        cmocka_unit_test(bf16_is_near),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(nan_goes_where_it_is_seen),
        cmocka_unit_test(padding_is_not_seen),
        cmocka_unit_test(a_query_that_sees_no_key_gives_0),
        cmocka_unit_test(dropout_keeps_the_mean),
        cmocka_unit_test(angles_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
