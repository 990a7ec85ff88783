// See feed_fetch.h.

#include "cost/feed_fetch.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cost/feed_secret.h"

enum { ATTEMPTS = 3, REDIRECTS = 3 };
static const double pause_after_failure_seconds = 60;

void pt_feed_disconnect(struct pt_feed_session *session)
{
    pt_http_close(session->http);
    session->http = NULL;
    explicit_bzero(session->token, sizeof session->token);
}

// ------------------------------------------------------------------------------------ the address
static void variable_of(const struct pt_feed_driver *driver, char *name, size_t size)
{
    int length = snprintf(name, size, "POWERTRAIN_FEED_URL_%s", driver->name);
    for (int i = 0; i < length && name[i] != '\0'; i++)
        name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
}

static bool is_local(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(host, names[i], length) == 0 && (host[length] == '\0' || host[length] == ':'))
            return true;
    }
    return false;
}

enum pt_status pt_feed_base(const struct pt_feed_driver *driver, const char *zone,
                            struct pt_feed_session *session, struct pt_error *error)
{
    char variable[64];
    variable_of(driver, variable, sizeof variable);
    const char *text = getenv(variable);
    if (text == NULL)
        text = driver->base_at != NULL && strcmp(zone, "AT") == 0 ? driver->base_at : driver->base;
    size_t length = strlen(text), scheme = strncmp(text, "https://", 8) == 0 ? 8 : 7;
    while (length > scheme && text[length - 1] == '/')
        length--;
    session->secure = scheme == 8;
    if ((!session->secure && strncmp(text, "http://", 7) != 0) || length <= scheme ||
        length >= sizeof session->base || strcspn(text, "@?# \t\r\n") < length)
        return pt_fail(error, PT_USAGE,
                       "%s: the address in %s is none: http://HOST[:PORT][/PATH] or https://..., "
                       "without a user",
                       driver->name, variable);
    memcpy(session->base, text, length);
    session->base[length] = '\0';
    session->local = is_local(session->base + scheme);
    return PT_OK;
}

enum pt_status pt_feed_connect(struct pt_feed_session *session, struct pt_error *error)
{
    session->started_ns = pt_clock_monotonic(&pt_system_clock);
    const struct pt_http_options options = {
        .name = session->driver->name,
        .base = session->base,
        .proxy = !session->local,
        .compressed = true,
        .seconds = session->options->timeout_seconds,
        .bytes = PT_FEED_REPLY_LIMIT,
        .trust_hint = "; name its authority in POWERTRAIN_CA_FILE",
    };
    enum pt_status status = pt_http_open(&options, &session->http, error);
    return status == PT_OK ? pt_feed_find_secret(session, error) : status;
}

// ---------------------------------------------------------------------------------------- waiting
static double elapsed_seconds(const struct pt_feed_session *session)
{
    return (double)(pt_clock_monotonic(&pt_system_clock) - session->started_ns) /
           (double)PT_NANOSECONDS_PER_SECOND;
}

// False, at once, if nobody would wait so long.
static bool wait_for(const struct pt_feed_session *session, double seconds)
{
    if (elapsed_seconds(session) + seconds > session->options->patience_seconds)
        return false;
    struct timespec left = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    while (nanosleep(&left, &left) != 0)
        continue;
    return true;
}

// ---------------------------------------------------------------------------------- the exchange
// What a server said may repeat our request. A token is in no message.
static void scrub(const struct pt_feed_session *session, struct pt_error *error)
{
    size_t length = strlen(session->token);
    if (error == NULL || length == 0)
        return;
    for (char *at = error->message; (at = strstr(at, session->token)) != NULL; at += length)
        memset(at, '*', length);
}

static enum pt_status judge(const struct pt_feed_session *session,
                            const struct pt_http_reply *reply, struct pt_error *error)
{
    const struct pt_feed_driver *driver = session->driver;
    long code = reply->code;
    if (code == 200 || (code == 400 && driver->reads_errors))
        return PT_OK;
    if ((code == 401 || code == 403) && driver->secret != PT_FEED_OPEN)
        return pt_fail(error, PT_UNAVAILABLE,
                       "%s: %s refuses our secret, or this zone is not in its plan (%ld); %s",
                       driver->name, session->base, code, driver->secret_hint);
    if (code == 404)
        return pt_fail(error, PT_UNAVAILABLE, "%s: %s knows no such zone or time (404)",
                       driver->name, session->base);
    if (code == 429)
        return pt_fail(error, PT_UNAVAILABLE, "%s: %s wants fewer questions (429)", driver->name,
                       session->base);
    return pt_fail(error, PT_UNAVAILABLE, "%s: %s answers with status %ld", driver->name,
                   session->base, code);
}

static bool is_redirect(long code)
{
    return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

// The path at the same server, or NULL: another server gets neither our token nor our trust.
static const char *path_of_redirect(const struct pt_feed_session *session,
                                    const struct pt_http_reply *reply)
{
    size_t length = strlen(session->base);
    bool same = strncmp(reply->location, session->base, length) == 0 &&
                (reply->location[length] == '/' || reply->location[length] == '?');
    return same ? reply->location + length : NULL;
}

static enum pt_status fail_redirect(const struct pt_feed_session *session,
                                    const struct pt_http_reply *reply, struct pt_error *error)
{
    char host[100];
    const char *slashes = strstr(reply->location, "//");
    const char *start = slashes != NULL ? slashes + 2 : reply->location;
    pt_feed_harmless(host, sizeof host, start, strcspn(start, "/?#"));
    return pt_fail(error, PT_UNAVAILABLE,
                   "%s: %s sends us to another server (%ld, %s), which is not followed",
                   session->driver->name, session->base, reply->code, host);
}

// One answer, at the end of redirects within the server. *ret_again: a later try may help.
static enum pt_status exchange(struct pt_feed_session *session,
                               const struct pt_feed_request *request, struct pt_http_reply *reply,
                               bool *ret_again, struct pt_error *error)
{
    const char *const headers[] = {request->header, NULL};
    char path[PT_FEED_PATH_SIZE];
    snprintf(path, sizeof path, "%s", request->path);
    *ret_again = false;
    for (int i = 0; i <= REDIRECTS; i++) {
        session->request_count++;
        enum pt_status status = pt_http_get(
            session->http, path, request->header[0] != '\0' ? headers : NULL, reply, error);
        if (status != PT_OK) {
            *ret_again = status == PT_IO;
            return status == PT_NO_MEMORY ? status
                                          : pt_fail_within(error, PT_UNAVAILABLE, "no answer");
        }
        *ret_again = reply->code == 429 || reply->code >= 500;
        if (!is_redirect(reply->code))
            return judge(session, reply, error);
        const char *next = path_of_redirect(session, reply);
        if (next == NULL || strlen(next) >= sizeof path)
            return fail_redirect(session, reply, error);
        snprintf(path, sizeof path, "%s", next);
    }
    return pt_fail(error, PT_UNAVAILABLE, "%s: %s sends us in circles", session->driver->name,
                   session->base);
}

enum pt_status pt_feed_exchange(struct pt_feed_session *session,
                                const struct pt_feed_request *request, struct pt_http_reply *reply,
                                struct pt_error *error)
{
    double seconds = session->options->backoff_seconds;
    for (int attempt = 1;; attempt++, seconds *= 2) {
        bool again;
        reply->retry_after_seconds = NAN;
        enum pt_status status = exchange(session, request, reply, &again, error);
        if (status != PT_OK)
            scrub(session, error);
        if (status == PT_OK || !again)
            return status;
        double asked = reply->retry_after_seconds;
        double wait_seconds = isnan(asked) ? seconds : asked;
        if (attempt == ATTEMPTS || !wait_for(session, wait_seconds)) {
            session->pause_seconds = isnan(asked) || asked < pause_after_failure_seconds
                                         ? pause_after_failure_seconds
                                         : asked;
            return status;
        }
    }
}

enum pt_status pt_feed_get(struct pt_feed_session *session, const struct pt_feed_ask *ask,
                           struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_request request = {"", ""};
    struct pt_http_reply reply;
    bool first = session->request_count == 0;
    if (!first && !session->local && !wait_for(session, session->driver->seconds_between))
        return pt_fail(error, PT_UNAVAILABLE,
                       "%s: more requests than fit into %g s; ask again for the rest",
                       session->driver->name, session->options->patience_seconds);
    enum pt_status status = session->driver->request(ask, &request, error);
    if (status == PT_OK)
        status = pt_feed_exchange(session, &request, &reply, error);
    explicit_bzero(&request, sizeof request);
    if (status != PT_OK)
        return status;
    status = session->driver->parse(ask, reply.body, reply.length, points, error);
    if (status != PT_OK)
        scrub(session, error);
    return status;
}
