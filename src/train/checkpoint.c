// A run's checkpoint: the engine's, with the run's position and identity as texts.

#include "train/checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "engine/network.h"

enum { TEXT_SIZE = 40 };

static enum pt_status check_finite(struct pt_network *network, const char *path, int64_t step,
                                   struct pt_error *error)
{
    int64_t count;
    const float *parameters = pt_network_parameters(network, &count);
    float sum = 0; // of x - x: 0 for every finite number, NAN for the others
    for (int64_t i = 0; i < count; i++)
        sum += parameters[i] - parameters[i];
    return sum == 0 ? PT_OK
                    : pt_fail(error, PT_DIVERGED,
                              "after step %" PRId64 " a parameter is not a finite number, so %s is "
                              "left as it was; try a lower learning_rate",
                              step, path);
}

enum pt_status pt_run_checkpoint_write(const char *path, struct pt_network *network,
                                       const struct pt_optimizer *optimizer,
                                       const struct pt_checkpoint_identity *identity,
                                       const struct pt_run_position *position,
                                       struct pt_error *error)
{
    enum pt_status status = check_finite(network, path, position->step, error);
    if (status != PT_OK)
        return status;
    char texts[6][TEXT_SIZE];
    snprintf(texts[0], TEXT_SIZE, "%" PRId64, position->step);
    snprintf(texts[1], TEXT_SIZE, "%a", position->epoch_loss_sum); // every bit of it
    snprintf(texts[2], TEXT_SIZE, "%" PRId64, position->epoch_samples);
    snprintf(texts[3], TEXT_SIZE, "%" PRId64, identity->seed);
    snprintf(texts[4], TEXT_SIZE, "%" PRId64, identity->batch);
    snprintf(texts[5], TEXT_SIZE, "%" PRId64, identity->sample_count);
    const struct pt_saved_text saved[] = {
        {"run.step", texts[0]},
        {"run.epoch_loss_sum", texts[1]},
        {"run.epoch_samples", texts[2]},
        {"run.seed", texts[3]},
        {"run.batch", texts[4]},
        {"run.sample_count", texts[5]},
        {"run.shuffle", identity->shuffle ? "true" : "false"},
    };
    return pt_checkpoint_save(network, optimizer, saved, sizeof saved / sizeof *saved, path, error);
}

static enum pt_status read_integer(const struct pt_saved *saved, const char *path, const char *key,
                                   int64_t *ret_value, struct pt_error *error)
{
    const char *text = pt_saved_text(saved, key);
    if (text == NULL)
        return pt_fail(error, PT_MISMATCH,
                       "%s: it holds no %s, so it is no checkpoint of a run; only a network", path,
                       key);
    if (!pt_parse_int64(text, ret_value) || *ret_value < 0)
        return pt_fail(error, PT_CORRUPT, "%s: %s is \"%s\", not a whole number", path, key, text);
    return PT_OK;
}

static enum pt_status check_same(const struct pt_saved *saved, const char *path, const char *key,
                                 int64_t expected, struct pt_error *error)
{
    int64_t value;
    enum pt_status status = read_integer(saved, path, key, &value, error);
    if (status == PT_OK && value != expected)
        return pt_fail(error, PT_MISMATCH,
                       "%s: %s was %" PRId64 ", the run file says %" PRId64
                       "; restore it, or train anew without --resume",
                       path, key, value, expected);
    return status;
}

static enum pt_status read_position(const struct pt_saved *saved, const char *path,
                                    const struct pt_checkpoint_identity *identity,
                                    struct pt_run_position *ret_position, struct pt_error *error)
{
    struct pt_run_position position;
    enum pt_status status = check_same(saved, path, "run.seed", identity->seed, error);
    if (status == PT_OK)
        status = check_same(saved, path, "run.batch", identity->batch, error);
    if (status == PT_OK)
        status = check_same(saved, path, "run.sample_count", identity->sample_count, error);
    const char *shuffle = pt_saved_text(saved, "run.shuffle");
    if (status == PT_OK &&
        (shuffle == NULL || strcmp(shuffle, identity->shuffle ? "true" : "false")))
        status = pt_fail(error, PT_MISMATCH,
                         "%s: run.shuffle was %s, the run file says otherwise; "
                         "restore it, or train anew without --resume",
                         path, shuffle == NULL ? "not set" : shuffle);
    if (status == PT_OK)
        status = read_integer(saved, path, "run.step", &position.step, error);
    if (status == PT_OK)
        status = read_integer(saved, path, "run.epoch_samples", &position.epoch_samples, error);
    if (status != PT_OK)
        return status;
    const char *sum = pt_saved_text(saved, "run.epoch_loss_sum");
    char *end = NULL;
    position.epoch_loss_sum =
        sum == NULL ? NAN : strtod(sum, &end); // %a has no locale but its point
    if (sum == NULL || end == sum || *end != '\0' || !isfinite(position.epoch_loss_sum))
        return pt_fail(error, PT_CORRUPT, "%s: run.epoch_loss_sum is \"%s\", not a number", path,
                       sum == NULL ? "missing" : sum);
    *ret_position = position;
    return PT_OK;
}

enum pt_status pt_run_checkpoint_read(const char *path, struct pt_network *network,
                                      struct pt_optimizer *optimizer,
                                      const struct pt_checkpoint_identity *identity,
                                      struct pt_run_position *ret_position, struct pt_error *error)
{
    struct pt_saved saved;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    enum pt_status status = pt_checkpoint_load(network, optimizer, arena, path, &saved, error);
    if (status == PT_OK)
        status = read_position(&saved, path, identity, ret_position, error);
    pt_arena_destroy(arena);
    return status;
}
