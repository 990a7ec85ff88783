// Samples of several lengths: in a sequence-length warm-up the network takes their beginnings.

#include <string.h>

#include "train/trainer_parts.h"

// Full batches, and the shorter ones at the ends of both sets: so that the loop allocates nothing.
static enum pt_status prepare_rests(struct pt_trainer *trainer, bool with_test,
                                    struct pt_error *error)
{
    const struct pt_dataset *sets[] = {trainer->options.data.train,
                                       with_test ? trainer->options.data.test : NULL};
    enum pt_status status = PT_OK;
    for (int i = 0; i < 2 && status == PT_OK; i++)
        if (sets[i] != NULL && sets[i]->sample_count % trainer->length.batch != 0)
            status = pt_network_prepare_rows(trainer->network,
                                             sets[i]->sample_count % trainer->length.batch, error);
    return status;
}

enum pt_status pt_trainer_prepare_lengths(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_sequence_warmup *warmup = &trainer->warmup;
    enum pt_status status = prepare_rests(trainer, true, error);
    for (int stage = 0; stage < warmup->stage_count && status == PT_OK; stage++) {
        status = pt_network_set_length(trainer->network, pt_sequence_warmup_length(warmup, stage),
                                       error);
        if (status == PT_OK)
            status = pt_network_prepare_rows(trainer->network, trainer->length.batch, error);
        if (status == PT_OK)
            status = prepare_rests(trainer, false, error);
    }
    if (status == PT_OK)
        status = pt_network_set_length(trainer->network, 0, error);
    const struct pt_shape *target =
        &pt_graph_tensor(trainer->options.graph, trainer->tensors.target)->shape;
    trainer->shortens_labels = warmup->stage_count > 0 && trainer->tensors.classes &&
                               target->rank >= 2 && target->dim[1] == warmup->full;
    return status;
}

enum pt_status pt_trainer_set_length(struct pt_trainer *trainer, int64_t *ret_length,
                                     struct pt_error *error)
{
    const struct pt_sequence_warmup *warmup = &trainer->warmup;
    int stage = pt_sequence_warmup_stage(warmup, trainer->position.step);
    *ret_length = pt_sequence_warmup_length(warmup, stage);
    return pt_network_set_length(trainer->network, *ret_length, error);
}

static void cut(int32_t *values, int64_t rows, int64_t full, int64_t kept)
{
    for (int64_t i = 1; i < rows && kept < full; i++)
        memmove(values + i * kept, values + i * full, (size_t)kept * sizeof *values);
}

void pt_trainer_shorten(const struct pt_trainer *trainer, int64_t rows, int64_t length)
{
    int64_t full = trainer->warmup.full, labels = trainer->tensors.label_count;
    if (length == 0)
        return;
    cut(trainer->inputs.tokens, rows, full, length);
    if (trainer->shortens_labels)
        cut(trainer->inputs.labels, rows, labels, labels / full * length);
}

int64_t pt_trainer_loss_weight(const struct pt_trainer *trainer, int64_t length)
{
    return trainer->shortens_labels ? length : 1;
}
