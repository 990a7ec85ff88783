// A machine whose time and energy a test turns by hand: a clock, and counters in a folder that
// looks like /sys.
#ifndef PT_TEST_FAKE_MACHINE_H
#define PT_TEST_FAKE_MACHINE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/sensor.h"
#include "support.h"

enum { FAKE_ZONES_MAX = 64 };

struct fake_zone {
    const char *directory; // "intel-rapl:0"
    double watts, joules, range_joules;
    bool frozen;
};

struct fake_machine {
    const char *root;
    int64_t now_ns, realtime_ns;
    struct pt_clock clock;
    int count;
    struct fake_zone zones[FAKE_ZONES_MAX];
    double busy_seconds, busy_threads; // of /proc/stat: so far, and from now on
    int cpus;                          // 0: no /proc/stat
};

static int64_t fake_monotonic(void *state)
{
    return ((struct fake_machine *)state)->now_ns;
}

static int64_t fake_realtime(void *state)
{
    return ((struct fake_machine *)state)->realtime_ns;
}

// In place, so that who has it open sees the new content, as in sysfs. Not by O_TRUNC: ext4 then
// flushes the file to the disk when it is closed, which takes longer than all of the tests.
static inline void fake_write(const struct fake_machine *machine, const char *path,
                              const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", machine->root, path);
    if (access(whole, F_OK) != 0) {
        test_file(machine->root, path, text);
        return;
    }
    struct stat before;
    int fd = open(whole, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fstat(fd, &before), 0);
    if (before.st_size != (off_t)strlen(text))
        assert_int_equal(ftruncate(fd, (off_t)strlen(text)), 0);
    close(fd);
}

static inline void fake_zone_file(const struct fake_machine *machine, const char *directory,
                                  const char *file, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "sys/class/powercap/%s/%s", directory, file);
    fake_write(machine, path, text);
}

static inline void fake_zone_energy(const struct fake_machine *machine,
                                    const struct fake_zone *zone)
{
    char text[64];
    double joules =
        isnan(zone->range_joules) ? zone->joules : fmod(zone->joules, zone->range_joules);
    snprintf(text, sizeof text, "%.0f\n", joules * 1e6);
    fake_zone_file(machine, zone->directory, "energy_uj", text);
}

static inline void fake_proc_stat(const struct fake_machine *machine)
{
    char text[8192];
    double up = (double)machine->now_ns / 1e9;
    int length = snprintf(text, sizeof text, "cpu  %.0f 0 0 %.0f 0 0 0 0 0 0\n",
                          floor(machine->busy_seconds * 100 + 1e-6),
                          fmax(1, (up * machine->cpus - machine->busy_seconds) * 100));
    for (int i = 0; i < machine->cpus; i++)
        length +=
            snprintf(text + length, sizeof text - (size_t)length, "cpu%d 1 0 0 1 0 0 0 0 0 0\n", i);
    snprintf(text + length, sizeof text - (size_t)length, "intr 1\nctxt 2\nbtime 3\n");
    if (machine->cpus > 0)
        fake_write(machine, "proc/stat", text);
}

static inline void fake_machine_start(struct fake_machine *machine)
{
    *machine = (struct fake_machine){
        .root = test_folder(), .now_ns = 1000000000000, .realtime_ns = 1700000000000000000};
    machine->clock = (struct pt_clock){fake_monotonic, fake_realtime, machine};
}

// A zone that draws watts from now on; returns it for later changes.
static inline struct fake_zone *fake_zone_add(struct fake_machine *machine, const char *directory,
                                              const char *name, double watts)
{
    struct fake_zone *zone = &machine->zones[machine->count++];
    *zone = (struct fake_zone){directory, watts, 1000 + 100 * machine->count, 262143.328850, false};
    fake_zone_file(machine, directory, "name", name);
    fake_zone_file(machine, directory, "max_energy_range_uj", "262143328850\n");
    fake_zone_energy(machine, zone);
    return zone;
}

// seconds go by.
static inline void fake_advance(struct fake_machine *machine, double seconds)
{
    machine->now_ns += llround(seconds * 1e9);
    machine->realtime_ns += llround(seconds * 1e9);
    machine->busy_seconds += machine->busy_threads * seconds;
    for (int i = 0; i < machine->count; i++) {
        struct fake_zone *zone = &machine->zones[i];
        if (zone->frozen)
            continue;
        zone->joules += zone->watts * seconds;
        fake_zone_energy(machine, zone);
    }
    fake_proc_stat(machine);
}

static void fake_wait(void *state, double seconds)
{
    fake_advance(state, seconds);
}

static inline struct pt_sensor_options fake_options(struct fake_machine *machine)
{
    return (struct pt_sensor_options){
        .root = machine->root, .clock = &machine->clock, .wait = fake_wait, .wait_state = machine};
}

static inline struct pt_sensor *fake_open(struct fake_machine *machine, const char *name)
{
    struct pt_sensor *sensor = NULL;
    struct pt_error error;
    struct pt_sensor_options options = fake_options(machine);
    assert_status(pt_sensor_open(name, &options, &sensor, &error), PT_OK, &error);
    return sensor;
}

// The index of the channel, which must be there.
static inline int fake_channel(const struct pt_sensor *sensor, const char *name)
{
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++)
        if (strcmp(pt_sensor_channel(sensor, i)->name, name) == 0)
            return i;
    print_error("no channel %s\n", name);
    fail();
    return -1;
}

#endif
