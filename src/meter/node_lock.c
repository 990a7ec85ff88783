// See node_lock.h. Source: man 7 unix, "Abstract namespace is automatic", SO_PEERCRED.

#include "meter/node_lock.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

// A job's key may be longer than a name of a socket: what is cut off is in the checksums.
void pt_node_lock_init(struct pt_node_lock *lock, const char *boot_id, const char *key)
{
    unsigned long length = strlen(key);
    lock->fd = -1;
    lock->name[0] = '\0';
    if (key[0] != '\0')
        snprintf(lock->name, sizeof lock->name, "powertrain/%.8s/%u/%.40s/%08lx%08lx", boot_id,
                 (unsigned)geteuid(), key, crc32(0, (const Bytef *)key, (uInt)length),
                 adler32(1, (const Bytef *)key, (uInt)length));
}

static socklen_t address_of(const struct pt_node_lock *lock, struct sockaddr_un *address)
{
    size_t length = strnlen(lock->name, sizeof address->sun_path - 1);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path + 1, lock->name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int holder_of(const struct pt_node_lock *lock)
{
    struct sockaddr_un address;
    struct ucred holder = {0};
    socklen_t size = sizeof holder;
    socklen_t length = address_of(lock, &address);
    int fd = open_socket();
    if (fd < 0)
        return 0;
    if (connect(fd, (struct sockaddr *)&address, length) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &holder, &size) != 0)
        holder.pid = 0;
    close(fd);
    return holder.pid;
}

bool pt_node_lock_try(struct pt_node_lock *lock, int *ret_pid)
{
    struct sockaddr_un address;
    *ret_pid = 0;
    if (lock->name[0] == '\0' || lock->fd >= 0)
        return true;
    int fd = open_socket();
    if (fd < 0)
        return true; // nobody can be asked: rather counted by two, which a merge finds, than by
                     // none
    socklen_t length = address_of(lock, &address);
    if (bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 8) == 0) {
        lock->fd = fd;
        return true;
    }
    bool taken = errno == EADDRINUSE;
    close(fd);
    if (taken)
        *ret_pid = holder_of(lock);
    return !taken;
}

void pt_node_lock_close(struct pt_node_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}
