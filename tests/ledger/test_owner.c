#include "ledger/owner.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "ledger_support.h"

#define DAY_NS ((int64_t)PT_SECONDS_PER_DAY * PT_NANOSECONDS_PER_SECOND)

// A /proc in which this process and process 77, called "a) (b", live; 77 began at tick 5000.
static const char *proc_folder(void)
{
    char path[64];
    const char *folder = test_folder();
    test_file(folder, "proc/sys/kernel/random/boot_id", "11111111-aaaa\n");
    test_file(folder, "proc/self/ns/pid", "");
    snprintf(path, sizeof path, "proc/%d/stat", (int)getpid());
    test_file(folder, path, "1 (test) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4000 1 1\n");
    test_file(folder, "proc/77/stat",
              "77 (a) (b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5000 1 1\n");
    return folder;
}

static struct pt_owner owner_77(const char *root)
{
    struct pt_owner owner;
    pt_owner_self(root, &owner);
    owner.pid = 77;
    owner.start_ticks = 5000;
    return owner;
}

static void this_process_is_described(void **unused)
{
    (void)unused;
    struct pt_owner owner;
    pt_owner_self(proc_folder(), &owner);
    assert_string_equal(owner.boot_id, "11111111-aaaa");
    assert_int_equal(owner.pid, getpid());
    assert_int_equal(owner.start_ticks, 4000);
    assert_true(owner.pid_namespace != 0);
    assert_true(owner.host[0] != '\0');
}

static void a_living_process_is_not_gone_however_silent(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    assert_false(pt_owner_is_gone(root, &owner, 100 * DAY_NS));
}

static void an_ended_process_is_gone(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    owner.pid = 78;
    assert_true(pt_owner_is_gone(root, &owner, 0));
}

static void another_process_of_the_same_number_is_no_proof_of_life(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    owner.start_ticks = 4999;
    assert_true(pt_owner_is_gone(root, &owner, 0));
}

static void a_reboot_ends_every_process(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    strcpy(owner.boot_id, "22222222-bbbb");
    assert_true(pt_owner_is_gone(root, &owner, 0));
}

// Another host's process cannot be seen from here: silence for a day decides.
static void a_process_elsewhere_is_given_a_day(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    strcpy(owner.host, "another-host");
    strcpy(owner.boot_id, "22222222-bbbb");
    assert_false(pt_owner_is_gone(root, &owner, DAY_NS - 1));
    assert_true(pt_owner_is_gone(root, &owner, DAY_NS + 1));
}

static void a_process_in_another_container_is_given_a_day(void **unused)
{
    (void)unused;
    const char *root = proc_folder();
    struct pt_owner owner = owner_77(root);
    owner.pid = 78;
    owner.pid_namespace++;
    assert_false(pt_owner_is_gone(root, &owner, 0));
    assert_true(pt_owner_is_gone(root, &owner, DAY_NS + 1));
}

static void without_proc_nothing_is_known(void **unused)
{
    (void)unused;
    const char *root = test_folder();
    struct pt_owner owner;
    pt_owner_self(root, &owner);
    assert_string_equal(owner.boot_id, "");
    assert_int_equal(owner.start_ticks, 0);
    assert_false(pt_owner_is_gone(root, &owner, 0));
    assert_true(pt_owner_is_gone(root, &owner, DAY_NS + 1));
}

static const char *status_of_run(const char *path, struct pt_arena *arena)
{
    struct pt_run_record record;
    struct pt_error error;
    struct pt_ledger *ledger = open_ledger(path);
    assert_status(pt_ledger_run(ledger, arena, 1, &record, &error), PT_OK, &error);
    assert_true(record.has_bill);
    assert_int_equal(record.bill.total.microjoules.value, 1234);
    pt_ledger_close(ledger);
    return record.status;
}

// With the real /proc: while the writer lives its run is running, then it is lost, bill and all.
static void a_killed_run_is_lost_with_its_bill_so_far(void **unused)
{
    (void)unused;
    int ready[2];
    char byte;
    struct pt_arena *arena = pt_arena_create();
    const char *path = test_path(test_folder(), "ledger.db");
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); // also if the test fails before it kills us
        struct pt_ledger *ledger;
        struct pt_run_record record = a_run();
        struct pt_bill bill = two_rows();
        int64_t id;
        if (pt_ledger_open(path, &ledger, NULL) != PT_OK ||
            pt_ledger_begin(ledger, &record, &id, NULL) != PT_OK ||
            pt_ledger_progress(ledger, id, NULL, 0, NULL, 0, &bill, NULL) != PT_OK)
            _exit(1);
        (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    assert_string_equal(status_of_run(path, arena), "running");
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_string_equal(status_of_run(path, arena), "lost");
    assert_int_equal(ask(path, "SELECT count(*) FROM runs WHERE status = 'running'"), 1);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_is_described),
        cmocka_unit_test(a_living_process_is_not_gone_however_silent),
        cmocka_unit_test(an_ended_process_is_gone),
        cmocka_unit_test(another_process_of_the_same_number_is_no_proof_of_life),
        cmocka_unit_test(a_reboot_ends_every_process),
        cmocka_unit_test(a_process_elsewhere_is_given_a_day),
        cmocka_unit_test(a_process_in_another_container_is_given_a_day),
        cmocka_unit_test(without_proc_nothing_is_known),
        cmocka_unit_test(a_killed_run_is_lost_with_its_bill_so_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
