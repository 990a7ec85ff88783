// Which instructions and how many threads this process may use.

#include "support.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/cpu.h"

static int affinity_count(void)
{
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

// The group of this process, as /proc/self/cgroup tells it, in a root of its own.
static const char *root_with_group(const char *cgroup)
{
    const char *root = test_folder();
    test_file(root, "proc/self/cgroup", cgroup);
    return root;
}

static void without_cgroups_the_affinity_mask_counts(void **unused)
{
    (void)unused;
    assert_int_equal(pt_cpu_threads_below(test_folder()), affinity_count());
    assert_true(pt_cpu_threads() >= 1);
    assert_true(pt_cpu_threads() <= affinity_count());
}

// Half a CPU keeps one thread busy, not none.
static void version_2_quota_limits(void **unused)
{
    const char *root = root_with_group("0::/job\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/job/cpu.max", "50000 100000\n");
    assert_int_equal(pt_cpu_threads_below(root), 1);
}

// 150 ms in each 100 ms are worth two threads.
static void part_of_a_cpu_counts_as_one(void **unused)
{
    const char *root = root_with_group("0::/job\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    assert_int_equal(pt_cpu_threads_below(root), affinity_count() < 2 ? affinity_count() : 2);
}

static void quota_of_a_group_above_limits_too(void **unused)
{
    const char *root = root_with_group("0::/slice/job\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/slice/job/cpu.max", "max 100000\n");
    test_file(root, "sys/fs/cgroup/slice/cpu.max", "100000 100000\n");
    assert_int_equal(pt_cpu_threads_below(root), 1);
}

// In a container the path of the group may lie outside of what is mounted.
static void quota_at_the_mount_point_limits(void **unused)
{
    const char *root = root_with_group("0::/docker/1f2e\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/cpu.max", "100000 100000\n");
    assert_int_equal(pt_cpu_threads_below(root), 1);
}

static void version_1_quota_limits(void **unused)
{
    const char *root = root_with_group("7:memory:/job\n4:cpu,cpuacct:/job\n0::/\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "80000\n");
    test_file(root, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    assert_int_equal(pt_cpu_threads_below(root), 1);
}

static void no_quota_is_no_limit(void **unused)
{
    const char *root = root_with_group("4:cpu:/job\n3:cpuset:/job\n0::/job\n");
    (void)unused;
    test_file(root, "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    test_file(root, "sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    test_file(root, "sys/fs/cgroup/cpuset/job/cpu.cfs_quota_us", "1000\n"); // not of this group
    test_file(root, "sys/fs/cgroup/cpuset/job/cpu.cfs_period_us", "100000\n");
    test_file(root, "sys/fs/cgroup/job/cpu.max", "max 100000\n");
    assert_int_equal(pt_cpu_threads_below(root), affinity_count());
}

static void damaged_files_are_no_limit(void **unused)
{
    static const char *const texts[] = {"",
                                        "\n",
                                        "50000\n",
                                        "x y\n",
                                        "50000 0\n",
                                        "-5 100000\n",
                                        "99999999999999999999 1\n",
                                        "9000000000000000000 1\n"};
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *root = root_with_group("\n:\n::\n0:\n0::\n0::relative\n0::/job\n");
        test_file(root, "sys/fs/cgroup/job/cpu.max", texts[i]);
        assert_int_equal(pt_cpu_threads_below(root), affinity_count());
    }
}

// What a new process says with PT_CPU=value; + 100 if it has logged a warning that names the value.
static char expected_in_log[64];
static bool logged;

static void look_at_log(enum pt_log_level level, const char *line, void *state)
{
    (void)state;
    logged = level == PT_LOG_WARN && strstr(line, expected_in_log) != NULL;
}

static int isa_with(const char *value)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("PT_CPU", value, 1);
        snprintf(expected_in_log, sizeof expected_in_log, "value=%s", value);
        pt_log_set_sink(look_at_log, NULL, PT_LOG_DEBUG);
        int isa = (int)pt_cpu_isa();
        if (isa != PT_ISA_AVX512 && pt_cpu_has_avx512_bf16())
            isa = 50; // must not be
        _exit(isa + (logged ? 100 : 0));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void environment_lowers_the_instruction_set(void **unused)
{
    int hardware = isa_with("");
    (void)unused;
    assert_true(hardware >= PT_ISA_PORTABLE && hardware <= PT_ISA_AVX512);
    assert_int_equal(isa_with("portable"), PT_ISA_PORTABLE);
    assert_int_equal(isa_with("avx2"), hardware < PT_ISA_AVX2 ? hardware : PT_ISA_AVX2);
    assert_int_equal(isa_with("avx512"), hardware); // never more than there is
}

static void unknown_instruction_set_is_ignored_with_a_warning(void **unused)
{
    (void)unused;
    assert_int_equal(isa_with("sse9"), isa_with("") + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_cgroups_the_affinity_mask_counts),
        cmocka_unit_test(version_2_quota_limits),
        cmocka_unit_test(part_of_a_cpu_counts_as_one),
        cmocka_unit_test(quota_of_a_group_above_limits_too),
        cmocka_unit_test(quota_at_the_mount_point_limits),
        cmocka_unit_test(version_1_quota_limits),
        cmocka_unit_test(no_quota_is_no_limit),
        cmocka_unit_test(damaged_files_are_no_limit),
        cmocka_unit_test(environment_lowers_the_instruction_set),
        cmocka_unit_test(unknown_instruction_set_is_ignored_with_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
