// Files read whole, and where they live.

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_some(int fd, char *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum pt_status fail_too_large(struct pt_error *error, const char *path, int64_t size,
                                     size_t limit)
{
    return pt_fail(error, PT_OVERFLOW, "%s: %lld bytes are too large; at most %zu are read", path,
                   (long long)size, limit);
}

// Opens without waiting for the other end of a FIFO, and accepts only regular files.
static enum pt_status open_regular(const char *path, int *ret_fd, struct stat *ret_info,
                                   struct pt_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return pt_fail_errno(error, errno, "cannot open %s", path);
    enum pt_status status = PT_OK;
    if (fstat(fd, ret_info) != 0)
        status = pt_fail_errno(error, errno, "cannot examine %s", path);
    else if (S_ISDIR(ret_info->st_mode))
        status = pt_fail(error, PT_BAD_INPUT,
                         "%s is a directory and no regular file; a file is needed", path);
    else if (!S_ISREG(ret_info->st_mode))
        status = pt_fail(error, PT_BAD_INPUT,
                         "%s is a device, pipe or socket; a regular file is needed", path);
    if (status != PT_OK)
        close(fd);
    else
        *ret_fd = fd;
    return status;
}

// Reads until the end: files of /sys and /proc say that they have 4096 or 0 bytes, whatever they
// hold, so the size is only a hint for the first allocation.
static enum pt_status read_all(struct pt_arena *arena, int fd, const char *path, size_t hint,
                               size_t limit, char **ret_bytes, size_t *ret_length,
                               struct pt_error *error)
{
    size_t capacity = hint < limit ? hint : limit, length = 0;
    char *bytes = pt_arena_alloc(arena, capacity + 1, 1); // one more, to see the end
    for (;;) {
        if (bytes == NULL)
            return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %zu bytes", path, capacity);
        ssize_t got = read_some(fd, bytes + length, capacity + 1 - length);
        if (got < 0)
            return pt_fail_errno(error, errno, "cannot read %s", path);
        if (got == 0)
            break;
        length += (size_t)got;
        if (length > limit)
            return fail_too_large(error, path, (int64_t)length, limit);
        if (length > capacity) {
            char *old = bytes;
            capacity = capacity < limit / 2 ? 2 * capacity : limit;
            bytes = pt_arena_alloc(arena, capacity + 1, 1);
            if (bytes != NULL)
                memcpy(bytes, old, length);
        }
    }
    bytes[length] = '\0';
    *ret_bytes = bytes;
    *ret_length = length;
    return PT_OK;
}

enum pt_status pt_file_map(const char *path, const void **ret_bytes, size_t *ret_length,
                           struct pt_error *error)
{
    struct stat info;
    int fd = -1;
    void *bytes = NULL;
    enum pt_status status = open_regular(path, &fd, &info, error);
    if (status != PT_OK)
        return status;
    size_t length = (size_t)info.st_size;
    if (length > 0 && (bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        status = pt_fail_errno(error, errno, "cannot map %s", path);
    close(fd);
    if (status != PT_OK)
        return status;
    *ret_bytes = bytes;
    *ret_length = length;
    return PT_OK;
}

void pt_file_unmap(const void *bytes, size_t length)
{
    if (bytes != NULL)
        munmap((void *)bytes, length);
}

enum pt_status pt_file_read(struct pt_arena *arena, const char *path, size_t limit,
                            char **ret_bytes, size_t *ret_length, struct pt_error *error)
{
    int fd = -1;
    struct stat info;
    if (limit > PTRDIFF_MAX / 2)
        limit = PTRDIFF_MAX / 2;
    enum pt_status status = open_regular(path, &fd, &info, error);
    if (status != PT_OK)
        return status;

    // A size beyond the limit is believed only if there is a byte.
    size_t size = (size_t)info.st_size;
    char byte;
    if (size > limit && pread(fd, &byte, 1, (off_t)limit) == 1)
        status = fail_too_large(error, path, info.st_size, limit);
    else
        status =
            read_all(arena, fd, path, size < 255 ? 255 : size, limit, ret_bytes, ret_length, error);
    close(fd);
    return status;
}

bool pt_path_below(char *buffer, size_t size, const char *root, const char *path_format, ...)
{
    size_t root_length = root == NULL ? 0 : strlen(root);
    while (root_length > 0 && root[root_length - 1] == '/')
        root_length--;
    const char *slash = path_format[0] == '/' ? "" : "/";
    int used = snprintf(buffer, size, "%.*s%s", (int)root_length, root == NULL ? "" : root, slash);
    if (used < 0 || (size_t)used >= size)
        return false;
    va_list arguments;
    va_start(arguments, path_format);
    size_t left = size - (size_t)used;
    int more = vsnprintf(buffer + used, left, path_format, arguments);
    va_end(arguments);
    return more >= 0 && (size_t)more < left;
}

static enum pt_status make_directory(const char *path, struct pt_error *error)
{
    if (mkdir(path, 0777) == 0)
        return PT_OK;
    int mkdir_errno = errno;
    struct stat info;
    if (stat(path, &info) != 0)
        return pt_fail_errno(error, mkdir_errno, "cannot make directory %s", path);
    if (!S_ISDIR(info.st_mode))
        return pt_fail(error, PT_BAD_INPUT, "%s is in the way: it is no directory", path);
    return PT_OK; // there already, whatever mkdir said: EEXIST, or EROFS for a mount
}

enum pt_status pt_make_directories(const char *path, struct pt_error *error)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path %s", path);
    enum pt_status status = PT_OK;
    char *slash = copy + strspn(copy, "/");
    for (; status == PT_OK && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        status = make_directory(copy, error);
        *slash = '/';
    }
    if (status == PT_OK)
        status = make_directory(copy, error);
    free(copy);
    return status;
}

// A relative path in an XDG variable is to be ignored: XDG Base Directory Specification 0.8.
static const char *absolute_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] == '/' ? value : NULL;
}

static enum pt_status user_directory(struct pt_arena *arena, const char *variable,
                                     const char *below_home, const char **ret_path,
                                     struct pt_error *error)
{
    const char *base = absolute_variable(variable), *home = absolute_variable("HOME");
    const char *path;
    if (base != NULL)
        path = pt_arena_printf(arena, "%s/powertrain", base);
    else if (home != NULL)
        path = pt_arena_printf(arena, "%s/%s/powertrain", home, below_home);
    else
        return pt_fail(error, PT_UNAVAILABLE,
                       "neither $%s nor $HOME is an absolute path; set one of them", variable);
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path below $%s", variable);
    *ret_path = path;
    return PT_OK;
}

enum pt_status pt_data_directory(struct pt_arena *arena, const char **ret_path,
                                 struct pt_error *error)
{
    return user_directory(arena, "XDG_DATA_HOME", ".local/share", ret_path, error);
}

enum pt_status pt_cache_directory(struct pt_arena *arena, const char **ret_path,
                                  struct pt_error *error)
{
    return user_directory(arena, "XDG_CACHE_HOME", ".cache", ret_path, error);
}

enum pt_status pt_state_directory(struct pt_arena *arena, const char **ret_path,
                                  struct pt_error *error)
{
    return user_directory(arena, "XDG_STATE_HOME", ".local/state", ret_path, error);
}
