// powertrain compare: what several runs needed to reach the same loss.

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/table.h"
#include "cli/verb.h"
#include "report/compare.h"

enum { RUNS_MAX = 64 };

struct options {
    const char *ledger, *output, *target;
    bool json;
};

// "12" or "12=bf16".
static enum pt_status read_operand(struct pt_arena *arena, const char *operand, int64_t *ret_id,
                                   const char **ret_label, struct pt_error *error)
{
    const char *equals = strchr(operand, '=');
    const char *number =
        equals == NULL ? operand : pt_arena_strndup(arena, operand, (size_t)(equals - operand));
    if (number == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    if (!pt_parse_int64(number, ret_id) || *ret_id < 1)
        return pt_fail(error, PT_USAGE, "%s is not the number of a run; write 12 or 12=label",
                       operand);
    *ret_label = equals == NULL ? NULL : equals + 1;
    return PT_OK;
}

static enum pt_status read_run(struct pt_ledger *ledger, struct pt_arena *arena,
                               const char *operand, struct pt_compared_run *compared,
                               struct pt_error *error)
{
    int64_t id;
    struct pt_progress_point *points;
    struct pt_meter_sample *samples;
    struct pt_run_record *record = pt_arena_alloc(arena, 1, sizeof *record);
    if (record == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status status = read_operand(arena, operand, &id, &compared->label, error);
    if (status == PT_OK)
        status = pt_ledger_run(ledger, arena, id, record, error);
    if (status == PT_OK)
        status = pt_ledger_curves(ledger, arena, id, &points, &compared->run.point_count, &samples,
                                  &compared->run.sample_count, error);
    if (status != PT_OK)
        return status;
    compared->run.record = record;
    compared->run.points = points;
    compared->run.samples = samples;
    if (compared->label == NULL)
        compared->label = record->name;
    return PT_OK;
}

static enum pt_status read_target(const char *text, double *ret_loss, struct pt_error *error)
{
    *ret_loss = NAN;
    if (text == NULL || (pt_parse_double(text, ret_loss) && isfinite(*ret_loss)))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "--target-loss %s is no number", text);
}

static enum pt_status compare(struct pt_arena *arena, const struct options *options,
                              char **operands, int count, struct pt_error *error)
{
    struct pt_ledger *ledger = NULL;
    struct pt_comparison_target target;
    struct pt_compared_run *runs = pt_arena_alloc(arena, (size_t)count, sizeof *runs);
    if (runs == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status status = read_target(options->target, &target.loss, error);
    if (status == PT_OK)
        status = pt_ledger_open_existing(options->ledger, &ledger, error);
    for (int i = 0; i < count && status == PT_OK; i++)
        status = read_run(ledger, arena, operands[i], &runs[i], error);
    pt_ledger_close(ledger);
    if (status == PT_OK)
        status = pt_compare_runs(runs, count, &target, error);
    if (status == PT_OK && options->output != NULL)
        status = pt_compare_html(options->output, runs, count, &target, error);
    if (status != PT_OK)
        return status;
    if (options->json)
        pt_compare_write_json(stdout, runs, count, &target);
    else
        pt_compare_print(stdout, arena, runs, count, &target,
                         isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    return PT_OK;
}

static int run_compare(const struct pt_verb *verb, int argc, char **argv)
{
    struct options options = {.ledger = NULL};
    const struct pt_option table[] = {
        {"target-loss", 0, PT_OPTION_TEXT, &options.target, "X",
         "compare at this loss; default: the lowest that every run reached"},
        {"ledger", 0, PT_OPTION_TEXT, &options.ledger, "PATH", "the ledger; default: yours"},
        {"output", 'o', PT_OPTION_TEXT, &options.output, "FILE", "write a page with a plot, too"},
        {"json", 0, PT_OPTION_FLAG, &options.json, NULL, "print JSON"},
        {0},
    };
    struct pt_error error = {.message = ""};
    enum pt_status status = PT_OK;
    int first, exit_code;

    if (!pt_parse_options(verb, table, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first < 2 || argc - first > RUNS_MAX)
        status =
            pt_fail(&error, PT_USAGE, "%d runs to compare; 2 to %d are possible: powertrain %s",
                    argc - first, RUNS_MAX, verb->synopsis);
    struct pt_arena *arena = status == PT_OK ? pt_arena_create() : NULL;
    if (status == PT_OK && arena == NULL)
        status = pt_fail(&error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK)
        status = compare(arena, &options, argv + first, argc - first, &error);
    pt_arena_destroy(arena);
    if (status == PT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = pt_fail(&error, PT_IO, "the output cannot be written");
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_compare = {
    .name = "compare",
    .synopsis = "compare RUN[=LABEL] RUN[=LABEL] ... [--target-loss X] [-o FILE] [--json]",
    .summary = "what several training runs needed to reach the same loss",
    .example = "powertrain compare 12=fp32 13=bf16 --target-loss 1.6 -o levers.html",
    .run = run_compare,
};
