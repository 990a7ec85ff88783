// See power_control.h: giving back what owners have left, living or dead.

#include "job/power_restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/parse.h"
#include "job/tree.h"

static void add_text(struct pt_power_restored *restored, const char *text)
{
    size_t length = strlen(restored->text), room = sizeof restored->text - length;
    snprintf(restored->text + length, room, "%s%.*s", length > 0 ? "; " : "", (int)room, text);
}

static enum pt_status write_back(const struct pt_power_options *options,
                                 const struct pt_power_limit *limit, const char *old,
                                 struct pt_error *error)
{
    char now[PT_LIMIT_TEXT];
    const struct pt_limit_driver *driver = pt_limit_driver_of(limit->id);
    enum pt_status status = driver->write(&options->sensors, limit, old, error);
    if (status == PT_OK)
        status = driver->read(&options->sensors, limit, now, error);
    if (status == PT_OK && !pt_power_same(now, old))
        status =
            pt_fail(error, PT_IO, "%s was set to %s again, but reads back %s", limit->id, old, now);
    return status;
}

enum pt_restoring pt_power_give_back(const struct pt_power_options *options,
                                     const struct pt_power_change *change, struct pt_error *error)
{
    struct pt_power_limit limit;
    enum pt_status status = pt_power_limit_find(&options->sensors, change->id, &limit, error);
    if (status == PT_NOT_FOUND)
        return PT_RESTORE_GONE; // hot-plugged or reset: there is nothing to give back to
    if (status != PT_OK)
        return PT_RESTORE_FAILED;
    if (strcmp(limit.now, change->old) == 0)
        return PT_RESTORE_UNCHANGED;
    if (!pt_power_same(limit.now, change->ours) && !pt_power_same(limit.now, change->pending))
        return PT_RESTORE_FOREIGN;
    return write_back(options, &limit, change->old, error) == PT_OK ? PT_RESTORE_DONE
                                                                    : PT_RESTORE_FAILED;
}

void pt_power_restore_record(const struct pt_power_options *options, const char *folder,
                             struct pt_power_record *record, struct pt_power_restored *restored)
{
    for (int i = record->count - 1; i >= 0; i--) {
        struct pt_error error;
        switch (pt_power_give_back(options, &record->changes[i], &error)) {
        case PT_RESTORE_FAILED:
            restored->failed++;
            add_text(restored, error.message);
            continue; // it stays in the record
        case PT_RESTORE_DONE:
            restored->restored++;
            break;
        case PT_RESTORE_FOREIGN:
            restored->foreign++;
            break;
        case PT_RESTORE_UNCHANGED:
        case PT_RESTORE_GONE:
            break;
        }
        pt_power_record_remove(record, &record->changes[i]);
    }
    struct pt_error error;
    if (pt_power_record_save(folder, record, &error) != PT_OK)
        add_text(restored, error.message);
}

// ------------------------------------------------------------------------------- all records
enum pt_status pt_power_lock(const char *folder, int *ret_fd, struct pt_error *error)
{
    char path[PT_RECORD_PATH];
    snprintf(path, sizeof path, "%.480s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return pt_fail_errno(error, errno, "cannot write %s", path);
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            int number = errno;
            close(fd);
            return pt_fail_errno(error, number, "cannot lock %s", path);
        }
    *ret_fd = fd;
    return PT_OK;
}

static bool is_record(const char *name, int64_t *ret_pid)
{
    char number[16];
    size_t length = strlen(name);
    if (length < 6 || length > 15 || strcmp(name + length - 5, ".json") != 0)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)(length - 5), name);
    return pt_parse_int64(number, ret_pid) && *ret_pid > 0;
}

bool pt_power_is_other_boot(const struct pt_power_record *record)
{
    char boot_id[40];
    return pt_boot_id(boot_id) && strcmp(boot_id, record->boot_id) != 0;
}

struct walk {
    const struct pt_power_options *options;
    const char *folder;
    bool all;
    struct pt_power_restored *restored;
    struct pt_power_record *record;
};

static void visit(const struct walk *walk, int64_t pid)
{
    char path[PT_RECORD_PATH];
    struct pt_error error;
    pt_power_record_path(walk->folder, pid, path);
    enum pt_status status = pt_power_record_load(path, walk->record, &error);
    if (status == PT_NOT_FOUND)
        return;
    if (status != PT_OK) {
        walk->restored->failed++;
        add_text(walk->restored, error.message);
        return;
    }
    walk->record->owner.pid = walk->record->owner.pid == pid ? pid : 0; // else renamed: ownerless
    if (pt_power_is_other_boot(walk->record)) {
        unlink(path);
        return;
    }
    if (pt_process_id_lives(walk->record->owner) && !walk->all)
        return;
    walk->record->owner.pid = pid;
    pt_power_restore_record(walk->options, walk->folder, walk->record, walk->restored);
}

static enum pt_status restore_folder(const struct walk *walk, struct pt_error *error)
{
    int lock;
    enum pt_status status = pt_power_lock(walk->folder, &lock, error);
    if (status != PT_OK)
        return status;
    DIR *folder = opendir(walk->folder);
    const struct dirent *entry;
    int64_t pid;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (is_record(entry->d_name, &pid))
            visit(walk, pid);
    if (folder != NULL)
        closedir(folder);
    close(lock);
    return PT_OK;
}

enum pt_status pt_power_restore(const struct pt_power_options *options, bool all,
                                struct pt_power_restored *ret_restored, struct pt_error *error)
{
    char folders[2][PT_RECORD_PATH];
    struct pt_power_restored restored = {0};
    enum pt_status status = PT_OK;
    int count = pt_power_record_folders(options->sensors.root, folders);
    struct pt_power_record *record = malloc(sizeof *record);
    if (record == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to restore power limits");
    for (int i = 0; i < count && status == PT_OK; i++) {
        const struct walk walk = {options, folders[i], all, &restored, record};
        status = restore_folder(&walk, error);
    }
    free(record);
    if (status == PT_OK)
        *ret_restored = restored;
    return status;
}

// ------------------------------------------------------------------------------------- holders
static bool holds(const char *folder, int64_t pid, const char *limit_id,
                  struct pt_power_record *record)
{
    char path[PT_RECORD_PATH];
    pt_power_record_path(folder, pid, path);
    return pt_power_record_load(path, record, NULL) == PT_OK && record->owner.pid == pid &&
           !pt_power_is_other_boot(record) && pt_process_id_lives(record->owner) &&
           pt_power_record_find(record, limit_id) != NULL;
}

int pt_power_holder(const struct pt_power_options *options, const char *limit_id)
{
    char folders[2][PT_RECORD_PATH];
    int count = pt_power_record_folders(options->sensors.root, folders), holder = 0;
    struct pt_power_record *record = malloc(sizeof *record);
    for (int i = 0; i < count && record != NULL && holder == 0; i++) {
        DIR *folder = opendir(folders[i]);
        const struct dirent *entry;
        int64_t pid;
        while (folder != NULL && holder == 0 && (entry = readdir(folder)) != NULL)
            if (is_record(entry->d_name, &pid) && holds(folders[i], pid, limit_id, record))
                holder = (int)pid;
        if (folder != NULL)
            closedir(folder);
    }
    free(record);
    return holder;
}
