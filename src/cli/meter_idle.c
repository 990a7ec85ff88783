// See meter_idle.h.

#include "cli/meter_idle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/table.h"
#include "meter/allocation.h"
#include "meter/record_job.h"

extern char **environ;

enum { TEXT_SIZE = 64 };

static bool is_auto(const struct pt_idle_choice *choice)
{
    return choice->policy == NULL || strcmp(choice->policy, "auto") == 0;
}

enum pt_status pt_meter_idle_check(const struct pt_idle_choice *choice, struct pt_error *error)
{
    static const char *const words[] = {"auto",
#define X(name, word, text) word,
                                        PT_IDLE_POLICY_LIST(X)
#undef X
                                            NULL};
    enum pt_idle_policy policy;
    if (choice->baseline_seconds != 0 &&
        !(choice->baseline_seconds >= 1 && choice->baseline_seconds <= 3600))
        return pt_fail(error, PT_USAGE, "--baseline %g is not from 1 to 3600 seconds",
                       choice->baseline_seconds);
    if (is_auto(choice) || pt_idle_policy_parse(choice->policy, &policy))
        return PT_OK;
    const char *near = pt_nearest_word(choice->policy, words);
    return pt_fail(error, PT_USAGE,
                   "--idle %.40s is none of auto, whole, busy-share, reservation, active, "
                   "marginal%s%s%s",
                   choice->policy, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

bool pt_meter_idle_is_early(const struct pt_idle_choice *choice)
{
    enum pt_idle_policy policy;
    bool needs = !is_auto(choice) && pt_idle_policy_parse(choice->policy, &policy) &&
                 pt_idle_policy_needs_watts(policy);
    return needs || choice->baseline_seconds > 0;
}

// ----------------------------------------------------------------------------------- the idle
// watts
static enum pt_status measure(struct pt_idle_state *state, double seconds, const char *root,
                              struct pt_sensor *sensor, struct pt_error *error)
{
    struct pt_idle_measure measure = {.seconds = seconds, .root = root};
    struct pt_idle_baseline baseline;
    enum pt_status status = pt_idle_baseline_measure(&measure, sensor, &baseline, error);
    if (status == PT_OK)
        status = pt_idle_baseline_use(&baseline, sensor, &state->rule, error);
    if (status == PT_OK)
        snprintf(state->source, sizeof state->source, "measured for %.3g s before the command",
                 baseline.seconds);
    return status;
}

static enum pt_status load(struct pt_arena *arena, struct pt_idle_baseline *baseline,
                           struct pt_error *error)
{
    const char *directory;
    enum pt_status status = pt_cache_directory(arena, &directory, error);
    return status == PT_OK ? pt_idle_baseline_load(arena, directory, baseline, error) : status;
}

static enum pt_status find_watts(struct pt_idle_state *state, struct pt_arena *arena,
                                 const struct pt_idle_choice *choice, const char *root,
                                 struct pt_sensor *sensor, struct pt_error *error)
{
    struct pt_idle_baseline baseline;
    if (choice->baseline_seconds > 0)
        return measure(state, choice->baseline_seconds, root, sensor, error);
    enum pt_status status = pt_idle_baseline_of_model(root, sensor, &baseline, NULL);
    if (status == PT_OK) {
        snprintf(state->source, sizeof state->source, "those of the model");
        return pt_idle_baseline_use(&baseline, sensor, &state->rule, error);
    }
    status = load(arena, &baseline, error);
    if (status != PT_OK)
        return status;
    snprintf(state->source, sizeof state->source, "measured on %.40s", baseline.date);
    status = pt_idle_baseline_use(&baseline, sensor, &state->rule, error);
    if (status != PT_OK)
        pt_fail_within(error, status, "powertrain calibrate --idle was run with another sensor");
    return status;
}

// --------------------------------------------------------------------------------------- the rule
static const char *from_environment(const char *name)
{
    return getenv(name);
}

static void use_allocation(struct pt_idle_rule *rule, const struct pt_allocation *allocation)
{
    rule->reserved_cpu = fmin(1, allocation->cpu_count / allocation->machine_cpu_count);
    rule->reserved_memory = allocation->memory_share;
    rule->gpus_told = allocation->gpus_told;
    rule->gpus = allocation->gpus;
}

// What a job has reserved is reserved for all of its processes. If each of several is metered,
// their bills must add up, which shares of what is busy do.
static void share_with_job(enum pt_idle_policy *policy, char *why, size_t size)
{
    struct pt_record_job job;
    pt_record_job_read(environ, NULL, "", &job);
    if (job.ranks_here <= 1 || *policy == PT_IDLE_BUSY_SHARE)
        return;
    *policy = PT_IDLE_BUSY_SHARE;
    snprintf(why, size, "%lld processes of %.60s run here", (long long)job.ranks_here, job.key);
}

static enum pt_status make_rule(struct pt_idle_state *state, struct pt_arena *arena,
                                const struct pt_idle_choice *choice, const char *root,
                                enum pt_status watts_status, struct pt_error *error)
{
    struct pt_allocation allocation;
    enum pt_idle_policy policy = PT_IDLE_BUSY_SHARE;
    state->chosen = !is_auto(choice) && pt_idle_policy_parse(choice->policy, &policy);
    bool wants = !state->chosen || policy == PT_IDLE_RESERVATION;
    enum pt_status status =
        wants ? pt_allocation_read(arena, root, from_environment, &allocation, error) : PT_OK;
    if (status != PT_OK) {
        snprintf(state->why, sizeof state->why, "%.180s", error->message);
        return state->chosen ? status : PT_OK;
    }
    if (wants)
        use_allocation(&state->rule, &allocation);
    if (!state->chosen) {
        policy =
            pt_allocation_policy(&allocation, watts_status == PT_OK, state->why, sizeof state->why);
        share_with_job(&policy, state->why, sizeof state->why);
    } else if (policy == PT_IDLE_RESERVATION)
        snprintf(state->why, sizeof state->why, "%s: %.3g of %g CPUs",
                 allocation.source[0] != '\0' ? allocation.source : "nothing is reserved",
                 allocation.cpu_count, allocation.machine_cpu_count);
    state->rule.policy = policy;
    return PT_OK;
}

static double sum_watts(const struct pt_idle_rule *rule, const struct pt_sensor *sensor)
{
    double sum = 0;
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++)
        if (pt_sensor_is_summed(sensor, i))
            sum += rule->power[i].watts;
    return sum;
}

enum pt_status pt_meter_idle_resolve(struct pt_idle_state *state,
                                     const struct pt_idle_choice *choice, const char *root,
                                     struct pt_sensor *sensor, struct pt_error *error)
{
    struct pt_error watts_error = {0};
    root = root != NULL ? root : "";
    if (state->ready)
        return PT_OK;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status watts = find_watts(state, arena, choice, root, sensor, &watts_error);
    if (watts != PT_OK)
        snprintf(state->source, sizeof state->source, "%.150s", watts_error.message);
    else
        state->watts = sum_watts(&state->rule, sensor);
    enum pt_status status = make_rule(state, arena, choice, root, watts, error);
    if (status == PT_OK && watts != PT_OK &&
        (choice->baseline_seconds > 0 || pt_idle_policy_needs_watts(state->rule.policy))) {
        status = watts;
        *error = watts_error;
        pt_fail_within(error, status, "--idle %s", pt_idle_policy_word(state->rule.policy));
    }
    pt_arena_destroy(arena);
    state->ready = status == PT_OK;
    return status;
}

// --------------------------------------------------------------------------------- the control
// group
void pt_meter_idle_group(struct pt_idle_state *state)
{
    if (pt_cgroup_create("", &state->cgroup, NULL) != PT_OK)
        state->cgroup = NULL;
}

void pt_meter_idle_join(void *state)
{
    struct pt_cgroup *cgroup = ((struct pt_idle_state *)state)->cgroup;
    if (cgroup != NULL)
        pt_cgroup_join(cgroup);
}

void pt_meter_idle_close(struct pt_idle_state *state)
{
    pt_cgroup_destroy(state->cgroup);
    state->cgroup = NULL;
}

// --------------------------------------------------------------------------------------- the bill
void pt_meter_idle_print(FILE *stream, const struct pt_idle_state *state,
                         const struct pt_meter_report *report)
{
    char machine[TEXT_SIZE], ours[TEXT_SIZE], idle[TEXT_SIZE], others[TEXT_SIZE];
    if (!pt_quantity_known(report->joules))
        return;
    pt_format_joules(report->machine_joules.value, machine);
    pt_format_joules(report->others_joules, others);
    if (isnan(report->idle_joules))
        fprintf(stream, "machine     %s = mine %s + others %s\n", machine,
                pt_format_joules(report->joules.value, ours), others);
    else
        fprintf(stream, "machine     %s = mine active %s + mine idle %s + others %s\n", machine,
                pt_format_joules(report->active_joules, ours),
                pt_format_joules(report->idle_joules, idle), others);
    fprintf(stream, "idle        %s: %s%s%s%s\n", pt_idle_policy_word(report->idle_policy),
            pt_idle_policy_text(report->idle_policy), state->why[0] != '\0' ? " (" : "", state->why,
            state->why[0] != '\0' ? ")" : "");
    if (state->rule.known)
        fprintf(stream, "idle watts  %s\n", state->source);
}

void pt_meter_idle_write(const struct pt_idle_state *state, const struct pt_meter_report *report,
                         struct pt_json_writer *writer)
{
    pt_json_object(writer, "idle");
    pt_json_string(writer, "policy", pt_idle_policy_word(report->idle_policy));
    pt_json_string(writer, "chosen_by", state->chosen ? "user" : "auto");
    pt_json_string(writer, "why", state->why[0] != '\0' ? state->why : NULL);
    pt_json_number(writer, "watts", state->rule.known ? state->watts : NAN);
    pt_json_string(writer, "watts_source", state->rule.known ? state->source : NULL);
    pt_json_number(writer, "my_active_joules", report->active_joules);
    pt_json_number(writer, "my_idle_joules", report->idle_joules);
    pt_json_number(writer, "other_joules", report->others_joules);
    pt_json_string(writer, "cpu_time",
                   state->cgroup == NULL                   ? "process-tree"
                   : pt_cgroup_version(state->cgroup) == 1 ? "cgroup-v1"
                                                           : "cgroup-v2");
    pt_json_end_object(writer);
}
