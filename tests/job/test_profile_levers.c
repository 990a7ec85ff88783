// Profiling the levers of a job that is only arithmetic: its speed and watts at each level are
// known, so that what the profile says can be compared.

#include <math.h>

#include "job/profile_levers.h"
#include "support.h"

struct machine {
    bool permits_caps, permits_cpus, is_silent, has_no_sensor;
    int slow_units; // units come in so large lumps; 0: evenly
    double full_watts;
    struct pt_job_level level;
    double seconds, units, joules;
    int changes;
};

static const struct pt_power_limit gpu = {.id = "nvml:GPU-0",
                                          .role = PT_LIMIT_GPU_WATTS,
                                          .scale = 1e-3,
                                          .now = "250000",
                                          .least = 100,
                                          .most = 250,
                                          .is_writable = true};

// 10 units a second at full power; under a cap ((cap - 50) / (full - 50))^0.4. With fewer of 8
// processors in proportion to the 0.5th power, and 40 W + 20 W each.
static void run_for(struct machine *machine, double seconds)
{
    double watts = machine->full_watts, speed = 10;
    if (machine->level.gpu_watts < watts) {
        watts = machine->level.gpu_watts;
        speed *= pow((watts - 50) / (machine->full_watts - 50), 0.4);
    }
    if (machine->level.cpu_count > 0 && machine->level.cpu_count < 8) {
        watts = 40 + 20 * machine->level.cpu_count;
        speed *= sqrt(machine->level.cpu_count / 8.0);
    }
    machine->seconds += seconds;
    machine->units += speed * seconds;
    machine->joules += watts * seconds;
}

static struct pt_profile_options usual(void)
{
    return (struct pt_profile_options){.goal = {INFINITY, 0, 0},
                                       .warmup_seconds = 10,
                                       .settle_seconds = 2,
                                       .part_seconds = 3,
                                       .units_least = 2,
                                       .probe_seconds_most = 100,
                                       .cpu_count = 8,
                                       .limits = &gpu,
                                       .limit_count = 1};
}

static void apply(struct machine *machine, struct pt_profile *profile)
{
    struct pt_job_level level = pt_profile_level(profile);
    struct pt_job_level_outcome outcome = {.has_duty = true};
    outcome.has_gpu_watts = isnan(level.gpu_watts) || machine->permits_caps;
    outcome.has_cpus = level.cpu_count == 0 || machine->permits_cpus;
    if (!outcome.has_gpu_watts || !outcome.has_cpus)
        snprintf(outcome.reason, sizeof outcome.reason, "no right");
    else
        machine->level = level;
    machine->changes++;
    pt_profile_applied(profile, &outcome);
}

static void profile_it(struct machine *machine, struct pt_profile *profile,
                       const struct pt_profile_options *options)
{
    enum pt_profile_want want = PT_PROFILE_WAIT;
    machine->level = (struct pt_job_level){1, 0, NAN, NAN, NAN};
    assert_int_equal(pt_profile_begin(profile, options, NULL), PT_OK);
    for (int i = 0; i < 10000 && want != PT_PROFILE_DONE; i++) {
        double units = machine->slow_units > 0
                           ? floor(machine->units / machine->slow_units) * machine->slow_units
                           : machine->units;
        struct pt_profile_reading reading = {machine->seconds, machine->is_silent ? NAN : units,
                                             machine->has_no_sensor ? NAN : machine->joules};
        want = pt_profile_step(profile, &reading);
        if (want == PT_PROFILE_APPLY)
            apply(machine, profile);
        run_for(machine, 0.5);
    }
    assert_int_equal(want, PT_PROFILE_DONE);
    struct pt_job_level last = pt_profile_level(profile);
    assert_true(isnan(last.gpu_watts) && last.cpu_count == 0);
}

// The levels are what the machine is made of: at a cap of c the speed is ((c - 50)/190)^0.4.
static void caps_are_measured_as_they_are(void **unused)
{
    (void)unused;
    struct machine machine = {.permits_caps = true, .permits_cpus = true, .full_watts = 240};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    profile_it(&machine, &profile, &options);
    assert_string_equal(profile.note, "");
    int count = pt_profile_levels(&profile, 30, levels);
    assert_in_range(count, 3, 5);
    assert_near(levels[0].speed, 1, 1e-6);
    assert_near(levels[0].watts, 270, 1e-6);
    for (int i = 1; i < count; i++) {
        double watts = levels[i].watts - 30;
        assert_near(levels[i].speed, pow((watts - 50) / 190, 0.4), 1e-6);
        assert_true(levels[i].speed < levels[i - 1].speed && levels[i].watts < levels[i - 1].watts);
    }
    for (int i = 0; i < profile.result_count; i++)
        assert_true(profile.results[i].relative_error < 1e-6);
}

// Energy / full = (w/240) / ((w-50)/190)^0.4 is least where 0.4 w = w - 50, so at 83 W, below all
// permitted caps: the lowest one is among what was probed.
static void the_thriftiest_cap_is_among_them(void **unused)
{
    (void)unused;
    struct machine machine = {.permits_caps = true, .full_watts = 240};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    profile_it(&machine, &profile, &options);
    bool found = false;
    for (int i = 0; i < profile.result_count; i++)
        found = found || profile.results[i].level.gpu_watts == 100;
    assert_true(found);
}

static void without_the_right_processors_are_taken(void **unused)
{
    (void)unused;
    struct machine machine = {.permits_cpus = true, .full_watts = 200};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    profile_it(&machine, &profile, &options);
    assert_contains(profile.note, "caps of GPUs: no right");
    int count = pt_profile_levels(&profile, 0, levels);
    assert_in_range(count, 2, 4);
    for (int i = 1; i < count; i++) {
        double cpus = (levels[i].watts - 40) / 20;
        assert_near(levels[i].speed, sqrt(cpus / 8), 1e-6);
    }
    // A limit that may not be written is not even tried.
    struct pt_power_limit locked = gpu;
    locked.is_writable = false;
    options.limits = &locked;
    profile_it(&machine, &profile, &options);
    assert_contains(profile.note, "not permitted");
}

static void nothing_permitted_leaves_one_level(void **unused)
{
    (void)unused;
    struct machine machine = {.full_watts = 200};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    profile_it(&machine, &profile, &options);
    assert_int_equal(pt_profile_levels(&profile, 0, levels), 1);
    assert_string_equal(levels[0].name, "as found");
    assert_contains(profile.note, "fewer processors: no right");
}

static void a_silent_job_is_told(void **unused)
{
    (void)unused;
    struct machine silent = {.permits_caps = true, .is_silent = true, .full_watts = 200};
    struct machine blind = {.permits_caps = true, .has_no_sensor = true, .full_watts = 200};
    struct machine slow = {.permits_caps = true, .slow_units = 100000, .full_watts = 200};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    profile_it(&silent, &profile, &options);
    assert_contains(profile.note, "no progress");
    assert_int_equal(pt_profile_levels(&profile, 0, levels), 0);
    profile_it(&blind, &profile, &options);
    assert_contains(profile.note, "no sensor");
    profile_it(&slow, &profile, &options);
    assert_contains(profile.note, "too little progress");
    assert_int_equal(slow.changes, 0);
}

// Steps of 20 units every two seconds: parts wait for them, and the spread is told.
static void lumps_widen_the_error(void **unused)
{
    (void)unused;
    struct machine machine = {.permits_caps = true, .slow_units = 20, .full_watts = 240};
    struct pt_profile profile;
    struct pt_profile_options options = usual();
    profile_it(&machine, &profile, &options);
    double most = 0;
    for (int i = 0; i < profile.result_count; i++)
        most = fmax(most, profile.results[i].relative_error);
    assert_true(most > 1e-3 && most < 0.5);
}

static void bad_options_are_refused(void **unused)
{
    (void)unused;
    struct pt_profile profile;
    struct pt_error error;
    struct pt_profile_options options = usual();
    options.part_seconds = 0;
    assert_int_equal(pt_profile_begin(&profile, &options, &error), PT_BAD_INPUT);
    options = usual();
    options.cpu_count = 0;
    assert_int_equal(pt_profile_begin(&profile, &options, &error), PT_BAD_INPUT);
    options = usual();
    options.goal.slowdown_most = 0.5;
    assert_int_equal(pt_profile_begin(&profile, &options, &error), PT_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caps_are_measured_as_they_are),
        cmocka_unit_test(the_thriftiest_cap_is_among_them),
        cmocka_unit_test(without_the_right_processors_are_taken),
        cmocka_unit_test(nothing_permitted_leaves_one_level),
        cmocka_unit_test(a_silent_job_is_told),
        cmocka_unit_test(lumps_widen_the_error),
        cmocka_unit_test(bad_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
