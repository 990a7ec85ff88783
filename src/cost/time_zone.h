// The clock of a place, with its daylight saving time: files of the IANA time zone database, which
// Debian has in the package tzdata.
//
// Read here and not by the C library, since localtime_r knows only the one zone of the process.
// Format: RFC 8536.
#ifndef PT_COST_TIME_ZONE_H
#define PT_COST_TIME_ZONE_H

#include "base/arena.h"

struct pt_time_zone;

// name: "Europe/Berlin"; below $TZDIR, else /usr/share/zoneinfo. PT_NOT_FOUND if there is no such
// zone, or no database: then the message says how to get one. PT_BAD_INPUT for a file that is none.
enum pt_status pt_time_zone_open(struct pt_arena *arena, const char *name,
                                 const struct pt_time_zone **ret_zone, struct pt_error *error);
enum pt_status pt_time_zone_parse(struct pt_arena *arena, const void *bytes, size_t length,
                                  const char *name, const struct pt_time_zone **ret_zone,
                                  struct pt_error *error);

const char *pt_time_zone_name(const struct pt_time_zone *zone);
// Seconds that its clock is ahead of UTC at a moment, and when that changes next: INT64_MAX for
// never. Both in seconds of Unix time; right from 1970 to 2200.
int pt_time_zone_offset(const struct pt_time_zone *zone, int64_t unix_seconds,
                        int64_t *ret_until_seconds);

#endif
