#include "report/column.h"
#include "report/comparison.h"
#include "sample.h"

static char *print(const struct pt_bill *bill, const struct pt_bill *prediction, int width)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    pt_report_bill(stream, bill, prediction, width);
    fclose(stream);
    return text;
}

// A printed number in last digits of its column: "1,234.50" is 123450. "-" counts as nothing.
static int64_t digits_of(const char *text)
{
    int64_t number = 0;
    if (strcmp(text, "-") == 0)
        return 0;
    for (; *text != '\0'; text++) {
        assert_non_null(strchr("0123456789.,", *text));
        if (*text >= '0' && *text <= '9')
            number = number * 10 + (*text - '0');
    }
    return number;
}

static void assert_adds_up(const struct pt_column *column, int row_count)
{
    int64_t sum = 0;
    for (int i = 0; i < row_count; i++)
        sum += digits_of(column->rows[i]);
    if (sum != digits_of(column->total))
        for (int i = 0; i < row_count; i++)
            print_error("%s\n", column->rows[i]);
    assert_int_equal(sum, digits_of(column->total));
}

// xorshift, as the test must be the same everywhere. Marsaglia 2003.
static uint64_t state = 88172645463325252u;
static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// From a few smallest units to billions of them, evenly in the logarithm.
static int64_t random_amount(void)
{
    return (int64_t)(next_random() % (UINT64_C(1) << (next_random() % 53)));
}

static struct pt_amount known(int64_t value)
{
    return (struct pt_amount){true, value, value - value / 4, value + value / 3, PT_MEASURED};
}

static void add(struct pt_amount *sum, int64_t value)
{
    *sum = known(sum->value + value);
}

static void random_bill(struct pt_bill *bill)
{
    *bill = (struct pt_bill){.row_count = 1 + (int)(next_random() % PT_BILL_ROWS_MAX),
                             .currency = "EUR"};
    bill->total.seconds = pt_quantity_exact(0);
    for (int i = 0; i < bill->row_count; i++) {
        struct pt_bill_row *row = &bill->rows[i];
        snprintf(row->label, sizeof row->label, "phase %d", i);
        row->seconds = pt_quantity_exact((double)random_amount() * 1e-9);
        row->microjoules = known(random_amount());
        row->nano_money = known(random_amount());
        row->micrograms = known(random_amount());
        bill->total.seconds = pt_quantity_sum(bill->total.seconds, row->seconds);
        add(&bill->total.microjoules, row->microjoules.value);
        add(&bill->total.nano_money, row->nano_money.value);
        add(&bill->total.micrograms, row->micrograms.value);
    }
}

static void printed_columns_add_up(void **unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        struct pt_bill bill;
        struct pt_bill_columns columns;
        random_bill(&bill);
        pt_bill_columns_fill(&bill, &columns);
        assert_adds_up(&columns.time, bill.row_count);
        assert_adds_up(&columns.energy, bill.row_count);
        assert_adds_up(&columns.money, bill.row_count);
        assert_adds_up(&columns.carbon, bill.row_count);
    }
}

// Three thirds of 1.000 kWh: 0.333 each would leave 0.001 unaccounted for.
static void thirds_are_shared_out(void **unused)
{
    (void)unused;
    struct pt_bill bill = {.row_count = 3};
    struct pt_bill_columns columns;
    for (int i = 0; i < 3; i++)
        bill.rows[i] = (struct pt_bill_row){.seconds = pt_quantity_missing(),
                                            .microjoules = known(1200000000000)};
    bill.total =
        (struct pt_bill_row){.seconds = pt_quantity_missing(), .microjoules = known(3600000000000)};
    pt_bill_columns_fill(&bill, &columns);
    assert_string_equal(columns.energy.unit, "kWh");
    assert_string_equal(columns.energy.total, "1.000");
    assert_string_equal(columns.energy.rows[0], "0.334");
    assert_string_equal(columns.energy.rows[1], "0.333");
    assert_string_equal(columns.energy.rows[2], "0.333");
}

// No row is further from its true value than one last digit.
static void no_row_is_off_by_more_than_a_digit(void **unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        struct pt_bill bill;
        struct pt_bill_columns columns;
        random_bill(&bill);
        pt_bill_columns_fill(&bill, &columns);
        double digit = columns.money.unit_size * pow(10, -columns.money.decimals);
        for (int k = 0; k < bill.row_count; k++)
            assert_near((double)digits_of(columns.money.rows[k]),
                        pt_bill_money(&bill.rows[k]).value / digit, 1.0000001);
    }
}

// The largest bill that int64_t can hold is printed whole.
static void a_huge_bill_is_printed(void **unused)
{
    (void)unused;
    struct pt_bill bill = {.row_count = 1, .currency = "JPY"};
    bill.rows[0] = bill.total = (struct pt_bill_row){
        .label = "all",
        .seconds = pt_quantity_exact(3e9),
        .microjoules = {true, INT64_MAX, INT64_MAX, INT64_MAX, PT_MEASURED},
        .nano_money = {true, INT64_MAX, INT64_MAX, INT64_MAX, PT_MEASURED},
        .micrograms = {true, INT64_MAX, INT64_MAX, INT64_MAX, PT_MEASURED},
    };
    char *text = print(&bill, &bill, 0);
    assert_contains(text, "9,223,372,036.85"); // 2^63 billionths
    assert_contains(text, "2.562");            // GWh: 2^63 uJ / 3.6e18 uJ
    free(text);
}

static bool has_zero_cell(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] == '0' && (i == 0 || text[i - 1] == ' ') &&
            strspn(text + i, "0.") == strcspn(text + i, " \n"))
            return true;
    return false;
}

static void missing_is_never_printed_as_zero(void **unused)
{
    (void)unused;
    struct pt_bill unknown = {.row_count = 2};
    for (int i = 0; i < 2; i++)
        unknown.rows[i].seconds = pt_quantity_missing();
    strcpy(unknown.rows[0].label, "forward");
    strcpy(unknown.rows[1].label, "backward");
    unknown.total.seconds = pt_quantity_missing();
    char *text = print(&unknown, &unknown, 0);
    assert_false(has_zero_cell(text));
    assert_contains(text, "unknown");
    assert_contains(text, "name a region or a tariff");
    free(text);
}

static void without_a_price_money_is_unknown(void **unused)
{
    (void)unused;
    struct pt_bill bill;
    sample_bill(&bill, false, 12, 410, 0.2, PT_MODELLED);
    char *text = print(&bill, NULL, 0);
    assert_false(has_zero_cell(text));
    assert_contains(text, "money   unknown; no price was given");
    assert_contains(text, "CO2e    unknown; no carbon intensity was given");
    free(text);
}

// A row without energy makes the total unknown; the other rows are still told.
static void one_unknown_row_does_not_hide_the_others(void **unused)
{
    (void)unused;
    struct pt_bill bill;
    struct pt_bill_columns columns;
    sample_bill(&bill, true, 12, 410, 0.2, PT_MODELLED);
    bill.rows[2].microjoules.known = false;
    bill.total.microjoules.known = false;
    pt_bill_columns_fill(&bill, &columns);
    assert_string_equal(columns.energy.rows[2], "-");
    assert_string_equal(columns.energy.total, "unknown");
    assert_string_equal(columns.energy.unit, "J"); // 0.49 of 410 J is the largest that is known
    assert_string_equal(columns.energy.rows[3], "200.9");
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        longest = length > longest ? length : longest;
        text += length + (text[length] == '\n');
    }
    return longest;
}

static void it_fits_the_terminal(void **unused)
{
    (void)unused;
    struct pt_bill bill, prediction;
    sample_bill(&bill, true, 12, 410, 0.2, PT_MODELLED);
    sample_bill(&prediction, true, 11, 380, 0.3, PT_MODELLED);
    for (int width = 80; width <= 160; width += 16) {
        char *text = print(&bill, &prediction, width);
        assert_in_range(longest_line(text), 1, width);
        assert_contains(text, "facility overhead");
        free(text);
    }
    char *wide = print(&bill, &prediction, 120), *narrow = print(&bill, &prediction, 80);
    assert_contains(wide, "from");
    assert_null(strstr(narrow, "from"));
    free(wide);
    free(narrow);
}

static void the_sources_are_named(void **unused)
{
    (void)unused;
    struct pt_bill bill;
    sample_bill(&bill, true, 12, 410, 0.2, PT_MODELLED);
    char *text = print(&bill, NULL, 0);
    assert_contains(text, "CPU time times watts per thread");
    assert_contains(text, "price: industrial consumers, Germany");
    assert_contains(text, "carbon: generation mix, Germany");
    free(text);
}

static struct pt_bill total_of(double seconds, double joules, double low, double high)
{
    struct pt_bill bill = {.row_count = 0};
    bill.total.seconds = pt_quantity_exact(seconds);
    bill.total.microjoules = (struct pt_amount){true, (int64_t)(joules * 1e6), (int64_t)(low * 1e6),
                                                (int64_t)(high * 1e6), PT_MODELLED};
    return bill;
}

// 110 J for predicted 100 J is +10 %; inside 80 to 120 J, above 80 to 105 J, below 115 to 120 J.
static void the_measurement_is_judged_by_the_predicted_interval(void **unused)
{
    (void)unused;
    const struct pt_bill metered = total_of(10, 110, 100, 120);
    struct pt_bill predicted = total_of(10, 100, 80, 120);
    struct pt_comparison lines[PT_COMPARISON_LINES];

    pt_comparison_fill(&predicted, &metered, lines);
    assert_near(lines[1].deviation, 0.10, 1e-12);
    assert_int_equal(lines[1].hit, PT_HIT_INSIDE);
    assert_int_equal(lines[0].hit, PT_HIT_INSIDE);
    predicted = total_of(10, 100, 80, 105);
    pt_comparison_fill(&predicted, &metered, lines);
    assert_int_equal(lines[1].hit, PT_HIT_ABOVE);
    predicted = total_of(10, 118, 115, 120);
    pt_comparison_fill(&predicted, &metered, lines);
    assert_int_equal(lines[1].hit, PT_HIT_BELOW);

    char *text = print(&metered, &predicted, 0);
    assert_contains(text, "-6.8 %"); // 110 / 118 - 1
    assert_contains(text, "below");
    free(text);
}

// 180 J beside 0.14 Wh (504 J) is 0.05 Wh, and 90 to 270 J are 0.025 to 0.075 Wh.
static void both_sides_have_one_unit(void **unused)
{
    (void)unused;
    const struct pt_bill metered = total_of(10, 504, 400, 600);
    struct pt_bill predicted = total_of(10, 180, 90, 270);
    struct pt_comparison lines[PT_COMPARISON_LINES];
    pt_comparison_fill(&predicted, &metered, lines);
    assert_string_equal(lines[1].metered_text.value, "0.14 Wh");
    assert_string_equal(lines[1].predicted_text.value, "0.05000 Wh");
    assert_string_equal(lines[1].predicted_text.interval, "0.0250-0.0750");
    assert_string_equal(lines[1].predicted_text.note, "0.0250-0.0750, modelled");

    predicted = total_of(10, 0.02, 0.01, 0.03); // too far apart for one unit
    pt_comparison_fill(&predicted, &metered, lines);
    assert_string_equal(lines[1].predicted_text.value, "0.02 J");
    predicted = total_of(10, 0, 0, 0);
    pt_comparison_fill(&predicted, &metered, lines);
    assert_string_equal(lines[1].predicted_text.value, "0 J");
}

static void what_is_unknown_is_not_judged(void **unused)
{
    (void)unused;
    struct pt_bill metered = total_of(10, 110, 100, 120), predicted = total_of(10, 0, 0, 0);
    struct pt_comparison lines[PT_COMPARISON_LINES];
    char text[32];

    pt_comparison_fill(&predicted, &metered, lines);
    assert_true(isnan(lines[1].deviation)); // nothing divides by 0
    assert_int_equal(lines[2].hit, PT_HIT_UNKNOWN);
    assert_string_equal(pt_format_deviation(lines[2].deviation, text), "-");
    assert_string_equal(lines[2].metered_text.value, "unknown");
}

static void two_currencies_are_not_compared(void **unused)
{
    (void)unused;
    struct pt_bill metered, predicted;
    struct pt_comparison lines[PT_COMPARISON_LINES];
    sample_bill(&metered, true, 12, 410, 0.2, PT_MODELLED);
    predicted = metered;
    strcpy(predicted.currency, "USD");
    pt_comparison_fill(&predicted, &metered, lines);
    assert_true(isnan(lines[2].deviation));
    assert_int_equal(lines[2].hit, PT_HIT_UNKNOWN);
    assert_int_equal(lines[1].hit, PT_HIT_INSIDE);
}

static void deviations_as_people_read_them(void **unused)
{
    (void)unused;
    char text[32];
    assert_string_equal(pt_format_deviation(0.0342, text), "+3.4 %");
    assert_string_equal(pt_format_deviation(-0.5, text), "-50.0 %");
    assert_string_equal(pt_format_deviation(3.5, text), "+350 %");
    assert_string_equal(pt_format_deviation(41, text), "x 42");
    assert_string_equal(pt_format_deviation(NAN, text), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_columns_add_up),
        cmocka_unit_test(thirds_are_shared_out),
        cmocka_unit_test(no_row_is_off_by_more_than_a_digit),
        cmocka_unit_test(a_huge_bill_is_printed),
        cmocka_unit_test(missing_is_never_printed_as_zero),
        cmocka_unit_test(without_a_price_money_is_unknown),
        cmocka_unit_test(one_unknown_row_does_not_hide_the_others),
        cmocka_unit_test(it_fits_the_terminal),
        cmocka_unit_test(the_sources_are_named),
        cmocka_unit_test(the_measurement_is_judged_by_the_predicted_interval),
        cmocka_unit_test(both_sides_have_one_unit),
        cmocka_unit_test(what_is_unknown_is_not_judged),
        cmocka_unit_test(two_currencies_are_not_compared),
        cmocka_unit_test(deviations_as_people_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
