// Reads a run file.

#include "train/config.h"

#include <string.h>

static const char *const optimizers[] = {[PT_GRADIENT_DESCENT] = "gradient_descent",
                                         [PT_SGD] = "sgd",
                                         [PT_ADAM] = "adam",
                                         [PT_ADAMW] = "adamw",
                                         NULL};
static const char *const precisions[] = {
    [PT_PRECISION_FP32] = "fp32", [PT_PRECISION_BF16] = "bf16", NULL};

const char *pt_precision_text(enum pt_precision precision)
{
    return precisions[precision];
}

const char *pt_optimizer_text(enum pt_optimizer_kind kind)
{
    return optimizers[kind];
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

static enum pt_status read_optimizer(const struct pt_node *node, struct pt_run_config *config,
                                     struct pt_error *error)
{
    static const char *const sgd_keys[] = {"kind", "learning_rate", "momentum", "weight_decay",
                                           NULL};
    static const char *const adam_keys[] = {"kind",    "learning_rate", "beta1", "beta2",
                                            "epsilon", "weight_decay",  NULL};
    static const char *const descent_keys[] = {"kind", "learning_rate", "weight_decay", NULL};
    static const char *const *const keys[] = {[PT_GRADIENT_DESCENT] = descent_keys,
                                              [PT_SGD] = sgd_keys,
                                              [PT_ADAM] = adam_keys,
                                              [PT_ADAMW] = adam_keys};
    struct pt_optimizer_options *optimizer = &config->optimizer;
    int kind = PT_ADAM;
    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    const struct pt_node *kind_node = status == PT_OK ? pt_node_find(node, "kind") : NULL;
    if (status == PT_OK && kind_node == NULL)
        status = pt_node_fail(error, node,
                              "the optimizer has no kind; write for example "
                              "kind: adam");
    if (status == PT_OK)
        status = pt_node_choice(kind_node, optimizers, &kind, error);
    if (status == PT_OK)
        status = pt_node_check_keys(node, keys[kind], error);
    optimizer->kind = (enum pt_optimizer_kind)kind;
    optimizer->beta1 = 0.9;
    optimizer->beta2 = 0.999;
    optimizer->epsilon = 1e-8;
    optimizer->weight_decay = kind == PT_ADAMW ? 0.01 : 0; // as in PyTorch
    if (status == PT_OK)
        status = pt_node_get_number(node, "learning_rate", PT_REQUIRED, 0, 1e6,
                                    &config->learning_rate, error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "momentum", PT_OPTIONAL, 0, 1, &optimizer->momentum, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "beta1", PT_OPTIONAL, 0, 0.999999999, &optimizer->beta1,
                                    error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "beta2", PT_OPTIONAL, 0, 0.999999999, &optimizer->beta2,
                                    error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "epsilon", PT_OPTIONAL, 1e-30, 1, &optimizer->epsilon, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "weight_decay", PT_OPTIONAL, 0, 1e6,
                                    &optimizer->weight_decay, error);
    return status;
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

static enum pt_status read_checkpoint(const struct pt_node *node, struct pt_run_config *config,
                                      struct pt_error *error)
{
    static const char *const keys[] = {"every_seconds", "every_steps", NULL};
    config->checkpoint_every_seconds = 60;
    if (node == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "every_seconds", PT_OPTIONAL, 0.1, 1e9,
                                    &config->checkpoint_every_seconds, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "every_steps", PT_OPTIONAL, 1, INT64_MAX,
                                     &config->checkpoint_every_steps, error);
    return status;
}

static enum pt_status read_train(const struct pt_node *node, struct pt_run_config *config,
                                 struct pt_error *error)
{
    static const char *const keys[] = {"epochs",   "batch",      "seed",   "threads",
                                       "shuffle",  "precision",  "matmul", "optimizer",
                                       "schedule", "checkpoint", NULL};
    int64_t threads = 0;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    const struct pt_node *optimizer = status == PT_OK ? pt_node_find(node, "optimizer") : NULL;
    if (status == PT_OK && optimizer == NULL)
        status = pt_node_fail(error, node,
                              "there is no optimizer; write for example optimizer: "
                              "{kind: adam, learning_rate: 0.001}");
    if (status == PT_OK)
        status = read_optimizer(optimizer, config, error);
    if (status == PT_OK)
        status =
            pt_node_get_integer(node, "epochs", PT_REQUIRED, 1, 1000000000, &config->epochs, error);
    if (status == PT_OK)
        status = read_batch(node, config, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "seed", PT_OPTIONAL, 0, INT64_MAX, &config->seed, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "threads", PT_OPTIONAL, 0, 1024, &threads, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "shuffle", PT_OPTIONAL, &config->shuffle, error);
    const struct pt_node *precision = status == PT_OK ? pt_node_find(node, "precision") : NULL;
    int choice = PT_PRECISION_FP32;
    if (precision != NULL)
        status = pt_node_choice(precision, precisions, &choice, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "matmul", PT_OPTIONAL, &config->matmul, error);
    if (status == PT_OK)
        status = read_checkpoint(pt_node_find(node, "checkpoint"), config, error);
    if (status != PT_OK)
        return status;
    config->threads = (int)threads;
    config->precision = (enum pt_precision)choice;
    config->schedule = pt_node_find(node, "schedule");
    return PT_OK;
}

static const char *directory_of(struct pt_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ".";
    return slash == path ? "/" : pt_arena_strndup(arena, path, (size_t)(slash - path));
}

static enum pt_status read_sections(const struct pt_node *root, struct pt_run_config *config,
                                    struct pt_error *error)
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
    if (status == PT_OK && pt_node_find(config->network, "loss") == NULL)
        status = pt_node_fail(error, config->network,
                              "the network has no loss; write for example "
                              "loss: cross_entropy");
    if (status == PT_OK)
        status = pt_node_get_string(config->network, "name", PT_OPTIONAL, &config->name, error);
    if (status == PT_OK)
        status = read_train(pt_node_find(root, "train"), config, error);
    return status;
}

enum pt_status pt_run_config_read(struct pt_arena *arena, const char *path,
                                  struct pt_run_config *ret_config, struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_run_config config = {.path = path,
                                   .name = "network",
                                   .seed = 1,
                                   .shuffle = true,
                                   .optimizer = {.struct_size = sizeof config.optimizer}};
    enum pt_status status = pt_node_read_file(arena, path, &root, error);
    if (status == PT_OK)
        status = read_sections(root, &config, error);
    if (status != PT_OK)
        return status;
    config.directory = directory_of(arena, path);
    if (config.directory == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    *ret_config = config;
    return PT_OK;
}
