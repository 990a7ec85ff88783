// Who pays for idle watts: the laws of the policies, on the arithmetic and on the whole meter.

#include "meter/idle.h"

#include "base/random.h"
#include "fake_process.h"
#include "meter/attribution.h"
#include "meter/meter.h"

static uint64_t draws;

static double draw(double least, double most)
{
    return least + (most - least) * pt_random_uniform(7, 1, draws++);
}

// -------------------------------------------------------------------------------- the arithmetic
static struct pt_claim claim_of(enum pt_idle_policy policy, struct pt_share share, double reserved,
                                struct pt_idle_power power)
{
    struct pt_claim claim = {share, NAN, power};
    if (policy == PT_IDLE_WHOLE || policy == PT_IDLE_MARGINAL)
        claim.active = (struct pt_share){1, 1, 1, PT_SHARE_WHOLE};
    if (policy == PT_IDLE_RESERVATION)
        claim.idle_share = reserved;
    if (policy == PT_IDLE_ACTIVE || policy == PT_IDLE_MARGINAL)
        claim.idle_share = 0;
    return claim;
}

// For random joules, phases, shares and idle watts and every policy: the rows sum to what was
// given, none is negative, the value is in its interval, and idle of ours is in ours.
static void rows_sum_and_none_is_negative(void **unused)
{
    for (int round = 0; round < 5000; round++) {
        enum pt_idle_policy policy = (enum pt_idle_policy)(round % PT_IDLE_POLICIES);
        struct pt_attribution attribution = {.phase_count = 3};
        double given = 0;
        for (int step = 0; step < 5; step++) {
            int64_t spent[PT_PHASES_MAX] = {(int64_t)draw(0, 1e9), (int64_t)draw(0, 1e9)};
            double joules = draw(0, 100), share = draw(0, 1), watts = draw(0, 150);
            struct pt_claim claim = claim_of(
                policy,
                (struct pt_share){share, share * draw(0, 1), share + (1 - share) * draw(0, 1),
                                  PT_SHARE_CPU_TIME},
                draw(0, 1), (struct pt_idle_power){watts, watts * draw(0, 1), watts * draw(1, 2)});
            pt_attribution_add(&attribution, joules, spent, 0);
            pt_attribution_settle(&attribution, &claim);
            given += joules;
        }
        double ours = pt_attribution_ours(&attribution), active, idle;
        assert_near(ours + attribution.others, given, 1e-12 * given);
        assert_true(attribution.others >= -1e-12 * given);
        for (int i = 0; i < 3; i++)
            assert_true(attribution.ours[i] >= 0);
        assert_true(attribution.ours_low <= ours * (1 + 1e-12));
        assert_true(attribution.ours_high >= ours * (1 - 1e-12));
        assert_true(attribution.idle_ours <= ours * (1 + 1e-12) && attribution.idle_ours >= 0);
        assert_true(attribution.idle_ours <= attribution.idle * (1 + 1e-12));
        pt_split_exactly(ours, attribution.idle_ours, &active, &idle);
        assert_true(active + idle == ours && active >= 0 && idle >= 0);
    }
    (void)unused;
}

// 100 J in 2 s, 20 W idle, a quarter of the CPU time ours, half of the machine reserved: 60 J are
// above idle.
static void each_policy_gives_what_its_row_says(void **unused)
{
    static const double expected[PT_IDLE_POLICIES] = {
        [PT_IDLE_BUSY_SHARE] = 25,       // 100 / 4
        [PT_IDLE_WHOLE] = 100,           //
        [PT_IDLE_RESERVATION] = 15 + 20, // 60 / 4 + 40 / 2
        [PT_IDLE_ACTIVE] = 15,           // 60 / 4
        [PT_IDLE_MARGINAL] = 60,         // 100 - 2 x 20
    };
    static const double idle[PT_IDLE_POLICIES] = {
        [PT_IDLE_BUSY_SHARE] = 10, [PT_IDLE_WHOLE] = 40, [PT_IDLE_RESERVATION] = 20};
    const int64_t spent[PT_PHASES_MAX] = {2000000000};
    for (int i = 0; i < PT_IDLE_POLICIES; i++) {
        struct pt_attribution attribution = {.phase_count = 1};
        struct pt_claim claim =
            claim_of((enum pt_idle_policy)i, (struct pt_share){0.25, 0.25, 0.25, PT_SHARE_CPU_TIME},
                     0.5, (struct pt_idle_power){20, 20, 20});
        pt_attribution_add(&attribution, 100, spent, 0);
        pt_attribution_settle(&attribution, &claim);
        assert_near(pt_attribution_ours(&attribution), expected[i], 1e-9);
        assert_near(attribution.idle_ours, idle[i], 1e-9);
        assert_near(attribution.ours_low, expected[i], 1e-9);
        assert_near(attribution.ours_high, expected[i], 1e-9);
    }
    (void)unused;
}

// The idle watts are 20 W, or anything from 10 to 30: what is active is 100 - 40 J, or 80 to 40.
static void doubt_of_the_idle_watts_is_in_the_interval(void **unused)
{
    const int64_t spent[PT_PHASES_MAX] = {2000000000};
    struct pt_attribution attribution = {.phase_count = 1};
    struct pt_claim claim =
        claim_of(PT_IDLE_MARGINAL, (struct pt_share){0}, 0, (struct pt_idle_power){20, 10, 30});
    pt_attribution_add(&attribution, 100, spent, 0);
    pt_attribution_settle(&attribution, &claim);
    assert_near(pt_attribution_ours(&attribution), 60, 1e-9);
    assert_near(attribution.ours_low, 40, 1e-9);
    assert_near(attribution.ours_high, 80, 1e-9);
    (void)unused;
}

// It draws less than it was said to draw idle: then all of it is idle, and nothing is negative.
static void less_than_idle_is_all_idle(void **unused)
{
    const int64_t spent[PT_PHASES_MAX] = {1000000000};
    struct pt_attribution attribution = {.phase_count = 1};
    struct pt_claim claim = claim_of(PT_IDLE_ACTIVE, (struct pt_share){1, 1, 1, PT_SHARE_CPU_TIME},
                                     0, (struct pt_idle_power){20, 20, 20});
    pt_attribution_add(&attribution, 15, spent, 0);
    pt_attribution_settle(&attribution, &claim);
    assert_near(pt_attribution_ours(&attribution), 0, 0);
    assert_near(attribution.others, 15, 0);
    (void)unused;
}

static void an_exact_split_is_exact_for_any_numbers(void **unused)
{
    for (int i = 0; i < 100000; i++) {
        double value = exp(draw(-30, 30)), rest, part;
        pt_split_exactly(value, value * draw(-0.1, 1.1), &rest, &part);
        assert_true(rest + part == value && rest >= 0 && part >= 0);
    }
    double rest = 0, part = 0;
    pt_split_exactly(5, NAN, &rest, &part);
    assert_true(isnan(rest) && isnan(part));
    (void)unused;
}

static void policies_have_names(void **unused)
{
    enum pt_idle_policy policy;
    for (int i = 0; i < PT_IDLE_POLICIES; i++) {
        assert_true(pt_idle_policy_parse(pt_idle_policy_word((enum pt_idle_policy)i), &policy));
        assert_int_equal(policy, i);
        assert_non_null(pt_idle_policy_text(policy));
    }
    assert_false(pt_idle_policy_parse("auto", &policy));
    assert_false(pt_idle_policy_parse("", &policy));
    assert_true(pt_idle_policy_needs_watts(PT_IDLE_ACTIVE));
    assert_false(pt_idle_policy_needs_watts(PT_IDLE_BUSY_SHARE));
    (void)unused;
}

// --------------------------------------------------------------------------------- the whole meter
// A machine of 4 CPUs that draws 40 W idle and 10 W for each busy one.
static struct fake_machine machine;
static struct pt_sensor *sensor;

struct scene {
    double ours, others; // busy CPUs
    bool reads_fail;     // for a while
    double reserved;
};

static void set_load(const struct scene *scene)
{
    machine.busy_threads = scene->ours + scene->others;
    machine.zones[0].watts = 40 + 10 * machine.busy_threads;
}

static struct pt_meter_report run(const struct scene *scene, enum pt_idle_policy policy)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_meter_report report;
    struct pt_error error;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_seconds = 100;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 40);
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    sensor = fake_open(&machine, "powercap");
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .manual = true,
                                     .idle = {.policy = policy,
                                              .known = true,
                                              .power = {{40, 38, 42}},
                                              .reserved_cpu = scene->reserved,
                                              .reserved_memory = NAN}};
    set_load(scene);
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    for (int i = 1; i <= 200; i++) { // 20 s
        fake_process(&machine, 50, 1, (int)lround(scene->ours * 10 * i), 0, "");
        fake_advance(&machine, 0.1);
        bool fail = scene->reads_fail && i > 60 && i < 140;
        if (fail)
            fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
        pt_meter_sample_now(meter, NULL);
    }
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    pt_meter_close(meter);
    pt_sensor_close(sensor);
    assert_true(report.active_joules + report.idle_joules == report.joules.value);
    assert_true(report.joules.value + report.others_joules == report.machine_joules.value);
    assert_true(report.active_joules >= 0 && report.idle_joules >= 0);
    assert_true(report.others_joules >= -1e-9);
    assert_int_equal(report.idle_policy, policy);
    return report;
}

// Two CPUs of ours, one of others, 20 s: 20 x (40 + 30) = 1400 J, of them 800 idle; 600 above.
static void the_policies_of_a_shared_machine(void **unused)
{
    const struct scene scene = {.ours = 2, .others = 1, .reserved = 0.5};
    assert_near(run(&scene, PT_IDLE_WHOLE).joules.value, 1400, 1);
    assert_near(run(&scene, PT_IDLE_BUSY_SHARE).joules.value, 1400 * 2 / 3.0, 10);
    assert_near(run(&scene, PT_IDLE_RESERVATION).joules.value, 400 + 400, 10);
    assert_near(run(&scene, PT_IDLE_ACTIVE).joules.value, 400, 10);
    assert_near(run(&scene, PT_IDLE_MARGINAL).joules.value, 600, 1);
    (void)unused;
}

// Alone, with the whole machine reserved: who pays for idle is no question. What is active and what
// is marginal is less, and the same.
static void alone_on_the_machine_all_policies_agree(void **unused)
{
    const struct scene scene = {.ours = 3, .others = 0, .reserved = 1};
    double whole = run(&scene, PT_IDLE_WHOLE).joules.value;
    assert_near(whole, 1400, 1);
    assert_near(run(&scene, PT_IDLE_BUSY_SHARE).joules.value, whole, 1e-6);
    assert_near(run(&scene, PT_IDLE_RESERVATION).joules.value, whole, 1e-6);
    assert_near(run(&scene, PT_IDLE_ACTIVE).joules.value, 600, 1);
    assert_near(run(&scene, PT_IDLE_MARGINAL).joules.value, 600, 1);
    (void)unused;
}

// Idle machine's one small job: 1 % of a CPU for 20 s in 802 J. By busy share it pays for all of
// them, as it is the only one; active it pays for what it has added.
static void an_idle_machines_one_small_job(void **unused)
{
    const struct scene scene = {.ours = 0.1, .others = 0, .reserved = 0.25};
    assert_near(run(&scene, PT_IDLE_BUSY_SHARE).joules.value, 820, 1);
    struct pt_meter_report active = run(&scene, PT_IDLE_ACTIVE);
    assert_near(active.joules.value, 20, 1);
    assert_true(active.joules.high < 100);
    assert_near(run(&scene, PT_IDLE_RESERVATION).joules.value, 20 + 200, 2);
    (void)unused;
}

// What neighbors do changes nothing of what is active, nor of what is reserved.
static void neighbors_change_nothing_of_what_is_active(void **unused)
{
    struct scene scene = {.ours = 1, .others = 0, .reserved = 0.25};
    double active = run(&scene, PT_IDLE_ACTIVE).joules.value;
    double reserved = run(&scene, PT_IDLE_RESERVATION).joules.value;
    for (scene.others = 0.5; scene.others <= 3; scene.others += 0.5) {
        assert_near(run(&scene, PT_IDLE_ACTIVE).joules.value, active, 0.01 * active);
        assert_near(run(&scene, PT_IDLE_RESERVATION).joules.value, reserved, 0.01 * reserved);
    }
    (void)unused;
}

// Four ranks that have a quarter each: together they have the machine, and not four of it.
static void four_ranks_add_up_to_the_machine(void **unused)
{
    const struct scene rank = {.ours = 1, .others = 3, .reserved = 0.25};
    const enum pt_idle_policy policies[] = {PT_IDLE_BUSY_SHARE, PT_IDLE_RESERVATION};
    for (int i = 0; i < 2; i++) {
        struct pt_meter_report report = run(&rank, policies[i]);
        assert_near(4 * report.joules.value, report.machine_joules.value,
                    0.01 * report.machine_joules.value);
    }
    (void)unused;
}

// 8 of 20 s without a counter: the same joules for everybody in a wider interval.
static void a_failed_read_widens_and_moves_nothing(void **unused)
{
    for (int i = 0; i < PT_IDLE_POLICIES; i++) {
        struct scene scene = {.ours = 2, .others = 1, .reserved = 0.5};
        struct pt_meter_report good = run(&scene, (enum pt_idle_policy)i);
        scene.reads_fail = true;
        struct pt_meter_report gap = run(&scene, (enum pt_idle_policy)i);
        assert_true(gap.failed_count > 70 && gap.coverage < 0.7);
        assert_near(gap.joules.value, good.joules.value, 0.01 * good.machine_joules.value);
        assert_near(gap.idle_joules, good.idle_joules, 0.01 * good.machine_joules.value);
        assert_near(gap.machine_joules.value, good.machine_joules.value, 1);
        assert_true(gap.joules.high - gap.joules.low >=
                    (good.joules.high - good.joules.low) * (1 - 1e-9));
    }
    (void)unused;
}

// Nobody knows what is idle: then the row is missing, and not 0.
static void without_idle_watts_the_row_is_missing(void **unused)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_meter_report report;
    struct pt_error error;
    fake_machine_start(&machine);
    machine.cpus = 4;
    machine.busy_threads = 1;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 40);
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    sensor = fake_open(&machine, "powercap");
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .manual = true};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    fake_advance(&machine, 2);
    pt_meter_sample_now(meter, NULL);
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    pt_meter_close(meter);
    pt_sensor_close(sensor);
    assert_true(isnan(report.active_joules) && isnan(report.idle_joules));
    assert_true(isnan(report.channels[0].idle_joules));
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_sum_and_none_is_negative),
        cmocka_unit_test(each_policy_gives_what_its_row_says),
        cmocka_unit_test(doubt_of_the_idle_watts_is_in_the_interval),
        cmocka_unit_test(less_than_idle_is_all_idle),
        cmocka_unit_test(an_exact_split_is_exact_for_any_numbers),
        cmocka_unit_test(policies_have_names),
        cmocka_unit_test(the_policies_of_a_shared_machine),
        cmocka_unit_test(alone_on_the_machine_all_policies_agree),
        cmocka_unit_test(an_idle_machines_one_small_job),
        cmocka_unit_test(neighbors_change_nothing_of_what_is_active),
        cmocka_unit_test(four_ranks_add_up_to_the_machine),
        cmocka_unit_test(a_failed_read_widens_and_moves_nothing),
        cmocka_unit_test(without_idle_watts_the_row_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
