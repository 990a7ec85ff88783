// The whole meter on a machine whose time and energy the test turns: no thread, no waiting.

#include "meter/meter.h"

#include <pthread.h>

#include "base/random.h"
#include "fake_process.h"
#include "sensor/driver.h"

static struct fake_machine machine;
static struct pt_sensor *sensor;
static int64_t sleep_ns; // that the boot time is ahead of the monotonic one

static int64_t boottime(void *unused)
{
    (void)unused;
    return machine.now_ns + sleep_ns;
}

// Four threads, 50 W, one process of the tree.
static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_seconds = 100;
    sleep_ns = 0;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 50);
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    sensor = fake_open(&machine, "powercap");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_sensor_close(sensor);
    return 0;
}

static const char *const phases[] = {"data", "forward", "backward"};

static struct pt_meter_config config_of(enum pt_meter_scope scope)
{
    return (struct pt_meter_config){.sensor = sensor,
                                    .root = machine.root,
                                    .clock = &machine.clock,
                                    .boottime_ns = boottime,
                                    .interval_seconds = 0.1,
                                    .scope = scope,
                                    .pid = 50,
                                    .phases = phases,
                                    .phase_count = 3,
                                    .manual = true};
}

static struct pt_meter_engine *open_config(const struct pt_meter_config *config)
{
    struct pt_meter_engine *meter;
    struct pt_error error;
    assert_status(pt_meter_open(config, &meter, &error), PT_OK, &error);
    return meter;
}

static struct pt_meter_engine *open_scope(enum pt_meter_scope scope)
{
    struct pt_meter_config config = config_of(scope);
    return open_config(&config);
}

static struct pt_meter_report finish(struct pt_meter_engine *meter)
{
    struct pt_meter_report report;
    struct pt_error error;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    return report;
}

static void go(struct pt_meter_engine *meter, double seconds, int samples)
{
    for (int i = 0; i < samples; i++) {
        fake_advance(&machine, seconds / samples);
        pt_meter_sample_now(meter, NULL);
    }
}

static void assert_conserved(const struct pt_meter_report *report)
{
    struct pt_quantity sum = {0, 0, 0, PT_EXACT};
    double seconds = 0;
    for (int i = 0; i < report->phase_count; i++) {
        assert_true(report->phases[i].joules.value >= 0);
        sum = pt_quantity_sum(sum, report->phases[i].joules);
        seconds += report->phases[i].seconds;
    }
    assert_true(sum.value == report->joules.value); // exactly
    assert_true(sum.low == report->joules.low && sum.high == report->joules.high);
    assert_near(seconds, report->seconds, 1e-9);
    assert_true(report->joules.low <= report->joules.value);
    assert_true(report->joules.value <= report->joules.high);
    assert_true(report->joules.value <= report->machine_joules.value * (1 + 1e-12));
}

// The whole machine: 50 W for 10 s, 3 s of them forward.
static void the_machine_is_everything(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    go(meter, 7, 70);
    pt_meter_enter(meter, 1);
    go(meter, 3, 30);
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.joules.value, 500, 1e-3);
    assert_near(report.machine_joules.value, 500, 1e-3);
    assert_near(report.phases[0].joules.value, 350, 1e-3);
    assert_near(report.phases[1].joules.value, 150, 1e-3);
    assert_near(report.phases[2].joules.value, 0, 0);
    assert_near(report.seconds, 10, 1e-9);
    assert_near(report.coverage, 1, 1e-9);
    assert_int_equal(report.sample_count, 101);
    assert_int_equal(report.failed_count, 0);
    // +-10 % of the sensor and a millisecond of 10 s
    assert_near(report.joules.high, 550.05, 1e-2);
    assert_int_equal(report.joules.provenance, PT_MEASURED);
    pt_meter_close(meter);
    (void)unused;
}

// The machine is busy on two threads, one of them ours: half of 500 J.
static void a_tree_gets_its_share_of_the_busy_time(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_TREE);
    machine.busy_threads = 2;
    for (int i = 1; i <= 100; i++) {
        fake_process(&machine, 50, 1, 10 * i, 0, "");
        go(meter, 0.1, 1);
    }
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.cpu_seconds, 10, 1e-9);
    assert_near(report.machine_joules.value, 500, 1e-3);
    assert_near(report.joules.value, 250, 5);
    assert_true(report.joules.low < 220 && report.joules.high > 280); // CPU seconds differ in worth
    pt_meter_close(meter);
    (void)unused;
}

// Alone and busy on one of four threads: the idle watts are ours as well.
static void idle_energy_goes_to_who_is_busy(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_TREE);
    machine.busy_threads = 1;
    for (int i = 1; i <= 50; i++) {
        fake_process(&machine, 50, 1, 10 * i, 0, "");
        go(meter, 0.1, 1);
    }
    struct pt_meter_report report = finish(meter);
    assert_near(report.joules.value, 250, 1e-3);
    pt_meter_close(meter);
    (void)unused;
}

// In the first 5 s it was alone, in the next 5 s it slept while others worked: windows keep the
// two apart, a share over the whole run would not.
static void windows_keep_times_apart(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_TREE);
    machine.busy_threads = 4;
    for (int i = 1; i <= 50; i++) {
        fake_process(&machine, 50, 1, 40 * i, 0, "");
        go(meter, 0.1, 1);
    }
    machine.zones[0].watts = 100;
    go(meter, 5, 50);
    struct pt_meter_report report = finish(meter);
    assert_near(report.machine_joules.value, 750, 1e-3);
    assert_near(report.joules.value, 250, 30);
    pt_meter_close(meter);
    (void)unused;
}

// Phases of a millisecond between samples of 100 ms: energy by the time spent in each.
static void short_phases_share_an_interval(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    for (int i = 0; i < 2000; i++) {
        pt_meter_enter(meter, 1);
        fake_advance(&machine, 0.001);
        pt_meter_enter(meter, 2);
        fake_advance(&machine, 0.002);
        if (i % 33 == 0)
            pt_meter_sample_now(meter, NULL);
    }
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.phases[1].seconds, 2, 1e-9);
    assert_near(report.phases[1].joules.value, 100, 0.2);
    assert_near(report.phases[2].joules.value, 200, 0.2);
    pt_meter_close(meter);
    (void)unused;
}

// 2 s of 10 without a counter: nothing is lost, the coverage says so.
static void a_gap_costs_coverage_and_no_energy(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    go(meter, 4, 40);
    machine.zones[0].frozen = true; // writes nothing
    fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
    go(meter, 2, 20);
    machine.zones[0].frozen = false;
    machine.zones[0].joules += 100;
    go(meter, 4, 40);
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.joules.value, 500, 1e-3);
    assert_true(report.failed_count >= 20 && report.failed_count <= 21);
    assert_near(report.coverage, 0.8, 0.011);
    pt_meter_close(meter);
    (void)unused;
}

// The counter is gone to the end: filled in at the mean power, and the interval reaches 0 of it.
static void a_sensor_that_dies_leaves_a_wide_interval(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    go(meter, 5, 50);
    machine.zones[0].frozen = true;
    fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
    pt_meter_enter(meter, 2);
    go(meter, 5, 50);
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.joules.value, 500, 0.1);
    assert_near(report.phases[2].joules.value, 250, 5);
    assert_true(report.joules.low < 260 && report.joules.high > 740);
    assert_near(report.coverage, 0.5, 0.02);
    pt_meter_close(meter);
    (void)unused;
}

// Dead before the first interval ended, and without a self-test that would have seen its power
// (a recording): missing, not 0.
static void without_anything_to_judge_by_energy_is_missing(void **unused)
{
    struct pt_sensor *recorded;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    options.file = test_file(machine.root, "meter.csv", "seconds,channel,joules\n0,a,5\n9,a,\n");
    assert_status(pt_sensor_open("replay", &options, &recorded, &error), PT_OK, &error);
    struct pt_meter_config config = config_of(PT_SCOPE_MACHINE);
    config.sensor = recorded;
    struct pt_meter_engine *meter = open_config(&config);
    go(meter, 20, 20);
    struct pt_meter_report report = finish(meter);
    assert_false(pt_quantity_known(report.joules));
    assert_false(pt_quantity_known(report.machine_joules));
    assert_false(pt_quantity_known(report.phases[0].joules));
    assert_near(report.seconds, 20, 1e-9);
    pt_meter_close(meter);
    pt_sensor_close(recorded);
    (void)unused;
}

// The work began 1 s before the meter was open: 50 J more, as unsure as 50 J.
static void time_before_the_meter_is_filled_in(void **unused)
{
    struct pt_meter_config config = config_of(PT_SCOPE_MACHINE);
    config.started_ns = machine.now_ns;
    fake_advance(&machine, 1);
    struct pt_meter_engine *meter = open_config(&config);
    go(meter, 9, 90);
    struct pt_meter_report report = finish(meter);
    assert_conserved(&report);
    assert_near(report.seconds, 10, 1e-9);
    assert_near(report.joules.value, 500, 1e-3);
    assert_near(report.joules.high, 500 + 50 + 50, 0.5);
    assert_near(report.coverage, 0.9, 1e-9);
    pt_meter_close(meter);
    (void)unused;
}

// A child that was started before: all of its CPU time is ours, also what reaped children tell.
static void reaped_children_count(void **unused)
{
    struct pt_meter_config config = config_of(PT_SCOPE_TREE);
    config.started_ns = machine.now_ns;
    fake_process(&machine, (int)getpid(), 1, 0, 0, "50 ");
    fake_process(&machine, 50, (int)getpid(), 30, 0, "");
    fake_advance(&machine, 0.5);
    machine.busy_threads = 1;
    struct pt_meter_engine *meter = open_config(&config);
    go(meter, 4, 40);
    fake_process_end(&machine, 50);
    fake_process(&machine, (int)getpid(), 1, 0, 0, "");
    pt_meter_child_ended(meter, 4.25);
    struct pt_meter_report report = finish(meter);
    assert_near(report.cpu_seconds, 4.25, 1e-9);
    assert_conserved(&report);
    pt_meter_close(meter);
    (void)unused;
}

// The date is set a day back in the middle; the machine sleeps for an hour.
static void dates_may_jump_and_machines_sleep(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    int64_t begin = machine.realtime_ns;
    go(meter, 5, 50);
    machine.realtime_ns -= 86400 * 1000000000LL;
    sleep_ns = 3600 * 1000000000LL;
    go(meter, 5, 50);
    struct pt_meter_report report = finish(meter);
    assert_int_equal(report.start_realtime_ns, begin);
    assert_int_equal(report.end_realtime_ns, begin + 3610 * 1000000000LL);
    assert_near(report.suspended_seconds, 3600, 1e-6);
    assert_near(report.seconds, 10, 1e-9);
    assert_near(report.joules.value, 500, 1e-3);
    pt_meter_close(meter);
    (void)unused;
}

static void late_samples_are_counted(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_MACHINE);
    go(meter, 1, 10);
    fake_advance(&machine, 0.5);
    pt_meter_sample_now(meter, NULL);
    struct pt_meter_report report = finish(meter);
    assert_int_equal(report.late_count, 1);
    pt_meter_close(meter);
    (void)unused;
}

// Totals in between are those of a meter that stops there.
static void totals_in_between_grow_to_the_last(void **unused)
{
    struct pt_meter_engine *meter = open_scope(PT_SCOPE_TREE);
    machine.busy_threads = 1;
    double before = 0;
    for (int i = 1; i <= 30; i++) {
        struct pt_meter_report report;
        fake_process(&machine, 50, 1, 10 * i, 0, "");
        go(meter, 0.1, 1);
        pt_meter_now(meter, &report);
        assert_conserved(&report);
        assert_near(report.joules.value, 5.0 * i, 1e-3);
        assert_true(report.joules.value >= before);
        before = report.joules.value;
    }
    int64_t count;
    const struct pt_meter_sample *samples = pt_meter_samples(meter, &count);
    assert_int_equal(count, 30);
    assert_near(samples[29].joules, 150, 1e-3);
    assert_near(samples[29].watts, 50, 1e-3);
    struct pt_meter_report report = finish(meter);
    samples = pt_meter_samples(meter, &count);
    assert_near(samples[count - 1].joules, report.joules.value, 1e-9);
    pt_meter_close(meter);
    (void)unused;
}

// Random loads, phases, gaps and wraps: what is reported of the machine holds the truth, and
// everything adds up.
static void random_runs_conserve_energy(void **unused)
{
    for (uint64_t run = 0; run < 20; run++) {
        setup(NULL);
        uint64_t index = run << 32;
        struct fake_zone *zone = &machine.zones[0];
        zone->range_joules = 262143.328850;
        struct pt_meter_engine *meter = open_scope(PT_SCOPE_TREE);
        double begin = zone->joules, ticks = 0;
        for (int i = 0; i < 100; i++) {
            double seconds = 0.05 + 2 * pt_random_uniform(5, 6, index++);
            zone->watts = 5 + 300 * pt_random_uniform(5, 6, index++);
            machine.busy_threads = 4 * pt_random_uniform(5, 6, index++);
            ticks += 100 * seconds * machine.busy_threads * pt_random_uniform(5, 6, index++);
            fake_process(&machine, 50, 1, (int)ticks, 0, "");
            pt_meter_enter(meter, (int)(3 * pt_random_uniform(5, 6, index++)));
            fake_advance(&machine, seconds);
            if (pt_random_uniform(5, 6, index++) < 0.2f)
                fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
            pt_meter_sample_now(meter, NULL);
        }
        fake_zone_energy(&machine, zone);
        pt_meter_sample_now(meter, NULL); // opens the file again, if it was empty
        double truth = zone->joules - begin;
        struct pt_meter_report report = finish(meter);
        assert_conserved(&report);
        assert_near(report.machine_joules.value, truth, 1e-3);
        assert_true(report.machine_joules.low < truth && truth < report.machine_joules.high);
        pt_meter_close(meter);
        teardown(NULL);
    }
    setup(NULL);
    (void)unused;
}

static void what_is_missing_is_named(void **unused)
{
    struct pt_meter_engine *meter;
    struct pt_error error;
    struct pt_meter_config config = config_of(PT_SCOPE_TREE);
    config.pid = 4711;
    assert_status(pt_meter_open(&config, &meter, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "4711");
    config.pid = 50;
    config.interval_seconds = 0;
    assert_status(pt_meter_open(&config, &meter, &error), PT_BAD_INPUT, &error);
    config.interval_seconds = NAN;
    assert_status(pt_meter_open(&config, &meter, &error), PT_BAD_INPUT, &error);
    config.interval_seconds = 0.1;
    config.root = test_folder();
    assert_status(pt_meter_open(&config, &meter, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "/proc/stat");
    config.scope = PT_SCOPE_MACHINE; // needs no share
    meter = open_config(&config);
    struct pt_meter_report report = finish(meter);
    assert_true(isnan(report.cpu_seconds));
    pt_meter_close(meter);
    fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
    assert_status(pt_meter_open(&config, &meter, &error), PT_IO, &error);
    (void)unused;
}

// With its thread, on the real clock: it stops when told, and phases are entered meanwhile.
static void the_thread_samples_and_stops(void **unused)
{
    struct pt_meter_config config = config_of(PT_SCOPE_SELF);
    struct pt_sensor_options options = {0};
    struct pt_sensor *model;
    struct pt_error error;
    assert_status(pt_sensor_open("model", &options, &model, &error), PT_OK, &error);
    config.sensor = model;
    config.root = NULL;
    config.clock = NULL;
    config.boottime_ns = NULL;
    config.manual = false;
    config.interval_seconds = 0.001;
    struct pt_meter_engine *meter = open_config(&config);
    struct pt_meter_report report = {0};
    volatile double sum = 0;
    do {
        for (int i = 0; i < 100000; i++)
            sum = sum + i;
        pt_meter_enter(meter, 1 + (int)(report.sample_count % 2));
        pt_meter_now(meter, &report);
    } while (report.sample_count < 20);
    report = finish(meter);
    assert_conserved(&report);
    assert_true(report.sample_count >= 20);
    assert_true(report.cpu_seconds > 0 && report.own_cpu_seconds > 0);
    assert_true(report.joules.value > 0);
    int64_t count;
    assert_non_null(pt_meter_samples(meter, &count));
    assert_true(count >= 20);
    pt_meter_close(meter);
    pt_meter_close(NULL);
    pt_sensor_close(model);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_machine_is_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(a_tree_gets_its_share_of_the_busy_time, setup, teardown),
        cmocka_unit_test_setup_teardown(idle_energy_goes_to_who_is_busy, setup, teardown),
        cmocka_unit_test_setup_teardown(windows_keep_times_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(short_phases_share_an_interval, setup, teardown),
        cmocka_unit_test_setup_teardown(a_gap_costs_coverage_and_no_energy, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sensor_that_dies_leaves_a_wide_interval, setup, teardown),
        cmocka_unit_test_setup_teardown(without_anything_to_judge_by_energy_is_missing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(time_before_the_meter_is_filled_in, setup, teardown),
        cmocka_unit_test_setup_teardown(reaped_children_count, setup, teardown),
        cmocka_unit_test_setup_teardown(dates_may_jump_and_machines_sleep, setup, teardown),
        cmocka_unit_test_setup_teardown(late_samples_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(totals_in_between_grow_to_the_last, setup, teardown),
        cmocka_unit_test_setup_teardown(random_runs_conserve_energy, NULL, teardown),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(the_thread_samples_and_stops, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
