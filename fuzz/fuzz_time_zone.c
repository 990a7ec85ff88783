// Any bytes as a file of the time zone database: refused, or a clock that is sane at all times.

#include <stdlib.h>

#include "cost/time_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int64_t moments[] = {INT64_MIN, -1, 0, 1000000000, 4000000000, INT64_MAX};
    struct pt_arena *arena = pt_arena_create();
    const struct pt_time_zone *zone;

    if (arena != NULL && pt_time_zone_parse(arena, bytes, length, "fuzz", &zone, NULL) == PT_OK)
        for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
            int64_t until;
            int offset = pt_time_zone_offset(zone, moments[i], &until);
            if (abs(offset) > 26 * 3600 || (until <= moments[i] && until != INT64_MAX))
                abort();
        }
    pt_arena_destroy(arena);
    return 0;
}
