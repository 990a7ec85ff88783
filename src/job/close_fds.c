// See close_fds.h. Source: man 2 close_range (Linux 5.9).

#include "job/close_fds.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_one_by_one(unsigned from, unsigned to)
{
    long most = sysconf(_SC_OPEN_MAX);
    unsigned end = most > 0 && (unsigned long)most < to ? (unsigned)most : to;
    for (unsigned fd = from; fd <= end && fd < 1u << 20; fd++)
        close((int)fd);
}

static void close_from_to(unsigned from, unsigned to)
{
    if (from > to)
        return;
    if (syscall(SYS_close_range, from, to, 0) != 0)
        close_one_by_one(from, to);
}

void pt_close_behind_streams(int kept_fd, int kept_too_fd)
{
    unsigned low = (unsigned)(kept_fd < kept_too_fd ? kept_fd : kept_too_fd);
    unsigned high = (unsigned)(kept_fd < kept_too_fd ? kept_too_fd : kept_fd);
    if (low > 3)
        close_from_to(3, low - 1);
    close_from_to(low < 3 ? 3 : low + 1, high - 1);
    close_from_to(high < 3 ? 3 : high + 1, ~0u);
}

void pt_close_all_but(int kept_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        if (fd != kept_fd && (null < 0 || dup2(null, fd) < 0))
            close(fd);
    pt_close_behind_streams(kept_fd, kept_fd);
}
