// Any text as the answer of a program of Slurm: it is read or refused, and what is read makes
// sense.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job/slurm_text.h"

static void check(const struct pt_remote_look *look)
{
    if (!(isnan(look->start_seconds) || look->start_seconds >= 0) || look->exit_status < 0 ||
        look->exit_status > 255 || look->signal < 0 || look->signal > 64)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1), handle[32];
    struct pt_remote_look look;
    bool by_signal;
    if (text == NULL)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    if (pt_slurm_read_job(text, &look, &by_signal, NULL) == PT_OK)
        check(&look);
    if (pt_slurm_read_accounting(text, &look, NULL) == PT_OK)
        check(&look);
    if (pt_slurm_read_number(text, handle, sizeof handle) &&
        strspn(handle, "0123456789") != strlen(handle))
        abort();
    pt_slurm_find_tag(text, "powertrain:a:1:0", handle, sizeof handle);
    if (pt_slurm_tag_count(text) < 0)
        abort();
    free(text);
    return 0;
}
