// powertrain plan: what a run will need, take and cost.

#include "cli/run_setup.h"

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct pt_run_options run_options = {0};
    struct pt_run_setup setup;
    struct pt_error error;
    bool json = false, layers = false;
    const struct pt_option options[] = {
        {"region", 'r', PT_OPTION_TEXT, &run_options.region, "CODE",
         "country or region, for price and carbon (powertrain grids)"},
        {"tariff", 't', PT_OPTION_TEXT, &run_options.tariff_path, "FILE",
         "tariff in YAML (docs/tariff-yaml.md)"},
        {"epochs", 0, PT_OPTION_INTEGER, &run_options.epochs, "N", "instead of the run file's"},
        {"threads", 'j', PT_OPTION_INTEGER, &run_options.threads, "N", "instead of the run file's"},
        {"set", 0, PT_OPTION_LIST, &run_options.settings, "KEY=VALUE",
         "replace a value of the run file: --set train.batch=64; may be repeated"},
        {"precision", 0, PT_OPTION_TEXT, &run_options.precision, "fp32|bf16",
         "instead of the run file's"},
        {"layers", 'l', PT_OPTION_FLAG, &layers, NULL, "also list every layer"},
        {"root", 0, PT_OPTION_TEXT, &run_options.root, "DIR", "read /proc and /sys below DIR"},
        {"json", 0, PT_OPTION_FLAG, &json, NULL, "print one JSON object"},
        {.name = NULL},
    };
    int first, exit_code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first != 1) {
        fprintf(stderr, "powertrain plan: one run file is needed: powertrain %s\n", verb->synopsis);
        return PT_EXIT_USAGE;
    }
    run_options.path = argv[first];
    enum pt_status status = pt_run_setup_open(&setup, &run_options, &error);
    if (status == PT_OK && json) {
        struct pt_json_writer writer;
        pt_json_begin(&writer, stdout, true);
        pt_write_plan_json(&setup, &writer, NULL);
        putchar('\n');
    } else if (status == PT_OK) {
        pt_print_plan(stdout, &setup);
        if (layers) {
            putchar('\n');
            pt_print_layers(stdout, &setup);
        }
    }
    pt_run_setup_close(&setup);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

const struct pt_verb pt_verb_plan = {
    .name = "plan",
    .synopsis = "plan RUN.yaml [OPTIONS]",
    .summary = "tell what a training run will need, take and cost, without running it",
    .example = "powertrain plan examples/fashion-mlp.yaml --region FR --layers",
    .run = run,
};
