// Batches made ahead of time on a thread of their own, so that training does not wait for files.
//
// The loader holds depth batches. When all are full its thread waits; when none is, the trainer
// does (and the time it waited is known). The order of batches, and every bit in them, is the same
// as without a loader.
#ifndef PT_DATASET_LOADER_H
#define PT_DATASET_LOADER_H

#include "dataset/dataset.h"

struct pt_loader;

struct pt_loader_options {
    const struct pt_dataset *dataset; // borrowed
    int64_t batch;                    // rows; the last of an epoch may be shorter
    int depth;                        // batches ahead; 0: made when asked for, without a thread
    uint64_t seed;
    bool shuffle;
    bool drop_last; // leave out a last, shorter batch
    int threads;    // that make one batch; 0: as many as OpenMP gives
};

// PT_BAD_INPUT if an epoch has no batch (drop_last, fewer samples than a batch). Nothing is
// allocated afterwards.
enum pt_status pt_loader_open(const struct pt_loader_options *options,
                              struct pt_loader **ret_loader, struct pt_error *error);
// At any moment; waits for the batch that is being made.
void pt_loader_close(struct pt_loader *loader);
int64_t pt_loader_batches_per_epoch(const struct pt_loader *loader);

// Goes to batch number index of an epoch; the next pt_loader_next gives that one.
enum pt_status pt_loader_seek(struct pt_loader *loader, int64_t epoch, int64_t index,
                              struct pt_error *error);
// Copies the next batch of the epoch into the places of batch. *ret_rows is 0 after the last one;
// then the next call gives the first one of the next epoch. A sample that cannot be read fails the
// call that asks for its batch, not an earlier one, and every further call until pt_loader_seek.
enum pt_status pt_loader_next(struct pt_loader *loader, const struct pt_batch *batch,
                              int64_t *ret_rows, struct pt_error *error);
// Nanoseconds that pt_loader_next waited for the thread since the loader was opened.
int64_t pt_loader_waited_ns(const struct pt_loader *loader);

#endif
