// What training holds on a device beside what passes through it, and how much room there is.

#include "plan/request.h"

// bitsandbytes: a byte for each number and one scale in fp32 for a block of 256. Dettmers et al.
// 2022, arXiv:2110.02861; blocks of 256 since its release 0.45. It leaves tensors below 4096
// numbers in fp32, which is next to nothing.
#define BYTES_OF_8_BITS (1 + 4.0 / 256)
#define BYTES_OF_FLOAT  4.0

double pt_plan_memory_limit(const struct pt_plan_request *request)
{
    return request->cluster.accelerator->memory_bytes * (1 - request->memory_reserve_share);
}

void pt_plan_states(const struct pt_plan_request *request, struct pt_layout *layout)
{
    pt_layout_states(layout, request->optimizer);
    if (!request->optimizer_in_8_bits)
        return;
    // Gradient descent has no moments: what it holds is masters.
    struct pt_layout plain = *layout;
    pt_layout_states(&plain, PT_GRADIENT_DESCENT);
    double masters = plain.states.optimizer;
    layout->states.optimizer =
        masters + (layout->states.optimizer - masters) * BYTES_OF_8_BITS / BYTES_OF_FLOAT;
}
