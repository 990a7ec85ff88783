// See executor.h.

#include "job/executor.h"

#include <assert.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

enum { DRIVERS_MAX = 16 };

struct pt_executor {
    const struct pt_executor_driver *driver;
    struct pt_arena *arena;
    void *state;
};

static const char *nearest(const char *name)
{
    const char *names[DRIVERS_MAX + 1] = {NULL};
    const struct pt_executor_driver *const *drivers = pt_executor_drivers();
    for (int i = 0; i < DRIVERS_MAX && drivers[i] != NULL; i++)
        names[i] = drivers[i]->name;
    return pt_nearest_word(name, names);
}

static enum pt_status find(const char *name, const struct pt_executor_driver **ret_driver,
                           struct pt_error *error)
{
    const struct pt_executor_driver *const *drivers = pt_executor_drivers();
    for (int i = 0; drivers[i] != NULL; i++)
        if (strcmp(drivers[i]->name, name) == 0) {
            *ret_driver = drivers[i];
            return PT_OK;
        }
    const char *near = nearest(name);
    return pt_fail(error, PT_NOT_FOUND, "there is no executor %s; %s%s", name,
                   near != NULL ? "did you mean " : "there is ",
                   near != NULL ? near : drivers[0]->name);
}

enum pt_status pt_executor_ask_abilities(const char *name,
                                         struct pt_executor_abilities *ret_abilities,
                                         struct pt_error *error)
{
    const struct pt_executor_driver *driver = NULL;
    enum pt_status status = find(name, &driver, error);
    if (status == PT_OK)
        *ret_abilities = driver->abilities;
    return status;
}

static enum pt_status check_spec(const struct pt_executor_driver *driver,
                                 const struct pt_job_spec *spec, struct pt_error *error)
{
    bool has_command = spec->command != NULL && spec->command[0] != NULL;
    if (!has_command && !driver->abilities.has_own_command)
        return pt_fail(error, PT_USAGE, "no command to run");
    if (spec->resume_command != NULL && spec->resume_command[0] == NULL)
        return pt_fail(error, PT_USAGE, "the resume command is empty");
    if (spec->checkpoint_signal < 0 || spec->checkpoint_signal > SIGRTMAX)
        return pt_fail(error, PT_USAGE, "signal %d is none", spec->checkpoint_signal);
    if (!(spec->checkpoint_wait_seconds >= 0 && spec->checkpoint_wait_seconds <= 1e6))
        return pt_fail(error, PT_USAGE, "to wait %g s for a checkpoint: 0 to 1e6 s",
                       spec->checkpoint_wait_seconds);
    if (!(spec->grace_seconds >= 0 && spec->grace_seconds <= 1e6))
        return pt_fail(error, PT_USAGE, "%g s of grace: 0 to 1e6 s", spec->grace_seconds);
    return spec->id != NULL ? pt_job_check_id(spec->id, error) : PT_OK;
}

enum pt_status pt_executor_open(const char *name, const struct pt_job_spec *spec,
                                struct pt_executor **ret_executor, struct pt_error *error)
{
    const struct pt_executor_driver *driver = NULL;
    enum pt_status status = find(name, &driver, error);
    if (status == PT_OK)
        status = check_spec(driver, spec, error);
    if (status != PT_OK)
        return status;
    struct pt_executor *executor = calloc(1, sizeof *executor);
    struct pt_arena *arena = pt_arena_create();
    if (executor == NULL || arena == NULL) {
        status = pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    } else {
        *executor = (struct pt_executor){.driver = driver, .arena = arena};
        status = driver->open(spec, arena, &executor->state, error);
    }
    if (status == PT_OK) {
        *ret_executor = executor;
        return PT_OK;
    }
    pt_arena_destroy(arena);
    free(executor);
    return status;
}

void pt_executor_close(struct pt_executor *executor)
{
    if (executor == NULL)
        return;
    executor->driver->close(executor->state);
    pt_arena_destroy(executor->arena);
    free(executor);
}

enum pt_status pt_executor_poll(struct pt_executor *executor, struct pt_job_state *ret_job,
                                struct pt_error *error)
{
    return executor->driver->poll(executor->state, ret_job, error);
}

void pt_executor_wait(struct pt_executor *executor, double seconds)
{
    assert(seconds >= 0);
    executor->driver->wait(executor->state, seconds);
}

enum pt_status pt_executor_start(struct pt_executor *executor, struct pt_error *error)
{
    return executor->driver->start(executor->state, error);
}

enum pt_status pt_executor_begin(struct pt_executor *executor, int64_t begin_ns,
                                 struct pt_error *error)
{
    if (begin_ns < 0)
        return pt_fail(error, PT_USAGE, "a job cannot begin before 1970");
    if (executor->driver->begin == NULL)
        return pt_fail(error, PT_UNSUPPORTED, "executor %s: it begins when it is told to",
                       executor->driver->name);
    return executor->driver->begin(executor->state, begin_ns, error);
}

enum pt_status pt_executor_suspend(struct pt_executor *executor, struct pt_error *error)
{
    return executor->driver->suspend(executor->state, error);
}

enum pt_status pt_executor_resume(struct pt_executor *executor, struct pt_error *error)
{
    return executor->driver->resume(executor->state, error);
}

enum pt_status pt_executor_checkpoint(struct pt_executor *executor, struct pt_error *error)
{
    return executor->driver->checkpoint(executor->state, error);
}

enum pt_status pt_executor_stop(struct pt_executor *executor, double grace_seconds,
                                struct pt_error *error)
{
    if (!(grace_seconds >= 0 && grace_seconds <= 1e6))
        return pt_fail(error, PT_USAGE, "%g s of grace: 0 to 1e6 s", grace_seconds);
    return executor->driver->stop(executor->state, grace_seconds, error);
}

enum pt_status pt_executor_signal(struct pt_executor *executor, int signal, struct pt_error *error)
{
    return executor->driver->signal(executor->state, signal, error);
}

enum pt_status pt_executor_level(struct pt_executor *executor, const struct pt_job_level *level,
                                 struct pt_job_level_outcome *ret_outcome, struct pt_error *error)
{
    if (!(level->duty > 0 && level->duty <= 1))
        return pt_fail(error, PT_USAGE, "to run a share of %g of the time: above 0, up to 1",
                       level->duty);
    if (level->cpu_count < 0)
        return pt_fail(error, PT_USAGE, "%d processors: 0 (all) or more", level->cpu_count);
    *ret_outcome = (struct pt_job_level_outcome){0};
    return executor->driver->level(executor->state, level, ret_outcome, error);
}
