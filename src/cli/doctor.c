// powertrain doctor: which sensors work here, the command that would enable the others, and what
// doing without them costs in accuracy; and what else this machine offers.

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/table.h"
#include "cli/verb.h"
#include "engine/gemm.h"
#include "hardware/machine.h"
#include "sensor/sensor.h"

enum { SENSORS_MAX = 16, TEXT_SIZE = 64 };

struct findings {
    int sensor_count;
    const char *names[SENSORS_MAX];
    struct pt_sensor_diagnosis sensors[SENSORS_MAX];
    const char *best; // the one that is used when none is named; NULL: none works

    bool cpu_known;
    struct pt_cpu_info cpu;
    char cpu_problem[512];

    bool calibrated;
    struct pt_calibration calibration;
    char calibration_problem[512];

    const char *ledger_path; // NULL: no place
    bool ledger_exists;
};

// ---------------------------------------------------------------------------------- looking
static void find_sensors(struct findings *findings, const struct pt_sensor_options *options)
{
    const char *const *names = pt_sensor_names();
    for (int i = 0; names[i] != NULL && i < SENSORS_MAX; i++) {
        struct pt_sensor_diagnosis *diagnosis = &findings->sensors[i];
        findings->names[i] = names[i];
        findings->sensor_count = i + 1;
        pt_sensor_diagnose(names[i], options, diagnosis);
        if (findings->best == NULL && diagnosis->status == PT_OK)
            findings->best = names[i];
    }
}

static void find_machine(struct findings *findings, const char *root, const char *cache)
{
    struct pt_error error;
    findings->cpu_known = pt_cpu_info_read(root, &findings->cpu, &error) == PT_OK;
    if (!findings->cpu_known) {
        snprintf(findings->cpu_problem, sizeof findings->cpu_problem, "%s", error.message);
        return;
    }
    if (cache == NULL)
        return;
    findings->calibrated =
        pt_calibration_load(&findings->cpu, cache, &findings->calibration, &error) == PT_OK;
    if (!findings->calibrated)
        snprintf(findings->calibration_problem, sizeof findings->calibration_problem, "%s",
                 error.message);
}

static void find_ledger(struct findings *findings, struct pt_arena *arena)
{
    const char *directory;
    if (pt_data_directory(arena, &directory, NULL) != PT_OK)
        return;
    findings->ledger_path = pt_arena_printf(arena, "%s/ledger.db", directory);
    findings->ledger_exists =
        findings->ledger_path != NULL && access(findings->ledger_path, F_OK) == 0;
}

static enum pt_status look(struct findings *findings, struct pt_arena *arena,
                           const struct pt_sensor_options *options)
{
    const char *cache = NULL;
    if (pt_cache_directory(arena, &cache, NULL) != PT_OK)
        cache = NULL;
    find_sensors(findings, options);
    find_machine(findings, options->root, cache);
    find_ledger(findings, arena);
    return PT_OK;
}

// ------------------------------------------------------------------------------------- text
static const char *read_cost(double seconds, char *buffer)
{
    if (isnan(seconds))
        return NULL;
    snprintf(buffer, TEXT_SIZE, "%.1f us", seconds * 1e6);
    return buffer;
}

static const char *accuracy(double relative, char *buffer)
{
    if (isnan(relative))
        return NULL;
    snprintf(buffer, TEXT_SIZE, "+-%.0f %%", 100 * relative);
    return buffer;
}

static void print_sensors(struct pt_arena *arena, const struct findings *findings)
{
    static const char *const headings[] = {"sensor", "status", ">accuracy", ">one read", "what"};
    struct pt_table *table = pt_table_create(arena, headings, 5);
    if (table == NULL)
        return;
    for (int i = 0; i < findings->sensor_count; i++) {
        const struct pt_sensor_diagnosis *sensor = &findings->sensors[i];
        char error[TEXT_SIZE], cost[TEXT_SIZE];
        const char *status = pt_status_text(sensor->status);
        if (sensor->status == PT_OK)
            status = findings->best == findings->names[i] ? "works, used" : "works";
        const char *const row[] = {findings->names[i], status,
                                   accuracy(sensor->relative_error, error),
                                   read_cost(sensor->read_seconds, cost), sensor->summary};
        pt_table_row(table, row);
    }
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
}

static void print_remedies(const struct findings *findings)
{
    for (int i = 0; i < findings->sensor_count; i++) {
        const struct pt_sensor_diagnosis *sensor = &findings->sensors[i];
        printf("\n%s\n", sensor->message);
        if (sensor->status != PT_OK)
            printf("    %s\n", sensor->cost);
    }
}

static void print_machine(const struct findings *findings)
{
    const struct pt_cpu_info *cpu = &findings->cpu;
    char memory[TEXT_SIZE];
    printf("\n");
    if (findings->cpu_known)
        printf("machine      %s%s%s%s, %d of %d threads usable, %s of memory\n", cpu->model,
               cpu->microarchitecture[0] != '\0' ? ", " : "", cpu->microarchitecture,
               cpu->virtual_machine ? ", virtual machine" : "", cpu->threads, cpu->machine_threads,
               pt_format_bytes(cpu->memory_bytes, memory));
    else
        printf("machine      unknown: %s\n", findings->cpu_problem);
    if (findings->calibrated)
        printf("calibration  measured %s\n", findings->calibration.date);
    else if (findings->calibration_problem[0] != '\0')
        printf("calibration  none: %s\n", findings->calibration_problem);
}

static void print_libraries(void)
{
    for (int i = 0; pt_gemm_backends[i] != NULL; i++) {
        const struct pt_gemm_backend *backend = pt_gemm_backends[i];
        struct pt_error error;
        const struct pt_gemm_backend *found;
        bool fp32 = pt_gemm_backend_find(backend->name, PT_PRECISION_FP32, &found, &error) == PT_OK;
        if (fp32)
            printf("products     %s: fp32%s\n", backend->name,
                   backend->available(PT_PRECISION_BF16) ? ", bf16" : "");
        else
            printf("products     %s\n", error.message);
    }
}

static void print_text(struct pt_arena *arena, const struct findings *findings)
{
    print_sensors(arena, findings);
    print_remedies(findings);
    print_machine(findings);
    print_libraries();
    if (findings->ledger_path != NULL)
        printf("ledger       %s%s\n", findings->ledger_path,
               findings->ledger_exists ? "" : " (not yet written)");
    else
        printf(
            "ledger       no place for it: set $HOME or $XDG_DATA_HOME, or give --ledger PATH\n");
}

// ------------------------------------------------------------------------------------- JSON
static void write_sensors(struct pt_json_writer *writer, const struct findings *findings)
{
    pt_json_array(writer, "sensors");
    for (int i = 0; i < findings->sensor_count; i++) {
        const struct pt_sensor_diagnosis *sensor = &findings->sensors[i];
        pt_json_object(writer, NULL);
        pt_json_string(writer, "name", findings->names[i]);
        pt_json_bool(writer, "works", sensor->status == PT_OK);
        pt_json_bool(writer, "used", findings->best == findings->names[i]);
        pt_json_string(writer, "status", pt_status_text(sensor->status));
        pt_json_string(writer, "message", sensor->message);
        pt_json_integer(writer, "channels", sensor->channel_count);
        pt_json_number(writer, "read_seconds", sensor->read_seconds);
        pt_json_number(writer, "relative_error", sensor->relative_error);
        pt_json_string(writer, "summary", sensor->summary);
        pt_json_string(writer, "cost_of_doing_without", sensor->cost);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

static void write_machine(struct pt_json_writer *writer, const struct findings *findings)
{
    const struct pt_cpu_info *cpu = &findings->cpu;
    pt_json_object(writer, "machine");
    pt_json_bool(writer, "known", findings->cpu_known);
    if (findings->cpu_known) {
        pt_json_string(writer, "cpu_model", cpu->model);
        pt_json_string(writer, "microarchitecture",
                       cpu->microarchitecture[0] != '\0' ? cpu->microarchitecture : NULL);
        pt_json_bool(writer, "virtual_machine", cpu->virtual_machine);
        pt_json_integer(writer, "threads", cpu->threads);
        pt_json_integer(writer, "machine_threads", cpu->machine_threads);
        pt_json_number(writer, "memory_bytes", cpu->memory_bytes);
    }
    pt_json_string(writer, "calibrated", findings->calibrated ? findings->calibration.date : NULL);
    pt_json_end_object(writer);
}

static void print_json(const struct findings *findings)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    write_sensors(&writer, findings);
    write_machine(&writer, findings);
    pt_json_array(&writer, "products");
    for (int i = 0; pt_gemm_backends[i] != NULL; i++) {
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "name", pt_gemm_backends[i]->name);
        pt_json_bool(&writer, "fp32", pt_gemm_backends[i]->available(PT_PRECISION_FP32));
        pt_json_bool(&writer, "bf16", pt_gemm_backends[i]->available(PT_PRECISION_BF16));
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_string(&writer, "ledger", findings->ledger_path);
    pt_json_bool(&writer, "ledger_exists", findings->ledger_exists);
    pt_json_end_object(&writer);
    putchar('\n');
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    bool json = false;
    struct pt_sensor_options sensor = {0};
    const struct pt_option options[] = {
        {"json", 0, PT_OPTION_FLAG, &json, NULL, "print JSON"},
        {"replay", 0, PT_OPTION_TEXT, &sensor.file, "FILE", "try this recorded meter too"},
        {"root", 0, PT_OPTION_TEXT, &sensor.root, "DIR", "look below DIR instead of /"},
        {0},
    };
    int first, code;
    struct pt_error error;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &code))
        return code;
    if (first < argc)
        return pt_exit_with(verb, pt_fail(&error, PT_USAGE, "unexpected argument %s", argv[first]),
                            &error);
    struct pt_arena *arena = pt_arena_create();
    struct findings *findings = arena != NULL ? pt_arena_alloc(arena, 1, sizeof *findings) : NULL;
    enum pt_status status = findings != NULL ? look(findings, arena, &sensor)
                                             : pt_fail(&error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK && json)
        print_json(findings);
    else if (status == PT_OK)
        print_text(arena, findings);
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_doctor = {
    .name = "doctor",
    .synopsis = "doctor [--json]",
    .summary = "which energy sensors work here, and what would enable the others",
    .example = "powertrain doctor",
    .run = run,
};
