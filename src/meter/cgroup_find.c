// Where the own control group is, from texts of the kernel. See cgroup.h.
//
// Lines of /proc/self/cgroup are "ID:CONTROLLERS:/PATH"; version 2 has ID 0 and no controllers.
// Lines of mountinfo are "36 35 98:0 /ROOT /MOUNT OPTIONS [TAGS] - TYPE SOURCE SUPEROPTIONS": PATH
// is below ROOT, and what is behind it below MOUNT. Source: man 7 cgroups, man 5 proc.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/cgroup.h"

enum { FIELD = 512 };

// The next line of *text, without its end, cut to size - 1; false at the end.
static bool next_line(const char **text, char *line, size_t size)
{
    size_t length = strcspn(*text, "\n"), kept = length < size ? length : size - 1;
    if (**text == '\0')
        return false;
    memcpy(line, *text, kept);
    line[kept] = '\0';
    *text += length + ((*text)[length] == '\n');
    return true;
}

// Whether the comma-separated list has the word; ret_alone: and no other.
static bool list_has(const char *list, const char *word, bool *ret_alone)
{
    size_t length = strlen(word);
    *ret_alone = strcmp(list, word) == 0;
    for (const char *at = list; *at != '\0'; at += *at == ',') {
        size_t item = strcspn(at, ",");
        if (item == length && strncmp(at, word, length) == 0)
            return true;
        at += item;
    }
    return false;
}

static bool own_path(const char *text, int version, char *path, size_t size, bool *ret_alone)
{
    char line[FIELD];
    while (next_line(&text, line, sizeof line)) {
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL || group[1] != '/')
            continue;
        *group++ = '\0';
        controllers++;
        bool is_it = version == 2 ? strcmp(line, "0:") == 0 || *controllers == '\0'
                                  : list_has(controllers, "cpuacct", ret_alone);
        if (is_it && strstr(group, "/..") == NULL && strlen(group) < size) {
            snprintf(path, size, "%s", strcmp(group, "/") == 0 ? "" : group);
            return true;
        }
    }
    return false;
}

// "4 0 0:1 /ROOT /MOUNT rw - TYPE SOURCE OPTIONS" of the right type.
static bool is_mount(char *line, int version, const char **ret_root, const char **ret_mount)
{
    bool alone;
    char *rest = NULL, *fields[5], *tail = strstr(line, " - ");
    if (tail == NULL)
        return false;
    *tail = '\0';
    for (int i = 0; i < 5; i++)
        if ((fields[i] = strtok_r(i == 0 ? line : NULL, " ", &rest)) == NULL)
            return false;
    char *type = strtok_r(tail + 3, " ", &rest), *source = strtok_r(NULL, " ", &rest),
         *options = strtok_r(NULL, " ", &rest);
    if (type == NULL || source == NULL || options == NULL)
        return false;
    *ret_root = fields[3];
    *ret_mount = fields[4];
    bool is_type = version == 2
                       ? strcmp(type, "cgroup2") == 0
                       : strcmp(type, "cgroup") == 0 && list_has(options, "cpuacct", &alone);
    return is_type && strchr(*ret_mount, '\\') == NULL && strchr(*ret_root, '\\') == NULL;
}

// What of path is below root; NULL if it is not.
static const char *below(const char *path, const char *root)
{
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
    bool is_below =
        strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
    return length == 0 || is_below ? path + length : NULL;
}

bool pt_cgroup_find(const char *cgroup_text, const char *mountinfo_text, int version, char *folder,
                    size_t size, bool *ret_alone)
{
    char path[FIELD], line[4 * FIELD];
    const char *root, *mount;
    *ret_alone = version == 2;
    if (!own_path(cgroup_text, version, path, sizeof path, ret_alone))
        return false;
    while (next_line(&mountinfo_text, line, sizeof line)) {
        if (!is_mount(line, version, &root, &mount))
            continue;
        const char *rest = below(path, root);
        if (rest == NULL)
            continue;
        int length = snprintf(folder, size, "%s%s", mount, rest);
        return length > 0 && (size_t)length < size;
    }
    return false;
}

double pt_cgroup_usage_parse(const char *text)
{
    static const char key[] = "usage_usec ";
    char *end;
    while (text != NULL && strncmp(text, key, strlen(key)) != 0) {
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    if (text == NULL || text[strlen(key)] < '0' || text[strlen(key)] > '9')
        return NAN;
    double value = strtod(text + strlen(key), &end);
    return isfinite(value) && (*end == '\n' || *end == '\0') ? value * 1e-6 : NAN;
}
