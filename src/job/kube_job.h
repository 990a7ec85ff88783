// A Job of Kubernetes (batch/v1): its manifest for the API server, and what the server says of it.
#ifndef PT_JOB_KUBE_JOB_H
#define PT_JOB_KUBE_JOB_H

#include "base/node.h"
#include "job/remote.h"

enum { PT_KUBE_NAME_SIZE = 64 };

struct pt_kube_job {
    struct pt_remote_look look;
    char name[PT_KUBE_NAME_SIZE], uid[64];
    bool is_suspended; // spec.suspend
    char owner[128];   // who sets spec.suspend in our place ("Kueue"); ""
    char tag[128];     // our annotation; ""
};

// A Job as the server shows it, in JSON. now is Unix seconds. PT_CORRUPT: it is none.
enum pt_status pt_kube_job_read(const char *text, size_t length, double now_seconds,
                                struct pt_kube_job *ret_job, struct pt_error *error);
// The exit status of the container that failed, from a list of pods. False: it does not say.
bool pt_kube_pods_read(const char *text, size_t length, int64_t *ret_status);
// The message of a Status object, else the beginning of the text.
void pt_kube_message(const char *text, size_t length, char *message, size_t size);

// A manifest as JSON for a POST: of kind Job, not suspended, with our tag. The caller frees
// *ret_text. name is what it is called; ret_owner: see above.
enum pt_status pt_kube_manifest(struct pt_arena *arena, struct pt_node *root, const char *tag,
                                char name[PT_KUBE_NAME_SIZE], char owner[128], char **ret_text,
                                size_t *ret_length, struct pt_error *error);
// A tree as JSON, with the types that kubectl reads from YAML. NULL: no memory.
char *pt_kube_json(const struct pt_node *root, size_t *ret_length);

// "2026-11-24T06:33:12Z", as Unix seconds; NAN: it is none.
double pt_kube_time(const char *text);

#endif
