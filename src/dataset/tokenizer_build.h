// Writing a tokenizer.json.
#ifndef PT_DATASET_TOKENIZER_BUILD_H
#define PT_DATASET_TOKENIZER_BUILD_H

#include "dataset/tokenizer_parts.h"

// All return false if memory runs out.
bool pt_json_put(struct pt_text *json, const char *text);
bool pt_json_put_quoted(struct pt_text *json, const char *text, size_t length);
bool pt_json_put_number(struct pt_text *json, int64_t number);
// Everything before the tokens of a BPE model; the arguments are JSON, added the inside of a list.
bool pt_json_put_head(struct pt_text *json, const char *added, const char *pre_tokenizer,
                      const char *decoder);
// One token; those with an id of 0 come first.
bool pt_json_put_token(struct pt_text *json, const char *text, size_t length, int64_t id);

// Parses and frees what was written; written false: memory ran out.
enum pt_status pt_tokenizer_from_written(struct pt_text *json, bool written, const char *name,
                                         struct pt_tokenizer **ret_tokenizer,
                                         struct pt_error *error);

#endif
