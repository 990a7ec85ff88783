// Gradients times a factor, for batches of unequal size whose gradients are added up.

#include "engine/network_parts.h"
#include "engine/split.h"

enum { STEP = 1024 }; // floats: threads take whole pages

struct scaling {
    float *gradients, factor;
};

static void scale_range(void *context, struct pt_range range)
{
    const struct scaling *scaling = context;
    pt_optimizer_loops()->scale(scaling->gradients + range.begin, range.end - range.begin,
                                scaling->factor);
}

void pt_network_scale_gradients(struct pt_network *network, double factor)
{
    struct scaling scaling = {network->gradients, (float)factor};
    int64_t count = network->plan.size.gradient_bytes / (int64_t)sizeof(float);
    pt_run_ranges(count, STEP, count, network->threads, scale_range, &scaling);
    network->executed_flop += pt_graph_trained_count(network->graph);
}
