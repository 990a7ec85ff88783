// `powertrain report` from a ledger that this test writes.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "ledger/ledger.h"
#include "sample.h"

static const char *write_ledger(const char *folder)
{
    static struct sample sample;
    struct pt_ledger *ledger;
    struct pt_error error;
    int64_t id;
    const char *path = test_path(folder, "ledger.db");

    sample_fill(&sample, true);
    assert_status(pt_ledger_open(path, &ledger, &error), PT_OK, &error);
    for (int i = 0; i < 2; i++) {
        sample.record.name = i == 0 ? "older-run" : "newer-run";
        assert_status(pt_ledger_begin(ledger, &sample.record, &id, &error), PT_OK, &error);
        sample.record.id = id;
        assert_status(pt_ledger_progress(ledger, id, sample.points, sample.point_count,
                                         sample.samples, sample.sample_count, &sample.record.bill,
                                         &error),
                      PT_OK, &error);
        assert_status(pt_ledger_end(ledger, &sample.record, &error), PT_OK, &error);
    }
    pt_ledger_close(ledger);
    return path;
}

// Runs the program in folder; its stdout and stderr come back as one text.
static int run(const char *folder, const char *arguments, char *output, size_t size)
{
    char command[1024];
    const char *program = getenv("POWERTRAIN");
    assert_non_null(program);
    snprintf(command, sizeof command, "cd '%s' && '%s' report %s 2>&1", folder, program, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t used = fread(output, 1, size - 1, pipe);
    output[used] = '\0';
    return WEXITSTATUS(pclose(pipe));
}

static void the_newest_run_is_the_default(void **unused)
{
    (void)unused;
    char output[2048];
    const char *folder = test_folder();
    write_ledger(folder);
    assert_int_equal(run(folder, "--ledger ledger.db", output, sizeof output), 0);
    assert_string_equal(output, "report-2.html\n");
    char *page = test_read(test_path(folder, "report-2.html"), NULL);
    assert_contains(page, "<h1>newer-run</h1>");
    assert_contains(page, "<canvas");
    free(page);
}

static void a_run_is_chosen_by_its_number(void **unused)
{
    (void)unused;
    char output[2048];
    const char *folder = test_folder();
    write_ledger(folder);
    assert_int_equal(run(folder, "1 --ledger ledger.db -o page.html --json", output, sizeof output),
                     0);
    assert_contains(output, "\"run\": 1");
    assert_contains(output, "\"report\": \"page.html\"");
    char *page = test_read(test_path(folder, "page.html"), NULL);
    assert_contains(page, "<h1>older-run</h1>");
    free(page);
}

static void mistakes_are_named(void **unused)
{
    (void)unused;
    char output[2048];
    const char *folder = test_folder();
    write_ledger(folder);
    assert_int_equal(run(folder, "one --ledger ledger.db", output, sizeof output), 2);
    assert_contains(output, "one is not the number of a run");
    assert_int_equal(run(folder, "1 2 --ledger ledger.db", output, sizeof output), 2);
    assert_int_equal(run(folder, "99 --ledger ledger.db", output, sizeof output), 3);
    assert_contains(output, "99");
    assert_int_equal(run(folder, "--ledger nowhere.db", output, sizeof output), 3);
    assert_contains(output, "nowhere.db");
    assert_int_not_equal(access(test_path(folder, "nowhere.db"), F_OK), 0); // reading makes none
    assert_int_equal(
        run(folder, "--ledger ledger.db -o no/such/folder.html", output, sizeof output), 3);
    assert_contains(output, "no/such");
}

static void an_empty_ledger_says_what_fills_it(void **unused)
{
    (void)unused;
    char output[2048];
    struct pt_ledger *ledger;
    struct pt_error error;
    const char *folder = test_folder();
    assert_status(pt_ledger_open(test_path(folder, "ledger.db"), &ledger, &error), PT_OK, &error);
    pt_ledger_close(ledger);
    assert_int_equal(run(folder, "--ledger ledger.db", output, sizeof output), 3);
    assert_contains(output, "has no runs yet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_run_is_the_default),
        cmocka_unit_test(a_run_is_chosen_by_its_number),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(an_empty_ledger_says_what_fills_it),
    };
    const char *program = getenv("POWERTRAIN");
    if (program == NULL || program[0] == '\0')
        return 77; // the program is not built: skipped, not passed
    return cmocka_run_group_tests(tests, NULL, NULL);
}
