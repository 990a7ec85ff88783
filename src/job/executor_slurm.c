// Slurm, by its programs: libslurm is GPL and changes its ABI with every release.
//
// The job is one batch job. Parked it is held in the queue (requeuehold), or, if its command ended
// by itself after the checkpoint signal, not there at all until it is submitted again. A tag in its
// comment, "powertrain:NAME:CREATED:STARTS", finds a job whose number we could not save any more.
// What works and what an ordinary user may do: docs/clusters.md.

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "job/slurm_text.h"
#include "job/tool.h"

enum { RELEASE_SECONDS = 3 };

struct slurm {
    struct pt_remote remote;
    double poll_seconds, tool_seconds;
    bool frozen_by_signal; // not by scontrol, as seen last
    bool is_asked_twice;   // requeue or cancel, after the checkpoint or the grace
    bool may_not_suspend;  // scontrol suspend is for operators
};

// Of the batch script; it becomes the command. The same for every job: what differs are arguments,
// so nothing needs to be quoted.
static const char script[] =
    "#!/bin/sh\n"
    "# Written by powertrain. Arguments: the job, the starts before this submission, the number "
    "of\n"
    "# words of the command, the command, the resume command.\n"
    "export POWERTRAIN_JOB=\"$1\"\n"
    "export POWERTRAIN_RESTART_COUNT=$(($2 + ${SLURM_RESTART_COUNT:-0}))\n"
    "count=$3\n"
    "shift 3\n"
    "[ \"$POWERTRAIN_RESTART_COUNT\" -eq 0 ] || export POWERTRAIN_RESUME=1\n"
    "if [ \"$POWERTRAIN_RESTART_COUNT\" -gt 0 ] && [ $# -gt \"$count\" ]; then\n"
    "    shift \"$count\"\n"
    "else\n"
    "    total=$# i=0\n"
    "    while [ $i -lt $total ]; do\n"
    "        word=$1\n"
    "        shift\n"
    "        [ $i -ge \"$count\" ] || set -- \"$@\" \"$word\"\n"
    "        i=$((i + 1))\n"
    "    done\n"
    "fi\n"
    "exec \"$@\"\n";

// ----------------------------------------------------------------------------------------- tools
// Times as Unix seconds; no defaults of the user's own shell that would change what is printed.
static enum pt_status run(struct slurm *slurm, struct pt_arena *arena, const char *const *words,
                          struct pt_tool_output *ret_output, struct pt_error *error)
{
    static const char *const set[] = {"SLURM_TIME_FORMAT=%s", "LC_ALL=C", NULL};
    bool is_sbatch = strcmp(words[0], "sbatch") == 0; // hands its environment to the job
    const struct pt_tool tool = {
        .words = words,
        .set = is_sbatch ? NULL : set,
        .unset_prefix = strcmp(words[0], "scancel") == 0 ? "SCANCEL_" : "SQUEUE_",
        .seconds = slurm->tool_seconds,
    };
    return pt_tool_run(arena, &tool, ret_output, error);
}

static enum pt_status said_no(const char *const *words, const struct pt_tool_output *output,
                              struct pt_error *error)
{
    const char *text = output->complaint[0] != '\0' ? output->complaint : output->text;
    enum pt_status status = PT_IO;
    if (strstr(text, "denied") != NULL || strstr(text, "permission") != NULL)
        status = PT_DENIED;
    else if (strstr(text, "Invalid job id") != NULL)
        status = PT_NOT_FOUND;
    else if (strcmp(words[0], "sbatch") == 0 && strstr(text, "contact") == NULL)
        status = PT_USAGE; // options that this site refuses
    return pt_fail(error, status, "slurm: %s: %.300s (exit status %d)", words[0],
                   text[0] != '\0' ? text : "no word why", output->exit_status);
}

// A tool that must succeed.
static enum pt_status must(struct slurm *slurm, const char *const *words, struct pt_error *error)
{
    struct pt_tool_output output;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to run %s", words[0]);
    enum pt_status status = run(slurm, arena, words, &output, error);
    if (status == PT_OK && output.exit_status != 0)
        status = said_no(words, &output, error);
    pt_arena_destroy(arena);
    return status;
}

static const char *handle_of(const struct slurm *slurm)
{
    return slurm->remote.job.handle;
}

static enum pt_status control(struct slurm *slurm, const char *verb, struct pt_error *error)
{
    return must(slurm, (const char *const[]){"scontrol", verb, handle_of(slurm), NULL}, error);
}

// To the command alone (--batch), or to all processes of the job (--full).
static enum pt_status send(struct slurm *slurm, const char *whom, int number,
                           struct pt_error *error)
{
    char option[32];
    snprintf(option, sizeof option, "--signal=%d", number);
    return must(slurm, (const char *const[]){"scancel", whom, option, handle_of(slurm), NULL},
                error);
}

static enum pt_status cancel(struct slurm *slurm, struct pt_error *error)
{
    return must(slurm, (const char *const[]){"scancel", handle_of(slurm), NULL}, error);
}

// ------------------------------------------------------------------------------------------ look
static void make_tag(const struct slurm *slurm, char *tag, size_t size)
{
    const struct pt_job_state *job = &slurm->remote.job;
    snprintf(tag, size, "powertrain:%s:%" PRId64 ":%" PRId64, job->id, job->created_ns,
             job->restart_count);
}

// Killed between sbatch and the file: it is in the queue under its tag, or was never submitted.
static enum pt_status find_submitted(struct slurm *slurm, struct pt_arena *arena,
                                     struct pt_error *error)
{
    static const char *const words[] = {"squeue", "--noheader", "--me", "--states=all",
                                        "-o",     "%i %k",      NULL};
    struct pt_job_state *job = &slurm->remote.job;
    struct pt_tool_output output;
    char tag[128];
    make_tag(slurm, tag, sizeof tag);
    enum pt_status status = run(slurm, arena, words, &output, error);
    if (status == PT_OK && output.exit_status != 0)
        status = said_no(words, &output, error);
    if (status != PT_OK)
        return status;
    if (pt_slurm_find_tag(output.text, tag, job->handle, sizeof job->handle))
        return pt_job_state_save(slurm->remote.folder, job, error);
    bool is_new = job->restart_count == 0;
    if (!is_new)
        job->restart_count--; // that start did not come to be
    return pt_remote_set(&slurm->remote, is_new ? PT_JOB_NEW : PT_JOB_PARKED, error);
}

// slurmctld forgets a job some minutes after its end (MinJobAge); accounting, where there is some,
// does not. Without it nobody knows how it ended.
static enum pt_status look_back(struct slurm *slurm, struct pt_arena *arena,
                                struct pt_remote_look *ret_look)
{
    const char *const words[] = {
        "sacct", "-n", "-P", "-X", "-D", "-j", handle_of(slurm), "-o", "State,ExitCode,ElapsedRaw",
        NULL};
    struct pt_tool_output output;
    *ret_look = (struct pt_remote_look){
        .view = PT_VIEW_GONE, .start_seconds = NAN, .cpu_seconds = NAN, .start_count = -1};
    if (run(slurm, arena, words, &output, NULL) == PT_OK && output.exit_status == 0)
        pt_slurm_read_accounting(output.text, ret_look, NULL); // if not, it stays gone
    return PT_OK;
}

static enum pt_status look(struct slurm *slurm, struct pt_arena *arena,
                           struct pt_remote_look *ret_look, struct pt_error *error)
{
    const char *const words[] = {"scontrol", "show", "job", "-o", handle_of(slurm), NULL};
    struct pt_tool_output output;
    struct pt_error own_error;
    enum pt_status status = run(slurm, arena, words, &output, error);
    if (status != PT_OK)
        return status;
    if (output.exit_status != 0) {
        status = said_no(words, &output, &own_error);
        return status == PT_NOT_FOUND ? look_back(slurm, arena, ret_look)
                                      : pt_fail(error, status, "%s", own_error.message);
    }
    status = pt_slurm_read_job(output.text, ret_look, &slurm->frozen_by_signal, error);
    if (status == PT_OK && ret_look->start_count >= 0)
        ret_look->start_count += pt_slurm_tag_count(output.text);
    return status;
}

// After the checkpoint: out of the way, but kept in the queue. Where requeueing is switched off it
// ends, and is submitted anew later.
static enum pt_status requeue(struct slurm *slurm, struct pt_error *error)
{
    slurm->is_asked_twice = true;
    if (control(slurm, "requeuehold", NULL) == PT_OK)
        return PT_OK;
    return cancel(slurm, error);
}

static enum pt_status insist(struct slurm *slurm, const struct pt_remote_look *seen,
                             struct pt_error *error)
{
    struct pt_remote *remote = &slurm->remote;
    bool is_alive = seen->view == PT_VIEW_RUNNING || seen->view == PT_VIEW_FROZEN;
    if (!is_alive || slurm->is_asked_twice)
        return PT_OK;
    if (remote->job.phase == PT_JOB_PARKING && pt_remote_parked_long_enough(remote))
        return requeue(slurm, error);
    if (remote->job.phase == PT_JOB_STOPPING &&
        pt_remote_phase_seconds(remote) >= remote->stop_seconds) {
        slurm->is_asked_twice = true;
        return cancel(slurm, error); // TERM, the site's KillWait, KILL
    }
    return PT_OK;
}

static bool is_elsewhere(const struct slurm *slurm)
{
    return pt_remote_is_there(&slurm->remote) &&
           (handle_of(slurm)[0] != '\0' || slurm->remote.job.phase != PT_JOB_PARKED);
}

static enum pt_status refresh_with(struct slurm *slurm, struct pt_arena *arena,
                                   struct pt_error *error)
{
    struct pt_remote_look seen;
    enum pt_status status = PT_OK;
    if (is_elsewhere(slurm) && handle_of(slurm)[0] == '\0')
        status = find_submitted(slurm, arena, error);
    if (status != PT_OK || !is_elsewhere(slurm))
        return status;
    status = look(slurm, arena, &seen, error);
    if (status == PT_OK)
        status = pt_remote_see(&slurm->remote, &seen, error);
    return status == PT_OK ? insist(slurm, &seen, error) : status;
}

static enum pt_status refresh(struct slurm *slurm, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to look at a job");
    enum pt_status status = refresh_with(slurm, arena, error);
    pt_arena_destroy(arena);
    return status;
}

// ------------------------------------------------------------------------------------------ open
static enum pt_status check_options(const struct pt_job_spec *spec, struct pt_error *error)
{
    static const char *const known[] = {"job", "watts", "suspend", "poll", "timeout", NULL};
    static const char *const ours[] = {"--array",    "--wrap", "--wait",    "--test-only",
                                       "--comment",  "--hold", "--cluster", "--begin",
                                       "--parsable", NULL};
    enum pt_status status = pt_remote_check_options(spec, "slurm", known, "--", error);
    if (status != PT_OK)
        return status;
    for (int i = 0; spec->options != NULL && spec->options[i] != NULL; i++)
        for (int j = 0; ours[j] != NULL; j++)
            if (strncmp(spec->options[i], ours[j], strlen(ours[j])) == 0)
                return pt_fail(error, PT_USAGE,
                               "slurm: %.100s: leave out %s, which powertrain needs",
                               spec->options[i], ours[j]);
    const char *suspend = pt_remote_option(spec, "suspend");
    if (suspend != NULL && strcmp(suspend, "signal") != 0 && strcmp(suspend, "scontrol") != 0)
        return pt_fail(error, PT_USAGE, "slurm: suspend=%.50s: it is signal or scontrol", suspend);
    return PT_OK;
}

// A job that somebody submitted already.
static enum pt_status adopt(struct slurm *slurm, struct pt_error *error)
{
    struct pt_job_state *job = &slurm->remote.job;
    char handle[32];
    const char *number = pt_remote_option(&slurm->remote.spec, "job");
    if (number == NULL)
        return PT_OK;
    if (!pt_slurm_read_number(number, handle, sizeof handle) || strchr(number, ';') != NULL)
        return pt_fail(error, PT_USAGE, "slurm: job=%.50s: the number of a job", number);
    if (job->phase != PT_JOB_NEW)
        return strcmp(job->handle, handle) == 0 || job->handle[0] == '\0'
                   ? PT_OK
                   : pt_fail(error, PT_BUSY, "job %s is number %s in Slurm, not %s", job->id,
                             job->handle, handle);
    snprintf(job->handle, sizeof job->handle, "%s", handle);
    job->phase = PT_JOB_QUEUED;
    struct pt_arena *arena = pt_arena_create();
    struct pt_remote_look seen;
    enum pt_status status = arena != NULL ? look(slurm, arena, &seen, error)
                                          : pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    pt_arena_destroy(arena);
    if (status == PT_OK && seen.view == PT_VIEW_GONE)
        status = pt_fail(error, PT_NOT_FOUND, "slurm: there is no job %s", handle);
    return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_QUEUED, error) : status;
}

static void slurm_close(void *state)
{
    struct slurm *slurm = state;
    pt_remote_close(&slurm->remote);
    free(slurm);
}

static enum pt_status slurm_open(const struct pt_job_spec *spec, struct pt_arena *arena,
                                 void **ret_state, struct pt_error *error)
{
    struct slurm *slurm = calloc(1, sizeof *slurm);
    if (slurm == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    slurm->remote.lock_fd = -1;
    slurm->poll_seconds = 2; // slurmctld serves many
    slurm->tool_seconds = 30;
    enum pt_status status = check_options(spec, error);
    if (status == PT_OK)
        status = pt_remote_seconds_option(spec, "poll", 0, 3600, &slurm->poll_seconds, error);
    if (status == PT_OK)
        status = pt_remote_seconds_option(spec, "timeout", 0.1, 3600, &slurm->tool_seconds, error);
    if (status == PT_OK)
        status = pt_remote_open(&slurm->remote, "slurm", spec, arena, error);
    if (status == PT_OK)
        status = adopt(slurm, error);
    if (status == PT_OK)
        status = refresh(slurm, error);
    if (status != PT_OK) {
        slurm_close(slurm);
        return status;
    }
    *ret_state = slurm;
    return PT_OK;
}

// ---------------------------------------------------------------------------------------- submit
// "now+60": Slurm's own clock, so no zone of time comes in between.
static void begin_text(const struct slurm *slurm, const char *key, int64_t least_seconds,
                       char *text, size_t size)
{
    int64_t left_ns = slurm->remote.begin_ns - pt_clock_realtime(&pt_system_clock);
    bool is_later = slurm->remote.begin_ns > 0 && left_ns > 0;
    int64_t seconds = is_later ? (left_ns + 999999999) / 1000000000 : 0;
    if (seconds < least_seconds)
        seconds = least_seconds;
    if (seconds > 0)
        snprintf(text, size, "%snow+%" PRId64, key, seconds);
    else
        snprintf(text, size, "%snow", key);
}

// A power budget by licenses: the site has "watt", and a job that takes so many waits until they
// are free.
static enum pt_status check_watts(struct slurm *slurm, const char *watts, struct pt_error *error)
{
    static const char *const words[] = {"scontrol", "show", "licenses", "watt", "-o", NULL};
    int64_t count;
    struct pt_tool_output output;
    if (!pt_parse_int64(watts, &count) || count < 1)
        return pt_fail(error, PT_USAGE, "slurm: watts=%.50s: a whole number of watts", watts);
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    enum pt_status status = run(slurm, arena, words, &output, error);
    if (status == PT_OK &&
        (output.exit_status != 0 || strstr(output.text, "LicenseName=watt") == NULL))
        status =
            pt_fail(error, PT_UNSUPPORTED,
                    "slurm: this site has no licenses \"watt\", so watts=%s has no meaning", watts);
    pt_arena_destroy(arena);
    return status;
}

struct words {
    const char **list;
    size_t count;
};

static void add(struct words *words, const char *word)
{
    words->list[words->count++] = word;
}

static size_t count_words(const char *const *list)
{
    size_t count = 0;
    while (list != NULL && list[count] != NULL)
        count++;
    return count;
}

static void add_all(struct words *words, const char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        add(words, list[i]);
}

static const char *const *make_submission(struct slurm *slurm, struct pt_arena *arena,
                                          const char *script_path)
{
    const struct pt_job_spec *spec = &slurm->remote.spec;
    const struct pt_job_state *job = &slurm->remote.job;
    const char *watts = pt_remote_option(spec, "watts");
    char tag[128], begin[64];
    make_tag(slurm, tag, sizeof tag);
    begin_text(slurm, "--begin=", 0, begin, sizeof begin);
    size_t most = 20 + count_words(spec->options) + count_words(spec->command) +
                  count_words(spec->resume_command);
    struct words words = {.list = pt_arena_alloc(arena, most, sizeof *words.list)};
    if (words.list == NULL)
        return NULL;
    add(&words, "sbatch");
    add(&words, "--parsable");
    add(&words, spec->mode == PT_SUSPEND_RESTART ? "--requeue" : "--no-requeue");
    add(&words, "--open-mode=append");
    add(&words, pt_arena_printf(arena, "--job-name=%s", job->id));
    add(&words, pt_arena_printf(arena, "--comment=%s", tag));
    add(&words, pt_arena_printf(arena, "--chdir=%s", spec->directory));
    add(&words, pt_arena_strdup(arena, begin));
    if (watts != NULL)
        add(&words, pt_arena_printf(arena, "--licenses=watt:%s", watts));
    for (size_t i = 0; i < count_words(spec->options); i++)
        if (strncmp(spec->options[i], "--", 2) == 0)
            add(&words, spec->options[i]);
    add(&words, script_path);
    add(&words, job->id);
    add(&words, pt_arena_printf(arena, "%" PRId64, job->restart_count));
    add(&words, pt_arena_printf(arena, "%zu", count_words(spec->command)));
    add_all(&words, spec->command);
    add_all(&words, spec->resume_command);
    for (size_t i = 0; i < words.count; i++)
        if (words.list[i] == NULL)
            return NULL;
    return words.list;
}

static enum pt_status submit(struct slurm *slurm, struct pt_arena *arena, struct pt_error *error)
{
    struct pt_job_state *job = &slurm->remote.job;
    struct pt_tool_output output;
    const char *path = pt_arena_printf(arena, "%s/%s.sbatch", slurm->remote.folder, job->id);
    const char *const *words = path != NULL ? make_submission(slurm, arena, path) : NULL;
    if (words == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to submit a job");
    enum pt_status status = pt_atomic_write_private(path, script, sizeof script - 1, error);
    if (status == PT_OK)
        status = run(slurm, arena, words, &output, error);
    if (status == PT_OK && output.exit_status != 0)
        status = said_no(words, &output, error);
    if (status == PT_OK && !pt_slurm_read_number(output.text, job->handle, sizeof job->handle))
        status = pt_fail(error, PT_CORRUPT, "slurm: sbatch answers \"%.80s\", which is no number",
                         output.text);
    return status == PT_OK ? pt_job_state_save(slurm->remote.folder, job, error) : status;
}

static enum pt_status start(struct slurm *slurm, struct pt_error *error)
{
    struct pt_job_state before = slurm->remote.job;
    const char *watts = pt_remote_option(&slurm->remote.spec, "watts");
    enum pt_status status = watts != NULL ? check_watts(slurm, watts, error) : PT_OK;
    if (status == PT_OK)
        status = pt_remote_begin_start(&slurm->remote, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *arena = pt_arena_create();
    status = arena != NULL ? submit(slurm, arena, error)
                           : pt_fail(error, PT_NO_MEMORY, "no memory to submit a job");
    pt_arena_destroy(arena);
    slurm->is_asked_twice = false;
    // PT_USAGE and PT_UNAVAILABLE are refusals; after anything else it may be in the queue all the
    // same, and the next look finds it by its tag.
    if (status == PT_USAGE || status == PT_UNAVAILABLE || status == PT_DENIED) {
        slurm->remote.job = before;
        pt_job_state_save(slurm->remote.folder, &slurm->remote.job, NULL);
    }
    return status;
}

static enum pt_status slurm_start(void *state, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    if (status != PT_OK)
        return status;
    if (pt_remote_is_there(&slurm->remote) && is_elsewhere(slurm))
        return pt_remote_refuse(&slurm->remote, "started", error);
    return start(slurm, error);
}

// ---------------------------------------------------------------------------------------- orders
static enum pt_status set_begin(struct slurm *slurm, int64_t least_seconds, struct pt_error *error)
{
    char job[64], begin[64];
    snprintf(job, sizeof job, "JobId=%.40s", handle_of(slurm));
    begin_text(slurm, "StartTime=", least_seconds, begin, sizeof begin);
    return must(slurm, (const char *const[]){"scontrol", "update", job, begin, NULL}, error);
}

static enum pt_status slurm_begin(void *state, int64_t begin_ns, struct pt_error *error)
{
    struct slurm *slurm = state;
    slurm->remote.begin_ns = begin_ns;
    enum pt_status status = refresh(slurm, error);
    if (status == PT_OK && slurm->remote.job.phase == PT_JOB_QUEUED)
        status = set_begin(slurm, 0, error);
    return status;
}

static enum pt_status thaw(struct slurm *slurm, struct pt_error *error)
{
    return slurm->frozen_by_signal ? send(slurm, "--full", SIGCONT, error)
                                   : control(slurm, "resume", error);
}

static enum pt_status park(struct slurm *slurm, struct pt_error *error)
{
    struct pt_remote *remote = &slurm->remote;
    int number = remote->spec.checkpoint_signal;
    enum pt_status status = PT_OK;
    if (remote->job.phase == PT_JOB_QUEUED) {
        status = control(slurm, "hold", error);
        return status == PT_OK ? pt_remote_set(remote, PT_JOB_PARKED, error) : status;
    }
    slurm->is_asked_twice = false;
    pt_remote_remember_file(remote);
    if (remote->job.phase == PT_JOB_SUSPENDED)
        status = thaw(slurm, error);
    if (status == PT_OK)
        status = pt_remote_set(remote, PT_JOB_PARKING, error);
    if (status == PT_OK && number != 0)
        status = send(slurm, "--batch", number, error);
    else if (status == PT_OK)
        status = requeue(slurm, error);
    if (status != PT_OK) {
        pt_remote_set(remote, PT_JOB_RUNNING, NULL);
        return status;
    }
    return PT_OK;
}

// scontrol suspend lets others have the processors, and is for operators; a signal is for all.
static enum pt_status freeze(struct slurm *slurm, struct pt_error *error)
{
    const char *how = pt_remote_option(&slurm->remote.spec, "suspend");
    enum pt_status status = PT_DENIED;
    if (slurm->remote.job.phase == PT_JOB_QUEUED) {
        status = control(slurm, "hold", error);
        return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_PARKED, error) : status;
    }
    if (!slurm->may_not_suspend && (how == NULL || strcmp(how, "scontrol") == 0))
        status = control(slurm, "suspend", error);
    slurm->may_not_suspend = status == PT_DENIED;
    slurm->frozen_by_signal = false;
    if (status == PT_DENIED && (how == NULL || strcmp(how, "signal") == 0)) {
        status = send(slurm, "--full", SIGSTOP, error);
        slurm->frozen_by_signal = true;
    }
    return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_SUSPENDED, error) : status;
}

static enum pt_status slurm_suspend(void *state, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    enum pt_job_phase phase = slurm->remote.job.phase;
    bool restarts = slurm->remote.spec.mode == PT_SUSPEND_RESTART;
    if (status != PT_OK || phase == PT_JOB_PARKED || (phase == PT_JOB_SUSPENDED && !restarts))
        return status;
    if (phase != PT_JOB_RUNNING && phase != PT_JOB_SUSPENDED && phase != PT_JOB_QUEUED)
        return pt_remote_refuse(&slurm->remote, "suspended", error);
    return restarts ? park(slurm, error) : freeze(slurm, error);
}

// A requeued job waits for some minutes on its own; the time that we set ends that.
static enum pt_status unpark(struct slurm *slurm, struct pt_error *error)
{
    slurm->is_asked_twice = false;
    if (handle_of(slurm)[0] == '\0')
        return start(slurm, error);
    // Not at once: its node refuses what was signed in the second in which the old start was
    // revoked.
    enum pt_status status = set_begin(slurm, RELEASE_SECONDS, error);
    if (status == PT_OK)
        status = control(slurm, "release", error);
    return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_QUEUED, error) : status;
}

static enum pt_status slurm_resume(void *state, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    if (status != PT_OK)
        return status;
    switch (slurm->remote.job.phase) {
    case PT_JOB_PARKED:
        return unpark(slurm, error);
    case PT_JOB_LOST:
        return start(slurm, error);
    case PT_JOB_SUSPENDED:
        status = thaw(slurm, error);
        return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_RUNNING, error) : status;
    case PT_JOB_RUNNING:
    case PT_JOB_QUEUED:
        return PT_OK;
    default:
        return pt_remote_refuse(&slurm->remote, "resumed", error);
    }
}

static enum pt_status slurm_checkpoint(void *state, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    if (status != PT_OK)
        return status;
    if (slurm->remote.spec.checkpoint_signal == 0)
        return pt_fail(error, PT_UNSUPPORTED, "job %s has no signal that asks for a checkpoint",
                       slurm->remote.job.id);
    if (slurm->remote.job.phase != PT_JOB_RUNNING)
        return pt_remote_refuse(&slurm->remote, "asked for a checkpoint", error);
    return send(slurm, "--batch", slurm->remote.spec.checkpoint_signal, error);
}

static enum pt_status stop(struct slurm *slurm, double grace_seconds, struct pt_error *error)
{
    enum pt_job_phase phase = slurm->remote.job.phase;
    bool runs = phase == PT_JOB_RUNNING || phase == PT_JOB_SUSPENDED || phase == PT_JOB_PARKING;
    enum pt_status status = PT_OK;
    slurm->remote.stop_seconds = grace_seconds;
    slurm->is_asked_twice = !runs || !(grace_seconds > 0);
    if (runs && grace_seconds > 0) {
        status = send(slurm, "--full", SIGTERM, error);
        if (status == PT_OK && phase == PT_JOB_SUSPENDED)
            status = thaw(slurm, error);
    } else {
        if (runs)
            send(slurm, "--full", SIGKILL, NULL); // then what is left is cancelled
        slurm->remote.job.was_killed = runs;
        status = cancel(slurm, error);
    }
    return status == PT_OK ? pt_remote_set(&slurm->remote, PT_JOB_STOPPING, error) : status;
}

static enum pt_status slurm_stop(void *state, double grace_seconds, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    if (status != PT_OK || !pt_remote_is_there(&slurm->remote))
        return status;
    if (!is_elsewhere(slurm))
        return pt_remote_set(&slurm->remote, PT_JOB_ENDED, error);
    return stop(slurm, grace_seconds, error);
}

static enum pt_status slurm_signal(void *state, int number, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = refresh(slurm, error);
    if (status != PT_OK)
        return status;
    enum pt_job_phase phase = slurm->remote.job.phase;
    if (!pt_remote_is_there(&slurm->remote) || phase == PT_JOB_QUEUED || phase == PT_JOB_PARKED)
        return pt_remote_refuse(&slurm->remote, "signalled", error);
    return send(slurm, "--full", number, error);
}

static enum pt_status slurm_level(void *state, const struct pt_job_level *level,
                                  struct pt_job_level_outcome *ret_outcome, struct pt_error *error)
{
    struct slurm *slurm = state;
    if (!pt_remote_is_there(&slurm->remote))
        return pt_remote_refuse(&slurm->remote, "run at a level", error);
    bool is_full = !(level->duty < 1) && level->cpu_count == 0;
    ret_outcome->has_duty = !(level->duty < 1);
    ret_outcome->has_cpus = level->cpu_count == 0;
    if (!is_full || isfinite(level->gpu_watts) || isfinite(level->cpu_watts) ||
        isfinite(level->cpu_hertz))
        snprintf(ret_outcome->reason, sizeof ret_outcome->reason,
                 "a Slurm job keeps what it was submitted with; see watts= and --cpu-freq in "
                 "docs/clusters.md");
    return PT_OK;
}

static enum pt_status slurm_poll(void *state, struct pt_job_state *ret_job, struct pt_error *error)
{
    struct slurm *slurm = state;
    enum pt_status status = PT_OK;
    if (pt_remote_is_stale(&slurm->remote, slurm->poll_seconds))
        status = refresh(slurm, error);
    if (status != PT_OK)
        return status;
    *ret_job = slurm->remote.job;
    ret_job->user_seconds = ret_job->system_seconds = NAN; // nobody tells
    return PT_OK;
}

static void slurm_wait(void *state, double seconds)
{
    (void)state;
    pt_remote_sleep(seconds);
}

const struct pt_executor_driver pt_executor_slurm = {
    .name = "slurm",
    .summary = "a batch job of Slurm",
    .abilities = {.freezes = true,
                  .restarts = true,
                  .begins_later = true,
                  .checkpoints = true,
                  .signals = true,
                  .parked_watts = 0, // the node is given to others
                  .resume_seconds = RELEASE_SECONDS},
    .open = slurm_open,
    .start = slurm_start,
    .begin = slurm_begin,
    .suspend = slurm_suspend,
    .resume = slurm_resume,
    .checkpoint = slurm_checkpoint,
    .stop = slurm_stop,
    .signal = slurm_signal,
    .level = slurm_level,
    .poll = slurm_poll,
    .wait = slurm_wait,
    .close = slurm_close,
};
