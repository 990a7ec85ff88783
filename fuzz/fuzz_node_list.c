// Any text as a list of nodes: refused, or names that are not empty.

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "meter/record_job.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    char *text = arena != NULL ? pt_arena_strndup(arena, (const char *)bytes, length) : NULL;
    const char **names;
    int64_t count;
    if (text == NULL)
        abort();
    if (pt_node_list_expand(arena, text, &names, &count, NULL) == PT_OK) {
        assert(count > 0 && count <= PT_JOB_NODES_MAX);
        for (int64_t i = 0; i < count; i++)
            assert(names[i][0] != '\0' && strchr(names[i], '[') == NULL);
    }
    pt_arena_destroy(arena);
    return 0;
}
