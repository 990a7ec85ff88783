#include "support.h"

#include <stdalign.h>

#include "base/arena.h"

static void memory_is_zeroed_aligned_and_its_own(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {0, 1, 7, 16, 100, 4095, 4096, 5000, 1 << 20, 3 << 20};
    struct pt_arena *arena = pt_arena_create();
    unsigned char *memory[100];
    for (size_t i = 0; i < 100; i++) {
        size_t size = sizes[i % 10];
        memory[i] = pt_arena_alloc(arena, 1, size);
        assert_non_null(memory[i]);
        assert_int_equal((uintptr_t)memory[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(memory[i][k], 0);
        memset(memory[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t k = 0; k < sizes[i % 10]; k += 97)
            assert_int_equal(memory[i][k], i + 1);
    pt_arena_destroy(arena);
}

static void sizes_that_overflow_get_nothing(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    assert_null(pt_arena_alloc(arena, SIZE_MAX, 2));
    assert_null(pt_arena_alloc(arena, SIZE_MAX / 2 + 2, 1));
    assert_null(pt_arena_alloc(arena, SIZE_MAX, 1));
    assert_non_null(pt_arena_alloc(arena, 1, 1)); // and the arena goes on
    pt_arena_destroy(arena);
    pt_arena_destroy(NULL);
}

static void texts_are_copied(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    char text[] = "abcdef";
    char *whole = pt_arena_strdup(arena, text), *part = pt_arena_strndup(arena, text, 3);
    text[0] = 'X';
    assert_string_equal(whole, "abcdef");
    assert_string_equal(part, "abc");
    assert_string_equal(pt_arena_printf(arena, "%d-%s", 12, "x"), "12-x");
    char *wide = pt_arena_printf(arena, "%10000d", 1);
    assert_int_equal(strlen(wide), 10000);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_its_own),
        cmocka_unit_test(sizes_that_overflow_get_nothing),
        cmocka_unit_test(texts_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
