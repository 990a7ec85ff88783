// Data and network meet.

#include "train/fit.h"

#include <inttypes.h>

static enum pt_status check_features(const struct pt_graph *graph, pt_tensor features,
                                     const struct pt_dataset *dataset, struct pt_error *error)
{
    const struct pt_tensor_info *info = pt_graph_tensor(graph, features);
    int64_t count = pt_shape_size(&info->shape) / info->shape.dim[0];
    if (count != dataset->feature_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "a sample of the data has %" PRId64
                       " features, the network's input %s takes "
                       "%" PRId64 "; change input: shape or the data's columns",
                       dataset->feature_count, info->name, count);
    return PT_OK;
}

static enum pt_status check_targets(const struct pt_run_tensors *tensors,
                                    const struct pt_dataset *dataset, struct pt_error *error)
{
    if (tensors->classes && dataset->class_count == 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "the loss cross_entropy needs classes, the data has numbers as targets; use "
                       "loss: mse or name a label column");
    if (!tensors->classes && dataset->class_count > 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "the loss mse needs numbers as targets, the data has classes; use loss: "
                       "cross_entropy");
    if (tensors->classes && dataset->class_count > tensors->class_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data has %" PRId64 " classes, the network's last layer has %" PRId64
                       " outputs",
                       dataset->class_count, tensors->class_count);
    if (!tensors->classes && dataset->target_count != tensors->target_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data has %" PRId64 " targets a sample, the network %" PRId64 " outputs",
                       dataset->target_count, tensors->target_count);
    return PT_OK;
}

enum pt_status pt_run_tensors_find(const struct pt_graph *graph, const struct pt_dataset_pair *data,
                                   struct pt_run_tensors *ret_tensors, struct pt_error *error)
{
    if (graph->loss == PT_NO_TENSOR)
        return pt_fail(error, PT_BAD_INPUT,
                       "network %s has no loss; add loss: cross_entropy or mse", graph->name);
    const struct pt_op *loss = &graph->ops[pt_graph_tensor(graph, graph->loss)->producer];
    struct pt_run_tensors tensors = {.features = PT_NO_TENSOR,
                                     .target = loss->inputs[1],
                                     .prediction = loss->inputs[0],
                                     .loss = graph->loss};
    const struct pt_tensor_info *prediction = pt_graph_tensor(graph, tensors.prediction);
    tensors.classes = pt_graph_tensor(graph, tensors.target)->dtype == PT_INT32;
    tensors.class_count = prediction->shape.dim[prediction->shape.rank - 1];
    tensors.target_count = pt_shape_size(&prediction->shape) / prediction->shape.dim[0];
    for (int i = 0; i < graph->tensor_count && tensors.features == PT_NO_TENSOR; i++)
        if (graph->tensors[i].role == PT_ROLE_INPUT && i != tensors.target)
            tensors.features = i;
    if (tensors.features == PT_NO_TENSOR)
        return pt_fail(error, PT_BAD_INPUT, "network %s has no input", graph->name);
    tensors.feature_count = data->train->feature_count;

    enum pt_status status = PT_OK;
    const struct pt_dataset *sets[] = {data->train, data->test};
    for (int i = 0; i < 2 && status == PT_OK; i++) {
        if (sets[i] == NULL)
            continue;
        status = check_features(graph, tensors.features, sets[i], error);
        if (status == PT_OK)
            status = check_targets(&tensors, sets[i], error);
    }
    if (status == PT_OK)
        *ret_tensors = tensors;
    return status;
}

void pt_run_load_batch(const struct pt_run_tensors *tensors, struct pt_network *network,
                       const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                       int64_t rows)
{
    float *features = pt_network_values(network, tensors->features);
    if (tensors->classes)
        pt_dataset_batch(dataset, order, first, rows, features,
                         pt_network_values_int32(network, tensors->target), NULL);
    else
        pt_dataset_batch(dataset, order, first, rows, features, NULL,
                         pt_network_values(network, tensors->target));
}
