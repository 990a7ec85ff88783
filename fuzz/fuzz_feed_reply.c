// Any bytes as the reply of any feed (the first byte says of which): refused, or values that lie in
// their range, over intervals that rise and do not overlap.

#include <math.h>
#include <stdlib.h>

#include "cost/feed_driver.h"

static const char *const zones[] = {"DE-LU", "DE-LU", "AT",          "C",    "NP15",
                                    "RG1",   "DE",    "CAISO_NORTH", "CISO", "52.5,13.4,10"};

static void check(const struct pt_feed_slots *slots, const struct pt_feed_ask *ask)
{
    for (int64_t i = 0; i < slots->count; i++) {
        if (!(slots->values[i] >= ask->driver->least[ask->kind] &&
              slots->values[i] <= ask->driver->most[ask->kind]))
            abort();
        if (i > 0 && slots->starts_ns[i] < slots->starts_ns[i - 1] + slots->step_ns)
            abort();
        if (i > 0 && (slots->starts_ns[i] - slots->starts_ns[0]) % slots->step_ns != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    int index = (bytes[0] & 0x3f) % pt_feed_driver_count;
    struct pt_arena *arena = pt_arena_create();
    struct pt_feed_ask ask = {.driver = pt_feed_drivers[index],
                              .zone = (bytes[0] & 0x40) && index == 5 ? "GB" : zones[index],
                              .ahead = (bytes[0] & 0x80) != 0,
                              .token = "token"};
    pt_parse_moment("1990-01-01T00:00Z", &ask.from_ns);
    pt_parse_moment("2090-01-01T00:00Z", &ask.to_ns);
    for (int kind = 0; kind < PT_FEED_KIND_COUNT && arena != NULL; kind++) {
        struct pt_feed_points points = {.arena = arena};
        struct pt_feed_slots slots;
        struct pt_error error = {PT_OK, ""};
        ask.kind = (enum pt_feed_kind)kind;
        if (!ask.driver->kinds[kind])
            continue;
        enum pt_status status =
            ask.driver->parse(&ask, (const char *)bytes + 1, length - 1, &points, &error);
        if (status == PT_OK)
            status = pt_feed_cut(&points, &ask, &slots, &error);
        if (status == PT_OK)
            check(&slots, &ask);
        else if (error.message[0] == '\0')
            abort();
    }
    pt_arena_destroy(arena);
    return 0;
}
