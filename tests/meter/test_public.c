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

static const struct pt_meter_window_result *find_window(const struct pt_meter_bill *bill,
                                                        const char *name)
{
    for (int i = 0; i < bill->window_count; i++)
        if (strcmp(bill->windows[i].name, name) == 0)
            return &bill->windows[i];
    fail_msg("there is no window %s", name);
    return NULL;
}

// Two epochs within a training; Germany's price, which the whole is multiplied by.
static void windows_and_money_are_on_the_bill(void **unused)
{
    struct pt_meter *meter;
    struct pt_meter_result result, again;
    struct pt_meter_bill bill = {.struct_size = sizeof bill};
    struct pt_error error;
    struct pt_meter_options options = {
        .struct_size = sizeof options, .sensor = "model", .interval_seconds = 0.01, .region = "DE"};
    assert_status(pt_meter_start(&options, &meter, &error), PT_OK, &error);
    pt_meter_begin(meter, "training");
    for (int i = 0; i < 2; i++) {
        pt_meter_begin(meter, "epoch");
        burn(5e5);
        pt_meter_phase(meter, "backward");
        burn(5e5);
        pt_meter_end(meter, "epoch");
    }
    pt_meter_end(meter, NULL);
    bill.struct_size = sizeof bill + 1;
    assert_status(pt_meter_settle(meter, &result, &bill, &error), PT_USAGE, &error);
    bill.struct_size = sizeof bill;
    assert_status(pt_meter_settle(meter, &result, &bill, &error), PT_OK, &error);
    assert_int_equal(bill.window_count, 2);
    assert_int_equal(find_window(&bill, "epoch")->count, 2);
    double inner = 0;
    for (int i = 0; i < result.phase_count; i++)
        if (strcmp(result.phases[i].name, "epoch") == 0 ||
            strcmp(result.phases[i].name, "backward") == 0)
            inner += result.phases[i].energy_joules;
    assert_near(find_window(&bill, "epoch")->energy_joules, inner, 1e-9 + 1e-9 * inner);
    assert_true(find_window(&bill, "training")->energy_joules >= inner);
    assert_string_equal(bill.currency, "EUR");
    assert_true(bill.low_money <= bill.money && bill.money <= bill.high_money);
    assert_true(bill.money > 0.05 * bill.kwh && bill.money < 0.6 * bill.kwh); // EUR per kWh
    assert_true(bill.co2e_grams > 100 * bill.kwh && bill.co2e_grams < 900 * bill.kwh);
    assert_near(bill.kwh * 3.6e6, result.energy_joules, 1e-9);
    assert_true(bill.machine_joules >= result.energy_joules);
    assert_status(pt_meter_settle(meter, &result, &bill, &error), PT_USAGE, &error);
    assert_status(pt_meter_stop(meter, &again, &error), PT_OK, &error);
    assert_true(again.energy_joules == result.energy_joules);
    (void)unused;
}

// A caller of an older header has options and a bill that end earlier.
static void older_callers_are_served(void **unused)
{
    struct pt_meter *meter;
    struct pt_error error;
    struct pt_meter_options options = {.struct_size = offsetof(struct pt_meter_options, region),
                                       .region = "not read"};
    struct pt_meter_bill bill = {.struct_size = offsetof(struct pt_meter_bill, money), .money = 42};
    assert_status(pt_meter_start(&options, &meter, &error), PT_OK, &error);
    assert_status(pt_meter_settle(meter, NULL, &bill, &error), PT_OK, &error);
    assert_true(bill.money == 42 && bill.kwh >= 0);
    assert_status(pt_meter_stop(meter, NULL, &error), PT_OK, &error);
    options.struct_size = sizeof options;
    options.region = "XX";
    assert_true(pt_meter_start(&options, &meter, &error) != PT_OK);
    assert_contains(error.message, "XX");
    options.tariff = "/none.yaml";
    assert_status(pt_meter_start(&options, &meter, &error), PT_USAGE, &error);
    options.region = NULL;
    assert_true(pt_meter_start(&options, &meter, &error) != PT_OK);
    assert_contains(error.message, "/none.yaml");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_of_a_program_is_metered),
        cmocka_unit_test(defaults_do),
        cmocka_unit_test(any_number_of_names_is_taken),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(windows_and_money_are_on_the_bill),
        cmocka_unit_test(older_callers_are_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
