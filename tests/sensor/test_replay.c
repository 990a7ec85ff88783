// Replay: a recorded file in the place of a meter.

#include "fake_machine.h"
#include "sensor/replay_file.h"

static struct fake_machine machine;

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    return 0;
}

static struct pt_sensor *open_text(const char *text)
{
    struct pt_sensor *sensor = NULL;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    options.file = test_file(machine.root, "meter.csv", text);
    assert_status(pt_sensor_open("replay", &options, &sensor, &error), PT_OK, &error);
    return sensor;
}

static double joules_after(struct pt_sensor *sensor, double seconds)
{
    struct pt_reading readings[PT_CHANNELS_MAX];
    fake_advance(&machine, seconds);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_OK);
    return pt_sensor_total(sensor, readings).value;
}

// Two channels; the times begin at 100 s, which is when the file is opened.
static void two_channels_add_up_on_the_line_between_rows(void **unused)
{
    struct pt_sensor *sensor = open_text("seconds,channel,joules\n"
                                         "100,cpu,5000\n"
                                         "100,gpu,0\n"
                                         "110,cpu,5400\n"
                                         "110,gpu,2000\n"
                                         "120,cpu,5400.5\n"
                                         "120,gpu,2000.5\n");
    assert_near(joules_after(sensor, 5), 1200, 1e-6);
    assert_near(joules_after(sensor, 5), 2400, 1e-6);
    assert_near(joules_after(sensor, 5), 2400.5, 1e-6);
    assert_contains(pt_sensor_source(sensor), "meter.csv");
    pt_sensor_close(sensor);
    (void)unused;
}

// 65000 J, then 464 J with a range of 65536 J: 1000 J.
static void a_recorded_wrap_is_a_wrap(void **unused)
{
    struct pt_sensor *sensor = open_text("seconds,channel,joules,range_joules\n"
                                         "0,cpu,65000,65536\n"
                                         "10,cpu,464,\n"
                                         "20,cpu,1464,\n");
    assert_near(joules_after(sensor, 5), 500, 1e-6);
    assert_near(joules_after(sensor, 5), 1000, 1e-6);
    assert_near(joules_after(sensor, 10), 2000, 1e-6);
    pt_sensor_close(sensor);
    (void)unused;
}

static void an_empty_field_is_a_gap_and_the_end_of_the_file_too(void **unused)
{
    struct pt_sensor *sensor = open_text("seconds,channel,joules\n"
                                         "0,cpu,0\n10,cpu,100\n20,cpu,\n30,cpu,300\n");
    struct pt_reading readings[PT_CHANNELS_MAX];
    struct pt_error error;
    assert_near(joules_after(sensor, 10), 100, 1e-6);
    fake_advance(&machine, 15);
    assert_status(pt_sensor_read(sensor, readings, &error), PT_IO, &error);
    assert_contains(error.message, "25.000 s");
    assert_near(joules_after(sensor, 5), 300, 1e-6);
    fake_advance(&machine, 0.5);
    assert_int_equal(pt_sensor_read(sensor, readings, NULL), PT_IO);
    assert_near(readings[0].energy_joules, 300, 1e-6);
    assert_near(readings[0].pending_joules, 5, 1e-6);
    pt_sensor_close(sensor);
    (void)unused;
}

static void mistakes_are_named_with_their_line(void **unused)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "seconds,channel,joules"},
        {"seconds,joules\n0,1\n", "no column \"channel\""},
        {"seconds,channel,joules\n", "no rows"},
        {"seconds,channel,joules\n0,a,1\nsoon,a,2\n", ":3: seconds \"soon\""},
        {"seconds,channel,joules\n0,a,-1\n", ":2: joules \"-1\""},
        {"seconds,channel,joules\n0,a,1e999\n", ":2: joules"},
        {"seconds,channel,joules\n0,a,1\n0,a,2\n", ":3: seconds 0: rows must be in order"},
        {"seconds,channel,joules\n5,a,1\n0,b,2\n", ":3: seconds 0"},
        {"seconds,channel,joules\n0,,1\n", "names have 1 to 47"},
        {"seconds,channel,joules\n0,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,1\n",
         "names have 1 to 47"},
        {"seconds,channel,joules,range_joules\n0,a,1,0\n", "range_joules is 0"},
        {"seconds,channel,joules,range_joules\n0,a,1,x\n", "range_joules \"x\""},
        {"seconds,channel,joules\n0,a\n", ":2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pt_sensor *sensor;
        struct pt_error error;
        struct pt_sensor_options options = fake_options(&machine);
        options.file = test_file(machine.root, "meter.csv", cases[i].text);
        assert_status(pt_sensor_open("replay", &options, &sensor, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, cases[i].part);
        assert_contains(error.message, "meter.csv");
    }
    (void)unused;
}

static void too_many_channels_are_refused(void **unused)
{
    char text[4096] = "seconds,channel,joules\n";
    for (int i = 0; i <= PT_CHANNELS_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "0,c%d,1\n", i);
    struct pt_sensor *sensor;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    options.file = test_file(machine.root, "meter.csv", text);
    assert_status(pt_sensor_open("replay", &options, &sensor, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "more than 64 channels");
    (void)unused;
}

static void without_a_file_it_says_how_to_give_one(void **unused)
{
    struct pt_sensor *sensor;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(&machine);
    assert_status(pt_sensor_open("replay", &options, &sensor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "--replay FILE");
    options.file = "/no/such/file.csv";
    assert_status(pt_sensor_open("replay", &options, &sensor, &error), PT_NOT_FOUND, &error);
    (void)unused;
}

static void before_and_after_the_rows_nothing_is_known(void **unused)
{
    struct pt_replay_point points[2] = {{1, 10}, {2, 20}};
    struct pt_replay_channel channel = {.range_joules = NAN, .count = 2, .points = points};
    int64_t cursor = 0;
    assert_true(isnan(pt_replay_at(&channel, 0.5, &cursor)));
    assert_near(pt_replay_at(&channel, 1.5, &cursor), 15, 1e-12);
    assert_near(pt_replay_at(&channel, 2, &cursor), 20, 1e-12);
    assert_true(isnan(pt_replay_at(&channel, 2.5, &cursor)));
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_channels_add_up_on_the_line_between_rows, setup),
        cmocka_unit_test_setup(a_recorded_wrap_is_a_wrap, setup),
        cmocka_unit_test_setup(an_empty_field_is_a_gap_and_the_end_of_the_file_too, setup),
        cmocka_unit_test_setup(mistakes_are_named_with_their_line, setup),
        cmocka_unit_test_setup(too_many_channels_are_refused, setup),
        cmocka_unit_test_setup(without_a_file_it_says_how_to_give_one, setup),
        cmocka_unit_test(before_and_after_the_rows_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
