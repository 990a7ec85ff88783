// See kube_config.h. Format: kubernetes.io/docs/reference/config-api/kubeconfig.v1.

#include "job/kube_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { PEM_LIMIT = 1 << 20, TOKEN_LIMIT = 16384 };

#define ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

// ---------------------------------------------------------------------------------------- values
static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

// RFC 4648; line ends and blanks between are passed over. NULL: it is none, or it holds a NUL.
static const char *decode(struct pt_arena *arena, const char *text)
{
    char *bytes = pt_arena_alloc(arena, strlen(text) / 4 * 3 + 4, 1);
    unsigned value = 0;
    int bits = 0;
    size_t length = 0;
    for (; bytes != NULL && *text != '\0' && *text != '='; text++) {
        int digit = digit_of(*text);
        if (digit < 0 && strchr(" \t\r\n", *text) != NULL)
            continue;
        if (digit < 0)
            return NULL;
        value = value << 6 | (unsigned)digit;
        if ((bits += 6) < 8)
            continue;
        bits -= 8;
        bytes[length] = (char)(value >> bits & 0xff);
        if (bytes[length++] == '\0')
            return NULL;
    }
    return bytes != NULL && strspn(text, "= \t\r\n") == strlen(text) ? bytes : NULL;
}

static enum pt_status get_text(const struct pt_node *mapping, const char *key, const char **value,
                               struct pt_error *error)
{
    *value = NULL;
    return pt_node_get_string(mapping, key, PT_OPTIONAL, value, error);
}

// The PEM text that stands under key-data, or in the file under key.
static enum pt_status get_pem(struct pt_arena *arena, const struct pt_node *mapping,
                              const char *folder, const char *key, const char **ret_pem,
                              struct pt_error *error)
{
    char data_key[64], *bytes;
    const char *text, *file;
    size_t length;
    *ret_pem = NULL;
    snprintf(data_key, sizeof data_key, "%s-data", key);
    enum pt_status status = get_text(mapping, data_key, &text, error);
    if (status == PT_OK)
        status = get_text(mapping, key, &file, error);
    if (status != PT_OK || (text == NULL && file == NULL))
        return status;
    if (text != NULL) {
        *ret_pem = decode(arena, text);
        return *ret_pem != NULL ? PT_OK
                                : pt_node_fail(error, pt_node_find(mapping, data_key),
                                               "%s: it is no base64", data_key);
    }
    const char *path = file[0] == '/' ? file : pt_arena_printf(arena, "%s/%s", folder, file);
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %s", key);
    status = pt_file_read(arena, path, PEM_LIMIT, &bytes, &length, error);
    *ret_pem = bytes;
    return status == PT_OK ? PT_OK : pt_fail_within(error, status, "kubeconfig: %s", key);
}

// The mapping under key of the member of root[list] that is called name.
static enum pt_status find_named(const struct pt_node *root, const char *list, const char *key,
                                 const char *name, const struct pt_node **ret,
                                 struct pt_error *error)
{
    const struct pt_node *members = pt_node_find(root, list);
    if (members == NULL || members->kind != PT_NODE_SEQUENCE)
        return pt_node_fail(error, root, "no list of %s", list);
    for (const struct pt_node *one = members->first; one != NULL; one = one->next) {
        const struct pt_node *called =
            one->kind == PT_NODE_MAPPING ? pt_node_find(one, "name") : NULL;
        if (called == NULL || called->kind != PT_NODE_SCALAR || strcmp(called->text, name) != 0)
            continue;
        *ret = pt_node_find(one, key);
        if (*ret == NULL)
            return pt_node_fail(error, one, "%s %s has no %s", list, name, key);
        return pt_node_check_kind(*ret, PT_NODE_MAPPING, error);
    }
    return pt_node_fail(error, members, "%s: there is none called %s", list, name);
}

static enum pt_status refuse_keys(const struct pt_node *mapping, const char *const *keys,
                                  const char *remedy, struct pt_error *error)
{
    for (int i = 0; keys[i] != NULL; i++) {
        const struct pt_node *node = pt_node_find(mapping, keys[i]);
        if (node == NULL ||
            (node->kind == PT_NODE_SCALAR &&
             (node->is_null || node->text[0] == '\0' || strcmp(node->text, "false") == 0)))
            continue;
        return pt_fail(error, PT_UNSUPPORTED, "%.200s:%d: %s is not supported; %s", node->file,
                       node->key_line, keys[i], remedy);
    }
    return PT_OK;
}

// ------------------------------------------------------------------------------------------ file
// A token may not travel where everybody can read it.
static enum pt_status check_server(const char *server, struct pt_error *error)
{
    static const char *const here[] = {"http://127.", "http://localhost", "http://[::1]"};
    bool is_fine = strncmp(server, "https://", 8) == 0;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        is_fine = is_fine || strncmp(server, here[i], strlen(here[i])) == 0;
    return is_fine
               ? PT_OK
               : pt_fail(error, PT_UNSUPPORTED,
                         "kubeconfig: server %.200s: only https, or http to this machine", server);
}

static enum pt_status read_cluster(struct pt_arena *arena, const struct pt_node *cluster,
                                   const char *folder, struct pt_kube_config *config,
                                   struct pt_error *error)
{
    static const char *const refused[] = {"insecure-skip-tls-verify", "proxy-url",
                                          "tls-server-name", NULL};
    enum pt_status status = refuse_keys(
        cluster, refused, "name the certificates that are trusted (certificate-authority)", error);
    if (status == PT_OK)
        status = pt_node_get_string(cluster, "server", PT_REQUIRED, &config->server, error);
    if (status == PT_OK)
        status = check_server(config->server, error);
    if (status == PT_OK)
        status = get_pem(arena, cluster, folder, "certificate-authority", &config->authorities_pem,
                         error);
    size_t length = status == PT_OK ? strlen(config->server) : 0;
    if (length > 0 && config->server[length - 1] == '/')
        config->server = pt_arena_strndup(arena, config->server, length - 1);
    return status == PT_OK && config->server == NULL
               ? pt_fail(error, PT_NO_MEMORY, "no memory for the address of a server")
               : status;
}

static enum pt_status read_user(struct pt_arena *arena, const struct pt_node *user,
                                const char *folder, struct pt_kube_config *config,
                                struct pt_error *error)
{
    static const char *const refused[] = {
        "exec", "auth-provider", "username", "password", "impersonate", "as", NULL};
    const char *file = NULL;
    enum pt_status status = refuse_keys(
        user, refused, "use a token of a service account (kubectl create token), or a certificate",
        error);
    if (status == PT_OK)
        status = get_text(user, "token", &config->token, error);
    if (status == PT_OK)
        status = get_text(user, "tokenFile", &file, error);
    if (status == PT_OK)
        status =
            get_pem(arena, user, folder, "client-certificate", &config->certificate_pem, error);
    if (status == PT_OK)
        status = get_pem(arena, user, folder, "client-key", &config->key_pem, error);
    if (status != PT_OK || file == NULL)
        return status;
    config->token_file = file[0] == '/' ? file : pt_arena_printf(arena, "%s/%s", folder, file);
    return config->token_file != NULL ? PT_OK
                                      : pt_fail(error, PT_NO_MEMORY, "no memory for a token");
}

enum pt_status pt_kube_config_parse(struct pt_arena *arena, const struct pt_node *root,
                                    const char *folder, const char *context,
                                    struct pt_kube_config *ret_config, struct pt_error *error)
{
    struct pt_kube_config config = {.name_space = "default"};
    const struct pt_node *node;
    const char *cluster, *user, *name_space;
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK && context == NULL)
        status = pt_node_get_string(root, "current-context", PT_REQUIRED, &context, error);
    if (status == PT_OK)
        status = find_named(root, "contexts", "context", context, &node, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "cluster", PT_REQUIRED, &cluster, error);
    if (status == PT_OK)
        status = get_text(node, "user", &user, error);
    if (status == PT_OK)
        status = get_text(node, "namespace", &name_space, error);
    if (status != PT_OK)
        return status;
    if (name_space != NULL && name_space[0] != '\0')
        config.name_space = name_space;
    status = find_named(root, "clusters", "cluster", cluster, &node, error);
    if (status == PT_OK)
        status = read_cluster(arena, node, folder, &config, error);
    if (status == PT_OK && user != NULL && user[0] != '\0') {
        status = find_named(root, "users", "user", user, &node, error);
        if (status == PT_OK)
            status = read_user(arena, node, folder, &config, error);
    }
    if (status == PT_OK)
        *ret_config = config;
    return status;
}

static enum pt_status read_file(struct pt_arena *arena, const char *path, const char *context,
                                struct pt_kube_config *ret_config, struct pt_error *error)
{
    const struct pt_node *root;
    const char *slash = strrchr(path, '/');
    const char *folder =
        slash != NULL ? pt_arena_strndup(arena, path, (size_t)(slash - path) + (slash == path))
                      : ".";
    if (folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %s", path);
    enum pt_status status = pt_node_read_file(arena, path, &root, error);
    return status == PT_OK ? pt_kube_config_parse(arena, root, folder, context, ret_config, error)
                           : status;
}

// ----------------------------------------------------------------------------------------- a pod
static enum pt_status read_account(struct pt_arena *arena, const char *host, const char *port,
                                   struct pt_kube_config *ret_config, struct pt_error *error)
{
    char *authorities, *name_space = NULL;
    size_t length;
    bool is_v6 = strchr(host, ':') != NULL;
    enum pt_status status =
        pt_file_read(arena, ACCOUNT "/ca.crt", PEM_LIMIT, &authorities, &length, error);
    if (status == PT_OK)
        status = pt_file_read(arena, ACCOUNT "/namespace", 256, &name_space, &length, error);
    const char *server = pt_arena_printf(arena, "https://%s%s%s:%s", is_v6 ? "[" : "", host,
                                         is_v6 ? "]" : "", port != NULL ? port : "443");
    if (status == PT_OK && server == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory for the address of a server");
    if (status != PT_OK)
        return pt_fail_within(error, status, "kubernetes: the service account of this pod");
    name_space[strcspn(name_space, " \r\n")] = '\0';
    *ret_config = (struct pt_kube_config){.server = server,
                                          .name_space = name_space,
                                          .token_file = ACCOUNT "/token",
                                          .authorities_pem = authorities};
    return PT_OK;
}

enum pt_status pt_kube_config_find(struct pt_arena *arena, const char *path, const char *context,
                                   struct pt_kube_config *ret_config, struct pt_error *error)
{
    const char *variable = getenv("KUBECONFIG"), *host = getenv("KUBERNETES_SERVICE_HOST");
    const char *home = getenv("HOME");
    if (path == NULL && variable != NULL && variable[0] != '\0')
        path = variable;
    if (path != NULL && path == variable && strchr(path, ':') != NULL)
        return pt_fail(error, PT_UNSUPPORTED,
                       "KUBECONFIG names several files; name one of them: kubeconfig=FILE");
    if (path == NULL && host != NULL && host[0] != '\0')
        return read_account(arena, host, getenv("KUBERNETES_SERVICE_PORT"), ret_config, error);
    if (path == NULL && home != NULL) {
        path = pt_arena_printf(arena, "%s/.kube/config", home);
        if (path == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for the path of a kubeconfig");
    }
    if (path == NULL || access(path, F_OK) != 0)
        return pt_fail(error, PT_UNAVAILABLE,
                       "kubernetes: no kubeconfig (%s), and this is no pod; name one: "
                       "kubeconfig=FILE",
                       path != NULL ? path : "no HOME");
    return read_file(arena, path, context, ret_config, error);
}

enum pt_status pt_kube_config_token(const struct pt_kube_config *config, char *token, size_t size,
                                    struct pt_error *error)
{
    const char *text = config->token;
    char *bytes;
    size_t length;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status =
        arena != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory for a token");
    if (status == PT_OK && config->token_file != NULL) {
        status = pt_file_read(arena, config->token_file, TOKEN_LIMIT, &bytes, &length, error);
        if (status == PT_OK)
            bytes[strcspn(bytes, " \r\n")] = '\0';
        text = status == PT_OK ? bytes : NULL;
    }
    if (status == PT_OK && text != NULL && (strlen(text) >= size || strpbrk(text, "\r\n") != NULL))
        status =
            pt_fail(error, PT_BAD_INPUT, "kubernetes: the token is too long, or has line ends");
    if (status == PT_OK)
        snprintf(token, size, "%s", text != NULL ? text : "");
    pt_arena_destroy(arena);
    return status;
}
