// powertrain report: the page of a run, rebuilt from the ledger.

#include <inttypes.h>

#include "base/parse.h"
#include "cli/verb.h"
#include "report/report.h"

struct options {
    const char *ledger, *output;
    bool json;
};

// operand is the number of the run; NULL: the newest.
static enum pt_status find_run(struct pt_ledger *ledger, struct pt_arena *arena,
                               const char *operand, struct pt_run_record *ret_run,
                               struct pt_error *error)
{
    struct pt_run_record *runs;
    int64_t id, count = 0;

    if (operand != NULL) {
        if (!pt_parse_int64(operand, &id) || id < 1)
            return pt_fail(error, PT_USAGE, "%s is not the number of a run", operand);
        return pt_ledger_run(ledger, arena, id, ret_run, error);
    }
    enum pt_status status = pt_ledger_list(ledger, arena, 1, &runs, &count, error);
    if (status != PT_OK)
        return status;
    if (count == 0)
        return pt_fail(error, PT_NOT_FOUND,
                       "%s has no runs yet; `powertrain train` and `powertrain meter` write them",
                       pt_ledger_path(ledger));
    *ret_run = runs[0];
    return PT_OK;
}

static enum pt_status write_page(struct pt_ledger *ledger, struct pt_arena *arena,
                                 const struct pt_run_record *run, const char *path,
                                 struct pt_error *error)
{
    struct pt_progress_point *points;
    struct pt_meter_sample *samples;
    int64_t point_count, sample_count;

    enum pt_status status = pt_ledger_curves(ledger, arena, run->id, &points, &point_count,
                                             &samples, &sample_count, error);
    if (status != PT_OK)
        return status;
    return pt_report_html(path, run, points, point_count, samples, sample_count, error);
}

static void print_path(int64_t id, const char *path, bool json)
{
    struct pt_json_writer writer;
    if (!json) {
        puts(path);
        return;
    }
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_integer(&writer, "run", id);
    pt_json_string(&writer, "report", path);
    pt_json_end_object(&writer);
}

static enum pt_status report(struct pt_arena *arena, const struct options *options,
                             const char *operand, struct pt_error *error)
{
    struct pt_ledger *ledger = NULL;
    struct pt_run_record run;
    const char *path = options->output;

    enum pt_status status = pt_ledger_open_existing(options->ledger, &ledger, error);
    if (status == PT_OK)
        status = find_run(ledger, arena, operand, &run, error);
    if (status == PT_OK && path == NULL &&
        (path = pt_arena_printf(arena, "report-%" PRId64 ".html", run.id)) == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK)
        status = write_page(ledger, arena, &run, path, error);
    pt_ledger_close(ledger);
    if (status == PT_OK)
        print_path(run.id, path, options->json);
    return status;
}

static int run_report(const struct pt_verb *verb, int argc, char **argv)
{
    struct options options = {.ledger = NULL};
    const struct pt_option table[] = {
        {"ledger", 0, PT_OPTION_TEXT, &options.ledger, "PATH", "the ledger; default: yours"},
        {"output", 'o', PT_OPTION_TEXT, &options.output, "FILE",
         "where to write; default: report-N.html"},
        {"json", 0, PT_OPTION_FLAG, &options.json, NULL, "print the run and the path as JSON"},
        {0},
    };
    struct pt_error error = {.message = ""};
    enum pt_status status = PT_OK;
    int first, exit_code;

    if (!pt_parse_options(verb, table, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first > 1)
        status = pt_fail(&error, PT_USAGE, "one run at a time, not %d", argc - first);
    struct pt_arena *arena = status == PT_OK ? pt_arena_create() : NULL;
    if (status == PT_OK && arena == NULL)
        status = pt_fail(&error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK)
        status = report(arena, &options, first < argc ? argv[first] : NULL, &error);
    pt_arena_destroy(arena);
    if (status == PT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = pt_fail(&error, PT_IO, "the output cannot be written");
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_report = {
    .name = "report",
    .synopsis = "report [N] [--ledger PATH] [-o FILE] [--json]",
    .summary = "writes the page of a run, with plots, from the ledger",
    .example = "powertrain report 7 -o run-7.html",
    .run = run_report,
};
