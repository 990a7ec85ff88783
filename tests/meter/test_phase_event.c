// One line of what a program says of itself.

#include "meter/phase_event.h"

#include "meter/phase_lines.h"
#include "support.h"

static bool parse(const char *line, struct pt_phase_event *event)
{
    return pt_phase_event_parse(line, strlen(line), event);
}

static void lines_say_what_they_say(void **unused)
{
    struct pt_phase_event event;
    assert_true(parse("phase forward", &event));
    assert_int_equal(event.verb, PT_SAYS_PHASE);
    assert_string_equal(event.text, "forward");
    assert_true(event.time_ns == PT_PHASE_NO_TIME);
    assert_true(parse("  @81734000125 begin   my epoch \r", &event));
    assert_int_equal(event.verb, PT_SAYS_BEGIN);
    assert_true(event.time_ns == 81734000125);
    assert_string_equal(event.text, "my epoch");
    assert_true(parse("end", &event) && event.verb == PT_SAYS_END && event.text[0] == '\0');
    assert_true(parse("phase", &event) && event.verb == PT_SAYS_PHASE && event.text[0] == '\0');
    assert_true(parse("step 17", &event) && event.number == 17 && isnan(event.of));
    assert_true(parse("step 17 / 400", &event) && event.number == 17 && event.of == 400);
    assert_true(parse("samples 128", &event) && event.number == 128);
    assert_true(parse("loss -2.5e-1", &event) && event.number == -0.25);
    assert_true(parse("dropped 3", &event) && event.number == 3);
    assert_true(parse("note warm-up is over", &event));
    assert_string_equal(event.text, "warm-up is over");
    (void)unused;
}

static void other_lines_say_nothing(void **unused)
{
    static const char *const lines[] = {"",
                                        " ",
                                        "phases x",
                                        "Phase x",
                                        "begin",
                                        "begin  ",
                                        "step",
                                        "step x",
                                        "step -1",
                                        "step 1/",
                                        "step /3",
                                        "step nan",
                                        "samples -1",
                                        "samples",
                                        "samples 1e300",
                                        "loss",
                                        "loss nan",
                                        "loss 1 2",
                                        "note",
                                        "@ phase x",
                                        "@x phase x",
                                        "@1",
                                        "@-1 phase x",
                                        "@1.5 phase x",
                                        "dropped",
                                        "dropped -1",
                                        "@1 @2 phase x",
                                        "1 phase x",
                                        "@+1 phase x",
                                        "@99999999999999999999999999 phase x",
                                        "@9223372036854775808 phase x"};
    struct pt_phase_event event = {.number = 42};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (parse(lines[i], &event) || event.number != 42)
            fail_msg("\"%s\" says something", lines[i]);
    assert_false(pt_phase_event_parse("step 1\0007", 8, &event)); // a NUL is no end
    assert_false(pt_phase_event_parse("@1\0001 phase x", 12, &event));
    (void)unused;
}

// Whatever is sent, a name is a short line of printable UTF-8.
static void names_are_printable_and_short(void **unused)
{
    struct pt_phase_event event;
    char line[2048] = "phase ";
    assert_true(pt_phase_event_parse("phase a\0b\033[1mc\177\xff", 16, &event));
    assert_string_equal(event.text, "a?b?[1mc??");
    assert_true(parse("phase e\xcc\x81\xe2\x80\xae x", &event)); // an accent; right to left
    assert_string_equal(event.text, "e\xcc\x81? x");
    memset(line + 6, 'x', 2000);
    assert_true(parse(line, &event));
    assert_int_equal(strlen(event.text), PT_PHASE_NAME_SIZE - 1);
    // 30 bytes and then a character of two, which does not fit
    assert_true(parse("phase 123456789012345678901234567890\xc3\xa4", &event));
    assert_string_equal(event.text, "123456789012345678901234567890");
    (void)unused;
}

struct taken {
    int count, too_long;
    char text[256];
};

static void take(void *state, const char *line, size_t length)
{
    struct taken *taken = state;
    taken->count++;
    taken->too_long += line == NULL;
    if (line != NULL)
        snprintf(taken->text + strlen(taken->text), 64, "[%.*s]", (int)length, line);
}

static void bytes_become_lines(void **unused)
{
    static struct pt_phase_lines lines;
    struct taken taken = {0};
    char flood[3000];
    memset(flood, 'x', sizeof flood);
    assert_int_equal(pt_phase_lines_feed(&lines, "pha", 3, take, &taken), 0);
    assert_int_equal(pt_phase_lines_feed(&lines, "se a\n\nend\nbe", 12, take, &taken), 2);
    assert_string_equal(taken.text, "[phase a][end]");
    pt_phase_lines_feed(&lines, flood, sizeof flood, take, &taken); // a megabyte would do the same
    pt_phase_lines_feed(&lines, flood, sizeof flood, take, &taken);
    assert_int_equal(taken.too_long, 0);
    pt_phase_lines_feed(&lines, "\nphase b\n", 9, take, &taken);
    assert_int_equal(taken.too_long, 1);
    assert_int_equal(taken.count, 4);
    assert_string_equal(taken.text, "[phase a][end][phase b]");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_say_what_they_say),
        cmocka_unit_test(other_lines_say_nothing),
        cmocka_unit_test(names_are_printable_and_short),
        cmocka_unit_test(bytes_become_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
