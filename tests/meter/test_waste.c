// Joules that were paid for while nothing was done, on the whole meter with time turned by hand.

#include "meter/waste.h"

#include "fake_process.h"

#include "../sensor/fake_gpu_machine.h"
#include "meter/meter.h"
#include "meter/phase_book.h"

static struct pt_sensor *sensor;
static const char *const phases[] = {"run", "data"};

// 4 CPUs, 40 W idle of which half is reserved for us, 10 W above that; one CPU is ours.
static struct pt_meter_engine *open_machine(bool idle_is_known, struct pt_phase_book *book)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_error error;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_seconds = 100;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 50);
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    sensor = fake_open(&machine, "powercap");
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .phases = phases,
                                     .phase_count = book == NULL ? 2 : 0,
                                     .phase_book = book,
                                     .manual = true};
    if (idle_is_known)
        config.idle = (struct pt_idle_rule){.policy = PT_IDLE_RESERVATION,
                                            .known = true,
                                            .power = {{40, 38, 42}},
                                            .reserved_cpu = 0.5,
                                            .reserved_memory = NAN};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    return meter;
}

static int ticks;

// busy: whether our CPU works; nobody else's does.
static void go(struct pt_meter_engine *meter, double seconds, bool busy)
{
    machine.busy_threads = busy ? 1 : 0;
    for (int i = 0; i < lround(seconds / 0.1); i++) {
        ticks += busy ? 10 : 0;
        fake_process(&machine, 50, 1, ticks, 0, "");
        fake_advance(&machine, 0.1);
        pt_meter_sample_now(meter, NULL);
    }
}

static struct pt_meter_report finish(struct pt_meter_engine *meter)
{
    struct pt_meter_report report;
    struct pt_error error;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    pt_meter_close(meter);
    pt_sensor_close(sensor);
    ticks = 0;
    return report;
}

// 10 s of work, 6 s of data, 4 s of work: 6 s x 40 W x a half.
static void what_is_idle_of_ours_while_data_is_awaited(void **unused)
{
    struct pt_meter_engine *meter = open_machine(true, NULL);
    go(meter, 10, true);
    pt_meter_enter(meter, 1);
    go(meter, 6, true);
    pt_meter_enter(meter, 0);
    go(meter, 4, true);
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.data_seconds, 6, 1e-9);
    assert_near(report.waste.data_joules, 120, 0.5);
    assert_true(report.waste.data_joules <= report.idle_joules);
    assert_near(report.waste.stopped_seconds, 0, 0);
    assert_near(report.waste.stopped_joules, 0, 0);
    assert_true(isnan(report.waste.gpu_seconds) && isnan(report.waste.gpu_joules));
    (void)unused;
}

static void unknown_idle_watts_are_unknown_waste(void **unused)
{
    struct pt_meter_engine *meter = open_machine(false, NULL);
    pt_meter_enter(meter, 1);
    go(meter, 5, true);
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.data_seconds, 5, 1e-9);
    assert_true(isnan(report.waste.data_joules));
    (void)unused;
}

// Stopped for 5 s: only the idle half of 40 W is ours then, 100 J. The stop is within data, whose
// other 3 s cost 60 J.
static void a_stop_is_counted_once(void **unused)
{
    struct pt_meter_engine *meter = open_machine(true, NULL);
    go(meter, 2, true);
    pt_meter_enter(meter, 1);
    go(meter, 1.5, true);
    pt_meter_stopped(meter, true);
    pt_meter_stopped(meter, true); // told twice
    go(meter, 5, false);
    pt_meter_stopped(meter, false);
    go(meter, 1.5, true);
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.stopped_seconds, 5, 1e-9);
    assert_near(report.waste.stopped_joules, 100, 0.5);
    assert_near(report.waste.data_seconds, 8, 1e-9);
    assert_near(report.waste.data_joules, 60, 0.5);
    assert_true(report.waste.data_joules + report.waste.stopped_joules <= report.joules.value);
    (void)unused;
}

// As it stands: a progress line sees a stop that goes on.
static void a_stop_that_lasts_is_told(void **unused)
{
    struct pt_meter_report report;
    struct pt_meter_engine *meter = open_machine(true, NULL);
    go(meter, 2, true);
    pt_meter_stopped(meter, true);
    go(meter, 3, false);
    pt_meter_now(meter, &report);
    assert_near(report.waste.stopped_seconds, 3, 1e-9);
    assert_near(report.waste.stopped_joules, 60, 0.5);
    report = finish(meter);
    assert_near(report.waste.stopped_seconds, 3, 1e-9);
    (void)unused;
}

// "decode" within "data" is data; "decode" elsewhere is not.
static void what_is_within_data_is_data(void **unused)
{
    struct pt_phase_book book;
    const struct {
        const char *line;
        double seconds;
    } steps[] = {
        {"begin data", 2}, {"begin decode", 3}, {"end", 1}, {"end", 0}, {"begin decode", 4}};
    pt_phase_book_init(&book, "command");
    struct pt_meter_engine *meter = open_machine(true, &book);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct pt_phase_event event;
        assert_true(pt_phase_event_parse(steps[i].line, strlen(steps[i].line), &event));
        pt_phase_book_say(&book, PT_SPEAKER_OUTSIDE, &event, machine.now_ns);
        go(meter, steps[i].seconds, true);
    }
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.data_seconds, 6, 1e-9);
    assert_near(report.waste.data_joules, 120, 0.5);
    pt_phase_book_close(&book);
    (void)unused;
}

static void without_such_a_phase_nothing_is_said(void **unused)
{
    struct pt_phase_book book;
    pt_phase_book_init(&book, "command");
    struct pt_meter_engine *meter = open_machine(true, &book);
    go(meter, 2, true);
    struct pt_meter_report report = finish(meter);
    assert_true(isnan(report.waste.data_seconds) && isnan(report.waste.data_joules));
    pt_phase_book_close(&book);
    (void)unused;
}

// ---------------------------------------------------------------------------------------- GPUs
static void start(void)
{
    start_gpus("libnvidia-ml.so.1", 1);
    machine.cpus = 4;
    machine.busy_seconds = 100;
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    sensor = open_gpus("nvml");
}

static struct pt_meter_engine *open_gpu_meter(void)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_error error;
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .phases = phases,
                                     .phase_count = 2,
                                     .manual = true,
                                     .gpus = gpu_options()};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    return meter;
}

static void use(unsigned sm_percent, double seconds, struct pt_meter_engine *meter)
{
    struct fake_gpu *gpu = &gpus->gpus[0];
    gpu->process_count = 1;
    gpu->processes[0] = (struct fake_process){.pid = 50, .sm_percent = sm_percent, .bytes = 1e9};
    for (int i = 0; i < lround(seconds / 0.1); i++) {
        fake_advance(&machine, 0.1);
        update_gpus();
        pt_meter_sample_now(meter, NULL);
    }
}

// The stand-in draws 300 W always: 10 s at work, 20 s with memory held and no kernel, 10 s at work.
// It is asked once a second, so each end is off by one second at most, and never too much is called
// waste.
static void a_gpu_that_waits_for_us_is_waste(void **unused)
{
    start();
    struct pt_meter_engine *meter = open_gpu_meter();
    use(60, 10, meter);
    use(0, 20, meter);
    use(60, 10, meter);
    struct pt_meter_report report = finish(meter);
    assert_true(report.waste.gpu_seconds <= 20 + 1e-6 && report.waste.gpu_seconds >= 18 - 1e-6);
    assert_near(report.waste.gpu_joules, 300 * report.waste.gpu_seconds, 70);
    (void)unused;
}

static void a_gpu_that_works_is_none(void **unused)
{
    start();
    struct pt_meter_engine *meter = open_gpu_meter();
    use(1, 10, meter);
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.gpu_seconds, 0, 1e-6); // the first answer speaks for a moment
    assert_near(report.waste.gpu_joules, 0, 1e-6);
    (void)unused;
}

// Its joules are in the row of the stop, and only there.
static void a_gpu_of_a_stopped_command_is_counted_once(void **unused)
{
    start();
    struct pt_meter_engine *meter = open_gpu_meter();
    use(60, 5, meter);
    pt_meter_stopped(meter, true);
    use(0, 10, meter);
    pt_meter_stopped(meter, false);
    use(60, 5, meter);
    struct pt_meter_report report = finish(meter);
    assert_near(report.waste.gpu_joules, 0, 1e-6);
    assert_near(report.waste.stopped_seconds, 10, 1e-6);
    assert_near(report.waste.stopped_joules, 3000, 60);
    (void)unused;
}

// In a container no process may be listed though ours works: nothing is said.
static void a_container_that_lists_nobody_is_unknown(void **unused)
{
    char path[512];
    start();
    fake_write(&machine, "proc/self/ns/uts", "");
    snprintf(path, sizeof path, "%s/proc/self/ns/pid", machine.root);
    assert_int_equal(symlink("pid:[4026532999]", path), 0);
    struct pt_meter_engine *meter = open_gpu_meter();
    for (int i = 0; i < 50; i++) {
        fake_advance(&machine, 0.1);
        update_gpus();
        pt_meter_sample_now(meter, NULL);
    }
    struct pt_meter_report report = finish(meter);
    assert_true(isnan(report.waste.gpu_seconds) && isnan(report.waste.gpu_joules));
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_idle_of_ours_while_data_is_awaited),
        cmocka_unit_test(unknown_idle_watts_are_unknown_waste),
        cmocka_unit_test(a_stop_is_counted_once),
        cmocka_unit_test(a_stop_that_lasts_is_told),
        cmocka_unit_test(what_is_within_data_is_data),
        cmocka_unit_test(without_such_a_phase_nothing_is_said),
        cmocka_unit_test(a_gpu_that_waits_for_us_is_waste),
        cmocka_unit_test(a_gpu_that_works_is_none),
        cmocka_unit_test(a_gpu_of_a_stopped_command_is_counted_once),
        cmocka_unit_test(a_container_that_lists_nobody_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
