// The meter of the public header.

#include "powertrain.h"

#include "support.h"

static double burn(double amount)
{
    volatile double sum = 0;
    for (double i = 0; i < amount; i++)
        sum = sum + i;
    return sum;
}

static void a_stretch_of_a_program_is_metered(void **unused)
{
    struct pt_meter *meter;
    struct pt_meter_result result;
    struct pt_error error;
    struct pt_meter_options options = {
        .struct_size = sizeof options, .sensor = "model", .interval_seconds = 0.01};
    assert_status(pt_meter_start(&options, &meter, &error), PT_OK, &error);
    pt_meter_phase(meter, "burn");
    burn(1e6);
    pt_meter_phase(meter, "rest");
    assert_status(pt_meter_stop(meter, &result, &error), PT_OK, &error);
    assert_true(result.duration_seconds > 0 && result.cpu_seconds > 0);
    assert_true(result.low_joules <= result.energy_joules);
    assert_true(result.energy_joules <= result.high_joules);
    assert_true(result.energy_joules > 0);
    assert_string_equal(result.sensor, "model");
    assert_int_equal(result.phase_count, 3);
    assert_string_equal(result.phases[0].name, "run");
    assert_string_equal(result.phases[1].name, "burn");
    assert_string_equal(result.phases[2].name, "rest");
    double joules = 0;
    for (int i = 0; i < result.phase_count; i++)
        joules += result.phases[i].energy_joules;
    assert_near(joules, result.energy_joules, 1e-9 + 1e-9 * joules);
    assert_true(strcmp(result.provenance, "modelled") == 0 ||
                strcmp(result.provenance, "assumed") == 0);
    (void)unused;
}

static void defaults_do(void **unused)
{
    struct pt_meter *meter;
    struct pt_error error;
    assert_status(pt_meter_start(NULL, &meter, &error), PT_OK, &error);
    assert_status(pt_meter_stop(meter, NULL, &error), PT_OK, &error);
    (void)unused;
}

// More names than there is room for, and long ones: the last place holds the others.
static void any_number_of_names_is_taken(void **unused)
{
    struct pt_meter *meter;
    struct pt_error error;
    char name[128];
    assert_status(pt_meter_start(NULL, &meter, &error), PT_OK, &error);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "phase %d of a name that is longer than anybody needs to have",
                 i);
        pt_meter_phase(meter, name);
        pt_meter_phase(meter, name);
    }
    assert_status(pt_meter_stop(meter, NULL, &error), PT_OK, &error);
    (void)unused;
}

static void mistakes_are_named(void **unused)
{
    struct pt_meter *meter;
    struct pt_error error;
    struct pt_meter_options options = {.struct_size = sizeof options, .sensor = "crystal-ball"};
    assert_status(pt_meter_start(&options, &meter, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "crystal-ball");
    options.sensor = NULL;
    options.interval_seconds = -1;
    assert_status(pt_meter_start(&options, &meter, &error), PT_BAD_INPUT, &error);
    options.struct_size = sizeof options + 8;
    assert_status(pt_meter_start(&options, &meter, &error), PT_USAGE, &error);
    options.struct_size = 0;
    assert_status(pt_meter_start(&options, &meter, &error), PT_USAGE, &error);
    options.struct_size = sizeof options;
    options.interval_seconds = 0;
    options.root = test_folder();
    assert_true(pt_meter_start(&options, &meter, &error) != PT_OK);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_of_a_program_is_metered),
        cmocka_unit_test(defaults_do),
        cmocka_unit_test(any_number_of_names_is_taken),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
