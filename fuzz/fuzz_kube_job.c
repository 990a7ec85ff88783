// Any text as an answer of the API server of Kubernetes, and any YAML as a manifest: read or
// refused, and what is sent is JSON again.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job/kube_job.h"

static void read_answer(const char *text, size_t length)
{
    struct pt_kube_job job;
    int64_t status = 1;
    char message[300];
    if (pt_kube_job_read(text, length, 1e9, &job, NULL) == PT_OK && job.look.start_seconds < 0)
        abort();
    if (pt_kube_pods_read(text, length, &status) && (status < 1 || status > 255))
        abort();
    pt_kube_message(text, length, message, sizeof message);
    double seconds = pt_kube_time(text);
    if (!isnan(seconds) && !(seconds >= 0 && seconds < 3e11))
        abort();
}

static void read_manifest(const char *text, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root, *again;
    char name[PT_KUBE_NAME_SIZE], owner[128], *json = NULL;
    size_t count = 0;
    if (arena != NULL && pt_yaml_parse(arena, text, length, "fuzz", &root, NULL) == PT_OK &&
        pt_kube_manifest(arena, (struct pt_node *)root, "a:1:0", name, owner, &json, &count,
                         NULL) == PT_OK &&
        pt_json_parse(arena, json, count, "json", &again, NULL) != PT_OK)
        abort();
    free(json);
    pt_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (text == NULL)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    read_answer(text, length);
    read_manifest(text, length);
    free(text);
    return 0;
}
