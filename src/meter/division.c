// See division.h.

#include "meter/division.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool is_gpu(enum pt_channel_scope scope)
{
    return scope == PT_CHANNEL_GPU || scope == PT_CHANNEL_GPU_CHIP ||
           scope == PT_CHANNEL_GPU_MEMORY;
}

static bool is_part(const struct pt_sensor *sensor, int index, int whole)
{
    const struct pt_channel *channel = pt_sensor_channel(sensor, index);
    return !channel->excluded && channel->parent == whole;
}

static bool has_parts(const struct pt_sensor *sensor, int whole)
{
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++)
        if (is_part(sensor, i, whole))
            return true;
    return false;
}

// The parts of a package are all divided as itself.
static enum pt_division_role role_of(const struct pt_sensor *sensor, int index)
{
    const struct pt_channel *channel = pt_sensor_channel(sensor, index);
    if (channel->excluded)
        return PT_DIVIDE_NOT;
    if (is_gpu(channel->scope))
        return PT_DIVIDE_GPU;
    bool whole = channel->scope != PT_CHANNEL_PACKAGE && has_parts(sensor, index);
    return whole ? PT_DIVIDE_WHOLE : PT_DIVIDE_BY_CPU;
}

// A processor or its memory: "package-1", "package-1-die-0". -1: none.
static int package_of(const struct pt_channel *channel)
{
    int package;
    bool of_package = channel->scope == PT_CHANNEL_PACKAGE || channel->scope == PT_CHANNEL_CORE ||
                      channel->scope == PT_CHANNEL_UNCORE || channel->scope == PT_CHANNEL_DRAM;
    const char *name = channel->device[0] != '\0' ? channel->device : channel->name;
    return of_package && sscanf(name, "package-%d", &package) == 1 && package >= 0 ? package : -1;
}

static bool is_part_of_gpu(const struct pt_division *division, int index)
{
    int parent = pt_sensor_channel(division->sensor, index)->parent;
    return parent >= 0 && is_gpu(pt_sensor_channel(division->sensor, parent)->scope);
}

bool pt_division_is_gpu(const struct pt_division *division, int index)
{
    return is_gpu(pt_sensor_channel(division->sensor, index)->scope);
}

bool pt_division_is_gpu_of_whole(const struct pt_division *division, int index)
{
    return pt_division_is_gpu(division, index) && !pt_sensor_is_summed(division->sensor, index) &&
           !is_part_of_gpu(division, index);
}

static bool has_all(const struct pt_division *division)
{
    return division->rule->policy == PT_IDLE_WHOLE || division->rule->policy == PT_IDLE_MARGINAL;
}

// Without the channels that there are not, which would be touched only here.
static void clear(struct pt_division *division, int count)
{
    size_t channels = offsetof(struct pt_division, channels);
    size_t rest = channels + sizeof division->channels;
    memset(division, 0, channels);
    memset(division->channels, 0, (size_t)count * sizeof *division->channels);
    memset((char *)division + rest, 0, sizeof *division - rest);
}

void pt_division_init(struct pt_division *division, const struct pt_sensor *sensor,
                      enum pt_meter_scope scope, const struct pt_idle_rule *rule, int phase_count)
{
    assert(rule->known || !pt_idle_policy_needs_watts(rule->policy));
    clear(division, pt_sensor_channel_count(sensor));
    division->sensor = sensor;
    division->rule = rule;
    division->count = pt_sensor_channel_count(sensor);
    for (int i = 0; i < division->count; i++) {
        enum pt_division_role role = role_of(sensor, i);
        if ((scope == PT_SCOPE_MACHINE || has_all(division)) && role != PT_DIVIDE_NOT)
            role = PT_DIVIDE_BY_CPU; // the share is 1, and nobody need be asked
        division->roles[i] = role;
        division->has_gpus = division->has_gpus || role == PT_DIVIDE_GPU;
        division->channels[i].phase_count = phase_count;
        division->gpus[i] = (struct pt_share){NAN, 0, 1, PT_SHARE_GPU_UNKNOWN};
        division->gpu_numbers[i] = -1;
        division->packages[i] = package_of(pt_sensor_channel(sensor, i));
    }
}

// ----------------------------------------------------------------------------------------- claims
// Ours of a channel that is no GPU, as its policy and its kind have it.
static struct pt_share share_of(const struct pt_division *division, int index,
                                const struct pt_window_share *window)
{
    if (division->rule->policy == PT_IDLE_WHOLE)
        return (struct pt_share){1, 1, 1, PT_SHARE_WHOLE};
    if (division->rule->policy == PT_IDLE_MARGINAL)
        return (struct pt_share){1, 1, 1, PT_SHARE_BASELINE};
    if (window->cpu.basis == PT_SHARE_WHOLE)
        return window->cpu;
    if (pt_sensor_channel(division->sensor, index)->scope == PT_CHANNEL_DRAM &&
        !isnan(window->memory.value))
        return window->memory;
    for (int i = 0; i < window->package_count; i++)
        if (window->packages[i].package == division->packages[index])
            return window->packages[i].share;
    return window->cpu;
}

// What is reserved of a channel; NAN: it is divided as what is active.
static double reserved_of(const struct pt_division *division, int index)
{
    const struct pt_idle_rule *rule = division->rule;
    int number = division->gpu_numbers[index];
    if (division->roles[index] == PT_DIVIDE_GPU)
        return rule->gpus_told && number >= 0 ? (double)(rule->gpus >> number & 1) : NAN;
    bool is_memory = pt_sensor_channel(division->sensor, index)->scope == PT_CHANNEL_DRAM;
    return is_memory && !isnan(rule->reserved_memory) ? rule->reserved_memory : rule->reserved_cpu;
}

static struct pt_claim claim_of(const struct pt_division *division, int index,
                                struct pt_share share)
{
    const struct pt_idle_rule *rule = division->rule;
    struct pt_claim claim = pt_claim_share(share);
    if (!rule->known || isnan(rule->power[index].watts))
        return claim;
    claim.idle = rule->power[index];
    if (rule->policy == PT_IDLE_RESERVATION)
        claim.idle_share = reserved_of(division, index);
    else if (rule->policy == PT_IDLE_ACTIVE || rule->policy == PT_IDLE_MARGINAL)
        claim.idle_share = 0;
    return claim;
}

static void settle_channel(struct pt_division *division, int index, struct pt_share share)
{
    struct pt_claim claim = claim_of(division, index, share);
    if (pt_attribution_pending(&division->channels[index]) > 0)
        pt_attribution_settle(&division->channels[index], &claim);
}

static void settle_by_cpu(struct pt_division *division, int index,
                          const struct pt_window_share *window)
{
    double joules = pt_attribution_pending(&division->channels[index]);
    division->cpu_joules += joules;
    division->cpu_shared_joules += joules * window->cpu.value;
    settle_channel(division, index, share_of(division, index, window));
}

// ------------------------------------------------------------------------------------------- GPUs
static struct pt_share mean_of(const struct pt_gpu_answer *answer)
{
    return (struct pt_share){answer->value / answer->seconds, answer->low / answer->seconds,
                             answer->high / answer->seconds, answer->newest.basis};
}

// Counts what was used while it did nothing, unless the command was stopped then.
static void see_waste(struct pt_division *division, int index, const struct pt_gpu_answer *answer,
                      double joules)
{
    if (division->was_stopped || !(answer->told_seconds > 0) || is_part_of_gpu(division, index))
        return;
    division->gpu_told_seconds += answer->told_seconds;
    if (answer->idle_seconds < answer->seconds * (1 - 1e-9) || joules <= 0)
        return;
    division->gpu_idle_seconds += answer->idle_seconds;
    division->gpu_idle_joules += joules;
}

void pt_division_settle_gpus(struct pt_division *division, struct pt_gpu_ask *ask)
{
    struct pt_gpu_answer answers[PT_GPUS_MAX];
    if (pt_gpu_ask_take(ask, answers) == 0)
        return;
    for (int i = 0; i < division->count; i++) {
        if (division->roles[i] != PT_DIVIDE_GPU)
            continue;
        int gpu = pt_gpu_ask_find(ask, pt_sensor_channel(division->sensor, i));
        division->gpu_numbers[i] = gpu;
        if (gpu < 0 || !(answers[gpu].seconds > 0))
            continue;
        double before = pt_attribution_ours(&division->channels[i]);
        settle_channel(division, i, mean_of(&answers[gpu]));
        see_waste(division, i, &answers[gpu], pt_attribution_ours(&division->channels[i]) - before);
        division->gpus[i] = answers[gpu].newest;
    }
    division->was_stopped = division->is_stopped;
}

static void settle_gpu(struct pt_division *division, int index,
                       const struct pt_window_share *window)
{
    struct pt_share share = division->gpus[index];
    if (share.basis == PT_SHARE_GPU_UNKNOWN)
        share.value = window->cpu.value; // somewhere between nothing and all
    settle_channel(division, index, share);
}

// ------------------------------------------------------------------------------------------ wholes
static void settle_any(struct pt_division *division, int index,
                       const struct pt_window_share *window);

static struct pt_division_mark mark_of(const struct pt_attribution *part)
{
    double ours = pt_attribution_ours(part);
    return (struct pt_division_mark){ours + part->others, ours,       part->ours_low,
                                     part->ours_high,     part->idle, part->idle_ours,
                                     part->idle_unknown};
}

// What its parts were divided into since it was last divided itself.
static struct pt_division_mark parts_of(struct pt_division *division, int whole)
{
    struct pt_division_mark sum = {0};
    for (int i = 0; i < division->count; i++) {
        if (!is_part(division->sensor, i, whole))
            continue;
        struct pt_division_mark now = mark_of(&division->channels[i]), before = division->marks[i];
        sum.all += now.all - before.all;
        sum.ours += now.ours - before.ours;
        sum.low += now.low - before.low;
        sum.high += now.high - before.high;
        sum.idle += now.idle - before.idle;
        sum.idle_ours += now.idle_ours - before.idle_ours;
        sum.idle_unknown += now.idle_unknown - before.idle_unknown;
        division->marks[i] = now;
    }
    return sum;
}

// ours = sum of the parts' ours + (whole - sum of the parts) as what is divided by CPU time. If the
// parts show more than the whole, for it comes later or is off, it is divided as they are. What the
// whole draws idle beyond its parts is the idle power of the rest.
static void settle_as_parts(struct pt_division *division, int whole,
                            const struct pt_window_share *window)
{
    struct pt_attribution *channel = &division->channels[whole];
    struct pt_division_mark parts = parts_of(division, whole);
    double seconds = pt_attribution_pending_seconds(channel);
    double rest = fmax(0, pt_attribution_pending(channel) - parts.all);
    double parts_watts = seconds > 0 ? parts.idle / seconds : 0;
    struct pt_claim claim = claim_of(division, whole, window->cpu);
    claim.idle.watts -= parts_watts; // stays NAN
    claim.idle.low -= parts_watts;
    claim.idle.high -= parts_watts;
    struct pt_claimed of_rest = pt_claim_divide(&claim, rest, seconds);
    double total = parts.all + rest;
    bool unknown = parts.idle_unknown > 0;
    struct pt_share share = {fmin(1, (parts.ours + of_rest.ours) / total),
                             fmax(0, (parts.low + of_rest.low) / total),
                             fmin(1, (parts.high + of_rest.high) / total), PT_SHARE_PARTS};
    pt_attribution_settle_as(channel, share, unknown ? NAN : (parts.idle + of_rest.idle) / total,
                             unknown ? NAN : (parts.idle_ours + of_rest.idle_ours) / total);
}

// One that has not moved waits: its parts are kept in mind until it does.
static void settle_whole(struct pt_division *division, int whole,
                         const struct pt_window_share *window)
{
    for (int i = 0; i < division->count; i++)
        if (is_part(division->sensor, i, whole))
            settle_any(division, i, window);
    if (pt_attribution_pending(&division->channels[whole]) > 0)
        settle_as_parts(division, whole, window);
}

static void settle_any(struct pt_division *division, int index,
                       const struct pt_window_share *window)
{
    switch (division->roles[index]) {
    case PT_DIVIDE_NOT:
        break;
    case PT_DIVIDE_BY_CPU:
        settle_by_cpu(division, index, window);
        break;
    case PT_DIVIDE_GPU:
        settle_gpu(division, index, window);
        break;
    case PT_DIVIDE_WHOLE:
        settle_whole(division, index, window);
        break;
    }
}

void pt_division_settle(struct pt_division *division, const struct pt_window_share *window)
{
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i) &&
            (division->roles[i] != PT_DIVIDE_GPU ||
             division->gpus[i].basis == PT_SHARE_GPU_UNKNOWN))
            settle_any(division, i, window);
}

void pt_division_settle_all(struct pt_division *division, const struct pt_window_share *window)
{
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i))
            settle_any(division, i, window);
}

// -------------------------------------------------------------------------------------------- sums
double pt_division_ours(const struct pt_division *division)
{
    double sum = 0;
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i))
            sum += pt_attribution_ours(&division->channels[i]);
    return sum;
}

double pt_division_others(const struct pt_division *division)
{
    double sum = 0;
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i))
            sum += division->channels[i].others;
    return sum;
}

double pt_division_phase(const struct pt_division *division, int phase)
{
    double sum = 0;
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i))
            sum += division->channels[i].ours[phase];
    return sum;
}

double pt_division_idle(const struct pt_division *division)
{
    double sum = 0;
    for (int i = 0; i < division->count; i++) {
        if (!pt_sensor_is_summed(division->sensor, i))
            continue;
        if (division->channels[i].idle_unknown > 0)
            return NAN;
        sum += division->channels[i].idle_ours;
    }
    return division->rule->known ? sum : NAN;
}

double pt_division_cpu_share(const struct pt_division *division)
{
    return division->cpu_joules > 0 ? division->cpu_shared_joules / division->cpu_joules : NAN;
}

static double expected_share(const struct pt_division *division, int index, double cpu)
{
    double ours = pt_attribution_ours(&division->channels[index]);
    double all = ours + division->channels[index].others;
    if (all > 0)
        return ours / all;
    double gpu = division->gpus[index].value;
    return division->roles[index] == PT_DIVIDE_GPU && !isnan(gpu) ? gpu : cpu;
}

double pt_division_expected(const struct pt_division *division, double cpu,
                            double *ret_machine_joules)
{
    double ours = 0, machine = 0;
    for (int i = 0; i < division->count; i++) {
        if (!pt_sensor_is_summed(division->sensor, i))
            continue;
        const struct pt_attribution *channel = &division->channels[i];
        double pending = pt_attribution_pending(channel);
        double mine = pt_attribution_ours(channel);
        if (pending > 0)
            ours += pending * expected_share(division, i, cpu);
        ours += mine;
        machine += mine + channel->others + pending;
    }
    *ret_machine_joules = machine;
    return ours;
}
