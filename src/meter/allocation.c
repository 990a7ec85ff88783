// See allocation.h. Source of the variables: man 1 srun, man 1 sbatch, "OUTPUT ENVIRONMENT
// VARIABLES".

#include "meter/allocation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"
#include "hardware/cpu_quota.h"
#include "meter/memory_share.h"
#include "sensor/proc_stat.h"
#include "sensor/sysfs.h"

bool pt_gpu_list_parse(const char *text, uint32_t *ret_bits)
{
    uint32_t bits = 0;
    for (;;) {
        char *end;
        if (*text < '0' || *text > '9')
            return false;
        unsigned long first = strtoul(text, &end, 10), last = first;
        if (*end == '-') {
            if (end[1] < '0' || end[1] > '9')
                return false;
            last = strtoul(end + 1, &end, 10);
        }
        if (last < first || last > 31)
            return false;
        for (unsigned long i = first; i <= last; i++)
            bits |= UINT32_C(1) << i;
        if (*end == '\0') {
            *ret_bits = bits;
            return true;
        }
        if (*end != ',')
            return false;
        text = end + 1;
    }
}

static enum pt_status count_cpus(const char *root, double *ret_count, struct pt_error *error)
{
    struct pt_proc_stat stat;
    enum pt_status status = pt_proc_stat_open(&stat, root, error);
    if (status != PT_OK)
        return status;
    *ret_count = stat.cpus;
    pt_proc_stat_close(&stat);
    return PT_OK;
}

static enum pt_status number_of(const char *(*get)(const char *name), const char *name,
                                double *value, struct pt_error *error)
{
    const char *text = get(name);
    int64_t number;
    if (text == NULL)
        return PT_OK; // value stays
    if (!pt_parse_int64(text, &number) || number < 0)
        return pt_fail(error, PT_BAD_INPUT, "%s=%.60s is no count", name, text);
    *value = (double)number;
    return PT_OK;
}

static double memory_bytes(const char *root)
{
    char text[8192];
    if (pt_sysfs_text(root, text, sizeof text, NULL, "/proc/meminfo") != PT_OK)
        return NAN;
    return pt_memory_line_parse(text, "MemTotal:");
}

// --mem=0 means all of the node's, and so do the variables.
static double memory_share(double per_node, double per_cpu, double cpus, double all_bytes)
{
    double megabytes = isnan(per_node) ? per_cpu * cpus : per_node;
    if (megabytes == 0)
        return 1;
    double share = megabytes * 1024 * PT_BYTES_PER_KIB / all_bytes;
    return share > 1 ? 1 : share; // NAN stays, which fmin would lose
}

static enum pt_status read_slurm(const char *root, const char *(*get)(const char *name),
                                 struct pt_allocation *allocation, struct pt_error *error)
{
    double cpus = NAN, per_node = NAN, per_cpu = NAN;
    const char *job = get("SLURM_JOB_ID"), *gpus = get("SLURM_STEP_GPUS");
    enum pt_status status = number_of(get, "SLURM_CPUS_ON_NODE", &cpus, error);
    if (status == PT_OK)
        status = number_of(get, "SLURM_MEM_PER_NODE", &per_node, error);
    if (status == PT_OK)
        status = number_of(get, "SLURM_MEM_PER_CPU", &per_cpu, error);
    if (status != PT_OK || isnan(cpus))
        return status;
    gpus = gpus != NULL ? gpus : get("SLURM_JOB_GPUS");
    if (gpus != NULL && !pt_gpu_list_parse(gpus, &allocation->gpus))
        return pt_fail(error, PT_BAD_INPUT, "SLURM_JOB_GPUS=%.60s is no list of GPUs", gpus);
    allocation->gpus_told = gpus != NULL;
    allocation->told = true;
    allocation->cpu_count = fmin(cpus, allocation->machine_cpu_count);
    allocation->memory_share = memory_share(per_node, per_cpu, cpus, memory_bytes(root));
    snprintf(allocation->source, sizeof allocation->source, "Slurm job %.40s", job);
    return PT_OK;
}

static void limit(struct pt_allocation *allocation, double count, const char *source)
{
    if (!(count > 0) || count >= allocation->cpu_count)
        return;
    allocation->cpu_count = count;
    snprintf(allocation->source, sizeof allocation->source, "%s", source);
}

enum pt_status pt_allocation_read(struct pt_arena *arena, const char *root,
                                  const char *(*get)(const char *name),
                                  struct pt_allocation *ret_allocation, struct pt_error *error)
{
    struct pt_allocation allocation = {.memory_share = NAN};
    enum pt_status status = count_cpus(root, &allocation.machine_cpu_count, error);
    allocation.cpu_count = allocation.machine_cpu_count;
    if (status == PT_OK && get("SLURM_JOB_ID") != NULL)
        status = read_slurm(root, get, &allocation, error);
    if (status == PT_OK && !allocation.told) {
        limit(&allocation, pt_cpu_affinity_count(arena, root), "the set of CPUs");
        limit(&allocation, pt_cpu_quota(arena, root), "the cgroup's CPU quota");
    }
    if (status == PT_OK)
        *ret_allocation = allocation;
    return status;
}

enum pt_idle_policy pt_allocation_policy(const struct pt_allocation *allocation, bool watts_known,
                                         char *why, size_t size)
{
    const char *source = allocation->source;
    double cpus = allocation->cpu_count, all = allocation->machine_cpu_count;
    if (allocation->told && cpus >= all) {
        snprintf(why, size, "%s has all %g CPUs", source, all);
        return PT_IDLE_WHOLE;
    }
    if (source[0] == '\0') {
        snprintf(why, size, "nothing is reserved");
        return PT_IDLE_BUSY_SHARE;
    }
    snprintf(why, size, "%s: %.3g of %g CPUs%s", source, cpus, all,
             watts_known ? "" : ", but the idle watts are not known");
    return watts_known ? PT_IDLE_RESERVATION : PT_IDLE_BUSY_SHARE;
}
