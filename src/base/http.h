// Asks one server, one request after another: with limits on time and size, without following
// redirects, without cookies or files, with TLS verified.
//
// A room that knows what it asks for judges the status of an answer; this one only brings it.
#ifndef PT_BASE_HTTP_H
#define PT_BASE_HTTP_H

#include "base/status.h"

struct pt_http_options {
    const char *name; // who asks, for messages; lives as long as the client
    const char *base; // "https://bmc.lan:8443", without a slash at its end
    // NULL: none. Digest always; Basic, which everybody in between can read without TLS, only if
    // basic is set.
    const char *user, *password;
    bool basic;
    const char *pin; // "sha256//BASE64=" of the one public key that is trusted; NULL: authorities
    bool proxy;      // as http_proxy, https_proxy and no_proxy say; else none
    bool compressed; // accepts gzip; the limit is on what comes out
    double seconds;  // of one request, from the name of the host to the last byte
    size_t bytes;    // of one answer
    // PEM texts, or NULL: the authorities that are trusted instead of all others, and who we are.
    // They live as long as the client.
    const char *authorities_pem, *certificate_pem, *key_pem;
    const char *trust_hint; // what to do about a certificate that is not trusted; NULL: nothing
};

struct pt_http_reply {
    long code;
    const char *body; // terminated by a NUL that is not counted
    size_t length;
    const char *type;           // "application/json"; "": it does not say
    const char *location;       // of a redirect, absolute; "": none
    double retry_after_seconds; // NAN: it does not say
};

struct pt_http;

// POWERTRAIN_CA_FILE in the environment names the certificates that are trusted instead of the
// system's; a pinned key replaces them.
enum pt_status pt_http_open(const struct pt_http_options *options, struct pt_http **ret_http,
                            struct pt_error *error);
// headers: "Name: value", NULL-terminated, or NULL. *ret_reply lives until the next call, and is
// there for any whole answer, whatever its code. PT_IO for no whole answer, PT_DENIED if the server
// is not the one that we trust. No message shows the path or a header: a token may stand in them.
enum pt_status pt_http_get(struct pt_http *http, const char *path, const char *const *headers,
                           struct pt_http_reply *ret_reply, struct pt_error *error);
// The same with another method ("POST", "PATCH", "DELETE") and a body; length 0: none.
enum pt_status pt_http_send(struct pt_http *http, const char *method, const char *path,
                            const char *const *headers, const char *body, size_t length,
                            struct pt_http_reply *ret_reply, struct pt_error *error);
// From another thread: the request that runs, and every later one, fails at once.
void pt_http_interrupt(struct pt_http *http);
void pt_http_close(struct pt_http *http);

#endif
