// The demand charge: how high site and job may draw together.
//
// With a cap on that, energy is bought by the same programme with fewer actions; the charge rises
// with the cap and the energy's money falls. Caps that matter are sums of a slot's load and a
// level. If there are few of them all are tried; many are searched by golden section over their
// order, which finds the best if money has one valley in them (it has in the linear program). A
// slot's watts are kept below the cap, though the charge looks at means: where its interval is
// several slots, plans that run in only so many of each interval are tried besides. Missed are
// other plans whose means stay below a cap while a slot does not, and those whose highest slot is
// one with a resume or the last, partial one. The plan that is found is charged for what it does.

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

enum { ALL_CAPS = 24, PATTERNS_MOST = 15 };

struct search {
    struct pt_arena *arena;
    const struct pt_schedule_problem *problem;
    struct pt_schedule_problem energy; // the same without the charge
    double *caps;                      // ascending, the last one INFINITY
    int count;
    double *totals;   // of each cap tried; NAN: not yet
    double *energies; // money without the charge; INFINITY: no plan
    struct pt_schedule_plan *best;
};

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void list_caps(struct search *search)
{
    const struct pt_schedule_problem *problem = search->problem;
    const struct pt_schedule_site *site = problem->site;
    int count = 0, kept = 0;
    for (int i = 0; i < problem->slots.count; i++) {
        double base = site->net_watts == NULL ? 0 : site->net_watts[i];
        if (site->demand_window != NULL && !site->demand_window[i])
            continue;
        for (int j = 0; j <= problem->job.level_count; j++) {
            double own = j < problem->job.level_count ? problem->job.levels[j].watts
                                                      : problem->job.resume_watts;
            search->caps[count++] = fmax(base + own, site->peak_watts);
        }
    }
    qsort(search->caps, (size_t)count, sizeof *search->caps, ascending);
    for (int i = 0; i < count; i++)
        if (kept == 0 || search->caps[i] > search->caps[kept - 1] * (1 + 1e-9))
            search->caps[kept++] = search->caps[i];
    search->caps[kept++] = INFINITY;
    search->count = kept;
    for (int i = 0; i < kept; i++)
        search->totals[i] = NAN;
}

static enum pt_status try_cap(struct search *search, int i, struct pt_error *error)
{
    struct pt_schedule_plan plan;
    bool found;
    if (!isnan(search->totals[i]))
        return PT_OK;
    enum pt_status status =
        pt_solve_program(search->arena, &search->energy, search->caps[i], &found, &plan, error);
    search->totals[i] = search->energies[i] = INFINITY;
    if (status != PT_OK || !found)
        return status;
    search->energies[i] = plan.lower_bound;
    status = pt_schedule_evaluate(search->problem, &plan, error);
    if (status != PT_OK)
        return status;
    plan.method = "dynamic programme below a peak";
    search->totals[i] = plan.money;
    pt_plan_keep_better(search->best, &plan);
    return PT_OK;
}

static enum pt_status try_all(struct search *search, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int i = 0; i < search->count && status == PT_OK; i++)
        status = try_cap(search, i, error);
    return status;
}

static enum pt_status golden_section(struct search *search, struct pt_error *error)
{
    int low = 0, high = search->count - 1;
    enum pt_status status = try_cap(search, high, error);
    while (high - low > 2 && status == PT_OK) {
        int width = (int)((high - low) * 0.381966);
        int left = low + (width > 0 ? width : 1), right = high - (width > 0 ? width : 1);
        if (right <= left)
            right = left + 1;
        status = try_cap(search, left, error);
        if (status == PT_OK)
            status = try_cap(search, right, error);
        if (status != PT_OK)
            break;
        // Where no plan exists the cap is too low.
        if (isfinite(search->totals[left]) && search->totals[left] <= search->totals[right])
            high = right;
        else
            low = left;
    }
    for (int i = low; i <= high && status == PT_OK; i++)
        status = try_cap(search, i, error);
    return status;
}

// ------------------------------------------------------------------------------------ interval
// means
static int64_t interval_of(const struct pt_schedule_problem *problem, int slot)
{
    const struct pt_schedule_slots *slots = &problem->slots;
    return (slots->start_ns + slot * slots->slot_ns) / problem->site->demand_ns;
}

// How many slots of a slot's interval are cheaper than it, or as cheap and earlier.
static int rank_in_interval(const struct pt_schedule_problem *problem, int slot)
{
    const double *prices = problem->slots.prices;
    int64_t interval = interval_of(problem, slot);
    int rank = 0;
    for (int i = slot - 1; i >= 0 && interval_of(problem, i) == interval; i--)
        rank += prices[i] <= prices[slot];
    for (int i = slot + 1; i < problem->slots.count && interval_of(problem, i) == interval; i++)
        rank += prices[i] < prices[slot];
    return rank;
}

// Where the charge's interval is several slots: plans that run in so many of the cheapest slots of
// each interval, as high as they like, and in no other one that counts.
static enum pt_status try_pattern(struct search *search, int most, bool *closed,
                                  struct pt_error *error)
{
    const struct pt_schedule_problem *problem = search->problem;
    struct pt_schedule_site site = *search->energy.site;
    struct pt_schedule_problem energy = search->energy;
    struct pt_schedule_plan plan;
    bool found;
    for (int i = 0; i < problem->slots.count; i++) {
        bool counts = problem->site->demand_window == NULL || problem->site->demand_window[i];
        closed[i] = counts && rank_in_interval(problem, i) >= most;
    }
    site.demand_window = closed;
    energy.site = &site;
    enum pt_status status = pt_solve_program(search->arena, &energy, 0, &found, &plan, error);
    if (status == PT_OK && found)
        status = pt_schedule_evaluate(problem, &plan, error);
    if (status != PT_OK || !found)
        return status;
    plan.method = "dynamic programme below a peak";
    pt_plan_keep_better(search->best, &plan);
    return PT_OK;
}

static enum pt_status try_patterns(struct search *search, struct pt_error *error)
{
    int64_t slots = search->problem->site->demand_ns / search->problem->slots.slot_ns;
    enum pt_status status = PT_OK;
    if (slots == 1)
        return PT_OK;
    bool *closed = malloc((size_t)search->problem->slots.count * sizeof *closed);
    if (closed == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d slots", search->problem->slots.count);
    for (int i = 1; i < slots && i <= PATTERNS_MOST && status == PT_OK; i++)
        status = try_pattern(search, i, closed, error);
    free(closed);
    return status;
}

// A plan whose peak lies between two caps buys its energy under the upper one and pays for the
// lower one. That holds for every cap only where a slot is the charge's interval; in general the
// energy is bought without a cap and no charge is paid: -INFINITY where work was rounded.
static double bound(const struct search *search)
{
    return search->energies[search->count - 1];
}

enum pt_status pt_solve_peak(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                             struct pt_schedule_plan *best, struct pt_error *error)
{
    size_t most = (size_t)problem->slots.count * (size_t)(problem->job.level_count + 1) + 1;
    struct pt_schedule_site site = *problem->site;
    struct search search = {.arena = arena, .problem = problem, .energy = *problem, .best = best};
    double *rows = malloc(3 * most * sizeof *rows);
    if (rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu caps", most);
    search.caps = rows;
    search.totals = rows + most;
    search.energies = rows + 2 * most;
    site.demand_price_per_kw = 0;
    search.energy.site = &site;
    list_caps(&search);
    enum pt_status status =
        search.count <= ALL_CAPS ? try_all(&search, error) : golden_section(&search, error);
    if (status == PT_OK)
        status = try_patterns(&search, error);
    if (status == PT_OK)
        best->lower_bound = fmin(bound(&search), best->money);
    free(rows);
    return status;
}
