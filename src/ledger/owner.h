// Which process writes a run, and whether it still lives.
//
// A process number alone says little: it is used again. With the moment at which the process
// started and the boot it belongs to it is unique on a machine.
#ifndef PT_LEDGER_OWNER_H
#define PT_LEDGER_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct pt_owner {
    char host[65];
    char boot_id[40];      // "" if /proc does not tell
    int64_t pid_namespace; // 0 if /proc does not tell
    int64_t pid;
    int64_t start_ticks; // since boot; 0 if /proc does not tell
};

// This process. root is put before /proc.
void pt_owner_self(const char *root, struct pt_owner *ret_owner);
// Whether the owner has ended, as seen from here. Where that cannot be seen (another host, another
// container) it has once it wrote nothing for a day.
bool pt_owner_is_gone(const char *root, const struct pt_owner *owner, int64_t silent_ns);

#endif
