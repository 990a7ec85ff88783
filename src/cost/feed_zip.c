// See feed_zip.h. zlib does the work; libzip and minizip would bring files, encryption and four
// more libraries for the hundred lines that a member in memory takes.
//
// The central directory at the end holds the sizes; those in front of a member may be left out.
// Source: PKWARE, APPNOTE.TXT 6.3.

#include "cost/feed_zip.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum {
    END_SIZE = 22,        // of the end of the directory, without its comment
    ENTRY_SIZE = 46,      // of an entry of the directory
    LOCAL_SIZE = 30,      // of what stands before a member
    COMMENT_MOST = 65535, // behind the end
    NAME_MOST = 200,
    ENCRYPTED = 1,
    STORED = 0,
    DEFLATED = 8,
};

static const uint32_t end_magic = 0x06054b50, entry_magic = 0x02014b50, local_magic = 0x04034b50;
static const uint32_t in_zip64 = 0xffffffff;

struct member {
    uint32_t flags, method, crc, packed, size, offset, name_length;
    const unsigned char *name;
};

static uint32_t number(const unsigned char *at, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

// The end of the directory is searched from behind, for a comment may follow it.
static const unsigned char *find_end(const unsigned char *bytes, size_t length)
{
    for (size_t back = END_SIZE; back <= length && back <= END_SIZE + COMMENT_MOST; back++)
        if (number(bytes + length - back, 4) == end_magic)
            return bytes + length - back;
    return NULL;
}

static enum pt_status read_directory(const unsigned char *bytes, size_t length,
                                     struct member *member, struct pt_error *error)
{
    const unsigned char *end = find_end(bytes, length);
    if (end == NULL)
        return pt_fail(error, PT_CORRUPT, "no ZIP archive, or one that is cut off");
    size_t offset = number(end + 16, 4);
    if (number(end + 10, 2) == 0)
        return pt_fail(error, PT_CORRUPT, "a ZIP archive without a file");
    if (offset > length || length - offset < ENTRY_SIZE || number(bytes + offset, 4) != entry_magic)
        return pt_fail(error, PT_CORRUPT,
                       "a ZIP archive whose directory is not where it should be");
    const unsigned char *entry = bytes + offset;
    *member = (struct member){.flags = number(entry + 8, 2),
                              .method = number(entry + 10, 2),
                              .crc = number(entry + 16, 4),
                              .packed = number(entry + 20, 4),
                              .size = number(entry + 24, 4),
                              .name_length = number(entry + 28, 2),
                              .offset = number(entry + 42, 4),
                              .name = entry + ENTRY_SIZE};
    if (member->name_length > NAME_MOST || length - offset - ENTRY_SIZE < member->name_length)
        return pt_fail(error, PT_CORRUPT, "a ZIP archive with a very long name in it");
    return PT_OK;
}

static enum pt_status check(const struct member *member, size_t limit, struct pt_error *error)
{
    if ((member->flags & ENCRYPTED) != 0 ||
        (member->method != STORED && member->method != DEFLATED))
        return pt_fail(error, PT_UNSUPPORTED,
                       "a ZIP archive that is encrypted or packed by method "
                       "%u; only deflate is read",
                       (unsigned)member->method);
    if (member->size == in_zip64 || member->packed == in_zip64 || member->offset == in_zip64)
        return pt_fail(error, PT_UNSUPPORTED, "a ZIP64 archive");
    if (member->size > limit)
        return pt_fail(error, PT_OVERFLOW, "a ZIP archive of %u bytes, at most %zu are read",
                       (unsigned)member->size, limit);
    return PT_OK;
}

// Where the packed bytes begin; NULL if they do not all lie in the archive.
static const unsigned char *find_data(const unsigned char *bytes, size_t length,
                                      const struct member *member)
{
    if (member->offset > length || length - member->offset < LOCAL_SIZE)
        return NULL;
    const unsigned char *local = bytes + member->offset;
    size_t skip = LOCAL_SIZE + (size_t)number(local + 26, 2) + number(local + 28, 2);
    size_t left = length - member->offset;
    if (number(local, 4) != local_magic || left < skip || left - skip < member->packed)
        return NULL;
    return local + skip;
}

// Exactly size bytes must come out, so the archive cannot say less than it holds.
static bool inflate_all(const unsigned char *packed, size_t packed_length, unsigned char *into,
                        size_t size)
{
    z_stream stream = {.next_in = (z_const Bytef *)packed, .avail_in = (uInt)packed_length};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) // raw deflate
        return false;
    stream.next_out = into;
    stream.avail_out = (uInt)size + 1; // the NUL's place, so that too much is seen
    int result = inflate(&stream, Z_FINISH);
    bool whole = result == Z_STREAM_END && stream.total_out == size;
    inflateEnd(&stream);
    return whole;
}

enum pt_status pt_zip_first(struct pt_arena *arena, const char *bytes, size_t length, size_t limit,
                            const char **ret_name, const char **ret_bytes, size_t *ret_length,
                            struct pt_error *error)
{
    struct member member = {0};
    const unsigned char *archive = (const unsigned char *)bytes;
    enum pt_status status = read_directory(archive, length, &member, error);
    if (status != PT_OK || (status = check(&member, limit, error)) != PT_OK)
        return status;
    const unsigned char *packed = find_data(archive, length, &member);
    if (packed == NULL || (member.method == STORED && member.packed != member.size))
        return pt_fail(error, PT_CORRUPT, "a ZIP archive that is cut off");
    unsigned char *into = pt_arena_alloc(arena, (size_t)member.size + 1, 1);
    char *name = pt_arena_strndup(arena, (const char *)member.name, member.name_length);
    if (into == NULL || name == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a ZIP archive of %u bytes",
                       (unsigned)member.size);
    bool whole = true;
    if (member.method == STORED)
        memcpy(into, packed, member.size);
    else
        whole = inflate_all(packed, member.packed, into, member.size);
    if (!whole || crc32(0, into, member.size) != member.crc)
        return pt_fail(error, PT_CORRUPT, "a ZIP archive that is damaged");
    into[member.size] = '\0';
    *ret_name = name;
    *ret_bytes = (const char *)into;
    *ret_length = member.size;
    return PT_OK;
}
