// Does the data fit the network, and which tensors take it.
#ifndef PT_TRAIN_FIT_H
#define PT_TRAIN_FIT_H

#include "dataset/dataset.h"
#include "model/graph.h"

struct pt_run_tensors {
    pt_tensor features, target, prediction, loss;
    bool classes;                        // the target is a class number
    int64_t feature_count, target_count; // of one sample; target_count of a regression
    int64_t class_count;                 // places in the prediction
};

// PT_BAD_INPUT if the samples have another size than the network's input, or the targets do not
// suit its loss.
enum pt_status pt_run_tensors_find(const struct pt_graph *graph, const struct pt_dataset_pair *data,
                                   struct pt_run_tensors *ret_tensors, struct pt_error *error);

// Copies rows first.. of order (NULL: as they lie) into the network's inputs.
void pt_run_load_batch(const struct pt_run_tensors *tensors, struct pt_network *network,
                       const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                       int64_t rows);

#endif
