// Evaluation on a test set.

#include "train/evaluate.h"

#include <math.h>

struct sums {
    double loss; // times samples
    int64_t samples, right, labels;
};

static int64_t largest(const float *values, int64_t count)
{
    int64_t best = 0;
    for (int64_t i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

static void count_right(const struct pt_run_tensors *tensors, struct pt_network *network,
                        int64_t rows, struct sums *sums)
{
    const float *predictions = pt_network_values(network, tensors->prediction);
    const int32_t *targets = pt_network_values_int32(network, tensors->target);
    for (int64_t i = 0; i < rows * tensors->label_count; i++) {
        if (targets[i] < 0 || targets[i] == tensors->ignored_label)
            continue;
        sums->labels++;
        sums->right +=
            largest(predictions + i * tensors->class_count, tensors->class_count) == targets[i];
    }
}

static enum pt_status add_batch(const struct pt_run_tensors *tensors, struct pt_network *network,
                                int64_t rows, struct sums *sums, struct pt_error *error)
{
    enum pt_status status = pt_network_forward(network, rows, false, error);
    if (status != PT_OK)
        return status;
    sums->loss += pt_network_loss(network) * (double)rows;
    sums->samples += rows;
    if (tensors->classes && tensors->prediction != PT_NO_TENSOR)
        count_right(tensors, network, rows, sums);
    return PT_OK;
}

enum pt_status pt_run_evaluate(const struct pt_run_tensors *tensors, struct pt_network *network,
                               struct pt_loader *loader, int64_t batch_count,
                               struct pt_evaluation *ret_evaluation, struct pt_error *error)
{
    struct pt_batch batch = pt_run_inputs(tensors, network);
    struct sums sums = {0};
    int64_t rows = 1;
    enum pt_status status = PT_OK;
    for (int64_t i = 0; (batch_count == 0 || i < batch_count) && status == PT_OK; i++) {
        status = pt_loader_next(loader, &batch, &rows, error);
        if (status == PT_OK && rows == 0)
            break;
        if (status == PT_OK)
            status = add_batch(tensors, network, rows, &sums, error);
    }
    if (status == PT_OK && rows > 0) // in the middle of the set
        status = pt_loader_seek(loader, 0, 0, error);
    if (status != PT_OK)
        return status;
    ret_evaluation->loss = sums.loss / (double)sums.samples;
    ret_evaluation->accuracy = sums.labels > 0 ? (double)sums.right / (double)sums.labels : NAN;
    return PT_OK;
}
