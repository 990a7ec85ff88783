// See kube_job.h. API: kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1.

#include "job/kube_job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/parse.h"

// ------------------------------------------------------------------------------------------ tree
static const struct pt_node *at(const struct pt_node *node, const char *key)
{
    return node != NULL && node->kind == PT_NODE_MAPPING ? pt_node_find(node, key) : NULL;
}

static const char *text_of(const struct pt_node *node)
{
    return node != NULL && node->kind == PT_NODE_SCALAR && !node->is_null ? node->text : NULL;
}

static bool is(const struct pt_node *node, const char *expected)
{
    const char *text = text_of(node);
    return text != NULL && strcmp(text, expected) == 0;
}

// A count; absent is 0, as the server leaves zeros out.
static int64_t count_of(const struct pt_node *node)
{
    int64_t count;
    const char *text = text_of(node);
    return text != NULL && pt_parse_int64(text, &count) && count > 0 ? count : 0;
}

static void copy(const struct pt_node *node, char *buffer, size_t size)
{
    const char *text = text_of(node);
    snprintf(buffer, size, "%s", text != NULL && strlen(text) < size ? text : "");
}

// ------------------------------------------------------------------------------------------ time
// Days since 1970 of a date of the Gregorian calendar. Howard Hinnant, chrono-Compatible Low-Level
// Date Algorithms, days_from_civil.
static int64_t days_of(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_part(const char **text, int digits, int least, int most, int *ret)
{
    int value = 0;
    for (int i = 0; i < digits; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        value = value * 10 + (**text - '0');
    }
    *ret = value;
    return value >= least && value <= most;
}

double pt_kube_time(const char *text)
{
    static const struct {
        int digits, least, most;
        char end;
    } parts[] = {{4, 1970, 9999, '-'}, {2, 1, 12, '-'}, {2, 1, 31, 'T'},
                 {2, 0, 23, ':'},      {2, 0, 59, ':'}, {2, 0, 60, 'Z'}};
    int values[6];
    for (int i = 0; i < 6; i++) {
        if (!read_part(&text, parts[i].digits, parts[i].least, parts[i].most, &values[i]))
            return NAN;
        if (i == 5 && *text == '.') // MicroTime
            text += 1 + strspn(text + 1, "0123456789");
        if (*text++ != parts[i].end)
            return NAN;
    }
    if (*text != '\0')
        return NAN;
    return (double)days_of(values[0], values[1], values[2]) * 86400 + values[3] * 3600.0 +
           values[4] * 60.0 + values[5];
}

// --------------------------------------------------------------------------------------- reading
// Who else says when this Job runs: flipping spec.suspend would be undone, or break its quota.
static void find_owner(const struct pt_node *root, char *owner, size_t size)
{
    static const char job_controller[] = "kubernetes.io/job-controller";
    const struct pt_node *metadata = at(root, "metadata");
    const struct pt_node *manager = at(at(root, "spec"), "managedBy");
    const struct pt_node *owners = at(metadata, "ownerReferences");
    owner[0] = '\0';
    if (at(at(metadata, "labels"), "kueue.x-k8s.io/queue-name") != NULL)
        snprintf(owner, size, "Kueue");
    else if (text_of(manager) != NULL && !is(manager, job_controller))
        snprintf(owner, size, "%.100s", text_of(manager));
    for (const struct pt_node *one = owners != NULL && owner[0] == '\0' ? owners->first : NULL;
         one != NULL; one = one->next)
        if (is(at(one, "controller"), "true") && !is(at(one, "kind"), "CronJob"))
            snprintf(owner, size, "%.50s %.64s",
                     text_of(at(one, "kind")) != NULL ? text_of(at(one, "kind")) : "its owner",
                     text_of(at(one, "name")) != NULL ? text_of(at(one, "name")) : "");
}

static const struct pt_node *find_condition(const struct pt_node *status, const char *type)
{
    const struct pt_node *list = at(status, "conditions");
    for (const struct pt_node *one = list != NULL ? list->first : NULL; one != NULL;
         one = one->next)
        if (is(at(one, "type"), type) && is(at(one, "status"), "True"))
            return one;
    return NULL;
}

// A pod that exists may still wait for a node: "ready" tells, where the server says it (1.24).
static enum pt_remote_view view_of(const struct pt_node *root, bool is_suspended,
                                   struct pt_remote_look *look)
{
    const struct pt_node *status = at(root, "status");
    const struct pt_node *failed = find_condition(status, "Failed");
    int64_t active = count_of(at(status, "active"));
    if (find_condition(status, "Complete") != NULL) {
        look->status_known = true;
        return PT_VIEW_ENDED;
    }
    // A deadline of the Job itself: the work is not done, and may go on in another one.
    if (failed != NULL)
        return is(at(failed, "reason"), "DeadlineExceeded") ? PT_VIEW_CUT : PT_VIEW_ENDED;
    if (at(at(root, "metadata"), "deletionTimestamp") != NULL)
        return PT_VIEW_ENDING;
    if (is_suspended)
        return active > 0 ? PT_VIEW_ENDING : PT_VIEW_HELD;
    bool has_ready = at(status, "ready") != NULL;
    return active > 0 && (!has_ready || count_of(at(status, "ready")) > 0) ? PT_VIEW_RUNNING
                                                                           : PT_VIEW_QUEUED;
}

static double start_seconds(const struct pt_node *root, double now_seconds)
{
    const struct pt_node *status = at(root, "status");
    const char *start = text_of(at(status, "startTime"));
    const char *end = text_of(at(status, "completionTime"));
    if (start == NULL)
        return NAN;
    if (end == NULL) // only a Job that is complete has one
        end = text_of(at(find_condition(status, "Failed"), "lastTransitionTime"));
    double seconds = (end != NULL ? pt_kube_time(end) : now_seconds) - pt_kube_time(start);
    return seconds >= 0 ? seconds : NAN;
}

enum pt_status pt_kube_job_read(const char *text, size_t length, double now_seconds,
                                struct pt_kube_job *ret_job, struct pt_error *error)
{
    struct pt_kube_job job = {
        .look = {.cpu_seconds = NAN, .start_seconds = NAN, .start_count = -1, .is_final = true}};
    const struct pt_node *root;
    struct pt_error parse_error;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a Job");
    enum pt_status status = pt_json_parse(arena, text, length, "answer", &root, &parse_error);
    if (status != PT_OK)
        status = pt_fail(error, PT_CORRUPT, "kubernetes: the server answers no JSON: %.200s",
                         parse_error.message);
    else if (!is(at(root, "kind"), "Job") || text_of(at(at(root, "metadata"), "name")) == NULL)
        status =
            pt_fail(error, PT_CORRUPT, "kubernetes: the server answers something else than a Job");
    if (status == PT_OK) {
        const struct pt_node *metadata = at(root, "metadata");
        copy(at(metadata, "name"), job.name, sizeof job.name);
        copy(at(metadata, "uid"), job.uid, sizeof job.uid);
        copy(at(at(metadata, "annotations"), "powertrain-job"), job.tag, sizeof job.tag);
        job.is_suspended = is(at(at(root, "spec"), "suspend"), "true");
        find_owner(root, job.owner, sizeof job.owner);
        job.look.view = view_of(root, job.is_suspended, &job.look);
        job.look.start_seconds = start_seconds(root, now_seconds);
        *ret_job = job;
    }
    pt_arena_destroy(arena);
    return status;
}

static bool read_container(const struct pt_node *container, int64_t *ret_status)
{
    const struct pt_node *ended = at(at(container, "state"), "terminated");
    const char *text = text_of(at(ended, "exitCode"));
    return text != NULL && pt_parse_int64(text, ret_status) && *ret_status > 0 &&
           *ret_status <= 255;
}

bool pt_kube_pods_read(const char *text, size_t length, int64_t *ret_status)
{
    const struct pt_node *root;
    struct pt_arena *arena = pt_arena_create();
    bool found = false;
    if (arena == NULL)
        return false;
    const struct pt_node *pod = NULL;
    if (pt_json_parse(arena, text, length, "answer", &root, NULL) == PT_OK &&
        at(root, "items") != NULL)
        pod = at(root, "items")->first;
    for (; pod != NULL && !found; pod = pod->next) {
        const struct pt_node *list = at(at(pod, "status"), "containerStatuses");
        for (const struct pt_node *one = list != NULL ? list->first : NULL; one != NULL && !found;
             one = one->next)
            found = read_container(one, ret_status);
    }
    pt_arena_destroy(arena);
    return found;
}

void pt_kube_message(const char *text, size_t length, char *message, size_t size)
{
    const struct pt_node *root = NULL;
    struct pt_arena *arena = pt_arena_create();
    const char *said = NULL;
    if (arena != NULL && pt_json_parse(arena, text, length, "answer", &root, NULL) == PT_OK)
        said = text_of(at(root, "message"));
    if (said != NULL)
        snprintf(message, size, "%.250s", said);
    else
        snprintf(message, size, "%.*s", length < 80 ? (int)length : 80, text);
    for (char *c = message; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    pt_arena_destroy(arena);
}

// -------------------------------------------------------------------------------------- manifest
// YAML 1.1 as kubectl reads it: 0644 is octal.
static bool is_octal(const char *text)
{
    size_t length = strlen(text);
    return length > 1 && length < 20 && text[0] == '0' && strspn(text, "01234567") == length;
}

static void write_scalar(struct pt_json_writer *writer, const char *key, const struct pt_node *node)
{
    int64_t integer;
    double number;
    bool is_bare = !node->quoted;
    if (node->is_null)
        pt_json_null(writer, key);
    else if (is_bare && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0))
        pt_json_bool(writer, key, node->text[0] == 't');
    else if (is_bare && is_octal(node->text))
        pt_json_integer(writer, key, strtoll(node->text, NULL, 8));
    else if (is_bare && pt_parse_int64(node->text, &integer))
        pt_json_integer(writer, key, integer);
    else if (is_bare && pt_parse_double(node->text, &number))
        pt_json_number(writer, key, number);
    else
        pt_json_string(writer, key, node->text);
}

static void write_node(struct pt_json_writer *writer, const char *key, const struct pt_node *node)
{
    switch (node->kind) {
    case PT_NODE_SCALAR:
        write_scalar(writer, key, node);
        return;
    case PT_NODE_SEQUENCE:
        pt_json_array(writer, key);
        for (const struct pt_node *one = node->first; one != NULL; one = one->next)
            write_node(writer, NULL, one);
        pt_json_end_array(writer);
        return;
    case PT_NODE_MAPPING:
        pt_json_object(writer, key);
        for (const struct pt_node *one = node->first; one != NULL; one = one->next)
            write_node(writer, one->key, one);
        pt_json_end_object(writer);
    }
}

char *pt_kube_json(const struct pt_node *root, size_t *ret_length)
{
    char *text = NULL;
    struct pt_json_writer writer;
    FILE *stream = open_memstream(&text, ret_length);
    if (stream == NULL)
        return NULL;
    pt_json_begin(&writer, stream, false);
    write_node(&writer, NULL, root);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

// RFC 1123: lower case letters, digits, "-", at most 63 (a Job's name is a label of its pods).
static bool is_name(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length < PT_KUBE_NAME_SIZE && text[0] != '-' && text[0] != '.' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

enum pt_status pt_kube_manifest(struct pt_arena *arena, struct pt_node *root, const char *tag,
                                char name[PT_KUBE_NAME_SIZE], char owner[128], char **ret_text,
                                size_t *ret_length, struct pt_error *error)
{
    const char *called;
    char assignment[200];
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status != PT_OK)
        return status;
    if (!is(at(root, "kind"), "Job") || !is(at(root, "apiVersion"), "batch/v1"))
        return pt_node_fail(error, root, "not a Job of batch/v1; only these can be suspended");
    called = text_of(at(at(root, "metadata"), "name"));
    if (called == NULL || !is_name(called))
        return pt_node_fail(error, root,
                            "metadata.name: it needs one, of lower case letters, digits and \"-\", "
                            "at most 63 (generateName could not be found again)");
    if (at(at(root, "spec"), "template") == NULL)
        return pt_node_fail(error, root, "missing key spec.template");
    snprintf(name, PT_KUBE_NAME_SIZE, "%s", called);
    find_owner(root, owner, 128);
    status = pt_node_set(arena, root, "spec.suspend=false", error);
    snprintf(assignment, sizeof assignment, "metadata.annotations.powertrain-job=\"%s\"", tag);
    if (status == PT_OK)
        status = pt_node_set(arena, root, assignment, error);
    if (status != PT_OK)
        return status;
    *ret_text = pt_kube_json(root, ret_length);
    return *ret_text != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory for a manifest");
}
