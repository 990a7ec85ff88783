// The American grid by the EIA: what each balancing authority generates by fuel, hour by hour, from
// which its carbon intensity follows. A free key.
//
// {response: {total, dateFormat, frequency, data: [{period "2022-10-31T11", respondent, fueltype,
// value, "value-units"}]}}, UTC. The period is the END of its hour. Values are numbers or strings.
// 5000 rows a call.
// Source: https://www.eia.gov/opendata/documentation.php.
//
// g = sum of generation x factor of its fuel / sum of generation. Storage is left out of both sums:
// what it gives was generated before. An hour with more than a tenth of unknown fuels, or with
// fewer fuels than its neighbors (some report later), is a gap. Trade is not counted.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

enum { PAGE_ROWS = 5000, ROWS_MOST = 200000 };
static const double unknown_share_most = 0.1;

// Grams of CO2e per kWh over the life cycle, medians. IPCC AR5 WG III (2014), annex III, table
// A.III.2; oil, which is not there: POST note 383 (UK Parliament, 2011), 650. The sun is its
// utility-scale row.
static const struct {
    const char *fuel;
    double grams_per_kwh; // NAN: storage, counts on neither side
} factors[] = {
    {"COL", 820}, {"NG", 490}, {"OIL", 650}, {"NUC", 12},  {"WAT", 24},  {"SUN", 48},  {"WND", 11},
    {"GEO", 38},  {"PS", NAN}, {"BAT", NAN}, {"SNB", NAN}, {"UES", NAN}, {"WNB", NAN},
};

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (pt_feed_is_word(zone, 8, ""))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is no balancing authority; one is CISO or PJM",
                   zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    return pt_feed_path(
        ret_request, error,
        "/v2/electricity/rto/fuel-type-data/data/?frequency=hourly&data[]=value"
        "&facets[respondent][]=%s&start=%s&end=%s&sort[0][column]=period&sort[0][direction]=asc"
        "&offset=%d&length=%d&api_key=%s",
        ask->zone, pt_feed_time(ask->from_ns + PT_FEED_HOUR_NS, "%Y-%m-%dT%H", from),
        pt_feed_time(ask->to_ns, "%Y-%m-%dT%H", to), ask->page * PAGE_ROWS, PAGE_ROWS, ask->token);
}

struct row {
    int64_t end_ns;
    const char *fuel;
    double megawatt_hours;
};

static int by_hour(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->end_ns != b->end_ns)
        return a->end_ns < b->end_ns ? -1 : 1;
    return strcmp(a->fuel, b->fuel);
}

// 1 with its factor, 0 for storage, -1 for a fuel that we do not know.
static int find_factor(const char *fuel, double *ret_grams)
{
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (strcmp(factors[i].fuel, fuel) == 0) {
            *ret_grams = factors[i].grams_per_kwh;
            return !isnan(*ret_grams);
        }
    return -1;
}

// The intensity of the rows of one hour; NAN if it does not follow from them.
static double intensity(const struct row *rows, int64_t count)
{
    double grams = 0, known = 0, unknown = 0, factor = 0;
    for (int64_t i = 0; i < count; i++) {
        // A plant that stands still draws a little: that is no generation.
        double energy = rows[i].megawatt_hours > 0 ? rows[i].megawatt_hours : 0;
        int found = find_factor(rows[i].fuel, &factor);
        if (found > 0) {
            grams += energy * factor;
            known += energy;
        } else if (found < 0) {
            unknown += energy;
        }
    }
    return known > 0 && unknown <= unknown_share_most * (known + unknown) ? grams / known : NAN;
}

static int64_t rows_of_hour(const struct row *rows, int64_t count, int64_t first)
{
    int64_t end = first;
    while (end < count && rows[end].end_ns == rows[first].end_ns)
        end++;
    return end - first;
}

// A fuel that stands twice in an hour, with two values, makes the hour a gap.
static bool is_double(const struct row *rows, int64_t count)
{
    for (int64_t i = 1; i < count; i++)
        if (strcmp(rows[i].fuel, rows[i - 1].fuel) == 0)
            return true;
    return false;
}

static enum pt_status add_hours(const struct row *rows, int64_t count,
                                struct pt_feed_points *points, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    int64_t most = 0;
    for (int64_t i = 0, length; i < count; i += length)
        if ((length = rows_of_hour(rows, count, i)) > most)
            most = length;
    for (int64_t i = 0, length; i < count && status == PT_OK; i += length) {
        length = rows_of_hour(rows, count, i);
        if (length < most - 1 || is_double(rows + i, length))
            continue;
        status =
            pt_feed_add(points,
                        (struct pt_feed_point){rows[i].end_ns - PT_FEED_HOUR_NS, rows[i].end_ns,
                                               intensity(rows + i, length), 0, PT_FEED_ACTUAL},
                        error);
    }
    return status;
}

static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_node *node,
                               struct row *row, bool *ret_known, struct pt_error *error)
{
    enum pt_status status;
    if (node->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "line %d: no row", node->line);
    const char *units = pt_feed_string(node, "value-units");
    if (*units != '\0' && strcmp(units, "megawatthours") != 0)
        return pt_feed_corrupt(ask, error, "its unit is \"%.40s\", not megawatthours", units);
    row->fuel = pt_feed_string(node, "fueltype");
    if ((status = pt_feed_moment(ask, node, "period", ":00Z", &row->end_ns, error)) != PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(node, "value"), &row->megawatt_hours, error)) !=
            PT_OK)
        return status;
    *ret_known =
        !isnan(row->megawatt_hours) && strcmp(pt_feed_string(node, "respondent"), ask->zone) == 0;
    return PT_OK;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *data;
    double total = NAN;
    int64_t count = 0;
    enum pt_status status = pt_feed_json(ask, points->arena, body, length, &root, error);
    if (status != PT_OK)
        return status;
    root = root->kind == PT_NODE_MAPPING ? pt_node_find(root, "response") : NULL;
    if ((status = pt_feed_array(ask, root, "data", &data, error)) != PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(root, "total"), &total, error)) != PT_OK)
        return status;
    if (data->count > ROWS_MOST)
        return pt_feed_corrupt(ask, error, "more than %d rows", ROWS_MOST);
    // A page that ends within an hour would make a wrong one of it, so spans are short enough.
    if (total > (double)data->count)
        return pt_feed_corrupt(ask, error, "%g rows, of which %lld came", total,
                               (long long)data->count);
    struct row *rows = pt_arena_alloc(points->arena, (size_t)data->count + 1, sizeof *rows);
    if (rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for a reply", ask->driver->name);
    for (const struct pt_node *node = data->first; node != NULL; node = node->next) {
        bool known = false;
        if ((status = read_row(ask, node, &rows[count], &known, error)) != PT_OK)
            return status;
        count += known;
    }
    qsort(rows, (size_t)count, sizeof *rows, by_hour);
    return add_hours(rows, count, points, error);
}

const struct pt_feed_driver pt_feed_eia = {
    .name = "eia",
    .summary = "carbon intensity of American balancing authorities, from their fuels",
    .zones = "a balancing authority, CISO or PJM",
    .base = "https://api.eia.gov",
    .attribution = "U.S. Energy Information Administration, hourly grid monitor; public domain",
    .note = "from generation by fuel, life-cycle factors of IPCC AR5; without trade",
    .kinds = {[PT_FEED_CARBON] = true},
    .secret = PT_FEED_TOKEN,
    .secret_variable = "POWERTRAIN_EIA_TOKEN",
    .secret_hint = "free: https://www.eia.gov/opendata/register.php",
    .least = {[PT_FEED_CARBON] = 0},
    .most = {[PT_FEED_CARBON] = 1500},
    .span_ns = 14 * PT_FEED_DAY_NS, // 14 days x 24 h x 14 fuels fit into 5000 rows
    .seconds_between = 0.5,
    .horizon_ns = 0,
    .refresh_ns = PT_FEED_HOUR_NS,
    .revised_ns = 2 * PT_FEED_DAY_NS,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
