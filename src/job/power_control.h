// Changing power limits, and giving them back whatever happens.
//
// The contract: every old value is on the disk (restore.d/PID.json, flushed, readable by its owner
// only, with the boot id) before the first write; a guard process gives it back if we are killed; a
// limit is given back only while its value is the one that we wrote, since somebody else may have
// changed it; every write is read back, because firmware may keep the old value without an error;
// none goes below the least that the hardware names, nor below a quarter of the largest value, nor
// is any changed while the machine is throttled by heat; a device is changed at most every two
// seconds; and no two owners hold the same limit.
// Records lie in /run/powertrain/restore.d, without the right to write there in
// $XDG_RUNTIME_DIR/powertrain/restore.d.
#ifndef PT_JOB_POWER_CONTROL_H
#define PT_JOB_POWER_CONTROL_H

#include "job/power_limit.h"

struct pt_power_control;

struct pt_power_options {
    struct pt_sensor_options sensors; // root, library folder, clock
    // The program powertrain, which the guard runs to give back limits of GPUs: their library does
    // not survive a fork. NULL: the guard does it itself.
    const char *program;
    // For tests: called after each step of a change ("recorded", "armed", "written", "read back",
    // "settled", "given back").
    void (*step)(void *state, const char *name);
    void *step_state;
};

// Starts the guard, and gives back what earlier owners that died have left. Changes nothing else.
// PT_DENIED: no folder for records can be written.
enum pt_status pt_power_control_open(const struct pt_power_options *options,
                                     struct pt_power_control **ret_control, struct pt_error *error);
// Gives everything back. *ret_failed (may be NULL): limits that could not be; they stay in the
// record. Accepts NULL.
void pt_power_control_close(struct pt_power_control *control, int *ret_failed);

// value in the limit's unit, or text (energy_performance_preference). PT_BUSY: another owner holds
// it, or it was changed less than two seconds ago, or it is throttled; PT_DENIED: no right, or the
// firmware keeps its value; PT_BAD_INPUT: out of range.
enum pt_status pt_power_control_set(struct pt_power_control *control, const char *limit_id,
                                    const char *value, struct pt_error *error);
// Seconds until the limit's device may be changed again; 0: now.
double pt_power_control_wait_seconds(struct pt_power_control *control, const char *limit_id);
// Only checks, and says what would be written; the caller's rights too.
enum pt_status pt_power_control_check(const struct pt_power_options *options, const char *limit_id,
                                      const char *value, char raw[PT_LIMIT_TEXT],
                                      struct pt_error *error);
// All limits of one role, skipping those that have this value already.
enum pt_status pt_power_control_set_role(struct pt_power_control *control, enum pt_limit_role role,
                                         double value, struct pt_error *error);
// Gives one role back before the end.
enum pt_status pt_power_control_restore_role(struct pt_power_control *control,
                                             enum pt_limit_role role, struct pt_error *error);

struct pt_power_restored {
    int restored, foreign, failed; // foreign: somebody else has changed it since, so it stays
    char text[512];                // what failed and why
};
// Gives back what dead owners have left (with all: also of living ones). Records of an earlier boot
// are only removed: the hardware forgets its limits then.
enum pt_status pt_power_restore(const struct pt_power_options *options, bool all,
                                struct pt_power_restored *ret_restored, struct pt_error *error);
// Who holds the limit now: a PID, or 0.
int pt_power_holder(const struct pt_power_options *options, const char *limit_id);

#endif
