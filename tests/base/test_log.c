#include "support.h"

#include "base/log.h"

static char last_line[2000];
static int line_count;

static void remember(enum pt_log_level level, const char *line, void *state)
{
    *(enum pt_log_level *)state = level;
    snprintf(last_line, sizeof last_line, "%s", line);
    line_count++;
}

static enum pt_log_level last_level;

static int listen(void **unused)
{
    (void)unused;
    line_count = 0;
    pt_log_set_sink(remember, &last_level, PT_LOG_INFO);
    return 0;
}

static void an_event_is_one_line_of_fields(void **unused)
{
    (void)unused;
    pt_log(PT_LOG_WARN, "sample_late", "sensor=%s interval_seconds=%.2f", "rapl", 1.92);
    assert_string_equal(last_line,
                        "level=warn event=sample_late sensor=rapl interval_seconds=1.92");
    assert_int_equal(last_level, PT_LOG_WARN);
    pt_log(PT_LOG_ERROR, "stop", "%s", "");
    assert_string_equal(last_line, "level=error event=stop ");
    assert_int_equal(line_count, 2);
}

static void events_below_the_least_level_are_silent(void **unused)
{
    (void)unused;
    pt_log(PT_LOG_DEBUG, "detail", "x=%d", 1);
    assert_int_equal(line_count, 0);
    pt_log(PT_LOG_INFO, "news", "x=%d", 1);
    assert_int_equal(line_count, 1);
}

static void without_a_sink_all_is_silent(void **unused)
{
    (void)unused;
    pt_log_set_sink(NULL, NULL, PT_LOG_DEBUG);
    pt_log(PT_LOG_ERROR, "nobody", "hears=%d", 1);
    assert_int_equal(line_count, 0);
}

static void line_ends_in_values_cannot_forge_an_event(void **unused)
{
    (void)unused;
    pt_log(PT_LOG_INFO, "file", "name=%s", "a\nlevel=error event=forged\x1b[2J\x7f");
    assert_string_equal(last_line, "level=info event=file name=a level=error event=forged [2J ");
}

static void a_long_line_is_cut_visibly(void **unused)
{
    (void)unused;
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    pt_log(PT_LOG_INFO, "long", "text=%s", text);
    assert_int_equal(strlen(last_line), 1000);
    assert_string_equal(last_line + 996, "x...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_event_is_one_line_of_fields, listen),
        cmocka_unit_test_setup(events_below_the_least_level_are_silent, listen),
        cmocka_unit_test_setup(without_a_sink_all_is_silent, listen),
        cmocka_unit_test_setup(line_ends_in_values_cannot_forge_an_event, listen),
        cmocka_unit_test_setup(a_long_line_is_cut_visibly, listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
