// The loops of activations, norms and pooling against libm in double precision, for each set of
// instructions that this CPU has; and that they touch nothing beyond their elements.

#include "engine_support.h"

#include "engine/activation_loops.h"
#include "engine/cpu.h"
#include "engine/norm_loops.h"
#include "engine/pool_loops.h"

static const struct {
    const struct pt_activation_loops *activation;
    const struct pt_norm_loops *norm;
    const struct pt_pool_loops *pool;
} tables[] = {
    {&pt_activation_portable, &pt_norm_portable, &pt_pool_portable},
#if defined(__x86_64__)
    {&pt_activation_avx2, &pt_norm_avx2, &pt_pool_avx2},
    {&pt_activation_avx512, &pt_norm_avx512, &pt_pool_avx512},
#endif
};

static int table_count(void)
{
    int count = 1 + (pt_cpu_isa() >= PT_ISA_AVX2) + (pt_cpu_isa() >= PT_ISA_AVX512);
    int known = sizeof tables / sizeof *tables;
    return count < known ? count : known;
}

static double sigmoid_of(double x)
{
    return 1 / (1 + exp(-x));
}

static double silu_of(double x)
{
    return x * sigmoid_of(x);
}

static double silu_slope_of(double x)
{
    double s = sigmoid_of(x);
    return s * (1 + x * (1 - s));
}

static double quick_gelu_of(double x)
{
    return x * sigmoid_of(1.702 * x);
}

static double gelu_tanh_of(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static double gelu_tanh_slope_of(double x)
{
    double u = sqrt(2 / M_PI) * (x + 0.044715 * x * x * x), t = tanh(u);
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * sqrt(2 / M_PI) * (1 + 3 * 0.044715 * x * x);
}

static double softplus_of(double x)
{
    return log1p(exp(x));
}

static double elu_of(double x)
{
    return x > 0 ? x : 0.5 * expm1(x);
}

enum { POINTS = 100003 };

static float xs[POINTS], ys[POINTS], ones[POINTS];

static void check_curve(const char *what, double (*expected)(double), double tolerance,
                        double floor)
{
    for (int i = 0; i < POINTS; i++) {
        double want = expected(xs[i]);
        if (!(fabs(ys[i] - want) <= tolerance * fmax(fabs(want), floor))) {
            print_error("%s(%.9g) is %.9g, expected %.9g\n", what, xs[i], ys[i], want);
            fail();
        }
    }
}

// 2^-24 = 6e-8 is half a unit in the last place. Where x s(u) has a steep u, an error of u counts
// as often; slopes and elu lose digits where terms cancel.
static void functions_are_accurate_to_a_few_units(void **unused)
{
    (void)unused;
    for (int i = 0; i < POINTS; i++) {
        xs[i] = (float)(24.0 * i / (POINTS - 1) - 12);
        ones[i] = 1;
    }
    for (int t = 0; t < table_count(); t++) {
        const struct pt_activation_loops *loops = tables[t].activation;
        loops->silu(ys, xs, POINTS);
        check_curve("silu", silu_of, 3e-7, 1e-30);
        loops->silu_backward(ys, ones, xs, POINTS, false);
        check_curve("silu slope", silu_slope_of, 4e-7, 1);
        loops->quick_gelu(ys, xs, POINTS);
        check_curve("quick_gelu", quick_gelu_of, 2e-6, 1e-6);
        loops->gelu_tanh(ys, xs, POINTS);
        check_curve("gelu_tanh", gelu_tanh_of, 3e-7, 1);
        loops->gelu_tanh_backward(ys, ones, xs, POINTS, false);
        check_curve("gelu_tanh slope", gelu_tanh_slope_of, 1e-6, 1);
        loops->softplus(ys, xs, POINTS);
        check_curve("softplus", softplus_of, 3e-7, 1e-30);
        loops->softplus_backward(ys, ones, xs, POINTS, false);
        check_curve("softplus slope", sigmoid_of, 3e-7, 1e-30);
        loops->elu(ys, xs, POINTS, 0.5f);
        check_curve("elu", elu_of, 3e-7, 0.5);
    }
}

static void functions_keep_their_limits(void **unused)
{
    (void)unused;
    const float x[] = {INFINITY, -INFINITY, NAN, 0, 100, -100, 1e30f};
    enum { N = sizeof x / sizeof *x };
    float y[N];
    for (int t = 0; t < table_count(); t++) {
        const struct pt_activation_loops *loops = tables[t].activation;
        void (*const all[])(float *, const float *, int64_t) = {loops->silu, loops->quick_gelu,
                                                                loops->gelu_tanh, loops->softplus};
        for (size_t f = 0; f < sizeof all / sizeof *all; f++) {
            all[f](y, x, N);
            assert_true(isinf(y[0]) && y[0] > 0);
            assert_true(isnan(y[2]));
            assert_near(y[4], 100, 0);
            assert_near(y[5], 0, 1e-38);
            assert_near(y[6], 1e30f, 0);
        }
        loops->softplus(y, x, N);
        assert_near(y[1], 0, 0);
        assert_near(y[3], log(2), 1e-7);
        loops->leaky_relu(y, x, N, 0.5f);
        assert_true(isinf(y[1]) && y[1] < 0 && isnan(y[2]));
        loops->elu(y, x, N, 2);
        assert_true(y[1] == -2 && isnan(y[2]) && y[3] == 0);
    }
}

// Of losses a prediction that is not a number, or beyond all numbers, shows in the sum and in the
// slope.
static void losses_let_nan_through(void **unused)
{
    (void)unused;
    const float good[] = {1, 2, 3}, bad[] = {1, NAN, 3};
    float dx[3];
    for (int t = 0; t < table_count(); t++) {
        const struct pt_activation_loops *loops = tables[t].activation;
        for (int beta = 0; beta < 2; beta++) {
            assert_true(isnan(loops->smooth_l1(bad, good, 3, (float)beta)));
            assert_true(isnan(loops->smooth_l1(good, bad, 3, (float)beta)));
            loops->smooth_l1_slope(dx, bad, good, 3, (float)beta, 1, false);
            assert_true(dx[0] == 0 && isnan(dx[1]) && dx[2] == 0);
        }
        assert_true(isnan(loops->binary(bad, good, 3, 1)));
        assert_true(isnan(loops->binary(good, bad, 3, 1)));
        loops->binary_slope(dx, bad, good, 3, 1, 1, false);
        assert_true(!isnan(dx[0]) && isnan(dx[1]));
    }
}

// Binary cross-entropy: log(1 + exp(-x)) for a yes; beyond all exponents it is -x or 0.
static void sure_logits_cost_what_they_should(void **unused)
{
    (void)unused;
    const float logits[] = {-200, 200, 200, -200, 0}, targets[] = {1, 1, 0, 0, 1};
    for (int t = 0; t < table_count(); t++) {
        const struct pt_activation_loops *loops = tables[t].activation;
        const double expected[] = {200, 0, 200, 0, log(2)};
        for (int i = 0; i < 5; i++)
            assert_near(loops->binary(logits + i, targets + i, 1, 1), expected[i], 1e-6);
        assert_near(loops->binary(logits, targets, 1, 3), 600, 1e-4);
    }
}

enum { LONGEST = 70, GUARD = 40, ROWS = 7 };

struct arrays {
    float a[GUARD + ROWS * LONGEST + GUARD], b[GUARD + ROWS * LONGEST + GUARD];
    float c[GUARD + LONGEST + GUARD], d[GUARD + LONGEST + GUARD];
    int8_t index[GUARD + LONGEST + GUARD];
};

static void run_activations(const struct pt_activation_loops *loops, float *a, float *b, float *c,
                            int64_t n)
{
    loops->silu(a, b, n);
    loops->quick_gelu(a, b, n);
    loops->gelu_tanh(a, b, n);
    loops->softplus(a, b, n);
    loops->silu_backward(a, b, c, n, true);
    loops->quick_gelu_backward(a, b, c, n, true);
    loops->gelu_tanh_backward(a, b, c, n, true);
    loops->softplus_backward(a, b, c, n, true);
    loops->leaky_relu(a, b, n, 0.1f);
    loops->elu(a, b, n, 0.1f);
    loops->leaky_relu_backward(a, b, c, n, 0.1f, true);
    loops->elu_backward(a, b, c, n, 0.1f, true);
    loops->sum(a, b, c, n);
    loops->sum_relu(a, b, c, n);
    loops->product(a, b, c, n, true);
    for (int f = 0; f < PT_GATE_COUNT; f++) {
        loops->gated[f](a, b, c, n);
        loops->gated_backward[f](a, b, c, c, c, n, true, true);
    }
    loops->smooth_l1(a, b, n, 1);
    loops->smooth_l1_slope(a, b, c, n, 1, 1, true);
    loops->binary(a, b, n, 1);
    loops->binary_slope(a, b, c, n, 1, 1, true);
    loops->binary_target_slope(a, b, c, n, 1, 1, true);
}

static void run_norms(const struct pt_norm_loops *loops, struct arrays *arrays, int64_t n)
{
    float *a = arrays->a + GUARD, *b = arrays->b + GUARD, *c = arrays->c + GUARD;
    float *d = arrays->d + GUARD;
    float r = loops->rms(a, b, c, n, 1e-6f, 0);
    loops->rms_backward(a, d, b, b, c, n, r, 0, true, false);
    for (int64_t rows = 1; rows <= ROWS; rows++) {
        loops->add_sums(c, a, rows, n);
        loops->add_squares(c, a, d, rows, n);
        loops->normalize(a, b, c, c, d, rows, n, rows % 2 == 0);
        loops->add_gradient_sums(c, d, a, b, c, rows, n);
        loops->normalize_backward(a, b, a, c, c, d, d, rows, n, true);
    }
}

static void run_pools(const struct pt_pool_loops *loops, struct arrays *arrays, int64_t n)
{
    struct pt_pool_window window = {.x = arrays->b + GUARD,
                                    .rows = 2,
                                    .columns = 3,
                                    .row_stride = 3 * n,
                                    .row_step = 3,
                                    .scale = 0.5f};
    int8_t *index = arrays->index + GUARD;
    loops->mean(arrays->c + GUARD, &window, n);
    loops->max(arrays->c + GUARD, index, 1, &window, n);
    loops->max_backward(&window, arrays->b + GUARD, arrays->c + GUARD, index, 1, n, true);
}

static void fill_with(float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = 0.25f;
}

static void assert_guards(const float *values, int64_t n)
{
    for (int64_t i = 0; i < GUARD; i++)
        assert_true(values[i] == 0.25f && values[GUARD + n + i] == 0.25f);
}

static void loops_touch_nothing_beyond_their_elements(void **unused)
{
    (void)unused;
    static struct arrays arrays;
    for (int t = 0; t < table_count(); t++)
        for (int64_t n = 1; n <= LONGEST; n++) {
            fill_with(arrays.a, sizeof arrays.a / sizeof(float));
            fill_with(arrays.b, sizeof arrays.b / sizeof(float));
            fill_with(arrays.c, sizeof arrays.c / sizeof(float));
            fill_with(arrays.d, sizeof arrays.d / sizeof(float));
            memset(arrays.index, 99, sizeof arrays.index);
            run_activations(tables[t].activation, arrays.a + GUARD, arrays.b + GUARD,
                            arrays.c + GUARD, n);
            run_norms(tables[t].norm, &arrays, n);
            run_pools(tables[t].pool, &arrays, n);
            assert_guards(arrays.a, ROWS * n);
            assert_guards(arrays.b, ROWS * n);
            assert_guards(arrays.c, n);
            assert_guards(arrays.d, n);
            for (int i = 0; i < GUARD; i++)
                assert_true(arrays.index[i] == 99 && arrays.index[GUARD + n + i] == 99);
        }
}

// Blocks of rows are merged: for any number of rows, as in two passes in double precision.
static void moments_equal_their_formulas(void **unused)
{
    (void)unused;
    enum { MOST_ROWS = 700, COLUMNS = 37 };
    static float x[MOST_ROWS * COLUMNS];
    float mean[COLUMNS], squares[COLUMNS], distance[COLUMNS], block[2 * COLUMNS];
    fill_random(x, MOST_ROWS * COLUMNS, 1);
    for (int64_t i = 0; i < MOST_ROWS * COLUMNS; i++)
        x[i] += 300;
    for (int t = 0; t < table_count(); t++)
        for (int64_t rows = 1; rows <= MOST_ROWS; rows = rows * 2 + 1) {
            tables[t].norm->moments(mean, squares, x, rows, COLUMNS, distance, block);
            for (int c = 0; c < COLUMNS; c++) {
                double exact = 0, distances = 0;
                for (int64_t row = 0; row < rows; row++)
                    exact += (double)x[row * COLUMNS + c] / (double)rows;
                for (int64_t row = 0; row < rows; row++)
                    distances += pow((double)x[row * COLUMNS + c] - exact, 2);
                assert_near(mean[c], exact, 3.1e-5); // one unit in the last place of 300
                assert_near(squares[c], distances, 1e-5 * distances + 1e-6);
            }
        }
}

// A NaN is larger than any number, wherever it stands; of equal values the first is taken.
static void the_largest_is_the_first_of_them(void **unused)
{
    (void)unused;
    const float x[] = {1, 5, NAN, -INFINITY, 3, 5, 2, -INFINITY, 3, 1, 7, -INFINITY};
    struct pt_pool_window window = {
        .x = x, .rows = 1, .columns = 3, .row_stride = 12, .first = 4, .row_step = 9};
    for (int t = 0; t < table_count(); t++)
        for (int bytes = 1; bytes <= 4; bytes *= 2) {
            float y[4];
            int32_t words[4] = {0};
            int64_t index[4];
            tables[t].pool->max(y, words, bytes, &window, 4);
            for (int c = 0; c < 4; c++)
                index[c] = bytes == 1   ? ((int8_t *)words)[c]
                           : bytes == 2 ? ((int16_t *)words)[c]
                                        : words[c];
            assert_true(y[0] == 3 && index[0] == 5);
            assert_true(y[1] == 5 && index[1] == 4);
            assert_true(isnan(y[2]) && index[2] == 4);
            assert_true(isinf(y[3]) && index[3] == 4);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_accurate_to_a_few_units),
        cmocka_unit_test(functions_keep_their_limits),
        cmocka_unit_test(losses_let_nan_through),
        cmocka_unit_test(sure_logits_cost_what_they_should),
        cmocka_unit_test(loops_touch_nothing_beyond_their_elements),
        cmocka_unit_test(moments_equal_their_formulas),
        cmocka_unit_test(the_largest_is_the_first_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
