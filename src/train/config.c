// Reads a run file.

#include "train/config.h"

#include <math.h>
#include <string.h>

static const char *const precisions[] = {
    [PT_PRECISION_FP32] = "fp32", [PT_PRECISION_BF16] = "bf16", NULL};
static const char *const stop_metrics[] = {[PT_STOP_TEST_LOSS] = "test_loss",
                                           [PT_STOP_TEST_ACCURACY] = "test_accuracy",
                                           [PT_STOP_LOSS] = "loss",
                                           NULL};

const char *pt_precision_text(enum pt_precision precision)
{
    return precisions[precision];
}

const char *pt_stop_metric_text(enum pt_stop_metric metric)
{
    return stop_metrics[metric];
}

enum pt_status pt_precision_parse(const char *text, enum pt_precision *ret_precision,
                                  struct pt_error *error)
{
    for (int i = 0; precisions[i] != NULL; i++)
        if (strcmp(precisions[i], text) == 0) {
            *ret_precision = (enum pt_precision)i;
            return PT_OK;
        }
    return pt_fail(error, PT_BAD_INPUT, "precision %s: it must be fp32 or bf16", text);
}

static enum pt_status read_batch(const struct pt_node *train, struct pt_run_config *config,
                                 struct pt_error *error)
{
    const struct pt_node *node = pt_node_find(train, "batch");
    config->batch = config->optimizer.kind == PT_GRADIENT_DESCENT ? PT_BATCH_ALL : 128;
    if (node == NULL || (node->kind == PT_NODE_SCALAR && strcmp(node->text, "all") == 0)) {
        if (node != NULL)
            config->batch = PT_BATCH_ALL;
        return PT_OK;
    }
    return pt_node_integer(node, 1, INT32_MAX, &config->batch, error);
}

static enum pt_status read_length(const struct pt_node *train, struct pt_run_config *config,
                                  struct pt_error *error)
{
    const struct pt_node *steps = pt_node_find(train, "steps");
    if (steps != NULL && pt_node_find(train, "epochs") != NULL)
        return pt_node_fail(error, steps,
                            "steps and epochs exclude each other; both say how long "
                            "the run is");
    if (steps != NULL)
        return pt_node_integer(steps, 1, INT64_MAX / 2, &config->steps, error);
    return pt_node_get_integer(train, "epochs", PT_REQUIRED, 1, 1000000000, &config->epochs, error);
}

static enum pt_status read_sequence_warmup(const struct pt_node *node,
                                           struct pt_sequence_warmup_config *warmup,
                                           struct pt_error *error)
{
    static const char *const keys[] = {"from", "steps", NULL};
    if (node == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "from", PT_REQUIRED, 1, INT32_MAX, &warmup->from, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "steps", PT_REQUIRED, 1, INT64_MAX / 2, &warmup->steps,
                                     error);
    return status;
}

static enum pt_status read_evaluate(const struct pt_node *node, struct pt_run_config *config,
                                    struct pt_error *error)
{
    static const char *const keys[] = {"every_steps", "every_epochs", "batches", NULL};
    config->evaluate_every_epochs = 1;
    if (node == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK && pt_node_find(node, "every_steps") != NULL &&
        pt_node_find(node, "every_epochs") != NULL)
        status = pt_node_fail(error, node, "every_steps and every_epochs exclude each other");
    if (status == PT_OK)
        status = pt_node_get_integer(node, "every_steps", PT_OPTIONAL, 1, INT64_MAX,
                                     &config->evaluate_every_steps, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "every_epochs", PT_OPTIONAL, 1, 1000000000,
                                     &config->evaluate_every_epochs, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "batches", PT_OPTIONAL, 1, INT64_MAX,
                                     &config->evaluate_batches, error);
    return status;
}

static enum pt_status read_stop(const struct pt_node *node, struct pt_stop_config *stop,
                                struct pt_error *error)
{
    static const char *const keys[] = {"metric", "target", "patience", NULL};
    int metric = PT_STOP_TEST_LOSS;
    stop->target = NAN;
    if (node == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    const struct pt_node *word = status == PT_OK ? pt_node_find(node, "metric") : NULL;
    if (status == PT_OK && word == NULL)
        status = pt_node_fail(error, node, "missing key metric: test_loss, test_accuracy or loss");
    if (status == PT_OK)
        status = pt_node_choice(word, stop_metrics, &metric, error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "target", PT_OPTIONAL, -1e300, 1e300, &stop->target, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "patience", PT_OPTIONAL, 1, 1000000000, &stop->patience,
                                     error);
    if (status == PT_OK && isnan(stop->target) && stop->patience == 0)
        status = pt_node_fail(error, node, "neither target nor patience says when to stop");
    if (status == PT_OK && metric == PT_STOP_TEST_ACCURACY && stop->target > 1)
        status =
            pt_node_fail(error, node, "the target %g is no accuracy; 92 %% is 0.92", stop->target);
    stop->metric = (enum pt_stop_metric)metric;
    stop->wanted = true;
    return status;
}

static enum pt_status read_checkpoint(const struct pt_node *node, struct pt_run_config *config,
                                      struct pt_error *error)
{
    static const char *const keys[] = {"every_seconds", "every_steps", "best", NULL};
    config->checkpoint_every_seconds = 60;
    config->checkpoint_best = config->stop.wanted;
    if (node == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "every_seconds", PT_OPTIONAL, 0.1, 1e9,
                                    &config->checkpoint_every_seconds, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "every_steps", PT_OPTIONAL, 1, INT64_MAX,
                                     &config->checkpoint_every_steps, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "best", PT_OPTIONAL, &config->checkpoint_best, error);
    return status;
}

static enum pt_status read_machine(const struct pt_node *node, struct pt_run_config *config,
                                   struct pt_error *error)
{
    int64_t threads = 0, prefetch = PT_PREFETCH_BY_SOURCE;
    int choice = PT_PRECISION_FP32;
    const struct pt_node *precision = pt_node_find(node, "precision");
    enum pt_status status =
        pt_node_get_integer(node, "threads", PT_OPTIONAL, 0, 1024, &threads, error);
    if (status == PT_OK && precision != NULL)
        status = pt_node_choice(precision, precisions, &choice, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "matmul", PT_OPTIONAL, &config->matmul, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "prefetch", PT_OPTIONAL, 0, 1024, &prefetch, error);
    config->threads = (int)threads;
    config->prefetch = (int)prefetch;
    config->precision = (enum pt_precision)choice;
    return status;
}

// What goes to the optimizer, but does not belong to a kind of it.
static enum pt_status read_update(const struct pt_node *node, struct pt_run_config *config,
                                  struct pt_error *error)
{
    config->accumulate = 1;
    enum pt_status status = pt_node_get_integer(node, "accumulate", PT_OPTIONAL, 1, INT32_MAX,
                                                &config->accumulate, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "clip_norm", PT_OPTIONAL, 1e-9, 1e9,
                                    &config->optimizer.clip_norm, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "check_gradients", PT_OPTIONAL,
                                  &config->optimizer.check_gradients, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "ema", PT_OPTIONAL, 0, 0.999999999,
                                    &config->optimizer.average_decay, error);
    return status;
}

static enum pt_status read_train(struct pt_arena *arena, const struct pt_node *node,
                                 struct pt_run_config *config, struct pt_error *error)
{
    static const char *const keys[] = {"epochs",    "steps",      "batch",           "accumulate",
                                       "seed",      "threads",    "shuffle",         "prefetch",
                                       "precision", "matmul",     "optimizer",       "schedule",
                                       "clip_norm", "ema",        "check_gradients", "evaluate",
                                       "stop",      "checkpoint", "sequence_warmup", NULL};
    enum pt_status status = pt_node_check_keys(node, keys, error);
    const struct pt_node *optimizer = status == PT_OK ? pt_node_find(node, "optimizer") : NULL;
    if (status == PT_OK && optimizer == NULL)
        status = pt_node_fail(error, node,
                              "there is no optimizer; write for example optimizer: "
                              "{kind: adam, learning_rate: 0.001}");
    if (status == PT_OK)
        status = pt_run_config_read_optimizer(arena, optimizer, config, error);
    if (status == PT_OK)
        status = read_length(node, config, error);
    if (status == PT_OK)
        status = read_batch(node, config, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "seed", PT_OPTIONAL, 0, INT64_MAX, &config->seed, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "shuffle", PT_OPTIONAL, &config->shuffle, error);
    if (status == PT_OK)
        status = read_machine(node, config, error);
    if (status == PT_OK)
        status = read_update(node, config, error);
    if (status == PT_OK)
        status = read_sequence_warmup(pt_node_find(node, "sequence_warmup"),
                                      &config->sequence_warmup, error);
    if (status == PT_OK)
        status = read_evaluate(pt_node_find(node, "evaluate"), config, error);
    if (status == PT_OK)
        status = read_stop(pt_node_find(node, "stop"), &config->stop, error);
    if (status == PT_OK)
        status = read_checkpoint(pt_node_find(node, "checkpoint"), config, error);
    if (status == PT_OK)
        config->schedule = pt_node_find(node, "schedule");
    return status;
}

static const char *directory_of(struct pt_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ".";
    return slash == path ? "/" : pt_arena_strndup(arena, path, (size_t)(slash - path));
}

static enum pt_status read_sections(struct pt_arena *arena, const struct pt_node *root,
                                    struct pt_run_config *config, struct pt_error *error)
{
    static const char *const keys[] = {"network", "data", "train", "cost", NULL};
    static const char *const needed[] = {"network", "data", "train", NULL};
    enum pt_status status = pt_node_check_keys(root, keys, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; needed[i] != NULL; i++)
        if (pt_node_find(root, needed[i]) == NULL)
            return pt_node_fail(error, root,
                                "missing section %s; a run file has network, data and "
                                "train (docs/run-yaml.md)",
                                needed[i]);
    config->network = pt_node_find(root, "network");
    config->data = pt_node_find(root, "data");
    config->cost = pt_node_find(root, "cost");
    status = pt_node_check_kind(config->network, PT_NODE_MAPPING, error);
    if (status == PT_OK && !pt_network_node_has_loss(config->network))
        status = pt_node_fail(error, config->network,
                              "the network has no loss; write for example "
                              "loss: cross_entropy");
    if (status == PT_OK)
        status = pt_node_get_string(config->network, "zoo", PT_OPTIONAL, &config->name, error);
    if (status == PT_OK)
        status = pt_node_get_string(config->network, "name", PT_OPTIONAL, &config->name, error);
    if (status == PT_OK)
        status = pt_network_weights_from_node(arena, config->network, &config->weights, error);
    if (status == PT_OK)
        status = read_train(arena, pt_node_find(root, "train"), config, error);
    return status;
}

enum pt_status pt_run_config_read(struct pt_arena *arena, const char *path,
                                  const char *const *settings, struct pt_run_config *ret_config,
                                  struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_run_config config = {.path = path,
                                   .name = "network",
                                   .seed = 1,
                                   .shuffle = true,
                                   .optimizer = {.struct_size = sizeof config.optimizer}};
    enum pt_status status = pt_node_read_file(arena, path, &root, error);
    for (int i = 0; status == PT_OK && settings != NULL && settings[i] != NULL; i++)
        status = pt_node_set(arena, (struct pt_node *)root, settings[i], error);
    if (status == PT_OK)
        status = read_sections(arena, root, &config, error);
    if (status != PT_OK)
        return status;
    config.directory = directory_of(arena, path);
    if (config.directory == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    *ret_config = config;
    return PT_OK;
}
