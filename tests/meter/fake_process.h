// Processes in a folder that looks like /proc.
#ifndef PT_TEST_FAKE_PROCESS_H
#define PT_TEST_FAKE_PROCESS_H

#include "../sensor/fake_machine.h"

// A process of one thread. children: "12 13 ", or "".
static inline void fake_process(const struct fake_machine *machine, int pid, int parent, int ticks,
                                int child_ticks, const char *children)
{
    char path[128], text[512];
    snprintf(path, sizeof path, "proc/%d/stat", pid);
    snprintf(text, sizeof text,
             "%d (a (b) c) S %d 1 1 0 -1 4194304 101 0 0 0 %d %d %d %d 20 0 1 0 %d 3133440 356\n",
             pid, parent, ticks - ticks / 3, ticks / 3, child_ticks, 0, 100000 + pid);
    fake_write(machine, path, text);
    snprintf(path, sizeof path, "proc/%d/task/%d/children", pid, pid);
    fake_write(machine, path, children);
}

// It is gone.
static inline void fake_process_end(const struct fake_machine *machine, int pid)
{
    char path[512];
    snprintf(path, sizeof path, "%s/proc/%d/stat", machine->root, pid);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/proc/%d/task/%d/children", machine->root, pid, pid);
    assert_int_equal(unlink(path), 0);
}

#endif
