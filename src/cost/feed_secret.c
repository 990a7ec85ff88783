// See feed_secret.h.

#include "cost/feed_secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/netrc.h"

// The host of the driver's own address: entries of a file are for it, whatever the address is now.
static void host_of(const char *base, char *host, size_t size)
{
    const char *start = strstr(base, "//");
    start = start != NULL ? start + 2 : base;
    snprintf(host, size, "%.*s", (int)strcspn(start, ":/"), start);
}

static enum pt_status fail_missing(const struct pt_feed_session *session, struct pt_error *error)
{
    char host[100];
    const struct pt_feed_driver *driver = session->driver;
    bool login = driver->secret == PT_FEED_LOGIN;
    host_of(driver->base, host, sizeof host);
    return pt_fail(error, PT_UNAVAILABLE,
                   "%s wants a %s (%s): set %s%s%s, or write \"machine %s login %s password %s\" "
                   "into ~/.config/powertrain/netrc, mode 600",
                   driver->name, login ? "login" : "token", driver->secret_hint,
                   login ? driver->user_variable : "", login ? " and " : "",
                   driver->secret_variable, host, login ? "USER" : "token",
                   login ? "PASSWORD" : "TOKEN");
}

// A value of the environment into buffer; "" if it is not set. False if it does not fit.
static bool take(char *buffer, size_t size, const char *name)
{
    const char *value = getenv(name);
    buffer[0] = '\0';
    return value == NULL || snprintf(buffer, size, "%s", value) < (int)size;
}

static enum pt_status find_credentials(const struct pt_feed_session *session,
                                       struct pt_credentials *found, struct pt_error *error)
{
    char host[100];
    const struct pt_feed_driver *driver = session->driver;
    *found = (struct pt_credentials){0};
    bool fits = take(found->password, sizeof found->password, driver->secret_variable) &&
                (driver->user_variable == NULL ||
                 take(found->user, sizeof found->user, driver->user_variable));
    if (!fits)
        return pt_fail(error, PT_UNAVAILABLE, "%s: %s is too long", driver->name,
                       driver->secret_variable);
    if (found->password[0] != '\0' && (driver->user_variable == NULL || found->user[0] != '\0'))
        return PT_OK;
    host_of(driver->base, host, sizeof host);
    enum pt_status status = pt_netrc_lookup(host, found, error);
    if (status == PT_OK && found->password[0] == '\0')
        return fail_missing(session, error);
    return status;
}

// It goes into a URL or a header as it is.
static enum pt_status keep_token(struct pt_feed_session *session, const char *token,
                                 struct pt_error *error)
{
    if (!pt_feed_is_word(token, sizeof session->token - 1, "-._~+/=:"))
        return pt_fail(error, PT_UNAVAILABLE,
                       "%s: its token has other characters than letters, digits and -._~+/=:",
                       session->driver->name);
    snprintf(session->token, sizeof session->token, "%s", token);
    return PT_OK;
}

static enum pt_status read_login(struct pt_feed_session *session, const struct pt_http_reply *reply,
                                 struct pt_error *error)
{
    const struct pt_feed_ask ask = {.driver = session->driver};
    const struct pt_node *root;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", session->driver->name);
    enum pt_status status = pt_feed_json(&ask, arena, reply->body, reply->length, &root, error);
    if (status == PT_OK && pt_feed_string(root, "token")[0] == '\0')
        status = pt_feed_corrupt(&ask, error, "its login gives no token");
    if (status == PT_OK)
        status = keep_token(session, pt_feed_string(root, "token"), error);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status log_in(struct pt_feed_session *session,
                             const struct pt_credentials *credentials, struct pt_error *error)
{
    const struct pt_http_options options = {
        .name = session->driver->name,
        .base = session->base,
        .user = credentials->user,
        .password = credentials->password,
        .basic = true, // the address is https or this machine
        .proxy = !session->local,
        .seconds = session->options->timeout_seconds,
        .bytes = 1 << 16,
    };
    struct pt_feed_request request = {"", ""};
    struct pt_http_reply reply;
    struct pt_http *http = session->http;
    enum pt_status status = pt_http_open(&options, &session->http, error);
    if (status == PT_OK) {
        snprintf(request.path, sizeof request.path, "%s", session->driver->login_path);
        status = pt_feed_exchange(session, &request, &reply, error);
        if (status == PT_OK)
            status = read_login(session, &reply, error);
        pt_http_close(session->http);
    }
    session->http = http;
    return status;
}

enum pt_status pt_feed_find_secret(struct pt_feed_session *session, struct pt_error *error)
{
    struct pt_credentials found;
    const struct pt_feed_driver *driver = session->driver;
    if (driver->secret == PT_FEED_OPEN)
        return PT_OK;
    if (!session->secure && !session->local)
        return pt_fail(error, PT_UNAVAILABLE,
                       "%s: %s would get the token in clear text, where everybody can read it: use "
                       "https://",
                       driver->name, session->base);
    enum pt_status status = find_credentials(session, &found, error);
    if (status == PT_OK)
        status = driver->secret == PT_FEED_LOGIN ? log_in(session, &found, error)
                                                 : keep_token(session, found.password, error);
    explicit_bzero(&found, sizeof found);
    return status;
}
