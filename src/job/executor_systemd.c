// systemd: the job is a transient service, by systemd-run and systemctl.
//
// A service and not a scope: a scope dies with who runs it, a service has its own parent, its own
// cgroup (which freezes as a whole) and a status that is kept: RemainAfterExit holds the unit after
// its end until we have read it.

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "job/level_caps.h"
#include "job/systemd_text.h"
#include "job/tool.h"

enum { VARIABLES_MAX = 4096 };

extern char **environ;

struct systemd {
    struct pt_remote remote;
    char unit[PT_JOB_ID_SIZE + 32];
    const char *scope; // "--user" or "--system"
    double poll_seconds, tool_seconds;
    bool is_asked_twice; // to stop, after the checkpoint or the grace
    struct pt_level_caps *caps;
};

// ----------------------------------------------------------------------------------------- tools
static enum pt_status run(struct systemd *systemd, struct pt_arena *arena, const char *const *words,
                          struct pt_tool_output *ret_output, struct pt_error *error)
{
    static const char *const set[] = {"SYSTEMD_PAGER=", "SYSTEMD_COLORS=0", "LC_ALL=C", NULL};
    bool starts = strcmp(words[0], "systemd-run") == 0; // hands variables to the job
    const struct pt_tool tool = {
        .words = words, .set = starts ? NULL : set, .seconds = systemd->tool_seconds};
    enum pt_status status = pt_tool_run(arena, &tool, ret_output, error);
    if (status != PT_OK || ret_output->exit_status == 0)
        return status;
    const char *text = ret_output->complaint;
    status = PT_IO;
    if (strstr(text, "denied") != NULL || strstr(text, "authentication") != NULL)
        status = PT_DENIED;
    else if (strstr(text, "bus") != NULL || strstr(text, "not been booted") != NULL)
        status = PT_UNAVAILABLE;
    return pt_fail(error, status, "systemd: %s %s: %.300s (exit status %d)", words[0],
                   systemd->scope, text[0] != '\0' ? text : "no word why", ret_output->exit_status);
}

static enum pt_status tell(struct systemd *systemd, const char *verb, const char *option,
                           const char *other, struct pt_error *error)
{
    const char *words[8] = {"systemctl", systemd->scope, verb};
    struct pt_tool_output output;
    int count = 3;
    if (option != NULL)
        words[count++] = option;
    words[count++] = systemd->unit;
    if (other != NULL)
        words[count++] = other;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to run systemctl");
    enum pt_status status = run(systemd, arena, words, &output, error);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status send(struct systemd *systemd, const char *whom, int number,
                           struct pt_error *error)
{
    char option[32];
    snprintf(option, sizeof option, "--signal=%d", number);
    const char *const words[] = {"systemctl", systemd->scope, "kill", whom,
                                 option,      systemd->unit,  NULL};
    struct pt_tool_output output;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to run systemctl");
    enum pt_status status = run(systemd, arena, words, &output, error);
    pt_arena_destroy(arena);
    return status;
}

// ------------------------------------------------------------------------------------------ look
static enum pt_status look(struct systemd *systemd, struct pt_arena *arena,
                           struct pt_systemd_unit *ret_unit, struct pt_error *error)
{
    const char *const words[] = {
        "systemctl",
        systemd->scope,
        "show",
        "--property=LoadState,ActiveState,SubState,FreezerState,ExecMainCode,ExecMainStatus,"
        "ExecMainPID,ControlGroup,CPUUsageNSec,ExecMainStartTimestampMonotonic,"
        "ExecMainExitTimestampMonotonic",
        systemd->unit,
        NULL};
    struct pt_tool_output output;
    enum pt_status status = run(systemd, arena, words, &output, error);
    return status == PT_OK
               ? pt_systemd_read(output.text, pt_clock_monotonic(&pt_system_clock) / 1000, ret_unit,
                                 error)
               : status;
}

// A unit whose end has been read is let go; it would be in the way of the next start.
static void let_go(struct systemd *systemd, enum pt_remote_view view)
{
    if (view != PT_VIEW_ENDED && view != PT_VIEW_CUT)
        return;
    tell(systemd, "stop", NULL, NULL, NULL);
    tell(systemd, "reset-failed", NULL, NULL, NULL); // fails if it had not; it is gone then
}

// systemctl stop: TERM to all, KILL after TimeoutStopSec. --no-block: the end is seen later.
static enum pt_status end(struct systemd *systemd, struct pt_error *error)
{
    systemd->is_asked_twice = true;
    return tell(systemd, "stop", "--no-block", NULL, error);
}

static enum pt_status insist(struct systemd *systemd, enum pt_remote_view view,
                             struct pt_error *error)
{
    struct pt_remote *remote = &systemd->remote;
    bool is_alive = view == PT_VIEW_RUNNING || view == PT_VIEW_FROZEN;
    if (!is_alive || systemd->is_asked_twice)
        return PT_OK;
    if (remote->job.phase == PT_JOB_PARKING && pt_remote_parked_long_enough(remote))
        return end(systemd, error);
    if (remote->job.phase != PT_JOB_STOPPING ||
        pt_remote_phase_seconds(remote) < remote->stop_seconds)
        return PT_OK;
    systemd->is_asked_twice = true;
    remote->job.was_killed = true;
    return send(systemd, "--kill-whom=all", SIGKILL, error);
}

static enum pt_status refresh_with(struct systemd *systemd, struct pt_arena *arena,
                                   struct pt_error *error)
{
    struct pt_remote *remote = &systemd->remote;
    struct pt_systemd_unit unit;
    if (!pt_remote_is_there(remote) || remote->job.phase == PT_JOB_PARKED)
        return PT_OK;
    enum pt_status status = look(systemd, arena, &unit, error);
    if (status != PT_OK)
        return status;
    remote->job.process.pid = unit.pid <= INT32_MAX ? unit.pid : 0;
    memcpy(remote->job.cgroup, unit.cgroup, sizeof remote->job.cgroup);
    status = pt_remote_see(remote, &unit.look, error);
    if (status == PT_OK)
        let_go(systemd, unit.look.view);
    return status == PT_OK ? insist(systemd, unit.look.view, error) : status;
}

static enum pt_status refresh(struct systemd *systemd, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to look at a job");
    enum pt_status status = refresh_with(systemd, arena, error);
    pt_arena_destroy(arena);
    if (systemd->caps != NULL && !pt_remote_is_there(&systemd->remote)) {
        pt_level_caps_close(systemd->caps);
        systemd->caps = NULL;
    }
    return status;
}

// ------------------------------------------------------------------------------------------ open
static enum pt_status use_options(struct systemd *systemd, const struct pt_job_spec *spec,
                                  struct pt_error *error)
{
    static const char *const known[] = {"scope", "poll", "timeout", NULL};
    enum pt_status status = pt_remote_check_options(spec, "systemd", known, "--property=", error);
    const char *scope = pt_remote_option(spec, "scope");
    if (status != PT_OK)
        return status;
    if (scope != NULL && strcmp(scope, "user") != 0 && strcmp(scope, "system") != 0)
        return pt_fail(error, PT_USAGE, "systemd: scope=%.50s: it is user or system", scope);
    bool is_system = scope != NULL ? strcmp(scope, "system") == 0 : geteuid() == 0;
    systemd->scope = is_system ? "--system" : "--user";
    status = pt_remote_seconds_option(spec, "poll", 0, 3600, &systemd->poll_seconds, error);
    if (status == PT_OK)
        status =
            pt_remote_seconds_option(spec, "timeout", 0.1, 3600, &systemd->tool_seconds, error);
    return status;
}

static void systemd_close(void *state)
{
    struct systemd *systemd = state;
    pt_level_caps_close(systemd->caps);
    pt_remote_close(&systemd->remote);
    free(systemd);
}

static enum pt_status systemd_open(const struct pt_job_spec *spec, struct pt_arena *arena,
                                   void **ret_state, struct pt_error *error)
{
    struct systemd *systemd = calloc(1, sizeof *systemd);
    if (systemd == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    systemd->remote.lock_fd = -1;
    systemd->poll_seconds = 0.5;
    systemd->tool_seconds = 30;
    enum pt_status status = use_options(systemd, spec, error);
    if (status == PT_OK)
        status = pt_remote_open(&systemd->remote, "systemd", spec, arena, error);
    if (status == PT_OK) {
        snprintf(systemd->unit, sizeof systemd->unit, "powertrain-%s.service",
                 systemd->remote.spec.id);
        status = refresh(systemd, error);
    }
    if (status != PT_OK) {
        systemd_close(systemd);
        return status;
    }
    *ret_state = systemd;
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- start
// A name that systemd takes: letters, digits and "_", not first a digit. Its value is handed over
// without standing in a list of processes.
static const char *pass_variable(struct pt_arena *arena, const char *variable)
{
    size_t length = strcspn(variable, "=");
    if (length == 0 || length > 200 || (variable[0] >= '0' && variable[0] <= '9') ||
        strspn(variable, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
            length)
        return NULL;
    if (strncmp(variable, "POWERTRAIN_JOB=", 15) == 0 ||
        strncmp(variable, "POWERTRAIN_RE", 13) == 0) // JOB, RESUME and RESTART_COUNT are ours
        return NULL;
    return pt_arena_printf(arena, "--setenv=%.*s", (int)length, variable);
}

struct words {
    const char **list;
    size_t count;
    bool failed;
};

static void add(struct words *words, const char *word)
{
    if (word == NULL)
        words->failed = true;
    else
        words->list[words->count++] = word;
}

static void add_options(struct words *words, const struct systemd *systemd, struct pt_arena *arena)
{
    const struct pt_job_spec *spec = &systemd->remote.spec;
    add(words, "systemd-run");
    add(words, systemd->scope);
    add(words, "--quiet");
    add(words, "--no-ask-password");
    add(words, pt_arena_printf(arena, "--unit=%s", systemd->unit));
    add(words, pt_arena_printf(arena, "--working-directory=%s", spec->directory));
    add(words, "--property=RemainAfterExit=yes");
    add(words, "--property=CPUAccounting=yes");
    add(words, pt_arena_printf(arena, "--property=TimeoutStopSec=%.0fms",
                               (spec->grace_seconds > 0.001 ? spec->grace_seconds : 0.001) * 1e3));
    for (size_t i = 0; spec->options != NULL && spec->options[i] != NULL; i++)
        if (strncmp(spec->options[i], "--", 2) == 0)
            add(words, spec->options[i]);
}

static void add_environment(struct words *words, const struct systemd *systemd,
                            struct pt_arena *arena)
{
    const struct pt_job_state *job = &systemd->remote.job;
    for (size_t i = 0; environ != NULL && environ[i] != NULL && i < VARIABLES_MAX; i++) {
        const char *word = pass_variable(arena, environ[i]);
        if (word != NULL)
            add(words, word);
    }
    add(words, pt_arena_printf(arena, "--setenv=POWERTRAIN_JOB=%s", job->id));
    add(words, pt_arena_printf(arena, "--setenv=POWERTRAIN_RESTART_COUNT=%lld",
                               (long long)job->restart_count));
    if (job->restart_count > 0)
        add(words, "--setenv=POWERTRAIN_RESUME=1");
}

static size_t count_words(const char *const *list)
{
    size_t count = 0;
    while (list != NULL && list[count] != NULL)
        count++;
    return count;
}

// Of an earlier start, whose end was read but not yet let go when we were killed.
static void clear_place(struct systemd *systemd, struct pt_arena *arena)
{
    struct pt_systemd_unit unit;
    if (look(systemd, arena, &unit, NULL) == PT_OK)
        let_go(systemd, unit.look.view);
}

static enum pt_status launch(struct systemd *systemd, struct pt_arena *arena,
                             struct pt_error *error)
{
    const struct pt_job_spec *spec = &systemd->remote.spec;
    bool resumes = systemd->remote.job.restart_count > 0 && spec->resume_command != NULL;
    const char *const *command = resumes ? spec->resume_command : spec->command;
    struct words words = {.list = pt_arena_alloc(arena,
                                                 32 + VARIABLES_MAX + count_words(spec->options) +
                                                     count_words(command),
                                                 sizeof *words.list)};
    struct pt_tool_output output;
    if (words.list == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to start a job");
    add_options(&words, systemd, arena);
    add_environment(&words, systemd, arena);
    add(&words, "--");
    for (size_t i = 0; command[i] != NULL; i++)
        add(&words, command[i]);
    if (words.failed)
        return pt_fail(error, PT_NO_MEMORY, "no memory to start a job");
    clear_place(systemd, arena);
    return run(systemd, arena, words.list, &output, error);
}

static enum pt_status start(struct systemd *systemd, struct pt_error *error)
{
    struct pt_job_state before = systemd->remote.job;
    enum pt_status status = pt_remote_begin_start(&systemd->remote, error);
    if (status != PT_OK)
        return status;
    snprintf(systemd->remote.job.handle, sizeof systemd->remote.job.handle, "%s", systemd->unit);
    struct pt_arena *arena = pt_arena_create();
    status = arena != NULL ? launch(systemd, arena, error)
                           : pt_fail(error, PT_NO_MEMORY, "no memory to start a job");
    pt_arena_destroy(arena);
    systemd->is_asked_twice = false;
    if (status == PT_OK)
        return pt_job_state_save(systemd->remote.folder, &systemd->remote.job, error);
    systemd->remote.job = before;
    pt_job_state_save(systemd->remote.folder, &systemd->remote.job, NULL);
    return status;
}

static enum pt_status systemd_start(void *state, struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    if (pt_remote_is_there(&systemd->remote) && systemd->remote.job.phase != PT_JOB_PARKED)
        return pt_remote_refuse(&systemd->remote, "started", error);
    return start(systemd, error);
}

// ---------------------------------------------------------------------------------------- orders
static enum pt_status park(struct systemd *systemd, struct pt_error *error)
{
    struct pt_remote *remote = &systemd->remote;
    int number = remote->spec.checkpoint_signal;
    enum pt_status status = PT_OK;
    systemd->is_asked_twice = false;
    pt_remote_remember_file(remote);
    if (remote->job.phase == PT_JOB_SUSPENDED)
        status = tell(systemd, "thaw", NULL, NULL, error);
    if (status == PT_OK)
        status = pt_remote_set(remote, PT_JOB_PARKING, error);
    if (status == PT_OK)
        status =
            number != 0 ? send(systemd, "--kill-whom=main", number, error) : end(systemd, error);
    if (status != PT_OK)
        pt_remote_set(remote, PT_JOB_RUNNING, NULL);
    return status;
}

static enum pt_status systemd_suspend(void *state, struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = refresh(systemd, error);
    enum pt_job_phase phase = systemd->remote.job.phase;
    bool restarts = systemd->remote.spec.mode == PT_SUSPEND_RESTART;
    if (status != PT_OK || phase == PT_JOB_PARKED || (phase == PT_JOB_SUSPENDED && !restarts))
        return status;
    if (phase != PT_JOB_RUNNING && phase != PT_JOB_SUSPENDED)
        return pt_remote_refuse(&systemd->remote, "suspended", error);
    if (restarts)
        return park(systemd, error);
    status = tell(systemd, "freeze", NULL, NULL, error);
    return status == PT_OK ? pt_remote_set(&systemd->remote, PT_JOB_SUSPENDED, error) : status;
}

static enum pt_status systemd_resume(void *state, struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    switch (systemd->remote.job.phase) {
    case PT_JOB_PARKED:
    case PT_JOB_LOST:
        return start(systemd, error);
    case PT_JOB_SUSPENDED:
        status = tell(systemd, "thaw", NULL, NULL, error);
        return status == PT_OK ? pt_remote_set(&systemd->remote, PT_JOB_RUNNING, error) : status;
    case PT_JOB_RUNNING:
    case PT_JOB_QUEUED:
        return PT_OK;
    default:
        return pt_remote_refuse(&systemd->remote, "resumed", error);
    }
}

static enum pt_status systemd_checkpoint(void *state, struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    if (systemd->remote.spec.checkpoint_signal == 0)
        return pt_fail(error, PT_UNSUPPORTED, "job %s has no signal that asks for a checkpoint",
                       systemd->remote.job.id);
    if (systemd->remote.job.phase != PT_JOB_RUNNING)
        return pt_remote_refuse(&systemd->remote, "asked for a checkpoint", error);
    return send(systemd, "--kill-whom=main", systemd->remote.spec.checkpoint_signal, error);
}

static enum pt_status systemd_stop(void *state, double grace_seconds, struct pt_error *error)
{
    struct systemd *systemd = state;
    struct pt_remote *remote = &systemd->remote;
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK || !pt_remote_is_there(remote))
        return status;
    if (remote->job.phase == PT_JOB_PARKED)
        return pt_remote_set(remote, PT_JOB_ENDED, error);
    remote->stop_seconds = grace_seconds;
    systemd->is_asked_twice = !(grace_seconds > 0);
    remote->job.was_killed = systemd->is_asked_twice;
    status = send(systemd, "--kill-whom=all", grace_seconds > 0 ? SIGTERM : SIGKILL, error);
    if (status == PT_OK && remote->job.phase == PT_JOB_SUSPENDED)
        status = tell(systemd, "thaw", NULL, NULL, error);
    return status == PT_OK ? pt_remote_set(remote, PT_JOB_STOPPING, error) : status;
}

static enum pt_status systemd_signal(void *state, int number, struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    if (!pt_remote_is_there(&systemd->remote) || systemd->remote.job.phase == PT_JOB_PARKED)
        return pt_remote_refuse(&systemd->remote, "signalled", error);
    return send(systemd, "--kill-whom=all", number, error);
}

// ---------------------------------------------------------------------------------------- levels
static void note(struct pt_job_level_outcome *outcome, const struct pt_error *error)
{
    size_t length = strlen(outcome->reason);
    snprintf(outcome->reason + length, sizeof outcome->reason - length, "%s%.200s",
             length > 0 ? "; " : "", error->message);
}

// A share of the time is a quota of its cgroup: it needs nobody who wakes it.
static enum pt_status systemd_level(void *state, const struct pt_job_level *level,
                                    struct pt_job_level_outcome *ret_outcome,
                                    struct pt_error *error)
{
    struct systemd *systemd = state;
    char quota[64] = "CPUQuota=", cpus[64] = "AllowedCPUs=";
    struct pt_error failed;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    enum pt_status status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    if (!pt_remote_is_there(&systemd->remote) || systemd->remote.job.phase == PT_JOB_PARKED)
        return pt_remote_refuse(&systemd->remote, "run at a level", error);
    long count = level->cpu_count > 0 && level->cpu_count < online ? level->cpu_count : online;
    if (level->duty < 1)
        snprintf(quota, sizeof quota, "CPUQuota=%.0f%%", ceil(level->duty * (double)count * 100));
    if (count < online)
        snprintf(cpus, sizeof cpus, "AllowedCPUs=0-%ld", count - 1);
    ret_outcome->has_duty = tell(systemd, "set-property", "--runtime", quota, &failed) == PT_OK;
    if (!ret_outcome->has_duty)
        note(ret_outcome, &failed);
    else
        systemd->remote.job.duty = level->duty;
    ret_outcome->has_cpus = tell(systemd, "set-property", "--runtime", cpus, &failed) == PT_OK;
    if (!ret_outcome->has_cpus)
        note(ret_outcome, &failed);
    pt_level_caps_apply(&systemd->caps, &systemd->remote.spec, level, ret_outcome);
    return PT_OK;
}

static enum pt_status systemd_poll(void *state, struct pt_job_state *ret_job,
                                   struct pt_error *error)
{
    struct systemd *systemd = state;
    enum pt_status status = PT_OK;
    if (pt_remote_is_stale(&systemd->remote, systemd->poll_seconds))
        status = refresh(systemd, error);
    if (status != PT_OK)
        return status;
    *ret_job = systemd->remote.job;
    ret_job->system_seconds = NAN; // systemd counts both kinds together
    return PT_OK;
}

static void systemd_wait(void *state, double seconds)
{
    (void)state;
    pt_remote_sleep(seconds);
}

const struct pt_executor_driver pt_executor_systemd = {
    .name = "systemd",
    .summary = "a service of systemd on this machine",
    .abilities = {.freezes = true,
                  .restarts = true,
                  .checkpoints = true,
                  .signals = true,
                  .duty = true,
                  .cpus = true,
                  .caps = true,
                  .parked_watts = NAN},
    .open = systemd_open,
    .start = systemd_start,
    .suspend = systemd_suspend,
    .resume = systemd_resume,
    .checkpoint = systemd_checkpoint,
    .stop = systemd_stop,
    .signal = systemd_signal,
    .level = systemd_level,
    .poll = systemd_poll,
    .wait = systemd_wait,
    .close = systemd_close,
};
