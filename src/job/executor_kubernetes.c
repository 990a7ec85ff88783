// Kubernetes: a Job (batch/v1), by the API server. Suspending one deletes its pods: TERM, the grace
// of the pod, KILL; so the command writes its checkpoint at TERM, and going on is starting again.
//
// A Job whose spec.suspend somebody else sets (Kueue, a JobSet, another controller) is never
// touched.

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/http.h"
#include "job/kube_config.h"
#include "job/kube_job.h"

enum { ANSWER_LIMIT = 16 << 20, PATH_SIZE = 512, TOKEN_SIZE = 16384 + 64 };

struct kubernetes {
    struct pt_remote remote;
    struct pt_kube_config config;
    struct pt_http *http;
    const char *name_space;
    char name[PT_KUBE_NAME_SIZE];
    char owner[128]; // as seen last
    double poll_seconds;
};

// --------------------------------------------------------------------------------------- requests
static enum pt_status judge(const char *method, const struct kubernetes *kubernetes,
                            const struct pt_http_reply *reply, struct pt_error *error)
{
    char message[300];
    enum pt_status status = PT_IO; // ask again
    if (reply->code >= 200 && reply->code < 300)
        return PT_OK;
    pt_kube_message(reply->body, reply->length, message, sizeof message);
    if (reply->code == 401 || reply->code == 403)
        status = PT_DENIED;
    else if (reply->code == 404)
        status = PT_NOT_FOUND;
    else if (reply->code == 409)
        status = PT_BUSY;
    else if (reply->code == 400 || reply->code == 422)
        status = PT_BAD_INPUT;
    return pt_fail(error, status, "kubernetes: %s of Job %s/%s: %ld: %s", method,
                   kubernetes->name_space, kubernetes->name, reply->code, message);
}

static enum pt_status ask(struct kubernetes *kubernetes, const char *method, const char *path,
                          const char *type, const char *body, size_t length,
                          struct pt_http_reply *ret_reply, struct pt_error *error)
{
    char token[TOKEN_SIZE] = "", authorization[TOKEN_SIZE + 32], content[80];
    const char *headers[4] = {"Accept: application/json"};
    int count = 1;
    enum pt_status status = pt_kube_config_token(&kubernetes->config, token, sizeof token, error);
    if (status != PT_OK)
        return status;
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
    snprintf(content, sizeof content, "Content-Type: %s", type != NULL ? type : "");
    if (token[0] != '\0')
        headers[count++] = authorization;
    if (type != NULL)
        headers[count++] = content;
    status = pt_http_send(kubernetes->http, method, path, headers, body, length, ret_reply, error);
    explicit_bzero(token, sizeof token);
    explicit_bzero(authorization, sizeof authorization);
    return status == PT_OK ? judge(method, kubernetes, ret_reply, error) : status;
}

static void path_of(const struct kubernetes *kubernetes, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "/apis/batch/v1/namespaces/%s/jobs%s%s", kubernetes->name_space,
             name != NULL ? "/" : "", name != NULL ? name : "");
}

static enum pt_status read_job(struct kubernetes *kubernetes, const struct pt_http_reply *reply,
                               struct pt_kube_job *ret_job, struct pt_error *error)
{
    double now = (double)pt_clock_realtime(&pt_system_clock) / 1e9;
    enum pt_status status = pt_kube_job_read(reply->body, reply->length, now, ret_job, error);
    if (status == PT_OK && strcmp(ret_job->name, kubernetes->name) != 0)
        status = pt_fail(error, PT_CORRUPT, "kubernetes: asked for Job %s, got %s",
                         kubernetes->name, ret_job->name);
    if (status == PT_OK)
        memcpy(kubernetes->owner, ret_job->owner, sizeof kubernetes->owner);
    return status;
}

static enum pt_status get(struct kubernetes *kubernetes, struct pt_kube_job *ret_job,
                          struct pt_error *error)
{
    char path[PATH_SIZE];
    struct pt_http_reply reply;
    path_of(kubernetes, kubernetes->name, path);
    enum pt_status status = ask(kubernetes, "GET", path, NULL, NULL, 0, &reply, error);
    return status == PT_OK ? read_job(kubernetes, &reply, ret_job, error) : status;
}

// The exit status is the pod's; without the right to see pods nobody knows.
static void look_at_pods(struct kubernetes *kubernetes, struct pt_remote_look *look)
{
    char path[PATH_SIZE];
    struct pt_http_reply reply;
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/pods?limit=50&labelSelector=job-name%%3D%s",
             kubernetes->name_space, kubernetes->name);
    if (ask(kubernetes, "GET", path, NULL, NULL, 0, &reply, NULL) == PT_OK)
        look->status_known = pt_kube_pods_read(reply.body, reply.length, &look->exit_status);
}

static enum pt_status refresh(struct kubernetes *kubernetes, struct pt_error *error)
{
    struct pt_remote *remote = &kubernetes->remote;
    struct pt_kube_job job = {.look = {.start_seconds = NAN,
                                       .cpu_seconds = NAN,
                                       .start_count = -1,
                                       .view = PT_VIEW_GONE,
                                       .is_final = true}};
    struct pt_error own_error;
    if (!pt_remote_is_there(remote))
        return PT_OK;
    enum pt_status status = get(kubernetes, &job, &own_error);
    if (status != PT_OK && status != PT_NOT_FOUND)
        return pt_fail(error, status, "%s", own_error.message);
    if (job.look.view == PT_VIEW_ENDED && !job.look.status_known)
        look_at_pods(kubernetes, &job.look);
    return pt_remote_see(remote, &job.look, error);
}

static enum pt_status refuse_owned(const struct kubernetes *kubernetes, struct pt_error *error)
{
    if (kubernetes->owner[0] == '\0')
        return PT_OK;
    return pt_fail(error, PT_UNSUPPORTED,
                   "kubernetes: %s decides when Job %s/%s runs, so powertrain leaves it alone%s",
                   kubernetes->owner, kubernetes->name_space, kubernetes->name,
                   strcmp(kubernetes->owner, "Kueue") == 0
                       ? "; set stopPolicy of its LocalQueue, or leave out the label"
                       : "");
}

// The answer shows whether it holds: a webhook may have changed it back.
static enum pt_status patch_suspend(struct kubernetes *kubernetes, bool is_suspended,
                                    struct pt_error *error)
{
    char path[PATH_SIZE], body[64];
    struct pt_http_reply reply;
    struct pt_kube_job job;
    snprintf(body, sizeof body, "{\"spec\":{\"suspend\":%s}}", is_suspended ? "true" : "false");
    path_of(kubernetes, kubernetes->name, path);
    enum pt_status status = PT_BUSY;
    for (int i = 0; i < 3 && status == PT_BUSY; i++) // 409: written by another at the same moment
        status = ask(kubernetes, "PATCH", path, "application/merge-patch+json", body, strlen(body),
                     &reply, error);
    if (status == PT_OK)
        status = read_job(kubernetes, &reply, &job, error);
    if (status == PT_OK && job.is_suspended != is_suspended)
        status = pt_fail(error, PT_DENIED,
                         "kubernetes: Job %s/%s: the server keeps spec.suspend as it is",
                         kubernetes->name_space, kubernetes->name);
    return status;
}

// ------------------------------------------------------------------------------------------ open
static enum pt_status check_spec(const struct pt_job_spec *spec, struct pt_error *error)
{
    static const char *const known[] = {"manifest",   "job",  "namespace", "context",
                                        "kubeconfig", "poll", "timeout",   NULL};
    const char *manifest = pt_remote_option(spec, "manifest"), *job = pt_remote_option(spec, "job");
    enum pt_status status = pt_remote_check_options(spec, "kubernetes", known, NULL, error);
    if (status != PT_OK)
        return status;
    if ((manifest == NULL) == (job == NULL))
        return pt_fail(error, PT_USAGE,
                       "kubernetes: name the Job: manifest=FILE to create it, or job=NAME if it is "
                       "there");
    if (spec->mode != PT_SUSPEND_RESTART)
        return pt_fail(error, PT_UNSUPPORTED,
                       "kubernetes: pods cannot be frozen; suspend by restart");
    if (spec->checkpoint_signal != 0 && spec->checkpoint_signal != SIGTERM)
        return pt_fail(error, PT_UNSUPPORTED,
                       "kubernetes: pods get TERM and no signal %d; let the command write its "
                       "checkpoint at TERM",
                       spec->checkpoint_signal);
    return PT_OK;
}

static bool is_label(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length < PT_KUBE_NAME_SIZE && text[0] != '-' && text[0] != '.' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

static enum pt_status connect_to(struct kubernetes *kubernetes, const struct pt_job_spec *spec,
                                 struct pt_arena *arena, struct pt_error *error)
{
    const char *name_space = pt_remote_option(spec, "namespace");
    struct pt_kube_config *config = &kubernetes->config;
    double seconds = 30;
    enum pt_status status = pt_kube_config_find(arena, pt_remote_option(spec, "kubeconfig"),
                                                pt_remote_option(spec, "context"), config, error);
    if (status == PT_OK)
        status = pt_remote_seconds_option(spec, "timeout", 0.1, 3600, &seconds, error);
    if (status == PT_OK)
        status = pt_remote_seconds_option(spec, "poll", 0, 3600, &kubernetes->poll_seconds, error);
    if (status != PT_OK)
        return status;
    kubernetes->name_space = name_space != NULL ? name_space : config->name_space;
    if (!is_label(kubernetes->name_space))
        return pt_fail(error, PT_USAGE, "kubernetes: namespace \"%.80s\" can be none",
                       kubernetes->name_space);
    const struct pt_http_options options = {
        .name = "kubernetes",
        .base = config->server,
        .proxy = true,
        .compressed = true,
        .seconds = seconds,
        .bytes = ANSWER_LIMIT,
        .authorities_pem = config->authorities_pem,
        .certificate_pem = config->certificate_pem,
        .key_pem = config->key_pem,
        .trust_hint = "; see certificate-authority in the kubeconfig",
    };
    return pt_http_open(&options, &kubernetes->http, error);
}

// The manifest, and what it is called.
static enum pt_status read_manifest(struct kubernetes *kubernetes, struct pt_arena *arena,
                                    char **ret_text, size_t *ret_length, struct pt_error *error)
{
    const char *path = pt_remote_option(&kubernetes->remote.spec, "manifest");
    const struct pt_job_state *job = &kubernetes->remote.job;
    const struct pt_node *root;
    char tag[128];
    snprintf(tag, sizeof tag, "%s:%" PRId64 ":%" PRId64, job->id, job->created_ns,
             job->restart_count);
    enum pt_status status = pt_node_read_file(arena, path, &root, error);
    return status == PT_OK ? pt_kube_manifest(arena, (struct pt_node *)root, tag, kubernetes->name,
                                              kubernetes->owner, ret_text, ret_length, error)
                           : status;
}

static enum pt_status find_name(struct kubernetes *kubernetes, struct pt_error *error)
{
    const char *name = pt_remote_option(&kubernetes->remote.spec, "job");
    char *text = NULL;
    size_t length;
    if (name != NULL && !is_label(name))
        return pt_fail(error, PT_USAGE, "kubernetes: job=%.80s: no Job can be called so", name);
    if (name != NULL) {
        snprintf(kubernetes->name, sizeof kubernetes->name, "%s", name);
        return PT_OK;
    }
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = arena != NULL
                                ? read_manifest(kubernetes, arena, &text, &length, error)
                                : pt_fail(error, PT_NO_MEMORY, "no memory for a manifest");
    free(text);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status check_handle(struct kubernetes *kubernetes, struct pt_error *error)
{
    struct pt_job_state *job = &kubernetes->remote.job;
    char handle[sizeof job->handle];
    snprintf(handle, sizeof handle, "%s/%s", kubernetes->name_space, kubernetes->name);
    if (pt_remote_is_there(&kubernetes->remote) && strcmp(job->handle, handle) != 0)
        return pt_fail(error, PT_BUSY, "job %s is Job %s in Kubernetes, not %s", job->id,
                       job->handle, handle);
    memcpy(job->handle, handle, sizeof handle);
    return PT_OK;
}

// A Job that is there already: it is ours from now on, in whatever state it is.
static enum pt_status adopt(struct kubernetes *kubernetes, struct pt_error *error)
{
    struct pt_kube_job job;
    if (pt_remote_option(&kubernetes->remote.spec, "job") == NULL ||
        kubernetes->remote.job.phase != PT_JOB_NEW)
        return PT_OK;
    enum pt_status status = get(kubernetes, &job, error);
    if (status == PT_OK)
        status = refuse_owned(kubernetes, error);
    return status == PT_OK
               ? pt_remote_set(&kubernetes->remote,
                               job.look.view == PT_VIEW_HELD ? PT_JOB_PARKED : PT_JOB_QUEUED, error)
               : status;
}

static void kubernetes_close(void *state)
{
    struct kubernetes *kubernetes = state;
    pt_http_close(kubernetes->http);
    pt_remote_close(&kubernetes->remote);
    free(kubernetes);
}

// The command stands in the manifest; the file of the job needs something to show.
static enum pt_status open_remote(struct kubernetes *kubernetes, const struct pt_job_spec *spec,
                                  struct pt_arena *arena, struct pt_error *error)
{
    struct pt_job_spec named = *spec;
    const char **words = pt_arena_alloc(arena, 3, sizeof *words);
    if (words == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    const char *manifest = pt_remote_option(spec, "manifest");
    words[0] = "kubernetes";
    words[1] = manifest != NULL ? manifest : pt_remote_option(spec, "job");
    if (spec->command == NULL || spec->command[0] == NULL)
        named.command = words;
    return pt_remote_open(&kubernetes->remote, "kubernetes", &named, arena, error);
}

static enum pt_status kubernetes_open(const struct pt_job_spec *spec, struct pt_arena *arena,
                                      void **ret_state, struct pt_error *error)
{
    enum pt_status status = check_spec(spec, error);
    if (status != PT_OK)
        return status;
    struct kubernetes *kubernetes = calloc(1, sizeof *kubernetes);
    if (kubernetes == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a job");
    kubernetes->remote.lock_fd = -1;
    kubernetes->poll_seconds = 2;
    status = open_remote(kubernetes, spec, arena, error);
    if (status == PT_OK)
        status = connect_to(kubernetes, spec, arena, error);
    if (status == PT_OK)
        status = find_name(kubernetes, error);
    if (status == PT_OK)
        status = check_handle(kubernetes, error);
    if (status == PT_OK)
        status = adopt(kubernetes, error);
    if (status == PT_OK)
        status = refresh(kubernetes, error);
    if (status != PT_OK) {
        kubernetes_close(kubernetes);
        return status;
    }
    *ret_state = kubernetes;
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- start
// Ours is the one with our tag: an answer that was lost on its way.
static enum pt_status is_ours(struct kubernetes *kubernetes, const char *text, size_t length,
                              struct pt_error *error)
{
    struct pt_kube_job wanted, there;
    struct pt_error own_error;
    enum pt_status status = get(kubernetes, &there, &own_error);
    if (status == PT_OK)
        status = pt_kube_job_read(text, length, 0, &wanted, &own_error);
    if (status != PT_OK)
        return pt_fail(error, status, "%s", own_error.message);
    if (strcmp(there.tag, wanted.tag) == 0)
        return PT_OK;
    return pt_fail(error, PT_BUSY,
                   "kubernetes: there is a Job %s/%s already; kubectl delete job %s, take another "
                   "name, or steer it with job=%s",
                   kubernetes->name_space, kubernetes->name, kubernetes->name, kubernetes->name);
}

static enum pt_status create(struct kubernetes *kubernetes, struct pt_arena *arena,
                             struct pt_error *error)
{
    char path[PATH_SIZE], *text = NULL;
    size_t length = 0;
    struct pt_http_reply reply;
    struct pt_kube_job job;
    enum pt_status status = read_manifest(kubernetes, arena, &text, &length, error);
    if (status == PT_OK)
        status = refuse_owned(kubernetes, error);
    path_of(kubernetes, NULL, path);
    if (status == PT_OK)
        status = ask(kubernetes, "POST", path, "application/json", text, length, &reply, error);
    if (status == PT_OK)
        status = read_job(kubernetes, &reply, &job, error);
    else if (status == PT_BUSY)
        status = is_ours(kubernetes, text, length, error);
    free(text);
    return status;
}

static enum pt_status start(struct kubernetes *kubernetes, struct pt_error *error)
{
    struct pt_job_state before = kubernetes->remote.job;
    if (pt_remote_option(&kubernetes->remote.spec, "manifest") == NULL)
        return pt_fail(
            error, PT_UNSUPPORTED,
            "kubernetes: Job %s has ended, and a Job cannot be started twice; create one: "
            "manifest=FILE",
            before.handle);
    enum pt_status status = pt_remote_begin_start(&kubernetes->remote, error);
    if (status != PT_OK)
        return status;
    memcpy(kubernetes->remote.job.handle, before.handle, sizeof before.handle);
    struct pt_arena *arena = pt_arena_create();
    status = arena != NULL ? create(kubernetes, arena, error)
                           : pt_fail(error, PT_NO_MEMORY, "no memory for a manifest");
    pt_arena_destroy(arena);
    if (status == PT_OK || status == PT_IO) // after PT_IO it may be there all the same
        pt_job_state_save(kubernetes->remote.folder, &kubernetes->remote.job, NULL);
    if (status == PT_OK || status == PT_IO)
        return status;
    kubernetes->remote.job = before;
    pt_job_state_save(kubernetes->remote.folder, &kubernetes->remote.job, NULL);
    return status;
}

static enum pt_status kubernetes_start(void *state, struct pt_error *error)
{
    struct kubernetes *kubernetes = state;
    enum pt_status status = refresh(kubernetes, error);
    if (status != PT_OK)
        return status;
    if (pt_remote_is_there(&kubernetes->remote))
        return pt_remote_refuse(&kubernetes->remote, "started", error);
    return start(kubernetes, error);
}

// ---------------------------------------------------------------------------------------- orders
static enum pt_status kubernetes_suspend(void *state, struct pt_error *error)
{
    struct kubernetes *kubernetes = state;
    struct pt_remote *remote = &kubernetes->remote;
    enum pt_status status = refresh(kubernetes, error);
    if (status != PT_OK || remote->job.phase == PT_JOB_PARKED)
        return status;
    if (remote->job.phase != PT_JOB_RUNNING && remote->job.phase != PT_JOB_QUEUED)
        return pt_remote_refuse(remote, "suspended", error);
    status = refuse_owned(kubernetes, error);
    if (status == PT_OK)
        status = patch_suspend(kubernetes, true, error);
    return status == PT_OK ? pt_remote_set(remote, PT_JOB_PARKING, error) : status;
}

static enum pt_status kubernetes_resume(void *state, struct pt_error *error)
{
    struct kubernetes *kubernetes = state;
    struct pt_remote *remote = &kubernetes->remote;
    enum pt_status status = refresh(kubernetes, error);
    if (status != PT_OK || remote->job.phase == PT_JOB_RUNNING ||
        remote->job.phase == PT_JOB_QUEUED)
        return status;
    if (remote->job.phase == PT_JOB_LOST)
        return start(kubernetes, error);
    if (remote->job.phase != PT_JOB_PARKED)
        return pt_remote_refuse(remote, "resumed", error);
    status = refuse_owned(kubernetes, error);
    if (status == PT_OK)
        status = patch_suspend(kubernetes, false, error);
    if (status != PT_OK)
        return status;
    if (remote->job.run_seconds > 0)
        remote->job.restart_count++;
    return pt_remote_set(remote, PT_JOB_QUEUED, error);
}

static enum pt_status kubernetes_checkpoint(void *state, struct pt_error *error)
{
    const struct kubernetes *kubernetes = state;
    return pt_fail(error, PT_UNSUPPORTED,
                   "job %s: Kubernetes sends no signal to a pod that is to go on",
                   kubernetes->remote.job.id);
}

// The grace is that of the pods (terminationGracePeriodSeconds).
static enum pt_status kubernetes_stop(void *state, double grace_seconds, struct pt_error *error)
{
    static const char body[] = "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
                               "\"propagationPolicy\":\"Foreground\"}";
    struct kubernetes *kubernetes = state;
    struct pt_http_reply reply;
    char path[PATH_SIZE];
    (void)grace_seconds;
    enum pt_status status = refresh(kubernetes, error);
    if (status != PT_OK || !pt_remote_is_there(&kubernetes->remote))
        return status;
    status = refuse_owned(kubernetes, error);
    if (status != PT_OK)
        return status;
    path_of(kubernetes, kubernetes->name, path);
    status =
        ask(kubernetes, "DELETE", path, "application/json", body, sizeof body - 1, &reply, error);
    return status == PT_OK || status == PT_NOT_FOUND
               ? pt_remote_set(&kubernetes->remote, PT_JOB_STOPPING, error)
               : status;
}

static enum pt_status kubernetes_signal(void *state, int number, struct pt_error *error)
{
    const struct kubernetes *kubernetes = state;
    return pt_fail(error, PT_UNSUPPORTED,
                   "job %s: signal %d cannot be sent to a pod; stop it, or use kubectl exec",
                   kubernetes->remote.job.id, number);
}

static enum pt_status kubernetes_level(void *state, const struct pt_job_level *level,
                                       struct pt_job_level_outcome *ret_outcome,
                                       struct pt_error *error)
{
    const struct kubernetes *kubernetes = state;
    if (!pt_remote_is_there(&kubernetes->remote))
        return pt_remote_refuse(&kubernetes->remote, "run at a level", error);
    ret_outcome->has_duty = !(level->duty < 1);
    ret_outcome->has_cpus = level->cpu_count == 0;
    if (!ret_outcome->has_duty || !ret_outcome->has_cpus || isfinite(level->gpu_watts) ||
        isfinite(level->cpu_watts) || isfinite(level->cpu_hertz))
        snprintf(ret_outcome->reason, sizeof ret_outcome->reason,
                 "the pods of a Job keep the resources of its manifest");
    return PT_OK;
}

static enum pt_status kubernetes_poll(void *state, struct pt_job_state *ret_job,
                                      struct pt_error *error)
{
    struct kubernetes *kubernetes = state;
    enum pt_status status = PT_OK;
    if (pt_remote_is_stale(&kubernetes->remote, kubernetes->poll_seconds))
        status = refresh(kubernetes, error);
    if (status != PT_OK)
        return status;
    *ret_job = kubernetes->remote.job;
    ret_job->user_seconds = ret_job->system_seconds = NAN; // nobody tells
    return PT_OK;
}

static void kubernetes_wait(void *state, double seconds)
{
    (void)state;
    pt_remote_sleep(seconds);
}

const struct pt_executor_driver pt_executor_kubernetes = {
    .name = "kubernetes",
    .summary = "a Job of Kubernetes",
    .abilities = {.restarts = true,
                  .parked_watts = 0, // its pods are gone, the node is given to others
                  .resume_seconds = 5,
                  .has_own_command = true},
    .open = kubernetes_open,
    .start = kubernetes_start,
    .suspend = kubernetes_suspend,
    .resume = kubernetes_resume,
    .checkpoint = kubernetes_checkpoint,
    .stop = kubernetes_stop,
    .signal = kubernetes_signal,
    .level = kubernetes_level,
    .poll = kubernetes_poll,
    .wait = kubernetes_wait,
    .close = kubernetes_close,
};
