#include "support.h"

#include <iconv.h>

#include "base/utf8.h"

static int decode(const char *text, uint32_t *ret_character)
{
    return pt_utf8_decode(text, strlen(text), ret_character);
}

// RFC 3629, section 7, and the ends of each length.
static void characters_of_every_length_are_decoded(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int length;
        uint32_t character;
    } cases[] = {
        {"A", 1, 0x41},
        {"\x7f", 1, 0x7F},
        {"\xc2\x80", 2, 0x80},
        {"\xce\x91", 2, 0x391},
        {"\xdf\xbf", 2, 0x7FF},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xD7FF},
        {"\xee\x80\x80", 3, 0xE000},
        {"\xef\xbf\xbf", 3, 0xFFFF},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t character = 0;
        assert_int_equal(decode(cases[i].text, &character), cases[i].length);
        assert_int_equal(character, cases[i].character);
    }
}

static void what_rfc_3629_forbids_is_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "\x80",             // continuation first
        "\xc0\x80",         // overlong NUL
        "\xc1\xbf",         // overlong
        "\xe0\x9f\xbf",     // overlong
        "\xf0\x8f\xbf\xbf", // overlong
        "\xed\xa0\x80",     // first surrogate
        "\xed\xbf\xbf",     // last surrogate
        "\xf4\x90\x80\x80", // above U+10FFFF
        "\xf8\x88\x80\x80", // five bytes
        "\xff",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f\x94",
        "\xc3(",
        "\xe2(\xac",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t character = 42;
        assert_int_equal(decode(cases[i], &character), 0);
        assert_int_equal(character, 42);
    }
}

static void no_byte_behind_the_end_is_read(void **unused)
{
    (void)unused;
    uint32_t character;
    char *text = malloc(2); // so that the sanitizer sees a read too far
    memcpy(text, "\xe2\x82", 2);
    assert_int_equal(pt_utf8_decode(text, 2, &character), 0);
    free(text);
}

// glibc's iconv is the second implementation: all sequences of two bytes, and of three with the
// leads whose rules differ.
static void verdicts_equal_those_of_iconv(void **unused)
{
    (void)unused;
    iconv_t converter = iconv_open("UTF-32LE", "UTF-8");
    assert_true(converter != (iconv_t)-1);
    static const unsigned char leads[] = {0x41, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF};
    for (unsigned i = 0; i < sizeof leads * 65536; i++) {
        unsigned char bytes[3] = {leads[i >> 16], (unsigned char)(i >> 8), (unsigned char)i};
        uint32_t ours = 0, theirs = 0;
        char *in = (char *)bytes, *out = (char *)&theirs;
        size_t in_left = 3, out_left = sizeof theirs;
        iconv(converter, NULL, NULL, NULL, NULL);
        iconv(converter, &in, &in_left, &out, &out_left);
        int expected = out_left == 0 ? (theirs < 0x80 ? 1 : theirs < 0x800 ? 2 : 3) : 0;
        assert_int_equal(pt_utf8_decode((const char *)bytes, 3, &ours), expected);
        if (expected > 0)
            assert_int_equal(ours, theirs);
    }
    iconv_close(converter);
}

static void every_character_is_encoded_as_it_is_decoded(void **unused)
{
    (void)unused;
    for (uint32_t character = 0; character <= 0x10FFFF; character++) {
        char bytes[4];
        uint32_t back = 0;
        if (character >= 0xD800 && character < 0xE000) // surrogates are no characters
            continue;
        int length = pt_utf8_encode(character, bytes);
        assert_int_equal(pt_utf8_decode(bytes, (size_t)length, &back), length);
        assert_int_equal(back, character);
    }
}

// Whole words of eight bytes are skipped at once, so the wrong byte stands at every place of one.
static void the_valid_part_ends_before_the_first_wrong_byte(void **unused)
{
    (void)unused;
    char text[40];
    assert_int_equal(pt_utf8_valid("", 0), 0);
    for (size_t wrong = 0; wrong < sizeof text; wrong++) {
        memset(text, 'a', sizeof text);
        assert_int_equal(pt_utf8_valid(text, sizeof text), sizeof text);
        text[wrong] = '\xFF';
        assert_int_equal(pt_utf8_valid(text, sizeof text), wrong);
        text[wrong] = '\xC3'; // the beginning of a character that does not go on
        assert_int_equal(pt_utf8_valid(text, sizeof text), wrong);
    }
    memcpy(text + 38, "\xC3\xA9", 2);
    memset(text, 'a', 38);
    assert_int_equal(pt_utf8_valid(text, 40), 40);
    assert_int_equal(pt_utf8_valid(text, 39), 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_every_length_are_decoded),
        cmocka_unit_test(what_rfc_3629_forbids_is_refused),
        cmocka_unit_test(no_byte_behind_the_end_is_read),
        cmocka_unit_test(verdicts_equal_those_of_iconv),
        cmocka_unit_test(every_character_is_encoded_as_it_is_decoded),
        cmocka_unit_test(the_valid_part_ends_before_the_first_wrong_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
