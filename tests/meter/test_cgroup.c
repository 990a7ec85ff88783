// Control groups that count a command: where they may be made, what they tell. A tree of files
// stands for the kernel's; the last tests make a real group where this machine lets them.

#include "meter/cgroup.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fake_process.h"
#include "meter/meter.h"

static struct fake_machine machine;
static struct pt_error error;
static int made_version;

// What the kernel puts into a new group.
static int fake_make(const char *path)
{
    const char *below = path + strlen(machine.root) + 1;
    char file[300];
    if (mkdir(path, 0755) != 0)
        return -1;
    made_version = strstr(path, "cpuacct") != NULL ? 1 : 2;
    snprintf(file, sizeof file, "%s/%s", below, made_version == 1 ? "cpuacct.usage" : "cpu.stat");
    fake_write(&machine, file, made_version == 1 ? "0\n" : "usage_usec 0\nuser_usec 0\n");
    snprintf(file, sizeof file, "%s/cgroup.procs", below);
    fake_write(&machine, file, "");
    if (made_version == 1) {
        snprintf(file, sizeof file, "%s/cpuacct.usage_percpu", below);
        fake_write(&machine, file, "0 0 0 0 \n");
    }
    return 0;
}

static int make_denied(const char *path)
{
    (void)path;
    errno = EACCES;
    return -1;
}

static int make_read_only(const char *path)
{
    (void)path;
    errno = EROFS;
    return -1;
}

// A kernel whose groups count nothing.
static int make_silent(const char *path)
{
    return mkdir(path, 0755);
}

static void start(const char *groups, const char *mounts)
{
    fake_machine_start(&machine);
    made_version = 0;
    fake_write(&machine, "proc/self/cgroup", groups);
    fake_write(&machine, "proc/self/mountinfo", mounts);
}

#define V2       "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
#define V1       "33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"
#define V1_JOINT "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"

static void start_v2(const char *controllers)
{
    start("0::/user.slice/job.scope\n", V2);
    fake_write(&machine, "sys/fs/cgroup/user.slice/job.scope/cgroup.subtree_control", controllers);
}

static struct pt_cgroup *create(void)
{
    struct pt_cgroup *cgroup = NULL;
    assert_status(pt_cgroup_create_by(machine.root, fake_make, &cgroup, &error), PT_OK, &error);
    return cgroup;
}

static void set_file(const struct pt_cgroup *cgroup, const char *name, const char *text)
{
    char file[300];
    snprintf(file, sizeof file, "%s/%s", pt_cgroup_folder(cgroup) + strlen(machine.root) + 1, name);
    fake_write(&machine, file, text);
}

static void the_own_group_is_found(void **unused)
{
    static const struct {
        const char *groups, *mounts;
        int version;
        const char *folder; // NULL: none
        bool alone;
    } cases[] = {
        {"0::/\n", V2, 2, "/sys/fs/cgroup", true},
        {"0::/user.slice/a b.scope\n", V2, 2, "/sys/fs/cgroup/user.slice/a b.scope", true},
        {"2:cpuacct:/x\n1:cpu:/y\n0::/\n", V2 V1, 1, "/sys/fs/cgroup/cpuacct/x", true},
        {"2:cpu,cpuacct:/x\n", V1_JOINT, 1, "/sys/fs/cgroup/cpu,cpuacct/x", false},
        // A container: its mount shows only what is below /docker/1.
        {"0::/docker/1/a\n", "9 1 0:26 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup rw\n", 2,
         "/sys/fs/cgroup/a", true},
        {"0::/docker/1\n", "9 1 0:26 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup rw\n", 2,
         "/sys/fs/cgroup", true},
        {"0::/docker/12\n", "9 1 0:26 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup rw\n", 2, NULL,
         true},
        {"0::/../other\n", V2, 2, NULL, true}, // outside of our namespace
        {"0::/x\n", V1, 2, NULL, true},
        {"1:cpu:/x\n", V1 V2, 1, NULL, true},
        {"3:cpuacct2:/x\n", V1, 1, NULL, true},
        {"", V2, 2, NULL, true},
        {"0::/x\n", "", 2, NULL, true},
        {"0::/x\n", "1 2 3 - cgroup2\n30 23 0:26 / /a\\040b rw - cgroup2 c rw\n", 2, NULL, true},
        {":\n::\n0:\n", V2, 2, NULL, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[256] = "";
        bool alone;
        bool found = pt_cgroup_find(cases[i].groups, cases[i].mounts, cases[i].version, folder,
                                    sizeof folder, &alone);
        assert_int_equal(found, cases[i].folder != NULL);
        if (!found)
            continue;
        assert_string_equal(folder, cases[i].folder);
        assert_int_equal(alone, cases[i].alone);
    }
    (void)unused;
}

static void usage_is_read_in_microseconds(void **unused)
{
    assert_near(pt_cgroup_usage_parse("usage_usec 2500000\nuser_usec 1\n"), 2.5, 1e-12);
    assert_near(pt_cgroup_usage_parse("user_usec 1\nusage_usec 7\n"), 7e-6, 1e-18);
    static const char *const wrong[] = {"",
                                        "usage_usec",
                                        "usage_usec \n",
                                        "usage_usec -1\n",
                                        "usage_usec 1x\n",
                                        "user_usec 5\n",
                                        "usage_usec nan\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(isnan(pt_cgroup_usage_parse(wrong[i])));
    (void)unused;
}

static void version_2_counts_the_tree(void **unused)
{
    start_v2("memory pids\n");
    struct pt_cgroup *cgroup = create();
    assert_int_equal(pt_cgroup_version(cgroup), 2);
    assert_contains(pt_cgroup_folder(cgroup), "job.scope/powertrain-");
    assert_false(pt_cgroup_joined(cgroup));
    pt_cgroup_join(cgroup); // a file takes any text
    assert_true(pt_cgroup_joined(cgroup));
    set_file(cgroup, "cpu.stat", "usage_usec 12500000\nuser_usec 9\n");
    assert_near(pt_cgroup_cpu_seconds(cgroup), 12.5, 1e-12);
    double each[4];
    char buffer[256];
    assert_int_equal(pt_cgroup_cpu_seconds_each(cgroup, buffer, sizeof buffer, each, 4), 0);
    set_file(cgroup, "cpu.stat", "");
    assert_true(isnan(pt_cgroup_cpu_seconds(cgroup)));
    pt_cgroup_destroy(cgroup);
    (void)unused;
}

static void version_1_counts_each_cpu(void **unused)
{
    start("2:cpuacct:/job\n0::/\n", V1 V2);
    test_file(machine.root, "sys/fs/cgroup/cpuacct/job/cpuacct.usage", "0\n");
    struct pt_cgroup *cgroup = create();
    double each[8] = {0};
    char buffer[256];
    assert_int_equal(pt_cgroup_version(cgroup), 1);
    set_file(cgroup, "cpuacct.usage", "3000000000\n");
    set_file(cgroup, "cpuacct.usage_percpu", "1000000000 0 2000000000 0 \n");
    assert_near(pt_cgroup_cpu_seconds(cgroup), 3, 1e-12);
    assert_int_equal(pt_cgroup_cpu_seconds_each(cgroup, buffer, sizeof buffer, each, 8), 4);
    assert_near(each[0], 1, 1e-12);
    assert_near(each[2], 2, 1e-12);
    assert_int_equal(pt_cgroup_cpu_seconds_each(cgroup, buffer, sizeof buffer, each, 3), 3);
    pt_cgroup_destroy(cgroup);
    (void)unused;
}

static void fail_to_create(int (*make)(const char *path), enum pt_status status, const char *why)
{
    struct pt_cgroup *cgroup = NULL;
    assert_status(pt_cgroup_create_by(machine.root, make, &cgroup, &error), status, &error);
    assert_contains(error.message, why);
    assert_null(cgroup);
}

// A container that forbids it, a group of somebody else, a kernel that counts nothing, and no
// control groups at all.
static void where_none_may_be_made_nothing_is_left(void **unused)
{
    char folder[512];
    start_v2("memory\n");
    fail_to_create(make_denied, PT_DENIED, "job.scope");
    fail_to_create(make_read_only, PT_DENIED, "job.scope");
    fail_to_create(make_silent, PT_NOT_FOUND, "powertrain-");
    snprintf(folder, sizeof folder, "%s/sys/fs/cgroup/user.slice/job.scope/powertrain-%d",
             machine.root, (int)getpid());
    assert_int_equal(access(folder, F_OK), -1);
    start("", "");
    fail_to_create(fake_make, PT_UNAVAILABLE, "version 2");
    fake_machine_start(&machine);
    fail_to_create(fake_make, PT_UNAVAILABLE, "cgroup");
    (void)unused;
}

// The scheduler would share by group: the run would be another one.
static void a_group_that_changes_the_scheduling_is_not_made(void **unused)
{
    start_v2("cpuset cpu io memory\n");
    fail_to_create(fake_make, PT_UNAVAILABLE, "scheduled");
    start_v2("io\n");
    fail_to_create(fake_make, PT_UNAVAILABLE, "scheduled");
    start("2:cpu,cpuacct:/x\n", V1_JOINT);
    fail_to_create(fake_make, PT_UNAVAILABLE, "version 2");
    assert_int_equal(made_version, 0);
    start_v2("cpuset\n");
    pt_cgroup_destroy(create());
    (void)unused;
}

// A run that was killed has left its group; one that still has processes cannot be removed, and one
// whose process lives is not ours to remove.
static void what_killed_runs_have_left_is_removed(void **unused)
{
    char path[512], alive[64];
    static const char parent[] = "sys/fs/cgroup/user.slice/job.scope";
    start_v2("\n");
    snprintf(alive, sizeof alive, "powertrain-%d", (int)getppid());
    const char *const names[] = {"powertrain-2147483646", alive, "powertrain-x", "other"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", machine.root, parent, names[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    pt_cgroup_destroy(create());
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", machine.root, parent, names[i]);
        assert_int_equal(access(path, F_OK), i == 0 ? -1 : 0);
    }
    (void)unused;
}

// Children that die and orphans: the group has counted 5 s, of which the tree shows 1 s.
static void the_meter_believes_the_group(void **unused)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_meter_report report;
    start_v2("\n");
    machine.cpus = 2;
    machine.busy_seconds = 100;
    machine.busy_threads = 1;
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 50);
    fake_proc_stat(&machine);
    fake_process(&machine, 50, 1, 0, 0, "");
    struct pt_cgroup *cgroup = create();
    struct pt_sensor *sensor = fake_open(&machine, "powercap");
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .manual = true,
                                     .cgroup = cgroup};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    fake_advance(&machine, 10);
    fake_process(&machine, 50, 1, 100, 0, "");
    set_file(cgroup, "cpu.stat", "usage_usec 5000000\n");
    pt_meter_sample_now(meter, NULL);
    fake_advance(&machine, 10);
    set_file(cgroup, "cpu.stat", ""); // a failed read: what it was used for waits
    pt_meter_sample_now(meter, NULL);
    set_file(cgroup, "cpu.stat", "usage_usec 10000000\n");
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    assert_near(report.cpu_seconds, 10, 1e-9);
    assert_near(report.machine_joules.value, 1000, 1);
    assert_near(report.joules.value, 500, 5);
    pt_meter_close(meter);
    pt_sensor_close(sensor);
    pt_cgroup_destroy(cgroup);
    (void)unused;
}

// -------------------------------------------------------------------------------- the real kernel
static double rusage_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// In the group: 500 children that die at once, some of them orphans.
static void have_children(void)
{
    volatile double value = 1;
    for (int i = 0; i < 500; i++) {
        int pid = fork();
        if (pid == 0) {
            for (int k = 0; k < 200000; k++)
                value = value * 1.0000001 + 1e-9;
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
}

// CPU time and not time, so a loaded machine does not matter; what is left is the work of the
// kernel between fork and the entry, and after the exit.
static void short_lived_children_are_counted_as_rusage_does(void **unused)
{
    struct pt_cgroup *cgroup = NULL;
    char folder[512];
    if (pt_cgroup_create("", &cgroup, &error) != PT_OK) {
        print_message("skipped: %s\n", error.message);
        skip();
    }
    snprintf(folder, sizeof folder, "%s", pt_cgroup_folder(cgroup));
    double before = rusage_seconds();
    int pid = fork();
    if (pid == 0) {
        pt_cgroup_join(cgroup);
        have_children();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    double counted = pt_cgroup_cpu_seconds(cgroup), used = rusage_seconds() - before;
    print_message("cgroup version %d: %.4f s, rusage: %.4f s\n", pt_cgroup_version(cgroup), counted,
                  used);
    assert_true(pt_cgroup_joined(cgroup));
    assert_near(counted, used, 0.05 * used);
    pt_cgroup_destroy(cgroup);
    assert_int_equal(access(folder, F_OK), -1);
    (void)unused;
}

// A process that stays keeps its group; it is gone when both are.
static void a_group_with_processes_is_left(void **unused)
{
    struct pt_cgroup *cgroup = NULL;
    char folder[512];
    int ends[2];
    if (pt_cgroup_create("", &cgroup, &error) != PT_OK)
        skip();
    snprintf(folder, sizeof folder, "%s", pt_cgroup_folder(cgroup));
    assert_int_equal(pipe(ends), 0);
    int pid = fork();
    if (pid == 0) {
        char byte;
        pt_cgroup_join(cgroup);
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    while (!pt_cgroup_joined(cgroup))
        usleep(1000);
    pt_cgroup_destroy(cgroup);
    assert_int_equal(access(folder, F_OK), 0);
    close(ends[1]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    close(ends[0]);
    assert_int_equal(rmdir(folder), 0);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_own_group_is_found),
        cmocka_unit_test(usage_is_read_in_microseconds),
        cmocka_unit_test(version_2_counts_the_tree),
        cmocka_unit_test(version_1_counts_each_cpu),
        cmocka_unit_test(where_none_may_be_made_nothing_is_left),
        cmocka_unit_test(a_group_that_changes_the_scheduling_is_not_made),
        cmocka_unit_test(what_killed_runs_have_left_is_removed),
        cmocka_unit_test(the_meter_believes_the_group),
        cmocka_unit_test(short_lived_children_are_counted_as_rusage_does),
        cmocka_unit_test(a_group_with_processes_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
