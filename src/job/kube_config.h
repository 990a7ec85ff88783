// How to reach the API server of Kubernetes, and who we are there: a kubeconfig file, or, in a pod,
// its service account.
#ifndef PT_JOB_KUBE_CONFIG_H
#define PT_JOB_KUBE_CONFIG_H

#include "base/node.h"

struct pt_kube_config {
    const char *server;     // "https://10.0.0.1:6443"
    const char *name_space; // "default"
    const char *token;      // NULL: none
    const char *token_file; // read anew for each request; NULL: none
    const char *authorities_pem, *certificate_pem, *key_pem; // NULL: none
};

// path, else KUBECONFIG, else the service account of this pod, else ~/.kube/config. context NULL:
// the current one. PT_UNSUPPORTED names what is not: programs that make tokens (exec), plugins,
// passwords, servers that are not verified.
enum pt_status pt_kube_config_find(struct pt_arena *arena, const char *path, const char *context,
                                   struct pt_kube_config *ret_config, struct pt_error *error);
// folder is where relative names of files begin.
enum pt_status pt_kube_config_parse(struct pt_arena *arena, const struct pt_node *root,
                                    const char *folder, const char *context,
                                    struct pt_kube_config *ret_config, struct pt_error *error);
// The token for the next request into a buffer, "" without one.
enum pt_status pt_kube_config_token(const struct pt_kube_config *config, char *token, size_t size,
                                    struct pt_error *error);

#endif
