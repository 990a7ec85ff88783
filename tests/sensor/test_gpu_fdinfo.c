// Which process uses which GPU of AMD or Intel: a tree that looks like /proc and /sys.

#include "fake_machine.h"
#include "sensor/gpu_share.h"
#include "sensor/gpu_share_parts.h"

#define CARD "0000:03:00.0"

static struct fake_machine machine;
static struct pt_gpu_use use;
static enum pt_gpu_basis basis;
static struct pt_error error;

static bool is_below_100(void *state, int64_t pid)
{
    (void)state;
    return pid < 100;
}

static void add_card(int number, const char *driver, const char *address)
{
    char path[128], text[128];
    snprintf(path, sizeof path, "sys/class/drm/card%d/device/uevent", number);
    snprintf(text, sizeof text, "DRIVER=%s\nPCI_CLASS=38000\nPCI_SLOT_NAME=%s\n", driver, address);
    fake_write(&machine, path, text);
}

// An open device: its link, and what the kernel tells of it.
static void open_file(int pid, int fd, const char *info)
{
    char path[300];
    snprintf(path, sizeof path, "proc/%d/fdinfo/%d", pid, fd);
    fake_write(&machine, path, info);
    snprintf(path, sizeof path, "proc/%d/fd/x", pid);
    fake_write(&machine, path, "");
    snprintf(path, sizeof path, "%s/proc/%d/fd/%d", machine.root, pid, fd);
    (void)unlink(path);
    assert_int_equal(symlink("/dev/dri/renderD128", path), 0);
}

static void engine_time(int pid, int fd, int client, double gfx_seconds, double compute_seconds)
{
    char text[512];
    snprintf(text, sizeof text,
             "pos:\t0\nflags:\t02400002\ndrm-driver:\tamdgpu\ndrm-client-id:\t%d\ndrm-pdev:\t" CARD
             "\ndrm-memory-vram:\t2048 KiB\ndrm-engine-gfx:\t%.0f ns\n"
             "drm-engine-compute:\t%.0f ns\ndrm-engine-capacity-compute:\t4\n",
             client, gfx_seconds * 1e9, compute_seconds * 1e9);
    open_file(pid, fd, text);
}

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    fake_write(&machine, "sys/class/drm/version", "drm 1.1.0\n");
    fake_write(&machine, "sys/class/drm/card0-DP-1/status", "connected\n");
    add_card(0, "amdgpu", CARD);
    return 0;
}

static struct pt_gpu_share *open_share(void)
{
    struct pt_gpu_share *share = NULL;
    struct pt_sensor_options options = fake_options(&machine);
    assert_status(pt_gpu_share_open(&options, &share, &error), PT_OK, &error);
    return share;
}

static double look(struct pt_gpu_share *share)
{
    assert_status(pt_gpu_share_read(share, 0, &use, &error), PT_OK, &error);
    return pt_gpu_share_of(&use, is_below_100, NULL, &basis);
}

static void cards_of_known_drivers_are_found(void **unused)
{
    add_card(1, "nvidia", "0000:04:00.0"); // NVML's
    add_card(2, "xe", "0000:02:00.0");
    add_card(10, "i915", "0000:00:02.0");
    struct pt_gpu_share *share = open_share();
    assert_int_equal(pt_gpu_share_count(share), 3);
    assert_string_equal(pt_gpu_share_address(share, 0), "0000:00:02.0"); // in this order
    assert_string_equal(pt_gpu_share_address(share, 1), "0000:02:00.0");
    assert_string_equal(pt_gpu_share_address(share, 2), CARD);
    assert_string_equal(pt_gpu_share_uuid(share, 0), "");
    pt_gpu_share_close(share);
    (void)unused;
}

// In one second 0.3 s of ours on one engine; 0.1 s and of four units 0.4 s of another: 0.3 of 0.5.
static void engines_are_shared_by_their_time(void **unused)
{
    engine_time(50, 7, 1, 10, 0);
    engine_time(200, 4, 2, 50, 20);
    struct pt_gpu_share *share = open_share();
    assert_near(look(share), 0.5, 1e-12); // the first look knows no time
    assert_int_equal(basis, PT_GPU_BY_COUNT);
    fake_advance(&machine, 1);
    engine_time(50, 7, 1, 10.3, 0);
    engine_time(200, 4, 2, 50.1, 20.4);
    assert_near(look(share), 0.6, 1e-9);
    assert_int_equal(basis, PT_GPU_BY_ENGINE);
    assert_near(use.processes[0].pid < 100 ? use.processes[0].sm_share : use.processes[1].sm_share,
                0.3, 1e-9);
    fake_advance(&machine, 1);
    engine_time(200, 4, 2, 50.6, 20.4); // ours waits
    assert_near(look(share), 0, 1e-12);
    assert_int_equal(basis, PT_GPU_BY_ENGINE);
    pt_gpu_share_close(share);
    (void)unused;
}

// The same client by three files of two processes is one: of who is met first, and once.
static void one_client_is_counted_once(void **unused)
{
    engine_time(50, 7, 1, 0, 0);
    struct pt_gpu_share *share = open_share();
    look(share);
    fake_advance(&machine, 1);
    engine_time(50, 7, 1, 0.4, 0);
    engine_time(50, 8, 1, 0.4, 0);
    engine_time(50, 9, 3, 0.1, 0); // another, opened meanwhile
    assert_near(look(share), 1, 0);
    assert_int_equal(basis, PT_GPU_EXCLUSIVE);
    assert_int_equal(use.process_count, 1);
    assert_near(use.processes[0].sm_share, 0.5, 1e-9);
    pt_gpu_share_close(share);
    (void)unused;
}

static void nobody_and_others_are_not_us(void **unused)
{
    struct pt_gpu_share *share = open_share();
    assert_true(isnan(look(share)));
    assert_int_equal(basis, PT_GPU_UNUSED);
    engine_time(200, 4, 2, 50, 0);
    assert_near(look(share), 0, 0);
    assert_int_equal(basis, PT_GPU_OTHERS);
    assert_false(use.hidden);
    pt_gpu_share_close(share);
    (void)unused;
}

static void files_of_other_cards_are_theirs(void **unused)
{
    add_card(1, "amdgpu", "0000:83:00.0");
    open_file(50, 3, "drm-client-id: 1\ndrm-pdev: 0000:83:00.0\ndrm-engine-gfx: 5 ns\n");
    open_file(50, 4, "drm-client-id: 1\ndrm-pdev: 0000:99:00.0\ndrm-engine-gfx: 5 ns\n");
    open_file(50, 5, "pos: 0\nflags: 02\n");
    struct pt_gpu_share *share = open_share();
    assert_true(isnan(look(share)));
    assert_status(pt_gpu_share_read(share, 1, &use, &error), PT_OK, &error);
    assert_int_equal(use.process_count, 1);
    pt_gpu_share_close(share);
    (void)unused;
}

static void cycles_count_too(void **unused)
{
    add_card(0, "xe", CARD);
    open_file(50, 3,
              "drm-client-id: 7\ndrm-pdev: " CARD
              "\ndrm-cycles-ccs: 1000\ndrm-total-cycles-ccs: 50000\n");
    struct pt_gpu_share *share = open_share();
    look(share);
    fake_advance(&machine, 1);
    open_file(50, 3,
              "drm-client-id: 7\ndrm-pdev: " CARD
              "\ndrm-cycles-ccs: 1250\ndrm-total-cycles-ccs: 51000\n");
    look(share);
    assert_true(use.sm_known);
    assert_near(use.processes[0].sm_share, 0.25, 1e-12);
    pt_gpu_share_close(share);
    (void)unused;
}

// AMD's compute driver: node 0 is a processor; GPU 4711 sits at bus 3; process 60 has a queue and
// 30 of 120 units, 500 has memory on it and 90.
static void start_kfd(void)
{
    fake_write(&machine, "sys/class/kfd/kfd/topology/nodes/0/gpu_id", "0\n");
    fake_write(&machine, "sys/class/kfd/kfd/topology/nodes/0/properties", "cpu_cores_count 64\n");
    fake_write(&machine, "sys/class/kfd/kfd/topology/nodes/1/gpu_id", "4711\n");
    fake_write(&machine, "sys/class/kfd/kfd/topology/nodes/1/properties",
               "cpu_cores_count 0\nsimd_count 480\nsimd_per_cu 4\nlocation_id 768\ndomain 0\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/60/queues/0/gpuid", "4711\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/60/stats_4711/cu_occupancy", "30\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/500/vram_4711", "1000000\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/500/stats_4711/cu_occupancy", "90\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/501/vram_4711", "0\n");
    fake_write(&machine, "sys/class/kfd/kfd/proc/502/queues/0/gpuid", "99\n");
}

static void who_computes_is_listed(void **unused)
{
    start_kfd();
    struct pt_gpu_share *share = open_share();
    assert_near(look(share), 0.25, 1e-12);
    assert_int_equal(basis, PT_GPU_BY_ENGINE);
    assert_int_equal(use.process_count, 2);
    fake_write(&machine, "sys/class/kfd/kfd/proc/60/stats_4711/cu_occupancy", "\n"); // not told
    assert_near(look(share), 0.5, 1e-12);
    assert_int_equal(basis, PT_GPU_BY_COUNT);
    pt_gpu_share_close(share);
    (void)unused;
}

// Root sees everything, so this needs an ordinary user's eyes.
static void processes_that_may_not_be_seen_are_told(void **unused)
{
    char path[300];
    engine_time(50, 7, 1, 0, 0);
    engine_time(300, 7, 2, 0, 0);
    snprintf(path, sizeof path, "%s/proc/300/fd", machine.root);
    assert_int_equal(chmod(path, 0), 0);
    if (access(path, R_OK) == 0) {
        chmod(path, 0755);
        print_message("skipped: this user may read everything\n");
        skip();
    }
    struct pt_gpu_share *share = open_share();
    look(share);
    assert_true(use.hidden);
    assert_int_equal(basis, PT_GPU_EXCLUSIVE); // as far as one can see
    chmod(path, 0755);
    pt_gpu_share_close(share);
    (void)unused;
}

static void more_processes_than_are_kept_is_an_error(void **unused)
{
    for (int i = 0; i <= PT_GPU_PROCESSES_MAX; i++)
        engine_time(1000 + i, 3, i, 0, 0);
    struct pt_gpu_share *share = open_share();
    assert_status(pt_gpu_share_read(share, 0, &use, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, CARD);
    pt_gpu_share_close(share);
    (void)unused;
}

static void without_cards_it_is_unavailable(void **unused)
{
    struct pt_gpu_share *share = NULL;
    fake_machine_start(&machine);
    struct pt_sensor_options options = fake_options(&machine);
    assert_status(pt_gpu_share_open(&options, &share, &error), PT_UNAVAILABLE, &error);
    assert_null(share);
    (void)unused;
}

static void a_file_is_parsed(void **unused)
{
    struct pt_gpu_fdinfo info;
    assert_true(pt_gpu_fdinfo_parse("drm-pdev: 0000:01:00.0\ndrm-client-id:\t12\n"
                                    "drm-engine-render: 2000000000 ns\n"
                                    "drm-engine-capacity-render: 2\ndrm-engine-copy: 5 ms\n",
                                    &info));
    assert_string_equal(info.address, "0000:01:00.0");
    assert_int_equal(info.client, 12);
    assert_near(info.engine_seconds, 1, 1e-12); // milliseconds are no unit of these files
    static const char *const wrong[] = {"",
                                        "drm-client-id: 1\n",
                                        "drm-pdev: x\n",
                                        "drm-pdev:\ndrm-client-id: 1\n",
                                        "drm-pdev: x\ndrm-client-id: -1\n",
                                        "drm-pdev: x\ndrm-client-id: 1e99\n",
                                        "drm-pdev x\ndrm-client-id 1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(pt_gpu_fdinfo_parse(wrong[i], &info));
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cards_of_known_drivers_are_found, setup),
        cmocka_unit_test_setup(engines_are_shared_by_their_time, setup),
        cmocka_unit_test_setup(one_client_is_counted_once, setup),
        cmocka_unit_test_setup(nobody_and_others_are_not_us, setup),
        cmocka_unit_test_setup(files_of_other_cards_are_theirs, setup),
        cmocka_unit_test_setup(cycles_count_too, setup),
        cmocka_unit_test_setup(who_computes_is_listed, setup),
        cmocka_unit_test_setup(processes_that_may_not_be_seen_are_told, setup),
        cmocka_unit_test_setup(more_processes_than_are_kept_is_an_error, setup),
        cmocka_unit_test_setup(without_cards_it_is_unavailable, setup),
        cmocka_unit_test(a_file_is_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
