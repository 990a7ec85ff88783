// See memory_share.h.

#include "meter/memory_share.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "sensor/sysfs.h"

static const double share_of_thread = 0.0005;

double pt_memory_line_parse(const char *text, const char *key)
{
    size_t length = strlen(key);
    char *end;
    while (text != NULL && strncmp(text, key, length) != 0) {
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    if (text == NULL)
        return NAN;
    text += length;
    text += strspn(text, " \t");
    if (*text < '0' || *text > '9')
        return NAN;
    double value = strtod(text, &end);
    return isfinite(value) && strncmp(end, " kB", 3) == 0 ? value * PT_BYTES_PER_KIB : NAN;
}

void pt_memory_share_open(struct pt_memory_share *memory, const char *root, bool wanted,
                          struct pt_process_tree *tree)
{
    *memory = (struct pt_memory_share){.wanted = wanted,
                                       .root = root,
                                       .tree = tree,
                                       .pss_per_resident = NAN,
                                       .page_bytes = (double)sysconf(_SC_PAGESIZE)};
}

static double thread_seconds(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / (double)PT_NANOSECONDS_PER_SECOND;
}

static void visit(void *state, int pid, const struct pt_process_stat *stat)
{
    struct pt_memory_share *memory = state;
    char text[4096];
    if (isnan(stat->resident_pages))
        return;
    double resident = stat->resident_pages * memory->page_bytes;
    memory->resident += resident;
    memory->largest = fmax(memory->largest, resident);
    if (!memory->ask ||
        pt_sysfs_text(memory->root, text, sizeof text, NULL, "/proc/%d/smaps_rollup", pid) != PT_OK)
        return;
    double pss = pt_memory_line_parse(text, "Pss:");
    if (!isnan(pss)) {
        memory->pss += pss;
        memory->pss_resident += resident;
    }
}

static void walk(struct pt_memory_share *memory, double elapsed)
{
    memory->resident = memory->largest = memory->pss = memory->pss_resident = 0;
    memory->asked_since += elapsed;
    memory->ask = isnan(memory->pss_per_resident) ||
                  memory->asked_since * share_of_thread >= memory->asked_cost;
    double before = thread_seconds();
    pt_process_tree_walk(memory->tree, visit, memory);
    if (!memory->ask)
        return;
    memory->asked_cost = thread_seconds() - before;
    memory->asked_since = 0;
    if (memory->pss_resident > 0)
        memory->pss_per_resident = fmin(1, memory->pss / memory->pss_resident);
}

// Who computes moves data too: the interval holds the share of CPU time.
void pt_memory_share_mark(struct pt_memory_share *memory, double elapsed, struct pt_share cpu,
                          struct pt_share *ret_share)
{
    char text[8192];
    *ret_share = (struct pt_share){NAN, 0, 1, PT_SHARE_MEMORY};
    if (!memory->wanted ||
        pt_sysfs_text(memory->root, text, sizeof text, NULL, "/proc/meminfo") != PT_OK)
        return;
    double used =
        pt_memory_line_parse(text, "MemTotal:") - pt_memory_line_parse(text, "MemAvailable:");
    walk(memory, elapsed);
    if (!(used > 0) || !(memory->resident > 0) || isnan(memory->pss_per_resident))
        return;
    double ours = memory->resident * memory->pss_per_resident;
    used = fmax(used, ours); // pages of files that are mapped count as available
    double value = ours / used;
    ret_share->value = value;
    ret_share->low = fmin(fmin(value, memory->largest / used), cpu.low);
    ret_share->high = fmax(fmin(1, memory->resident / used), cpu.high);
}
