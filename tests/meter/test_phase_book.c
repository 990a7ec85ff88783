// Phases and windows of a program, in the joules of a machine whose time and energy the test turns.

#include "meter/phase_book.h"

#include "fake_process.h"
#include "sensor/driver.h"

static struct fake_machine machine;
static struct pt_sensor *sensor;
static struct pt_phase_book book;
static struct pt_meter_engine *meter;

// 50 W, all ours.
static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_seconds = 100;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 50);
    fake_proc_stat(&machine);
    sensor = fake_open(&machine, "powercap");
    pt_phase_book_init(&book, "command");
    struct pt_error error;
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_MACHINE,
                                     .phase_book = &book,
                                     .manual = true};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_meter_close(meter);
    pt_sensor_close(sensor);
    pt_phase_book_close(&book);
    return 0;
}

static void say_at(int speaker, const char *line, int64_t time_ns)
{
    struct pt_phase_event event;
    assert_true(pt_phase_event_parse(line, strlen(line), &event));
    event.time_ns = time_ns;
    pt_phase_book_say(&book, speaker, &event, machine.now_ns);
}

static void say(int speaker, const char *line)
{
    say_at(speaker, line, PT_PHASE_NO_TIME);
}

static void go(double seconds)
{
    for (int i = 0; i < 10; i++) {
        fake_advance(&machine, seconds / 10);
        pt_meter_sample_now(meter, NULL);
    }
}

static void assert_conserved(const struct pt_meter_report *report)
{
    struct pt_quantity sum = report->phases[0].joules;
    double seconds = 0;
    for (int i = 0; i < report->phase_count; i++) {
        assert_true(report->phases[i].joules.value >= 0);
        if (i > 0)
            sum = pt_quantity_sum(sum, report->phases[i].joules);
        seconds += report->phases[i].seconds;
    }
    assert_true(sum.value == report->joules.value); // exactly
    assert_near(seconds, report->seconds, 1e-6);
    assert_true(report->machine_joules.value == report->joules.value + report->others_joules);
    assert_true(report->joules.low <= report->joules.value);
    assert_true(report->joules.value <= report->joules.high);
}

static struct pt_meter_report finish(void)
{
    struct pt_meter_report report;
    struct pt_error error;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    assert_conserved(&report);
    return report;
}

static const struct pt_meter_phase_total *find(const struct pt_meter_phase_total *totals, int count,
                                               const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(totals[i].name, name) == 0)
            return &totals[i];
    fail_msg("there is no %s", name);
    return NULL;
}

static double joules_of(const struct pt_meter_report *report, const char *name)
{
    return find(report->phases, report->phase_count, name)->joules.value;
}

static double window_of(const struct pt_meter_report *report, const char *name)
{
    return find(report->windows, report->window_count, name)->joules.value;
}

// 2 s of nothing in particular, 1 s data, 3 s forward, at 50 W.
static void phases_get_the_joules_of_their_time(void **unused)
{
    go(2);
    say(7, "phase data");
    go(1);
    say(7, "phase forward");
    go(3);
    struct pt_meter_report report = finish();
    assert_int_equal(report.phase_count, 3);
    assert_near(joules_of(&report, "command"), 100, 0.01);
    assert_near(joules_of(&report, "data"), 50, 0.01);
    assert_near(joules_of(&report, "forward"), 150, 0.01);
    assert_int_equal(report.window_count, 0);
    (void)unused;
}

// It is heard 40 ms late, in the same sample of 100 ms.
static void a_line_that_comes_late_keeps_its_time(void **unused)
{
    go(1);
    int64_t began = machine.now_ns + 50000000;
    fake_advance(&machine, 0.09);
    say_at(7, "phase late", began);
    fake_advance(&machine, 0.01);
    pt_meter_sample_now(meter, NULL);
    struct pt_meter_report report = finish();
    assert_near(find(report.phases, report.phase_count, "late")->seconds, 0.05, 1e-9);
    assert_near(joules_of(&report, "late"), 2.5, 0.001);
    assert_int_equal(pt_phase_book_facts(&book).untimely_count, 0);
    (void)unused;
}

// Joules that were given away stay where they are, and so does their time.
static void the_past_and_the_future_are_moved_to_now(void **unused)
{
    go(1);
    say_at(7, "phase past", machine.now_ns - 500000000);
    go(1);
    say_at(7, "phase future", machine.now_ns + 500000000);
    go(1);
    say_at(7, "phase dawn", 1);
    say_at(7, "phase end of time", INT64_MAX);
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "command"), 50, 0.01);
    assert_near(joules_of(&report, "past"), 50, 0.01);
    assert_near(joules_of(&report, "future"), 50, 0.01);
    assert_near(joules_of(&report, "dawn"), 0, 0.01);
    assert_near(joules_of(&report, "end of time"), 50, 0.01);
    assert_int_equal(pt_phase_book_facts(&book).untimely_count, 4);
    (void)unused;
}

// Two epochs of 1 s forward and 1 s of their own, then 1 s evaluation outside.
static void windows_hold_what_is_within_them(void **unused)
{
    say(7, "begin training");
    for (int i = 0; i < 2; i++) {
        say(7, "begin epoch");
        go(1);
        say(7, "phase forward");
        go(1);
        say(7, "end epoch");
    }
    go(1); // training, but no epoch
    say(7, "end training");
    say(7, "phase evaluation");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "epoch"), 100, 0.01);
    assert_near(joules_of(&report, "forward"), 100, 0.01);
    assert_near(joules_of(&report, "training"), 50, 0.01);
    assert_near(joules_of(&report, "evaluation"), 50, 0.01);
    assert_int_equal(report.window_count, 2);
    assert_near(window_of(&report, "epoch"), 200, 0.01);
    assert_near(window_of(&report, "training"), 250, 0.01);
    assert_int_equal(find(report.windows, 2, "epoch")->count, 2);
    assert_near(find(report.windows, 2, "epoch")->seconds, 4, 1e-6);
    (void)unused;
}

// A window within itself counts once; one that is closed from outside closes what is within.
static void windows_nest_in_any_way(void **unused)
{
    say(7, "begin a");
    say(7, "begin b");
    say(7, "begin a");
    go(1);
    say(7, "end b"); // and the inner a
    go(1);
    say(7, "end no such window");
    say(7, "end");
    say(7, "end");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(window_of(&report, "a"), 100, 0.01);
    assert_near(window_of(&report, "b"), 50, 0.01);
    assert_near(joules_of(&report, "a"), 100, 0.01);
    assert_near(joules_of(&report, "b"), 0, 0.01);
    assert_near(joules_of(&report, "command"), 50, 0.01);
    assert_int_equal(pt_phase_book_facts(&book).malformed_count, 2);
    (void)unused;
}

static void depth_has_an_end(void **unused)
{
    for (int i = 0; i < 100; i++)
        say(7, "begin deep");
    go(1);
    for (int i = 0; i < 100; i++)
        say(7, "end deep");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "deep"), 50, 0.01);
    assert_near(joules_of(&report, "command"), 50, 0.01);
    assert_int_equal(pt_phase_book_facts(&book).dropped_count, 100 - PT_PHASE_DEPTH_MAX);
    assert_int_equal(pt_phase_book_facts(&book).malformed_count, 0);
    (void)unused;
}

static void names_beyond_the_last_are_other(void **unused)
{
    char line[64];
    for (int i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "phase epoch-%d", i);
        say(7, line);
        go(0.1);
    }
    struct pt_meter_report report = finish();
    assert_int_equal(report.phase_count, PT_PHASE_NAMES_MAX);
    // "command" and "other" take two places: 86 of 100 had none, 5 J each
    assert_near(joules_of(&report, "other"), 86 * 5, 0.05);
    assert_near(joules_of(&report, "epoch-13"), 5, 0.01);
    assert_true(pt_phase_book_facts(&book).names_full);
    (void)unused;
}

// Every set of names around a phase has a slot, until there are none left.
static void more_ways_of_nesting_than_slots_lose_no_joules(void **unused)
{
    char line[64];
    for (int mask = 0; mask < 256; mask++) {
        for (int bit = 0; bit < 8; bit++)
            if ((mask >> bit & 1) != 0) {
                snprintf(line, sizeof line, "begin w%d", bit);
                say(7, line);
            }
        say(7, "phase p");
        go(0.01);
        for (int bit = 0; bit < 8; bit++)
            if ((mask >> bit & 1) != 0)
                say(7, "end");
    }
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "p"), 128, 0.1);
    assert_true(pt_phase_book_facts(&book).paths_full);
    assert_true(window_of(&report, "w0") > 0 && window_of(&report, "w0") < 128 / 2.0 + 0.1);
    (void)unused;
}

// Four ranks do the same: the first one counts, and when it is gone, the next one that speaks.
static void the_first_of_several_processes_defines_the_phases(void **unused)
{
    for (int rank = 1; rank <= 4; rank++)
        say(rank, "phase forward");
    go(1);
    say(2, "phase backward");
    go(1);
    pt_phase_book_hung_up(&book, 2, machine.now_ns); // nobody's
    pt_phase_book_hung_up(&book, 1, machine.now_ns);
    go(1); // nothing in particular
    say(3, "phase backward");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "forward"), 100, 0.01);
    assert_near(joules_of(&report, "command"), 50, 0.01);
    assert_near(joules_of(&report, "backward"), 50, 0.01);
    assert_int_equal(pt_phase_book_facts(&book).foreign_count, 4);
    (void)unused;
}

static void one_process_or_all_may_be_chosen(void **unused)
{
    book.phases_of = 3;
    say(1, "phase a");
    say(3, "phase b");
    go(1);
    book.phases_of = PT_PHASES_OF_ALL;
    say(1, "phase a");
    go(2);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "b"), 50, 0.01);
    assert_near(joules_of(&report, "a"), 100, 0.01);
    (void)unused;
}

// A script says what it runs, and the program within says more.
static void a_program_is_within_what_the_script_says(void **unused)
{
    say(PT_SPEAKER_OUTSIDE, "begin experiment");
    say(7, "phase forward");
    go(1);
    pt_phase_book_hung_up(&book, 7, machine.now_ns);
    go(1);
    say(PT_SPEAKER_OUTSIDE, "end experiment");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "forward"), 50, 0.01);
    assert_near(joules_of(&report, "experiment"), 50, 0.01);
    assert_near(window_of(&report, "experiment"), 100, 0.01);
    (void)unused;
}

static void facts_are_kept(void **unused)
{
    go(1);
    say(7, "step 17/400");
    say(7, "step 18");
    say(7, "samples 128");
    say(7, "samples 64");
    say(7, "loss 2.5");
    say(7, "dropped 12");
    for (int i = 0; i < 20; i++)
        say(7, "note one");
    struct pt_phase_facts facts = pt_phase_book_facts(&book);
    assert_near(facts.step, 18, 0);
    assert_near(facts.steps, 400, 0);
    assert_near(facts.samples, 192, 0);
    assert_near(facts.loss, 2.5, 0);
    assert_int_equal(facts.note_count, PT_PHASE_NOTES_MAX);
    assert_int_equal(facts.dropped_count, 12 + 4);
    assert_true(facts.step_ns == machine.now_ns);
    finish();
    (void)unused;
}

// Rows of the bill have names of their own.
static void a_phase_is_never_the_total(void **unused)
{
    say(7, "begin total");
    go(1);
    say(7, "end total");
    say(7, "phase facility overhead");
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "phase total"), 50, 0.01);
    assert_near(joules_of(&report, "phase overhead"), 50, 0.01);
    (void)unused;
}

// A failed read is one gap for all phases within it, by time.
static void a_gap_is_shared_by_its_phases(void **unused)
{
    go(1);
    machine.zones[0].frozen = true; // writes nothing
    fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
    say(7, "phase a");
    go(1);
    say(7, "phase b");
    go(1);
    machine.zones[0].frozen = false;
    machine.zones[0].joules += 100;
    go(1);
    struct pt_meter_report report = finish();
    assert_near(joules_of(&report, "command"), 50, 0.01);
    assert_near(joules_of(&report, "a"), 50, 0.01);
    assert_near(joules_of(&report, "b"), 100, 0.01);
    (void)unused;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(phases_get_the_joules_of_their_time),
        TEST(a_line_that_comes_late_keeps_its_time),
        TEST(the_past_and_the_future_are_moved_to_now),
        TEST(windows_hold_what_is_within_them),
        TEST(windows_nest_in_any_way),
        TEST(depth_has_an_end),
        TEST(names_beyond_the_last_are_other),
        TEST(more_ways_of_nesting_than_slots_lose_no_joules),
        TEST(the_first_of_several_processes_defines_the_phases),
        TEST(one_process_or_all_may_be_chosen),
        TEST(a_program_is_within_what_the_script_says),
        TEST(facts_are_kept),
        TEST(a_phase_is_never_the_total),
        TEST(a_gap_is_shared_by_its_phases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
