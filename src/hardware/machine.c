// What this machine is, from /proc/cpuinfo and its neighbours.
//
// x86 and Arm write cpuinfo differently: x86 names the model, Arm gives numbers of implementer and
// part, and a cloud's Arm core does not tell that it runs below a hypervisor. Source: Linux,
// arch/x86/kernel/cpu/proc.c and arch/arm64/kernel/cpuinfo.c.

#include "hardware/machine.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/units.h"
#include "hardware/cpu_quota.h"
#include "hardware/microarchitecture.h"

enum { FILE_LIMIT = 1 << 26, SOCKETS_MAX = 256, CACHES_MAX = 8 };

struct cpuinfo {
    int processors;
    int sockets; // distinct physical ids
    int64_t socket_ids[SOCKETS_MAX];
    int siblings, cores; // per socket
    unsigned implementer, part;
    bool hypervisor;
};

// The first line of a file below root, without its end; "" if it cannot be read.
static const char *read_line(struct pt_arena *arena, const char *root, const char *path)
{
    char whole[PATH_MAX], *text;
    size_t length;
    if (!pt_path_below(whole, sizeof whole, root, "%s", path) ||
        pt_file_read(arena, whole, 4096, &text, &length, NULL) != PT_OK)
        return "";
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
            return true;
    return false;
}

// The decimal number with which text begins, or -1; *ret_rest (may be NULL) is the text behind it.
static int64_t leading_number(const char *text, const char **ret_rest)
{
    char digits[20];
    int64_t number;
    size_t length = strspn(text, "0123456789");
    if (ret_rest != NULL)
        *ret_rest = text + length;
    if (length == 0 || length >= sizeof digits)
        return -1;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return pt_parse_int64(digits, &number) ? number : -1;
}

static void add_socket(struct cpuinfo *found, const char *value)
{
    int64_t id = leading_number(value, NULL);
    for (int i = 0; i < found->sockets; i++)
        if (found->socket_ids[i] == id)
            return;
    if (found->sockets < SOCKETS_MAX)
        found->socket_ids[found->sockets++] = id;
}

// What is no number or too large is no such processor: 0.
static int small_number(const char *value)
{
    int64_t number = leading_number(value, NULL);
    return number > 0 && number < 1 << 20 ? (int)number : 0;
}

// Arm writes "0x41".
static unsigned small_hexadecimal(const char *value)
{
    unsigned long number = strtoul(value, NULL, 16);
    return number < 1 << 20 ? (unsigned)number : 0;
}

static void read_field(const char *key, const char *value, struct cpuinfo *found,
                       struct pt_cpu_info *info)
{
    if (strcmp(key, "processor") == 0)
        found->processors++;
    else if (strcmp(key, "vendor_id") == 0)
        snprintf(info->vendor, sizeof info->vendor, "%s", value);
    else if (strcmp(key, "cpu family") == 0)
        info->family = small_number(value);
    else if (strcmp(key, "model") == 0)
        info->model_number = small_number(value);
    else if (strcmp(key, "model name") == 0)
        snprintf(info->model, sizeof info->model, "%s", value);
    else if (strcmp(key, "stepping") == 0)
        info->stepping = small_number(value);
    else if (strcmp(key, "physical id") == 0)
        add_socket(found, value);
    else if (strcmp(key, "siblings") == 0)
        found->siblings = small_number(value);
    else if (strcmp(key, "cpu cores") == 0)
        found->cores = small_number(value);
    else if (strcmp(key, "CPU implementer") == 0)
        found->implementer = small_hexadecimal(value);
    else if (strcmp(key, "CPU part") == 0)
        found->part = small_hexadecimal(value);
    else if (strcmp(key, "CPU variant") == 0)
        info->model_number = (int)small_hexadecimal(value);
    else if (strcmp(key, "CPU revision") == 0)
        info->stepping = small_number(value);
    else if (strcmp(key, "flags") == 0)
        found->hypervisor = has_word(value, "hypervisor");
}

// Lines are "key<tabs>: value".
static void read_fields(char *text, struct cpuinfo *found, struct pt_cpu_info *info)
{
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            continue;
        char *value = colon + 1 + strspn(colon + 1, " \t");
        while (colon > line && isspace((unsigned char)colon[-1]))
            colon--;
        *colon = '\0';
        for (size_t end = strlen(value); end > 0 && isspace((unsigned char)value[end - 1]); end--)
            value[end - 1] = '\0';
        read_field(line, value, found, info);
    }
}

// Amazon's cores are Neoverse by name, and Graviton by the firmware of the machine around them.
static void name_arm(struct pt_arena *arena, const char *root, const struct cpuinfo *found,
                     struct pt_cpu_info *info)
{
    const char *core = pt_arm_microarchitecture(found->implementer, found->part);
    const char *maker = read_line(arena, root, "/sys/class/dmi/id/sys_vendor");
    const char *product = read_line(arena, root, "/sys/class/dmi/id/product_name");
    bool amazon = strcmp(maker, "Amazon EC2") == 0;

    if (info->model[0] == '\0' && core[0] != '\0')
        snprintf(info->model, sizeof info->model, "%s %s", amazon ? "AWS Graviton" : "Arm", core);
    if (info->model[0] == '\0')
        snprintf(info->model, sizeof info->model, "Arm implementer 0x%02x part 0x%03x",
                 found->implementer, found->part);
    snprintf(info->vendor, sizeof info->vendor, "%s", amazon ? "Amazon" : "Arm");
    snprintf(info->microarchitecture, sizeof info->microarchitecture, "%s",
             amazon ? "Graviton" : core);
    info->virtual_machine = (amazon && strstr(product, ".metal") == NULL) ||
                            strcmp(maker, "QEMU") == 0 || strcmp(maker, "Google") == 0 ||
                            strcmp(product, "Virtual Machine") == 0 ||
                            strcmp(product, "KVM Virtual Machine") == 0;
}

static double memory_bytes(struct pt_arena *arena, const char *root)
{
    static const char key[] = "MemTotal:";
    char path[PATH_MAX], *text;
    size_t length;
    if (!pt_path_below(path, sizeof path, root, "/proc/meminfo") ||
        pt_file_read(arena, path, FILE_LIMIT, &text, &length, NULL) != PT_OK)
        return NAN;
    const char *line = strstr(text, key);
    if (line == NULL)
        return NAN;
    line += strlen(key);
    int64_t kib = leading_number(line + strspn(line, " \t"), NULL);
    return kib > 0 ? (double)kib * PT_BYTES_PER_KIB : NAN;
}

// The highest level that the first processor has. Sizes are written "32768K".
static double last_cache_bytes(struct pt_arena *arena, const char *root)
{
    double last = NAN;
    int64_t last_level = 0;
    for (int i = 0; i < CACHES_MAX; i++) {
        char folder[64], path[96];
        snprintf(folder, sizeof folder, "/sys/devices/system/cpu/cpu0/cache/index%d", i);
        snprintf(path, sizeof path, "%s/level", folder);
        int64_t level = leading_number(read_line(arena, root, path), NULL);
        snprintf(path, sizeof path, "%s/size", folder);
        const char *unit;
        int64_t size = leading_number(read_line(arena, root, path), &unit);
        if (level <= last_level || size <= 0)
            continue;
        last_level = level;
        last = (double)size * (*unit == 'K'   ? PT_BYTES_PER_KIB
                               : *unit == 'M' ? PT_BYTES_PER_MIB
                                              : 1);
    }
    return last;
}

static void fill_counts(struct pt_arena *arena, const char *root, const struct cpuinfo *found,
                        struct pt_cpu_info *info)
{
    info->machine_threads = found->processors;
    info->threads = pt_cpu_usable_threads(arena, root, found->processors);
    if (info->threads > found->processors)
        info->threads = found->processors;
    info->sockets = found->sockets > 0 ? found->sockets : 1;
    info->threads_per_core = 1;
    if (found->cores > 0 && found->siblings > found->cores)
        info->threads_per_core = found->siblings / found->cores;
}

static enum pt_status read_machine(struct pt_arena *arena, const char *root,
                                   struct pt_cpu_info *ret_info, struct pt_error *error)
{
    char path[PATH_MAX], *text;
    size_t length;
    struct pt_cpu_info info = {0};
    struct cpuinfo found = {0};

    if (!pt_path_below(path, sizeof path, root, "/proc/cpuinfo"))
        return pt_fail(error, PT_BAD_INPUT, "root %.200s is too long", root);
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status != PT_OK)
        return status;
    read_fields(text, &found, &info);
    if (found.processors == 0)
        return pt_fail(error, PT_CORRUPT, "%s names no processor", path);
    fill_counts(arena, root, &found, &info);
    if (info.vendor[0] == '\0')
        name_arm(arena, root, &found, &info);
    else {
        info.virtual_machine = found.hypervisor;
        snprintf(
            info.microarchitecture, sizeof info.microarchitecture, "%s",
            pt_x86_microarchitecture(info.vendor, info.family, info.model_number, info.stepping));
    }
    if (info.model[0] == '\0')
        snprintf(info.model, sizeof info.model, "%.31s family %d model %d", info.vendor,
                 info.family, info.model_number);
    info.memory_bytes = memory_bytes(arena, root);
    info.last_cache_bytes = last_cache_bytes(arena, root);
    *ret_info = info;
    return PT_OK;
}

enum pt_status pt_cpu_info_read(const char *root, struct pt_cpu_info *ret_info,
                                struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read /proc/cpuinfo");
    enum pt_status status = read_machine(arena, root, ret_info, error);
    pt_arena_destroy(arena);
    return status;
}
