// Reading the text of model.vocab and model.merges, strictly.
#ifndef PT_DATASET_TOKENIZER_SCAN_H
#define PT_DATASET_TOKENIZER_SCAN_H

#include "dataset/tokenizer_parts.h"

struct pt_scan {
    struct pt_tokenizer *tokenizer; // its arena, and its name for messages
    const struct pt_vocabulary_span *span;
    const char *at, *end;
    struct pt_error *error;
};

const char *pt_scan_skip_blanks(const char *at, const char *end);
// Lines between two places of a text.
int pt_scan_count_lines(const char *from, const char *to);
// Whether c is next behind blanks; then at is behind it.
bool pt_scan_take(struct pt_scan *scan, char c);
// A string of JSON. It is borrowed from the text unless it has an escape; it may hold a NUL.
enum pt_status pt_scan_string(struct pt_scan *scan, struct pt_token *ret_token);
// "file:line: " and the message; returns PT_BAD_INPUT.
enum pt_status pt_scan_fail(const struct pt_scan *scan, const char *format, ...) PT_PRINTF(2, 3);

#endif
