// Getting a document from servers that hang, lie, flood or send us away.

#include "sensor/web.h"
#include "web_server.h"

static struct web_server server;
static const struct pt_credentials nobody;

static int setup(void **state)
{
    (void)state;
    web_start(&server);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    web_stop(&server);
    return 0;
}

static struct pt_web *open_as(const char *base, const struct pt_credentials *credentials)
{
    static const struct pt_web_limits limits = {.seconds = 0.3, .bytes = 1000};
    struct pt_web_target target;
    struct pt_web *http;
    struct pt_error error;
    assert_status(pt_web_target_parse("test", base, &target, &error), PT_OK, &error);
    enum pt_status status = pt_web_open("test", &target, credentials, &limits, &http, &error);
    if (status == PT_UNAVAILABLE) {
        print_message("%s\n", error.message);
        exit(77); // no libcurl: skipped
    }
    assert_status(status, PT_OK, &error);
    return http;
}

static void assert_fails(enum web_fault fault, int code, enum pt_status expected, const char *part)
{
    struct pt_web *http = open_as(server.base, &nobody);
    const char *body;
    size_t length;
    struct pt_error error;
    web_reply_with(&server, (struct web_reply){.path = "/x",
                                               .status = code,
                                               .body = "{}",
                                               .headers = "Location: http://127.0.0.1:1/\r\n",
                                               .fault = fault});
    assert_status(pt_web_get(http, "/x", &body, &length, &error), expected, &error);
    assert_contains(error.message, part);
    assert_contains(error.message, server.base);
    pt_web_close(http);
}

static void a_document_arrives(void **unused)
{
    struct pt_web *http = open_as(server.base, &nobody);
    const char *body;
    size_t length;
    struct pt_error error;
    char request[4096];
    setenv("http_proxy", "http://127.0.0.1:1", 1); // is not asked
    web_reply(&server, "/a?b=c", "{\"watts\": 1}");
    for (int i = 0; i < 3; i++) {
        assert_status(pt_web_get(http, "/a?b=c", &body, &length, &error), PT_OK, &error);
        assert_string_equal(body, "{\"watts\": 1}");
        assert_int_equal(length, 12);
    }
    web_last(&server, request, sizeof request);
    assert_contains(request, "GET /a?b=c HTTP/1.1\r\n");
    assert_null(strstr(request, "Authorization"));
    unsetenv("http_proxy");
    pt_web_close(http);
    (void)unused;
}

static void a_server_that_misbehaves_is_left(void **unused)
{
    assert_fails(WEB_HANGS, 200, PT_IO, "no whole answer within 0.3 s");
    assert_fails(WEB_DRIPS, 200, PT_IO, "no whole answer within 0.3 s");
    assert_fails(WEB_FLOODS, 200, PT_IO, "longer than 1000 bytes");
    assert_fails(WEB_TRUNCATES, 200, PT_IO, ": ");
    assert_fails(WEB_CLOSES, 200, PT_IO, "Empty reply");
    assert_fails(WEB_NO_HTTP, 200, PT_IO, "HTTP/0.9");
    (void)unused;
}

static void a_status_is_judged(void **unused)
{
    assert_fails(WEB_GOOD, 302, PT_IO, "sends us elsewhere (302), which is not followed");
    assert_fails(WEB_GOOD, 401, PT_DENIED, "machine 127.0.0.1 login USER password PASSWORD");
    assert_fails(WEB_GOOD, 403, PT_DENIED, "(403)");
    assert_fails(WEB_GOOD, 404, PT_NOT_FOUND, "(404)");
    assert_fails(WEB_GOOD, 503, PT_IO, "status 503");
    (void)unused;
}

// A thousand bytes fit, one more does not.
static void the_limit_is_exact(void **unused)
{
    struct pt_web *http = open_as(server.base, &nobody);
    char text[1002];
    const char *body;
    size_t length;
    struct pt_error error;
    memset(text, 'x', sizeof text);
    text[1000] = '\0';
    web_reply(&server, "/x", text);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_OK, &error);
    assert_int_equal(length, 1000);
    text[1000] = 'x';
    text[1001] = '\0';
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_IO, &error);
    char path[5000];
    memset(path, '/', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_status(pt_web_get(http, path, &body, &length, &error), PT_OVERFLOW, &error);
    pt_web_close(http);
    (void)unused;
}

// "user:pass" in base64.
static void credentials_are_sent(void **unused)
{
    const struct pt_credentials right = {"user", "pass"}, wrong = {"user", "word"};
    const char *body;
    size_t length;
    struct pt_error error;
    web_reply_with(&server, (struct web_reply){.path = "/x",
                                               .status = 200,
                                               .body = "in",
                                               .authorization = "Basic dXNlcjpwYXNz"});
    struct pt_web *http = open_as(server.base, &right);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_OK, &error);
    assert_string_equal(body, "in");
    pt_web_close(http);
    http = open_as(server.base, &wrong);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_DENIED, &error);
    assert_null(strstr(error.message, "word:"));
    pt_web_close(http);
    (void)unused;
}

// To another machine (127.0.0.2 is not known to be this one) a password does not go in clear text.
static void a_password_is_not_sent_in_clear_text(void **unused)
{
    const struct pt_credentials right = {"user", "pass"};
    struct web_server other;
    const char *body;
    size_t length;
    struct pt_error error;
    char request[4096];
    web_start_at(&other, 2);
    struct web_reply reply = {
        .path = "/x", .status = 200, .body = "in", .authorization = "Basic dXNlcjpwYXNz"};
    web_reply_with(&other, reply);
    struct pt_web *http = open_as(other.base, &right);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_DENIED, &error);
    assert_contains(error.message, "use https://");
    web_last(&other, request, sizeof request);
    assert_null(strstr(request, "Basic"));
    reply.authorization = "Digest username=\"user\"";
    reply.challenge = "Digest realm=\"shelly\", nonce=\"60dc\", qop=\"auth\", algorithm=SHA-256";
    web_reply_with(&other, reply);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_OK, &error);
    web_last(&other, request, sizeof request);
    assert_null(strstr(request, "pass"));
    pt_web_close(http);
    web_stop(&other);
    (void)unused;
}

static void nobody_there_is_an_error(void **unused)
{
    struct pt_web *http = open_as("http://127.0.0.1:1", &nobody);
    const char *body;
    size_t length;
    struct pt_error error;
    assert_status(pt_web_get(http, "/", &body, &length, &error), PT_IO, &error);
    assert_contains(error.message, "http://127.0.0.1:1");
    pt_web_close(http);
    pt_web_close(NULL);
    (void)unused;
}

// No TLS where TLS should be.
static void a_server_without_tls_is_not_trusted(void **unused)
{
    char base[80];
    const char *body;
    size_t length;
    struct pt_error error;
    snprintf(base, sizeof base, "https%s", server.base + 4);
    web_reply_with(&server, (struct web_reply){.path = "/", .status = 200, .body = "{}"});
    struct pt_web *http = open_as(base, &nobody);
    assert_status(pt_web_get(http, "/", &body, &length, &error), PT_IO, &error);
    pt_web_close(http);
    (void)unused;
}

static void an_interrupt_ends_it(void **unused)
{
    struct pt_web *http = open_as(server.base, &nobody);
    const char *body;
    size_t length;
    struct pt_error error;
    web_reply(&server, "/x", "{}");
    pt_web_interrupt(http);
    assert_status(pt_web_get(http, "/x", &body, &length, &error), PT_IO, &error);
    pt_web_close(http);
    (void)unused;
}

static void assert_target(const char *text, const char *base, const char *path, int outlet,
                          const char *pin)
{
    struct pt_web_target target;
    struct pt_error error;
    assert_status(pt_web_target_parse("shelly", text, &target, &error), PT_OK, &error);
    assert_string_equal(target.base, base);
    assert_string_equal(target.path, path);
    assert_string_equal(target.pin, pin);
    assert_int_equal(target.outlet, outlet);
}

static void addresses_are_understood(void **unused)
{
    struct pt_web_target target;
    assert_target("http://plug", "http://plug", "", -1, "");
    assert_target("http://plug/", "http://plug", "", -1, "");
    assert_target("http://10.0.0.7:8080/#2", "http://10.0.0.7:8080", "", 2, "");
    assert_target("http://[fe80::1]:80/status", "http://[fe80::1]:80", "/status", -1, "");
    assert_target("https://bmc.lan/redfish/v1/Chassis/1/Power", "https://bmc.lan",
                  "/redfish/v1/Chassis/1/Power", -1, "");
    assert_target("https://bmc#sha256//AAAA+/=", "https://bmc", "", -1, "sha256//AAAA+/=");
    assert_int_equal(pt_web_target_parse("x", "https://[::1]/", &target, NULL), PT_OK);
    assert_true(target.loopback && target.secure);
    assert_string_equal(target.host, "[::1]");
    assert_int_equal(pt_web_target_parse("x", "http://a:80", &target, NULL), PT_OK);
    assert_string_equal(target.host, "a");
    (void)unused;
}

static void other_addresses_are_refused(void **unused)
{
    static const char *const wrong[] = {
        "",
        "plug",
        "ftp://plug",
        "http://",
        "http:///x",
        "file:///etc/passwd",
        "http://a b",
        "http://a:0",
        "http://a:65536",
        "http://a:x",
        "http://a/\n",
        "http://a/\\b",
        "http://a#x",
        "http://a#-1",
        "http://a#64",
        "http://a#sha256//AAAA",
        "http://[::1",
        "https://a#sha256//\"",
    };
    struct pt_web_target target;
    struct pt_error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_status(pt_web_target_parse("shelly", wrong[i], &target, &error), PT_USAGE, &error);
    char text[600];
    snprintf(text, sizeof text, "http://%0300d", 1);
    assert_status(pt_web_target_parse("shelly", text, &target, &error), PT_USAGE, &error);
    assert_status(pt_web_target_parse("shelly", "http://me:secret@plug", &target, &error), PT_USAGE,
                  &error);
    assert_contains(error.message, "put them into a file");
    assert_null(strstr(error.message, "secret"));
    assert_status(pt_web_target_parse("shelly", NULL, &target, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "--sensor shelly=http://HOST");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_document_arrives, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_misbehaves_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(a_status_is_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(the_limit_is_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(credentials_are_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_is_not_sent_in_clear_text, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_there_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_without_tls_is_not_trusted, setup, teardown),
        cmocka_unit_test_setup_teardown(an_interrupt_ends_it, setup, teardown),
        cmocka_unit_test(addresses_are_understood),
        cmocka_unit_test(other_addresses_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
