#include "support.h"

#include <errno.h>

static void every_status_has_a_text_of_its_own(void **unused)
{
    (void)unused;
    for (int i = 0; i <= PT_UNSUPPORTED; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(pt_status_text((enum pt_status)i),
                                    pt_status_text((enum pt_status)j));
    assert_string_equal(pt_status_text(PT_DISK_FULL), "disk full");
    assert_string_equal(pt_status_text((enum pt_status)99), "unknown status");
}

static void failing_is_one_line(void **unused)
{
    (void)unused;
    struct pt_error error;
    assert_int_equal(pt_fail(&error, PT_BAD_INPUT, "batch: %d", 7), PT_BAD_INPUT);
    assert_int_equal(error.status, PT_BAD_INPUT);
    assert_string_equal(error.message, "batch: 7");
    assert_int_equal(pt_fail(NULL, PT_BUSY, "nobody asks"), PT_BUSY);
}

static void errno_becomes_the_status_that_fits(void **unused)
{
    (void)unused;
    static const struct {
        int value;
        enum pt_status status;
    } cases[] = {
        {EACCES, PT_DENIED},    {EPERM, PT_DENIED},
        {ENOENT, PT_NOT_FOUND}, {ENOSPC, PT_DISK_FULL},
        {EFBIG, PT_DISK_FULL},  {EDQUOT, PT_DISK_FULL},
        {ENOMEM, PT_NO_MEMORY}, {ENODEV, PT_UNAVAILABLE},
        {EBUSY, PT_BUSY},       {EINTR, PT_INTERRUPTED},
        {EIO, PT_IO},           {EINVAL, PT_IO},
    };
    struct pt_error error;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pt_fail_errno(&error, cases[i].value, "f"), cases[i].status);
        assert_int_equal(error.status, cases[i].status);
        assert_contains(error.message, "f: ");
        assert_contains(error.message, strerror(cases[i].value));
    }
    assert_int_equal(pt_fail_errno(NULL, ENOSPC, "f"), PT_DISK_FULL);
}

static void context_is_put_before_the_message(void **unused)
{
    (void)unused;
    struct pt_error error;
    pt_fail(&error, PT_CORRUPT, "inner");
    assert_int_equal(pt_fail_within(&error, PT_BAD_INPUT, "file %s", "a"), PT_BAD_INPUT);
    assert_string_equal(error.message, "file a: inner");
    assert_int_equal(error.status, PT_BAD_INPUT);
    assert_int_equal(pt_fail_within(NULL, PT_IO, "x"), PT_IO);
}

static void long_messages_are_cut_and_terminated(void **unused)
{
    (void)unused;
    struct pt_error error;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    pt_fail(&error, PT_IO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    pt_fail_errno(&error, EIO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    pt_fail_within(&error, PT_IO, "before");
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_contains(error.message, "before: xxx");
}

static void a_message_is_one_line_and_commands_no_terminal(void **unused)
{
    (void)unused;
    struct pt_error error;
    pt_fail(&error, PT_IO, "a\nb\x1b[2J\x7f\xc2\x9b \xc3\xa9\xc2\xa0");
    assert_string_equal(error.message, "a?b?[2J??? \xc3\xa9\xc2\xa0");
    pt_fail_errno(&error, EIO, "a\nb");
    assert_null(strchr(error.message, '\n'));
    pt_fail_within(&error, PT_IO, "a\tb");
    assert_null(strchr(error.message, '\t'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_text_of_its_own),
        cmocka_unit_test(failing_is_one_line),
        cmocka_unit_test(errno_becomes_the_status_that_fits),
        cmocka_unit_test(context_is_put_before_the_message),
        cmocka_unit_test(long_messages_are_cut_and_terminated),
        cmocka_unit_test(a_message_is_one_line_and_commands_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
