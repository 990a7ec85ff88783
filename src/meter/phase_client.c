// The side of the program that is metered: pt_phase and its siblings of powertrain.h.
//
// One connection for each process: a child that was forked makes its own, so that the meter can
// tell who has ended. What the socket has no room for is not sent, but counted, and the next line
// that is sent says how many were lost.

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "meter/phase_channel.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of all below
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    int fd; // -1: nobody listens to this name
    int pid;
    char name[sizeof((struct sockaddr_un *)0)->sun_path];
    int64_t lost;
} client = {.fd = -1};

static void lock_it(void)
{
    pthread_mutex_lock(&lock);
}

static void unlock_it(void)
{
    pthread_mutex_unlock(&lock);
}

// A child never finds the lock taken by a thread that it does not have.
static void prepare_for_forks(void)
{
    pthread_atfork(lock_it, unlock_it, unlock_it);
}

static void connect_to(const char *name)
{
    enum { ROOM = 512 * 1024 };
    const int bytes = ROOM;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (client.fd >= 0)
        close(client.fd);
    client.fd = -1;
    client.pid = getpid();
    client.lost = 0;
    client.name[0] = '\0';
    if (name[0] != '@' || length >= sizeof client.name)
        return;
    memcpy(client.name, name, length + 1);
    memcpy(address.sun_path + 1, name + 1, length - 1);
    client.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (client.fd < 0)
        return;
    setsockopt(client.fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes); // as much as is granted
    if (connect(client.fd, (struct sockaddr *)&address, size) == 0)
        return;
    close(client.fd);
    client.fd = -1;
}

static bool send_line(const char *line)
{
    char text[PT_PHASE_LINE_MAX + 128];
    int length = 0;
    if (client.lost > 0)
        length = snprintf(text, sizeof text, "dropped %lld\n", (long long)client.lost);
    length +=
        snprintf(text + length, sizeof text - (size_t)length, "@%lld %.*s",
                 (long long)pt_clock_monotonic(&pt_system_clock), PT_PHASE_LINE_MAX - 64, line);
    if (send(client.fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) == length) {
        client.lost = 0;
        return true;
    }
    client.lost++;
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM)
        return false;
    close(client.fd); // the meter is gone; its name does not come back
    client.fd = -1;
    return false;
}

bool pt_phase_say(const char *line)
{
    const char *name = getenv(PT_PHASE_SOCKET_VARIABLE);
    bool sent = false;
    if (name == NULL || line == NULL || line[0] == '\0' || strchr(line, '\n') != NULL)
        return false;
    pthread_once(&once, prepare_for_forks);
    pthread_mutex_lock(&lock);
    if (client.pid != getpid() || strcmp(client.name, name) != 0)
        connect_to(name);
    if (client.fd >= 0)
        sent = send_line(line);
    pthread_mutex_unlock(&lock);
    return sent;
}

static bool say(const char *verb, const char *name)
{
    char clean[PT_PHASE_NAME_SIZE] = "", line[PT_PHASE_NAME_SIZE + 16];
    if (name != NULL)
        pt_phase_name_clean(name, strlen(name), clean, sizeof clean);
    snprintf(line, sizeof line, "%s %s", verb, clean);
    return pt_phase_say(line);
}

bool pt_phase(const char *name)
{
    return say("phase", name);
}

bool pt_phase_begin(const char *name)
{
    return name != NULL && say("begin", name);
}

bool pt_phase_end(const char *name)
{
    return say("end", name);
}
