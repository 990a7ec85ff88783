// See power_record.h.

#include "job/power_record.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/node.h"
#include "base/parse.h"

enum { VERSION = 1, FILE_LIMIT = 4 << 20 };
static const double rounding = 0.01;

// ------------------------------------------------------------------------------------- folders
static bool system_folder(const char *root, char folder[PT_RECORD_PATH])
{
    return pt_path_below(folder, PT_RECORD_PATH, root, "/run/powertrain/restore.d");
}

// Below a root there is no user of this machine.
static bool user_folder(const char *root, char folder[PT_RECORD_PATH])
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    return (root == NULL || root[0] == '\0') && runtime != NULL && runtime[0] == '/' &&
           pt_path_below(folder, PT_RECORD_PATH, runtime, "/powertrain/restore.d");
}

static bool is_ours(const char *folder)
{
    struct stat info;
    return stat(folder, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
           access(folder, W_OK | X_OK) == 0 && chmod(folder, 0700) == 0;
}

static bool make(const char *folder)
{
    return pt_make_directories(folder, NULL) == PT_OK && is_ours(folder);
}

enum pt_status pt_power_record_folder(const char *root, char folder[PT_RECORD_PATH],
                                      struct pt_error *error)
{
    if (system_folder(root, folder) && make(folder))
        return PT_OK;
    if (user_folder(root, folder) && make(folder))
        return PT_OK;
    return pt_fail(error, PT_DENIED,
                   "power limits are not changed: neither /run/powertrain/restore.d nor "
                   "$XDG_RUNTIME_DIR/powertrain can be written, so they could not be given back "
                   "after a crash");
}

int pt_power_record_folders(const char *root, char folders[2][PT_RECORD_PATH])
{
    int count = 0;
    if (system_folder(root, folders[count]) && access(folders[count], R_OK | X_OK) == 0)
        count++;
    if (user_folder(root, folders[count]) && access(folders[count], R_OK | X_OK) == 0)
        count++;
    return count;
}

void pt_power_record_path(const char *folder, int64_t pid, char path[PT_RECORD_PATH])
{
    snprintf(path, PT_RECORD_PATH, "%.480s/%" PRId64 ".json", folder, pid);
}

// ------------------------------------------------------------------------------------- writing
static void write_record(struct pt_json_writer *writer, const void *object)
{
    const struct pt_power_record *record = object;
    pt_json_object(writer, NULL);
    pt_json_integer(writer, "powertrain_power", VERSION);
    pt_json_string(writer, "boot_id", record->boot_id);
    pt_json_integer(writer, "pid", record->owner.pid);
    pt_json_integer(writer, "start_ticks", record->owner.start_ticks);
    pt_json_array(writer, "changes");
    for (int i = 0; i < record->count; i++) {
        const struct pt_power_change *change = &record->changes[i];
        pt_json_object(writer, NULL);
        pt_json_string(writer, "id", change->id);
        pt_json_string(writer, "old", change->old);
        pt_json_string(writer, "ours", change->ours);
        pt_json_string(writer, "pending", change->pending);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
    pt_json_end_object(writer);
}

enum pt_status pt_power_record_save(const char *folder, const struct pt_power_record *record,
                                    struct pt_error *error)
{
    char path[PT_RECORD_PATH];
    size_t length;
    pt_power_record_path(folder, record->owner.pid, path);
    if (record->count == 0)
        return unlink(path) == 0 || errno == ENOENT
                   ? PT_OK
                   : pt_fail_errno(error, errno, "cannot remove %s", path);
    char *text = pt_json_text(write_record, record, true, &length);
    if (text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to write %s", path);
    enum pt_status status = pt_atomic_write_private(path, text, length, error);
    free(text);
    return status;
}

// ------------------------------------------------------------------------------------- reading
static enum pt_status read_text(const struct pt_node *node, const char *key, char *buffer,
                                size_t size, struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(node, key, PT_REQUIRED, &text, error);
    if (status == PT_OK && strlen(text) >= size)
        status = pt_node_fail(error, node, "%s: longer than %zu characters", key, size - 1);
    if (status == PT_OK)
        memcpy(buffer, text, strlen(text) + 1);
    return status;
}

static enum pt_status read_change(const struct pt_node *node, struct pt_power_change *change,
                                  struct pt_error *error)
{
    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status = read_text(node, "id", change->id, sizeof change->id, error);
    if (status == PT_OK)
        status = read_text(node, "old", change->old, sizeof change->old, error);
    if (status == PT_OK)
        status = read_text(node, "ours", change->ours, sizeof change->ours, error);
    if (status == PT_OK)
        status = read_text(node, "pending", change->pending, sizeof change->pending, error);
    if (status == PT_OK && (change->old[0] == '\0' || pt_limit_driver_of(change->id) == NULL))
        status = pt_node_fail(error, node, "no power limit is called \"%s\"", change->id);
    return status;
}

static enum pt_status read_changes(const struct pt_node *root, struct pt_power_record *record,
                                   struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(root, "changes");
    if (list == NULL)
        return pt_node_fail(error, root, "missing key changes");
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && list->count > PT_LIMITS_MAX)
        status = pt_node_fail(error, list, "changes: more than %d", PT_LIMITS_MAX);
    for (const struct pt_node *node = status == PT_OK ? list->first : NULL;
         node != NULL && status == PT_OK; node = node->next)
        status = read_change(node, &record->changes[record->count++], error);
    return status;
}

static enum pt_status read_record(const struct pt_node *root, struct pt_power_record *record,
                                  struct pt_error *error)
{
    int64_t version;
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status =
            pt_node_get_integer(root, "powertrain_power", PT_REQUIRED, 1, VERSION, &version, error);
    if (status == PT_OK)
        status = read_text(root, "boot_id", record->boot_id, sizeof record->boot_id, error);
    if (status == PT_OK)
        status =
            pt_node_get_integer(root, "pid", PT_REQUIRED, 1, INT32_MAX, &record->owner.pid, error);
    if (status == PT_OK)
        status = pt_node_get_integer(root, "start_ticks", PT_REQUIRED, 0, INT64_MAX,
                                     &record->owner.start_ticks, error);
    return status == PT_OK ? read_changes(root, record, error) : status;
}

enum pt_status pt_power_record_parse(const char *text, size_t length, const char *name,
                                     struct pt_power_record *ret_record, struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", name);
    *ret_record = (struct pt_power_record){0};
    enum pt_status status = pt_json_parse(arena, text, length, name, &root, error);
    if (status == PT_OK)
        status = read_record(root, ret_record, error);
    pt_arena_destroy(arena);
    if (status != PT_OK && status != PT_NO_MEMORY && error != NULL)
        error->status = PT_CORRUPT;
    return status == PT_OK || status == PT_NO_MEMORY ? status : PT_CORRUPT;
}

enum pt_status pt_power_record_load(const char *path, struct pt_power_record *ret_record,
                                    struct pt_error *error)
{
    char *text;
    size_t length;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", path);
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status == PT_OK)
        status = pt_power_record_parse(text, length, path, ret_record, error);
    pt_arena_destroy(arena);
    return status;
}

// ------------------------------------------------------------------------------------- changes
struct pt_power_change *pt_power_record_find(struct pt_power_record *record, const char *id)
{
    for (int i = 0; i < record->count; i++)
        if (strcmp(record->changes[i].id, id) == 0)
            return &record->changes[i];
    return NULL;
}

void pt_power_record_remove(struct pt_power_record *record, struct pt_power_change *change)
{
    *change = record->changes[--record->count];
}

bool pt_power_same(const char *a, const char *b)
{
    double x, y;
    if (a[0] == '\0' || b[0] == '\0')
        return false;
    if (strcmp(a, b) == 0)
        return true;
    return pt_parse_double(a, &x) && pt_parse_double(b, &y) &&
           fabs(x - y) <= rounding * fmax(fabs(x), fabs(y));
}
