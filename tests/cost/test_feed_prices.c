// Replies of the feeds of prices, as they are documented and as they really come.

#include "feed_support.h"

// --------------------------------------------------------------------------------- energy-charts
static struct pt_feed_ask energy_charts(void)
{
    return ask_for(&pt_feed_energy_charts, "DE-LU", PT_FEED_PRICE);
}

// 1760911200 is 2025-10-19T22:00Z. EUR/MWh / 1000 is EUR/kWh. "No Unit" has been seen.
static void energy_charts_gives_quarters_of_an_hour(void **unused)
{
    struct pt_feed_ask ask = energy_charts();
    struct pt_feed_slots slots = read_well(
        &ask, "{\"license_info\":\"CC BY 4.0\",\"unix_seconds\":[1760911200,1760912100,1760913000,"
              "1760913900],\"price\":[81.3,-5,null,70],\"unit\":\"No Unit\",\"deprecated\":false}");
    assert_true(slots.step_ns == 900 * PT_NANOSECONDS_PER_SECOND);
    assert_int_equal(slots.count, 3); // null is a gap
    assert_slot(&slots, 0, "2025-10-19T22:00Z", 0.0813);
    assert_slot(&slots, 1, "2025-10-19T22:15Z", -0.005);
    assert_slot(&slots, 2, "2025-10-19T22:45Z", 0.07);
    (void)unused;
}

// Two hours, then quarters: an hour becomes four quarters of its price. A missing hour (the third)
// makes the one before no longer.
static void hours_and_quarters_mix(void **unused)
{
    struct pt_feed_ask ask = energy_charts();
    struct pt_feed_slots slots =
        read_well(&ask, "{\"unix_seconds\":[0,3600,10800,14400,15300,16200],"
                        "\"price\":[10,20,30,40,50,60],\"unit\":\"EUR / MWh\"}");
    assert_true(slots.step_ns == 900 * PT_NANOSECONDS_PER_SECOND);
    assert_int_equal(slots.count, 4 + 4 + 4 + 3);
    assert_slot(&slots, 7, "1970-01-01T01:45Z", 0.02);
    assert_slot(&slots, 8, "1970-01-01T03:00Z", 0.03);
    assert_slot(&slots, 12, "1970-01-01T04:00Z", 0.04);
    (void)unused;
}

// The same hour twice with one price is one hour; with two prices it is none.
static void a_doubled_hour_is_kept_once_or_not_at_all(void **unused)
{
    struct pt_feed_ask ask = energy_charts();
    struct pt_feed_slots slots =
        read_well(&ask, "{\"unix_seconds\":[0,3600,3600,7200,7200],\"price\":[10,20,20,30,31]}");
    assert_int_equal(slots.count, 2);
    assert_int_equal(slots.conflict_count, 1);
    assert_slot(&slots, 1, "1970-01-01T01:00Z", 0.02);
    (void)unused;
}

static void what_is_no_reply_is_refused(void **unused)
{
    struct pt_feed_ask ask = energy_charts();
    assert_refused(&ask, "", PT_CORRUPT, "empty answer");
    assert_refused(&ask, "\n<!DOCTYPE html><html>Wartung</html>", PT_CORRUPT, "HTML");
    assert_refused(&ask, "{\"unix_seconds\":[0,36", PT_CORRUPT, "no JSON");
    assert_refused(&ask, "\"soon\"", PT_CORRUPT, "one value");
    assert_refused(&ask, "{\"price\":[1]}", PT_CORRUPT, "no list \"unix_seconds\"");
    assert_refused(&ask, "{\"unix_seconds\":[0,3600],\"price\":[1]}", PT_CORRUPT,
                   "2 times but 1 values");
    assert_refused(&ask, "{\"unix_seconds\":[0,3600],\"price\":[1,\"dear\"]}", PT_CORRUPT,
                   "\"dear\" is no number");
    assert_refused(&ask, "{\"unix_seconds\":[3600,0],\"price\":[1,2]}", PT_CORRUPT, "do not rise");
    assert_refused(&ask, "{\"unix_seconds\":[0,1e12],\"price\":[1,2]}", PT_CORRUPT, "no seconds");
    assert_refused(&ask, "{\"unix_seconds\":[0,7],\"price\":[1,2]}", PT_CORRUPT,
                   "step of a minute");
    assert_refused(&ask, "{\"unix_seconds\":[0],\"price\":[1],\"unit\":\"EUR / kWh\"}", PT_CORRUPT,
                   "not EUR/MWh");
    // 81 EUR/kWh: somebody has changed to ct/MWh.
    assert_refused(&ask, "{\"unix_seconds\":[0],\"price\":[81300]}", PT_CORRUPT,
                   "has the feed changed its unit?");
    struct pt_feed_slots slots = read_well(&ask, "{}"); // nothing yet
    assert_int_equal(slots.count, 0);
    (void)unused;
}

// ---------------------------------------------------------------------------------------- ENTSO-E
#define DOCUMENT(series)                                                                           \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Publication_MarketDocument "                       \
    "xmlns=\"urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3\"><mRID>1</mRID>"             \
    "<period.timeInterval><start>2025-01-01T23:00Z</start><end>2025-01-03T23:00Z</end>"            \
    "</period.timeInterval>" series "</Publication_MarketDocument>"
#define SERIES(extra, curve, period)                                                               \
    "<TimeSeries><mRID>1</mRID><currency_Unit.name>EUR</currency_Unit.name>"                       \
    "<price_Measure_Unit.name>MWH</price_Measure_Unit.name>" extra "<curveType>" curve             \
    "</curveType>" period "</TimeSeries>"
#define SEQUENCE(n)                                                                                \
    "<classificationSequence_AttributeInstanceComponent.position>" n                               \
    "</classificationSequence_AttributeInstanceComponent.position>"
#define PERIOD(start, end, resolution, points)                                                     \
    "<Period><timeInterval><start>" start "</start><end>" end                                      \
    "</end></timeInterval><resolution>" resolution "</resolution>" points "</Period>"
#define POINT(position, price)                                                                     \
    "<Point><position>" position "</position><price.amount>" price "</price.amount></Point>"

static struct pt_feed_ask entsoe(void)
{
    return ask_for(&pt_feed_entsoe, "DE-LU", PT_FEED_PRICE);
}

// Position 2 is left out, and all behind 4 up to the end of the period.
static void a03_carries_prices_to_the_end_of_the_period(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots = read_well(
        &ask, DOCUMENT(SERIES("", "A03",
                              PERIOD("2025-09-30T22:00Z", "2025-10-01T22:00Z", "PT15M",
                                     POINT("1", "10") POINT("3", "30") POINT("4", "40.5")))));
    assert_int_equal(slots.count, 96);
    assert_slot(&slots, 1, "2025-09-30T22:15Z", 0.010);
    assert_slot(&slots, 2, "2025-09-30T22:30Z", 0.030);
    assert_slot(&slots, 95, "2025-10-01T21:45Z", 0.0405);
    (void)unused;
}

// With A01 what is not there is not known.
static void a01_leaves_gaps(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots =
        read_well(&ask, DOCUMENT(SERIES("", "A01",
                                        PERIOD("2025-01-01T23:00Z", "2025-01-02T23:00Z", "PT60M",
                                               POINT("1", "10") POINT("3", "30")))));
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 1, "2025-01-02T01:00Z", 0.030);
    (void)unused;
}

// 2025-03-30 has 23 hours in Europe and 2025-10-26 has 25.
static void days_of_92_and_100_quarters_are_whole(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots =
        read_well(&ask, DOCUMENT(SERIES("", "A03",
                                        PERIOD("2025-03-29T23:00Z", "2025-03-30T22:00Z", "PT15M",
                                               POINT("1", "1") POINT("92", "9")))));
    assert_int_equal(slots.count, 92);
    slots = read_well(&ask, DOCUMENT(SERIES("", "A03",
                                            PERIOD("2025-10-25T22:00Z", "2025-10-26T23:00Z",
                                                   "PT15M", POINT("1", "1") POINT("100", "9")))));
    assert_int_equal(slots.count, 100);
    assert_slot(&slots, 99, "2025-10-26T22:45Z", 0.009);
    assert_refused(&ask,
                   DOCUMENT(SERIES("", "A03",
                                   PERIOD("2025-03-29T23:00Z", "2025-03-30T22:00Z", "PT15M",
                                          POINT("93", "1")))),
                   PT_CORRUPT, "position 93 of 92");
    (void)unused;
}

// The coupled auction (1) is preferred wherever it has a price, in whatever order they come; it
// ends early here, and EXAA's hours behind it hold.
static void the_coupled_auction_is_preferred(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots = read_well(
        &ask,
        DOCUMENT(SERIES(SEQUENCE("2"), "A03",
                        PERIOD("2025-10-01T00:00Z", "2025-10-01T02:00Z", "PT15M", POINT("1", "99")))
                     SERIES(SEQUENCE("1"), "A03",
                            PERIOD("2025-10-01T00:00Z", "2025-10-01T01:00Z", "PT60M",
                                   POINT("1", "50")))));
    assert_int_equal(slots.count, 8);
    assert_slot(&slots, 3, "2025-10-01T00:45Z", 0.050);
    assert_slot(&slots, 4, "2025-10-01T01:00Z", 0.099);
    (void)unused;
}

// At the change to quarters of an hour both resolutions came for one day: the finer one holds.
static void quarters_win_over_hours(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots =
        read_well(&ask, DOCUMENT(SERIES("", "A03",
                                        PERIOD("2025-10-01T00:00Z", "2025-10-01T01:00Z", "PT15M",
                                               POINT("1", "1") POINT("2", "2")))
                                     SERIES("", "A03",
                                            PERIOD("2025-10-01T00:00Z", "2025-10-01T02:00Z",
                                                   "PT60M", POINT("1", "5")))));
    assert_int_equal(slots.count, 8);
    assert_slot(&slots, 0, "2025-10-01T00:00Z", 0.001);
    assert_slot(&slots, 1, "2025-10-01T00:15Z", 0.002);
    assert_slot(&slots, 4, "2025-10-01T01:00Z", 0.005);
    (void)unused;
}

#define ACKNOWLEDGEMENT(code, text)                                                                \
    "<Acknowledgement_MarketDocument xmlns=\"urn:iec62325.351:tc57wg16:451-1:"                     \
    "acknowledgementdocument:7:0\"><Reason><code>" code "</code><text>" text                       \
    "</text></Reason></Acknowledgement_MarketDocument>"

static void an_acknowledgement_is_no_data_or_a_refusal(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    struct pt_feed_slots slots =
        read_well(&ask, ACKNOWLEDGEMENT("999", "No matching data found for Data item"));
    assert_int_equal(slots.count, 0);
    assert_refused(&ask, ACKNOWLEDGEMENT("401", "The amount of\nrequested data exceeds 1 year"),
                   PT_UNAVAILABLE, "refuses (401): The amount of requested data");
    (void)unused;
}

static void xml_of_strangers_is_refused(void **unused)
{
    struct pt_feed_ask ask = entsoe();
    assert_refused(&ask, "", PT_CORRUPT, "empty");
    assert_refused(&ask, "<html><body>Maintenance</body></html>", PT_CORRUPT, "<html>");
    assert_refused(&ask, "{}", PT_CORRUPT, "no XML");
    assert_refused(&ask, "<Publication_MarketDocument><TimeSeries>", PT_CORRUPT, "no XML");
    assert_refused(&ask,
                   "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>"
                   "<Publication_MarketDocument>&b;</Publication_MarketDocument>",
                   PT_CORRUPT, "declares entities");
    char deep[2000] = "<Publication_MarketDocument>";
    for (int i = 0; i < 40; i++)
        strcat(deep, "<deeper>");
    assert_refused(&ask, deep, PT_CORRUPT, "nested deeper");
    assert_refused(&ask,
                   DOCUMENT("<TimeSeries><price_Measure_Unit.name>KWH</price_Measure_Unit.name>"
                            "</TimeSeries>"),
                   PT_CORRUPT, "per \"KWH\"");
    assert_refused(
        &ask,
        DOCUMENT("<TimeSeries><curveType>A01</curveType>" PERIOD(
            "2025-01-01T00:00Z", "2025-01-01T01:00Z", "PT60M", POINT("1", "1")) "</TimeSeries>"),
        PT_CORRUPT, "without a currency");
    assert_refused(
        &ask,
        DOCUMENT(SERIES("", "A01",
                        PERIOD("2025-01-01T00:00Z", "2025-01-01T01:00Z", "P1Y", POINT("1", "1")))),
        PT_CORRUPT, "resolution");
    assert_refused(
        &ask,
        DOCUMENT(SERIES(
            "", "A01", PERIOD("2025-01-01T00:00Z", "2025-01-01T00:50Z", "PT60M", POINT("1", "1")))),
        PT_CORRUPT, "no whole number");
    assert_refused(
        &ask,
        DOCUMENT(SERIES(
            "", "A01", PERIOD("1980-01-01T00:00Z", "2199-01-01T00:00Z", "PT15M", POINT("1", "1")))),
        PT_CORRUPT, "no whole number");
    assert_refused(&ask,
                   DOCUMENT(SERIES("", "A01",
                                   PERIOD("2025-01-01T00:00Z", "2025-01-01T01:00Z", "PT60M",
                                          POINT("1", "free")))),
                   PT_CORRUPT, "has no price");
    assert_refused(&ask,
                   DOCUMENT(SERIES("", "A01",
                                   PERIOD("2025-01-01T00:00Z", "2025-01-01T01:00Z", "PT60M",
                                          POINT("1", "1") POINT("1", "2")))),
                   PT_CORRUPT, "two prices");
    assert_refused(
        &ask,
        DOCUMENT(SERIES("", "A01", PERIOD("today", "2025-01-01T01:00Z", "PT60M", POINT("1", "1")))),
        PT_CORRUPT, "no time");
    (void)unused;
}

// ---------------------------------------------------------------------------------------- aWATTar
static void awattar_gives_hours_in_milliseconds(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_awattar, "AT", PT_FEED_PRICE);
    struct pt_feed_slots slots = read_well(
        &ask, "{\"object\":\"list\",\"data\":[{\"start_timestamp\":1428591600000,"
              "\"end_timestamp\":1428595200000,\"marketprice\":42.09,\"unit\":\"Eur/MWh\"},"
              "{\"start_timestamp\":1428595200000,\"end_timestamp\":1428598800000,"
              "\"marketprice\":-3,\"unit\":\"Eur/MWh\"}],\"url\":\"/v1/marketdata\"}");
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2015-04-09T15:00Z", 0.04209);
    assert_slot(&slots, 1, "2015-04-09T16:00Z", -0.003);
    assert_refused(&ask,
                   "{\"data\":[{\"start_timestamp\":0,\"end_timestamp\":3600000,"
                   "\"marketprice\":4,\"unit\":\"ct/kWh\"}]}",
                   PT_CORRUPT, "not Eur/MWh");
    assert_refused(&ask,
                   "{\"data\":[{\"start_timestamp\":9e30,\"end_timestamp\":3600000,"
                   "\"marketprice\":4,\"unit\":\"Eur/MWh\"}]}",
                   PT_CORRUPT, "no time in milliseconds");
    assert_refused(&ask, "{\"data\":[7]}", PT_CORRUPT, "no price");
    (void)unused;
}

// ---------------------------------------------------------------------------------------- Octopus
// Newest first; pence; both payment methods; a price whose end is not known.
static void octopus_comes_newest_first(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_octopus, "C", PT_FEED_PRICE);
    struct pt_feed_slots slots = read_well(
        &ask,
        "{\"count\":4,\"next\":null,\"previous\":null,\"results\":["
        "{\"value_exc_vat\":20.0,\"value_inc_vat\":21.0,\"valid_from\":\"2025-01-01T01:00:00Z\","
        "\"valid_to\":null,\"payment_method\":null},"
        "{\"value_exc_vat\":19.0,\"value_inc_vat\":19.95,\"valid_from\":\"2025-01-01T00:30:00Z\","
        "\"valid_to\":\"2025-01-01T01:00:00Z\",\"payment_method\":\"NON_DIRECT_DEBIT\"},"
        "{\"value_exc_vat\":18.0,\"value_inc_vat\":18.9,\"valid_from\":\"2025-01-01T00:30:00Z\","
        "\"valid_to\":\"2025-01-01T01:00:00Z\",\"payment_method\":\"DIRECT_DEBIT\"},"
        "{\"value_exc_vat\":-2.0,\"value_inc_vat\":-2.1,\"valid_from\":\"2025-01-01T00:00:00Z\","
        "\"valid_to\":\"2025-01-01T00:30:00Z\",\"payment_method\":null}]}");
    assert_int_equal(slots.count, 3);
    assert_true(slots.step_ns == 1800 * PT_NANOSECONDS_PER_SECOND);
    assert_slot(&slots, 0, "2025-01-01T00:00Z", -0.021);
    assert_slot(&slots, 1, "2025-01-01T00:30Z", 0.189);
    assert_slot(&slots, 2, "2025-01-01T01:00Z", 0.21);
    assert_refused(&ask, "{\"results\":[{\"valid_from\":\"soon\",\"value_inc_vat\":1}]}",
                   PT_CORRUPT, "no time");
    assert_refused(&ask, "{\"detail\":\"Not found.\"}", PT_CORRUPT, "no list \"results\"");
    (void)unused;
}

static void octopus_says_that_there_is_more(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_octopus, "C", PT_FEED_PRICE);
    struct pt_feed_points points;
    struct pt_feed_slots slots;
    const char *body = "{\"count\":9,\"next\":\"https://elsewhere/?page=2\",\"results\":[]}";
    assert_int_equal(read_bytes(&ask, body, strlen(body), &points, &slots, NULL), PT_OK);
    assert_true(points.more);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_charts_gives_quarters_of_an_hour),
        cmocka_unit_test(hours_and_quarters_mix),
        cmocka_unit_test(a_doubled_hour_is_kept_once_or_not_at_all),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(a03_carries_prices_to_the_end_of_the_period),
        cmocka_unit_test(a01_leaves_gaps),
        cmocka_unit_test(days_of_92_and_100_quarters_are_whole),
        cmocka_unit_test(the_coupled_auction_is_preferred),
        cmocka_unit_test(quarters_win_over_hours),
        cmocka_unit_test(an_acknowledgement_is_no_data_or_a_refusal),
        cmocka_unit_test(xml_of_strangers_is_refused),
        cmocka_unit_test(awattar_gives_hours_in_milliseconds),
        cmocka_unit_test(octopus_comes_newest_first),
        cmocka_unit_test(octopus_says_that_there_is_more),
    };
    return cmocka_run_group_tests(tests, feed_setup, feed_teardown);
}
