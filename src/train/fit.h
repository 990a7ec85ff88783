// Does the data fit the network, and which tensors take it.
#ifndef PT_TRAIN_FIT_H
#define PT_TRAIN_FIT_H

#include "dataset/dataset.h"
#include "model/operator.h"

struct pt_run_tensors {
    pt_tensor features, target, loss;
    pt_tensor prediction;              // PT_NO_TENSOR: the loss computes it and keeps it to itself
    bool classes;                      // the target is class numbers: label_count of each sample
    bool tokens;                       // so are the features
    int64_t class_count;               // places in the prediction
    int64_t label_count, target_count; // class numbers or floats of one sample
    int64_t ignored_label;             // of the loss; below 0 if it ignores none from 0
};

// PT_BAD_INPUT if the samples have another size than the network's input, if the targets do not
// suit its loss, or if the network has an input that the data cannot fill.
enum pt_status pt_run_tensors_find(const struct pt_graph *graph, const struct pt_dataset_pair *data,
                                   struct pt_run_tensors *ret_tensors, struct pt_error *error);

// The network's inputs, as the places that a batch is copied to.
struct pt_batch pt_run_inputs(const struct pt_run_tensors *tensors, struct pt_network *network);

#endif
