// powertrain export: the network of a run as a folder that HuggingFace transformers loads.

#include "cli/verb.h"
#include "engine/network.h"
#include "model/network_source.h"
#include "train/config.h"

struct export
{
    struct pt_arena *arena;
    const char *run_file, *folder, *checkpoint;
    struct pt_option_list settings;
    struct pt_run_config config;
    struct pt_graph *graph;
    struct pt_network *network;
};

static enum pt_status find_checkpoint(struct export *export, struct pt_error *error)
{
    if (export->checkpoint == NULL)
        export->checkpoint =
            pt_arena_printf(export->arena, "runs/%s/checkpoint.safetensors", export->config.name);
    return export->checkpoint != NULL ? PT_OK
                                      : pt_fail(error, PT_NO_MEMORY, "export: out of memory");
}

static enum pt_status export_run(struct export *export, struct pt_error *error)
{
    const struct pt_network_options options = {.struct_size = sizeof options, .inference = true};
    enum pt_status status = pt_run_config_read(export->arena, export->run_file,
                                               export->settings.texts, &export->config, error);
    if (status == PT_OK)
        status = find_checkpoint(export, error);
    if (status == PT_OK)
        status = pt_network_from_node(export->config.network, 1, &export->graph, error);
    if (status == PT_OK)
        status = pt_network_create(export->graph, &options, &export->network, error);
    if (status == PT_OK)
        status = pt_network_load(export->network, NULL, export->checkpoint, error);
    return status == PT_OK ? pt_network_export(export->network, export->folder, error) : status;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct export export = {.arena = pt_arena_create()};
    struct pt_error error;
    const struct pt_option options[] = {
        {"checkpoint", 0, PT_OPTION_TEXT, &export.checkpoint, "FILE",
         "instead of runs/NAME/checkpoint.safetensors"},
        {"set", 0, PT_OPTION_LIST, &export.settings, "KEY=VALUE",
         "replace a value of the run file, as in the run itself; may be repeated"},
        {.name = NULL},
    };
    int first, exit_code = PT_EXIT_FAILED;
    if (export.arena == NULL) {
        pt_fail(&error, PT_NO_MEMORY, "out of memory");
        return pt_exit_with(verb, PT_NO_MEMORY, &error);
    }
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        goto done;
    if (argc - first != 2) {
        fprintf(stderr, "powertrain export: a run file and a folder are needed: powertrain %s\n",
                verb->synopsis);
        exit_code = PT_EXIT_USAGE;
        goto done;
    }
    export.run_file = argv[first];
    export.folder = argv[first + 1];
    enum pt_status status = export_run(&export, &error);
    exit_code = status == PT_OK ? PT_EXIT_OK : pt_exit_with(verb, status, &error);
    if (status == PT_OK)
        printf("%s/model.safetensors, %s/config.json\n", export.folder, export.folder);
done:
    pt_network_destroy(export.network);
    pt_graph_destroy(export.graph);
    pt_arena_destroy(export.arena);
    return exit_code;
}

const struct pt_verb pt_verb_export = {
    .name = "export",
    .synopsis = "export RUN.yaml FOLDER [OPTIONS]",
    .summary = "write a trained network as HuggingFace transformers loads it",
    .example = "powertrain export run.yaml gpt2-tuned --checkpoint runs/gpt2/best.safetensors",
    .run = run,
};
