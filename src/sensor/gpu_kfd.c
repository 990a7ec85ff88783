// Who computes on AMD's GPUs: /sys/class/kfd/kfd. Its lists are open to everybody, unlike the open
// files of other users' processes, but it tells no engine time, only how many compute units a
// process occupies at the moment (of CDNA GPUs, and of others with newer kernels).
// Source: Linux, drivers/gpu/drm/amd/amdkfd/kfd_process.c, kfd_topology.c.

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/gpu_share_parts.h"
#include "sensor/sysfs.h"

#define KFD "/sys/class/kfd/kfd"

static DIR *open_folder(const char *root, const char *folder)
{
    char path[PT_SYSFS_PATH];
    int length = snprintf(path, sizeof path, "%s%s", root, folder);
    return length < (int)sizeof path ? opendir(path) : NULL;
}

// "location_id 768\n" in the properties of a node.
static double property(const char *text, const char *key)
{
    size_t length = strlen(key);
    char *end;
    while (text != NULL && !(strncmp(text, key, length) == 0 && text[length] == ' ')) {
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    if (text == NULL || text[length + 1] < '0' || text[length + 1] > '9')
        return NAN;
    double value = strtod(text + length + 1, &end);
    return *end == '\n' || *end == '\0' ? value : NAN;
}

// location_id holds bus, device and function as PCI has them: 8, 5 and 3 bits.
static void add_node(struct pt_kfd *kfd, const char *node)
{
    char text[8192];
    double id = NAN;
    if (pt_sysfs_number(kfd->root, &id, NULL, KFD "/topology/nodes/%.20s/gpu_id", node) != PT_OK ||
        !(id > 0 && id <= UINT32_MAX) ||
        pt_sysfs_text(kfd->root, text, sizeof text, NULL, KFD "/topology/nodes/%.20s/properties",
                      node) != PT_OK)
        return; // a processor
    double location = property(text, "location_id"), domain = property(text, "domain");
    double units = property(text, "simd_count") / property(text, "simd_per_cu");
    if (!(location >= 0 && location <= 0xffff) || kfd->count == PT_KFD_GPUS_MAX)
        return;
    struct pt_kfd_gpu *gpu = &kfd->gpus[kfd->count++];
    unsigned at = (unsigned)location, bus = at >> 8, device = at >> 3 & 31, function = at & 7;
    gpu->id = (uint32_t)id;
    gpu->compute_units = units > 0 && isfinite(units) ? units : NAN;
    snprintf(gpu->address, sizeof gpu->address, "%04x:%02x:%02x.%x",
             domain >= 0 && domain <= UINT32_MAX ? (unsigned)domain : 0, bus, device, function);
}

void pt_kfd_open(struct pt_kfd *kfd, const char *root)
{
    *kfd = (struct pt_kfd){.root = root};
    DIR *nodes = open_folder(root, KFD "/topology/nodes");
    if (nodes == NULL)
        return;
    const struct dirent *node;
    while ((node = readdir(nodes)) != NULL)
        if (node->d_name[0] >= '0' && node->d_name[0] <= '9')
            add_node(kfd, node->d_name);
    closedir(nodes);
}

static bool has_queue(const struct pt_kfd *kfd, const char *process, uint32_t id)
{
    char folder[PT_SYSFS_PATH];
    bool found = false;
    snprintf(folder, sizeof folder, KFD "/proc/%.20s/queues", process);
    DIR *queues = open_folder(kfd->root, folder);
    if (queues == NULL)
        return false;
    const struct dirent *queue;
    while (!found && (queue = readdir(queues)) != NULL) {
        double of = NAN;
        found = queue->d_name[0] != '.' &&
                pt_sysfs_number(kfd->root, &of, NULL, "%s/%.20s/gpuid", folder, queue->d_name) ==
                    PT_OK &&
                of == id;
    }
    closedir(queues);
    return found;
}

void pt_kfd_each(const struct pt_kfd *kfd, const struct pt_kfd_gpu *gpu,
                 void (*found)(void *state, int64_t pid, double occupancy, double memory_bytes),
                 void *state)
{
    DIR *processes = open_folder(kfd->root, KFD "/proc");
    if (processes == NULL)
        return;
    const struct dirent *process;
    while ((process = readdir(processes)) != NULL) {
        const char *name = process->d_name;
        double memory = NAN, units = NAN;
        int64_t pid = atoll(name);
        if (pid <= 0)
            continue;
        (void)pt_sysfs_number(kfd->root, &memory, NULL, KFD "/proc/%.20s/vram_%u", name, gpu->id);
        if (!(memory > 0) && !has_queue(kfd, name, gpu->id))
            continue;
        (void)pt_sysfs_number(kfd->root, &units, NULL, KFD "/proc/%.20s/stats_%u/cu_occupancy",
                              name, gpu->id);
        found(state, pid, units >= 0 ? units / gpu->compute_units : NAN, memory);
    }
    closedir(processes);
}
