// Laws that every row of the catalogue obeys, and figures looked up by hand.

#include <ctype.h>

#include "hardware/accelerator.h"
#include "support.h"

// A published number, or NAN; never 0, and never out of the range of real hardware.
static void check_number(const char *row, const char *what, double value, double least, double most)
{
    if (isnan(value) || (value >= least && value <= most))
        return;
    print_error("%s: %s is %g, expected %g to %g or NAN\n", row, what, value, least, most);
    fail();
}

static void every_number_is_plausible_or_missing(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_accelerator_count; i++) {
        const struct pt_accelerator *row = &pt_accelerators[i];
        check_number(row->name, "fp32", row->fp32_flop_per_second, 1e12, 300e12);
        check_number(row->name, "bf16", row->bf16_flop_per_second, 10e12, 5000e12);
        check_number(row->name, "memory", row->memory_bytes, 8e9, 512e9);
        check_number(row->name, "bandwidth", row->memory_bytes_per_second, 100e9, 10e12);
        check_number(row->name, "board watts", row->board_watts, 50, 2000);
        check_number(row->name, "idle watts", row->idle_watts, 1, 200);
        assert_in_range(row->year, 2016, 2026);
    }
}

static void every_row_has_a_lower_case_name_of_its_own_and_a_source(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_accelerator_count; i++) {
        const struct pt_accelerator *row = &pt_accelerators[i];
        for (const char *at = row->name; *at != '\0'; at++)
            if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '-' &&
                *at != '+')
                fail_msg("%s: no lower-case name", row->name);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(row->name, pt_accelerators[other].name);
        assert_true(strlen(row->source) > 20);
        assert_true(strlen(row->vendor) > 2);
        if (row->note != NULL)
            assert_true(row->note[0] != '\0');
    }
}

// Matrix units exist because they are faster than vector units, and every chip has some peak, some
// bandwidth; TPUs have no published vector peak.
static void matrix_units_are_faster_than_vector_units(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_accelerator_count; i++) {
        const struct pt_accelerator *row = &pt_accelerators[i];
        double fp32 = row->fp32_flop_per_second, bf16 = row->bf16_flop_per_second;
        if (!isnan(fp32) && !isnan(bf16))
            assert_true(bf16 >= fp32);
        assert_true(!isnan(fp32) || !isnan(bf16));
        assert_false(isnan(row->memory_bytes_per_second));
        if (row->kind == PT_HARDWARE_TPU)
            assert_true(isnan(fp32));
        assert_true((row->kind == PT_HARDWARE_CPU) == isnan(row->memory_bytes));
    }
}

// Successors are not slower: a slip of a digit or a sparse figure would break one of these.
static void successors_are_faster(void **unused)
{
    static const char *const order[][2] = {
        {"p100-sxm2", "v100-sxm2-16gb"},
        {"v100-sxm2-32gb", "a100-sxm-40gb"},
        {"a100-sxm-40gb", "h100-sxm"},
        {"h100-sxm", "b200-sxm"},
        {"t4", "l4"},
        {"rtx-3090", "rtx-4090"},
        {"rtx-4090", "rtx-5090"},
        {"mi250x", "mi300x"},
        {"tpu-v2", "tpu-v3"},
        {"tpu-v3", "tpu-v4"},
        {"tpu-v4", "tpu-v5p"},
        {"tpu-v5e", "tpu-v6e"},
        {"gaudi2", "gaudi3"},
        {"trainium1", "trainium2"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct pt_accelerator *old, *new;
        assert_status(pt_accelerator_find(order[i][0], &old, NULL), PT_OK, (struct pt_error *)0);
        assert_status(pt_accelerator_find(order[i][1], &new, NULL), PT_OK, (struct pt_error *)0);
        double ratio = new->bf16_flop_per_second / old->bf16_flop_per_second;
        if (!(ratio > 1.2 && ratio < 8))
            fail_msg("%s to %s: ratio %g", order[i][0], order[i][1], ratio);
        assert_true(new->memory_bytes_per_second >= old->memory_bytes_per_second);
    }
}

// The dense figures by which published utilizations are computed: Megatron-LM divides by 312,
// MLPerf and Llama 3 by 989; PaLM by 275 for TPU v4.
static void dense_peaks_are_those_that_papers_divide_by(void **unused)
{
    const struct pt_accelerator *row;
    (void)unused;
    pt_accelerator_find("a100-sxm-80gb", &row, NULL);
    assert_near(row->bf16_flop_per_second, 312e12, 0);
    pt_accelerator_find("h100-sxm", &row, NULL);
    assert_near(row->bf16_flop_per_second, 989.4e12, 0.5e12);
    pt_accelerator_find("tpu-v4", &row, NULL);
    assert_near(row->bf16_flop_per_second, 275e12, 0);
    // 128 cores x 2.7 GHz x 64 FLOP per cycle
    pt_accelerator_find("epyc-9755", &row, NULL);
    assert_near(row->fp32_flop_per_second, 22.1184e12, 1e3);
}

static void the_catalogue_is_large_enough(void **unused)
{
    (void)unused;
    assert_true(pt_accelerator_count >= 25);
}

static void names_are_found_in_any_case_and_near_ones_suggested(void **unused)
{
    const struct pt_accelerator *row = NULL;
    struct pt_error error;
    (void)unused;
    assert_status(pt_accelerator_find("H100-SXM", &row, &error), PT_OK, &error);
    assert_string_equal(row->name, "h100-sxm");
    assert_int_equal(pt_accelerator_find("h100-sxn", &row, &error), PT_NOT_FOUND);
    assert_contains(error.message, "did you mean h100-sxm?");
    assert_int_equal(pt_accelerator_find("abacus", &row, &error), PT_NOT_FOUND);
    assert_contains(error.message, "powertrain hardware");
    assert_int_equal(pt_accelerator_find("", &row, &error), PT_NOT_FOUND);
    char huge[4096];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_int_equal(pt_accelerator_find(huge, &row, &error), PT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_plausible_or_missing),
        cmocka_unit_test(every_row_has_a_lower_case_name_of_its_own_and_a_source),
        cmocka_unit_test(matrix_units_are_faster_than_vector_units),
        cmocka_unit_test(successors_are_faster),
        cmocka_unit_test(dense_peaks_are_those_that_papers_divide_by),
        cmocka_unit_test(the_catalogue_is_large_enough),
        cmocka_unit_test(names_are_found_in_any_case_and_near_ones_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
