// Run files: what they say, and what they must not say.

#include "support.h"

#include "train/config.h"

#define NETWORK                                                                                    \
    "network: {name: n, input: {shape: [2]}, layers: [relu], loss: mse}\ndata: {kind: csv}\n"

static enum pt_status read(struct pt_arena *arena, const char *yaml, struct pt_run_config *config,
                           struct pt_error *error)
{
    return pt_run_config_read(arena, test_file(test_folder(), "run.yaml", yaml), config, error);
}

static void a_run_file_is_read(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_config config;
    struct pt_error error;
    assert_status(read(arena,
                       NETWORK "train:\n  epochs: 7\n  batch: 32\n  seed: 9\n  precision: bf16\n"
                               "  optimizer: {kind: sgd, learning_rate: 0.5, momentum: 0.9}\n"
                               "cost: DE\n",
                       &config, &error),
                  PT_OK, &error);
    assert_string_equal(config.name, "n");
    assert_int_equal(config.epochs, 7);
    assert_int_equal(config.batch, 32);
    assert_int_equal(config.seed, 9);
    assert_int_equal(config.precision, PT_PRECISION_BF16);
    assert_int_equal(config.optimizer.kind, PT_SGD);
    assert_near(config.optimizer.momentum, 0.9, 0);
    assert_near(config.learning_rate, 0.5, 0);
    assert_true(config.shuffle);
    assert_non_null(config.cost);
    pt_arena_destroy(arena);
}

static void gradient_descent_takes_all_samples(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_config config;
    struct pt_error error;
    assert_status(read(arena,
                       NETWORK "train: {epochs: 1, optimizer: {kind: gradient_descent, "
                               "learning_rate: 0.1}}\n",
                       &config, &error),
                  PT_OK, &error);
    assert_int_equal(config.batch, PT_BATCH_ALL);
    pt_arena_destroy(arena);
}

static void mistakes_point_at_their_place(void **unused)
{
    (void)unused;
    static const char *const wrong[][2] = {
        {NETWORK, "missing section train"},
        {NETWORK "train: {epochs: 1}\n", "optimizer"},
        {NETWORK "train: {optimizer: {kind: adam, learning_rate: 1}}\n", "epochs"},
        {NETWORK "train: {epochs: 0, optimizer: {kind: adam, learning_rate: 1}}\n", "0"},
        {NETWORK "train: {epochs: 1, optimizer: {kind: adm, learning_rate: 1}}\n",
         "did you mean \"adam\""},
        {NETWORK "train: {epochs: 1, optimizer: {kind: adam, learning_rate: 1, momentum: 0.9}}\n",
         "momentum"},
        {NETWORK "train: {epochs: 1, optimizer: {kind: adam, learning_rate: nan}}\n", "nan"},
        {NETWORK "train: {epoch: 1}\n", "did you mean \"epochs\""},
        {NETWORK "train: {epochs: 1, optimizer: {kind: adam, learning_rate: 1}, batch: -3}\n",
         "-3"},
        {NETWORK "train: {epochs: 1, optimizer: {kind: adam, learning_rate: 1}, precision: fp8}\n",
         "fp8"},
        {NETWORK "training: {}\n", "training"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pt_arena *arena = pt_arena_create();
        struct pt_run_config config;
        struct pt_error error;
        assert_status(read(arena, wrong[i][0], &config, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, "run.yaml:");
        assert_contains(error.message, wrong[i][1]);
        pt_arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_file_is_read),
        cmocka_unit_test(gradient_descent_takes_all_samples),
        cmocka_unit_test(mistakes_point_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
