// Any bytes: parsed or refused, and what is accepted keeps its promises.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_saved saved;
    struct pt_error error;
    if (arena == NULL)
        return 0;
    size_t sum = 0;
    if (pt_safetensors_parse(arena, (const char *)bytes, length, "fuzz", &saved, &error) == PT_OK) {
        for (int64_t i = 0; i < saved.tensor_count; i++) {
            const struct pt_saved_tensor *tensor = &saved.tensors[i];
            size_t size = (size_t)pt_saved_bytes(tensor);
            const uint8_t *data = tensor->bytes;
            if (pt_saved_find(&saved, tensor->name) != tensor)
                abort();
            if (data < bytes || data + size > bytes + length)
                abort();
            for (size_t k = 0; k < size; k++) // the sanitizer watches
                sum += data[k];
        }
        for (int64_t i = 0; i < saved.text_count; i++)
            sum += strlen(saved.texts[i].key) + strlen(saved.texts[i].value);
    }
    pt_arena_destroy(arena);
    return sum == SIZE_MAX ? 1 : 0;
}
