// Weights of others: types, order of dimensions, prefixes, several files, what is forgiven and what
// is not; and our export.

#include "engine_support.h"

#include <sys/resource.h>
#include <unistd.h>

#include "engine/safetensors_layout.h"
#include "model/adapter.h"

static struct pt_error error;
static struct pt_arena *arena;
static const char *folder;

static int make_arena(void **unused)
{
    (void)unused;
    folder = test_folder();
    arena = pt_arena_create();
    return arena == NULL;
}

static int free_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

// ------------------------------------------------------------------------------- types and order
// 1, -2, 2^-24 (the smallest), 65504 (the largest), infinity and a negative zero in binary16 and in
// bfloat16. Bits: IEEE 754-2019, table 3.5.
static void numbers_of_every_type_become_float32(void **unused)
{
    (void)unused;
    static const uint16_t half[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000, 0x83ff};
    static const float halves[] = {1, -2, 0x1p-24f, 65504, INFINITY, -0.0f, -0x3ffp-24f};
    static const uint16_t brain[] = {0x3f80, 0xc000, 0x0001, 0x7f7f, 0xff80, 0x8000, 0x3eab};
    static const float brains[] = {1, -2, 0x1p-133f, 0x1.fep127f, -INFINITY, -0.0f, 0.333984375f};
    static const double wide[] = {1, -2, 1e-50, 3.5, INFINITY, -0.0, 0.1};
    static const float narrow[] = {1, -2, 0, 3.5f, INFINITY, -0.0f, 0.1f};
    struct pt_tensor_info info = {.shape = {1, {7}}};
    float got[7];
    char shifted[60]; // numbers may lie at any address
    memcpy(shifted + 1, half, sizeof half);
    pt_layout_load(&info, PT_SAVED_F16, shifted + 1, got);
    assert_same_floats(got, halves, 7);
    memcpy(shifted + 1, brain, sizeof brain);
    pt_layout_load(&info, PT_SAVED_BF16, shifted + 1, got);
    assert_same_floats(got, brains, 7);
    memcpy(shifted + 1, wide, sizeof wide);
    pt_layout_load(&info, PT_SAVED_F64, shifted + 1, got);
    assert_same_floats(got, narrow, 7);
    static const uint16_t not_a_number[7] = {0x7e00, 0xfc01};
    pt_layout_load(&info, PT_SAVED_F16, not_a_number, got);
    assert_true(isnan(got[0]) && isnan(got[1]));
}

// Element by element, as the definition says: file index i[k] is index axes[k] here.
static void check_order(struct pt_shape here, int rank, const int8_t *axes)
{
    struct pt_tensor_info info = {.shape = here, .file_rank = rank};
    memcpy(info.file_axes, axes, (size_t)rank);
    struct pt_shape file = pt_tensor_file_shape(&info);
    size_t size = (size_t)pt_shape_size(&here);
    float *values = malloc(size * 4), *in_file = malloc(size * 4), *back = calloc(size, 4);
    for (size_t i = 0; i < size; i++)
        values[i] = (float)i;
    pt_layout_save(&info, values, in_file);
    for (size_t at = 0; at < size; at++) {
        int64_t index[PT_RANK_MAX] = {0}, rest = (int64_t)at, place = 0;
        for (int i = rank - 1; i >= 0; i--) {
            if (axes[i] >= 0)
                index[axes[i]] = rest % file.dim[i];
            rest /= file.dim[i];
        }
        for (int i = 0; i < here.rank; i++)
            place = place * here.dim[i] + index[i];
        assert_true(in_file[at] == (float)place);
    }
    pt_layout_load(&info, PT_SAVED_F32, in_file, back);
    assert_same_floats(back, values, (int64_t)size);
    free(values);
    free(in_file);
    free(back);
}

static void dimensions_are_put_in_the_order_of_the_file(void **unused)
{
    (void)unused;
    check_order((struct pt_shape){2, {5, 3}}, 2, (const int8_t[]){1, 0});
    check_order((struct pt_shape){2, {67, 131}}, 2, (const int8_t[]){1, 0});
    check_order((struct pt_shape){2, {1, 9}}, 2, (const int8_t[]){1, 0});
    check_order((struct pt_shape){4, {7, 3, 2, 19}}, 4, (const int8_t[]){0, 3, 1, 2}); // conv2d
    check_order((struct pt_shape){4, {7, 1, 1, 70}}, 4, (const int8_t[]){0, 3, 1, 2});
    check_order((struct pt_shape){4, {7, 5, 5, 1}}, 4, (const int8_t[]){0, 3, 1, 2});
    check_order((struct pt_shape){3, {17, 3, 70}}, 3, (const int8_t[]){0, 2, 1});
    check_order((struct pt_shape){3, {4, 3, 2}}, 3, (const int8_t[]){2, 1, 0});
    check_order((struct pt_shape){2, {3, 6}}, 3, (const int8_t[]){-1, 0, 1});
    check_order((struct pt_shape){2, {3, 6}}, 4, (const int8_t[]){1, -1, 0, -1});
    check_order((struct pt_shape){1, {6}}, 3, (const int8_t[]){-1, 0, -1});
    check_order((struct pt_shape){6, {2, 3, 1, 4, 2, 3}}, 6, (const int8_t[]){5, 0, 4, 1, 3, 2});
}

// ------------------------------------------------------------------------- networks and their
// files transformer.fc [3, 4] as [4, 3] in files, lm_head [2, 3].
static struct pt_graph *make_base(void)
{
    struct pt_graph *graph = make_graph("base");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){2, 4});
    x = pt_graph_add(graph, "linear", "transformer.fc", &x, 1,
                     (union pt_attribute[]){{.integer = 3}, {.integer = 1}});
    pt_operator_file_axes(graph, &graph->ops[0], 0, (const int8_t[]){1, 0});
    pt_graph_add(graph, "linear", "lm_head", &x, 1,
                 (union pt_attribute[]){{.integer = 2}, {.integer = 0}});
    return graph;
}

static const float fc[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}; // [4, 3]
static const float bias[] = {100, 101, 102}, head[] = {20, 21, 22, 23, 24, 25};

// Tensors to choose from; a file has a few of them.
static const struct pt_saved_tensor fc_tensor = {
    "transformer.fc.weight", PT_SAVED_F32, {2, {4, 3}}, fc, NULL};
static const struct pt_saved_tensor bias_tensor = {
    "transformer.fc.bias", PT_SAVED_F32, {1, {3}}, bias, NULL};
static const struct pt_saved_tensor head_tensor = {
    "lm_head.weight", PT_SAVED_F32, {2, {2, 3}}, head, NULL};

static struct pt_saved_tensor called(struct pt_saved_tensor tensor, const char *name)
{
    tensor.name = name;
    return tensor;
}

static const char *write_file(const char *name, const struct pt_saved_tensor *tensors, int count)
{
    const char *path = test_path(folder, name);
    struct pt_saved saved = {.tensor_count = count, .tensors = tensors};
    assert_status(pt_safetensors_write(path, &saved, &error), PT_OK, &error);
    return path;
}

// Loads into a fresh network; with success the numbers must be those above.
static enum pt_status load(const char *path, const struct pt_weights_options *options)
{
    struct pt_graph *graph = make_base();
    struct pt_network *network = make_network(graph, 3, 1);
    int64_t count;
    float *values = pt_network_parameters(network, &count);
    float *before = malloc((size_t)count * sizeof *before);
    memcpy(before, values, (size_t)count * sizeof *before);
    enum pt_status status = pt_network_load_weights(network, path, options, &error);
    if (status != PT_OK) {
        assert_same_floats(values, before, count);
    } else {
        const float *weight =
            pt_network_values(network, pt_graph_find(graph, "transformer.fc.weight"));
        for (int i = 0; i < 12; i++)
            assert_true(weight[i % 3 * 4 + i / 3] == fc[i]);
        assert_same_floats(pt_network_values(network, pt_graph_find(graph, "transformer.fc.bias")),
                           bias, 3);
        if (options == NULL || options->fresh == NULL)
            assert_same_floats(pt_network_values(network, pt_graph_find(graph, "lm_head.weight")),
                               head, 6);
    }
    free(before);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return status;
}

static void assert_loads(const struct pt_saved_tensor *tensors, int count)
{
    assert_status(load(write_file("f.safetensors", tensors, count), NULL), PT_OK, &error);
}

static void assert_refused(const struct pt_saved_tensor *tensors, int count, const char *part)
{
    assert_status(load(write_file("f.safetensors", tensors, count), NULL), PT_MISMATCH, &error);
    assert_contains(error.message, part);
}

static void a_prefix_of_the_base_may_be_missing_or_too_many(void **unused)
{
    (void)unused;
    assert_loads((struct pt_saved_tensor[]){fc_tensor, bias_tensor, head_tensor}, 3);
    assert_loads((struct pt_saved_tensor[]){called(fc_tensor, "fc.weight"),
                                            called(bias_tensor, "fc.bias"), head_tensor},
                 3);
    assert_loads((struct pt_saved_tensor[]){called(fc_tensor, "model.transformer.fc.weight"),
                                            called(bias_tensor, "model.transformer.fc.bias"),
                                            called(head_tensor, "model.lm_head.weight")},
                 3);
    // But the whole file must have the same.
    assert_refused(
        (struct pt_saved_tensor[]){called(fc_tensor, "fc.weight"), bias_tensor, head_tensor}, 3,
        "has no transformer.fc.weight, network base does");
    assert_refused(
        (struct pt_saved_tensor[]){called(fc_tensor, "other.fc.weight"), bias_tensor, head_tensor},
        3, "has no transformer.fc.weight");
}

static void what_is_missing_or_too_many_is_named(void **unused)
{
    (void)unused;
    assert_refused((struct pt_saved_tensor[]){fc_tensor, bias_tensor}, 2, "has no lm_head.weight");
    assert_refused((struct pt_saved_tensor[]){fc_tensor, bias_tensor, head_tensor,
                                              called(head_tensor, "score.weight")},
                   4, "has score.weight, network base does not");
    struct pt_saved_tensor wrong = fc_tensor;
    wrong.shape = (struct pt_shape){2, {3, 4}};
    assert_refused((struct pt_saved_tensor[]){wrong, bias_tensor, head_tensor}, 3,
                   "has shape [3, 4], network base wants [4, 3]");
    wrong = fc_tensor;
    wrong.type = PT_SAVED_I32;
    assert_refused((struct pt_saved_tensor[]){wrong, bias_tensor, head_tensor}, 3, "of type I32");
    assert_refused(NULL, 0, "has no transformer.fc.weight");
}

static void buffers_that_nobody_needs_may_be_there(void **unused)
{
    (void)unused;
    static const int64_t counter = 3;
    const struct pt_saved_tensor buffers[] = {
        fc_tensor,
        bias_tensor,
        head_tensor,
        {"h.0.attn.bias", PT_SAVED_U8, {1, {3}}, bias, NULL},
        {"h.0.attn.masked_bias", PT_SAVED_F32, {0, {0}}, bias, NULL},
        {"model.layers.0.self_attn.rotary_emb.inv_freq", PT_SAVED_F32, {1, {2}}, bias, NULL},
        {"bert.embeddings.position_ids", PT_SAVED_I64, {1, {1}}, &counter, NULL},
        {"x.num_batches_tracked", PT_SAVED_I64, {0, {0}}, &counter, NULL}};
    assert_loads(buffers, 8);
    assert_refused((struct pt_saved_tensor[]){fc_tensor, bias_tensor, head_tensor,
                                              called(bias_tensor, "h.0.mlp.bias")},
                   4, "h.0.mlp.bias");
}

static void patterns_leave_a_head_fresh_and_tensors_aside(void **unused)
{
    (void)unused;
    static const char *const fresh[] = {"lm_*", NULL}, *const ignore[] = {"cls.?", "old.*", NULL};
    const struct pt_weights_options options = {.fresh = fresh, .ignore = ignore};
    struct pt_saved_tensor large = head_tensor;
    static const float many[15] = {0};
    large.shape = (struct pt_shape){2, {5, 3}};
    large.bytes = many;
    assert_status(
        load(write_file("f", (struct pt_saved_tensor[]){fc_tensor, bias_tensor}, 2), &options),
        PT_OK, &error);
    // A head of another size is not looked at.
    assert_status(load(write_file("f",
                                  (struct pt_saved_tensor[]){fc_tensor, bias_tensor, large,
                                                             called(bias_tensor, "cls.a"),
                                                             called(bias_tensor, "old.b.c")},
                                  5),
                       &options),
                  PT_OK, &error);
    assert_status(load(write_file("f",
                                  (struct pt_saved_tensor[]){fc_tensor, bias_tensor,
                                                             called(bias_tensor, "cls.ab")},
                                  3),
                       &options),
                  PT_MISMATCH, &error);
}

// The embedding of a tied model, a second time under the name of the head.
static void a_tied_head_may_be_there_if_it_is_the_same(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("tied");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){2, 3});
    x = pt_graph_add(graph, "linear", "transformer.wte", &x, 1,
                     (union pt_attribute[]){{.integer = 2}, {.integer = 0}});
    struct pt_network *network = make_network(graph, 3, 1);
    struct pt_saved_tensor wte = called(head_tensor, "transformer.wte.weight"), other = head_tensor;
    static const float changed[] = {20, 21, 22, 23, 24, 26};
    other.bytes = changed;
    const char *path = write_file("f", (struct pt_saved_tensor[]){wte, head_tensor}, 2);
    assert_status(pt_network_load(network, NULL, path, &error), PT_OK, &error);
    path = write_file("f", (struct pt_saved_tensor[]){called(wte, "wte.weight"), head_tensor}, 2);
    assert_status(pt_network_load(network, NULL, path, &error), PT_OK, &error);
    path = write_file("f", (struct pt_saved_tensor[]){wte, other}, 2);
    assert_status(pt_network_load(network, NULL, path, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "lm_head.weight");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// --------------------------------------------------------------------------------- several files
static void write_shards(void)
{
    write_file("model-00001-of-00002.safetensors", &fc_tensor, 1);
    write_file("model-00002-of-00002.safetensors",
               (struct pt_saved_tensor[]){bias_tensor, head_tensor}, 2);
}

#define WEIGHT_MAP(one, two, three)                                                                \
    "{\"metadata\": {\"total_size\": 84}, \"weight_map\": {\"transformer.fc.weight\": \"" one      \
    "\", \"transformer.fc.bias\": \"" two "\", \"lm_head.weight\": \"" three "\"}}"
#define ONE "model-00001-of-00002.safetensors"
#define TWO "model-00002-of-00002.safetensors"

static const char *write_index(const char *text)
{
    return test_file(folder, "model.safetensors.index.json", text);
}

static void refuse_index(const char *text, enum pt_status status, const char *part)
{
    assert_status(load(write_index(text), NULL), status, &error);
    assert_contains(error.message, part);
}

static void a_model_in_several_files_is_one(void **unused)
{
    (void)unused;
    write_shards();
    const char *path = write_index(WEIGHT_MAP(ONE, TWO, TWO));
    assert_status(load(path, NULL), PT_OK, &error);
    assert_status(load(folder, NULL), PT_OK, &error); // its folder
    // A single file goes before an index.
    write_file("model.safetensors", (struct pt_saved_tensor[]){fc_tensor}, 1);
    assert_status(load(folder, NULL), PT_MISMATCH, &error);
    assert_int_equal(remove(test_path(folder, "model.safetensors")), 0);
}

static void an_index_that_does_not_fit_its_files_is_refused(void **unused)
{
    (void)unused;
    write_shards();
    refuse_index(WEIGHT_MAP(ONE, ONE, TWO), PT_BAD_INPUT, "transformer.fc.bias is not in");
    refuse_index(WEIGHT_MAP(ONE, "none.safetensors", TWO), PT_NOT_FOUND, "none.safetensors");
    refuse_index("{\"weight_map\": {\"transformer.fc.weight\": \"" ONE "\"}}", PT_MISMATCH,
                 "has no transformer.fc.bias");
    refuse_index("{\"weight_map\": {\"transformer.fc.weight\": \"" ONE
                 "\", \"lm_head.weight\": \"" TWO "\"}}",
                 PT_BAD_INPUT, "the files hold 3 tensors, the index names 2");
    refuse_index("{}", PT_BAD_INPUT, "no weight_map");
    refuse_index("[]", PT_BAD_INPUT, "index.json");
    refuse_index("{\"weight_map\": 3}", PT_BAD_INPUT, "weight_map");
    refuse_index("{\"weight_map\": {\"a\": 3}}", PT_BAD_INPUT, "a");
    refuse_index("{\"weight_map\": {\"a\": ", PT_BAD_INPUT, "index.json:1");
    // Damage in one of the files is found, and the others are let go.
    test_file(folder, TWO, "not a safetensors file");
    refuse_index(WEIGHT_MAP(ONE, TWO, TWO), PT_CORRUPT, TWO);
}

static void an_index_leads_nowhere_but_into_its_folder(void **unused)
{
    (void)unused;
    write_shards();
    refuse_index(WEIGHT_MAP("../secret.safetensors", TWO, TWO), PT_BAD_INPUT, "same folder");
    refuse_index(WEIGHT_MAP("/etc/x.safetensors", TWO, TWO), PT_BAD_INPUT, "same folder");
    refuse_index(WEIGHT_MAP("a..safetensors", TWO, TWO), PT_BAD_INPUT, "same folder");
    refuse_index(WEIGHT_MAP("passwd", TWO, TWO), PT_BAD_INPUT, "same folder");
    refuse_index(WEIGHT_MAP("", TWO, TWO), PT_BAD_INPUT, "same folder");
}

// ------------------------------------------------------------------------------------- hostile
// files The header claims 1 GB in a file of 1 kB. It is refused with no more memory than the
// process has.
static void a_header_of_a_gigabyte_in_a_small_file_is_refused_at_once(void **unused)
{
    (void)unused;
    char bytes[1024] = "";
    const uint64_t lengths[] = {1000000000, 99999999, 1017};
    for (int i = 0; i < 3; i++) {
        memcpy(bytes, &lengths[i], 8);
        bytes[8] = '{';
        const char *path = test_file_bytes(folder, "huge", bytes, sizeof bytes);
        assert_status(load(path, NULL), PT_CORRUPT, &error);
        assert_contains(error.message, "in a file of 1024");
    }
}

// 4 GB of zeros that take no place on the disk are not read, and not copied into memory.
static void a_huge_file_takes_no_memory(void **unused)
{
    (void)unused;
    const char *header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1073741824],\"data_offsets\":[0,"
                         "4294967296]}}";
    uint64_t length = strlen(header);
    const char *path = test_path(folder, "sparse");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(&length, 8, 1, file);
    fwrite(header, 1, length, file);
    assert_int_equal(ftruncate(fileno(file), (off_t)(8 + length + 4294967296)), 0);
    fclose(file);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_status(load(path, NULL), PT_MISMATCH, &error);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 100000); // kB
}

// ----------------------------------------------------------------------------------------- export
static void only_what_a_config_describes_is_exported(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_base();
    struct pt_network *network = make_network(graph, 3, 1);
    assert_status(pt_network_export(network, folder, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "network base");
    graph->config = "{}\n";
    const char *target = test_path(folder, "new/folder");
    assert_status(pt_network_export(network, target, &error), PT_OK, &error);
    size_t length;
    char *text = test_read(test_path(target, "config.json"), &length);
    assert_string_equal(text, "{}\n");
    free(text);
    struct pt_saved saved;
    assert_status(pt_safetensors_open(arena, target, &saved, &error), PT_OK, &error);
    assert_int_equal(saved.tensor_count, 3);
    assert_string_equal(pt_saved_text(&saved, "format"), "pt");
    assert_int_equal(pt_saved_find(&saved, "transformer.fc.weight")->shape.dim[0], 4);
    pt_safetensors_close(&saved);
    assert_status(pt_network_load(network, NULL, target, &error), PT_OK, &error);
    assert_status(pt_network_export(network, "/proc/nowhere", &error), PT_NOT_FOUND, &error);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_every_type_become_float32),
        cmocka_unit_test(dimensions_are_put_in_the_order_of_the_file),
        cmocka_unit_test(a_prefix_of_the_base_may_be_missing_or_too_many),
        cmocka_unit_test(what_is_missing_or_too_many_is_named),
        cmocka_unit_test(buffers_that_nobody_needs_may_be_there),
        cmocka_unit_test(patterns_leave_a_head_fresh_and_tensors_aside),
        cmocka_unit_test(a_tied_head_may_be_there_if_it_is_the_same),
        cmocka_unit_test(a_model_in_several_files_is_one),
        cmocka_unit_test(an_index_that_does_not_fit_its_files_is_refused),
        cmocka_unit_test(an_index_leads_nowhere_but_into_its_folder),
        cmocka_unit_test(a_header_of_a_gigabyte_in_a_small_file_is_refused_at_once),
        cmocka_unit_test(a_huge_file_takes_no_memory),
        cmocka_unit_test(only_what_a_config_describes_is_exported),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
