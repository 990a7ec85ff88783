// Machines written down as their kernels show them.

#include <unistd.h>

#include "base/file.h"
#include "hardware/cpu_quota.h"
#include "hardware/machine.h"
#include "support.h"

// Two threads of one core of a Turin server below KVM, as a cloud shows it.
static const char *const turin_guest =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n"
    "model name\t: AMD EPYC\nstepping\t: 1\ncpu MHz\t\t: 2596.122\nphysical id\t: 0\n"
    "siblings\t: 2\ncore id\t\t: 0\ncpu cores\t: 1\n"
    "flags\t\t: fpu vme hypervisor lahf_lm avx512f\n\n"
    "processor\t: 1\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n"
    "model name\t: AMD EPYC\nstepping\t: 1\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n"
    "flags\t\t: fpu vme hypervisor lahf_lm avx512f\n\n";

// Graviton 3: cpuinfo has numbers only.
static const char *const graviton =
    "processor\t: 0\nBogoMIPS\t: 2100.00\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\n"
    "CPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd40\nCPU revision\t: 1\n\n"
    "processor\t: 1\nBogoMIPS\t: 2100.00\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\n"
    "CPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd40\nCPU revision\t: 1\n\n";

static struct pt_cpu_info read_info(const char *root)
{
    struct pt_cpu_info info;
    struct pt_error error;
    assert_status(pt_cpu_info_read(root, &info, &error), PT_OK, &error);
    return info;
}

static void a_cloud_guest_is_read_whole(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    test_file(root, "proc/cpuinfo", turin_guest);
    test_file(root, "proc/meminfo", "MemTotal:       24684092 kB\nMemFree:        1 kB\n");
    test_file(root, "proc/self/status", "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n");
    test_file(root, "sys/devices/system/cpu/cpu0/cache/index0/level", "1\n");
    test_file(root, "sys/devices/system/cpu/cpu0/cache/index0/size", "48K\n");
    test_file(root, "sys/devices/system/cpu/cpu0/cache/index3/level", "3\n");
    test_file(root, "sys/devices/system/cpu/cpu0/cache/index3/size", "32768K\n");

    struct pt_cpu_info info = read_info(root);
    assert_string_equal(info.model, "AMD EPYC");
    assert_string_equal(info.vendor, "AuthenticAMD");
    assert_string_equal(info.microarchitecture, "Zen 5");
    assert_int_equal(info.family, 26);
    assert_int_equal(info.model_number, 2);
    assert_int_equal(info.stepping, 1);
    assert_int_equal(info.threads, 2);
    assert_int_equal(info.machine_threads, 2);
    assert_int_equal(info.threads_per_core, 2);
    assert_int_equal(info.sockets, 1);
    assert_true(info.virtual_machine);
    assert_near(info.memory_bytes, 24684092.0 * 1024, 0);
    assert_near(info.last_cache_bytes, 32.0 * 1024 * 1024, 0);
}

static void graviton_is_named_by_its_firmware(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    test_file(root, "proc/cpuinfo", graviton);
    struct pt_cpu_info info = read_info(root);
    assert_string_equal(info.model, "Arm Neoverse V1");
    assert_string_equal(info.microarchitecture, "Neoverse V1");
    assert_int_equal(info.model_number, 1);
    assert_false(info.virtual_machine);

    test_file(root, "sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    test_file(root, "sys/class/dmi/id/product_name", "c7g.large\n");
    info = read_info(root);
    assert_string_equal(info.model, "AWS Graviton Neoverse V1");
    assert_string_equal(info.microarchitecture, "Graviton");
    assert_true(info.virtual_machine);

    test_file(root, "sys/class/dmi/id/product_name", "c7g.metal\n");
    assert_false(read_info(root).virtual_machine);
}

static void an_unknown_arm_core_is_named_by_its_numbers(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    test_file(root, "proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x99\nCPU part\t: 0x123\n");
    struct pt_cpu_info info = read_info(root);
    assert_string_equal(info.model, "Arm implementer 0x99 part 0x123");
    assert_string_equal(info.microarchitecture, "");
}

static void what_neighbours_do_not_tell_is_missing_not_zero(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    test_file(root, "proc/cpuinfo", turin_guest);
    struct pt_cpu_info info = read_info(root);
    assert_true(isnan(info.memory_bytes));
    assert_true(isnan(info.last_cache_bytes));
    assert_int_equal(info.threads, 2); // as many as cpuinfo lists
}

// CPUID numbers from Linux' headers and from published cpuinfo files of these servers.
static void microarchitectures_have_the_names_of_the_power_table(void **unused)
{
    static const struct {
        const char *vendor;
        int family, model, stepping;
        const char *name;
    } known[] = {
        {"AuthenticAMD", 23, 1, 2, "Zen"},              // EPYC 7601
        {"AuthenticAMD", 23, 49, 0, "Zen 2"},           // EPYC 7742
        {"AuthenticAMD", 25, 1, 1, "Zen 3"},            // EPYC 7763
        {"AuthenticAMD", 25, 17, 1, "Zen 4"},           // EPYC 9654
        {"AuthenticAMD", 25, 160, 2, "Zen 4"},          // EPYC 9754
        {"AuthenticAMD", 25, 33, 0, "Zen 3"},           // Ryzen 5950X
        {"AuthenticAMD", 25, 97, 2, "Zen 4"},           // Ryzen 7950X
        {"AuthenticAMD", 26, 2, 1, "Zen 5"},            // EPYC 9755
        {"AuthenticAMD", 26, 17, 0, "Zen 5"},           // EPYC 9965
        {"AuthenticAMD", 26, 80, 0, ""},                // not a Zen 5
        {"GenuineIntel", 6, 85, 4, "Skylake"},          // Xeon 8175M
        {"GenuineIntel", 6, 85, 7, "Cascade Lake"},     // Xeon 8280
        {"GenuineIntel", 6, 85, 11, "Cooper Lake"},     // Xeon 8380H
        {"GenuineIntel", 6, 106, 6, "Ice Lake"},        // Xeon 8380
        {"GenuineIntel", 6, 143, 8, "Sapphire Rapids"}, // Xeon 8480+
        {"GenuineIntel", 6, 207, 2, "Emerald Rapids"},  // Xeon 8592+
        {"GenuineIntel", 6, 173, 1, "Granite Rapids"},  // Xeon 6980P
        {"GenuineIntel", 6, 255, 0, ""},
        {"SomebodyElse", 25, 1, 1, ""},
    };
    const char *root = test_folder();
    (void)unused;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\n"
                 "model name\t: x\nstepping\t: %d\nflags\t\t: fpu hypervisors\n",
                 known[i].vendor, known[i].family, known[i].model, known[i].stepping);
        test_file(root, "proc/cpuinfo", text);
        struct pt_cpu_info info = read_info(root);
        assert_string_equal(info.microarchitecture, known[i].name);
        assert_false(info.virtual_machine); // "hypervisors" is another word
    }
}

static void a_machine_of_eight(const char *root)
{
    char text[4096] = "";
    for (int i = 0; i < 8; i++)
        sprintf(text + strlen(text),
                "processor\t: %d\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
                "model name\t: Xeon\nphysical id\t: %d\nsiblings\t: 4\ncpu cores\t: 2\n\n",
                i, i / 4);
    test_file(root, "proc/cpuinfo", text);
}

static void threads_obey_the_affinity_mask(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    a_machine_of_eight(root);
    assert_int_equal(read_info(root).threads, 8);
    assert_int_equal(read_info(root).sockets, 2);
    test_file(root, "proc/self/status", "Cpus_allowed_list:\t0-2,5,7\n");
    assert_int_equal(read_info(root).threads, 5);
    assert_int_equal(read_info(root).machine_threads, 8);
    test_file(root, "proc/self/status", "Cpus_allowed_list:\tnonsense\n");
    assert_int_equal(read_info(root).threads, 8);
    test_file(root, "proc/self/status", "Cpus_allowed_list:\t0-4095\n");
    assert_int_equal(read_info(root).threads, 8); // no more than there are
}

// 150 ms in every 100 ms keep two threads busy part of the time: 2. The group above allows 3.
static void threads_obey_the_quota_of_version_2_and_of_groups_above(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    a_machine_of_eight(root);
    test_file(root, "proc/self/cgroup", "0::/user.slice/job\n");
    test_file(root, "sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
    assert_int_equal(read_info(root).threads, 8);
    test_file(root, "sys/fs/cgroup/user.slice/cpu.max", "300000 100000\n");
    assert_int_equal(read_info(root).threads, 3);
    test_file(root, "sys/fs/cgroup/user.slice/job/cpu.max", "150000 100000\n");
    assert_int_equal(read_info(root).threads, 2);
    test_file(root, "sys/fs/cgroup/user.slice/job/cpu.max", "1000 100000\n");
    assert_int_equal(read_info(root).threads, 1); // never none
    test_file(root, "sys/fs/cgroup/user.slice/job/cpu.max", "rubbish\n");
    assert_int_equal(read_info(root).threads, 3);
}

// Inside a container the path of the host does not exist; the mount's top is the own group.
static void threads_obey_the_quota_of_version_1_in_a_container(void **unused)
{
    const char *root = test_folder();
    (void)unused;
    a_machine_of_eight(root);
    test_file(root, "proc/self/cgroup",
              "12:cpuset:/\n4:cpu,cpuacct:/docker/0123abcd\n1:name=systemd:/\n");
    test_file(root, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    test_file(root, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(read_info(root).threads, 8);
    test_file(root, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
    assert_int_equal(read_info(root).threads, 4);
    // cpuset is not cpu: its group has no quota
    test_file(root, "proc/self/cgroup", "12:cpuset:/\n");
    assert_int_equal(read_info(root).threads, 8);
}

static void lists_of_processors_are_counted(void **unused)
{
    (void)unused;
    assert_int_equal(pt_cpu_list_count("0"), 1);
    assert_int_equal(pt_cpu_list_count("0-3,8,10-11"), 7);
    assert_int_equal(pt_cpu_list_count("0-3\n"), 4);
    const char *const bad[] = {"", "-", "3-1", "1,", "1-", "1x", "a", "0-99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(pt_cpu_list_count(bad[i]), 0);
}

static void a_missing_or_empty_cpuinfo_is_an_error(void **unused)
{
    const char *root = test_folder();
    struct pt_cpu_info info;
    struct pt_error error;
    (void)unused;
    assert_int_equal(pt_cpu_info_read(root, &info, &error), PT_NOT_FOUND);
    assert_contains(error.message, "/proc/cpuinfo");
    test_file(root, "proc/cpuinfo", "");
    assert_int_equal(pt_cpu_info_read(root, &info, &error), PT_CORRUPT);
    assert_contains(error.message, "no processor");
    test_file(root, "proc/cpuinfo", "no colon\n:::\n\x01\xff:\n");
    assert_int_equal(pt_cpu_info_read(root, &info, &error), PT_CORRUPT);
}

static void long_values_are_cut_not_overrun(void **unused)
{
    const char *root = test_folder();
    char text[2048];
    (void)unused;
    memset(text, 'y', sizeof text);
    memcpy(text, "processor : 0\nvendor_id : ", 26);
    memcpy(text + 1000, "\nmodel name : ", 14);
    text[sizeof text - 1] = '\0';
    test_file(root, "proc/cpuinfo", text);
    struct pt_cpu_info info = read_info(root);
    assert_int_equal(strlen(info.model), sizeof info.model - 1);
    assert_int_equal(strlen(info.vendor), sizeof info.vendor - 1);
}

static void this_machine_is_read_too(void **unused)
{
    struct pt_cpu_info info = read_info(NULL);
    (void)unused;
    assert_true(info.threads >= 1);
    assert_true(info.machine_threads >= info.threads);
    assert_true(info.model[0] != '\0');
    assert_true(info.memory_bytes > 1e8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cloud_guest_is_read_whole),
        cmocka_unit_test(graviton_is_named_by_its_firmware),
        cmocka_unit_test(an_unknown_arm_core_is_named_by_its_numbers),
        cmocka_unit_test(what_neighbours_do_not_tell_is_missing_not_zero),
        cmocka_unit_test(microarchitectures_have_the_names_of_the_power_table),
        cmocka_unit_test(threads_obey_the_affinity_mask),
        cmocka_unit_test(threads_obey_the_quota_of_version_2_and_of_groups_above),
        cmocka_unit_test(threads_obey_the_quota_of_version_1_in_a_container),
        cmocka_unit_test(lists_of_processors_are_counted),
        cmocka_unit_test(a_missing_or_empty_cpuinfo_is_an_error),
        cmocka_unit_test(long_values_are_cut_not_overrun),
        cmocka_unit_test(this_machine_is_read_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
