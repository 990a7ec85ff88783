// What the members of this room share.
#ifndef PT_DATASET_INTERNAL_H
#define PT_DATASET_INTERNAL_H

#include "dataset/dataset.h"

// A kind of `data:`. Adding one is a file and a line in registry.c.
struct pt_dataset_source {
    const char *name;
    enum pt_status (*open)(const struct pt_node *node, const char *base_directory,
                           struct pt_dataset_pair *ret_pair, struct pt_error *error);
};
extern const struct pt_dataset_source pt_dataset_source_idx, pt_dataset_source_csv;
extern const struct pt_dataset_source pt_dataset_source_images, pt_dataset_source_series;
extern const struct pt_dataset_source pt_dataset_source_text, pt_dataset_source_tokens;
extern const struct pt_dataset_source *const pt_dataset_sources[]; // NULL ends the list

// An empty dataset with its arena; the source fills it.
enum pt_status pt_dataset_create(struct pt_dataset **ret_dataset, struct pt_error *error);
// The path that the text of a scalar means, below base_directory unless it is absolute.
enum pt_status pt_dataset_path(struct pt_arena *arena, const struct pt_node *node,
                               const char *base_directory, const char **ret_path,
                               struct pt_error *error);
// The optional keys test_share and seed, which source kinds share; *ret_share 0 if absent.
enum pt_status pt_dataset_read_split(const struct pt_node *node, double *ret_share,
                                     uint64_t *ret_seed, struct pt_error *error);
// Which of count samples are the test part: the first *ret_test_count of *ret_rows, in ascending
// order; the rest, ascending too, is the training part. The caller frees *ret_rows.
enum pt_status pt_dataset_split_rows(int64_t count, double test_share, uint64_t seed,
                                     uint32_t **ret_rows, int64_t *ret_test_count,
                                     struct pt_error *error);
// Replaces pair->train by its two parts if test_share > 0.
enum pt_status pt_dataset_apply_split(struct pt_dataset_pair *pair, double test_share,
                                      uint64_t seed, struct pt_error *error);

// The optional key classes: a list of names, *ret_count 0 if absent.
enum pt_status pt_dataset_read_classes(struct pt_arena *arena, const struct pt_node *node,
                                       const char *const **ret_names, int64_t *ret_count,
                                       struct pt_error *error);

enum pt_normalize_kind {
    PT_NORMALIZE_NONE,
    PT_NORMALIZE_UNIT,     // bytes: / 255; floats: smallest to 0, largest to 1
    PT_NORMALIZE_STANDARD, // mean 0, deviation 1
    PT_NORMALIZE_GIVEN,    // (x - mean) / deviation; bytes are divided by 255 before
};
struct pt_normalize {
    enum pt_normalize_kind kind;
    int channel_count; // that are normalized each by itself; 1: all alike
    double means[PT_IMAGE_CHANNELS_MAX], deviations[PT_IMAGE_CHANNELS_MAX];
};
enum { PT_BYTE_VALUES = 256 };
// The optional key normalize: a word or {mean, std}, numbers or lists of as many numbers as
// channels; otherwise it stays what it is.
enum pt_status pt_normalize_read(const struct pt_node *node, struct pt_normalize *normalize,
                                 struct pt_error *error);
// PT_BAD_INPUT unless there is one mean and deviation for all, or one for each channel of images.
enum pt_status pt_normalize_check(const struct pt_normalize *normalize, int rank,
                                  const int64_t *dims, struct pt_error *error);
// Statistics from pair->train alone, applied to both parts.
enum pt_status pt_normalize_bytes(struct pt_dataset_pair *pair,
                                  const struct pt_normalize *normalize, struct pt_error *error);
// The same from counts[channel][value] of all bytes of the training part; one scale and shift for
// each channel that is normalized by itself.
void pt_normalize_from_counts(const struct pt_normalize *normalize,
                              int64_t counts[][PT_BYTE_VALUES], float *ret_scale, float *ret_shift);
// counts[i % channel_count][bytes[i]] grows by 1 for every i.
void pt_count_bytes(const uint8_t *bytes, int64_t count, int channel_count,
                    int64_t counts[][PT_BYTE_VALUES]);
// Statistics are taken of the features i % period, each by itself but for those where skip[i] is
// true: feature_count is every feature by itself, 1 is all alike, the number of channels each
// channel. PT_BAD_INPUT if a number leaves the range of float.
enum pt_status pt_normalize_floats(struct pt_dataset_pair *pair,
                                   const struct pt_normalize *normalize, int64_t period,
                                   const bool *skip, struct pt_error *error);

// The optional key augment: a mapping; *ret_augment is all zero if there is none. Numbers as
// targets need an answer to what a flip does to them.
enum pt_status pt_augment_read(const struct pt_node *node, bool has_targets,
                               struct pt_augment *ret_augment, struct pt_error *error);
bool pt_augment_is_any(const struct pt_augment *augment);

// Byte * scale + shift, rounded twice: both give the same, to the bit.
void pt_bytes_to_floats_portable(const uint8_t *bytes, int64_t count, float scale, float shift,
                                 float *floats);
void pt_bytes_to_floats_avx2(const uint8_t *bytes, int64_t count, float scale, float shift,
                             float *floats);
// The same with a scale and a shift for each.
void pt_bytes_scaled_portable(const uint8_t *bytes, int64_t count, const float *scales,
                              const float *shifts, float *floats);
void pt_bytes_scaled_avx2(const uint8_t *bytes, int64_t count, const float *scales,
                          const float *shifts, float *floats);

#endif
