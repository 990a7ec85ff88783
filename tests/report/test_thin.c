#include "base/arena.h"
#include "report/thin.h"
#include "support.h"

static double value_of(const void *series, int64_t index)
{
    return ((const double *)series)[index];
}

static struct pt_thin_indices thin(struct pt_arena *arena, const double *series, int64_t count,
                                   int64_t limit)
{
    struct pt_thin_indices chosen;
    struct pt_error error;
    assert_status(pt_thin_curve(arena, series, value_of, count, limit, &chosen, &error), PT_OK,
                  &error);
    assert_true(chosen.count <= limit);
    for (int64_t i = 0; i < chosen.count; i++) {
        assert_in_range(chosen.index[i], 0, count - 1);
        if (i > 0)
            assert_true(chosen.index[i] > chosen.index[i - 1]);
    }
    return chosen;
}

static bool holds(const struct pt_thin_indices *chosen, int64_t index)
{
    for (int64_t i = 0; i < chosen->count; i++)
        if (chosen->index[i] == index)
            return true;
    return false;
}

static void a_short_curve_keeps_every_point(void **unused)
{
    (void)unused;
    const double series[] = {3, 1, 2};
    struct pt_arena *arena = pt_arena_create();
    assert_int_equal(thin(arena, series, 3, 8).count, 3);
    assert_int_equal(thin(arena, series, 1, 8).count, 1);
    assert_int_equal(thin(arena, series, 0, 8).count, 0);
    pt_arena_destroy(arena);
}

// One peak, one valley and one gap among 100,000 equal points: all three must be drawn.
static void peaks_valleys_and_gaps_survive(void **unused)
{
    (void)unused;
    enum { COUNT = 100000 };
    double *series = calloc(COUNT, sizeof *series);
    struct pt_arena *arena = pt_arena_create();
    assert_non_null(series);
    series[31234] = 9;
    series[62345] = -9;
    series[62346] = NAN;
    struct pt_thin_indices chosen = thin(arena, series, COUNT, 1200);
    assert_true(holds(&chosen, 0) && holds(&chosen, COUNT - 1));
    assert_true(holds(&chosen, 31234));
    assert_true(holds(&chosen, 62345));
    assert_true(holds(&chosen, 62346));
    free(series);
    pt_arena_destroy(arena);
}

static void a_curve_without_any_number_is_thinned_too(void **unused)
{
    (void)unused;
    double series[100];
    struct pt_arena *arena = pt_arena_create();
    for (int i = 0; i < 100; i++)
        series[i] = i % 2 ? NAN : INFINITY;
    assert_true(thin(arena, series, 100, 8).count >= 2);
    pt_arena_destroy(arena);
}

// Every count around every limit: never more than the limit, always the two ends.
static void all_small_sizes_keep_the_limit(void **unused)
{
    (void)unused;
    double series[120];
    for (int i = 0; i < 120; i++)
        series[i] = sin(i * 1.7) * i;
    struct pt_arena *arena = pt_arena_create();
    for (int64_t limit = 8; limit < 40; limit++)
        for (int64_t count = 1; count < 120; count++) {
            struct pt_thin_indices chosen = thin(arena, series, count, limit);
            assert_true(holds(&chosen, 0) && holds(&chosen, count - 1));
        }
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_curve_keeps_every_point),
        cmocka_unit_test(peaks_valleys_and_gaps_survive),
        cmocka_unit_test(a_curve_without_any_number_is_thinned_too),
        cmocka_unit_test(all_small_sizes_keep_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
