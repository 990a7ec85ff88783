// Local search over placements of jobs on machines, in whole slots.
//
// First every job as early as possible, in the order of releases (else of deadlines, else the
// largest first). Then each job in turn is taken out and put where it is cheapest in what is left,
// until nothing moves. Then kicks: a job is put where it would be cheapest if it were alone, those
// in its way are taken out and placed anew; what is not cheaper is undone. All choices follow one
// fixed sequence of random numbers, so that a problem has one plan.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/capacity_member.h"

enum { ROUNDS_MOST = 100, KICKS_PER_JOB = 40 };
static const double KICK_OPERATIONS = 3e8;

enum order { BY_RELEASE, BY_DEADLINE, BY_SIZE, ORDERS };

struct search {
    const struct pt_capacity *capacity;
    int jobs, slots;
    int *used;    // machines of each slot
    int *need;    // slots of each job
    double *last; // seconds of each job in the slot that it does not fill
    bool *placed;
    uint8_t *in;     // [place]: the job holds its machines there
    uint8_t *before; // a copy, to undo
    int *order, *out;
    double *prices;  // of each slot
    int *candidates; // slots of one window
    double *money;   // of each job as it is placed
    uint64_t random;
    enum order ranked_by;
};

static uint64_t next_random(struct search *search, uint64_t count)
{
    search->random ^= search->random << 13;
    search->random ^= search->random >> 7;
    search->random ^= search->random << 17;
    return (search->random >> 16) % count;
}

static const struct pt_capacity_window *window_of(const struct search *search, int job)
{
    return &search->capacity->windows[job];
}

static uint8_t *marks_of(const struct search *search, int job)
{
    return search->in + window_of(search, job)->place - window_of(search, job)->first;
}

// The slot of a placed job that it does not fill: its last; the dearest if it may be interrupted.
static int partial_slot(const struct search *search, int job)
{
    const struct pt_capacity_window *window = window_of(search, job);
    const double *prices = search->capacity->problem->slots.prices;
    bool block = !search->capacity->problem->jobs[job].interruptible;
    int partial = -1;
    for (int slot = window->first; slot < window->end; slot++)
        if (marks_of(search, job)[slot] && (partial < 0 || block || prices[slot] > prices[partial]))
            partial = slot;
    return partial;
}

static double money_of(const struct search *search, int job)
{
    const struct pt_capacity_window *window = window_of(search, job);
    int partial = partial_slot(search, job);
    double money = 0;
    for (int slot = window->first; slot < window->end; slot++)
        if (marks_of(search, job)[slot])
            money += pt_capacity_price(search->capacity, job, slot) *
                     (slot == partial ? search->last[job] : search->capacity->slot_seconds);
    return money;
}

// --------------------------------------------------------------------------------- in and out
static void take_out(struct search *search, int job)
{
    const struct pt_capacity_window *window = window_of(search, job);
    for (int slot = window->first; slot < window->end; slot++)
        if (marks_of(search, job)[slot]) {
            search->used[slot] -= search->capacity->problem->jobs[job].machines;
            marks_of(search, job)[slot] = 0;
        }
    search->placed[job] = false;
}

static void hold(struct search *search, int job, int slot)
{
    marks_of(search, job)[slot] = 1;
    search->used[slot] += search->capacity->problem->jobs[job].machines;
}

static void finish(struct search *search, int job)
{
    search->placed[job] = true;
    search->money[job] = money_of(search, job);
}

static bool has_room(const struct search *search, int job, int slot, bool alone)
{
    const struct pt_capacity_problem *problem = search->capacity->problem;
    return alone || search->used[slot] + problem->jobs[job].machines <= problem->machines;
}

// ------------------------------------------------------------------------------ the best placement
// A block's money by its prices alone; per second and watt.
static int best_block(const struct search *search, int job, bool early, bool alone)
{
    const struct pt_capacity_window *window = window_of(search, job);
    const double *prices = search->capacity->problem->slots.prices;
    double whole = search->capacity->slot_seconds, rest = search->last[job], full = 0;
    double least = INFINITY;
    int need = search->need[job], run = 0, best = -1;
    for (int slot = window->first; slot < window->end; slot++) {
        if (!has_room(search, job, slot, alone)) {
            run = 0;
            full = 0;
            continue;
        }
        // full: of the last need - 1 slots before this one
        if (run >= need) // one of them falls out of the block
            full -= prices[slot - need] * whole;
        run++;
        double money = full + prices[slot] * rest;
        if (run >= need && money < least) {
            least = money;
            best = slot - need + 1;
            if (early)
                break;
        }
        full += prices[slot] * whole;
    }
    return best;
}

static int by_price(const void *left, const void *right, void *prices)
{
    int a = *(const int *)left, b = *(const int *)right;
    double x = ((const double *)prices)[a], y = ((const double *)prices)[b];
    return x < y ? -1 : x > y ? 1 : (a > b) - (a < b);
}

static bool place_pieces(struct search *search, int job, bool early, bool alone)
{
    const struct pt_capacity_window *window = window_of(search, job);
    int count = 0, need = search->need[job];
    for (int slot = window->first; slot < window->end; slot++)
        if (has_room(search, job, slot, alone))
            search->candidates[count++] = slot;
    if (count < need)
        return false;
    if (!early)
        qsort_r(search->candidates, (size_t)count, sizeof *search->candidates, by_price,
                search->prices);
    for (int i = 0; i < need; i++)
        hold(search, job, search->candidates[i]);
    return true;
}

static bool place(struct search *search, int job, bool early, bool alone)
{
    if (search->capacity->problem->jobs[job].interruptible) {
        if (!place_pieces(search, job, early, alone))
            return false;
    } else {
        int first = best_block(search, job, early, alone);
        if (first < 0)
            return false;
        for (int i = 0; i < search->need[job]; i++)
            hold(search, job, first + i);
    }
    finish(search, job);
    return true;
}

// -------------------------------------------------------------------------------------- first plan
static double rank_of(const struct search *search, int job)
{
    const struct pt_capacity_window *window = window_of(search, job);
    if (search->ranked_by == BY_RELEASE)
        return window->first;
    if (search->ranked_by == BY_DEADLINE)
        return window->end;
    return -(double)search->need[job] * search->capacity->problem->jobs[job].machines;
}

static int by_rank(const void *left, const void *right, void *search)
{
    int a = *(const int *)left, b = *(const int *)right;
    double x = rank_of(search, a), y = rank_of(search, b);
    return x < y ? -1 : x > y ? 1 : (a > b) - (a < b);
}

// Returns the job for which there was no room, or -1.
static int place_all(struct search *search, enum order order)
{
    for (int job = 0; job < search->jobs; job++) {
        search->order[job] = job;
        take_out(search, job); // of an order that failed
    }
    search->ranked_by = order;
    qsort_r(search->order, (size_t)search->jobs, sizeof *search->order, by_rank, search);
    for (int i = 0; i < search->jobs; i++)
        if (!place(search, search->order[i], true, false))
            return search->order[i];
    return -1;
}

static double total(const struct search *search)
{
    double money = 0;
    for (int job = 0; job < search->jobs; job++)
        money += search->money[job];
    return money;
}

static enum pt_status place_first(struct search *search, double *ret_early, struct pt_error *error)
{
    int stuck = -1;
    for (int order = 0; order < ORDERS; order++) {
        stuck = place_all(search, (enum order)order);
        if (stuck < 0) {
            *ret_early = order == BY_RELEASE ? total(search) : NAN;
            return PT_OK;
        }
    }
    const char *name = search->capacity->problem->jobs[stuck].name;
    return pt_fail(error, PT_INFEASIBLE,
                   "job %d (%s) finds no room for %d slots on %d machines, in three orders of the "
                   "jobs; give it more time",
                   stuck, name == NULL ? "" : name, search->need[stuck],
                   search->capacity->problem->jobs[stuck].machines);
}

// ------------------------------------------------------------------------------------------- moves
static bool relocate(struct search *search, int job)
{
    const struct pt_capacity_window *window = window_of(search, job);
    size_t width = (size_t)(window->end - window->first);
    double before = search->money[job];
    memcpy(search->before + window->place, search->in + window->place, width);
    take_out(search, job);
    bool found = place(search, job, false, false);
    if (found && search->money[job] < before - 1e-12 * fabs(before))
        return true;
    if (found)
        take_out(search, job);
    for (size_t i = 0; i < width; i++)
        if (search->before[window->place + (int64_t)i])
            hold(search, job, window->first + (int)i);
    search->placed[job] = true;
    search->money[job] = before;
    return false;
}

static void descend(struct search *search)
{
    bool moved = true;
    for (int round = 0; round < ROUNDS_MOST && moved; round++) {
        moved = false;
        for (int job = 0; job < search->jobs; job++)
            moved = relocate(search, job) || moved;
    }
}

// Takes jobs out, whichever comes first from a random one on, until no slot of the job is too full.
static int make_room(struct search *search, int job, int *out)
{
    const struct pt_capacity_window *window = window_of(search, job);
    int count = 0, machines = search->capacity->problem->machines;
    for (int slot = window->first; slot < window->end; slot++) {
        int start = (int)next_random(search, (uint64_t)search->jobs);
        for (int i = 0;
             i < search->jobs && marks_of(search, job)[slot] && search->used[slot] > machines;
             i++) {
            int other = (start + i) % search->jobs;
            const struct pt_capacity_window *its = window_of(search, other);
            if (other == job || slot < its->first || slot >= its->end ||
                !marks_of(search, other)[slot])
                continue;
            take_out(search, other);
            out[count++] = other;
        }
    }
    return count;
}

static void undo(struct search *search, const int *jobs, int count, const double *money)
{
    for (int i = 0; i < count; i++)
        if (search->placed[jobs[i]])
            take_out(search, jobs[i]);
    for (int i = 0; i < count; i++) {
        const struct pt_capacity_window *window = window_of(search, jobs[i]);
        for (int slot = window->first; slot < window->end; slot++)
            if (search->before[window->place + slot - window->first])
                hold(search, jobs[i], slot);
        search->placed[jobs[i]] = true;
        search->money[jobs[i]] = money[jobs[i]];
    }
}

// True if the plan became cheaper. out[0] is the job itself; saved: a copy of money.
static bool kick(struct search *search, int job, double *saved)
{
    double before = search->money[job], after;
    search->out[0] = job;
    take_out(search, job);
    place(search, job, false, true);
    int count = make_room(search, job, search->out + 1) + 1;
    bool all = true;
    after = search->money[job];
    for (int i = 1; i < count; i++)
        before += saved[search->out[i]];
    for (int i = 1; i < count && all; i++) {
        all = place(search, search->out[i], false, false);
        after += search->money[search->out[i]];
    }
    if (all && after < before - 1e-12 * fabs(before)) {
        for (int i = 0; i < count; i++) {
            const struct pt_capacity_window *window = window_of(search, search->out[i]);
            memcpy(search->before + window->place, search->in + window->place,
                   (size_t)(window->end - window->first));
            saved[search->out[i]] = search->money[search->out[i]];
        }
        return true;
    }
    undo(search, search->out, count, saved);
    return false;
}

static void kick_all(struct search *search, double *saved)
{
    double kicks = fmin((double)search->jobs * KICKS_PER_JOB,
                        KICK_OPERATIONS / ((double)search->jobs + search->slots));
    memcpy(search->before, search->in, (size_t)search->capacity->place_count);
    memcpy(saved, search->money, (size_t)search->jobs * sizeof *saved);
    for (int i = 0; i < (int)kicks; i++)
        kick(search, (int)next_random(search, (uint64_t)search->jobs), saved);
    descend(search);
}

// ----------------------------------------------------------------------------------------- opening
static enum pt_status open_search(struct search *search, struct pt_error *error)
{
    size_t jobs = (size_t)search->jobs, slots = (size_t)search->slots;
    size_t places = (size_t)search->capacity->place_count;
    search->used = calloc(slots, sizeof *search->used);
    search->need = malloc(jobs * sizeof *search->need);
    search->last = malloc(jobs * sizeof *search->last);
    search->placed = calloc(jobs, sizeof *search->placed);
    search->in = calloc(places, 1);
    search->before = calloc(places, 1);
    search->order = malloc(jobs * sizeof *search->order);
    search->out = malloc((jobs + 1) * sizeof *search->out);
    search->prices = malloc(slots * sizeof *search->prices);
    search->candidates = malloc(slots * sizeof *search->candidates);
    search->money = calloc(2 * jobs, sizeof *search->money);
    if (search->used == NULL || search->need == NULL || search->last == NULL ||
        search->placed == NULL || search->in == NULL || search->before == NULL ||
        search->order == NULL || search->out == NULL || search->candidates == NULL ||
        search->prices == NULL || search->money == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu jobs", jobs);
    memcpy(search->prices, search->capacity->problem->slots.prices, slots * sizeof *search->prices);
    for (int job = 0; job < search->jobs; job++) {
        double work = search->capacity->problem->jobs[job].work_seconds;
        double need = ceil(work / search->capacity->slot_seconds - 1e-9);
        search->need[job] = need < 1 ? 1 : (int)need;
        search->last[job] = work - (search->need[job] - 1) * search->capacity->slot_seconds;
    }
    return PT_OK;
}

static void close_search(struct search *search)
{
    free(search->used);
    free(search->need);
    free(search->last);
    free(search->placed);
    free(search->in);
    free(search->before);
    free(search->order);
    free(search->out);
    free(search->prices);
    free(search->candidates);
    free(search->money);
}

static void read_plan(const struct search *search, double *seconds)
{
    for (int job = 0; job < search->jobs; job++) {
        const struct pt_capacity_window *window = window_of(search, job);
        int partial = partial_slot(search, job);
        for (int slot = window->first; slot < window->end; slot++)
            seconds[window->place + slot - window->first] = !marks_of(search, job)[slot] ? 0
                                                            : slot == partial
                                                                ? search->last[job]
                                                                : search->capacity->slot_seconds;
    }
}

enum pt_status pt_capacity_search(const struct pt_capacity *capacity, double *seconds,
                                  double *ret_money, double *ret_early, struct pt_error *error)
{
    struct search search = {.capacity = capacity,
                            .jobs = capacity->problem->job_count,
                            .slots = capacity->problem->slots.count,
                            .random = 0x9e3779b97f4a7c15};
    enum pt_status status = open_search(&search, error);
    if (status == PT_OK)
        status = place_first(&search, ret_early, error);
    if (status == PT_OK) {
        descend(&search);
        kick_all(&search, search.money + search.jobs);
        read_plan(&search, seconds);
        *ret_money = total(&search);
    }
    close_search(&search);
    return status;
}

enum pt_status pt_capacity_early(const struct pt_capacity *capacity, double *ret_money,
                                 struct pt_error *error)
{
    struct search search = {.capacity = capacity,
                            .jobs = capacity->problem->job_count,
                            .slots = capacity->problem->slots.count};
    enum pt_status status = open_search(&search, error);
    if (status == PT_OK)
        *ret_money = place_all(&search, BY_RELEASE) < 0 ? total(&search) : NAN;
    close_search(&search);
    return status;
}
