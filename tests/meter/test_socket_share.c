// Machines with two sockets, and memory: each channel is divided by what was used of it.

#include "meter/socket_share.h"

#include "base/random.h"
#include "fake_process.h"
#include "meter/memory_share.h"

static struct fake_machine machine;
static struct pt_sensor *sensor;
static struct pt_error error;
static double busy[2]; // seconds of each socket so far

// CPUs 0 and 1 are socket 0, 2 and 3 socket 1.
static void write_stat(void)
{
    char text[1024];
    double up = (double)machine.now_ns / 1e9;
    int length = snprintf(text, sizeof text, "cpu  %.0f 0 0 %.0f 0 0 0 0 0 0\n",
                          (busy[0] + busy[1]) * 100, (up * 4 - busy[0] - busy[1]) * 100);
    for (int i = 0; i < 4; i++)
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "cpu%d %.0f 0 0 %.0f 0 0 0 0 0 0\n", i, busy[i / 2] * 50,
                           (up - busy[i / 2] / 2) * 100);
    fake_write(&machine, "proc/stat", text);
}

// A thread of process 50 that ran on cpu last.
static void thread(int id, int ticks, int cpu)
{
    char path[128], text[512];
    snprintf(path, sizeof path, "proc/50/task/%d/stat", id);
    snprintf(
        text, sizeof text,
        "%d (t) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 1 0 %d 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 %d "
        "0 0\n",
        id, ticks, 100000 + id, cpu);
    fake_write(&machine, path, text);
    snprintf(path, sizeof path, "proc/50/task/%d/children", id);
    fake_write(&machine, path, "");
}

static int setup(void **state)
{
    static const char *const lists[] = {"0-1\n", "2-3\n"};
    (void)state;
    fake_machine_start(&machine);
    busy[0] = busy[1] = 100;
    fake_write(&machine, "sys/devices/system/cpu/online", "0-3\n");
    for (int i = 0; i < 4; i++) {
        char path[128];
        snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/topology/physical_package_id", i);
        fake_write(&machine, path, i < 2 ? "0\n" : "1\n");
        snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/topology/package_cpus_list", i);
        fake_write(&machine, path, lists[i / 2]);
    }
    fake_zone_add(&machine, "intel-rapl:0", "package-0\n", 100);
    fake_zone_add(&machine, "intel-rapl:1", "package-1\n", 50);
    write_stat();
    fake_process(&machine, 50, 1, 0, 0, "");
    thread(50, 0, 0);
    sensor = fake_open(&machine, "powercap");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_sensor_close(sensor);
    return 0;
}

static struct pt_meter_engine *open_meter(void)
{
    struct pt_meter_engine *meter = NULL;
    struct pt_meter_config config = {.sensor = sensor,
                                     .root = machine.root,
                                     .clock = &machine.clock,
                                     .interval_seconds = 0.1,
                                     .scope = PT_SCOPE_TREE,
                                     .pid = 50,
                                     .manual = true};
    assert_status(pt_meter_open(&config, &meter, &error), PT_OK, &error);
    return meter;
}

static struct pt_meter_report finish(struct pt_meter_engine *meter)
{
    struct pt_meter_report report;
    assert_status(pt_meter_finish(meter, &report, &error), PT_OK, &error);
    pt_meter_close(meter);
    assert_true(report.joules.value + report.others_joules == report.machine_joules.value);
    return report;
}

// A window of 2 s: seconds of both sockets that were busy, and the ticks of our threads.
static void pass(struct pt_meter_engine *meter, double busy0, double busy1, int total_ticks)
{
    busy[0] += busy0;
    busy[1] += busy1;
    fake_process(&machine, 50, 1, total_ticks, 0, "");
    fake_advance(&machine, 2);
    write_stat();
    pt_meter_sample_now(meter, NULL);
}

static const struct pt_meter_channel_total *channel(const struct pt_meter_report *report,
                                                    const char *name)
{
    for (int i = 0; i < report->channel_count; i++)
        if (strcmp(report->channels[i].name, name) == 0)
            return &report->channels[i];
    fail();
    return NULL;
}

// Two sockets: we have all of socket 0 (100 W), others all of socket 1 (50 W). By the CPU time of
// the machine half of both would be ours, 75 W.
static void each_socket_is_divided_by_its_own_time(void **unused)
{
    struct pt_meter_engine *meter = open_meter();
    for (int i = 1; i <= 5; i++) {
        thread(50, 400 * i, i % 2);
        pass(meter, 4, 4, 400 * i);
    }
    struct pt_meter_report report = finish(meter);
    assert_near(channel(&report, "package-0")->ours_joules, 1000, 1);
    assert_near(channel(&report, "package-1")->ours_joules, 0, 1);
    assert_int_equal(channel(&report, "package-0")->basis, PT_SHARE_SOCKET_TIME);
    (void)unused;
}

// Our thread runs on a socket that is otherwise idle, and nobody on the other: all is ours.
static void an_idle_socket_is_divided_as_the_machine(void **unused)
{
    struct pt_meter_engine *meter = open_meter();
    for (int i = 1; i <= 5; i++) {
        thread(50, 400 * i, 0);
        pass(meter, 4, 0, 400 * i);
    }
    struct pt_meter_report report = finish(meter);
    assert_near(report.joules.value, report.machine_joules.value, 1e-6);
    (void)unused;
}

// A thread that was on the other socket before may have spent its time on either: the interval says
// so; one that stays is sure.
static void a_thread_that_moves_widens_the_interval(void **unused)
{
    struct pt_meter_engine *meter = open_meter();
    for (int i = 1; i <= 6; i++) {
        thread(50, 200 * i, i % 2 == 0 ? 0 : 2);
        pass(meter, 3, 3, 200 * i);
    }
    struct pt_meter_report moved = finish(meter);
    teardown(NULL);
    setup(NULL);
    meter = open_meter();
    for (int i = 1; i <= 6; i++) {
        thread(50, 200 * i, 0);
        pass(meter, 3, 3, 200 * i);
    }
    struct pt_meter_report stayed = finish(meter);
    assert_true(moved.joules.low < 0.7 * stayed.joules.low);
    assert_true(moved.joules.high - moved.joules.low > stayed.joules.high - stayed.joules.low);
    (void)unused;
}

// For random times the sum is what was used, none is negative, and none is more than was busy where
// there is room for it.
static void what_is_spread_sums_up(void **unused)
{
    uint64_t draws = 0;
    for (int i = 0; i < 20000; i++) {
        int count = 1 + i % 8;
        double seen[8], load[8], ours[8], all = 0, sum = 0, cpu;
        for (int k = 0; k < count; k++) {
            seen[k] = i % 5 == 0 ? 0 : pt_random_uniform(5, 5, draws++);
            load[k] = pt_random_uniform(5, 5, draws++);
            all += load[k];
        }
        cpu = all * pt_random_uniform(5, 5, draws++);
        pt_socket_spread(seen, load, count, cpu, ours);
        for (int k = 0; k < count; k++) {
            sum += ours[k];
            assert_true(ours[k] >= 0 && ours[k] <= load[k] + 1e-9);
        }
        assert_near(sum, cpu, 1e-9);
    }
    (void)unused;
}

// ----------------------------------------------------------------------------------------- memory
static struct pt_process_tree tree;
static struct pt_memory_share memory;
static const struct pt_share cpu = {0.9, 0.8, 0.95, PT_SHARE_CPU_TIME};

// 16 GiB, of which 8 are in use; of a process of 356 pages and one of 356 shared with it.
static void start_memory(void)
{
    fake_machine_start(&machine);
    fake_write(&machine, "proc/meminfo",
               "MemTotal: 3000 kB\nMemFree: 1 kB\nMemAvailable: 152 kB\n");
    fake_process(&machine, 50, 1, 0, 0, "60 ");
    fake_process(&machine, 60, 50, 0, 0, "");
    assert_status(pt_process_tree_open(&tree, machine.root, 50, NULL, &error), PT_OK, &error);
    pt_memory_share_open(&memory, machine.root, true, &tree);
}

// 2 x 356 pages of 4 KiB are resident, 2848 kB; as they share all of them, PSS is 712 kB each: half
// of the 2848 kB that are in use.
static void shared_pages_are_counted_once(void **unused)
{
    struct pt_share share;
    start_memory();
    if (sysconf(_SC_PAGESIZE) != 4096)
        skip();
    fake_write(&machine, "proc/50/smaps_rollup", "0-1 ---p\nRss: 1424 kB\nPss: 712 kB\n");
    fake_write(&machine, "proc/60/smaps_rollup", "0-1 ---p\nRss: 1424 kB\nPss: 712 kB\n");
    pt_memory_share_mark(&memory, 1, cpu, &share);
    assert_near(share.value, 0.5, 1e-9);
    assert_int_equal(share.basis, PT_SHARE_MEMORY);
    assert_near(share.low, 0.5, 1e-9);
    assert_near(share.high, 1, 1e-9); // they share nothing
    (void)unused;
}

static void what_is_not_told_is_no_share(void **unused)
{
    struct pt_share share;
    start_memory();
    pt_memory_share_mark(&memory, 1, cpu, &share); // no smaps_rollup
    assert_true(isnan(share.value));
    fake_write(&machine, "proc/meminfo", "MemTotal: 3000 kB\n");
    pt_memory_share_mark(&memory, 1, cpu, &share);
    assert_true(isnan(share.value));
    assert_true(isnan(pt_memory_line_parse("MemTotal: x kB\n", "MemTotal:")));
    assert_true(isnan(pt_memory_line_parse("MemTotal: 5 MB\n", "MemTotal:")));
    assert_true(isnan(pt_memory_line_parse("", "MemTotal:")));
    assert_near(pt_memory_line_parse("a\nPss:\t 3 kB\n", "Pss:"), 3072, 0);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_socket_is_divided_by_its_own_time, setup, teardown),
        cmocka_unit_test_setup_teardown(an_idle_socket_is_divided_as_the_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(a_thread_that_moves_widens_the_interval, setup, teardown),
        cmocka_unit_test(what_is_spread_sums_up),
        cmocka_unit_test(shared_pages_are_counted_once),
        cmocka_unit_test(what_is_not_told_is_no_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
