// The file of a run: what is written is read, what is damaged is kept aside, stretches join.

#include "job/steer_journal.h"

#include <dirent.h>
#include <unistd.h>

#include "base/units.h"
#include "support.h"

#define MINUTE_NS (60 * PT_NANOSECONDS_PER_SECOND)
#define SLOT_NS   (15 * MINUTE_NS)
static const int64_t begin_ns = 1700006400LL * PT_NANOSECONDS_PER_SECOND;

static struct pt_run_journal new_journal(void)
{
    struct pt_run_journal journal = {.id = "test",
                                     .uid = "run-test-1",
                                     .begun_ns = 1,
                                     .created_ns = begin_ns,
                                     .accounted_ns = begin_ns,
                                     .deadline_ns = begin_ns + 100 * MINUTE_NS,
                                     .deadline_text = strdup("tomorrow 08:00"),
                                     .command_line = strdup("sh -c 'a \"b\"'"),
                                     .work_seconds = 3600,
                                     .watts = NAN,
                                     .fraction = NAN};
    return journal;
}

static struct pt_run_interval stretch(enum pt_run_doing doing, int from_minute, int to_minute,
                                      double joules, double price)
{
    return (struct pt_run_interval){.doing = doing,
                                    .from_ns = begin_ns + from_minute * MINUTE_NS,
                                    .to_ns = begin_ns + to_minute * MINUTE_NS,
                                    .joules = pt_quantity_relative(joules, 0.1, PT_MEASURED),
                                    .price = price,
                                    .carbon = NAN};
}

static void add(struct pt_run_journal *journal, struct pt_run_interval interval)
{
    struct pt_error error;
    assert_status(pt_run_journal_add(journal, &interval, SLOT_NS, &error), PT_OK, &error);
}

// 5 + 10 minutes of one slot join: 300 J, and the mean price by time; another slot does not.
static void stretches_join_within_a_slot(void **unused)
{
    (void)unused;
    struct pt_run_journal journal = new_journal();
    add(&journal, stretch(PT_RUN_RUNNING, 0, 5, 100, 0.3));
    add(&journal, stretch(PT_RUN_RUNNING, 5, 15, 200, 0.6));
    add(&journal, stretch(PT_RUN_RUNNING, 15, 20, 50, 0.1));
    add(&journal, stretch(PT_RUN_SUSPENDED, 20, 25, 5, 0.1));
    add(&journal, stretch(PT_RUN_SUSPENDED, 25, 25, 5, 0.1)); // no time: nothing
    assert_int_equal(journal.interval_count, 3);
    assert_near(journal.intervals[0].joules.value, 300, 1e-9);
    assert_near(journal.intervals[0].joules.high, 330, 1e-9);
    assert_near(journal.intervals[0].price, 0.5, 1e-9);
    pt_run_journal_close(&journal);
}

static void what_is_written_is_read(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    struct pt_run_journal journal = new_journal(), again;
    struct pt_error error;
    for (int i = 0; i < 300; i++)
        add(&journal, stretch(i % 2 == 0 ? PT_RUN_RUNNING : PT_RUN_SUSPENDED, i, i + 1, i, -0.01));
    journal.intervals[7].joules = pt_quantity_missing();
    assert_status(pt_run_journal_save(folder, &journal, &error), PT_OK, &error);
    assert_status(pt_run_journal_load(folder, "test", &again, &error), PT_OK, &error);
    assert_int_equal(again.interval_count, journal.interval_count);
    for (int i = 0; i < 300; i++) {
        assert_int_equal(again.intervals[i].from_ns, journal.intervals[i].from_ns);
        assert_int_equal(again.intervals[i].doing, journal.intervals[i].doing);
        assert_true(again.intervals[i].price == -0.01);
    }
    assert_false(pt_quantity_known(again.intervals[7].joules)); // unknown is not 0
    assert_true(again.intervals[8].joules.value == 8);
    assert_true(isnan(again.watts) && isnan(again.fraction));
    assert_string_equal(again.deadline_text, "tomorrow 08:00");
    assert_string_equal(again.command_line, journal.command_line);
    pt_run_journal_close(&again);
    pt_run_journal_close(&journal);
}

static void a_run_that_is_not_there_is_not_found(void **unused)
{
    (void)unused;
    struct pt_run_journal journal;
    struct pt_error error;
    assert_status(pt_run_journal_load(test_folder(), "nobody", &journal, &error), PT_NOT_FOUND,
                  &error);
}

// Cut anywhere, it is refused, renamed and never half read.
static void damage_is_kept_aside(void **unused)
{
    (void)unused;
    struct pt_run_journal journal = new_journal(), again;
    struct pt_error error;
    size_t length;
    add(&journal, stretch(PT_RUN_RUNNING, 0, 5, 100, 0.3));
    char *text = pt_run_journal_write(&journal, &length);
    assert_non_null(text);
    for (size_t cut = 0; cut + 1 < length; cut += 7)
        assert_int_not_equal(pt_run_journal_parse(text, cut, "cut", &again, NULL), PT_OK);
    text[length / 2] = '\0';
    const char *folder = test_folder();
    test_file(folder, "torn.json", text);
    assert_status(pt_run_journal_load(folder, "torn", &again, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "was renamed");
    assert_int_equal(access(test_path(folder, "torn.json"), F_OK), -1);
    free(text);
    pt_run_journal_close(&journal);
}

static void what_cannot_be_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *from, *to;
    } wrong[] = {
        {"\"id\":\"test\"", "\"id\":\"../x\""},
        {"\"powertrain_run\":1", "\"powertrain_run\":99"},
        {"\"doing\":\"running\"", "\"doing\":\"dancing\""},
        {"\"run_seconds\":0", "\"run_seconds\":null"},
        {"\"accounted_ns\"", "\"accounted\""},
        {"\"value\":100", "\"value\":-100"},
    };
    struct pt_run_journal journal = new_journal(), again;
    size_t length;
    add(&journal, stretch(PT_RUN_RUNNING, 0, 5, 100, 0.3));
    char *text = pt_run_journal_write(&journal, &length);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char changed[8192];
        const char *at = strstr(text, wrong[i].from);
        if (at == NULL)
            fail_msg("%s is not in %s", wrong[i].from, text);
        snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, wrong[i].to,
                 at + strlen(wrong[i].from));
        assert_int_not_equal(pt_run_journal_parse(changed, strlen(changed), "wrong", &again, NULL),
                             PT_OK);
    }
    free(text);
    pt_run_journal_close(&journal);
}

static void a_folder_that_is_none_is_an_error(void **unused)
{
    (void)unused;
    struct pt_run_journal journal = new_journal();
    struct pt_error error;
    assert_int_not_equal(pt_run_journal_save("/no/such/folder", &journal, &error), PT_OK);
    assert_contains(error.message, "/no/such/folder");
    pt_run_journal_close(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_join_within_a_slot),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_run_that_is_not_there_is_not_found),
        cmocka_unit_test(damage_is_kept_aside),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_folder_that_is_none_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
