// The model: CPU time of the machine times watts.

#include "fake_machine.h"
#include "sensor/proc_stat.h"

static struct fake_machine machine;

// A Zen 3 of 4 threads and 16 GiB: 0.46 and 1.96 W a thread, 0.375 W per GB of memory.
static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    machine.cpus = 4;
    test_file(machine.root, "proc/cpuinfo",
              "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
              "model name\t: AMD EPYC 7763\nstepping\t: 1\nflags\t\t: fpu sse2\n\n");
    test_file(machine.root, "proc/meminfo", "MemTotal:       16777216 kB\n");
    fake_proc_stat(&machine);
    return 0;
}

static const double memory_watts = 16 * 1.073741824 * 0.375;

// Idle: 4 x 0.46 W + memory. Three threads busy: 3 x 1.5 W more.
static void energy_is_idle_watts_and_active_watts_by_cpu_time(void **unused)
{
    struct pt_sensor *sensor = fake_open(&machine, "model");
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 10 * (1.84 + memory_watts), 1e-3);
    machine.busy_threads = 3;
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 20 * (1.84 + memory_watts) + 45, 1e-3);
    assert_int_equal(pt_sensor_total(sensor, readings).provenance, PT_MODELLED);
    assert_contains(pt_sensor_source(sensor), "Milan");
    assert_true(isinf(pt_sensor_longest_interval(sensor)));
    pt_sensor_close(sensor);
    (void)unused;
}

// The model is not surer than its table: 40 % of the CPU's part, 24 % of the memory's.
static void the_interval_is_honest(void **unused)
{
    struct pt_sensor *sensor = fake_open(&machine, "model");
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_advance(&machine, 1000);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    struct pt_quantity total = pt_sensor_total(sensor, readings);
    assert_true(total.low < 0.75 * total.value);
    assert_true(total.high > 1.25 * total.value);
    // over 10 ms the ticks of CPU time tell nothing
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    struct pt_reading later[PT_CHANNELS_MAX];
    fake_advance(&machine, 0.01);
    assert_int_equal(pt_sensor_read(sensor, later, NULL), PT_OK);
    struct pt_quantity moment = pt_sensor_difference(sensor, readings, later, 0.01);
    assert_near(moment.low, 0, 0);
    assert_true(moment.high > 3 * moment.value);
    pt_sensor_close(sensor);
    (void)unused;
}

static void an_unknown_processor_is_assumed_and_less_sure(void **unused)
{
    struct pt_sensor *known = fake_open(&machine, "model");
    test_file(machine.root, "proc/cpuinfo",
              "processor\t: 0\nvendor_id\t: Unheard\ncpu family\t: 99\nmodel\t\t: 9\n"
              "model name\t: X\nstepping\t: 1\nflags\t\t: fpu\n\n");
    struct pt_sensor *unknown = fake_open(&machine, "model");
    assert_int_equal(pt_sensor_channel(unknown, 0)->provenance, PT_ASSUMED);
    assert_true(pt_sensor_channel(unknown, 0)->relative_error >
                pt_sensor_channel(known, 0)->relative_error);
    pt_sensor_close(known);
    pt_sensor_close(unknown);
    (void)unused;
}

static void cpu_time_that_cannot_be_read_is_a_gap(void **unused)
{
    struct pt_sensor *sensor = fake_open(&machine, "model");
    struct pt_reading readings[PT_CHANNELS_MAX];
    struct pt_error error;
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    double before = readings[0].energy_joules;
    fake_write(&machine, "proc/stat", "");
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK); // the same tick: not read
    assert_near(readings[0].energy_joules, before, 0);
    fake_advance(&machine, 0.02);
    fake_write(&machine, "proc/stat", "");
    assert_status(pt_sensor_read(sensor, readings, &error), PT_IO, &error);
    assert_near(readings[0].energy_joules, before, 0);
    fake_advance(&machine, 9.98);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 2 * before, 1e-3);
    assert_near(readings[0].gap_joules, 0, 0);
    pt_sensor_close(sensor);
    (void)unused;
}

static void what_it_needs_is_named(void **unused)
{
    struct pt_sensor *sensor;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    fake_write(&machine, "proc/stat", "nothing\n");
    assert_status(pt_sensor_open("model", &options, &sensor, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "/proc/stat");
    fake_write(&machine, "proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n");
    assert_status(pt_sensor_open("model", &options, &sensor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "counts no CPU time");
    fake_machine_start(&machine);
    options.root = machine.root;
    assert_true(pt_sensor_open("model", &options, &sensor, &error) != PT_OK);
    assert_contains(error.message, "proc");
    (void)unused;
}

// user 100, nice 20, system 30, irq 4, softirq 6: 160 ticks; guest is in user, steal is not ours.
static void proc_stat_is_read_field_by_field(void **unused)
{
    struct pt_cpu_times times;
    struct pt_error error;
    assert_status(pt_proc_stat_parse("cpu  100 20 30 400 50 4 6 70 8 9\n"
                                     "cpu0 50 10 15 200 25 2 3 35 4 4\n"
                                     "cpu1 50 10 15 200 25 2 3 35 4 5\nintr 5 cpu9\n",
                                     100, &times, &error),
                  PT_OK, &error);
    assert_near(times.busy_seconds, 1.6, 1e-12);
    assert_near(times.idle_seconds, 4.5, 1e-12);
    assert_int_equal(times.cpus, 2);
    static const char *const wrong[] = {"",
                                        "cpu",
                                        "cpu ",
                                        "cpu 1 2 3",
                                        "cpu0 1 2 3 4 5 6 7",
                                        "cpu  1 2 3 4 5 6 x\n",
                                        "cpu  -1 2 3 4 5 6 7\n",
                                        "cpu  1 2 3 4 5 6 99999999999999999999999\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(pt_proc_stat_parse(wrong[i], 100, &times, &error), PT_CORRUPT, &error);
        assert_contains(error.message, "/proc/stat");
    }
    (void)unused;
}

// The kernel's counters may go back a little; energy does not.
static void busy_time_never_goes_back(void **unused)
{
    struct pt_proc_stat stat;
    struct pt_error error;
    machine.busy_seconds = 50;
    fake_proc_stat(&machine);
    assert_status(pt_proc_stat_open(&stat, machine.root, &error), PT_OK, &error);
    assert_near(pt_proc_stat_busy(&stat), 50, 1e-9);
    machine.busy_seconds = 49.9;
    fake_proc_stat(&machine);
    assert_near(pt_proc_stat_busy(&stat), 50, 1e-9);
    pt_proc_stat_close(&stat);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(energy_is_idle_watts_and_active_watts_by_cpu_time, setup),
        cmocka_unit_test_setup(the_interval_is_honest, setup),
        cmocka_unit_test_setup(an_unknown_processor_is_assumed_and_less_sure, setup),
        cmocka_unit_test_setup(cpu_time_that_cannot_be_read_is_a_gap, setup),
        cmocka_unit_test_setup(what_it_needs_is_named, setup),
        cmocka_unit_test(proc_stat_is_read_field_by_field),
        cmocka_unit_test_setup(busy_time_never_goes_back, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
