// See phase_channel.h. Sources: man 7 unix (SO_PASSCRED, SO_PEERCRED, abstract names), man 7 pipe.

#include "meter/phase_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "meter/phase_lines.h"

enum {
    CONNECTIONS_MAX = 512,
    MESSAGE_SIZE = 8192,
    PIPE_BYTES = 256 * 1024,
    PAUSE_MS = 20,    // between two looks; longer than a pause of the scheduler
    MANY = 64,        // events in one look, from which on the next comes sooner
    TURN = 4096,      // events in one look, so that the meter need not wait for long
    FLOOD = 65536,    // events before a sample is divided: more come too fast
    OF_LISTENER = -1, // keys of epoll; a connection has its index
    OF_PIPE = -2,
    OF_STOP = -3,
};

struct pt_phase_channel {
    struct pt_phase_book *book;
    int listener, epoll, stop;
    int pipe, command_fd;
    char name[64]; // "@powertrain-..."
    pthread_t thread;
    bool has_thread, exported;
    pthread_mutex_t lock;        // of all below
    struct pt_phase_lines lines; // of the pipe
    struct {
        int fd; // -1: none
        int pid;
    } connections[CONNECTIONS_MAX];
    char buffer[MESSAGE_SIZE];
};

// ----------------------------------------------------------------------------------------- reading
static void say(void *state, const char *line, size_t length, int speaker)
{
    struct pt_phase_channel *channel = state;
    struct pt_phase_event event;
    if (line != NULL && pt_phase_event_parse(line, length, &event))
        pt_phase_book_say(channel->book, speaker, &event, pt_clock_monotonic(&pt_system_clock));
    else
        pt_phase_book_malformed(channel->book);
}

static void say_outside(void *state, const char *line, size_t length)
{
    say(state, line, length, PT_SPEAKER_OUTSIDE);
}

// All that could write have ended: there is nothing to wait for any more.
static bool read_pipe(struct pt_phase_channel *channel, int *events)
{
    ssize_t length = read(channel->pipe, channel->buffer, sizeof channel->buffer);
    if (length == 0)
        epoll_ctl(channel->epoll, EPOLL_CTL_DEL, channel->pipe, NULL);
    if (length > 0)
        *events += pt_phase_lines_feed(&channel->lines, channel->buffer, (size_t)length,
                                       say_outside, channel);
    return length > 0;
}

// A message may hold several lines; the last one of a message that was too long is cut off.
static int say_message(struct pt_phase_channel *channel, size_t length, bool cut, int speaker)
{
    const char *at = channel->buffer, *end = at + length;
    int count = 0;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        bool whole = line_end != NULL || !cut;
        size_t line_length = (size_t)((line_end != NULL ? line_end : end) - at);
        if (line_length > 0 || !whole) {
            bool fits = whole && line_length <= PT_PHASE_LINE_MAX;
            say(channel, fits ? at : NULL, line_length, speaker);
            count++;
        }
        at += line_length + 1;
    }
    return count;
}

// A process is gone when the last of its connections is.
static void hang_up(struct pt_phase_channel *channel, int index)
{
    int pid = channel->connections[index].pid;
    close(channel->connections[index].fd);
    channel->connections[index].fd = -1;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (channel->connections[i].fd >= 0 && channel->connections[i].pid == pid)
            return;
    pt_phase_book_hung_up(channel->book, pid, pt_clock_monotonic(&pt_system_clock));
}

// Who sent it; a process of another namespace that we cannot see is the one that connected.
static int sender_of(struct msghdr *message, int connected)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        struct ucred sender;
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS)
            continue;
        memcpy(&sender, CMSG_DATA(part), sizeof sender);
        if (sender.pid > 0)
            return sender.pid;
    }
    return connected;
}

static bool read_connection(struct pt_phase_channel *channel, int index, int *events)
{
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec part = {channel->buffer, sizeof channel->buffer};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length =
        recvmsg(channel->connections[index].fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length > 0)
        *events += say_message(channel, (size_t)length, (message.msg_flags & MSG_TRUNC) != 0,
                               sender_of(&message, channel->connections[index].pid));
    bool over = length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR);
    if (over)
        hang_up(channel, index);
    return length > 0 || over;
}

// Anybody on this machine may connect to an abstract name. We hear our own user, root, and if we
// are root, whoever the command became.
static bool is_welcome(int fd, int *ret_pid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    *ret_pid = peer.pid;
    return peer.uid == geteuid() || peer.uid == 0 || geteuid() == 0;
}

static int free_place(const struct pt_phase_channel *channel)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (channel->connections[i].fd < 0)
            return i;
    return -1;
}

static bool watch(struct pt_phase_channel *channel, int fd, int key)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = key};
    return epoll_ctl(channel->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool accept_one(struct pt_phase_channel *channel)
{
    int fd = accept4(channel->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), pid;
    int place = free_place(channel);
    if (fd < 0)
        return false; // no descriptor is left: it waits
    if (place < 0 || !is_welcome(fd, &pid) || !watch(channel, fd, place)) {
        pt_phase_book_dropped(channel->book, 1);
        close(fd);
        return true;
    }
    channel->connections[place].fd = fd;
    channel->connections[place].pid = pid;
    return true;
}

// Whether there was something.
static bool read_from(struct pt_phase_channel *channel, int key, int *events)
{
    if (key == OF_LISTENER)
        return accept_one(channel);
    if (key == OF_PIPE)
        return read_pipe(channel, events);
    return key >= 0 && channel->connections[key].fd >= 0 && read_connection(channel, key, events);
}

// Reads what is there, one message of each speaker in turn, up to a limit that only a flood meets.
// The number of events.
static int read_all(struct pt_phase_channel *channel, int limit)
{
    struct epoll_event ready[16];
    int events = 0;
    bool any = true;
    pthread_mutex_lock(&channel->lock);
    while (any && events < limit) {
        int count = epoll_wait(channel->epoll, ready, 16, 0);
        any = false;
        for (int i = 0; i < count; i++)
            any = read_from(channel, ready[i].data.fd, &events) || any;
    }
    pthread_mutex_unlock(&channel->lock);
    return events;
}

static void catch_up(void *state)
{
    read_all(state, FLOOD);
}

static bool is_stopping(const struct pt_phase_channel *channel)
{
    uint64_t unused;
    return read(channel->stop, &unused, sizeof unused) == (ssize_t)sizeof unused;
}

static void *read_until_stopped(void *argument)
{
    struct pt_phase_channel *channel = argument;
    struct epoll_event ready;
    while (!is_stopping(channel)) {
        if (epoll_wait(channel->epoll, &ready, 1, -1) < 0)
            continue;
        int events = read_all(channel, TURN);
        if (events >= TURN)
            continue;
        struct pollfd stop = {channel->stop, POLLIN, 0}; // a pause that whoever stops us ends
        poll(&stop, 1, events < MANY ? PAUSE_MS : 1);
    }
    return NULL;
}

// ----------------------------------------------------------------------------------------- opening
static enum pt_status open_socket(struct pt_phase_channel *channel, struct pt_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    uint64_t random;
    int yes = 1;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return pt_fail_errno(error, errno, "phases: no random number for the name of the socket");
    int length = snprintf(channel->name, sizeof channel->name, "@powertrain-%d-%016llx", getpid(),
                          (unsigned long long)random);
    memcpy(address.sun_path + 1, channel->name + 1, (size_t)length - 1);
    channel->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length);
    if (channel->listener < 0 ||
        setsockopt(channel->listener, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0 ||
        bind(channel->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(channel->listener, CONNECTIONS_MAX) != 0)
        return pt_fail_errno(error, errno, "phases: the socket %s", channel->name);
    return PT_OK;
}

// A descriptor of one digit, which every shell can name; scripts like 3 and 9 for themselves.
static int low_copy(int fd)
{
    for (int wanted = 8; wanted > 2; wanted--)
        if (fcntl(wanted, F_GETFD) < 0)
            return dup2(fd, wanted);
    return fcntl(fd, F_DUPFD, 3);
}

// The command's end also reads, where /proc lets us open it so.
static enum pt_status open_pipe(struct pt_phase_channel *channel, struct pt_error *error)
{
    int ends[2];
    char path[64];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return pt_fail_errno(error, errno, "phases: no pipe for the command");
    channel->pipe = ends[0];
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); // as it is, if the system grants no more
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    int both = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    channel->command_fd = low_copy(both >= 0 ? both : ends[1]);
    int number = errno;
    close(ends[1]);
    if (both >= 0)
        close(both);
    return channel->command_fd >= 0
               ? PT_OK
               : pt_fail_errno(error, number, "phases: no descriptor for the command");
}

static enum pt_status open_watch(struct pt_phase_channel *channel, struct pt_error *error)
{
    channel->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    channel->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (channel->stop < 0 || channel->epoll < 0 || !watch(channel, channel->stop, OF_STOP) ||
        !watch(channel, channel->listener, OF_LISTENER) || !watch(channel, channel->pipe, OF_PIPE))
        return pt_fail_errno(error, errno, "phases: cannot wait for what the command says");
    return PT_OK;
}

enum pt_status pt_phase_channel_open(struct pt_phase_book *book,
                                     struct pt_phase_channel **ret_channel, struct pt_error *error)
{
    struct pt_phase_channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return pt_fail(error, PT_NO_MEMORY, "phases: out of memory");
    channel->book = book;
    channel->listener = channel->epoll = channel->stop = channel->pipe = channel->command_fd = -1;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        channel->connections[i].fd = -1;
    pthread_mutex_init(&channel->lock, NULL);
    enum pt_status status = open_socket(channel, error);
    if (status == PT_OK)
        status = open_pipe(channel, error);
    if (status == PT_OK)
        status = open_watch(channel, error);
    if (status != PT_OK) {
        pt_phase_channel_close(channel);
        return status;
    }
    book->catch_up = catch_up;
    book->state = channel;
    *ret_channel = channel;
    return PT_OK;
}

enum pt_status pt_phase_channel_export(struct pt_phase_channel *channel, struct pt_error *error)
{
    char number[16];
    snprintf(number, sizeof number, "%d", channel->command_fd);
    if (setenv(PT_PHASE_SOCKET_VARIABLE, channel->name, 1) != 0 ||
        setenv(PT_PHASE_FD_VARIABLE, number, 1) != 0)
        return pt_fail(error, PT_NO_MEMORY, "phases: no room in the environment");
    channel->exported = true;
    return PT_OK;
}

const char *pt_phase_channel_name(const struct pt_phase_channel *channel)
{
    return channel->name;
}

int pt_phase_channel_fd(const struct pt_phase_channel *channel)
{
    return channel->command_fd;
}

// -------------------------------------------------------------------------------- start and close
static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void take_back(struct pt_phase_channel *channel)
{
    close_fd(&channel->command_fd);
    if (!channel->exported)
        return;
    unsetenv(PT_PHASE_SOCKET_VARIABLE);
    unsetenv(PT_PHASE_FD_VARIABLE);
    channel->exported = false;
}

// Signals belong to the threads that the program has besides ours.
enum pt_status pt_phase_channel_start(struct pt_phase_channel *channel, struct pt_error *error)
{
    sigset_t all, before;
    take_back(channel);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&channel->thread, NULL, read_until_stopped, channel);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        return pt_fail_errno(error, number, "phases: cannot start a thread");
    channel->has_thread = true;
    return PT_OK;
}

static void stop_thread(struct pt_phase_channel *channel)
{
    uint64_t one = 1;
    if (!channel->has_thread)
        return;
    // An eventfd that is 0 has room for 1.
    if (write(channel->stop, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
    pthread_join(channel->thread, NULL);
    channel->has_thread = false;
}

void pt_phase_channel_close(struct pt_phase_channel *channel)
{
    if (channel == NULL)
        return;
    stop_thread(channel);
    if (channel->epoll >= 0) {
        read_all(channel, FLOOD);
        channel->book->catch_up = NULL;
    }
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        close_fd(&channel->connections[i].fd);
    take_back(channel);
    close_fd(&channel->listener);
    close_fd(&channel->pipe);
    close_fd(&channel->epoll);
    close_fd(&channel->stop);
    pthread_mutex_destroy(&channel->lock);
    free(channel);
}
