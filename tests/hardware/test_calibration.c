// Calibrations: measured with a known product, kept, read back, and refused when damaged.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "hardware/machine.h"
#include "support.h"

static struct pt_cpu_info two_threads(void)
{
    struct pt_cpu_info info = {.model = "Test CPU (R) 3000+ @ 2.00GHz",
                               .threads = 3,
                               .machine_threads = 3,
                               .threads_per_core = 1,
                               .sockets = 1,
                               .memory_bytes = 64e6, // keeps the arrays of the test small
                               .last_cache_bytes = 1e6};
    return info;
}

static int64_t calls_fp32, calls_bf16;

// A product that takes 50 microseconds whatever its size, so its speed is known; bf16 is absent.
static bool slow_product(bool bf16, int threads, int64_t m, int64_t n, int64_t k, const float *a,
                         const float *b, float *c)
{
    (void)a;
    (void)b;
    if (bf16) {
        calls_bf16++;
        return false;
    }
    calls_fp32++;
    assert_in_range(threads, 1, 3);
    int64_t end = pt_clock_monotonic(&pt_system_clock) + 50000;
    while (pt_clock_monotonic(&pt_system_clock) < end)
        ;
    c[0] = 1;
    c[m * n - 1] = (float)k;
    return true;
}

static bool no_product(bool bf16, int threads, int64_t m, int64_t n, int64_t k, const float *a,
                       const float *b, float *c)
{
    (void)bf16, (void)threads, (void)m, (void)n, (void)k, (void)a, (void)b, (void)c;
    return false;
}

// The largest product has 2 * 768^3 = 906 MFLOP; in 50 us that is 18.1 TFLOP/s, never more.
static void the_speed_of_a_known_product_is_found(void **unused)
{
    struct pt_cpu_info cpu = two_threads();
    struct pt_calibration calibration;
    struct pt_error error;
    (void)unused;

    assert_status(pt_calibrate(&cpu, slow_product, 0.05, &calibration, &error), PT_OK, &error);
    assert_true(calls_fp32 > 0 && calls_bf16 > 0);
    assert_int_equal(calibration.point_count, 3);
    const int expected_threads[] = {1, 2, 3};
    for (int i = 0; i < 3; i++) {
        const struct pt_calibration_point *point = &calibration.points[i];
        assert_int_equal(point->threads, expected_threads[i]);
        assert_true(point->fp32_flop_per_second > 0);
        assert_true(point->fp32_flop_per_second <= 2.0 * 768 * 768 * 768 / 50e-6);
        assert_true(isnan(point->bf16_flop_per_second));
        assert_true(point->memory_bytes_per_second > 0);
        assert_true(point->cache_bytes_per_second >= point->memory_bytes_per_second);
        assert_near(point->cache_bytes, 1e6, 0);
    }
    assert_true(calibration.step_overhead_seconds >= 50e-6); // the smallest product takes that too
    assert_string_equal(calibration.cpu_model, cpu.model);
    assert_int_equal(strlen(calibration.date), strlen("2026-01-01T00:00:00Z"));
}

static void nothing_to_measure_is_an_error(void **unused)
{
    struct pt_cpu_info cpu = two_threads();
    struct pt_calibration calibration;
    struct pt_error error;
    (void)unused;
    assert_int_equal(pt_calibrate(&cpu, no_product, 0.01, &calibration, &error), PT_UNAVAILABLE);
    const double bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pt_calibrate(&cpu, slow_product, bad[i], &calibration, &error), PT_USAGE);
}

static struct pt_calibration sample(void)
{
    struct pt_calibration calibration = {
        .cpu_model = "Test CPU (R) 3000+ @ 2.00GHz",
        .date = "2026-11-24T07:00:00Z",
        .point_count = 2,
        .points = {{1, 1.5e11, 3.25e11, 1e10, 3e10, 3.2e7}, {4, 5e11, NAN, 2e10, 1.1e11, 3.2e7}},
        .step_overhead_seconds = 2.5e-6,
    };
    return calibration;
}

static void a_calibration_is_kept_to_the_last_bit(void **unused)
{
    const char *folder = test_path(test_folder(), "cache/deep");
    struct pt_calibration before = sample(), after;
    struct pt_cpu_info cpu = two_threads();
    struct pt_error error;
    (void)unused;

    assert_int_equal(pt_calibration_load(&cpu, folder, &after, &error), PT_NOT_FOUND);
    assert_contains(error.message, "powertrain calibrate");
    assert_status(pt_calibration_save(&before, folder, &error), PT_OK, &error);
    assert_status(pt_calibration_load(&cpu, folder, &after, &error), PT_OK, &error);
    assert_string_equal(after.cpu_model, before.cpu_model);
    assert_string_equal(after.date, before.date);
    assert_int_equal(after.point_count, 2);
    assert_near(after.step_overhead_seconds, before.step_overhead_seconds, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(after.points[i].threads, before.points[i].threads);
        assert_near(after.points[i].fp32_flop_per_second, before.points[i].fp32_flop_per_second, 0);
        assert_near(after.points[i].memory_bytes_per_second,
                    before.points[i].memory_bytes_per_second, 0);
        assert_near(after.points[i].cache_bytes_per_second, before.points[i].cache_bytes_per_second,
                    0);
        assert_near(after.points[i].cache_bytes, before.points[i].cache_bytes, 0);
    }
    assert_near(after.points[0].bf16_flop_per_second, 3.25e11, 0);
    assert_true(isnan(after.points[1].bf16_flop_per_second));
    // the file has a name that every shell and file system takes
    assert_int_equal(access(test_path(folder, "calibration-test-cpu-r-3000-2-00ghz.json"), R_OK),
                     0);
}

static void names_of_cpus_never_leave_the_folder(void **unused)
{
    const char *root = test_folder();
    struct pt_calibration calibration = sample(), after;
    struct pt_cpu_info cpu = two_threads();
    struct pt_error error;
    const char *const names[] = {"../../etc/passwd", "", "////", "\xc3\xa4\xc3\xb6", "."};
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(calibration.cpu_model, sizeof calibration.cpu_model, "%s", names[i]);
        snprintf(cpu.model, sizeof cpu.model, "%s", names[i]);
        const char *folder = test_path(root, "a");
        assert_status(pt_calibration_save(&calibration, folder, &error), PT_OK, &error);
        assert_status(pt_calibration_load(&cpu, folder, &after, &error), PT_OK, &error);
    }
    assert_int_equal(access(test_path(root, "a/calibration-etc-passwd.json"), R_OK), 0);
    assert_int_equal(access(test_path(root, "a/calibration-unknown-cpu.json"), R_OK), 0);
}

static enum pt_status load_text(const char *text, struct pt_error *error)
{
    const char *folder = test_folder();
    struct pt_cpu_info cpu = two_threads();
    struct pt_calibration calibration;
    test_file(folder, "calibration-test-cpu-r-3000-2-00ghz.json", text);
    return pt_calibration_load(&cpu, folder, &calibration, error);
}

// A sound file with one text in it replaced.
static char *sound_with(const char *old, const char *new)
{
    static char text[4096];
    const char *folder = test_folder();
    struct pt_calibration calibration = sample();
    assert_int_equal(pt_calibration_save(&calibration, folder, NULL), PT_OK);
    char *sound = test_read(test_path(folder, "calibration-test-cpu-r-3000-2-00ghz.json"), NULL);
    char *at = strstr(sound, old);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sound), sound, new, at + strlen(old));
    free(sound);
    return text;
}

static void damaged_files_are_refused_with_the_remedy(void **unused)
{
    static const char *const changes[][2] = {
        {"150000000000", "-150000000000"},         // a negative speed
        {"150000000000", "0"},                     // 0 is no speed
        {"150000000000", "1e40"},                  // absurd
        {"150000000000", "null"},                  // fp32 must be known
        {"150000000000", "\"fast\""},              // no number
        {"\"version\": 1", "\"version\": 2"},      // of a later program
        {"\"powertrain calibration\"", "\"x\""},   // something else
        {"Test CPU (R) 3000+", "Test CPU (R) 9+"}, // another CPU under this name
        {"\"threads\": 4", "\"threads\": 1"},      // twice the same count
        {"\"threads\": 4", "\"threads\": -4"},     //
        {"\"threads\": 4", "\"threads\": 4.5"},    //
        {"\"points\"", "\"punkte\""},              // a key that is unknown, and one that lacks
        {"2.5e-06", "-1"},                         // a negative overhead
        {"2.5e-06", "1000"},                       // absurd
        {"32000000", "-1"},                        // a negative cache
        {"2026-11-24T07:00:00Z", "2026-11-24T07:00:00Z and a very long remark"},
    };
    struct pt_error error;
    (void)unused;
    assert_int_equal(load_text(sound_with("2026", "2025"), &error), PT_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *text = sound_with(changes[i][0], changes[i][1]);
        if (load_text(text, &error) != PT_CORRUPT)
            fail_msg("%s -> %s was accepted", changes[i][0], changes[i][1]);
        assert_contains(error.message, "run `powertrain calibrate`");
    }
}

static void truncated_files_are_refused_at_every_length(void **unused)
{
    char *text = sound_with("2026", "2025");
    struct pt_error error;
    size_t length = strlen(text);
    const char *folder = test_folder();
    struct pt_cpu_info cpu = two_threads();
    struct pt_calibration calibration;
    (void)unused;
    while (text[length - 1] == '\n')
        length--;
    for (size_t cut = 0; cut < length; cut += cut < 40 ? 1 : 13) {
        test_file_bytes(folder, "calibration-test-cpu-r-3000-2-00ghz.json", text, cut);
        if (pt_calibration_load(&cpu, folder, &calibration, &error) != PT_CORRUPT)
            fail_msg("accepted the first %zu bytes", cut);
        assert_contains(error.message, "powertrain calibrate");
    }
}

static void a_list_of_points_has_limits(void **unused)
{
    static char text[40000];
    struct pt_error error;
    (void)unused;
    strcpy(text, "{\"format\": \"powertrain calibration\", \"version\": 1, \"cpu_model\": "
                 "\"Test CPU (R) 3000+ @ 2.00GHz\", \"date\": \"\", \"step_overhead_seconds\": 0, "
                 "\"points\": [");
    size_t start = strlen(text);
    for (int i = 1; i <= PT_CALIBRATION_THREADS_MAX + 1; i++)
        sprintf(text + strlen(text),
                "%s{\"threads\": %d, \"fp32_flop_per_second\": 1e9, \"bf16_flop_per_second\": null,"
                "\"memory_bytes_per_second\": 1e9, \"cache_bytes_per_second\": 1e9, "
                "\"cache_bytes\": 1e6}",
                i > 1 ? "," : "", i);
    strcat(text, "]}");
    assert_int_equal(load_text(text, &error), PT_CORRUPT);
    strcpy(text + start, "]}");
    assert_int_equal(load_text(text, &error), PT_CORRUPT);
    assert_contains(error.message, "1 to 64");
}

// A folder below a file.
static void a_folder_that_cannot_be_made_is_an_error(void **unused)
{
    const char *folder = test_folder();
    struct pt_calibration calibration = sample();
    struct pt_error error;
    (void)unused;
    test_file(folder, "file", "");
    assert_true(pt_calibration_save(&calibration, test_path(folder, "file/cache"), &error) !=
                PT_OK);
    assert_contains(error.message, "file");
}

static void speeds_between_measured_counts_scale(void **unused)
{
    struct pt_calibration calibration = sample();
    (void)unused;
    struct pt_calibration_point at = pt_calibration_at(&calibration, 4);
    assert_near(at.fp32_flop_per_second, 5e11, 0);
    at = pt_calibration_at(&calibration, 2); // 1 is nearer than 4
    assert_int_equal(at.threads, 2);
    assert_near(at.fp32_flop_per_second, 3e11, 1);
    assert_near(at.bf16_flop_per_second, 6.5e11, 1);
    assert_near(at.cache_bytes_per_second, 6e10, 1);
    assert_near(at.memory_bytes_per_second, 1e10, 1); // not faster than measured
    at = pt_calibration_at(&calibration, 3);          // 4 is nearer
    assert_near(at.fp32_flop_per_second, 3.75e11, 1);
    assert_near(at.memory_bytes_per_second, 1.5e10, 1);
    assert_true(isnan(at.bf16_flop_per_second));
}

// A guess knows the width of the core: Zen 5 does 64 fp32 FLOP per cycle, Zen 2 does 32.
static void guesses_follow_the_kind_of_cpu(void **unused)
{
    struct pt_cpu_info cpu = two_threads();
    (void)unused;
    cpu.machine_threads = 16;
    cpu.threads_per_core = 2;
    strcpy(cpu.microarchitecture, "Zen 5");
    struct pt_calibration_point wide = pt_calibration_guess(&cpu, 4);
    strcpy(cpu.microarchitecture, "Zen 2");
    struct pt_calibration_point narrow = pt_calibration_guess(&cpu, 4);
    assert_near(wide.fp32_flop_per_second / narrow.fp32_flop_per_second, 2, 1e-9);
    assert_true(isnan(narrow.bf16_flop_per_second));
    assert_true(wide.bf16_flop_per_second > wide.fp32_flop_per_second);
    // twice the threads, twice the speed; but two threads of a core share it: 8 cores are the end
    assert_near(pt_calibration_guess(&cpu, 8).fp32_flop_per_second, 2 * narrow.fp32_flop_per_second,
                1);
    assert_near(pt_calibration_guess(&cpu, 16).fp32_flop_per_second,
                pt_calibration_guess(&cpu, 8).fp32_flop_per_second, 1);
    strcpy(cpu.microarchitecture, "");
    cpu.last_cache_bytes = NAN;
    struct pt_calibration_point unknown = pt_calibration_guess(&cpu, 1);
    assert_true(unknown.fp32_flop_per_second > 1e10 && unknown.fp32_flop_per_second < 1e12);
    assert_true(unknown.cache_bytes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_speed_of_a_known_product_is_found),
        cmocka_unit_test(nothing_to_measure_is_an_error),
        cmocka_unit_test(a_calibration_is_kept_to_the_last_bit),
        cmocka_unit_test(names_of_cpus_never_leave_the_folder),
        cmocka_unit_test(damaged_files_are_refused_with_the_remedy),
        cmocka_unit_test(truncated_files_are_refused_at_every_length),
        cmocka_unit_test(a_list_of_points_has_limits),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_an_error),
        cmocka_unit_test(speeds_between_measured_counts_scale),
        cmocka_unit_test(guesses_follow_the_kind_of_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
