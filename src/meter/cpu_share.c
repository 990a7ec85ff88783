// See cpu_share.h.

#include "meter/cpu_share.h"

#include <math.h>

#include "base/clock.h"

double pt_cpu_share_cpu_seconds(struct pt_cpu_share *share)
{
    switch (share->scope) {
    case PT_SCOPE_SELF:
        return pt_process_cpu_seconds();
    case PT_SCOPE_TREE:
        return pt_process_tree_cpu_seconds(&share->tree);
    case PT_SCOPE_MACHINE:
        break;
    }
    return share->stat.fd >= 0 ? pt_proc_stat_busy(&share->stat) : NAN;
}

static void take_mark(struct pt_cpu_share *share, double cpu, double busy,
                      struct pt_window_share *window)
{
    double ours = cpu - share->cpu_at_mark;
    if (share->sockets != NULL)
        pt_socket_share_mark(share->sockets, ours, window);
    if (share->scope == PT_SCOPE_TREE) {
        int64_t now = pt_clock_monotonic(share->clock);
        pt_memory_share_mark(&share->memory, (double)(now - share->marked_ns) * 1e-9, window->cpu,
                             &window->memory);
        share->marked_ns = now;
    }
    share->latest = *window;
    share->cpu_at_mark = cpu;
    share->busy_at_mark = busy;
}

bool pt_cpu_share_since_mark(struct pt_cpu_share *share, bool mark,
                             struct pt_window_share *ret_share)
{
    struct pt_window_share *window = ret_share;
    if (share->scope == PT_SCOPE_MACHINE) {
        *window = pt_window_of_share(1, 1, 1);
        window->cpu.basis = PT_SHARE_WHOLE;
        return true;
    }
    double cpu = pt_cpu_share_cpu_seconds(share);
    double busy = pt_proc_stat_busy(&share->stat);
    if (isnan(cpu) || isnan(busy))
        return false;
    *window = share->latest;
    window->cpu =
        pt_busy_share(cpu - share->cpu_at_mark, busy - share->busy_at_mark, share->tick_seconds);
    if (mark)
        take_mark(share, cpu, busy, window);
    return true;
}

static bool has_memory(const struct pt_sensor *sensor)
{
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++)
        if (pt_sensor_channel(sensor, i)->scope == PT_CHANNEL_DRAM)
            return true;
    return false;
}

static void open_parts(struct pt_cpu_share *share, const struct pt_meter_config *config,
                       const char *root)
{
    pt_memory_share_open(&share->memory, root, has_memory(config->sensor), &share->tree);
    if (pt_socket_share_open(&share->sockets, config, root, &share->tree, NULL) != PT_OK)
        share->sockets = NULL; // one package, or nobody tells: by the CPU time of the machine
}

enum pt_status pt_cpu_share_open(struct pt_cpu_share *share, const struct pt_meter_config *config,
                                 const char *root, struct pt_error *error)
{
    share->scope = config->scope;
    share->stat.fd = -1;
    share->clock = config->clock != NULL ? config->clock : &pt_system_clock;
    share->marked_ns = pt_clock_monotonic(share->clock);
    share->latest = pt_window_of_share(NAN, 0, 1);
    enum pt_status status = pt_proc_stat_open(&share->stat, root, error);
    if (status != PT_OK && share->scope == PT_SCOPE_MACHINE)
        status = PT_OK; // the whole machine's energy needs no CPU time
    else if (status != PT_OK)
        return pt_fail_within(error, status, "meter: which share of the machine is ours");
    if (share->scope == PT_SCOPE_TREE)
        status = pt_process_tree_open(&share->tree, root, config->pid, config->cgroup, error);
    if (status == PT_OK && share->scope == PT_SCOPE_TREE)
        open_parts(share, config, root);
    if (status != PT_OK) {
        pt_cpu_share_close(share);
        return status;
    }
    // Each thread counts ticks on its own, so their errors are independent.
    share->tick_seconds = (1 + sqrt(share->stat.cpus)) / share->stat.ticks_per_second;
    share->cpu_at_open = share->cpu_at_mark = pt_cpu_share_cpu_seconds(share);
    share->busy_at_mark = share->stat.busy_seconds;
    return PT_OK;
}

void pt_cpu_share_close(struct pt_cpu_share *share)
{
    pt_socket_share_close(share->sockets);
    share->sockets = NULL;
    pt_proc_stat_close(&share->stat);
}
