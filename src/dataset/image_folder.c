// A folder of classes, each a folder of pictures.

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "dataset/image_list.h"

// More classes than this are rather a wrong folder than a classifier.
enum { CLASSES_MAX = 1000000, FILES_MAX = 100000000 };

// A growing list of paths in an arena; the outgrown arrays stay there, at most as much again.
struct names {
    struct pt_arena *arena;
    const char **items;
    int64_t count, room;
};

static enum pt_status add_name(struct names *names, const char *name, struct pt_error *error)
{
    if (names->count == FILES_MAX)
        return pt_fail(error, PT_OVERFLOW, "more than %d files of pictures are too many",
                       FILES_MAX);
    if (names->count == names->room) {
        int64_t room = names->room > 0 ? 2 * names->room : 64;
        const char **items = pt_arena_alloc(names->arena, (size_t)room, sizeof *items);
        if (items == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for the names of pictures");
        if (names->count > 0)
            memcpy(items, names->items, (size_t)names->count * sizeof *items);
        names->items = items;
        names->room = room;
    }
    const char *copy = pt_arena_strdup(names->arena, name);
    if (copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the names of pictures");
    names->items[names->count++] = copy;
    return PT_OK;
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_picture(const char *name)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcasecmp(name + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

// Decides about an entry of a folder: *ret_wanted, or a failure.
typedef enum pt_status judge_entry(const char *path, bool is_folder, bool *ret_wanted,
                                   struct pt_error *error);

static enum pt_status judge_class(const char *path, bool is_folder, bool *ret_wanted,
                                  struct pt_error *error)
{
    *ret_wanted = is_folder;
    if (!is_folder && is_picture(path))
        return pt_fail(error, PT_BAD_INPUT,
                       "%s lies beside the folders of classes; move it into one of them", path);
    return PT_OK;
}

static enum pt_status judge_picture(const char *path, bool is_folder, bool *ret_wanted,
                                    struct pt_error *error)
{
    *ret_wanted = !is_folder && is_picture(path);
    if (is_folder)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s is a folder inside the folder of a class; its pictures belong one "
                       "level higher",
                       path);
    return PT_OK;
}

// The whole paths of the wanted entries, in the order of their bytes. Hidden ones do not count.
static enum pt_status read_folder(struct pt_arena *arena, const char *path, judge_entry *judge,
                                  struct names *ret_names, struct pt_error *error)
{
    struct names names = {.arena = arena};
    enum pt_status status = PT_OK;
    const struct dirent *entry;

    DIR *folder = opendir(path);
    if (folder == NULL)
        return pt_fail_errno(error, errno, "cannot read the folder %s", path);
    while (status == PT_OK && (errno = 0, entry = readdir(folder)) != NULL) {
        struct stat about;
        bool wanted = false;
        if (entry->d_name[0] == '.')
            continue;
        const char *whole = pt_arena_printf(arena, "%s/%s", path, entry->d_name);
        if (whole == NULL)
            status = pt_fail(error, PT_NO_MEMORY, "no memory for the names of pictures");
        else if (stat(whole, &about) != 0)
            status = pt_fail_errno(error, errno, "cannot look at %s", whole);
        else
            status = judge(whole, S_ISDIR(about.st_mode), &wanted, error);
        if (status == PT_OK && wanted)
            status = add_name(&names, whole, error);
    }
    if (status == PT_OK && errno != 0)
        status = pt_fail_errno(error, errno, "cannot read the folder %s", path);
    closedir(folder);
    if (status != PT_OK)
        return status;
    if (names.count > 0)
        qsort(names.items, (size_t)names.count, sizeof *names.items, by_bytes);
    *ret_names = names;
    return PT_OK;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

// The number of the class that a folder is called after.
static enum pt_status class_of(const char *path, const struct pt_image_list *train,
                               int32_t *ret_class, struct pt_error *error)
{
    for (int64_t i = 0; i < train->class_count; i++)
        if (strcmp(last_part(path), train->class_names[i]) == 0) {
            *ret_class = (int32_t)i;
            return PT_OK;
        }
    return pt_fail(error, PT_BAD_INPUT, "%s: there is no class '%s' in %s", path, last_part(path),
                   train->name);
}

static enum pt_status name_classes(struct pt_arena *arena, const char *path,
                                   const struct names *folders, struct pt_image_list *list,
                                   struct pt_error *error)
{
    if (folders->count < 2 || folders->count > CLASSES_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s holds %" PRId64 " folder%s; there must be one for each class, 2 to %d",
                       path, folders->count, folders->count == 1 ? "" : "s", CLASSES_MAX);
    const char **class_names = pt_arena_alloc(arena, (size_t)folders->count, sizeof *class_names);
    if (class_names == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the names of classes");
    for (int64_t i = 0; i < folders->count; i++)
        class_names[i] = last_part(folders->items[i]);
    list->class_names = class_names;
    list->class_count = folders->count;
    return PT_OK;
}

// Adds the pictures of one folder; ends[i] tells where those of folder i end.
static enum pt_status add_pictures(struct pt_arena *arena, const char *folder,
                                   struct names *pictures, struct pt_error *error)
{
    struct names found = {.count = 0};
    enum pt_status status = read_folder(arena, folder, judge_picture, &found, error);
    if (status == PT_OK && found.count == 0)
        return pt_fail(error, PT_BAD_INPUT, "%s holds no picture (.png, .jpg or .jpeg)", folder);
    for (int64_t i = 0; i < found.count && status == PT_OK; i++)
        status = add_name(pictures, found.items[i], error);
    return status;
}

enum pt_status pt_image_list_from_folder(struct pt_arena *arena, const char *path,
                                         const struct pt_image_list *train,
                                         struct pt_image_list *ret_list, struct pt_error *error)
{
    struct pt_image_list list = {.name = path};
    struct names folders = {.count = 0}, pictures = {.arena = arena};
    int64_t labeled = 0;

    enum pt_status status = read_folder(arena, path, judge_class, &folders, error);
    if (status == PT_OK)
        status = name_classes(arena, path, &folders, &list, error);
    if (status != PT_OK)
        return status;
    int64_t *ends = pt_arena_alloc(arena, (size_t)folders.count, sizeof *ends);
    if (ends == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the names of pictures");
    for (int64_t i = 0; i < folders.count && status == PT_OK; i++) {
        status = add_pictures(arena, folders.items[i], &pictures, error);
        ends[i] = pictures.count;
    }
    if (status != PT_OK)
        return status;
    int32_t *labels = pt_arena_alloc(arena, (size_t)pictures.count, sizeof *labels);
    if (labels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " labels", pictures.count);
    for (int64_t i = 0; i < folders.count && status == PT_OK; i++) {
        int32_t class = (int32_t)i;
        if (train != NULL)
            status = class_of(folders.items[i], train, &class, error);
        while (labeled < ends[i])
            labels[labeled++] = class;
    }
    list.count = pictures.count;
    list.paths = pictures.items;
    list.labels = labels;
    if (train != NULL) {
        list.class_names = train->class_names;
        list.class_count = train->class_count;
    }
    if (status == PT_OK)
        *ret_list = list;
    return status;
}
