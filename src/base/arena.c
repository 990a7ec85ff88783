// A chain of blocks, each twice as large as the one before, filled from the front.

#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK_BYTES = 4096, LARGEST_BLOCK_BYTES = 1 << 20 };

struct block {
    struct block *previous;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct pt_arena {
    struct block *newest;
};

struct pt_arena *pt_arena_create(void)
{
    return calloc(1, sizeof(struct pt_arena));
}

void pt_arena_destroy(struct pt_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *block = arena->newest; block != NULL;) {
        struct block *previous = block->previous;
        free(block);
        block = previous;
    }
    free(arena);
}

static struct block *add_block(struct pt_arena *arena, size_t need)
{
    size_t size = arena->newest == NULL ? FIRST_BLOCK_BYTES : arena->newest->size * 2;
    if (size > LARGEST_BLOCK_BYTES)
        size = LARGEST_BLOCK_BYTES;
    if (size < need)
        size = need;
    struct block *block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->previous = arena->newest;
    arena->newest = block;
    return block;
}

void *pt_arena_alloc(struct pt_arena *arena, size_t count, size_t size)
{
    size_t need;
    if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2)
        return NULL;
    size_t align = alignof(max_align_t);
    need = (need + align - 1) / align * align;
    struct block *block = arena->newest;
    if (block == NULL || block->size - block->used < need)
        block = add_block(arena, need);
    if (block == NULL)
        return NULL;
    void *memory = block->bytes + block->used;
    block->used += need;
    return memory;
}

char *pt_arena_strndup(struct pt_arena *arena, const char *text, size_t length)
{
    char *copy = pt_arena_alloc(arena, length + 1, 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

char *pt_arena_strdup(struct pt_arena *arena, const char *text)
{
    return pt_arena_strndup(arena, text, strlen(text));
}

char *pt_arena_printf(struct pt_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : pt_arena_alloc(arena, (size_t)length + 1, 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
