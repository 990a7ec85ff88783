// Reads a file of the time zone database: a table of the changes of the clock so far, and behind it
// a rule in the words of POSIX's TZ for all years to come ("CET-1CEST,M3.5.0,M10.5.0/3"). The rule
// is written out into the table until 2200, so that there is one way to look a moment up.

#include "cost/time_zone.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cost/calendar.h"

enum {
    FILE_BYTES_MAX = 1 << 20,
    HEADER_BYTES = 44,
    CHANGES_MAX = 20000,     // the largest file has some 2,000
    OFFSET_MOST = 26 * 3600, // RFC 8536
    RULE_BYTES_MAX = 256,
    CHANGES_OF_RULE = 2 * (PT_YEAR_MOST - PT_YEAR_LEAST + 1),
};

struct change {
    int64_t at; // Unix seconds
    int offset; // from then on
};

struct pt_time_zone {
    const char *name;
    int first_offset; // before the first change
    int64_t count;
    struct change *changes;
};

// What is read of a header: how many there are of each thing.
struct header {
    int version;
    uint32_t ut_count, std_count, leap_count, change_count, type_count, char_count;
};

// A block whose bytes are all there, and what is behind it.
struct block {
    struct header header;
    size_t time_bytes; // of a moment: 4 or 8
    const unsigned char *bytes, *footer;
    size_t footer_bytes;
};

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t big_endian_64(const unsigned char *bytes)
{
    return (int64_t)((uint64_t)big_endian_32(bytes) << 32 | big_endian_32(bytes + 4));
}

static bool read_header(const unsigned char *bytes, size_t length, struct header *ret_header)
{
    if (length < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    *ret_header = (struct header){
        .version = bytes[4] == 0 ? 1 : bytes[4] - '0',
        .ut_count = big_endian_32(bytes + 20),
        .std_count = big_endian_32(bytes + 24),
        .leap_count = big_endian_32(bytes + 28),
        .change_count = big_endian_32(bytes + 32),
        .type_count = big_endian_32(bytes + 36),
        .char_count = big_endian_32(bytes + 40),
    };
    return ret_header->ut_count <= 256 && ret_header->std_count <= 256 &&
           ret_header->leap_count <= 4096 && ret_header->change_count <= CHANGES_MAX &&
           ret_header->type_count >= 1 && ret_header->type_count <= 256 &&
           ret_header->char_count <= 4096;
}

// The bytes of a block behind its header, with times of time_bytes.
static size_t block_bytes(const struct header *header, size_t time_bytes)
{
    return header->change_count * (time_bytes + 1) + header->type_count * 6u + header->char_count +
           header->leap_count * (time_bytes + 4) + header->std_count + header->ut_count;
}

// ------------------------------------------------------------------------------ the rule's words
struct day_rule {
    char kind; // 'M': month, week, weekday from Sunday; 'J': day without leap days; 'D': with them
    int month, week, day;
    int seconds; // of the local clock
};

struct rule {
    int standard, summer; // seconds ahead of UTC
    bool has_summer;
    struct day_rule begin, end;
};

static bool read_number(const char **text, int least, int most, int *ret_value)
{
    if (!isdigit((unsigned char)**text))
        return false;
    int value = 0;
    for (int digits = 0; isdigit((unsigned char)**text); (*text)++, digits++) {
        if (digits == 4)
            return false;
        value = value * 10 + (**text - '0');
    }
    *ret_value = value;
    return value >= least && value <= most;
}

// "2", "-1:30", "+00:20:15" in seconds.
static bool read_duration(const char **text, int hours_most, int *ret_seconds)
{
    int sign = **text == '-' ? -1 : 1, hours, minutes = 0, seconds = 0;
    if (**text == '-' || **text == '+')
        (*text)++;
    if (!read_number(text, 0, hours_most, &hours))
        return false;
    if (**text == ':' && (++*text, !read_number(text, 0, 59, &minutes)))
        return false;
    if (**text == ':' && (++*text, !read_number(text, 0, 59, &seconds)))
        return false;
    *ret_seconds = sign * ((hours * 60 + minutes) * 60 + seconds);
    return true;
}

// "CET" or "<+03>".
static bool skip_abbreviation(const char **text)
{
    const char *begin = *text;
    if (*begin == '<') {
        *text += strcspn(*text, ">");
        return **text == '>' && *(*text)++ != '\0';
    }
    while (isalpha((unsigned char)**text))
        (*text)++;
    return *text - begin >= 3;
}

static bool read_day_rule(const char **text, struct day_rule *ret_rule)
{
    struct day_rule rule = {.seconds = 2 * 3600};
    if (*(*text)++ != ',')
        return false;
    if (**text == 'M') {
        rule.kind = *(*text)++;
        if (!read_number(text, 1, 12, &rule.month) || *(*text)++ != '.' ||
            !read_number(text, 1, 5, &rule.week) || *(*text)++ != '.' ||
            !read_number(text, 0, 6, &rule.day))
            return false;
    } else {
        rule.kind = **text == 'J' ? *(*text)++ : 'D';
        if (!read_number(text, rule.kind == 'J', 365, &rule.day))
            return false;
    }
    if (**text == '/' && (++*text, !read_duration(text, 167, &rule.seconds)))
        return false;
    *ret_rule = rule;
    return true;
}

static bool read_rule(const char *text, struct rule *ret_rule)
{
    struct rule rule = {0};
    if (!skip_abbreviation(&text) || !read_duration(&text, 24, &rule.standard))
        return false;
    rule.standard = -rule.standard; // POSIX counts to the west
    if (*text != '\0') {
        rule.has_summer = true;
        rule.summer = rule.standard + 3600;
        if (!skip_abbreviation(&text))
            return false;
        if (*text != ',') {
            if (!read_duration(&text, 24, &rule.summer))
                return false;
            rule.summer = -rule.summer;
        }
        if (!read_day_rule(&text, &rule.begin) || !read_day_rule(&text, &rule.end))
            return false;
    }
    *ret_rule = rule;
    return *text == '\0';
}

static int64_t day_of_rule(const struct day_rule *rule, int year)
{
    int64_t first = pt_day_of_date(year, 1, 1);
    if (rule->kind == 'D')
        return first + rule->day;
    if (rule->kind == 'J') // March 1 is always 60
        return first + rule->day - 1 + (pt_days_of_month(year, 2) == 29 && rule->day >= 60);
    int64_t of_month = pt_day_of_date(year, rule->month, 1);
    int sunday_based = (pt_weekday_of_day(of_month) + 1) % 7;
    int64_t day = of_month + (rule->day - sunday_based + 7) % 7 + 7 * (rule->week - 1);
    if (day >= of_month + pt_days_of_month(year, rule->month)) // week 5: the last one
        day -= 7;
    return day;
}

// The moment at which a rule's clock, offset seconds ahead of UTC until then, shows its time.
static int64_t moment_of_rule(const struct day_rule *rule, int year, int offset)
{
    return day_of_rule(rule, year) * PT_DAY_SECONDS + rule->seconds - offset;
}

// --------------------------------------------------------------------------------- the table
static void add_change(struct pt_time_zone *zone, int64_t at, int offset)
{
    int before = zone->count == 0 ? zone->first_offset : zone->changes[zone->count - 1].offset;
    bool later = zone->count == 0 || at > zone->changes[zone->count - 1].at;
    if (later && offset != before)
        zone->changes[zone->count++] = (struct change){at, offset};
}

static void add_rule(struct pt_time_zone *zone, const struct rule *rule)
{
    if (!rule->has_summer) {
        if (zone->count == 0)
            zone->first_offset = rule->standard;
        return; // what the table ends with
    }
    for (int year = PT_YEAR_LEAST; year <= PT_YEAR_MOST; year++) {
        struct change a = {moment_of_rule(&rule->begin, year, rule->standard), rule->summer};
        struct change b = {moment_of_rule(&rule->end, year, rule->summer), rule->standard};
        add_change(zone, (a.at < b.at ? a : b).at, (a.at < b.at ? a : b).offset);
        add_change(zone, (a.at < b.at ? b : a).at, (a.at < b.at ? b : a).offset);
    }
}

// The table of a block whose bytes are all there. False if an index or a number cannot be.
static bool read_table(struct pt_time_zone *zone, const struct block *block)
{
    const struct header *header = &block->header;
    const unsigned char *bytes = block->bytes;
    size_t time_bytes = block->time_bytes;
    const unsigned char *indexes = bytes + header->change_count * time_bytes;
    const unsigned char *types = indexes + header->change_count;
    int64_t last = INT64_MIN;

    zone->first_offset = (int32_t)big_endian_32(types);
    if (abs(zone->first_offset) > OFFSET_MOST)
        return false;
    for (uint32_t i = 0; i < header->change_count; i++) {
        const unsigned char *place = bytes + i * time_bytes;
        int64_t at = time_bytes == 8 ? big_endian_64(place) : (int32_t)big_endian_32(place);
        if (indexes[i] >= header->type_count || (i > 0 && at <= last))
            return false;
        int32_t offset = (int32_t)big_endian_32(types + indexes[i] * 6u);
        if (offset < -OFFSET_MOST || offset > OFFSET_MOST)
            return false;
        last = at;
        add_change(zone, at, offset);
    }
    return true;
}

// The text between the two line feeds at the end of a file of version 2 or later.
static bool read_footer(struct pt_time_zone *zone, const unsigned char *bytes, size_t length)
{
    char text[RULE_BYTES_MAX];
    struct rule rule;
    if (length < 2 || bytes[0] != '\n')
        return false;
    const unsigned char *end = memchr(bytes + 1, '\n', length - 1);
    size_t size = end == NULL ? 0 : (size_t)(end - bytes - 1);
    if (end == NULL || size >= sizeof text || memchr(bytes + 1, '\0', size) != NULL)
        return false;
    if (size == 0)
        return true; // no rule: the last offset holds on
    memcpy(text, bytes + 1, size);
    text[size] = '\0';
    if (!read_rule(text, &rule))
        return false;
    add_rule(zone, &rule);
    return true;
}

static bool find_block(const unsigned char *bytes, size_t length, struct block *ret_block)
{
    struct block block = {.time_bytes = 4};
    if (!read_header(bytes, length, &block.header))
        return false;
    if (block.header.version >= 2) { // the same again with times of 64 bits
        size_t skip = HEADER_BYTES + block_bytes(&block.header, 4);
        if (skip > length || !read_header(bytes + skip, length - skip, &block.header))
            return false;
        bytes += skip;
        length -= skip;
        block.time_bytes = 8;
    }
    size_t size = HEADER_BYTES + block_bytes(&block.header, block.time_bytes);
    if (size > length)
        return false;
    block.bytes = bytes + HEADER_BYTES;
    block.footer = bytes + size;
    block.footer_bytes = length - size;
    *ret_block = block;
    return true;
}

static enum pt_status damaged(const char *name, struct pt_error *error)
{
    return pt_fail(error, PT_BAD_INPUT, "time zone %s: its file is damaged or of another kind",
                   name);
}

enum pt_status pt_time_zone_parse(struct pt_arena *arena, const void *bytes, size_t length,
                                  const char *name, const struct pt_time_zone **ret_zone,
                                  struct pt_error *error)
{
    struct pt_time_zone *zone = pt_arena_alloc(arena, 1, sizeof *zone);
    if (zone != NULL)
        *zone = (struct pt_time_zone){
            .name = pt_arena_strdup(arena, name),
        };
    if (zone == NULL || zone->name == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the time zone %s", name);
    struct block block;
    enum pt_status status = PT_OK;
    if (!find_block(bytes, length, &block))
        status = damaged(name, error);
    else if ((zone->changes = pt_arena_alloc(arena, block.header.change_count + CHANGES_OF_RULE,
                                             sizeof *zone->changes)) == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory for the time zone %s", name);
    else if (!read_table(zone, &block) ||
             (block.time_bytes == 8 && !read_footer(zone, block.footer, block.footer_bytes)))
        status = damaged(name, error);
    if (status != PT_OK)
        return status;
    *ret_zone = zone;
    return PT_OK;
}

// Letters, digits and _+-/ only, so that no name leads out of the database.
static bool is_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("_+-/", *c) == NULL)
            return false;
    return isalpha((unsigned char)*name);
}

enum pt_status pt_time_zone_open(struct pt_arena *arena, const char *name,
                                 const struct pt_time_zone **ret_zone, struct pt_error *error)
{
    const char *folder = getenv("TZDIR");
    char path[512], *bytes;
    size_t length;
    struct pt_error inner;

    if (folder == NULL || *folder == '\0')
        folder = "/usr/share/zoneinfo";
    if (!is_name(name) || !pt_path_below(path, sizeof path, folder, "/%s", name))
        return pt_fail(error, PT_NOT_FOUND,
                       "\"%.60s\" is no time zone; write one like Europe/Berlin", name);
    enum pt_status status = pt_file_read(arena, path, FILE_BYTES_MAX, &bytes, &length, &inner);
    if (status != PT_OK)
        return pt_fail(
            error, PT_NOT_FOUND,
            "time zone %s: %s; write one like Europe/Berlin, install the package tzdata, "
            "or give utc_offset instead",
            name, inner.message);
    return pt_time_zone_parse(arena, bytes, length, name, ret_zone, error);
}

const char *pt_time_zone_name(const struct pt_time_zone *zone)
{
    return zone->name;
}

int pt_time_zone_offset(const struct pt_time_zone *zone, int64_t unix_seconds,
                        int64_t *ret_until_seconds)
{
    int64_t low = 0, high = zone->count; // the first change after the moment
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at <= unix_seconds)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_until_seconds = low == zone->count ? INT64_MAX : zone->changes[low].at;
    return low == 0 ? zone->first_offset : zone->changes[low - 1].offset;
}
