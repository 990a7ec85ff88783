// Any bytes as a day of a feed on the disk: refused, or a day whose rows rise within it. Since a
// checksum would keep everything out, one that fits is put behind the bytes.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cost/feed_cache.h"

static void check(const struct pt_feed_day *day)
{
    for (int64_t i = 0; i < day->count; i++)
        if (day->rows[i].start_ns < day->start_ns ||
            day->rows[i].start_ns >= day->start_ns + PT_FEED_DAY_NS ||
            (i > 0 && day->rows[i].start_ns < day->rows[i - 1].end_ns))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_feed_day day;
    int64_t start_ns;
    char *text = malloc(size + 32);
    pt_parse_moment("2026-11-24T00:00Z", &start_ns);
    if (text != NULL && arena != NULL) {
        if (size > 0)
            memcpy(text, bytes, size);
        if (pt_feed_day_parse(arena, text, size, start_ns, &day, NULL) == PT_OK)
            check(&day);
        int tail = sprintf(text + size, "crc32,%08lx\n", crc32(0, bytes, (uInt)size) & 0xffffffffu);
        if (pt_feed_day_parse(arena, text, size + (size_t)tail, start_ns, &day, NULL) == PT_OK)
            check(&day);
    }
    free(text);
    pt_arena_destroy(arena);
    return 0;
}
