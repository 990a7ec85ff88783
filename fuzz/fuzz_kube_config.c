// Any YAML as a kubeconfig: read or refused. Files that it names lie nowhere.

#include <stdlib.h>
#include <string.h>

#include "job/kube_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root;
    struct pt_kube_config config;
    char token[100];
    if (arena != NULL &&
        pt_yaml_parse(arena, (const char *)bytes, length, "fuzz", &root, NULL) == PT_OK &&
        pt_kube_config_parse(arena, root, "/no/such/folder", NULL, &config, NULL) == PT_OK) {
        if (strncmp(config.server, "http", 4) != 0)
            abort();
        if (config.token_file == NULL)
            pt_kube_config_token(&config, token, sizeof token, NULL);
    }
    pt_arena_destroy(arena);
    return 0;
}
