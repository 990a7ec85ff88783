// Idle watts: measured, kept, and given to the channels of a sensor.

#include "meter/idle_baseline.h"

#include "fake_process.h"

static struct fake_machine machine;
static struct pt_sensor *sensor;
static struct pt_error error;
static int waits;

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_threads = 0.5;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 40);
    fake_zone_add(&machine, "intel-rapl:0:0", "dram\n", 5);
    fake_proc_stat(&machine);
    sensor = fake_open(&machine, "powercap");
    waits = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_sensor_close(sensor);
    return 0;
}

// 40 W, and 60 W in every tenth second.
static void wait_unevenly(void *state, double seconds)
{
    (void)state;
    machine.zones[0].watts = waits++ % 10 == 5 ? 60 : 40;
    fake_advance(&machine, seconds);
}

static enum pt_status measure(double seconds, struct pt_idle_baseline *ret)
{
    struct pt_idle_measure how = {
        .seconds = seconds, .root = machine.root, .clock = &machine.clock, .wait = wait_unevenly};
    return pt_idle_baseline_measure(&how, sensor, ret, &error);
}

static void the_median_is_not_moved_by_a_burst(void **unused)
{
    struct pt_idle_baseline baseline;
    struct pt_idle_rule rule = {0};
    assert_status(measure(30, &baseline), PT_OK, &error);
    assert_near(baseline.seconds, 30, 1e-9);
    assert_near(baseline.busy_cpus, 0.5, 0.01);
    assert_int_equal(baseline.count, 2);
    assert_status(pt_idle_baseline_use(&baseline, sensor, &rule, &error), PT_OK, &error);
    int package = fake_channel(sensor, "package-0");
    assert_true(rule.known);
    assert_near(rule.power[package].watts, 40, 1e-3);
    assert_true(rule.power[package].low <= 40 && rule.power[package].high >= 59);
    assert_near(rule.power[fake_channel(sensor, "package-0/dram")].watts, 5, 1e-3);
    (void)unused;
}

static void times_that_make_no_sense_are_refused(void **unused)
{
    struct pt_idle_baseline baseline;
    assert_status(measure(0.5, &baseline), PT_USAGE, &error);
    assert_status(measure(1e6, &baseline), PT_USAGE, &error);
    assert_status(measure(NAN, &baseline), PT_USAGE, &error);
    (void)unused;
}

static void a_read_that_fails_is_no_baseline(void **unused)
{
    struct pt_idle_baseline baseline;
    machine.zones[1].frozen = true;
    fake_zone_file(&machine, "intel-rapl:0:0", "energy_uj", "");
    assert_status(measure(5, &baseline), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "dram");
    (void)unused;
}

static void it_is_kept_for_this_machine(void **unused)
{
    struct pt_idle_baseline baseline, again;
    struct pt_arena *arena = pt_arena_create();
    assert_status(pt_idle_baseline_load(arena, machine.root, &again, &error), PT_UNAVAILABLE,
                  &error);
    assert_contains(error.message, "--baseline");
    assert_status(measure(10, &baseline), PT_OK, &error);
    baseline.host = "node17";
    baseline.date = "2026-01-31T12:00:00Z";
    assert_status(pt_idle_baseline_save(&baseline, machine.root, &error), PT_OK, &error);
    assert_status(pt_idle_baseline_load(arena, machine.root, &again, &error), PT_OK, &error);
    assert_string_equal(again.host, "node17");
    assert_int_equal(again.count, baseline.count);
    for (int i = 0; i < again.count; i++) {
        assert_string_equal(again.channels[i].name, baseline.channels[i].name);
        assert_true(again.channels[i].power.watts == baseline.channels[i].power.watts);
        assert_true(again.channels[i].power.high == baseline.channels[i].power.high);
    }
    pt_arena_destroy(arena);
    (void)unused;
}

static void of_another_sensor_it_is_not_used(void **unused)
{
    struct pt_idle_baseline baseline = {.count = 1};
    struct pt_idle_rule rule = {.known = true};
    baseline.channels[0].name = "wall";
    assert_status(pt_idle_baseline_use(&baseline, sensor, &rule, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "package-0");
    assert_false(rule.known);
    assert_status(pt_idle_baseline_of_model(machine.root, sensor, &baseline, &error),
                  PT_UNAVAILABLE, &error);
    (void)unused;
}

static void damaged_files_are_refused(void **unused)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "{\"format\": \"powertrain-idle-2\"}",
        "{\"format\": \"powertrain-idle-1\", \"host\": \"a\", \"date\": \"b\", \"seconds\": 1, "
        "\"channels\": []}",
        "{\"format\": \"powertrain-idle-1\", \"host\": \"a\", \"date\": \"b\", \"seconds\": 1, "
        "\"channels\": [{\"name\": \"x\", \"watts\": 5, \"low_watts\": 6, \"high_watts\": 7}]}",
        "{\"format\": \"powertrain-idle-1\", \"host\": \"a\", \"date\": \"b\", \"seconds\": 1, "
        "\"channels\": [{\"name\": \"x\", \"watts\": -5, \"low_watts\": 0, \"high_watts\": 7}]}",
        "{\"format\": \"powertrain-idle-1\", \"host\": \"a\", \"date\": \"b\", \"seconds\": 1, "
        "\"channels\": {\"name\": 1}}"};
    struct pt_arena *arena = pt_arena_create();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pt_idle_baseline baseline;
        assert_status(pt_idle_baseline_parse(arena, wrong[i], strlen(wrong[i]), "idle.json",
                                             &baseline, &error),
                      PT_BAD_INPUT, &error);
    }
    pt_arena_destroy(arena);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_median_is_not_moved_by_a_burst, setup, teardown),
        cmocka_unit_test_setup_teardown(times_that_make_no_sense_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_read_that_fails_is_no_baseline, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_kept_for_this_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(of_another_sensor_it_is_not_used, setup, teardown),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
