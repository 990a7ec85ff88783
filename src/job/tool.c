// See tool.h.

#include "job/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/helper_process.h"

enum { TEXT_LIMIT = 8 << 20, VARIABLES_MAX = 65536 };

extern char **environ;

struct stream {
    int fd; // -1: it is closed
    char *bytes;
    size_t length, capacity;
};

struct run {
    const struct pt_tool *tool;
    int pid;
    struct stream streams[2]; // stdout, stderr
};

// ----------------------------------------------------------------------------------- environment
static bool is_kept(const struct pt_tool *tool, const char *variable)
{
    if (tool->unset_prefix != NULL &&
        strncmp(variable, tool->unset_prefix, strlen(tool->unset_prefix)) == 0)
        return false;
    for (int i = 0; tool->set != NULL && tool->set[i] != NULL; i++) {
        size_t name = strcspn(tool->set[i], "=") + 1;
        if (strncmp(variable, tool->set[i], name) == 0)
            return false;
    }
    return true;
}

static char **make_environment(struct pt_arena *arena, const struct pt_tool *tool)
{
    size_t count = 0, kept = 0;
    while (environ != NULL && environ[count] != NULL && count < VARIABLES_MAX)
        count++;
    size_t added = 0;
    while (tool->set != NULL && tool->set[added] != NULL)
        added++;
    char **variables = pt_arena_alloc(arena, count + added + 1, sizeof *variables);
    if (variables == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (is_kept(tool, environ[i]))
            variables[kept++] = environ[i];
    for (size_t i = 0; i < added; i++)
        variables[kept++] = (char *)tool->set[i];
    return variables;
}

// ----------------------------------------------------------------------------------------- start
static int add_actions(posix_spawn_file_actions_t *actions, const struct pt_tool *tool,
                       const int outputs[2])
{
    int number = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < 2 && number == 0; i++)
        number = posix_spawn_file_actions_adddup2(actions, outputs[i], i + 1);
    if (number == 0 && tool->directory != NULL)
        number = posix_spawn_file_actions_addchdir_np(actions, tool->directory);
    return number;
}

// Its own group, so that Ctrl-C does not end it and what it started ends with it.
static int spawn(struct run *run, char **variables, const int outputs[2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    int number = posix_spawn_file_actions_init(&actions);
    if (number != 0)
        return number;
    number = posix_spawnattr_init(&attributes);
    if (number == 0) {
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &usual);
        number = add_actions(&actions, run->tool, outputs);
        if (number == 0)
            number = posix_spawnp(&run->pid, run->tool->words[0], &actions, &attributes,
                                  (char *const *)run->tool->words, variables);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

static int spawn_helper(struct run *run, char **variables, const int outputs[2])
{
    if (!pt_helper_begin())
        return EAGAIN;
    int number = spawn(run, variables, outputs);
    pt_helper_begun(number == 0 ? run->pid : 0);
    return number;
}

static enum pt_status start(struct run *run, struct pt_arena *arena, struct pt_error *error)
{
    const char *name = run->tool->words[0];
    int ends[2][2] = {{-1, -1}, {-1, -1}};
    char **variables = make_environment(arena, run->tool);
    if (variables == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to run %s", name);
    int number = 0;
    for (int i = 0; i < 2 && number == 0; i++)
        number = pipe2(ends[i], O_CLOEXEC) != 0 ? errno : 0;
    if (number == 0)
        number = spawn_helper(run, variables, (const int[]){ends[0][1], ends[1][1]});
    for (int i = 0; i < 2; i++) {
        if (ends[i][1] >= 0)
            close(ends[i][1]);
        run->streams[i].fd = ends[i][0];
    }
    if (number == 0)
        return PT_OK;
    run->pid = 0;
    if (number == ENOENT)
        return pt_fail(error, PT_UNAVAILABLE, "there is no program %s in PATH%s%s", name,
                       run->tool->directory != NULL ? ", or no folder " : "",
                       run->tool->directory != NULL ? run->tool->directory : "");
    return pt_fail_errno(error, number, "cannot run %s", name);
}

// --------------------------------------------------------------------------------------- reading
// False: no memory, or too much.
static bool take(struct stream *stream)
{
    if (stream->length + 1 >= stream->capacity) {
        size_t capacity = stream->capacity == 0 ? 4096 : stream->capacity * 2;
        char *bytes = capacity <= TEXT_LIMIT ? realloc(stream->bytes, capacity) : NULL;
        if (bytes == NULL)
            return false;
        stream->bytes = bytes;
        stream->capacity = capacity;
    }
    ssize_t count =
        read(stream->fd, stream->bytes + stream->length, stream->capacity - stream->length - 1);
    if (count > 0) {
        stream->length += (size_t)count;
    } else if (count == 0 || errno != EINTR) {
        close(stream->fd);
        stream->fd = -1;
    }
    return true;
}

static int64_t now_ns(void)
{
    return pt_clock_monotonic(&pt_system_clock);
}

static enum pt_status read_all(struct run *run, int64_t end_ns, struct pt_error *error)
{
    struct stream *streams = run->streams;
    const char *name = run->tool->words[0];
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        int64_t left_ms = (end_ns - now_ns()) / 1000000;
        struct pollfd fds[2] = {{.fd = streams[0].fd, .events = POLLIN},
                                {.fd = streams[1].fd, .events = POLLIN}};
        if (left_ms <= 0)
            return pt_fail(error, PT_IO, "%s did not end within %g s", name, run->tool->seconds);
        if (poll(fds, 2, left_ms > 1000000 ? 1000000 : (int)left_ms) < 0 && errno != EINTR)
            return pt_fail_errno(error, errno, "cannot wait for %s", name);
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents != 0 && !take(&streams[i]))
                return pt_fail(error, PT_IO, "%s prints more than %d bytes, or memory is short",
                               name, TEXT_LIMIT);
    }
    return PT_OK;
}

// It has closed its output, or is not wanted any more.
static enum pt_status reap(struct run *run, int64_t end_ns, int *ret_wait, struct pt_error *error)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    int pid;
    while ((pid = waitpid(run->pid, ret_wait, WNOHANG)) == 0 && now_ns() < end_ns)
        nanosleep(&pause, NULL);
    enum pt_status status = PT_OK;
    if (pid != run->pid) {
        status = pt_fail(error, PT_IO, "%s did not end within %g s", run->tool->words[0],
                         run->tool->seconds);
        kill(-run->pid, SIGKILL);
        while (waitpid(run->pid, ret_wait, 0) < 0 && errno == EINTR)
            continue;
    }
    pt_helper_ended(run->pid);
    return status;
}

static enum pt_status keep(struct run *run, struct pt_arena *arena, int wait_status,
                           struct pt_tool_output *ret_output, struct pt_error *error)
{
    struct stream *out = &run->streams[0], *complaint = &run->streams[1];
    while (out->length > 0 && out->bytes[out->length - 1] == '\n')
        out->length--;
    char *text = pt_arena_strndup(arena, out->length > 0 ? out->bytes : "", out->length);
    size_t first = 0;
    while (first < complaint->length && complaint->bytes[first] != '\n')
        first++;
    char *line = pt_arena_strndup(arena, first > 0 ? complaint->bytes : "", first);
    if (text == NULL || line == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for what %s printed", run->tool->words[0]);
    *ret_output = (struct pt_tool_output){
        .exit_status =
            WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status),
        .text = text,
        .length = strlen(text),
        .complaint = line,
    };
    return PT_OK;
}

enum pt_status pt_tool_run(struct pt_arena *arena, const struct pt_tool *tool,
                           struct pt_tool_output *ret_output, struct pt_error *error)
{
    struct run run = {.tool = tool, .streams = {{.fd = -1}, {.fd = -1}}};
    int64_t end_ns = now_ns() + (int64_t)(tool->seconds * 1e9);
    int wait_status = 0;
    enum pt_status status = start(&run, arena, error);
    if (status == PT_OK) {
        status = read_all(&run, end_ns, error);
        enum pt_status ended =
            reap(&run, status == PT_OK ? end_ns : 0, &wait_status, status == PT_OK ? error : NULL);
        status = status == PT_OK ? ended : status;
    }
    if (status == PT_OK)
        status = keep(&run, arena, wait_status, ret_output, error);
    for (int i = 0; i < 2; i++) {
        if (run.streams[i].fd >= 0)
            close(run.streams[i].fd);
        free(run.streams[i].bytes);
    }
    return status;
}
