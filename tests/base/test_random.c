#include "support.h"

#include "base/random.h"

// Random123 1.14.0, tests/kat_vectors, lines "philox4x32 10". Words of the counter: block, then
// stream, low half first; of the key: the seed.
static void blocks_match_the_published_answers(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t seed, stream, block;
        uint32_t words[4];
    } cases[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822,
         0x0370734413198a2e,
         0x85a308d3243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t words[4];
        pt_random_block(cases[i].seed, cases[i].stream, cases[i].block, words);
        assert_memory_equal(words, cases[i].words, sizeof words);
    }
}

// 0x6627e8d5 >> 8 is 6694888; / 2^24 = 0.39904642...
static void a_uniform_is_the_upper_24_bits_of_its_word(void **unused)
{
    (void)unused;
    assert_near(pt_random_uniform(0, 0, 0), 0x6627e8 / 16777216.0, 0);
    assert_near(pt_random_uniform(0, 0, 3), 0x9b00db / 16777216.0, 0);
}

static void a_fill_is_the_elements_one_by_one(void **unused)
{
    (void)unused;
    static const int64_t counts[] = {0, 1, 31, 32, 33, 1000};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        float values[1001];
        values[counts[k]] = 42; // must stay: nothing is written behind the end
        pt_random_fill_uniform(7, 9, 0, 1, values, counts[k]);
        for (int64_t i = 0; i < counts[k]; i++)
            assert_near(values[i], pt_random_uniform(7, 9, (uint64_t)i), 0);
        assert_near(values[counts[k]], 42, 0);
    }
}

static void a_longer_fill_begins_like_a_shorter_one(void **unused)
{
    (void)unused;
    float shorter[50], longer[77];
    pt_random_fill_normal(1, 2, 0, 1, shorter, 50);
    pt_random_fill_normal(1, 2, 0, 1, longer, 77);
    assert_memory_equal(shorter, longer, sizeof shorter);
}

static void seeds_and_streams_differ(void **unused)
{
    (void)unused;
    float a[64], b[64], c[64];
    pt_random_fill_uniform(1, 1, 0, 1, a, 64);
    pt_random_fill_uniform(2, 1, 0, 1, b, 64);
    pt_random_fill_uniform(1, 2, 0, 1, c, 64);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

// Mean and deviation of 100,000 numbers; the limits are 5 standard errors, and the seed is fixed.
static void moments(const float *values, int count, double *ret_mean, double *ret_deviation)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    for (int i = 0; i < count; i++)
        squares += (values[i] - sum / count) * (values[i] - sum / count);
    *ret_mean = sum / count;
    *ret_deviation = sqrt(squares / count);
}

// Deviation of a uniform: width / sqrt(12) = 4 / 3.4641 = 1.1547.
static void uniforms_fill_their_interval(void **unused)
{
    (void)unused;
    enum { COUNT = 100000 };
    static float values[COUNT];
    double mean, deviation;
    pt_random_fill_uniform(3, 0, -1, 3, values, COUNT);
    moments(values, COUNT, &mean, &deviation);
    assert_near(mean, 1, 5 * 1.1547 / 316.2);
    assert_near(deviation, 1.1547, 0.01);
    for (int i = 0; i < COUNT; i++)
        assert_true(values[i] >= -1 && values[i] < 3);
}

// Between neighboring floats rounding goes up half of the time; the upper end must not appear.
static void the_upper_end_is_excluded_even_by_rounding(void **unused)
{
    (void)unused;
    float values[256], high = nextafterf(1, 2);
    pt_random_fill_uniform(5, 0, 1, high, values, 256);
    for (int i = 0; i < 256; i++)
        assert_true(values[i] == 1);
}

// 68.27 % within one deviation, 4.55 % outside of two; standard errors 0.15 % and 0.07 %.
static void normals_have_the_normal_shape(void **unused)
{
    (void)unused;
    enum { COUNT = 100000 };
    static float values[COUNT];
    double mean, deviation;
    int within_one = 0, beyond_two = 0;
    pt_random_fill_normal(4, 0, 10, 2, values, COUNT);
    moments(values, COUNT, &mean, &deviation);
    for (int i = 0; i < COUNT; i++) {
        assert_true(isfinite(values[i]));
        within_one += fabsf(values[i] - 10) < 2;
        beyond_two += fabsf(values[i] - 10) > 4;
    }
    assert_near(mean, 10, 5 * 2 / 316.2);
    assert_near(deviation, 2, 0.025);
    assert_near(within_one / (double)COUNT, 0.6827, 0.0075);
    assert_near(beyond_two / (double)COUNT, 0.0455, 0.0035);
}

static void a_permutation_holds_each_number_once(void **unused)
{
    (void)unused;
    for (int64_t count = 0; count <= 300; count++) {
        uint32_t permutation[301];
        bool seen[301] = {false};
        permutation[count] = 99999;
        pt_random_permutation(1, (uint64_t)count, permutation, count);
        for (int64_t i = 0; i < count; i++) {
            assert_true(permutation[i] < count);
            assert_false(seen[permutation[i]]);
            seen[permutation[i]] = true;
        }
        assert_int_equal(permutation[count], 99999);
    }
}

// 6 orders of 3, each expected 2000 times in 12000; chi-square with 5 degrees is below 25.7 with
// probability 0.9999.
static void all_permutations_are_equally_likely(void **unused)
{
    (void)unused;
    int counts[27] = {0};
    for (uint64_t stream = 0; stream < 12000; stream++) {
        uint32_t p[3];
        pt_random_permutation(11, stream, p, 3);
        counts[9 * p[0] + 3 * p[1] + p[2]]++;
    }
    static const int orders[] = {0 * 9 + 1 * 3 + 2, 0 * 9 + 2 * 3 + 1, 1 * 9 + 0 * 3 + 2,
                                 1 * 9 + 2 * 3 + 0, 2 * 9 + 0 * 3 + 1, 2 * 9 + 1 * 3 + 0};
    double chi_square = 0;
    for (int i = 0; i < 6; i++)
        chi_square += pow(counts[orders[i]] - 2000, 2) / 2000;
    assert_true(chi_square < 25.7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_match_the_published_answers),
        cmocka_unit_test(a_uniform_is_the_upper_24_bits_of_its_word),
        cmocka_unit_test(a_fill_is_the_elements_one_by_one),
        cmocka_unit_test(a_longer_fill_begins_like_a_shorter_one),
        cmocka_unit_test(seeds_and_streams_differ),
        cmocka_unit_test(uniforms_fill_their_interval),
        cmocka_unit_test(the_upper_end_is_excluded_even_by_rounding),
        cmocka_unit_test(normals_have_the_normal_shape),
        cmocka_unit_test(a_permutation_holds_each_number_once),
        cmocka_unit_test(all_permutations_are_equally_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
