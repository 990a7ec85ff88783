// Reading IDX files. The header is believed only as far as the length of the file allows.

#include "dataset/idx.h"

#include <inttypes.h>
#include <string.h>

#include "base/size.h"

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// 0 for a type that does not exist.
static int bytes_of_type(int type)
{
    switch (type) {
    case PT_IDX_UINT8:
    case PT_IDX_INT8:
        return 1;
    case PT_IDX_INT16:
        return 2;
    case PT_IDX_INT32:
    case PT_IDX_FLOAT32:
        return 4;
    case PT_IDX_FLOAT64:
        return 8;
    default:
        return 0;
    }
}

static enum pt_status read_magic(struct pt_byte_stream *stream, struct pt_idx *idx,
                                 struct pt_error *error)
{
    unsigned char magic[4];
    enum pt_status status = pt_byte_stream_read(stream, magic, sizeof magic, error);
    if (status != PT_OK)
        return status;
    idx->element_bytes = bytes_of_type(magic[2]);
    if (magic[0] != 0 || magic[1] != 0 || idx->element_bytes == 0)
        return pt_fail(error, PT_CORRUPT,
                       "%s: no IDX file: the magic at byte 0 is 0x%08" PRIx32
                       ", expected is for example 0x00000803 (bytes, three dimensions)",
                       idx->name, big_endian_32(magic));
    if (magic[3] < 1 || magic[3] > PT_IDX_RANK_MAX)
        return pt_fail(error, PT_CORRUPT, "%s: %d dimensions at byte 3, allowed are 1 to %d",
                       idx->name, magic[3], PT_IDX_RANK_MAX);
    idx->type = (enum pt_idx_type)magic[2];
    idx->rank = magic[3];
    return PT_OK;
}

enum pt_status pt_idx_read_header(struct pt_byte_stream *stream, struct pt_idx *ret_idx,
                                  struct pt_error *error)
{
    struct pt_idx idx = {.name = pt_byte_stream_name(stream), .element_count = 1};
    unsigned char size[4];
    int64_t need;

    enum pt_status status = read_magic(stream, &idx, error);
    for (int i = 0; status == PT_OK && i < idx.rank; i++) {
        status = pt_byte_stream_read(stream, size, sizeof size, error);
        if (status != PT_OK)
            break;
        idx.dims[i] = big_endian_32(size);
        if (idx.dims[i] == 0)
            status = pt_fail(error, PT_CORRUPT, "%s: dimension %d at byte %d is 0", idx.name, i,
                             4 + 4 * i);
        else if (!pt_size_product(idx.element_count, idx.dims[i], &idx.element_count))
            status =
                pt_fail(error, PT_CORRUPT, "%s: the product of its dimensions overflows", idx.name);
    }
    if (status != PT_OK)
        return status;
    idx.data_offset = pt_byte_stream_offset(stream);
    if (!pt_size_product(idx.element_count, idx.element_bytes, &need) ||
        need > pt_byte_stream_most(stream))
        return pt_fail(error, PT_CORRUPT,
                       "%s: truncated: the header announces %" PRId64
                       " elements of %d bytes, the file holds at most %" PRId64
                       " bytes of them; get the file again",
                       idx.name, idx.element_count, idx.element_bytes, pt_byte_stream_most(stream));
    *ret_idx = idx;
    return PT_OK;
}

enum pt_status pt_idx_read_elements(struct pt_byte_stream *stream, struct pt_arena *arena,
                                    struct pt_idx *idx, struct pt_error *error)
{
    size_t length = (size_t)idx->element_count * (size_t)idx->element_bytes;
    unsigned char *bytes = pt_arena_alloc(arena, length, 1);
    if (bytes == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %zu bytes", idx->name, length);
    enum pt_status status = pt_byte_stream_read(stream, bytes, length, error);
    if (status == PT_OK)
        status = pt_byte_stream_expect_end(stream, error);
    if (status == PT_OK)
        idx->bytes = bytes;
    return status;
}

double pt_idx_element(const struct pt_idx *idx, int64_t index)
{
    const unsigned char *bytes = idx->bytes + index * idx->element_bytes;
    switch (idx->type) {
    case PT_IDX_UINT8:
        return bytes[0];
    case PT_IDX_INT8:
        return (int8_t)bytes[0];
    case PT_IDX_INT16:
        return (int16_t)((uint32_t)bytes[0] << 8 | bytes[1]);
    case PT_IDX_INT32:
        return (int32_t)big_endian_32(bytes);
    case PT_IDX_FLOAT32: {
        uint32_t bits = big_endian_32(bytes);
        float value;
        memcpy(&value, &bits, sizeof value);
        return (double)value;
    }
    case PT_IDX_FLOAT64:
        break;
    }
    uint64_t bits = (uint64_t)big_endian_32(bytes) << 32 | big_endian_32(bytes + 4);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

int64_t pt_idx_element_offset(const struct pt_idx *idx, int64_t index)
{
    return idx->data_offset + index * idx->element_bytes;
}
