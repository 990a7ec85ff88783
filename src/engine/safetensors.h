// The safetensors format: a JSON header and raw little-endian tensors. Our checkpoints, and the way
// models move to and from PyTorch.
// Format: https://github.com/huggingface/safetensors#format
#ifndef PT_ENGINE_SAFETENSORS_H
#define PT_ENGINE_SAFETENSORS_H

#include "base/arena.h"
#include "model/graph.h"

// Types of the format, and bytes of an element.
#define PT_SAVED_TYPES(X)                                                                          \
    X(F32, 4)                                                                                      \
    X(F16, 2)                                                                                      \
    X(BF16, 2)                                                                                     \
    X(F64, 8)                                                                                      \
    X(I64, 8)                                                                                      \
    X(I32, 4)                                                                                      \
    X(I16, 2)                                                                                      \
    X(I8, 1)                                                                                       \
    X(U64, 8)                                                                                      \
    X(U32, 4)                                                                                      \
    X(U16, 2)                                                                                      \
    X(U8, 1)                                                                                       \
    X(BOOL, 1)                                                                                     \
    X(F8_E4M3, 1)                                                                                  \
    X(F8_E5M2, 1)

enum pt_saved_type {
#define PT_SAVED_MEMBER(name, bytes) PT_SAVED_##name,
    PT_SAVED_TYPES(PT_SAVED_MEMBER)
#undef PT_SAVED_MEMBER
};

// "BF16".
const char *pt_saved_type_name(enum pt_saved_type type);

struct pt_saved_tensor {
    const char *name;
    enum pt_saved_type type;
    struct pt_shape shape;
    const void *bytes;
    // For writing: bytes are 4-byte numbers that lie in the order of this parameter here, not in
    // that of shape, its order in files. NULL: they lie in the order of shape.
    const struct pt_tensor_info *layout;
};

struct pt_saved_text {
    const char *key, *value;
};

struct pt_saved_map; // a file in memory

struct pt_saved {
    int64_t tensor_count, text_count;
    const struct pt_saved_tensor *tensors;
    const struct pt_saved_text *texts;            // __metadata__
    const struct pt_saved_tensor *const *by_name; // sorted; NULL: pt_saved_find searches
    struct pt_saved_map *maps;                    // what pt_safetensors_close gives back
};

// Bytes of a tensor, or -1 if they leave int64_t.
int64_t pt_saved_bytes(const struct pt_saved_tensor *tensor);

// Written whole or not at all (file.h). A checksum of the data goes into the metadata.
enum pt_status pt_safetensors_write(const char *path, const struct pt_saved *saved,
                                    struct pt_error *error);
// Maps and checks: header, offsets without hole or overlap, lengths, checksum if there is one. Data
// are read from the disk when somebody looks at them, so a model takes its memory once. path is a
// file, a list of files that belong together (model.safetensors.index.json), or a folder with one
// of them. Names and texts are in arena; bytes of tensors, at any address, live until
// pt_safetensors_close. PT_CORRUPT says what is wrong; PT_UNSUPPORTED names a tensor of a type or a
// number of dimensions that we do not know.
enum pt_status pt_safetensors_open(struct pt_arena *arena, const char *path,
                                   struct pt_saved *ret_saved, struct pt_error *error);
void pt_safetensors_close(struct pt_saved *saved); // also a zeroed one, and twice
// The same for bytes in memory, which must live as long as *ret_saved; name is for messages.
enum pt_status pt_safetensors_parse(struct pt_arena *arena, const char *bytes, size_t length,
                                    const char *name, struct pt_saved *ret_saved,
                                    struct pt_error *error);
const struct pt_saved_tensor *pt_saved_find(const struct pt_saved *saved, const char *name);
const char *pt_saved_text(const struct pt_saved *saved, const char *key); // NULL if absent

#endif
