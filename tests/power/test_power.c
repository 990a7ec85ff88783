// The power model: arithmetic of the table, and laws.

#include "power/power.h"

#include "support.h"

static struct pt_cpu_info cpu_of(const char *microarchitecture, int threads, double gib)
{
    struct pt_cpu_info cpu = {.machine_threads = threads, .memory_bytes = gib * 1073741824.0};
    snprintf(cpu.microarchitecture, sizeof cpu.microarchitecture, "%s", microarchitecture);
    return cpu;
}

// Cloud Carbon Footprint, Milan: 0.46 and 1.96 W a thread. 8 threads at half load:
// 4 x 0.46 + 4 x 1.96 = 9.68 W, and 32 GB of memory at 0.375 W = 12 W.
static void a_known_processor_is_a_line_between_idle_and_full(void **unused)
{
    struct pt_cpu_info cpu = cpu_of("Zen 3", 8, 32e9 / 1073741824.0);
    struct pt_power_model model = pt_power_model_of(&cpu);
    assert_near(pt_power_at(&model, 0).value, 3.68 + 12, 1e-9);
    assert_near(pt_power_at(&model, 0.5).value, 9.68 + 12, 1e-9);
    assert_near(pt_power_at(&model, 1).value, 15.68 + 12, 1e-9);
    assert_int_equal(pt_power_at(&model, 0.5).provenance, PT_MODELLED);
    assert_contains(model.source, "Milan");
    // 40 % of the CPU, and 0.284 to 0.392 W per GB
    assert_near(pt_power_at(&model, 1).high, 15.68 * 1.4 + 32 * 0.392, 1e-9);
    assert_near(pt_power_at(&model, 1).low, 15.68 * 0.6 + 32 * 0.284, 1e-9);
    (void)unused;
}

// Mean of the idle column: (.61 + .69 + .77 + 1.04 + .81 + .58 + .85 + .47 + .46 + .74 + .47) / 11
static void an_unknown_processor_is_the_mean_with_the_spread(void **unused)
{
    struct pt_cpu_info cpu = cpu_of("Zen 5", 2, 8);
    struct pt_power_model model = pt_power_model_of(&cpu);
    assert_near(model.idle_watts_per_thread.value, 7.49 / 11, 1e-9);
    assert_near(model.full_watts_per_thread.value, 33.31 / 11, 1e-9);
    assert_int_equal(pt_power_at(&model, 1).provenance, PT_ASSUMED);
    assert_contains(model.source, "mean of 11");
    for (const struct pt_cpu_power *row = pt_cpu_powers; row->microarchitecture != NULL; row++) {
        assert_true(model.full_watts_per_thread.low < row->full_watts_per_thread);
        assert_true(model.full_watts_per_thread.high > row->full_watts_per_thread);
        assert_true(model.idle_watts_per_thread.low < row->idle_watts_per_thread);
        assert_true(model.idle_watts_per_thread.high > row->idle_watts_per_thread);
    }
    cpu.microarchitecture[0] = '\0';
    model = pt_power_model_of(&cpu);
    assert_contains(model.source, "unknown");
    (void)unused;
}

static void power_grows_with_load_and_twice_the_threads_draw_twice(void **unused)
{
    for (const struct pt_cpu_power *row = pt_cpu_powers; row->microarchitecture != NULL; row++) {
        struct pt_cpu_info one = cpu_of(row->microarchitecture, 4, 16);
        struct pt_cpu_info two = cpu_of(row->microarchitecture, 8, 32);
        struct pt_power_model small = pt_power_model_of(&one), large = pt_power_model_of(&two);
        double before = 0;
        for (int i = 0; i <= 10; i++) {
            struct pt_quantity watts = pt_power_at(&small, i / 10.0);
            assert_true(watts.value > before && watts.low > 0);
            assert_true(watts.low < watts.value && watts.value < watts.high);
            assert_near(pt_power_at(&large, i / 10.0).value, 2 * watts.value, 1e-9);
            before = watts.value;
        }
    }
    (void)unused;
}

// Whoever has everything answers for everything; shares add up to the whole when all are busy.
static void shares_add_up(void **unused)
{
    struct pt_cpu_info cpu = cpu_of("Genoa", 16, 64);
    struct pt_power_model model = pt_power_model_of(&cpu);
    double whole = pt_power_at(&model, 1).value;
    assert_near(pt_power_share(&model, 16, 64).value, whole, 1e-9);
    assert_near(pt_power_share(&model, 6, 48).value + pt_power_share(&model, 10, 16).value, whole,
                1e-9);
    assert_near(pt_power_share(&model, 0, 0).value, 0, 0);
    assert_near(pt_power_share(&model, 500, 64).value, whole, 1e-9); // threads beyond the machine's
    (void)unused;
}

static void memory_that_is_not_known_makes_the_watts_missing(void **unused)
{
    struct pt_cpu_info cpu = cpu_of("Zen 3", 4, 0);
    struct pt_power_model model = pt_power_model_of(&cpu);
    assert_false(pt_quantity_known(pt_power_at(&model, 0.5)));
    assert_true(pt_quantity_known(pt_power_share(&model, 1, 1)));
    (void)unused;
}

static void every_row_is_plausible_and_named_once(void **unused)
{
    for (const struct pt_cpu_power *row = pt_cpu_powers; row->microarchitecture != NULL; row++) {
        assert_true(row->idle_watts_per_thread > 0.2 && row->idle_watts_per_thread < 2);
        assert_true(row->full_watts_per_thread > 2 * row->idle_watts_per_thread);
        assert_true(row->full_watts_per_thread < 8);
        assert_true(strlen(row->source) > 10);
        for (const struct pt_cpu_power *other = pt_cpu_powers; other != row; other++)
            assert_string_not_equal(row->microarchitecture, other->microarchitecture);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_processor_is_a_line_between_idle_and_full),
        cmocka_unit_test(an_unknown_processor_is_the_mean_with_the_spread),
        cmocka_unit_test(power_grows_with_load_and_twice_the_threads_draw_twice),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(memory_that_is_not_known_makes_the_watts_missing),
        cmocka_unit_test(every_row_is_plausible_and_named_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
