// What the reader and the writer of safetensors files share. For those two.
//
// Layout: 8 bytes little-endian length of the header; the header, a JSON object padded with blanks;
// the data. Each entry is {"dtype", "shape", "data_offsets": [begin, end]} with offsets from the
// end of the header; "__metadata__" maps texts to texts. Tensors fill the data without hole or
// overlap. Source: https://github.com/huggingface/safetensors, README.md, "Format" and "Benefits".
#ifndef PT_ENGINE_SAFETENSORS_FORMAT_H
#define PT_ENGINE_SAFETENSORS_FORMAT_H

#include <string.h>

#include "engine/safetensors.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors are little-endian");

#define PT_SAFETENSORS_METADATA "__metadata__"
#define PT_SAFETENSORS_CHECKSUM "powertrain.crc32" // of all data; 8 hexadecimal digits

enum { PT_SAFETENSORS_LENGTH_BYTES = 8, PT_SAFETENSORS_HEADER_LIMIT = 100 * 1000 * 1000 };

// Fills saved->by_name; path is for messages.
enum pt_status pt_saved_sort(struct pt_arena *arena, const char *path, struct pt_saved *saved,
                             struct pt_error *error);

#endif
