// Which values are dropped and computed again.

#include "model/segment.h"

#include <ctype.h>
#include <string.h>

#include "model/operator.h"

void pt_graph_recompute(struct pt_graph *graph, int first_op, int last_op)
{
    int segment = 0;
    if (graph->status != PT_OK)
        return;
    for (int i = 0; i < graph->op_count; i++)
        segment = graph->ops[i].segment > segment ? graph->ops[i].segment : segment;
    if (first_op < 0 || last_op >= graph->op_count || first_op > last_op) {
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "operators %d to %d cannot be recomputed: there are %d", first_op, last_op,
                         graph->op_count);
        return;
    }
    for (int i = first_op; i <= last_op; i++) {
        if (graph->ops[i].segment != 0 || graph->ops[i].kind->is_loss) {
            pt_graph_mistake(graph, PT_BAD_INPUT, "%s cannot be recomputed: it %s",
                             graph->ops[i].name,
                             graph->ops[i].kind->is_loss ? "is a loss" : "is in two segments");
            return;
        }
        graph->ops[i].segment = segment + 1;
    }
}

size_t pt_block_name_length(const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const char *end = dot + 1;
        while (isdigit((unsigned char)*end))
            end++;
        if (end > dot + 1 && (*end == '.' || *end == '\0'))
            return (size_t)(end - name);
    }
    return 0;
}

static bool same_block(const char *a, const char *b)
{
    size_t length = pt_block_name_length(a);
    return length > 0 && length == pt_block_name_length(b) && memcmp(a, b, length) == 0;
}

void pt_graph_recompute_blocks(struct pt_graph *graph)
{
    int segments = 0;
    for (int first = 0, last; first < graph->op_count; first = last + 1) {
        for (last = first; last + 1 < graph->op_count &&
                           same_block(graph->ops[first].name, graph->ops[last + 1].name);)
            last++;
        if (last == first)
            continue;
        pt_graph_recompute(graph, first, last);
        segments++;
    }
    if (segments == 0)
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "network %s has no blocks to recompute: its layers have no names such as "
                         "block.0.fc",
                         graph->name);
}

// ---------------------------------------------------------------------------------- inner values
static void find_inner(const struct pt_graph *graph, bool *is_inner)
{
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++) {
            pt_tensor output = graph->ops[i].outputs[k];
            is_inner[output] = graph->ops[i].segment != 0 && !graph->tensors[output].keep;
        }
    bool *has_reader = is_inner + graph->tensor_count; // the second half of the array
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].input_count; k++) {
            pt_tensor input = graph->ops[i].inputs[k];
            int producer = graph->tensors[input].producer;
            has_reader[input] = true;
            if (producer >= 0 && graph->ops[producer].segment != graph->ops[i].segment)
                is_inner[input] = false;
        }
    for (int i = 0; i < graph->tensor_count; i++)
        is_inner[i] = is_inner[i] && has_reader[i];
}

static void find_ends(const struct pt_graph *graph, int *first_of)
{
    for (int i = 0; i < graph->op_count; i++) {
        int segment = graph->ops[i].segment;
        first_of[i] = -1;
        if (segment == 0 || (i + 1 < graph->op_count && graph->ops[i + 1].segment == segment))
            continue;
        int first = i;
        while (first > 0 && graph->ops[first - 1].segment == segment)
            first--;
        first_of[i] = first;
    }
}

enum pt_status pt_graph_segments(struct pt_arena *arena, const struct pt_graph *graph,
                                 struct pt_segments *ret_segments, struct pt_error *error)
{
    size_t tensors = (size_t)graph->tensor_count + 1, ops = (size_t)graph->op_count + 1;
    struct pt_segments segments = {
        .is_inner = pt_arena_alloc(arena, 2 * tensors, sizeof *segments.is_inner),
        .is_recomputed = pt_arena_alloc(arena, ops, sizeof *segments.is_recomputed),
        .first_of = pt_arena_alloc(arena, ops, sizeof *segments.first_of),
    };
    if (segments.is_inner == NULL || segments.is_recomputed == NULL || segments.first_of == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", graph->name);
    find_inner(graph, segments.is_inner);
    find_ends(graph, segments.first_of);
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++)
            segments.is_recomputed[i] |= segments.is_inner[graph->ops[i].outputs[k]];
    *ret_segments = segments;
    return PT_OK;
}
