#include "dataset/loader.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "dataset/internal.h"
#include "dataset_support.h"

enum { WIDTH = 3, BATCH_MAX = 8, NEVER = -1 };

// Samples that are a function of their index and of what augmentation would draw from.
struct source {
    _Atomic int64_t reads;
    _Atomic int64_t fails_at; // this sample cannot be read
    _Atomic int64_t pause_ns;
};

static void pause_for(int64_t ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

static enum pt_status read_sample(const void *state, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *error)
{
    struct source *source = (struct source *)(uintptr_t)state;
    (void)targets;
    atomic_fetch_add(&source->reads, 1);
    if (source->pause_ns > 0)
        pause_for(source->pause_ns);
    if (index == source->fails_at)
        return pt_fail(error, PT_BAD_INPUT, "sample %d is broken", (int)index);
    for (int i = 0; features != NULL && i < WIDTH; i++)
        features[i] = (float)(index * 10 + i);
    if (features != NULL)
        features[WIDTH - 1] = (float)(random >> 40);
    for (int i = 0; tokens != NULL && i < WIDTH; i++)
        tokens[i] = (int32_t)(index * 10 + i);
    if (labels != NULL)
        labels[0] = (int32_t)index;
    return PT_OK;
}

static struct pt_dataset *open_source(struct source *source, int64_t count)
{
    static const struct pt_dataset_reader reader = {.read = read_sample};
    struct pt_dataset *dataset;
    assert_int_equal(pt_dataset_create(&dataset, NULL), PT_OK);
    *source = (struct source){.fails_at = NEVER};
    dataset->sample_count = count;
    dataset->rank = 1;
    dataset->dims[0] = dataset->feature_count = WIDTH;
    dataset->class_count = count;
    dataset->reader = &reader;
    dataset->reader_state = source;
    return dataset;
}

static struct pt_loader *open_loader(const struct pt_dataset *dataset, int64_t batch, int depth)
{
    struct pt_loader_options options = {
        .dataset = dataset, .batch = batch, .depth = depth, .seed = 11, .shuffle = true};
    struct pt_loader *loader;
    struct pt_error error;
    assert_status(pt_loader_open(&options, &loader, &error), PT_OK, &error);
    return loader;
}

// The next batch has these rows and is, to the bit, the one that pt_dataset_batch makes.
static void expect_batch(struct pt_loader *loader, const struct pt_dataset *dataset, int64_t epoch,
                         int64_t first, int64_t rows)
{
    float features[BATCH_MAX * WIDTH], expected[BATCH_MAX * WIDTH];
    int32_t labels[BATCH_MAX], expected_labels[BATCH_MAX];
    struct pt_batch batch = {.features = features, .labels = labels};
    struct pt_batch direct = {.features = expected, .labels = expected_labels};
    uint32_t *order = calloc((size_t)dataset->sample_count, sizeof *order);
    int64_t got;
    struct pt_error error;

    assert_status(pt_loader_next(loader, &batch, &got, &error), PT_OK, &error);
    assert_int_equal(got, rows);
    pt_dataset_order(dataset, 11, epoch, true, order);
    assert_status(pt_dataset_batch(dataset, order, first, rows, 11, epoch, &direct, &error), PT_OK,
                  &error);
    assert_memory_equal(features, expected, (size_t)(rows * WIDTH) * sizeof *features);
    assert_memory_equal(labels, expected_labels, (size_t)rows * sizeof *labels);
    free(order);
}

static void expect_end(struct pt_loader *loader)
{
    int64_t rows = -1;
    struct pt_error error;
    assert_status(pt_loader_next(loader, &(struct pt_batch){.labels = NULL}, &rows, &error), PT_OK,
                  &error);
    assert_int_equal(rows, 0);
}

// 10 samples in batches of 4 are 4, 4, 2, and the end; over three epochs; however many are ahead.
static void batches_are_those_without_a_loader(void **unused)
{
    (void)unused;
    static const int depths[] = {0, 1, 2, 7};
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
        struct source source;
        struct pt_dataset *dataset = open_source(&source, 10);
        struct pt_loader *loader = open_loader(dataset, 4, depths[d]);
        assert_int_equal(pt_loader_batches_per_epoch(loader), 3);
        for (int epoch = 0; epoch < 3; epoch++) {
            expect_batch(loader, dataset, epoch, 0, 4);
            expect_batch(loader, dataset, epoch, 4, 4);
            expect_batch(loader, dataset, epoch, 8, 2);
            expect_end(loader);
        }
        pt_loader_close(loader);
        pt_dataset_destroy(dataset);
    }
    pt_loader_close(NULL);
}

static void a_short_last_batch_can_be_left_out(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_dataset *dataset = open_source(&source, 10);
    for (int depth = 0; depth < 3; depth++) {
        struct pt_loader_options options = {.dataset = dataset,
                                            .batch = 4,
                                            .depth = depth,
                                            .seed = 11,
                                            .shuffle = true,
                                            .drop_last = true};
        struct pt_loader *loader;
        assert_int_equal(pt_loader_open(&options, &loader, NULL), PT_OK);
        for (int epoch = 0; epoch < 2; epoch++) {
            expect_batch(loader, dataset, epoch, 0, 4);
            expect_batch(loader, dataset, epoch, 4, 4);
            expect_end(loader);
        }
        pt_loader_close(loader);
    }
    pt_dataset_destroy(dataset);
}

// Without shuffle the order is that of the data; what nobody wants is not copied.
static void only_what_is_wanted_is_copied(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_dataset *dataset = open_source(&source, 5);
    for (int depth = 0; depth < 2; depth++) {
        struct pt_loader_options options = {.dataset = dataset, .batch = 5, .depth = depth};
        struct pt_loader *loader;
        int32_t labels[5];
        int64_t rows;
        assert_int_equal(pt_loader_open(&options, &loader, NULL), PT_OK);
        assert_int_equal(pt_loader_next(loader, &(struct pt_batch){.labels = labels}, &rows, NULL),
                         PT_OK);
        for (int i = 0; i < 5; i++)
            assert_int_equal(labels[i], i);
        pt_loader_close(loader);
    }
    pt_dataset_destroy(dataset);
}

// 40 jumps, each to another place than where the thread is, and some batches from there.
static void a_seek_goes_anywhere_at_any_moment(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_dataset *dataset = open_source(&source, 22);
    for (int depth = 0; depth < 4; depth++) {
        struct pt_loader *loader = open_loader(dataset, 4, depth); // 6 batches, the last of 2
        source.pause_ns = depth == 2 ? 10000 : 0;
        for (int64_t jump = 0; jump < 40; jump++) {
            int64_t epoch = jump * 7 % 5, index = jump * 5 % 7;
            assert_int_equal(pt_loader_seek(loader, epoch, index, NULL), PT_OK);
            for (int64_t i = 0; i < jump % 4; i++, index++) {
                if (index == 6)
                    expect_end(loader);
                else
                    expect_batch(loader, dataset, epoch, index * 4, index == 5 ? 2 : 4);
                if (index == 6) {
                    epoch++;
                    index = -1;
                }
            }
        }
        struct pt_error error;
        assert_status(pt_loader_seek(loader, 0, 7, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, "batch 7");
        assert_status(pt_loader_seek(loader, -1, 0, &error), PT_BAD_INPUT, &error);
        assert_status(pt_loader_seek(loader, 0, -1, &error), PT_BAD_INPUT, &error);
        pt_loader_close(loader);
    }
    pt_dataset_destroy(dataset);
}

// Sample order[5] breaks: batch 0 is good, batch 1 fails as often as it is asked for, however far
// ahead the thread has read; after the cause is gone, a seek brings it.
static void a_failure_is_told_with_its_batch(void **unused)
{
    (void)unused;
    for (int depth = 0; depth < 4; depth++) {
        struct source source;
        uint32_t order[12];
        int64_t rows;
        struct pt_error error;
        struct pt_dataset *dataset = open_source(&source, 12);
        pt_dataset_order(dataset, 11, 0, true, order);
        source.fails_at = order[5];
        struct pt_loader *loader = open_loader(dataset, 4, depth);
        float features[BATCH_MAX * WIDTH];
        struct pt_batch batch = {.features = features};
        assert_status(pt_loader_next(loader, &batch, &rows, &error), PT_OK, &error);
        for (int i = 0; i < 3; i++) {
            assert_status(pt_loader_next(loader, &batch, &rows, &error), PT_BAD_INPUT, &error);
            assert_contains(error.message, "is broken");
        }
        assert_int_equal(pt_loader_next(loader, &batch, &rows, NULL), PT_BAD_INPUT);
        source.fails_at = NEVER;
        assert_int_equal(pt_loader_seek(loader, 0, 1, NULL), PT_OK);
        expect_batch(loader, dataset, 0, 4, 4);
        expect_batch(loader, dataset, 0, 8, 4);
        expect_end(loader);
        pt_loader_close(loader);
        pt_dataset_destroy(dataset);
    }
}

// Ten seconds at most, so that a broken loader fails and does not hang.
static void wait_for_reads(const struct source *source, int64_t reads)
{
    for (int i = 0; i < 10000 && source->reads < reads; i++)
        pause_for(1000000);
    assert_int_equal(source->reads, reads);
}

// Three batches of 4 ahead are 12 samples read and no more; each batch taken lets 4 more be read.
static void the_thread_reads_no_further_than_depth(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_dataset *dataset = open_source(&source, 100);
    struct pt_loader *loader = open_loader(dataset, 4, 3);
    for (int taken = 0; taken < 4; taken++) {
        int32_t labels[4];
        int64_t rows;
        wait_for_reads(&source, 12 + 4 * taken);
        pause_for(2000000);
        assert_int_equal(source.reads, 12 + 4 * taken);
        assert_int_equal(pt_loader_next(loader, &(struct pt_batch){.labels = labels}, &rows, NULL),
                         PT_OK);
    }
    pt_loader_close(loader);
    pt_dataset_destroy(dataset);
}

// A sample takes 2 ms, so a trainer that does nothing else waits; one try can be unlucky, 50 not.
static void waiting_for_a_slow_source_is_counted(void **unused)
{
    (void)unused;
    struct source source;
    int64_t rows;
    struct pt_dataset *dataset = open_source(&source, 50);
    source.pause_ns = 2000000;
    struct pt_loader *loader = open_loader(dataset, 1, 2);
    for (int i = 0; i < 50 && pt_loader_waited_ns(loader) < 1000000; i++)
        assert_int_equal(pt_loader_next(loader, &(struct pt_batch){.labels = NULL}, &rows, NULL),
                         PT_OK);
    assert_true(pt_loader_waited_ns(loader) >= 1000000);
    pt_loader_close(loader);

    source.pause_ns = 0;
    loader = open_loader(dataset, 1, 0);
    assert_int_equal(pt_loader_next(loader, &(struct pt_batch){.labels = NULL}, &rows, NULL),
                     PT_OK);
    assert_int_equal(pt_loader_waited_ns(loader), 0); // nobody waits without a thread
    pt_loader_close(loader);
    pt_dataset_destroy(dataset);
}

static void closing_at_any_moment_leaves_nothing(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_dataset *dataset = open_source(&source, 30);
    for (int i = 0; i < 300; i++) {
        int64_t rows;
        source.pause_ns = i % 3 == 0 ? 20000 : 0;
        struct pt_loader *loader = open_loader(dataset, 1 + i % 5, 1 + i % 4);
        for (int taken = 0; taken < i % 7; taken++)
            assert_int_equal(
                pt_loader_next(loader, &(struct pt_batch){.labels = NULL}, &rows, NULL), PT_OK);
        if (i % 2 == 0)
            sched_yield();
        pt_loader_close(loader);
    }
    pt_dataset_destroy(dataset);
}

static void targets_come_through(void **unused)
{
    (void)unused;
    static const float features[] = {1, 2, 3}, targets[] = {10, 11, 20, 21, 30, 31};
    struct pt_dataset *dataset;
    struct pt_loader *loader;
    float got[6], got_features[3];
    int64_t rows;
    assert_int_equal(pt_dataset_from_arrays(features, 3, 1, (const int64_t[]){1}, NULL, 0, targets,
                                            2, &dataset, NULL),
                     PT_OK);
    struct pt_loader_options options = {.dataset = dataset, .batch = 3, .depth = 2, .threads = 1};
    assert_int_equal(pt_loader_open(&options, &loader, NULL), PT_OK);
    assert_int_equal(pt_loader_next(loader,
                                    &(struct pt_batch){.features = got_features, .targets = got},
                                    &rows, NULL),
                     PT_OK);
    assert_memory_equal(got, targets, sizeof got);
    assert_memory_equal(got_features, features, sizeof got_features);
    pt_loader_close(loader);
    pt_dataset_destroy(dataset);
}

static void tokens_come_through(void **unused)
{
    (void)unused;
    struct source source;
    int32_t tokens[2 * WIDTH];
    int64_t rows;
    struct pt_dataset *dataset = open_source(&source, 2);
    dataset->has_tokens = true;
    for (int depth = 0; depth < 2; depth++) {
        struct pt_loader_options options = {.dataset = dataset, .batch = 2, .depth = depth};
        struct pt_loader *loader;
        assert_int_equal(pt_loader_open(&options, &loader, NULL), PT_OK);
        assert_int_equal(pt_loader_next(loader, &(struct pt_batch){.tokens = tokens}, &rows, NULL),
                         PT_OK);
        for (int i = 0; i < 2 * WIDTH; i++)
            assert_int_equal(tokens[i], i / WIDTH * 10 + i % WIDTH);
        memset(tokens, 0, sizeof tokens);
        pt_loader_close(loader);
    }
    pt_dataset_destroy(dataset);
}

static void impossible_loaders_are_refused(void **unused)
{
    (void)unused;
    struct source source;
    struct pt_loader *loader;
    struct pt_error error;
    struct pt_dataset *dataset = open_source(&source, 10);
    struct pt_loader_options good = {.dataset = dataset, .batch = 4, .depth = 2}, options;

#define REFUSED(expected, part, ...)                                                               \
    do {                                                                                           \
        options = good;                                                                            \
        __VA_ARGS__;                                                                               \
        assert_status(pt_loader_open(&options, &loader, &error), expected, &error);                \
        assert_contains(error.message, part);                                                      \
    } while (0)
    REFUSED(PT_BAD_INPUT, "0 samples", options.batch = 0);
    REFUSED(PT_BAD_INPUT, "-1 batches", options.depth = -1);
    REFUSED(PT_BAD_INPUT, "2000 batches", options.depth = 2000);
    REFUSED(PT_BAD_INPUT, "no whole batch of 11", options.batch = 11; options.drop_last = true);
    REFUSED(PT_NO_MEMORY, "hold fewer", options.batch = INT64_MAX / 2);
#undef REFUSED
    pt_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_are_those_without_a_loader),
        cmocka_unit_test(a_short_last_batch_can_be_left_out),
        cmocka_unit_test(only_what_is_wanted_is_copied),
        cmocka_unit_test(a_seek_goes_anywhere_at_any_moment),
        cmocka_unit_test(a_failure_is_told_with_its_batch),
        cmocka_unit_test(the_thread_reads_no_further_than_depth),
        cmocka_unit_test(waiting_for_a_slow_source_is_counted),
        cmocka_unit_test(closing_at_any_moment_leaves_nothing),
        cmocka_unit_test(targets_come_through),
        cmocka_unit_test(tokens_come_through),
        cmocka_unit_test(impossible_loaders_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
