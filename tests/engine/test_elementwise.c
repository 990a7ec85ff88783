// The loops over elements against libm in double precision, for each set of instructions that this
// CPU has; and that they touch nothing beyond their n elements.

#include "engine_support.h"

#include "engine/cpu.h"
#include "engine/elementwise.h"

static const struct pt_elementwise *tables[3];
static int table_count;

static void find_tables(void)
{
    tables[table_count++] = &pt_elementwise_portable;
#if defined(__x86_64__)
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        tables[table_count++] = &pt_elementwise_avx2;
    if (pt_cpu_isa() >= PT_ISA_AVX512)
        tables[table_count++] = &pt_elementwise_avx512;
#endif
}

static double gelu_of(double x)
{
    return 0.5 * x * (1 + erf(x / sqrt(2)));
}

static double gelu_slope_of(double x)
{
    return 0.5 * (1 + erf(x / sqrt(2))) + x * exp(-x * x / 2) / sqrt(2 * M_PI);
}

static double sigmoid_of(double x)
{
    return 1 / (1 + exp(-x));
}

enum { POINTS = 200003 };

static float xs[POINTS], ys[POINTS], ones[POINTS];

// From -12 to 12, where all of these functions have become straight lines.
static void fill_points(void)
{
    for (int i = 0; i < POINTS; i++) {
        xs[i] = (float)(24.0 * i / (POINTS - 1) - 12);
        ones[i] = 1;
    }
}

// Within tolerance times the larger of the value and floor.
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

// 2^-24 = 6e-8 is half a unit in the last place. GELU loses digits where 1 + erf cancels, so there
// its error is relative to 0.01.
static void functions_are_accurate_to_a_few_units(void **unused)
{
    (void)unused;
    for (int t = 0; t < table_count; t++) {
        tables[t]->tanh(ys, xs, POINTS);
        check_curve("tanh", tanh, 2.5e-7, 1e-30);
        tables[t]->sigmoid(ys, xs, POINTS);
        check_curve("sigmoid", sigmoid_of, 2.5e-7, 1e-30);
        tables[t]->gelu(ys, xs, POINTS);
        check_curve("gelu", gelu_of, 3e-7, 1);
        tables[t]->gelu_backward(ys, ones, xs, POINTS, false);
        check_curve("gelu slope", gelu_slope_of, 3e-7, 1);
        tables[t]->scaled_softmax(ys, xs, POINTS, 0, 1, false);
        check_curve("exp", exp, 2.5e-7, 1e-30);
    }
}

static void functions_keep_their_limits(void **unused)
{
    (void)unused;
    const float x[] = {INFINITY, -INFINITY, NAN, 0, 100, -100, 88.7f, -87.3f, 1e-30f, -1e-30f};
    enum { N = sizeof x / sizeof *x };
    float y[N];
    for (int t = 0; t < table_count; t++) {
        tables[t]->tanh(y, x, N);
        assert_near(y[0], 1, 0);
        assert_near(y[1], -1, 0);
        assert_true(isnan(y[2]));
        assert_near(y[8], 1e-30, 1e-37);
        assert_near(y[9], -1e-30, 1e-37);
        tables[t]->sigmoid(y, x, N);
        assert_near(y[0], 1, 0);
        assert_near(y[1], 0, 0);
        assert_true(isnan(y[2]));
        assert_near(y[3], 0.5, 0);
        assert_near(y[5], 0, 1e-38);
        tables[t]->scaled_softmax(y, x, N, 0, 1, false);
        assert_true(isinf(y[0]) && y[0] > 0);
        assert_near(y[1], 0, 0);
        assert_true(isnan(y[2]));
        assert_near(y[3], 1, 0);
        assert_true(isinf(y[4]));
        assert_near(y[6] / exp((double)x[6]), 1, 1e-6);
        assert_near(y[7] / exp((double)x[7]), 1, 1e-6);
        tables[t]->gelu(y, x, N);
        assert_true(isinf(y[0]) && isnan(y[2]));
        assert_near(y[4], 100, 0);
        assert_near(y[5], 0, 0);
    }
}

// A network that diverges must show it, so relu does not turn NaN into 0.
static void relu_lets_nan_through(void **unused)
{
    (void)unused;
    for (int t = 0; t < table_count; t++) {
        float x[] = {NAN, -1, 2, -INFINITY, INFINITY, -NAN, 0}, y[7], dx[7];
        tables[t]->relu(y, x, 7);
        assert_true(isnan(y[0]) && isnan(y[5]));
        assert_near(y[1], 0, 0);
        assert_near(y[2], 2, 0);
        assert_near(y[3], 0, 0);
        assert_true(isinf(y[4]));
        tables[t]->relu_backward(dx, x, y, 7, false);
        assert_true(isnan(dx[0]));
        assert_near(dx[1], 0, 0);
        assert_near(dx[2], 2, 0);
        assert_near(dx[6], 0, 0);
    }
}

enum { LONGEST = 70, GUARD = 40 };

// Runs every loop on n elements between guards. a, b, c: 3 arrays that it may change.
static void run_all(const struct pt_elementwise *table, float *a, float *b, float *c, int64_t n)
{
    int8_t mask[LONGEST];
    struct pt_dropout_rule rule = {.seed = 1, .stream = 2, .threshold = 1u << 31, .scale = 2};
    table->relu(a, b, n);
    table->gelu(a, b, n);
    table->tanh(a, b, n);
    table->sigmoid(a, b, n);
    table->relu_backward(a, b, c, n, true);
    table->gelu_backward(a, b, c, n, true);
    table->tanh_backward(a, b, c, n, true);
    table->sigmoid_backward(a, b, c, n, true);
    table->scale(a, b, n, 0.5f, true);
    table->softmax(a, b, n);
    table->softmax_backward(a, b, c, n, true);
    table->scaled_softmax(a, b, n, 1, 1, true);
    struct pt_row_statistics row = table->layer_norm(a, b, c, c, n, 1e-5f);
    table->layer_norm_backward(a, b, c, b, c, b, n, row, true, false);
    table->scaled_difference(a, b, c, n, 0.5f, true);
    table->column_sums(a, b, 1, n, n, true);
    table->dropout(a, mask, b, 0, n, &rule);
    table->dropout_backward(a, mask, b, n, 2, true);
}

static void loops_touch_nothing_beyond_their_elements(void **unused)
{
    (void)unused;
    for (int t = 0; t < table_count; t++)
        for (int64_t n = 1; n <= LONGEST; n++) {
            float arrays[3][GUARD + LONGEST + GUARD];
            for (int k = 0; k < 3; k++)
                for (int i = 0; i < GUARD + LONGEST + GUARD; i++)
                    arrays[k][i] = 0.25f;
            run_all(tables[t], arrays[0] + GUARD, arrays[1] + GUARD, arrays[2] + GUARD, n);
            for (int k = 0; k < 3; k++)
                for (int i = 0; i < GUARD + LONGEST + GUARD; i++)
                    if (i < GUARD || i >= GUARD + n)
                        assert_true(arrays[k][i] == 0.25f);
        }
}

static void rows_equal_their_formulas(void **unused)
{
    (void)unused;
    float x[LONGEST], y[LONGEST], gamma[LONGEST], beta[LONGEST];
    for (int t = 0; t < table_count; t++)
        for (int64_t n = 1; n <= LONGEST; n++) {
            double most = -INFINITY, sum = 0, mean = 0, variance = 0;
            fill_random(x, n, 1);
            fill_random(gamma, n, 2);
            fill_random(beta, n, 3);
            x[0] += 20; // far from the others: the maximum must be subtracted
            for (int64_t i = 0; i < n; i++)
                most = fmax(most, x[i]), mean += (double)x[i] / (double)n;
            for (int64_t i = 0; i < n; i++) {
                sum += exp(x[i] - most);
                variance += (x[i] - mean) * (x[i] - mean) / (double)n;
            }
            assert_near(tables[t]->log_sum_exp(x, n), most + log(sum), 3e-6);
            tables[t]->softmax(y, x, n);
            for (int64_t i = 0; i < n; i++)
                assert_near(y[i], exp(x[i] - most) / sum, 1e-6);
            struct pt_row_statistics row = tables[t]->layer_norm(y, x, gamma, beta, n, 1e-3f);
            assert_near(row.mean, mean, 5e-6);
            for (int64_t i = 0; i < n; i++)
                assert_near(y[i], (x[i] - mean) / sqrt(variance + 1e-3) * gamma[i] + beta[i], 2e-4);
        }
}

static void sums_equal_their_formulas(void **unused)
{
    (void)unused;
    enum { ROWS = 9, STRIDE = 301 };
    static float x[ROWS * STRIDE], y[ROWS * STRIDE];
    float sums[STRIDE];
    fill_random(x, ROWS * STRIDE, 4);
    fill_random(y, ROWS * STRIDE, 5);
    for (int t = 0; t < table_count; t++)
        for (int64_t columns = 1; columns <= STRIDE; columns += 5) {
            double squares = 0;
            for (int64_t i = 0; i < columns; i++) {
                sums[i] = 100;
                squares += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
            }
            assert_near(tables[t]->squared_distance(x, y, columns), squares, 1e-6 * squares);
            tables[t]->column_sums(sums, x, ROWS, columns, STRIDE, true);
            for (int64_t i = 0; i < columns; i++) {
                double sum = 100;
                for (int row = 0; row < ROWS; row++)
                    sum += x[row * STRIDE + i];
                assert_near(sums[i], sum, 1e-4);
            }
        }
}

// The words of pt_random_block, in order, whatever the width of the vectors.
static void dropout_draws_the_bits_of_its_stream(void **unused)
{
    (void)unused;
    enum { N = 333 };
    const int64_t begin = 64 * 1000003;
    struct pt_dropout_rule rule = {.seed = 0x0123456789abcdef,
                                   .stream = 0xfedcba9876543210,
                                   .threshold = 0x60000000,
                                   .scale = 1.6f};
    float x[N], y[N], dx[N];
    int8_t mask[N];
    fill_random(x, N, 6);
    for (int t = 0; t < table_count; t++) {
        tables[t]->dropout(y, mask, x, begin, N, &rule);
        tables[t]->dropout_backward(dx, mask, x, N, rule.scale, false);
        for (int i = 0; i < N; i++) {
            uint32_t words[4];
            pt_random_block(rule.seed, rule.stream, (uint64_t)(begin + i) / 4, words);
            bool kept = words[(begin + i) % 4] >= rule.threshold;
            assert_int_equal(mask[i], kept ? -1 : 0);
            assert_true(y[i] == (kept ? x[i] * rule.scale : 0));
            assert_true(dx[i] == y[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_accurate_to_a_few_units),
        cmocka_unit_test(functions_keep_their_limits),
        cmocka_unit_test(relu_lets_nan_through),
        cmocka_unit_test(loops_touch_nothing_beyond_their_elements),
        cmocka_unit_test(rows_equal_their_formulas),
        cmocka_unit_test(sums_equal_their_formulas),
        cmocka_unit_test(dropout_draws_the_bits_of_its_stream),
    };
    find_tables();
    fill_points();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
