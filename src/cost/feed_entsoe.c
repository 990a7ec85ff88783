// ENTSO-E's transparency platform: day-ahead prices of European bidding zones, by a free token.
//
// A Publication_MarketDocument of several TimeSeries {currency_Unit.name, price_Measure_Unit.name,
// curveType, Period {timeInterval {start, end}, resolution, Point {position, price.amount}}}. With
// curveType A03 a position whose price is that of the one before is left out, up to the end of the
// period; with A01 a missing position is a gap. Two auctions may cover the same time; they carry
// classificationSequence_AttributeInstanceComponent.position, 1 is the coupled auction (SDAC), 2
// that of EXAA. Days have 92, 96 or 100 quarters of an hour: only the interval tells. No data is an
// Acknowledgement_MarketDocument with reason 999, which also explains mistakes.
// Source: Transparency Platform RESTful API, user guide, document type A44.

#include "cost/feed_driver.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_entsoe.h"
#include "cost/feed_xml.h"

enum { POSITIONS_MOST = 1 << 18 };
static const double kwh_per_mwh = 1000;

const struct pt_bidding_zone pt_bidding_zones[] = {
    {"AT", "10YAT-APG------L"},     {"BE", "10YBE----------2"},       {"BG", "10YCA-BULGARIA-R"},
    {"CH", "10YCH-SWISSGRIDZ"},     {"CZ", "10YCZ-CEPS-----N"},       {"DE-LU", "10Y1001A1001A82H"},
    {"DK1", "10YDK-1--------W"},    {"DK2", "10YDK-2--------M"},      {"EE", "10Y1001A1001A39I"},
    {"ES", "10YES-REE------0"},     {"FI", "10YFI-1--------U"},       {"FR", "10YFR-RTE------C"},
    {"GR", "10YGR-HTSO-----Y"},     {"HR", "10YHR-HEP------M"},       {"HU", "10YHU-MAVIR----U"},
    {"IE-SEM", "10Y1001A1001A59C"}, {"IT-NORTH", "10Y1001A1001A73I"}, {"LT", "10YLT-1001A0008Q"},
    {"LV", "10YLV-1001A00074"},     {"NL", "10YNL----------L"},       {"NO1", "10YNO-1--------2"},
    {"NO2", "10YNO-2--------T"},    {"NO3", "10YNO-3--------J"},      {"NO4", "10YNO-4--------9"},
    {"NO5", "10Y1001A1001A48H"},    {"PL", "10YPL-AREA-----S"},       {"PT", "10YPT-REN------W"},
    {"RO", "10YRO-TEL------P"},     {"SE1", "10Y1001A1001A44P"},      {"SE2", "10Y1001A1001A45N"},
    {"SE3", "10Y1001A1001A46L"},    {"SE4", "10Y1001A1001A47J"},      {"SI", "10YSI-ELES-----O"},
    {"SK", "10YSK-SEPS-----K"},
};
const int pt_bidding_zone_count = sizeof pt_bidding_zones / sizeof *pt_bidding_zones;

// ---------------------------------------------------------------------------------- the request
// The energy identification code of a zone; a code itself is 16 characters long. NULL: none.
static const char *code_of(const char *zone)
{
    for (int i = 0; i < pt_bidding_zone_count; i++)
        if (strcmp(pt_bidding_zones[i].name, zone) == 0)
            return pt_bidding_zones[i].code;
    return strlen(zone) == 16 && pt_feed_is_word(zone, 16, "-") ? zone : NULL;
}

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    const char *names[sizeof pt_bidding_zones / sizeof *pt_bidding_zones + 1] = {NULL};
    (void)kind;
    if (code_of(zone) != NULL)
        return PT_OK;
    for (int i = 0; i < pt_bidding_zone_count; i++)
        names[i] = pt_bidding_zones[i].name;
    const char *near = pt_nearest_word(zone, names);
    return pt_fail(
        error, PT_USAGE,
        "\"%.40s\" is no bidding zone that we know, like DE-LU or SE3%s%s; its EIC of 16 "
        "characters is understood too",
        zone, near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    const char *code = code_of(ask->zone);
    return pt_feed_path(ret_request, error,
                        "/api?documentType=A44&in_Domain=%s&out_Domain=%s&periodStart=%s"
                        "&periodEnd=%s&securityToken=%s",
                        code, code, pt_feed_time(ask->from_ns, "%Y%m%d%H%M", from),
                        pt_feed_time(ask->to_ns, "%Y%m%d%H%M", to), ask->token);
}

// ----------------------------------------------------------------------------------- the answer
struct reading {
    const struct pt_feed_ask *ask;
    struct pt_feed_points *points;
    bool known_root, refused; // a document of prices, or one that says why there are none
    bool in_interval;         // a timeInterval within a Period
    int depth;
    // of the TimeSeries
    char currency[4];
    bool carried; // A03
    int64_t sequence;
    // of the Period
    int64_t start_ns, end_ns, step_ns;
    double *prices; // by position; NAN: left out
    int64_t count;
    // of the Point
    int64_t position;
    double price;
    // of the acknowledgement
    char reason_code[8], reason[160];
};

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static enum pt_status begin(void *state, const char *name, struct pt_error *error)
{
    struct reading *reading = state;
    if (reading->depth++ == 0) {
        reading->refused = is(name, "Acknowledgement_MarketDocument");
        reading->known_root = reading->refused || is(name, "Publication_MarketDocument");
        if (!reading->known_root)
            return pt_feed_corrupt(reading->ask, error,
                                   "sends a document <%.40s> where prices are expected", name);
    }
    if (is(name, "TimeSeries")) {
        reading->currency[0] = '\0';
        reading->carried = false;
        reading->sequence = 1;
    } else if (is(name, "Period")) {
        reading->start_ns = reading->end_ns = reading->step_ns = 0;
        reading->prices = NULL;
        reading->in_interval = true;
    } else if (is(name, "Point")) {
        reading->position = 0;
        reading->price = NAN;
    }
    return PT_OK;
}

static enum pt_status begin_points(struct reading *reading, struct pt_error *error)
{
    int64_t length_ns = reading->end_ns - reading->start_ns;
    if (reading->step_ns == 0 || length_ns <= 0 || length_ns % reading->step_ns != 0 ||
        length_ns / reading->step_ns > POSITIONS_MOST)
        return pt_feed_corrupt(reading->ask, error,
                               "a period of %g h is no whole number of its steps",
                               (double)length_ns / (double)PT_FEED_HOUR_NS);
    reading->count = length_ns / reading->step_ns;
    reading->prices =
        pt_arena_alloc(reading->points->arena, (size_t)reading->count, sizeof *reading->prices);
    if (reading->prices == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " prices", reading->count);
    for (int64_t i = 0; i < reading->count; i++)
        reading->prices[i] = NAN;
    return PT_OK;
}

static enum pt_status end_point(struct reading *reading, struct pt_error *error)
{
    enum pt_status status = reading->prices == NULL ? begin_points(reading, error) : PT_OK;
    if (status != PT_OK)
        return status;
    if (reading->position < 1 || reading->position > reading->count)
        return pt_feed_corrupt(reading->ask, error, "position %" PRId64 " of %" PRId64,
                               reading->position, reading->count);
    if (isnan(reading->price))
        return pt_feed_corrupt(reading->ask, error, "position %" PRId64 " has no price",
                               reading->position);
    double *price = &reading->prices[reading->position - 1];
    if (!isnan(*price) && *price != reading->price)
        return pt_feed_corrupt(reading->ask, error, "position %" PRId64 " has two prices",
                               reading->position);
    *price = reading->price;
    return PT_OK;
}

static enum pt_status check_currency(struct reading *reading, struct pt_error *error)
{
    char *known = reading->points->currency;
    if (strlen(reading->currency) != 3)
        return pt_feed_corrupt(reading->ask, error, "prices without a currency");
    if (known[0] == '\0')
        memcpy(known, reading->currency, 4);
    if (is(known, reading->currency))
        return PT_OK;
    return pt_feed_corrupt(reading->ask, error, "prices in %s and in %s", known, reading->currency);
}

static enum pt_status end_period(struct reading *reading, struct pt_error *error)
{
    double last = NAN;
    enum pt_status status = check_currency(reading, error);
    for (int64_t i = 0; i < reading->count && reading->prices != NULL && status == PT_OK; i++) {
        double price = reading->prices[i];
        if (isnan(price) && reading->carried)
            price = last;
        last = price;
        int64_t start_ns = reading->start_ns + i * reading->step_ns;
        status = pt_feed_add(reading->points,
                             (struct pt_feed_point){start_ns, start_ns + reading->step_ns,
                                                    price / kwh_per_mwh, -(int)reading->sequence,
                                                    PT_FEED_ACTUAL},
                             error);
    }
    reading->prices = NULL;
    return status;
}

static enum pt_status read_resolution(struct reading *reading, const char *text,
                                      struct pt_error *error)
{
    static const struct {
        const char *text;
        int minutes;
    } known[] = {{"PT60M", 60}, {"PT1H", 60}, {"PT30M", 30}, {"PT15M", 15}, {"PT5M", 5}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(text, known[i].text))
            reading->step_ns = known[i].minutes * PT_FEED_MINUTE_NS;
    if (reading->step_ns == 0)
        return pt_feed_corrupt(reading->ask, error, "a resolution of \"%.20s\"", text);
    return PT_OK;
}

static enum pt_status read_time(struct reading *reading, const char *text, int64_t *ret_ns,
                                struct pt_error *error)
{
    if (pt_parse_moment(text, ret_ns))
        return PT_OK;
    return pt_feed_corrupt(reading->ask, error, "\"%.40s\" is no time", text);
}

static enum pt_status read_sequence(struct reading *reading, const char *text,
                                    struct pt_error *error)
{
    if (pt_parse_int64(text, &reading->sequence) && reading->sequence >= 1 &&
        reading->sequence <= 1000)
        return PT_OK;
    return pt_feed_corrupt(reading->ask, error, "a sequence \"%.20s\"", text);
}

// A point with a price that is no number stays without one, which end_point refuses.
static enum pt_status end(void *state, const char *name, const char *text, struct pt_error *error)
{
    struct reading *reading = state;
    reading->depth--;
    if (is(name, "currency_Unit.name"))
        snprintf(reading->currency, sizeof reading->currency, "%s",
                 pt_feed_is_word(text, 3, "") ? text : "");
    else if (is(name, "price_Measure_Unit.name") && !is(text, "MWH"))
        return pt_feed_corrupt(reading->ask, error, "prices per \"%.20s\", not per MWH", text);
    else if (is(name, "curveType"))
        reading->carried = is(text, "A03");
    else if (is(name, "classificationSequence_AttributeInstanceComponent.position"))
        return read_sequence(reading, text, error);
    else if (is(name, "start") && reading->in_interval)
        return read_time(reading, text, &reading->start_ns, error);
    else if (is(name, "end") && reading->in_interval)
        return read_time(reading, text, &reading->end_ns, error);
    else if (is(name, "timeInterval"))
        reading->in_interval = false;
    else if (is(name, "resolution"))
        return read_resolution(reading, text, error);
    else if (is(name, "position"))
        reading->position = pt_parse_int64(text, &reading->position) ? reading->position : 0;
    else if (is(name, "price.amount"))
        reading->price = pt_parse_double(text, &reading->price) ? reading->price : NAN;
    else if (is(name, "Point"))
        return end_point(reading, error);
    else if (is(name, "Period"))
        return end_period(reading, error);
    else if (is(name, "code"))
        pt_feed_harmless(reading->reason_code, sizeof reading->reason_code, text, strlen(text));
    else if (is(name, "text"))
        pt_feed_harmless(reading->reason, sizeof reading->reason, text, strlen(text));
    return PT_OK;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_error inner = {PT_OK, ""};
    struct reading reading = {.ask = ask, .points = points};
    const struct pt_xml_reader reader = {begin, end, &reading};
    if (length == 0)
        return pt_feed_corrupt(ask, error, "sends an empty answer");
    enum pt_status status = pt_xml_read(body, length, &reader, &inner);
    if (status != PT_OK) {
        const char *name = ask->driver->name;
        bool named = strncmp(inner.message, name, strlen(name)) == 0;
        return pt_fail(error, status, "%s%s%s", named ? "" : name, named ? "" : ": sends ",
                       inner.message);
    }
    if (!reading.refused || is(reading.reason_code, "999"))
        return PT_OK; // prices, or none yet
    return pt_fail(error, PT_UNAVAILABLE, "%s: refuses (%s): %s", ask->driver->name,
                   reading.reason_code, reading.reason);
}

const struct pt_feed_driver pt_feed_entsoe = {
    .name = "entsoe",
    .summary = "European day-ahead prices, all bidding zones",
    .zones = "a bidding zone, DE-LU or SE3, or its EIC",
    .base = "https://web-api.tp.entsoe.eu",
    .attribution = "ENTSO-E Transparency Platform; its terms of use, prices of the power exchanges",
    .kinds = {[PT_FEED_PRICE] = true},
    .secret = PT_FEED_TOKEN,
    .secret_variable = "POWERTRAIN_ENTSOE_TOKEN",
    .secret_hint = "free, by e-mail: https://transparency.entsoe.eu",
    .reads_errors = true,
    .least = {[PT_FEED_PRICE] = -5}, // some zones count in other currencies than EUR
    .most = {[PT_FEED_PRICE] = 50},
    .span_ns = 365 * PT_FEED_DAY_NS, // a year
    .seconds_between = 0.2,          // 400 requests a minute
    .horizon_ns = 2 * PT_FEED_DAY_NS,
    .publication_minute = 12 * 60, // 12:45 to 14:00 CET
    .published_until_minute = 22 * 60,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
