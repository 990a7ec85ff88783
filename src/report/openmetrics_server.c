// See openmetrics_server.h. Source: the manual of GNU libmicrohttpd 0.9.75.

#include "report/openmetrics_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/shared_library.h"

enum { CONNECTIONS_MAX = 16, TIMEOUT_SECONDS = 10 };

#define CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct library {
    struct MHD_Daemon *(*start_daemon)(unsigned flags, uint16_t port,
                                       MHD_AcceptPolicyCallback accept, void *accept_state,
                                       MHD_AccessHandlerCallback handler, void *state, ...);
    void (*stop_daemon)(struct MHD_Daemon *daemon);
    struct MHD_Response *(*create_response_from_buffer)(size_t size, void *buffer,
                                                        enum MHD_ResponseMemoryMode mode);
    enum MHD_Result (*add_response_header)(struct MHD_Response *response, const char *name,
                                           const char *content);
    enum MHD_Result (*queue_response)(struct MHD_Connection *connection, unsigned status,
                                      struct MHD_Response *response);
    void (*destroy_response)(struct MHD_Response *response);
    const char *(*lookup_connection_value)(struct MHD_Connection *connection,
                                           enum MHD_ValueKind kind, const char *key);
};

static const struct pt_library_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
    {                                                                                              \
        "MHD_" #name, offsetof(struct library, name), false                                        \
    }
    SYMBOL(start_daemon),
    SYMBOL(stop_daemon),
    SYMBOL(create_response_from_buffer),
    SYMBOL(queue_response),
    SYMBOL(destroy_response),
    SYMBOL(add_response_header),
    SYMBOL(lookup_connection_value),
#undef SYMBOL
    {NULL, 0, false},
};

struct pt_metrics_server {
    struct library library;
    int fd, port; // fd -1: the daemon has it
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock; // of the text
    char *text;
    size_t length;
};

// ------------------------------------------------------------------------------------- answering
// A page of another site whose name somebody points to this machine must not read it.
static bool is_local_name(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(host, names[i], length) == 0 && (host[length] == ':' || host[length] == '\0'))
            return true;
    }
    return host == NULL; // HTTP/1.0
}

static enum MHD_Result answer(const struct library *library, struct MHD_Connection *connection,
                              unsigned status, const char *type, const char *text, size_t length)
{
    // Copied: the text may be replaced while it is sent.
    struct MHD_Response *response =
        library->create_response_from_buffer(length, (void *)text, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    library->add_response_header(response, "Content-Type", type);
    library->add_response_header(response, "Cache-Control", "no-store");
    library->add_response_header(response, "X-Content-Type-Options", "nosniff");
    enum MHD_Result result = library->queue_response(connection, status, response);
    library->destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *state, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **seen)
{
    struct pt_metrics_server *server = state;
    const struct library *library = &server->library;
    const char *text = NULL;
    unsigned status = MHD_HTTP_OK;
    (void)version;
    (void)upload;
    (void)seen;
    if (*upload_size > 0) { // nobody reads what was sent
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        status = MHD_HTTP_METHOD_NOT_ALLOWED, text = "only GET and HEAD\n";
    else if (!is_local_name(library->lookup_connection_value(connection, MHD_HEADER_KIND, "Host")))
        status = MHD_HTTP_FORBIDDEN, text = "ask for localhost\n";
    else if (strcmp(url, "/metrics") != 0)
        status = MHD_HTTP_NOT_FOUND, text = "here is only /metrics\n";
    if (text != NULL)
        return answer(library, connection, status, "text/plain; charset=utf-8", text, strlen(text));
    pthread_mutex_lock(&server->lock);
    enum MHD_Result result = answer(library, connection, status, CONTENT_TYPE,
                                    server->text != NULL ? server->text : "# EOF\n",
                                    server->text != NULL ? server->length : strlen("# EOF\n"));
    pthread_mutex_unlock(&server->lock);
    return result;
}

// ------------------------------------------------------------------------------ opening, closing
static enum pt_status listen_on(struct pt_metrics_server *server, int port, struct pt_error *error)
{
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->fd < 0)
        return pt_fail_errno(error, errno, "no socket for metrics");
    setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server->fd, (struct sockaddr *)&address, size) != 0 ||
        listen(server->fd, CONNECTIONS_MAX) != 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) != 0)
        return pt_fail(error, PT_USAGE, "--metrics-port %d: %s; 0 takes any free one", port,
                       strerror(errno));
    server->port = ntohs(address.sin_port);
    return PT_OK;
}

enum pt_status pt_metrics_server_open(int port, struct pt_metrics_server **ret_server,
                                      struct pt_error *error)
{
    static const char *const names[] = {"libmicrohttpd.so.12", NULL};
    struct pt_error problem;
    struct pt_metrics_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the metrics");
    server->fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    enum pt_status status =
        pt_shared_library_open(NULL, names, symbols, &server->library, &problem);
    if (status != PT_OK)
        pt_fail(error, status,
                "--metrics-port needs libmicrohttpd (Debian: apt install libmicrohttpd12), "
                "--openmetrics FILE does not: %.300s",
                problem.message);
    else
        status = listen_on(server, port, error);
    if (status != PT_OK) {
        pt_metrics_server_close(server);
        return status;
    }
    *ret_server = server;
    return PT_OK;
}

int pt_metrics_server_port(const struct pt_metrics_server *server)
{
    return server->port;
}

enum pt_status pt_metrics_server_start(struct pt_metrics_server *server, struct pt_error *error)
{
    sigset_t all, before; // signals are for the threads of the program
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    server->daemon = server->library.start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, server->fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_SECONDS,
        MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (server->daemon == NULL)
        return pt_fail(error, PT_IO, "no thread for the metrics");
    server->fd = -1;
    return PT_OK;
}

void pt_metrics_server_set(struct pt_metrics_server *server, char *text, size_t length)
{
    pthread_mutex_lock(&server->lock);
    char *old = server->text;
    server->text = text;
    server->length = length;
    pthread_mutex_unlock(&server->lock);
    free(old);
}

void pt_metrics_server_close(struct pt_metrics_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        server->library.stop_daemon(server->daemon);
    if (server->fd >= 0)
        close(server->fd);
    pthread_mutex_destroy(&server->lock);
    free(server->text);
    free(server);
}
