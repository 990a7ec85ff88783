// Data and network meet.

#include "train/fit.h"

#include <inttypes.h>
#include <string.h>

static int64_t of_one_sample(const struct pt_graph *graph, pt_tensor tensor)
{
    const struct pt_shape *shape = &pt_graph_tensor(graph, tensor)->shape;
    return pt_shape_size(shape) / shape->dim[0];
}

static enum pt_status check_features(const struct pt_graph *graph, pt_tensor features,
                                     const struct pt_dataset *dataset, struct pt_error *error)
{
    const struct pt_tensor_info *info = pt_graph_tensor(graph, features);
    int64_t count = of_one_sample(graph, features);
    if (dataset->has_tokens && info->dtype != PT_INT32)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data are tokens, but the network's input %s takes numbers; begin the "
                       "network with an embedding",
                       info->name);
    if (!dataset->has_tokens && info->dtype == PT_INT32)
        return pt_fail(error, PT_BAD_INPUT,
                       "the network's input %s takes tokens, but the data are numbers; use data: "
                       "{kind: text}",
                       info->name);
    if (count != dataset->feature_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "a sample of the data has %" PRId64
                       " features, the network's input %s takes "
                       "%" PRId64 "; change input: shape or the data's columns",
                       dataset->feature_count, info->name, count);
    return PT_OK;
}

static enum pt_status check_classes(const struct pt_run_tensors *tensors,
                                    const struct pt_dataset *dataset, const char *loss,
                                    struct pt_error *error)
{
    if (dataset->class_count == 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "the loss %s needs classes, the data has numbers as targets; use loss: mse "
                       "or name a label column",
                       loss);
    if (dataset->class_count > tensors->class_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data has %" PRId64 " classes, the network's last layer has %" PRId64
                       " outputs",
                       dataset->class_count, tensors->class_count);
    if (dataset->label_count != tensors->label_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data has %" PRId64 " class numbers a sample, the loss %s takes %" PRId64
                       "; its input must have that many rows",
                       dataset->label_count, loss, tensors->label_count);
    return PT_OK;
}

static enum pt_status check_numbers(const struct pt_run_tensors *tensors,
                                    const struct pt_dataset *dataset, const char *loss,
                                    struct pt_error *error)
{
    if (dataset->class_count > 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "the loss %s needs numbers as targets, the data has classes; use loss: "
                       "cross_entropy",
                       loss);
    if (dataset->target_count != tensors->target_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "the data has %" PRId64 " targets a sample, the network %" PRId64 " outputs",
                       dataset->target_count, tensors->target_count);
    return PT_OK;
}

// All inputs but features and target would stay what they happen to be.
static enum pt_status check_other_inputs(const struct pt_graph *graph,
                                         const struct pt_run_tensors *tensors,
                                         struct pt_error *error)
{
    for (int i = 0; i < graph->tensor_count; i++)
        if (graph->tensors[i].role == PT_ROLE_INPUT && i != tensors->features &&
            i != tensors->target)
            return pt_fail(error, PT_BAD_INPUT,
                           "network %s has an input %s that the data cannot fill; they give one "
                           "input and the target",
                           graph->name, graph->tensors[i].name);
    return PT_OK;
}

static pt_tensor first_input_but(const struct pt_graph *graph, pt_tensor target)
{
    for (int i = 0; i < graph->tensor_count; i++)
        if (graph->tensors[i].role == PT_ROLE_INPUT && i != target)
            return i;
    return PT_NO_TENSOR;
}

// A loss that keeps its prediction has the matrix that makes it: [classes, features].
static int64_t count_classes(const struct pt_graph *graph, const struct pt_op *loss)
{
    bool hidden = loss->kind->hides_prediction && loss->parameter_count > 0;
    const struct pt_shape *shape =
        &pt_graph_tensor(graph, hidden ? loss->parameters[0] : loss->inputs[0])->shape;
    return hidden ? shape->dim[0] : shape->dim[shape->rank - 1];
}

static int64_t ignored_label(const struct pt_op *loss)
{
    const struct pt_attribute_spec *specs = loss->kind->attributes;
    for (int i = 0; specs != NULL && specs[i].name != NULL; i++)
        if (strcmp(specs[i].name, "ignore_index") == 0)
            return loss->attributes[i].integer;
    return -1;
}

static enum pt_status find(const struct pt_graph *graph, struct pt_run_tensors *tensors,
                           struct pt_error *error)
{
    if (graph->loss == PT_NO_TENSOR)
        return pt_fail(error, PT_BAD_INPUT,
                       "network %s has no loss; add loss: cross_entropy or mse", graph->name);
    const struct pt_op *loss = &graph->ops[pt_graph_tensor(graph, graph->loss)->producer];
    if (loss->input_count < 2 || pt_graph_tensor(graph, loss->inputs[1])->role != PT_ROLE_INPUT)
        return pt_fail(error, PT_BAD_INPUT,
                       "the loss %s of network %s has no target that data could fill; its second "
                       "input must be an input of the network",
                       loss->name, graph->name);
    *tensors = (struct pt_run_tensors){.target = loss->inputs[1], .loss = graph->loss};
    tensors->prediction = loss->kind->hides_prediction ? PT_NO_TENSOR : loss->inputs[0];
    tensors->classes = pt_graph_tensor(graph, tensors->target)->dtype == PT_INT32;
    tensors->class_count = tensors->classes ? count_classes(graph, loss) : 0;
    tensors->label_count = tensors->classes ? of_one_sample(graph, tensors->target) : 0;
    tensors->target_count = tensors->classes ? 0 : of_one_sample(graph, tensors->target);
    tensors->ignored_label = ignored_label(loss);
    tensors->features = first_input_but(graph, tensors->target);
    if (tensors->features == PT_NO_TENSOR)
        return pt_fail(error, PT_BAD_INPUT, "network %s has no input", graph->name);
    tensors->tokens = pt_graph_tensor(graph, tensors->features)->dtype == PT_INT32;
    return check_other_inputs(graph, tensors, error);
}

enum pt_status pt_run_tensors_find(const struct pt_graph *graph, const struct pt_dataset_pair *data,
                                   struct pt_run_tensors *ret_tensors, struct pt_error *error)
{
    struct pt_run_tensors tensors;
    enum pt_status status = find(graph, &tensors, error);
    const struct pt_dataset *sets[] = {data->train, data->test};
    for (int i = 0; i < 2 && status == PT_OK; i++) {
        if (sets[i] == NULL)
            continue;
        const char *loss = graph->ops[pt_graph_tensor(graph, graph->loss)->producer].kind->name;
        status = check_features(graph, tensors.features, sets[i], error);
        if (status == PT_OK)
            status = tensors.classes ? check_classes(&tensors, sets[i], loss, error)
                                     : check_numbers(&tensors, sets[i], loss, error);
    }
    if (status == PT_OK)
        *ret_tensors = tensors;
    return status;
}

struct pt_batch pt_run_inputs(const struct pt_run_tensors *tensors, struct pt_network *network)
{
    struct pt_batch batch = {0};
    if (tensors->tokens)
        batch.tokens = pt_network_values_int32(network, tensors->features);
    else
        batch.features = pt_network_values(network, tensors->features);
    if (tensors->classes)
        batch.labels = pt_network_values_int32(network, tensors->target);
    else
        batch.targets = pt_network_values(network, tensors->target);
    return batch;
}
