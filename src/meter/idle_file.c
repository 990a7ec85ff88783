// The baseline of an idle machine, kept. See idle_baseline.h.

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/node.h"
#include "meter/idle_baseline.h"

#define FORMAT "powertrain-idle-1"

enum { FILE_LIMIT = 1 << 20 };
static const double watts_limit = 1e7;

// "DIRECTORY/idle-node17.json"; a host's name may hold anything.
static enum pt_status path_of(const char *directory, char *path, size_t size,
                              struct pt_error *error)
{
    struct utsname system;
    if (uname(&system) != 0)
        return pt_fail(error, PT_UNAVAILABLE, "this machine has no name");
    for (char *at = system.nodename; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '.')
            *at = '_';
    return pt_path_below(path, size, directory, "/idle-%s.json", system.nodename)
               ? PT_OK
               : pt_fail(error, PT_BAD_INPUT, "the path of %.200s is too long", directory);
}

static void write_json(const struct pt_idle_baseline *baseline, FILE *stream)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "format", FORMAT);
    pt_json_string(&writer, "host", baseline->host);
    pt_json_string(&writer, "date", baseline->date);
    pt_json_number(&writer, "seconds", baseline->seconds);
    pt_json_array(&writer, "channels");
    for (int i = 0; i < baseline->count; i++) {
        struct pt_idle_power power = baseline->channels[i].power;
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "name", baseline->channels[i].name);
        pt_json_number(&writer, "watts", power.watts);
        pt_json_number(&writer, "low_watts", power.low);
        pt_json_number(&writer, "high_watts", power.high);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
}

enum pt_status pt_idle_baseline_save(const struct pt_idle_baseline *baseline, const char *directory,
                                     struct pt_error *error)
{
    char path[PATH_MAX], *text = NULL;
    size_t length = 0;
    enum pt_status status = path_of(directory, path, sizeof path, error);
    FILE *stream = status == PT_OK ? open_memstream(&text, &length) : NULL;
    if (status == PT_OK && stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "baseline: out of memory");
    if (stream != NULL) {
        write_json(baseline, stream);
        if (fclose(stream) != 0)
            status = pt_fail(error, PT_NO_MEMORY, "baseline: out of memory");
    }
    if (status == PT_OK)
        status = pt_make_directories(directory, error);
    if (status == PT_OK)
        status = pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}

// ----------------------------------------------------------------------------------------- reading
static enum pt_status read_channel(const struct pt_node *node, const char **ret_name,
                                   struct pt_idle_power *ret_power, struct pt_error *error)
{
    static const char *const keys[] = {"name", "watts", "low_watts", "high_watts", NULL};
    struct pt_idle_power power = {0};
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_REQUIRED, ret_name, error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "watts", PT_REQUIRED, 0, watts_limit, &power.watts, error);
    if (status == PT_OK)
        status =
            pt_node_get_number(node, "low_watts", PT_REQUIRED, 0, power.watts, &power.low, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "high_watts", PT_REQUIRED, power.watts, watts_limit,
                                    &power.high, error);
    if (status == PT_OK)
        *ret_power = power;
    return status;
}

static enum pt_status read_channels(const struct pt_node *list, struct pt_idle_baseline *baseline,
                                    struct pt_error *error)
{
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && (list->count < 1 || list->count > PT_CHANNELS_MAX))
        return pt_node_fail(error, list, "%lld channels, not 1 to %d", (long long)list->count,
                            PT_CHANNELS_MAX);
    for (const struct pt_node *node = status == PT_OK ? list->first : NULL;
         node != NULL && status == PT_OK; node = node->next) {
        status = read_channel(node, &baseline->channels[baseline->count].name,
                              &baseline->channels[baseline->count].power, error);
        baseline->count++;
    }
    return status;
}

enum pt_status pt_idle_baseline_parse(struct pt_arena *arena, const char *text, size_t length,
                                      const char *name, struct pt_idle_baseline *ret_baseline,
                                      struct pt_error *error)
{
    static const char *const keys[] = {"format", "host", "date", "seconds", "channels", NULL};
    static const char *const formats[] = {FORMAT, NULL};
    const struct pt_node *root;
    int format;
    struct pt_idle_baseline baseline = {.busy_cpus = NAN};
    enum pt_status status = pt_json_parse(arena, text, length, name, &root, error);
    if (status == PT_OK)
        status = pt_node_check_keys(root, keys, error);
    if (status == PT_OK &&
        (pt_node_find(root, "format") == NULL || pt_node_find(root, "channels") == NULL))
        status = pt_node_fail(error, root, "no %s", FORMAT);
    if (status == PT_OK)
        status = pt_node_choice(pt_node_find(root, "format"), formats, &format, error);
    if (status == PT_OK)
        status = pt_node_get_string(root, "host", PT_REQUIRED, &baseline.host, error);
    if (status == PT_OK)
        status = pt_node_get_string(root, "date", PT_REQUIRED, &baseline.date, error);
    if (status == PT_OK)
        status = pt_node_get_number(root, "seconds", PT_REQUIRED, 0, 1e9, &baseline.seconds, error);
    if (status == PT_OK)
        status = read_channels(pt_node_find(root, "channels"), &baseline, error);
    if (status == PT_OK)
        *ret_baseline = baseline;
    return status;
}

enum pt_status pt_idle_baseline_load(struct pt_arena *arena, const char *directory,
                                     struct pt_idle_baseline *ret_baseline, struct pt_error *error)
{
    char path[PATH_MAX], *text;
    size_t length;
    enum pt_status status = path_of(directory, path, sizeof path, error);
    if (status == PT_OK)
        status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status == PT_NOT_FOUND)
        return pt_fail(error, PT_UNAVAILABLE,
                       "what this machine draws idle is not known (%s): powertrain calibrate "
                       "--idle 60 while nothing runs, or meter --baseline 10",
                       path);
    if (status == PT_OK)
        status = pt_idle_baseline_parse(arena, text, length, path, ret_baseline, error);
    return status;
}
