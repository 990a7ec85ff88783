// See limit_file.h.

#include "job/limit_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sensor/sysfs.h"

enum { PATH_SIZE = 4096, ALARMS_MAX = 32 };

enum pt_status pt_limit_file_read(const struct pt_sensor_options *options,
                                  const struct pt_power_limit *limit, char text[PT_LIMIT_TEXT],
                                  struct pt_error *error)
{
    return pt_sysfs_text(options->root, text, PT_LIMIT_TEXT, error, "%s", limit->path);
}

// The kernel refuses with EINVAL or EBUSY what it does not take, and may take it silently and keep
// the old value: so the caller reads back.
enum pt_status pt_limit_file_write(const struct pt_sensor_options *options,
                                   const struct pt_power_limit *limit, const char *text,
                                   struct pt_error *error)
{
    char path[PATH_SIZE];
    if (!pt_path_below(path, sizeof path, options->root, "%s", limit->path))
        return pt_fail(error, PT_BAD_INPUT, "%s: the path is too long", limit->path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        return pt_fail_errno(error, errno, "%s cannot be set (%s)%s", limit->id, path,
                             errno == EACCES || errno == EPERM
                                 ? ": run as root, or give its group the right to write it"
                                 : "");
    ssize_t written = write(fd, text, strlen(text));
    int number = errno;
    close(fd);
    if (written == (ssize_t)strlen(text))
        return PT_OK;
    return pt_fail_errno(error, written < 0 ? number : EIO, "%s cannot be set to %s (%s)%s",
                         limit->id, text, path,
                         limit->role == PT_LIMIT_CPU_BIAS && number == EBUSY
                             ? ": the governor performance does not allow it"
                             : "");
}

bool pt_limit_file_look(const struct pt_sensor_options *options, struct pt_power_limit *limit)
{
    char path[PATH_SIZE];
    if (pt_limit_file_read(options, limit, limit->now, NULL) != PT_OK || limit->now[0] == '\0')
        return false;
    limit->is_writable = pt_path_below(path, sizeof path, options->root, "%s", limit->path) &&
                         access(path, W_OK) == 0;
    return true;
}

double pt_limit_file_number(const struct pt_sensor_options *options, double scale,
                            const char *folder, const char *name)
{
    double value;
    if (pt_sysfs_number(options->root, &value, NULL, "%s/%s", folder, name) != PT_OK)
        return NAN;
    return value * scale;
}

// --------------------------------------------------------------------------------------- heat
static bool is_alarm(const char *name)
{
    size_t length = strlen(name);
    return strncmp(name, "temp", 4) == 0 &&
           ((length > 11 && strcmp(name + length - 11, "_crit_alarm") == 0) ||
            (length > 16 && strcmp(name + length - 16, "_emergency_alarm") == 0));
}

static bool chip_is_hot(const struct pt_sensor_options *options, const char *chip,
                        char name[PT_LIMIT_TEXT])
{
    char path[PATH_SIZE];
    bool hot = false;
    if (!pt_path_below(path, sizeof path, options->root, "/sys/class/hwmon/%s", chip))
        return false;
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && !hot && (entry = readdir(folder)) != NULL) {
        double value = 0;
        if (!is_alarm(entry->d_name))
            continue;
        hot = pt_sysfs_number(options->root, &value, NULL, "/sys/class/hwmon/%s/%s", chip,
                              entry->d_name) == PT_OK &&
              value > 0;
        snprintf(name, PT_LIMIT_TEXT, "%.20s/%.40s", chip, entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
    return hot;
}

enum pt_status pt_limit_file_heat(const struct pt_sensor_options *options,
                                  const struct pt_power_limit *limit, struct pt_error *error)
{
    char path[PATH_SIZE], name[PT_LIMIT_TEXT];
    bool hot = false;
    if (!pt_path_below(path, sizeof path, options->root, "/sys/class/hwmon"))
        return PT_OK;
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && !hot && (entry = readdir(folder)) != NULL)
        hot = entry->d_name[0] != '.' && chip_is_hot(options, entry->d_name, name);
    if (folder != NULL)
        closedir(folder);
    return hot ? pt_fail(error, PT_BUSY,
                         "%s is not changed: %s says that a temperature is critical", limit->id,
                         name)
               : PT_OK;
}

// --------------------------------------------------------------------------------------- folders
static int by_version(const struct dirent **left, const struct dirent **right)
{
    return strverscmp((*left)->d_name, (*right)->d_name);
}

void pt_limit_each(const struct pt_sensor_options *options, const char *folder,
                   void (*each)(const struct pt_sensor_options *options, const char *name,
                                struct pt_power_limit *list, int *count),
                   struct pt_power_limit *list, int *count)
{
    char path[PATH_SIZE];
    struct dirent **entries;
    if (!pt_path_below(path, sizeof path, options->root, "%s", folder))
        return;
    int found = scandir(path, &entries, NULL, by_version);
    for (int i = 0; i < found; i++) {
        if (entries[i]->d_name[0] != '.' && *count < PT_LIMITS_MAX)
            each(options, entries[i]->d_name, list, count);
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
}
