// How much memory may still be taken, from a /proc and /sys of our own.

#include "engine_support.h"

#include <sys/resource.h>

#include "engine/available_memory.h"
#include "engine/mapping.h"

#define MEMINFO "MemTotal:       16000000 kB\nMemFree:  1000 kB\nMemAvailable:    8000000 kB\n"

static void the_system_says_what_is_available(void **unused)
{
    (void)unused;
    const char *root = test_folder();
    assert_true(pt_available_memory(root) == INT64_MAX); // nothing says anything
    test_file(root, "proc/meminfo", MEMINFO);
    assert_int_equal(pt_available_memory(root), INT64_C(8000000) * 1024);
}

// /a/b is limited to 1000 MB, of which 400 MB are used, 150 MB of them files that nobody needs now;
// its parent leaves less or more.
static void the_tightest_control_group_of_version_2_counts(void **unused)
{
    (void)unused;
    const char *root = test_folder();
    test_file(root, "proc/meminfo", MEMINFO);
    test_file(root, "proc/self/cgroup", "0::/a/b\n");
    test_file(root, "sys/fs/cgroup/a/b/memory.max", "1000000000\n");
    test_file(root, "sys/fs/cgroup/a/b/memory.current", "400000000\n");
    assert_int_equal(pt_available_memory(root), 600000000);
    test_file(root, "sys/fs/cgroup/a/b/memory.stat", "anon 5\ninactive_file 150000000\nslab 7\n");
    assert_int_equal(pt_available_memory(root), 750000000);
    test_file(root, "sys/fs/cgroup/a/memory.max", "500000000\n");
    test_file(root, "sys/fs/cgroup/a/memory.current", "420000000\n");
    assert_int_equal(pt_available_memory(root), 80000000);
    test_file(root, "sys/fs/cgroup/a/memory.max", "max\n");
    assert_int_equal(pt_available_memory(root), 750000000);
    test_file(root, "sys/fs/cgroup/a/b/memory.current", "2000000000\n");
    assert_int_equal(pt_available_memory(root), 0);
}

static void version_1_counts_too(void **unused)
{
    (void)unused;
    const char *root = test_folder();
    test_file(root, "proc/meminfo", MEMINFO);
    test_file(root, "proc/self/cgroup",
              "5:memory_not:/x\n4:cpu,memory:/job\n1:name=systemd:/\n0::/\n");
    test_file(root, "sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000000\n");
    test_file(root, "sys/fs/cgroup/memory/job/memory.usage_in_bytes", "300000\n");
    test_file(root, "sys/fs/cgroup/memory/job/memory.stat",
              "inactive_file 1\ntotal_inactive_file 100000\n");
    assert_int_equal(pt_available_memory(root), 800000);
}

static void nonsense_is_no_limit(void **unused)
{
    (void)unused;
    const char *root = test_folder();
    test_file(root, "proc/meminfo", "MemAvailable: lots\n");
    test_file(root, "proc/self/cgroup", "what\n0:\n0::/a\n\n");
    test_file(root, "sys/fs/cgroup/a/memory.max", "99999999999999999999999999999999999999\n");
    test_file(root, "sys/fs/cgroup/a/memory.current", "1\n");
    assert_true(pt_available_memory(root) == INT64_MAX);
    test_file(root, "proc/self/cgroup", "");
    assert_true(pt_available_memory(root) == INT64_MAX);
}

static void a_mapping_is_zeroed_aligned_and_refused_when_too_large(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_mapping mapping;
    const int64_t sizes[] = {1, 4096, 100000, 9 << 20};
    for (int i = 0; i < 4; i++) {
        assert_status(pt_mapping_create("test", sizes[i], 2, &mapping, &error), PT_OK, &error);
        size_t align = sizes[i] >= 4 << 20 ? 2 << 20 : 4096;
        assert_int_equal((uintptr_t)mapping.bytes % align, 0);
        for (int64_t k = 0; k < sizes[i]; k++)
            assert_true(((char *)mapping.bytes)[k] == 0);
        memset(mapping.bytes, 1, mapping.size);
        pt_mapping_destroy(&mapping);
        assert_null(mapping.bytes);
    }
    assert_status(pt_mapping_create("nothing", 0, 2, &mapping, &error), PT_OK, &error);
    assert_null(mapping.bytes);
    pt_mapping_destroy(&mapping);
    assert_status(pt_mapping_create("the moon", INT64_C(1) << 50, 1, &mapping, &error),
                  PT_INFEASIBLE, &error);
    assert_contains(error.message, "the moon needs 1 PiB");
}

// ulimit -v: the address space is full, whatever memory there is.
static void a_mapping_that_the_system_refuses_is_out_of_memory(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_mapping mapping;
    struct rlimit old, none;
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    none = (struct rlimit){.rlim_cur = 1 << 20, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    enum pt_status status = pt_mapping_create("test", 8 << 20, 1, &mapping, &error);
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
    assert_status(status, PT_NO_MEMORY, &error);
    assert_contains(error.message, "8 MiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_says_what_is_available),
        cmocka_unit_test(the_tightest_control_group_of_version_2_counts),
        cmocka_unit_test(version_1_counts_too),
        cmocka_unit_test(nonsense_is_no_limit),
        cmocka_unit_test(a_mapping_is_zeroed_aligned_and_refused_when_too_large),
        cmocka_unit_test(a_mapping_that_the_system_refuses_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
