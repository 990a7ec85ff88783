// OpenMetrics: hostile labels stay one line of UTF-8, unknown numbers have no sample, and the port
// answers on the loopback interface only what it is asked.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utf8.h"
#include "report/openmetrics.h"
#include "report/openmetrics_server.h"
#include "support.h"

static const char *escaped(const char *value)
{
    static char *text;
    size_t length;
    free(text);
    text = NULL;
    FILE *stream = open_memstream(&text, &length);
    pt_metric_escape(stream, value);
    fclose(stream);
    return text;
}

static void labels_are_escaped(void **unused)
{
    (void)unused;
    assert_string_equal(escaped("plain"), "plain");
    assert_string_equal(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    assert_string_equal(escaped("\xc3\xbc"), "\xc3\xbc");
    assert_string_equal(escaped("\xff\x80z"), "\xef\xbf\xbd\xef\xbf\xbdz");
    assert_string_equal(escaped("a\rb\x1b"), "a\xef\xbf\xbd"
                                             "b\xef\xbf\xbd");
    assert_string_equal(escaped("\xe2\x80\xa8"), "\xef\xbf\xbd"); // a line separator
}

// Whatever bytes there are: valid UTF-8, no line end, every quote behind a backslash.
static void any_bytes_become_a_label(void **unused)
{
    (void)unused;
    uint64_t random = 88172645463325252U;
    for (int round = 0; round < 20000; round++) {
        char value[401];
        size_t length = 0;
        for (; length < 400 && (length == 0 || random % 97 != 0); length++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            value[length] = (char)(random % 3 == 0 ? "\"\\\n{},= #"[random / 8 % 9]
                                                   : (char)(1 + random / 16 % 255));
        }
        value[length] = '\0';
        const char *text = escaped(value);
        assert_int_equal(pt_utf8_valid(text, strlen(text)), strlen(text));
        for (const char *at = text; *at != '\0'; at++) {
            assert_true(*at != '\n' && *at != '"');
            if (*at == '\\') {
                at++;
                assert_true(*at == '\\' || *at == 'n' || *at == '"');
            }
        }
    }
}

static void long_labels_are_cut_between_characters(void **unused)
{
    (void)unused;
    char value[PT_METRIC_LABEL_MAX + 10];
    memset(value, 'x', sizeof value);
    memcpy(value + PT_METRIC_LABEL_MAX - 1, "\xc3\xbc", 3);
    assert_int_equal(strlen(escaped(value)), PT_METRIC_LABEL_MAX - 1);
}

static char *metrics_of(const struct pt_run_metrics *metrics)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    pt_run_metrics_write(stream, metrics);
    fclose(stream);
    return text;
}

static struct pt_record_state a_state(void)
{
    struct pt_record_state state = {
        .number = 1,
        .seconds = 2,
        .cpu_seconds = 1,
        .coverage = 1,
        .joules = pt_quantity_relative(30, 0.1, PT_MEASURED),
        .machine_joules = pt_quantity_relative(60, 0.1, PT_MEASURED),
        .counts_machine = true,
        .channel_count = 1,
        .phase_count = 1,
        .channels = {{.id = "package:package-0", .machine_joules = 60, .our_joules = 30}},
        .phases = {{.name = "command", .seconds = 2}},
    };
    state.phases[0].joules = state.joules;
    return state;
}

static void only_one_meter_of_a_job_shows_the_machine(void **unused)
{
    (void)unused;
    struct pt_record_run run = {.uid = "ab"};
    struct pt_record_state state = a_state();
    struct pt_run_metrics metrics = {
        .run = &run, .state = &state, .our_watts = 15, .machine_watts = 30};
    char *text = metrics_of(&metrics);
    assert_contains(text, "powertrain_energy_joules_total{run=\"ab\",phase=\"command\"} 30\n");
    assert_contains(text, "powertrain_machine_energy_joules_total{run=\"ab\","
                          "device=\"package:package-0\"} 60\n");
    assert_contains(text, "powertrain_machine_power_watts{run=\"ab\"} 30\n");
    assert_contains(text, "powertrain_run_active{run=\"ab\"} 1\n");
    free(text);
    state.counts_machine = false;
    text = metrics_of(&metrics);
    assert_null(strstr(text, "machine"));
    free(text);
}

static void unknown_numbers_have_no_sample(void **unused)
{
    (void)unused;
    struct pt_record_run run = {.uid = "ab"};
    struct pt_record_state state = a_state();
    struct pt_record_end end = {.exit_status = 3};
    struct pt_run_metrics metrics = {
        .run = &run, .state = &state, .end = &end, .our_watts = NAN, .machine_watts = NAN};
    state.joules = state.phases[0].joules = pt_quantity_missing();
    state.channel_count = 0;
    char *text = metrics_of(&metrics);
    assert_null(strstr(text, "powertrain_energy_joules_total"));
    assert_null(strstr(text, "powertrain_power_watts{"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "NaN"));
    assert_contains(text, "powertrain_run_exit_status{run=\"ab\"} 3\n");
    assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    free(text);
}

// ------------------------------------------------------------------------------------- the port
static char *ask(int port, const char *request)
{
    static char reply[65536];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t length = 0;
    ssize_t got;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
    while ((got = recv(fd, reply + length, sizeof reply - 1 - length, 0)) > 0)
        length += (size_t)got;
    reply[length] = '\0';
    close(fd);
    return reply;
}

#define CLOSE "Connection: close\r\n\r\n"

static void the_port_answers_what_it_should(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_metrics_server *server, *second;
    if (pt_metrics_server_open(0, &server, &error) == PT_UNAVAILABLE) {
        assert_contains(error.message, "apt install libmicrohttpd12");
        print_message("libmicrohttpd is not here: not tested\n");
        skip();
    }
    int port = pt_metrics_server_port(server);
    assert_in_range(port, 1, 65535);
    assert_status(pt_metrics_server_open(port, &second, &error), PT_USAGE, &error);
    assert_contains(error.message, "--metrics-port");
    assert_status(pt_metrics_server_start(server, &error), PT_OK, &error);
    assert_contains(ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" CLOSE), "# EOF\n");
    pt_metrics_server_set(server, strdup("a 1\n# EOF\n"), 10);
    char *reply = ask(port, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9\r\n" CLOSE);
    assert_contains(reply, "HTTP/1.1 200");
    assert_contains(reply, "application/openmetrics-text; version=1.0.0");
    assert_contains(reply, "\r\n\r\na 1\n# EOF\n");
    assert_contains(ask(port, "GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE), "HTTP/1.1 404");
    assert_contains(ask(port, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n" CLOSE),
                    "HTTP/1.1 403");
    assert_contains(ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost.evil\r\n" CLOSE),
                    "HTTP/1.1 403");
    assert_contains(ask(port, "POST /metrics HTTP/1.1\r\nHost: localhost\r\n"
                              "Content-Length: 3\r\n" CLOSE "abc"),
                    "HTTP/1.1 405");
    assert_null(strstr(ask(port, "nonsense\r\n\r\n"), "200"));
    assert_contains(ask(port, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n" CLOSE),
                    "Content-Length: 10");
    pt_metrics_server_close(server);
    // without ever being started
    assert_status(pt_metrics_server_open(0, &server, &error), PT_OK, &error);
    pt_metrics_server_close(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_escaped),
        cmocka_unit_test(any_bytes_become_a_label),
        cmocka_unit_test(long_labels_are_cut_between_characters),
        cmocka_unit_test(only_one_meter_of_a_job_shows_the_machine),
        cmocka_unit_test(unknown_numbers_have_no_sample),
        cmocka_unit_test(the_port_answers_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
