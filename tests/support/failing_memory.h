// An allocator that fails when told to: calloc and realloc of the program that includes this; all
// others are the system's. Under clang's sanitizers, which live in the program itself, they cannot
// be replaced: PT_CANNOT_REPLACE is defined, and the tests are skipped.
#ifndef PT_TEST_FAILING_MEMORY_H
#define PT_TEST_FAILING_MEMORY_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__clang__) && defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PT_CANNOT_REPLACE 1
#endif
#endif

static int calls_left = -1; // until the one that fails; negative: none fails

#ifndef PT_CANNOT_REPLACE
static bool fails(void)
{
    if (calls_left < 0)
        return false;
    return calls_left-- == 0;
}

// Looked up once, when the program starts and has one thread.
static void *next_calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (next == NULL)
        next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    return next(count, size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : next_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    static void *(*next)(void *, size_t);
    if (next == NULL)
        next = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    return fails() ? NULL : next(memory, size);
}
#endif

#endif
