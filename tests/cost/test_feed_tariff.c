// A tariff that takes its prices and intensities from feeds: and does without them if it must.

#include <sys/stat.h>

#include "base/log.h"
#include "cost/bill.h"
#include "feed_support.h"
#include "web_server.h"

static struct web_server server;
static char events[2000];

static void on_event(enum pt_log_level level, const char *line, void *state)
{
    (void)level, (void)state;
    snprintf(events + strlen(events), sizeof events - strlen(events), "%s\n", line);
}

static int begin(void **state)
{
    feed_setup(state);
    web_start(&server);
    setenv("POWERTRAIN_FEED_URL_ENERGY_CHARTS", server.base, 1);
    setenv("POWERTRAIN_FEED_URL_UK_CARBON", server.base, 1);
    setenv("XDG_CACHE_HOME", test_folder(), 1);
    unsetenv("POWERTRAIN_OFFLINE");
    events[0] = '\0';
    pt_log_set_sink(on_event, NULL, PT_LOG_WARN);
    return 0;
}

static int finish(void **state)
{
    web_stop(&server);
    return feed_teardown(state);
}

static enum pt_status read_tariff(const char *yaml, const char *file, struct pt_tariff *tariff,
                                  struct pt_error *error)
{
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, yaml, strlen(yaml), file, &node, error), PT_OK, error);
    return pt_tariff_from_node(arena, node, tariff, error);
}

// Hours of 80 EUR/MWh from two hours ago on, and half hours of 200 g.
static void serve(void)
{
    static char prices[500], carbon[500];
    char from[32], to[32];
    int64_t hour_ns = 3600 * PT_NANOSECONDS_PER_SECOND;
    int64_t start_ns = pt_clock_realtime(&pt_system_clock) / hour_ns * hour_ns - 2 * hour_ns;
    int64_t seconds = start_ns / PT_NANOSECONDS_PER_SECOND;
    snprintf(prices, sizeof prices,
             "{\"unix_seconds\":[%lld,%lld,%lld,%lld],\"price\":[80,80,80,80],\"unit\":\"\"}",
             (long long)seconds, (long long)seconds + 3600, (long long)seconds + 7200,
             (long long)seconds + 10800);
    snprintf(carbon, sizeof carbon,
             "{\"data\":[{\"from\":\"%s\",\"to\":\"%s\",\"intensity\":{\"actual\":200}}]}",
             pt_format_moment(start_ns, from), pt_format_moment(start_ns + 4 * hour_ns, to));
    web_reply(&server, "/price", prices);
    web_reply(&server, "/intensity", carbon);
}

static void feeds_price_energy(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    int64_t now_ns = pt_clock_realtime(&pt_system_clock);
    serve();
    enum pt_status status =
        read_tariff("series: {price: \"energy-charts:DE-LU\", carbon: uk-carbon}\ntax: 0.25\n",
                    "t.yaml", &tariff, &error);
    assert_status(status, PT_OK, &error);
    if (strstr(events, "need libcurl") != NULL) {
        print_message("%s", events);
        exit(77);
    }
    assert_string_equal(events, "");
    assert_string_equal(tariff.currency, "EUR");
    assert_string_equal(tariff.price_source, "energy-charts:DE-LU");
    assert_string_equal(tariff.carbon_source, "uk-carbon");
    assert_near(pt_tariff_mean_price(&tariff, now_ns, now_ns + 1000).value, 0.08 * 1.25, 1e-12);
    assert_near(pt_tariff_mean_carbon(&tariff, now_ns, now_ns + 1000).value, 200, 1e-9);
    (void)unused;
}

// The feed is gone: the region's averages hold, and the log says why. Without a region nothing is
// known, and that is no failure either.
static void a_dead_feed_blocks_nothing(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    setenv("POWERTRAIN_FEED_URL_ENERGY_CHARTS", "http://127.0.0.1:1", 1);
    assert_status(read_tariff("region: DE\nseries: {price: \"energy-charts:DE-LU\"}\n", "t.yaml",
                              &tariff, &error),
                  PT_OK, &error);
    assert_contains(events, "event=feed_unavailable feed=energy-charts:DE-LU reason=");
    assert_null(tariff.price_series);
    assert_true(pt_quantity_known(tariff.price_per_kwh));
    assert_status(
        read_tariff("series: {price: \"energy-charts:DE-LU\"}\n", "t.yaml", &tariff, &error), PT_OK,
        &error);
    assert_false(pt_quantity_known(tariff.price_per_kwh));
    // The region's price is in EUR and is not renamed.
    assert_status(
        read_tariff("region: DE\ncurrency: GBP\nseries: {price: \"energy-charts:DE-LU\"}\n"
                    "tax: 0.1\n",
                    "t.yaml", &tariff, &error),
        PT_OK, &error);
    assert_false(pt_quantity_known(tariff.price_per_kwh));
    (void)unused;
}

static void files_lie_beside_the_tariff(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    const char *folder = test_folder();
    test_file(folder, "p.csv", "time,value\n2020-01-01T00:00Z,100\n2020-01-01T01:00Z,50\n");
    const char *file = test_path(folder, "t.yaml");
    assert_status(read_tariff("series: {price: \"csv:p.csv#GBP/MWh\"}\n", file, &tariff, &error),
                  PT_OK, &error);
    assert_string_equal(tariff.currency, "GBP");
    assert_int_equal(tariff.price_series->count, 2);
    assert_near(tariff.price_series->mean, 0.075, 1e-15);
    (void)unused;
}

static void assert_wrong(const char *yaml, const char *part)
{
    struct pt_tariff tariff;
    struct pt_error error;
    assert_status(read_tariff(yaml, "t.yaml", &tariff, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, part);
    assert_contains(error.message, "t.yaml:");
}

static void mistakes_are_named(void **unused)
{
    serve();
    assert_wrong("series: {price: \"energy-chart:DE\"}\n", "there is no feed \"energy-chart\"");
    assert_wrong("series: {price: uk-carbon}\n", "has no price");
    assert_wrong("series: {price: \"csv:/nowhere.csv\"}\n", "/nowhere.csv");
    assert_wrong("currency: USD\nseries: {price: \"energy-charts:DE-LU\"}\n",
                 "its prices are in EUR, the tariff's currency is USD");
    assert_wrong("series: {price: \"energy-charts:DE-LU\", price_per_kwh: x.csv}\n",
                 "exclude each other");
    assert_wrong("series: {carbon: uk-carbon, carbon_g_per_kwh: x.csv}\n", "exclude each other");
    assert_wrong("price_per_kwh: 1\ncurrency: EUR\nseries: {price: \"energy-charts:DE-LU\"}\n",
                 "exclude each other");
    char yaml[600];
    const char *path = test_file(test_folder(), "p.csv",
                                 "t,v\n2020-01-01T00:00Z,1\n"
                                 "2020-01-01T01:00Z,2\n");
    snprintf(yaml, sizeof yaml, "series: {price: \"csv:%s\"}\n", path);
    assert_wrong(yaml, "need a currency");
    (void)unused;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        CASE(feeds_price_energy),
        CASE(a_dead_feed_blocks_nothing),
        CASE(files_lie_beside_the_tariff),
        CASE(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
