// Any bytes as a ZIP archive: refused, or a member of at most the limit.

#include <stdlib.h>
#include <string.h>

#include "cost/feed_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const size_t limit = 1 << 16;
    struct pt_arena *arena = pt_arena_create();
    const char *name, *text;
    size_t length;
    struct pt_error error = {PT_OK, ""};
    enum pt_status status =
        pt_zip_first(arena, (const char *)bytes, size, limit, &name, &text, &length, &error);
    if (status == PT_OK && (length > limit || text[length] != '\0' || strlen(name) > 200))
        abort();
    if (status != PT_OK && error.message[0] == '\0')
        abort();
    pt_arena_destroy(arena);
    return 0;
}
