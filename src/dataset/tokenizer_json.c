// The two large values of a tokenizer.json, model.vocab and model.merges, read without a tree.
//
// A vocabulary of 128,000 tokens with 280,000 merges would be a million nodes and a second of
// parsing. So these two values are cut out, the rest is read as any JSON, and here their text is
// read, just as strictly: RFC 8259, valid UTF-8, no duplicate keys. Tokens without an escape are
// not copied.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/tokenizer_scan.h"

// Real files leave a few ids free for padding; more are a wrong file, which would cost memory.
enum { FREE_IDS_MAX = 1 << 16 };

static enum pt_status read_id(struct pt_scan *scan, const struct pt_token *token, int32_t *ret_id)
{
    scan->at = pt_scan_skip_blanks(scan->at, scan->end);
    const char *begin = scan->at;
    int64_t id = 0;
    for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++)
        if (id <= INT32_MAX)
            id = id * 10 + (*scan->at - '0');
    int64_t digits = scan->at - begin;
    if (digits == 0 || (digits > 1 && *begin == '0') || id > INT32_MAX - 1)
        return pt_scan_fail(scan, "the id of \"%.*s\" is no whole number from 0 to %d",
                            (int)token->length, token->text, INT32_MAX - 1);
    *ret_id = (int32_t)id;
    return PT_OK;
}

// An upper bound: an entry has a comma or is the last, and is no shorter than "":0
static int64_t count_entries(const struct pt_vocabulary_span *span)
{
    int64_t count = 1, most = 1 + (span->end - span->begin) / 5;
    for (const char *at = span->begin; at < span->end; at++)
        count += *at == ',';
    return count < most ? count : most;
}

struct entry {
    struct pt_token token;
    int32_t id;
};

static enum pt_status read_entries(struct pt_scan *scan, struct entry *entries, int64_t *ret_count)
{
    int64_t count = 0;
    scan->at++; // the bracket
    if (pt_scan_take(scan, '}')) {
        *ret_count = 0;
        return PT_OK;
    }
    do {
        struct entry *entry = &entries[count];
        enum pt_status status = pt_scan_string(scan, &entry->token);
        if (status == PT_OK && !pt_scan_take(scan, ':'))
            status = pt_scan_fail(scan, "expected ':'");
        if (status == PT_OK)
            status = read_id(scan, &entry->token, &entry->id);
        if (status != PT_OK)
            return status;
        count++;
    } while (pt_scan_take(scan, ','));
    *ret_count = count;
    if (!pt_scan_take(scan, '}') || scan->at != scan->end)
        return pt_scan_fail(scan, "expected ',' or '}'");
    return PT_OK;
}

static enum pt_status place_entries(struct pt_scan *scan, const struct entry *entries,
                                    int64_t count)
{
    struct pt_tokenizer *tokenizer = scan->tokenizer;
    int64_t size = 0;
    for (int64_t i = 0; i < count; i++)
        if (entries[i].id >= size)
            size = entries[i].id + 1;
    if (size > 2 * count + FREE_IDS_MAX)
        return pt_scan_fail(scan,
                            "the highest id is %" PRId64 ", but there are only %" PRId64 " tokens",
                            size - 1, count);
    tokenizer->tokens = pt_arena_alloc(tokenizer->arena, (size_t)size, sizeof *tokenizer->tokens);
    if (tokenizer->tokens == NULL ||
        !pt_token_index_create(tokenizer->arena, count, &tokenizer->index))
        return pt_tokenizer_no_memory(scan->error);
    for (int64_t i = 0; i < count; i++) {
        struct pt_token *token = &tokenizer->tokens[entries[i].id];
        if (token->text != NULL)
            return pt_scan_fail(scan, "id %" PRId32 " is given to both \"%.*s\" and \"%.*s\"",
                                entries[i].id, (int)token->length, token->text,
                                (int)entries[i].token.length, entries[i].token.text);
        *token = entries[i].token;
        int32_t other = pt_token_index_insert(&tokenizer->index, tokenizer->tokens, entries[i].id);
        if (other >= 0)
            return pt_scan_fail(scan, "the token \"%.*s\" has two ids, %" PRId32 " and %" PRId32,
                                (int)token->length, token->text, other, entries[i].id);
    }
    tokenizer->size = size;
    tokenizer->model_count = count;
    return PT_OK;
}

enum pt_status pt_tokenizer_read_vocabulary(struct pt_tokenizer *tokenizer,
                                            const struct pt_vocabulary_span *span,
                                            struct pt_error *error)
{
    struct pt_scan scan = {tokenizer, span, span->begin, span->end, error};
    int64_t count = 0;
    struct entry *entries = calloc((size_t)count_entries(span), sizeof *entries);
    if (entries == NULL)
        return pt_tokenizer_no_memory(error);
    enum pt_status status = read_entries(&scan, entries, &count);
    if (status == PT_OK)
        status = place_entries(&scan, entries, count);
    free(entries);
    return status;
}

struct merge {
    int32_t left, right, id;
};
// Grows as merges are read: the table is made when their number is known.
struct merge_list {
    struct merge *merges;
    int64_t count, capacity;
    struct pt_text both; // scratch
};

static bool append_merge(struct merge_list *list, struct merge merge)
{
    if (list->count == list->capacity) {
        int64_t capacity = list->capacity == 0 ? 1024 : 2 * list->capacity;
        struct merge *merges = realloc(list->merges, (size_t)capacity * sizeof *merges);
        if (merges == NULL)
            return false;
        list->merges = merges;
        list->capacity = capacity;
    }
    list->merges[list->count++] = merge;
    return true;
}

static enum pt_status find_token(struct pt_scan *scan, const char *text, size_t length,
                                 int32_t *ret_id)
{
    *ret_id = pt_token_index_find(&scan->tokenizer->index, scan->tokenizer->tokens, text, length);
    if (*ret_id < 0)
        return pt_scan_fail(scan, "a merge names \"%.*s\", which is not in the vocabulary",
                            (int)length, text);
    return PT_OK;
}

// Left and right become the token that is called like both together.
static enum pt_status put_merge(struct pt_scan *scan, struct pt_token left, struct pt_token right,
                                struct merge_list *list)
{
    struct merge merge = {-1, -1, -1};
    size_t prefix = scan->tokenizer->prefix_length;
    struct pt_text *both = &list->both;
    enum pt_status status = find_token(scan, left.text, left.length, &merge.left);
    if (status == PT_OK)
        status = find_token(scan, right.text, right.length, &merge.right);
    if (status == PT_OK && right.length < prefix)
        status =
            pt_scan_fail(scan, "a merge continues with \"%.*s\", which lacks the prefix \"%s\"",
                         (int)right.length, right.text, scan->tokenizer->prefix);
    if (status != PT_OK)
        return status;
    both->length = 0;
    if (!pt_text_append(both, left.text, left.length) ||
        !pt_text_append(both, right.text + prefix, right.length - prefix))
        return pt_tokenizer_no_memory(scan->error);
    status = find_token(scan, both->bytes, both->length, &merge.id);
    if (status == PT_OK && !append_merge(list, merge))
        status = pt_tokenizer_no_memory(scan->error);
    return status;
}

static enum pt_status split_merge(struct pt_scan *scan, struct pt_token token,
                                  struct pt_token *ret_left, struct pt_token *ret_right)
{
    const char *end = token.text + token.length;
    const char *blank = memchr(token.text, ' ', token.length);
    if (blank == NULL || memchr(blank + 1, ' ', (size_t)(end - blank - 1)) != NULL)
        return pt_scan_fail(scan, "the merge \"%.*s\" is not two tokens with a blank between",
                            (int)token.length, token.text);
    *ret_left = (struct pt_token){.text = token.text, .length = (uint32_t)(blank - token.text)};
    *ret_right = (struct pt_token){.text = blank + 1, .length = (uint32_t)(end - blank - 1)};
    return PT_OK;
}

// "left right" or ["left", "right"].
static enum pt_status read_merge(struct pt_scan *scan, struct merge_list *list)
{
    struct pt_token left, right;
    enum pt_status status;
    if (pt_scan_take(scan, '[')) {
        status = pt_scan_string(scan, &left);
        if (status == PT_OK && !pt_scan_take(scan, ','))
            status = pt_scan_fail(scan, "expected ','");
        if (status == PT_OK)
            status = pt_scan_string(scan, &right);
        if (status == PT_OK && !pt_scan_take(scan, ']'))
            status = pt_scan_fail(scan, "expected ']' behind the two tokens of a merge");
    } else {
        status = pt_scan_string(scan, &left);
        if (status == PT_OK && left.length >= 8 && memcmp(left.text, "#version", 8) == 0)
            return PT_OK; // a line of merges.txt, which the original skips, too
        if (status == PT_OK)
            status = split_merge(scan, left, &left, &right);
    }
    return status == PT_OK ? put_merge(scan, left, right, list) : status;
}

static enum pt_status read_merge_list(struct pt_scan *scan, struct merge_list *list)
{
    enum pt_status status = PT_OK;
    bool empty = pt_scan_take(scan, ']');
    if (!empty) {
        do
            status = read_merge(scan, list);
        while (status == PT_OK && pt_scan_take(scan, ','));
    }
    if (status == PT_OK && ((!empty && !pt_scan_take(scan, ']')) || scan->at != scan->end))
        status = pt_scan_fail(scan, "expected ',' or ']'");
    return status;
}

enum pt_status pt_tokenizer_read_merges(struct pt_tokenizer *tokenizer,
                                        const struct pt_vocabulary_span *span,
                                        struct pt_error *error)
{
    struct pt_scan scan = {tokenizer, span, span->begin + 1, span->end, error};
    struct merge_list list = {0};
    enum pt_status status = read_merge_list(&scan, &list);
    if (status == PT_OK && !pt_merge_index_create(tokenizer->arena, list.count, &tokenizer->merges))
        status = pt_tokenizer_no_memory(error);
    for (int64_t i = 0; status == PT_OK && i < list.count; i++) // the last of two equal ones counts
        pt_merge_index_put(&tokenizer->merges, list.merges[i].left, list.merges[i].right,
                           (uint64_t)i << 32 | (uint32_t)list.merges[i].id);
    free(list.merges);
    pt_text_free(&list.both);
    return status;
}
