// Joules among phases, and between us and others.

#include "meter/attribution.h"

#include "base/random.h"
#include "support.h"

static void settle_share(struct pt_attribution *attribution, struct pt_share share)
{
    struct pt_claim claim = pt_claim_share(share);
    pt_attribution_settle(attribution, &claim);
}

static void joules_follow_the_time_of_phases(void **unused)
{
    struct pt_attribution attribution = {.phase_count = 3};
    int64_t spent[PT_PHASES_MAX] = {250, 0, 750};
    pt_attribution_add(&attribution, 100, spent, 0);
    assert_near(attribution.pending[0], 25, 1e-12);
    assert_near(attribution.pending[1], 0, 0);
    assert_near(attribution.pending[2], 75, 1e-12);
    (void)unused;
}

static void without_time_the_current_phase_gets_it(void **unused)
{
    struct pt_attribution attribution = {.phase_count = 3};
    int64_t spent[PT_PHASES_MAX] = {0};
    pt_attribution_add(&attribution, 7, spent, 1);
    assert_near(attribution.pending[1], 7, 0);
    (void)unused;
}

// Whatever the shares and phases, nothing is lost or made.
static void nothing_is_lost_in_ten_thousand_random_intervals(void **unused)
{
    struct pt_attribution attribution = {.phase_count = PT_PHASES_MAX};
    double given = 0;
    uint64_t index = 0;
    for (int i = 0; i < 10000; i++) {
        int64_t spent[PT_PHASES_MAX];
        for (int k = 0; k < PT_PHASES_MAX; k++)
            spent[k] = pt_random_uniform(1, 2, index++) < 0.3f
                           ? (int64_t)(1e8f * pt_random_uniform(1, 2, index++))
                           : 0;
        double joules = 100 * pt_random_uniform(1, 2, index++);
        pt_attribution_add(&attribution, joules, spent, i % PT_PHASES_MAX);
        given += joules;
        double share = pt_random_uniform(1, 2, index++);
        if (i % 7 == 0)
            settle_share(&attribution, (struct pt_share){share, share, share, PT_SHARE_CPU_TIME});
        for (int k = 0; k < PT_PHASES_MAX; k++)
            assert_true(attribution.pending[k] >= 0 && attribution.ours[k] >= 0);
    }
    double held = pt_attribution_pending(&attribution) + pt_attribution_ours(&attribution) +
                  attribution.others;
    assert_near(held, given, 1e-9 * given);
    (void)unused;
}

// Alone on the machine: all of it, whatever a CPU second is worth.
static void who_is_alone_gets_everything_without_doubt(void **unused)
{
    struct pt_share share = pt_busy_share(2, 2, 0);
    assert_near(share.low, 1, 1e-12);
    assert_near(share.value, 1, 0);
    assert_near(share.high, 1, 1e-12);
    (void)unused;
}

// One of two busy seconds; if one of ours is worth 1.5 of theirs it is 1.5 / 2.5, else 1 / 2.5.
static void seconds_that_differ_in_worth_widen_the_share(void **unused)
{
    struct pt_share share = pt_busy_share(1, 2, 0);
    assert_near(share.value, 0.5, 1e-12);
    assert_near(share.low, 0.4, 1e-12);
    assert_near(share.high, 0.6, 1e-12);
    (void)unused;
}

static void ticks_widen_the_share_of_a_short_time(void **unused)
{
    struct pt_share share = pt_busy_share(0.001, 0, 0.024); // /proc/stat has not seen it yet
    assert_near(share.value, 1, 0);
    assert_true(share.low < 0.05);
    share = pt_busy_share(0, 0, 0.024);
    assert_near(share.high, 0, 0);        // asleep
    share = pt_busy_share(2, 1.9, 0.024); // more than the machine: it is the ticks
    assert_near(share.value, 1, 0);
    (void)unused;
}

static void shares_lie_in_their_interval(void **unused)
{
    for (uint64_t i = 0; i < 3000; i++) {
        double cpu = 3 * pt_random_uniform(3, 4, 3 * i),
               busy = 3 * pt_random_uniform(3, 4, 3 * i + 1);
        struct pt_share share = pt_busy_share(cpu, busy, 0.05 * pt_random_uniform(3, 4, 3 * i + 2));
        assert_true(0 <= share.low && share.low <= share.value);
        assert_true(share.value <= share.high && share.high <= 1);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules_follow_the_time_of_phases),
        cmocka_unit_test(without_time_the_current_phase_gets_it),
        cmocka_unit_test(nothing_is_lost_in_ten_thousand_random_intervals),
        cmocka_unit_test(who_is_alone_gets_everything_without_doubt),
        cmocka_unit_test(seconds_that_differ_in_worth_widen_the_share),
        cmocka_unit_test(ticks_widen_the_share_of_a_short_time),
        cmocka_unit_test(shares_lie_in_their_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
