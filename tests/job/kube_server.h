// A stand-in for the API server of Kubernetes: one Job, checked as a real server checks (method,
// path, content type, token), and scripted faults.
#ifndef PT_TEST_KUBE_SERVER_H
#define PT_TEST_KUBE_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

enum kube_fault { KUBE_GOOD, KUBE_TRUNCATES, KUBE_HANGS, KUBE_NO_JSON };

struct kube_server {
    int listener, wake[2];
    pthread_t thread;
    pthread_mutex_t mutex;
    char base[64];
    // The Job.
    bool exists, suspend, keeps_suspend;
    const char *metadata, *status; // more members; ""
    const char *pods;              // NULL: forbidden
    char manifest[8192];           // as it was posted; ""
    // Faults: code replaces the next fault_count answers to fault_method.
    enum kube_fault fault;
    int code, fault_count;
    const char *fault_method;
    // What was asked: "METHOD path content-type body\n" each.
    char log[32768];
};

static inline void kube_job_json(const struct kube_server *server, char *text, size_t size)
{
    const char *tag = strstr(server->manifest, "\"powertrain-job\":\"");
    char annotation[200] = "";
    if (tag != NULL)
        snprintf(annotation, sizeof annotation, ",\"annotations\":{%.*s}",
                 (int)(strchr(tag + 18, '"') + 1 - tag), tag);
    snprintf(text, size,
             "{\"kind\":\"Job\",\"apiVersion\":\"batch/v1\",\"metadata\":{\"name\":\"train\","
             "\"uid\":\"u-1\"%s%s},\"spec\":{\"suspend\":%s},\"status\":{%s}}",
             annotation, server->metadata, server->suspend ? "true" : "false", server->status);
}

static inline int kube_status(char *body, size_t size, int code, const char *message)
{
    snprintf(body, size, "{\"kind\":\"Status\",\"code\":%d,\"message\":\"%s\"}", code, message);
    return code;
}

// What a real one answers; the log has the request already.
static inline int kube_decide(struct kube_server *server, const char *method, const char *path,
                              const char *type, const char *body, char *answer, size_t size)
{
    static const char jobs[] = "/apis/batch/v1/namespaces/ml/jobs";
    if (strcmp(method, "GET") == 0 && strncmp(path, "/api/v1/namespaces/ml/pods?", 27) == 0) {
        if (server->pods == NULL)
            return kube_status(answer, size, 403, "pods is forbidden");
        snprintf(answer, size, "%s", server->pods);
        return 200;
    }
    if (strcmp(method, "POST") == 0 && strcmp(path, jobs) == 0) {
        if (strcmp(type, "application/json") != 0)
            return kube_status(answer, size, 415, "not JSON");
        if (server->exists)
            return kube_status(answer, size, 409, "jobs.batch \\\"train\\\" already exists");
        snprintf(server->manifest, sizeof server->manifest, "%s", body);
        server->exists = true;
        server->suspend = strstr(body, "\"suspend\":true") != NULL;
        kube_job_json(server, answer, size);
        return 201;
    }
    if (strncmp(path, jobs, strlen(jobs)) != 0 || strcmp(path + strlen(jobs), "/train") != 0 ||
        !server->exists)
        return kube_status(answer, size, 404, "jobs.batch \\\"train\\\" not found");
    if (strcmp(method, "PATCH") == 0) {
        if (strcmp(type, "application/merge-patch+json") != 0)
            return kube_status(answer, size, 415, "no patch of a known kind");
        if (!server->keeps_suspend && strcmp(body, "{\"spec\":{\"suspend\":true}}") == 0)
            server->suspend = true;
        else if (!server->keeps_suspend && strcmp(body, "{\"spec\":{\"suspend\":false}}") == 0)
            server->suspend = false;
    } else if (strcmp(method, "DELETE") == 0) {
        server->exists = false;
    } else if (strcmp(method, "GET") != 0) {
        return kube_status(answer, size, 405, "method not allowed");
    }
    kube_job_json(server, answer, size);
    return 200;
}

static inline void kube_serve(struct kube_server *server, int client)
{
    char request[16384] = "", method[16] = "", path[512] = "", type[100] = "", answer[10000];
    char head[200];
    size_t length = 0, wanted = 0;
    const char *body = NULL;
    while (length < sizeof request - 1 && (body == NULL || strlen(body) < wanted)) {
        ssize_t count = recv(client, request + length, sizeof request - 1 - length, 0);
        if (count <= 0)
            return;
        length += (size_t)count;
        request[length] = '\0';
        if (body == NULL && (body = strstr(request, "\r\n\r\n")) != NULL) {
            const char *header = strcasestr(request, "\r\nContent-Length:");
            wanted = header != NULL && header < body ? strtoul(header + 17, NULL, 10) : 0;
            body += 4;
        }
    }
    sscanf(request, "%15s %511s", method, path);
    const char *header = strcasestr(request, "\r\nContent-Type: ");
    if (header != NULL && header < body)
        sscanf(header + 16, "%99[^\r]", type);
    pthread_mutex_lock(&server->mutex);
    size_t used = strlen(server->log);
    snprintf(server->log + used, sizeof server->log - used, "%s %s %s %s\n", method, path, type,
             body != NULL ? body : "");
    bool is_known = strstr(request, "\r\nAuthorization: Bearer sesame\r\n") != NULL;
    bool faulty = server->fault_count > 0 &&
                  (server->fault_method == NULL || strcmp(server->fault_method, method) == 0);
    enum kube_fault fault = faulty ? server->fault : KUBE_GOOD;
    int code = !is_known ? kube_status(answer, sizeof answer, 401, "Unauthorized")
               : faulty && server->code != 0
                   ? kube_status(answer, sizeof answer, server->code, "scripted trouble")
                   : kube_decide(server, method, path, type, body != NULL ? body : "", answer,
                                 sizeof answer);
    server->fault_count -= faulty;
    pthread_mutex_unlock(&server->mutex);
    if (fault == KUBE_NO_JSON)
        snprintf(answer, sizeof answer, "<html>login first</html>");
    if (fault == KUBE_HANGS) {
        struct pollfd fds[] = {{.fd = server->wake[0], .events = POLLIN},
                               {.fd = client, .events = POLLRDHUP}};
        poll(fds, 2, -1);
        return;
    }
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Text\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n",
             code, strlen(answer) + (fault == KUBE_TRUNCATES ? 100 : 0));
    if (send(client, head, strlen(head), MSG_NOSIGNAL) > 0)
        (void)!send(client, answer, strlen(answer), MSG_NOSIGNAL);
}

static inline void *kube_run(void *argument)
{
    struct kube_server *server = argument;
    for (;;) {
        struct pollfd fds[] = {{.fd = server->wake[0], .events = POLLIN},
                               {.fd = server->listener, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 || fds[0].revents != 0)
            return NULL;
        int client = accept(server->listener, NULL, NULL);
        if (client < 0)
            continue;
        kube_serve(server, client);
        close(client);
    }
}

static inline void kube_start(struct kube_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *server = (struct kube_server){
        .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .metadata = "", .status = ""};
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pipe(server->wake), 0);
    snprintf(server->base, sizeof server->base, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_mutex_init(&server->mutex, NULL);
    assert_int_equal(pthread_create(&server->thread, NULL, kube_run, server), 0);
}

static inline void kube_stop(struct kube_server *server)
{
    assert_int_equal(write(server->wake[1], "", 1), 1);
    pthread_join(server->thread, NULL);
    pthread_mutex_destroy(&server->mutex);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
}

static inline bool kube_was_asked(struct kube_server *server, const char *request)
{
    pthread_mutex_lock(&server->mutex);
    bool was = strstr(server->log, request) != NULL;
    pthread_mutex_unlock(&server->mutex);
    return was;
}

#endif
