// A byte of a vocabulary size and a token file: refused, or every id is below the vocabulary.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dataset/token_file.h"

static char path[] = "/tmp/powertrain-fuzz-XXXXXX";
static int fd = -1;

static void clean(void)
{
    unlink(path);
}

static void write_file(const void *bytes, size_t length)
{
    if (fd < 0) {
        fd = mkstemp(path);
        if (fd < 0)
            abort();
        atexit(clean);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, length, 0) != (ssize_t)length)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_token_file *file;
    if (length < 1)
        return 0;
    int64_t vocabulary = (int64_t)bytes[0] << 9;
    write_file(bytes + 1, length - 1);
    if (pt_token_file_open(path, vocabulary, &file, NULL) != PT_OK)
        return 0;
    int64_t count = pt_token_file_count(file);
    if (count < 1 || count > (int64_t)length)
        abort();
    for (int64_t i = 0; i < count; i++) {
        int32_t id;
        if (pt_token_file_read(file, i, 1, &id, NULL) != PT_OK || id < 0 || id >= vocabulary)
            abort();
    }
    pt_token_file_close(file);
    return 0;
}
