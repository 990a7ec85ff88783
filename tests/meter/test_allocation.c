// What is reserved for us, and what --idle auto makes of it.

#include "meter/allocation.h"

#include "fake_process.h"

static struct fake_machine machine;
static struct pt_allocation allocation;
static struct pt_error error;
static const char *names[8], *values[8];

static const char *get(const char *name)
{
    for (int i = 0; i < 8 && names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return values[i];
    return NULL;
}

static void set(int index, const char *name, const char *value)
{
    names[index] = name;
    values[index] = value;
}

// 64 CPUs, 256 GiB; nobody limits us.
static int setup(void **state)
{
    (void)state;
    memset(names, 0, sizeof names);
    fake_machine_start(&machine);
    machine.cpus = 64;
    machine.busy_seconds = 100;
    fake_proc_stat(&machine);
    fake_write(&machine, "proc/meminfo", "MemTotal:       268435456 kB\nMemFree: 1 kB\n");
    fake_write(&machine, "proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-63\n");
    fake_write(&machine, "proc/self/cgroup", "0::/job\n");
    return 0;
}

static enum pt_status read_allocation(void)
{
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = pt_allocation_read(arena, machine.root, get, &allocation, &error);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_idle_policy policy_of(bool watts_known, char *why)
{
    assert_status(read_allocation(), PT_OK, &error);
    return pt_allocation_policy(&allocation, watts_known, why, 128);
}

static void without_limits_it_is_busy_share(void **unused)
{
    char why[128];
    assert_int_equal(policy_of(true, why), PT_IDLE_BUSY_SHARE);
    assert_contains(why, "nothing is reserved");
    assert_near(allocation.cpu_count, 64, 0);
    (void)unused;
}

static void slurm_tells_a_part_of_the_node(void **unused)
{
    char why[128];
    set(0, "SLURM_JOB_ID", "4711");
    set(1, "SLURM_CPUS_ON_NODE", "16");
    set(2, "SLURM_MEM_PER_NODE", "65536"); // MiB
    set(3, "SLURM_JOB_GPUS", "0,2-3");
    assert_int_equal(policy_of(true, why), PT_IDLE_RESERVATION);
    assert_string_equal(why, "Slurm job 4711: 16 of 64 CPUs");
    assert_near(allocation.memory_share, 0.25, 1e-12);
    assert_true(allocation.gpus_told);
    assert_int_equal(allocation.gpus, 13);
    assert_int_equal(policy_of(false, why), PT_IDLE_BUSY_SHARE);
    assert_contains(why, "not known");
    set(2, "SLURM_MEM_PER_CPU", "1024"); // 16 GiB of 256
    assert_status(read_allocation(), PT_OK, &error);
    assert_near(allocation.memory_share, 1.0 / 16, 1e-12);
    (void)unused;
}

static void slurm_tells_the_whole_node(void **unused)
{
    char why[128];
    set(0, "SLURM_JOB_ID", "4711");
    set(1, "SLURM_CPUS_ON_NODE", "64");
    assert_int_equal(policy_of(false, why), PT_IDLE_WHOLE);
    assert_true(isnan(allocation.memory_share) && !allocation.gpus_told);
    (void)unused;
}

static void sets_and_quotas_limit_the_smaller_counts(void **unused)
{
    char why[128];
    fake_write(&machine, "proc/self/status", "Cpus_allowed_list:\t0-15\n");
    assert_int_equal(policy_of(true, why), PT_IDLE_RESERVATION);
    assert_string_equal(why, "the set of CPUs: 16 of 64 CPUs");
    fake_write(&machine, "sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    assert_status(read_allocation(), PT_OK, &error);
    assert_near(allocation.cpu_count, 1.5, 1e-12); // not rounded up
    fake_write(&machine, "sys/fs/cgroup/job/cpu.max", "max 100000\n");
    assert_status(read_allocation(), PT_OK, &error);
    assert_near(allocation.cpu_count, 16, 0);
    (void)unused;
}

static void wrong_variables_are_named(void **unused)
{
    set(0, "SLURM_JOB_ID", "4711");
    set(1, "SLURM_CPUS_ON_NODE", "many");
    assert_status(read_allocation(), PT_BAD_INPUT, &error);
    assert_contains(error.message, "SLURM_CPUS_ON_NODE=many");
    set(1, "SLURM_CPUS_ON_NODE", "4");
    set(2, "SLURM_JOB_GPUS", "gpu0");
    assert_status(read_allocation(), PT_BAD_INPUT, &error);
    assert_contains(error.message, "gpu0");
    fake_machine_start(&machine); // no /proc/stat
    assert_status(read_allocation(), PT_UNAVAILABLE, &error);
    (void)unused;
}

static void lists_of_gpus_are_parsed(void **unused)
{
    uint32_t bits = 7;
    assert_true(pt_gpu_list_parse("31", &bits) && bits == UINT32_C(1) << 31);
    static const char *const wrong[] = {
        "", ",", "1,", "1-", "3-1", "32", "a", "-1", "1 2", "1,,2", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(pt_gpu_list_parse(wrong[i], &bits));
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_limits_it_is_busy_share, setup),
        cmocka_unit_test_setup(slurm_tells_a_part_of_the_node, setup),
        cmocka_unit_test_setup(slurm_tells_the_whole_node, setup),
        cmocka_unit_test_setup(sets_and_quotas_limit_the_smaller_counts, setup),
        cmocka_unit_test_setup(wrong_variables_are_named, setup),
        cmocka_unit_test(lists_of_gpus_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
