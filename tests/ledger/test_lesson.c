// Which metered runs teach the plan of a cluster, and what they say.

#include "ledger_support.h"

#include "ledger/lesson.h"

static const struct pt_lesson lesson = {"h100-sxm",       "fsdp", "bf16", "llama-3-8b",
                                        "tp=1,pp=1,dp=8", 8,      2,      3};

// A run with the seconds of two_rows.
static int64_t add_run(struct pt_ledger *ledger, const char *kind, const char *run_status,
                       const char *plan)
{
    struct pt_run_record record = a_run();
    struct pt_error error;
    record.kind = kind;
    record.plan_json = plan;
    record.has_prediction = false;
    assert_status(pt_ledger_begin(ledger, &record, &record.id, &error), PT_OK, &error);
    record.status = run_status;
    record.has_bill = true;
    record.bill = two_rows();
    record.end_realtime_ns = record.start_realtime_ns + 1;
    assert_status(pt_ledger_end(ledger, &record, &error), PT_OK, &error);
    return record.id;
}

static void teach(struct pt_ledger *ledger, const struct pt_lesson *taught)
{
    struct pt_error error;
    int64_t id = add_run(ledger, "meter", "finished", NULL);
    assert_status(pt_ledger_teach(ledger, id, taught, &error), PT_OK, &error);
}

static int64_t learn(struct pt_ledger *ledger, struct pt_arena *arena,
                     struct pt_experience_run **ret_runs)
{
    struct pt_error error;
    int64_t count = -1;
    assert_status(pt_ledger_lessons(ledger, arena, &lesson, ret_runs, &count, &error), PT_OK,
                  &error);
    return count;
}

static void runs_with_the_same_hardware_framework_and_format_teach(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));
    struct pt_experience_run *runs;
    struct pt_lesson other = lesson;
    assert_int_equal(learn(ledger, arena, &runs), 0);
    teach(ledger, &lesson);
    other.hardware = "a100-sxm-80gb";
    teach(ledger, &other);
    other = lesson;
    other.framework = "megatron";
    teach(ledger, &other);
    other = lesson;
    other.format = "fp8";
    teach(ledger, &other);
    add_run(ledger, "meter", "finished", "{broken");
    add_run(ledger, "meter", "finished", "{\"lesson\": {\"hardware\": \"h100-sxm\"}}");
    other = lesson;
    other.model = "gpt-2 \"large\"";
    other.measured_step_seconds = 5;
    teach(ledger, &other);
    assert_int_equal(learn(ledger, arena, &runs), 2);
    assert_near(runs[0].ratio, 2.5, 1e-12); // the newest first
    assert_false(runs[0].same_network);
    assert_near(runs[1].ratio, 1.5, 1e-12);
    assert_true(runs[1].same_network);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void a_second_lesson_replaces_the_first(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "twice.db"));
    struct pt_experience_run *runs;
    struct pt_lesson again = lesson;
    struct pt_error error;
    int64_t id = add_run(ledger, "meter", "finished", NULL);
    assert_status(pt_ledger_teach(ledger, id, &lesson, &error), PT_OK, &error);
    again.measured_step_seconds = 4;
    assert_status(pt_ledger_teach(ledger, id, &again, &error), PT_OK, &error);
    assert_int_equal(learn(ledger, arena, &runs), 1);
    assert_near(runs[0].ratio, 2, 1e-12);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void what_teaches_nothing_is_refused(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "refused.db"));
    struct pt_experience_run *runs;
    struct pt_lesson wrong = lesson;
    struct pt_error error;
    int64_t id = add_run(ledger, "meter", "finished", NULL);
    assert_status(pt_ledger_teach(ledger, 99, &lesson, &error), PT_NOT_FOUND, &error);
    int64_t train = add_run(ledger, "train", "finished", "{}");
    assert_status(pt_ledger_teach(ledger, train, &lesson, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "is a train that is finished");
    int64_t failed = add_run(ledger, "meter", "failed", NULL);
    assert_status(pt_ledger_teach(ledger, failed, &lesson, &error), PT_BAD_INPUT, &error);
    const double seconds[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        wrong.measured_step_seconds = seconds[i];
        assert_status(pt_ledger_teach(ledger, id, &wrong, &error), PT_BAD_INPUT, &error);
    }
    assert_int_equal(learn(ledger, arena, &runs), 0);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_with_the_same_hardware_framework_and_format_teach),
        cmocka_unit_test(a_second_lesson_replaces_the_first),
        cmocka_unit_test(what_teaches_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
