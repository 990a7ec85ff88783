// The power limits of this machine: what they are now, by default, at least and at most, and
// whether we may change them. Reading them needs no rights; changing them is power_control.h's.
#ifndef PT_JOB_POWER_LIMIT_H
#define PT_JOB_POWER_LIMIT_H

#include "sensor/sensor.h"

enum { PT_LIMITS_MAX = 1024, PT_LIMIT_ID = 96, PT_LIMIT_TEXT = 64 };

enum pt_limit_role {
    PT_LIMIT_GPU_WATTS,   // NVIDIA by NVML, AMD by hwmon power1_cap
    PT_LIMIT_CPU_WATTS,   // powercap constraints of packages
    PT_LIMIT_CPU_HERTZ,   // cpufreq scaling_max_freq
    PT_LIMIT_CPU_BIAS,    // cpufreq energy_performance_preference: a word
    PT_LIMIT_OTHER_WATTS, // other parts: dram, a power domain
};

// What a driver reads and writes is text in the interface's own unit; scale makes SI of it.
struct pt_power_limit {
    char id[PT_LIMIT_ID]; // "powercap:intel-rapl:0/long_term", "nvml:GPU-...", stable over reboots
    char device[PT_LIMIT_ID]; // what is throttled and rate limited together
    char what[PT_LIMIT_TEXT]; // for people: "package-0 long_term"
    enum pt_limit_role role;
    double scale;                 // 1e-6 for uW; 0: a word
    char now[PT_LIMIT_TEXT];      // raw
    char fallback[PT_LIMIT_TEXT]; // raw default, or ""
    double least, most;           // SI; NAN: not told
    bool is_writable;             // by this process, as far as rights tell
    char path[256];               // below root; "" if it is no file
    int index;                    // of the GPU
};

struct pt_limit_driver {
    const char *name; // the part of the id before the first ":"
    // Appends to list[*count], at most PT_LIMITS_MAX. Absent hardware is PT_OK and nothing.
    enum pt_status (*list)(const struct pt_sensor_options *options, struct pt_power_limit *list,
                           int *count, struct pt_error *error);
    enum pt_status (*read)(const struct pt_sensor_options *options,
                           const struct pt_power_limit *limit, char text[PT_LIMIT_TEXT],
                           struct pt_error *error);
    enum pt_status (*write)(const struct pt_sensor_options *options,
                            const struct pt_power_limit *limit, const char *text,
                            struct pt_error *error);
    // PT_BUSY: its temperature or the driver holds it back now.
    enum pt_status (*check_heat)(const struct pt_sensor_options *options,
                                 const struct pt_power_limit *limit, struct pt_error *error);
};

const struct pt_limit_driver *const *pt_limit_drivers(void);      // NULL-terminated
const struct pt_limit_driver *pt_limit_driver_of(const char *id); // or NULL

// All limits of this machine; the caller frees them. None: NULL and 0. What one driver cannot read
// does not hide those of another; *ret_note (may be NULL, 256 bytes) tells.
enum pt_status pt_power_limits(const struct pt_sensor_options *options,
                               struct pt_power_limit **ret_list, int *ret_count, char *ret_note,
                               struct pt_error *error);
// PT_NOT_FOUND with the nearest.
enum pt_status pt_power_limit_find(const struct pt_sensor_options *options, const char *id,
                                   struct pt_power_limit *ret_limit, struct pt_error *error);
// A raw text in SI; NAN: a word, or none.
double pt_limit_value(const struct pt_power_limit *limit, const char *raw);
const char *pt_limit_unit(const struct pt_power_limit *limit); // "W", "Hz", ""

extern const struct pt_limit_driver pt_limit_nvml, pt_limit_powercap, pt_limit_hwmon,
    pt_limit_cpufreq;

#endif
