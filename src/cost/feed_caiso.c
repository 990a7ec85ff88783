// California's grid operator, OASIS: day-ahead prices at a node. No key.
//
// A ZIP archive with one CSV: INTERVALSTARTTIME_GMT, INTERVALENDTIME_GMT, .., NODE, .., LMP_TYPE,
// .., MW, .. A row for each part of the price; LMP is the whole. "MW" is the price in USD per MWh.
// Errors come as an archive of XML with ERR_CODE and ERR_DESC; 1000 means no data. A request every
// five seconds.
// Source: CAISO, OASIS interface specification.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/parse.h"
#include "cost/feed_driver.h"
#include "cost/feed_xml.h"
#include "cost/feed_zip.h"

#define UNPACKED_MOST ((size_t)32 << 20)
static const double kwh_per_mwh = 1000;

static const struct {
    const char *zone, *node;
} hubs[] = {
    {"NP15", "TH_NP15_GEN-APND"}, {"SP15", "TH_SP15_GEN-APND"}, {"ZP26", "TH_ZP26_GEN-APND"}};

static const char *node_of(const char *zone)
{
    for (size_t i = 0; i < sizeof hubs / sizeof *hubs; i++)
        if (strcmp(hubs[i].zone, zone) == 0)
            return hubs[i].node;
    return zone;
}

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (pt_feed_is_word(zone, 40, "_-"))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is no node; NP15, SP15 and ZP26 are the hubs", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    return pt_feed_path(ret_request, error,
                        "/oasisapi/SingleZip?resultformat=6&queryname=PRC_LMP&version=12"
                        "&market_run_id=DAM&node=%s&startdatetime=%s-0000&enddatetime=%s-0000",
                        node_of(ask->zone), pt_feed_time(ask->from_ns, "%Y%m%dT%H:%M", from),
                        pt_feed_time(ask->to_ns, "%Y%m%dT%H:%M", to));
}

struct refusal {
    char code[16], text[160];
};

static enum pt_status ignore(void *state, const char *name, struct pt_error *error)
{
    (void)state, (void)name, (void)error;
    return PT_OK;
}

static enum pt_status read_refusal(void *state, const char *name, const char *text,
                                   struct pt_error *error)
{
    struct refusal *refusal = state;
    (void)error;
    if (strcmp(name, "ERR_CODE") == 0)
        pt_feed_harmless(refusal->code, sizeof refusal->code, text, strlen(text));
    else if (strcmp(name, "ERR_DESC") == 0)
        pt_feed_harmless(refusal->text, sizeof refusal->text, text, strlen(text));
    return PT_OK;
}

// PT_OK for "no data".
static enum pt_status judge_error(const struct pt_feed_ask *ask, const char *text, size_t length,
                                  struct pt_error *error)
{
    struct pt_error inner = {PT_OK, ""};
    struct refusal refusal = {"", ""};
    const struct pt_xml_reader reader = {ignore, read_refusal, &refusal};
    if (pt_xml_read(text, length, &reader, &inner) != PT_OK || refusal.code[0] == '\0')
        return pt_feed_corrupt(ask, error, "sends XML that is no error: %.100s", inner.message);
    if (strcmp(refusal.code, "1000") == 0)
        return PT_OK;
    return pt_fail(error, PT_UNAVAILABLE, "%s: refuses (%s): %s", ask->driver->name, refusal.code,
                   refusal.text);
}

enum { START, END, NODE, TYPE, PRICE, COLUMN_COUNT };

static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_csv_row *row,
                               const int64_t *columns, struct pt_feed_points *points,
                               struct pt_error *error)
{
    struct pt_feed_point point = {.quality = PT_FEED_ACTUAL};
    const char *const *fields = row->fields;
    if (strcmp(fields[columns[TYPE]], "LMP") != 0 ||
        strcmp(fields[columns[NODE]], node_of(ask->zone)) != 0)
        return PT_OK;
    if (!pt_parse_moment(fields[columns[START]], &point.start_ns) ||
        !pt_parse_moment(fields[columns[END]], &point.end_ns) ||
        !pt_parse_double(fields[columns[PRICE]], &point.value))
        return pt_feed_corrupt(ask, error, "line %" PRId64 ": no price of an interval", row->line);
    point.value /= kwh_per_mwh;
    return pt_feed_add(points, point, error);
}

static enum pt_status read_table(const struct pt_feed_ask *ask, const char *text, size_t length,
                                 struct pt_feed_points *points, struct pt_error *error)
{
    static const char *const names[COLUMN_COUNT] = {"INTERVALSTARTTIME_GMT", "INTERVALENDTIME_GMT",
                                                    "NODE", "LMP_TYPE", "MW"};
    struct pt_csv csv;
    struct pt_error inner;
    int64_t columns[COLUMN_COUNT];
    enum pt_status status = pt_csv_parse(points->arena, text, length, "reply", ',', &csv, &inner);
    if (status == PT_NO_MEMORY)
        return pt_fail(error, status, "%s: %s", ask->driver->name, inner.message);
    if (status != PT_OK)
        return pt_feed_corrupt(ask, error, "%s", inner.message);
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (csv.row_count == 0 || (columns[i] = pt_csv_column(&csv, names[i])) < 0)
            return pt_feed_corrupt(ask, error, "its table has no column %s", names[i]);
    memcpy(points->currency, "USD", 4);
    for (int64_t i = 1; i < csv.row_count && status == PT_OK; i++)
        status = read_row(ask, &csv.rows[i], columns, points, error);
    return status;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const char *name, *text;
    size_t size;
    struct pt_error inner;
    enum pt_status status =
        pt_zip_first(points->arena, body, length, UNPACKED_MOST, &name, &text, &size, &inner);
    if (status == PT_NO_MEMORY)
        return pt_fail(error, status, "%s: %s", ask->driver->name, inner.message);
    if (status != PT_OK)
        return pt_feed_corrupt(ask, error, "sends %.200s", inner.message);
    size_t blanks = strspn(text, " \t\r\n");
    if (blanks < size && text[blanks] == '<')
        return judge_error(ask, text, size, error);
    return read_table(ask, text, size, points, error);
}

const struct pt_feed_driver pt_feed_caiso = {
    .name = "caiso",
    .summary = "day-ahead prices at a node of California",
    .zones = "NP15, SP15, ZP26, or a node",
    .zone = "NP15",
    .base = "https://oasis.caiso.com",
    .attribution = "California ISO, OASIS; public data",
    .note = "locational marginal price (LMP)",
    .kinds = {[PT_FEED_PRICE] = true},
    .least = {[PT_FEED_PRICE] = -3},
    .most = {[PT_FEED_PRICE] = 10},
    .span_ns = 30 * PT_FEED_DAY_NS, // 31 at most
    .seconds_between = 5,
    .horizon_ns = 3 * PT_FEED_DAY_NS,
    .publication_minute = 20 * 60 + 30, // 13:00 Pacific time
    .published_until_minute = 24 * 60,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
