// See socket_share.h.

#include "meter/socket_share.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meter/cgroup.h"
#include "sensor/perf_pmu.h"
#include "sensor/sysfs.h"

enum { TEXT = 512 * 1024, THREADS = 1 << 14, CPUS = 4096, FIELDS = 7 };

// 1 % of a socket's time is the kernel's own housekeeping.
static const double idle_load = 0.01;

struct thread {
    int id, socket;
    double start, ticks;
    unsigned seen; // the mark at which it was
};

struct pt_socket_share {
    const char *root;
    struct pt_process_tree *tree;
    double ticks_per_second;
    int stat_fd, count;
    int cpus[PT_PACKAGES_MAX]; // how many each has
    int packages[PT_PACKAGES_MAX];
    signed char sockets[CPUS]; // of each CPU: index of its package, -1: none
    double busy_at_mark[PT_PACKAGES_MAX], all_at_mark[PT_PACKAGES_MAX];
    double each_at_mark[CPUS];
    unsigned mark;
    double seen[PT_PACKAGES_MAX], sure[PT_PACKAGES_MAX]; // ticks of ours; sure: nowhere else
    struct thread threads[THREADS];
    char text[TEXT];
};

// ---------------------------------------------------------------------------------------- topology
static bool read_cpus(const char *root, int cpu, int *cpus, int *ret_count)
{
    char text[2048];
    static const char *const files[] = {"package_cpus_list", "core_siblings_list"}; // Linux < 5.3
    for (int i = 0; i < 2; i++)
        if (pt_sysfs_text(root, text, sizeof text, NULL,
                          "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, files[i]) == PT_OK &&
            pt_cpu_list_parse(text, cpus, ret_count))
            return true;
    return false;
}

static enum pt_status read_topology(struct pt_socket_share *share, struct pt_error *error)
{
    struct pt_cpu_package packages[PT_PACKAGES_MAX];
    int cpus[PT_PMU_CPUS_MAX], count;
    memset(share->sockets, -1, sizeof share->sockets);
    enum pt_status status = pt_cpu_packages(share->root, false, packages, &share->count, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < share->count; i++) {
        share->packages[i] = packages[i].package;
        if (!read_cpus(share->root, packages[i].cpu, cpus, &count))
            return pt_fail(error, PT_UNAVAILABLE, "CPU %d does not tell its package's others",
                           packages[i].cpu);
        share->cpus[i] = count;
        for (int k = 0; k < count; k++)
            if (cpus[k] < CPUS)
                share->sockets[cpus[k]] = (signed char)i;
    }
    return PT_OK;
}

// Whether the sensor counts at least two packages.
static bool are_counted(const struct pt_sensor *sensor)
{
    int first = -1, package;
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++) {
        const struct pt_channel *channel = pt_sensor_channel(sensor, i);
        const char *device = channel->device[0] != '\0' ? channel->device : channel->name;
        if (sscanf(device, "package-%d", &package) != 1)
            continue;
        if (first >= 0 && package != first)
            return true;
        first = package;
    }
    return false;
}

// ----------------------------------------------------------------------------- time of the machine
static int socket_of(const struct pt_socket_share *share, int cpu)
{
    return cpu >= 0 && cpu < CPUS ? share->sockets[cpu] : -1;
}

// "cpu17 user nice system idle iowait irq softirq ..."; the line's ticks.
static bool parse_line(const char *line, int *ret_cpu, double *ret_busy, double *ret_all)
{
    char *end;
    double ticks[FIELDS];
    if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9')
        return false;
    long cpu = strtol(line + 3, &end, 10);
    for (int i = 0; i < FIELDS; i++) {
        const char *begin = end;
        ticks[i] = strtod(begin, &end);
        if (end == begin || !(ticks[i] >= 0))
            return false;
    }
    double idle = ticks[3] + ticks[4];
    *ret_cpu = cpu < CPUS ? (int)cpu : -1;
    *ret_busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    *ret_all = *ret_busy + idle;
    return true;
}

// Seconds of each package since boot; false if they cannot be read.
static bool read_busy(struct pt_socket_share *share, double *busy, double *all)
{
    ssize_t length = pread(share->stat_fd, share->text, TEXT - 1, 0);
    int cpu, lines = 0;
    double line_busy, line_all;
    if (length <= 0)
        return false;
    share->text[length] = '\0';
    for (int i = 0; i < share->count; i++)
        busy[i] = all[i] = 0;
    for (const char *line = share->text; line != NULL && strncmp(line, "cpu", 3) == 0;) {
        int socket = parse_line(line, &cpu, &line_busy, &line_all) ? socket_of(share, cpu) : -1;
        if (socket >= 0) {
            busy[socket] += line_busy / share->ticks_per_second;
            all[socket] += line_all / share->ticks_per_second;
            lines++;
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return lines > 0;
}

// -------------------------------------------------------------------------------------- time of us
static struct thread *find_thread(struct pt_socket_share *share, int id)
{
    unsigned at = (unsigned)id * 2654435761u; // Knuth's multiplicative hash
    for (int tries = 0; tries < 64; tries++) {
        struct thread *thread = &share->threads[(at + (unsigned)tries) % THREADS];
        if (thread->id == id || thread->id == 0)
            return thread;
        if (thread->seen + 1 < share->mark) // it has ended
            return thread;
    }
    return NULL; // its time is among what is not seen
}

static void see_thread(struct pt_socket_share *share, int id, const struct pt_process_stat *stat)
{
    int socket = socket_of(share, stat->cpu);
    struct thread *thread = find_thread(share, id);
    if (thread == NULL || socket < 0)
        return;
    bool known = thread->id == id && thread->start == stat->start_ticks;
    double ticks = fmax(0, stat->own_ticks - (known ? thread->ticks : 0));
    share->seen[socket] += ticks;
    if (known && thread->socket == socket)
        share->sure[socket] += ticks;
    *thread = (struct thread){id, socket, stat->start_ticks, stat->own_ticks, share->mark};
}

static void see_process(void *state, int pid, const struct pt_process_stat *unused)
{
    struct pt_socket_share *share = state;
    char path[PT_SYSFS_PATH], text[1024];
    struct pt_process_stat stat;
    (void)unused;
    int length = snprintf(path, sizeof path, "%s/proc/%d/task", share->root, pid);
    DIR *directory = length < (int)sizeof path ? opendir(path) : NULL;
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' &&
            pt_sysfs_text(share->root, text, sizeof text, NULL, "/proc/%d/task/%.20s/stat", pid,
                          entry->d_name) == PT_OK &&
            pt_process_stat_parse(text, &stat))
            see_thread(share, atoi(entry->d_name), &stat);
    closedir(directory);
}

static void sample_threads(struct pt_socket_share *share)
{
    share->mark++;
    memset(share->seen, 0, sizeof share->seen);
    memset(share->sure, 0, sizeof share->sure);
    pt_process_tree_walk(share->tree, see_process, share);
    for (int i = 0; i < share->count; i++) {
        share->seen[i] /= share->ticks_per_second;
        share->sure[i] /= share->ticks_per_second;
    }
}

// The control group tells each CPU: all of it is sure.
static bool count_each(struct pt_socket_share *share)
{
    double now[CPUS];
    int count = share->tree->cgroup == NULL
                    ? 0
                    : pt_cgroup_cpu_seconds_each(share->tree->cgroup, share->text, TEXT, now, CPUS);
    if (count == 0)
        return false;
    memset(share->seen, 0, sizeof share->seen);
    for (int i = 0; i < count; i++) {
        int socket = socket_of(share, i);
        if (socket >= 0)
            share->seen[socket] += fmax(0, now[i] - share->each_at_mark[i]);
        share->each_at_mark[i] = now[i];
    }
    memcpy(share->sure, share->seen, sizeof share->sure);
    return true;
}

// ----------------------------------------------------------------------------------------- sharing
void pt_socket_spread(const double *seen, const double *busy, int count, double cpu_seconds,
                      double *ret_ours)
{
    double all_seen = 0, all_busy = 0, excess = 0, room = 0;
    for (int i = 0; i < count; i++) {
        all_seen += seen[i];
        all_busy += busy[i];
    }
    for (int i = 0; i < count; i++) {
        double part = all_seen > 0   ? seen[i] / all_seen
                      : all_busy > 0 ? busy[i] / all_busy // nothing was seen: it has ended
                                     : 1.0 / count;
        ret_ours[i] = cpu_seconds * part;
        excess += fmax(0, ret_ours[i] - busy[i]);
        room += fmax(0, busy[i] - ret_ours[i]);
    }
    double moved = fmin(excess, room);
    for (int i = 0; i < count && moved > 0; i++) {
        double over = ret_ours[i] - busy[i];
        ret_ours[i] -= over > 0 ? moved * over / excess : moved * over / room;
    }
}

static struct pt_share share_of(double ours, double sure, double all_ours, double all_sure,
                                double busy, double tick_seconds)
{
    double unsure = fmax(0, all_ours - all_sure);
    struct pt_share share = pt_busy_share(ours, busy, tick_seconds),
                    least = pt_busy_share(fmin(sure, ours), busy, tick_seconds),
                    most = pt_busy_share(fmin(fmax(ours, sure + unsure), fmax(busy, ours)), busy,
                                         tick_seconds);
    share.low = fmin(share.low, least.low);
    share.high = fmax(share.high, most.high);
    share.basis = PT_SHARE_SOCKET_TIME;
    return share;
}

void pt_socket_share_mark(struct pt_socket_share *share, double cpu_seconds,
                          struct pt_window_share *window)
{
    double busy[PT_PACKAGES_MAX], all[PT_PACKAGES_MAX], load[PT_PACKAGES_MAX];
    double ours[PT_PACKAGES_MAX], sure = 0;
    window->package_count = 0;
    if (!read_busy(share, busy, all))
        return;
    if (!count_each(share))
        sample_threads(share);
    for (int i = 0; i < share->count; i++) {
        double busy_now = busy[i], all_now = all[i];
        busy[i] = fmax(0, busy_now - share->busy_at_mark[i]);
        load[i] = busy[i] / fmax(all_now - share->all_at_mark[i], 1e-9);
        share->busy_at_mark[i] = busy_now;
        share->all_at_mark[i] = all_now;
        sure += share->sure[i];
    }
    pt_socket_spread(share->seen, busy, share->count, cpu_seconds, ours);
    for (int i = 0; i < share->count; i++) {
        bool idle = load[i] < idle_load && window->cpu.value > 0;
        window->packages[i].package = share->packages[i];
        window->packages[i].share =
            idle ? window->cpu
                 : share_of(ours[i], share->sure[i], cpu_seconds, sure, busy[i],
                            (1 + sqrt(share->cpus[i])) / share->ticks_per_second);
    }
    window->package_count = share->count;
}

// ----------------------------------------------------------------------------------------- opening
enum pt_status pt_socket_share_open(struct pt_socket_share **ret_share,
                                    const struct pt_meter_config *config, const char *root,
                                    struct pt_process_tree *tree, struct pt_error *error)
{
    struct pt_sysfs_file file;
    struct pt_window_share unused = pt_window_of_share(0, 0, 0);
    if (!are_counted(config->sensor))
        return pt_fail(error, PT_UNAVAILABLE, "the sensor does not count two packages");
    struct pt_socket_share *share = calloc(1, sizeof *share);
    if (share == NULL)
        return pt_fail(error, PT_NO_MEMORY, "meter: out of memory");
    share->root = root;
    share->tree = tree;
    share->stat_fd = -1;
    share->ticks_per_second = (double)sysconf(_SC_CLK_TCK);
    enum pt_status status = read_topology(share, error);
    if (status == PT_OK)
        status = pt_sysfs_open(&file, root, error, "/proc/stat");
    if (status != PT_OK) {
        pt_socket_share_close(share);
        return status;
    }
    share->stat_fd = file.fd;
    pt_socket_share_mark(share, 0, &unused);
    *ret_share = share;
    return PT_OK;
}

void pt_socket_share_close(struct pt_socket_share *share)
{
    if (share == NULL)
        return;
    if (share->stat_fd >= 0)
        close(share->stat_fd);
    free(share);
}
