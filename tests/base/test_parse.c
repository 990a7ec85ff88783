#include "support.h"

#include "base/parse.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

struct number_case {
    const char *text;
    double value;
};

static void doubles_are_read(void **unused)
{
    (void)unused;
    static const struct number_case cases[] = {
        {"0", 0},       {"12", 12},           {"-1", -1},
        {"+1", 1},      {".5", 0.5},          {"5.", 5},
        {"1e-3", 1e-3}, {"1E+3", 1000},       {"-0.5e1", -5},
        {"007", 7},     {"0.1", 0.1},         {"1.7976931348623157e308", 1.7976931348623157e308},
        {"1e-999", 0},  {"4.9e-324", 5e-324},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = NAN;
        assert_true(pt_parse_double(cases[i].text, &value));
        assert_near(value, cases[i].value, 0);
    }
}

static void what_is_not_wholly_a_double_is_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",    " ",   "1 ",       " 1",    "12x",   "1,5",   "0x10",     "nan",
        "NaN", "inf", "-inf",     "1e",    "1e+",   "e5",    ".",        "-",
        "+",   "--1", "+-1",      "1.2.3", "1e5.0", "1_000", "1e999",    "-1e999",
        "0b1", "1f",  "infinity", "1e5e5", "\t1",   "1\n",   "\xd9\xa1",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = 42;
        if (pt_parse_double(cases[i], &value))
            fail_msg("\"%s\" was read as %g", cases[i], value);
        assert_near(value, 42, 0);
    }
}

static void integers_are_exact_to_the_ends_of_their_type(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"+7", 7},
        {"0012", 12},
        {"9007199254740993", 9007199254740993}, // 2^53 + 1: no double
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = -1;
        assert_true(pt_parse_int64(cases[i].text, &value));
        assert_true(value == cases[i].value);
    }
}

static void what_is_not_wholly_an_integer_is_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",
        "-",
        "+",
        "1.0",
        "1e3",
        "12x",
        " 1",
        "1 ",
        "0x1",
        "1_000",
        "--1",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "18446744073709551616",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = 42;
        if (pt_parse_int64(cases[i], &value))
            fail_msg("\"%s\" was read as %lld", cases[i], (long long)value);
        assert_int_equal(value, 42);
    }
}

static void durations_are_read(void **unused)
{
    (void)unused;
    static const struct number_case cases[] = {
        {"90", 90},          {"1.5", 1.5},
        {"1h30m", 5400},     {"90s", 90},
        {"250ms", 0.25},     {"2d", 172800},
        {"1w", 604800},      {"1.5h", 5400},
        {"5min", 300},       {"10us", 1e-5},
        {"3ns", 3e-9},       {"1h 30m", 5400},
        {"4 min 10 s", 250}, {"1d2h3m4s5ms", 93784.005},
        {"0s", 0},           {"1e3s", 1000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double seconds = NAN;
        assert_true(pt_parse_duration(cases[i].text, &seconds));
        assert_near(seconds, cases[i].value, 1e-12 * cases[i].value);
    }
}

static void ambiguous_durations_are_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",   "h",     "1h30", "30m1h", "1h1h", "1m1min", "-5s", "5 ",      " 5",
        "5x", "1h-5m", "5  s", "1,5h",  "nan",  "1e999s", "s5",  "1h 30m ", "9e307w9e307d",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double seconds = 42;
        if (pt_parse_duration(cases[i], &seconds))
            fail_msg("\"%s\" was read as %g s", cases[i], seconds);
        assert_near(seconds, 42, 0);
    }
}

static void bytes_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"4096", 4096},
        {"0", 0},
        {"2GB", 2000000000},
        {"512MiB", 536870912},
        {"80 GiB", 85899345920},
        {"1.5KiB", 1536},
        {"0.3GB", 300000000},
        {"7EiB", 8070450532247928832},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775807B", INT64_MAX},
        {"1e3", 1000},
        {"2EB", 2000000000000000000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t bytes = -1;
        assert_true(pt_parse_bytes(cases[i].text, &bytes));
        assert_true(bytes == cases[i].value);
    }
}

static void ambiguous_or_huge_bytes_are_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",     "B",      "512M",  "1.5",  "1.5B", "-1",
        "2gb",  "1 ",     "1  GB", "GB1",  "8EiB", "9223372036854775808",
        "1e30", "9.3e18", "nan",   "1GBx", "10EB",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t bytes = 42;
        if (pt_parse_bytes(cases[i], &bytes))
            fail_msg("\"%s\" was read as %lld bytes", cases[i], (long long)bytes);
        assert_int_equal(bytes, 42);
    }
}

// 1.1 * 1e12 is 1100000000000.0001 in doubles; 1.1T is a whole number of tokens.
static void counts_are_read_exactly(void **unused)
{
    (void)unused;
    static const struct number_case cases[] = {
        {"7B", 7e9},  {"15T", 15e12},   {"1.5M", 1500000}, {"300k", 300000},
        {"12", 12},   {"1.1T", 1.1e12}, {"0.3B", 3e8},     {"2.5 K", 2500},
        {"1e9", 1e9}, {"4G", 4e9},      {"1P", 1e15},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double count = NAN;
        assert_true(pt_parse_count(cases[i].text, &count));
        assert_near(count, cases[i].value, 0);
    }
}

static void wrong_counts_are_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",
        "B",
        "-7B",
        "7BB",
        "7m",
        "1e9B",
        "7B ",
        "7 ",
        "nan",
        "1e999",
        "11111111111111111111111111111111111111111111111111111111111111111111111111111111B"};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double count = 42;
        if (pt_parse_count(cases[i], &count))
            fail_msg("\"%s\" was read as %g", cases[i], count);
        assert_near(count, 42, 0);
    }
}

static void the_nearest_word_is_found(void **unused)
{
    (void)unused;
    static const char *const words[] = {"learning_rate", "batch", "epochs", "linear", NULL};
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"lerning_rate", "learning_rate"},
        {"learning-rate", "learning_rate"},
        {"bacth", "batch"},
        {"Linear", "linear"},
        {"epoch", "epochs"},
        {"momentum", NULL},
        {"", NULL},
        {"x", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *word = pt_nearest_word(cases[i].text, words);
        if (cases[i].word == NULL)
            assert_null(word);
        else
            assert_string_equal(word, cases[i].word);
    }
}

static void a_hostile_long_text_has_no_nearest_word(void **unused)
{
    (void)unused;
    static char text[100001];
    memset(text, 'a', sizeof text - 1);
    const char *const words[] = {text, "aaa", NULL};
    assert_null(pt_nearest_word(text, words));
    assert_string_equal(pt_nearest_word("aaaa", words), "aaa");
}

static void doubles_are_written_shortest(void **unused)
{
    (void)unused;
    static const struct number_case cases[] = {
        {"0", 0},
        {"-0", -0.0},
        {"0.1", 0.1},
        {"1e+22", 1e22},
        {"5e-324", 5e-324},
        {"0.30000000000000004", 0.1 + 0.2},
        {"123456789", 123456789},
        {"1.7976931348623157e+308", 1.7976931348623157e308},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char buffer[32];
        assert_string_equal(pt_format_double(cases[i].value, buffer), cases[i].text);
    }
    char buffer[32];
    assert_string_equal(pt_format_double(INFINITY, buffer), "inf");
    assert_string_equal(pt_format_double(-INFINITY, buffer), "-inf");
    assert_contains(pt_format_double(NAN, buffer), "nan");
}

static void every_double_survives_writing_and_reading(void **unused)
{
    (void)unused;
    uint64_t bits = 88172645463325252; // xorshift64, Marsaglia 2003
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value, again;
        char buffer[32];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        assert_true(pt_parse_double(pt_format_double(value, buffer), &again));
        assert_memory_equal(&again, &value, sizeof value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_are_read),
        cmocka_unit_test(what_is_not_wholly_a_double_is_refused),
        cmocka_unit_test(integers_are_exact_to_the_ends_of_their_type),
        cmocka_unit_test(what_is_not_wholly_an_integer_is_refused),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(ambiguous_durations_are_refused),
        cmocka_unit_test(bytes_are_read),
        cmocka_unit_test(ambiguous_or_huge_bytes_are_refused),
        cmocka_unit_test(counts_are_read_exactly),
        cmocka_unit_test(wrong_counts_are_refused),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(a_hostile_long_text_has_no_nearest_word),
        cmocka_unit_test(doubles_are_written_shortest),
        cmocka_unit_test(every_double_survives_writing_and_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
