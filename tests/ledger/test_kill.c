// SIGKILL at any moment: the ledger opens, is sound, and every run in it is whole.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/random.h"
#include "ledger_support.h"

enum { KILLS = 50, SAMPLES = 200, DELAY_NS_MAX = 12000000 };

// Writes runs until it is killed. Run and bill always agree: joules of the last sample, microjoules
// of the bill, step of the point are the same number.
// Says that it is ready before it opens the file, so that opening is interrupted too, or in the
// middle of its first run, so that runs are.
static void write_for_ever(const char *path, int ready, bool ready_at_once)
{
    static struct pt_meter_sample samples[SAMPLES];
    struct pt_ledger *ledger;
    int64_t id;

    prctl(PR_SET_PDEATHSIG, SIGKILL); // also if the test fails before it kills us
    if (ready_at_once)
        (void)!write(ready, "x", 1);
    if (pt_ledger_open(path, &ledger, NULL) != PT_OK)
        _exit(1);
    for (;;) {
        struct pt_run_record record = a_run();
        if (pt_ledger_begin(ledger, &record, &id, NULL) != PT_OK)
            _exit(2);
        if (!ready_at_once)
            (void)!write(ready, "x", 1);
        ready_at_once = true;
        for (int count = 1; count <= SAMPLES; count += 20) {
            struct pt_bill bill = two_rows();
            struct pt_progress_point point = {.step = count};
            for (int i = 0; i < count; i++)
                samples[i] = (struct pt_meter_sample){i, count, 0, 0};
            bill.total.microjoules = known(count);
            if (pt_ledger_progress(ledger, id, &point, 1, samples, count, &bill, NULL) != PT_OK)
                _exit(3);
        }
        record.id = id;
        record.status = "finished";
        if (pt_ledger_end(ledger, &record, NULL) != PT_OK)
            _exit(4);
    }
}

static void kill_at_random(const char *path, uint64_t kill_index)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0)
        write_for_ever(path, ready[1], kill_index % 2 == 0);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    struct timespec delay = {.tv_nsec = (long)(pt_random_uniform(1, 0, kill_index) * DELAY_NS_MAX)};
    nanosleep(&delay, NULL);
    int result;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result)); // it had not failed by itself
}

static void check_runs(const char *path, int64_t *ret_count)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_record *runs;
    struct pt_error error;
    struct pt_ledger *ledger = open_ledger(path);

    assert_status(pt_ledger_list(ledger, arena, 0, &runs, ret_count, &error), PT_OK, &error);
    for (int64_t i = 0; i < *ret_count; i++) {
        struct pt_progress_point *points;
        struct pt_meter_sample *samples;
        int64_t point_count, sample_count;
        assert_status(pt_ledger_curves(ledger, arena, runs[i].id, &points, &point_count, &samples,
                                       &sample_count, &error),
                      PT_OK, &error);
        assert_true(runs[i].has_prediction);
        assert_string_equal(runs[i].status,
                            strcmp(runs[i].status, "lost") == 0 ? "lost" : "finished");
        assert_int_equal(runs[i].has_bill, point_count == 1);
        if (!runs[i].has_bill)
            continue;
        assert_int_equal(points[0].step, sample_count);
        assert_int_equal(runs[i].bill.total.microjoules.value, sample_count);
        assert_near(samples[sample_count - 1].joules, sample_count, 0);
    }
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void fifty_kills_leave_a_sound_ledger(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "ledger.db");
    int64_t count = 0;

    for (uint64_t i = 0; i < KILLS; i++) {
        kill_at_random(path, i);
        check_runs(path, &count);
        assert_sound(path);
    }
    assert_true(count >= KILLS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fifty_kills_leave_a_sound_ledger)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
