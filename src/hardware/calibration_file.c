// Keeps a calibration: one JSON file per CPU model, so that a home directory on a network may serve
// different machines. What does not read back as a sound calibration of this CPU is refused whole.

#include "hardware/machine.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/node.h"

#define FORMAT "powertrain calibration"
#define REMEDY "run `powertrain calibrate`"

enum { VERSION = 1, FILE_LIMIT = 1 << 20, NAME_SIZE = 96 };

// No machine that this program meets is slower or faster.
static const double flop_least = 1e6, flop_most = 1e16;
static const double bytes_least = 1e6, bytes_most = 1e14;

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// "AMD EPYC 9755 128-Core" -> "calibration-amd-epyc-9755-128-core.json".
static void file_name(const char *cpu_model, char name[static NAME_SIZE])
{
    char slug[NAME_SIZE - 32];
    size_t length = 0;
    for (const char *at = cpu_model; *at != '\0' && length + 1 < sizeof slug; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        if (is_safe(c))
            slug[length++] = c;
        else if (length > 0 && slug[length - 1] != '-')
            slug[length++] = '-';
    }
    while (length > 0 && slug[length - 1] == '-')
        length--;
    slug[length] = '\0';
    snprintf(name, NAME_SIZE, "calibration-%s.json", length > 0 ? slug : "unknown-cpu");
}

static void write_point(struct pt_json_writer *writer, const struct pt_calibration_point *point)
{
    pt_json_object(writer, NULL);
    pt_json_integer(writer, "threads", point->threads);
    pt_json_number(writer, "fp32_flop_per_second", point->fp32_flop_per_second);
    pt_json_number(writer, "bf16_flop_per_second", point->bf16_flop_per_second);
    pt_json_number(writer, "memory_bytes_per_second", point->memory_bytes_per_second);
    pt_json_number(writer, "cache_bytes_per_second", point->cache_bytes_per_second);
    pt_json_number(writer, "cache_bytes", point->cache_bytes);
    pt_json_end_object(writer);
}

static void write_calibration(FILE *stream, const struct pt_calibration *calibration)
{
    struct pt_json_writer writer;

    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "format", FORMAT);
    pt_json_integer(&writer, "version", VERSION);
    pt_json_string(&writer, "cpu_model", calibration->cpu_model);
    pt_json_string(&writer, "date", calibration->date);
    pt_json_number(&writer, "step_overhead_seconds", calibration->step_overhead_seconds);
    pt_json_array(&writer, "points");
    for (int i = 0; i < calibration->point_count; i++)
        write_point(&writer, &calibration->points[i]);
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
}

enum pt_status pt_calibration_save(const struct pt_calibration *calibration, const char *directory,
                                   struct pt_error *error)
{
    char name[NAME_SIZE], path[PATH_MAX], *text = NULL;
    size_t length = 0;

    file_name(calibration->cpu_model, name);
    if (!pt_path_below(path, sizeof path, directory, "/%s", name))
        return pt_fail(error, PT_BAD_INPUT, "the path of %.200s is too long", directory);
    enum pt_status status = pt_make_directories(directory, error);
    if (status != PT_OK)
        return status;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return pt_fail_errno(error, errno, "cannot write the calibration");
    write_calibration(stream, calibration);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed)
        status = pt_fail(error, PT_NO_MEMORY, "no memory to write the calibration");
    else
        status = pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}

static enum pt_status read_point(const struct pt_node *node, struct pt_calibration_point *ret_point,
                                 struct pt_error *error)
{
    static const char *const keys[] = {"threads",
                                       "fp32_flop_per_second",
                                       "bf16_flop_per_second",
                                       "memory_bytes_per_second",
                                       "cache_bytes_per_second",
                                       "cache_bytes",
                                       NULL};
    struct pt_calibration_point point = {.bf16_flop_per_second = NAN};
    int64_t threads;
    enum pt_status status;

    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = pt_node_get_integer(node, "threads", PT_REQUIRED, 1, 1 << 20, &threads, error)) !=
            PT_OK ||
        (status = pt_node_get_number(node, "fp32_flop_per_second", PT_REQUIRED, flop_least,
                                     flop_most, &point.fp32_flop_per_second, error)) != PT_OK ||
        (status = pt_node_get_number(node, "memory_bytes_per_second", PT_REQUIRED, bytes_least,
                                     bytes_most, &point.memory_bytes_per_second, error)) != PT_OK ||
        (status = pt_node_get_number(node, "cache_bytes_per_second", PT_REQUIRED, bytes_least,
                                     bytes_most, &point.cache_bytes_per_second, error)) != PT_OK ||
        (status = pt_node_get_number(node, "cache_bytes", PT_REQUIRED, 1, 1e12, &point.cache_bytes,
                                     error)) != PT_OK)
        return status;
    const struct pt_node *bf16 = pt_node_find(node, "bf16_flop_per_second");
    if (bf16 == NULL)
        return pt_node_fail(error, node, "missing key bf16_flop_per_second");
    if (!bf16->is_null && (status = pt_node_number(bf16, flop_least, flop_most,
                                                   &point.bf16_flop_per_second, error)) != PT_OK)
        return status;
    point.threads = (int)threads;
    *ret_point = point;
    return PT_OK;
}

static enum pt_status read_points(const struct pt_node *list, struct pt_calibration *calibration,
                                  struct pt_error *error)
{
    if (list == NULL || list->kind != PT_NODE_SEQUENCE || list->count < 1 ||
        list->count > PT_CALIBRATION_THREADS_MAX)
        return pt_fail(error, PT_CORRUPT, "points must be a list of 1 to %d measurements",
                       PT_CALIBRATION_THREADS_MAX);
    int count = 0, threads = 0;
    for (const struct pt_node *node = list->first; node != NULL; node = node->next) {
        enum pt_status status = read_point(node, &calibration->points[count], error);
        if (status != PT_OK)
            return status;
        if (calibration->points[count].threads <= threads)
            return pt_node_fail(error, node, "thread counts must rise");
        threads = calibration->points[count++].threads;
    }
    calibration->point_count = count;
    return PT_OK;
}

static enum pt_status copy_text(const struct pt_node *root, const char *key, char *ret_text,
                                size_t size, struct pt_error *error)
{
    const char *text;
    enum pt_status status = pt_node_get_string(root, key, PT_REQUIRED, &text, error);
    if (status != PT_OK)
        return status;
    if (strlen(text) >= size)
        return pt_fail(error, PT_CORRUPT, "%s is too long", key);
    memcpy(ret_text, text, strlen(text) + 1);
    return PT_OK;
}

static enum pt_status read_calibration(const struct pt_node *root, const char *cpu_model,
                                       struct pt_calibration *ret_calibration,
                                       struct pt_error *error)
{
    static const char *const keys[] = {
        "format", "version", "cpu_model", "date", "step_overhead_seconds", "points", NULL};
    struct pt_calibration calibration = {0};
    char format[64];
    int64_t version;
    enum pt_status status;

    if ((status = pt_node_check_kind(root, PT_NODE_MAPPING, error)) != PT_OK ||
        (status = copy_text(root, "format", format, sizeof format, error)) != PT_OK ||
        (status = pt_node_get_integer(root, "version", PT_REQUIRED, 0, INT_MAX, &version, error)) !=
            PT_OK)
        return status;
    if (strcmp(format, FORMAT) != 0 || version != VERSION)
        return pt_fail(error, PT_CORRUPT, "format \"%.40s\" version %lld is not \"%s\" version %d",
                       format, (long long)version, FORMAT, VERSION);
    if ((status = pt_node_check_keys(root, keys, error)) != PT_OK ||
        (status = copy_text(root, "cpu_model", calibration.cpu_model, sizeof calibration.cpu_model,
                            error)) != PT_OK ||
        (status = copy_text(root, "date", calibration.date, sizeof calibration.date, error)) !=
            PT_OK ||
        (status = pt_node_get_number(root, "step_overhead_seconds", PT_REQUIRED, 0, 1,
                                     &calibration.step_overhead_seconds, error)) != PT_OK ||
        (status = read_points(pt_node_find(root, "points"), &calibration, error)) != PT_OK)
        return status;
    if (strcmp(calibration.cpu_model, cpu_model) != 0)
        return pt_fail(error, PT_CORRUPT, "it is of the CPU \"%.60s\", not of \"%.60s\"",
                       calibration.cpu_model, cpu_model);
    *ret_calibration = calibration;
    return PT_OK;
}

static enum pt_status load(struct pt_arena *arena, const char *path, const char *cpu_model,
                           struct pt_calibration *ret_calibration, struct pt_error *error)
{
    struct pt_error inner;
    const struct pt_node *root;
    char *text;
    size_t length;

    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, &inner);
    if (status == PT_NOT_FOUND)
        return pt_fail(error, PT_NOT_FOUND, "this machine was never calibrated (no %s); " REMEDY,
                       path);
    if (status != PT_OK)
        return pt_fail(error, status, "%s", inner.message);
    status = pt_json_parse(arena, text, length, strrchr(path, '/') + 1, &root, &inner);
    if (status == PT_OK)
        status = read_calibration(root, cpu_model, ret_calibration, &inner);
    if (status == PT_OK || status == PT_NO_MEMORY)
        return status == PT_OK ? PT_OK : pt_fail(error, status, "%s", inner.message);
    return pt_fail(error, PT_CORRUPT, "the calibration in %.*s is damaged: %s; " REMEDY,
                   (int)(strrchr(path, '/') - path), path, inner.message);
}

enum pt_status pt_calibration_load(const struct pt_cpu_info *cpu, const char *directory,
                                   struct pt_calibration *ret_calibration, struct pt_error *error)
{
    char name[NAME_SIZE], path[PATH_MAX];

    file_name(cpu->model, name);
    if (!pt_path_below(path, sizeof path, directory, "/%s", name))
        return pt_fail(error, PT_BAD_INPUT, "the path of %.200s is too long", directory);
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read %s", path);
    enum pt_status status = load(arena, path, cpu->model, ret_calibration, error);
    pt_arena_destroy(arena);
    return status;
}
