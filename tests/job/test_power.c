// The contract of power control: given back after every death, never somebody else's, never silent.

#include "job/power_control.h"

#include <dirent.h>
#include <fcntl.h>

#include "job/power_record.h"
#include "job_support.h"

#define ZONE      "sys/class/powercap/intel-rapl:0/"
#define LONG_TERM "powercap:intel-rapl:0/long_term"
#define POLICY    "sys/devices/system/cpu/cpufreq/policy0/"
#define CLOCK     "cpufreq:policy0/scaling_max_freq"
#define BIAS      "cpufreq:policy0/energy_performance_preference"
#define GPU       "nvml:GPU-00000000"

static const char *root;
static int64_t now_ns;

static int64_t tell_time(void *state)
{
    (void)state;
    return now_ns;
}

static const struct pt_clock hand_clock = {.monotonic_ns = tell_time, .realtime_ns = tell_time};

static struct pt_power_options options(void)
{
    return (struct pt_power_options){.sensors = {.root = root, .clock = &hand_clock}};
}

static int make_machine(void **state)
{
    (void)state;
    root = test_folder();
    now_ns = 1000000000000;
    test_file(root, ZONE "name", "package-0\n");
    test_file(root, ZONE "constraint_0_name", "long_term\n");
    test_file(root, ZONE "constraint_0_power_limit_uw", "200000000\n");
    test_file(root, ZONE "constraint_0_max_power_uw", "205000000\n");
    test_file(root, ZONE "constraint_1_name", "short_term\n");
    test_file(root, ZONE "constraint_1_power_limit_uw", "240000000\n");
    test_file(root, ZONE "constraint_1_max_power_uw", "0\n");
    test_file(root, POLICY "scaling_max_freq", "3500000\n");
    test_file(root, POLICY "scaling_min_freq", "800000\n");
    test_file(root, POLICY "cpuinfo_min_freq", "400000\n");
    test_file(root, POLICY "cpuinfo_max_freq", "3500000\n");
    test_file(root, POLICY "energy_performance_preference", "balance_performance\n");
    return 0;
}

static int64_t number_at(const char *path)
{
    size_t length;
    char *text = test_read(test_path(root, path), &length);
    int64_t number = strtoll(text, NULL, 10);
    free(text);
    return number;
}

static int64_t cap_uw(void)
{
    return number_at(ZONE "constraint_0_power_limit_uw");
}

// Records in restore.d.
static int count_records(void)
{
    int count = 0;
    DIR *folder = opendir(test_path(root, "run/powertrain/restore.d"));
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        count += strstr(entry->d_name, ".json") != NULL;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static struct pt_power_control *open_control(const struct pt_power_options *chosen)
{
    struct pt_power_control *control;
    struct pt_error error;
    assert_status(pt_power_control_open(chosen, &control, &error), PT_OK, &error);
    return control;
}

static void limits_are_listed_with_their_range(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_limit limit;
    struct pt_error error;
    assert_status(pt_power_limit_find(&chosen.sensors, LONG_TERM, &limit, &error), PT_OK, &error);
    assert_near(pt_limit_value(&limit, limit.now), 200, 1e-9);
    assert_near(limit.most, 205, 1e-9);
    assert_true(isnan(limit.least)); // not told is not 0
    assert_int_equal(limit.role, PT_LIMIT_CPU_WATTS);
    assert_status(
        pt_power_limit_find(&chosen.sensors, "powercap:intel-rapl:0/short_term", &limit, &error),
        PT_OK, &error);
    assert_true(isnan(limit.most)); // the firmware's 0
    assert_status(pt_power_limit_find(&chosen.sensors, CLOCK, &limit, &error), PT_OK, &error);
    assert_near(limit.least, 800e6, 1);
    assert_near(limit.most, 3.5e9, 1);
    assert_status(
        pt_power_limit_find(&chosen.sensors, "powercap:intel-rapl:0/long_tern", &limit, &error),
        PT_NOT_FOUND, &error);
    assert_contains(error.message, "did you mean " LONG_TERM);
    (void)unused;
}

static void a_limit_is_given_back_at_the_end(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    struct pt_error error;
    struct stat info;
    char path[PT_RECORD_PATH];
    int failed;
    assert_int_equal(count_records(), 0);
    assert_status(pt_power_control_set(control, LONG_TERM, "150", &error), PT_OK, &error);
    assert_int_equal(cap_uw(), 150000000);
    assert_int_equal(count_records(), 1);
    pt_power_record_path(test_path(root, "run/powertrain/restore.d"), getpid(), path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(pt_power_holder(&chosen, LONG_TERM), getpid());
    assert_status(pt_power_control_set(control, BIAS, "power", &error), PT_OK, &error);
    pt_power_control_close(control, &failed);
    assert_int_equal(failed, 0);
    assert_int_equal(cap_uw(), 200000000);
    size_t length;
    char *text = test_read(test_path(root, POLICY "energy_performance_preference"), &length);
    assert_string_equal(text, "balance_performance");
    free(text);
    assert_int_equal(count_records(), 0);
    assert_int_equal(pt_power_holder(&chosen, LONG_TERM), 0);
    (void)unused;
}

static void what_is_out_of_range_is_not_written(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    static const char *const bad[] = {"206", "51", "0", "-1", "nan", "1e30", "", "150W"};
    struct pt_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_status(pt_power_control_set(control, LONG_TERM, bad[i], &error), PT_BAD_INPUT,
                      &error);
    assert_status(pt_power_control_set(control, CLOCK, "700e6", &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "below its least");
    assert_status(pt_power_control_set(control, BIAS, "Power\n", &error), PT_BAD_INPUT, &error);
    assert_status(pt_power_control_set(control, "powercap:x/y", "1", &error), PT_NOT_FOUND, &error);
    assert_int_equal(cap_uw(), 200000000);
    assert_int_equal(count_records(), 0);
    pt_power_control_close(control, NULL);
    (void)unused;
}

static void a_device_changes_every_two_seconds_at_most(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    struct pt_error error;
    assert_status(pt_power_control_set(control, LONG_TERM, "150", &error), PT_OK, &error);
    now_ns += 1900000000;
    assert_status(pt_power_control_set(control, LONG_TERM, "140", &error), PT_BUSY, &error);
    assert_near(pt_power_control_wait_seconds(control, LONG_TERM), 0.1, 1e-6);
    assert_int_equal(cap_uw(), 150000000);
    assert_status(pt_power_control_set(control, CLOCK, "2e9", &error), PT_OK, &error); // another
    now_ns += 100000000;
    assert_status(pt_power_control_set(control, LONG_TERM, "140", &error), PT_OK, &error);
    pt_power_control_close(control, NULL); // gives the first value back, not the second
    assert_int_equal(cap_uw(), 200000000);
    (void)unused;
}

static void somebody_elses_change_stays(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    struct pt_error error;
    int failed;
    assert_status(pt_power_control_set(control, LONG_TERM, "150", &error), PT_OK, &error);
    test_file(root, ZONE "constraint_0_power_limit_uw", "100000000\n");
    pt_power_control_close(control, &failed);
    assert_int_equal(failed, 0);
    assert_int_equal(cap_uw(), 100000000);
    assert_int_equal(count_records(), 0);
    (void)unused;
}

static void both_limits_of_a_package_are_capped_as_one_change(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    struct pt_error error;
    assert_status(pt_power_control_set_role(control, PT_LIMIT_CPU_WATTS, 120, &error), PT_OK,
                  &error);
    assert_int_equal(cap_uw(), 120000000);
    assert_int_equal(number_at(ZONE "constraint_1_power_limit_uw"), 120000000);
    assert_status(pt_power_control_restore_role(control, PT_LIMIT_CPU_WATTS, &error), PT_OK,
                  &error);
    assert_int_equal(cap_uw(), 200000000);
    assert_int_equal(number_at(ZONE "constraint_1_power_limit_uw"), 240000000);
    assert_int_equal(count_records(), 0);
    assert_status(pt_power_control_set_role(control, PT_LIMIT_GPU_WATTS, 300, &error),
                  PT_UNAVAILABLE, &error);
    pt_power_control_close(control, NULL);
    (void)unused;
}

static void a_hot_machine_is_not_changed(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_power_control *control = open_control(&chosen);
    struct pt_error error;
    test_file(root, "sys/class/hwmon/hwmon2/temp1_crit_alarm", "1\n");
    assert_status(pt_power_control_set(control, LONG_TERM, "150", &error), PT_BUSY, &error);
    assert_contains(error.message, "hwmon2/temp1_crit_alarm");
    test_file(root, "sys/class/hwmon/hwmon2/temp1_crit_alarm", "0\n");
    assert_status(pt_power_control_set(control, LONG_TERM, "150", &error), PT_OK, &error);
    pt_power_control_close(control, NULL);
    (void)unused;
}

// --------------------------------------------------------------------------- killed at each step
static const char *step_to_die_at;

static void die_there(void *state, const char *name)
{
    (void)state;
    if (strcmp(name, step_to_die_at) == 0)
        raise(SIGKILL);
}

// In a child that is killed at the step; the second change is the one that dies.
static void set_and_die(const char *step)
{
    int status, pid = fork();
    if (pid == 0) {
        struct pt_power_options chosen = options();
        struct pt_power_control *control;
        if (pt_power_control_open(&chosen, &control, NULL) != PT_OK)
            _exit(1);
        step_to_die_at = step;
        chosen.step = die_there;
        pt_power_control_close(control, NULL);
        if (pt_power_control_open(&chosen, &control, NULL) != PT_OK)
            _exit(2);
        pt_power_control_set(control, LONG_TERM, "150", NULL);
        pt_power_control_close(control, NULL);
        _exit(3);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
}

static void whoever_is_killed_gives_all_back(void **unused)
{
    static const char *const steps[] = {"recorded",  "armed",   "written",
                                        "read back", "settled", "given back"};
    struct pt_power_options chosen = options();
    struct pt_power_restored restored;
    struct pt_error error;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set_and_die(steps[i]);
        wait_until(cap_uw() == 200000000); // by the guard
        if (i > 0)
            wait_until(count_records() == 0);
        // Killed before the guard was armed, nothing is written, and the record is tidied later.
        assert_status(pt_power_restore(&chosen, false, &restored, &error), PT_OK, &error);
        assert_int_equal(restored.failed, 0);
        assert_int_equal(count_records(), 0);
    }
    (void)unused;
}

// A guard that was killed too leaves the record, with which the next program gives all back.
static void without_a_guard_the_next_program_gives_back(void **unused)
{
    char path[PT_RECORD_PATH], boot_id[40];
    struct pt_power_options chosen = options();
    struct pt_power_restored restored;
    struct pt_error error;
    char folder[PT_RECORD_PATH];
    int dead = start_script("exit 0", "", false);
    waitpid(dead, NULL, 0);
    assert_true(pt_boot_id(boot_id));
    assert_status(pt_power_record_folder(root, folder, &error), PT_OK, &error);
    struct pt_power_record *record = calloc(1, sizeof *record);
    assert_non_null(record);
    record->owner = (struct pt_process_id){dead, 1};
    snprintf(record->boot_id, sizeof record->boot_id, "%s", boot_id);
    record->count = 1;
    record->changes[0] = (struct pt_power_change){LONG_TERM, "200000000", "150000000", "140000000"};
    assert_status(pt_power_record_save(folder, record, &error), PT_OK, &error);
    test_file(root, ZONE "constraint_0_power_limit_uw", "140000000\n"); // was being written
    pt_power_control_close(open_control(&chosen), NULL);
    assert_int_equal(cap_uw(), 200000000);
    assert_int_equal(count_records(), 0);
    // Of another boot: the hardware has forgotten it, and the value is somebody else's.
    snprintf(record->boot_id, sizeof record->boot_id, "00000000-0000-0000-0000-000000000000");
    assert_status(pt_power_record_save(folder, record, &error), PT_OK, &error);
    test_file(root, ZONE "constraint_0_power_limit_uw", "140000000\n");
    assert_status(pt_power_restore(&chosen, false, &restored, &error), PT_OK, &error);
    assert_int_equal(restored.restored, 0);
    assert_int_equal(cap_uw(), 140000000);
    assert_int_equal(count_records(), 0);
    free(record);
    // A damaged one is told, and stays for people.
    pt_power_record_path(folder, dead, path);
    test_file(root, path + strlen(root) + 1, "{\"powertrain_power\": 1");
    assert_status(pt_power_restore(&chosen, false, &restored, &error), PT_OK, &error);
    assert_int_equal(restored.failed, 1);
    assert_contains(restored.text, path);
    (void)unused;
}

static void two_owners_do_not_share_a_limit(void **unused)
{
    struct pt_power_options chosen = options();
    int ends[2], more[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(pipe2(more, O_CLOEXEC), 0);
    int pid = fork();
    if (pid == 0) {
        struct pt_power_control *control;
        bool ok = pt_power_control_open(&chosen, &control, NULL) == PT_OK &&
                  pt_power_control_set(control, LONG_TERM, "150", NULL) == PT_OK;
        close(more[1]); // else we would wait for ourselves
        if (write(ends[1], ok ? "y" : "n", 1) != 1 || read(more[0], &byte, 1) < 0)
            _exit(1);
        pt_power_control_close(control, NULL);
        _exit(0);
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    struct pt_error error;
    struct pt_power_control *control = open_control(&chosen);
    assert_status(pt_power_control_set(control, LONG_TERM, "120", &error), PT_BUSY, &error);
    assert_contains(error.message, "is held by process");
    assert_int_equal(cap_uw(), 150000000);
    assert_status(pt_power_control_set(control, CLOCK, "2e9", &error), PT_OK, &error);
    pt_power_control_close(control, NULL);
    assert_int_equal(cap_uw(), 150000000); // not ours to give back
    assert_int_equal(write(more[1], "x", 1), 1);
    waitpid(pid, NULL, 0);
    assert_int_equal(cap_uw(), 200000000);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(more[i]);
    }
    (void)unused;
}

// As an ordinary user; root becomes one for the call.
static void without_rights_it_says_so(void **unused)
{
    struct pt_power_options chosen = options();
    struct pt_error error;
    char raw[PT_LIMIT_TEXT];
    bool was_root = geteuid() == 0;
    chmod(root, 0755);
    chmod(test_path(root, ZONE "constraint_0_power_limit_uw"), 0444);
    if (was_root)
        assert_int_equal(seteuid(65534), 0);
    // access() goes by the real user, so the check of root is not the point here.
    struct pt_power_control *control = NULL;
    enum pt_status status = pt_power_control_open(&chosen, &control, &error);
    enum pt_status set =
        status == PT_OK ? pt_power_control_set(control, LONG_TERM, "150", &error) : status;
    pt_power_control_close(control, NULL);
    if (was_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(set, PT_DENIED);
    assert_int_equal(cap_uw(), 200000000);
    if (!was_root)
        assert_status(pt_power_control_check(&chosen, LONG_TERM, "150", raw, &error), PT_DENIED,
                      &error);
    (void)unused;
}

// ------------------------------------------------------------------------------------- NVIDIA
static struct pt_power_options gpu_options(const char *script)
{
    static char library[512];
    struct pt_power_options chosen = options();
    setenv("FAKE_GPUS", script, 1);
    setenv("FAKE_NVML_CAPS", test_path(root, "caps"), 1);
    snprintf(library, sizeof library, "%s/tests/fake", getenv("PT_BUILD_DIR"));
    chosen.sensors.library_folder = library;
    return chosen;
}

// Every script needs a process of its own, since the library keeps its GPUs.
static void in_a_process(void (*test)(void))
{
    int status;
    fflush(stdout);
    int pid = fork();
    if (pid == 0) {
        test();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

#define check(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error("line %d: %s\n", __LINE__, #condition);                                    \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void cap_a_gpu(void)
{
    struct pt_error error;
    struct pt_power_options chosen = gpu_options("watts=300; watts=300");
    struct pt_power_control *control;
    struct pt_power_limit limit;
    check(pt_power_control_open(&chosen, &control, &error) == PT_OK);
    check(pt_power_limit_find(&chosen.sensors, GPU, &limit, &error) == PT_OK);
    check(limit.least == 200 && limit.most == 700);
    check(pt_power_control_set(control, GPU, "199", &error) == PT_BAD_INPUT);
    check(pt_power_control_set_role(control, PT_LIMIT_GPU_WATTS, 350, &error) == PT_OK);
    check(number_at("caps") == 350000);
    pt_power_control_close(control, NULL);
    check(number_at("caps") == 700000);
}

static void meet_a_lock(void)
{
    struct pt_error error;
    struct pt_power_options chosen = gpu_options("watts=300 cap_locked=1");
    struct pt_power_control *control;
    check(pt_power_control_open(&chosen, &control, &error) == PT_OK);
    check(pt_power_control_set(control, GPU, "300", &error) == PT_DENIED);
    check(strstr(error.message, "locked") != NULL);
    check(count_records() == 0);
    pt_power_control_close(control, NULL);
}

static void meet_a_refusal(void)
{
    struct pt_error error;
    struct pt_power_options chosen = gpu_options("watts=300 cap_error=4");
    struct pt_power_control *control;
    check(pt_power_control_open(&chosen, &control, &error) == PT_OK);
    check(pt_power_control_set(control, GPU, "300", &error) == PT_DENIED);
    check(strstr(error.message, "root") != NULL);
    check(count_records() == 0);
    pt_power_control_close(control, NULL);
}

// Bit 0x40: slowed by the hardware because of heat.
static void meet_heat(void)
{
    struct pt_error error;
    struct pt_power_options chosen = gpu_options("watts=300 throttle=64");
    struct pt_power_control *control;
    check(pt_power_control_open(&chosen, &control, &error) == PT_OK);
    check(pt_power_control_set(control, GPU, "300", &error) == PT_BUSY);
    pt_power_control_close(control, NULL);
}

static void set_a_gpu_and_die(void)
{
    struct pt_power_options chosen = gpu_options("watts=300");
    struct pt_power_control *control;
    int pid = fork();
    if (pid == 0) {
        if (pt_power_control_open(&chosen, &control, NULL) == PT_OK &&
            pt_power_control_set(control, GPU, "300", NULL) == PT_OK && number_at("caps") == 300000)
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    check(WIFSIGNALED(status));
    for (int i = 0; i < WAIT_TURNS && number_at("caps") != 700000; i++)
        nap();
    check(number_at("caps") == 700000);
}

static void caps_of_gpus_obey_the_same_contract(void **unused)
{
    in_a_process(cap_a_gpu);
    in_a_process(meet_a_lock);
    in_a_process(meet_a_refusal);
    in_a_process(meet_heat);
    in_a_process(set_a_gpu_and_die);
    (void)unused;
}

static void rounding_by_firmware_is_the_same_value(void **unused)
{
    assert_true(pt_power_same("150000000", "149875000"));
    assert_false(pt_power_same("150000000", "147000000"));
    assert_true(pt_power_same("power", "power"));
    assert_false(pt_power_same("power", "performance"));
    assert_false(pt_power_same("", ""));
    (void)unused;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, make_machine)
    const struct CMUnitTest tests[] = {
        TEST(limits_are_listed_with_their_range),
        TEST(a_limit_is_given_back_at_the_end),
        TEST(what_is_out_of_range_is_not_written),
        TEST(a_device_changes_every_two_seconds_at_most),
        TEST(somebody_elses_change_stays),
        TEST(both_limits_of_a_package_are_capped_as_one_change),
        TEST(a_hot_machine_is_not_changed),
        TEST(whoever_is_killed_gives_all_back),
        TEST(without_a_guard_the_next_program_gives_back),
        TEST(two_owners_do_not_share_a_limit),
        TEST(without_rights_it_says_so),
        TEST(caps_of_gpus_obey_the_same_contract),
        TEST(rounding_by_firmware_is_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
