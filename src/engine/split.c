// The one place where the operators' work is given to threads.

#include "engine/split.h"

#include <omp.h>

static struct pt_range range_of(int64_t count, int64_t step, int64_t thread, int64_t threads)
{
    int64_t steps = (count + step - 1) / step;
    int64_t begin = steps * thread / threads * step, end = steps * (thread + 1) / threads * step;
    return (struct pt_range){begin < count ? begin : count, end < count ? end : count};
}

void pt_run_ranges(int64_t count, int64_t step, int64_t elements, int threads, pt_range_work *work,
                   void *context)
{
    if (threads == 1 || elements < PT_PARALLEL_ELEMENTS) {
        work(context, (struct pt_range){0, count});
        return;
    }
#pragma omp parallel num_threads(threads)
    {
        struct pt_range range = range_of(count, step, omp_get_thread_num(), omp_get_num_threads());
        if (range.begin < range.end)
            work(context, range);
    }
}
