// powertrain merge: the records of a job on many nodes as one bill.

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "cli/merge_bill.h"
#include "cli/merge_text.h"
#include "cli/record_files.h"
#include "cli/run_setup.h"
#include "cli/verb.h"

struct options {
    const char *run, *region, *tariff;
    bool json;
};

// Whoever merges a folder of several jobs should know it.
static void warn_of_jobs(const struct pt_record_set *set, const struct options *options)
{
    const char *first = NULL;
    for (int64_t i = 0; i < set->entry_count && options->run == NULL; i++) {
        const char *group = pt_record_job_group(&set->entries[i]->run.job);
        if (!set->entries[i]->described)
            continue;
        if (first == NULL)
            first = group;
        if (strcmp(group, first) != 0) {
            fprintf(stderr,
                    "powertrain merge: warning: these are records of several jobs, \"%s\" and "
                    "\"%s\" among them; --run NAME takes one\n",
                    first, group);
            return;
        }
    }
}

// The tariff of the command line, or that which all records were metered with.
static enum pt_status read_tariff(struct pt_arena *arena, const struct pt_record_set *set,
                                  const struct options *options, struct pt_tariff *ret_tariff,
                                  struct pt_error *error)
{
    const char *region = options->region, *tariff = options->tariff;
    for (int64_t i = 0; i < set->entry_count && options->region == NULL && options->tariff == NULL;
         i++) {
        const struct pt_record_run *run = &set->entries[i]->run;
        if (run->region[0] != '\0')
            region = run->region;
        if (run->tariff[0] != '\0')
            tariff = run->tariff;
    }
    if (region != NULL && tariff != NULL)
        region = NULL; // records of both: the file says more
    enum pt_status status = pt_run_tariff(arena, region, tariff, NULL, ret_tariff, error);
    if (status == PT_OK || options->region != NULL || options->tariff != NULL)
        return status;
    fprintf(stderr,
            "powertrain merge: warning: %s; prices are unknown, give --region or --tariff\n",
            error->message);
    return pt_run_tariff(arena, NULL, NULL, NULL, ret_tariff, error);
}

static enum pt_status merge(struct pt_arena *arena, const struct options *options,
                            const char *const *paths, int count, struct pt_error *error)
{
    struct pt_record_set set;
    struct pt_merge merged;
    struct pt_tariff tariff;
    struct pt_bill bill;
    pt_record_set_init(&set, arena);
    enum pt_status status = pt_record_files_read(&set, paths, count, error);
    if (status == PT_OK && set.entry_count == 0)
        status = pt_fail(error, PT_NOT_FOUND,
                         "%s: no record is here; powertrain meter --record-dir DIR writes them",
                         paths[0]);
    if (status == PT_OK)
        status = read_tariff(arena, &set, options, &tariff, error);
    if (status == PT_OK)
        status = pt_merge_make(arena, &set, options->run, &merged, error);
    if (status == PT_OK)
        status = pt_bill_of_merge(&merged, &tariff, &bill, error);
    if (status != PT_OK)
        return status;
    warn_of_jobs(&set, options);
    if (options->json)
        pt_merge_print_json(stdout, &merged, &set, &bill);
    else
        status =
            pt_merge_print(stdout, &merged, &set, &bill,
                           isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0, error);
    return status;
}

static int run_merge(const struct pt_verb *verb, int argc, char **argv)
{
    struct options options = {0};
    const struct pt_option table[] = {
        {"run", 0, PT_OPTION_TEXT, &options.run, "NAME",
         "only records of this run name, job or job id"},
        {"region", 'r', PT_OPTION_TEXT, &options.region, "CODE",
         "country or region, for price and carbon (default: that of the records)"},
        {"tariff", 't', PT_OPTION_TEXT, &options.tariff, "FILE", "tariff in YAML"},
        {"json", 0, PT_OPTION_FLAG, &options.json, NULL, "print JSON"},
        {0},
    };
    struct pt_error error = {.message = ""};
    int first, exit_code;
    if (!pt_parse_options(verb, table, argc, argv, false, &first, &exit_code))
        return exit_code;
    enum pt_status status = PT_OK;
    if (first == argc)
        status = pt_fail(&error, PT_USAGE, "no records: powertrain merge DIR or FILE ...");
    struct pt_arena *arena = status == PT_OK ? pt_arena_create() : NULL;
    if (status == PT_OK && arena == NULL)
        status = pt_fail(&error, PT_NO_MEMORY, "no memory");
    if (status == PT_OK)
        status = merge(arena, &options, (const char *const *)(argv + first), argc - first, &error);
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_merge = {
    .name = "merge",
    .synopsis = "merge [OPTIONS] DIR|FILE ...",
    .summary = "one bill from the records of a job on many nodes",
    .example = "powertrain merge /scratch/job17/records",
    .run = run_merge,
};
