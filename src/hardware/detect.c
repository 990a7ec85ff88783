// Names of accelerators as their drivers give them, looked up in the catalogue.

#include "hardware/detect.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { KINDS_MAX = 16, NAME_SIZE = 96, PATH_SIZE = 512 };

struct seen {
    int count;
    struct {
        char name[NAME_SIZE];
        int devices;
    } kinds[KINDS_MAX];
};

static void add(struct seen *seen, const char *name)
{
    int i = 0;
    while (i < seen->count && strcmp(seen->kinds[i].name, name) != 0)
        i++;
    if (*name == '\0' || i == KINDS_MAX)
        return;
    if (i == seen->count) {
        snprintf(seen->kinds[i].name, NAME_SIZE, "%s", name);
        seen->kinds[i].devices = 0;
        seen->count++;
    }
    seen->kinds[i].devices++;
}

// The first line of the file that begins with key, without key and blanks around the rest; "" if
// there is none.
static void read_line(const char *path, const char *key, char name[NAME_SIZE])
{
    char line[256];
    FILE *file = fopen(path, "re");
    name[0] = '\0';
    while (file != NULL && name[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        const char *text = line + strlen(key);
        text += strspn(text, " \t");
        snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
    }
    if (file != NULL)
        fclose(file);
}

// Asks every entry of a folder for the line of a file in it.
static void look(const char *root, const char *folder, const char *prefix, const char *file,
                 const char *key, struct seen *seen)
{
    char path[PATH_SIZE], name[NAME_SIZE];
    DIR *entries = pt_path_below(path, sizeof path, root, "%s", folder) ? opendir(path) : NULL;
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
            strchr(entry->d_name + strlen(prefix), '-') != NULL || // a connector: card0-DP-1
            !pt_path_below(path, sizeof path, root, "%s/%s/%s", folder, entry->d_name, file))
            continue;
        read_line(path, key, name);
        add(seen, name);
    }
    if (entries != NULL)
        closedir(entries);
}

enum pt_status pt_cluster_detect(const char *root, struct pt_cluster *ret_cluster,
                                 struct pt_error *error)
{
    struct seen seen = {0};
    struct pt_cluster best = {.count = 0}, cluster;
    look(root, "/proc/driver/nvidia/gpus", "", "information", "Model:", &seen);
    look(root, "/sys/class/drm", "card", "device/product_name", "", &seen);
    for (int i = 0; i < seen.count; i++) {
        const struct pt_accelerator *row;
        if (seen.kinds[i].devices <= best.count ||
            pt_accelerator_find(seen.kinds[i].name, &row, NULL) != PT_OK ||
            pt_cluster_parse(row->name, &cluster, NULL) != PT_OK)
            continue;
        best = cluster;
        best.count = seen.kinds[i].devices;
    }
    if (best.count > 0) {
        *ret_cluster = best;
        return PT_OK;
    }
    if (seen.count > 0)
        return pt_fail(error, PT_NOT_FOUND, "the %s of this machine is not in the catalogue",
                       seen.kinds[0].name);
    return pt_fail(error, PT_NOT_FOUND, "this machine shows no accelerator");
}
