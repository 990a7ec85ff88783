// Any file as a record of changed power limits: it is refused, or all it names are limits of a
// known kind with an old value. And any text as a line of /proc/PID/stat.

#include <stdlib.h>
#include <string.h>

#include "job/power_record.h"
#include "job/tree.h"

static void try_stat(const uint8_t *bytes, size_t length)
{
    struct pt_tree_process process;
    char *text = malloc(length + 1);
    if (text == NULL)
        abort();
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    if (pt_tree_parse(text, &process) && process.pid <= 0)
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct pt_power_record record;
    try_stat(bytes, length);
    if (pt_power_record_parse((const char *)bytes, length, "fuzz", &record, NULL) != PT_OK)
        return 0;
    if (record.count < 0 || record.count > PT_LIMITS_MAX || record.owner.pid < 1)
        abort();
    for (int i = 0; i < record.count; i++)
        if (pt_limit_driver_of(record.changes[i].id) == NULL || record.changes[i].old[0] == '\0')
            abort();
    return 0;
}
