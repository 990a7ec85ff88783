// See attribution.h.

#include "meter/attribution.h"

#include <assert.h>
#include <math.h>

#include "base/units.h"

// Sharing a core leaves a thread about 0.6 of it; heavy vector code draws up to half more than
// scalar code.
static const double energy_per_cpu_second_ratio = 1.5;

const char *pt_share_basis_word(enum pt_share_basis basis)
{
    static const char *const words[] = {
#define X(name, word, text) word,
        PT_SHARE_BASIS_LIST(X)
#undef X
    };
    return words[basis];
}

const char *pt_share_basis_text(enum pt_share_basis basis)
{
    static const char *const texts[] = {
#define X(name, word, text) text,
        PT_SHARE_BASIS_LIST(X)
#undef X
    };
    return texts[basis];
}

double pt_share_weighted(double share, double ratio)
{
    return share == 0 ? 0 : ratio * share / (ratio * share + 1 - share);
}

struct pt_share pt_busy_share(double cpu_seconds, double busy_seconds, double tick_seconds)
{
    if (cpu_seconds <= 0)
        return (struct pt_share){0, 0, 0, PT_SHARE_CPU_TIME};
    double busy = fmax(busy_seconds, cpu_seconds);
    double busy_least = fmax(busy - tick_seconds, cpu_seconds);
    return (struct pt_share){
        .value = cpu_seconds / busy,
        .low =
            pt_share_weighted(cpu_seconds / (busy + tick_seconds), 1 / energy_per_cpu_second_ratio),
        .high = pt_share_weighted(cpu_seconds / busy_least, energy_per_cpu_second_ratio),
    };
}

void pt_attribution_add(struct pt_attribution *attribution, double joules,
                        const int64_t spent_ns[PT_PHASES_MAX], int current)
{
    double whole = 0, left = joules;
    int last = current;
    for (int i = 0; i < attribution->phase_count; i++) {
        whole += (double)spent_ns[i];
        last = spent_ns[i] > 0 ? i : last;
    }
    for (int i = 0; i < attribution->phase_count && whole > 0; i++) {
        if (spent_ns[i] <= 0 || i == last)
            continue;
        double part = joules * ((double)spent_ns[i] / whole);
        attribution->pending[i] += part;
        left -= part;
    }
    attribution->pending[last] += fmax(left, 0);
    for (int i = 0; i < attribution->phase_count; i++)
        if (spent_ns[i] > 0)
            attribution->pending_seconds[i] += (double)spent_ns[i] / PT_NANOSECONDS_PER_SECOND;
}

void pt_attribution_fill(struct pt_attribution *attribution, double joules, double seconds)
{
    attribution->pending[0] += joules;
    attribution->pending_seconds[0] += seconds;
}

// ---------------------------------------------------------------------------------------- dividing
static double clamp(double value, double most)
{
    return fmin(fmax(value, 0), most);
}

// (E - I) a + I r; a line in I, so it is least and most at the ends of I.
static double claimed(double joules, double idle, double active_share, double idle_share)
{
    return clamp((joules - idle) * active_share + idle * idle_share, joules);
}

struct pt_claimed pt_claim_divide(const struct pt_claim *claim, double joules, double seconds)
{
    struct pt_share active = claim->active;
    struct pt_claimed parts = {joules * active.value, joules * active.low, joules * active.high,
                               NAN, NAN};
    if (isnan(claim->idle.watts))
        return parts;
    double idle = clamp(claim->idle.watts * seconds, joules),
           idle_low = clamp(claim->idle.low * seconds, joules),
           idle_high = clamp(claim->idle.high * seconds, joules), share = claim->idle_share;
    parts.idle = idle;
    parts.idle_ours = idle * (isnan(share) ? active.value : share);
    if (isnan(share))
        return parts;
    parts.ours = claimed(joules, idle, active.value, share);
    parts.low = fmin(claimed(joules, idle_low, active.low, share),
                     claimed(joules, idle_high, active.low, share));
    parts.high = fmax(claimed(joules, idle_low, active.high, share),
                      claimed(joules, idle_high, active.high, share));
    return parts;
}

static void settle_phase(struct pt_attribution *attribution, int phase, struct pt_claimed parts,
                         enum pt_share_basis basis)
{
    double joules = attribution->pending[phase];
    attribution->ours[phase] += parts.ours;
    attribution->others += joules - parts.ours;
    attribution->by_basis[basis] += joules;
    attribution->ours_low += parts.low;
    attribution->ours_high += parts.high;
    if (isnan(parts.idle)) {
        attribution->idle_unknown += joules;
    } else {
        attribution->idle += parts.idle;
        attribution->idle_ours += fmin(parts.idle_ours, parts.ours);
        attribution->idle_of_phase[phase] += fmin(parts.idle_ours, parts.ours);
    }
    attribution->pending[phase] = attribution->pending_seconds[phase] = 0;
}

void pt_attribution_settle(struct pt_attribution *attribution, const struct pt_claim *claim)
{
    assert(isnan(claim->idle_share) || !isnan(claim->idle.watts));
    for (int i = 0; i < attribution->phase_count; i++)
        settle_phase(
            attribution, i,
            pt_claim_divide(claim, attribution->pending[i], attribution->pending_seconds[i]),
            claim->active.basis);
}

void pt_attribution_settle_as(struct pt_attribution *attribution, struct pt_share share,
                              double idle, double idle_ours)
{
    for (int i = 0; i < attribution->phase_count; i++) {
        double joules = attribution->pending[i];
        settle_phase(attribution, i,
                     (struct pt_claimed){joules * share.value, joules * share.low,
                                         joules * share.high, joules * idle, joules * idle_ours},
                     share.basis);
    }
}

struct pt_claim pt_claim_share(struct pt_share share)
{
    return (struct pt_claim){share, NAN, {NAN, NAN, NAN}};
}

struct pt_window_share pt_window_of_share(double value, double low, double high)
{
    return (struct pt_window_share){.cpu = {value, low, high, PT_SHARE_CPU_TIME},
                                    .memory = {NAN, 0, 1, PT_SHARE_MEMORY}};
}

void pt_split_exactly(double value, double idle, double *ret_rest, double *ret_idle)
{
    double part = clamp(idle, value), rest = value - part;
    if (isnan(idle)) {
        *ret_rest = *ret_idle = NAN;
        return;
    }
    if (part > rest)
        rest = value - part;
    else
        part = value - rest;
    *ret_rest = rest;
    *ret_idle = part;
}

static double sum(const double *values, int count)
{
    double total = 0;
    for (int i = 0; i < count; i++)
        total += values[i];
    return total;
}

double pt_attribution_pending(const struct pt_attribution *attribution)
{
    return sum(attribution->pending, attribution->phase_count);
}

double pt_attribution_pending_seconds(const struct pt_attribution *attribution)
{
    return sum(attribution->pending_seconds, attribution->phase_count);
}

double pt_attribution_ours(const struct pt_attribution *attribution)
{
    return sum(attribution->ours, attribution->phase_count);
}

enum pt_share_basis pt_attribution_basis(const struct pt_attribution *attribution)
{
    int most = 0;
    for (int i = 1; i < PT_SHARE_BASES; i++)
        if (attribution->by_basis[i] > attribution->by_basis[most])
            most = i;
    return (enum pt_share_basis)most;
}
