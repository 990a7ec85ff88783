// Text to token ids and back, as HuggingFace `tokenizers` does it: a tokenizer.json is read as is.
//
// A tokenizer is a chain: added tokens are cut out of the text; what is left is normalized, split
// into words, and each word becomes ids by a model (BPE, WordPiece or WordLevel). What a file asks
// for and we do not do is refused by name when it is opened, so ids are the original's or there
// are none. One difference is deliberate: a character that a BPE file knows neither as a token nor
// as <unk> is an error and not silently lost.
// Source: https://github.com/huggingface/tokenizers, version 0.23.
#ifndef PT_DATASET_TOKENIZER_H
#define PT_DATASET_TOKENIZER_H

#include "base/arena.h"

// Immutable once it is open: any number of threads may share it.
struct pt_tokenizer;

// PT_UNSUPPORTED names a model, normalizer, pre-tokenizer, decoder or pattern that we do not have;
// PT_BAD_INPUT what is wrong in the file, with line and column. At most 64 MiB.
// What a file says of truncation and padding is not done: a text is encoded whole.
enum pt_status pt_tokenizer_open(const char *path, struct pt_tokenizer **ret_tokenizer,
                                 struct pt_error *error);
// The same from memory; name is what messages call it.
enum pt_status pt_tokenizer_parse(const char *json, size_t length, const char *name,
                                  struct pt_tokenizer **ret_tokenizer, struct pt_error *error);
// 256 ids, id = byte. Takes any bytes, UTF-8 or not, and never fails to encode.
enum pt_status pt_tokenizer_bytes(struct pt_tokenizer **ret_tokenizer, struct pt_error *error);
// The characters of a UTF-8 text in the order of their code points; others are refused later.
enum pt_status pt_tokenizer_characters(const char *text, size_t length,
                                       struct pt_tokenizer **ret_tokenizer, struct pt_error *error);
// Trains byte-level BPE on a UTF-8 text, with the words of GPT-2: id 0 is <|endoftext|>, then the
// 256 bytes, then merges, until there are vocabulary ids or no pair occurs twice. The result
// encodes like what HuggingFace's BpeTrainer makes of the text. PT_BAD_INPUT below 257.
enum pt_status pt_tokenizer_train_bpe(const char *text, size_t length, int64_t vocabulary,
                                      struct pt_tokenizer **ret_tokenizer, struct pt_error *error);
// What stands between the documents of a text, and ends what a model writes.
#define PT_END_OF_TEXT "<|endoftext|>"
void pt_tokenizer_close(struct pt_tokenizer *tokenizer);

// Writes a tokenizer.json: the bytes that were read, or what a tokenizer of our own is. The
// original loads it and gives the same ids.
enum pt_status pt_tokenizer_save(const struct pt_tokenizer *tokenizer, const char *path,
                                 struct pt_error *error);

// The highest id + 1.
int64_t pt_tokenizer_vocabulary(const struct pt_tokenizer *tokenizer);
// The text of a token as in the file ("\u0120the"), or NULL for an id that no token has.
const char *pt_tokenizer_token(const struct pt_tokenizer *tokenizer, int64_t id,
                               size_t *ret_length);
// The id of such a text, added tokens included; -1 if there is none.
int32_t pt_tokenizer_find(const struct pt_tokenizer *tokenizer, const char *text, size_t length);

// Ids or bytes, appended to; begin with all zero.
struct pt_tokens {
    int32_t *ids;
    int64_t count, capacity;
};
struct pt_text {
    char *bytes;
    size_t length, capacity;
};
// False: out of memory; then nothing has changed.
bool pt_tokens_reserve(struct pt_tokens *tokens, int64_t more);
bool pt_tokens_append(struct pt_tokens *tokens, int32_t id);
bool pt_text_reserve(struct pt_text *text, size_t more);
bool pt_text_append(struct pt_text *text, const char *bytes, size_t length);
// Bytes of which each maximal part that is no UTF-8 becomes U+FFFD.
bool pt_text_append_repaired(struct pt_text *text, const char *bytes, size_t length);
void pt_tokens_free(struct pt_tokens *tokens);
void pt_text_free(struct pt_text *text);

// What encoding needs beside the tokenizer: a cache of words, buffers. One for each thread; the
// tokenizer must outlive it.
struct pt_encoder;
enum pt_status pt_encoder_create(const struct pt_tokenizer *tokenizer,
                                 struct pt_encoder **ret_encoder, struct pt_error *error);
void pt_encoder_destroy(struct pt_encoder *encoder);

struct pt_encode_options {
    bool add_special; // what the post-processor puts around a text: [CLS] ... [SEP]
    bool strict_utf8; // PT_BAD_INPUT for bytes that are no UTF-8, with their place; otherwise each
                      // maximal wrong part is read as U+FFFD, as Rust's from_utf8_lossy has it
};
// Appends the ids of a text. After a failure the tokens are as they were. options may be NULL.
enum pt_status pt_encode(struct pt_encoder *encoder, const char *text, size_t length,
                         const struct pt_encode_options *options, struct pt_tokens *tokens,
                         struct pt_error *error);

// Appends the text of ids, without special tokens if skip_special. The bytes are what the tokens
// say: a part of a character stays a part, where the original writes U+FFFD. PT_BAD_INPUT for an
// id that no token has.
enum pt_status pt_decode(const struct pt_tokenizer *tokenizer, const int32_t *ids, int64_t count,
                         bool skip_special, struct pt_text *text, struct pt_error *error);

#endif
