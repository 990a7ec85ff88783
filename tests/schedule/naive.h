// Small random problems, and an exhaustive search over them that shares no code with the solvers:
// every way to be off or at a level in each slot, walked through in quarters of a slot.
#ifndef PT_TEST_SCHEDULE_NAIVE_H
#define PT_TEST_SCHEDULE_NAIVE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "schedule/schedule.h"

enum { NAIVE_SLOTS_MAX = 16, NAIVE_LEVELS_MAX = 4, NAIVE_TICKS = 4 };
#define NAIVE_SLOT_SECONDS 3600.0
#define NAIVE_SLOT_NS      3600000000000LL

struct naive_case {
    struct pt_schedule_problem problem;
    double prices[NAIVE_SLOTS_MAX], carbon[NAIVE_SLOTS_MAX], net[NAIVE_SLOTS_MAX];
    double feed_in[NAIVE_SLOTS_MAX];
    bool window[NAIVE_SLOTS_MAX];
    struct pt_schedule_level levels[NAIVE_LEVELS_MAX];
    struct pt_schedule_site site;
};

static uint64_t naive_seed = 1;

static inline int naive_random(int count) // 0 ... count - 1
{
    naive_seed ^= naive_seed << 13;
    naive_seed ^= naive_seed >> 7;
    naive_seed ^= naive_seed << 17;
    return (int)((naive_seed >> 20) % (uint64_t)count);
}

static inline void naive_slots(struct naive_case *c, int count)
{
    c->problem = (struct pt_schedule_problem){0};
    c->problem.slots = (struct pt_schedule_slots){.start_ns = 1700000000LL / 3600 * NAIVE_SLOT_NS,
                                                  .slot_ns = NAIVE_SLOT_NS,
                                                  .count = count,
                                                  .prices = c->prices,
                                                  .carbon = c->carbon};
    int shape = naive_random(4); // all positive, with negative ones, flat, few values
    for (int i = 0; i < count; i++) {
        c->prices[i] = shape == 0   ? 1 + naive_random(9)
                       : shape == 1 ? naive_random(12) - 5
                       : shape == 2 ? 3
                                    : 1 + naive_random(2);
        c->carbon[i] = 100 * naive_random(6);
    }
}

// Work, levels and overheads in quarters of a slot, so that ticks are exact.
static inline void naive_job(struct naive_case *c, int level_count, bool overheads)
{
    const double quarter = NAIVE_SLOT_SECONDS / 4;
    struct pt_schedule_job *job = &c->problem.job;
    double fastest = 0;
    *job = (struct pt_schedule_job){
        .interruptible = true, .levels = c->levels, .level_count = level_count};
    for (int i = 0; i < level_count; i++) {
        c->levels[i] = (struct pt_schedule_level){"level", (1 + naive_random(4)) / 2.0,
                                                  100.0 * (1 + naive_random(8))};
        fastest = fmax(fastest, c->levels[i].speed);
    }
    if (overheads) {
        job->waiting_watts = naive_random(3) * 50;
        job->suspended_watts = naive_random(4) * 40;
        job->resume_seconds = naive_random(7) * quarter;
        job->resume_watts = naive_random(4) * 100;
        job->resume_joules = naive_random(3) * 3.6e5;
        job->lost_seconds = naive_random(3) * quarter;
        job->change_seconds = naive_random(3) == 0 ? naive_random(6) * quarter : 0;
        job->starts_max = naive_random(2) * (1 + naive_random(3));
        job->on_seconds_min = naive_random(3) == 0 ? naive_random(13) * quarter : 0;
        job->off_seconds_min = naive_random(3) == 0 ? naive_random(13) * quarter : 0;
        job->has_started = naive_random(3) == 0;
        job->level_now = naive_random(level_count + 1) - 1;
    }
    double window = c->problem.slots.count * NAIVE_SLOT_SECONDS * fastest;
    job->work_seconds = fmax(quarter / 4, window * (1 + naive_random(16)) / 16.0);
}

static inline void naive_site(struct naive_case *c, bool demand)
{
    for (int i = 0; i < c->problem.slots.count; i++) {
        c->net[i] = 100.0 * (naive_random(9) - 5);
        c->feed_in[i] = naive_random(5) - 1;
        c->window[i] = naive_random(2) == 0;
    }
    c->site = (struct pt_schedule_site){.net_watts = c->net, .feed_in = c->feed_in};
    if (demand) {
        c->site.demand_price_per_kw = naive_random(8);
        c->site.demand_ns = NAIVE_SLOT_NS * (1 + naive_random(2));
        c->site.peak_watts = 100 * naive_random(8);
        c->site.demand_window = naive_random(2) == 0 ? c->window : NULL;
    }
    c->problem.site = &c->site;
}

// ------------------------------------------------------------------------------------------ walk
static inline double naive_slot_money(const struct naive_case *c, int slot, double joules)
{
    double kwh = joules / 3.6e6;
    if (c->problem.site == NULL || c->net[slot] >= 0)
        return kwh * c->prices[slot];
    double own = -c->net[slot] * NAIVE_SLOT_SECONDS / 3.6e6;
    return kwh < own ? kwh * c->feed_in[slot]
                     : own * c->feed_in[slot] + (kwh - own) * c->prices[slot];
}

static inline double naive_demand_money(const struct naive_case *c, const double *joules)
{
    double before = c->site.peak_watts, after = before;
    int64_t hour = c->problem.slots.start_ns / NAIVE_SLOT_NS;
    int span = (int)(c->site.demand_ns / NAIVE_SLOT_NS);
    if (c->problem.site == NULL || c->site.demand_price_per_kw == 0)
        return 0;
    for (int first = 0; first < c->problem.slots.count;) {
        int end = first + 1;
        while (end < c->problem.slots.count && (hour + end) % span != 0)
            end++;
        double base = 0, own = 0;
        bool counts = false;
        for (int i = first; i < end; i++) {
            base += c->net[i] / (end - first);
            own += joules[i] / NAIVE_SLOT_SECONDS / (end - first);
            counts = counts || c->site.demand_window == NULL || c->window[i];
        }
        if (counts && base > before)
            before = base;
        if (counts && base + own > after)
            after = base + own;
        first = end;
    }
    return (fmax(after, before) - before) / 1000 * c->site.demand_price_per_kw;
}

// Joules of each slot, being at level choices[i] (-1: off) in slot i until the work is done; false
// if it is not allowed or not done.
static inline bool naive_walk(const struct naive_case *c, const int *choices, double *joules,
                              double *ret_finish)
{
    const struct pt_schedule_job *job = &c->problem.job;
    const double tick = NAIVE_SLOT_SECONDS / NAIVE_TICKS;
    double work = job->work_seconds, dead = 0, dead_watts = 0, length = 0;
    bool started = job->has_started, exempt = true, done = false;
    int now = started ? job->level_now : -1, stretches = started && now >= 0;
    double most = work + (started && now >= 0 ? job->lost_seconds : 0);
    for (int i = 0; i < NAIVE_SLOTS_MAX; i++)
        joules[i] = 0;
    for (int slot = 0; slot < c->problem.slots.count && !done; slot++) {
        int next = choices[slot];
        if (next != now) {
            if (now >= 0 && (dead > 0 || (!exempt && length < job->on_seconds_min)))
                return false;
            if (now < 0 && started && !exempt && length < job->off_seconds_min)
                return false;
            if (now >= 0 && next < 0)
                work = work + job->lost_seconds > most ? most : work + job->lost_seconds;
            if (now < 0)
                stretches++;
            if (now < 0 && started) {
                dead = job->resume_seconds;
                dead_watts = job->resume_watts;
                joules[slot] += job->resume_joules;
            } else if (now >= 0 && next >= 0) {
                dead = job->change_seconds;
                dead_watts = job->levels[next].watts;
            }
            if (job->starts_max > 0 && stretches > job->starts_max)
                return false;
            started = started || next >= 0;
            now = next;
            length = 0;
            exempt = false;
        }
        for (int i = 0; i < NAIVE_TICKS && !done; i++, length += tick) {
            if (now < 0) {
                joules[slot] += tick * (started ? job->suspended_watts : job->waiting_watts);
            } else if (dead > 0) {
                joules[slot] += tick * dead_watts;
                dead -= tick;
            } else {
                double share = work / (tick * job->levels[now].speed);
                done = share <= 1 + 1e-9;
                joules[slot] += tick * (done ? share : 1) * job->levels[now].watts;
                work -= tick * job->levels[now].speed;
                *ret_finish = slot * NAIVE_SLOT_SECONDS + (i + (done ? share : 1)) * tick;
            }
        }
    }
    return done;
}

// What that costs; INFINITY if it is not allowed or not done.
static inline double naive_money(const struct naive_case *c, const int *choices, double *ret_finish)
{
    double joules[NAIVE_SLOTS_MAX];
    if (!naive_walk(c, choices, joules, ret_finish))
        return INFINITY;
    double money = naive_demand_money(c, joules);
    for (int slot = 0; slot < c->problem.slots.count; slot++)
        money += naive_slot_money(c, slot, joules[slot]);
    return money;
}

// The least of naive_money over all choices; of equals the earliest finish.
static inline double naive_search(const struct naive_case *c, double *ret_finish)
{
    int choices[NAIVE_SLOTS_MAX], count = c->problem.slots.count;
    double best = INFINITY, finish = 0;
    *ret_finish = INFINITY;
    for (int i = 0; i < count; i++)
        choices[i] = -1;
    for (int i = 0; i < count;) {
        double money = naive_money(c, choices, &finish);
        if (money < best - 1e-9 || (money < best + 1e-9 && finish < *ret_finish)) {
            best = money < best ? money : best;
            *ret_finish = finish;
        }
        for (i = 0; i < count && ++choices[i] == c->problem.job.level_count; i++)
            choices[i] = -1;
    }
    return best;
}

#endif
