// See phase_clock.h. Boehm 2012, "Can seqlocks get along with programming language memory models?"

#include "meter/phase_clock.h"

#define LOAD(place)         atomic_load_explicit(&(place), memory_order_acquire)
#define STORE(place, value) atomic_store_explicit(&(place), value, memory_order_release)

void pt_phase_clock_start(struct pt_phase_clock *clock, int64_t now_ns)
{
    atomic_init(&clock->version, 0);
    atomic_init(&clock->current, 0);
    atomic_init(&clock->used, 1);
    atomic_init(&clock->since_ns, now_ns);
    atomic_init(&clock->settled_ns, now_ns);
    for (int i = 0; i < PT_PHASE_SLOTS; i++)
        atomic_init(&clock->spent_ns[i], 0);
}

void pt_phase_clock_enter(struct pt_phase_clock *clock, int phase, int64_t now_ns)
{
    // Only this thread writes, so what it reads here is what it wrote.
    int current = atomic_load_explicit(&clock->current, memory_order_relaxed);
    int64_t since = atomic_load_explicit(&clock->since_ns, memory_order_relaxed);
    int64_t spent = atomic_load_explicit(&clock->spent_ns[current], memory_order_relaxed);
    if (phase == current)
        return;
    if (now_ns < since)
        now_ns = since;
    if (phase >= atomic_load_explicit(&clock->used, memory_order_relaxed))
        STORE(clock->used, phase + 1);
    atomic_fetch_add_explicit(&clock->version, 1, memory_order_acq_rel);
    STORE(clock->spent_ns[current], spent + now_ns - since);
    STORE(clock->since_ns, now_ns);
    STORE(clock->current, phase);
    atomic_fetch_add_explicit(&clock->version, 1, memory_order_acq_rel);
}

void pt_phase_clock_read(struct pt_phase_clock *clock, int64_t now_ns,
                         int64_t ret_spent_ns[PT_PHASE_SLOTS])
{
    unsigned before, after;
    int current, used;
    int64_t since;
    for (int i = 0; i < PT_PHASE_SLOTS; i++)
        ret_spent_ns[i] = 0;
    do {
        before = LOAD(clock->version);
        current = LOAD(clock->current);
        since = LOAD(clock->since_ns);
        used = LOAD(clock->used);
        for (int i = 0; i < used; i++)
            ret_spent_ns[i] = LOAD(clock->spent_ns[i]);
        after = LOAD(clock->version);
    } while (before != after || before % 2 != 0);
    if (now_ns > since)
        ret_spent_ns[current] += now_ns - since;
}

void pt_phase_clock_settle(struct pt_phase_clock *clock, int64_t now_ns)
{
    STORE(clock->settled_ns, now_ns);
}
