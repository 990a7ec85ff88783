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
    // Exactly one of the first two is set. Bytes stay bytes until a batch is made: value * scale +
    // shift, per feature if feature_scale is set.
    const float *features;
    const uint8_t *feature_bytes;
    const float *feature_scale, *feature_shift; // [feature_count], or [1] if shared_scale
    bool shared_scale;
    const int32_t *labels;          // [sample_count], class_count > 0
    const float *targets;           // [sample_count, target_count]
    const char *const *class_names; // [class_count] or NULL
    struct pt_arena *arena;
};

struct pt_dataset_pair {
    struct pt_dataset *train, *test; // test may be NULL
};

// Opens what the mapping `data:` of a run file describes (docs/run-yaml.md): kind idx, csv.
// Paths are relative to base_directory. Gzip is read as is.
enum pt_status pt_dataset_open(const struct pt_node *node, const char *base_directory,
                               struct pt_dataset_pair *ret_pair, struct pt_error *error);
void pt_dataset_destroy(struct pt_dataset *dataset);

// Copies caller's arrays. labels or targets, the other is NULL.
enum pt_status pt_dataset_from_arrays(const float *features, int64_t sample_count, int rank,
                                      const int64_t *dims, const int32_t *labels,
                                      int64_t class_count, const float *targets,
                                      int64_t target_count, struct pt_dataset **ret_dataset,
                                      struct pt_error *error);
// Puts a share of the samples, chosen by seed, aside as test.
enum pt_status pt_dataset_split(struct pt_dataset *all, double test_share, uint64_t seed,
                                struct pt_dataset_pair *ret_pair, struct pt_error *error);

// The order of samples in an epoch; order has sample_count places.
void pt_dataset_order(const struct pt_dataset *dataset, uint64_t seed, int64_t epoch, bool shuffle,
                      uint32_t *order);
// Copies rows order[first .. first+count) into features [count, feature_count] and into labels or
// targets; NULL where not wanted. Uses several threads for large batches.
void pt_dataset_batch(const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                      int64_t count, float *features, int32_t *labels, float *targets);

#endif
