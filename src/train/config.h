// A run file: what to train, on what, how, and what its energy costs. docs/run-yaml.md.
#ifndef PT_TRAIN_CONFIG_H
#define PT_TRAIN_CONFIG_H

#include "base/node.h"
#include "train/learning_rate.h"

enum { PT_BATCH_ALL = 0 };

struct pt_run_config {
    const char *path;
    const char *directory; // of the run file: relative paths start there
    const char *name;      // of the network
    const struct pt_node *network, *data, *cost, *schedule; // cost and schedule may be NULL
    int64_t epochs;
    int64_t batch; // samples in a step; PT_BATCH_ALL: the whole training set
    int64_t seed;
    int threads; // 0: as many as the process may use
    bool shuffle;
    enum pt_precision precision;
    const char *matmul; // NULL: the engine's choice
    struct pt_optimizer_options optimizer;
    double learning_rate;
    double checkpoint_every_seconds;
    int64_t checkpoint_every_steps; // 0: by time and at the end of each epoch only
};

// Reads and checks the file, but not yet data and network. Everything lives in arena.
enum pt_status pt_run_config_read(struct pt_arena *arena, const char *path,
                                  struct pt_run_config *ret_config, struct pt_error *error);

const char *pt_precision_text(enum pt_precision precision); // "fp32", "bf16"
// PT_BAD_INPUT for another word.
enum pt_status pt_precision_parse(const char *text, enum pt_precision *ret_precision,
                                  struct pt_error *error);
const char *pt_optimizer_text(enum pt_optimizer_kind kind); // "adam"

#endif
