// Token ids packed in a file, read through the page cache: a text of many gigabytes costs no memory
// and no time to load.
//
// Two forms, recognized by their first bytes. Raw: 16-bit ids and nothing else, as nanoGPT's
// prepare.py writes train.bin. With a header: 256 32-bit numbers, of which the first are a magic, a
// version and the count, then the ids, as llm.c has it: magic 20240520, version 1, 16 bits; magic
// 20240801, version 7, 32 bits. Numbers are little-endian.
// Sources: https://github.com/karpathy/nanoGPT, data/openwebtext/prepare.py;
// https://github.com/karpathy/llm.c, dev/data/data_common.py.
//
// Ids are checked twice. Once all of them, when the file is opened, which costs one pass at the
// speed of the disk: a wrong vocabulary should stop a run before it starts, not after hours. And
// again each time they are read, for the file can change while it is mapped. A file that another
// process makes shorter meanwhile ends the program (SIGBUS): write a new file and rename it
// instead.
#ifndef PT_DATASET_TOKEN_FILE_H
#define PT_DATASET_TOKEN_FILE_H

#include "base/status.h"

struct pt_token_file;

// PT_CORRUPT for a length that does not fit the header or is odd; PT_BAD_INPUT for an empty file,
// and for an id of vocabulary or more, with its place.
enum pt_status pt_token_file_open(const char *path, int64_t vocabulary,
                                  struct pt_token_file **ret_file, struct pt_error *error);
void pt_token_file_close(struct pt_token_file *file);
int64_t pt_token_file_count(const struct pt_token_file *file);
// Ids [first, first + count), which lie in the file.
enum pt_status pt_token_file_read(const struct pt_token_file *file, int64_t first, int64_t count,
                                  int32_t *ids, struct pt_error *error);

enum pt_token_format { PT_TOKENS_RAW, PT_TOKENS_WITH_HEADER };
// Writes a file whole or not at all. PT_BAD_INPUT for a negative id and, in a raw file, one beyond
// 65535; with a header such ids take 32 bits. PT_OVERFLOW for more ids than a header can count.
enum pt_status pt_token_file_write(const char *path, enum pt_token_format format,
                                   const int32_t *ids, int64_t count, struct pt_error *error);

#endif
