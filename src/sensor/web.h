// Gets one small document after another from a meter on the network, by base/http.h: no proxies,
// for meters are near.
#ifndef PT_SENSOR_WEB_H
#define PT_SENSOR_WEB_H

#include "base/http.h"
#include "sensor/credentials.h"
#include "sensor/web_target.h"

struct pt_web_limits {
    double seconds; // of one request, from the name of the host to the last byte
    size_t bytes;   // of one answer
    // A password over http can be read by everybody in between. Plugs know nothing better; a BMC
    // does, and its password is worth more.
    bool clear_password;
};

struct pt_web;

// driver is for messages and lives as long.
enum pt_status pt_web_open(const char *driver, const struct pt_web_target *target,
                           const struct pt_credentials *credentials,
                           const struct pt_web_limits *limits, struct pt_web **ret_web,
                           struct pt_error *error);
// *ret_body (terminated by a NUL that is not counted) lives until the next call. PT_NOT_FOUND for
// 404, PT_DENIED for 401 and 403, PT_IO for all else, and for no answer.
enum pt_status pt_web_get(struct pt_web *web, const char *path, const char **ret_body,
                          size_t *ret_length, struct pt_error *error);
// From another thread: the request that runs, and every later one, fails at once.
void pt_web_interrupt(struct pt_web *web);
void pt_web_close(struct pt_web *web);

#endif
