// Any text as the answer of systemctl show: it is read or refused, and what is read makes sense.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job/systemd_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    struct pt_systemd_unit unit;
    if (text == NULL)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    if (pt_systemd_read(text, 1000000, &unit, NULL) == PT_OK &&
        (unit.look.start_seconds < 0 || unit.look.cpu_seconds < 0 || unit.pid < 0 ||
         unit.look.exit_status < 0 || unit.look.exit_status > 255 ||
         strlen(unit.cgroup) >= sizeof unit.cgroup))
        abort();
    free(text);
    return 0;
}
