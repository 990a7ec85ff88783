// See systemd_text.h. Properties: org.freedesktop.systemd1(5), systemd 252.

#include "job/systemd_text.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { VALUE_SIZE = 384 };

// False: it is not there, empty or too long.
static bool find(const char *text, const char *name, char value[VALUE_SIZE])
{
    size_t length = strlen(name);
    for (const char *line = text; *line != '\0';) {
        size_t count = strcspn(line, "\n");
        if (count > length && strncmp(line, name, length) == 0 && line[length] == '=') {
            if (count - length > VALUE_SIZE || count == length + 1)
                return false;
            snprintf(value, VALUE_SIZE, "%.*s", (int)(count - length - 1), line + length + 1);
            return true;
        }
        line += count + (line[count] == '\n');
    }
    return false;
}

// Also "[not set]" and 2^64 - 1, which mean that nobody knows.
static bool find_number(const char *text, const char *name, int64_t *ret)
{
    char value[VALUE_SIZE];
    int64_t number;
    if (!find(text, name, value) || !pt_parse_int64(value, &number) || number < 0)
        return false;
    *ret = number;
    return true;
}

static bool is(const char *text, const char *name, const char *expected)
{
    char value[VALUE_SIZE];
    return find(text, name, value) && strcmp(value, expected) == 0;
}

// How the command ended: ExecMainCode is a CLD_ code of waitid(2). A unit that systemd itself could
// not start has none.
static void read_end(const char *text, struct pt_remote_look *look)
{
    int64_t code = 0, number = 0;
    look->view = PT_VIEW_ENDED;
    if (!find_number(text, "ExecMainCode", &code) || code == 0 ||
        !find_number(text, "ExecMainStatus", &number) || number > 255)
        return;
    look->status_known = true;
    if (code == CLD_EXITED)
        look->exit_status = number;
    else
        look->signal = number <= 64 ? number : 0;
}

static bool read_view(const char *text, struct pt_remote_look *look)
{
    bool exited = is(text, "SubState", "exited");
    if (is(text, "LoadState", "not-found")) {
        look->view = PT_VIEW_GONE;
    } else if (is(text, "ActiveState", "failed") || is(text, "ActiveState", "inactive") ||
               (is(text, "ActiveState", "active") && exited)) {
        read_end(text, look);
    } else if (is(text, "ActiveState", "deactivating")) {
        look->view = PT_VIEW_ENDING;
    } else if (is(text, "ActiveState", "activating")) {
        look->view = PT_VIEW_QUEUED;
    } else if (is(text, "ActiveState", "active")) {
        look->view = is(text, "FreezerState", "frozen") || is(text, "FreezerState", "freezing")
                         ? PT_VIEW_FROZEN
                         : PT_VIEW_RUNNING;
    } else {
        return false;
    }
    return true;
}

enum pt_status pt_systemd_read(const char *text, int64_t now_us, struct pt_systemd_unit *ret_unit,
                               struct pt_error *error)
{
    struct pt_systemd_unit unit = {
        .look = {.start_seconds = NAN, .cpu_seconds = NAN, .start_count = -1}};
    int64_t start_us = 0, end_us = 0, cpu_ns;
    if (!read_view(text, &unit.look))
        return pt_fail(error, PT_CORRUPT, "systemd: systemctl shows no state of the unit: %.80s",
                       text);
    find_number(text, "ExecMainPID", &unit.pid);
    find(text, "ControlGroup", unit.cgroup);
    if (find_number(text, "CPUUsageNSec", &cpu_ns) && cpu_ns < INT64_MAX)
        unit.look.cpu_seconds = (double)cpu_ns / 1e9;
    if (find_number(text, "ExecMainStartTimestampMonotonic", &start_us) && start_us > 0) {
        bool has_end = find_number(text, "ExecMainExitTimestampMonotonic", &end_us) && end_us > 0;
        double seconds = ((double)(has_end ? end_us : now_us) - (double)start_us) / 1e6;
        unit.look.start_seconds = seconds >= 0 ? seconds : NAN;
    }
    *ret_unit = unit;
    return PT_OK;
}
