// See power_control.h.
//
// The order of a change: record (flushed), guard armed, write, read back, record what it reads.
// Killed between any two of these, the record names both what stood before and what was about to be
// written, so whoever restores knows whether the present value is ours.

#include "job/power_control.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "job/guard.h"
#include "job/power_restore.h"
#include "job/tree.h"

static const double seconds_between_changes = 2;
static const double floor_share = 0.25; // of the largest value: below, hardware barely works

struct device {
    char name[PT_LIMIT_ID];
    int64_t changed_ns;
};

struct pt_power_control {
    struct pt_power_options options;
    char folder[PT_RECORD_PATH];
    struct pt_guard guard;
    struct pt_process_id owner;
    int device_count;
    struct device devices[PT_LIMITS_MAX];
    struct pt_power_record record;
};

static int64_t now_ns(const struct pt_power_control *control)
{
    const struct pt_clock *clock = control->options.sensors.clock;
    return pt_clock_monotonic(clock != NULL ? clock : &pt_system_clock);
}

static void step(const struct pt_power_control *control, const char *name)
{
    if (control->options.step != NULL)
        control->options.step(control->options.step_state, name);
}

// --------------------------------------------------------------------------------- the guard
// The end of the pipe comes a moment before the owner is gone.
static void wait_until_gone(struct pt_process_id owner)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 500 && pt_process_id_lives(owner); i++)
        nanosleep(&pause, NULL);
}

static bool has_gpu(const struct pt_power_record *record)
{
    for (int i = 0; i < record->count; i++)
        if (pt_limit_driver_of(record->changes[i].id) == &pt_limit_nvml)
            return true;
    return false;
}

static void become_program(const struct pt_power_options *options)
{
    if (options->sensors.root != NULL && options->sensors.root[0] != '\0')
        execl(options->program, "powertrain", "power", "restore", "--root", options->sensors.root,
              (char *)NULL);
    else
        execl(options->program, "powertrain", "power", "restore", (char *)NULL);
}

// In the guard.
static void undo(void *state)
{
    struct pt_power_control *control = state;
    struct pt_power_restored restored = {0};
    char path[PT_RECORD_PATH];
    int lock;
    wait_until_gone(control->owner);
    pt_power_record_path(control->folder, control->owner.pid, path);
    if (pt_power_record_load(path, &control->record, NULL) != PT_OK)
        return;
    if (control->options.program != NULL && has_gpu(&control->record))
        become_program(&control->options);
    if (pt_power_lock(control->folder, &lock, NULL) != PT_OK)
        return;
    control->options.step = NULL;
    pt_power_restore_record(&control->options, control->folder, &control->record, &restored);
}

// ------------------------------------------------------------------------------------- open
static enum pt_status become_owner(struct pt_power_control *control, struct pt_error *error)
{
    struct pt_tree_process self;
    char path[PT_RECORD_PATH];
    if (!pt_tree_look(getpid(), &self) || !pt_boot_id(control->record.boot_id))
        return pt_fail(error, PT_UNAVAILABLE,
                       "power limits are not changed: /proc does not tell who we are, so nobody "
                       "could tell later");
    control->owner = (struct pt_process_id){self.pid, (int64_t)self.start_ticks};
    control->record.owner = control->owner;
    pt_power_record_path(control->folder, self.pid, path);
    if (access(path, F_OK) == 0)
        return pt_fail(error, PT_BUSY,
                       "this process controls power limits already, or some could not be given "
                       "back (%s)",
                       path);
    return PT_OK;
}

enum pt_status pt_power_control_open(const struct pt_power_options *options,
                                     struct pt_power_control **ret_control, struct pt_error *error)
{
    struct pt_power_restored restored;
    struct pt_power_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for power limits");
    control->options = *options;
    control->guard.fd = -1;
    enum pt_status status = pt_power_record_folder(options->sensors.root, control->folder, error);
    if (status == PT_OK)
        status = pt_power_restore(options, false, &restored, error);
    if (status == PT_OK)
        status = become_owner(control, error);
    if (status == PT_OK)
        status = pt_guard_start(undo, control, &control->guard, error);
    if (status == PT_OK)
        *ret_control = control;
    else
        free(control);
    return status;
}

void pt_power_control_close(struct pt_power_control *control, int *ret_failed)
{
    if (ret_failed != NULL)
        *ret_failed = 0;
    if (control == NULL)
        return;
    struct pt_power_restored restored = {0};
    if (control->record.count > 0) // else there is no file either
        pt_power_restore_record(&control->options, control->folder, &control->record, &restored);
    step(control, "given back");
    if (ret_failed != NULL)
        *ret_failed = restored.failed;
    pt_guard_end(&control->guard);
    free(control);
}

// --------------------------------------------------------------------------------- the checks
static enum pt_status check_range(const struct pt_power_limit *limit, double value,
                                  struct pt_error *error)
{
    const char *unit = pt_limit_unit(limit);
    double usual = pt_limit_value(limit, limit->fallback);
    double largest = !isnan(limit->most) ? limit->most
                     : !isnan(usual)     ? usual
                                         : pt_limit_value(limit, limit->now);
    if (!isnan(limit->least) && value < limit->least)
        return pt_fail(error, PT_BAD_INPUT, "%s: %g %s is below its least, %g %s", limit->id, value,
                       unit, limit->least, unit);
    if (!isnan(limit->most) && value > limit->most)
        return pt_fail(error, PT_BAD_INPUT, "%s: %g %s is above its most, %g %s", limit->id, value,
                       unit, limit->most, unit);
    // Hardware that names a least value of its own for the clock means it.
    if (limit->role != PT_LIMIT_CPU_HERTZ && value < floor_share * largest)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %g %s is below a quarter of %g %s, where hardware barely works",
                       limit->id, value, unit, largest, unit);
    return PT_OK;
}

static enum pt_status make_raw(const struct pt_power_limit *limit, const char *value,
                               char raw[PT_LIMIT_TEXT], struct pt_error *error)
{
    double number;
    if (limit->scale <= 0) {
        if (value[0] == '\0' || strlen(value) >= PT_LIMIT_TEXT ||
            strspn(value, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(value))
            return pt_fail(error, PT_BAD_INPUT, "%s: \"%.60s\" is no word that it knows", limit->id,
                           value);
        snprintf(raw, PT_LIMIT_TEXT, "%s", value);
        return PT_OK;
    }
    if (!pt_parse_double(value, &number) || number <= 0 || number / limit->scale > 1e15)
        return pt_fail(error, PT_BAD_INPUT, "%s: \"%.60s\" is no number of %s above 0", limit->id,
                       value, pt_limit_unit(limit));
    snprintf(raw, PT_LIMIT_TEXT, "%.0f", number / limit->scale);
    return check_range(limit, number, error);
}

static enum pt_status check_holder(const struct pt_power_options *options, const char *limit_id,
                                   struct pt_error *error)
{
    int holder = pt_power_holder(options, limit_id);
    if (holder == 0 || holder == getpid())
        return PT_OK;
    return pt_fail(error, PT_BUSY, "%s is held by process %d; wait until it ends", limit_id,
                   holder);
}

static enum pt_status check(const struct pt_power_options *options,
                            const struct pt_power_limit *limit, const char *value,
                            char raw[PT_LIMIT_TEXT], struct pt_error *error)
{
    enum pt_status status = make_raw(limit, value, raw, error);
    if (status == PT_OK)
        status = pt_limit_driver_of(limit->id)->check_heat(&options->sensors, limit, error);
    if (status == PT_OK)
        status = check_holder(options, limit->id, error);
    return status;
}

enum pt_status pt_power_control_check(const struct pt_power_options *options, const char *limit_id,
                                      const char *value, char raw[PT_LIMIT_TEXT],
                                      struct pt_error *error)
{
    struct pt_power_limit limit;
    enum pt_status status = pt_power_limit_find(&options->sensors, limit_id, &limit, error);
    if (status == PT_OK)
        status = check(options, &limit, value, raw, error);
    if (status == PT_OK && !limit.is_writable)
        status = pt_fail(error, PT_DENIED, "%s may not be set by this user: run as root", limit_id);
    return status;
}

// ----------------------------------------------------------------------------------- the rate
static struct device *device_of(struct pt_power_control *control, const char *name)
{
    for (int i = 0; i < control->device_count; i++)
        if (strcmp(control->devices[i].name, name) == 0)
            return &control->devices[i];
    return NULL;
}

static double wait_seconds(struct pt_power_control *control, const char *device_name)
{
    const struct device *device = device_of(control, device_name);
    if (device == NULL)
        return 0;
    double left = seconds_between_changes - (double)(now_ns(control) - device->changed_ns) * 1e-9;
    return left > 0 ? left : 0;
}

static enum pt_status check_rate(struct pt_power_control *control,
                                 const struct pt_power_limit *limit, struct pt_error *error)
{
    double left = wait_seconds(control, limit->device);
    return left > 0 ? pt_fail(error, PT_BUSY, "%s was changed just now: again in %.1f s", limit->id,
                              left)
                    : PT_OK;
}

static void remember_change(struct pt_power_control *control, const char *device_name)
{
    struct device *device = device_of(control, device_name);
    if (device == NULL && control->device_count < PT_LIMITS_MAX) {
        device = &control->devices[control->device_count++];
        snprintf(device->name, sizeof device->name, "%s", device_name);
    }
    if (device != NULL)
        device->changed_ns = now_ns(control);
}

double pt_power_control_wait_seconds(struct pt_power_control *control, const char *limit_id)
{
    struct pt_power_limit limit;
    if (pt_power_limit_find(&control->options.sensors, limit_id, &limit, NULL) != PT_OK)
        return 0;
    return wait_seconds(control, limit.device);
}

// --------------------------------------------------------------------------------- one change
static enum pt_status save(struct pt_power_control *control, struct pt_error *error)
{
    return pt_power_record_save(control->folder, &control->record, error);
}

// With the lock: two owners cannot both find a limit free.
static enum pt_status put_on_record(struct pt_power_control *control,
                                    const struct pt_power_limit *limit, const char *raw,
                                    struct pt_error *error)
{
    struct pt_power_change *change = pt_power_record_find(&control->record, limit->id);
    enum pt_status status = check_holder(&control->options, limit->id, error);
    if (status != PT_OK)
        return status;
    if (change == NULL && control->record.count == PT_LIMITS_MAX)
        return pt_fail(error, PT_OVERFLOW, "more than %d power limits", PT_LIMITS_MAX);
    if (change == NULL) {
        change = &control->record.changes[control->record.count++];
        *change = (struct pt_power_change){0};
        snprintf(change->id, sizeof change->id, "%s", limit->id);
        snprintf(change->old, sizeof change->old, "%s", limit->now);
    }
    snprintf(change->pending, sizeof change->pending, "%s", raw);
    status = save(control, error);
    if (status != PT_OK) { // nothing was written to the hardware
        change->pending[0] = '\0';
        if (change->ours[0] == '\0')
            pt_power_record_remove(&control->record, change);
    }
    return status;
}

// The write did not take: the record shall not say that it did.
static void take_off_record(struct pt_power_control *control, const char *limit_id)
{
    struct pt_power_change *change = pt_power_record_find(&control->record, limit_id);
    change->pending[0] = '\0';
    if (change->ours[0] == '\0')
        pt_power_record_remove(&control->record, change);
    save(control, NULL); // if not, it holds more than is true, which restoring looks through
}

static enum pt_status write_and_read_back(struct pt_power_control *control,
                                          const struct pt_power_limit *limit, const char *raw,
                                          char seen[PT_LIMIT_TEXT], struct pt_error *error)
{
    const struct pt_limit_driver *driver = pt_limit_driver_of(limit->id);
    const struct pt_sensor_options *sensors = &control->options.sensors;
    enum pt_status status = driver->write(sensors, limit, raw, error);
    if (status != PT_OK)
        return status;
    step(control, "written");
    status = driver->read(sensors, limit, seen, error);
    step(control, "read back");
    if (status != PT_OK || pt_power_same(seen, raw))
        return status;
    if (strcmp(seen, limit->now) == 0)
        return pt_fail(error, PT_DENIED,
                       "%s keeps its value %s though it took %s: the firmware (BIOS) has locked it",
                       limit->id, seen, raw);
    status = pt_fail(error, PT_IO, "%s was set to %s and reads back %s; it was given back",
                     limit->id, raw, seen);
    driver->write(sensors, limit, limit->now, NULL);
    return status;
}

static enum pt_status settle(struct pt_power_control *control, const struct pt_power_limit *limit,
                             const char *seen, struct pt_error *error)
{
    struct pt_power_change *change = pt_power_record_find(&control->record, limit->id);
    snprintf(change->ours, sizeof change->ours, "%s", seen);
    change->pending[0] = '\0';
    enum pt_status status = save(control, error);
    step(control, "settled");
    return status;
}

static enum pt_status change(struct pt_power_control *control, const struct pt_power_limit *limit,
                             const char *raw, struct pt_error *error)
{
    char seen[PT_LIMIT_TEXT];
    int lock;
    enum pt_status status = pt_power_lock(control->folder, &lock, error);
    if (status != PT_OK)
        return status;
    status = put_on_record(control, limit, raw, error);
    close(lock);
    if (status != PT_OK)
        return status;
    step(control, "recorded");
    if (!pt_guard_arm(&control->guard)) {
        take_off_record(control, limit->id);
        return pt_fail(error, PT_IO, "%s is not changed: the guard was killed", limit->id);
    }
    step(control, "armed");
    status = write_and_read_back(control, limit, raw, seen, error);
    if (status != PT_OK)
        take_off_record(control, limit->id);
    return status == PT_OK ? settle(control, limit, seen, error) : status;
}

enum pt_status pt_power_control_set(struct pt_power_control *control, const char *limit_id,
                                    const char *value, struct pt_error *error)
{
    struct pt_power_limit limit;
    char raw[PT_LIMIT_TEXT];
    enum pt_status status = pt_power_limit_find(&control->options.sensors, limit_id, &limit, error);
    if (status == PT_OK)
        status = check(&control->options, &limit, value, raw, error);
    if (status == PT_OK)
        status = check_rate(control, &limit, error);
    if (status == PT_OK)
        status = change(control, &limit, raw, error);
    if (status == PT_OK)
        remember_change(control, limit.device);
    return status;
}

// ------------------------------------------------------------------------------------- roles
struct selection {
    struct pt_power_limit *list;
    int count;
};

static enum pt_status select_role(struct pt_power_control *control, enum pt_limit_role role,
                                  struct selection *ret_selection, struct pt_error *error)
{
    struct selection selection = {0};
    int kept = 0;
    enum pt_status status =
        pt_power_limits(&control->options.sensors, &selection.list, &selection.count, NULL, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < selection.count; i++)
        if (selection.list[i].role == role)
            selection.list[kept++] = selection.list[i];
    selection.count = kept;
    *ret_selection = selection;
    return PT_OK;
}

static const char *name_of(enum pt_limit_role role)
{
    switch (role) {
    case PT_LIMIT_GPU_WATTS:
        return "caps of GPUs";
    case PT_LIMIT_CPU_WATTS:
        return "caps of processor packages";
    case PT_LIMIT_CPU_HERTZ:
        return "highest clocks of processors";
    default:
        return "power limits of this kind";
    }
}

// All are checked before any is changed.
static enum pt_status check_all(struct pt_power_control *control, const struct selection *selection,
                                const char *value, struct pt_error *error)
{
    char raw[PT_LIMIT_TEXT];
    enum pt_status status = PT_OK;
    for (int i = 0; i < selection->count && status == PT_OK; i++) {
        const struct pt_power_limit *limit = &selection->list[i];
        status = check(&control->options, limit, value, raw, error);
        if (status == PT_OK && !pt_power_same(raw, limit->now))
            status = check_rate(control, limit, error);
    }
    return status;
}

static enum pt_status change_all(struct pt_power_control *control,
                                 const struct selection *selection, const char *value,
                                 struct pt_error *error)
{
    char raw[PT_LIMIT_TEXT];
    enum pt_status status = PT_OK;
    for (int i = 0; i < selection->count && status == PT_OK; i++) {
        const struct pt_power_limit *limit = &selection->list[i];
        status = make_raw(limit, value, raw, error);
        if (status != PT_OK || strcmp(raw, limit->now) == 0)
            continue;
        status = change(control, limit, raw, error);
        remember_change(control, limit->device);
    }
    return status;
}

enum pt_status pt_power_control_set_role(struct pt_power_control *control, enum pt_limit_role role,
                                         double value, struct pt_error *error)
{
    struct selection selection;
    char text[32];
    struct pt_error failed;
    enum pt_status status = select_role(control, role, &selection, error);
    if (status != PT_OK)
        return status;
    if (selection.count == 0)
        status =
            pt_fail(error, PT_UNAVAILABLE, "this machine has no %s that we know", name_of(role));
    pt_format_double(value, text);
    if (status == PT_OK)
        status = check_all(control, &selection, text, error);
    if (status == PT_OK) {
        status = change_all(control, &selection, text, &failed);
        if (status != PT_OK) { // not half of them
            pt_power_control_restore_role(control, role, NULL);
            status = pt_fail(error, status, "%s", failed.message);
        }
    }
    free(selection.list);
    return status;
}

enum pt_status pt_power_control_restore_role(struct pt_power_control *control,
                                             enum pt_limit_role role, struct pt_error *error)
{
    struct selection selection;
    enum pt_status status = select_role(control, role, &selection, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < selection.count; i++) {
        struct pt_power_change *change =
            pt_power_record_find(&control->record, selection.list[i].id);
        if (change == NULL)
            continue;
        if (pt_power_give_back(&control->options, change, error) == PT_RESTORE_FAILED)
            status = PT_IO;
        else
            pt_power_record_remove(&control->record, change);
    }
    free(selection.list);
    enum pt_status saved = save(control, status == PT_OK ? error : NULL);
    return status != PT_OK ? status : saved;
}
