// The executor of this machine: a supervisor for each start of the command (supervisor.h).
//
// If the supervisor itself was killed the command may live on as nobody's child. Then this process
// steers it by signals and sees its end, but not its status.

#include "job/executor.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "job/control.h"
#include "job/level_caps.h"
#include "job/supervisor.h"
#include "job/tree.h"

struct local {
    struct pt_arena *arena;
    struct pt_job_spec spec;
    const char *folder;
    struct pt_job_state job;
    int lock_fd, socket_fd; // -1: none
    struct pt_level_caps *caps;
};

// ------------------------------------------------------------------------------- what there is
static enum pt_status refuse(const struct local *local, const char *what, struct pt_error *error)
{
    return pt_fail(error, PT_BUSY, "job %s cannot be %s: it is %s", local->job.id, what,
                   pt_job_phase_text(local->job.phase));
}

static bool is_alive_in(enum pt_job_phase phase)
{
    return phase == PT_JOB_RUNNING || phase == PT_JOB_SUSPENDED || phase == PT_JOB_PARKING ||
           phase == PT_JOB_STOPPING;
}

static bool is_same_boot(const struct pt_job_state *job)
{
    char boot_id[40];
    return pt_boot_id(boot_id) && strcmp(boot_id, job->boot_id) == 0;
}

static const char *cgroup_of(const struct local *local)
{
    return local->job.cgroup[0] != '\0' ? local->job.cgroup : NULL;
}

// Of a supervisor that ended: the file has its last word.
static enum pt_status reload(struct local *local, struct pt_error *error)
{
    struct pt_job_state seen;
    enum pt_status status =
        pt_job_state_load(local->arena, local->folder, local->job.id, &seen, error);
    if (status == PT_OK)
        local->job = seen;
    return status;
}

static bool is_orphan(const struct local *local)
{
    return local->socket_fd < 0 && is_alive_in(local->job.phase);
}

// The command without its supervisor.
static void look_at_orphan(struct local *local)
{
    enum pt_tree_state state = PT_TREE_GONE;
    if (is_same_boot(&local->job) && pt_process_id_lives(local->job.process))
        state = pt_job_tree_state((int)local->job.process.pid, cgroup_of(local));
    local->job.supervisor = (struct pt_process_id){0};
    local->job.status_known = false;
    if (state == PT_TREE_GONE) {
        local->job.phase = PT_JOB_LOST;
        local->job.by_others = true;
        pt_job_state_save(local->folder, &local->job, NULL); // if not, it is found out anew
    } else {
        local->job.phase = state == PT_TREE_RUNNING ? PT_JOB_RUNNING : PT_JOB_SUSPENDED;
    }
}

static enum pt_status refresh(struct local *local, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (local->socket_fd >= 0) {
        status = pt_supervisor_ask(local->socket_fd, &local->job, error);
        if (status != PT_INTERRUPTED)
            return status;
        close(local->socket_fd);
        local->socket_fd = -1;
        status = reload(local, error);
    }
    if (status == PT_OK && is_orphan(local))
        look_at_orphan(local);
    return status;
}

// ------------------------------------------------------------------------------- open and close
static enum pt_status use_spec(struct local *local, const struct pt_job_spec *spec,
                               struct pt_error *error)
{
    char directory[4096];
    local->spec = *spec;
    if (spec->directory == NULL && getcwd(directory, sizeof directory) == NULL)
        return pt_fail_errno(error, errno, "the current folder has no name");
    local->spec.directory = spec->directory != NULL ? pt_arena_strdup(local->arena, spec->directory)
                                                    : pt_arena_strdup(local->arena, directory);
    if (local->spec.directory == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    char *id = pt_arena_alloc(local->arena, PT_JOB_ID_SIZE, 1);
    if (id == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    if (spec->id != NULL)
        snprintf(id, PT_JOB_ID_SIZE, "%s", spec->id);
    else
        pt_job_make_id(spec->command, local->spec.directory, id);
    local->spec.id = id;
    return PT_OK;
}

static enum pt_status choose_folder(struct local *local, struct pt_error *error)
{
    char *real;
    if (local->spec.state_folder == NULL)
        return pt_job_folder(local->arena, &local->folder, error);
    real = realpath(local->spec.state_folder, NULL);
    if (real == NULL)
        return pt_fail_errno(error, errno, "the folder of the jobs, %s", local->spec.state_folder);
    local->folder = pt_arena_strdup(local->arena, real); // the supervisor changes its directory
    free(real);
    return local->folder != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory for a job");
}

static void new_job(struct local *local)
{
    struct pt_job_state *job = &local->job;
    *job = (struct pt_job_state){.phase = PT_JOB_NEW, .duty = 1};
    snprintf(job->id, sizeof job->id, "%s", local->spec.id);
    snprintf(job->executor, sizeof job->executor, "local");
    gethostname(job->host, sizeof job->host - 1);
    job->created_ns = pt_clock_realtime(&pt_system_clock);
    job->directory = local->spec.directory;
    job->command = local->spec.command;
    job->resume_command = local->spec.resume_command;
}

// A folder that several hosts share: the processes of another are not ours to judge.
static enum pt_status check_host(const struct local *local, struct pt_error *error)
{
    char host[65] = "";
    gethostname(host, sizeof host - 1);
    if (!is_alive_in(local->job.phase) || strcmp(host, local->job.host) == 0)
        return PT_OK;
    return pt_fail(error, PT_BUSY, "job %s is %s on host %s; steer it from there", local->job.id,
                   pt_job_phase_text(local->job.phase), local->job.host);
}

static void connect_if_alive(struct local *local)
{
    if (is_alive_in(local->job.phase) && is_same_boot(&local->job) &&
        pt_supervisor_connect(local->folder, local->job.id, &local->socket_fd, NULL) != PT_OK)
        local->socket_fd = -1;
}

static enum pt_status find_job(struct local *local, struct pt_error *error)
{
    enum pt_status status =
        pt_job_state_load(local->arena, local->folder, local->spec.id, &local->job, error);
    if (status == PT_NOT_FOUND) {
        new_job(local);
        return PT_OK;
    }
    if (status == PT_OK && strcmp(local->job.executor, "local") != 0)
        return pt_fail(error, PT_BUSY, "job %s belongs to the executor %s", local->job.id,
                       local->job.executor);
    if (status == PT_OK)
        status = check_host(local, error);
    if (status != PT_OK)
        return status;
    connect_if_alive(local);
    // It may have ended between the file and the socket.
    return local->socket_fd < 0 ? reload(local, error) : PT_OK;
}

static void local_close(void *state)
{
    struct local *local = state;
    pt_level_caps_close(local->caps);
    if (local->socket_fd >= 0)
        close(local->socket_fd);
    if (local->lock_fd >= 0)
        close(local->lock_fd);
    free(local);
}

static enum pt_status local_open(const struct pt_job_spec *spec, struct pt_arena *arena,
                                 void **ret_state, struct pt_error *error)
{
    struct local *local = calloc(1, sizeof *local);
    if (local == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    local->arena = arena;
    local->lock_fd = local->socket_fd = -1;
    enum pt_status status = use_spec(local, spec, error);
    if (status == PT_OK)
        status = choose_folder(local, error);
    if (status == PT_OK)
        status = pt_job_lock(local->folder, local->spec.id, &local->lock_fd, error);
    if (status == PT_OK)
        status = find_job(local, error);
    if (status == PT_OK)
        status = refresh(local, error);
    if (status != PT_OK) {
        local_close(local);
        return status;
    }
    *ret_state = local;
    return PT_OK;
}

// ------------------------------------------------------------------------------------- start
// What was parked or lost has begun its work already; what has ended begins it anew.
static void prepare_start(struct local *local)
{
    struct pt_job_state *job = &local->job;
    bool goes_on = job->phase == PT_JOB_PARKED || job->phase == PT_JOB_LOST;
    struct pt_job_state before = *job;
    new_job(local);
    if (goes_on) {
        job->created_ns = before.created_ns;
        job->restart_count = before.restart_count + 1;
        job->suspension_count = before.suspension_count;
        job->run_seconds = before.run_seconds;
        job->user_seconds = before.user_seconds;
        job->system_seconds = before.system_seconds;
    }
    if (!pt_boot_id(job->boot_id))
        job->boot_id[0] = '\0';
}

static enum pt_status local_start(void *state, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (is_alive_in(local->job.phase))
        return refuse(local, "started", error);
    struct pt_job_state before = local->job;
    prepare_start(local);
    status = pt_job_state_save(local->folder, &local->job, error);
    if (status != PT_OK) {
        local->job = before;
        return status;
    }
    const struct pt_supervisor_options options = {
        .folder = local->folder,
        .wait_for_orphans = local->spec.wait_for_orphans,
    };
    status = pt_supervisor_start(&options, &local->job, error);
    if (status == PT_OK)
        connect_if_alive(local);
    return status;
}

// ------------------------------------------------------------------------------------- orders
// To the supervisor; without one, act(pid, cgroup).
static enum pt_status order(struct local *local, const char *words,
                            enum pt_status (*act)(int pid, const char *cgroup,
                                                  struct pt_error *error),
                            struct pt_error *error)
{
    if (local->socket_fd >= 0)
        return pt_supervisor_order(local->socket_fd, error, "%s", words);
    return act((int)local->job.process.pid, cgroup_of(local), error);
}

static enum pt_status park_orphan(struct local *local, struct pt_error *error)
{
    bool killed = false;
    int pid = (int)local->job.process.pid;
    enum pt_status status = PT_OK;
    if (local->spec.checkpoint_signal != 0)
        status = pt_job_ask_tree(pid, local->spec.checkpoint_signal, error);
    if (status == PT_OK)
        status = pt_job_resume_tree(pid, cgroup_of(local), error);
    struct timespec pause = {.tv_nsec = 50000000};
    double waited = 0, most = local->spec.checkpoint_wait_seconds;
    while (status == PT_OK && local->spec.checkpoint_signal != 0 && waited < most &&
           pt_job_tree_state(pid, NULL) != PT_TREE_GONE) {
        nanosleep(&pause, NULL);
        waited += 0.05;
    }
    if (status == PT_OK)
        status = pt_job_stop_tree(pid, cgroup_of(local), local->spec.grace_seconds, &killed, error);
    if (status != PT_OK)
        return status;
    local->job.was_killed = killed;
    local->job.phase = PT_JOB_PARKED;
    return pt_job_state_save(local->folder, &local->job, error);
}

static enum pt_status park(struct local *local, struct pt_error *error)
{
    const struct pt_job_spec *spec = &local->spec;
    if (local->socket_fd < 0)
        return park_orphan(local, error);
    return pt_supervisor_order(local->socket_fd, error, "park %d %.3f %.3f %s",
                               spec->checkpoint_signal, spec->checkpoint_wait_seconds,
                               spec->grace_seconds,
                               spec->checkpoint_file != NULL ? spec->checkpoint_file : "");
}

static enum pt_status local_suspend(void *state, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (local->job.phase != PT_JOB_RUNNING && local->job.phase != PT_JOB_SUSPENDED)
        return refuse(local, "suspended", error);
    if (local->spec.mode == PT_SUSPEND_RESTART)
        return park(local, error);
    return order(local, "suspend", pt_job_suspend_tree, error);
}

static enum pt_status local_resume(void *state, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (local->job.phase == PT_JOB_PARKED || local->job.phase == PT_JOB_LOST)
        return local_start(local, error);
    if (local->job.phase != PT_JOB_RUNNING && local->job.phase != PT_JOB_SUSPENDED)
        return refuse(local, "resumed", error);
    return order(local, "resume", pt_job_resume_tree, error);
}

static enum pt_status local_checkpoint(void *state, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (local->spec.checkpoint_signal == 0)
        return pt_fail(error, PT_UNSUPPORTED, "job %s has no signal that asks for a checkpoint",
                       local->job.id);
    if (local->job.phase != PT_JOB_RUNNING)
        return refuse(local, "asked for a checkpoint", error);
    if (local->socket_fd >= 0)
        return pt_supervisor_order(local->socket_fd, error, "ask %d",
                                   local->spec.checkpoint_signal);
    return pt_job_ask_tree((int)local->job.process.pid, local->spec.checkpoint_signal, error);
}

static enum pt_status stop_orphan(struct local *local, double grace_seconds, struct pt_error *error)
{
    enum pt_status status = pt_job_stop_tree((int)local->job.process.pid, cgroup_of(local),
                                             grace_seconds, &local->job.was_killed, error);
    if (status != PT_OK)
        return status;
    local->job.phase = PT_JOB_ENDED;
    return pt_job_state_save(local->folder, &local->job, error);
}

static enum pt_status local_stop(void *state, double grace_seconds, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (local->job.phase == PT_JOB_PARKED) {
        local->job.phase = PT_JOB_ENDED;
        return pt_job_state_save(local->folder, &local->job, error);
    }
    if (!is_alive_in(local->job.phase))
        return PT_OK;
    if (local->socket_fd < 0)
        return stop_orphan(local, grace_seconds, error);
    return pt_supervisor_order(local->socket_fd, error, "stop %.3f", grace_seconds);
}

static enum pt_status local_signal(void *state, int signal, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (!is_alive_in(local->job.phase))
        return refuse(local, "signalled", error);
    if (local->socket_fd >= 0)
        return pt_supervisor_order(local->socket_fd, error, "signal %d", signal);
    return pt_job_signal_tree((int)local->job.process.pid, signal, error);
}

// ------------------------------------------------------------------------------------- levels
static void note(struct pt_job_level_outcome *outcome, const struct pt_error *error)
{
    size_t length = strlen(outcome->reason);
    snprintf(outcome->reason + length, sizeof outcome->reason - length, "%s%s",
             length > 0 ? "; " : "", error->message);
}

static enum pt_status local_level(void *state, const struct pt_job_level *level,
                                  struct pt_job_level_outcome *ret_outcome, struct pt_error *error)
{
    struct local *local = state;
    struct pt_error failed;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (!is_alive_in(local->job.phase))
        return refuse(local, "run at a level", error);
    if (local->socket_fd < 0) {
        pt_fail(&failed, PT_UNAVAILABLE, "its supervisor was killed, so nobody could wake it");
        note(ret_outcome, &failed);
    } else {
        ret_outcome->has_duty =
            pt_supervisor_order(local->socket_fd, &failed, "duty %.6f", level->duty) == PT_OK;
        if (!ret_outcome->has_duty)
            note(ret_outcome, &failed);
        ret_outcome->has_cpus =
            pt_supervisor_order(local->socket_fd, &failed, "cpus %d", level->cpu_count) == PT_OK;
        if (!ret_outcome->has_cpus)
            note(ret_outcome, &failed);
    }
    pt_level_caps_apply(&local->caps, &local->spec, level, ret_outcome);
    return PT_OK;
}

// ------------------------------------------------------------------------------------- poll
static enum pt_status local_poll(void *state, struct pt_job_state *ret_job, struct pt_error *error)
{
    struct local *local = state;
    enum pt_status status = refresh(local, error);
    if (status != PT_OK)
        return status;
    if (local->caps != NULL && !is_alive_in(local->job.phase)) {
        pt_level_caps_close(local->caps);
        local->caps = NULL;
    }
    *ret_job = local->job;
    return PT_OK;
}

static void wait_for_process(int64_t pid, double seconds)
{
    int milliseconds = seconds > 1e6 ? 1000000000 : (int)(seconds * 1e3);
    struct pollfd poller = {.fd = (int)syscall(SYS_pidfd_open, (int)pid, 0), .events = POLLIN};
    if (poller.fd < 0 && errno == ESRCH)
        return;
    poll(&poller, 1, milliseconds); // without pidfd: -1 is ignored, and it sleeps
    if (poller.fd >= 0)
        close(poller.fd);
}

static void local_wait(void *state, double seconds)
{
    struct local *local = state;
    if (local->socket_fd >= 0)
        pt_supervisor_wait(local->socket_fd, seconds);
    else if (is_orphan(local))
        wait_for_process(local->job.process.pid, seconds);
    else
        poll(NULL, 0, seconds > 1e6 ? 1000000000 : (int)(seconds * 1e3));
}

const struct pt_executor_driver pt_executor_local = {
    .name = "local",
    .summary = "processes of this machine",
    .abilities = {.freezes = true,
                  .restarts = true,
                  .checkpoints = true,
                  .signals = true,
                  .duty = true,
                  .cpus = true,
                  .caps = true,
                  .parked_watts = NAN},
    .open = local_open,
    .start = local_start,
    .suspend = local_suspend,
    .resume = local_resume,
    .checkpoint = local_checkpoint,
    .stop = local_stop,
    .signal = local_signal,
    .level = local_level,
    .poll = local_poll,
    .wait = local_wait,
    .close = local_close,
};
