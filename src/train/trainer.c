// Creating a trainer: everything that can fail before training fails here, and all memory is taken.

#include "train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "train/trainer_parts.h"

enum { RATES_MAX = 4096, DEFAULT_PREFETCH = 2 };

int64_t pt_trainer_now_ns(const struct pt_trainer *trainer)
{
    return pt_clock_monotonic(trainer->options.clock);
}

double pt_trainer_seconds(const struct pt_trainer *trainer)
{
    return (double)(pt_trainer_now_ns(trainer) - trainer->start_ns) /
           (double)PT_NANOSECONDS_PER_SECOND;
}

struct pt_checkpoint_identity pt_trainer_identity(const struct pt_trainer *trainer)
{
    return (struct pt_checkpoint_identity){
        .seed = trainer->options.config->seed,
        .batch = trainer->length.batch,
        .accumulate = trainer->length.accumulate,
        .warmup_from = trainer->warmup.from,
        .warmup_steps = trainer->warmup.steps,
        .sample_count = trainer->length.samples,
        .shuffle = trainer->options.config->shuffle,
    };
}

// What the run file says the network starts with; a checkpoint of the run has it already.
static enum pt_status load_weights(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_network_weights *weights = &trainer->options.config->weights;
    const struct pt_weights_options options = {.fresh = weights->fresh, .ignore = weights->ignore};
    if (weights->path == NULL || trainer->options.resume)
        return PT_OK;
    return pt_network_load_weights(trainer->network, weights->path, &options, error);
}

static enum pt_status create_network(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_config *config = trainer->options.config;
    struct pt_network_options options = {
        .struct_size = sizeof options,
        .seed = (uint64_t)config->seed,
        .threads = trainer->options.threads,
        .precision = config->precision,
        .matmul = config->matmul,
    };
    enum pt_status status =
        pt_network_create(trainer->options.graph, &options, &trainer->network, error);
    if (status == PT_OK)
        status = load_weights(trainer, error); // before the optimizer, which averages them
    if (status == PT_OK)
        status =
            pt_optimizer_create(trainer->network, &config->optimizer, &trainer->optimizer, error);
    if (status == PT_OK && trainer->options.profile)
        status = pt_network_profile(trainer->network, error);
    if (status == PT_OK)
        status = pt_trainer_prepare_lengths(trainer, error);
    if (status == PT_OK)
        trainer->inputs = pt_run_inputs(&trainer->tensors, trainer->network);
    return status;
}

int pt_run_prefetch(const struct pt_run_config *config, const struct pt_dataset *dataset)
{
    bool works = dataset->reader != NULL || dataset->picture != NULL;
    if (config->prefetch != PT_PREFETCH_BY_SOURCE)
        return config->prefetch;
    return works ? DEFAULT_PREFETCH : 0;
}

static enum pt_status open_loader(const struct pt_trainer *trainer,
                                  const struct pt_dataset *dataset, bool shuffle,
                                  struct pt_loader **ret_loader, struct pt_error *error)
{
    const struct pt_run_config *config = trainer->options.config;
    int depth = pt_run_prefetch(config, dataset);
    // Beside the network's threads one more is enough; instead of them, all.
    struct pt_loader_options options = {.dataset = dataset,
                                        .batch = trainer->length.batch,
                                        .depth = depth,
                                        .seed = (uint64_t)config->seed,
                                        .shuffle = shuffle,
                                        .threads = depth > 0 ? 1 : trainer->options.threads};
    return pt_loader_open(&options, ret_loader, error);
}

static enum pt_status open_loaders(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_dataset_pair *data = &trainer->options.data;
    enum pt_status status = open_loader(trainer, data->train, trainer->options.config->shuffle,
                                        &trainer->train_loader, error);
    if (status == PT_OK && data->test != NULL)
        status = open_loader(trainer, data->test, false, &trainer->test_loader, error);
    return status;
}

static enum pt_status allocate(struct pt_trainer *trainer, struct pt_error *error)
{
    int64_t evaluations = trainer->length.evaluation_count;
    trainer->rate_capacity = evaluations < RATES_MAX ? evaluations : RATES_MAX;
    trainer->rates = calloc((size_t)trainer->rate_capacity + 1, sizeof *trainer->rates);
    trainer->curve = pt_curve_create(evaluations);
    return trainer->rates != NULL && trainer->curve != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY,
                         "the training curve of %" PRId64 " evaluations: out of memory",
                         evaluations);
}

static enum pt_status resume(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_checkpoint_identity identity = pt_trainer_identity(trainer);
    enum pt_status status =
        pt_run_checkpoint_read(trainer->options.checkpoint_path, trainer->network,
                               trainer->optimizer, &identity, &trainer->position, error);
    if (status != PT_OK)
        return status;
    if (trainer->position.step > trainer->length.step_count)
        return pt_fail(error, PT_MISMATCH,
                       "%s: it stands at step %" PRId64 ", the run file ends at %" PRId64
                       "; raise epochs or steps, or train anew without --resume",
                       trainer->options.checkpoint_path, trainer->position.step,
                       trainer->length.step_count);
    trainer->saved_step = trainer->position.step;
    trainer->result.start_step = trainer->position.step;
    trainer->result.resumed = true;
    return PT_OK;
}

static enum pt_status open_meter(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_meter_config config = {
        .sensor = trainer->options.sensor,
        .root = trainer->options.root,
        .clock = trainer->options.clock,
        .interval_seconds = 0.1,
        .scope = PT_SCOPE_SELF,
        .phases = pt_train_phases,
        .phase_count = PT_PHASE_COUNT,
        .tariff = trainer->options.tariff,
    };
    return pt_meter_open(&config, &trainer->meter, error);
}

// A run that is to end at a number that nobody computes would never end.
static enum pt_status check_stop(const struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_stop_config *stop = &trainer->options.config->stop;
    const char *metric = pt_stop_metric_text(stop->metric);
    if (!stop->wanted || stop->metric == PT_STOP_LOSS)
        return PT_OK;
    if (trainer->options.data.test == NULL)
        return pt_fail(error, PT_BAD_INPUT,
                       "stop: metric %s needs a test set; give the data a test_share", metric);
    if (stop->metric == PT_STOP_TEST_ACCURACY &&
        (!trainer->tensors.classes || trainer->tensors.prediction == PT_NO_TENSOR))
        return pt_fail(error, PT_BAD_INPUT,
                       "stop: metric %s is not known for this loss; use test_loss", metric);
    return PT_OK;
}

static enum pt_status prepare(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_config *config = trainer->options.config;
    const struct pt_graph *graph = trainer->options.graph;
    const struct pt_dataset *train = trainer->options.data.train;
    enum pt_status status =
        pt_run_tensors_find(graph, &trainer->options.data, &trainer->tensors, error);
    if (status == PT_OK)
        status = pt_run_length_make(config, train->sample_count, pt_graph_batch(graph),
                                    &trainer->length, error);
    if (status == PT_OK)
        status = pt_sequence_warmup_make(config, graph, train, &trainer->length, &trainer->warmup,
                                         error);
    if (status == PT_OK)
        status = pt_learning_rate_read(config->schedule, config->learning_rate,
                                       trainer->length.steps_per_epoch, trainer->length.step_count,
                                       &trainer->learning_rate, error);
    if (status == PT_OK)
        status = check_stop(trainer, error);
    if (status == PT_OK)
        status = open_meter(trainer, error);
    if (status == PT_OK)
        status = allocate(trainer, error);
    if (status == PT_OK)
        status = create_network(trainer, error);
    if (status == PT_OK)
        status = open_loaders(trainer, error);
    if (status == PT_OK && trainer->options.resume)
        status = resume(trainer, error);
    trainer->result.tokens_per_sample = train->has_tokens ? train->feature_count : 0;
    return status;
}

enum pt_status pt_trainer_create(const struct pt_trainer_options *options,
                                 struct pt_trainer **ret_trainer, struct pt_error *error)
{
    struct pt_trainer *trainer = calloc(1, sizeof *trainer);
    if (trainer == NULL)
        return pt_fail(error, PT_NO_MEMORY, "trainer: out of memory");
    trainer->options = *options;
    if (trainer->options.clock == NULL)
        trainer->options.clock = &pt_system_clock;
    trainer->start_ns = pt_trainer_now_ns(trainer);
    trainer->saved_step = -1;
    trainer->position.judge = pt_judge_begin();
    enum pt_status status = prepare(trainer, error);
    if (status != PT_OK) {
        pt_trainer_destroy(trainer);
        return status;
    }
    *ret_trainer = trainer;
    return PT_OK;
}

void pt_trainer_destroy(struct pt_trainer *trainer)
{
    if (trainer == NULL)
        return;
    pt_loader_close(trainer->train_loader);
    pt_loader_close(trainer->test_loader);
    pt_meter_close(trainer->meter);
    pt_optimizer_destroy(trainer->optimizer);
    pt_network_destroy(trainer->network);
    pt_curve_destroy(trainer->curve);
    free(trainer->rates);
    free(trainer);
}

const struct pt_network *pt_trainer_network(const struct pt_trainer *trainer)
{
    return trainer->network;
}

const struct pt_progress_point *pt_trainer_points(const struct pt_trainer *trainer,
                                                  int64_t *ret_count)
{
    return pt_curve_points(trainer->curve, ret_count);
}

const struct pt_meter_sample *pt_trainer_samples(const struct pt_trainer *trainer,
                                                 int64_t *ret_count)
{
    return pt_meter_samples(trainer->meter, ret_count);
}
