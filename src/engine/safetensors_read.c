// Reads safetensors files, and believes nothing that they say before it is checked.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/node.h"
#include "engine/safetensors_format.h"

const char *pt_saved_type_name(enum pt_saved_type type)
{
    static const char *const names[] = {
#define NAME(name, bytes) #name,
        PT_SAVED_TYPES(NAME)
#undef NAME
    };
    return names[type];
}

int64_t pt_saved_bytes(const struct pt_saved_tensor *tensor)
{
    static const int64_t type_bytes[] = {
#define BYTES(name, bytes) bytes,
        PT_SAVED_TYPES(BYTES)
#undef BYTES
    };
    int64_t size = pt_shape_size(&tensor->shape), bytes;
    bool fits = size >= 0 && pt_size_product(size, type_bytes[tensor->type], &bytes);
    return fits ? bytes : -1;
}

static int by_name(const void *left, const void *right)
{
    const struct pt_saved_tensor *a = *(const struct pt_saved_tensor *const *)left;
    const struct pt_saved_tensor *b = *(const struct pt_saved_tensor *const *)right;
    return strcmp(a->name, b->name);
}

const struct pt_saved_tensor *pt_saved_find(const struct pt_saved *saved, const char *name)
{
    struct pt_saved_tensor key = {.name = name};
    const struct pt_saved_tensor *wanted = &key;
    if (saved->by_name != NULL) {
        const struct pt_saved_tensor *const *found = bsearch(
            &wanted, saved->by_name, (size_t)saved->tensor_count, sizeof *saved->by_name, by_name);
        return found == NULL ? NULL : *found;
    }
    for (int64_t i = 0; i < saved->tensor_count; i++)
        if (strcmp(saved->tensors[i].name, name) == 0)
            return &saved->tensors[i];
    return NULL;
}

enum pt_status pt_saved_sort(struct pt_arena *arena, const char *path, struct pt_saved *saved,
                             struct pt_error *error)
{
    size_t count = (size_t)saved->tensor_count;
    const struct pt_saved_tensor **order = pt_arena_alloc(arena, count + 1, sizeof *order);
    if (order == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    for (size_t i = 0; i < count; i++)
        order[i] = &saved->tensors[i];
    qsort(order, count, sizeof *order, by_name);
    saved->by_name = order;
    return PT_OK;
}

const char *pt_saved_text(const struct pt_saved *saved, const char *key)
{
    for (int64_t i = 0; i < saved->text_count; i++)
        if (strcmp(saved->texts[i].key, key) == 0)
            return saved->texts[i].value;
    return NULL;
}

struct reader {
    struct pt_arena *arena;
    const char *path;
    const char *data;
    int64_t data_length;
    struct pt_saved_tensor *tensors; // as many as the header has members
    struct pt_saved_text *texts;
    int64_t tensor_count, text_count;
    struct pt_error *error;
};

static enum pt_status corrupt(const struct reader *reader, const char *name, const char *what)
{
    return pt_fail(reader->error, PT_CORRUPT, "%s: tensor %.100s: %s", reader->path, name, what);
}

static bool find_type(const char *name, enum pt_saved_type *ret_type)
{
#define TYPE_IF(text, bytes)                                                                       \
    if (strcmp(name, #text) == 0) {                                                                \
        *ret_type = PT_SAVED_##text;                                                               \
        return true;                                                                               \
    }
    PT_SAVED_TYPES(TYPE_IF)
#undef TYPE_IF
    return false;
}

static enum pt_status read_dtype(const struct reader *reader, const struct pt_node *entry,
                                 struct pt_saved_tensor *tensor)
{
    const char *name;
    if (pt_node_get_string(entry, "dtype", PT_REQUIRED, &name, NULL) != PT_OK)
        return corrupt(reader, tensor->name, "its dtype is no text");
    if (find_type(name, &tensor->type))
        return PT_OK;
    return pt_fail(reader->error, PT_UNSUPPORTED,
                   "%s: tensor %.100s is of type %.20s, which is not known", reader->path,
                   tensor->name, name);
}

static enum pt_status read_shape(const struct reader *reader, const struct pt_node *entry,
                                 struct pt_saved_tensor *tensor)
{
    const struct pt_node *list = pt_node_find(entry, "shape");
    if (list == NULL || list->kind != PT_NODE_SEQUENCE)
        return corrupt(reader, tensor->name, "its shape is no list");
    if (list->count > PT_RANK_MAX)
        return pt_fail(reader->error, PT_UNSUPPORTED,
                       "%s: tensor %.100s has %" PRId64 " dimensions; at most %d can be read",
                       reader->path, tensor->name, list->count, PT_RANK_MAX);
    for (const struct pt_node *item = list->first; item != NULL; item = item->next)
        if (pt_node_integer(item, 0, INT64_MAX, &tensor->shape.dim[tensor->shape.rank++], NULL) !=
            PT_OK)
            return corrupt(reader, tensor->name, "a dimension is no number from 0");
    return PT_OK;
}

static enum pt_status read_offsets(const struct reader *reader, const struct pt_node *entry,
                                   struct pt_saved_tensor *tensor)
{
    const struct pt_node *list = pt_node_find(entry, "data_offsets");
    int64_t begin, end, bytes = pt_saved_bytes(tensor);
    if (list == NULL || list->kind != PT_NODE_SEQUENCE || list->count != 2 ||
        pt_node_integer(list->first, 0, INT64_MAX, &begin, NULL) != PT_OK ||
        pt_node_integer(list->first->next, 0, INT64_MAX, &end, NULL) != PT_OK)
        return corrupt(reader, tensor->name, "its data_offsets are no two numbers from 0");
    if (end < begin || end > reader->data_length)
        return corrupt(reader, tensor->name, "its data lie beyond the end of the file");
    if (bytes < 0 || end - begin != bytes)
        return corrupt(reader, tensor->name, "its shape and its number of bytes do not fit");
    tensor->bytes = reader->data + begin;
    return PT_OK;
}

static enum pt_status read_entry(struct reader *reader, const struct pt_node *entry)
{
    static const char *const known[] = {"dtype", "shape", "data_offsets", NULL};
    struct pt_saved_tensor tensor = {.name = entry->key};
    if (entry->kind != PT_NODE_MAPPING)
        return corrupt(reader, entry->key, "its entry is no object");
    if (pt_node_check_keys(entry, known, NULL) != PT_OK)
        return corrupt(reader, entry->key, "its entry has more than dtype, shape, data_offsets");
    enum pt_status status = read_dtype(reader, entry, &tensor);
    if (status == PT_OK)
        status = read_shape(reader, entry, &tensor);
    if (status == PT_OK)
        status = read_offsets(reader, entry, &tensor);
    if (status == PT_OK)
        reader->tensors[reader->tensor_count++] = tensor;
    return status;
}

static enum pt_status read_metadata(struct reader *reader, const struct pt_node *metadata)
{
    if (metadata->kind != PT_NODE_MAPPING)
        return pt_fail(reader->error, PT_CORRUPT, "%s: " PT_SAFETENSORS_METADATA " is no object",
                       reader->path);
    reader->texts =
        pt_arena_alloc(reader->arena, (size_t)metadata->count + 1, sizeof *reader->texts);
    if (reader->texts == NULL)
        return pt_fail(reader->error, PT_NO_MEMORY, "%s: out of memory", reader->path);
    for (const struct pt_node *item = metadata->first; item != NULL; item = item->next) {
        struct pt_saved_text text = {.key = item->key};
        if (pt_node_string(item, &text.value, NULL) != PT_OK)
            return pt_fail(reader->error, PT_CORRUPT,
                           "%s: " PT_SAFETENSORS_METADATA ": %.100s is no text", reader->path,
                           item->key);
        reader->texts[reader->text_count++] = text;
    }
    return PT_OK;
}

static int by_place(const void *left, const void *right)
{
    const struct pt_saved_tensor *a = *(const struct pt_saved_tensor *const *)left;
    const struct pt_saved_tensor *b = *(const struct pt_saved_tensor *const *)right;
    if (a->bytes != b->bytes)
        return (const char *)a->bytes < (const char *)b->bytes ? -1 : 1;
    int64_t a_bytes = pt_saved_bytes(a), b_bytes = pt_saved_bytes(b);
    return a_bytes < b_bytes ? -1 : a_bytes > b_bytes; // empty tensors first
}

// Sorted by their place, each tensor begins where the one before ends.
static enum pt_status check_tiling(const struct reader *reader)
{
    size_t count = (size_t)reader->tensor_count;
    const struct pt_saved_tensor **order = pt_arena_alloc(reader->arena, count + 1, sizeof *order);
    if (order == NULL)
        return pt_fail(reader->error, PT_NO_MEMORY, "%s: out of memory", reader->path);
    for (size_t i = 0; i < count; i++)
        order[i] = &reader->tensors[i];
    qsort(order, count, sizeof *order, by_place);
    const char *end = reader->data;
    for (size_t i = 0; i < count; i++) {
        if ((const char *)order[i]->bytes != end)
            return corrupt(reader, order[i]->name,
                           "its data do not begin where those before it end");
        end += pt_saved_bytes(order[i]);
    }
    if (end != reader->data + reader->data_length)
        return pt_fail(reader->error, PT_CORRUPT, "%s: %lld bytes at the end belong to no tensor",
                       reader->path, (long long)(reader->data + reader->data_length - end));
    return PT_OK;
}

// Over the data as they stand in the file; our writer puts the tensors there in their order.
static enum pt_status check_checksum(const struct reader *reader)
{
    struct pt_saved saved = {.text_count = reader->text_count, .texts = reader->texts};
    const char *expected = pt_saved_text(&saved, PT_SAFETENSORS_CHECKSUM);
    char actual[16];
    if (expected == NULL)
        return PT_OK;
    uLong sum =
        crc32_z(crc32(0, NULL, 0), (const Bytef *)reader->data, (size_t)reader->data_length);
    snprintf(actual, sizeof actual, "%08lx", sum);
    if (strcmp(actual, expected) == 0)
        return PT_OK;
    return pt_fail(
        reader->error, PT_CORRUPT,
        "%s: the checksum of the data is %s, the file says %.20s; use an older checkpoint",
        reader->path, actual, expected);
}

static enum pt_status read_header(struct reader *reader, const char *text, size_t length)
{
    const struct pt_node *root;
    struct pt_error cause;
    enum pt_status status = pt_json_parse(reader->arena, text, length, reader->path, &root, &cause);
    if (status == PT_BAD_INPUT)
        return pt_fail(reader->error, PT_CORRUPT, "the header is damaged: %.400s", cause.message);
    if (status != PT_OK)
        return pt_fail(reader->error, status, "%s", cause.message);
    reader->tensors =
        pt_arena_alloc(reader->arena, (size_t)root->count + 1, sizeof *reader->tensors);
    if (reader->tensors == NULL)
        return pt_fail(reader->error, PT_NO_MEMORY, "%s: out of memory", reader->path);
    for (const struct pt_node *item = root->first; item != NULL && status == PT_OK;
         item = item->next)
        status = strcmp(item->key, PT_SAFETENSORS_METADATA) == 0 ? read_metadata(reader, item)
                                                                 : read_entry(reader, item);
    if (status == PT_OK)
        status = check_tiling(reader);
    if (status == PT_OK)
        status = check_checksum(reader);
    return status;
}

enum pt_status pt_safetensors_parse(struct pt_arena *arena, const char *bytes, size_t length,
                                    const char *name, struct pt_saved *ret_saved,
                                    struct pt_error *error)
{
    uint64_t header_length;
    const char *header = bytes + PT_SAFETENSORS_LENGTH_BYTES;
    if (length < PT_SAFETENSORS_LENGTH_BYTES + 2)
        return pt_fail(error, PT_CORRUPT, "%s: %zu bytes are too few for a safetensors file", name,
                       length);
    memcpy(&header_length, bytes, PT_SAFETENSORS_LENGTH_BYTES);
    size_t behind_length = length - PT_SAFETENSORS_LENGTH_BYTES;
    if (header_length > PT_SAFETENSORS_HEADER_LIMIT || header_length > behind_length)
        return pt_fail(error, PT_CORRUPT,
                       "%s: a header of %" PRIu64 " bytes in a file of %zu; it is no safetensors "
                       "file, or cut off",
                       name, header_length, length);
    if (header_length == 0 || header[0] != '{')
        return pt_fail(error, PT_CORRUPT, "%s: the header does not begin with {", name);
    struct reader reader = {.arena = arena,
                            .path = name,
                            .data = header + header_length,
                            .data_length = (int64_t)(behind_length - header_length),
                            .error = error};
    enum pt_status status = read_header(&reader, header, header_length);
    struct pt_saved saved = {.tensor_count = reader.tensor_count,
                             .text_count = reader.text_count,
                             .tensors = reader.tensors,
                             .texts = reader.texts};
    if (status == PT_OK)
        status = pt_saved_sort(arena, name, &saved, error);
    if (status == PT_OK)
        *ret_saved = saved;
    return status;
}
