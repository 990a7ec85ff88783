// Bills: hand arithmetic, and the laws that every bill obeys.

#include "base/units.h"
#include "cost/bill.h"
#include "support.h"

static const struct pt_bill_row *find_row(const struct pt_bill *bill, const char *label)
{
    for (int i = 0; i < bill->row_count; i++)
        if (strcmp(bill->rows[i].label, label) == 0)
            return &bill->rows[i];
    fail_msg("no row %s", label);
    return NULL;
}

static struct pt_tariff flat(double price, double carbon, double pue)
{
    struct pt_tariff tariff = pt_tariff_none();
    tariff.price_per_kwh = pt_quantity_exact(price);
    memcpy(tariff.currency, "EUR", 4);
    tariff.carbon_grams_per_kwh = pt_quantity_exact(carbon);
    tariff.pue = pt_quantity_exact(pue);
    return tariff;
}

static void add(struct pt_bill *bill, const struct pt_tariff *tariff, const char *label,
                struct pt_quantity joules)
{
    struct pt_error error;
    assert_status(
        pt_bill_add(bill, tariff, label, pt_quantity_exact(1), joules, 0, 1000000000, &error),
        PT_OK, &error);
}

static void close_bill(struct pt_bill *bill, const struct pt_tariff *tariff)
{
    struct pt_error error;
    assert_status(pt_bill_close(bill, tariff, &error), PT_OK, &error);
}

// 3.6 MJ is one kWh: 0.25 EUR and 350 g. 1.8 MJ is half of it. With a PUE of 1.2 the facility adds
// a fifth.
static void energy_times_price_is_money(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 350, 1.2);
    struct pt_bill bill;
    (void)unused;

    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "forward", pt_quantity_exact(3.6e6));
    add(&bill, &tariff, "backward", pt_quantity_exact(1.8e6));
    close_bill(&bill, &tariff);

    assert_string_equal(bill.currency, "EUR");
    assert_int_equal(bill.row_count, 3);
    assert_int_equal(find_row(&bill, "forward")->microjoules.value, 3600000000000);
    assert_int_equal(find_row(&bill, "forward")->nano_money.value, 250000000);
    assert_int_equal(find_row(&bill, "forward")->micrograms.value, 350000000);
    assert_int_equal(find_row(&bill, "backward")->nano_money.value, 125000000);
    assert_int_equal(find_row(&bill, "facility overhead")->microjoules.value, 1080000000000);
    assert_int_equal(find_row(&bill, "facility overhead")->nano_money.value, 75000000);
    assert_int_equal(bill.total.nano_money.value, 450000000);
    assert_near(pt_bill_joules(&bill.total).value, 6.48e6, 0);
    assert_near(pt_bill_money(&bill.total).value, 0.45, 1e-15);
    assert_near(pt_bill_grams(&bill.total).value, 630, 1e-12);
    assert_string_equal(bill.total.label, "total");
    assert_near(bill.total.seconds.value, 2, 0); // the facility takes no time of its own
    assert_false(pt_quantity_known(find_row(&bill, "facility overhead")->seconds));
}

// 1 kJ at 0.36 EUR/kWh is 0.0001 EUR: far below a cent, and still there.
static void small_amounts_are_not_lost(void **unused)
{
    struct pt_tariff tariff = flat(0.36, 100, 1);
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "step", pt_quantity_exact(0.001));
    close_bill(&bill, &tariff);
    assert_int_equal(bill.total.microjoules.value, 1000);
    assert_int_equal(bill.total.nano_money.value, 0); // a tenth of a billionth rounds to none
    assert_true(bill.total.nano_money.known);

    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "step", pt_quantity_exact(1000));
    close_bill(&bill, &tariff);
    assert_int_equal(bill.total.nano_money.value, 100000);
    assert_int_equal(bill.row_count, 1); // no overhead without a facility
}

static void intervals_travel_to_the_total(void **unused)
{
    struct pt_tariff tariff = flat(0.36, 100, 1);
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "a", pt_quantity_relative(1e6, 0.1, PT_MEASURED));
    add(&bill, &tariff, "b", pt_quantity_relative(2e6, 0.2, PT_MODELLED));
    close_bill(&bill, &tariff);
    assert_int_equal(bill.total.microjoules.low, 2500000000000); // 0.9 + 1.6 MJ
    assert_int_equal(bill.total.microjoules.high, 3500000000000);
    assert_int_equal(bill.total.microjoules.provenance, PT_MODELLED); // as sure as the least sure
    assert_int_equal(find_row(&bill, "a")->microjoules.provenance, PT_MEASURED);
    assert_int_equal(bill.total.nano_money.low, 250000000);
    assert_int_equal(bill.total.nano_money.high, 350000000);
}

static void an_unknown_price_shows_no_money(void **unused)
{
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "forward", pt_quantity_exact(1e6));
    close_bill(&bill, &tariff);
    assert_string_equal(bill.currency, "");
    assert_true(bill.total.microjoules.known);
    assert_false(bill.total.nano_money.known);
    assert_false(bill.total.micrograms.known);
    assert_true(isnan(pt_bill_money(&bill.total).value));
    assert_int_equal(pt_bill_money(&bill.total).provenance, PT_MISSING);
}

// One unmeasured phase makes the total unknown: a sum of the others would look like the whole.
static void an_unknown_row_makes_the_total_unknown(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 350, 1.5);
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "data", pt_quantity_missing());
    add(&bill, &tariff, "forward", pt_quantity_exact(1e6));
    close_bill(&bill, &tariff);
    assert_false(find_row(&bill, "data")->microjoules.known);
    assert_true(find_row(&bill, "forward")->microjoules.known);
    assert_false(find_row(&bill, "facility overhead")->microjoules.known);
    assert_false(bill.total.microjoules.known);
    assert_false(bill.total.nano_money.known);

    // and so in the other order, and when the same row is measured once and then not
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "forward", pt_quantity_exact(1e6));
    add(&bill, &tariff, "data", pt_quantity_missing());
    add(&bill, &tariff, "backward", pt_quantity_exact(1e6));
    add(&bill, &tariff, "backward", pt_quantity_missing());
    close_bill(&bill, &tariff);
    assert_true(find_row(&bill, "forward")->microjoules.known);
    assert_false(find_row(&bill, "backward")->microjoules.known);
    assert_false(bill.total.microjoules.known);
    assert_false(bill.total.micrograms.known);
}

static void a_bill_without_rows_is_unknown_not_zero(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 350, 1.5);
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    close_bill(&bill, &tariff);
    assert_int_equal(bill.row_count, 0);
    assert_false(pt_quantity_known(pt_bill_joules(&bill.total)));
    assert_false(pt_quantity_known(bill.total.seconds));
}

static void a_label_is_one_row_however_often_it_is_added(void **unused)
{
    struct pt_tariff tariff = flat(0.36, 100, 1);
    struct pt_bill bill;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    for (int i = 0; i < 100; i++) {
        add(&bill, &tariff, "forward", pt_quantity_exact(10));
        add(&bill, &tariff, "backward", pt_quantity_exact(20));
    }
    close_bill(&bill, &tariff);
    assert_int_equal(bill.row_count, 2);
    assert_int_equal(bill.rows[0].microjoules.value, 1000000000);
    assert_near(bill.rows[1].seconds.value, 100, 1e-9);
    assert_int_equal(bill.total.nano_money.value, 300000);
}

static void bad_amounts_are_refused_and_change_nothing(void **unused)
{
    struct pt_tariff tariff = flat(0.36, 100, 1);
    struct pt_quantity good = pt_quantity_exact(1),
                       bad[] = {
                           pt_quantity_exact(-1),         pt_quantity_exact(INFINITY),
                           {NAN, NAN, NAN, PT_MEASURED}, // claims to be measured
                           {1, -1, 2, PT_MEASURED},       {1, 2, 3, PT_MEASURED},
                           {1, 0, INFINITY, PT_MEASURED},
                       };
    struct pt_bill bill, before;
    struct pt_error error;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "forward", good);
    before = bill;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(pt_bill_add(&bill, &tariff, "forward", good, bad[i], 0, 1, &error),
                         PT_BAD_INPUT);
        assert_contains(error.message, "\"forward\"");
        assert_int_equal(pt_bill_add(&bill, &tariff, "data", bad[i], good, 0, 1, &error),
                         PT_BAD_INPUT);
        assert_memory_equal(&bill, &before, sizeof bill);
    }
}

// 1e13 J are 1e19 microjoules, more than 9.2e18; 9e12 J fit, twice that do not.
static void amounts_beyond_the_integers_are_refused(void **unused)
{
    struct pt_tariff tariff = flat(0.0001, 1, 1);
    struct pt_bill bill, before;
    struct pt_error error;
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    struct pt_quantity second = pt_quantity_exact(1), large = pt_quantity_exact(9e12);
    assert_int_equal(
        pt_bill_add(&bill, &tariff, "x", second, pt_quantity_exact(1e13), 0, 1, &error),
        PT_OVERFLOW);
    assert_int_equal(bill.row_count, 0);
    assert_status(pt_bill_add(&bill, &tariff, "x", second, large, 0, 1, &error), PT_OK, &error);
    before = bill;
    assert_int_equal(pt_bill_add(&bill, &tariff, "x", second, large, 0, 1, &error), PT_OVERFLOW);
    assert_memory_equal(&bill, &before, sizeof bill);
    assert_status(pt_bill_add(&bill, &tariff, "y", second, large, 0, 1, &error), PT_OK, &error);
    assert_int_equal(pt_bill_close(&bill, &tariff, &error), PT_OVERFLOW);
    assert_contains(error.message, "total");

    // 5e12 J fit, and so does the facility's share of as much, but not their sum
    struct pt_tariff facility = flat(0.0001, 1, 2);
    pt_bill_begin(&bill, &facility);
    assert_status(pt_bill_add(&bill, &facility, "x", second, pt_quantity_exact(5e12), 0, 1, &error),
                  PT_OK, &error);
    before = bill;
    assert_int_equal(pt_bill_close(&bill, &facility, &error), PT_OVERFLOW);
    assert_int_equal(bill.row_count, before.row_count);
    assert_string_equal(bill.total.label, "");

    struct pt_tariff dear = flat(1e6, 1, 1); // the money overflows before the energy
    pt_bill_begin(&bill, &dear);
    assert_int_equal(pt_bill_add(&bill, &dear, "x", second, pt_quantity_exact(1e11), 0, 1, &error),
                     PT_OVERFLOW);
    // only the upper end of the interval does not fit
    pt_bill_begin(&bill, &tariff);
    assert_int_equal(pt_bill_add(&bill, &tariff, "x", second,
                                 pt_quantity_relative(9e12, 0.5, PT_MEASURED), 0, 1, &error),
                     PT_OVERFLOW);
}

static void a_bill_has_a_last_row(void **unused)
{
    struct pt_tariff tariff = flat(0.36, 100, 1.1);
    struct pt_bill bill;
    struct pt_error error;
    char label[32];
    (void)unused;
    pt_bill_begin(&bill, &tariff);
    for (int i = 0; i < PT_BILL_ROWS_MAX; i++) {
        snprintf(label, sizeof label, "row %d", i);
        add(&bill, &tariff, label, pt_quantity_exact(1));
    }
    assert_int_equal(pt_bill_add(&bill, &tariff, "one more", pt_quantity_exact(1),
                                 pt_quantity_exact(1), 0, 1, &error),
                     PT_OVERFLOW);
    assert_contains(error.message, "at most 24 rows");
    assert_int_equal(pt_bill_close(&bill, &tariff, &error), PT_OVERFLOW); // the overhead's row
    assert_int_equal(bill.row_count, PT_BILL_ROWS_MAX);
}

static uint64_t random_state = 0x2545f4914f6cdd1du;

static double random_unit(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (double)(random_state >> 11) * 0x1p-53;
}

// From 1e-9 to 1e9, all magnitudes alike.
static double random_amount(void)
{
    return pow(10, 18 * random_unit() - 9);
}

static void check_sum(const struct pt_bill *bill, size_t offset)
{
    struct pt_amount sum = {.known = true};
    for (int i = 0; i < bill->row_count; i++) {
        const struct pt_amount *part =
            (const struct pt_amount *)((const char *)&bill->rows[i] + offset);
        assert_true(part->known);
        assert_true(part->low <= part->value && part->value <= part->high);
        sum.value += part->value;
        sum.low += part->low;
        sum.high += part->high;
    }
    const struct pt_amount *total = (const struct pt_amount *)((const char *)&bill->total + offset);
    assert_true(total->known);
    assert_true(total->value == sum.value && total->low == sum.low && total->high == sum.high);
}

static void rows_add_up_to_the_total_to_the_last_digit(void **unused)
{
    (void)unused;
    for (int run = 0; run < 10000; run++) {
        struct pt_tariff tariff =
            flat(random_unit(), 1000 * random_unit(), 1 + (run % 3 == 0 ? 0 : random_unit()));
        tariff.price_per_kwh =
            pt_quantity_relative(tariff.price_per_kwh.value, random_unit(), PT_PUBLISHED);
        struct pt_bill bill;
        char label[32];
        int rows = 1 + (int)(random_unit() * 22);
        pt_bill_begin(&bill, &tariff);
        for (int i = 0; i < rows; i++) {
            snprintf(label, sizeof label, "row %d", i);
            add(&bill, &tariff, label,
                pt_quantity_relative(random_amount(), random_unit(), PT_MEASURED));
        }
        close_bill(&bill, &tariff);
        check_sum(&bill, offsetof(struct pt_bill_row, microjoules));
        check_sum(&bill, offsetof(struct pt_bill_row, nano_money));
        check_sum(&bill, offsetof(struct pt_bill_row, micrograms));
    }
}

// Up to the rounding of a row to the billionth, at most half of one before and after doubling.
static void twice_the_tariff_costs_twice_the_money(void **unused)
{
    (void)unused;
    for (int run = 0; run < 1000; run++) {
        struct pt_tariff once = flat(random_unit(), 100, 1 + random_unit());
        struct pt_tariff twice = once;
        twice.price_per_kwh = pt_quantity_scale(once.price_per_kwh, 2);
        double joules = 1e6 * random_unit();
        struct pt_bill a, b;
        pt_bill_begin(&a, &once);
        add(&a, &once, "x", pt_quantity_exact(joules));
        close_bill(&a, &once);
        pt_bill_begin(&b, &twice);
        add(&b, &twice, "x", pt_quantity_exact(joules));
        close_bill(&b, &twice);
        assert_true(llabs(b.total.nano_money.value - 2 * a.total.nano_money.value) <= 6);
        assert_true(b.total.microjoules.value == a.total.microjoules.value);
    }
}

// Half of the time at 0.30, half at 0.10: 0.20 on average. 2026-11-24 is a Tuesday.
static void energy_over_two_windows_pays_their_mean(void **unused)
{
    struct pt_tariff_window window = {0x7f, 12 * 60, 13 * 60, 0.30, 0};
    struct pt_tariff tariff = flat(0.10, 100, 1);
    struct pt_bill bill;
    struct pt_error error;
    int64_t noon = 1795521600 * PT_NANOSECONDS_PER_SECOND; // 2026-11-24T12:00Z
    int64_t half_hour = 1800 * PT_NANOSECONDS_PER_SECOND;
    (void)unused;
    tariff.windows = &window;
    tariff.window_count = 1;
    pt_bill_begin(&bill, &tariff);
    assert_status(pt_bill_add(&bill, &tariff, "x", pt_quantity_exact(3600),
                              pt_quantity_exact(3.6e6), noon - half_hour, noon + half_hour, &error),
                  PT_OK, &error);
    close_bill(&bill, &tariff);
    assert_int_equal(bill.total.nano_money.value, 200000000);
}

// A day with a negative price pays back; the interval keeps its order.
static void a_negative_price_pays_back(void **unused)
{
    struct pt_tariff tariff = flat(-0.10, 100, 1.2);
    struct pt_bill bill;
    (void)unused;
    tariff.price_per_kwh = pt_quantity_relative(-0.10, 0.2, PT_PUBLISHED);
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "x", pt_quantity_relative(3.6e6, 0.1, PT_MEASURED));
    close_bill(&bill, &tariff);
    assert_int_equal(bill.total.nano_money.value, -120000000);
    assert_true(bill.total.nano_money.low < bill.total.nano_money.value);
    assert_true(bill.total.nano_money.high > bill.total.nano_money.value);
}

static char *json_of(const struct pt_bill *bill)
{
    char *text = NULL;
    size_t length = 0;
    struct pt_json_writer writer;
    FILE *stream = open_memstream(&text, &length);
    pt_json_begin(&writer, stream, false);
    pt_json_object(&writer, NULL);
    pt_bill_write_json(bill, &writer, "bill");
    pt_json_end_object(&writer);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void json_keeps_whole_numbers_and_says_null_for_unknown(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 350, 1);
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root;
    struct pt_bill bill;
    struct pt_error error;
    (void)unused;

    tariff.carbon_grams_per_kwh = pt_quantity_missing();
    pt_bill_begin(&bill, &tariff);
    add(&bill, &tariff, "forward", pt_quantity_exact(3.6e6));
    close_bill(&bill, &tariff);
    char *text = json_of(&bill);
    assert_status(pt_json_parse(arena, text, strlen(text), "bill", &root, &error), PT_OK, &error);

    const struct pt_node *node = pt_node_find(root, "bill"), *total = pt_node_find(node, "total");
    int64_t value;
    double number;
    assert_string_equal(pt_node_find(node, "currency")->text, "EUR");
    assert_int_equal(pt_node_find(node, "rows")->count, 1);
    assert_int_equal(
        pt_node_get_integer(total, "nano_money", PT_REQUIRED, 0, INT64_MAX, &value, &error), PT_OK);
    assert_int_equal(value, 250000000);
    assert_int_equal(pt_node_get_number(pt_node_find(total, "money"), "value", PT_REQUIRED, 0, 1,
                                        &number, &error),
                     PT_OK);
    assert_near(number, 0.25, 0);
    assert_true(pt_node_find(total, "micrograms")->is_null);
    assert_string_equal(pt_node_find(pt_node_find(total, "co2e_grams"), "provenance")->text,
                        "missing");
    assert_true(pt_node_find(pt_node_find(total, "co2e_grams"), "value")->is_null);
    assert_true(pt_node_find(node, "energy_source")->is_null);
    free(text);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_times_price_is_money),
        cmocka_unit_test(small_amounts_are_not_lost),
        cmocka_unit_test(intervals_travel_to_the_total),
        cmocka_unit_test(an_unknown_price_shows_no_money),
        cmocka_unit_test(an_unknown_row_makes_the_total_unknown),
        cmocka_unit_test(a_bill_without_rows_is_unknown_not_zero),
        cmocka_unit_test(a_label_is_one_row_however_often_it_is_added),
        cmocka_unit_test(bad_amounts_are_refused_and_change_nothing),
        cmocka_unit_test(amounts_beyond_the_integers_are_refused),
        cmocka_unit_test(a_bill_has_a_last_row),
        cmocka_unit_test(rows_add_up_to_the_total_to_the_last_digit),
        cmocka_unit_test(twice_the_tariff_costs_twice_the_money),
        cmocka_unit_test(energy_over_two_windows_pays_their_mean),
        cmocka_unit_test(a_negative_price_pays_back),
        cmocka_unit_test(json_keeps_whole_numbers_and_says_null_for_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
