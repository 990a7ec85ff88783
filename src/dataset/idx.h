// IDX: the format of MNIST and its relatives. Two zero bytes, a type, the number of dimensions, one
// big-endian 32-bit size per dimension, then the elements, big-endian.
// Source: Y. LeCun, http://yann.lecun.com/exdb/mnist/, "the IDX file format".
#ifndef PT_DATASET_IDX_H
#define PT_DATASET_IDX_H

#include "dataset/byte_stream.h"

enum { PT_IDX_RANK_MAX = 6 };

enum pt_idx_type {
    PT_IDX_UINT8 = 0x08,
    PT_IDX_INT8 = 0x09,
    PT_IDX_INT16 = 0x0b,
    PT_IDX_INT32 = 0x0c,
    PT_IDX_FLOAT32 = 0x0d,
    PT_IDX_FLOAT64 = 0x0e,
};

struct pt_idx {
    const char *name; // of the file, for messages; borrowed from the stream
    enum pt_idx_type type;
    int element_bytes;
    int rank;
    int64_t dims[PT_IDX_RANK_MAX]; // dims[0] counts the samples
    int64_t element_count;
    int64_t data_offset;        // of the first element
    const unsigned char *bytes; // the elements as in the file
};

// PT_CORRUPT for a wrong magic, a size that the file cannot hold, or an empty dimension.
enum pt_status pt_idx_read_header(struct pt_byte_stream *stream, struct pt_idx *ret_idx,
                                  struct pt_error *error);
// Reads the elements into the arena and expects the end of the file.
enum pt_status pt_idx_read_elements(struct pt_byte_stream *stream, struct pt_arena *arena,
                                    struct pt_idx *idx, struct pt_error *error);
// Element index; exact for every type.
double pt_idx_element(const struct pt_idx *idx, int64_t index);
// Where it stands in the unpacked file.
int64_t pt_idx_element_offset(const struct pt_idx *idx, int64_t index);

#endif
