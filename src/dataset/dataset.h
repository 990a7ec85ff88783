// Where samples come from: features as floats, targets as class numbers or floats.
//
// All samples are in memory; a batch is a copy of rows in shuffled order. The order is a function
// of (seed, epoch), so a resumed run sees the same batches.
#ifndef PT_DATASET_DATASET_H
#define PT_DATASET_DATASET_H

#include "base/node.h"

struct pt_dataset {
    int64_t sample_count;
    int rank;              // of one sample
    int64_t dims[5];       // of one sample: [28, 28]
    int64_t feature_count; // product of dims
    int64_t class_count;   // 0: regression
    int64_t target_count;  // floats per sample in regression
    // Exactly one of the first two is set. Floats are ready to use. Bytes stay bytes, a quarter of
    // the memory, until a batch is made of byte * byte_scale + byte_shift.
    const float *features;        // [sample_count, feature_count]
    const uint8_t *feature_bytes; // the same
    float byte_scale, byte_shift;
    const int32_t *labels;          // [sample_count], class_count > 0
    const float *targets;           // [sample_count, target_count]
    const char *const *class_names; // [class_count] or NULL
    struct pt_arena *arena;
};

struct pt_dataset_pair {
    struct pt_dataset *train, *test; // test may be NULL
};

// Opens what the mapping `data:` of a run file describes (docs/data-yaml.md): kind idx, csv.
// Paths are relative to base_directory, if it is not NULL. Gzip is read as is. Normalization is
// computed from the training part alone and applied to both.
enum pt_status pt_dataset_open(const struct pt_node *node, const char *base_directory,
                               struct pt_dataset_pair *ret_pair, struct pt_error *error);
void pt_dataset_destroy(struct pt_dataset *dataset);

// Copies caller's arrays. labels or targets, the other is NULL. PT_BAD_INPUT for a number that is
// not finite or a label outside [0, class_count).
enum pt_status pt_dataset_from_arrays(const float *features, int64_t sample_count, int rank,
                                      const int64_t *dims, const int32_t *labels,
                                      int64_t class_count, const float *targets,
                                      int64_t target_count, struct pt_dataset **ret_dataset,
                                      struct pt_error *error);
// Puts a share of the samples, chosen by seed, aside as test. Both parts are copies, each in the
// order of all, which stays the caller's.
enum pt_status pt_dataset_split(const struct pt_dataset *all, double test_share, uint64_t seed,
                                struct pt_dataset_pair *ret_pair, struct pt_error *error);

// The order of samples in an epoch; order has sample_count places. 0, 1, 2 ... without shuffle.
void pt_dataset_order(const struct pt_dataset *dataset, uint64_t seed, int64_t epoch, bool shuffle,
                      uint32_t *order);
// Copies rows order[first .. first+count) into features [count, feature_count] and into labels or
// targets; NULL where not wanted. order NULL: rows first .. first+count. Uses several threads for
// large batches; the result depends neither on their number nor on the CPU.
void pt_dataset_batch(const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                      int64_t count, float *features, int32_t *labels, float *targets);

#endif
