// A reply as a feed sends it, and what is made of it.
#ifndef PT_TEST_FEED_SUPPORT_H
#define PT_TEST_FEED_SUPPORT_H

#include "cost/feed_driver.h"
#include "support.h"

static struct pt_arena *arena;

static inline int feed_setup(void **state)
{
    (void)state;
    arena = pt_arena_create();
    return arena == NULL;
}

static inline int feed_teardown(void **state)
{
    (void)state;
    pt_arena_destroy(arena);
    return 0;
}

static inline int64_t at(const char *text)
{
    int64_t ns;
    assert_true(pt_parse_moment(text, &ns));
    return ns;
}

static inline struct pt_feed_ask ask_for(const struct pt_feed_driver *driver, const char *zone,
                                         enum pt_feed_kind kind)
{
    return (struct pt_feed_ask){.driver = driver,
                                .zone = zone,
                                .kind = kind,
                                .from_ns = at("1970-01-01T00:00Z"),
                                .to_ns = at("2100-01-01T00:00Z"),
                                .token = "SECRET"};
}

// The reply, cut into slots; error of whichever step fails.
static inline enum pt_status read_bytes(const struct pt_feed_ask *ask, const char *body,
                                        size_t length, struct pt_feed_points *points,
                                        struct pt_feed_slots *slots, struct pt_error *error)
{
    *points = (struct pt_feed_points){.arena = arena};
    enum pt_status status = ask->driver->parse(ask, body, length, points, error);
    return status == PT_OK ? pt_feed_cut(points, ask, slots, error) : status;
}

static inline struct pt_feed_slots read_well(const struct pt_feed_ask *ask, const char *body)
{
    struct pt_feed_points points;
    struct pt_feed_slots slots = {0};
    struct pt_error error;
    assert_status(read_bytes(ask, body, strlen(body), &points, &slots, &error), PT_OK, &error);
    return slots;
}

static inline void assert_refused(const struct pt_feed_ask *ask, const char *body,
                                  enum pt_status expected, const char *part)
{
    struct pt_feed_points points;
    struct pt_feed_slots slots;
    struct pt_error error;
    assert_status(read_bytes(ask, body, strlen(body), &points, &slots, &error), expected, &error);
    assert_contains(error.message, part);
    assert_contains(error.message, ask->driver->name);
}

static inline void assert_slot(const struct pt_feed_slots *slots, int64_t index, const char *start,
                               double value)
{
    char text[32];
    assert_true(index < slots->count);
    pt_format_moment(slots->starts_ns[index], text);
    if (slots->starts_ns[index] != at(start))
        print_error("slot %d begins at %s, expected %s\n", (int)index, text, start);
    assert_true(slots->starts_ns[index] == at(start));
    assert_near(slots->values[index], value, 1e-9);
}

#endif
