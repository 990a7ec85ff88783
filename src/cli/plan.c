// powertrain plan: what a run will need, take and cost: of a run file on this machine, or of any
// model on a cluster.

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cluster_plan.h"
#include "cli/run_setup.h"

struct plan_options {
    struct pt_cluster_plan_texts cluster;
    struct pt_run_options run;
    bool layers;
};

// ------------------------------------------------------------------------------------- a run file
static int plan_run(const struct pt_verb *verb, const struct plan_options *options)
{
    struct pt_run_options run_options = options->run;
    struct pt_run_setup setup;
    struct pt_error error;
    run_options.path = options->cluster.model;
    run_options.region = options->cluster.region;
    run_options.tariff_path = options->cluster.tariff;
    run_options.precision = options->cluster.precision;
    run_options.threads = options->cluster.threads;
    enum pt_status status = pt_run_setup_open(&setup, &run_options, &error);
    if (status == PT_OK && options->cluster.json) {
        struct pt_json_writer writer;
        pt_json_begin(&writer, stdout, true);
        pt_write_plan_json(&setup, &writer, NULL);
        putchar('\n');
    } else if (status == PT_OK) {
        pt_print_plan(stdout, &setup);
        if (options->layers) {
            putchar('\n');
            pt_print_layers(stdout, &setup);
        }
    }
    pt_run_setup_close(&setup);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

// -------------------------------------------------------------------------------------- a cluster
static void print_cluster(const struct pt_cluster_plan *plan)
{
    struct pt_json_writer writer;
    if (plan->texts->json) {
        pt_json_begin(&writer, stdout, true);
        pt_cluster_plan_write_json(plan, &writer);
    } else if (plan->result->found) {
        pt_cluster_plan_print(stdout, plan);
        pt_cluster_plan_print_tables(stdout, plan);
    } else {
        if (plan->request.workload != NULL)
            pt_cluster_plan_print(stdout, plan);
        pt_cluster_plan_print_reasons(stdout, plan);
    }
}

static int plan_cluster(const struct pt_verb *verb, const struct plan_options *options)
{
    struct pt_cluster_plan plan;
    struct pt_error error;
    enum pt_status status = pt_cluster_plan_open(&plan, &options->cluster, &error);
    if (status == PT_OK || (status == PT_INFEASIBLE && plan.result != NULL))
        print_cluster(&plan);
    pt_cluster_plan_close(&plan);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
}

// A run file without --on is planned for this machine: a file in YAML.
static bool is_run_file(const struct pt_cluster_plan_texts *texts)
{
    struct stat info;
    const char *path = texts->model;
    if (path == NULL || texts->on != NULL || texts->hardware != NULL)
        return false;
    size_t length = strlen(path);
    bool yaml = (length > 5 && strcmp(path + length - 5, ".yaml") == 0) ||
                (length > 4 && strcmp(path + length - 4, ".yml") == 0);
    return yaml || (stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
                    !(length > 5 && (strcmp(path + length - 5, ".json") == 0 ||
                                     strcmp(path + length - 5, ".onnx") == 0)));
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct plan_options o = {
        .cluster = {.rent = NAN,
                    .pue = NAN,
                    .goodput = NAN,
                    .mfu = NAN,
                    .other_loss = NAN,
                    .repeats = 1,
                    .memory_reserve = NAN,
                    .life_years = NAN,
                    .use_share = NAN,
                    .water = NAN,
                    .market_carbon = NAN,
                    .demand_charge = NAN,
                    .egress_gb = NAN},
    };
    struct pt_cluster_plan_texts *c = &o.cluster;
    const struct pt_option options[] = {
        {"on", 0, PT_OPTION_TEXT, &c->on, "HARDWARE",
         "h100-sxm:1024, b200:64@700W; else this machine"},
        {"hardware", 0, PT_OPTION_TEXT, &c->hardware, "LIST",
         "try several, h100-sxm,b200, or all; how many: see --max-devices"},
        {"max-devices", 0, PT_OPTION_INTEGER, &c->max_devices, "N",
         "choose the number of devices, up to N"},
        {"tokens", 0, PT_OPTION_TEXT, &c->tokens, "N",
         "to train on, 15T; of images and the like: samples"},
        {"batch", 0, PT_OPTION_TEXT, &c->batch, "N",
         "of one step, over all devices: tokens, 4M, or samples, 1024"},
        {"length", 0, PT_OPTION_INTEGER, &c->length, "N", "tokens of a sequence"},
        {"precision", 0, PT_OPTION_TEXT, &c->precision, "LIST",
         "fp32, tf32, fp16, bf16, fp8, fp4; several are tried"},
        {"layout", 0, PT_OPTION_TEXT, &c->layout, "SIZES",
         "tp=8,pp=16,dp=8,cp=1,ep=1,vp=1,mb=1,zero=1,recompute=full,sp"},
        {"framework", 0, PT_OPTION_TEXT, &c->framework, "NAME", "megatron, fsdp or xla"},
        {"optimizer", 0, PT_OPTION_TEXT, &c->optimizer, "NAME", "adamw, sgd, muon ...; adamw8bit"},
        {"memory-reserve", 0, PT_OPTION_NUMBER, &c->memory_reserve, "SHARE",
         "of a device's memory that stays free"},
        {"lora", 0, PT_OPTION_INTEGER, &c->lora, "RANK",
         "train low-rank adapters, all else frozen"},
        {"teacher", 0, PT_OPTION_TEXT, &c->teacher, "MODEL", "distillation from this model"},
        {"evaluation-tokens", 0, PT_OPTION_TEXT, &c->evaluation_tokens, "N",
         "forward passes beside the training"},
        {"parameters", 0, PT_OPTION_TEXT, &c->parameters, "N",
         "instead of MODEL: only its size is known, 7B"},
        {"active", 0, PT_OPTION_TEXT, &c->active, "N",
         "of those, how many a token uses: mixtures of experts"},
        {"dim", 0, PT_OPTION_LIST, &c->bindings, "NAME=N",
         "the size of a dimension of an ONNX file; may be repeated"},
        {"region", 'r', PT_OPTION_TEXT, &c->region, "CODE",
         "country or region, for price and carbon (powertrain grids)"},
        {"regions", 0, PT_OPTION_TEXT, &c->regions, "LIST", "try several: DE,FR,SE"},
        {"tariff", 't', PT_OPTION_TEXT, &c->tariff, "FILE", "tariff in YAML (docs/tariff-yaml.md)"},
        {"optimize", 0, PT_OPTION_TEXT, &c->optimize, "WHAT",
         "cost (of electricity), energy, carbon, time, or total: with hardware"},
        {"deadline", 0, PT_OPTION_TEXT, &c->deadline, "TIME", "30d"},
        {"budget", 0, PT_OPTION_LIST, &c->budgets, "AMOUNT",
         "2MUSD in all, 10MWh, or 25t of CO2e; may be repeated"},
        {"cap", 0, PT_OPTION_TEXT, &c->cap, "WATTS", "power cap: 500W or a share of the TDP, 0.7"},
        {"own", 0, PT_OPTION_FLAG, &c->own, NULL, "the hardware is bought, not rented"},
        {"rent", 0, PT_OPTION_NUMBER, &c->rent, "USD", "of one accelerator and hour"},
        {"life", 0, PT_OPTION_NUMBER, &c->life_years, "YEARS", "of bought hardware"},
        {"use", 0, PT_OPTION_NUMBER, &c->use_share, "SHARE", "of its life in which it works"},
        {"pue", 0, PT_OPTION_NUMBER, &c->pue, "N", "facility energy / IT energy"},
        {"demand-charge", 0, PT_OPTION_NUMBER, &c->demand_charge, "N",
         "for a kW of peak power and month"},
        {"market-carbon", 0, PT_OPTION_NUMBER, &c->market_carbon, "G", "g CO2e/kWh by contract"},
        {"water", 0, PT_OPTION_NUMBER, &c->water, "L", "liters for a kWh of the facility"},
        {"egress", 0, PT_OPTION_NUMBER, &c->egress_gb, "GB", "of data that leaves the cloud"},
        {"goodput", 0, PT_OPTION_NUMBER, &c->goodput, "SHARE",
         "of wall time in which steps count; or what it is made of:"},
        {"mtbf", 0, PT_OPTION_TEXT, &c->mtbf, "TIME", "of one accelerator between failures"},
        {"checkpoint-time", 0, PT_OPTION_TEXT, &c->checkpoint_time, "TIME", "to write one"},
        {"restart-time", 0, PT_OPTION_TEXT, &c->restart_time, "TIME", "after a failure"},
        {"other-loss", 0, PT_OPTION_NUMBER, &c->other_loss, "SHARE", "evaluation, stalls"},
        {"mfu", 0, PT_OPTION_NUMBER, &c->mfu, "SHARE", "of the dense peak that is reached"},
        {"measured-step-time", 0, PT_OPTION_TEXT, &c->measured_step_time, "TIME",
         "of that --layout: replaces the model's doubt"},
        {"measured-run", 0, PT_OPTION_INTEGER, &c->measured_run, "ID",
         "of the ledger, metered: its step time; later plans on such hardware learn from it"},
        {"measured-watts", 0, PT_OPTION_TEXT, &c->measured_watts, "W", "of one device"},
        {"repeats", 0, PT_OPTION_NUMBER, &c->repeats, "N", "such runs that the project takes"},
        {"what-if", 0, PT_OPTION_FLAG, &c->what_if, NULL, "which single change saves most"},
        {"kernels", 0, PT_OPTION_FLAG, &c->kernels, NULL, "also list every kernel"},
        {"top", 0, PT_OPTION_INTEGER, &c->top, "N", "rows of the Pareto front"},
        {"epochs", 0, PT_OPTION_INTEGER, &o.run.epochs, "N", "instead of the run file's"},
        {"threads", 'j', PT_OPTION_INTEGER, &c->threads, "N",
         "instead of the run file's; of a search: all"},
        {"set", 0, PT_OPTION_LIST, &o.run.settings, "KEY=VALUE",
         "replace a value of the run file: --set train.batch=64; may be repeated"},
        {"layers", 'l', PT_OPTION_FLAG, &o.layers, NULL, "also list every layer of a run file"},
        {"ledger", 0, PT_OPTION_TEXT, &o.run.ledger, "PATH",
         "learn from the runs in that ledger; none: from nothing"},
        {"root", 0, PT_OPTION_TEXT, &o.run.root, "DIR", "read /proc and /sys below DIR"},
        {"json", 0, PT_OPTION_FLAG, &c->json, NULL, "print one JSON object"},
        {.name = NULL},
    };
    int first, exit_code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first > 1 || (argc - first == 1) == (c->parameters != NULL)) {
        fprintf(stderr,
                "powertrain plan: one model or run file is needed, or --parameters: "
                "powertrain %s\n",
                verb->synopsis);
        return PT_EXIT_USAGE;
    }
    c->model = argc - first == 1 ? argv[first] : NULL;
    c->root = o.run.root;
    c->ledger = o.run.ledger;
    return is_run_file(c) ? plan_run(verb, &o) : plan_cluster(verb, &o);
}

const struct pt_verb pt_verb_plan = {
    .name = "plan",
    .synopsis = "plan MODEL|RUN.yaml [OPTIONS]",
    .summary = "tell what a training run will need, take and cost, without running it",
    .example = "powertrain plan llama-3-8b --on h100-sxm:64 --tokens 1T --region SE --what-if\n"
               "  powertrain plan examples/fashion-mlp.yaml --region FR --layers",
    .run = run,
};
