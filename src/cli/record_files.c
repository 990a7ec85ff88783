// See record_files.h.

#include "cli/record_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".record"

static int is_record(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > strlen(SUFFIX) && strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

enum pt_status pt_record_files(struct pt_arena *arena, const char *folder, const char ***ret_paths,
                               int64_t *ret_count, struct pt_error *error)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_record, by_name);
    if (count < 0)
        return pt_fail_errno(error, errno, "%s: the folder cannot be read", folder);
    const char **paths = pt_arena_alloc(arena, (size_t)count + 1, sizeof *paths);
    bool ok = paths != NULL;
    for (int i = 0; i < count; i++) {
        if (ok)
            paths[i] = pt_arena_printf(arena, "%s/%s", folder, entries[i]->d_name);
        ok = ok && paths[i] != NULL;
        free(entries[i]);
    }
    free(entries);
    if (!ok)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %d names", folder, count);
    *ret_paths = paths;
    *ret_count = count;
    return PT_OK;
}

static enum pt_status read_folder(struct pt_record_set *set, const char *folder,
                                  struct pt_error *error)
{
    const char **paths;
    int64_t count;
    enum pt_status status = pt_record_files(set->arena, folder, &paths, &count, error);
    for (int64_t i = 0; i < count && status == PT_OK; i++) {
        status = pt_record_set_read(set, paths[i], error);
        if (status == PT_BAD_INPUT)
            status = PT_OK; // its damaged lines are counted
    }
    return status;
}

enum pt_status pt_record_files_read(struct pt_record_set *set, const char *const *paths,
                                    int64_t count, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int64_t i = 0; i < count && status == PT_OK; i++) {
        struct stat about;
        if (stat(paths[i], &about) != 0)
            status = pt_fail_errno(error, errno, "%s: it cannot be read", paths[i]);
        else if (S_ISDIR(about.st_mode))
            status = read_folder(set, paths[i], error);
        else
            status = pt_record_set_read(set, paths[i], error);
    }
    pt_record_set_finish(set);
    return status;
}
