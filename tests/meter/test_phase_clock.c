// Time of phases, also while another thread reads.

#include "meter/phase_clock.h"

#include <pthread.h>

#include "support.h"

static void phases_add_up_to_the_time(void **unused)
{
    struct pt_phase_clock clock;
    int64_t spent[PT_PHASE_SLOTS], sum = 0;
    pt_phase_clock_start(&clock, 1000);
    pt_phase_clock_enter(&clock, 2, 1500); // 500 in phase 0
    pt_phase_clock_enter(&clock, 2, 1600); // again: nothing new
    pt_phase_clock_enter(&clock, 0, 1700); // 200 in phase 2
    pt_phase_clock_enter(&clock, 15, 1750);
    pt_phase_clock_read(&clock, 2000, spent);
    assert_int_equal(spent[0], 550);
    assert_int_equal(spent[2], 200);
    assert_int_equal(spent[15], 250);
    for (int i = 0; i < PT_PHASE_SLOTS; i++)
        sum += spent[i];
    assert_int_equal(sum, 1000);
    (void)unused;
}

// The reader took its time before the writer entered the phase.
static void a_phase_from_the_future_has_no_time_yet(void **unused)
{
    struct pt_phase_clock clock;
    int64_t spent[PT_PHASE_SLOTS];
    pt_phase_clock_start(&clock, 0);
    pt_phase_clock_enter(&clock, 1, 100);
    pt_phase_clock_read(&clock, 90, spent);
    assert_int_equal(spent[0], 100);
    assert_int_equal(spent[1], 0);
    (void)unused;
}

// It was heard of late: at its own time, unless that was entered or given away already.
static void a_phase_may_be_entered_late(void **unused)
{
    struct pt_phase_clock clock;
    int64_t spent[PT_PHASE_SLOTS];
    pt_phase_clock_start(&clock, 0);
    pt_phase_clock_enter(&clock, 1, 50);
    pt_phase_clock_enter(&clock, 63, 40); // before the last one: as that
    pt_phase_clock_read(&clock, 100, spent);
    assert_int_equal(spent[0], 50);
    assert_int_equal(spent[1], 0);
    assert_int_equal(spent[63], 50);
    pt_phase_clock_settle(&clock, 100);
    assert_int_equal(atomic_load(&clock.settled_ns), 100);
    (void)unused;
}

struct shared {
    struct pt_phase_clock clock;
    atomic_bool stop;
    int64_t steps;
};

// Each step is 10 ns long and goes to the next phase.
static void *walk(void *argument)
{
    struct shared *shared = argument;
    int64_t now = 0;
    while (!atomic_load(&shared->stop)) {
        now += 10;
        shared->steps++;
        pt_phase_clock_enter(&shared->clock, (int)(shared->steps % PT_PHASE_SLOTS), now);
    }
    return NULL;
}

// A reader sees a whole state: what is spent is a multiple of the step, and no phase is two rounds
// ahead of another one.
static void a_reader_never_sees_half_a_step(void **unused)
{
    static struct shared shared;
    pthread_t thread;
    pt_phase_clock_start(&shared.clock, 0);
    assert_int_equal(pthread_create(&thread, NULL, walk, &shared), 0);
    for (int i = 0; i < 20000; i++) {
        int64_t spent[PT_PHASE_SLOTS], least = INT64_MAX, most = 0;
        pt_phase_clock_read(&shared.clock, 0, spent);
        for (int k = 0; k < PT_PHASE_SLOTS; k++) {
            assert_int_equal(spent[k] % 10, 0);
            least = spent[k] < least ? spent[k] : least;
            most = spent[k] > most ? spent[k] : most;
        }
        assert_true(most - least <= 10);
    }
    atomic_store(&shared.stop, true);
    pthread_join(thread, NULL);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_add_up_to_the_time),
        cmocka_unit_test(a_phase_from_the_future_has_no_time_yet),
        cmocka_unit_test(a_phase_may_be_entered_late),
        cmocka_unit_test(a_reader_never_sees_half_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
