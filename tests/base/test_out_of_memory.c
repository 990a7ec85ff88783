// Whichever allocation fails, the answer is PT_NO_MEMORY: no crash, no leak, no half result.
//
// Under clang's AddressSanitizer calloc and realloc cannot be replaced and the test is skipped.
#include "support.h"

#include <jansson.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/node.h"
#include "base/table.h"
#include "failing_memory.h"

typedef enum pt_status attempt(struct pt_arena *arena, struct pt_error *error);

// Lets the first, the second, ... allocation fail until the attempt gets through. least is how many
// failures it must have met at the least, so that the test cannot pass by testing nothing.
static void check_every_failure(attempt *try, int least)
{
    enum pt_status status = PT_NO_MEMORY;
    int failing = 0;
    for (; status != PT_OK; failing++) {
        struct pt_error error = {PT_OK, ""};
        struct pt_arena *arena = pt_arena_create();
        assert_non_null(arena);
        calls_left = failing;
        status = try(arena, &error);
        bool met = calls_left < 0;
        calls_left = -1;
        pt_arena_destroy(arena);
        if (status == PT_OK)
            assert_false(met);
        else
            assert_status(status, PT_NO_MEMORY, &error);
        assert_true(status == PT_OK || strlen(error.message) > 0);
        assert_true(failing < 10000);
    }
    assert_true(failing > least);
}

// About size bytes; enough for several blocks of the arena.
static const char *long_list(size_t size, const char *first, const char *item, const char *last)
{
    static char text[30000];
    size_t used = (size_t)sprintf(text, "%s", first);
    assert_true(size < sizeof text - 100);
    while (used < size)
        used += (size_t)sprintf(text + used, "%s", item);
    strcpy(text + used, last);
    return text;
}

static enum pt_status try_yaml(struct pt_arena *arena, struct pt_error *error)
{
    const struct pt_node *root;
    const char *text = long_list(2000, "a: &x {k: 1, l: 2}\nb: [*x", ", *x, word, {k: 1}", "]\n");
    return pt_yaml_parse(arena, text, strlen(text), "f", &root, error);
}

static enum pt_status try_json(struct pt_arena *arena, struct pt_error *error)
{
    const struct pt_node *root;
    const char *text = long_list(4000, "[0", ",[1,\"word\",{\"key\":null}]", "]");
    return pt_json_parse(arena, text, strlen(text), "f", &root, error);
}

static enum pt_status try_csv(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_csv csv;
    const char *text = long_list(20000, "a,b,c\n", "1,2,\"x\"\n", "");
    return pt_csv_parse(arena, text, strlen(text), "f", ',', &csv, error);
}

static enum pt_status try_read(struct pt_arena *arena, struct pt_error *error)
{
    char *bytes;
    size_t length;
    return pt_file_read(arena, "/proc/self/maps", 1 << 22, &bytes, &length, error);
}

static enum pt_status try_directory(struct pt_arena *arena, struct pt_error *error)
{
    const char *path;
    enum pt_status status = PT_OK;
    for (int i = 0; i < 200 && status == PT_OK; i++) // the first fits into the first block
        status = pt_data_directory(arena, &path, error);
    return status;
}

static const char *atomic_path;

static enum pt_status try_atomic(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_atomic_file *file;
    (void)arena;
    enum pt_status status = pt_atomic_open(atomic_path, &file, error);
    if (status == PT_OK)
        pt_atomic_abandon(file);
    return status;
}

static void yaml_without_memory(void **unused)
{
    (void)unused;
    check_every_failure(try_yaml, 5);
}

static void json_without_memory(void **unused)
{
    (void)unused;
    check_every_failure(try_json, 5);
}

static void *jansson_malloc(size_t size)
{
    return calls_left >= 0 && calls_left-- == 0 ? NULL : malloc(size);
}

// The allocations inside jansson. It takes some failures for bad input, and one it does not notice:
// then its tree lacks a character of a text, and ours must not.
static void jansson_without_memory(void **unused)
{
    (void)unused;
    static const char text[] = "{\"key\": [1.5, \"a long enough text\", {}], \"other\": true}";
    json_set_alloc_funcs(jansson_malloc, free);
    int failing = 0;
    for (bool done = false; !done; failing++) {
        const struct pt_node *root;
        struct pt_error error = {PT_OK, ""};
        struct pt_arena *arena = pt_arena_create();
        pt_arena_alloc(arena, 1, 1); // so that the first block is there
        calls_left = failing;
        enum pt_status status = pt_json_parse(arena, text, sizeof text - 1, "f", &root, &error);
        bool met = calls_left < 0;
        assert_true(status == PT_OK || status == PT_NO_MEMORY || status == PT_BAD_INPUT);
        assert_true(status == PT_OK || strlen(error.message) > strlen("f:1:1: "));
        calls_left = -1;
        if (status == PT_OK) {
            assert_string_equal(root->first->key, "key");
            assert_string_equal(root->first->first->next->text, "a long enough text");
            assert_string_equal(root->first->next->key, "other");
        }
        pt_arena_destroy(arena);
        done = !met;
    }
    json_set_alloc_funcs(malloc, free);
    assert_true(failing > 8);
}

static void csv_without_memory(void **unused)
{
    (void)unused;
    check_every_failure(try_csv, 8);
}

static void files_without_memory(void **unused)
{
    (void)unused;
    if (access("/proc/self/maps", R_OK) != 0)
        skip();
    check_every_failure(try_read, 2);
}

static void directories_without_memory(void **unused)
{
    (void)unused;
    setenv("XDG_DATA_HOME", "/data", 1);
    check_every_failure(try_directory, 2);
}

static void atomic_files_without_memory(void **unused)
{
    (void)unused;
    atomic_path = test_path(test_folder(), "f");
    check_every_failure(try_atomic, 1);
}

// A table has no status; it prints that rows are missing, or that there is none.
static void a_table_without_memory_says_so(void **unused)
{
    (void)unused;
    const char *const cells[] = {"one", "two"};
    for (int failing = 0; failing < 4; failing++) {
        char *text;
        size_t length;
        FILE *stream = open_memstream(&text, &length);
        struct pt_arena *arena = pt_arena_create();
        calls_left = failing;
        struct pt_table *table = pt_table_create(arena, cells, 2);
        for (int i = 0; i < 500; i++)
            pt_table_row(table, cells);
        calls_left = -1;
        pt_table_print(table, stream, 0);
        fclose(stream);
        assert_contains(text, failing == 0 ? "(no memory for the table)" : "(rows are missing");
        free(text);
        pt_arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_without_memory),
        cmocka_unit_test(json_without_memory),
        cmocka_unit_test(jansson_without_memory),
        cmocka_unit_test(csv_without_memory),
        cmocka_unit_test(files_without_memory),
        cmocka_unit_test(directories_without_memory),
        cmocka_unit_test(atomic_files_without_memory),
        cmocka_unit_test(a_table_without_memory_says_so),
    };
#ifdef PT_CANNOT_REPLACE
    print_message("skipped: this sanitizer does not let calloc be replaced\n");
    (void)tests;
    return 77;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
