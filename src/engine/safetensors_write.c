// Writes safetensors files: whole or not at all, with a checksum of the data in the metadata.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "engine/safetensors_format.h"
#include "engine/safetensors_layout.h"

// Data begin at a multiple of this many bytes in the file.
enum { DATA_ALIGNMENT = 64 };

// The numbers in the order of the file; buffer is large enough for any that lie otherwise here.
static const void *file_bytes(const struct pt_saved_tensor *tensor, float *buffer)
{
    if (tensor->layout == NULL)
        return tensor->bytes;
    pt_layout_save(tensor->layout, tensor->bytes, buffer);
    return buffer;
}

// *ret_buffer for the largest of them, NULL if there is none. The caller frees it.
static enum pt_status make_buffer(const struct pt_saved *saved, const char *path,
                                  float **ret_buffer, struct pt_error *error)
{
    int64_t most = 0;
    for (int64_t i = 0; i < saved->tensor_count; i++) {
        int64_t bytes = pt_saved_bytes(&saved->tensors[i]);
        if (saved->tensors[i].layout != NULL && bytes > most)
            most = bytes;
    }
    *ret_buffer = most > 0 ? malloc((size_t)most) : NULL;
    return most == 0 || *ret_buffer != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "%s: no memory for a tensor of %lld bytes", path,
                         (long long)most);
}

static uint32_t checksum(const struct pt_saved *saved, float *buffer)
{
    uLong sum = crc32(0, NULL, 0);
    for (int64_t i = 0; i < saved->tensor_count; i++) {
        const struct pt_saved_tensor *tensor = &saved->tensors[i];
        sum = crc32_z(sum, file_bytes(tensor, buffer), (size_t)pt_saved_bytes(tensor));
    }
    return (uint32_t)sum;
}

static void write_entry(struct pt_json_writer *json, const struct pt_saved_tensor *tensor,
                        int64_t begin, int64_t end)
{
    pt_json_object(json, tensor->name);
    pt_json_string(json, "dtype", pt_saved_type_name(tensor->type));
    pt_json_array(json, "shape");
    for (int i = 0; i < tensor->shape.rank; i++)
        pt_json_integer(json, NULL, tensor->shape.dim[i]);
    pt_json_end_array(json);
    pt_json_array(json, "data_offsets");
    pt_json_integer(json, NULL, begin);
    pt_json_integer(json, NULL, end);
    pt_json_end_array(json);
    pt_json_end_object(json);
}

static void write_header(FILE *stream, const struct pt_saved *saved, float *buffer)
{
    struct pt_json_writer json;
    char crc[16];
    int64_t begin = 0;
    snprintf(crc, sizeof crc, "%08" PRIx32, checksum(saved, buffer));
    pt_json_begin(&json, stream, false);
    pt_json_object(&json, NULL);
    pt_json_object(&json, PT_SAFETENSORS_METADATA);
    for (int64_t i = 0; i < saved->text_count; i++)
        if (strcmp(saved->texts[i].key, PT_SAFETENSORS_CHECKSUM) !=
            0) // that of a file that was read
            pt_json_string(&json, saved->texts[i].key, saved->texts[i].value);
    pt_json_string(&json, PT_SAFETENSORS_CHECKSUM, crc);
    pt_json_end_object(&json);
    for (int64_t i = 0; i < saved->tensor_count; i++) {
        const struct pt_saved_tensor *tensor = &saved->tensors[i];
        int64_t end = begin + pt_saved_bytes(tensor);
        write_entry(&json, tensor, begin, end);
        begin = end;
    }
    pt_json_end_object(&json);
}

static enum pt_status check_saved(const struct pt_saved *saved, struct pt_error *error)
{
    int64_t total = 0;
    for (int64_t i = 0; i < saved->tensor_count; i++) {
        const struct pt_saved_tensor *tensor = &saved->tensors[i];
        int64_t bytes = pt_saved_bytes(tensor);
        if (bytes < 0 || !pt_size_sum(total, bytes, &total))
            return pt_fail(error, PT_OVERFLOW, "tensor %s is too large to be saved", tensor->name);
    }
    return PT_OK;
}

// Length, header and blanks up to a multiple of the alignment. The caller frees *ret_header.
static enum pt_status make_header(const struct pt_saved *saved, const char *path, float *buffer,
                                  char **ret_header, size_t *ret_length, struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    const char zeros[PT_SAFETENSORS_LENGTH_BYTES] = {0};
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for the header", path);
    fwrite(zeros, 1, PT_SAFETENSORS_LENGTH_BYTES, stream);
    write_header(stream, saved, buffer);
    for (long at = ftell(stream); at % DATA_ALIGNMENT != 0; at++)
        fputc(' ', stream);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for the header", path);
    }
    uint64_t header_length = length - PT_SAFETENSORS_LENGTH_BYTES;
    if (header_length > PT_SAFETENSORS_HEADER_LIMIT) {
        free(text);
        return pt_fail(error, PT_OVERFLOW, "%s: a header of %zu bytes; the format allows %d", path,
                       length, PT_SAFETENSORS_HEADER_LIMIT);
    }
    memcpy(text, &header_length, PT_SAFETENSORS_LENGTH_BYTES);
    *ret_header = text;
    *ret_length = length;
    return PT_OK;
}

enum pt_status pt_safetensors_write(const char *path, const struct pt_saved *saved,
                                    struct pt_error *error)
{
    char *header = NULL;
    float *buffer = NULL;
    size_t length = 0;
    struct pt_atomic_file *file = NULL;
    enum pt_status status = check_saved(saved, error);
    if (status == PT_OK)
        status = make_buffer(saved, path, &buffer, error);
    if (status == PT_OK)
        status = make_header(saved, path, buffer, &header, &length, error);
    if (status == PT_OK)
        status = pt_atomic_open(path, &file, error);
    if (status == PT_OK)
        status = pt_atomic_write(file, header, length, error);
    for (int64_t i = 0; i < saved->tensor_count && status == PT_OK; i++) {
        const struct pt_saved_tensor *tensor = &saved->tensors[i];
        status = pt_atomic_write(file, file_bytes(tensor, buffer), (size_t)pt_saved_bytes(tensor),
                                 error);
    }
    free(header);
    free(buffer);
    if (status == PT_OK)
        return pt_atomic_commit(file, error);
    pt_atomic_abandon(file);
    return status;
}
