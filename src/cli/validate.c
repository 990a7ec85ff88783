// powertrain validate: how right the planner is, on published runs and throughputs.

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "cli/validate_svg.h"
#include "cli/validate_text.h"
#include "cli/verb.h"

struct choices {
    const char *data, *rows, *svg;
    int64_t threads;
    bool json, fit, refit, in_sample;
};

static bool is_kind(const char *key)
{
    for (int kind = 0; kind < PT_VALIDATION_KIND_COUNT; kind++)
        if (strcmp(pt_validation_key((enum pt_validation_kind)kind), key) == 0)
            return true;
    return false;
}

static enum pt_status check(const struct choices *choices, struct pt_error *error)
{
    if (choices->data == NULL)
        return pt_fail(error, PT_USAGE,
                       "--data DIR is needed: a folder of CSV files with published runs; "
                       "docs/planner.md lists their columns");
    if (choices->threads < 0 || choices->threads > 1024)
        return pt_fail(error, PT_USAGE, "--threads: %lld; 0 to 1024 are possible",
                       (long long)choices->threads);
    if (choices->rows == NULL || is_kind(choices->rows))
        return PT_OK;
    const char *known[PT_VALIDATION_KIND_COUNT + 1] = {NULL};
    for (int kind = 0; kind < PT_VALIDATION_KIND_COUNT; kind++)
        known[kind] = pt_validation_key((enum pt_validation_kind)kind);
    const char *nearest = pt_nearest_word(choices->rows, known);
    return pt_fail(error, PT_USAGE, "--rows: unknown kind %s; %s%s%s", choices->rows,
                   nearest != NULL ? "did you mean " : "known are step, blind, run and others",
                   nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static enum pt_status validate(const struct choices *choices, struct pt_error *error)
{
    struct pt_published published;
    struct pt_validation validation;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    const struct pt_validation_options options = {.in_sample = choices->in_sample,
                                                  .refit = choices->refit || choices->fit,
                                                  .threads = (int)choices->threads};
    enum pt_status status = pt_published_read(arena, choices->data, &published, error);
    for (int i = 0; status == PT_OK && i < published.skipped_count; i++)
        fprintf(stderr, "level=info event=file_skipped file=%s reason=other_columns\n",
                published.skipped[i]);
    if (status == PT_OK)
        status = pt_validation_make(arena, &published, &options, &validation, error);
    if (status == PT_OK && choices->svg != NULL)
        status = pt_write_validation_svg(choices->svg, arena, &validation, error);
    if (status == PT_OK && choices->fit)
        pt_print_residual_table(stdout, &validation);
    else if (status == PT_OK && choices->json)
        status = pt_write_validation_json(stdout, arena, &validation, error);
    else if (status == PT_OK)
        status = pt_print_validation(stdout, arena, &validation, choices->rows, error);
    pt_arena_destroy(arena);
    return status;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct choices choices = {.threads = 0};
    struct pt_error error;
    const struct pt_option options[] = {
        {"data", 'd', PT_OPTION_TEXT, &choices.data, "DIR",
         "folder of CSV files of published runs and throughputs, or one file"},
        {"rows", 0, PT_OPTION_TEXT, &choices.rows, "KIND",
         "also list every row of a kind: step, blind, run, goodput, energy, energy-known, memory"},
        {"svg", 0, PT_OPTION_TEXT, &choices.svg, "FILE",
         "also draw predicted against published: a picture that stands alone"},
        {"in-sample", 0, PT_OPTION_FLAG, &choices.in_sample, NULL,
         "residuals may know a row's own source"},
        {"refit", 0, PT_OPTION_FLAG, &choices.refit, NULL,
         "learn residuals from these files instead of the built-in table"},
        {"fit", 0, PT_OPTION_FLAG, &choices.fit, NULL,
         "print the table of residuals that these files make, in C"},
        {"threads", 'j', PT_OPTION_INTEGER, &choices.threads, "N", "of searches; 0: all"},
        {"json", 0, PT_OPTION_FLAG, &choices.json, NULL, "print one JSON object"},
        {.name = NULL},
    };
    int first, exit_code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (first < argc) {
        fprintf(stderr, "powertrain validate: unexpected %s: powertrain %s\n", argv[first],
                verb->synopsis);
        return PT_EXIT_USAGE;
    }
    enum pt_status status = check(&choices, &error);
    if (status == PT_OK)
        status = validate(&choices, &error);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_validate = {
    .name = "validate",
    .synopsis = "validate --data DIR [--rows KIND] [--svg FILE] [--json]",
    .summary = "score the planner on published runs, each source left out in turn",
    .example = "powertrain validate --data published/ --rows energy",
    .computes = true,
    .run = run,
};
