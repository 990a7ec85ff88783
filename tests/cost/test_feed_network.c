// The one door, against a server on this machine that is slow, cut off, busy, wrong or gone. No
// failure of a feed is more than PT_UNAVAILABLE, and what is on the disk is used.

#include <sys/stat.h>
#include <unistd.h>

#include "feed_support.h"
#include "web_server.h"

static struct web_server server;
static struct pt_feed_options options;
static int64_t now_ns;
static char cache[300];

static int64_t read_now(void *unused)
{
    (void)unused;
    return now_ns;
}

static const struct pt_clock stopped = {read_now, read_now, NULL};

static int begin(void **state)
{
    static int count;
    feed_setup(state);
    web_start(&server);
    snprintf(cache, sizeof cache, "%s/cache%d", test_folder(), count++);
    options = (struct pt_feed_options){.clock = &stopped,
                                       .cache = cache,
                                       .timeout_seconds = 2,
                                       .patience_seconds = 5,
                                       .backoff_seconds = 0.01};
    now_ns = at("2026-11-24T15:00Z");
    setenv("POWERTRAIN_FEED_URL_ENERGY_CHARTS", server.base, 1);
    setenv("POWERTRAIN_FEED_URL_ENTSOE", server.base, 1);
    setenv("POWERTRAIN_FEED_URL_WATTTIME", server.base, 1);
    setenv("POWERTRAIN_FEED_URL_OCTOPUS", server.base, 1);
    setenv("POWERTRAIN_FEED_URL_UK_CARBON", server.base, 1);
    const char *nobody = test_file(test_folder(), "netrc", "");
    assert_int_equal(chmod(nobody, 0600), 0);
    setenv("POWERTRAIN_NETRC", nobody, 1);
    unsetenv("POWERTRAIN_ENTSOE_TOKEN");
    return 0;
}

static int finish(void **state)
{
    web_stop(&server);
    return feed_teardown(state);
}

// A day of hours from midnight of the day of start, EUR/MWh counting from first.
static const char *hours(const char *start, int count, int first)
{
    static char bodies[4][8192];
    static int next;
    char *body = bodies[next++ % 4]; // the server sends them later
    const size_t size = sizeof bodies[0];
    size_t length = (size_t)snprintf(body, size, "{\"unix_seconds\":[");
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(body + length, size - length, "%s%lld", i ? "," : "",
                                   (long long)(at(start) / PT_NANOSECONDS_PER_SECOND + i * 3600));
    length += (size_t)snprintf(body + length, size - length, "],\"price\":[");
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(body + length, size - length, "%s%d", i ? "," : "", first + i);
    snprintf(body + length, size - length, "],\"unit\":\"EUR / MWh\"}");
    return body;
}

static enum pt_status ask(const char *name, const char *from, const char *to,
                          const struct pt_series **series, struct pt_feed_info *info,
                          struct pt_error *error)
{
    enum pt_feed_kind kind;
    assert_status(pt_feed_default_kind(name, &kind, error), PT_OK, error);
    enum pt_status status =
        pt_feed_series(arena, name, kind, at(from), at(to), &options, series, info, error);
    if (status == PT_UNAVAILABLE && strstr(error->message, "need libcurl") != NULL) {
        print_message("%s\n", error->message);
        exit(77);
    }
    return status;
}

static const struct pt_series *ask_day(struct pt_feed_info *info)
{
    const struct pt_series *series = NULL;
    struct pt_error error;
    assert_status(
        ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, info, &error),
        PT_OK, &error);
    return series;
}

static void what_is_complete_and_past_is_asked_once(void **unused)
{
    struct pt_feed_info info;
    char request[4096];
    web_reply(&server, "/price?bzn=DE-LU", hours("2026-11-23T00:00Z", 24, 10));
    const struct pt_series *series = ask_day(&info);
    web_last(&server, request, sizeof request);
    assert_contains(request, "GET /price?bzn=DE-LU&start=2026-11-23T00:00Z&end=2026-11-23T23:59Z ");
    assert_contains(request, "Accept-Encoding: gzip");
    assert_int_equal(series->count, 24);
    assert_near(series->values[0], 0.010, 1e-12);
    assert_near(series->mean, 0.0215, 1e-12); // (10 + 33) / 2 / 1000
    assert_string_equal(series->name, "energy-charts:DE-LU");
    assert_string_equal(info.unit, "EUR/kWh");
    assert_string_equal(info.currency, "EUR");
    assert_null(info.warning);
    assert_true(info.retrieved_ns == now_ns && info.request_count == 1);
    assert_int_equal(info.missing_count, 0);
    now_ns += 300 * PT_FEED_DAY_NS;
    series = ask_day(&info);
    assert_int_equal(series->count, 24);
    assert_int_equal(info.request_count, 0);
    assert_int_equal(web_request_count(&server), 1);
    assert_true(info.retrieved_ns == at("2026-11-24T15:00Z"));
    (void)unused;
}

// Of three days the one in the middle is on the disk: two requests, for the others.
static void only_what_is_missing_is_asked(void **unused)
{
    const struct pt_series *series;
    struct pt_feed_info info;
    struct pt_error error;
    web_reply(&server, "/price?bzn=DE-LU&start=2026-11-23", hours("2026-11-23T00:00Z", 24, 10));
    ask_day(&info);
    web_reply(&server, "/price?bzn=DE-LU&start=2026-11-22", hours("2026-11-22T00:00Z", 24, 100));
    web_reply(&server, "/price?bzn=DE-LU&start=2026-11-24", hours("2026-11-24T00:00Z", 24, 200));
    assert_status(ask("energy-charts:DE-LU", "2026-11-22T00:00Z", "2026-11-25T00:00Z", &series,
                      &info, &error),
                  PT_OK, &error);
    assert_int_equal(series->count, 72);
    assert_int_equal(info.request_count, 2);
    assert_near(series->values[24], 0.010, 1e-12);
    assert_near(series->values[48], 0.200, 1e-12);
    (void)unused;
}

static void the_last_interval_that_began_is_there(void **unused)
{
    const struct pt_series *series;
    struct pt_feed_info info;
    struct pt_error error;
    web_reply(&server, "/price", hours("2026-11-24T00:00Z", 47, 1)); // to 23:00 tomorrow
    assert_status(ask("energy-charts:DE-LU", "2026-11-24T15:20Z", "2026-12-24T00:00Z", &series,
                      &info, &error),
                  PT_OK, &error);
    assert_true(series->starts_ns[0] == at("2026-11-24T15:00Z"));
    assert_true(info.known_until_ns == at("2026-11-25T23:00Z"));
    assert_true(info.actual_until_ns == info.known_until_ns);
    assert_null(info.warning);
    // Half an hour later nothing new can be out; after the next publication it is asked again.
    now_ns += PT_FEED_HOUR_NS / 2;
    assert_status(ask("energy-charts:DE-LU", "2026-11-24T15:20Z", "2026-12-24T00:00Z", &series,
                      &info, &error),
                  PT_OK, &error);
    assert_int_equal(info.request_count, 0);
    now_ns = at("2026-11-25T12:11Z");
    assert_status(ask("energy-charts:DE-LU", "2026-11-24T15:20Z", "2026-12-24T00:00Z", &series,
                      &info, &error),
                  PT_OK, &error);
    assert_int_equal(info.request_count, 1);
    (void)unused;
}

// Fails however it may; nothing is known then, and the reason is named. With a cache, that is used
// and the reason is a warning.
static void assert_survives(struct web_reply reply, const char *reason)
{
    static int count;
    const struct pt_series *series = NULL;
    struct pt_feed_info info;
    struct pt_error error = {PT_OK, ""};
    char full[320], empty[320];
    snprintf(full, sizeof full, "%s/full%d", cache, count);
    snprintf(empty, sizeof empty, "%s/empty%d", cache, count++);
    now_ns = at("2026-11-24T15:00Z");
    options.cache = full;
    reply.path = "/price?bzn=DE-LU";
    web_reply(&server, reply.path, hours("2026-11-23T00:00Z", 20, 10));
    ask_day(&info);
    web_reply_with(&server, reply);
    options.cache = empty;
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, reason);
    options.cache = full;
    now_ns += 2 * PT_FEED_DAY_NS; // what is there is no longer fresh
    series = ask_day(&info);
    assert_int_equal(series->count, 20);
    assert_non_null(info.warning);
    assert_contains(info.warning, reason);
}

static void a_feed_that_hangs_is_left(void **unused)
{
    options.timeout_seconds = 0.1;
    assert_survives((struct web_reply){.fault = WEB_HANGS, .body = ""}, "no whole answer");
    (void)unused;
}

static void a_feed_that_drips_is_left(void **unused)
{
    options.timeout_seconds = 0.1;
    assert_survives((struct web_reply){.fault = WEB_DRIPS, .body = ""}, "no whole answer");
    (void)unused;
}

static void a_body_without_end_is_left(void **unused)
{
    options.timeout_seconds = 20;
    options.patience_seconds = 60;
    assert_survives((struct web_reply){.fault = WEB_FLOODS, .body = ""}, "longer than 10485760");
    (void)unused;
}

static void a_body_that_is_cut_off_is_no_answer(void **unused)
{
    assert_survives((struct web_reply){.status = 200,
                                       .fault = WEB_TRUNCATES,
                                       .body = "{\"unix_seconds\":[0],\"price\":[1]}"},
                    "no answer");
    assert_survives((struct web_reply){.fault = WEB_CLOSES, .body = ""}, "no answer");
    assert_survives((struct web_reply){.fault = WEB_NO_HTTP, .body = ""}, "no answer");
    (void)unused;
}

static void statuses_are_judged(void **unused)
{
    assert_survives((struct web_reply){.status = 500, .body = "{}"}, "status 500");
    assert_survives((struct web_reply){.status = 429, .body = "{}"}, "fewer questions");
    assert_survives((struct web_reply){.status = 404, .body = "{}"}, "no such zone or time");
    assert_survives((struct web_reply){.status = 403, .body = "{}"}, "status 403");
    (void)unused;
}

static void replies_that_are_none_are_refused(void **unused)
{
    assert_survives((struct web_reply){.status = 200, .body = "<html>Maintenance</html>"}, "HTML");
    assert_survives((struct web_reply){.status = 200, .body = "[1,2]"}, "no list");
    assert_survives((struct web_reply){.status = 200,
                                       .body = "{\"unix_seconds\":[1795392000],\"price\":[99999]}"},
                    "changed its unit");
    (void)unused;
}

static void a_server_that_is_gone_is_no_disaster(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    setenv("POWERTRAIN_FEED_URL_ENERGY_CHARTS", "http://127.0.0.1:1", 1);
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "no answer");
    // It is not tried again for a minute, by nobody who shares the cache.
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "not asked before 2026-11-24T15:01:00Z");
    (void)unused;
}

// Three tries, of which the last one succeeds.
static void a_busy_feed_is_asked_again(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    web_reply_with(&server,
                   (struct web_reply){.path = "/price", .status = 503, .body = "", .once = 2});
    web_reply(&server, "/pric", hours("2026-11-23T00:00Z", 24, 10));
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_OK, &error);
    assert_int_equal(info.request_count, 3);
    assert_null(info.warning);
    (void)unused;
}

// An hour is longer than anybody waits: it fails at once, and is remembered.
static void retry_after_is_honored(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    web_reply_with(&server, (struct web_reply){.path = "/price",
                                               .status = 429,
                                               .body = "",
                                               .headers = "Retry-After: 3600\r\n"});
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_int_equal(web_request_count(&server), 1);
    now_ns += PT_FEED_HOUR_NS - PT_FEED_MINUTE_NS;
    assert_status(
        ask("energy-charts:FR", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "not asked before 2026-11-24T16:00:00Z");
    assert_int_equal(web_request_count(&server), 1);
    now_ns += 2 * PT_FEED_MINUTE_NS;
    web_reply(&server, "/price", hours("2026-11-23T00:00Z", 24, 10));
    assert_int_equal(ask_day(&info)->count, 24);
    (void)unused;
}

static void offline_takes_what_there_is(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    options.offline = true;
    assert_status(ask("energy-charts:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series,
                      &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "offline");
    options.offline = false;
    web_reply(&server, "/price", hours("2026-11-23T00:00Z", 20, 10));
    ask_day(&info);
    options.offline = true;
    now_ns += 5 * PT_FEED_DAY_NS;
    assert_int_equal(ask_day(&info)->count, 20);
    assert_contains(info.warning, "offline");
    assert_true(info.retrieved_ns == at("2026-11-24T15:00Z"));
    assert_int_equal(web_request_count(&server), 1);
    (void)unused;
}

static void a_damaged_day_is_fetched_again(void **unused)
{
    struct pt_feed_info info;
    char path[600];
    web_reply(&server, "/price", hours("2026-11-23T00:00Z", 24, 10));
    ask_day(&info);
    snprintf(path, sizeof path, "cd %s/energy-charts-*/DE-LU/price && echo x >> 2026-11-23.csv",
             cache);
    assert_int_equal(system(path), 0);
    assert_int_equal(ask_day(&info)->count, 24);
    assert_int_equal(info.request_count, 1);
    assert_int_equal(web_request_count(&server), 2);
    (void)unused;
}

// The cache cannot be written: the answer comes all the same.
static void a_full_disk_is_a_warning(void **unused)
{
    struct pt_feed_info info;
    options.cache = test_file(test_folder(), "no_folder", "");
    web_reply(&server, "/price", hours("2026-11-23T00:00Z", 24, 10));
    assert_int_equal(ask_day(&info)->count, 24);
    assert_contains(info.warning, "not kept on the disk");
    (void)unused;
}

static void redirects_stay_at_the_server(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    char header[200];
    web_reply_with(&server, (struct web_reply){.path = "/price",
                                               .status = 302,
                                               .body = "",
                                               .headers = "Location: /v2/price\r\n"});
    web_reply(&server, "/v2/price", hours("2026-11-23T00:00Z", 24, 10));
    assert_int_equal(ask_day(&info)->count, 24);
    snprintf(header, sizeof header, "Location: http://127.0.0.2:9/price\r\n");
    web_reply_with(&server, (struct web_reply){
                                .path = "/price", .status = 302, .body = "", .headers = header});
    assert_status(
        ask("energy-charts:FR", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "another server (302, 127.0.0.2:9)");
    web_reply_with(&server, (struct web_reply){.path = "/price",
                                               .status = 302,
                                               .body = "",
                                               .headers = "Location: /price\r\n"});
    assert_status(
        ask("energy-charts:FR", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "in circles");
    (void)unused;
}

// ---------------------------------------------------------------------------------------- secrets
#define TOKEN "3f1c-secret-token"

static void a_token_is_sent_and_never_told(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    char request[4096];
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "set POWERTRAIN_ENTSOE_TOKEN");
    assert_int_equal(web_request_count(&server), 0);
    setenv("POWERTRAIN_ENTSOE_TOKEN", TOKEN, 1);
    web_reply_with(&server,
                   (struct web_reply){.path = "/api",
                                      .status = 400,
                                      .body = "<Acknowledgement_MarketDocument><Reason><code>7"
                                              "</code><text>wrong securityToken=" TOKEN
                                              "</text></Reason></Acknowledgement_MarketDocument>"});
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "wrong securityToken=***");
    assert_null(strstr(error.message, TOKEN));
    web_last(&server, request, sizeof request);
    assert_contains(request, "securityToken=" TOKEN " ");
    setenv("POWERTRAIN_ENTSOE_TOKEN", "two words", 1);
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "other characters");
    assert_null(strstr(error.message, "two words"));
    (void)unused;
}

static void a_token_may_stand_in_a_private_file(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    char request[4096];
    const char *path = test_file(test_folder(), "netrc",
                                 "machine web-api.tp.entsoe.eu login token password " TOKEN "\n");
    setenv("POWERTRAIN_NETRC", path, 1);
    assert_int_equal(chmod(path, 0644), 0);
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "chmod 600");
    assert_int_equal(chmod(path, 0600), 0);
    web_reply(&server, "/api",
              "<Acknowledgement_MarketDocument><Reason><code>999</code><text>none</text></Reason>"
              "</Acknowledgement_MarketDocument>");
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "no price is known for that time");
    web_last(&server, request, sizeof request);
    assert_contains(request, TOKEN);
    (void)unused;
}

static void a_token_does_not_go_in_clear_text(void **unused)
{
    struct web_server other;
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    setenv("POWERTRAIN_ENTSOE_TOKEN", TOKEN, 1);
    web_start_at(&other, 2); // this machine, but not known as such
    setenv("POWERTRAIN_FEED_URL_ENTSOE", other.base, 1);
    assert_status(
        ask("entsoe:DE-LU", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "in clear text");
    assert_int_equal(web_request_count(&other), 0);
    web_stop(&other);
    (void)unused;
}

// "user:pass" in base64; the token of the login is then borne.
static void watttime_logs_in(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    setenv("POWERTRAIN_WATTTIME_USER", "user", 1); // half a login is none
    assert_status(ask("watttime", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "set POWERTRAIN_WATTTIME_USER and POWERTRAIN_WATTTIME_PASSWORD");
    setenv("POWERTRAIN_WATTTIME_PASSWORD", "pass", 1);
    web_reply_with(&server, (struct web_reply){.path = "/login",
                                               .status = 200,
                                               .body = "{\"token\":\"abc.def\"}",
                                               .authorization = "Basic dXNlcjpwYXNz"});
    web_reply_with(&server,
                   (struct web_reply){.path = "/v3/historical",
                                      .status = 200,
                                      .body = "{\"data\":[{\"point_time\":\"2026-11-23T00:00:00Z\","
                                              "\"value\":1000}],\"meta\":{\"units\":"
                                              "\"lbs_co2_per_mwh\",\"data_point_period_seconds\":"
                                              "300}}",
                                      .authorization = "Authorization: Bearer abc.def"});
    assert_status(ask("watttime", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_OK, &error);
    assert_near(series->values[0], 453.59237, 1e-9);
    assert_string_equal(info.zone, "CAISO_NORTH");
    assert_contains(info.note, "marginal");
    setenv("POWERTRAIN_WATTTIME_PASSWORD", "word", 1);
    options.cache = test_path(test_folder(), "watttime2");
    assert_status(ask("watttime", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "refuses our secret");
    web_reply(&server, "/login", "{}");
    assert_status(ask("watttime", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "gives no token");
    unsetenv("POWERTRAIN_WATTTIME_USER");
    unsetenv("POWERTRAIN_WATTTIME_PASSWORD");
    (void)unused;
}

// Two pages, the second one older; the third is not asked for.
static void pages_are_turned(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
#define RATE(from, to, value)                                                                      \
    "{\"value_inc_vat\":" value ",\"valid_from\":\"2026-11-23T" from "Z\",\"valid_to\":"           \
    "\"2026-11-23T" to "Z\"}"
    char path[200];
    snprintf(path, sizeof path,
             "/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C/"
             "standard-unit-rates/?period_from=2026-11-23T00:00Z&period_to=2026-11-24T00:00Z"
             "&page_size=1500&page=");
    char first[220], second[220];
    snprintf(first, sizeof first, "%s1", path);
    snprintf(second, sizeof second, "%s2", path);
    web_reply(&server, first,
              "{\"next\":\"http://x/\",\"results\":[" RATE("00:30", "01:00", "30") "]}");
    web_reply(&server, second, "{\"next\":null,\"results\":[" RATE("00:00", "00:30", "20") "]}");
    assert_status(
        ask("octopus:C", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error), PT_OK,
        &error);
    assert_int_equal(series->count, 2);
    assert_near(series->values[0], 0.20, 1e-12);
    assert_near(series->values[1], 0.30, 1e-12);
    assert_string_equal(info.currency, "GBP");
    assert_int_equal(info.request_count, 2);
    web_reply(&server, "/v1", "{\"next\":\"http://x/\",\"results\":[]}");
    assert_status(
        ask("octopus:D", "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "more than 40 pages");
    (void)unused;
}

// Yesterday the forecast reached two days ahead, now it is shorter: the rest is unknown again, and
// what was measured stays.
static void a_forecast_that_shrinks_is_believed(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
#define HALF(from, to, intensity)                                                                  \
    "{\"from\":\"2026-11-24T" from "Z\",\"to\":\"2026-11-24T" to "Z\",\"intensity\":{" intensity   \
    "}}"
    web_reply(
        &server, "/intensity",
        "{\"data\":[" HALF("14:30", "15:00", "\"actual\":100,\"forecast\":90") "," HALF(
            "15:00", "15:30",
            "\"actual\":null,\"forecast\":110") "," HALF("15:30", "16:00",
                                                         "\"actual\":null,\"forecast\":120") "]}");
    assert_status(
        ask("uk-carbon", "2026-11-24T14:00Z", "2026-11-25T00:00Z", &series, &info, &error), PT_OK,
        &error);
    assert_int_equal(series->count, 3);
    assert_true(info.actual_until_ns == at("2026-11-24T15:00Z"));
    assert_int_equal(info.qualities[2], PT_FEED_FORECAST);
    web_reply(&server, "/intensity",
              "{\"data\":[" HALF("15:00", "15:30", "\"actual\":null,\"forecast\":115") "]}");
    now_ns += PT_FEED_HOUR_NS / 2;
    assert_status(
        ask("uk-carbon", "2026-11-24T14:00Z", "2026-11-25T00:00Z", &series, &info, &error), PT_OK,
        &error);
    assert_int_equal(series->count, 2);
    assert_near(series->values[0], 100, 1e-12);
    assert_near(series->values[1], 115, 1e-12);
    web_reply(&server, "/intensity", "{}");
    now_ns += PT_FEED_HOUR_NS / 2;
    assert_status(
        ask("uk-carbon", "2026-11-24T14:00Z", "2026-11-25T00:00Z", &series, &info, &error), PT_OK,
        &error);
    assert_int_equal(series->count, 1);
    (void)unused;
}

// ----------------------------------------------------------------------------------- wrong use
static void assert_wrong(const char *name, enum pt_feed_kind kind, enum pt_status expected,
                         const char *part)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    assert_status(pt_feed_series(arena, name, kind, at("2026-11-23T00:00Z"),
                                 at("2026-11-24T00:00Z"), &options, &series, &info, &error),
                  expected, &error);
    assert_contains(error.message, part);
}

static void mistakes_are_named(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    assert_wrong("energy-chart:DE", PT_FEED_PRICE, PT_NOT_FOUND, "there is no feed");
    assert_wrong("energy-charts", PT_FEED_PRICE, PT_USAGE, "name the zone");
    assert_wrong("energy-charts:D", PT_FEED_PRICE, PT_USAGE, "no bidding zone");
    assert_wrong("energy-charts:DE-LU", PT_FEED_SOLAR, PT_USAGE, "has no solar, only price carbon");
    assert_wrong("entsoe:DE_LU", PT_FEED_PRICE, PT_USAGE, "did you mean DE-LU");
    assert_wrong("uk-carbon:18", PT_FEED_CARBON, PT_USAGE, "region");
    assert_status(pt_feed_series(arena, "energy-charts:FR", PT_FEED_PRICE, at("1990-01-01T00:00Z"),
                                 at("2026-01-01T00:00Z"), &options, &series, &info, &error),
                  PT_USAGE, &error);
    assert_contains(error.message, "at most 800 at once");
    assert_status(pt_feed_series(arena, "energy-charts:FR", PT_FEED_PRICE, at("2030-01-01T00:00Z"),
                                 at("2030-01-02T00:00Z"), &options, &series, &info, &error),
                  PT_UNAVAILABLE, &error);
    assert_contains(error.message, "so far ahead");
    static const char *const addresses[] = {"ftp://x", "http://", "https://u:p@x", "http://x?y"};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        setenv("POWERTRAIN_FEED_URL_ENERGY_CHARTS", addresses[i], 1);
        assert_wrong("energy-charts:FR", PT_FEED_PRICE, PT_USAGE,
                     "POWERTRAIN_FEED_URL_ENERGY_CHARTS");
    }
    (void)unused;
}

static void files_are_feeds_too(void **unused)
{
    struct pt_feed_info info;
    struct pt_error error;
    const struct pt_series *series;
    char name[600];
    const char *path = test_file(test_folder(), "prices.csv",
                                 "time,value\n2026-11-23T00:00Z,120\n2026-11-23T01:00Z,50\n"
                                 "2026-11-23T03:00Z,-20\n");
    snprintf(name, sizeof name, "csv:%s#EUR/MWh", path);
    assert_status(ask(name, "2026-11-23T01:30Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_OK, &error);
    assert_int_equal(series->count, 2);
    assert_near(series->values[0], 0.05, 1e-15);
    assert_near(series->mean, 0.015, 1e-15);
    assert_string_equal(info.unit, "EUR/kWh");
    assert_int_equal(info.missing_count, 1);
    assert_wrong(name, PT_FEED_CARBON, PT_USAGE, "its unit is that of price");
    snprintf(name, sizeof name, "csv:%s#t/MWh", path);
    assert_status(ask(name, "2026-11-23T00:00Z", "2026-11-24T00:00Z", &series, &info, &error),
                  PT_BAD_INPUT, &error); // 120 t/MWh is beyond every intensity
    snprintf(name, sizeof name, "csv:%s#EUR/kwh", path);
    assert_wrong(name, PT_FEED_PRICE, PT_USAGE, "is no unit");
    assert_wrong("csv:/nowhere.csv", PT_FEED_PRICE, PT_NOT_FOUND, "/nowhere.csv");
    assert_wrong("csv:", PT_FEED_PRICE, PT_USAGE, "name the file");
    snprintf(name, sizeof name, "csv:%s", path);
    assert_status(ask(name, "2027-11-23T00:00Z", "2027-11-24T00:00Z", &series, &info, &error),
                  PT_UNAVAILABLE, &error);
    (void)unused;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        CASE(what_is_complete_and_past_is_asked_once),
        CASE(only_what_is_missing_is_asked),
        CASE(the_last_interval_that_began_is_there),
        CASE(a_feed_that_hangs_is_left),
        CASE(a_feed_that_drips_is_left),
        CASE(a_body_without_end_is_left),
        CASE(a_body_that_is_cut_off_is_no_answer),
        CASE(statuses_are_judged),
        CASE(replies_that_are_none_are_refused),
        CASE(a_server_that_is_gone_is_no_disaster),
        CASE(a_busy_feed_is_asked_again),
        CASE(retry_after_is_honored),
        CASE(offline_takes_what_there_is),
        CASE(a_damaged_day_is_fetched_again),
        CASE(a_full_disk_is_a_warning),
        CASE(redirects_stay_at_the_server),
        CASE(a_token_is_sent_and_never_told),
        CASE(a_token_may_stand_in_a_private_file),
        CASE(a_token_does_not_go_in_clear_text),
        CASE(watttime_logs_in),
        CASE(pages_are_turned),
        CASE(a_forecast_that_shrinks_is_believed),
        CASE(mistakes_are_named),
        CASE(files_are_feeds_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
