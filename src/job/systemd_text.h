// Reads what `systemctl show` prints: lines "Name=value".
#ifndef PT_JOB_SYSTEMD_TEXT_H
#define PT_JOB_SYSTEMD_TEXT_H

#include "job/remote.h"

struct pt_systemd_unit {
    struct pt_remote_look look;
    int64_t pid; // of the command; 0: none
    char cgroup[384];
};

// now_us is the monotonic clock, which the times of systemd are in. PT_CORRUPT: that is no unit.
enum pt_status pt_systemd_read(const char *text, int64_t now_us, struct pt_systemd_unit *ret_unit,
                               struct pt_error *error);

#endif
