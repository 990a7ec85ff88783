// Samples that are windows of a long row of token ids: T ids, and as labels the T ids that follow
// each of them. The ids are there once, whatever the windows overlap.
#ifndef PT_DATASET_TOKEN_WINDOWS_H
#define PT_DATASET_TOKEN_WINDOWS_H

#include "dataset/dataset.h"
#include "dataset/token_file.h"
#include "dataset/tokenizer.h"

// A tokenizer or a token file that several datasets use; the last one closes it.
struct pt_token_owner;
enum pt_status pt_token_owner_create(struct pt_tokenizer *tokenizer, struct pt_token_file *file,
                                     struct pt_token_owner **ret_owner, struct pt_error *error);
void pt_token_owner_release(struct pt_token_owner *owner);

struct pt_token_windows {
    int64_t length;       // T
    int64_t stride;       // from the beginning of a window to that of the next
    int64_t vocabulary;   // of the ids
    const char *what;     // "the training part of a.txt", for messages
    const int32_t *ids;   // copied; NULL: those of file
    int64_t first, count; // of the file, or 0 and how many ids
};

// PT_BAD_INPUT if there are fewer than length + 1 ids. The dataset holds on to the owner.
enum pt_status pt_token_windows_create(const struct pt_token_windows *windows,
                                       struct pt_token_owner *owner,
                                       struct pt_dataset **ret_dataset, struct pt_error *error);

// The keys length and stride, which all kinds of text share.
enum pt_status pt_token_windows_read_keys(const struct pt_node *node,
                                          struct pt_token_windows *windows, struct pt_error *error);

#endif
