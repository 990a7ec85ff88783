// An arena: memory that dies together. Allocations are zeroed and aligned for any type; there is no
// free but pt_arena_destroy.
#ifndef PT_BASE_ARENA_H
#define PT_BASE_ARENA_H

#include "base/status.h"

struct pt_arena;

struct pt_arena *pt_arena_create(void); // NULL: out of memory
void pt_arena_destroy(struct pt_arena *arena);

// NULL: out of memory, or count * size overflows.
void *pt_arena_alloc(struct pt_arena *arena, size_t count, size_t size);
char *pt_arena_strdup(struct pt_arena *arena, const char *text);
char *pt_arena_strndup(struct pt_arena *arena, const char *text, size_t length);
char *pt_arena_printf(struct pt_arena *arena, const char *format, ...) PT_PRINTF(2, 3);

#endif
