#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/node.h"
#include "report/embedded.h"
#include "sample.h"

static struct sample sample;

static char *page_of(const struct sample *run)
{
    struct pt_error error;
    const char *path = test_path(test_folder(), "report.html");
    assert_status(sample_html(run, path, &error), PT_OK, &error);
    return test_read(path, NULL);
}

// The text between the first begin and the next end behind it, as a copy.
static char *between(const char *text, const char *begin, const char *end)
{
    const char *from = strstr(text, begin);
    assert_non_null(from);
    from += strlen(begin);
    const char *to = strstr(from, end);
    assert_non_null(to);
    return strndup(from, (size_t)(to - from));
}

static const struct pt_node *child(const struct pt_node *node, const char *key)
{
    const struct pt_node *found = pt_node_find(node, key);
    if (found == NULL)
        print_error("no key %s\n", key);
    assert_non_null(found);
    return found;
}

// The parsed data of the page.
static const struct pt_node *data_of(struct pt_arena *arena, const char *page)
{
    const struct pt_node *root;
    struct pt_error error;
    char *json = between(page, "<script type=\"application/json\" id=\"data\">", "</script>");
    assert_status(pt_json_parse(arena, json, strlen(json), "data", &root, &error), PT_OK, &error);
    free(json);
    return root;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void nothing_is_loaded_from_elsewhere(void **unused)
{
    (void)unused;
    static const char *const loads[] = {
        "src=",   "@import", "url(",  "<iframe",          "<object",
        "<embed", "<img",    "<base", "http-equiv=\"ref",
    };
    sample_fill(&sample, true);
    char *page = page_of(&sample);
    // Chart.js is checked by itself: its code may hold such a text without being markup.
    char *chart = strstr(page, pt_embedded_chart_js);
    assert_non_null(chart);
    memset(chart, ' ', strlen(pt_embedded_chart_js));
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        assert_null(strstr(page, loads[i]));
    assert_null(strstr(page, "http:"));
    assert_null(strstr(page, "https:"));
    assert_int_equal(count_of(page, "<link"), 1);
    assert_contains(page, "<link rel=\"icon\" href=\"data:,\">");
    assert_contains(page, "default-src 'none'");
    assert_null(strstr(page, "connect-src"));
    free(page);
}

// Inside a script element these would end it or swallow what follows.
static void the_scripts_cannot_end_early(void **unused)
{
    (void)unused;
    const char *const scripts[] = {pt_embedded_chart_js, pt_embedded_page_js};
    for (int i = 0; i < 2; i++) {
        assert_true(strlen(scripts[i]) > 1000);
        assert_null(strcasestr(scripts[i], "</script"));
        assert_null(strcasestr(scripts[i], "<script"));
        assert_null(strstr(scripts[i], "<!--"));
    }
    assert_null(strcasestr(pt_embedded_page_css, "</style"));
    assert_contains(pt_embedded_chart_js, "Released under the MIT License");
}

static void the_data_are_the_runs(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    char *page = page_of(&sample);
    const struct pt_node *root = data_of(arena, page);
    const struct pt_node *charts = child(root, "charts"), *run = child(root, "run");

    assert_string_equal(child(run, "id")->text, "12");
    assert_string_equal(child(child(run, "plan"), "parameter_count")->text, "669706");
    assert_int_equal(child(child(charts, "training"), "loss")->count, SAMPLE_POINTS);
    assert_int_equal(child(child(charts, "evaluation"), "accuracy")->count, SAMPLE_EPOCHS);
    assert_int_equal(child(child(charts, "power"), "watts")->count, SAMPLE_SAMPLES);
    assert_int_equal(child(child(charts, "phases"), "rows")->count, 8); // 7 and the overhead
    assert_string_equal(child(child(charts, "cost"), "unit")->text, "EUR");
    free(page);
    pt_arena_destroy(arena);
}

// 410 J at 0.30 EUR/kWh with a PUE of 1.2: 410 / 3.6e6 * 0.30 * 1.2 = 0.000041 EUR.
static void the_cost_curve_ends_at_the_bill(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    char *page = page_of(&sample);
    const struct pt_node *cost = child(child(data_of(arena, page), "charts"), "cost");
    const struct pt_node *point = child(cost, "so_far")->first;
    double last = NAN;
    for (; point != NULL; point = point->next)
        last = strtod(point->text, NULL);
    assert_near(last, 410 / 3.6e6 * 0.30 * 1.2, 1e-9);
    free(page);
    pt_arena_destroy(arena);
}

// Everything that comes from a file or a command line.
static void hostile_texts_stay_texts(void **unused)
{
    (void)unused;
    static const char evil[] = "<script>alert(1)</script><!-- \"'&\xff\x01</pre></title>";
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    char *clean = page_of(&sample);
    sample.record.name = sample.record.command = sample.record.machine = sample.record.sensor =
        evil;
    sample.record.status = evil;
    sample.record.plan_json = "{\"a\": \"</script><!--<script>\"}";
    sample.record.result_json = "{\"</script>\": \"<b>\", \"<i>\": 3}";
    strcpy(sample.record.bill.rows[0].label, "</script><b>x");
    strcpy(sample.record.bill.energy_source, "</table><img src=x>");
    char *page = page_of(&sample);

    const char *const tags[] = {"<script", "</script", "<!--", "<title", "</title",
                                "</pre",   "<b>",      "<i>",  "<img",   "</table"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (count_of(page, tags[i]) != count_of(clean, tags[i])) {
            print_error("%s escaped its place\n", tags[i]);
            fail();
        }
    assert_contains(page,
                    "&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &quot;&#39;&amp;\xEF\xBF\xBD");
    const struct pt_node *run = child(data_of(arena, page), "run");
    assert_string_equal(child(child(run, "plan"), "a")->text, "</script><!--<script>");
    free(page);
    free(clean);
    pt_arena_destroy(arena);
}

static void without_a_price_there_is_energy(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, false);
    char *page = page_of(&sample);
    const struct pt_node *charts = child(data_of(arena, page), "charts");
    assert_string_equal(child(child(charts, "cost"), "unit")->text, "Wh");
    assert_contains(page, "<dt>Money</dt><dd class=\"value\">unknown</dd>");
    assert_contains(page, "<dt>CO2e</dt><dd class=\"value\">unknown</dd>");
    free(page);
    pt_arena_destroy(arena);
}

static void a_run_without_anything_has_a_page(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    const struct sample empty = {.record = {.id = 3, .kind = "train", .status = "running"}};
    char *page = page_of(&empty);
    const struct pt_node *run = child(data_of(arena, page), "run");
    assert_true(child(run, "bill")->is_null);
    assert_true(child(run, "duration_seconds")->is_null);
    assert_true(child(run, "exit_status")->is_null);
    assert_contains(page, "No training curve was recorded.");
    assert_contains(page, "No power samples were recorded.");
    assert_contains(page, "No energy was metered over time.");
    assert_contains(page, "This run has no bill.");
    assert_contains(page, "<dt>Energy</dt><dd class=\"value\">unknown</dd>");
    assert_null(strstr(page, "<dd class=\"value\">0"));
    *strstr(page, "<script type=\"application/json\"") = '\0'; // code may hold such letters
    assert_null(strcasestr(page, "nan"));
    free(page);
    pt_arena_destroy(arena);
}

static void a_loss_that_is_no_number_says_so(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    sample.record.status = "failed";
    sample.record.result_json = "{\"loss\": null}";
    sample.points[20].loss = INFINITY;
    sample.point_count = 21;
    char *page = page_of(&sample);
    const struct pt_node *point =
        child(child(child(data_of(arena, page), "charts"), "training"), "loss")->first;
    while (point->next != NULL)
        point = point->next;
    assert_true(point->is_null);
    assert_contains(page, "<dd class=\"value\">diverged</dd>");
    assert_contains(page, "Diverged: the loss is not a finite number at step ");
    free(page);
    pt_arena_destroy(arena);
}

// Its prediction is for all of it, so half of the energy is no proof of a good prediction.
static void an_unfinished_run_does_not_judge_its_prediction(void **unused)
{
    (void)unused;
    sample_fill(&sample, true);
    char *finished = page_of(&sample);
    assert_contains(finished, "<dd class=\"value\">+6.5 %</dd>"); // 410 / 385 - 1
    assert_contains(finished, ">inside</td>");
    sample.record.status = "interrupted";
    char *interrupted = page_of(&sample);
    assert_null(strstr(interrupted, "+6.5 %"));
    assert_null(strstr(interrupted, ">inside</td>"));
    assert_contains(interrupted, "has not finished");
    free(finished);
    free(interrupted);
}

static void a_metered_command_has_no_loss(void **unused)
{
    (void)unused;
    sample_fill(&sample, true);
    sample.record.kind = "meter";
    sample.point_count = 0;
    char *page = page_of(&sample);
    assert_null(strstr(page, "<h2>Loss</h2>"));
    assert_null(strstr(page, "<dt>Accuracy</dt>"));
    assert_contains(page, "<dt>Command</dt>");
    free(page);
}

static void readers_without_scripts_get_tables(void **unused)
{
    (void)unused;
    sample_fill(&sample, true);
    char *page = page_of(&sample);
    assert_int_equal(count_of(page, "<noscript><div"), 3); // steps, evaluations, power
    assert_contains(page, "<noscript><style>.plot");
    assert_int_equal(count_of(page, "<canvas role=\"img\" aria-label=\""), 4);
    free(page);
}

static void a_huge_run_makes_a_small_page(void **unused)
{
    (void)unused;
    enum { COUNT = 200000 };
    struct pt_progress_point *points = calloc(COUNT, sizeof *points);
    struct pt_error error;
    size_t length;
    assert_non_null(points);
    sample_fill(&sample, true);
    for (int i = 0; i < COUNT; i++)
        points[i] = (struct pt_progress_point){i * 10.0, i, 1, 3 + sin(i * 0.1), NAN, false};
    const char *path = test_path(test_folder(), "huge.html");
    assert_status(pt_report_html(path, &sample.record, points, COUNT, sample.samples,
                                 sample.sample_count, &error),
                  PT_OK, &error);
    char *page = test_read(path, &length);
    assert_in_range(length - strlen(pt_embedded_chart_js), 10000, 200000);
    free(page);
    free(points);
}

static void the_same_run_gives_the_same_bytes(void **unused)
{
    (void)unused;
    sample_fill(&sample, true);
    char *first = page_of(&sample), *second = page_of(&sample);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

// A locale with a decimal comma, made here, since a machine need not have one. localedef complains
// about the missing categories and writes LC_NUMERIC all the same.
static bool enter_comma_locale(void)
{
    const char *folder = test_folder();
    const char *source = test_file(folder, "comma.src",
                                   "comment_char %\nescape_char /\nLC_NUMERIC\n"
                                   "decimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\n"
                                   "END LC_NUMERIC\n");
    char command[512];
    snprintf(command, sizeof command,
             "localedef -c -f ANSI_X3.4-1968 -i %s %s/comma >/dev/null 2>&1", source, folder);
    int ignored = system(command);
    (void)ignored;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_NUMERIC, "comma") != NULL && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void numbers_do_not_depend_on_the_locale(void **unused)
{
    (void)unused;
    sample_fill(&sample, true);
    char *first = page_of(&sample);
    if (!enter_comma_locale()) {
        free(first);
        skip();
    }
    char *second = page_of(&sample);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void a_plan_that_is_no_json_is_named(void **unused)
{
    (void)unused;
    struct pt_error error;
    const char *path = test_path(test_folder(), "report.html");
    sample_fill(&sample, true);
    sample.record.plan_json = "{\"parameter_count\": ";
    assert_status(sample_html(&sample, path, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "run 12: its plan cannot be read");
    sample_fill(&sample, true);
    sample.record.result_json = "[1, 2]";
    assert_status(sample_html(&sample, path, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "run 12: its result");
    assert_null(fopen(path, "r"));
}

static int entries_of(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

// A limit on the size of files is a full disk that a test can have.
static void a_full_disk_leaves_the_old_page(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct rlimit before;
    const char *folder = test_folder();
    const char *path = test_file(folder, "report.html", "old");
    sample_fill(&sample, true);

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 50000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum pt_status status = sample_html(&sample, path, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

    assert_true(status == PT_DISK_FULL || status == PT_IO || status == PT_OVERFLOW);
    assert_contains(error.message, "report.html");
    char *text = test_read(path, NULL);
    assert_string_equal(text, "old");
    assert_int_equal(entries_of(folder), 1); // no temporary file is left
    free(text);
}

static void a_missing_folder_is_named(void **unused)
{
    (void)unused;
    struct pt_error error;
    sample_fill(&sample, true);
    assert_status(sample_html(&sample, "/nonexistent/report.html", &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "/nonexistent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_loaded_from_elsewhere),
        cmocka_unit_test(the_scripts_cannot_end_early),
        cmocka_unit_test(the_data_are_the_runs),
        cmocka_unit_test(the_cost_curve_ends_at_the_bill),
        cmocka_unit_test(hostile_texts_stay_texts),
        cmocka_unit_test(without_a_price_there_is_energy),
        cmocka_unit_test(a_run_without_anything_has_a_page),
        cmocka_unit_test(a_loss_that_is_no_number_says_so),
        cmocka_unit_test(an_unfinished_run_does_not_judge_its_prediction),
        cmocka_unit_test(a_metered_command_has_no_loss),
        cmocka_unit_test(readers_without_scripts_get_tables),
        cmocka_unit_test(a_huge_run_makes_a_small_page),
        cmocka_unit_test(the_same_run_gives_the_same_bytes),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(a_plan_that_is_no_json_is_named),
        cmocka_unit_test(a_full_disk_leaves_the_old_page),
        cmocka_unit_test(a_missing_folder_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
