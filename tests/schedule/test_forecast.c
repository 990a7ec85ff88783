// The forecaster: sees nothing of the future, learns what repeats, bears gaps and little history.

#include <math.h>
#include <string.h>

#include "schedule/forecast.h"
#include "support.h"

enum { HORIZON = 72, HOURS = 24 * 60 };

static double noise(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / (1 << 24) - 0.5;
}

// Days with a valley at noon, cheaper weekends and levels that wander.
static void make_series(double *values, int count, unsigned seed)
{
    double level = 0;
    for (int i = 0; i < count; i++) {
        level = 0.97 * level + 8 * noise(&seed);
        bool weekend = i / 24 % 7 >= 5;
        values[i] = 80 + level - 30 * cos((i % 24 - 12) * M_PI / 12) - 20 * weekend;
    }
}

static struct pt_forecaster *create(int horizon)
{
    struct pt_forecaster *forecaster = NULL;
    struct pt_error error;
    assert_status(pt_forecaster_create(horizon, &forecaster, &error), PT_OK, &error);
    return forecaster;
}

static void publish(struct pt_forecaster *forecaster, const double *values, int count)
{
    struct pt_error error;
    assert_status(pt_forecaster_publish(forecaster, values, count, &error), PT_OK, &error);
}

static void the_future_changes_no_forecast(void **unused)
{
    (void)unused;
    static double a[HOURS], b[HOURS];
    make_series(a, HOURS, 1);
    make_series(b, HOURS, 1);
    for (int i = HOURS / 2; i < HOURS; i++)
        b[i] = -5 * b[i] + 1000;
    struct pt_forecaster *first = create(HORIZON), *second = create(HORIZON);
    for (int i = 0; i < HOURS / 2; i++) {
        publish(first, &a[i], 1);
        publish(second, &b[i], 1);
    }
    for (int i = 0; i < HORIZON; i++)
        assert_true(pt_forecaster_expected(first)[i] == pt_forecaster_expected(second)[i]);
    pt_forecaster_destroy(first);
    pt_forecaster_destroy(second);
}

// What is drawn from the same days each day is foretold to the last digit but the analogs' shift.
static void what_repeats_is_foretold(void **unused)
{
    (void)unused;
    struct pt_forecaster *forecaster = create(HORIZON);
    for (int i = 0; i < 24 * 30; i++) {
        double value = 50 + (i % 24 < 6 ? -20 : 10);
        publish(forecaster, &value, 1);
    }
    for (int i = 0; i < HORIZON; i++) {
        assert_near(pt_forecaster_expected(forecaster)[i], i % 24 < 6 ? 30 : 60, 0.01);
        assert_true(pt_forecaster_errors(forecaster)[i] < 0.5);
    }
    pt_forecaster_destroy(forecaster);
}

// Mean distances of both to what came, over 72 hours from each midnight after two weeks.
static void it_errs_less_than_persistence(void **unused)
{
    (void)unused;
    static double values[HOURS];
    for (unsigned seed = 1; seed <= 5; seed++) {
        double ours = 0, persistence = 0;
        make_series(values, HOURS, seed);
        struct pt_forecaster *forecaster = create(HORIZON);
        for (int i = 0; i + 24 + HORIZON <= HOURS; i += 24) {
            publish(forecaster, &values[i], 24);
            for (int k = 0; k < HORIZON && i >= 14 * 24; k++) {
                ours += fabs(pt_forecaster_expected(forecaster)[k] - values[i + 24 + k]);
                persistence += fabs(pt_forecaster_persistence(forecaster)[k] - values[i + 24 + k]);
            }
        }
        pt_forecaster_destroy(forecaster);
        assert_true(ours < persistence);
    }
}

// Scaling prices scales what is expected: nothing in it has a unit.
static void another_unit_scales_the_forecast(void **unused)
{
    (void)unused;
    static double values[HOURS], scaled[HOURS];
    make_series(values, HOURS, 3);
    for (int i = 0; i < HOURS; i++)
        scaled[i] = values[i] / 1024;
    struct pt_forecaster *first = create(HORIZON), *second = create(HORIZON);
    for (int i = 0; i < HOURS / 2; i += 24) {
        publish(first, &values[i], 24);
        publish(second, &scaled[i], 24);
    }
    for (int i = 0; i < HORIZON; i++)
        assert_near(pt_forecaster_expected(first)[i], 1024 * pt_forecaster_expected(second)[i],
                    0.1);
    pt_forecaster_destroy(first);
    pt_forecaster_destroy(second);
}

static void little_history_and_gaps_still_give_numbers(void **unused)
{
    (void)unused;
    static double values[24 * 40];
    make_series(values, 24 * 40, 5);
    for (int i = 0; i < 24 * 40; i++)
        if (i % 11 == 0 || (i > 300 && i < 380))
            values[i] = NAN;
    struct pt_forecaster *forecaster = create(HORIZON);
    assert_true(isnan(pt_forecaster_expected(forecaster)[0]));
    publish(forecaster, values, 1); // a gap: still nothing is known
    assert_true(isnan(pt_forecaster_expected(forecaster)[0]));
    for (int i = 1; i < 24 * 40; i++) {
        publish(forecaster, &values[i], 1);
        for (int k = 0; k < HORIZON; k++)
            assert_true(isfinite(pt_forecaster_expected(forecaster)[k]));
    }
    assert_int_equal(pt_forecaster_count(forecaster), 24 * 40);
    pt_forecaster_destroy(forecaster);
}

// Whatever cannot be foretold from the past of a series, a companion that is known a day further
// ahead and moves with it can: each day has a level that is drawn anew.
static void a_companion_foretells_what_the_past_cannot(void **unused)
{
    (void)unused;
    enum { DAYS = 120 };
    static double values[24 * DAYS], companion[24 * DAYS];
    double level = 0, with_error = 0, without_error = 0;
    unsigned state = 77;
    for (int i = 0; i < 24 * DAYS; i++) {
        if (i % 24 == 0) {
            state = state * 1664525u + 1013904223u;
            level = 100 * (double)(state >> 8) / (1 << 24);
        }
        values[i] = 300 + level + 10 * (i % 24);
        companion[i] = 0.05 + level / 1000;
    }
    struct pt_forecaster *with = create(24), *without = create(24);
    struct pt_error error;
    for (int day = 0; day + 1 < DAYS; day++) {
        if (day == 0)
            assert_status(pt_forecaster_publish_companion(with, companion, 24, &error), PT_OK,
                          &error);
        assert_status(pt_forecaster_publish_companion(with, companion + 24 * (day + 1), 24, &error),
                      PT_OK, &error);
        publish(with, values + (ptrdiff_t)24 * day, 24);
        publish(without, values + (ptrdiff_t)24 * day, 24);
        for (int k = 0; k < 24 && day >= 30; k++) {
            double value = values[24 * (day + 1) + k];
            with_error += fabs(pt_forecaster_expected(with)[k] - value);
            without_error += fabs(pt_forecaster_expected(without)[k] - value);
        }
    }
    assert_true(with_error < without_error / 3);
    pt_forecaster_destroy(with);
    pt_forecaster_destroy(without);
}

// One that ends, has gaps, or says nothing leaves numbers; one that begins late is refused.
static void a_poor_companion_does_no_harm(void **unused)
{
    (void)unused;
    static double values[24 * 40];
    const double gaps[] = {NAN, 1, NAN, 2}, infinite[] = {INFINITY};
    struct pt_error error;
    make_series(values, 24 * 40, 9);
    struct pt_forecaster *forecaster = create(HORIZON);
    assert_status(pt_forecaster_publish_companion(forecaster, gaps, 4, &error), PT_OK, &error);
    assert_int_equal(pt_forecaster_publish_companion(forecaster, infinite, 1, &error),
                     PT_BAD_INPUT);
    for (int i = 0; i < 24 * 40; i++) {
        publish(forecaster, &values[i], 1);
        for (int k = 0; k < HORIZON; k++)
            assert_true(isfinite(pt_forecaster_expected(forecaster)[k]));
    }
    pt_forecaster_destroy(forecaster);
    forecaster = create(HORIZON);
    publish(forecaster, values, 30);
    assert_int_equal(pt_forecaster_publish_companion(forecaster, gaps, 4, &error), PT_BAD_INPUT);
    assert_non_null(strstr(error.message, "30 hours late"));
    pt_forecaster_destroy(forecaster);
}

static void what_is_no_number_is_refused(void **unused)
{
    (void)unused;
    struct pt_forecaster *forecaster = NULL;
    struct pt_error error;
    const double values[] = {1, INFINITY};
    assert_int_equal(pt_forecaster_create(0, &forecaster, &error), PT_BAD_INPUT);
    assert_int_equal(pt_forecaster_create(PT_FORECAST_HOURS_MAX + 1, &forecaster, &error),
                     PT_BAD_INPUT);
    assert_null(forecaster);
    forecaster = create(5);
    assert_int_equal(pt_forecaster_publish(forecaster, values, 2, &error), PT_BAD_INPUT);
    assert_int_equal(pt_forecaster_count(forecaster), 0);
    pt_forecaster_destroy(forecaster);
    pt_forecaster_destroy(NULL);
}

// 2024-01-01 is a Monday. Tomorrow is known from 12:45 on; hour 13 begins after it.
static void tomorrow_is_known_from_noon_on(void **unused)
{
    (void)unused;
    const int64_t start_ns = 1704067200LL * 1000000000; // 2024-01-01T00:00Z
    struct pt_publication publication = {.day_ahead = true, .publish_minute = 12 * 60 + 45};
    assert_int_equal(pt_publication_hours(&publication, start_ns, 0), 24);
    assert_int_equal(pt_publication_hours(&publication, start_ns, 12), 24);
    assert_int_equal(pt_publication_hours(&publication, start_ns, 13), 48);
    assert_int_equal(pt_publication_hours(&publication, start_ns, 24), 48);
    publication.day_offset_minutes = 60; // the day ends at 23:00 UTC
    assert_int_equal(pt_publication_hours(&publication, start_ns, 12), 23);
    assert_int_equal(pt_publication_hours(&publication, start_ns, 13), 47);
    assert_int_equal(pt_publication_hours(&publication, start_ns, 23), 47);
    publication = (struct pt_publication){.day_ahead = false};
    assert_int_equal(pt_publication_hours(&publication, start_ns, 5), 6);
    publication.hides_current_hour = true;
    assert_int_equal(pt_publication_hours(&publication, start_ns, 5), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_future_changes_no_forecast),
        cmocka_unit_test(what_repeats_is_foretold),
        cmocka_unit_test(it_errs_less_than_persistence),
        cmocka_unit_test(another_unit_scales_the_forecast),
        cmocka_unit_test(little_history_and_gaps_still_give_numbers),
        cmocka_unit_test(a_companion_foretells_what_the_past_cannot),
        cmocka_unit_test(a_poor_companion_does_no_harm),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(tomorrow_is_known_from_noon_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
