// What feeds said, on the disk: a file for each day of UTC.
//
// A day is written whole or not at all, and carries a checksum. What is damaged is as if it were
// not there.
#ifndef PT_COST_FEED_CACHE_H
#define PT_COST_FEED_CACHE_H

#include "cost/feed_driver.h"

struct pt_feed_day {
    bool present;
    int64_t start_ns; // midnight
    int64_t retrieved_ns;
    char currency[4];
    int64_t count;
    struct pt_feed_point *rows; // rising, apart
};

// Where a feed keeps what it said, and within it a zone's values of a kind. base is not the
// driver's own: then it has another folder, so that a test's values stay a test's.
enum pt_status pt_feed_cache_folder(struct pt_arena *arena, const struct pt_feed_options *options,
                                    const struct pt_feed_driver *driver, const char *base,
                                    const char **ret_folder, struct pt_error *error);
const char *pt_feed_zone_folder(struct pt_arena *arena, const char *folder, const char *zone,
                                enum pt_feed_kind kind); // NULL: no memory

// start_ns says which day. Not present if there is none, or it is damaged. PT_NO_MEMORY.
enum pt_status pt_feed_day_read(struct pt_arena *arena, const char *folder, int64_t start_ns,
                                struct pt_feed_day *ret_day, struct pt_error *error);
enum pt_status pt_feed_day_write(struct pt_arena *arena, const char *folder,
                                 const struct pt_feed_day *day, struct pt_error *error);
// The text of such a file. PT_CORRUPT if anything of it is not as it was written.
enum pt_status pt_feed_day_parse(struct pt_arena *arena, const char *text, size_t length,
                                 int64_t start_ns, struct pt_feed_day *ret_day,
                                 struct pt_error *error);

// A feed that failed or asked us to wait is left alone until then. reason is "" if it is not.
void pt_feed_pause_read(struct pt_arena *arena, const char *folder, int64_t *ret_until_ns,
                        const char **ret_reason);
enum pt_status pt_feed_pause_write(struct pt_arena *arena, const char *folder, int64_t until_ns,
                                   const char *reason, struct pt_error *error);

// ----------------------------------------------------------------------------- feed_schedule.c
// Whether a day as it is on the disk need not be asked for now.
bool pt_feed_day_is_fresh(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                          const struct pt_feed_day *day, int64_t now_ns, int64_t jitter_ns);
// The end of what may be published by now.
int64_t pt_feed_published_until(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                                int64_t now_ns, int64_t jitter_ns);
// How long after a publication this machine asks, within ten minutes: not all at once.
int64_t pt_feed_jitter(const char *feed, const char *zone);

#endif
