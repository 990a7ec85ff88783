// Min-cost flow from jobs to slots: successive shortest paths with potentials.
//
// A unit is a microsecond of one machine. Jobs are sent one after another, each along the cheapest
// path that is left: to a free slot, or to a full one from which another job moves on. Potentials
// keep the reduced costs of all arcs that are left at 0 or above, so that Dijkstra finds it; he
// stops at the first free slot.
// Source: Ahuja, Magnanti, Orlin, Network Flows, 1993, 9.7.

#include <math.h>
#include <stdlib.h>

#include "schedule/capacity_member.h"

static const double UNITS_PER_SECOND = 1e6;

struct heap_entry {
    double distance;
    int node;
};

struct flow {
    const struct pt_capacity *capacity;
    int jobs, slots;      // nodes: jobs first, then slots
    int64_t *sent;        // [place]
    int64_t *free;        // of each slot
    int64_t *users_begin; // of each slot and one more: where its users begin
    int *users;           // jobs whose window holds the slot
    double *potential, *distance;
    int *from; // of each node on the path to it
    bool *settled;
    int *touched; // nodes with a distance
    int touched_count;
    struct heap_entry *heap;
    int64_t heap_count, heap_capacity;
    double sink_potential;
};

// ------------------------------------------------------------------------------------------- arcs
static int64_t place_of(const struct flow *flow, int job, int slot)
{
    const struct pt_capacity_window *window = &flow->capacity->windows[job];
    return window->place + slot - window->first;
}

static int64_t most_of(const struct flow *flow, int job)
{
    return (int64_t)(flow->capacity->slot_seconds * UNITS_PER_SECOND) *
           flow->capacity->problem->jobs[job].machines;
}

static double cost_of(const struct flow *flow, int job, int slot)
{
    return pt_capacity_price(flow->capacity, job, slot) /
           flow->capacity->problem->jobs[job].machines;
}

// ------------------------------------------------------------------------------------------- heap
static bool push(struct flow *flow, double distance, int node)
{
    if (flow->heap_count == flow->heap_capacity) {
        int64_t capacity = flow->heap_capacity * 2 + 64;
        struct heap_entry *grown = realloc(flow->heap, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        flow->heap = grown;
        flow->heap_capacity = capacity;
    }
    int64_t i = flow->heap_count++;
    for (; i > 0 && flow->heap[(i - 1) / 2].distance > distance; i = (i - 1) / 2)
        flow->heap[i] = flow->heap[(i - 1) / 2];
    flow->heap[i] = (struct heap_entry){distance, node};
    return true;
}

static struct heap_entry pop(struct flow *flow)
{
    struct heap_entry top = flow->heap[0], last = flow->heap[--flow->heap_count];
    int64_t i = 0;
    for (;;) {
        int64_t child = 2 * i + 1;
        if (child >= flow->heap_count)
            break;
        if (child + 1 < flow->heap_count &&
            flow->heap[child + 1].distance < flow->heap[child].distance)
            child++;
        if (flow->heap[child].distance >= last.distance)
            break;
        flow->heap[i] = flow->heap[child];
        i = child;
    }
    flow->heap[i] = last;
    return top;
}

// ------------------------------------------------------------------------------------------- path
static bool reach(struct flow *flow, int node, int from, double distance)
{
    if (flow->settled[node] || distance >= flow->distance[node])
        return true;
    if (isinf(flow->distance[node]))
        flow->touched[flow->touched_count++] = node;
    flow->distance[node] = distance;
    flow->from[node] = from;
    return push(flow, distance, node);
}

static bool leave_job(struct flow *flow, int job)
{
    const struct pt_capacity_window *window = &flow->capacity->windows[job];
    int64_t most = most_of(flow, job);
    for (int slot = window->first; slot < window->end; slot++) {
        int node = flow->jobs + slot;
        if (flow->sent[place_of(flow, job, slot)] >= most)
            continue;
        double reduced = cost_of(flow, job, slot) + flow->potential[job] - flow->potential[node];
        if (!reach(flow, node, job, flow->distance[job] + fmax(0, reduced)))
            return false;
    }
    return true;
}

static bool leave_slot(struct flow *flow, int slot)
{
    int node = flow->jobs + slot;
    for (int64_t i = flow->users_begin[slot]; i < flow->users_begin[slot + 1]; i++) {
        int job = flow->users[i];
        if (flow->sent[place_of(flow, job, slot)] == 0)
            continue;
        double reduced = -cost_of(flow, job, slot) + flow->potential[node] - flow->potential[job];
        if (!reach(flow, job, node, flow->distance[node] + fmax(0, reduced)))
            return false;
    }
    return true;
}

// The free slot to which a job's cheapest path leads; -1: there is none. *ret_memory: false if
// there was not enough.
static int find_path(struct flow *flow, int job, double *ret_distance, bool *ret_memory)
{
    double least = INFINITY; // to the sink
    int best = -1;
    flow->heap_count = flow->touched_count = 0;
    *ret_memory = reach(flow, job, -1, 0);
    while (*ret_memory && flow->heap_count > 0) {
        struct heap_entry top = pop(flow);
        if (flow->settled[top.node])
            continue;
        if (top.distance >= least)
            break;
        flow->settled[top.node] = true;
        int slot = top.node - flow->jobs;
        if (slot < 0) {
            *ret_memory = leave_job(flow, top.node);
            continue;
        }
        double sink = top.distance + fmax(0, flow->potential[top.node] - flow->sink_potential);
        if (flow->free[slot] > 0 && sink < least) {
            least = sink;
            best = slot;
        }
        *ret_memory = leave_slot(flow, slot);
    }
    *ret_distance = least;
    return best;
}

// All nodes that were settled come nearer to the sink by what they are nearer than it.
static void move_potentials(struct flow *flow, double least)
{
    for (int i = 0; i < flow->touched_count; i++) {
        int node = flow->touched[i];
        if (flow->settled[node] && flow->distance[node] < least)
            flow->potential[node] += flow->distance[node] - least;
        flow->settled[node] = false;
        flow->distance[node] = INFINITY;
    }
}

// As much as fits along the path to a slot: back from it to the job.
static int64_t send(struct flow *flow, int slot, int64_t wanted)
{
    int64_t amount = wanted < flow->free[slot] ? wanted : flow->free[slot];
    for (int node = flow->jobs + slot; flow->from[node] >= 0; node = flow->from[node]) {
        int from = flow->from[node];
        bool forward = from < flow->jobs;
        int64_t sent = forward ? flow->sent[place_of(flow, from, node - flow->jobs)]
                               : flow->sent[place_of(flow, node, from - flow->jobs)];
        int64_t room = forward ? most_of(flow, from) - sent : sent;
        amount = room < amount ? room : amount;
    }
    for (int node = flow->jobs + slot; flow->from[node] >= 0; node = flow->from[node]) {
        int from = flow->from[node];
        if (from < flow->jobs)
            flow->sent[place_of(flow, from, node - flow->jobs)] += amount;
        else
            flow->sent[place_of(flow, node, from - flow->jobs)] -= amount;
    }
    flow->free[slot] -= amount;
    return amount;
}

static enum pt_status send_job(struct flow *flow, int job, struct pt_error *error)
{
    const struct pt_capacity_job *about = &flow->capacity->problem->jobs[job];
    int64_t left = (int64_t)llround(about->work_seconds * UNITS_PER_SECOND) * about->machines;
    int64_t most = most_of(flow, job) *
                   (flow->capacity->windows[job].end - flow->capacity->windows[job].first);
    left = left > most ? most : left < 1 ? 1 : left;
    while (left > 0) {
        double least;
        bool memory;
        int slot = find_path(flow, job, &least, &memory);
        if (!memory)
            return pt_fail(error, PT_NO_MEMORY, "no memory for paths of %d jobs", flow->jobs);
        if (slot < 0)
            return pt_fail(error, PT_INFEASIBLE,
                           "job %d (%s): %.0f s of machines are missing before its deadline; give "
                           "jobs more time, or have more than %d machines",
                           job, about->name == NULL ? "" : about->name,
                           (double)left / UNITS_PER_SECOND, flow->capacity->problem->machines);
        left -= send(flow, slot, left);
        move_potentials(flow, least);
    }
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- opening
static void list_users(struct flow *flow)
{
    for (int job = 0; job < flow->jobs; job++)
        for (int slot = flow->capacity->windows[job].first; slot < flow->capacity->windows[job].end;
             slot++)
            flow->users_begin[slot + 1]++;
    for (int slot = 0; slot < flow->slots; slot++)
        flow->users_begin[slot + 1] += flow->users_begin[slot];
    for (int job = flow->jobs - 1; job >= 0; job--)
        for (int slot = flow->capacity->windows[job].first; slot < flow->capacity->windows[job].end;
             slot++)
            flow->users[--flow->users_begin[slot + 1]] = job;
    // Each begin has become that of the slot before: move them back.
    for (int slot = 0; slot < flow->slots; slot++)
        flow->users_begin[slot] = flow->users_begin[slot + 1];
    flow->users_begin[flow->slots] = flow->capacity->place_count;
}

// Costs may be negative: a slot's potential is the least that a job pays there.
static void first_potentials(struct flow *flow)
{
    flow->sink_potential = 0;
    for (int i = 0; i < flow->jobs + flow->slots; i++) {
        flow->potential[i] = 0;
        flow->distance[i] = INFINITY;
    }
    for (int slot = 0; slot < flow->slots; slot++) {
        double least = INFINITY;
        for (int64_t i = flow->users_begin[slot]; i < flow->users_begin[slot + 1]; i++)
            least = fmin(least, cost_of(flow, flow->users[i], slot));
        flow->potential[flow->jobs + slot] = isinf(least) ? 0 : least;
        flow->sink_potential = fmin(flow->sink_potential, flow->potential[flow->jobs + slot]);
        flow->free[slot] = (int64_t)(flow->capacity->slot_seconds * UNITS_PER_SECOND) *
                           flow->capacity->problem->machines;
    }
}

static enum pt_status open_flow(struct flow *flow, struct pt_error *error)
{
    size_t nodes = (size_t)flow->jobs + (size_t)flow->slots;
    size_t places = (size_t)flow->capacity->place_count, slots = (size_t)flow->slots;
    flow->sent = calloc(places, sizeof *flow->sent);
    flow->users = malloc(places * sizeof *flow->users);
    flow->users_begin = calloc(slots + 1, sizeof *flow->users_begin);
    flow->free = malloc(slots * sizeof *flow->free);
    flow->potential = malloc(nodes * sizeof *flow->potential);
    flow->distance = malloc(nodes * sizeof *flow->distance);
    flow->from = malloc(nodes * sizeof *flow->from);
    flow->touched = malloc(nodes * sizeof *flow->touched);
    flow->settled = calloc(nodes, sizeof *flow->settled);
    if (flow->sent == NULL || flow->users == NULL || flow->users_begin == NULL ||
        flow->free == NULL || flow->potential == NULL || flow->distance == NULL ||
        flow->from == NULL || flow->touched == NULL || flow->settled == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a flow of %zu arcs", places);
    list_users(flow);
    first_potentials(flow);
    return PT_OK;
}

static void close_flow(struct flow *flow)
{
    free(flow->sent);
    free(flow->users);
    free(flow->users_begin);
    free(flow->free);
    free(flow->potential);
    free(flow->distance);
    free(flow->from);
    free(flow->touched);
    free(flow->settled);
    free(flow->heap);
}

static double read_flow(const struct flow *flow, double *seconds)
{
    double money = 0;
    for (int job = 0; job < flow->jobs; job++)
        for (int slot = flow->capacity->windows[job].first; slot < flow->capacity->windows[job].end;
             slot++) {
            int64_t place = place_of(flow, job, slot);
            seconds[place] = (double)flow->sent[place] / UNITS_PER_SECOND /
                             flow->capacity->problem->jobs[job].machines;
            money += seconds[place] * pt_capacity_price(flow->capacity, job, slot);
        }
    return money;
}

enum pt_status pt_capacity_flow(const struct pt_capacity *capacity, double *seconds,
                                double *ret_money, struct pt_error *error)
{
    struct flow flow = {.capacity = capacity,
                        .jobs = capacity->problem->job_count,
                        .slots = capacity->problem->slots.count};
    enum pt_status status = open_flow(&flow, error);
    for (int job = 0; job < flow.jobs && status == PT_OK; job++)
        status = send_job(&flow, job, error);
    if (status == PT_OK)
        *ret_money = read_flow(&flow, seconds);
    close_flow(&flow);
    return status;
}
