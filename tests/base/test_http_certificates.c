// A server that wants to know who asks, by a certificate: PEM texts in memory, as a kubeconfig has
// them, for both sides.

#include "base/http.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static struct {
    const char *folder;
    pid_t pid;
    int port;
    char *certificate, *key;
} server;

static void start_server(void)
{
    int ends[2];
    char line[256];
    assert_int_equal(pipe(ends), 0);
    server.pid = fork();
    if (server.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        if (chdir(server.folder) == 0)
            execlp("openssl", "openssl", "s_server", "-accept", "0", "-cert", "cert.pem", "-key",
                   "key.pem", "-WWW", "-Verify", "1", "-verify_return_error", "-CAfile", "cert.pem",
                   (char *)NULL);
        _exit(1);
    }
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    while (server.port == 0 && fgets(line, sizeof line, stream) != NULL)
        if (strncmp(line, "ACCEPT", 6) == 0)
            server.port = atoi(strrchr(line, ':') + 1);
    assert_true(server.port > 0); // the stream stays open: the server writes on
}

static int start(void **state)
{
    char command[4096 + 400];
    size_t length;
    (void)state;
    if (system("openssl version >/dev/null 2>&1") != 0) {
        print_message("skipped: no openssl\n");
        exit(77);
    }
    server.folder = test_folder();
    test_file(server.folder, "page", "hello");
    snprintf(command, sizeof command,
             "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
             "-keyout key.pem -out cert.pem -days 2 -subj /CN=localhost "
             "-addext subjectAltName=DNS:localhost 2>/dev/null",
             server.folder);
    if (system(command) != 0)
        return -1;
    server.certificate = test_read(test_path(server.folder, "cert.pem"), &length);
    server.key = test_read(test_path(server.folder, "key.pem"), &length);
    unsetenv("POWERTRAIN_CA_FILE");
    start_server();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    free(server.certificate);
    free(server.key);
    return 0;
}

static enum pt_status get(const char *authorities, const char *certificate, const char *key,
                          struct pt_error *error)
{
    char base[64];
    struct pt_http *http;
    struct pt_http_reply reply;
    snprintf(base, sizeof base, "https://localhost:%d", server.port);
    const struct pt_http_options options = {.name = "test",
                                            .base = base,
                                            .seconds = 20,
                                            .bytes = 1000,
                                            .authorities_pem = authorities,
                                            .certificate_pem = certificate,
                                            .key_pem = key};
    enum pt_status status = pt_http_open(&options, &http, error);
    if (status == PT_UNAVAILABLE) {
        print_message("skipped: %s\n", error->message);
        stop(NULL);
        exit(77);
    }
    assert_status(status, PT_OK, error);
    status = pt_http_get(http, "/page", NULL, &reply, error);
    if (status == PT_OK)
        assert_string_equal(reply.body, "hello");
    pt_http_close(http);
    return status;
}

static void both_sides_are_known_by_their_certificates(void **unused)
{
    (void)unused;
    struct pt_error error;
    assert_status(get(server.certificate, server.certificate, server.key, &error), PT_OK, &error);
}

static void a_server_of_no_known_authority_is_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    assert_status(get(NULL, server.certificate, server.key, &error), PT_DENIED, &error);
}

static void who_shows_no_certificate_gets_nothing(void **unused)
{
    (void)unused;
    struct pt_error error;
    assert_status(get(server.certificate, NULL, NULL, &error), PT_IO, &error);
}

static void a_text_that_is_no_certificate_is_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    assert_true(get("no PEM", server.certificate, server.key, &error) != PT_OK);
    assert_true(get(server.certificate, "no PEM", "no key", &error) != PT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_are_known_by_their_certificates),
        cmocka_unit_test(a_server_of_no_known_authority_is_refused),
        cmocka_unit_test(who_shows_no_certificate_gets_nothing),
        cmocka_unit_test(a_text_that_is_no_certificate_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
