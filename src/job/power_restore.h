// What power_control.c and power_restore.c share.
#ifndef PT_JOB_POWER_RESTORE_H
#define PT_JOB_POWER_RESTORE_H

#include "job/power_control.h"
#include "job/power_record.h"

enum pt_restoring {
    PT_RESTORE_DONE,
    PT_RESTORE_UNCHANGED, // it has its old value already
    PT_RESTORE_FOREIGN,   // it has a value that we did not write
    PT_RESTORE_GONE,      // the device is gone
    PT_RESTORE_FAILED,
};
enum pt_restoring pt_power_give_back(const struct pt_power_options *options,
                                     const struct pt_power_change *change, struct pt_error *error);
// All of one record, which keeps only what failed, and is saved.
void pt_power_restore_record(const struct pt_power_options *options, const char *folder,
                             struct pt_power_record *record, struct pt_power_restored *restored);
bool pt_power_is_other_boot(const struct pt_power_record *record);
// One process at a time looks at all records and decides; waits.
enum pt_status pt_power_lock(const char *folder, int *ret_fd, struct pt_error *error);

#endif
