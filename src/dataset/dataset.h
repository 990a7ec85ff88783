// Where samples come from: features as floats or tokens, targets as class numbers or floats.
//
// A batch is a copy of samples in shuffled order. The order is a function of (seed, epoch), and so
// is every random change that a sample suffers on its way into a batch, so a resumed run sees the
// same batches.
#ifndef PT_DATASET_DATASET_H
#define PT_DATASET_DATASET_H

#include "base/node.h"

// What fills a batch where samples do not lie ready in memory: text, image files, windows of a
// series. One struct of functions each; state is the source's own.
struct pt_dataset_reader {
    // Fills sample number index of the dataset into the places of one row; NULL: not wanted.
    // Exactly one of features and tokens is given. random is a function of (seed, epoch, sample):
    // what augmentation draws from. Called by several threads at a time. PT_BAD_INPUT for a file
    // that cannot be read, which names it.
    enum pt_status (*read)(const void *state, int64_t index, uint64_t random, float *features,
                           int32_t *tokens, int32_t *labels, float *targets,
                           struct pt_error *error);
    void (*close)(void *state); // NULL: everything is in the dataset's arena
    bool is_heavy; // a sample takes longer than waking a thread, so small batches are shared too
};

enum { PT_IMAGE_CHANNELS_MAX = 4 };

// Random changes of images in training. Each is drawn from (seed, epoch, sample), so it is another
// one in every epoch and the same one in a resumed run.
struct pt_augment {
    int64_t crop; // so many black pixels around, then a window of the old size anywhere in it
    bool flip;    // left to right, half of the time
    bool negate_targets; // of a flipped image, as a steering angle needs
    int64_t cutout;      // a square of so many pixels becomes 0 (after normalization), anywhere;
                         // DeVries and Taylor 2017, arXiv:1708.04552
};

// How an image becomes floats where one scale for all of it will not do (dataset/picture.h).
struct pt_picture;

struct pt_dataset {
    int64_t sample_count;
    int rank;              // of one sample
    int64_t dims[5];       // of one sample: [28, 28]; images [height, width, channels]; text [T]
    int64_t feature_count; // product of dims
    int64_t class_count;   // 0: regression; of tokens: the vocabulary
    int64_t label_count;   // class numbers per sample: 1, or one for each token
    int64_t target_count;  // floats per sample in regression
    bool has_tokens;       // features are class numbers (int32), not floats
    // Exactly one of the first three is set. Floats are ready to use. Bytes stay bytes, a quarter
    // of the memory, until a batch is made of byte * pixel_scale[c] + pixel_shift[c], c being the
    // channel, or 0 if channel_count is 1. Of floats this was done already, and pixel_shift is what
    // 0 became.
    const float *features;        // [sample_count, feature_count]
    const uint8_t *feature_bytes; // the same
    const struct pt_dataset_reader *reader;
    void *reader_state;
    int channel_count; // with a scale of their own; the last of dims, or 1 for all alike
    float pixel_scale[PT_IMAGE_CHANNELS_MAX], pixel_shift[PT_IMAGE_CHANNELS_MAX];
    const struct pt_picture *picture; // NULL: no augmentation and one channel; not of readers
    const int32_t *labels;          // [sample_count, label_count], class_count > 0; not of readers
    const float *targets;           // [sample_count, target_count]; not of readers
    const char *const *class_names; // [class_count] or NULL
    const struct pt_tokenizer *tokenizer; // of a text (dataset/tokenizer.h), borrowed; else NULL
    // Of a series: what a target is in the units of the file, and the mean squared error, in those
    // of targets, of the forecast that nothing changes. 1, 0 and NAN of anything else.
    double target_scale, target_shift; // target in the file's units = target * scale + shift
    double naive_mse;
    struct pt_arena *arena;
};

struct pt_dataset_pair {
    struct pt_dataset *train, *test; // test may be NULL
};

// Opens what the mapping `data:` of a run file describes (docs/data-yaml.md): kind idx, csv,
// images, series ... Paths are relative to base_directory, if it is not NULL. Gzip is read as is.
// Normalization is computed from the training part alone and applied to both.
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
// From now on batches of this dataset are changed at random. Samples are images of [height, width]
// or [height, width, channels]. PT_BAD_INPUT for another shape or a change that does not fit it.
enum pt_status pt_dataset_augment(struct pt_dataset *dataset, const struct pt_augment *augment,
                                  struct pt_error *error);
// Puts a share of the samples, chosen by seed, aside as test. Both parts are copies, each in the
// order of all, which stays the caller's.
enum pt_status pt_dataset_split(const struct pt_dataset *all, double test_share, uint64_t seed,
                                struct pt_dataset_pair *ret_pair, struct pt_error *error);

// The order of samples in an epoch; order has sample_count places. 0, 1, 2 ... without shuffle.
void pt_dataset_order(const struct pt_dataset *dataset, uint64_t seed, int64_t epoch, bool shuffle,
                      uint32_t *order);
// Where the rows of a batch go; what the dataset does not have, or nobody wants, is NULL.
struct pt_batch {
    float *features; // [count, feature_count], without has_tokens
    int32_t *tokens; // [count, feature_count], with has_tokens
    int32_t *labels; // [count, label_count]
    float *targets;  // [count, target_count]
};
// Copies rows order[first .. first+count) into batch. order NULL: rows first .. first+count. Uses
// several threads for large batches; the result depends neither on their number nor on the CPU.
// seed and epoch are what augmentation draws from. Fails only if the dataset has a reader.
enum pt_status pt_dataset_batch(const struct pt_dataset *dataset, const uint32_t *order,
                                int64_t first, int64_t count, uint64_t seed, int64_t epoch,
                                const struct pt_batch *batch, struct pt_error *error);

#endif
