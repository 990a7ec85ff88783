// A BMC with a certificate of its own: not trusted unless its authority or its key is named.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/web.h"
#include "support.h"

#define POWER "{\"PowerControl\":[{\"PowerConsumedWatts\":344}]}"

static struct {
    const char *folder;
    pid_t pid;
    int port;
    char pin[80];
} server;

static void run(const char *command, char *output, size_t size)
{
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    size_t length = fread(output, 1, size - 1, stream);
    output[length] = '\0';
    output[strcspn(output, "\n")] = '\0';
    assert_int_equal(pclose(stream), 0);
}

// The program tells its port: "ACCEPT 0.0.0.0:37389".
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
                   "key.pem", "-WWW", (char *)NULL);
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
    char command[1024], output[64];
    (void)state;
    if (system("openssl version >/dev/null 2>&1") != 0) {
        print_message("no openssl: not tested\n");
        exit(77);
    }
    server.folder = test_folder();
    test_file(server.folder, "power", POWER);
    snprintf(command, sizeof command,
             "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
             "-keyout key.pem -out cert.pem -days 2 -subj /CN=localhost "
             "-addext subjectAltName=DNS:localhost 2>/dev/null",
             server.folder);
    run(command, output, sizeof output);
    snprintf(command, sizeof command,
             "cd %s && openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform der "
             "| openssl dgst -sha256 -binary | base64",
             server.folder);
    strcpy(server.pin, "sha256//");
    run(command, server.pin + 8, sizeof server.pin - 8);
    start_server();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    return 0;
}

static enum pt_status get(const char *host, const char *pin, struct pt_error *error)
{
    static const struct pt_web_limits limits = {.seconds = 10, .bytes = 1000};
    static const struct pt_credentials nobody;
    char address[256];
    struct pt_web_target target;
    struct pt_web *http;
    const char *body;
    size_t length;
    snprintf(address, sizeof address, "https://%s:%d%s%s", host, server.port,
             pin[0] != '\0' ? "#" : "", pin);
    assert_status(pt_web_target_parse("redfish", address, &target, error), PT_OK, error);
    enum pt_status status = pt_web_open("redfish", &target, &nobody, &limits, &http, error);
    if (status == PT_UNAVAILABLE) {
        print_message("%s\n", error->message);
        stop(NULL);
        exit(77); // no libcurl: skipped
    }
    assert_status(status, PT_OK, error);
    status = pt_web_get(http, "/power", &body, &length, error);
    if (status == PT_OK)
        assert_string_equal(body, POWER);
    pt_web_close(http);
    return status;
}

static void a_certificate_of_its_own_is_not_trusted(void **unused)
{
    struct pt_error error;
    unsetenv("POWERTRAIN_CA_FILE");
    assert_status(get("localhost", "", &error), PT_DENIED, &error);
    assert_contains(error.message, "POWERTRAIN_CA_FILE");
    (void)unused;
}

static void the_named_authority_is_trusted_for_its_names(void **unused)
{
    struct pt_error error;
    setenv("POWERTRAIN_CA_FILE", test_path(server.folder, "cert.pem"), 1);
    assert_status(get("localhost", "", &error), PT_OK, &error);
    assert_status(get("127.0.0.1", "", &error), PT_DENIED, &error); // not in the certificate
    setenv("POWERTRAIN_CA_FILE", "/does/not/exist", 1);
    assert_true(get("localhost", "", &error) != PT_OK);
    unsetenv("POWERTRAIN_CA_FILE");
    (void)unused;
}

// Whatever the certificate says; another key is another machine.
static void a_pinned_key_is_trusted_and_no_other(void **unused)
{
    struct pt_error error;
    assert_status(get("127.0.0.1", server.pin, &error), PT_OK, &error);
    assert_status(get("127.0.0.1", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", &error),
                  PT_DENIED, &error);
    assert_contains(error.message, "public key is not sha256//AAAA");
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_its_own_is_not_trusted),
        cmocka_unit_test(the_named_authority_is_trusted_for_its_names),
        cmocka_unit_test(a_pinned_key_is_trusted_and_no_other),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
