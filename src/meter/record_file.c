// Records on the disk, and what a run says of itself in them.

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/units.h"
#include "meter/record.h"
#include "sensor/containment.h"

struct pt_record_writer {
    char *path;
    int fd;
    bool torn; // the last line in the file has no end
};

// ------------------------------------------------------------------------------------- the file
// Whether the file ends in the middle of a line, which a writer before us left.
static bool ends_torn(int fd)
{
    char last;
    off_t size = lseek(fd, 0, SEEK_END);
    return size > 0 && (pread(fd, &last, 1, size - 1) != 1 || last != '\n');
}

enum pt_status pt_record_open(const char *path, struct pt_record_writer **ret_writer,
                              struct pt_error *error)
{
    struct stat about;
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return pt_fail_errno(error, errno, "record %s: it cannot be written", path);
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        return pt_fail(error, PT_BAD_INPUT, "record %s: is no regular file; name another", path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return pt_fail(error, PT_BUSY,
                       "record %s: another meter is writing it; name another file, or give each "
                       "its own with --record-dir",
                       path);
    } // where there are no locks, as on some network disks, we go on without
    struct pt_record_writer *writer = calloc(1, sizeof *writer);
    char *copy = strdup(path);
    if (writer == NULL || copy == NULL) {
        free(writer);
        free(copy);
        close(fd);
        return pt_fail(error, PT_NO_MEMORY, "record %s: out of memory", path);
    }
    *writer = (struct pt_record_writer){.path = copy, .fd = fd, .torn = ends_torn(fd)};
    *ret_writer = writer;
    return PT_OK;
}

// How much of it was written; less than length if errno says why.
static size_t write_all(int fd, const char *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t written = write(fd, bytes + done, length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    return done;
}

enum pt_status pt_record_append(struct pt_record_writer *writer, const char *line, size_t length,
                                struct pt_error *error)
{
    if (writer->torn && write_all(writer->fd, "\n", 1) != 1)
        return pt_fail_errno(error, errno, "record %s", writer->path);
    writer->torn = false;
    size_t written = write_all(writer->fd, line, length);
    int number = errno;
    writer->torn = written > 0 && written < length;
    if (written < length)
        return pt_fail_errno(error, number, "record %s", writer->path);
    if (fdatasync(writer->fd) != 0)
        return pt_fail_errno(error, errno, "record %s: it cannot be flushed", writer->path);
    return PT_OK;
}

void pt_record_close(struct pt_record_writer *writer)
{
    if (writer == NULL)
        return;
    close(writer->fd);
    free(writer->path);
    free(writer);
}

bool pt_record_is_orphan(const char *path, int *ret_fd)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return false;
    }
    *ret_fd = fd;
    return true;
}

// ------------------------------------------------------------------------------------ its place
enum pt_status pt_record_directory(struct pt_arena *arena, const char **ret_path,
                                   struct pt_error *error)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    const char *path = NULL;
    if (state != NULL && state[0] == '/')
        path = pt_arena_printf(arena, "%s/powertrain/records", state);
    else if (home != NULL && home[0] == '/')
        path = pt_arena_printf(arena, "%s/.local/state/powertrain/records", home);
    else
        return pt_fail(error, PT_UNAVAILABLE,
                       "no place for records: neither XDG_STATE_HOME nor HOME is set");
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path of the records");
    *ret_path = path;
    return PT_OK;
}

// Of a name of somebody else's only what cannot lead elsewhere.
static void safe_name(const char *name, char *safe, size_t size)
{
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < size; i++) {
        bool plain = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
                     (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '_' ||
                     (name[i] == '.' && i > 0);
        safe[i] = plain ? name[i] : '_';
    }
    safe[i] = '\0';
}

const char *pt_record_path(struct pt_arena *arena, const char *directory,
                           const struct pt_record_run *run)
{
    char host[48], job[48], rank[32] = "";
    safe_name(run->host, host, sizeof host);
    safe_name(pt_record_job_group(&run->job), job, sizeof job);
    if (run->job.rank >= 0)
        snprintf(rank, sizeof rank, "rank%" PRId64 "-", run->job.rank);
    return pt_arena_printf(arena, "%s/%s%s%s-%s%s.record", directory, job,
                           job[0] != '\0' ? "-" : "", host, rank, run->uid);
}

// ----------------------------------------------------------------------------------- what a run is
static bool read_line(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, size - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return text[0] != '\0';
}

static int64_t parent_of(int64_t pid)
{
    char path[64], text[1024], state;
    long long parent = 0;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    if (!read_line(path, text, sizeof text))
        return 0;
    const char *behind_name = strrchr(text, ')');
    if (behind_name == NULL || sscanf(behind_name + 1, " %c %lld", &state, &parent) != 2)
        return 0;
    return parent;
}

// POWERTRAIN_PARENT is "UID PID". It reaches processes that are not below that meter too, for
// example through srun: those are not in its tree, so not in its bill.
static void find_parent(struct pt_record_run *run, char *const *environment)
{
    enum { DEPTH_MAX = 64 };
    const char *text = pt_environment(environment, "POWERTRAIN_PARENT");
    int64_t pid, ancestor = getpid();
    if (text == NULL || strlen(text) <= PT_RECORD_UID_SIZE ||
        !pt_parse_int64(text + PT_RECORD_UID_SIZE, &pid) || pid <= 1)
        return;
    for (int i = 0; i < DEPTH_MAX && ancestor > 1; i++) {
        ancestor = parent_of(ancestor);
        if (ancestor == pid) {
            memcpy(run->parent_uid, text, PT_RECORD_UID_SIZE - 1);
            return;
        }
    }
}

enum pt_status pt_record_run_init(struct pt_record_run *run, char *const *environment,
                                  const char *run_name, struct pt_error *error)
{
    unsigned char random[(PT_RECORD_UID_SIZE - 1) / 2];
    *run = (struct pt_record_run){.pid = getpid()};
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return pt_fail_errno(error, errno, "no random number for the name of the run");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(run->uid + 2 * i, 3, "%02x", random[i]);
    if (gethostname(run->host, sizeof run->host - 1) != 0)
        snprintf(run->host, sizeof run->host, "unknown");
    // Without a number of its boot, a host that is started again may be taken for itself.
    if (!read_line("/proc/sys/kernel/random/boot_id", run->boot_id, sizeof run->boot_id))
        snprintf(run->boot_id, sizeof run->boot_id, "host-%.50s", run->host);
    pt_record_job_read(environment, run_name, run->host, &run->job);
    find_parent(run, environment);
    return PT_OK;
}

// ------------------------------------------------------------------------------- totals as a state
static double seconds_before(const struct pt_record_state *before, const char *phase)
{
    for (int i = 0; before != NULL && i < before->phase_count; i++)
        if (strcmp(before->phases[i].name, phase) == 0)
            return before->phases[i].seconds;
    return 0;
}

static void fill_phases(const struct pt_meter_report *report, const struct pt_record_state *before,
                        struct pt_record_state *state)
{
    double longest = -1;
    for (int i = 0; i < report->phase_count; i++) {
        const struct pt_meter_phase_total *from = &report->phases[i];
        struct pt_record_phase *to = &state->phases[state->phase_count];
        snprintf(to->name, sizeof to->name, "%s", from->name);
        double lately = from->seconds - seconds_before(before, to->name);
        if (lately > longest) {
            longest = lately;
            snprintf(state->phase, sizeof state->phase, "%s", to->name);
        }
        if (from->seconds == 0)
            continue;
        to->seconds = from->seconds;
        to->joules = from->joules;
        state->phase_count++;
    }
}

// The channels of a report are those of the sensor that are summed, in their order.
static void fill_channels(const struct pt_meter_report *report, const struct pt_sensor *sensor,
                          struct pt_record_state *state)
{
    int count = pt_sensor_channel_count(sensor);
    for (int i = 0; i < count && state->channel_count < report->channel_count; i++) {
        if (!pt_sensor_is_summed(sensor, i))
            continue;
        const struct pt_channel *channel = pt_sensor_channel(sensor, i);
        const struct pt_meter_channel_total *total = &report->channels[state->channel_count];
        struct pt_record_channel *to = &state->channels[state->channel_count++];
        snprintf(to->id, sizeof to->id, "%s:%s", pt_scope_name(channel->scope),
                 pt_channel_key(channel));
        to->scope = channel->scope;
        to->machine_joules = total->machine_joules;
        to->our_joules = total->ours_joules;
        to->provenance = channel->provenance;
    }
}

void pt_record_state_of(const struct pt_meter_report *report, const struct pt_sensor *sensor,
                        int64_t start_ns, const struct pt_record_state *before,
                        struct pt_record_state *ret_state)
{
    struct pt_record_state *state = ret_state;
    memset(state, 0, sizeof *state);
    state->number = before != NULL ? before->number + 1 : 1;
    state->start_monotonic_ns = start_ns;
    state->monotonic_ns = start_ns + (int64_t)(report->seconds * (double)PT_NANOSECONDS_PER_SECOND);
    state->realtime_ns = report->end_realtime_ns;
    state->seconds = report->seconds;
    state->cpu_seconds = report->cpu_seconds;
    state->coverage = report->coverage;
    state->suspended_seconds = report->suspended_seconds;
    state->joules = report->joules;
    state->machine_joules = report->machine_joules;
    if (before != NULL && report->seconds > before->seconds) {
        double covered = report->coverage * report->seconds - before->coverage * before->seconds;
        state->gap = covered < 0.99 * (report->seconds - before->seconds);
    }
    fill_phases(report, before, state);
    fill_channels(report, sensor, state);
}
