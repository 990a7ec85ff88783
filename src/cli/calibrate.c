// powertrain calibrate: measures how fast this machine is, and keeps it for the plan.

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/calibrate_idle.h"
#include "cli/verb.h"
#include "engine/gemm.h"
#include "hardware/machine.h"
#include "sensor/proc_stat.h"

enum { CELL_SIZE = 64 };

static const char *per_second(const char *amount, double value, char *buffer)
{
    if (isnan(value))
        return "-";
    snprintf(buffer, CELL_SIZE, "%s/s", amount);
    return buffer;
}

static const char *flop_rate(double value, char *buffer)
{
    char amount[CELL_SIZE];
    return per_second(pt_format_flop(value, amount), value, buffer);
}

static const char *byte_rate(double value, char *buffer)
{
    char amount[CELL_SIZE];
    return per_second(pt_format_bytes(value, amount), value, buffer);
}

static enum pt_status print_table(struct pt_arena *arena, const struct pt_calibration *calibration,
                                  struct pt_error *error)
{
    static const char *const headings[] = {">threads", ">fp32 products", ">bf16 products",
                                           ">memory", ">cache"};
    char cells[5][CELL_SIZE];
    struct pt_table *table = pt_table_create(arena, headings, 5);
    if (table == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the table");
    for (int i = 0; i < calibration->point_count; i++) {
        const struct pt_calibration_point *point = &calibration->points[i];
        snprintf(cells[0], CELL_SIZE, "%d", point->threads);
        const char *const row[] = {cells[0], flop_rate(point->fp32_flop_per_second, cells[1]),
                                   flop_rate(point->bf16_flop_per_second, cells[2]),
                                   byte_rate(point->memory_bytes_per_second, cells[3]),
                                   byte_rate(point->cache_bytes_per_second, cells[4])};
        pt_table_row(table, row);
    }
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    return PT_OK;
}

static enum pt_status print_text(struct pt_arena *arena, const struct pt_cpu_info *cpu,
                                 const struct pt_calibration *calibration, const char *directory,
                                 struct pt_error *error)
{
    char memory[CELL_SIZE], cache[CELL_SIZE];

    printf("%s%s%s%s\n", cpu->model, cpu->microarchitecture[0] == '\0' ? "" : ", ",
           cpu->microarchitecture, cpu->virtual_machine ? ", virtual machine" : "");
    printf("%d of %d threads, %s of memory, last cache %s\n\n", cpu->threads, cpu->machine_threads,
           pt_format_bytes(cpu->memory_bytes, memory),
           pt_format_bytes(cpu->last_cache_bytes, cache));
    enum pt_status status = print_table(arena, calibration, error);
    if (status != PT_OK)
        return status;
    printf("\nEach operator costs %.1f us beside its work.\n",
           calibration->step_overhead_seconds * 1e6);
    printf("Measured %s, kept in %s.\n", calibration->date, directory);
    return PT_OK;
}

static void print_json(const struct pt_cpu_info *cpu, const struct pt_calibration *calibration)
{
    struct pt_json_writer writer;

    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "cpu_model", calibration->cpu_model);
    pt_json_string(&writer, "microarchitecture",
                   cpu->microarchitecture[0] == '\0' ? NULL : cpu->microarchitecture);
    pt_json_bool(&writer, "virtual_machine", cpu->virtual_machine);
    pt_json_integer(&writer, "threads", cpu->threads);
    pt_json_integer(&writer, "machine_threads", cpu->machine_threads);
    pt_json_number(&writer, "memory_bytes", cpu->memory_bytes);
    pt_json_number(&writer, "last_cache_bytes", cpu->last_cache_bytes);
    pt_json_string(&writer, "date", calibration->date);
    pt_json_number(&writer, "step_overhead_seconds", calibration->step_overhead_seconds);
    pt_json_array(&writer, "points");
    for (int i = 0; i < calibration->point_count; i++) {
        const struct pt_calibration_point *point = &calibration->points[i];
        pt_json_object(&writer, NULL);
        pt_json_integer(&writer, "threads", point->threads);
        pt_json_number(&writer, "fp32_flop_per_second", point->fp32_flop_per_second);
        pt_json_number(&writer, "bf16_flop_per_second", point->bf16_flop_per_second);
        pt_json_number(&writer, "memory_bytes_per_second", point->memory_bytes_per_second);
        pt_json_number(&writer, "cache_bytes_per_second", point->cache_bytes_per_second);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
}

// Busy time of the whole machine less our own; NAN if /proc/stat does not tell.
static double others_cpu_seconds(void)
{
    struct pt_proc_stat stat;
    if (pt_proc_stat_open(&stat, "", NULL) != PT_OK)
        return NAN;
    double busy = pt_proc_stat_busy(&stat);
    pt_proc_stat_close(&stat);
    return busy - pt_process_cpu_seconds();
}

static void warn_if_shared(const struct pt_cpu_info *cpu, double others, double seconds)
{
    double share = others / (seconds * cpu->machine_threads);
    if (share > 0.1)
        fprintf(stderr,
                "powertrain calibrate: warning: other processes kept %.0f %% of the machine "
                "busy meanwhile, so it looks slower than it is; calibrate again when it is "
                "idle\n",
                100 * share);
}

static enum pt_status measure(const struct pt_cpu_info *cpu, double seconds, const char *directory,
                              struct pt_calibration *ret_calibration, struct pt_error *error)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "measuring for about %.0f s ...\n", seconds);
    double others = others_cpu_seconds();
    int64_t start_ns = pt_clock_monotonic(&pt_system_clock);
    enum pt_status status =
        pt_calibrate(cpu, pt_gemm_calibration_probe, seconds, ret_calibration, error);
    warn_if_shared(cpu, others_cpu_seconds() - others,
                   (double)(pt_clock_monotonic(&pt_system_clock) - start_ns) /
                       (double)PT_NANOSECONDS_PER_SECOND);
    pt_gemm_calibration_probe(false, 1, 0, 0, 0, NULL, NULL, NULL); // its scratch memory
    if (status == PT_OK)
        status = pt_calibration_save(ret_calibration, directory, error);
    return status;
}

static enum pt_status calibrate(struct pt_arena *arena, double seconds, bool only_print,
                                bool if_missing, bool json, struct pt_error *error)
{
    struct pt_cpu_info cpu;
    struct pt_calibration calibration;
    const char *directory;
    enum pt_status status;

    if ((status = pt_cpu_info_read(NULL, &cpu, error)) != PT_OK ||
        (status = pt_cache_directory(arena, &directory, error)) != PT_OK)
        return status;
    if (if_missing && pt_calibration_load(&cpu, directory, &calibration, NULL) == PT_OK)
        return PT_OK;
    status = only_print ? pt_calibration_load(&cpu, directory, &calibration, error)
                        : measure(&cpu, seconds, directory, &calibration, error);
    if (status != PT_OK)
        return status;
    if (!json)
        return print_text(arena, &cpu, &calibration, directory, error);
    print_json(&cpu, &calibration);
    return PT_OK;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    double seconds = 6, idle_seconds = 0;
    bool only_print = false, if_missing = false, json = false;
    const struct pt_option options[] = {
        {"seconds", 's', PT_OPTION_NUMBER, &seconds, "N",
         "measure for about N seconds (default 6)"},
        {"print", 'p', PT_OPTION_FLAG, &only_print, NULL, "measure nothing, show what is kept"},
        {"if-missing", 0, PT_OPTION_FLAG, &if_missing, NULL,
         "do nothing if it was measured already"},
        {"json", 0, PT_OPTION_FLAG, &json, NULL, "print JSON"},
        {"idle", 0, PT_OPTION_NUMBER, &idle_seconds, "SECONDS",
         "measure what the machine draws while nothing runs, for powertrain meter --idle"},
        {0},
    };
    int first, exit_code;
    struct pt_error error;

    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (first < argc)
        return pt_exit_with(verb, pt_fail(&error, PT_USAGE, "unexpected argument %s", argv[first]),
                            &error);
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status = arena == NULL ? pt_fail(&error, PT_NO_MEMORY, "no memory")
                            : idle_seconds != 0
                                ? pt_calibrate_idle(arena, idle_seconds, &error)
                                : calibrate(arena, seconds, only_print, if_missing, json, &error);
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_calibrate = {
    .name = "calibrate",
    .synopsis = "calibrate [OPTIONS]",
    .summary = "measure how fast this machine is, so that plans fit it",
    .example = "powertrain calibrate --seconds 10",
    .computes = true,
    .run = run,
};
