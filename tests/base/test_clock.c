#include "support.h"

#include <time.h>

#include "base/clock.h"

static int64_t fake_time(void *state)
{
    return *(int64_t *)state;
}

static void a_test_turns_its_own_clock(void **unused)
{
    (void)unused;
    int64_t now = 5;
    struct pt_clock clock = {fake_time, fake_time, &now};
    assert_int_equal(pt_clock_monotonic(&clock), 5);
    now = 17;
    assert_int_equal(pt_clock_realtime(&clock), 17);
}

static void the_system_clock_never_goes_back(void **unused)
{
    (void)unused;
    int64_t last = pt_clock_monotonic(&pt_system_clock);
    for (int i = 0; i < 10000; i++) {
        int64_t now = pt_clock_monotonic(&pt_system_clock);
        assert_true(now >= last);
        last = now;
    }
}

// time(NULL) truncates to whole seconds, and is asked before and after.
static void the_real_time_is_that_of_the_c_library(void **unused)
{
    (void)unused;
    int64_t before = (int64_t)time(NULL);
    int64_t now = pt_clock_realtime(&pt_system_clock) / 1000000000;
    int64_t after = (int64_t)time(NULL);
    assert_true(before - 1 <= now && now <= after + 1);
}

static void computing_uses_cpu_time_of_thread_and_process(void **unused)
{
    (void)unused;
    double thread = pt_thread_cpu_seconds(), process = pt_process_cpu_seconds();
    volatile double sink = 0;
    for (int i = 0; i < 3000000; i++)
        sink += i;
    assert_true(sink > 0);
    assert_true(pt_thread_cpu_seconds() > thread);
    assert_true(pt_process_cpu_seconds() - process >= 0.5 * (pt_thread_cpu_seconds() - thread));
}

// Expected: date -u -d @1795501992 +%FT%TZ and so on.
static void times_are_iso_8601_in_utc(void **unused)
{
    (void)unused;
    char buffer[32];
    assert_string_equal(pt_format_time(0, buffer), "1970-01-01T00:00:00Z");
    assert_string_equal(pt_format_time(1795501992999999999, buffer), "2026-11-24T06:33:12Z");
    assert_string_equal(pt_format_time(1709210096000000000, buffer), "2024-02-29T12:34:56Z");
    assert_string_equal(pt_format_time(-1, buffer), "1969-12-31T23:59:59Z");
    assert_string_equal(pt_format_time(INT64_MIN, buffer), "1677-09-21T00:12:43Z");
    assert_string_equal(pt_format_time(INT64_MAX, buffer), "2262-04-11T23:47:16Z");
}

static void durations_have_the_unit_that_people_use(void **unused)
{
    (void)unused;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0 s"},       {0.85, "850 ms"},       {0.0032, "3.2 ms"},     {12e-6, "12 us"},
        {5e-9, "5 ns"},   {3.2, "3.2 s"},         {59.94, "59.9 s"},      {250, "4 min 10 s"},
        {240, "4 min"},   {7500, "2 h 5 min"},    {273600, "3 d 4 h"},    {-250, "-4 min 10 s"},
        {NAN, "unknown"}, {INFINITY, "infinite"}, {1e300, "1.16e+295 d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[32];
        assert_string_equal(pt_format_duration(cases[i].seconds, buffer), cases[i].text);
    }
}

// What rounds to 60 of a unit is one of the next.
static void durations_roll_over(void **unused)
{
    (void)unused;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0.99951, "1.0 s"}, {59.96, "1 min"}, {3599.6, "1 h"}, {86399, "1 d"}, {863999, "10 d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[32];
        assert_string_equal(pt_format_duration(cases[i].seconds, buffer), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_test_turns_its_own_clock),
        cmocka_unit_test(the_system_clock_never_goes_back),
        cmocka_unit_test(the_real_time_is_that_of_the_c_library),
        cmocka_unit_test(computing_uses_cpu_time_of_thread_and_process),
        cmocka_unit_test(times_are_iso_8601_in_utc),
        cmocka_unit_test(durations_have_the_unit_that_people_use),
        cmocka_unit_test(durations_roll_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
