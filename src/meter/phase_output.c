// See phase_output.h. Sources: man 7 pty, man 4 tty_ioctl (TIOCGWINSZ), man 2 kcmp.

#include "meter/phase_output.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum { STREAMS = 2, BLOCK_SIZE = 65536, LAST_WORDS_MS = 20 };

struct stream {
    int number;      // 1 or 2
    int target;      // a copy of what it was; -1: not ours
    int source;      // where we read what the command writes; -1: closed
    int command_end; // what the command writes to; -1 once it has it
    bool is_terminal;
    bool ended; // nobody can write any more, or nobody reads
    pthread_t thread;
    bool has_thread;
    struct pt_phase_output *output;
    struct pt_phase_scanner scanner;
    char block[BLOCK_SIZE];
};

struct pt_phase_output {
    struct pt_phase_book *book;
    struct pt_phase_patterns *patterns;
    pthread_mutex_t lock; // of the patterns, whose memory is one for both
    int stop;
    bool diverted, together; // together: both go into the first
    struct stream streams[STREAMS];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// ----------------------------------------------------------------------------------- window size
// A handler knows no more than this.
static volatile sig_atomic_t terminal_fd = -1, pseudo_fd = -1;
static struct sigaction action_before;
static bool watches;

// The command got the signal itself, from the terminal.
static void pass_size_on(int unused)
{
    struct winsize size;
    int number = errno;
    (void)unused;
    if (ioctl(terminal_fd, TIOCGWINSZ, &size) == 0)
        ioctl(pseudo_fd, TIOCSWINSZ, &size);
    errno = number;
}

static void watch_size(const struct stream *stream)
{
    struct sigaction action = {.sa_handler = pass_size_on, .sa_flags = SA_RESTART};
    terminal_fd = stream->target;
    pseudo_fd = stream->source;
    sigaction(SIGWINCH, &action, &action_before);
    watches = true;
    pass_size_on(0);
}

static void unwatch_size(void)
{
    if (watches)
        sigaction(SIGWINCH, &action_before, NULL);
    watches = false;
    terminal_fd = pseudo_fd = -1;
}

// ----------------------------------------------------------------------------------------- opening
static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

// As after 2>&1, or one terminal: then the order of what is written to both must not change.
static bool are_same(int a, int b)
{
    struct stat of_a, of_b;
    long same = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b);
    if (same == 0)
        return true;
    if (fstat(a, &of_a) != 0 || fstat(b, &of_b) != 0)
        return false;
    bool one_file = of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    return one_file && (same < 0 || (isatty(a) == 1 && isatty(b) == 1));
}

// What the command writes arrives as it wrote it: the real terminal makes of it what it would have.
static void make_transparent(int slave, int target)
{
    struct termios settings;
    if (tcgetattr(target, &settings) != 0)
        return;
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    tcsetattr(slave, TCSANOW, &settings);
}

static enum pt_status open_terminal(struct stream *stream, struct pt_error *error)
{
    char path[64];
    struct winsize size;
    stream->source = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (stream->source < 0 || grantpt(stream->source) != 0 || unlockpt(stream->source) != 0 ||
        ptsname_r(stream->source, path, sizeof path) != 0)
        return pt_fail_errno(error, errno, "--phase-regex: no pseudo-terminal for the command");
    stream->command_end = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (stream->command_end < 0)
        return pt_fail_errno(error, errno, "--phase-regex: %s", path);
    stream->is_terminal = true;
    make_transparent(stream->command_end, stream->target);
    if (ioctl(stream->target, TIOCGWINSZ, &size) == 0)
        ioctl(stream->source, TIOCSWINSZ, &size);
    return PT_OK;
}

static enum pt_status open_stream(struct stream *stream, struct pt_error *error)
{
    int ends[2];
    stream->target = fcntl(stream->number, F_DUPFD_CLOEXEC, 10);
    if (stream->target < 0)
        return pt_fail_errno(error, errno, "--phase-regex: no descriptor");
    if (isatty(stream->target))
        return open_terminal(stream, error);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pt_fail_errno(error, errno, "--phase-regex: no pipe for the command");
    stream->source = ends[0];
    stream->command_end = ends[1];
    return PT_OK;
}

static void found(void *state, const char *name, int64_t time_ns)
{
    const struct stream *stream = state;
    struct pt_phase_event event = {.verb = PT_SAYS_PHASE, .time_ns = time_ns};
    memcpy(event.text, name, PT_PHASE_NAME_SIZE);
    pt_phase_book_say(stream->output->book, PT_SPEAKER_OUTSIDE, &event,
                      pt_clock_monotonic(&pt_system_clock));
}

static void init_stream(struct pt_phase_output *output, int index)
{
    struct stream *stream = &output->streams[index];
    stream->output = output;
    stream->number = index + 1;
    stream->target = stream->source = stream->command_end = -1;
    stream->scanner.patterns = output->patterns;
    stream->scanner.take = found;
    stream->scanner.state = stream;
}

enum pt_status pt_phase_output_open(struct pt_phase_book *book, struct pt_phase_patterns *patterns,
                                    struct pt_phase_output **ret_output, struct pt_error *error)
{
    struct pt_phase_output *output = calloc(1, sizeof *output);
    enum pt_status status = PT_OK;
    if (output == NULL)
        return pt_fail(error, PT_NO_MEMORY, "--phase-regex: out of memory");
    output->book = book;
    output->patterns = patterns;
    pthread_mutex_init(&output->lock, NULL);
    for (int i = 0; i < STREAMS; i++)
        init_stream(output, i);
    output->stop = eventfd(0, EFD_CLOEXEC);
    if (output->stop < 0)
        status = pt_fail_errno(error, errno, "--phase-regex: no descriptor");
    output->together = is_open(1) && is_open(2) && are_same(1, 2);
    for (int i = 0; i < STREAMS && status == PT_OK; i++)
        if (is_open(i + 1) && !(i == 1 && output->together))
            status = open_stream(&output->streams[i], error);
    if (status != PT_OK) {
        pt_phase_output_close(output);
        return status;
    }
    *ret_output = output;
    return PT_OK;
}

// --------------------------------------------------------------------------------------- diverting
enum pt_status pt_phase_output_divert(struct pt_phase_output *output, struct pt_error *error)
{
    struct stream *first = &output->streams[0], *second = &output->streams[1];
    output->diverted = true;
    if ((first->source >= 0 && dup2(first->command_end, 1) < 0) ||
        (output->together && dup2(first->command_end, 2) < 0) ||
        (second->source >= 0 && dup2(second->command_end, 2) < 0)) {
        int number = errno;
        pt_phase_output_restore(output);
        return pt_fail_errno(error, number, "--phase-regex: the command's output");
    }
    return PT_OK;
}

void pt_phase_output_restore(struct pt_phase_output *output)
{
    if (!output->diverted)
        return;
    for (int i = 0; i < STREAMS; i++) {
        struct stream *stream = &output->streams[i];
        if (stream->target >= 0)
            dup2(stream->target, stream->number);
        close_fd(&stream->command_end);
    }
    if (output->together)
        dup2(output->streams[0].target, 2);
    output->diverted = false;
}

// --------------------------------------------------------------------------------------- passing
// on False if nobody reads it any more. Safe in a process that was forked.
static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            poll(&wait, 1, -1); // somebody made the terminal non-blocking
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

// The length; 0: the end.
static size_t read_some(int fd, char *block)
{
    ssize_t length;
    do
        length = read(fd, block, BLOCK_SIZE);
    while (length < 0 && errno == EINTR);
    return length > 0 ? (size_t)length : 0; // EIO: the other end of a pseudo-terminal is closed
}

// Whether there is something to read; once the command has ended that must come soon. A terminal
// hands on what was written to it a little later.
static bool wait_for_more(struct stream *stream)
{
    struct pollfd waits[] = {{.fd = stream->source, .events = POLLIN},
                             {.fd = stream->output->stop, .events = POLLIN}};
    while (poll(waits, 2, -1) < 0 && errno == EINTR)
        continue;
    if (waits[0].revents == 0)
        poll(waits, 1, LAST_WORDS_MS);
    return waits[0].revents != 0;
}

static void *pass_on(void *argument)
{
    struct stream *stream = argument;
    while (wait_for_more(stream)) {
        size_t length = read_some(stream->source, stream->block);
        int64_t now = pt_clock_monotonic(&pt_system_clock);
        stream->ended = length == 0 || !write_all(stream->target, stream->block, length);
        pthread_mutex_lock(&stream->output->lock);
        pt_phase_scanner_feed(&stream->scanner, stream->block, length, now);
        pthread_mutex_unlock(&stream->output->lock);
        if (stream->ended)
            break;
    }
    pthread_mutex_lock(&stream->output->lock);
    pt_phase_scanner_end(&stream->scanner);
    pthread_mutex_unlock(&stream->output->lock);
    if (stream->ended && pseudo_fd == stream->source)
        pseudo_fd = -1;
    if (stream->ended) // the command's next write fails as it would have without us
        close_fd(&stream->source);
    return NULL;
}

enum pt_status pt_phase_output_start(struct pt_phase_output *output, struct pt_error *error)
{
    sigset_t all, before;
    int number = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < STREAMS && number == 0; i++) {
        struct stream *stream = &output->streams[i];
        if (stream->source < 0)
            continue;
        number = pthread_create(&stream->thread, NULL, pass_on, stream);
        stream->has_thread = number == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < STREAMS; i++)
        if (output->streams[i].is_terminal && !watches)
            watch_size(&output->streams[i]);
    return number == 0 ? PT_OK
                       : pt_fail_errno(error, number, "--phase-regex: cannot start a thread");
}

// A process of its own, which ends when nobody can write any more.
static void leave_behind(struct stream *stream)
{
    if (fork() != 0) // if it fails, what is left behind meets a closed pipe
        return;
    dup2(stream->source, 0);
    dup2(stream->target, 1);
    syscall(SYS_close_range, 2U, ~0U, 0U);
    for (;;) {
        size_t length = read_some(0, stream->block);
        if (length == 0 || !write_all(1, stream->block, length))
            _exit(0);
    }
}

void pt_phase_output_finish(struct pt_phase_output *output)
{
    uint64_t one = 1;
    pt_phase_output_restore(output);
    if (write(output->stop, &one, sizeof one) != (ssize_t)sizeof one)
        abort(); // an eventfd that is 0 has room for 1
    for (int i = 0; i < STREAMS; i++) {
        struct stream *stream = &output->streams[i];
        if (!stream->has_thread)
            continue;
        pthread_join(stream->thread, NULL);
        stream->has_thread = false;
        if (!stream->ended)
            leave_behind(stream);
    }
    unwatch_size();
}

void pt_phase_output_close(struct pt_phase_output *output)
{
    if (output == NULL)
        return;
    pt_phase_output_restore(output);
    for (int i = 0; i < STREAMS; i++) {
        close_fd(&output->streams[i].command_end);
        close_fd(&output->streams[i].source);
        close_fd(&output->streams[i].target);
    }
    close_fd(&output->stop);
    pthread_mutex_destroy(&output->lock);
    free(output);
}
