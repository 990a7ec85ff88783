// powertrain bills: what the ledger knows, as a list or one bill in full.

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/table.h"
#include "cli/bill_groups.h"
#include "cli/bill_list.h"
#include "cli/recover.h"
#include "cli/verb.h"
#include "report/document.h"

enum { CELL_SIZE = 64 };

#define LIMIT_MAX     INT64_C(100000)
#define LIMIT_DEFAULT INT64_C(20)

struct options {
    const char *ledger;
    int64_t limit;
    int64_t id; // 0: the list
    bool json, csv, openmetrics;
    const char *recover;
};

static int width_of_stdout(void)
{
    return isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0;
}

static enum pt_status print_table(struct pt_arena *arena, const struct pt_bill_list *list,
                                  struct pt_error *error)
{
    enum pt_status status = pt_bill_list_print(arena, list, width_of_stdout(), error);
    return status == PT_OK ? pt_bill_groups_print(arena, list, width_of_stdout(), error) : status;
}

static enum pt_status print_runs(struct pt_arena *arena, const struct options *options,
                                 const char *path, const struct pt_run_record *runs, int64_t count,
                                 struct pt_error *error)
{
    struct pt_bill_list list;

    enum pt_status status = pt_bill_list_make(arena, runs, count, &list, error);
    if (status != PT_OK)
        return status;
    if (options->json)
        pt_bill_list_print_json(&list, path);
    else if (options->csv)
        pt_bill_list_print_csv(&list);
    else if (options->openmetrics)
        pt_bill_list_print_openmetrics(&list);
    else if (count > 0)
        status = print_table(arena, &list, error);
    else
        puts("no runs yet; `powertrain train` and `powertrain meter -- COMMAND` write them");
    return status;
}

static enum pt_status print_list(struct pt_ledger *ledger, struct pt_arena *arena,
                                 const struct options *options, struct pt_error *error)
{
    struct pt_run_record *runs = NULL;
    int64_t count = 0;

    // One more than asked for tells whether there are more.
    int64_t limit = options->limit > 0 ? options->limit : LIMIT_MAX;
    enum pt_status status = pt_ledger_list(ledger, arena, limit + 1, &runs, &count, error);
    if (status != PT_OK)
        return status;
    bool has_more = count > limit;
    if (has_more)
        count = limit;
    status = print_runs(arena, options, pt_ledger_path(ledger), runs, count, error);
    if (status == PT_OK && has_more)
        fprintf(stderr,
                "powertrain bills: these are the newest %" PRId64 " runs; --limit shows more\n",
                count);
    return status;
}

static void print_bill(const struct pt_run_record *run)
{
    char start[CELL_SIZE], duration[CELL_SIZE];
    double seconds = pt_run_duration(run);

    printf("run %" PRId64 ": %s %s, %s\n", run->id, run->kind, run->name != NULL ? run->name : "-",
           run->status);
    printf("started %s, took %s\n", pt_format_time(run->start_realtime_ns, start),
           isfinite(seconds) ? pt_format_duration(seconds, duration) : "-");
    printf("command %s\n", run->command != NULL ? run->command : "-");
    printf("machine %s\n", run->machine != NULL ? run->machine : "-");
    printf("sensor  %s\n\n", run->sensor != NULL ? run->sensor : "-");
    if (run->has_bill)
        pt_report_bill(stdout, &run->bill, run->has_prediction ? &run->prediction : NULL,
                       width_of_stdout());
    else if (run->has_prediction) {
        puts("No measurement was kept. Predicted was:");
        pt_report_bill(stdout, &run->prediction, NULL, width_of_stdout());
    } else {
        puts("Neither a measurement nor a prediction was kept.");
    }
}

static enum pt_status print_one(struct pt_ledger *ledger, struct pt_arena *arena,
                                const struct options *options, struct pt_error *error)
{
    struct pt_run_record run;
    int64_t id = options->id;

    enum pt_status status = pt_ledger_run(ledger, arena, id, &run, error);
    if (status != PT_OK)
        return status;
    if (!options->json) {
        print_bill(&run);
        return PT_OK;
    }
    struct pt_report_run report = {.record = &run};
    struct pt_progress_point *points;
    struct pt_meter_sample *samples;
    status = pt_ledger_curves(ledger, arena, id, &points, &report.point_count, &samples,
                              &report.sample_count, error);
    if (status != PT_OK)
        return status;
    report.points = points;
    report.samples = samples;
    return pt_report_json(stdout, &report, error);
}

static enum pt_status recover(const struct options *options, struct pt_error *error)
{
    int64_t count = 0;
    pt_recover_records(options->ledger);
    if (options->recover == NULL)
        return PT_OK;
    enum pt_status status = pt_recover_path(options->recover, options->ledger, &count, error);
    if (status == PT_OK)
        fprintf(stderr, "powertrain bills: %" PRId64 " run%s of %s taken into the ledger\n", count,
                count == 1 ? "" : "s", options->recover);
    return status;
}

static enum pt_status print(struct pt_arena *arena, const struct options *options,
                            struct pt_error *error)
{
    struct pt_ledger *ledger = NULL;
    if (recover(options, error) != PT_OK)
        return error->status;

    enum pt_status status = pt_ledger_open_existing(options->ledger, &ledger, error);
    // Nothing was ever written in the default place: no mistake of the user.
    if (status == PT_NOT_FOUND && options->ledger == NULL && options->id == 0)
        return print_runs(arena, options, NULL, NULL, 0, error);
    if (status == PT_OK && options->id != 0)
        status = print_one(ledger, arena, options, error);
    else if (status == PT_OK)
        status = print_list(ledger, arena, options, error);
    pt_ledger_close(ledger);
    return status;
}

static enum pt_status check_usage(struct options *options, int operand_count, char **operands,
                                  struct pt_error *error)
{
    if (operand_count > 1)
        return pt_fail(error, PT_USAGE, "one run at a time, not %d", operand_count);
    if (operand_count == 1 && (!pt_parse_int64(operands[0], &options->id) || options->id < 1))
        return pt_fail(error, PT_USAGE, "%s is not the number of a run", operands[0]);
    if (options->json + options->csv + options->openmetrics > 1)
        return pt_fail(error, PT_USAGE, "give either --json or --csv or --openmetrics");
    if ((options->csv || options->openmetrics) && options->id != 0)
        return pt_fail(error, PT_USAGE,
                       "--csv and --openmetrics are for the list; use --json for "
                       "one run");
    if (options->limit < 0 || options->limit > LIMIT_MAX)
        return pt_fail(error, PT_USAGE, "--limit is %" PRId64 ", allowed are 0 to %" PRId64,
                       options->limit, LIMIT_MAX);
    return PT_OK;
}

static int run_bills(const struct pt_verb *verb, int argc, char **argv)
{
    struct options options = {.limit = LIMIT_DEFAULT};
    const struct pt_option table[] = {
        {"ledger", 'l', PT_OPTION_TEXT, &options.ledger, "PATH", "another ledger than your own"},
        {"limit", 'n', PT_OPTION_INTEGER, &options.limit, "N",
         "the newest N runs (default 20); 0: all"},
        {"json", 0, PT_OPTION_FLAG, &options.json, NULL, "print JSON"},
        {"csv", 0, PT_OPTION_FLAG, &options.csv, NULL, "print CSV in joules, grams and seconds"},
        {"openmetrics", 0, PT_OPTION_FLAG, &options.openmetrics, NULL, "print OpenMetrics"},
        {"recover", 0, PT_OPTION_TEXT, &options.recover, "PATH",
         "first take in the records in this file or folder (docs/records.md)"},
        {0},
    };
    struct pt_error error = {.message = ""};
    int first, exit_code;

    if (!pt_parse_options(verb, table, argc, argv, false, &first, &exit_code))
        return exit_code;
    enum pt_status status = check_usage(&options, argc - first, argv + first, &error);
    struct pt_arena *arena = status == PT_OK ? pt_arena_create() : NULL;
    if (status == PT_OK && arena == NULL)
        status = pt_fail(&error, PT_NO_MEMORY, "no memory");
    if (status == PT_OK)
        status = print(arena, &options, &error);
    pt_arena_destroy(arena);
    if (status == PT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = pt_fail(&error, PT_IO, "the output cannot be written");
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_bills = {
    .name = "bills",
    .synopsis = "bills [OPTIONS] [N]",
    .summary = "lists what runs cost, or shows one bill in full",
    .example = "powertrain bills 7",
    .run = run_bills,
};
