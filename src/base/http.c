// See http.h.

#include "base/http.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/curl_library.h"

enum { BASE_SIZE = 256, PIN_SIZE = 64, URL_SIZE = 4096 };

struct pt_http {
    struct pt_http_options options;
    char base[BASE_SIZE], pin[PIN_SIZE];
    const struct pt_curl *curl;
    CURL *easy;
    CURLM *multi; // keeps the connection, and can be woken
    atomic_bool interrupted;
    char *body;
    size_t length, capacity;
    bool too_long, no_memory;
    char reason[CURL_ERROR_SIZE];
};

void pt_http_close(struct pt_http *http)
{
    if (http == NULL)
        return;
    if (http->easy != NULL)
        http->curl->easy_cleanup(http->easy);
    if (http->multi != NULL)
        http->curl->multi_cleanup(http->multi);
    free(http->body);
    free(http);
}

// Room for length bytes and a NUL; the limit is far above what most answers need.
static bool reserve(struct pt_http *http, size_t length)
{
    size_t capacity = http->capacity;
    if (length < capacity)
        return true;
    while (capacity <= length)
        capacity = capacity < 4096 ? 4096 : capacity * 2;
    char *body = realloc(http->body, capacity);
    if (body == NULL)
        return false;
    http->body = body;
    http->capacity = capacity;
    return true;
}

static size_t receive(char *bytes, size_t size, size_t count, void *state)
{
    struct pt_http *http = state;
    size_t length = size * count; // size is 1
    http->too_long = length > http->options.bytes - http->length;
    http->no_memory = !http->too_long && !reserve(http, http->length + length);
    if (http->too_long || http->no_memory)
        return 0; // ends the transfer
    memcpy(http->body + http->length, bytes, length);
    http->length += length;
    return length;
}

// libcurl's own sockets would be inherited by the command that is metered.
static curl_socket_t open_socket(void *unused, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)unused, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static CURLcode set_security(struct pt_http *http)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = http->curl->easy_setopt;
    const char *authorities = getenv("POWERTRAIN_CA_FILE");
    bool pinned = http->pin[0] != '\0';
    CURLcode code = set(http->easy, CURLOPT_SSL_VERIFYPEER, pinned ? 0L : 1L);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_SSL_VERIFYHOST, pinned ? 0L : 2L);
    if (code == CURLE_OK && pinned)
        code = set(http->easy, CURLOPT_PINNEDPUBLICKEY, http->pin);
    if (code == CURLE_OK && http->options.authorities_pem == NULL && authorities != NULL &&
        strncmp(http->base, "https:", 6) == 0)
        code = set(http->easy, CURLOPT_CAINFO, authorities);
    return code;
}

static CURLcode set_pem(struct pt_http *http, CURLoption option, const char *pem)
{
    if (pem == NULL)
        return CURLE_OK;
    struct curl_blob blob = {.data = (void *)pem, .len = strlen(pem), .flags = CURL_BLOB_COPY};
    return http->curl->easy_setopt(http->easy, option, &blob);
}

static CURLcode set_certificates(struct pt_http *http)
{
    const struct pt_http_options *options = &http->options;
    CURLcode code = set_pem(http, CURLOPT_CAINFO_BLOB, options->authorities_pem);
    if (code == CURLE_OK)
        code = set_pem(http, CURLOPT_SSLCERT_BLOB, options->certificate_pem);
    if (code == CURLE_OK)
        code = set_pem(http, CURLOPT_SSLKEY_BLOB, options->key_pem);
    return code;
}

static CURLcode set_credentials(struct pt_http *http)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = http->curl->easy_setopt;
    const struct pt_http_options *options = &http->options;
    if (options->user == NULL || options->user[0] == '\0')
        return CURLE_OK;
    CURLcode code =
        set(http->easy, CURLOPT_HTTPAUTH,
            (long)(CURLAUTH_DIGEST | (options->basic ? CURLAUTH_BASIC : CURLAUTH_NONE)));
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_USERNAME, options->user);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_PASSWORD, options->password);
    return code;
}

static CURLcode set_options(struct pt_http *http)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = http->curl->easy_setopt;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)(http->options.seconds * 1000)},
        {CURLOPT_TIMEOUT_MS, (long)(http->options.seconds * 1000)},
    };
    CURLcode code = set(http->easy, CURLOPT_WRITEFUNCTION, receive);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == CURLE_OK; i++)
        code = set(http->easy, numbers[i].option, numbers[i].value);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_WRITEDATA, http);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_ERRORBUFFER, http->reason);
    if (code == CURLE_OK && !http->options.proxy)
        code = set(http->easy, CURLOPT_PROXY, "");
    if (code == CURLE_OK && http->options.compressed)
        code = set(http->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_USERAGENT, "powertrain/" PT_VERSION);
    if (code == CURLE_OK)
        code = set_security(http);
    if (code == CURLE_OK)
        code = set_certificates(http);
    return code == CURLE_OK ? set_credentials(http) : code;
}

static enum pt_status prepare(struct pt_http *http, struct pt_error *error)
{
    const struct pt_http_options *options = &http->options;
    const char *pin = options->pin != NULL ? options->pin : "";
    if (strlen(options->base) >= sizeof http->base || strlen(pin) >= sizeof http->pin)
        return pt_fail(error, PT_OVERFLOW, "%s: %.60s...: a very long address or key",
                       options->name, options->base);
    memcpy(http->base, options->base, strlen(options->base) + 1);
    memcpy(http->pin, pin, strlen(pin) + 1);
    http->easy = http->curl->easy_init();
    http->multi = http->curl->multi_init();
    if (!reserve(http, 0) || http->easy == NULL || http->multi == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", options->name);
    CURLcode code = set_options(http);
    if (code != CURLE_OK)
        return pt_fail(error, PT_UNAVAILABLE, "%s: libcurl refuses an option: %s", options->name,
                       http->curl->easy_strerror(code));
    http->options.user = http->options.password = NULL; // libcurl has its copy
    return PT_OK;
}

enum pt_status pt_http_open(const struct pt_http_options *options, struct pt_http **ret_http,
                            struct pt_error *error)
{
    const struct pt_curl *curl;
    enum pt_status status = pt_curl_load(&curl, error);
    if (status != PT_OK)
        return pt_fail_within(error, status, "%s", options->name);
    struct pt_http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", options->name);
    http->options = *options;
    http->curl = curl;
    status = prepare(http, error);
    if (status != PT_OK)
        pt_http_close(http);
    else
        *ret_http = http;
    return status;
}

void pt_http_interrupt(struct pt_http *http)
{
    atomic_store(&http->interrupted, true);
    http->curl->multi_wakeup(http->multi);
}

// Runs the transfer to its end, or until it is interrupted.
static CURLcode transfer(struct pt_http *http)
{
    const struct pt_curl *curl = http->curl;
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;
    int running = 1, left;
    if (curl->multi_add_handle(http->multi, http->easy) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    while (!atomic_load(&http->interrupted)) {
        if (curl->multi_perform(http->multi, &running) != CURLM_OK)
            break;
        if (running == 0) {
            const CURLMsg *message = curl->multi_info_read(http->multi, &left);
            result = message != NULL ? message->data.result : CURLE_RECV_ERROR;
            break;
        }
        if (curl->multi_poll(http->multi, NULL, 0, 1000, NULL) != CURLM_OK)
            break;
    }
    curl->multi_remove_handle(http->multi, http->easy);
    return result;
}

static enum pt_status fail_transfer(struct pt_http *http, CURLcode code, struct pt_error *error)
{
    const char *name = http->options.name, *hint = http->options.trust_hint;
    if (http->too_long)
        return pt_fail(error, PT_IO, "%s: %s: the answer is longer than %zu bytes", name,
                       http->base, http->options.bytes);
    if (http->no_memory || code == CURLE_OUT_OF_MEMORY)
        return pt_fail(error, PT_NO_MEMORY, "%s: %s: no memory for the answer", name, http->base);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return pt_fail(error, PT_IO, "%s: %s: no whole answer within %g s", name, http->base,
                       http->options.seconds);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return pt_fail(error, PT_DENIED, "%s: %s: its certificate is not trusted: %.120s%s", name,
                       http->base, http->reason, hint != NULL ? hint : "");
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return pt_fail(error, PT_DENIED, "%s: %s: its public key is not %s", name, http->base,
                       http->pin);
    return pt_fail(error, PT_IO, "%s: %s: %.200s", name, http->base,
                   http->reason[0] != '\0' ? http->reason : http->curl->easy_strerror(code));
}

static void read_reply(struct pt_http *http, struct pt_http_reply *reply)
{
    CURLcode (*get)(CURL *, CURLINFO, ...) = http->curl->easy_getinfo;
    char *type = NULL, *location = NULL;
    curl_off_t retry_after = 0; // 0: the header is not there, or says so
    *reply = (struct pt_http_reply){.body = http->body, .length = http->length};
    http->body[http->length] = '\0';
    get(http->easy, CURLINFO_RESPONSE_CODE, &reply->code);
    get(http->easy, CURLINFO_CONTENT_TYPE, &type);
    get(http->easy, CURLINFO_REDIRECT_URL, &location);
    get(http->easy, CURLINFO_RETRY_AFTER, &retry_after);
    reply->type = type != NULL ? type : "";
    reply->location = location != NULL ? location : "";
    reply->retry_after_seconds = retry_after > 0 ? (double)retry_after : NAN;
}

struct request {
    const char *method; // NULL: GET
    const char *const *headers;
    const char *body;
    size_t length;
};

// Back to what a GET needs, whatever was asked before.
static CURLcode set_method(struct pt_http *http, const struct request *request)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = http->curl->easy_setopt;
    CURLcode code = set(http->easy, CURLOPT_HTTPGET, 1L);
    if (code == CURLE_OK && request->length > 0)
        code = set(http->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    if (code == CURLE_OK && request->length > 0) // not copied; and the method is POST
        code = set(http->easy, CURLOPT_POSTFIELDS, request->body);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_CUSTOMREQUEST, request->method);
    return code;
}

// Nothing that libcurl holds of a request outlives it: a token may stand in it.
static CURLcode perform(struct pt_http *http, const char *url, const struct request *request)
{
    const char *const *headers = request->headers;
    CURLcode (*set)(CURL *, CURLoption, ...) = http->curl->easy_setopt;
    struct curl_slist *list = NULL;
    CURLcode code = CURLE_OK;
    for (; headers != NULL && *headers != NULL && code == CURLE_OK; headers++) {
        struct curl_slist *longer = http->curl->slist_append(list, *headers);
        if (longer == NULL)
            code = CURLE_OUT_OF_MEMORY;
        else
            list = longer;
    }
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_HTTPHEADER, list);
    if (code == CURLE_OK)
        code = set(http->easy, CURLOPT_URL, url);
    if (code == CURLE_OK)
        code = set_method(http, request);
    if (code == CURLE_OK)
        code = transfer(http);
    set(http->easy, CURLOPT_HTTPHEADER, NULL);
    set(http->easy, CURLOPT_POSTFIELDS, NULL);
    set(http->easy, CURLOPT_CUSTOMREQUEST, NULL);
    http->curl->slist_free_all(list);
    return code;
}

static enum pt_status ask(struct pt_http *http, const char *path, const struct request *request,
                          struct pt_http_reply *ret_reply, struct pt_error *error)
{
    char url[URL_SIZE];
    int length = snprintf(url, sizeof url, "%s%s", http->base, path);
    if (length < 0 || (size_t)length >= sizeof url)
        return pt_fail(error, PT_OVERFLOW, "%s: %s: a path of %zu bytes", http->options.name,
                       http->base, strlen(path));
    http->length = 0;
    http->too_long = http->no_memory = false;
    http->reason[0] = '\0';
    CURLcode code = perform(http, url, request);
    explicit_bzero(url, sizeof url);
    if (code != CURLE_OK)
        return fail_transfer(http, code, error);
    read_reply(http, ret_reply);
    return PT_OK;
}

enum pt_status pt_http_get(struct pt_http *http, const char *path, const char *const *headers,
                           struct pt_http_reply *ret_reply, struct pt_error *error)
{
    const struct request request = {.headers = headers};
    return ask(http, path, &request, ret_reply, error);
}

enum pt_status pt_http_send(struct pt_http *http, const char *method, const char *path,
                            const char *const *headers, const char *body, size_t length,
                            struct pt_http_reply *ret_reply, struct pt_error *error)
{
    const struct request request = {
        .method = method, .headers = headers, .body = body, .length = length};
    return ask(http, path, &request, ret_reply, error);
}
