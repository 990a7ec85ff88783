// The roofline: hand arithmetic and laws.

#include "hardware/roofline.h"
#include "support.h"

// 100 GFLOP/s fp32, 300 bf16, 10 GB/s from memory, 40 from 1 MB of cache.
static const struct pt_calibration_point speed = {.threads = 1,
                                                  .fp32_flop_per_second = 100e9,
                                                  .bf16_flop_per_second = 300e9,
                                                  .memory_bytes_per_second = 10e9,
                                                  .cache_bytes_per_second = 40e9,
                                                  .cache_bytes = 1e6};

static double seconds(struct pt_work work, enum pt_precision precision)
{
    return pt_roofline_seconds(&work, &speed, precision, 0);
}

// 1 GFLOP at 100 GFLOP/s is 10 ms; 1 GB at 10 GB/s is 100 ms; 1 MB at 40 GB/s is 25 us.
static void the_slower_of_products_and_memory_decides(void **unused)
{
    (void)unused;
    struct pt_work products = {.flop = 1000000000, .matmul_flop = 1000000000, .bytes = 1000};
    struct pt_work memory = {.flop = 1000, .matmul_flop = 1000, .bytes = 1000000000};
    struct pt_work cached = {.flop = 1000, .matmul_flop = 0, .bytes = 1000000};
    assert_near(seconds(products, PT_PRECISION_FP32), 0.010, 1e-12);
    assert_near(seconds(products, PT_PRECISION_BF16), 0.010 / 3, 1e-12);
    assert_near(seconds(memory, PT_PRECISION_FP32), 0.1, 1e-12);
    assert_near(seconds(cached, PT_PRECISION_FP32), 25e-6, 1e-12);
    assert_near(pt_roofline_seconds(&cached, &speed, PT_PRECISION_FP32, 3e-6), 28e-6, 1e-12);
}

// Work that is no product goes at the speed of memory, whatever its FLOP.
static void other_work_does_not_run_on_the_matrix_units(void **unused)
{
    (void)unused;
    struct pt_work work = {.flop = 4000000, .matmul_flop = 0, .bytes = 8000000};
    assert_near(seconds(work, PT_PRECISION_FP32), 8e6 / 10e9, 1e-12);
    assert_near(seconds(work, PT_PRECISION_BF16), 8e6 / 10e9, 1e-12);
}

static void more_work_never_takes_less_time(void **unused)
{
    (void)unused;
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 10000; i++) {
        int64_t numbers[4];
        for (int j = 0; j < 4; j++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            numbers[j] = (int64_t)(state >> (20 + state % 40));
        }
        struct pt_work less = {numbers[0], numbers[0], numbers[1]};
        struct pt_work more = {numbers[0] + numbers[2], numbers[0] + numbers[2],
                               numbers[1] + numbers[3]};
        assert_true(seconds(more, PT_PRECISION_FP32) >= seconds(less, PT_PRECISION_FP32));
        assert_true(seconds(less, PT_PRECISION_BF16) <= seconds(less, PT_PRECISION_FP32));
    }
}

static void an_unknown_speed_is_an_unknown_time(void **unused)
{
    struct pt_calibration_point no_bf16 = speed;
    struct pt_work product = {.flop = 1000, .matmul_flop = 1000, .bytes = 1000000000};
    struct pt_work copy = {.bytes = 1000};
    (void)unused;
    no_bf16.bf16_flop_per_second = NAN;
    assert_true(isnan(pt_roofline_seconds(&product, &no_bf16, PT_PRECISION_BF16, 0)));
    assert_false(isnan(pt_roofline_seconds(&copy, &no_bf16, PT_PRECISION_BF16, 0)));
    no_bf16.memory_bytes_per_second = NAN;
    assert_true(isnan(pt_roofline_seconds(&product, &no_bf16, PT_PRECISION_FP32, 0)));
}

// x [batch, 1024] -> linear 1024 -> relu -> linear 512 -> mse
static struct pt_graph *network(int64_t batch, int64_t width)
{
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_graph_create("test", &graph, &error), PT_OK, &error);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){batch, 1024});
    pt_tensor target = pt_input(graph, "y", PT_FLOAT32, 2, (int64_t[]){batch, 512});
    pt_tensor hidden = pt_relu(graph, pt_linear(graph, x, width, true));
    pt_mse(graph, pt_linear(graph, hidden, 512, true), target);
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static struct pt_step_time step(int64_t batch, int64_t width, const struct pt_calibration_point *at,
                                enum pt_precision precision, double overhead)
{
    struct pt_graph *graph = network(batch, width);
    struct pt_arena *arena = pt_arena_create();
    struct pt_demand_options options = {.optimizer = PT_ADAM, .precision = precision};
    struct pt_demand demand;
    struct pt_error error;
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    struct pt_step_time time =
        pt_roofline_step(graph, &demand, at, precision, overhead, 0.25, PT_MODELLED);
    pt_arena_destroy(arena);
    pt_graph_destroy(graph);
    return time;
}

// Compute-bound on a machine with boundless memory: twice the samples, twice the forward pass.
static void twice_the_samples_take_twice_the_time(void **unused)
{
    struct pt_calibration_point fast_memory = speed;
    (void)unused;
    fast_memory.memory_bytes_per_second = fast_memory.cache_bytes_per_second = 1e15;
    double one = step(256, 1024, &fast_memory, PT_PRECISION_FP32, 0).forward.value;
    double two = step(512, 1024, &fast_memory, PT_PRECISION_FP32, 0).forward.value;
    assert_near(two / one, 2, 1e-4);
}

// Products of 256 x 1024 x 1024 and 256 x 512 x 1024: 2 (268 + 134) MFLOP = 0.805 GFLOP at 100
// GFLOP/s, each k/(k+4) below the peak: 8.05 ms * 1028/1024 = 8.08 ms, if memory costs nothing.
static void a_forward_pass_is_the_sum_of_its_products(void **unused)
{
    struct pt_calibration_point fast_memory = speed;
    (void)unused;
    fast_memory.memory_bytes_per_second = fast_memory.cache_bytes_per_second = 1e15;
    struct pt_step_time time = step(256, 1024, &fast_memory, PT_PRECISION_FP32, 0);
    double flop = 2.0 * 256 * 1024 * (1024 + 512);
    assert_near(time.forward.value, flop / 100e9 * 1028 / 1024, 1e-7);
    // backward: both products for the second layer, only the weights' for the first; rows are 256
    double weights = flop / 100e9 * (256 + 4) / 256.0;
    double inputs = 2.0 * 256 * 1024 * 512 / 100e9 * (512 + 4) / 512;
    assert_near(time.backward.value, weights + inputs, 1e-7);
}

static void a_step_is_the_sum_of_its_passes_and_keeps_its_interval(void **unused)
{
    (void)unused;
    struct pt_step_time time = step(256, 1024, &speed, PT_PRECISION_FP32, 1e-6);
    assert_near(time.step.value, time.forward.value + time.backward.value + time.optimizer.value,
                1e-12);
    assert_true(time.optimizer.value > 0);
    assert_near(time.step.low, 0.75 * time.step.value, 1e-12);
    assert_near(time.step.high, 1.25 * time.step.value, 1e-12);
    assert_int_equal(time.step.provenance, PT_MODELLED);
}

static void an_overhead_is_paid_per_operator(void **unused)
{
    (void)unused;
    double without = step(256, 1024, &speed, PT_PRECISION_FP32, 0).forward.value;
    double with = step(256, 1024, &speed, PT_PRECISION_FP32, 1e-3).forward.value;
    assert_near(with - without, 4e-3, 1e-9); // linear, relu, linear, mse
}

// A step whose 20 MB fit into the cache streams at 40 GB/s instead of 10.
static void a_step_that_fits_into_the_cache_streams_from_it(void **unused)
{
    struct pt_calibration_point large_cache = speed;
    (void)unused;
    large_cache.cache_bytes = 1e9;
    double memory = step(256, 1024, &speed, PT_PRECISION_FP32, 0).optimizer.value;
    double cache = step(256, 1024, &large_cache, PT_PRECISION_FP32, 0).optimizer.value;
    assert_near(memory / cache, 4, 1e-9);
}

// 17 columns need two tiles of 16 as 32 do: the product of 17 takes the same time.
static void part_of_a_tile_costs_a_whole_one(void **unused)
{
    struct pt_calibration_point fast_memory = speed;
    (void)unused;
    fast_memory.memory_bytes_per_second = fast_memory.cache_bytes_per_second = 1e15;
    // the hidden layer is an output of the first product and the loop of the second
    double wide = step(256, 32, &fast_memory, PT_PRECISION_FP32, 0).forward.value;
    double narrow = step(256, 17, &fast_memory, PT_PRECISION_FP32, 0).forward.value;
    double first = 2.0 * 256 * 1024 * 32 / 100e9 * 1028 / 1024;
    assert_near(wide - narrow, 2.0 * 256 * 512 / 100e9 * (36 - 21), 1e-9);
    assert_true(narrow > first);
}

static void a_step_without_bf16_units_is_missing_in_bf16(void **unused)
{
    struct pt_calibration_point no_bf16 = speed;
    (void)unused;
    no_bf16.bf16_flop_per_second = NAN;
    struct pt_step_time time = step(256, 1024, &no_bf16, PT_PRECISION_BF16, 0);
    assert_false(pt_quantity_known(time.forward));
    assert_false(pt_quantity_known(time.step));
    assert_true(pt_quantity_known(time.optimizer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slower_of_products_and_memory_decides),
        cmocka_unit_test(other_work_does_not_run_on_the_matrix_units),
        cmocka_unit_test(more_work_never_takes_less_time),
        cmocka_unit_test(an_unknown_speed_is_an_unknown_time),
        cmocka_unit_test(twice_the_samples_take_twice_the_time),
        cmocka_unit_test(a_forward_pass_is_the_sum_of_its_products),
        cmocka_unit_test(a_step_is_the_sum_of_its_passes_and_keeps_its_interval),
        cmocka_unit_test(an_overhead_is_paid_per_operator),
        cmocka_unit_test(a_step_that_fits_into_the_cache_streams_from_it),
        cmocka_unit_test(part_of_a_tile_costs_a_whole_one),
        cmocka_unit_test(a_step_without_bf16_units_is_missing_in_bf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
