// Which step trains on how much of each sample.

#include "train/sequence_warmup.h"

#include <inttypes.h>

// Inputs [batch, tokens]: what a sample has is a sequence and nothing else.
static enum pt_status check_tokens(const struct pt_graph *graph, const struct pt_dataset *dataset,
                                   struct pt_error *error)
{
    if (!dataset->has_tokens)
        return pt_fail(error, PT_BAD_INPUT,
                       "sequence_warmup shortens sequences of tokens, but the data are numbers; "
                       "leave it out");
    if (dataset->feature_count != pt_graph_length(graph))
        return pt_fail(error, PT_BAD_INPUT,
                       "sequence_warmup shortens sequences of tokens, but network %s does not take "
                       "[batch, %" PRId64 "] tokens; leave it out",
                       graph->name, dataset->feature_count);
    return PT_OK;
}

static enum pt_status check_steps(const struct pt_sequence_warmup *warmup, int64_t step_count,
                                  struct pt_error *error)
{
    if (warmup->from >= warmup->full)
        return pt_fail(error, PT_BAD_INPUT,
                       "sequence_warmup: from is %" PRId64 ", but the samples have %" PRId64
                       " tokens; it must be less",
                       warmup->from, warmup->full);
    if (warmup->steps > step_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "sequence_warmup: steps is %" PRId64 ", but the run has %" PRId64
                       "; it must not be more",
                       warmup->steps, step_count);
    if (warmup->steps < warmup->stage_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "sequence_warmup: steps is %" PRId64 ", but %d lengths lie between %" PRId64
                       " and %" PRId64 " tokens; give each a step or raise from",
                       warmup->steps, warmup->stage_count, warmup->from, warmup->full);
    return PT_OK;
}

enum pt_status pt_sequence_warmup_make(const struct pt_run_config *config,
                                       const struct pt_graph *graph,
                                       const struct pt_dataset *dataset,
                                       const struct pt_run_length *length,
                                       struct pt_sequence_warmup *ret_warmup,
                                       struct pt_error *error)
{
    struct pt_sequence_warmup warmup = {0};
    enum pt_status status = PT_OK;
    if (config->sequence_warmup.steps > 0) {
        warmup.from = config->sequence_warmup.from;
        warmup.steps = config->sequence_warmup.steps;
        warmup.full = dataset->feature_count;
        for (int64_t tokens = warmup.from; tokens < warmup.full; warmup.stage_count++)
            tokens = tokens <= INT64_MAX / 2 ? 2 * tokens : INT64_MAX;
        status = check_tokens(graph, dataset, error);
        if (status == PT_OK)
            status = check_steps(&warmup, length->step_count, error);
    }
    if (status == PT_OK)
        *ret_warmup = warmup;
    return status;
}

int64_t pt_sequence_warmup_length(const struct pt_sequence_warmup *warmup, int stage)
{
    return stage < warmup->stage_count ? warmup->from << stage : warmup->full;
}

// steps stage / stage_count, rounded down; the product may be beyond 2^63.
int64_t pt_sequence_warmup_begin(const struct pt_sequence_warmup *warmup, int stage)
{
    int64_t count = warmup->stage_count;
    if (stage >= count)
        return warmup->steps;
    return warmup->steps / count * stage + warmup->steps % count * stage / count;
}

int pt_sequence_warmup_stage(const struct pt_sequence_warmup *warmup, int64_t step)
{
    int stage = 0;
    while (stage < warmup->stage_count && pt_sequence_warmup_begin(warmup, stage + 1) <= step)
        stage++;
    return stage;
}

double pt_sequence_warmup_samples(const struct pt_sequence_warmup *warmup,
                                  const struct pt_run_length *length, int64_t step)
{
    double sum = 0;
    int64_t before = 0;
    for (int stage = 0; stage < warmup->stage_count; stage++) {
        int64_t end = pt_sequence_warmup_begin(warmup, stage + 1);
        int64_t samples = pt_run_samples_after(length, end < step ? end : step);
        sum += (double)(samples - before) * (double)pt_sequence_warmup_length(warmup, stage) /
               (double)warmup->full;
        before = samples;
    }
    return sum + (double)(pt_run_samples_after(length, step) - before);
}
