// See gpu_ask.h.

#include "meter/gpu_ask.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"

static const double first_period_seconds = 0.1, period_seconds = 1, share_of_core = 0.05;
// Multiprocessor time is time in which any kernel ran: a small one draws less than one that fills
// the GPU. That it is up to three times less is assumed.
static const double energy_per_sm_second_ratio = 3;
// The first process namespace, PROC_PID_INIT_INO. Source: Linux, include/linux/proc_ns.h.
static const char host_namespace[] = "pid:[4026531836]";
static const struct pt_share unknown = {NAN, 0, 1, PT_SHARE_GPU_UNKNOWN};

static bool runs_in_container(const char *root)
{
    char path[1024], target[64];
    int length = snprintf(path, sizeof path, "%s/proc/self/ns/pid", root);
    if (length >= (int)sizeof path)
        return false;
    ssize_t size = readlink(path, target, sizeof target - 1);
    if (size <= 0)
        return false; // a kernel without namespaces
    target[size] = '\0';
    return strcmp(target, host_namespace) != 0;
}

void pt_gpu_ask_init(struct pt_gpu_ask *ask, const struct pt_sensor_options *options,
                     enum pt_meter_scope scope, const struct pt_process_tree *tree,
                     const char *root)
{
    pthread_condattr_t attributes;
    *ask = (struct pt_gpu_ask){.options = *options,
                               .clock = options->clock,
                               .scope = scope,
                               .tree = *tree,
                               .period_seconds = first_period_seconds};
    ask->in_container = runs_in_container(root);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ask->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&ask->lock, NULL);
}

// --------------------------------------------------------------------------- is a process ours?
static struct pt_gpu_seen *find_seen(struct pt_gpu_ask *ask, int64_t pid)
{
    int kept = ask->seen_count < PT_GPU_SEEN_MAX ? ask->seen_count : PT_GPU_SEEN_MAX;
    for (int i = 0; i < kept; i++)
        if (ask->seen[i].pid == pid)
            return &ask->seen[i];
    return NULL;
}

static void remember(struct pt_gpu_ask *ask, struct pt_gpu_seen seen)
{
    struct pt_gpu_seen *known = find_seen(ask, seen.pid);
    if (known == NULL)
        known = &ask->seen[ask->seen_count++ % PT_GPU_SEEN_MAX];
    *known = seen;
}

// An orphan that has left the tree stays ours; one that has ended is what it was.
static bool is_ours(void *state, int64_t pid)
{
    struct pt_gpu_ask *ask = state;
    double start_ticks = NAN;
    if (ask->scope == PT_SCOPE_SELF)
        return pid == getpid();
    const struct pt_gpu_seen *seen = find_seen(ask, pid);
    enum pt_membership membership = pt_process_tree_find(&ask->tree, (int)pid, &start_ticks);
    if (membership == PT_NO_PROCESS) {
        ask->unseen = ask->unseen || (seen == NULL && pid != ask->tree.pid);
        return seen != NULL ? seen->ours : pid == ask->tree.pid;
    }
    bool ours = membership == PT_IN_TREE ||
                (seen != NULL && seen->ours && seen->start_ticks == start_ticks);
    remember(ask, (struct pt_gpu_seen){pid, start_ticks, ours});
    return ours;
}

// ------------------------------------------------------------------------------------- one answer
static struct pt_share judge(struct pt_gpu_ask *ask)
{
    enum pt_gpu_basis basis;
    ask->unseen = false;
    double share = pt_gpu_share_of(&ask->use, is_ours, ask, &basis);
    bool hidden = ask->in_container || ask->use.hidden; // what else runs
    double seen_low = hidden ? 0 : share;
    switch (basis) {
    case PT_GPU_UNUSED:
        return (struct pt_share){0, 0, 0, PT_SHARE_GPU_UNUSED};
    case PT_GPU_EXCLUSIVE:
        return (struct pt_share){1, seen_low, 1, PT_SHARE_GPU_EXCLUSIVE};
    case PT_GPU_OTHERS:
        if (ask->in_container && ask->unseen)
            return unknown;
        return (struct pt_share){0, 0, 0, PT_SHARE_GPU_OTHERS};
    case PT_GPU_BY_SM:
        return (struct pt_share){
            share, ask->in_container ? 0 : pt_share_weighted(share, 1 / energy_per_sm_second_ratio),
            pt_share_weighted(share, energy_per_sm_second_ratio), PT_SHARE_GPU_BY_SM};
    case PT_GPU_BY_ENGINE:
        return (struct pt_share){
            share, hidden ? 0 : pt_share_weighted(share, 1 / energy_per_sm_second_ratio),
            pt_share_weighted(share, energy_per_sm_second_ratio), PT_SHARE_GPU_BY_ENGINE};
    case PT_GPU_BY_INSTANCE: // the size says nothing of the load
        return (struct pt_share){share, 0, 1, PT_SHARE_GPU_BY_INSTANCE};
    case PT_GPU_BY_COUNT:
        if (ask->use.sm_known) // all were idle, and share the idle watts
            return (struct pt_share){share, seen_low, share, PT_SHARE_GPU_BY_COUNT};
        return (struct pt_share){share, 0, 1, PT_SHARE_GPU_BY_COUNT};
    }
    return unknown;
}

// For the time between two answers. A process that came or went in between has most of it: without
// one the GPU is idle.
static struct pt_share between(struct pt_share before, struct pt_share after)
{
    if (before.basis == PT_SHARE_GPU_UNKNOWN || before.basis == after.basis)
        return after;
    struct pt_share joined = after.basis == PT_SHARE_GPU_UNUSED ? before : after;
    joined.low = fmin(before.low, after.low);
    joined.high = fmax(before.high, after.high);
    return joined;
}

// What the device did since the last answer: NAN if it does not tell, else whether anything.
static double activity(const struct pt_gpu_use *use, bool in_container)
{
    double sum = 0;
    if (use->mig || use->hidden || (use->process_count == 0 && in_container))
        return NAN; // instances tell their size alone; a container may not see who is there
    if (use->process_count > 0 && !use->sm_known)
        return NAN;
    for (int i = 0; i < use->process_count; i++)
        sum += use->processes[i].sm_share;
    return sum;
}

static void add_activity(struct pt_gpu_answer *answer, double active, double seconds)
{
    answer->told_seconds += isnan(active) ? 0 : seconds;
    answer->idle_seconds += active == 0 ? seconds : 0;
}

static void add_answer(struct pt_gpu_answer *answer, struct pt_share share, double seconds)
{
    if (share.basis == PT_SHARE_GPU_UNKNOWN) { // what is known holds on, and may be wrong by now
        answer->newest.low = 0;
        answer->newest.high = 1;
        share = answer->newest;
    }
    struct pt_share mean = between(answer->newest, share);
    answer->newest = share;
    if (share.basis == PT_SHARE_GPU_UNKNOWN)
        return;
    answer->seconds += seconds;
    answer->value += mean.value * seconds;
    answer->low += mean.low * seconds;
    answer->high += mean.high * seconds;
}

static void open_share(struct pt_gpu_ask *ask)
{
    if (ask->tried)
        return;
    ask->tried = true;
    if (pt_gpu_share_open(&ask->options, &ask->share, NULL) != PT_OK)
        ask->share = NULL; // nobody tells: it stays unknown
    pthread_mutex_lock(&ask->lock);
    ask->count = ask->share != NULL ? pt_gpu_share_count(ask->share) : 0;
    for (int i = 0; i < ask->count; i++) {
        snprintf(ask->addresses[i], sizeof ask->addresses[i], "%s",
                 pt_gpu_share_address(ask->share, i));
        ask->answers[i] = (struct pt_gpu_answer){.newest = unknown};
    }
    pthread_mutex_unlock(&ask->lock);
}

static double seconds_since(int64_t from_ns, int64_t now_ns)
{
    return (double)(now_ns - from_ns) / (double)PT_NANOSECONDS_PER_SECOND;
}

void pt_gpu_ask_now(struct pt_gpu_ask *ask)
{
    open_share(ask);
    int64_t begin = pt_clock_monotonic(ask->clock);
    for (int i = 0; i < ask->count; i++) {
        bool told = pt_gpu_share_read(ask->share, i, &ask->use, NULL) == PT_OK;
        struct pt_share share = told ? judge(ask) : unknown;
        // The first answer speaks for a moment.
        double seconds = ask->asked_ns == 0 ? 1e-9 : seconds_since(ask->asked_ns, begin);
        pthread_mutex_lock(&ask->lock);
        add_answer(&ask->answers[i], share, fmax(seconds, 1e-9));
        add_activity(&ask->answers[i], told ? activity(&ask->use, ask->in_container) : NAN,
                     fmax(seconds, 1e-9));
        ask->fresh = true;
        pthread_mutex_unlock(&ask->lock);
    }
    double cost = seconds_since(begin, pt_clock_monotonic(ask->clock));
    bool first = ask->asked_ns == 0;
    ask->asked_ns = begin;
    double next = first ? first_period_seconds : fmin(2 * ask->period_seconds, period_seconds);
    ask->period_seconds = fmax(next, cost / share_of_core);
}

void pt_gpu_ask_if_due(struct pt_gpu_ask *ask)
{
    int64_t now = pt_clock_monotonic(ask->clock);
    if (ask->asked_ns == 0 || seconds_since(ask->asked_ns, now) >= ask->period_seconds)
        pt_gpu_ask_now(ask);
}

// -------------------------------------------------------------------------------------- its thread
static void *ask_until_stopped(void *argument)
{
    struct pt_gpu_ask *ask = argument;
    struct timespec spent;
    pthread_mutex_lock(&ask->lock);
    while (!ask->stopping) {
        pthread_mutex_unlock(&ask->lock);
        pt_gpu_ask_now(ask);
        int64_t next = pt_clock_monotonic(&pt_system_clock) + (int64_t)(ask->period_seconds * 1e9);
        struct timespec deadline = {.tv_sec = next / PT_NANOSECONDS_PER_SECOND,
                                    .tv_nsec = next % PT_NANOSECONDS_PER_SECOND};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
        pthread_mutex_lock(&ask->lock);
        ask->cpu_seconds = (double)spent.tv_sec + (double)spent.tv_nsec * 1e-9;
        while (!ask->stopping &&
               pthread_cond_timedwait(&ask->wake, &ask->lock, &deadline) != ETIMEDOUT)
            continue;
    }
    pthread_mutex_unlock(&ask->lock);
    return NULL;
}

enum pt_status pt_gpu_ask_start(struct pt_gpu_ask *ask, struct pt_error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&ask->thread, NULL, ask_until_stopped, ask);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        return pt_fail_errno(error, number, "meter: cannot start a thread");
    ask->has_thread = true;
    return PT_OK;
}

void pt_gpu_ask_stop(struct pt_gpu_ask *ask)
{
    if (!ask->has_thread)
        return;
    pthread_mutex_lock(&ask->lock);
    ask->stopping = true;
    pthread_cond_signal(&ask->wake);
    pthread_mutex_unlock(&ask->lock);
    pthread_join(ask->thread, NULL);
    ask->has_thread = false;
}

void pt_gpu_ask_close(struct pt_gpu_ask *ask)
{
    pt_gpu_ask_stop(ask);
    pt_gpu_share_close(ask->share);
    pthread_cond_destroy(&ask->wake);
    pthread_mutex_destroy(&ask->lock);
}

// ------------------------------------------------------------------------------------------ taking
int pt_gpu_ask_take(struct pt_gpu_ask *ask, struct pt_gpu_answer answers[PT_GPUS_MAX])
{
    pthread_mutex_lock(&ask->lock);
    int count = ask->fresh ? ask->count : 0;
    ask->fresh = false;
    for (int i = 0; i < count; i++) {
        answers[i] = ask->answers[i];
        ask->answers[i].seconds = ask->answers[i].value = 0;
        ask->answers[i].low = ask->answers[i].high = 0;
        ask->answers[i].told_seconds = ask->answers[i].idle_seconds = 0;
    }
    pthread_mutex_unlock(&ask->lock);
    return count;
}

double pt_gpu_ask_cpu_seconds(struct pt_gpu_ask *ask)
{
    pthread_mutex_lock(&ask->lock);
    double seconds = ask->cpu_seconds;
    pthread_mutex_unlock(&ask->lock);
    return seconds;
}

int pt_gpu_ask_find(const struct pt_gpu_ask *ask, const struct pt_channel *channel)
{
    int number;
    for (int i = 0; i < ask->count && channel->device[0] != '\0'; i++)
        if (strcmp(ask->addresses[i], channel->device) == 0)
            return i;
    bool named = channel->device[0] == '\0' && sscanf(channel->name, "nvidia-%d", &number) == 1;
    return named && number >= 0 && number < ask->count ? number : -1;
}
