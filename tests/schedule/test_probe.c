// Power caps by few probes: laws of the choice, curves with a known best, and bad input.

#include <math.h>

#include "schedule/probe.h"
#include "support.h"

enum { CAPS = 7 };
static const double caps[CAPS] = {100, 125, 150, 175, 200, 225, 250};

// Medians of V100 curves: time and energy relative to 250 W (225 W: between its neighbors), so
// watts are 220 energy / time.
static const double v100_time[CAPS] = {1.39, 1.18, 1.11, 1.06, 1.04, 1.02, 1.0};
static const double v100_energy[CAPS] = {0.84, 0.80, 0.81, 0.85, 0.90, 0.95, 1.0};

struct curve {
    double seconds[CAPS], watts[CAPS];
};

static struct curve v100(void)
{
    struct curve curve;
    for (int i = 0; i < CAPS; i++) {
        curve.seconds[i] = 100 * v100_time[i];
        curve.watts[i] = 220 * v100_energy[i] / v100_time[i];
    }
    return curve;
}

static int choose(const struct curve *curve, const struct pt_probe_goal *goal, int probes,
                  int *ret_used)
{
    struct pt_probe_search search;
    int next;
    assert_int_equal(pt_probe_begin(&search, goal, caps, CAPS, probes, NULL), PT_OK);
    assert_int_equal(pt_probe_best(&search), PT_PROBE_NONE);
    while ((next = pt_probe_next(&search)) != PT_PROBE_NONE) {
        struct pt_probe_measurement measurement = {.seconds = curve->seconds[next],
                                                   .watts = curve->watts[next]};
        assert_int_equal(pt_probe_add(&search, next, &measurement, NULL), PT_OK);
    }
    *ret_used = search.probe_count;
    return pt_probe_best(&search);
}

// By the table: 5 % slower at most: 200 W (0.90); 10 %: 175 W (0.85); no limit: 125 W (0.80).
static void v100_medians_end_at_their_best_caps(void **unused)
{
    (void)unused;
    static const double limits[] = {1.05, 1.10, INFINITY}, best[] = {200, 175, 125};
    struct curve curve = v100();
    for (int i = 0; i < 3; i++) {
        int used, choice = choose(&curve, &(struct pt_probe_goal){limits[i], 0, 0}, 5, &used);
        assert_near(caps[choice], best[i], 1e-9);
        assert_in_range(used, 1, 5);
    }
}

// With host watts the time counts more: the chosen cap never falls when they grow. With ED^2 and no
// limit, (energy) x (time)^2: 0.90 x 1.04^2 = 0.973, 0.95 x 1.02^2 = 0.988, 0.85 x 1.06^2 = 0.955,
// 0.81 x 1.11^2 = 0.998, so 175 W.
static void a_dear_host_raises_the_cap(void **unused)
{
    (void)unused;
    struct curve curve = v100();
    double before = 0;
    int used;
    for (double host = 0; host <= 3200; host = 2 * host + 50) {
        double cap = caps[choose(&curve, &(struct pt_probe_goal){INFINITY, host, 0}, CAPS, &used)];
        assert_true(cap >= before);
        before = cap;
    }
    assert_near(before, 250, 1e-9);
    assert_near(caps[choose(&curve, &(struct pt_probe_goal){INFINITY, 0, 2}, CAPS, &used)], 175,
                1e-9);
}

// 3.60 an hour at 0.30 a kWh: the money of 12 kW.
static void rent_counts_as_watts(void **unused)
{
    (void)unused;
    assert_near(pt_probe_host_watts(100, 3.6, 0.3), 12100, 1e-6);
}

// Whatever the curve is, what is chosen was measured, is allowed, is not worse than full power, is
// the best of what was measured, and no more than the permitted probes were used. With as many
// probes as caps the best of all is found if the search goes on to the end.
static void every_curve_keeps_the_laws(void **unused)
{
    (void)unused;
    unsigned state = 7;
    for (int run = 0; run < 40; run++) {
        struct curve curve;
        for (int i = 0; i < CAPS; i++) {
            state = state * 1664525u + 1013904223u;
            curve.seconds[i] = 50 + (state >> 20) % 100;
            state = state * 1664525u + 1013904223u;
            curve.watts[i] = 60 + (state >> 20) % 200;
        }
        struct pt_probe_goal goal = {run % 3 == 0 ? INFINITY : 1 + run % 20 / 100.0, run % 5 * 50.0,
                                     run % 2};
        int used, choice = choose(&curve, &goal, 5, &used);
        assert_in_range(choice, 0, CAPS - 1);
        assert_in_range(used, 1, 5);
        assert_true(curve.seconds[choice] <= curve.seconds[CAPS - 1] * goal.slowdown_most);
        assert_true(pt_probe_score(&goal, curve.seconds[choice], curve.watts[choice]) <=
                    pt_probe_score(&goal, curve.seconds[CAPS - 1], curve.watts[CAPS - 1]));
    }
}

// The family must hold what it is made of: a load that a cap does not touch is told to be flat, and
// one that it does is slower and draws less the lower the cap is.
static void guesses_follow_the_cap(void **unused)
{
    (void)unused;
    struct pt_probe_search search;
    struct pt_probe_guess guesses[PT_PROBE_CHOICES_MAX];
    const struct pt_probe_goal goal = {INFINITY, 0, 0};
    assert_int_equal(pt_probe_begin(&search, &goal, caps, CAPS, 5, NULL), PT_OK);
    pt_probe_add(&search, CAPS - 1, &(struct pt_probe_measurement){100, 30, 0}, NULL);
    pt_probe_guess_all(&search, 3000, guesses);
    assert_near(guesses[0].watts, 0, 0.02);
    assert_near(guesses[0].seconds, 0, 0.02);
    pt_probe_begin(&search, &goal, caps, CAPS, 5, NULL);
    pt_probe_add(&search, CAPS - 1, &(struct pt_probe_measurement){100, 240, 0}, NULL);
    pt_probe_guess_all(&search, 24000, guesses);
    for (int i = 1; i < CAPS - 1; i++) {
        assert_true(guesses[i - 1].watts < guesses[i].watts);
        assert_true(guesses[i - 1].seconds > guesses[i].seconds);
    }
}

// A refused cap is not asked for again and uses up nothing; if the highest is refused, the next one
// is what slow-downs refer to.
static void refused_caps_are_left_alone(void **unused)
{
    (void)unused;
    struct pt_probe_search search;
    struct curve curve = v100();
    int next;
    pt_probe_begin(&search, &(struct pt_probe_goal){INFINITY, 0, 0}, caps, CAPS, 5, NULL);
    assert_int_equal(pt_probe_next(&search), CAPS - 1);
    pt_probe_refuse(&search, CAPS - 1);
    assert_int_equal(pt_probe_next(&search), CAPS - 2);
    while ((next = pt_probe_next(&search)) != PT_PROBE_NONE) {
        assert_int_not_equal(next, CAPS - 1);
        assert_int_not_equal(next, 1);
        pt_probe_add(&search, next,
                     &(struct pt_probe_measurement){curve.seconds[next], curve.watts[next], 0},
                     NULL);
        if (search.probe_count == 1)
            pt_probe_refuse(&search, 1);
    }
    assert_int_equal(search.probe_count <= 5, 1);
    assert_false(search.measured[1]);
    for (int i = 0; i < CAPS; i++)
        pt_probe_refuse(&search, i);
    assert_int_equal(pt_probe_next(&search), PT_PROBE_NONE);
    assert_int_equal(pt_probe_best(&search), PT_PROBE_NONE);
}

static void refuse_begin(const struct pt_probe_goal *goal, const double *list, int count, int most,
                         const char *text)
{
    struct pt_probe_search search;
    struct pt_error error;
    assert_int_equal(pt_probe_begin(&search, goal, list, count, most, &error), PT_BAD_INPUT);
    assert_contains(error.message, text);
}

static void bad_input_is_named(void **unused)
{
    (void)unused;
    struct pt_probe_search search;
    struct pt_error error;
    const struct pt_probe_goal good = {1.05, 0, 0};
    static const double falling[] = {200, 100}, zero[] = {0, 100};
    refuse_begin(&(struct pt_probe_goal){0.9, 0, 0}, caps, CAPS, 5, "slow-down 0.9");
    refuse_begin(&(struct pt_probe_goal){NAN, 0, 0}, caps, CAPS, 5, "slow-down");
    refuse_begin(&(struct pt_probe_goal){1, -1, 0}, caps, CAPS, 5, "host watts -1");
    refuse_begin(&(struct pt_probe_goal){1, 0, NAN}, caps, CAPS, 5, "exponent");
    refuse_begin(&good, caps, 0, 5, "0 power caps");
    refuse_begin(&good, caps, 65, 5, "65 power caps");
    refuse_begin(&good, caps, CAPS, 0, "0 probes");
    refuse_begin(&good, falling, 2, 5, "cap 2 is 100 W");
    refuse_begin(&good, zero, 2, 5, "cap 1 is 0 W");
    pt_probe_begin(&search, &good, caps, CAPS, 5, NULL);
    assert_int_equal(pt_probe_add(&search, CAPS, &(struct pt_probe_measurement){1, 1, 0}, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_probe_add(&search, 0, &(struct pt_probe_measurement){0, 1, 0}, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_probe_add(&search, 0, &(struct pt_probe_measurement){1, NAN, 0}, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_probe_add(&search, 0, &(struct pt_probe_measurement){1, 1, -1}, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_probe_add(&search, 0, &(struct pt_probe_measurement){1, 1, 0}, &error),
                     PT_OK);
    assert_int_equal(pt_probe_add(&search, 0, &(struct pt_probe_measurement){1, 1, 0}, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v100_medians_end_at_their_best_caps),
        cmocka_unit_test(a_dear_host_raises_the_cap),
        cmocka_unit_test(rent_counts_as_watts),
        cmocka_unit_test(every_curve_keeps_the_laws),
        cmocka_unit_test(guesses_follow_the_cap),
        cmocka_unit_test(refused_caps_are_left_alone),
        cmocka_unit_test(bad_input_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
