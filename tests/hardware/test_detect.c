// Accelerators of this machine: below fake /proc and /sys.

#include "hardware/detect.h"
#include "support.h"

static void drivers_name_what_the_catalogue_has(void **unused)
{
    const char *root = test_folder();
    struct pt_cluster cluster;
    struct pt_error error;
    (void)unused;
    assert_status(pt_cluster_detect(root, &cluster, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "no accelerator");
    test_file(root, "proc/driver/nvidia/gpus/0000:01:00.0/information",
              "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 20\n");
    assert_status(pt_cluster_detect(root, &cluster, &error), PT_OK, &error);
    assert_string_equal(cluster.accelerator->name, "h100-sxm");
    assert_int_equal(cluster.count, 1);
    assert_true(isnan(cluster.cap_watts));
    // Of two kinds, those there are most of; connectors of a card are none.
    test_file(root, "sys/class/drm/card1/device/product_name", "AMD Instinct MI300X\n");
    test_file(root, "sys/class/drm/card2/device/product_name", "AMD Instinct MI300X\n");
    test_file(root, "sys/class/drm/card2-DP-1/device/product_name", "AMD Instinct MI300X\n");
    assert_status(pt_cluster_detect(root, &cluster, &error), PT_OK, &error);
    assert_string_equal(cluster.accelerator->name, "mi300x");
    assert_int_equal(cluster.count, 2);
}

static void what_is_unknown_is_named(void **unused)
{
    const char *root = test_folder();
    struct pt_cluster cluster;
    struct pt_error error;
    (void)unused;
    test_file(root, "proc/driver/nvidia/gpus/0000:01:00.0/information",
              "Model: \t NVIDIA Future 9000 / X@Y:3\n");
    assert_status(pt_cluster_detect(root, &cluster, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "NVIDIA Future 9000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drivers_name_what_the_catalogue_has),
        cmocka_unit_test(what_is_unknown_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
