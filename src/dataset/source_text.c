// kind: text. Text files become token ids, and samples are windows of them.
//
// The last part of the text is the test part, so no window of one part overlaps the other. A
// tokenizer that is trained here sees the training part alone.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/byte_stream.h"
#include "dataset/internal.h"
#include "dataset/token_windows.h"

#define FILE_LIMIT ((size_t)4 << 30)

enum tokenizer_kind { BYTES, CHARACTERS, FROM_FILE, TRAINED };

struct plan {
    const struct pt_node *file, *test_file;
    const char *base_directory;
    double test_share;
    enum tokenizer_kind kind;
    const char *tokenizer_path;
    int64_t vocabulary;      // of TRAINED
    const char *separator;   // between documents; NULL: one text
    const char *end_token;   // what is put behind a document
    bool replace_wrong_utf8; // or refuse
    struct pt_token_windows windows;
    struct pt_arena *arena;
    struct pt_text train, test;
};

// ---------------------------------------------------------------------------------------- keys
static enum pt_status read_tokenizer_mapping(const struct pt_node *node, struct plan *plan,
                                             struct pt_error *error)
{
    static const char *const keys[] = {"kind", "vocabulary", NULL};
    static const char *const kinds[] = {"bpe", NULL};
    int kind;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    const struct pt_node *kind_node = pt_node_find(node, "kind");
    if (status == PT_OK && kind_node == NULL)
        return pt_node_fail(error, node, "missing key \"kind\": bpe");
    if (status == PT_OK)
        status = pt_node_choice(kind_node, kinds, &kind, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "vocabulary", PT_REQUIRED, 257, 1 << 24,
                                     &plan->vocabulary, error);
    plan->kind = TRAINED;
    return status;
}

// byte, character, the path of a tokenizer.json, or {kind: bpe, vocabulary: N}.
static enum pt_status read_tokenizer(const struct pt_node *node, struct plan *plan,
                                     struct pt_error *error)
{
    const struct pt_node *child = pt_node_find(node, "tokenizer");
    const char *text;
    if (child == NULL)
        return pt_node_fail(error, node,
                            "missing key \"tokenizer\": byte, character, the path of a "
                            "tokenizer.json, or {kind: bpe, vocabulary: 4096}");
    if (child->kind == PT_NODE_MAPPING)
        return read_tokenizer_mapping(child, plan, error);
    enum pt_status status = pt_node_string(child, &text, error);
    if (status != PT_OK)
        return status;
    plan->kind = strcmp(text, "byte") == 0        ? BYTES
                 : strcmp(text, "character") == 0 ? CHARACTERS
                                                  : FROM_FILE;
    if (plan->kind != FROM_FILE)
        return PT_OK;
    if (strchr(text, '/') == NULL && strchr(text, '.') == NULL)
        return pt_node_fail(error, child,
                            "tokenizer: \"%s\" is neither byte, character nor the path of a "
                            "tokenizer.json",
                            text);
    return pt_dataset_path(plan->arena, child, plan->base_directory, &plan->tokenizer_path, error);
}

static enum pt_status read_documents(const struct pt_node *node, struct plan *plan,
                                     struct pt_error *error)
{
    const struct pt_node *separator = pt_node_find(node, "documents");
    enum pt_status status =
        pt_node_get_string(node, "documents", PT_OPTIONAL, &plan->separator, error);
    if (status == PT_OK && separator != NULL && plan->separator[0] == '\0')
        return pt_node_fail(error, separator, "documents: the text between documents is empty");
    const struct pt_node *end = pt_node_find(node, "end_token");
    if (status == PT_OK && end != NULL && separator == NULL)
        return pt_node_fail(error, end,
                            "end_token stands behind documents; say what is between "
                            "them: documents: \"\\n\\n\\n\"");
    plan->end_token = PT_END_OF_TEXT;
    return status == PT_OK
               ? pt_node_get_string(node, "end_token", PT_OPTIONAL, &plan->end_token, error)
               : status;
}

static enum pt_status read_wrong_utf8(const struct pt_node *node, struct plan *plan,
                                      struct pt_error *error)
{
    static const char *const words[] = {"refuse", "replace", NULL};
    const struct pt_node *child = pt_node_find(node, "wrong_utf8");
    int index = 0;
    enum pt_status status = child != NULL ? pt_node_choice(child, words, &index, error) : PT_OK;
    plan->replace_wrong_utf8 = index == 1;
    return status;
}

static enum pt_status read_plan(const struct pt_node *node, struct plan *plan,
                                struct pt_error *error)
{
    static const char *const keys[] = {"kind",      "file",       "test_file", "test_share",
                                       "tokenizer", "length",     "stride",    "documents",
                                       "end_token", "wrong_utf8", NULL};
    uint64_t seed;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    plan->file = pt_node_find(node, "file");
    plan->test_file = pt_node_find(node, "test_file");
    if (status == PT_OK && plan->file == NULL)
        return pt_node_fail(error, node, "missing key \"file\"");
    if (status == PT_OK)
        status = pt_dataset_read_split(node, &plan->test_share, &seed, error);
    if (status == PT_OK && plan->test_file != NULL && plan->test_share > 0)
        return pt_node_fail(error, node, "give either test_file or test_share, not both");
    if (status == PT_OK)
        status = read_tokenizer(node, plan, error);
    if (status == PT_OK)
        status = read_documents(node, plan, error);
    if (status == PT_OK)
        status = read_wrong_utf8(node, plan, error);
    return status == PT_OK ? pt_token_windows_read_keys(node, &plan->windows, error) : status;
}

// --------------------------------------------------------------------------------------- files
static enum pt_status append_text(struct plan *plan, const char *path, const char *bytes,
                                  size_t length, struct pt_text *text, struct pt_error *error)
{
    size_t valid = plan->kind == BYTES ? length : pt_utf8_valid(bytes, length);
    if (valid < length && !plan->replace_wrong_utf8)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: byte %zu is no UTF-8 (0x%02x); say wrong_utf8: replace, tokenizer: "
                       "byte, or convert the file, for example with iconv -f latin1 -t utf8",
                       path, valid, (unsigned char)bytes[valid]);
    bool done = valid == length ? pt_text_append(text, bytes, length)
                                : pt_text_append_repaired(text, bytes, length);
    return done ? PT_OK : pt_fail(error, PT_NO_MEMORY, "%s: no memory for its text", path);
}

static enum pt_status read_file(struct plan *plan, const struct pt_node *node, struct pt_text *text,
                                struct pt_error *error)
{
    const char *path = NULL;
    char *bytes = NULL;
    size_t length = 0;
    struct pt_byte_stream *stream;
    enum pt_status status = pt_dataset_path(plan->arena, node, plan->base_directory, &path, error);
    if (status == PT_OK)
        status = pt_byte_stream_open(path, &stream, error);
    if (status != PT_OK)
        return status;
    status = pt_byte_stream_read_all(stream, FILE_LIMIT, &bytes, &length, error);
    pt_byte_stream_close(stream);
    if (status == PT_OK)
        status = append_text(plan, path, bytes, length, text, error);
    free(bytes);
    plan->windows.what = path;
    return status;
}

// One path or a list of them, one behind the other; between documents, if there are any.
static enum pt_status read_files(struct plan *plan, const struct pt_node *node,
                                 struct pt_text *text, struct pt_error *error)
{
    if (node->kind != PT_NODE_SEQUENCE)
        return read_file(plan, node, text, error);
    enum pt_status status = PT_OK;
    if (node->count == 0)
        return pt_node_fail(error, node, "an empty list of files");
    for (const struct pt_node *item = node->first; item != NULL && status == PT_OK;
         item = item->next) {
        status = read_file(plan, item, text, error);
        if (status == PT_OK && plan->separator != NULL && item->next != NULL &&
            !pt_text_append(text, plan->separator, strlen(plan->separator)))
            status = pt_fail(error, PT_NO_MEMORY, "no memory for the text");
    }
    return status;
}

// Behind the last separator (or line) that ends at or before place, but not in the first half of
// what is before it; else the beginning of a character.
static size_t good_place(const struct plan *plan, size_t place)
{
    const char *text = plan->train.bytes;
    const char *mark = plan->separator != NULL ? plan->separator : "\n";
    size_t size = strlen(mark);
    for (size_t at = place; at > place / 2 && at >= size; at--)
        if (memcmp(text + at - size, mark, size) == 0)
            return at;
    while (plan->kind != BYTES && place > 0 && ((unsigned char)text[place] & 0xC0) == 0x80)
        place--;
    return place;
}

static enum pt_status read_texts(struct plan *plan, struct pt_error *error)
{
    enum pt_status status = read_files(plan, plan->file, &plan->train, error);
    if (status == PT_OK && plan->test_file != NULL)
        status = read_files(plan, plan->test_file, &plan->test, error);
    if (status != PT_OK || plan->test_share <= 0 || plan->train.length == 0)
        return status;
    size_t cut = (size_t)llround((double)plan->train.length * (1 - plan->test_share));
    cut = good_place(plan, cut < plan->train.length ? cut : plan->train.length - 1);
    if (!pt_text_append(&plan->test, plan->train.bytes + cut, plan->train.length - cut))
        return pt_fail(error, PT_NO_MEMORY, "no memory for the text");
    plan->train.length = cut;
    return PT_OK;
}

// -------------------------------------------------------------------------------------- tokens
// Characters of the test part belong to the vocabulary: they could not be read otherwise.
static enum pt_status make_character_tokenizer(struct plan *plan,
                                               struct pt_tokenizer **ret_tokenizer,
                                               struct pt_error *error)
{
    size_t length = plan->train.length;
    if (!pt_text_append(&plan->train, plan->test.bytes, plan->test.length))
        return pt_fail(error, PT_NO_MEMORY, "no memory for the text");
    enum pt_status status =
        pt_tokenizer_characters(plan->train.bytes, plan->train.length, ret_tokenizer, error);
    plan->train.length = length;
    return status;
}

static enum pt_status make_tokenizer(struct plan *plan, struct pt_tokenizer **ret_tokenizer,
                                     struct pt_error *error)
{
    switch (plan->kind) {
    case BYTES:
        return pt_tokenizer_bytes(ret_tokenizer, error);
    case CHARACTERS:
        return make_character_tokenizer(plan, ret_tokenizer, error);
    case FROM_FILE:
        return pt_tokenizer_open(plan->tokenizer_path, ret_tokenizer, error);
    default:
        return pt_tokenizer_train_bpe(plan->train.bytes, plan->train.length, plan->vocabulary,
                                      ret_tokenizer, error);
    }
}

// Each document, and behind it the end token.
static enum pt_status encode_documents(const struct plan *plan, struct pt_encoder *encoder,
                                       const struct pt_text *text, int32_t end_id,
                                       struct pt_tokens *tokens, struct pt_error *error)
{
    size_t size = strlen(plan->separator), at = 0;
    while (at < text->length) {
        const char *found = memmem(text->bytes + at, text->length - at, plan->separator, size);
        size_t end = found != NULL ? (size_t)(found - text->bytes) : text->length;
        enum pt_status status = PT_OK;
        if (end > at) {
            status = pt_encode(encoder, text->bytes + at, end - at, NULL, tokens, error);
            if (status == PT_OK && !pt_tokens_append(tokens, end_id))
                status = pt_fail(error, PT_NO_MEMORY, "no memory for the tokens");
        }
        if (status != PT_OK)
            return status;
        at = end + (found != NULL ? size : 0);
    }
    return PT_OK;
}

static enum pt_status encode_part(const struct plan *plan, const struct pt_tokenizer *tokenizer,
                                  const struct pt_text *text, struct pt_tokens *tokens,
                                  struct pt_error *error)
{
    struct pt_encoder *encoder;
    int32_t end_id = -1;
    if (plan->separator != NULL) {
        end_id = pt_tokenizer_find(tokenizer, plan->end_token, strlen(plan->end_token));
        if (end_id < 0)
            return pt_fail(error, PT_BAD_INPUT,
                           "documents: the tokenizer has no token \"%s\" to put behind one; name "
                           "another with end_token, or leave documents out",
                           plan->end_token);
    }
    enum pt_status status = pt_encoder_create(tokenizer, &encoder, error);
    if (status != PT_OK)
        return status;
    if (plan->separator != NULL)
        status = encode_documents(plan, encoder, text, end_id, tokens, error);
    else
        status = pt_encode(encoder, text->bytes, text->length, NULL, tokens, error);
    pt_encoder_destroy(encoder);
    return status;
}

static enum pt_status make_part(struct plan *plan, struct pt_token_owner *owner,
                                const struct pt_tokenizer *tokenizer, struct pt_text *text,
                                const char *what, struct pt_dataset **ret_part,
                                struct pt_error *error)
{
    struct pt_tokens tokens = {0};
    enum pt_status status = encode_part(plan, tokenizer, text, &tokens, error);
    pt_text_free(text);
    if (status == PT_OK && !pt_tokens_reserve(&tokens, 1)) // not NULL, also without tokens
        status = pt_fail(error, PT_NO_MEMORY, "no memory for the tokens");
    plan->windows.ids = tokens.ids;
    plan->windows.count = tokens.count;
    if (status == PT_OK)
        status = pt_token_windows_create(&plan->windows, owner, ret_part, error);
    if (status != PT_OK)
        pt_fail_within(error, status, "%s", what);
    pt_tokens_free(&tokens);
    return status;
}

static enum pt_status make_parts(struct plan *plan, struct pt_dataset_pair *pair,
                                 struct pt_error *error)
{
    struct pt_tokenizer *tokenizer;
    struct pt_token_owner *owner;
    bool has_test = plan->test_file != NULL || plan->test_share > 0;
    enum pt_status status = make_tokenizer(plan, &tokenizer, error);
    if (status == PT_OK)
        status = pt_token_owner_create(tokenizer, NULL, &owner, error);
    if (status != PT_OK)
        return status;
    plan->windows.vocabulary = pt_tokenizer_vocabulary(tokenizer);
    status = make_part(plan, owner, tokenizer, &plan->train, "training part", &pair->train, error);
    if (status == PT_OK && has_test)
        status = make_part(plan, owner, tokenizer, &plan->test, "test part", &pair->test, error);
    pt_token_owner_release(owner);
    return status;
}

static enum pt_status open_text(const struct pt_node *node, const char *base_directory,
                                struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    struct plan plan = {.base_directory = base_directory, .arena = pt_arena_create()};
    struct pt_dataset_pair pair = {NULL, NULL};
    if (plan.arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    enum pt_status status = read_plan(node, &plan, error);
    if (status == PT_OK)
        status = read_texts(&plan, error);
    if (status == PT_OK)
        status = make_parts(&plan, &pair, error);
    pt_text_free(&plan.train);
    pt_text_free(&plan.test);
    pt_arena_destroy(plan.arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_text = {.name = "text", .open = open_text};
