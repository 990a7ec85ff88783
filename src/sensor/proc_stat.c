// See proc_stat.h. Source: Linux, Documentation/filesystems/proc.rst, 1.7.

#include "sensor/proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/sysfs.h"

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, FIELDS };
enum { FIRST_LINE = 256, WHOLE = 256 * 1024 };

// One unsigned decimal after blanks. Ticks of a few thousand years stay exact in a double.
static bool parse_ticks(const char **text, double *ret)
{
    const char *p = *text;
    while (*p == ' ')
        p++;
    if (*p < '0' || *p > '9')
        return false;
    double value = 0;
    for (; *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (*p - '0');
    if (value > 0x1p53 || (*p != ' ' && *p != '\n' && *p != '\0'))
        return false;
    *text = p;
    *ret = value;
    return true;
}

static int count_cpus(const char *text)
{
    int count = 0;
    while ((text = strstr(text, "\ncpu")) != NULL) {
        text += 4;
        count += *text >= '0' && *text <= '9';
    }
    return count;
}

enum pt_status pt_proc_stat_parse(const char *text, double ticks_per_second,
                                  struct pt_cpu_times *ret_times, struct pt_error *error)
{
    double ticks[FIELDS];
    const char *p = text + 3;
    if (strncmp(text, "cpu ", 4) != 0)
        return pt_fail(error, PT_CORRUPT, "/proc/stat does not begin with \"cpu \"");
    for (int i = 0; i < FIELDS; i++)
        if (!parse_ticks(&p, &ticks[i]))
            return pt_fail(error, PT_CORRUPT, "/proc/stat: field %d of the first line is no number",
                           i + 2);
    ret_times->busy_seconds =
        (ticks[USER] + ticks[NICE] + ticks[SYSTEM] + ticks[IRQ] + ticks[SOFTIRQ]) /
        ticks_per_second;
    ret_times->idle_seconds = (ticks[IDLE] + ticks[IOWAIT]) / ticks_per_second;
    ret_times->cpus = count_cpus(p);
    return PT_OK;
}

static enum pt_status first_read(struct pt_proc_stat *stat, struct pt_error *error)
{
    struct pt_cpu_times times;
    char *text = malloc(WHOLE);
    if (text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "/proc/stat: out of memory");
    ssize_t length = pread(stat->fd, text, WHOLE - 1, 0);
    enum pt_status status = PT_OK;
    if (length < 0)
        status = pt_fail_errno(error, errno, "/proc/stat");
    if (status == PT_OK) {
        text[length] = '\0';
        status = pt_proc_stat_parse(text, stat->ticks_per_second, &times, error);
    }
    free(text);
    if (status != PT_OK)
        return status;
    if (times.cpus == 0 || times.busy_seconds + times.idle_seconds == 0)
        return pt_fail(error, PT_UNAVAILABLE, "/proc/stat counts no CPU time here");
    stat->cpus = times.cpus;
    stat->busy_seconds = times.busy_seconds;
    return PT_OK;
}

enum pt_status pt_proc_stat_open(struct pt_proc_stat *stat, const char *root,
                                 struct pt_error *error)
{
    struct pt_sysfs_file file;
    *stat = (struct pt_proc_stat){.fd = -1, .ticks_per_second = (double)sysconf(_SC_CLK_TCK)};
    enum pt_status status = pt_sysfs_open(&file, root, error, "/proc/stat");
    if (status != PT_OK)
        return status;
    stat->fd = file.fd;
    status = first_read(stat, error);
    if (status != PT_OK)
        pt_proc_stat_close(stat);
    return status;
}

double pt_proc_stat_busy(struct pt_proc_stat *stat)
{
    char text[FIRST_LINE];
    struct pt_cpu_times times;
    ssize_t length = pread(stat->fd, text, sizeof text - 1, 0);
    if (length <= 0)
        return NAN;
    text[length] = '\0';
    if (pt_proc_stat_parse(text, stat->ticks_per_second, &times, NULL) != PT_OK)
        return NAN;
    stat->busy_seconds = fmax(stat->busy_seconds, times.busy_seconds);
    return stat->busy_seconds;
}

void pt_proc_stat_close(struct pt_proc_stat *stat)
{
    if (stat->fd >= 0)
        close(stat->fd);
    stat->fd = -1;
}
