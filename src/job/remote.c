// See remote.h.

#include "job/remote.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"

enum { SETTLE_SECONDS = 5 };

// ----------------------------------------------------------------------------------------- open
static void new_job(struct pt_remote *remote, const char *executor)
{
    struct pt_job_state *job = &remote->job;
    *job = (struct pt_job_state){.phase = PT_JOB_NEW, .duty = 1};
    snprintf(job->id, sizeof job->id, "%s", remote->spec.id);
    snprintf(job->executor, sizeof job->executor, "%s", executor);
    gethostname(job->host, sizeof job->host - 1);
    job->created_ns = pt_clock_realtime(&pt_system_clock);
    job->directory = remote->spec.directory;
    job->command = remote->spec.command;
    job->resume_command = remote->spec.resume_command;
}

static enum pt_status use_spec(struct pt_remote *remote, const struct pt_job_spec *spec,
                               struct pt_error *error)
{
    char directory[4096];
    remote->spec = *spec;
    if (spec->directory == NULL && getcwd(directory, sizeof directory) == NULL)
        return pt_fail_errno(error, errno, "the current folder has no name");
    remote->spec.directory =
        pt_arena_strdup(remote->arena, spec->directory != NULL ? spec->directory : directory);
    char *id = pt_arena_alloc(remote->arena, PT_JOB_ID_SIZE, 1);
    if (remote->spec.directory == NULL || id == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    if (spec->id != NULL)
        snprintf(id, PT_JOB_ID_SIZE, "%s", spec->id);
    else
        pt_job_make_id(spec->command, remote->spec.directory, id);
    remote->spec.id = id;
    return PT_OK;
}

static enum pt_status choose_folder(struct pt_remote *remote, struct pt_error *error)
{
    if (remote->spec.state_folder == NULL)
        return pt_job_folder(remote->arena, &remote->folder, error);
    char *real = realpath(remote->spec.state_folder, NULL);
    if (real == NULL)
        return pt_fail_errno(error, errno, "the folder of the jobs, %s", remote->spec.state_folder);
    remote->folder = pt_arena_strdup(remote->arena, real);
    free(real);
    return remote->folder != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory for a job");
}

static enum pt_status find_job(struct pt_remote *remote, const char *executor,
                               struct pt_error *error)
{
    enum pt_status status =
        pt_job_state_load(remote->arena, remote->folder, remote->spec.id, &remote->job, error);
    if (status == PT_NOT_FOUND) {
        new_job(remote, executor);
        return PT_OK;
    }
    if (status == PT_OK && strcmp(remote->job.executor, executor) != 0)
        return pt_fail(error, PT_BUSY, "job %s belongs to the executor %s", remote->job.id,
                       remote->job.executor);
    return status;
}

enum pt_status pt_remote_open(struct pt_remote *remote, const char *executor,
                              const struct pt_job_spec *spec, struct pt_arena *arena,
                              struct pt_error *error)
{
    *remote =
        (struct pt_remote){.arena = arena, .lock_fd = -1, .stop_seconds = spec->grace_seconds};
    enum pt_status status = use_spec(remote, spec, error);
    if (status == PT_OK)
        status = choose_folder(remote, error);
    if (status == PT_OK)
        status = pt_job_lock(remote->folder, remote->spec.id, &remote->lock_fd, error);
    if (status == PT_OK)
        status = find_job(remote, executor, error);
    if (status != PT_OK)
        pt_remote_close(remote);
    return status;
}

void pt_remote_close(struct pt_remote *remote)
{
    if (remote->lock_fd >= 0)
        close(remote->lock_fd);
    remote->lock_fd = -1;
}

// ---------------------------------------------------------------------------------------- phases
enum pt_status pt_remote_set(struct pt_remote *remote, enum pt_job_phase phase,
                             struct pt_error *error)
{
    remote->job.phase = phase;
    remote->job.by_others = false;
    return pt_job_state_save(remote->folder, &remote->job, error);
}

enum pt_status pt_remote_begin_start(struct pt_remote *remote, struct pt_error *error)
{
    struct pt_job_state before = remote->job, *job = &remote->job;
    char executor[sizeof before.executor];
    memcpy(executor, before.executor, sizeof executor);
    bool goes_on = before.phase == PT_JOB_PARKED || before.phase == PT_JOB_LOST;
    new_job(remote, executor);
    if (goes_on) {
        job->created_ns = before.created_ns;
        job->restart_count = before.restart_count + 1;
        job->suspension_count = before.suspension_count;
        job->run_seconds = before.run_seconds;
        job->user_seconds = before.user_seconds;
    }
    enum pt_status status = pt_remote_set(remote, PT_JOB_QUEUED, error);
    if (status != PT_OK)
        *job = before;
    return status;
}

bool pt_remote_is_there(const struct pt_remote *remote)
{
    enum pt_job_phase phase = remote->job.phase;
    return phase != PT_JOB_NEW && phase != PT_JOB_ENDED && phase != PT_JOB_LOST;
}

enum pt_status pt_remote_refuse(const struct pt_remote *remote, const char *what,
                                struct pt_error *error)
{
    return pt_fail(error, PT_BUSY, "job %s cannot be %s: it is %s", remote->job.id, what,
                   pt_job_phase_text(remote->job.phase));
}

// The seconds that went by there since the last look; not those in which it was stopped.
static void count(struct pt_remote *remote, const struct pt_remote_look *look)
{
    struct pt_job_state *job = &remote->job;
    if (!(look->start_seconds >= 0))
        return;
    if (look->start_seconds < job->counted_seconds)
        job->counted_seconds = 0; // of an earlier start
    if (job->phase != PT_JOB_SUSPENDED)
        job->run_seconds += look->start_seconds - job->counted_seconds;
    job->counted_seconds = look->start_seconds;
}

static enum pt_job_phase when_over(struct pt_remote *remote, const struct pt_remote_look *look,
                                   bool *ret_by_others)
{
    struct pt_job_state *job = &remote->job;
    if (look->view != PT_VIEW_GONE) {
        job->status_known = look->status_known;
        job->exit_status = look->exit_status;
        job->signal = look->signal;
    }
    if (job->phase == PT_JOB_PARKING && !look->is_final) {
        job->handle[0] = '\0'; // to go on is to start it again
        return PT_JOB_PARKED;
    }
    if (job->phase == PT_JOB_STOPPING)
        return PT_JOB_ENDED;
    *ret_by_others = look->view != PT_VIEW_ENDED || look->cancelled;
    return look->view == PT_VIEW_ENDED ? PT_JOB_ENDED : PT_JOB_LOST;
}

// An order takes its time there: Slurm shows a job that was woken as stopped for most of a second.
// What contradicts our own order is believed only when it lasts.
static bool is_settling(const struct pt_remote *remote, enum pt_remote_view view)
{
    const struct pt_job_state *job = &remote->job;
    bool contradicts = (job->phase == PT_JOB_RUNNING && view == PT_VIEW_FROZEN) ||
                       (job->phase == PT_JOB_SUSPENDED && view == PT_VIEW_RUNNING) ||
                       (job->phase == PT_JOB_QUEUED && view == PT_VIEW_HELD) ||
                       (job->phase == PT_JOB_PARKED && view == PT_VIEW_QUEUED);
    return contradicts && !job->by_others && pt_remote_phase_seconds(remote) < SETTLE_SECONDS;
}

// The next phase, and whether that was nobody's order here.
static enum pt_job_phase next_phase(struct pt_remote *remote, const struct pt_remote_look *look,
                                    bool *ret_by_others)
{
    enum pt_job_phase phase = remote->job.phase;
    bool is_told = phase == PT_JOB_PARKING || phase == PT_JOB_STOPPING;
    enum pt_job_phase seen = phase;
    if (is_settling(remote, look->view))
        return phase;
    switch (look->view) {
    case PT_VIEW_GONE:
    case PT_VIEW_ENDED:
    case PT_VIEW_CUT:
        return when_over(remote, look, ret_by_others);
    case PT_VIEW_QUEUED:
        seen = is_told ? phase : PT_JOB_QUEUED;
        break;
    case PT_VIEW_HELD:
        seen = phase == PT_JOB_STOPPING ? phase : PT_JOB_PARKED;
        *ret_by_others = phase != PT_JOB_PARKING && phase != PT_JOB_PARKED;
        return seen;
    case PT_VIEW_RUNNING:
        seen = is_told ? phase : PT_JOB_RUNNING;
        *ret_by_others = phase != PT_JOB_QUEUED;
        return seen;
    case PT_VIEW_FROZEN:
        seen = is_told ? phase : PT_JOB_SUSPENDED;
        break;
    case PT_VIEW_ENDING: // it will be seen how
        return phase;
    }
    *ret_by_others = true;
    return seen;
}

static void count_start(struct pt_remote *remote, const struct pt_remote_look *look)
{
    struct pt_job_state *job = &remote->job;
    if (look->start_count > job->restart_count) {
        job->restart_count = look->start_count;
        job->counted_seconds = 0;
    }
}

enum pt_status pt_remote_see(struct pt_remote *remote, const struct pt_remote_look *look,
                             struct pt_error *error)
{
    struct pt_job_state *job = &remote->job;
    bool by_others = false;
    remote->looked_ns = pt_clock_monotonic(&pt_system_clock);
    int64_t starts = job->restart_count;
    if (look->view != PT_VIEW_QUEUED && look->view != PT_VIEW_HELD) {
        count_start(remote, look);
        count(remote, look);
    }
    enum pt_job_phase phase = next_phase(remote, look, &by_others);
    if (phase == job->phase && starts == job->restart_count)
        return PT_OK;
    if (phase != job->phase) {
        job->by_others = by_others;
        if (phase == PT_JOB_SUSPENDED || phase == PT_JOB_PARKED)
            job->suspension_count++;
        if (phase == PT_JOB_PARKED || phase == PT_JOB_ENDED || phase == PT_JOB_LOST) {
            job->counted_seconds = 0;
            job->user_seconds += look->cpu_seconds >= 0 ? look->cpu_seconds : 0;
        }
    }
    job->phase = phase;
    return pt_job_state_save(remote->folder, job, error);
}

// ------------------------------------------------------------------------------------ checkpoint
double pt_remote_phase_seconds(const struct pt_remote *remote)
{
    double seconds = (double)(pt_clock_realtime(&pt_system_clock) - remote->job.changed_ns) / 1e9;
    return seconds > 0 ? seconds : 0;
}

static bool look_at_file(const struct pt_remote *remote, int64_t *ret_ns, int64_t *ret_inode)
{
    struct stat info;
    char path[4096];
    const char *file = remote->spec.checkpoint_file;
    if (file == NULL)
        return false;
    int length = file[0] == '/'
                     ? snprintf(path, sizeof path, "%s", file)
                     : snprintf(path, sizeof path, "%s/%s", remote->spec.directory, file);
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &info) != 0)
        return false;
    *ret_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    *ret_inode = (int64_t)info.st_ino;
    return true;
}

void pt_remote_remember_file(struct pt_remote *remote)
{
    remote->has_file_before = true;
    if (!look_at_file(remote, &remote->file_before_ns, &remote->file_before_inode))
        remote->file_before_ns = remote->file_before_inode = -1;
}

bool pt_remote_file_is_new(const struct pt_remote *remote)
{
    int64_t ns, inode;
    if (!look_at_file(remote, &ns, &inode))
        return false;
    if (!remote->has_file_before) // who asked for it was killed: newer than the order, then
        return ns > remote->job.changed_ns;
    return ns != remote->file_before_ns || inode != remote->file_before_inode;
}

bool pt_remote_parked_long_enough(const struct pt_remote *remote)
{
    return remote->spec.checkpoint_signal == 0 || pt_remote_file_is_new(remote) ||
           pt_remote_phase_seconds(remote) >= remote->spec.checkpoint_wait_seconds;
}

// ------------------------------------------------------------------------------------------ time
bool pt_remote_is_stale(const struct pt_remote *remote, double seconds)
{
    return remote->looked_ns == 0 ||
           (double)(pt_clock_monotonic(&pt_system_clock) - remote->looked_ns) / 1e9 >= seconds;
}

void pt_remote_sleep(double seconds)
{
    poll(NULL, 0, seconds > 1e6 ? 1000000000 : (int)(seconds * 1e3));
}

// --------------------------------------------------------------------------------------- options
const char *pt_remote_option(const struct pt_job_spec *spec, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; spec->options != NULL && spec->options[i] != NULL; i++) {
        const char *option = spec->options[i];
        if (strncmp(option, name, length) == 0 && (option[length] == '=' || option[length] == '\0'))
            return option + length + (option[length] == '=');
    }
    return NULL;
}

static bool is_known(const char *option, const char *const *names, const char *pass)
{
    if (pass != NULL && strncmp(option, pass, strlen(pass)) == 0)
        return true;
    for (int i = 0; names[i] != NULL; i++)
        if (strncmp(option, names[i], strlen(names[i])) == 0 && option[strlen(names[i])] == '=')
            return true;
    return false;
}

enum pt_status pt_remote_check_options(const struct pt_job_spec *spec, const char *executor,
                                       const char *const *names, const char *pass,
                                       struct pt_error *error)
{
    char known[256] = "";
    for (int i = 0; spec->options != NULL && spec->options[i] != NULL; i++) {
        if (is_known(spec->options[i], names, pass))
            continue;
        for (int j = 0; names[j] != NULL; j++) {
            size_t length = strlen(known);
            snprintf(known + length, sizeof known - length, "%s%s=", j > 0 ? ", " : "", names[j]);
        }
        return pt_fail(error, PT_USAGE, "executor %s has no option \"%.100s\"; it has %s%s%s",
                       executor, spec->options[i], known,
                       pass != NULL ? " and all that begin " : "", pass != NULL ? pass : "");
    }
    return PT_OK;
}

enum pt_status pt_remote_seconds_option(const struct pt_job_spec *spec, const char *name,
                                        double least, double most, double *seconds,
                                        struct pt_error *error)
{
    double value;
    const char *text = pt_remote_option(spec, name);
    if (text == NULL)
        return PT_OK;
    if (!pt_parse_duration(text, &value) || !(value >= least && value <= most))
        return pt_fail(error, PT_USAGE, "%s=%.50s: a time from %g s to %g s, say 2s", name, text,
                       least, most);
    *seconds = value;
    return PT_OK;
}
