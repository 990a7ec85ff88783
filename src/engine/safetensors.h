// The safetensors format: a JSON header and raw little-endian tensors. Our checkpoints, and the way
// models move to and from PyTorch.
// Format: https://github.com/huggingface/safetensors#format
#ifndef PT_ENGINE_SAFETENSORS_H
#define PT_ENGINE_SAFETENSORS_H

#include "base/arena.h"
#include "model/graph.h"

struct pt_saved_tensor {
    const char *name;
    enum pt_dtype dtype; // F32, BF16, I32
    struct pt_shape shape;
    const void *bytes;
};

struct pt_saved_text {
    const char *key, *value;
};

struct pt_saved {
    int64_t tensor_count, text_count;
    const struct pt_saved_tensor *tensors;
    const struct pt_saved_text *texts; // __metadata__
};

// Written whole or not at all (file.h). A checksum of the data goes into the metadata.
enum pt_status pt_safetensors_write(const char *path, const struct pt_saved *saved,
                                    struct pt_error *error);
// Reads and checks: header, offsets without hole or overlap, lengths, checksum if there is one.
// Memory from arena. PT_CORRUPT says what is wrong; PT_UNSUPPORTED names a tensor of another type
// or of more dimensions than ours have. Bytes of tensors may lie at any address.
enum pt_status pt_safetensors_read(struct pt_arena *arena, const char *path,
                                   struct pt_saved *ret_saved, struct pt_error *error);
// The same for bytes in memory, which must live as long as *ret_saved; name is for messages.
enum pt_status pt_safetensors_parse(struct pt_arena *arena, const char *bytes, size_t length,
                                    const char *name, struct pt_saved *ret_saved,
                                    struct pt_error *error);
const struct pt_saved_tensor *pt_saved_find(const struct pt_saved *saved, const char *name);
const char *pt_saved_text(const struct pt_saved *saved, const char *key); // NULL if absent

#endif
