// The bill of a run whose power and prices change: what was used when a kWh was dear is dear.

#include "meter/bill.h"

#include "base/random.h"
#include "base/units.h"
#include "fake_process.h"

static struct fake_machine machine;
static struct pt_sensor *sensor;

// 2023-11-15T00:00Z, a Wednesday.
static const int64_t midnight = 1700006400LL * PT_NANOSECONDS_PER_SECOND;

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    machine.realtime_ns = midnight;
    machine.cpus = 4;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 50);
    fake_proc_stat(&machine);
    sensor = fake_open(&machine, "powercap");
    machine.realtime_ns = midnight; // the self-test took a moment
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_sensor_close(sensor);
    return 0;
}

static const char *const phases[] = {"data", "forward"};

static struct pt_meter_engine *open_meter(const struct pt_tariff *tariff)
{
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 3600,
                                     .scope = PT_SCOPE_MACHINE,
                                     .phases = phases,
                                     .phase_count = 2,
                                     .tariff = tariff,
                                     .manual = true};
    struct pt_meter_engine *meter;
    struct pt_error error;
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    return meter;
}

static struct pt_bill bill_of(const struct pt_meter_report *report, const struct pt_tariff *tariff)
{
    struct pt_bill bill;
    struct pt_error error;
    assert_status(pt_bill_of_meter(report, tariff, "test", &bill, &error), PT_OK, &error);
    return bill;
}

static struct pt_bill finish(struct pt_meter_engine *meter, const struct pt_tariff *tariff)
{
    struct pt_meter_report report;
    struct pt_error error;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    pt_meter_close(meter);
    return bill_of(&report, tariff);
}

static const struct pt_tariff_window day = {
    .weekdays = 0x7f, .from_minute = 6 * 60, .to_minute = 22 * 60, .price_per_kwh = 0.40};

static struct pt_tariff day_and_night(void)
{
    struct pt_tariff tariff = pt_tariff_none();
    tariff.price_per_kwh = pt_quantity_exact(0.10);
    memcpy(tariff.currency, "EUR", 4);
    tariff.carbon_grams_per_kwh = pt_quantity_exact(300);
    tariff.window_count = 1;
    tariff.windows = &day;
    return tariff;
}

// A step of at most 100 s, so that the counter, 262 kJ, does not wrap twice.
static void go(struct pt_meter_engine *meter, double hours)
{
    int steps = (int)ceil(hours * 36);
    for (int i = 0; i < steps; i++) {
        fake_advance(&machine, hours * 3600 / steps);
        pt_meter_sample_now(meter, NULL);
    }
}

// 24 h: 100 W by night (8 h at 0.10), 1000 W by day (16 h at 0.40). The bill is the sum over the
// hours, 0.8 kWh x 0.10 + 16 kWh x 0.40 = 6.48 EUR; the mean power at the mean price would be
// 16.8 kWh x 0.30 = 5.04 EUR.
static void a_bill_is_the_sum_over_the_hours(void **unused)
{
    struct pt_tariff tariff = day_and_night();
    struct pt_meter_engine *meter = open_meter(&tariff);
    for (int hour = 0; hour < 24; hour++) {
        machine.zones[0].watts = hour >= 6 && hour < 22 ? 1000 : 100;
        go(meter, 1);
    }
    struct pt_bill bill = finish(meter, &tariff);
    assert_near(pt_bill_joules(&bill.total).value, 16.8 * PT_JOULES_PER_KWH, 1);
    assert_near(pt_bill_money(&bill.total).value, 6.48, 1e-4);
    assert_near(pt_bill_grams(&bill.total).value, 16.8 * 300, 0.01);
    (void)unused;
}

// Data by night, forward by day, at the same power: the phases pay different prices.
static void each_phase_pays_the_price_of_its_time(void **unused)
{
    struct pt_tariff tariff = day_and_night();
    struct pt_meter_engine *meter = open_meter(&tariff);
    machine.zones[0].watts = 1000;
    go(meter, 6);
    pt_meter_enter(meter, 1);
    go(meter, 4);
    struct pt_bill bill = finish(meter, &tariff);
    assert_int_equal(bill.row_count, 2);
    assert_near(pt_bill_money(&bill.rows[0]).value, 0.60, 1e-4);
    assert_near(pt_bill_money(&bill.rows[1]).value, 1.60, 1e-4);
    (void)unused;
}

// Random powers and phases over a random time of two days, against the sum over what passed.
static void random_days_add_up(void **unused)
{
    struct pt_tariff tariff = day_and_night();
    for (uint64_t run = 0; run < 10; run++) {
        setup(NULL);
        uint64_t index = run << 32;
        double kwh = 0, money = 0;
        int64_t begin = machine.realtime_ns;
        struct pt_meter_engine *meter = open_meter(&tariff);
        for (int i = 0; i < 96; i++) { // half hours, so that no edge of a price lies within one
            machine.zones[0].watts = 900 * pt_random_uniform(3, 4, index++);
            pt_meter_enter(meter, (int)(2 * pt_random_uniform(3, 4, index++)));
            go(meter, 0.5);
            double hour = fmod((double)(machine.realtime_ns - begin) / 3600e9 - 0.25, 24);
            double more = machine.zones[0].watts * 0.5 / 1000;
            kwh += more;
            money += more * (hour >= 6 && hour < 22 ? 0.40 : 0.10);
        }
        struct pt_bill bill = finish(meter, &tariff);
        assert_near(pt_bill_joules(&bill.total).value, kwh * PT_JOULES_PER_KWH, 10);
        assert_near(pt_bill_money(&bill.total).value, money, 1e-3);
        teardown(NULL);
    }
    setup(NULL);
    (void)unused;
}

// What a failed counter missed was used in all of the gap, not when it was read again: an hour of
// 1 kW, half of it at 0.10 and half at 0.40.
static void a_gap_is_priced_over_its_time(void **unused)
{
    struct pt_tariff tariff = day_and_night();
    machine.realtime_ns =
        midnight + 5 * 3600 * PT_NANOSECONDS_PER_SECOND + 1800 * PT_NANOSECONDS_PER_SECOND;
    struct pt_meter_engine *meter = open_meter(&tariff);
    machine.zones[0].watts = 50; // 180 kJ: less than a lap
    for (int i = 0; i < 36; i++) {
        fake_advance(&machine, 100);
        fake_zone_file(&machine, "intel-rapl:0", "energy_uj", "");
        pt_meter_sample_now(meter, NULL);
    }
    fake_zone_energy(&machine, &machine.zones[0]);
    pt_meter_sample_now(meter, NULL);
    struct pt_bill bill = finish(meter, &tariff);
    assert_near(pt_bill_joules(&bill.total).value, 180e3, 1);
    assert_near(pt_bill_money(&bill.total).value, 0.05 * 0.25, 1e-6);
    (void)unused;
}

// A flat price is exactly that, however many windows it was summed over.
static void a_flat_price_stays_what_it_is(void **unused)
{
    struct pt_tariff tariff = day_and_night();
    tariff.window_count = 0;
    tariff.price_per_kwh = pt_quantity_relative(0.1234567, 0.1, PT_PUBLISHED);
    struct pt_meter_engine *meter = open_meter(&tariff);
    go(meter, 3);
    struct pt_meter_report report;
    pt_meter_now(meter, &report);
    assert_true(report.phases[0].price_per_kwh.value == 0.1234567);
    assert_true(report.phases[0].price_per_kwh.high == tariff.price_per_kwh.high);
    assert_int_equal(report.phases[0].price_per_kwh.provenance, PT_PUBLISHED);
    assert_false(pt_quantity_known(report.phases[1].price_per_kwh)); // nothing was used
    pt_meter_close(meter);
    (void)unused;
}

// Whoever meters without a tariff and prices later gets the mean over the run; and no price stays
// none.
static void without_a_tariff_the_run_is_priced_as_a_whole(void **unused)
{
    struct pt_tariff tariff = day_and_night(), none = pt_tariff_none();
    struct pt_meter_engine *meter = open_meter(NULL);
    machine.zones[0].watts = 1000;
    go(meter, 12);
    struct pt_meter_report report;
    struct pt_error error;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    struct pt_bill bill = bill_of(&report, &tariff);
    assert_near(pt_bill_money(&bill.total).value, 6 * 0.10 + 6 * 0.40, 1e-4);
    assert_false(pt_quantity_known(report.phases[0].price_per_kwh));
    bill = bill_of(&report, &none);
    assert_false(pt_quantity_known(pt_bill_money(&bill.total)));
    pt_meter_close(meter);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bill_is_the_sum_over_the_hours, setup, teardown),
        cmocka_unit_test_setup_teardown(each_phase_pays_the_price_of_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(random_days_add_up, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_gap_is_priced_over_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_flat_price_stays_what_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_tariff_the_run_is_priced_as_a_whole, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
