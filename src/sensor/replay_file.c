// See replay_file.h.

#include "sensor/replay_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/parse.h"

enum { SECONDS, CHANNEL, JOULES, RANGE, COLUMNS };

struct parser {
    struct pt_arena *arena;
    struct pt_csv csv;
    int64_t columns[COLUMNS]; // -1: absent
    struct pt_replay replay;
    double first_seconds;
};

static enum pt_status find_columns(struct parser *parser, struct pt_error *error)
{
    static const char *const names[COLUMNS] = {"seconds", "channel", "joules", "range_joules"};
    for (int i = 0; i < COLUMNS; i++) {
        parser->columns[i] = parser->csv.row_count > 0 ? pt_csv_column(&parser->csv, names[i]) : -1;
        if (parser->columns[i] < 0 && i != RANGE)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s:1: no column \"%s\": a replay file begins with "
                           "seconds,channel,joules",
                           parser->csv.name, names[i]);
    }
    if (parser->csv.row_count < 2)
        return pt_fail(error, PT_BAD_INPUT, "%s: no rows", parser->csv.name);
    return PT_OK;
}

static const char *field(const struct parser *parser, const struct pt_csv_row *row, int column)
{
    return parser->columns[column] < 0 ? "" : row->fields[parser->columns[column]];
}

static enum pt_status parse_field(const struct parser *parser, const struct pt_csv_row *row,
                                  int column, const char *what, double *ret, struct pt_error *error)
{
    const char *text = field(parser, row, column);
    if (!pt_parse_double(text, ret) || *ret < 0)
        return pt_fail(error, PT_BAD_INPUT, "%s:%lld: %s \"%s\" is no number of 0 or more",
                       parser->csv.name, (long long)row->line, what, text);
    return PT_OK;
}

static struct pt_replay_channel *find_channel(struct parser *parser, const char *name)
{
    for (int i = 0; i < parser->replay.channel_count; i++)
        if (strcmp(parser->replay.channels[i].name, name) == 0)
            return &parser->replay.channels[i];
    return NULL;
}

static enum pt_status add_channel(struct parser *parser, const struct pt_csv_row *row,
                                  struct pt_replay_channel **ret_channel, struct pt_error *error)
{
    const char *name = field(parser, row, CHANNEL);
    struct pt_replay_channel *channel = find_channel(parser, name);
    if (channel == NULL) {
        if (name[0] == '\0' || strlen(name) >= sizeof channel->name)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s:%lld: channel \"%.60s\": names have 1 to 47 characters",
                           parser->csv.name, (long long)row->line, name);
        if (parser->replay.channel_count == PT_CHANNELS_MAX)
            return pt_fail(error, PT_BAD_INPUT, "%s:%lld: more than %d channels", parser->csv.name,
                           (long long)row->line, PT_CHANNELS_MAX);
        channel = &parser->replay.channels[parser->replay.channel_count++];
        *channel = (struct pt_replay_channel){.range_joules = NAN};
        snprintf(channel->name, sizeof channel->name, "%s", name);
    }
    *ret_channel = channel;
    return PT_OK;
}

// First pass: the channels and how many rows each has.
static enum pt_status count_rows(struct parser *parser, struct pt_error *error)
{
    for (int64_t i = 1; i < parser->csv.row_count; i++) {
        struct pt_replay_channel *channel = NULL;
        enum pt_status status = add_channel(parser, &parser->csv.rows[i], &channel, error);
        if (status != PT_OK)
            return status;
        channel->count++;
    }
    for (int i = 0; i < parser->replay.channel_count; i++) {
        struct pt_replay_channel *channel = &parser->replay.channels[i];
        channel->points =
            pt_arena_alloc(parser->arena, (size_t)channel->count, sizeof *channel->points);
        if (channel->points == NULL)
            return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", parser->csv.name);
        channel->count = 0;
    }
    return PT_OK;
}

static enum pt_status add_range(const struct parser *parser, const struct pt_csv_row *row,
                                struct pt_replay_channel *channel, struct pt_error *error)
{
    if (field(parser, row, RANGE)[0] == '\0' || !isnan(channel->range_joules))
        return PT_OK;
    enum pt_status status =
        parse_field(parser, row, RANGE, "range_joules", &channel->range_joules, error);
    if (status == PT_OK && channel->range_joules == 0)
        status = pt_fail(error, PT_BAD_INPUT, "%s:%lld: range_joules is 0", parser->csv.name,
                         (long long)row->line);
    return status;
}

static enum pt_status add_point(struct parser *parser, const struct pt_csv_row *row,
                                struct pt_error *error)
{
    struct pt_replay_channel *channel = find_channel(parser, field(parser, row, CHANNEL));
    struct pt_replay_point point = {.joules = NAN};
    enum pt_status status = parse_field(parser, row, SECONDS, "seconds", &point.seconds, error);
    if (status == PT_OK && field(parser, row, JOULES)[0] != '\0')
        status = parse_field(parser, row, JOULES, "joules", &point.joules, error);
    if (status == PT_OK)
        status = add_range(parser, row, channel, error);
    if (status != PT_OK)
        return status;
    if (isnan(parser->first_seconds))
        parser->first_seconds = point.seconds;
    point.seconds -= parser->first_seconds;
    double before = channel->count > 0 ? channel->points[channel->count - 1].seconds : -INFINITY;
    if (point.seconds < 0 || point.seconds <= before)
        return pt_fail(error, PT_BAD_INPUT, "%s:%lld: seconds %s: rows must be in order of time",
                       parser->csv.name, (long long)row->line, field(parser, row, SECONDS));
    channel->points[channel->count++] = point;
    return PT_OK;
}

enum pt_status pt_replay_parse(struct pt_arena *arena, const char *text, size_t length,
                               const char *name, struct pt_replay *ret_replay,
                               struct pt_error *error)
{
    struct parser parser = {.arena = arena, .first_seconds = NAN};
    enum pt_status status = pt_csv_parse(arena, text, length, name, ',', &parser.csv, error);
    if (status == PT_OK)
        status = find_columns(&parser, error);
    if (status != PT_OK)
        return status;
    parser.replay.channels = pt_arena_alloc(arena, PT_CHANNELS_MAX, sizeof *parser.replay.channels);
    if (parser.replay.channels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", name);
    status = count_rows(&parser, error);
    for (int64_t i = 1; i < parser.csv.row_count && status == PT_OK; i++)
        status = add_point(&parser, &parser.csv.rows[i], error);
    if (status == PT_OK)
        *ret_replay = parser.replay;
    return status;
}

// A counter that went down has wrapped if it has a range; else it was set back, and nobody knows
// when.
static double between(const struct pt_replay_channel *channel, const struct pt_replay_point *from,
                      const struct pt_replay_point *to, double seconds)
{
    double share = (seconds - from->seconds) / (to->seconds - from->seconds);
    double way = to->joules - from->joules;
    if (isnan(way))
        return from->joules;
    if (way >= 0)
        return from->joules + share * way;
    if (isnan(channel->range_joules))
        return from->joules;
    double joules = from->joules + share * (way + channel->range_joules);
    return joules < channel->range_joules ? joules : joules - channel->range_joules;
}

double pt_replay_at(const struct pt_replay_channel *channel, double seconds, int64_t *cursor)
{
    const struct pt_replay_point *points = channel->points;
    if (channel->count == 0 || seconds < points[0].seconds)
        return NAN;
    while (*cursor + 1 < channel->count && points[*cursor + 1].seconds <= seconds)
        (*cursor)++;
    const struct pt_replay_point *from = &points[*cursor];
    if (*cursor + 1 == channel->count)
        return seconds == from->seconds ? from->joules : NAN;
    return between(channel, from, from + 1, seconds);
}
