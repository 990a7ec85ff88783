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
    const struct pt_judge *judge = &position->judge;
    const struct {
        const char *key;
        int64_t value;
    } integers[] = {
        {"run.step", position->step},
        {"run.loss_samples", position->loss_samples},
        {"run.best_step", judge->best_step},
        {"run.checks_since_best", judge->checks_since_best},
        {"run.seed", identity->seed},
        {"run.batch", identity->batch},
        {"run.accumulate", identity->accumulate},
        {"run.sample_count", identity->sample_count},
        {"run.sequence_warmup_from", identity->warmup_from},
        {"run.sequence_warmup_steps", identity->warmup_steps},
    };
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"run.loss_sum", position->loss_sum},
        {"run.last", judge->last},
        {"run.best", judge->best},
    };
    enum {
        INTEGERS = sizeof integers / sizeof *integers,
        NUMBERS = sizeof numbers / sizeof *numbers
    };
    char texts[INTEGERS + NUMBERS][TEXT_SIZE];
    struct pt_saved_text saved[INTEGERS + NUMBERS + 1];
    for (int i = 0; i < INTEGERS; i++) {
        snprintf(texts[i], TEXT_SIZE, "%" PRId64, integers[i].value);
        saved[i] = (struct pt_saved_text){integers[i].key, texts[i]};
    }
    for (int i = 0; i < NUMBERS; i++) {
        snprintf(texts[INTEGERS + i], TEXT_SIZE, "%a", numbers[i].value); // every bit of it
        saved[INTEGERS + i] = (struct pt_saved_text){numbers[i].key, texts[INTEGERS + i]};
    }
    saved[INTEGERS + NUMBERS] =
        (struct pt_saved_text){"run.shuffle", identity->shuffle ? "true" : "false"};
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

// A checkpoint that is older than the warm-up has none of it.
static enum pt_status check_warmup(const struct pt_saved *saved, const char *path, const char *key,
                                   int64_t expected, struct pt_error *error)
{
    if (pt_saved_text(saved, key) != NULL)
        return check_same(saved, path, key, expected, error);
    return expected == 0 ? PT_OK
                         : pt_fail(error, PT_MISMATCH,
                                   "%s: it knows no %s, the run file says %" PRId64
                                   "; leave the warm-up out, or train anew without --resume",
                                   path, key, expected);
}

// Written with %a, which has no locale but its point; "nan" where that is allowed.
static enum pt_status read_number(const struct pt_saved *saved, const char *path, const char *key,
                                  bool may_be_nan, double *ret_value, struct pt_error *error)
{
    const char *text = pt_saved_text(saved, key);
    char *end = NULL;
    double value = text == NULL ? NAN : strtod(text, &end);
    if (text == NULL || end == text || *end != '\0' || isinf(value) ||
        (isnan(value) && !may_be_nan))
        return pt_fail(error, PT_CORRUPT, "%s: %s is \"%s\", not a number", path, key,
                       text == NULL ? "missing" : text);
    *ret_value = value;
    return PT_OK;
}

static enum pt_status check_identity(const struct pt_saved *saved, const char *path,
                                     const struct pt_checkpoint_identity *identity,
                                     struct pt_error *error)
{
    enum pt_status status = check_same(saved, path, "run.seed", identity->seed, error);
    if (status == PT_OK)
        status = check_same(saved, path, "run.batch", identity->batch, error);
    if (status == PT_OK)
        status = check_same(saved, path, "run.accumulate", identity->accumulate, error);
    if (status == PT_OK)
        status = check_same(saved, path, "run.sample_count", identity->sample_count, error);
    if (status == PT_OK)
        status =
            check_warmup(saved, path, "run.sequence_warmup_from", identity->warmup_from, error);
    if (status == PT_OK)
        status =
            check_warmup(saved, path, "run.sequence_warmup_steps", identity->warmup_steps, error);
    const char *shuffle = pt_saved_text(saved, "run.shuffle");
    if (status == PT_OK &&
        (shuffle == NULL || strcmp(shuffle, identity->shuffle ? "true" : "false") != 0))
        status = pt_fail(error, PT_MISMATCH,
                         "%s: run.shuffle was %s, the run file says otherwise; "
                         "restore it, or train anew without --resume",
                         path, shuffle == NULL ? "not set" : shuffle);
    return status;
}

static enum pt_status read_position(const struct pt_saved *saved, const char *path,
                                    const struct pt_checkpoint_identity *identity,
                                    struct pt_run_position *ret_position, struct pt_error *error)
{
    struct pt_run_position position;
    struct pt_judge *judge = &position.judge;
    enum pt_status status = check_identity(saved, path, identity, error);
    if (status == PT_OK)
        status = read_integer(saved, path, "run.step", &position.step, error);
    if (status == PT_OK)
        status = read_integer(saved, path, "run.loss_samples", &position.loss_samples, error);
    if (status == PT_OK)
        status = read_integer(saved, path, "run.best_step", &judge->best_step, error);
    if (status == PT_OK)
        status =
            read_integer(saved, path, "run.checks_since_best", &judge->checks_since_best, error);
    if (status == PT_OK)
        status = read_number(saved, path, "run.loss_sum", false, &position.loss_sum, error);
    if (status == PT_OK)
        status = read_number(saved, path, "run.last", true, &judge->last, error);
    if (status == PT_OK)
        status = read_number(saved, path, "run.best", true, &judge->best, error);
    if (status == PT_OK)
        *ret_position = position;
    return status;
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
