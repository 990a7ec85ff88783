// Checkpoints: a resumed run equals an uninterrupted one bit by bit, files of other networks and
// damaged files are refused, and a refused file changes nothing.

#include "engine_support.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

static struct pt_error error;

static void train(struct pt_network *network, struct pt_optimizer *optimizer, int steps)
{
    for (int i = 0; i < steps; i++) {
        forward(network, i % 3 == 2 ? 5 : 0, true); // shorter batches too
        pt_network_zero_gradients(network);
        backward(network);
        pt_optimizer_step(optimizer, 0.02);
    }
}

struct run {
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_optimizer *optimizer;
};

static struct run start(uint64_t seed, struct pt_optimizer_options options)
{
    struct run run = {.graph = make_classifier(20, 0.4)};
    run.network = make_network(run.graph, seed, 2);
    run.optimizer = make_optimizer(run.network, options);
    fill_inputs(run.network, 5);
    return run;
}

static void stop(struct run *run)
{
    pt_optimizer_destroy(run->optimizer);
    pt_network_destroy(run->network);
    pt_graph_destroy(run->graph);
}

static void assert_same_state(const struct run *a, const struct run *b)
{
    int64_t count;
    const float *expected = pt_network_parameters(a->network, &count);
    assert_same_floats(pt_network_parameters(b->network, &count), expected, count);
    assert_int_equal(pt_optimizer_state_count(b->optimizer),
                     pt_optimizer_state_count(a->optimizer));
    for (int64_t i = 0; i < pt_optimizer_state_count(a->optimizer); i++) {
        struct pt_optimizer_state left = pt_optimizer_state_at(a->optimizer, i);
        struct pt_optimizer_state right = pt_optimizer_state_at(b->optimizer, i);
        assert_same_floats(right.values, left.values, pt_shape_size(&left.shape));
    }
    assert_int_equal(pt_network_step(b->network), pt_network_step(a->network));
    assert_int_equal(pt_optimizer_step_count(b->optimizer), pt_optimizer_step_count(a->optimizer));
}

// 7 steps, a checkpoint, 7 more in another process's place: dropout, moments and counters go on.
static void a_resumed_run_equals_an_uninterrupted_one(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++) {
        struct pt_optimizer_options options = {.kind = kind,
                                               .momentum = kind == PT_SGD ? 0.9 : 0,
                                               .weight_decay = 0.01,
                                               .average_decay = kind % 2 == 0 ? 0.9 : 0};
        const char *path = test_path(test_folder(), "run.safetensors");
        struct run whole = start(3, options), first = start(3, options);
        train(whole.network, whole.optimizer, 6);
        train(whole.network, whole.optimizer, 7);
        train(first.network, first.optimizer, 6);
        assert_status(pt_network_save(first.network, first.optimizer, path, &error), PT_OK, &error);
        struct run second = start(3, options);
        // A network that has gone another way: all of it must be replaced.
        train(second.network, second.optimizer, 2);
        assert_status(pt_network_load(second.network, second.optimizer, path, &error), PT_OK,
                      &error);
        assert_same_state(&first, &second);
        train(second.network, second.optimizer, 7);
        assert_same_state(&whole, &second);
        stop(&whole);
        stop(&first);
        stop(&second);
    }
}

static void parameters_alone_can_be_saved_and_loaded(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "parameters.safetensors");
    struct run run = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    train(run.network, run.optimizer, 3);
    assert_status(pt_network_save(run.network, NULL, path, &error), PT_OK, &error);

    struct pt_network_options inference = {.struct_size = sizeof inference, .inference = true};
    struct pt_network *network;
    assert_status(pt_network_create(run.graph, &inference, &network, &error), PT_OK, &error);
    assert_status(pt_network_load(network, NULL, path, &error), PT_OK, &error);
    fill_inputs(network, 5);
    forward(network, 0, false);
    forward(run.network, 0, false);
    assert_near(pt_network_loss(network), pt_network_loss(run.network), 1e-7);
    pt_network_destroy(network);

    // The optimizer's state is not there, and that is said.
    assert_status(pt_network_load(run.network, run.optimizer, path, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "no optimizer state");
    stop(&run);
}

// A file with optimizer state serves without an optimizer too.
static void the_state_of_an_optimizer_may_be_left_in_the_file(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "run.safetensors");
    struct run run = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    train(run.network, run.optimizer, 2);
    assert_status(pt_network_save(run.network, run.optimizer, path, &error), PT_OK, &error);
    assert_status(pt_network_load(run.network, NULL, path, &error), PT_OK, &error);
    stop(&run);
}

static void other_texts_come_back(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "run.safetensors");
    struct run run = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    const struct pt_saved_text texts[] = {{"run.epoch", "4"}, {"run.sample", "1280"}};
    struct pt_arena *arena = pt_arena_create();
    struct pt_saved saved;
    assert_status(pt_checkpoint_save(run.network, run.optimizer, texts, 2, path, &error), PT_OK,
                  &error);
    assert_status(pt_checkpoint_load(run.network, run.optimizer, arena, path, &saved, &error),
                  PT_OK, &error);
    assert_string_equal(pt_saved_text(&saved, "run.epoch"), "4");
    assert_string_equal(pt_saved_text(&saved, "run.sample"), "1280");
    assert_string_equal(pt_saved_text(&saved, "powertrain.optimizer"), "adam");
    pt_arena_destroy(arena);
    stop(&run);
}

// 3 -> 4 -> 2, as its parts say: width of the hidden layer, activation, name of the first layer.
static struct pt_network *small_network(struct pt_graph **ret_graph, int64_t hidden,
                                        const char *activation, const char *name)
{
    struct pt_graph *graph = make_graph("small");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){2, 3});
    pt_tensor h = pt_graph_add(graph, "linear", name, &x, 1,
                               (union pt_attribute[]){{.integer = hidden}, {.integer = 1}});
    h = pt_graph_add(graph, activation, NULL, &h, 1, NULL);
    pt_linear(graph, h, 2, true);
    *ret_graph = graph;
    return make_network(graph, 1, 1);
}

static void refuse_for(const char *path, enum pt_status status, int64_t hidden,
                       const char *activation, const char *name, const char *part)
{
    struct pt_graph *graph;
    struct pt_network *network = small_network(&graph, hidden, activation, name);
    int64_t count;
    float *before = pt_network_parameters(network, &count);
    float *copy = malloc((size_t)count * sizeof *copy);
    memcpy(copy, before, (size_t)count * sizeof *copy);
    assert_status(pt_network_load(network, NULL, path, &error), status, &error);
    if (status != PT_OK)
        assert_contains(error.message, part);
    if (status != PT_OK)
        assert_same_floats(pt_network_parameters(network, &count), copy, count);
    free(copy);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void files_of_other_networks_are_refused_with_the_first_difference(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "small.safetensors");
    struct pt_graph *graph;
    struct pt_network *network = small_network(&graph, 4, "relu", "fc1");
    assert_status(pt_network_save(network, NULL, path, &error), PT_OK, &error);
    pt_network_destroy(network);
    pt_graph_destroy(graph);

    refuse_for(path, PT_OK, 4, "relu", "fc1", "");
    refuse_for(path, PT_MISMATCH, 5, "relu", "fc1", "fc1.weight has shape [4, 3]");
    refuse_for(path, PT_MISMATCH, 4, "relu", "fc0", "has no fc0.weight");
    refuse_for(path, PT_MISMATCH, 4, "gelu", "fc1", "another network");
    refuse_for(test_path(test_folder(), "none"), PT_NOT_FOUND, 4, "relu", "fc1", "none");
}

// Another program's file has no metadata of ours: names and shapes must fit, in both directions.
static void a_file_of_another_program_is_loaded_by_names_and_shapes(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "foreign.safetensors");
    float numbers[12] = {0};
    struct pt_saved_tensor tensors[] = {
        {"fc1.weight", PT_SAVED_F32, {2, {4, 3}}, numbers, NULL},
        {"fc1.bias", PT_SAVED_F32, {1, {4}}, numbers, NULL},
        {"linear2.weight", PT_SAVED_F32, {2, {2, 4}}, numbers, NULL},
        {"linear2.bias", PT_SAVED_F32, {1, {2}}, numbers, NULL},
        {"more", PT_SAVED_F32, {1, {2}}, numbers, NULL}};
    struct pt_saved saved = {.tensor_count = 4, .tensors = tensors};
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    refuse_for(path, PT_OK, 4, "relu", "fc1", "");
    saved.tensor_count = 5;
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    refuse_for(path, PT_MISMATCH, 4, "relu", "fc1", "has more");
    tensors[3].type = PT_SAVED_I32;
    saved.tensor_count = 4;
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    refuse_for(path, PT_MISMATCH, 4, "relu", "fc1", "linear2.bias is of type I32");
    tensors[3].type = PT_SAVED_F32;
    struct pt_saved_text format = {"powertrain.format", "2"}, step = {"powertrain.step", "-3"};
    saved.texts = &format;
    saved.text_count = 1;
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    refuse_for(path, PT_MISMATCH, 4, "relu", "fc1", "format 2");
    saved.texts = &step;
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    refuse_for(path, PT_CORRUPT, 4, "relu", "fc1", "powertrain.step is -3");
}

static void the_state_of_another_optimizer_is_refused(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "run.safetensors");
    struct run adam = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    struct run sgd = start(3, (struct pt_optimizer_options){.kind = PT_SGD});
    struct run fast = start(3, (struct pt_optimizer_options){.kind = PT_SGD, .momentum = 0.9});
    assert_status(pt_network_save(sgd.network, sgd.optimizer, path, &error), PT_OK, &error);
    assert_status(pt_network_load(adam.network, adam.optimizer, path, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "the state of sgd, not of adam");
    // The same kind, but without the state that momentum needs.
    assert_status(pt_network_load(fast.network, fast.optimizer, path, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "optimizer.momentum.linear1.weight");
    stop(&adam);
    stop(&sgd);
    stop(&fast);
}

static void a_damaged_file_is_refused_and_changes_nothing(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_path(folder, "run.safetensors");
    struct run run = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    train(run.network, run.optimizer, 2);
    assert_status(pt_network_save(run.network, run.optimizer, path, &error), PT_OK, &error);
    struct run other = start(4, (struct pt_optimizer_options){.kind = PT_ADAM});
    struct run same = start(4, (struct pt_optimizer_options){.kind = PT_ADAM});
    size_t length;
    char *bytes = test_read(path, &length);
    bytes[length - 5] ^= 1;
    test_file_bytes(folder, "flipped", bytes, length);
    test_file_bytes(folder, "cut", bytes, length / 2);
    free(bytes);
    const char *names[] = {"flipped", "cut"};
    for (int i = 0; i < 2; i++) {
        assert_status(
            pt_network_load(other.network, other.optimizer, test_path(folder, names[i]), &error),
            PT_CORRUPT, &error);
        assert_contains(error.message, names[i]);
        assert_same_state(&same, &other);
    }
    stop(&run);
    stop(&other);
    stop(&same);
}

static int file_count(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2; // . and ..
}

// A limit on the size of files stands for a full disk: the write fails in the middle.
static void a_failed_write_leaves_the_old_checkpoint(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_path(folder, "run.safetensors");
    struct run run = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    assert_status(pt_network_save(run.network, run.optimizer, path, &error), PT_OK, &error);
    train(run.network, run.optimizer, 2);

    struct rlimit old, small = {.rlim_cur = 4096};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum pt_status status = pt_network_save(run.network, run.optimizer, path, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_not_equal(status, PT_OK);
    assert_contains(error.message, path);

    struct run fresh = start(3, (struct pt_optimizer_options){.kind = PT_ADAM});
    struct run loaded = start(9, (struct pt_optimizer_options){.kind = PT_ADAM});
    assert_status(pt_network_load(loaded.network, loaded.optimizer, path, &error), PT_OK, &error);
    assert_same_state(&fresh, &loaded);
    assert_int_equal(file_count(folder), 1);
    stop(&run);
    stop(&fresh);
    stop(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resumed_run_equals_an_uninterrupted_one),
        cmocka_unit_test(parameters_alone_can_be_saved_and_loaded),
        cmocka_unit_test(the_state_of_an_optimizer_may_be_left_in_the_file),
        cmocka_unit_test(other_texts_come_back),
        cmocka_unit_test(files_of_other_networks_are_refused_with_the_first_difference),
        cmocka_unit_test(a_file_of_another_program_is_loaded_by_names_and_shapes),
        cmocka_unit_test(the_state_of_another_optimizer_is_refused),
        cmocka_unit_test(a_damaged_file_is_refused_and_changes_nothing),
        cmocka_unit_test(a_failed_write_leaves_the_old_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
