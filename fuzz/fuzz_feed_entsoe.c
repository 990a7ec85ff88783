// Any bytes as XML of ENTSO-E, which deserves a target of its own: refused, or prices in their
// range.

#include <stdlib.h>

#include "cost/feed_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_feed_points points = {.arena = arena};
    struct pt_feed_slots slots;
    struct pt_error error = {PT_OK, ""};
    struct pt_feed_ask ask = {.driver = &pt_feed_entsoe, .zone = "DE-LU", .token = "token"};
    pt_parse_moment("1990-01-01T00:00Z", &ask.from_ns);
    pt_parse_moment("2090-01-01T00:00Z", &ask.to_ns);
    enum pt_status status = ask.driver->parse(&ask, (const char *)bytes, length, &points, &error);
    if (status == PT_OK)
        status = pt_feed_cut(&points, &ask, &slots, &error);
    if (status != PT_OK && error.message[0] == '\0')
        abort();
    for (int64_t i = 1; status == PT_OK && i < slots.count; i++)
        if (slots.starts_ns[i] < slots.starts_ns[i - 1] + slots.step_ns)
            abort();
    pt_arena_destroy(arena);
    return 0;
}
