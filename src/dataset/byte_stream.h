// The bytes of a file in order, whether it is gzip or plain.
//
// Not gzread: that accepts a truncated or damaged tail as a plain file, and cannot say how much
// data may still come, which is what protects us from a header that announces terabytes.
#ifndef PT_DATASET_BYTE_STREAM_H
#define PT_DATASET_BYTE_STREAM_H

#include "base/arena.h"

struct pt_byte_stream;

// Gzip is recognized by its first two bytes. A missing file below /usr/share/datasets is answered
// with the Debian package that holds it.
enum pt_status pt_byte_stream_open(const char *path, struct pt_byte_stream **ret_stream,
                                   struct pt_error *error);
// The same for bytes in memory, which are borrowed until _close; name is for messages.
enum pt_status pt_byte_stream_open_memory(const void *bytes, size_t length, const char *name,
                                          struct pt_byte_stream **ret_stream,
                                          struct pt_error *error);
void pt_byte_stream_close(struct pt_byte_stream *stream);

const char *pt_byte_stream_name(const struct pt_byte_stream *stream);
// Of the next byte that _read gives, in the unpacked data.
int64_t pt_byte_stream_offset(const struct pt_byte_stream *stream);
// No more than so many bytes can still come: what is left of a plain file, 1032 times the size of a
// compressed one.
int64_t pt_byte_stream_most(const struct pt_byte_stream *stream);

// Reads exactly length bytes. PT_CORRUPT if there are fewer or the gzip data are damaged.
enum pt_status pt_byte_stream_read(struct pt_byte_stream *stream, void *bytes, size_t length,
                                   struct pt_error *error);
// PT_CORRUPT if there is another byte, or if the checksum of gzip does not fit.
enum pt_status pt_byte_stream_expect_end(struct pt_byte_stream *stream, struct pt_error *error);
// All that is left, at most limit bytes, with a NUL byte behind it; the caller frees it.
enum pt_status pt_byte_stream_read_all(struct pt_byte_stream *stream, size_t limit,
                                       char **ret_bytes, size_t *ret_length,
                                       struct pt_error *error);

#endif
