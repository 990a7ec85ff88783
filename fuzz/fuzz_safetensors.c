// Any bytes: parsed or refused, and what is accepted keeps its promises; and as the weights of a
// small network they are taken or refused.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/safetensors_layout.h"
#include "engine/weight_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

// transformer.fc.weight [3, 2], in files [2, 3], and its bias.
static struct pt_graph *make_graph(void)
{
    struct pt_graph *graph;
    struct pt_error error;
    if (pt_graph_create("fuzz", &graph, &error) != PT_OK)
        return NULL;
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 2});
    pt_graph_add(graph, "linear", "transformer.fc", &x, 1,
                 (union pt_attribute[]){{.integer = 3}, {.integer = 1}});
    pt_operator_file_axes(graph, &graph->ops[0], 0, (const int8_t[]){1, 0});
    return graph;
}

static float take(struct pt_arena *arena, const struct pt_saved *saved)
{
    static const char *const ignore[] = {"x*", NULL};
    const struct pt_weights_options options = {.ignore = ignore};
    struct pt_weight_match match;
    struct pt_error error;
    float values[6] = {0}, sum = 0;
    struct pt_graph *graph = make_graph();
    if (graph != NULL &&
        pt_weights_match(arena, graph, saved, "fuzz", &options, &match, &error) == PT_OK)
        for (int i = 0; i < graph->tensor_count; i++)
            if (match.of[i] != NULL) {
                pt_layout_load(&graph->tensors[i], match.of[i]->type, match.of[i]->bytes, values);
                sum += values[0];
            }
    pt_graph_destroy(graph);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    volatile float seen = 0;
    struct pt_arena *arena = pt_arena_create();
    struct pt_saved saved;
    struct pt_error error;
    if (arena == NULL)
        return 0;
    size_t sum = 0;
    if (pt_safetensors_parse(arena, (const char *)bytes, length, "fuzz", &saved, &error) == PT_OK) {
        for (int64_t i = 0; i < saved.tensor_count; i++) {
            const struct pt_saved_tensor *tensor = &saved.tensors[i];
            size_t size = (size_t)pt_saved_bytes(tensor);
            const uint8_t *data = tensor->bytes;
            if (pt_saved_find(&saved, tensor->name) != tensor)
                abort();
            if (data < bytes || data + size > bytes + length)
                abort();
            for (size_t k = 0; k < size; k++) // the sanitizer watches
                sum += data[k];
        }
        for (int64_t i = 0; i < saved.text_count; i++)
            sum += strlen(saved.texts[i].key) + strlen(saved.texts[i].value);
        seen = take(arena, &saved);
        (void)seen;
    }
    pt_arena_destroy(arena);
    return sum == SIZE_MAX ? 1 : 0;
}
