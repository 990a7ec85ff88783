// Files that appear whole or not at all: a temporary file beside the target, fsync, rename.
//
// The temporary file is locked while its writer lives. A writer that was killed leaves one without
// a lock; the next writer of the same target removes it, so killed runs do not fill the disk.
// Why fsync twice: the file, so that its name never leads to half of it; the directory, so that the
// new name survives a power failure. Source: Linux, rename(2) and fsync(2).

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct pt_atomic_file {
    char *target;    // symbolic links resolved, so that a link stays one
    char *temporary; // target.tmp.PID
    int fd;
    int failed_errno; // of the first write that failed, else 0
    unsigned mode;    // of a new file
};

static void release(struct pt_atomic_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    free(file->target);
    free(file->temporary);
    free(file);
}

void pt_atomic_abandon(struct pt_atomic_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        unlink(file->temporary);
    release(file);
}

static char *directory_of(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return NULL;
    char *directory = strdup(dirname(copy));
    free(copy);
    return directory;
}

static bool is_temporary_of(const char *name, const char *target)
{
    const char *slash = strrchr(target, '/');
    const char *base = slash == NULL ? target : slash + 1;
    size_t length = strlen(base);
    if (strncmp(name, base, length) != 0 || strncmp(name + length, ".tmp.", 5) != 0)
        return false;
    const char *digits = name + length + 5;
    return *digits != '\0' && digits[strspn(digits, "0123456789")] == '\0';
}

// Removes one temporary file unless its writer lives.
static void remove_if_stale(int directory_fd, const char *name)
{
    int fd = openat(directory_fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(directory_fd, name, 0);
    close(fd);
}

static void remove_stale(const char *target)
{
    char *path = directory_of(target);
    DIR *directory = path == NULL ? NULL : opendir(path);
    if (directory != NULL) {
        struct dirent *entry;
        while ((entry = readdir(directory)) != NULL)
            if (is_temporary_of(entry->d_name, target))
                remove_if_stale(dirfd(directory), entry->d_name);
        closedir(directory);
    }
    free(path);
}

// The new file gets the mode of the old one, and its owner if we may (root in a user's folder).
static void copy_mode(int fd, const struct stat *old)
{
    struct stat fresh;
    if (fstat(fd, &fresh) != 0)
        return;
    if (fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid) {
        int ignored = fchown(fd, old->st_uid, old->st_gid);
        (void)ignored; // not allowed to others than root: the file is then ours
    }
    fchmod(fd, old->st_mode & 0777);
}

// Creates and locks the temporary file. Between the two another writer may take it for stale and
// remove it; then it has no name any more, and we try again.
static enum pt_status open_temporary(struct pt_atomic_file *file, struct pt_error *error)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file->mode);
        if (fd < 0 && errno == EEXIST)
            return pt_fail(error, PT_BUSY, "%s: this process is writing it already", file->target);
        if (fd < 0)
            return pt_fail_errno(error, errno, "cannot write %s", file->temporary);
        struct stat info;
        // File systems without locks are written all the same, only never tidied.
        bool lost = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!lost && fstat(fd, &info) == 0 && info.st_nlink > 0) {
            file->fd = fd;
            return PT_OK;
        }
        close(fd);
    }
    return pt_fail(error, PT_BUSY, "%s: other processes keep removing %s", file->target,
                   file->temporary);
}

// Refuses what a rename would silently replace or could not: devices, pipes, directories.
static enum pt_status check_target(const char *path, bool *ret_exists, struct stat *ret_info,
                                   struct pt_error *error)
{
    *ret_exists = stat(path, ret_info) == 0;
    if (!*ret_exists && errno != ENOENT)
        return pt_fail_errno(error, errno, "cannot write %s", path);
    if (*ret_exists && S_ISDIR(ret_info->st_mode))
        return pt_fail(error, PT_BAD_INPUT, "%s is a directory; name a file in it", path);
    if (*ret_exists && !S_ISREG(ret_info->st_mode))
        return pt_fail(error, PT_BAD_INPUT,
                       "%s is a device, pipe or socket; only a regular file can be replaced", path);
    return PT_OK;
}

static enum pt_status open_with_mode(const char *path, unsigned mode,
                                     struct pt_atomic_file **ret_file, struct pt_error *error)
{
    bool exists;
    struct stat old;
    enum pt_status status = check_target(path, &exists, &old, error);
    if (status != PT_OK)
        return status;

    struct pt_atomic_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to write %s", path);
    file->fd = -1;
    file->mode = mode;
    file->target = exists ? realpath(path, NULL) : strdup(path);
    if (file->target == NULL ||
        asprintf(&file->temporary, "%s.tmp.%ld", file->target, (long)getpid()) < 0) {
        file->temporary = NULL; // undefined after a failed asprintf
        status = pt_fail(error, PT_NO_MEMORY, "no memory to write %s", path);
    } else {
        remove_stale(file->target);
        status = open_temporary(file, error);
    }
    if (status != PT_OK) {
        release(file);
        return status;
    }
    if (exists)
        copy_mode(file->fd, &old);
    *ret_file = file;
    return PT_OK;
}

enum pt_status pt_atomic_open(const char *path, struct pt_atomic_file **ret_file,
                              struct pt_error *error)
{
    return open_with_mode(path, 0666, ret_file, error);
}

// After a failure the temporary file goes at once: it may be what fills the disk.
static enum pt_status fail_write(struct pt_atomic_file *file, int value, struct pt_error *error)
{
    if (file->fd >= 0) {
        unlink(file->temporary);
        close(file->fd);
        file->fd = -1;
    }
    file->failed_errno = value;
    return pt_fail_errno(error, value, "cannot write %s", file->target);
}

enum pt_status pt_atomic_write(struct pt_atomic_file *file, const void *bytes, size_t length,
                               struct pt_error *error)
{
    if (file->failed_errno != 0)
        return fail_write(file, file->failed_errno, error);
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(file->fd, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_write(file, written < 0 ? errno : EIO, error);
        next += written;
        length -= (size_t)written;
    }
    return PT_OK;
}

static int flush_directory(const char *target)
{
    char *path = directory_of(target);
    if (path == NULL)
        return ENOMEM;
    int result = 0, fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    if (fd < 0)
        return errno == EACCES ? 0 : errno; // a directory may be writable but not readable
    if (fsync(fd) != 0 && errno != EINVAL)  // EINVAL: this file system cannot
        result = errno;
    close(fd);
    return result;
}

enum pt_status pt_atomic_commit(struct pt_atomic_file *file, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (file->failed_errno != 0)
        status = fail_write(file, file->failed_errno, error);
    else if (fsync(file->fd) != 0 || rename(file->temporary, file->target) != 0)
        status = fail_write(file, errno, error);
    if (status == PT_OK) {
        int value = flush_directory(file->target);
        if (value != 0)
            status = pt_fail_errno(error, value, "%s is written, but may not survive a power cut",
                                   file->target);
    }
    release(file);
    return status;
}

static enum pt_status write_with_mode(const char *path, unsigned mode, const void *bytes,
                                      size_t length, struct pt_error *error)
{
    struct pt_atomic_file *file;
    enum pt_status status = open_with_mode(path, mode, &file, error);
    if (status != PT_OK)
        return status;
    status = pt_atomic_write(file, bytes, length, error);
    if (status != PT_OK) {
        pt_atomic_abandon(file);
        return status;
    }
    return pt_atomic_commit(file, error);
}

enum pt_status pt_atomic_write_file(const char *path, const void *bytes, size_t length,
                                    struct pt_error *error)
{
    return write_with_mode(path, 0666, bytes, length, error);
}

enum pt_status pt_atomic_write_private(const char *path, const void *bytes, size_t length,
                                       struct pt_error *error)
{
    return write_with_mode(path, 0600, bytes, length, error);
}
