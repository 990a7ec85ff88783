// Any file as a record: refused line by line, or runs that can be merged without a joule too many.

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "meter/record_merge.h"

// The fuzzer cannot find a checksum: what looks like a line gets the one that fits.
static size_t with_checksum(const char *text, size_t length, char *line)
{
    static const char head[] = "pt1 00000000 ";
    char crc[9];
    if (length > PT_RECORD_LINE_MAX - sizeof head)
        length = PT_RECORD_LINE_MAX - sizeof head;
    memcpy(line, head, sizeof head - 1);
    memcpy(line + sizeof head - 1, text, length);
    snprintf(crc, sizeof crc, "%08lx", crc32(0, (const Bytef *)text, (uInt)length));
    memcpy(line + 4, crc, 8);
    return sizeof head - 1 + length;
}

static void add_lines(struct pt_record_set *set, const char *bytes, size_t length)
{
    char *line = malloc(PT_RECORD_LINE_MAX);
    if (line == NULL)
        abort();
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t size = end != NULL ? (size_t)(end - bytes) - at : length - at;
        size_t skip = size > 13 && memcmp(bytes + at, "pt1 ", 4) == 0 ? 13 : 0;
        size_t whole = with_checksum(bytes + at + skip, size - skip, line);
        pt_record_set_add(set, bytes + at, size, NULL); // as it is
        pt_record_set_add(set, line, whole, NULL);
        at += size + 1;
    }
    free(line);
}

static void look(const struct pt_merge *merge)
{
    for (int64_t i = 0; i < merge->node_count; i++) {
        const struct pt_merge_node *node = &merge->nodes[i];
        double machine = 0;
        for (int k = 0; k < node->device_count; k++) {
            const struct pt_merge_device *device = &node->devices[k];
            machine += device->machine_joules;
            assert(device->our_joules >= 0 && device->machine_joules >= 0);
            assert(!(device->our_joules > device->machine_joules * (1 + 1e-9)));
        }
        assert(node->device_count == 0 || !isfinite(machine) ||
               fabs(machine - node->machine_joules.value) <= 1e-6 * (1 + machine));
        assert(node->seconds >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_record_set set;
    struct pt_merge merge;
    if (arena == NULL)
        abort();
    pt_record_set_init(&set, arena);
    add_lines(&set, (const char *)bytes, length);
    pt_record_set_finish(&set);
    if (set.entry_count > 0 && pt_merge_make(arena, &set, NULL, &merge, NULL) == PT_OK)
        look(&merge);
    pt_arena_destroy(arena);
    return 0;
}
