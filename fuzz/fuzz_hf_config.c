// Any bytes as a config.json: a graph or an error with its place, in bounded time and memory; and
// the config.json of the graph is one again.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/hf_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_again(const struct pt_graph *graph)
{
    const struct pt_node *node;
    struct pt_error error;
    struct pt_graph *again;
    struct pt_model_options options = {.batch = 1};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL || graph->config == NULL)
        goto done;
    if (pt_json_parse(arena, graph->config, strlen(graph->config), "again", &node, &error) != PT_OK)
        abort();
    if (pt_hf_graph(node, &options, &again, &error) != PT_OK)
        abort();
    if (pt_graph_signature(graph) != pt_graph_signature(again))
        abort();
    pt_graph_destroy(again);
done:
    pt_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct pt_node *node;
    struct pt_error error;
    struct pt_graph *graph;
    struct pt_model_options options = {.batch = 1};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return 0;
    if (pt_json_parse(arena, (const char *)bytes, length, "fuzz", &node, &error) == PT_OK &&
        pt_hf_graph(node, &options, &graph, &error) == PT_OK) {
        if (pt_graph_check(graph, &error) != PT_OK || pt_graph_parameter_count(graph) < 0)
            abort();
        check_again(graph);
        pt_graph_destroy(graph);
    }
    pt_arena_destroy(arena);
    return 0;
}
