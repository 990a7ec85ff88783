// See supervisor.h: the socket, from both ends.
//
// A path in a socket's address has 107 characters; the way through /proc/self/fd makes any folder
// fit.

#include "job/supervisor_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/node.h"

enum { ANSWER_MILLISECONDS = 30000 };

static enum pt_status open_socket(const char *folder, const char *id, int *ret_fd,
                                  int *ret_folder_fd, struct sockaddr_un *address,
                                  struct pt_error *error)
{
    int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0)
        return pt_fail_errno(error, errno, "the folder of the jobs, %s", folder);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        int number = errno;
        close(folder_fd);
        return pt_fail_errno(error, number, "no socket for the supervisor of job %s", id);
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%.63s.sock", folder_fd,
             id);
    *ret_fd = fd;
    *ret_folder_fd = folder_fd;
    return PT_OK;
}

// Who listens holds the lock of the job, so what stands at the name is of a dead supervisor.
enum pt_status pt_supervisor_listen(const char *folder, const char *id, int *ret_fd,
                                    struct pt_error *error)
{
    struct sockaddr_un address;
    int fd = -1, folder_fd = -1;
    enum pt_status status = open_socket(folder, id, &fd, &folder_fd, &address, error);
    if (status != PT_OK)
        return status;
    unlink(address.sun_path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(address.sun_path, 0600) != 0 || listen(fd, PT_SUPERVISOR_CLIENTS_MAX) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        status = pt_fail_errno(error, errno, "cannot listen at %s/%s.sock", folder, id);
    close(folder_fd);
    if (status == PT_OK)
        *ret_fd = fd;
    else
        close(fd);
    return status;
}

enum pt_status pt_supervisor_connect(const char *folder, const char *id, int *ret_fd,
                                     struct pt_error *error)
{
    struct sockaddr_un address;
    int fd = -1, folder_fd = -1;
    enum pt_status status = open_socket(folder, id, &fd, &folder_fd, &address, error);
    if (status != PT_OK)
        return status;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        status =
            pt_fail(error, PT_UNAVAILABLE, "job %s has no supervisor: %s", id, strerror(errno));
    close(folder_fd);
    if (status == PT_OK)
        *ret_fd = fd;
    else
        close(fd);
    return status;
}

static enum pt_status ended(struct pt_error *error)
{
    return pt_fail(error, PT_INTERRUPTED, "the supervisor of the job has ended");
}

// The next packet but "changed".
static enum pt_status receive(int fd, char answer[PT_SUPERVISOR_PACKET], struct pt_error *error)
{
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int ready = poll(&poller, 1, ANSWER_MILLISECONDS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return pt_fail(error, PT_BUSY, "the supervisor of the job does not answer within %d s",
                           ANSWER_MILLISECONDS / 1000);
        ssize_t length = recv(fd, answer, PT_SUPERVISOR_PACKET - 1, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return ended(error);
        answer[length] = '\0';
        if (strcmp(answer, "changed") != 0)
            return PT_OK;
    }
}

static enum pt_status exchange(int fd, const char *order, char answer[PT_SUPERVISOR_PACKET],
                               struct pt_error *error)
{
    if (send(fd, order, strlen(order), MSG_NOSIGNAL) < 0)
        return ended(error);
    return receive(fd, answer, error);
}

enum pt_status pt_supervisor_order(int fd, struct pt_error *error, const char *format, ...)
{
    char order[PT_SUPERVISOR_PACKET], answer[PT_SUPERVISOR_PACKET];
    int said, used = 0;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(order, sizeof order, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof order)
        return pt_fail(error, PT_BAD_INPUT, "an order of %d characters is too long", length);
    enum pt_status status = exchange(fd, order, answer, error);
    if (status != PT_OK || strncmp(answer, "ok", 2) == 0)
        return status;
    if (sscanf(answer, "fail %d %n", &said, &used) != 1 || said <= PT_OK || said > PT_UNSUPPORTED)
        return pt_fail(error, PT_CORRUPT, "the supervisor of the job answers \"%.60s\"", answer);
    return pt_fail(error, (enum pt_status)said, "%.500s", answer + used);
}

enum pt_status pt_supervisor_ask(int fd, struct pt_job_state *state, struct pt_error *error)
{
    char answer[PT_SUPERVISOR_PACKET];
    struct pt_job_state seen;
    enum pt_status status = exchange(fd, "view", answer, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to ask the supervisor");
    status = pt_job_state_parse(arena, answer, strlen(answer), "supervisor", &seen, error);
    if (status == PT_OK) {
        seen.command = state->command;
        seen.resume_command = state->resume_command;
        seen.directory = state->directory;
        *state = seen;
    }
    pt_arena_destroy(arena);
    return status;
}

void pt_supervisor_wait(int fd, double seconds)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    char packet[16];
    double milliseconds = seconds * 1e3;
    if (poll(&poller, 1, milliseconds > 1e6 ? 1000000 : (int)milliseconds) > 0 &&
        recv(fd, packet, sizeof packet, MSG_DONTWAIT) <= 0)
        return; // ended; who asks next is told
}
