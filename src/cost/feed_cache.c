// See feed_cache.h.
//
//     powertrain-feed 1
//     retrieved,2026-11-24T12:13:14Z
//     currency,EUR
//     2026-11-24T00:00:00Z,900,0.0813,actual
//     ...
//     crc32,1f2e3d4c

#include "cost/feed_cache.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/parse.h"

#define HEADING     "powertrain-feed 1\n"
#define FILE_LIMIT  ((size_t)1 << 20)
#define PAUSE_LIMIT ((size_t)4096)
enum { ROWS_MOST = 1440, LINE_SIZE = 128 };

// ------------------------------------------------------------------------------------- folders
// Letters, digits and - stay, all else becomes _XX.
static char *file_name(struct pt_arena *arena, const char *zone)
{
    char *name = pt_arena_alloc(arena, strlen(zone) + 1, 3), *to = name;
    if (name == NULL)
        return NULL;
    for (; *zone != '\0'; zone++) {
        if (isalnum((unsigned char)*zone) || *zone == '-')
            *to++ = *zone;
        else
            to += sprintf(to, "_%02X", (unsigned)(unsigned char)*zone);
    }
    return name;
}

enum pt_status pt_feed_cache_folder(struct pt_arena *arena, const struct pt_feed_options *options,
                                    const struct pt_feed_driver *driver, const char *base,
                                    const char **ret_folder, struct pt_error *error)
{
    const char *cache = options->cache;
    if (cache == NULL) {
        enum pt_status status = pt_cache_directory(arena, &cache, error);
        if (status != PT_OK)
            return status;
        cache = pt_arena_printf(arena, "%s/feeds", cache);
    }
    bool own = strcmp(base, driver->base) == 0 ||
               (driver->base_at != NULL && strcmp(base, driver->base_at) == 0);
    if (cache != NULL && own)
        *ret_folder = pt_arena_printf(arena, "%s/%s", cache, driver->name);
    else if (cache != NULL)
        *ret_folder = pt_arena_printf(
            arena, "%s/%s-%08lx", cache, driver->name,
            (unsigned long)crc32(0, (const unsigned char *)base, (uInt)strlen(base)));
    if (cache == NULL || *ret_folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a path");
    return PT_OK;
}

const char *pt_feed_zone_folder(struct pt_arena *arena, const char *folder, const char *zone,
                                enum pt_feed_kind kind)
{
    char *name = file_name(arena, zone);
    return name != NULL ? pt_arena_printf(arena, "%s/%s/%s", folder, name, pt_feed_kind_names[kind])
                        : NULL;
}

static const char *day_path(struct pt_arena *arena, const char *folder, int64_t start_ns)
{
    char date[32];
    return pt_arena_printf(arena, "%s/%s.csv", folder, pt_feed_time(start_ns, "%Y-%m-%d", date));
}

// --------------------------------------------------------------------------------------- reading
struct lines {
    const char *at, *end;
    char line[LINE_SIZE];
};

// The next line without its end; false at the end, or if it is too long.
static bool next_line(struct lines *lines)
{
    const char *end = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    if (end == NULL || end - lines->at >= LINE_SIZE)
        return false;
    memcpy(lines->line, lines->at, (size_t)(end - lines->at));
    lines->line[end - lines->at] = '\0';
    lines->at = end + 1;
    return true;
}

// What stands behind "key," on the next line; NULL if it has another key.
static const char *next_value(struct lines *lines, const char *key)
{
    size_t length = strlen(key);
    if (!next_line(lines) || strncmp(lines->line, key, length) != 0 || lines->line[length] != ',')
        return NULL;
    return lines->line + length + 1;
}

static bool read_row(char *line, const struct pt_feed_day *day, struct pt_feed_point *row)
{
    char *rest = line;
    const char *start = strsep(&rest, ","), *seconds = strsep(&rest, ","),
               *value = strsep(&rest, ","), *quality = rest;
    int64_t length;
    if (quality == NULL || !pt_parse_moment(start, &row->start_ns) ||
        !pt_parse_int64(seconds, &length) || length < 60 || length > 86400 ||
        !pt_parse_double(value, &row->value))
        return false;
    row->end_ns = row->start_ns + length * PT_NANOSECONDS_PER_SECOND;
    row->quality = strcmp(quality, "actual") == 0 ? PT_FEED_ACTUAL : PT_FEED_FORECAST;
    row->rank = 0;
    const struct pt_feed_point *before = day->count > 0 ? &day->rows[day->count - 1] : NULL;
    return (row->quality == PT_FEED_ACTUAL || strcmp(quality, "forecast") == 0) &&
           row->start_ns >= day->start_ns && row->start_ns < day->start_ns + PT_FEED_DAY_NS &&
           (before == NULL || row->start_ns >= before->end_ns);
}

static bool parse_head(struct lines *lines, struct pt_feed_day *day)
{
    const char *text = next_value(lines, "retrieved");
    if (text == NULL || !pt_parse_moment(text, &day->retrieved_ns))
        return false;
    text = next_value(lines, "currency");
    if (text == NULL || (*text != '\0' && (strlen(text) != 3 || !pt_feed_is_word(text, 3, ""))))
        return false;
    memcpy(day->currency, text, strlen(text) + 1);
    return true;
}

static bool parse_rows(struct lines *lines, struct pt_feed_day *day)
{
    for (; lines->at < lines->end; day->count++)
        if (day->count == ROWS_MOST || !next_line(lines) ||
            !read_row(lines->line, day, &day->rows[day->count]))
            return false;
    return true;
}

// Whether the last line has the checksum of all before it; *ret_length is without that line.
static bool check_sum(const char *text, size_t length, size_t *ret_length)
{
    enum { TAIL = sizeof "crc32,12345678\n" - 1 };
    char expected[TAIL + 1];
    if (length < TAIL)
        return false;
    *ret_length = length - TAIL;
    snprintf(
        expected, sizeof expected, "crc32,%08lx\n",
        (unsigned long)(crc32(0, (const unsigned char *)text, (uInt)*ret_length) & 0xffffffffu));
    return memcmp(text + *ret_length, expected, TAIL) == 0;
}

enum pt_status pt_feed_day_parse(struct pt_arena *arena, const char *text, size_t length,
                                 int64_t start_ns, struct pt_feed_day *ret_day,
                                 struct pt_error *error)
{
    struct pt_feed_day day = {.present = true, .start_ns = start_ns};
    size_t heading = strlen(HEADING);
    if (length > FILE_LIMIT || !check_sum(text, length, &length) || length < heading ||
        memcmp(text, HEADING, heading) != 0)
        return pt_fail(error, PT_CORRUPT, "a day of a feed that is damaged");
    day.rows = pt_arena_alloc(arena, ROWS_MOST, sizeof *day.rows);
    if (day.rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a day of a feed");
    struct lines lines = {text + heading, text + length, ""};
    if (!parse_head(&lines, &day) || !parse_rows(&lines, &day))
        return pt_fail(error, PT_CORRUPT, "a day of a feed that was not written by us");
    *ret_day = day;
    return PT_OK;
}

enum pt_status pt_feed_day_read(struct pt_arena *arena, const char *folder, int64_t start_ns,
                                struct pt_feed_day *ret_day, struct pt_error *error)
{
    struct pt_error inner;
    char *text;
    size_t length;
    const char *path = day_path(arena, folder, start_ns);
    *ret_day = (struct pt_feed_day){.start_ns = start_ns};
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a path");
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, &inner);
    if (status == PT_OK)
        status = pt_feed_day_parse(arena, text, length, start_ns, ret_day, &inner);
    return status == PT_NO_MEMORY ? pt_fail(error, status, "%s", inner.message) : PT_OK;
}

// --------------------------------------------------------------------------------------- writing
static void write_text(FILE *stream, const struct pt_feed_day *day)
{
    char moment[32], value[32];
    fprintf(stream, HEADING "retrieved,%s\ncurrency,%s\n",
            pt_format_moment(day->retrieved_ns, moment), day->currency);
    for (int64_t i = 0; i < day->count; i++) {
        const struct pt_feed_point *row = &day->rows[i];
        fprintf(stream, "%s,%" PRId64 ",%s,%s\n", pt_format_moment(row->start_ns, moment),
                (int64_t)((row->end_ns - row->start_ns) / PT_NANOSECONDS_PER_SECOND),
                pt_format_double(row->value, value),
                row->quality == PT_FEED_ACTUAL ? "actual" : "forecast");
    }
}

enum pt_status pt_feed_day_write(struct pt_arena *arena, const char *folder,
                                 const struct pt_feed_day *day, struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    const char *path = day_path(arena, folder, day->start_ns);
    enum pt_status status = pt_make_directories(folder, error);
    if (status != PT_OK)
        return status;
    FILE *stream = open_memstream(&text, &length);
    if (path == NULL || stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a day of a feed");
    write_text(stream, day);
    fflush(stream);
    fprintf(stream, "crc32,%08lx\n",
            (unsigned long)(crc32(0, (const unsigned char *)text, (uInt)length) & 0xffffffffu));
    bool failed = fclose(stream) != 0;
    status = failed ? pt_fail(error, PT_NO_MEMORY, "no memory for a day of a feed")
                    : pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}

// ---------------------------------------------------------------------------------------- pauses
void pt_feed_pause_read(struct pt_arena *arena, const char *folder, int64_t *ret_until_ns,
                        const char **ret_reason)
{
    char *text;
    size_t length;
    *ret_reason = "";
    const char *path = pt_arena_printf(arena, "%s/pause", folder);
    if (path == NULL || pt_file_read(arena, path, PAUSE_LIMIT, &text, &length, NULL) != PT_OK)
        return;
    char *rest = text, *until = strsep(&rest, "\n");
    if (rest != NULL && pt_parse_moment(until, ret_until_ns)) {
        pt_feed_harmless(rest, strlen(rest) + 1, rest, strcspn(rest, "\n"));
        *ret_reason = rest;
    }
}

enum pt_status pt_feed_pause_write(struct pt_arena *arena, const char *folder, int64_t until_ns,
                                   const char *reason, struct pt_error *error)
{
    char moment[32];
    const char *path = pt_arena_printf(arena, "%s/pause", folder);
    const char *text =
        pt_arena_printf(arena, "%s\n%s\n", pt_format_moment(until_ns, moment), reason);
    if (path == NULL || text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a path");
    enum pt_status status = pt_make_directories(folder, error);
    return status == PT_OK ? pt_atomic_write_file(path, text, strlen(text), error) : status;
}
