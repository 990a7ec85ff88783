// See supervisor.h: what clients may order, and the steps of ending a job.

#include "job/supervisor_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"
#include "job/control.h"

enum { LOOK_MILLISECONDS = 100, KILL_AGAIN_SECONDS = 5 };
static const double wait_seconds_most = 1e6;

static int64_t after(double seconds)
{
    return pt_supervisor_now_ns() + (int64_t)(seconds * 1e9);
}

static int pid_of(const struct pt_supervisor *supervisor)
{
    return (int)supervisor->state.process.pid;
}

static const char *cgroup_of(const struct pt_supervisor *supervisor)
{
    return supervisor->state.cgroup[0] != '\0' ? supervisor->state.cgroup : NULL;
}

static bool is_ending(const struct pt_supervisor *supervisor)
{
    return supervisor->state.phase == PT_JOB_PARKING || supervisor->state.phase == PT_JOB_STOPPING;
}

bool pt_supervisor_waits_for_all(void *state)
{
    return is_ending(state);
}

// ------------------------------------------------------------------------------ suspend, resume
static enum pt_status suspend(struct pt_supervisor *supervisor, struct pt_error *error)
{
    if (is_ending(supervisor))
        return pt_fail(error, PT_BUSY, "job %s is ending", supervisor->state.id);
    bool was_running = supervisor->state.phase == PT_JOB_RUNNING;
    pt_supervisor_pause_duty(supervisor);
    enum pt_status status = pt_job_suspend_tree(pid_of(supervisor), cgroup_of(supervisor), error);
    if (status != PT_OK && status != PT_BUSY) { // not half of it
        pt_job_resume_tree(pid_of(supervisor), cgroup_of(supervisor), NULL);
        if (was_running)
            pt_supervisor_begin_duty(supervisor);
        return status;
    }
    if (was_running)
        supervisor->state.suspension_count++;
    pt_supervisor_enter(supervisor, PT_JOB_SUSPENDED, false);
    return status;
}

static enum pt_status resume(struct pt_supervisor *supervisor, struct pt_error *error)
{
    if (is_ending(supervisor))
        return pt_fail(error, PT_BUSY, "job %s is ending", supervisor->state.id);
    enum pt_status status = pt_job_resume_tree(pid_of(supervisor), cgroup_of(supervisor), error);
    if (status != PT_OK)
        return status;
    if (supervisor->state.phase != PT_JOB_RUNNING) {
        pt_supervisor_enter(supervisor, PT_JOB_RUNNING, false);
        pt_supervisor_begin_duty(supervisor);
    }
    return PT_OK;
}

// ------------------------------------------------------------------------------------ the end
static void send_term(struct pt_supervisor *supervisor)
{
    // If nobody is left, it is over anyway.
    pt_job_terminate_tree(pid_of(supervisor), cgroup_of(supervisor), NULL);
    supervisor->term_due_ns = 0;
    supervisor->kill_due_ns = after(supervisor->grace_seconds);
}

static void send_kill(struct pt_supervisor *supervisor)
{
    supervisor->state.was_killed = true;
    pt_job_kill_tree(pid_of(supervisor), cgroup_of(supervisor), NULL);
    supervisor->kill_due_ns = after(KILL_AGAIN_SECONDS);
}

static void begin_end(struct pt_supervisor *supervisor, enum pt_job_phase phase, double wait,
                      double grace)
{
    pt_supervisor_pause_duty(supervisor);
    supervisor->grace_seconds = grace;
    supervisor->term_due_ns = after(wait);
    supervisor->kill_due_ns = 0;
    pt_supervisor_enter(supervisor, phase, false);
    if (wait <= 0)
        send_term(supervisor);
}

static struct timespec time_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_mtim : (struct timespec){0};
}

static bool checkpoint_is_written(const struct pt_supervisor *supervisor)
{
    if (supervisor->checkpoint_file[0] == '\0')
        return false;
    struct timespec now = time_of(supervisor->checkpoint_file);
    return (now.tv_sec != 0 || now.tv_nsec != 0) &&
           (now.tv_sec != supervisor->checkpoint_before.tv_sec ||
            now.tv_nsec != supervisor->checkpoint_before.tv_nsec);
}

// A suspended command cannot write a checkpoint, so it goes on first.
static enum pt_status park(struct pt_supervisor *supervisor, int signal, double wait, double grace,
                           const char *file, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (is_ending(supervisor))
        return pt_fail(error, PT_BUSY, "job %s is ending", supervisor->state.id);
    snprintf(supervisor->checkpoint_file, sizeof supervisor->checkpoint_file, "%s", file);
    supervisor->checkpoint_before = time_of(supervisor->checkpoint_file);
    if (signal != 0) {
        status = pt_job_ask_tree(pid_of(supervisor), signal, error);
        if (status == PT_OK)
            status = pt_job_resume_tree(pid_of(supervisor), cgroup_of(supervisor), error);
    }
    if (status == PT_OK)
        begin_end(supervisor, PT_JOB_PARKING, signal != 0 ? wait : 0, grace);
    return status;
}

static void continue_end(struct pt_supervisor *supervisor)
{
    int64_t now_ns = pt_supervisor_now_ns();
    if (supervisor->term_due_ns != 0 &&
        (now_ns >= supervisor->term_due_ns || checkpoint_is_written(supervisor)))
        send_term(supervisor);
    else if (supervisor->kill_due_ns != 0 && now_ns >= supervisor->kill_due_ns)
        send_kill(supervisor);
}

// ------------------------------------------------------------------------------------- orders
static enum pt_status bad_order(const char *order, struct pt_error *error)
{
    return pt_fail(error, PT_USAGE, "the supervisor does not understand \"%.60s\"", order);
}

static bool is_time(double seconds)
{
    return seconds >= 0 && seconds <= wait_seconds_most; // false for NAN
}

static enum pt_status obey_park(struct pt_supervisor *supervisor, const char *order,
                                struct pt_error *error)
{
    int signal, used = 0;
    double wait, grace;
    if (sscanf(order, "park %d %lf %lf%n", &signal, &wait, &grace, &used) != 3 || signal < 0 ||
        signal > SIGRTMAX || !is_time(wait) || !is_time(grace))
        return bad_order(order, error);
    return park(supervisor, signal, wait, grace, order + used + (order[used] == ' '), error);
}

static enum pt_status obey(struct pt_supervisor *supervisor, const char *order,
                           struct pt_error *error)
{
    int number;
    double value;
    if (strcmp(order, "suspend") == 0)
        return suspend(supervisor, error);
    if (strcmp(order, "resume") == 0)
        return resume(supervisor, error);
    if (strncmp(order, "park ", 5) == 0)
        return obey_park(supervisor, order, error);
    if (sscanf(order, "stop %lf", &value) == 1 && is_time(value)) {
        begin_end(supervisor, PT_JOB_STOPPING, 0, value);
        return PT_OK;
    }
    if (sscanf(order, "signal %d", &number) == 1 && number > 0 && number <= SIGRTMAX)
        return kill(-pid_of(supervisor), number) == 0
                   ? PT_OK
                   : pt_fail_errno(error, errno, "job %s cannot be signalled",
                                   supervisor->state.id);
    if (sscanf(order, "ask %d", &number) == 1 && number > 0 && number <= SIGRTMAX)
        return pt_job_ask_tree(pid_of(supervisor), number, error);
    if (sscanf(order, "duty %lf", &value) == 1 && value > 0 && value <= 1)
        return pt_supervisor_set_duty(supervisor, value, error);
    if (sscanf(order, "cpus %d", &number) == 1 && number >= 0)
        return pt_supervisor_set_cpus(supervisor, number, error);
    return bad_order(order, error);
}

// ------------------------------------------------------------------------------------- clients
// The state without the texts that the client has anyway, so that it fits into a packet.
static void answer_view(struct pt_supervisor *supervisor, int client)
{
    static const char *const no_command[] = {"-", NULL};
    struct pt_job_state view = supervisor->state;
    size_t length = 0;
    view.command = no_command;
    view.resume_command = NULL;
    view.directory = "";
    char *text = pt_job_state_write(&view, &length);
    if (text != NULL)
        send(client, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    free(text);
}

// False: it has gone.
static bool serve(struct pt_supervisor *supervisor, int client)
{
    char order[PT_SUPERVISOR_PACKET], answer[PT_SUPERVISOR_PACKET] = "ok";
    struct pt_error error;
    ssize_t length = recv(client, order, sizeof order - 1, MSG_DONTWAIT);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    if (length == 0)
        return false;
    order[length] = '\0';
    if (strcmp(order, "view") == 0) {
        answer_view(supervisor, client);
        return true;
    }
    enum pt_status status = obey(supervisor, order, &error);
    if (status != PT_OK)
        snprintf(answer, sizeof answer, "fail %d %s", (int)status, error.message);
    send(client, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
    return true;
}

static bool is_same_user(int client)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void take_client(struct pt_supervisor *supervisor)
{
    int client = accept4(supervisor->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0)
        return;
    if (supervisor->client_count == PT_SUPERVISOR_CLIENTS_MAX || !is_same_user(client)) {
        close(client);
        return;
    }
    supervisor->clients[supervisor->client_count++] = client;
}

static void drop_client(struct pt_supervisor *supervisor, int index)
{
    close(supervisor->clients[index]);
    supervisor->clients[index] = supervisor->clients[--supervisor->client_count];
}

// ------------------------------------------------------------------------------------- steering
static int milliseconds_until(int64_t due_ns)
{
    int64_t left_ns = due_ns - pt_supervisor_now_ns();
    if (left_ns <= 0)
        return 0;
    int64_t milliseconds = left_ns / 1000000 + 1;
    return milliseconds > 3600000 ? 3600000 : (int)milliseconds;
}

static int soonest(int a, int b)
{
    return a < 0 || b < a ? b : a;
}

int pt_supervisor_prepare(void *state, struct pollfd *fds, int *milliseconds)
{
    struct pt_supervisor *supervisor = state;
    int wait = -1;
    fds[0] = (struct pollfd){.fd = supervisor->listen_fd, .events = POLLIN};
    for (int i = 0; i < supervisor->client_count; i++)
        fds[1 + i] = (struct pollfd){.fd = supervisor->clients[i], .events = POLLIN};
    if (supervisor->has_duty && supervisor->state.phase == PT_JOB_RUNNING)
        wait = soonest(wait, milliseconds_until(supervisor->duty_due_ns));
    if (supervisor->term_due_ns != 0)
        wait = soonest(wait, milliseconds_until(supervisor->term_due_ns));
    if (supervisor->kill_due_ns != 0)
        wait = soonest(wait, milliseconds_until(supervisor->kill_due_ns));
    if (supervisor->term_due_ns != 0 && supervisor->checkpoint_file[0] != '\0')
        wait = soonest(wait, LOOK_MILLISECONDS);
    *milliseconds = wait;
    return 1 + supervisor->client_count;
}

void pt_supervisor_act(void *state, const struct pollfd *fds, int count)
{
    struct pt_supervisor *supervisor = state;
    // From the last, since dropping one moves the last to its place.
    for (int i = count - 1; i >= 1; i--)
        if (fds[i].revents != 0 && !serve(supervisor, supervisor->clients[i - 1]))
            drop_client(supervisor, i - 1);
    if (fds[0].revents != 0)
        take_client(supervisor);
    if (is_ending(supervisor))
        continue_end(supervisor);
    else if (supervisor->has_duty && supervisor->state.phase == PT_JOB_RUNNING)
        pt_supervisor_turn_duty(supervisor);
}
