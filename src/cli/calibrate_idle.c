// See calibrate_idle.h.

#include "cli/calibrate_idle.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "meter/idle_baseline.h"

static const double busy_limit = 0.05; // CPUs: what an idle Linux keeps busy, several times over

static void print(const struct pt_idle_baseline *baseline, const char *directory)
{
    for (int i = 0; i < baseline->count; i++)
        printf("%-24s %8.3g W  (%.3g-%.3g)\n", baseline->channels[i].name,
               baseline->channels[i].power.watts, baseline->channels[i].power.low,
               baseline->channels[i].power.high);
    printf("Measured for %.3g s, kept in %s; from now on powertrain meter knows what is idle.\n",
           baseline->seconds, directory);
    if (baseline->busy_cpus > busy_limit)
        fprintf(
            stderr,
            "powertrain calibrate: warning: %.2g CPUs were busy meanwhile, so this is more than "
            "idle; measure again when nothing runs\n",
            baseline->busy_cpus);
}

static enum pt_status keep(struct pt_arena *arena, struct pt_idle_baseline *baseline,
                           struct pt_error *error)
{
    char date[32];
    const char *directory;
    struct utsname system = {0};
    struct tm utc;
    time_t now = time(NULL);
    uname(&system);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    baseline->host = system.nodename;
    baseline->date = date;
    enum pt_status status = pt_cache_directory(arena, &directory, error);
    if (status == PT_OK)
        status = pt_idle_baseline_save(baseline, directory, error);
    if (status == PT_OK)
        print(baseline, directory);
    return status;
}

enum pt_status pt_calibrate_idle(struct pt_arena *arena, double seconds, struct pt_error *error)
{
    struct pt_sensor_options options = {0};
    struct pt_sensor *sensor = NULL;
    struct pt_idle_baseline baseline;
    enum pt_status status = pt_sensor_open_best(&options, &sensor, error);
    if (status == PT_OK && pt_sensor_reads(sensor, "model"))
        status = pt_fail(error, PT_UNAVAILABLE,
                         "there is no sensor but the model, which knows its idle watts already");
    if (status == PT_OK && isatty(STDERR_FILENO))
        fprintf(stderr, "measuring for %.0f s; let nothing else run ...\n", seconds);
    const struct pt_idle_measure measure = {.seconds = seconds, .root = ""};
    if (status == PT_OK)
        status = pt_idle_baseline_measure(&measure, sensor, &baseline, error);
    if (status == PT_OK)
        status = keep(arena, &baseline, error);
    pt_sensor_close(sensor);
    return status;
}
