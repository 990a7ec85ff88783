// What a tokenizer.json may not be, and what is said about it.
#include "tokenizer_support.h"

#include <unistd.h>

#define VOCABULARY "\"vocab\": {\"a\": 0, \"b\": 1, \"ab\": 2}"
#define MERGES     "\"merges\": [\"a b\"]"
#define MODEL      "\"model\": {\"type\": \"BPE\", " VOCABULARY ", " MERGES "}"

static enum pt_status parse(const char *json, size_t length, struct pt_error *error)
{
    struct pt_tokenizer *tokenizer = NULL;
    *error = (struct pt_error){.message = ""};
    enum pt_status status = pt_tokenizer_parse(json, length, "x.json", &tokenizer, error);
    if (status != PT_OK)
        assert_null(tokenizer);
    pt_tokenizer_close(tokenizer);
    return status;
}

static void assert_refused(const char *json, enum pt_status status, const char *part)
{
    struct pt_error error;
    assert_status(parse(json, strlen(json), &error), status, &error);
    assert_contains(error.message, part);
}

static struct pt_tokenizer *parse_good(const char *json)
{
    struct pt_error error;
    struct pt_tokenizer *tokenizer;
    assert_status(pt_tokenizer_parse(json, strlen(json), "x.json", &tokenizer, &error), PT_OK,
                  &error);
    return tokenizer;
}

static void the_smallest_file_is_read(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer = parse_good("{" MODEL "}");
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, "abba", 4, true);
    assert_int_equal(tokens.count, 3);
    assert_int_equal(tokens.ids[0], 2);
    assert_int_equal(tokens.ids[1], 1);
    assert_int_equal(tokens.ids[2], 0);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

static void what_is_no_tokenizer_is_refused(void **unused)
{
    (void)unused;
    assert_refused("", PT_BAD_INPUT, "x.json:1");
    assert_refused("null", PT_BAD_INPUT, "a mapping");
    assert_refused("[]", PT_BAD_INPUT, "a mapping");
    assert_refused("{}", PT_BAD_INPUT, "no key \"model\"");
    assert_refused("{\"model\": 3}", PT_BAD_INPUT, "a mapping");
    assert_refused("{\"model\": {\"type\": \"BPE\"}}", PT_BAD_INPUT, "no \"vocab\"");
    assert_refused("{\"model\": {\"type\": \"BPE\", " VOCABULARY "}}", PT_BAD_INPUT,
                   "no list \"merges\"");
    assert_refused("{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}", PT_BAD_INPUT,
                   "vocabulary is empty");
    assert_refused("{" MODEL "} x", PT_BAD_INPUT, "x.json:1");
    assert_refused("{" MODEL, PT_BAD_INPUT, "x.json:1");
    assert_refused("{" MODEL ", " MODEL "}", PT_BAD_INPUT, "duplicate");
    assert_refused("{\"model\": {" VOCABULARY ", " VOCABULARY ", " MERGES "}}", PT_BAD_INPUT,
                   "duplicate");
}

// Each is a JSON text that another reader might take.
static void models_that_we_do_not_have_are_named(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]]}}", "model \"Unigram\""},
        {"{\"model\": {\"vocab\": {\"a\": 0}}}", "model \"?\""},
        {"{\"normalizer\": {\"type\": \"Nmt\"}, " MODEL "}", "normalizer \"Nmt\""},
        {"{\"normalizer\": {\"type\": \"Precompiled\"}, " MODEL "}", "normalizer \"Precompiled\""},
        {"{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, "
         "{\"type\": \"ByteLevel\"}]}, " MODEL "}",
         "normalizer \"ByteLevel\""},
        {"{\"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}, " MODEL "}",
         "pre-tokenizer \"UnicodeScripts\""},
        {"{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": "
         "\"ByteLevel\"}, {\"type\": \"Digits\"}]}, " MODEL "}",
         "ByteLevel not last"},
        {"{\"decoder\": {\"type\": \"CTC\"}, " MODEL "}", "decoder \"CTC\""},
        {"{\"decoder\": {\"type\": \"Replace\", \"pattern\": {\"Regex\": \"a\"}, \"content\": "
         "\"b\"}, " MODEL "}",
         "decoder Replace"},
        {"{\"post_processor\": {\"type\": \"New\"}, " MODEL "}", "post-processor \"New\""},
        {"{\"model\": {\"type\": \"BPE\", \"dropout\": 0.1, " VOCABULARY ", " MERGES "}}",
         "\"dropout\""},
        {"{\"pre_tokenizer\": {\"type\": \"ByteLevel\"}, \"model\": {\"type\": \"WordLevel\", "
         "\"vocab\": {\"a\": 0}}}",
         "ByteLevel with a model other than"},
        {"{\"pre_tokenizer\": {\"type\": \"ByteLevel\"}, \"model\": {\"byte_fallback\": "
         "true, " VOCABULARY ", " MERGES "}}",
         "incomplete alphabet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_refused(cases[i][0], PT_UNSUPPORTED, "not supported");
        assert_refused(cases[i][0], PT_UNSUPPORTED, cases[i][1]);
    }
}

static void refuse_vocabulary(const char *vocabulary, const char *part)
{
    char json[1000];
    snprintf(json, sizeof json, "{\n\"model\": {\"merges\": [],\n\"vocab\": %s\n}}", vocabulary);
    assert_refused(json, PT_BAD_INPUT, part);
    assert_refused(json, PT_BAD_INPUT, "x.json:3"); // the line
}

static void vocabularies_are_read_strictly(void **unused)
{
    (void)unused;
    refuse_vocabulary("{\"a\": 0, \"a\": 1}", "the token \"a\" has two ids, 0 and 1");
    refuse_vocabulary("{\"a\": 0, \"\\u0061\": 1}", "the token \"a\" has two ids");
    refuse_vocabulary("{\"a\": 7, \"b\": 7}", "id 7 is given to both \"a\" and \"b\"");
    refuse_vocabulary("{\"a\": -1}", "no whole number");
    refuse_vocabulary("{\"a\": 1.5}", "expected ','");
    refuse_vocabulary("{\"a\": 01}", "no whole number");
    refuse_vocabulary("{\"a\": \"0\"}", "no whole number");
    refuse_vocabulary("{\"a\": 99999999999999999999}", "no whole number");
    refuse_vocabulary("{\"a\": 2147483647}", "no whole number");
    refuse_vocabulary("{\"a\": 2147483646}", "only 1 tokens");
    refuse_vocabulary("{\"a\": 0,}", "expected a string");
    refuse_vocabulary("{a: 0}", "expected a string");
    refuse_vocabulary("{\"a\" 0}", "expected ':'");
    refuse_vocabulary("{\"a\": 0 \"b\": 1}", "expected ','");
    refuse_vocabulary("{\"\\x\": 0}", "wrong escape");
    refuse_vocabulary("{\"\\u12\": 0}", "wrong escape");
    refuse_vocabulary("{\"\\ud800\": 0}", "wrong escape");
    refuse_vocabulary("{\"\\ud800\\u0041\": 0}", "wrong escape");
    refuse_vocabulary("{\"\\udc00\": 0}", "wrong escape");
    refuse_vocabulary("{\"a\tb\": 0}", "control character");
    refuse_vocabulary("{\"\xFF\": 0}", "no UTF-8");
    refuse_vocabulary("{\"\xED\xA0\x80\": 0}", "no UTF-8");
}

static void escapes_mean_what_json_says(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer = parse_good(
        "{\"model\": {\"merges\": [], \"vocab\": {\"\\ud83d\\ude00\": 0, \"\\\"\\\\\\/\\b\\f\\n\\r"
        "\\t\": 1, \"\\u0000\": 2, \"\": 3}}}");
    assert_int_equal(pt_tokenizer_find(tokenizer, "\xF0\x9F\x98\x80", 4), 0);
    assert_int_equal(pt_tokenizer_find(tokenizer, "\"\\/\b\f\n\r\t", 8), 1);
    assert_int_equal(pt_tokenizer_find(tokenizer, "\0", 1), 2);
    assert_int_equal(pt_tokenizer_find(tokenizer, "", 0), 3);
    pt_tokenizer_close(tokenizer);
}

static void refuse_merges(const char *merges, const char *part)
{
    char json[1000];
    snprintf(json, sizeof json, "{\n\"model\": {" VOCABULARY ",\n\"merges\": %s\n}}", merges);
    assert_refused(json, PT_BAD_INPUT, part);
    assert_refused(json, PT_BAD_INPUT, "x.json:3");
}

static void merges_are_read_strictly(void **unused)
{
    (void)unused;
    refuse_merges("[\"a c\"]", "a merge names \"c\", which is not in the vocabulary");
    refuse_merges("[\"c a\"]", "a merge names \"c\"");
    refuse_merges("[\"b a\"]", "a merge names \"ba\"");
    refuse_merges("[\"ab\"]", "not two tokens");
    refuse_merges("[\"a  b\"]", "not two tokens");
    refuse_merges("[\"a b \"]", "not two tokens");
    refuse_merges("[[\"a\", \"b\", \"a\"]]", "expected ']'");
    refuse_merges("[[\"a\"]]", "expected ','");
    refuse_merges("[[\"a\", 1]]", "expected a string");
    refuse_merges("[{}]", "expected a string");
    refuse_merges("[\"a b\",]", "expected a string");
    refuse_merges("[\"a b\" \"a b\"]", "expected ','");
    assert_refused("{\"model\": {\"continuing_subword_prefix\": \"##\", " VOCABULARY ", " MERGES
                   "}}",
                   PT_BAD_INPUT, "lacks the prefix");
    // A first line of merges.txt is passed over, like in the original.
    pt_tokenizer_close(
        parse_good("{\"model\": {" VOCABULARY ", \"merges\": [\"#version: 0.2\", \"a b\"]}}"));
}

static void refuse_added(const char *added, const char *part)
{
    char json[1000];
    snprintf(json, sizeof json, "{\"added_tokens\": [%s], " MODEL "}", added);
    assert_refused(json, PT_BAD_INPUT, part);
}

static void added_tokens_must_fit_the_vocabulary(void **unused)
{
    (void)unused;
    refuse_added("{\"id\": 3}", "missing key \"content\"");
    refuse_added("{\"content\": \"x\"}", "missing key \"id\"");
    refuse_added("{\"id\": -1, \"content\": \"x\"}", "id");
    refuse_added("{\"id\": 2000000000, \"content\": \"x\"}", "too high for 4 tokens");
    refuse_added("{\"id\": 2, \"content\": \"x\"}", "the id 2 of \"x\" belongs to \"ab\"");
    refuse_added("{\"id\": 3, \"content\": \"a\"}", "has the id 3, but 0 in the vocabulary");
    refuse_added("{\"id\": 3, \"content\": \"x\"}, {\"id\": 4, \"content\": \"x\"}", "added twice");
    refuse_added("{\"id\": 3, \"content\": \"x\"}, {\"id\": 3, \"content\": \"y\"}", "belongs to");
    refuse_added("{\"id\": 3, \"content\": \"x\", \"lstrip\": 1}", "true or false");
    assert_refused("{\"added_tokens\": 1, " MODEL "}", PT_BAD_INPUT, "a list");
    assert_refused("{\"normalizer\": {\"type\": \"Strip\", \"strip_left\": true, \"strip_right\": "
                   "true}, \"added_tokens\": [{\"id\": 3, \"content\": \" \", \"normalized\": "
                   "true}], " MODEL "}",
                   PT_BAD_INPUT, "leaves nothing of this added token");
}

static void post_processors_name_tokens_that_exist(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"{\"type\": \"BertProcessing\", \"sep\": [\"x\", 9], \"cls\": [\"a\", 0]}", "sep"},
        {"{\"type\": \"BertProcessing\", \"sep\": [\"a\", 0]}", "\"cls\" is not [token, id]"},
        {"{\"type\": \"TemplateProcessing\"}", "missing key \"single\""},
        {"{\"type\": \"TemplateProcessing\", \"single\": []}", "0 texts; one is needed"},
        {"{\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {}}, {\"Sequence\": "
         "{}}]}",
         "2 texts; one is needed"},
        {"{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"q\"}}]}",
         "no ids for \"q\""},
        {"{\"type\": \"TemplateProcessing\", \"single\": [{}]}", "expected SpecialToken"},
        {"{\"type\": \"Sequence\"}", "missing key \"processors\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[1000];
        snprintf(json, sizeof json, "{\"post_processor\": %s, " MODEL "}", cases[i][0]);
        struct pt_error error;
        assert_status(parse(json, strlen(json), &error), PT_BAD_INPUT, &error);
        if (i > 0)
            assert_contains(error.message, cases[i][1]);
    }
}

static void refuse_expression(const char *expression, const char *part)
{
    char json[1000];
    snprintf(json, sizeof json,
             "{\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"%s\"}, "
             "\"behavior\": \"Isolated\", \"invert\": false}, " MODEL "}",
             expression);
    assert_refused(json, PT_UNSUPPORTED, part);
}

// Oniguruma reads each of these otherwise than PCRE2, or only one of them does.
static void regular_expressions_that_differ_are_refused(void **unused)
{
    (void)unused;
    refuse_expression("[a-z&&[^b]]", "&& inside [...]");
    refuse_expression("[a[b]]", "a set inside a set");
    refuse_expression("[[:alpha:]]", "a set inside a set");
    refuse_expression("[\\\\S]", "\\S or \\W inside [...]");
    refuse_expression("\\\\h", "uses \\h");
    refuse_expression("\\\\b", "uses \\b");
    refuse_expression("\\\\R", "uses \\R");
    refuse_expression("a{,3}", "{,n}");
    refuse_expression("a{2}+", "behind {n}");
    refuse_expression("a{2}?", "behind {n}");
    refuse_expression("(?m:a)", "a group of another kind");
    refuse_expression("(*FAIL)", "(*");
    refuse_expression("\\\\u12", "\\u without four digits");
    refuse_expression("a\\\\", "a backslash at its end");
    refuse_expression("(", "PCRE2 cannot read");
    refuse_expression("\\\\p{NoSuchClass}", "PCRE2 cannot read");
}

// Backtracking without end: given up, with a message, and not after hours.
static void regular_expressions_cannot_run_for_ever(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_tokens tokens = {0};
    char text[64];
    memset(text, 'a', sizeof text);
    struct pt_tokenizer *tokenizer =
        parse_good("{\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": "
                   "\"(?:a|aa)+[cd]\"}, \"behavior\": \"Isolated\", \"invert\": "
                   "false}, " MODEL "}");
    struct pt_encoder *encoder = encoder_of(tokenizer);
    assert_status(pt_encode(encoder, text, sizeof text, NULL, &tokens, &error), PT_BAD_INPUT,
                  &error);
    assert_contains(error.message, "gave up");
    assert_int_equal(tokens.count, 0);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

// A replacement of 2000 bytes for each of a million: 2 GB are refused, not tried.
static void normalizers_cannot_take_all_memory(void **unused)
{
    (void)unused;
    enum { CONTENT = 2000, TEXT = 1000000 };
    char json[CONTENT + 500], content[CONTENT + 1];
    struct pt_error error;
    struct pt_tokens tokens = {0};
    memset(content, 'b', CONTENT);
    content[CONTENT] = '\0';
    snprintf(json, sizeof json,
             "{\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, "
             "\"content\": \"%s\"}, " MODEL "}",
             content);
    struct pt_tokenizer *tokenizer = parse_good(json);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    char *text = malloc(TEXT);
    memset(text, 'a', TEXT);
    assert_status(pt_encode(encoder, text, TEXT, NULL, &tokens, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "more than 64 times as long");
    free(text);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

static void encode_unknown(const char *model)
{
    char json[300];
    struct pt_error error;
    struct pt_tokens tokens = {0};
    snprintf(json, sizeof json, "{\"model\": {\"type\": \"%s\", \"vocab\": {\"a\": 0}}}", model);
    struct pt_tokenizer *tokenizer = parse_good(json);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    assert_status(pt_encode(encoder, "b", 1, NULL, &tokens, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "the word \"b\" is not in the vocabulary");
    assert_int_equal(tokens.count, 0);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

static void unknown_words_need_an_unknown_token(void **unused)
{
    (void)unused;
    encode_unknown("WordPiece");
    encode_unknown("WordLevel");
}

static void too_many_steps_are_refused(void **unused)
{
    (void)unused;
    char json[3000] = "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [";
    for (int i = 0; i < 33; i++)
        strcat(json, i == 0 ? "{\"type\": \"NFC\"}" : ", {\"type\": \"NFC\"}");
    strcat(json, "]}, " MODEL "}");
    assert_refused(json, PT_BAD_INPUT, "more than 32 steps");
}

static void deep_nesting_is_refused(void **unused)
{
    (void)unused;
    enum { DEPTH = 100000 };
    struct pt_error error;
    static const char *const heads[] = {"", "{\"model\": ", "{\"model\": {\"vocab\": {\"a\": "};
    for (int i = 0; i < 3; i++) {
        char *json = malloc(DEPTH + 100);
        size_t head = strlen(heads[i]);
        memcpy(json, heads[i], head);
        memset(json + head, '[', DEPTH);
        assert_status(parse(json, head + DEPTH, &error), PT_BAD_INPUT, &error);
        free(json);
    }
}

// Every beginning of a good file is refused, none crashes.
static void truncated_files_are_refused(void **unused)
{
    (void)unused;
    size_t length;
    struct pt_error error;
    char *json = test_read(tokenizer_file("words"), &length);
    while (length > 0 && json[length - 1] <= ' ')
        length--;
    assert_status(parse(json, length, &error), PT_OK, &error);
    for (size_t i = 0; i < length; i += i < 3000 ? 1 : 37)
        assert_status(parse(json, i, &error), PT_BAD_INPUT, &error);
    assert_status(parse(json, length - 1, &error), PT_BAD_INPUT, &error);
    free(json);
}

static void files_that_cannot_be_read_are_named(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_tokenizer *tokenizer = NULL;
    const char *folder = test_folder();
    assert_status(pt_tokenizer_open(test_path(folder, "none.json"), &tokenizer, &error),
                  PT_NOT_FOUND, &error);
    assert_contains(error.message, "none.json");
    assert_status(pt_tokenizer_open(folder, &tokenizer, &error), PT_BAD_INPUT, &error);
    const char *large = test_file(folder, "large.json", "{}");
    assert_int_equal(truncate(large, (64 << 20) + 1), 0); // sparse
    assert_status(pt_tokenizer_open(large, &tokenizer, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "large.json");
    assert_null(tokenizer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_file_is_read),
        cmocka_unit_test(what_is_no_tokenizer_is_refused),
        cmocka_unit_test(models_that_we_do_not_have_are_named),
        cmocka_unit_test(vocabularies_are_read_strictly),
        cmocka_unit_test(escapes_mean_what_json_says),
        cmocka_unit_test(merges_are_read_strictly),
        cmocka_unit_test(added_tokens_must_fit_the_vocabulary),
        cmocka_unit_test(post_processors_name_tokens_that_exist),
        cmocka_unit_test(regular_expressions_that_differ_are_refused),
        cmocka_unit_test(regular_expressions_cannot_run_for_ever),
        cmocka_unit_test(normalizers_cannot_take_all_memory),
        cmocka_unit_test(unknown_words_need_an_unknown_token),
        cmocka_unit_test(too_many_steps_are_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
