// See process_tree.h.

#include "meter/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/helper_process.h"
#include "meter/cgroup.h"
#include "sensor/sysfs.h"

// Numbers of the fields as man 5 proc counts them; the first two stand before the last ')'.
enum {
    STATE = 3,
    PARENT = 4,
    GROUP = 5,
    UTIME = 14,
    STIME = 15,
    CUTIME = 16,
    CSTIME = 17,
    START = 22,
    RESIDENT = 24,
    PROCESSOR = 39
};

static bool parse_field(const char **p, double *ret)
{
    char *end;
    while (**p == ' ')
        (*p)++;
    *ret = (double)strtoll(*p, &end, 10);
    if (end == *p || (*end != ' ' && *end != '\0' && *end != '\n'))
        return false;
    *p = end;
    return true;
}

// Of the fields behind START, which are not needed for the time; NAN.
static double later_field(const char *p, int from, int wanted)
{
    double value = NAN;
    for (int i = from; i <= wanted; i++)
        if (!parse_field(&p, &value))
            return NAN;
    return value;
}

bool pt_process_stat_parse(const char *text, struct pt_process_stat *ret_stat)
{
    double fields[START + 1];
    const char *p = strrchr(text, ')');
    if (p == NULL || p[1] != ' ' || p[2] == '\0')
        return false;
    p += 3; // the letter of the state
    for (int i = PARENT; i <= START; i++)
        if (!parse_field(&p, &fields[i]))
            return false;
    if (fields[PARENT] < 0 || fields[PARENT] > INT32_MAX || fabs(fields[GROUP]) > INT32_MAX)
        return false;
    double ticks = fields[UTIME] + fields[STIME] + fields[CUTIME] + fields[CSTIME];
    if (ticks < 0 || fields[START] < 0)
        return false;
    double resident = later_field(p, START + 1, RESIDENT),
           cpu = later_field(p, START + 1, PROCESSOR);
    *ret_stat = (struct pt_process_stat){(int)fields[PARENT],
                                         (int)fields[GROUP],
                                         ticks,
                                         fields[START],
                                         fields[UTIME] + fields[STIME],
                                         resident >= 0 ? resident : NAN,
                                         cpu >= 0 && cpu <= INT32_MAX ? (int)cpu : -1};
    return true;
}

static bool read_stat(const struct pt_process_tree *tree, int pid, struct pt_process_stat *ret_stat)
{
    char text[1024];
    return pt_sysfs_text(tree->root, text, sizeof text, NULL, "/proc/%d/stat", pid) == PT_OK &&
           pt_process_stat_parse(text, ret_stat);
}

static bool is_helper(int pid, const struct pt_process_stat *stat)
{
    return pt_helper_is(pid) || pt_helper_is(stat->group);
}

static void push(struct pt_process_tree *tree, int pid)
{
    if (tree->count < PT_TREE_STACK) // deeper in one level than any sane tree: the rest waits
        tree->stack[tree->count++] = pid;
}

// Numbers between blanks; one that a buffer's end cuts is kept for the next part.
static void push_numbers(struct pt_process_tree *tree, int fd)
{
    char text[4096];
    ssize_t length;
    int number = 0;
    while ((length = read(fd, text, sizeof text)) > 0) {
        for (ssize_t i = 0; i < length; i++) {
            if (text[i] >= '0' && text[i] <= '9' && number < INT32_MAX / 10) {
                number = number * 10 + (text[i] - '0');
            } else if (number > 0) {
                push(tree, number);
                number = 0;
            }
        }
    }
    if (number > 0)
        push(tree, number);
}

static void push_children_of_thread(struct pt_process_tree *tree, int pid, const char *thread)
{
    char path[PT_SYSFS_PATH];
    int length =
        snprintf(path, sizeof path, "%s/proc/%d/task/%.20s/children", tree->root, pid, thread);
    int fd = length < (int)sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    push_numbers(tree, fd);
    close(fd);
}

// Every thread has its own list of the children that it has started.
static void push_children(struct pt_process_tree *tree, int pid)
{
    char path[PT_SYSFS_PATH];
    int length = snprintf(path, sizeof path, "%s/proc/%d/task", tree->root, pid);
    DIR *directory = length < (int)sizeof path ? opendir(path) : NULL;
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
            push_children_of_thread(tree, pid, entry->d_name);
    closedir(directory);
}

// A parent is read before its children: one that is reaped in between is missing until the next
// call, not counted twice.
void pt_process_tree_walk(struct pt_process_tree *tree,
                          void (*visit)(void *state, int pid, const struct pt_process_stat *stat),
                          void *state)
{
    struct pt_process_stat stat;
    tree->count = 0;
    if (tree->child_of_us)
        push_children(tree, tree->own_pid);
    if (tree->count == 0)
        push(tree, tree->pid);
    while (tree->count > 0) {
        int pid = tree->stack[--tree->count];
        if (!read_stat(tree, pid, &stat))
            continue;
        if (pid == tree->pid && stat.start_ticks != tree->start_ticks)
            continue; // another process has its number now
        if (tree->child_of_us && is_helper(pid, &stat))
            continue;
        visit(state, pid, &stat);
        push_children(tree, pid);
    }
}

static void add_ticks(void *state, int pid, const struct pt_process_stat *stat)
{
    (void)pid;
    *(double *)state += stat->cpu_ticks;
}

double pt_process_tree_cpu_seconds(struct pt_process_tree *tree)
{
    double ticks = 0, seconds;
    if (tree->cgroup != NULL) {
        seconds = pt_cgroup_cpu_seconds(tree->cgroup);
        if (isnan(seconds))
            return NAN;
    } else {
        pt_process_tree_walk(tree, add_ticks, &ticks);
        seconds = tree->ended_seconds + ticks / (double)sysconf(_SC_CLK_TCK);
    }
    tree->latest_seconds = fmax(tree->latest_seconds, seconds);
    return tree->latest_seconds;
}

enum pt_membership pt_process_tree_find(const struct pt_process_tree *tree, int pid,
                                        double *ret_start_ticks)
{
    enum { DEEPEST = 256 }; // a list of parents that goes in circles was read while it changed
    struct pt_process_stat stat;
    for (int depth = 0; depth < DEEPEST; depth++) {
        if (!read_stat(tree, pid, &stat))
            return depth == 0 ? PT_NO_PROCESS : PT_OUT_OF_TREE;
        if (depth == 0)
            *ret_start_ticks = stat.start_ticks;
        if (pid == tree->pid && stat.start_ticks == tree->start_ticks)
            return PT_IN_TREE;
        if (tree->child_of_us && is_helper(pid, &stat))
            return PT_OUT_OF_TREE;
        if (tree->child_of_us && stat.parent == tree->own_pid)
            return PT_IN_TREE;
        if (stat.parent <= 0)
            return PT_OUT_OF_TREE;
        pid = stat.parent;
    }
    return PT_OUT_OF_TREE;
}

enum pt_status pt_process_tree_open(struct pt_process_tree *tree, const char *root, int pid,
                                    const struct pt_cgroup *cgroup, struct pt_error *error)
{
    struct pt_process_stat stat;
    tree->root = root;
    tree->cgroup = cgroup;
    tree->pid = pid;
    tree->own_pid = getpid();
    tree->ended_seconds = tree->latest_seconds = 0;
    if (!read_stat(tree, pid, &stat))
        return pt_fail(error, PT_UNAVAILABLE, "meter: no process %d in %s/proc", pid, root);
    tree->start_ticks = stat.start_ticks;
    tree->child_of_us = stat.parent == tree->own_pid;
    return PT_OK;
}
