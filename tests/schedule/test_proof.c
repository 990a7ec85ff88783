// What was saved, by hand.

#include "schedule/proof.h"

#include "base/units.h"
#include "support.h"

#define HOUR_NS (3600 * PT_NANOSECONDS_PER_SECOND)
static const int64_t begin_ns = 1700006400LL * PT_NANOSECONDS_PER_SECOND;
static const double kwh = PT_JOULES_PER_KWH;

static struct pt_arena *arena;

static int open_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int close_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

// Prices of hours 0 to 5: 4, 3, 1, 5, 0.5, 2. Grams: 100 times that.
static struct pt_tariff tariff_of(int count)
{
    static const double prices[] = {4, 3, 1, 5, 0.5, 2};
    static const double grams[] = {400, 300, 100, 500, 50, 200};
    static int64_t starts[6];
    struct pt_tariff tariff = pt_tariff_none();
    for (int i = 0; i < 6; i++)
        starts[i] = begin_ns + i * HOUR_NS;
    assert_int_equal(pt_series_from_values(arena, "prices", HOUR_NS, starts, prices, count,
                                           &tariff.price_series, NULL),
                     PT_OK);
    assert_int_equal(pt_series_from_values(arena, "grams", HOUR_NS, starts, grams, count,
                                           &tariff.carbon_series, NULL),
                     PT_OK);
    return tariff;
}

static double price(void *state, int64_t from_ns, int64_t to_ns)
{
    return pt_tariff_mean_price(state, from_ns, to_ns).value;
}

// 1 kWh in hour 2 and 2 kWh in hour 4, with 0.1 kWh while suspended in between.
static struct pt_proof_job job_of(struct pt_tariff *tariff)
{
    static struct pt_proof_stretch stretches[4];
    stretches[0] = (struct pt_proof_stretch){begin_ns, begin_ns + 2 * HOUR_NS, false, 0};
    stretches[1] =
        (struct pt_proof_stretch){begin_ns + 2 * HOUR_NS, begin_ns + 3 * HOUR_NS, true, kwh};
    stretches[2] =
        (struct pt_proof_stretch){begin_ns + 3 * HOUR_NS, begin_ns + 4 * HOUR_NS, false, 0.1 * kwh};
    stretches[3] =
        (struct pt_proof_stretch){begin_ns + 4 * HOUR_NS, begin_ns + 5 * HOUR_NS, true, 2 * kwh};
    return (struct pt_proof_job){.tariff = tariff,
                                 .begin_ns = begin_ns,
                                 .deadline_ns = begin_ns + 6 * HOUR_NS,
                                 .stretches = stretches,
                                 .stretch_count = 4,
                                 .interruptible = true,
                                 .objective = price,
                                 .state = tariff};
}

static struct pt_proof prove(const struct pt_proof_job *job)
{
    struct pt_proof proof;
    struct pt_error error;
    assert_status(pt_proof_make(arena, job, &proof, &error), PT_OK, &error);
    return proof;
}

static void every_way_costs_what_it_costs(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(6);
    struct pt_proof_job job = job_of(&tariff);
    struct pt_proof proof = prove(&job);
    // As run: 1 x 1 + 0.1 x 5 + 2 x 0.5; at once: 1 x 4 + 2 x 3.
    assert_near(proof.costs[PT_PROOF_ACTUAL].money, 2.5, 1e-9);
    assert_near(proof.costs[PT_PROOF_ACTUAL].grams, 250, 1e-6);
    assert_near(proof.costs[PT_PROOF_NOW].money, 10, 1e-9);
    assert_near(proof.costs[PT_PROOF_NOW].grams, 1000, 1e-6);
    assert_near(proof.costs[PT_PROOF_NOW].joules, 3 * kwh, 1e-3);
    // The mean of six hours is 15.5 / 6; 3 kWh.
    assert_near(proof.costs[PT_PROOF_AVERAGE].money, 3 * 15.5 / 6, 1e-9);
    // 1.5 kW for two hours: hours 4 and 2.
    assert_near(proof.costs[PT_PROOF_HINDSIGHT].money, 1.5 * (0.5 + 1), 1e-6);
    assert_near(proof.delay_seconds, 3 * 3600, 1e-6);
    assert_string_equal(proof.note, "");
}

// The facility's overhead is on all ways alike.
static void the_overhead_is_on_every_way(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(6);
    struct pt_proof_job job = job_of(&tariff);
    struct pt_proof plain = prove(&job), all;
    tariff.pue = pt_quantity_exact(1.5);
    all = prove(&job);
    for (int i = 0; i < PT_PROOF_WAYS; i++)
        assert_near(all.costs[i].money, 1.5 * plain.costs[i].money, 1e-9);
}

// Half an hour of the last stretch was resuming: at once it would not have been needed.
static void what_a_resume_took_is_not_counted_at_once(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(6);
    struct pt_proof_job job = job_of(&tariff);
    job.repeated_seconds = 1800;
    struct pt_proof proof = prove(&job);
    assert_near(proof.costs[PT_PROOF_NOW].money, 1 * 4 + 1 * 3, 1e-9);
    assert_near(proof.delay_seconds, 3.5 * 3600, 1e-6);
}

// The series ends before the deadline: what depends on it is unknown, not 0, and the rest stands.
static void unknown_prices_stay_unknown(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(5);
    struct pt_proof_job job = job_of(&tariff);
    struct pt_proof proof = prove(&job);
    assert_near(proof.costs[PT_PROOF_NOW].money, 10, 1e-9);
    assert_true(isnan(proof.costs[PT_PROOF_HINDSIGHT].money));
    assert_true(isnan(proof.costs[PT_PROOF_AVERAGE].money));
    assert_contains(proof.note, "hindsight");
}

// Nobody metered it: no money is made up.
static void unknown_energy_stays_unknown(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(6);
    struct pt_proof_job job = job_of(&tariff);
    struct pt_proof_stretch stretch = {begin_ns, begin_ns + HOUR_NS, true, NAN};
    job.stretches = &stretch;
    job.stretch_count = 1;
    struct pt_proof proof = prove(&job);
    for (int i = 0; i < PT_PROOF_WAYS; i++)
        assert_true(isnan(proof.costs[i].money));
}

static void what_never_ran_proves_nothing(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(6);
    struct pt_proof_job job = job_of(&tariff);
    struct pt_proof proof;
    struct pt_error error;
    job.stretch_count = 1;
    assert_status(pt_proof_make(arena, &job, &proof, &error), PT_BAD_INPUT, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_costs_what_it_costs),
        cmocka_unit_test(the_overhead_is_on_every_way),
        cmocka_unit_test(what_a_resume_took_is_not_counted_at_once),
        cmocka_unit_test(unknown_prices_stay_unknown),
        cmocka_unit_test(unknown_energy_stays_unknown),
        cmocka_unit_test(what_never_ran_proves_nothing),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
