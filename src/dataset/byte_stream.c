// Plain and gzip files, by zlib's inflate.
// Source: RFC 1952 (gzip; several members may follow each other), zlib.h.

#include "dataset/byte_stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

// Deflate packs at most 258 bytes into 2 bits: https://zlib.net/zlib_tech.html, "1032:1".
enum { INPUT_BYTES = 1 << 16, DEFLATE_RATIO_MAX = 1032, GZIP_WINDOW_BITS = 15 + 16 };

struct pt_byte_stream {
    char *name;
    FILE *file;
    int64_t file_bytes; // of the file itself
    int64_t file_offset;
    int64_t offset; // of the unpacked data
    bool is_gzip;
    bool between_members; // of gzip: the last one was whole and its checksum right
    z_stream unpack;
    unsigned char input[INPUT_BYTES];
};

static enum pt_status fill_input(struct pt_byte_stream *stream, struct pt_error *error)
{
    errno = 0;
    size_t got = fread(stream->input, 1, INPUT_BYTES, stream->file);
    if (got == 0 && ferror(stream->file))
        return pt_fail_errno(error, errno != 0 ? errno : EIO, "%s: cannot be read", stream->name);
    stream->unpack.next_in = stream->input;
    stream->unpack.avail_in = (unsigned)got;
    stream->file_offset += (int64_t)got;
    return PT_OK;
}

static enum pt_status fail_gzip(struct pt_byte_stream *stream, const char *what,
                                struct pt_error *error)
{
    return pt_fail(error, PT_CORRUPT,
                   "%s: damaged gzip data before byte %" PRId64 ": %s; get the file again",
                   stream->name, stream->file_offset - (int64_t)stream->unpack.avail_in, what);
}

static enum pt_status unpack_step(struct pt_byte_stream *stream, struct pt_error *error)
{
    if (stream->between_members && inflateReset(&stream->unpack) != Z_OK)
        return fail_gzip(stream, "inflateReset failed", error);
    bool was_between = stream->between_members;
    stream->between_members = false;
    int code = inflate(&stream->unpack, Z_NO_FLUSH);
    if (code == Z_STREAM_END)
        stream->between_members = true;
    else if (code == Z_MEM_ERROR)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to unpack it", stream->name);
    else if (code != Z_OK && was_between && stream->offset > 0)
        return fail_gzip(stream, "other bytes stand behind its end", error);
    else if (code != Z_OK)
        return fail_gzip(stream, stream->unpack.msg != NULL ? stream->unpack.msg : "no gzip data",
                         error);
    return PT_OK;
}

// Unpacks up to want bytes; fewer only at the end of the data.
static enum pt_status unpack_some(struct pt_byte_stream *stream, unsigned char *bytes, size_t want,
                                  size_t *ret_got, struct pt_error *error)
{
    const size_t piece = 1 << 30;
    z_stream *unpack = &stream->unpack;
    unpack->next_out = bytes;
    unpack->avail_out = (unsigned)(want < piece ? want : piece);
    while (unpack->avail_out > 0) {
        enum pt_status status = PT_OK;
        if (unpack->avail_in == 0)
            status = fill_input(stream, error);
        if (status == PT_OK && unpack->avail_in == 0 && stream->between_members)
            break;
        if (status == PT_OK && unpack->avail_in == 0)
            status = fail_gzip(stream, "the file ends too early", error);
        if (status == PT_OK)
            status = unpack_step(stream, error);
        if (status != PT_OK)
            return status;
    }
    *ret_got = (size_t)(unpack->next_out - bytes);
    return PT_OK;
}

static enum pt_status copy_some(struct pt_byte_stream *stream, unsigned char *bytes, size_t want,
                                size_t *ret_got, struct pt_error *error)
{
    size_t done = stream->unpack.avail_in < want ? stream->unpack.avail_in : want;
    memcpy(bytes, stream->unpack.next_in, done);
    stream->unpack.next_in += done;
    stream->unpack.avail_in -= (unsigned)done;
    if (done < want) {
        errno = 0;
        size_t got = fread(bytes + done, 1, want - done, stream->file);
        if (got < want - done && ferror(stream->file))
            return pt_fail_errno(error, errno != 0 ? errno : EIO, "%s: cannot be read",
                                 stream->name);
        stream->file_offset += (int64_t)got;
        done += got;
    }
    *ret_got = done;
    return PT_OK;
}

static enum pt_status read_some(struct pt_byte_stream *stream, void *bytes, size_t want,
                                size_t *ret_got, struct pt_error *error)
{
    enum pt_status status;
    size_t done = 0, got = 0;

    do {
        unsigned char *rest = (unsigned char *)bytes + done;
        if (stream->is_gzip)
            status = unpack_some(stream, rest, want - done, &got, error);
        else
            status = copy_some(stream, rest, want - done, &got, error);
        if (status != PT_OK)
            return status;
        done += got;
        stream->offset += (int64_t)got;
    } while (got > 0 && done < want);
    *ret_got = done;
    return PT_OK;
}

enum pt_status pt_byte_stream_read(struct pt_byte_stream *stream, void *bytes, size_t length,
                                   struct pt_error *error)
{
    int64_t begin = stream->offset;
    size_t got = 0;

    if (length == 0)
        return PT_OK;
    enum pt_status status = read_some(stream, bytes, length, &got, error);
    if (status != PT_OK || got == length)
        return status;
    return pt_fail(error, PT_CORRUPT,
                   "%s: truncated: ends at byte %" PRId64
                   ", needed are %zu bytes from byte %" PRId64 "; get the file again",
                   stream->name, stream->offset, length, begin);
}

enum pt_status pt_byte_stream_expect_end(struct pt_byte_stream *stream, struct pt_error *error)
{
    unsigned char byte;
    size_t got = 0;

    enum pt_status status = read_some(stream, &byte, 1, &got, error);
    if (status != PT_OK || got == 0)
        return status;
    return pt_fail(error, PT_CORRUPT,
                   "%s: trailing bytes: the data should end at byte %" PRId64 ", but go on",
                   stream->name, stream->offset - 1);
}

enum pt_status pt_byte_stream_read_all(struct pt_byte_stream *stream, size_t limit,
                                       char **ret_bytes, size_t *ret_length, struct pt_error *error)
{
    size_t capacity = INPUT_BYTES, length = 0, got = 0;
    char *bytes = malloc(capacity + 1);

    while (bytes != NULL) {
        enum pt_status status = read_some(stream, bytes + length, capacity - length, &got, error);
        if (status == PT_OK && length + got > limit)
            status =
                pt_fail(error, PT_OVERFLOW, "%s: is larger than %zu bytes", stream->name, limit);
        if (status != PT_OK) {
            free(bytes);
            return status;
        }
        length += got;
        if (length < capacity) {
            bytes[length] = '\0';
            *ret_bytes = bytes;
            *ret_length = length;
            return PT_OK;
        }
        capacity *= 2;
        char *larger = realloc(bytes, capacity + 1);
        if (larger == NULL)
            free(bytes);
        bytes = larger;
    }
    return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %zu bytes", stream->name, capacity);
}

// A file below /usr/share/datasets/NAME belongs to the Debian package dataset-NAME.
static enum pt_status fail_missing(const char *path, int errno_value, struct pt_error *error)
{
    static const char place[] = "/usr/share/datasets/";
    if (errno_value != ENOENT || strncmp(path, place, strlen(place)) != 0)
        return pt_fail_errno(error, errno_value, "%s", path);
    const char *name = path + strlen(place);
    return pt_fail(error, PT_NOT_FOUND,
                   "%s: no such file; install it: apt-get install dataset-%.*s", path,
                   (int)strcspn(name, "/"), name);
}

// Takes file over, also when it fails.
static enum pt_status open_file(FILE *file, int64_t file_bytes, const char *name,
                                struct pt_byte_stream **ret_stream, struct pt_error *error)
{
    struct pt_byte_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL || (stream->name = strdup(name)) == NULL) {
        free(stream);
        fclose(file);
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", name);
    }
    stream->file = file;
    stream->file_bytes = file_bytes;
    stream->between_members = true;
    enum pt_status status = fill_input(stream, error);
    if (status == PT_OK && stream->unpack.avail_in >= 2 && stream->input[0] == 0x1f &&
        stream->input[1] == 0x8b) {
        stream->is_gzip = inflateInit2(&stream->unpack, GZIP_WINDOW_BITS) == Z_OK;
        if (!stream->is_gzip)
            status = pt_fail(error, PT_NO_MEMORY, "%s: no memory to unpack it", name);
    }
    if (status != PT_OK) {
        pt_byte_stream_close(stream);
        return status;
    }
    *ret_stream = stream;
    return PT_OK;
}

enum pt_status pt_byte_stream_open(const char *path, struct pt_byte_stream **ret_stream,
                                   struct pt_error *error)
{
    struct stat about;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return fail_missing(path, errno, error);
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        fclose(file);
        return pt_fail(error, PT_BAD_INPUT, "%s: is no regular file", path);
    }
    setvbuf(file, NULL, _IONBF, 0);
    return open_file(file, (int64_t)about.st_size, path, ret_stream, error);
}

enum pt_status pt_byte_stream_open_memory(const void *bytes, size_t length, const char *name,
                                          struct pt_byte_stream **ret_stream,
                                          struct pt_error *error)
{
    // fmemopen refuses an empty buffer on some systems and writes nothing in mode "r".
    FILE *file =
        length > 0 ? fmemopen((void *)(uintptr_t)bytes, length, "rb") : fopen("/dev/null", "rbe");
    if (file == NULL)
        return pt_fail_errno(error, errno, "%s: fmemopen", name);
    return open_file(file, (int64_t)length, name, ret_stream, error);
}

void pt_byte_stream_close(struct pt_byte_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->is_gzip)
        inflateEnd(&stream->unpack);
    fclose(stream->file);
    free(stream->name);
    free(stream);
}

const char *pt_byte_stream_name(const struct pt_byte_stream *stream)
{
    return stream->name;
}

int64_t pt_byte_stream_offset(const struct pt_byte_stream *stream)
{
    return stream->offset;
}

int64_t pt_byte_stream_most(const struct pt_byte_stream *stream)
{
    if (!stream->is_gzip)
        return stream->file_bytes - stream->offset;
    int64_t most;
    if (__builtin_mul_overflow(stream->file_bytes, (int64_t)DEFLATE_RATIO_MAX, &most))
        return INT64_MAX;
    return most - stream->offset;
}
