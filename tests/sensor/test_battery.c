// Batteries: watts that the driver adds up, while they are discharging.

#include "fake_machine.h"

static struct fake_machine machine;

#define SUPPLY "sys/class/power_supply/"

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    fake_write(&machine, SUPPLY "BAT0/type", "Battery\n");
    fake_write(&machine, SUPPLY "BAT0/status", "Discharging\n");
    fake_write(&machine, SUPPLY "BAT0/power_now", "10000000\n");
    fake_write(&machine, SUPPLY "AC/type", "Mains\n");
    return 0;
}

static void assert_fails(const char *part)
{
    struct pt_sensor *sensor;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    assert_status(pt_sensor_open("battery", &options, &sensor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, part);
}

// 10 W for 2 s, then 20 W, which the gauge tells at 2 s: 20 J, and 40 J more by 4 s.
static void power_is_added_up(void **unused)
{
    struct pt_sensor *sensor = fake_open(&machine, "battery");
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_write(&machine, SUPPLY "BAT0/power_now", "20000000\n");
    fake_advance(&machine, 2);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 20, 1e-9);
    assert_near(readings[0].power_watts, 20, 1e-9);
    for (int i = 0; i < 20; i++) {
        fake_advance(&machine, 0.1);
        assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    }
    assert_near(readings[0].energy_joules, 60, 1e-6);
    assert_int_equal(pt_sensor_channel(sensor, 0)->kind, PT_POWER_INSTANT);
    assert_near(pt_sensor_longest_interval(sensor), 2, 0);
    pt_sensor_close(sensor);
    (void)unused;
}

// 2 A at 12 V; some drivers give the current a sign.
static void current_and_voltage_make_power(void **unused)
{
    char path[512];
    snprintf(path, sizeof path, "%s/" SUPPLY "BAT0/power_now", machine.root);
    assert_int_equal(unlink(path), 0);
    fake_write(&machine, SUPPLY "BAT0/current_now", "-2000000\n");
    fake_write(&machine, SUPPLY "BAT0/voltage_now", "12000000\n");
    struct pt_sensor *sensor = fake_open(&machine, "battery");
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 240, 1e-6);
    pt_sensor_close(sensor);
    (void)unused;
}

static void two_batteries_add_up_and_a_mouse_does_not(void **unused)
{
    fake_write(&machine, SUPPLY "BAT1/type", "Battery\n");
    fake_write(&machine, SUPPLY "BAT1/status", "Discharging\n");
    fake_write(&machine, SUPPLY "BAT1/power_now", "5000000\n");
    fake_write(&machine, SUPPLY "mouse/type", "Battery\n");
    fake_write(&machine, SUPPLY "mouse/scope", "Device\n");
    fake_write(&machine, SUPPLY "mouse/status", "Discharging\n");
    struct pt_sensor *sensor = fake_open(&machine, "battery");
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    struct pt_quantity total = pt_sensor_total(sensor, readings);
    assert_near(total.value, 150, 1e-6);
    pt_sensor_close(sensor);
    (void)unused;
}

// Plugged in after 10 s for 10 s: what it drew then is a guess at the power before.
static void charging_is_a_gap(void **unused)
{
    struct pt_sensor *sensor = fake_open(&machine, "battery");
    struct pt_reading readings[PT_CHANNELS_MAX];
    struct pt_error error;
    fake_advance(&machine, 10);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    fake_write(&machine, SUPPLY "BAT0/status", "Charging\n");
    fake_advance(&machine, 5);
    assert_status(pt_sensor_read(sensor, readings, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "unplug the charger");
    assert_near(readings[0].pending_joules, 50, 1e-6);
    fake_write(&machine, SUPPLY "BAT0/status", "Discharging\n");
    fake_advance(&machine, 5);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    assert_near(readings[0].energy_joules, 200, 1e-6);
    assert_near(readings[0].gap_joules, 100, 1e-6);
    pt_sensor_close(sensor);
    (void)unused;
}

static void a_battery_that_does_not_discharge_tells_nothing(void **unused)
{
    fake_write(&machine, SUPPLY "BAT0/status", "Full\n");
    assert_fails("BAT0 is \"Full\"");
    (void)unused;
}

// 0 W is a gauge that does not know, not a machine that needs nothing.
static void a_gauge_without_power_is_unavailable(void **unused)
{
    fake_write(&machine, SUPPLY "BAT0/power_now", "0\n");
    assert_fails("does not tell its power");
    fake_write(&machine, SUPPLY "BAT0/power_now", "lots\n");
    assert_fails("does not tell its power");
    (void)unused;
}

static void no_battery_is_unavailable(void **unused)
{
    fake_write(&machine, SUPPLY "BAT0/type", "UPS\n");
    assert_fails("no battery");
    fake_machine_start(&machine);
    assert_fails("no battery");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(power_is_added_up, setup),
        cmocka_unit_test_setup(current_and_voltage_make_power, setup),
        cmocka_unit_test_setup(two_batteries_add_up_and_a_mouse_does_not, setup),
        cmocka_unit_test_setup(charging_is_a_gap, setup),
        cmocka_unit_test_setup(a_battery_that_does_not_discharge_tells_nothing, setup),
        cmocka_unit_test_setup(a_gauge_without_power_is_unavailable, setup),
        cmocka_unit_test_setup(no_battery_is_unavailable, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
