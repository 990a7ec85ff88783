// powertrain power: the power limits of this machine; changes them only when told twice, and only
// for as long as it runs.

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/parse.h"
#include "base/table.h"
#include "cli/verb.h"
#include "job/job.h"
#include "job/power_control.h"
#include "sensor/sysfs.h"

enum { NOTE_SIZE = 256, CELL_SIZE = 96, PROGRAM_SIZE = 4096 };

struct power {
    const struct pt_verb *verb;
    const char *root;
    bool json, apply, all;
    char **command; // behind "--", or NULL
    struct pt_power_options options;
    char program[PROGRAM_SIZE];
};

// ----------------------------------------------------------------------------------- numbers
// SI into what people read: "250 W", "2.4 GHz", a word as it is.
static const char *format(const struct pt_power_limit *limit, double value, const char *raw,
                          char cell[CELL_SIZE])
{
    if (limit->scale <= 0)
        return raw != NULL && raw[0] != '\0' ? raw : NULL;
    if (isnan(value))
        return NULL;
    if (limit->role == PT_LIMIT_CPU_HERTZ)
        pt_format_c(cell, CELL_SIZE, "%.4g GHz", value / 1e9);
    else
        pt_format_watts(value, cell);
    return cell;
}

static const char *format_raw(const struct pt_power_limit *limit, const char *raw,
                              char cell[CELL_SIZE])
{
    return format(limit, pt_limit_value(limit, raw), raw, cell);
}

// "250", "250W", "2.4GHz" into SI; a word stays.
static void read_value(const char *text, char value[CELL_SIZE])
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"kW", 1e3}, {"W", 1}, {"GHz", 1e9}, {"MHz", 1e6}, {"kHz", 1e3}, {"Hz", 1}};
    size_t length = strlen(text);
    snprintf(value, CELL_SIZE, "%.95s", text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit_length = strlen(units[i].unit);
        char digits[CELL_SIZE];
        double number;
        if (length <= unit_length || length >= CELL_SIZE ||
            strcmp(text + length - unit_length, units[i].unit) != 0)
            continue;
        snprintf(digits, sizeof digits, "%.*s", (int)(length - unit_length), text);
        while (digits[0] != '\0' && digits[strlen(digits) - 1] == ' ')
            digits[strlen(digits) - 1] = '\0';
        if (pt_parse_double(digits, &number))
            pt_format_double(number * units[i].factor, value);
        return;
    }
}

// -------------------------------------------------------------------------------------- show
static const char *who_may(const struct pt_power_limit *limit)
{
    return limit->is_writable ? "you" : geteuid() == 0 ? "nobody" : "root";
}

static void print_row(struct pt_table *table, const struct power *power,
                      const struct pt_power_limit *limit)
{
    char now[CELL_SIZE], usual[CELL_SIZE], least[CELL_SIZE], most[CELL_SIZE], holder[32];
    int pid = pt_power_holder(&power->options, limit->id);
    snprintf(holder, sizeof holder, "%d", pid);
    const char *const cells[] = {
        limit->id,
        limit->what,
        format_raw(limit, limit->now, now),
        format_raw(limit, limit->fallback, usual),
        format(limit, limit->least, NULL, least),
        format(limit, limit->most, NULL, most),
        who_may(limit),
        pid != 0 ? holder : NULL,
    };
    pt_table_row(table, cells);
}

static enum pt_status print_table(const struct power *power, const struct pt_power_limit *list,
                                  int count, struct pt_error *error)
{
    static const char *const headings[] = {"limit",  "what",  ">now",    ">default",
                                           ">least", ">most", "who may", ">held by"};
    struct pt_arena *arena = pt_arena_create();
    struct pt_table *table =
        arena != NULL ? pt_table_create(arena, headings, sizeof headings / sizeof *headings) : NULL;
    if (table == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    }
    for (int i = 0; i < count; i++)
        print_row(table, power, &list[i]);
    pt_table_print(table, stdout, isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    pt_arena_destroy(arena);
    return PT_OK;
}

static void write_value(struct pt_json_writer *writer, const char *key,
                        const struct pt_power_limit *limit, const char *raw)
{
    if (limit->scale > 0)
        pt_json_number(writer, key, pt_limit_value(limit, raw));
    else
        pt_json_string(writer, key, raw[0] != '\0' ? raw : NULL);
}

static void print_json(const struct power *power, const struct pt_power_limit *list, int count)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_array(&writer, NULL);
    for (int i = 0; i < count; i++) {
        const struct pt_power_limit *limit = &list[i];
        int pid = pt_power_holder(&power->options, limit->id);
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "id", limit->id);
        pt_json_string(&writer, "what", limit->what);
        pt_json_string(&writer, "unit", pt_limit_unit(limit));
        write_value(&writer, "now", limit, limit->now);
        write_value(&writer, "default", limit, limit->fallback);
        pt_json_number(&writer, "least", limit->least);
        pt_json_number(&writer, "most", limit->most);
        pt_json_bool(&writer, "writable", limit->is_writable);
        if (pid != 0)
            pt_json_integer(&writer, "held_by", pid);
        else
            pt_json_null(&writer, "held_by");
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
}

static enum pt_status show(const struct power *power, struct pt_error *error)
{
    struct pt_power_limit *list;
    int count;
    char note[NOTE_SIZE];
    enum pt_status status = pt_power_limits(&power->options.sensors, &list, &count, note, error);
    if (status != PT_OK)
        return status;
    if (power->json)
        print_json(power, list, count);
    else if (count > 0)
        status = print_table(power, list, count, error);
    else
        puts(
            "This machine shows no power limit: no GPU driver, no powercap, no cpufreq. powertrain "
            "can still run a job a share of the time, or on fewer processors.");
    if (note[0] != '\0')
        fprintf(stderr, "powertrain power: warning: %s\n", note);
    free(list);
    return status;
}

// ----------------------------------------------------------------------------------- restore
static enum pt_status restore(const struct power *power, struct pt_error *error)
{
    struct pt_power_restored restored;
    enum pt_status status = pt_power_restore(&power->options, power->all, &restored, error);
    if (status != PT_OK)
        return status;
    printf("%d power limits were given back, %d stay as somebody else has set them since\n",
           restored.restored, restored.foreign);
    if (restored.failed > 0)
        return pt_fail(error, PT_IO, "%d could not be given back: %s", restored.failed,
                       restored.text);
    return PT_OK;
}

// --------------------------------------------------------------------------------------- set
// "ID=VALUE"; ids hold no "=".
static enum pt_status split(const char *assignment, char id[PT_LIMIT_ID], char value[CELL_SIZE],
                            struct pt_error *error)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= PT_LIMIT_ID)
        return pt_fail(error, PT_USAGE, "%.80s: say LIMIT=VALUE, for example nvml:GPU-...=250W",
                       assignment);
    snprintf(id, PT_LIMIT_ID, "%.*s", (int)(equals - assignment), assignment);
    read_value(equals + 1, value);
    return PT_OK;
}

static enum pt_status describe(const struct power *power, const char *assignment,
                               struct pt_error *error)
{
    char id[PT_LIMIT_ID], value[CELL_SIZE], raw[PT_LIMIT_TEXT], now[CELL_SIZE], then[CELL_SIZE];
    struct pt_power_limit limit;
    enum pt_status status = split(assignment, id, value, error);
    if (status == PT_OK)
        status = pt_power_limit_find(&power->options.sensors, id, &limit, error);
    if (status == PT_OK)
        status = pt_power_control_check(&power->options, id, value, raw, error);
    if (status != PT_OK)
        return status;
    printf("%s: %s -> %s\n", id, format_raw(&limit, limit.now, now), format_raw(&limit, raw, then));
    return PT_OK;
}

// Several limits of one device wait for each other.
static enum pt_status set_one(struct pt_power_control *control, const char *assignment,
                              struct pt_error *error)
{
    char id[PT_LIMIT_ID], value[CELL_SIZE];
    enum pt_status status = split(assignment, id, value, error);
    if (status != PT_OK)
        return status;
    double seconds = pt_power_control_wait_seconds(control, id);
    if (seconds > 0)
        usleep((useconds_t)(seconds * 1e6) + 10000);
    return pt_power_control_set(control, id, value, error);
}

static void wait_for_end(const sigset_t *ends)
{
    int signal;
    fprintf(stderr, "powertrain power: set; end this program (Ctrl-C) to give all back\n");
    sigwait(ends, &signal);
}

static enum pt_status run_command(const struct power *power, int *ret_code, struct pt_error *error)
{
    struct pt_job_result result;
    enum pt_status status = pt_job_run(power->command, false, NULL, &result, error);
    if (status != PT_OK)
        return status;
    if (!result.was_started)
        fprintf(stderr, "powertrain power: %s: %s\n", power->command[0],
                strerror(result.exec_errno));
    *ret_code = result.exit_status;
    return PT_OK;
}

static enum pt_status hold(const struct power *power, char *const *assignments, int count,
                           int *ret_code, struct pt_error *error)
{
    struct pt_power_control *control;
    sigset_t ends, before;
    int failed;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    enum pt_status status = pt_power_control_open(&power->options, &control, error);
    if (status != PT_OK)
        return status;
    if (power->command == NULL)
        sigprocmask(SIG_BLOCK, &ends, &before);
    for (int i = 0; i < count && status == PT_OK; i++)
        status = set_one(control, assignments[i], error);
    if (status == PT_OK && power->command != NULL)
        status = run_command(power, ret_code, error);
    else if (status == PT_OK)
        wait_for_end(&ends);
    pt_power_control_close(control, &failed);
    if (failed > 0)
        fprintf(stderr,
                "powertrain power: warning: %d limits could not be given back; powertrain "
                "power restore tries again\n",
                failed);
    return status;
}

static enum pt_status set(const struct power *power, char *const *assignments, int count,
                          int *ret_code, struct pt_error *error)
{
    enum pt_status status =
        count > 0 ? PT_OK : pt_fail(error, PT_USAGE, "set what? powertrain power set LIMIT=VALUE");
    for (int i = 0; i < count && status == PT_OK; i++)
        status = describe(power, assignments[i], error);
    if (status != PT_OK)
        return status;
    if (power->apply) {
        fflush(stdout);
        return hold(power, assignments, count, ret_code, error);
    }
    puts("Nothing was changed: --apply does it.");
    return PT_OK;
}

// ------------------------------------------------------------------------------------ the verb
// The command stands behind "--"; options before it.
static int cut_command(struct power *power, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            power->command = i + 1 < argc ? argv + i + 1 : NULL;
            return i;
        }
    return argc;
}

static enum pt_status act(const struct power *power, char *const *words, int count, int *ret_code,
                          struct pt_error *error)
{
    static const char *const actions[] = {"show", "restore", "set", NULL};
    const char *action = count > 0 ? words[0] : "show";
    bool is_set = strcmp(action, "set") == 0;
    if (!is_set && count > 1)
        return pt_fail(error, PT_USAGE, "what is %s? powertrain power %s takes nothing", words[1],
                       action);
    if (!is_set && power->command != NULL)
        return pt_fail(error, PT_USAGE, "a command is only for powertrain power set");
    if (is_set)
        return set(power, words + 1, count - 1, ret_code, error);
    if (strcmp(action, "restore") == 0)
        return restore(power, error);
    if (strcmp(action, "show") == 0)
        return show(power, error);
    const char *near = pt_nearest_word(action, actions);
    return pt_fail(error, PT_USAGE, "%s is none of show, set and restore%s%s", action,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct power power = {.verb = verb};
    const struct pt_option options[] = {
        {"apply", 0, PT_OPTION_FLAG, &power.apply, NULL,
         "set: really do it; without it, only say what would be done"},
        {"all", 0, PT_OPTION_FLAG, &power.all, NULL, "restore: also what living programs hold"},
        {"json", 0, PT_OPTION_FLAG, &power.json, NULL, "the limits as JSON"},
        {"root", 0, PT_OPTION_TEXT, &power.root, "DIR", "limits are looked for below DIR"},
        {0},
    };
    int first, code = PT_EXIT_OK;
    struct pt_error error;
    argc = cut_command(&power, argc, argv);
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &code))
        return code;
    power.options.sensors.root = power.root;
    power.options.program = pt_program_path(power.program, sizeof power.program);
    code = PT_EXIT_OK;
    enum pt_status status = act(&power, argv + first, argc - first, &code, &error);
    return status == PT_OK ? code : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_power = {
    .name = "power",
    .synopsis = "power [show | set LIMIT=VALUE... [--apply] [-- COMMAND ...] | restore]",
    .summary = "power limits of this machine: show, hold while a command runs, give back",
    .example = "powertrain power set nvml:GPU-5c2e...=250W --apply -- python train.py",
    .run = run,
};
