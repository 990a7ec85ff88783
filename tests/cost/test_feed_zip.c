// Archives of CAISO OASIS, whole and broken in every place.

#include <zlib.h>

#include "cost/feed_zip.h"
#include "feed_support.h"

// Builds an archive with one member. The second implementation is zlib's deflate.
struct archive {
    unsigned char bytes[8192];
    size_t length, local, data, directory, end;
};

static void put(struct archive *archive, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        archive->bytes[archive->length++] = (unsigned char)(value >> 8 * i);
}

static void put_bytes(struct archive *archive, const void *bytes, size_t length)
{
    assert_true(archive->length + length <= sizeof archive->bytes);
    memcpy(archive->bytes + archive->length, bytes, length);
    archive->length += length;
}

static struct archive pack(const char *name, const char *text, bool deflated)
{
    struct archive archive = {.length = 0};
    unsigned char packed[4096];
    z_stream stream = {.next_in = (z_const Bytef *)text, .avail_in = (uInt)strlen(text)};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    uint32_t size = (uint32_t)strlen(text), length = deflated ? (uint32_t)stream.total_out : size;
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)text, size);
    uint32_t name_length = (uint32_t)strlen(name);

    put(&archive, 0x04034b50, 4); // sizes and checksum are left out here: bit 3
    put(&archive, 20, 2), put(&archive, 8, 2), put(&archive, deflated ? 8 : 0, 2);
    put(&archive, 0, 4), put(&archive, 0, 4), put(&archive, 0, 4), put(&archive, 0, 4);
    put(&archive, name_length, 2), put(&archive, 0, 2);
    put_bytes(&archive, name, name_length);
    archive.data = archive.length;
    put_bytes(&archive, deflated ? (const void *)packed : text, length);
    archive.directory = archive.length;
    put(&archive, 0x02014b50, 4), put(&archive, 20, 2), put(&archive, 20, 2), put(&archive, 8, 2);
    put(&archive, deflated ? 8 : 0, 2), put(&archive, 0, 4), put(&archive, crc, 4);
    put(&archive, length, 4), put(&archive, size, 4), put(&archive, name_length, 2);
    put(&archive, 0, 2), put(&archive, 0, 2), put(&archive, 0, 2), put(&archive, 0, 2);
    put(&archive, 0, 4), put(&archive, 0, 4);
    put_bytes(&archive, name, name_length);
    archive.end = archive.length;
    put(&archive, 0x06054b50, 4), put(&archive, 0, 4), put(&archive, 1, 2), put(&archive, 1, 2);
    put(&archive, (uint32_t)(archive.end - archive.directory), 4);
    put(&archive, (uint32_t)archive.directory, 4), put(&archive, 0, 2);
    return archive;
}

static enum pt_status unpack(const struct archive *archive, size_t limit, const char **text,
                             struct pt_error *error)
{
    const char *name;
    size_t length;
    // A copy of exactly that size, so that the sanitizer sees every byte too far.
    char *copy = malloc(archive->length + (archive->length == 0));
    memcpy(copy, archive->bytes, archive->length);
    enum pt_status status =
        pt_zip_first(arena, copy, archive->length, limit, &name, text, &length, error);
    free(copy);
    if (status == PT_OK) {
        assert_string_equal(name, "a.csv");
        assert_int_equal(strlen(*text), length);
    }
    return status;
}

static void members_come_out_as_they_went_in(void **unused)
{
    struct pt_error error;
    const char *text;
    for (int deflated = 0; deflated < 2; deflated++) {
        struct archive archive = pack("a.csv", "hello hello hello hello", deflated);
        assert_status(unpack(&archive, 23, &text, &error), PT_OK, &error);
        assert_string_equal(text, "hello hello hello hello");
        put_bytes(&archive, "a comment", 9);
        assert_status(unpack(&archive, 23, &text, &error), PT_OK, &error);
    }
    (void)unused;
}

// A kilobyte that says it is 16 bytes, and one that says what it is but is above the limit.
static void a_bomb_does_not_go_off(void **unused)
{
    char much[3001];
    const char *text;
    struct pt_error error;
    memset(much, 'x', 3000);
    much[3000] = '\0';
    struct archive archive = pack("a.csv", much, true);
    assert_true(archive.length < 200);
    assert_status(unpack(&archive, 2999, &text, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "at most 2999 are read");
    archive.bytes[archive.directory + 24] = 16;
    archive.bytes[archive.directory + 25] = 0;
    assert_status(unpack(&archive, 2999, &text, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "damaged");
    (void)unused;
}

static void damage_is_noticed(void **unused)
{
    const char *text;
    struct pt_error error;
    struct archive whole = pack("a.csv", "1,2\n3,4\n", true);
    for (size_t length = 0; length < whole.length; length++) {
        struct archive cut = whole;
        cut.length = length;
        assert_status(unpack(&cut, 1000, &text, &error), PT_CORRUPT, &error);
    }
    struct archive flipped = whole;
    flipped.bytes[flipped.data + 2] ^= 0x10;
    assert_status(unpack(&flipped, 1000, &text, &error), PT_CORRUPT, &error);
    struct archive other = whole;
    other.bytes[other.directory + 16] ^= 1; // the checksum
    assert_status(unpack(&other, 1000, &text, &error), PT_CORRUPT, &error);
    other = whole;
    other.bytes[other.directory + 8] |= 1; // encrypted
    assert_status(unpack(&other, 1000, &text, &error), PT_UNSUPPORTED, &error);
    other = whole;
    other.bytes[other.directory + 10] = 14; // LZMA
    assert_status(unpack(&other, 1000, &text, &error), PT_UNSUPPORTED, &error);
    other = whole;
    memset(other.bytes + other.directory + 24, 0xff, 4); // ZIP64
    assert_status(unpack(&other, 1000, &text, &error), PT_UNSUPPORTED, &error);
    other = whole;
    memset(other.bytes + other.directory + 42, 0x7f, 4); // begins far away
    assert_status(unpack(&other, 1000, &text, &error), PT_CORRUPT, &error);
    other = whole;
    other.bytes[other.end + 10] = other.bytes[other.end + 8] = 0; // no file
    assert_status(unpack(&other, 1000, &text, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "without a file");
    (void)unused;
}

// ------------------------------------------------------------------------------------------ OASIS
#define HEAD                                                                                       \
    "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,NODE_ID_XML,NODE_ID,"    \
    "NODE,MARKET_RUN_ID,LMP_TYPE,XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,MW,GROUP\n"
#define LINE(from, to, type, price)                                                                \
    "2023-01-01T" from ":00-00:00,2023-01-01T" to ":00-00:00,2023-01-01,1,0,N,N,"                  \
    "TH_NP15_GEN-APND,DAM," type ",X,N,ALL,0," price ",1\n"

static enum pt_status parse(const char *text, struct pt_feed_slots *slots, struct pt_error *error)
{
    struct pt_feed_ask ask = ask_for(&pt_feed_caiso, "NP15", PT_FEED_PRICE);
    struct pt_feed_points points;
    struct archive archive = pack("a.csv", text, true);
    return read_bytes(&ask, (const char *)archive.bytes, archive.length, &points, slots, error);
}

// "MW" is the price; of its parts only the whole counts.
static void oasis_prices_are_in_a_column_named_mw(void **unused)
{
    struct pt_feed_slots slots;
    struct pt_error error;
    assert_status(parse(HEAD LINE("09:00", "10:00", "LMP", "142.5") LINE(
                            "08:00", "09:00", "MCC", "7.5") LINE("08:00", "09:00", "LMP", "-12"),
                        &slots, &error),
                  PT_OK, &error);
    assert_int_equal(slots.count, 2);
    assert_slot(&slots, 0, "2023-01-01T08:00Z", -0.012);
    assert_slot(&slots, 1, "2023-01-01T09:00Z", 0.1425);
    (void)unused;
}

#define ERROR_XML(code, text)                                                                      \
    "<?xml version=\"1.0\"?><m:OASISReport "                                                       \
    "xmlns:m=\"http://www.caiso.com/soa/OASISReport_v1.xsd\">"                                     \
    "<m:MessagePayload><m:RTO><m:ERROR><m:ERR_CODE>" code "</m:ERR_CODE><m:ERR_DESC>" text         \
    "</m:ERR_DESC></m:ERROR></m:RTO></m:MessagePayload></m:OASISReport>"

static void oasis_errors_are_xml_in_the_archive(void **unused)
{
    struct pt_feed_slots slots;
    struct pt_error error;
    assert_status(
        parse(ERROR_XML("1000", "No data returned for the specified selection"), &slots, &error),
        PT_OK, &error);
    assert_int_equal(slots.count, 0);
    assert_status(
        parse(ERROR_XML("1004", "Date range exceeds the limit of 31 days"), &slots, &error),
        PT_UNAVAILABLE, &error);
    assert_contains(error.message, "refuses (1004): Date range");
    assert_status(parse("<html>503</html>", &slots, &error), PT_CORRUPT, &error);
    assert_status(parse("A,B\n1,2\n", &slots, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "no column INTERVALSTARTTIME_GMT");
    assert_status(parse("A,B\n1\n", &slots, &error), PT_CORRUPT, &error);
    assert_status(parse(HEAD LINE("8h", "09:00", "LMP", "1"), &slots, &error), PT_CORRUPT, &error);
    struct pt_feed_ask ask = ask_for(&pt_feed_caiso, "NP15", PT_FEED_PRICE);
    assert_refused(&ask, "<html>throttled</html>", PT_CORRUPT, "no ZIP archive");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_out_as_they_went_in),
        cmocka_unit_test(a_bomb_does_not_go_off),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(oasis_prices_are_in_a_column_named_mw),
        cmocka_unit_test(oasis_errors_are_xml_in_the_archive),
    };
    return cmocka_run_group_tests(tests, feed_setup, feed_teardown);
}
