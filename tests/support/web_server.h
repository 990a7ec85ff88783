// A server on this machine that a test scripts: what it answers to which path, and how it
// misbehaves.
#ifndef PT_TEST_WEB_SERVER_H
#define PT_TEST_WEB_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

enum web_fault {
    WEB_GOOD,
    WEB_HANGS,     // takes the request and says nothing
    WEB_DRIPS,     // a byte now and then, for ever
    WEB_FLOODS,    // without end
    WEB_TRUNCATES, // ends in the middle of what it promised
    WEB_CLOSES,    // without a word
    WEB_NO_HTTP,
};

struct web_reply {
    const char *path; // the target begins with it
    int status;
    const char *body;
    const char *headers;       // more of them, each with its line end; NULL: none
    const char *authorization; // must be in the request, else 401; NULL: anybody
    const char *challenge;     // of that 401; NULL: Basic
    enum web_fault fault;
    int once; // it holds for so many requests, then the next that fits; 0: for ever
};

struct web_server {
    int listener, wake[2];
    pthread_t thread;
    pthread_mutex_t mutex;
    int count, requests;
    struct web_reply replies[16];
    char last[4096]; // request
    char base[64];   // "http://127.0.0.1:12345"
};

// False: the client went away, or the test ends.
static inline bool web_wait(const struct web_server *server, int client, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = server->wake[0], .events = POLLIN},
                           {.fd = client, .events = POLLIN | POLLRDHUP}};
    return poll(fds, 2, timeout_ms) == 0;
}

static inline bool web_send(int client, const char *text, size_t length)
{
    return send(client, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static inline void web_answer(const struct web_server *server, int client,
                              const struct web_reply *reply, int status)
{
    char head[1024];
    size_t length = strlen(reply->body);
    const char *challenge = reply->challenge != NULL ? reply->challenge : "Basic realm=\"bmc\"";
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Text\r\nContent-Length: %zu\r\nConnection: close\r\n%s%s%s%s\r\n", status,
             length + (reply->fault == WEB_TRUNCATES ? 100 : 0),
             status == 401 ? "WWW-Authenticate: " : "", status == 401 ? challenge : "",
             status == 401 ? "\r\n" : "", reply->headers != NULL ? reply->headers : "");
    switch (reply->fault) {
    case WEB_HANGS:
        web_wait(server, client, -1);
        return;
    case WEB_DRIPS:
        web_send(client, "HTTP/1.1 200 OK\r\nX: ", 20);
        while (web_send(client, "y", 1) && web_wait(server, client, 20))
            continue;
        return;
    case WEB_FLOODS:
        web_send(client, "HTTP/1.1 200 OK\r\n\r\n", 19);
        while (web_send(client, head, strlen(head)) && web_wait(server, client, 0))
            continue;
        return;
    case WEB_CLOSES:
        return;
    case WEB_NO_HTTP:
        web_send(client, "SSH-2.0-OpenSSH_9.2\r\n", 21);
        return;
    case WEB_GOOD:
    case WEB_TRUNCATES:
        web_send(client, head, strlen(head));
        web_send(client, reply->body, length);
    }
}

static inline void web_serve(struct web_server *server, int client)
{
    static const struct web_reply nothing = {.body = "not here"};
    char request[4096] = "", path[1024] = "";
    size_t length = 0;
    while (strstr(request, "\r\n\r\n") == NULL && length < sizeof request - 1) {
        ssize_t count = recv(client, request + length, sizeof request - 1 - length, 0);
        if (count <= 0)
            return;
        length += (size_t)count;
        request[length] = '\0';
    }
    sscanf(request, "GET %1023s", path);
    pthread_mutex_lock(&server->mutex);
    server->requests++;
    memcpy(server->last, request, sizeof server->last);
    struct web_reply reply = nothing;
    int status = 404;
    for (int i = 0, found = 0; i < server->count && !found; i++) {
        struct web_reply *one = &server->replies[i];
        if (strncmp(path, one->path, strlen(one->path)) != 0 || one->once < 0)
            continue;
        if (one->once > 0 && --one->once == 0)
            one->once = -1;
        found = 1;
        reply = *one;
        status = one->status;
        if (one->authorization != NULL && strstr(request, one->authorization) == NULL)
            status = 401;
    }
    pthread_mutex_unlock(&server->mutex);
    web_answer(server, client, &reply, status);
}

static inline void *web_run(void *argument)
{
    struct web_server *server = argument;
    for (;;) {
        struct pollfd fds[] = {{.fd = server->wake[0], .events = POLLIN},
                               {.fd = server->listener, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 || fds[0].revents != 0)
            return NULL;
        int client = accept(server->listener, NULL, NULL);
        if (client < 0)
            continue;
        web_serve(server, client);
        close(client);
    }
}

// On 127.0.0.last; all of them are this machine, but only the first is known as such.
static inline void web_start_at(struct web_server *server, int last)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(0x7F000000u + (unsigned)last)};
    socklen_t size = sizeof address;
    *server = (struct web_server){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pipe(server->wake), 0);
    snprintf(server->base, sizeof server->base, "http://127.0.0.%d:%d", last,
             ntohs(address.sin_port));
    pthread_mutex_init(&server->mutex, NULL);
    assert_int_equal(pthread_create(&server->thread, NULL, web_run, server), 0);
}

static inline void web_start(struct web_server *server)
{
    web_start_at(server, 1);
}

static inline void web_stop(struct web_server *server)
{
    assert_int_equal(write(server->wake[1], "", 1), 1);
    pthread_join(server->thread, NULL);
    pthread_mutex_destroy(&server->mutex);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
}

// From now on; replaces what was said for the same path.
static inline void web_reply_with(struct web_server *server, struct web_reply reply)
{
    int index = 0;
    pthread_mutex_lock(&server->mutex);
    while (index < server->count && strcmp(server->replies[index].path, reply.path) != 0)
        index++;
    server->replies[index] = reply;
    if (index == server->count)
        server->count++;
    pthread_mutex_unlock(&server->mutex);
}

static inline void web_reply(struct web_server *server, const char *path, const char *body)
{
    web_reply_with(server, (struct web_reply){.path = path, .status = 200, .body = body});
}

static inline int web_request_count(struct web_server *server)
{
    pthread_mutex_lock(&server->mutex);
    int count = server->requests;
    pthread_mutex_unlock(&server->mutex);
    return count;
}

// The last request as it is now.
static inline void web_last(struct web_server *server, char *text, size_t size)
{
    pthread_mutex_lock(&server->mutex);
    snprintf(text, size, "%s", server->last);
    pthread_mutex_unlock(&server->mutex);
}

#endif
