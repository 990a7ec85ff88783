// See web.h.

#include "sensor/web.h"

#include <stdlib.h>
#include <string.h>

struct pt_web {
    const char *driver;
    struct pt_web_target target;
    bool withheld; // a password that would be sent in clear text
    struct pt_http *http;
};

void pt_web_close(struct pt_web *web)
{
    if (web == NULL)
        return;
    pt_http_close(web->http);
    free(web);
}

enum pt_status pt_web_open(const char *driver, const struct pt_web_target *target,
                           const struct pt_credentials *credentials,
                           const struct pt_web_limits *limits, struct pt_web **ret_web,
                           struct pt_error *error)
{
    bool basic = target->secure || target->loopback || limits->clear_password;
    const struct pt_http_options options = {
        .name = driver,
        .base = target->base,
        .user = credentials->user,
        .password = credentials->password,
        .basic = basic,
        .pin = target->pin,
        .seconds = limits->seconds,
        .bytes = limits->bytes,
        .trust_hint = "; name its authority in POWERTRAIN_CA_FILE, or pin its key "
                      "(docs/sensors.md)",
    };
    struct pt_web *web = calloc(1, sizeof *web);
    if (web == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", driver);
    *web = (struct pt_web){
        .driver = driver, .target = *target, .withheld = credentials->user[0] != '\0' && !basic};
    enum pt_status status = pt_http_open(&options, &web->http, error);
    if (status != PT_OK)
        pt_web_close(web);
    else
        *ret_web = web;
    return status;
}

void pt_web_interrupt(struct pt_web *web)
{
    pt_http_interrupt(web->http);
}

static enum pt_status judge_code(const struct pt_web *web, long code, struct pt_error *error)
{
    const char *base = web->target.base;
    if (code == 200)
        return PT_OK;
    if (code == 401 && web->withheld)
        return pt_fail(error, PT_DENIED,
                       "%s: %s: wants the password in clear text, where everybody can read it: use "
                       "https://",
                       web->driver, base);
    if (code == 401 || code == 403)
        return pt_fail(error, PT_DENIED,
                       "%s: %s: refuses us (%ld): give user and password in "
                       "~/.config/powertrain/netrc, mode 600: machine %s login USER password "
                       "PASSWORD",
                       web->driver, base, code, web->target.host);
    if (code == 404)
        return pt_fail(error, PT_NOT_FOUND, "%s: %s: has no such document (404)", web->driver,
                       base);
    if (code >= 300 && code < 400)
        return pt_fail(error, PT_IO,
                       "%s: %s: sends us elsewhere (%ld), which is not followed: name the final "
                       "address",
                       web->driver, base, code);
    return pt_fail(error, PT_IO, "%s: %s: answers with status %ld", web->driver, base, code);
}

enum pt_status pt_web_get(struct pt_web *web, const char *path, const char **ret_body,
                          size_t *ret_length, struct pt_error *error)
{
    struct pt_http_reply reply;
    enum pt_status status = pt_http_get(web->http, path, NULL, &reply, error);
    if (status == PT_OK)
        status = judge_code(web, reply.code, error);
    if (status != PT_OK)
        return status;
    *ret_body = reply.body;
    *ret_length = reply.length;
    return PT_OK;
}
