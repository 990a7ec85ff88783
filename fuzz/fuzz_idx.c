// Any bytes as an IDX file, plain or gzip: refused, or every element can be read.

#include <stdlib.h>

#include "dataset/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_byte_stream *stream;
    struct pt_idx idx;
    double sum = 0;

    if (pt_byte_stream_open_memory(bytes, length, "fuzz.idx", &stream, NULL) != PT_OK)
        return 0;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        abort();
    if (pt_idx_read_header(stream, &idx, NULL) == PT_OK) {
        // The header may promise no more than the input can hold.
        if (idx.element_count < 1 || idx.element_count > (int64_t)length * 1032)
            abort();
        if (pt_idx_read_elements(stream, arena, &idx, NULL) == PT_OK)
            for (int64_t i = 0; i < idx.element_count; i++)
                sum += pt_idx_element(&idx, i);
    }
    volatile double result = sum; // so that the elements are read
    (void)result;
    pt_arena_destroy(arena);
    pt_byte_stream_close(stream);
    return 0;
}
