// The course of a run in 4096 samples, however long it was.

#include "meter/ring.h"

#include "support.h"

static struct pt_meter_ring ring;

// Sample i: at i/10 s, 5 W of ours and 20 W of the machine.
static void fill(int64_t count)
{
    pt_ring_start(&ring);
    for (int64_t i = 1; i <= count; i++)
        pt_ring_add(&ring, (double)i / 10, (double)i / 2, (double)i * 2);
}

static void few_samples_are_all_kept(void **unused)
{
    fill(4096);
    assert_int_equal(ring.count, 4096);
    assert_near(ring.samples[0].seconds, 0.1, 1e-12);
    assert_near(ring.samples[4095].joules, 2048, 1e-9);
    (void)unused;
}

// However many there are: the ring ends where the run ended, its time goes on in steps that differ
// by no more than the last one, and constant power stays constant.
static void many_samples_span_the_whole_run(void **unused)
{
    static const int64_t counts[] = {4097, 8191, 8192, 8193, 50000, 1000003};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        fill(counts[k]);
        assert_true(ring.count > PT_METER_SAMPLES / 2 - 1 && ring.count <= PT_METER_SAMPLES);
        assert_near(ring.samples[ring.count - 1].seconds, (double)counts[k] / 10, 1e-6);
        assert_near(ring.samples[ring.count - 1].joules, (double)counts[k] / 2, 1e-6);
        double step = ring.samples[0].seconds;
        for (int64_t i = 0; i < ring.count; i++) {
            double before = i > 0 ? ring.samples[i - 1].seconds : 0;
            if (i + 1 < ring.count)
                assert_near(ring.samples[i].seconds - before, step, 1e-6);
            assert_near(ring.samples[i].watts, 5, 1e-6);
            assert_near(ring.samples[i].machine_watts, 20, 1e-6);
        }
    }
    (void)unused;
}

static void joules_never_go_back(void **unused)
{
    pt_ring_start(&ring);
    pt_ring_add(&ring, 1, 10, 20);
    pt_ring_add(&ring, 2, 8, 19);
    assert_near(ring.samples[1].joules, 10, 0);
    assert_near(ring.samples[1].watts, 0, 0);
    (void)unused;
}

// The final share is smaller than what was shown while it was not known: no sample says more.
static void the_end_is_the_most(void **unused)
{
    pt_ring_start(&ring);
    pt_ring_add(&ring, 1, 10, 20);
    pt_ring_add(&ring, 2, 30, 40);
    pt_ring_add(&ring, 3, 50, 60);
    pt_ring_settle(&ring, 25);
    assert_near(ring.samples[0].joules, 10, 0);
    assert_near(ring.samples[1].joules, 25, 0);
    assert_near(ring.samples[2].joules, 25, 0);
    assert_near(ring.samples[1].watts, 15, 1e-12);
    assert_near(ring.samples[2].watts, 0, 0);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_samples_are_all_kept),
        cmocka_unit_test(many_samples_span_the_whole_run),
        cmocka_unit_test(joules_never_go_back),
        cmocka_unit_test(the_end_is_the_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
