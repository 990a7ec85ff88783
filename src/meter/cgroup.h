// A control group of our own for one command: the kernel then counts the CPU time of everything
// that the command starts, also of what is short-lived, orphaned or never waited for.
//
// It is a child of the group that this process is in, made where the kernel lets us: as root, or in
// a group that is delegated to us (a systemd user session, `systemd-run --user --scope`). It only
// counts: where the new group would get its own weight in the scheduler (a subtree with the cpu or
// io controller, cpuacct mounted together with cpu) none is made, because a meter must not change
// what it measures. A container that mounts /sys/fs/cgroup read-only has none either. Whoever gets
// no group counts by the process tree (process_tree.h).
// Sources: Linux, Documentation/admin-guide/cgroup-v2.rst ("cpu.stat", "Delegation"),
// Documentation/admin-guide/cgroup-v1/cpuacct.rst.
#ifndef PT_METER_CGROUP_H
#define PT_METER_CGROUP_H

#include "sensor/sysfs.h"

struct pt_cgroup;

// Below root; the newest name is "powertrain-PID". Removes groups of that kind which an earlier run
// that was killed has left empty. PT_UNAVAILABLE: no such file system, or it would change the
// scheduling; PT_DENIED.
enum pt_status pt_cgroup_create(const char *root, struct pt_cgroup **ret_cgroup,
                                struct pt_error *error);
// The same where make_directory stands for mkdir: a test's, whose tree is no cgroup file system.
enum pt_status pt_cgroup_create_by(const char *root, int (*make_directory)(const char *path),
                                   struct pt_cgroup **ret_cgroup, struct pt_error *error);
// In the child, between fork and exec: from now on it is counted. Async-signal-safe.
void pt_cgroup_join(struct pt_cgroup *cgroup);
bool pt_cgroup_joined(const struct pt_cgroup *cgroup); // told to the parent
const char *pt_cgroup_folder(const struct pt_cgroup *cgroup);
int pt_cgroup_version(const struct pt_cgroup *cgroup); // 1 or 2
// Of all that was ever in it; NAN if it cannot be read.
double pt_cgroup_cpu_seconds(const struct pt_cgroup *cgroup);
// The same of each CPU from 0 on, at most count; how many there are, 0 where it is not told
// (version 2). buffer is for the text of the kernel, 20 bytes for each.
int pt_cgroup_cpu_seconds_each(const struct pt_cgroup *cgroup, char *buffer, size_t size,
                               double *ret_seconds, int count);
// Removes it; if processes are left in it, it stays until they end and somebody removes it.
void pt_cgroup_destroy(struct pt_cgroup *cgroup);

// The folder of the calling process's group below the mount point, from /proc/self/cgroup and
// /proc/self/mountinfo: version 2, or 1 with the controller cpuacct. alone: version 1, and no other
// controller is mounted with it. False if there is none.
bool pt_cgroup_find(const char *cgroup_text, const char *mountinfo_text, int version, char *folder,
                    size_t size, bool *ret_alone);
// "usage_usec 17\n..." -> 17e-6; NAN for anything else.
double pt_cgroup_usage_parse(const char *cpu_stat_text);

#endif
