// See supervisor.h: the supervisor itself. Its clients are in supervisor_client.c, orders in
// supervisor_orders.c.

#include "job/supervisor_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/close_fds.h"
#include "job/control.h"
#include "job/tree.h"

// What the starter hears through a pipe: how the start went, and the state then.
struct outcome {
    enum pt_status status;
    struct pt_error error;
    struct pt_process_id supervisor, process;
    enum pt_job_phase phase;
    char cgroup[sizeof(((struct pt_job_state *)NULL)->cgroup)];
    int64_t exit_status;
};

int64_t pt_supervisor_now_ns(void)
{
    return pt_clock_monotonic(&pt_system_clock);
}

static struct pt_process_id id_of(int pid)
{
    struct pt_tree_process process;
    if (!pt_tree_look(pid, &process))
        return (struct pt_process_id){.pid = pid};
    return (struct pt_process_id){.pid = pid, .start_ticks = (int64_t)process.start_ticks};
}

// ------------------------------------------------------------------------------------- the file
// A full disk does not end the job: the socket still tells how it stands, and the next change tries
// again.
void pt_supervisor_save(struct pt_supervisor *supervisor)
{
    struct pt_error error;
    supervisor->is_saved =
        pt_job_state_save(supervisor->folder, &supervisor->state, &error) == PT_OK;
    if (!supervisor->is_saved)
        pt_log(PT_LOG_WARN, "job_state_not_saved", "job=%s reason=\"%s\"", supervisor->state.id,
               error.message);
}

static bool runs_in(enum pt_job_phase phase)
{
    return phase == PT_JOB_RUNNING || phase == PT_JOB_PARKING || phase == PT_JOB_STOPPING;
}

static void count_seconds(struct pt_supervisor *supervisor)
{
    int64_t now_ns = pt_supervisor_now_ns();
    if (runs_in(supervisor->state.phase))
        supervisor->state.run_seconds += (double)(now_ns - supervisor->counted_ns) * 1e-9;
    supervisor->counted_ns = now_ns;
}

void pt_supervisor_enter(struct pt_supervisor *supervisor, enum pt_job_phase phase, bool by_others)
{
    count_seconds(supervisor);
    supervisor->state.phase = phase;
    supervisor->state.by_others = by_others;
    pt_supervisor_save(supervisor);
    for (int i = 0; i < supervisor->client_count; i++)
        send(supervisor->clients[i], "changed", 7, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// ----------------------------------------------------------------------------------- the command
static void report(struct pt_supervisor *supervisor, enum pt_status status,
                   const struct pt_error *error)
{
    struct outcome outcome = {
        .status = status,
        .supervisor = supervisor->state.supervisor,
        .process = supervisor->state.process,
        .phase = supervisor->state.phase,
        .exit_status = supervisor->state.exit_status,
    };
    if (status != PT_OK)
        outcome.error = *error;
    memcpy(outcome.cgroup, supervisor->state.cgroup, sizeof outcome.cgroup);
    if (write(supervisor->report_fd, &outcome, sizeof outcome) < 0)
        pt_log(PT_LOG_WARN, "starter_is_gone", "job=%s", supervisor->state.id);
    close(supervisor->report_fd);
    supervisor->report_fd = -1;
}

static void on_start(void *state, int pid, int64_t since_ns)
{
    struct pt_supervisor *supervisor = state;
    supervisor->state.process = id_of(pid);
    supervisor->counted_ns = since_ns;
    if (!pt_affinity_get(pid, &supervisor->all_cpus))
        CPU_ZERO(&supervisor->all_cpus);
    if (supervisor->group != NULL && pt_cgroup_joined(supervisor->group) &&
        pt_cgroup_version(supervisor->group) == 2)
        snprintf(supervisor->state.cgroup, sizeof supervisor->state.cgroup, "%s",
                 pt_cgroup_folder(supervisor->group));
    supervisor->state.phase = PT_JOB_RUNNING;
    pt_supervisor_save(supervisor);
    report(supervisor, PT_OK, NULL);
}

static void on_stop(void *state, int signal)
{
    struct pt_supervisor *supervisor = state;
    struct pt_tree_process process;
    if (signal != 0 && supervisor->is_on && supervisor->state.phase == PT_JOB_RUNNING &&
        pt_tree_look((int)supervisor->state.process.pid, &process) && process.state == 'T')
        pt_supervisor_enter(supervisor, PT_JOB_SUSPENDED, true);
    else if (signal == 0 && supervisor->state.phase == PT_JOB_SUSPENDED) {
        pt_supervisor_enter(supervisor, PT_JOB_RUNNING, true);
        pt_supervisor_begin_duty(supervisor);
    }
}

static void join_group(void *state)
{
    pt_cgroup_join(state);
}

// A number that several starts have; the kernel's own names follow POSIX.
static void set_environment(const struct pt_job_state *state)
{
    char count[24];
    snprintf(count, sizeof count, "%lld", (long long)state->restart_count);
    setenv("POWERTRAIN_JOB", state->id, 1);
    setenv("POWERTRAIN_RESTART_COUNT", count, 1);
    if (state->restart_count > 0)
        setenv("POWERTRAIN_RESUME", "1", 1);
    else
        unsetenv("POWERTRAIN_RESUME");
}

// ------------------------------------------------------------------------------------- the end
static void settle(struct pt_supervisor *supervisor, const struct pt_job_result *result)
{
    struct pt_job_state *state = &supervisor->state;
    bool parks = state->phase == PT_JOB_PARKING;
    bool ordered = parks || state->phase == PT_JOB_STOPPING;
    count_seconds(supervisor);
    state->user_seconds += result->user_seconds;
    state->system_seconds += result->system_seconds;
    state->exit_status = result->exit_status;
    state->signal = result->signal;
    state->status_known = true;
    pt_supervisor_enter(supervisor, parks ? PT_JOB_PARKED : PT_JOB_ENDED,
                        !ordered && result->signal != 0);
    const struct timespec pause = {.tv_nsec = 200000000};
    for (int attempt = 0; attempt < 10 && !supervisor->is_saved; attempt++) {
        nanosleep(&pause, NULL);
        pt_supervisor_save(supervisor);
    }
}

static void fail_start(struct pt_supervisor *supervisor, const struct pt_job_result *result)
{
    struct pt_error error;
    struct pt_job_state *state = &supervisor->state;
    state->exit_status = result->exit_status;
    state->status_known = true;
    pt_supervisor_enter(supervisor, PT_JOB_ENDED, false);
    pt_fail(&error, result->exit_status == 127 ? PT_NOT_FOUND : PT_DENIED, "%s: %s",
            supervisor->command[0], strerror(result->exec_errno));
    report(supervisor, error.status, &error);
}

static void remove_socket(const struct pt_supervisor *supervisor)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s.sock", supervisor->folder, supervisor->state.id) <
        (int)sizeof path)
        unlink(path);
}

static void run_command(struct pt_supervisor *supervisor)
{
    struct pt_error error;
    struct pt_job_result result;
    const struct pt_job_watcher watcher = {.started = on_start, .state = supervisor};
    const struct pt_job_steering steering = {
        .prepare = pt_supervisor_prepare,
        .act = pt_supervisor_act,
        .waits_for_all = pt_supervisor_waits_for_all,
        .stopped = on_stop,
        .state = supervisor,
    };
    const struct pt_job_options options = {
        .command = (char *const *)(uintptr_t)supervisor->command,
        .wait_for_orphans = supervisor->wait_for_orphans,
        .own_session = true,
        .watcher = &watcher,
        .steering = &steering,
        .before_exec = supervisor->group != NULL ? join_group : NULL,
        .before_exec_state = supervisor->group,
    };
    enum pt_status status = pt_job_run_steered(&options, &result, &error);
    if (status != PT_OK)
        report(supervisor, status, &error);
    else if (!result.was_started)
        fail_start(supervisor, &result);
    else
        settle(supervisor, &result);
}

// A session of its own; nothing of the starter's but the standard streams.
static void supervise(struct pt_supervisor *supervisor)
{
    struct pt_error error;
    setsid();
    prctl(PR_SET_NAME, "pt-supervisor");
    signal(SIGPIPE, SIG_IGN);
    pt_close_behind_streams(supervisor->listen_fd, supervisor->report_fd);
    supervisor->state.supervisor = id_of(getpid());
    if (chdir(supervisor->state.directory) != 0) {
        pt_fail_errno(&error, errno, "cannot enter the job's folder %s",
                      supervisor->state.directory);
        report(supervisor, error.status, &error);
        remove_socket(supervisor);
        _exit(1);
    }
    set_environment(&supervisor->state);
    if (pt_cgroup_create(NULL, &supervisor->group, NULL) != PT_OK)
        supervisor->group = NULL; // signals do
    run_command(supervisor);
    pt_guard_end(&supervisor->guard);
    pt_cgroup_destroy(supervisor->group);
    remove_socket(supervisor);
    _exit(0);
}

// ------------------------------------------------------------------------------------- starting
// Forked twice, so that it is nobody's child and the starter has none to wait for. The first child
// ends at once.
static enum pt_status fork_away(struct pt_supervisor *supervisor, struct pt_error *error)
{
    int status;
    int pid = fork();
    if (pid < 0)
        return pt_fail_errno(error, errno, "cannot start a supervisor");
    if (pid == 0) {
        pid = fork();
        if (pid == 0)
            supervise(supervisor);
        _exit(pid < 0 ? errno : 0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0 ? PT_OK
                       : pt_fail_errno(error, WIFEXITED(status) ? WEXITSTATUS(status) : EIO,
                                       "cannot start a supervisor");
}

static enum pt_status hear(int fd, struct pt_job_state *state, struct pt_error *error)
{
    struct outcome outcome;
    size_t filled = 0;
    while (filled < sizeof outcome) {
        ssize_t length = read(fd, (char *)&outcome + filled, sizeof outcome - filled);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return pt_fail(error, PT_IO, "the supervisor of job %s ended before it began",
                           state->id);
        filled += (size_t)length;
    }
    state->supervisor = outcome.supervisor;
    state->process = outcome.process;
    state->phase = outcome.phase;
    state->exit_status = outcome.exit_status;
    state->status_known = outcome.phase == PT_JOB_ENDED;
    memcpy(state->cgroup, outcome.cgroup, sizeof state->cgroup);
    if (outcome.status != PT_OK && error != NULL)
        *error = outcome.error;
    return outcome.status;
}

static enum pt_status begin(struct pt_supervisor *supervisor, struct pt_job_state *state,
                            struct pt_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pt_fail_errno(error, errno, "cannot start a supervisor");
    supervisor->report_fd = ends[1];
    enum pt_status status = fork_away(supervisor, error);
    close(ends[1]);
    if (status == PT_OK)
        status = hear(ends[0], state, error);
    close(ends[0]);
    return status;
}

enum pt_status pt_supervisor_start(const struct pt_supervisor_options *options,
                                   struct pt_job_state *state, struct pt_error *error)
{
    struct pt_supervisor supervisor = {
        .folder = options->folder,
        .wait_for_orphans = options->wait_for_orphans,
        .state = *state,
        .is_on = true,
        .guard.fd = -1,
        .command = state->restart_count > 0 && state->resume_command != NULL ? state->resume_command
                                                                             : state->command,
    };
    supervisor.state.cgroup[0] = '\0';
    supervisor.state.duty = 1;
    supervisor.state.was_killed = supervisor.state.status_known = false;
    enum pt_status status =
        pt_supervisor_listen(options->folder, state->id, &supervisor.listen_fd, error);
    if (status != PT_OK)
        return status;
    status = begin(&supervisor, state, error);
    close(supervisor.listen_fd);
    if (status == PT_OK) {
        state->duty = 1;
        state->was_killed = false;
    }
    return status;
}
