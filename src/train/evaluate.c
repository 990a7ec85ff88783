// Evaluation on a test set.

#include "train/evaluate.h"

#include <math.h>

static int64_t largest(const float *values, int64_t count)
{
    int64_t best = 0;
    for (int64_t i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

static int64_t count_right(const struct pt_run_tensors *tensors, struct pt_network *network,
                           int64_t rows)
{
    const float *predictions = pt_network_values(network, tensors->prediction);
    const int32_t *targets = pt_network_values_int32(network, tensors->target);
    int64_t right = 0;
    for (int64_t row = 0; row < rows; row++)
        right +=
            largest(predictions + row * tensors->class_count, tensors->class_count) == targets[row];
    return right;
}

enum pt_status pt_run_evaluate(const struct pt_run_tensors *tensors, struct pt_network *network,
                               const struct pt_dataset *dataset, int64_t batch,
                               struct pt_evaluation *ret_evaluation, struct pt_error *error)
{
    double loss_sum = 0;
    int64_t right = 0, samples = dataset->sample_count;
    for (int64_t first = 0; first < samples; first += batch) {
        int64_t rows = samples - first < batch ? samples - first : batch;
        pt_run_load_batch(tensors, network, dataset, NULL, first, rows);
        enum pt_status status = pt_network_forward(network, rows, false, error);
        if (status != PT_OK)
            return status;
        loss_sum += pt_network_loss(network) * (double)rows;
        if (tensors->classes)
            right += count_right(tensors, network, rows);
    }
    ret_evaluation->loss = loss_sum / (double)samples;
    ret_evaluation->accuracy = tensors->classes ? (double)right / (double)samples : NAN;
    return PT_OK;
}
