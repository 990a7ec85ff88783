// Days on the disk: written, damaged, and when they are asked for again. And the laws that hold for
// every feed of the registry.

#include <sys/stat.h>

#include "cost/feed_cache.h"
#include "cost/feed_entsoe.h"
#include "feed_support.h"

static struct pt_feed_day day_of(const char *start, const char *retrieved, int hours,
                                 enum pt_feed_quality quality)
{
    static struct pt_feed_point rows[24];
    struct pt_feed_day day = {.present = true,
                              .start_ns = at(start),
                              .retrieved_ns = at(retrieved),
                              .currency = "EUR",
                              .count = hours,
                              .rows = rows};
    for (int i = 0; i < hours; i++)
        rows[i] = (struct pt_feed_point){day.start_ns + i * PT_FEED_HOUR_NS,
                                         day.start_ns + (i + 1) * PT_FEED_HOUR_NS, 0.1 + i / 3.0, 0,
                                         quality};
    return day;
}

static void a_day_comes_back_bit_for_bit(void **unused)
{
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-24T13:00Z", 23, PT_FEED_FORECAST);
    struct pt_feed_day again;
    struct pt_error error;
    const char *folder = test_path(test_folder(), "a/b/price");
    assert_status(pt_feed_day_write(arena, folder, &day, &error), PT_OK, &error);
    assert_status(pt_feed_day_read(arena, folder, day.start_ns, &again, &error), PT_OK, &error);
    assert_true(again.present);
    assert_true(again.retrieved_ns == day.retrieved_ns && again.start_ns == day.start_ns);
    assert_string_equal(again.currency, "EUR");
    assert_int_equal(again.count, 23);
    for (int i = 0; i < 23; i++) {
        assert_true(again.rows[i].start_ns == day.rows[i].start_ns);
        assert_true(again.rows[i].end_ns == day.rows[i].end_ns);
        assert_true(again.rows[i].value == day.rows[i].value);
        assert_int_equal(again.rows[i].quality, PT_FEED_FORECAST);
    }
    assert_status(pt_feed_day_read(arena, folder, day.start_ns + PT_FEED_DAY_NS, &again, &error),
                  PT_OK, &error);
    assert_false(again.present);
    (void)unused;
}

// Every byte that is flipped, and every length that it is cut to, makes it as if it were not there.
static void a_damaged_day_is_not_there(void **unused)
{
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-24T13:00Z", 3, PT_FEED_ACTUAL);
    struct pt_feed_day again;
    struct pt_error error;
    const char *folder = test_path(test_folder(), "damaged");
    size_t length;
    assert_status(pt_feed_day_write(arena, folder, &day, &error), PT_OK, &error);
    char *text = test_read(test_path(folder, "2026-11-24.csv"), &length);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(pt_feed_day_parse(arena, text, i, day.start_ns, &again, &error),
                         PT_CORRUPT);
        text[i] ^= 4;
        assert_int_equal(pt_feed_day_parse(arena, text, length, day.start_ns, &again, &error),
                         PT_CORRUPT);
        text[i] ^= 4;
    }
    assert_int_equal(pt_feed_day_parse(arena, text, length, day.start_ns, &again, &error), PT_OK);
    // A sound file of another day is none of this one.
    assert_int_equal(
        pt_feed_day_parse(arena, text, length, day.start_ns + PT_FEED_DAY_NS, &again, &error),
        PT_CORRUPT);
    free(text);
    (void)unused;
}

static void a_day_that_cannot_be_written_says_why(void **unused)
{
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-24T13:00Z", 3, PT_FEED_ACTUAL);
    struct pt_error error;
    const char *file = test_file(test_folder(), "in_the_way", "");
    assert_int_not_equal(pt_feed_day_write(arena, test_path(file, "x"), &day, &error), PT_OK);
    assert_contains(error.message, "in_the_way");
    (void)unused;
}

static void zones_become_names_of_folders(void **unused)
{
    assert_string_equal(pt_feed_zone_folder(arena, "/c", "DE-LU", PT_FEED_PRICE), "/c/DE-LU/price");
    assert_string_equal(pt_feed_zone_folder(arena, "/c", "../a b", PT_FEED_CARBON),
                        "/c/_2E_2E_2Fa_20b/carbon");
    (void)unused;
}

static void another_address_has_another_folder(void **unused)
{
    const struct pt_feed_options options = {.cache = "/c"};
    const char *own, *other;
    struct pt_error error;
    assert_status(pt_feed_cache_folder(arena, &options, &pt_feed_uk_carbon, pt_feed_uk_carbon.base,
                                       &own, &error),
                  PT_OK, &error);
    assert_string_equal(own, "/c/uk-carbon");
    assert_status(pt_feed_cache_folder(arena, &options, &pt_feed_uk_carbon, "http://127.0.0.1:1",
                                       &other, &error),
                  PT_OK, &error);
    assert_string_not_equal(own, other);
    (void)unused;
}

static bool fresh(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                  const struct pt_feed_day *day, const char *now)
{
    return pt_feed_day_is_fresh(driver, kind, day, at(now), 0);
}

// energy-charts publishes at 12:00 UTC up to 22:00 of the next day.
static void an_auction_is_asked_once_after_it_is_out(void **unused)
{
    const struct pt_feed_driver *driver = &pt_feed_energy_charts;
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-23T13:00Z", 24, PT_FEED_ACTUAL);
    assert_true(fresh(driver, PT_FEED_PRICE, &day, "2027-11-24T00:00Z")); // whole: for ever
    // Up to 23:00, as the European day has it: good until the next publication.
    day = day_of("2026-11-24T00:00Z", "2026-11-23T13:00Z", 23, PT_FEED_ACTUAL);
    assert_true(fresh(driver, PT_FEED_PRICE, &day, "2026-11-24T11:59Z"));
    assert_false(fresh(driver, PT_FEED_PRICE, &day, "2026-11-24T12:00Z"));
    // Asked after the publication, and nothing was there: again in a quarter of an hour.
    day = day_of("2026-11-24T00:00Z", "2026-11-23T13:00Z", 0, PT_FEED_ACTUAL);
    assert_true(fresh(driver, PT_FEED_PRICE, &day, "2026-11-23T13:14Z"));
    assert_false(fresh(driver, PT_FEED_PRICE, &day, "2026-11-23T13:15Z"));
    // Asked before it: nothing could be there.
    day = day_of("2026-11-24T00:00Z", "2026-11-23T09:00Z", 0, PT_FEED_ACTUAL);
    assert_true(pt_feed_published_until(driver, PT_FEED_PRICE, at("2026-11-23T09:00Z"), 0) ==
                at("2026-11-23T22:00Z"));
    assert_true(fresh(driver, PT_FEED_PRICE, &day, "2026-11-23T11:00Z"));
    assert_false(fresh(driver, PT_FEED_PRICE, &day, "2026-11-23T12:00Z"));
    assert_true(pt_feed_published_until(driver, PT_FEED_PRICE, at("2026-11-23T12:00Z"), 0) ==
                at("2026-11-24T22:00Z"));
    (void)unused;
}

// uk-carbon refreshes in half hours and revises for a day.
static void what_may_change_grows_old(void **unused)
{
    const struct pt_feed_driver *driver = &pt_feed_uk_carbon;
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-24T08:00Z", 24, PT_FEED_FORECAST);
    assert_true(fresh(driver, PT_FEED_CARBON, &day, "2026-11-24T08:29Z"));
    assert_false(fresh(driver, PT_FEED_CARBON, &day, "2026-11-24T08:30Z"));
    day = day_of("2026-11-24T00:00Z", "2026-11-25T08:00Z", 24, PT_FEED_ACTUAL);
    assert_false(fresh(driver, PT_FEED_CARBON, &day, "2026-11-25T09:00Z")); // being revised
    day = day_of("2026-11-24T00:00Z", "2026-11-26T00:00Z", 24, PT_FEED_ACTUAL);
    assert_true(fresh(driver, PT_FEED_CARBON, &day, "2027-11-25T09:00Z"));
    (void)unused;
}

static void a_gap_is_asked_for_less_and_less(void **unused)
{
    const struct pt_feed_driver *driver = &pt_feed_uk_carbon;
    struct pt_feed_day day = day_of("2026-11-01T00:00Z", "2026-11-02T01:00Z", 20, PT_FEED_ACTUAL);
    assert_true(fresh(driver, PT_FEED_CARBON, &day, "2026-11-02T01:59Z"));
    assert_false(fresh(driver, PT_FEED_CARBON, &day, "2026-11-02T02:00Z"));
    day.retrieved_ns = at("2026-11-05T00:00Z");
    assert_true(fresh(driver, PT_FEED_CARBON, &day, "2026-11-05T23:59Z"));
    assert_false(fresh(driver, PT_FEED_CARBON, &day, "2026-11-06T00:00Z"));
    day.retrieved_ns = at("2026-11-09T00:00Z");
    assert_true(fresh(driver, PT_FEED_CARBON, &day, "2027-11-06T00:00Z")); // it stays a gap
    (void)unused;
}

// Retrieved tomorrow: the clock was wrong then, or is now.
static void a_clock_that_jumped_makes_nothing_fresh(void **unused)
{
    struct pt_feed_day day = day_of("2026-11-24T00:00Z", "2026-11-27T00:00Z", 24, PT_FEED_ACTUAL);
    assert_false(fresh(&pt_feed_uk_carbon, PT_FEED_CARBON, &day, "2026-11-26T00:00Z"));
    day.present = false;
    assert_false(fresh(&pt_feed_uk_carbon, PT_FEED_CARBON, &day, "2026-11-28T00:00Z"));
    (void)unused;
}

static void the_jitter_is_steady_and_within_ten_minutes(void **unused)
{
    int64_t one = pt_feed_jitter("entsoe", "DE-LU"), other = pt_feed_jitter("entsoe", "FR");
    assert_true(one == pt_feed_jitter("entsoe", "DE-LU"));
    assert_true(one != other);
    assert_true(one >= 0 && one < 10 * PT_FEED_MINUTE_NS);
    (void)unused;
}

static void a_pause_is_kept(void **unused)
{
    const char *folder = test_path(test_folder(), "paused"), *reason;
    int64_t until = 0;
    struct pt_error error;
    pt_feed_pause_read(arena, folder, &until, &reason);
    assert_string_equal(reason, "");
    assert_status(pt_feed_pause_write(arena, folder, at("2026-11-24T00:00Z"), "busy", &error),
                  PT_OK, &error);
    pt_feed_pause_read(arena, folder, &until, &reason);
    assert_string_equal(reason, "busy");
    assert_true(until == at("2026-11-24T00:00Z"));
    test_file(folder, "pause", "rubbish");
    pt_feed_pause_read(arena, folder, &until, &reason);
    assert_string_equal(reason, "");
    (void)unused;
}

// ------------------------------------------------------------------------------------- the
// registry
static void every_feed_is_complete(void **unused)
{
    for (int i = 0; i < pt_feed_driver_count; i++) {
        const struct pt_feed_driver *driver = pt_feed_drivers[i];
        bool any = false;
        assert_ptr_equal(pt_feed_driver_find(driver->name, strlen(driver->name)), driver);
        assert_true(strncmp(driver->base, "https://", 8) == 0);
        assert_true(driver->summary != NULL && driver->zones != NULL &&
                    driver->attribution != NULL);
        assert_true(driver->span_ns >= PT_FEED_DAY_NS && driver->span_ns % PT_FEED_DAY_NS == 0);
        for (int kind = 0; kind < PT_FEED_KIND_COUNT; kind++) {
            any = any || driver->kinds[kind];
            assert_true(!driver->kinds[kind] || driver->least[kind] < driver->most[kind]);
            assert_true(!driver->kinds[kind] || kind == PT_FEED_PRICE || driver->horizon_ns == 0 ||
                        driver->refresh_ns > 0);
        }
        assert_true(any);
        assert_true((driver->secret == PT_FEED_OPEN) == (driver->secret_variable == NULL));
        assert_true((driver->secret == PT_FEED_LOGIN) == (driver->login_path != NULL));
        assert_true((driver->secret == PT_FEED_LOGIN) == (driver->user_variable != NULL));
    }
    assert_null(pt_feed_driver_find("energy", 6));
    (void)unused;
}

// Nothing of what a user names gets into a request but what a zone may be.
static void every_feed_refuses_zones_that_are_none(void **unused)
{
    static const char *const wrong[] = {
        "DE&x=1", "DE/../x", "DE LU", "DE#1",
        "D\nE",   "",        "%44E",  "0123456789012345678901234567890123456789012345"};
    struct pt_error error;
    for (int i = 0; i < pt_feed_driver_count; i++)
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
            for (int kind = 0; kind < PT_FEED_KIND_COUNT; kind++)
                if (pt_feed_drivers[i]->kinds[kind]) {
                    assert_status(
                        pt_feed_drivers[i]->check_zone(wrong[k], (enum pt_feed_kind)kind, &error),
                        PT_USAGE, &error);
                }
    (void)unused;
}

static void every_default_zone_makes_a_request(void **unused)
{
    static const char *const zones[] = {"DE-LU", "DE-LU", "AT",          "C",    "NP15",
                                        "RG1",   "DE",    "CAISO_NORTH", "CISO", "52.5,13.4,10"};
    struct pt_error error;
    assert_int_equal(pt_feed_driver_count, sizeof zones / sizeof *zones);
    for (int i = 0; i < pt_feed_driver_count; i++) {
        const struct pt_feed_driver *driver = pt_feed_drivers[i];
        for (int kind = 0; kind < PT_FEED_KIND_COUNT; kind++) {
            struct pt_feed_ask ask = ask_for(driver, zones[i], (enum pt_feed_kind)kind);
            struct pt_feed_request request = {"", ""};
            if (!driver->kinds[kind])
                continue;
            ask.from_ns = at("2025-03-30T00:00Z");
            ask.to_ns = at("2025-03-31T00:00Z");
            assert_status(driver->check_zone(zones[i], ask.kind, &error), PT_OK, &error);
            assert_status(driver->request(&ask, &request, &error), PT_OK, &error);
            assert_true(request.path[0] == '/' && strpbrk(request.path, " \r\n") == NULL);
            bool sent = strstr(request.path, "SECRET") || strstr(request.header, "SECRET");
            assert_true(sent == (driver->secret != PT_FEED_OPEN));
        }
    }
    (void)unused;
}

// 2 to 16 are the weights of the first fifteen characters, 0-9 A-Z - are 0 to 36, and the last one
// is 36 - (sum - 1) mod 37. ENTSO-E, EIC code implementation guide.
static void every_code_of_a_zone_checks(void **unused)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    for (int i = 0; i < pt_bidding_zone_count; i++) {
        const char *code = pt_bidding_zones[i].code;
        int sum = 0;
        assert_int_equal(strlen(code), 16);
        for (int k = 0; k < 15; k++)
            sum += (int)(strchr(letters, code[k]) - letters) * (16 - k);
        char expected = letters[36 - (sum - 1) % 37];
        if (code[15] != expected)
            print_error("%s: %s should end in %c\n", pt_bidding_zones[i].name, code, expected);
        assert_true(code[15] == expected);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_comes_back_bit_for_bit),
        cmocka_unit_test(a_damaged_day_is_not_there),
        cmocka_unit_test(a_day_that_cannot_be_written_says_why),
        cmocka_unit_test(zones_become_names_of_folders),
        cmocka_unit_test(another_address_has_another_folder),
        cmocka_unit_test(an_auction_is_asked_once_after_it_is_out),
        cmocka_unit_test(what_may_change_grows_old),
        cmocka_unit_test(a_gap_is_asked_for_less_and_less),
        cmocka_unit_test(a_clock_that_jumped_makes_nothing_fresh),
        cmocka_unit_test(the_jitter_is_steady_and_within_ten_minutes),
        cmocka_unit_test(a_pause_is_kept),
        cmocka_unit_test(every_feed_is_complete),
        cmocka_unit_test(every_feed_refuses_zones_that_are_none),
        cmocka_unit_test(every_default_zone_makes_a_request),
        cmocka_unit_test(every_code_of_a_zone_checks),
    };
    return cmocka_run_group_tests(tests, feed_setup, feed_teardown);
}
