#include "base/node.h"
#include "report/document.h"
#include "sample.h"

static char *json_of(const struct sample *sample)
{
    char *text = NULL;
    size_t length;
    struct pt_error error;
    FILE *stream = open_memstream(&text, &length);
    const struct pt_report_run run = {&sample->record, sample->points, sample->point_count,
                                      sample->samples, sample->sample_count};
    assert_status(pt_report_json(stream, &run, &error), PT_OK, &error);
    fclose(stream);
    return text;
}

static const struct pt_node *parse(struct pt_arena *arena, const char *text)
{
    const struct pt_node *root;
    struct pt_error error;
    assert_status(pt_json_parse(arena, text, strlen(text), "json", &root, &error), PT_OK, &error);
    return root;
}

static void the_whole_run_is_told(void **unused)
{
    (void)unused;
    static struct sample sample;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    char *text = json_of(&sample);
    const struct pt_node *root = parse(arena, text);

    assert_string_equal(pt_node_find(root, "name")->text, "fashion-mlp");
    assert_string_equal(pt_node_find(root, "start")->text, "2026-11-24T08:41:12Z");
    assert_string_equal(pt_node_find(root, "duration_seconds")->text, "12");
    assert_int_equal(pt_node_find(root, "points")->count, SAMPLE_POINTS + SAMPLE_EPOCHS);
    assert_int_equal(pt_node_find(root, "samples")->count, SAMPLE_SAMPLES);
    assert_int_equal(pt_node_find(pt_node_find(root, "bill"), "rows")->count, 8);
    const struct pt_node *point = pt_node_find(root, "points")->first;
    assert_true(pt_node_find(point, "accuracy")->is_null); // not measured there, not 0
    assert_string_equal(pt_node_find(point, "evaluation")->text, "false");
    free(text);
    pt_arena_destroy(arena);
}

// Types survive the copy: a text that looks like a number stays a text.
static void plan_and_result_are_copied_unchanged(void **unused)
{
    (void)unused;
    static struct sample sample;
    struct pt_arena *arena = pt_arena_create();
    sample_fill(&sample, true);
    sample.record.plan_json = "{\"a\": [1, -2.5e-3, true, false, null, \"7\", {\"b\": {}}, []],"
                              " \"big\": 9007199254740993}";
    char *text = json_of(&sample);
    const struct pt_node *plan = pt_node_find(parse(arena, text), "plan");
    const struct pt_node *item = pt_node_find(plan, "a")->first;

    assert_string_equal(item->text, "1");
    assert_near(strtod((item = item->next)->text, NULL), -0.0025, 0);
    assert_string_equal((item = item->next)->text, "true");
    assert_string_equal((item = item->next)->text, "false");
    assert_true((item = item->next)->is_null);
    assert_true((item = item->next)->quoted);
    assert_int_equal((item = item->next)->kind, PT_NODE_MAPPING);
    assert_int_equal(item->next->kind, PT_NODE_SEQUENCE);
    assert_string_equal(pt_node_find(plan, "big")->text, "9007199254740993");
    free(text);
    pt_arena_destroy(arena);
}

static void a_broken_result_is_named(void **unused)
{
    (void)unused;
    struct pt_error error;
    const struct pt_run_record record = {.id = 5, .result_json = "{"};
    const struct pt_report_run run = {.record = &record};
    assert_status(pt_report_json(stderr, &run, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "run 5: its result cannot be read");
}

static void numbers_are_looked_up_by_their_names(void **unused)
{
    (void)unused;
    static const char *const accuracy[] = {"test_accuracy", "accuracy", NULL};
    static const char *const parameters[] = {"parameters", NULL};
    static const char *const none[] = {"name", "missing", NULL};
    const struct pt_run_record record = {
        .plan_json = "{\"accuracy\": 0.1, \"name\": \"7\", \"model\": {\"parameters\": 42}}",
        .result_json = "{\"accuracy\": {\"value\": 0.9, \"low\": 0.8, \"high\": 1}}",
    };
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_texts texts;
    struct pt_error error;
    assert_status(pt_run_texts_parse(arena, &record, &texts, &error), PT_OK, &error);
    assert_near(pt_run_number(&texts, accuracy), 0.9, 0); // the result comes before the plan
    assert_near(pt_run_number(&texts, parameters), 42, 0);
    assert_true(isnan(pt_run_number(&texts, none)));
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_run_is_told),
        cmocka_unit_test(plan_and_result_are_copied_unchanged),
        cmocka_unit_test(a_broken_result_is_named),
        cmocka_unit_test(numbers_are_looked_up_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
