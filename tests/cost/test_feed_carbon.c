// Replies of the feeds of carbon intensity and of the sun, as they are documented.

#include "feed_support.h"

static void energy_charts_prefers_what_was_measured(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_energy_charts, "DE", PT_FEED_CARBON);
    struct pt_feed_slots slots =
        read_well(&ask, "{\"unix_seconds\":[0,900,1800],\"co2eq\":[350.5,null,null],"
                        "\"co2eq_forecast\":[360,361,null]}");
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "1970-01-01T00:00Z", 350.5);
    assert_slot(&slots, 1, "1970-01-01T00:15Z", 361);
    assert_int_equal(slots.qualities[0], PT_FEED_ACTUAL);
    assert_int_equal(slots.qualities[1], PT_FEED_FORECAST);
    (void)unused;
}

// ------------------------------------------------------------------------------------- uk-carbon
#define HALF(from, to, intensity)                                                                  \
    "{\"from\":\"2024-05-01T" from "Z\",\"to\":\"2024-05-01T" to "Z\",\"intensity\":" intensity "}"

static void uk_carbon_has_actual_values_and_a_forecast(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_uk_carbon, "GB", PT_FEED_CARBON);
    struct pt_feed_slots slots = read_well(
        &ask, "{\"data\":[" HALF("11:30", "12:00",
                                 "{\"forecast\":266,\"actual\":263,\"index\":"
                                 "\"moderate\"}") "," HALF("12:00", "12:30",
                                                           "{\"forecast\":250,"
                                                           "\"actual\":null,\"index\":"
                                                           "\"low\"}") "," HALF("12:30", "13:00",
                                                                                "{\"fore"
                                                                                "cast\":"
                                                                                "null,"
                                                                                "\"actua"
                                                                                "l\":"
                                                                                "null,"
                                                                                "\"index"
                                                                                "\":"
                                                                                "\"low\""
                                                                                "}") "]"
                                                                                     "}");
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2024-05-01T11:30Z", 263);
    assert_slot(&slots, 1, "2024-05-01T12:00Z", 250);
    assert_int_equal(slots.qualities[0], PT_FEED_ACTUAL);
    assert_int_equal(slots.qualities[1], PT_FEED_FORECAST);
    assert_int_equal(read_well(&ask, "{}").count, 0); // when its sources are late
    assert_refused(&ask, "{\"data\":{}}", PT_CORRUPT, "no list \"data\"");
    assert_refused(&ask, "{\"data\":[{\"from\":\"x\"}]}", PT_CORRUPT, "no intensity");
    assert_refused(&ask, "{\"data\":[{\"intensity\":{\"actual\":1}}]}", PT_CORRUPT, "no time");
    assert_refused(&ask, "{\"data\":[" HALF("11:30", "12:00", "{\"actual\":263000}") "]}",
                   PT_CORRUPT, "has the feed changed its unit?");
    (void)unused;
}

static void regions_have_only_forecasts(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_uk_carbon, "RG1", PT_FEED_CARBON);
    const char *region = "{\"regionid\":12,\"shortname\":\"South England\",\"data\":[" HALF(
        "11:30", "12:00", "{\"forecast\":266,\"index\":\"high\"}") "]}";
    char body[600];
    for (int list = 0; list < 2; list++) {
        snprintf(body, sizeof body, "{\"data\":%s%s%s}", list ? "[" : "", region, list ? "]" : "");
        struct pt_feed_slots slots = read_well(&ask, body);
        assert_int_equal(slots.count, 1);
        assert_slot(&slots, 0, "2024-05-01T11:30Z", 266);
        assert_int_equal(slots.qualities[0], PT_FEED_FORECAST);
    }
    (void)unused;
}

// ------------------------------------------------------------------------------- electricity-maps
static void electricity_maps_has_past_and_future(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_electricity_maps, "DE", PT_FEED_CARBON);
    struct pt_feed_slots slots =
        read_well(&ask, "{\"zone\":\"DE\",\"data\":[{\"zone\":\"DE\",\"carbonIntensity\":302,"
                        "\"datetime\":\"2024-04-25T18:00:00.000Z\",\"isEstimated\":false},"
                        "{\"zone\":\"DE\",\"carbonIntensity\":null,"
                        "\"datetime\":\"2024-04-25T19:00:00.000Z\"}]}");
    assert_int_equal(slots.count, 1);
    assert_slot(&slots, 0, "2024-04-25T18:00Z", 302);
    ask.ahead = true;
    slots = read_well(&ask, "{\"zone\":\"DE\",\"forecast\":[{\"carbonIntensity\":200,"
                            "\"datetime\":\"2024-04-25T20:00:00.000Z\"}],\"updatedAt\":\"x\"}");
    assert_slot(&slots, 0, "2024-04-25T20:00Z", 200);
    assert_int_equal(slots.qualities[0], PT_FEED_FORECAST);
    assert_refused(&ask, "{\"error\":\"Forecast is not in your plan\"}", PT_UNAVAILABLE,
                   "not in your plan");
    assert_refused(&ask, "{\"zone\":\"DE\"}", PT_CORRUPT, "no list \"forecast\"");
    (void)unused;
}

// --------------------------------------------------------------------------------------- watttime
// 1000 lbs/MWh x 0.45359237 kg/lb = 453.59237 g/kWh.
static void watttime_counts_in_pounds(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_watttime, "CAISO_NORTH", PT_FEED_CARBON);
    struct pt_feed_slots slots =
        read_well(&ask, "{\"data\":[{\"point_time\":\"2023-07-15T00:00:00+00:00\",\"value\":1000},"
                        "{\"point_time\":\"2023-07-15T00:05:00+00:00\",\"value\":\"870.5\"}],"
                        "\"meta\":{\"data_point_period_seconds\":300,\"region\":\"CAISO_NORTH\","
                        "\"signal_type\":\"co2_moer\",\"units\":\"lbs_co2_per_mwh\"}}");
    assert_int_equal(slots.count, 2);
    assert_true(slots.step_ns == 300 * PT_NANOSECONDS_PER_SECOND);
    assert_slot(&slots, 0, "2023-07-15T00:00Z", 453.59237);
    assert_near(slots.values[1], 394.85215808, 1e-6);
    assert_refused(&ask, "{\"data\":[],\"meta\":{\"units\":\"percentile\"}}", PT_CORRUPT,
                   "not lbs_co2_per_mwh");
    assert_refused(&ask, "{\"data\":[]}", PT_CORRUPT, "no \"meta\"");
    assert_refused(&ask,
                   "{\"data\":[],\"meta\":{\"units\":\"lbs_co2_per_mwh\","
                   "\"data_point_period_seconds\":0}}",
                   PT_CORRUPT, "a value every 0 s");
    (void)unused;
}

// -------------------------------------------------------------------------------------------- eia
#define ROW(hour, fuel, value)                                                                     \
    "{\"period\":\"2022-10-31T" hour "\",\"respondent\":\"CISO\",\"fueltype\":\"" fuel             \
    "\",\"value\":" value ",\"value-units\":\"megawatthours\"}"
#define RESPONSE(total, rows)                                                                      \
    "{\"response\":{\"total\":" total ",\"dateFormat\":\"YYYY-MM-DD\\\"T\\\"HH24\","               \
    "\"frequency\":\"hourly\",\"data\":[" rows "]}}"

// The period is the end of its hour. (300 x 490 + 100 x 48 + 0) / 400 = 379.5 g/kWh; the sun at
// night is -5, the battery counts on neither side, numbers come as strings.
static void eia_hours_end_and_fuels_add_up(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_eia, "CISO", PT_FEED_CARBON);
    struct pt_feed_slots slots = read_well(
        &ask, RESPONSE("\"6\"",
                       ROW("11", "NG", "300") "," ROW("11", "SUN", "\"100\"") "," ROW(
                           "11", "BAT", "900") "," ROW("12", "NG",
                                                       "\"300\"") "," ROW("12", "SUN",
                                                                          "-5") "," ROW("12", "BAT",
                                                                                        "-900")));
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2022-10-31T10:00Z", 379.5);
    assert_slot(&slots, 1, "2022-10-31T11:00Z", 490);
    (void)unused;
}

// Hour 12 lacks two of four fuels; hour 13 is half unknown; hour 14 has gas twice; 15 is sound.
static void eia_leaves_out_what_does_not_follow(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_eia, "CISO", PT_FEED_CARBON);
    struct pt_feed_slots slots = read_well(
        &ask,
        RESPONSE(
            "18",
            ROW("11", "NG", "1") "," ROW("11", "SUN", "1") "," ROW("11", "WND", "1") "," ROW("11", "NUC", "1") "," ROW("12", "WND", "1") "," ROW("12", "NUC", "1") "," ROW(
                "13", "NG",
                "1") "," ROW("13", "SUN",
                             "1") "," ROW("13", "WND",
                                          "1") "," ROW("13", "OTH",
                                                       "3") "," ROW("14", "NG",
                                                                    "1") "," ROW("14", "NG",
                                                                                 "2") "," ROW("14",
                                                                                              "WND",
                                                                                              "1") "," ROW("14",
                                                                                                           "NUC",
                                                                                                           "1") "," ROW("15",
                                                                                                                        "NG",
                                                                                                                        "1") "," ROW("15",
                                                                                                                                     "SUN",
                                                                                                                                     "1") "," ROW("15",
                                                                                                                                                  "WND",
                                                                                                                                                  "1") "," ROW("15",
                                                                                                                                                               "NUC",
                                                                                                                                                               "1")));
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2022-10-31T10:00Z", (490 + 48 + 11 + 12) / 4.0);
    assert_slot(&slots, 1, "2022-10-31T14:00Z", (490 + 48 + 11 + 12) / 4.0);
    assert_refused(&ask, RESPONSE("9000", ROW("11", "NG", "1")), PT_CORRUPT,
                   "9000 rows, of which 1 came");
    assert_refused(&ask, "{\"response\":{\"data\":[{\"period\":\"11\"}]}}", PT_CORRUPT, "no time");
    assert_refused(&ask, "{\"error\":{\"code\":\"API_KEY_MISSING\"}}", PT_CORRUPT, "no list");
    (void)unused;
}

// ------------------------------------------------------------------------------------- open-meteo
#define WEATHER(times, sun, air)                                                                   \
    "{\"latitude\":52.5,\"hourly_units\":{\"time\":\"iso8601\",\"global_tilted_irradiance\":"      \
    "\"W/m\xc2\xb2\",\"temperature_2m\":\"\xc2\xb0"                                                \
    "C\"},\"hourly\":{\"time\":[" times "],\"global_tilted_irradiance\":[" sun                     \
    "],\"temperature_2m\":[" air "]}}"

// 10 kW, 800 W/m2, air of 20 C: the cell has 20 + 800 x 25/800 = 45 C, so
// 10 x 0.8 x (1 - 0.004 x 20) x 0.86 = 6.3296 kW, in the hour BEFORE 12:00.
static void the_sun_of_the_preceding_hour_becomes_power(void **unused)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_open_meteo, "52.52,13.41,10", PT_FEED_SOLAR);
    struct pt_feed_slots slots =
        read_well(&ask, WEATHER("\"2025-06-01T12:00\",\"2025-06-01T13:00\",\"2025-06-01T14:00\"",
                                "800,-1.5,null", "20,20,20"));
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2025-06-01T11:00Z", 6.3296);
    assert_slot(&slots, 1, "2025-06-01T12:00Z", 0); // clamped
    assert_refused(&ask, WEATHER("\"2025-06-01T12:00\"", "1,2", "3"), PT_CORRUPT,
                   "columns of 1, 2 and 1");
    assert_refused(&ask, WEATHER("\"noon\"", "1", "3"), PT_CORRUPT, "no time");
    assert_refused(&ask, WEATHER("\"2025-06-01T12:00\"", "800000", "3"), PT_CORRUPT, "W/m2");
    assert_refused(&ask,
                   "{\"hourly\":{\"time\":[],\"global_tilted_irradiance\":[],"
                   "\"temperature_2m\":[]}}",
                   PT_CORRUPT, "its units are");
    assert_refused(&ask, "{\"error\":true,\"reason\":\"x\"}", PT_CORRUPT, "no list \"time\"");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_charts_prefers_what_was_measured),
        cmocka_unit_test(uk_carbon_has_actual_values_and_a_forecast),
        cmocka_unit_test(regions_have_only_forecasts),
        cmocka_unit_test(electricity_maps_has_past_and_future),
        cmocka_unit_test(watttime_counts_in_pounds),
        cmocka_unit_test(eia_hours_end_and_fuels_add_up),
        cmocka_unit_test(eia_leaves_out_what_does_not_follow),
        cmocka_unit_test(the_sun_of_the_preceding_hour_becomes_power),
    };
    return cmocka_run_group_tests(tests, feed_setup, feed_teardown);
}
