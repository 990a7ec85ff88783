// The executor of Kubernetes against a stand-in for its API server.

#include <math.h>

#include "executor_support.h"
#include "job/kube_config.h"
#include "job/kube_job.h"
#include "kube_server.h"

#define JOB_PATH "/apis/batch/v1/namespaces/ml/jobs/train"

static const char *folder;
static struct kube_server server;
static char manifest_option[4200], config_option[4200];
static const char *options[6];

static const char manifest[] = "apiVersion: batch/v1\n"
                               "kind: Job\n"
                               "metadata:\n"
                               "  name: train\n"
                               "spec:\n"
                               "  backoffLimit: 0\n"
                               "  template:\n"
                               "    spec:\n"
                               "      restartPolicy: Never\n"
                               "      containers:\n"
                               "      - name: main\n"
                               "        image: registry.lan/train:1.10\n"
                               "        command: [python, train.py, '--seed', '7']\n"
                               "        env:\n"
                               "        - {name: ON, value: \"true\"}\n";

static const char *write_config(const char *user)
{
    char text[2000];
    snprintf(text, sizeof text,
             "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
             "contexts:\n- name: here\n  context: {cluster: c, user: u, namespace: ml}\n"
             "clusters:\n- name: c\n  cluster: {server: \"%s/\"}\n"
             "users:\n- name: u\n  user: %s\n",
             server.base, user);
    return test_file(folder, "config", text);
}

static int start(void **state)
{
    (void)state;
    folder = test_folder();
    kube_start(&server);
    snprintf(manifest_option, sizeof manifest_option, "manifest=%s",
             test_file(folder, "job.yaml", manifest));
    snprintf(config_option, sizeof config_option, "kubeconfig=%s", write_config("{token: sesame}"));
    options[0] = config_option;
    options[1] = manifest_option;
    options[2] = "poll=0s";
    options[3] = "timeout=10s";
    options[4] = NULL;
    return 0;
}

static int finish(void **state)
{
    (void)state;
    kube_stop(&server);
    return 0;
}

static struct pt_job_spec a_spec(void)
{
    return (struct pt_job_spec){.id = "test",
                                .directory = folder,
                                .state_folder = folder,
                                .mode = PT_SUSPEND_RESTART,
                                .options = options};
}

static void serve(bool suspend, const char *status)
{
    pthread_mutex_lock(&server.mutex);
    server.suspend = suspend;
    server.status = status;
    pthread_mutex_unlock(&server.mutex);
}

static void fault(const char *method, enum kube_fault kind, int code, int count)
{
    pthread_mutex_lock(&server.mutex);
    server.fault_method = method;
    server.fault = kind;
    server.code = code;
    server.fault_count = count;
    pthread_mutex_unlock(&server.mutex);
}

static struct pt_executor *open_running(const struct pt_job_spec *spec)
{
    serve(false, "");
    struct pt_executor *executor = open_job("kubernetes", spec);
    must_start(executor);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    serve(false, "\"active\":1,\"ready\":0");
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED); // its pod waits for a node
    serve(false, "\"active\":1,\"ready\":1,\"startTime\":\"2026-11-24T06:00:00Z\"");
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    return executor;
}

// ------------------------------------------------------------------------------------------ jobs
static void a_job_is_created_from_its_manifest(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    assert_true(
        kube_was_asked(&server, "POST /apis/batch/v1/namespaces/ml/jobs application/json "));
    static const char *const parts[] = {
        "\"backoffLimit\":0",         "\"suspend\":false",
        "\"powertrain-job\":\"test:", "\"command\":[\"python\",\"train.py\",\"--seed\",\"7\"]",
        "\"value\":\"true\"",         "\"image\":\"registry.lan/train:1.10\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_contains(server.manifest, parts[i]);
    struct pt_job_state job = look(executor);
    assert_string_equal(job.handle, "ml/train");
    assert_true(isnan(job.user_seconds));
    assert_true(job.run_seconds > 0);
    assert_int_equal(pt_executor_start(executor, NULL), PT_BUSY);
    pt_executor_close(executor);
}

static void a_job_is_suspended_and_goes_on(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    assert_true(kube_was_asked(&server, "PATCH " JOB_PATH " application/merge-patch+json "
                                        "{\"spec\":{\"suspend\":true}}\n"));
    assert_int_equal(look(executor).phase, PT_JOB_PARKING); // its pod has its grace
    pt_executor_close(executor);
    serve(true, "\"active\":0");
    executor = open_job("kubernetes", &spec);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_PARKED);
    assert_false(job.by_others);
    assert_int_equal(job.suspension_count, 1);
    must_suspend(executor); // already
    must_resume(executor);
    assert_true(kube_was_asked(&server, "{\"spec\":{\"suspend\":false}}\n"));
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    serve(false, "\"active\":1,\"ready\":1");
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_int_equal(job.restart_count, 1);
    pt_executor_close(executor);
}

static void ends_are_read(void **unused)
{
    (void)unused;
    static const char failed[] = "\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\"}]";
    static const struct {
        const char *status, *pods;
        enum pt_job_phase phase;
        bool known;
        int exit_status;
    } cases[] = {
        {"\"conditions\":[{\"type\":\"Complete\",\"status\":\"True\"}]", NULL, PT_JOB_ENDED, true,
         0},
        {failed, NULL, PT_JOB_ENDED, false, 0}, // pods may not be seen
        {failed,
         "{\"items\":[{\"status\":{\"containerStatuses\":[{\"state\":{\"terminated\":"
         "{\"exitCode\":7}}}]}}]}",
         PT_JOB_ENDED, true, 7},
        {"\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"DeadlineExceeded\"}"
         "]",
         NULL, PT_JOB_LOST, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[16];
        struct pt_job_spec spec = a_spec();
        snprintf(id, sizeof id, "job%zu", i);
        spec.id = id;
        server.exists = false;
        server.pods = cases[i].pods;
        struct pt_executor *executor = open_running(&spec);
        serve(false, cases[i].status);
        struct pt_job_state job = look(executor);
        assert_int_equal(job.phase, cases[i].phase);
        assert_int_equal(job.status_known, cases[i].known);
        assert_int_equal(job.exit_status, cases[i].exit_status);
        pt_executor_close(executor);
    }
}

// It was done just when it was told to suspend: that is no reason to run it again.
static void a_job_that_completes_while_parking_has_ended(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    serve(true, "\"conditions\":[{\"type\":\"Complete\",\"status\":\"True\"}]");
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_true(job.status_known);
    pt_executor_close(executor);
}

static void a_job_is_deleted(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    must_stop(executor, 5);
    assert_true(kube_was_asked(&server, "DELETE " JOB_PATH " application/json "));
    assert_true(kube_was_asked(&server, "\"propagationPolicy\":\"Foreground\""));
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_false(job.by_others);
    pt_executor_close(executor);
}

static void what_others_do_is_seen(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    serve(true, "\"active\":0");
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_PARKED);
    assert_true(job.by_others);
    must_resume(executor);
    pthread_mutex_lock(&server.mutex);
    server.exists = false;
    pthread_mutex_unlock(&server.mutex);
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_LOST);
    assert_true(job.by_others);
    must_resume(executor); // created anew
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    pt_executor_close(executor);
}

static void a_job_that_is_there_is_taken_over(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor;
    options[1] = "job=train";
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "ml/train: 404");
    server.exists = true;
    serve(true, "\"active\":0");
    executor = open_job("kubernetes", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    must_resume(executor);
    serve(false, "\"active\":1,\"ready\":1");
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    assert_false(kube_was_asked(&server, "POST"));
    pt_executor_close(executor);
}

static void a_job_of_kueue_is_left_alone(void **unused)
{
    (void)unused;
    static const char *const owners[][2] = {
        {",\"labels\":{\"kueue.x-k8s.io/queue-name\":\"q\"}", "Kueue"},
        {",\"ownerReferences\":[{\"kind\":\"JobSet\",\"name\":\"js\",\"controller\":true}]",
         "JobSet js"},
    };
    struct pt_error error;
    struct pt_executor *executor;
    for (size_t i = 0; i < 2; i++) {
        struct pt_job_spec spec = a_spec();
        options[1] = "job=train";
        server.exists = true;
        server.metadata = owners[i][0];
        assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_UNSUPPORTED,
                      &error);
        assert_contains(error.message, owners[i][1]);
        server.exists = false;
        server.metadata = "";
        options[1] = manifest_option;
        char id[16];
        snprintf(id, sizeof id, "job%zu", i);
        spec.id = id;
        executor = open_running(&spec); // somebody labels it later
        server.metadata = owners[i][0];
        assert_status(pt_executor_suspend(executor, &error), PT_UNSUPPORTED, &error);
        assert_status(pt_executor_stop(executor, 1, &error), PT_UNSUPPORTED, &error);
        assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
        pt_executor_close(executor);
    }
    assert_false(kube_was_asked(&server, "PATCH"));
    assert_false(kube_was_asked(&server, "DELETE"));
}

// ---------------------------------------------------------------------------------------- faults
static void refusals_say_what_is_missing(void **unused)
{
    (void)unused;
    static const struct {
        int code;
        enum pt_status status;
    } cases[] = {{401, PT_DENIED},    {403, PT_DENIED}, {409, PT_BUSY}, {410, PT_IO},
                 {422, PT_BAD_INPUT}, {429, PT_IO},     {500, PT_IO},   {503, PT_IO}};
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fault("PATCH", KUBE_GOOD, cases[i].code, 10);
        assert_status(pt_executor_suspend(executor, &error), cases[i].status, &error);
        assert_contains(error.message, "scripted trouble");
        assert_int_equal(look(executor).phase, PT_JOB_RUNNING); // it goes on
    }
    fault("PATCH", KUBE_GOOD, 409, 1); // once: written by another at the same moment
    must_suspend(executor);
    pt_executor_close(executor);
}

static void bad_answers_are_no_end(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_state job;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    fault("GET", KUBE_TRUNCATES, 0, 1);
    assert_status(pt_executor_poll(executor, &job, &error), PT_IO, &error);
    fault("GET", KUBE_NO_JSON, 0, 1);
    assert_status(pt_executor_poll(executor, &job, &error), PT_CORRUPT, &error);
    fault("GET", KUBE_GOOD, 410, 1);
    assert_status(pt_executor_poll(executor, &job, &error), PT_IO, &error);
    fault("GET", KUBE_GOOD, 403, 1);
    assert_status(pt_executor_poll(executor, &job, &error), PT_DENIED, &error);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
    options[3] = "timeout=300ms";
    fault("GET", KUBE_HANGS, 0, 1);
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_IO, &error);
    assert_contains(error.message, "within 0.3 s");
}

static void a_server_that_keeps_its_mind_is_noticed(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    server.keeps_suspend = true;
    assert_status(pt_executor_suspend(executor, &error), PT_DENIED, &error);
    assert_contains(error.message, "keeps spec.suspend");
    pt_executor_close(executor);
}

// The answer to the POST was lost: the Job with our tag is ours, one without it is not.
static void a_job_that_exists_is_told_by_its_tag(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("kubernetes", &spec);
    server.exists = true;
    assert_status(pt_executor_start(executor, &error), PT_BUSY, &error);
    assert_contains(error.message, "kubectl delete job train");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    server.exists = false;
    fault("POST", KUBE_TRUNCATES, 0, 1);
    assert_status(pt_executor_start(executor, &error), PT_IO, &error);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED); // it is there
    pt_executor_close(executor);
}

static void specs_are_checked(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_executor *executor;
    struct pt_job_spec spec = a_spec();
    spec.mode = PT_SUSPEND_FREEZE;
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_UNSUPPORTED, &error);
    spec = a_spec();
    spec.checkpoint_signal = SIGUSR1;
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "checkpoint at TERM");
    spec = a_spec();
    options[1] = "job=Train/../x";
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_USAGE, &error);
    options[1] = "poll=1s";
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_USAGE, &error);
    assert_contains(error.message, "manifest=FILE");
    options[1] = manifest_option;
    options[4] = "namespace=a/b";
    options[5] = NULL;
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_USAGE, &error);
    options[4] = "replicas=3";
    assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_USAGE, &error);
    assert_contains(error.message, "replicas=3");
}

// -------------------------------------------------------------------------------------- manifest
static void manifests_are_checked(void **unused)
{
    (void)unused;
    static const char *const bad[][2] = {
        {"[1, 2]", ""},
        {"kind: Pod\napiVersion: v1\n", "not a Job"},
        {"kind: Job\napiVersion: batch/v1\nmetadata: {generateName: a-}\nspec: {template: {}}\n",
         "metadata.name"},
        {"kind: Job\napiVersion: batch/v1\nmetadata: {name: A_b}\nspec: {template: {}}\n",
         "metadata.name"},
        {"kind: Job\napiVersion: batch/v1\nmetadata: {name: a}\nspec: {}\n", "spec.template"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pt_error error;
        struct pt_executor *executor;
        struct pt_job_spec spec = a_spec();
        test_file(folder, "job.yaml", bad[i][0]);
        assert_status(pt_executor_open("kubernetes", &spec, &executor, &error), PT_BAD_INPUT,
                      &error);
        assert_contains(error.message, bad[i][1]);
    }
}

// As kubectl reads YAML.
static void types_are_kept(void **unused)
{
    (void)unused;
    static const char yaml[] =
        "{a: 0644, b: '0644', c: true, d: \"true\", e: null, f: 1.5, g: 1.10.2,\n"
        " h: 007, i: '', j: yes, k: -3, l: 08}";
    static const char json[] =
        "{\"a\":420,\"b\":\"0644\",\"c\":true,\"d\":\"true\",\"e\":null,"
        "\"f\":1.5,\"g\":\"1.10.2\",\"h\":7,\"i\":\"\",\"j\":\"yes\",\"k\":-3,"
        "\"l\":8}";
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root;
    struct pt_error error;
    size_t length;
    assert_status(pt_yaml_parse(arena, yaml, strlen(yaml), "x", &root, &error), PT_OK, &error);
    char *text = pt_kube_json(root, &length);
    assert_string_equal(text, json);
    free(text);
    pt_arena_destroy(arena);
}

static void times_are_read(void **unused)
{
    (void)unused;
    // date -u -d 2026-11-24T06:33:12Z +%s; 2000-02-29; 1970.
    assert_near(pt_kube_time("2026-11-24T06:33:12Z"), 1795501992, 0);
    assert_near(pt_kube_time("2000-02-29T23:59:59.123456Z"), 951868799, 0);
    assert_near(pt_kube_time("1970-01-01T00:00:00Z"), 0, 0);
    static const char *const bad[] = {"",
                                      "2026-11-24",
                                      "2026-13-24T06:33:12Z",
                                      "2026-11-24T06:33:12",
                                      "2026-11-24T06:33:12+01:00",
                                      "x026-11-24T06:33:12Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(isnan(pt_kube_time(bad[i])));
}

// ------------------------------------------------------------------------------------ kubeconfig
static void a_kubeconfig_says_who_we_are(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_kube_config config;
    struct pt_error error;
    char token[100];
    test_file(folder, "key.pem", "KEY");
    test_file(folder, "token", "sesame2\n");
    const char *path = write_config("{client-certificate-data: Q0VSVA==, client-key: key.pem}");
    assert_status(pt_kube_config_find(arena, path, NULL, &config, &error), PT_OK, &error);
    assert_string_equal(config.server, server.base); // without its last slash
    assert_string_equal(config.name_space, "ml");
    assert_string_equal(config.certificate_pem, "CERT");
    assert_string_equal(config.key_pem, "KEY");
    path = write_config("{tokenFile: token}");
    assert_status(pt_kube_config_find(arena, path, "here", &config, &error), PT_OK, &error);
    assert_status(pt_kube_config_token(&config, token, sizeof token, &error), PT_OK, &error);
    assert_string_equal(token, "sesame2");
    test_file(folder, "token", "renewed"); // a pod's is renewed every hour
    assert_status(pt_kube_config_token(&config, token, sizeof token, &error), PT_OK, &error);
    assert_string_equal(token, "renewed");
    setenv("KUBECONFIG", path, 1);
    assert_status(pt_kube_config_find(arena, NULL, NULL, &config, &error), PT_OK, &error);
    setenv("KUBECONFIG", "/a:/b", 1);
    assert_status(pt_kube_config_find(arena, NULL, NULL, &config, &error), PT_UNSUPPORTED, &error);
    unsetenv("KUBECONFIG");
    pt_arena_destroy(arena);
}

static void what_a_kubeconfig_may_not_ask_for(void **unused)
{
    (void)unused;
    static const struct {
        const char *user;
        enum pt_status status;
        const char *message;
    } cases[] = {
        {"{exec: {command: aws}}", PT_UNSUPPORTED, "exec is not supported"},
        {"{auth-provider: {name: gcp}}", PT_UNSUPPORTED, "auth-provider"},
        {"{username: a, password: b}", PT_UNSUPPORTED, "username"},
        {"{client-key: missing.pem}", PT_NOT_FOUND, "missing.pem"},
        {"{client-key-data: '@@'}", PT_BAD_INPUT, "no base64"},
        {"[]", PT_BAD_INPUT, ""},
    };
    struct pt_arena *arena = pt_arena_create();
    struct pt_kube_config config;
    struct pt_error error;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = write_config(cases[i].user);
        assert_status(pt_kube_config_find(arena, path, NULL, &config, &error), cases[i].status,
                      &error);
        assert_contains(error.message, cases[i].message);
    }
    const char *path = write_config("{token: x}");
    assert_status(pt_kube_config_find(arena, path, "there", &config, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "there");
    path = test_file(folder, "config2",
                     "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
                     "clusters: [{name: c, cluster: {server: \"http://10.0.0.1\"}}]\n");
    assert_status(pt_kube_config_find(arena, path, NULL, &config, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "only https");
    path = test_file(folder, "config3",
                     "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
                     "clusters: [{name: c, cluster: {server: \"https://10.0.0.1\", "
                     "insecure-skip-tls-verify: true}}]\n");
    assert_status(pt_kube_config_find(arena, path, NULL, &config, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "insecure-skip-tls-verify");
    assert_status(pt_kube_config_find(arena, "/no/such/file", NULL, &config, &error),
                  PT_UNAVAILABLE, &error);
    pt_arena_destroy(arena);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_server(a_job_is_created_from_its_manifest),
        with_server(a_job_is_suspended_and_goes_on),
        with_server(ends_are_read),
        with_server(a_job_that_completes_while_parking_has_ended),
        with_server(a_job_is_deleted),
        with_server(what_others_do_is_seen),
        with_server(a_job_that_is_there_is_taken_over),
        with_server(a_job_of_kueue_is_left_alone),
        with_server(refusals_say_what_is_missing),
        with_server(bad_answers_are_no_end),
        with_server(a_server_that_keeps_its_mind_is_noticed),
        with_server(a_job_that_exists_is_told_by_its_tag),
        with_server(specs_are_checked),
        with_server(manifests_are_checked),
        cmocka_unit_test(types_are_kept),
        cmocka_unit_test(times_are_read),
        with_server(a_kubeconfig_says_who_we_are),
        with_server(what_a_kubeconfig_may_not_ask_for),
    };
    unsetenv("KUBECONFIG");
    unsetenv("http_proxy");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
