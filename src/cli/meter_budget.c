// See meter_budget.h. The guard has a thread of its own: the meter's must not wait for a command
// that takes its time to end, and the one that waits for the command sleeps in the kernel.

#include "cli/meter_budget.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/units.h"
#include "job/control.h"
#include "meter/bill.h"

static const double default_grace_seconds = 30;
static const double pause_look_seconds = 0.25;

static const char *const action_words[] = {"warn", "pause", "stop"};

// ------------------------------------------------------------------------------------- before it
static enum pt_status read_action(const char *text, enum pt_budget_action *ret_action,
                                  struct pt_error *error)
{
    *ret_action = PT_BUDGET_WARN; // a command that was ended unasked is lost
    if (text == NULL)
        return PT_OK;
    for (int i = PT_BUDGET_WARN; i <= PT_BUDGET_STOP; i++)
        if (strcmp(text, action_words[i]) == 0) {
            *ret_action = (enum pt_budget_action)i;
            return PT_OK;
        }
    return pt_fail(error, PT_USAGE, "--on-budget %s: write warn, pause or stop", text);
}

static enum pt_status read_duration(const char *option, const char *text, double otherwise,
                                    double *ret_seconds, struct pt_error *error)
{
    *ret_seconds = otherwise;
    if (text != NULL && !pt_parse_duration(text, ret_seconds))
        return pt_fail(error, PT_USAGE, "%s %s: write a duration, 30s or 2h", option, text);
    return PT_OK;
}

static enum pt_status check_alone(const struct pt_budget_choice *choice, struct pt_error *error)
{
    const char *lonely = choice->on_budget != NULL         ? "--on-budget"
                         : choice->grace != NULL           ? "--grace"
                         : choice->expect_duration != NULL ? "--expect-duration"
                                                           : NULL;
    if (choice->budgets.count > 0 || lonely == NULL)
        return PT_OK;
    return pt_fail(error, PT_USAGE, "%s without a budget: give one with --budget 2kWh", lonely);
}

static enum pt_status add_budget(struct pt_budget_guard *guard, const char *text,
                                 struct pt_error *error)
{
    struct pt_meter_budget budget;
    enum pt_status status = pt_meter_budget_parse(text, &budget, error);
    if (status == PT_OK)
        status = pt_meter_budget_check(&budget, guard->tariff, pt_clock_realtime(&pt_system_clock),
                                       error);
    return status == PT_OK ? pt_budget_watch_add(&guard->watch, &budget, error) : status;
}

enum pt_status pt_budget_guard_open(struct pt_budget_guard *guard,
                                    const struct pt_budget_choice *choice,
                                    const struct pt_tariff *tariff, struct pt_error *error)
{
    *guard = (struct pt_budget_guard){.tariff = tariff, .reached = -1};
    pt_budget_watch_start(&guard->watch, tariff);
    enum pt_status status = check_alone(choice, error);
    if (status == PT_OK)
        status = read_action(choice->on_budget, &guard->action, error);
    if (status == PT_OK)
        status = read_duration("--grace", choice->grace, default_grace_seconds,
                               &guard->grace_seconds, error);
    if (status == PT_OK)
        status = read_duration("--expect-duration", choice->expect_duration, NAN,
                               &guard->expected_seconds, error);
    for (int i = 0; i < choice->budgets.count && status == PT_OK; i++)
        status = add_budget(guard, choice->budgets.texts[i], error);
    return status;
}

// ------------------------------------------------------------------------------------ what is used
// The command may say "step 17 of 100": the rest goes on as fast. Else what the user expects, while
// that is not over.
static double seconds_left(const struct pt_budget_guard *guard, double seconds)
{
    double expected = guard->expected_seconds - seconds;
    if (guard->target.book == NULL)
        return expected > 0 ? expected : NAN;
    struct pt_phase_facts facts = pt_phase_book_facts(guard->target.book);
    double until =
        (double)(facts.step_ns - guard->target.since_ns) / (double)PT_NANOSECONDS_PER_SECOND;
    if (facts.step > 0 && facts.steps >= facts.step && until > 0)
        return fmax(0, facts.steps / facts.step * until - seconds);
    return expected > 0 ? expected : NAN;
}

static bool spent_now(const struct pt_budget_guard *guard, struct pt_budget_spent *ret_spent)
{
    struct pt_meter_report report;
    struct pt_bill bill;
    pt_meter_now(guard->target.meter, &report);
    // Before the first sample nothing is known, which is not the same as a sensor that fails.
    if (report.sample_count == 0 ||
        pt_bill_of_meter(&report, guard->tariff, "", &bill, NULL) != PT_OK)
        return false;
    pt_budget_spent_of(&bill, &report, seconds_left(guard, report.seconds), ret_spent);
    return true;
}

// ------------------------------------------------------------------------------- while it runs
// Sleeps, or returns true at once when the command has ended.
static bool has_ended_within(struct pt_budget_guard *guard, double seconds)
{
    int64_t until = pt_clock_monotonic(&pt_system_clock) +
                    (int64_t)(seconds * (double)PT_NANOSECONDS_PER_SECOND);
    struct timespec deadline = {.tv_sec = until / PT_NANOSECONDS_PER_SECOND,
                                .tv_nsec = until % PT_NANOSECONDS_PER_SECOND};
    pthread_mutex_lock(&guard->lock);
    while (!guard->ending &&
           pthread_cond_timedwait(&guard->wake, &guard->lock, &deadline) != ETIMEDOUT)
        continue;
    bool ending = guard->ending;
    pthread_mutex_unlock(&guard->lock);
    return ending;
}

static void warn(const char *text, const char *then)
{
    fprintf(stderr, "powertrain meter: warning: %s%s\n", text, then);
}

// Until somebody lets it go on, by CONT to the command itself: then all of it goes on. Not by a
// frozen cgroup, for there CONT would do nothing.
static void wait_for_cont(struct pt_budget_guard *guard)
{
    struct pt_error error;
    int64_t since = pt_clock_monotonic(&pt_system_clock);
    enum pt_tree_state state = PT_TREE_SUSPENDED;
    while (state == PT_TREE_SUSPENDED && !has_ended_within(guard, pause_look_seconds))
        state = pt_job_tree_state(guard->target.pid, NULL);
    guard->paused_seconds +=
        (double)(pt_clock_monotonic(&pt_system_clock) - since) / (double)PT_NANOSECONDS_PER_SECOND;
    if (state != PT_TREE_RUNNING)
        return;
    guard->lifted = true;
    if (pt_job_resume_tree(guard->target.pid, NULL, &error) != PT_OK)
        warn(error.message, "; some of it still stands");
    else
        warn("the command goes on", ", without a budget");
}

static void pause_command(struct pt_budget_guard *guard, const char *text)
{
    struct pt_error error;
    char then[96];
    enum pt_status status = pt_job_suspend_tree(guard->target.pid, NULL, &error);
    if (status == PT_NOT_FOUND)
        return; // it has just ended
    if (status != PT_OK) {
        warn(text, "");
        warn(error.message, "; the command is not paused, or not all of it");
        return;
    }
    guard->acted = true;
    snprintf(then, sizeof then, "; it is paused and goes on, without a budget, with: kill -CONT %d",
             guard->target.pid);
    warn(text, then);
    wait_for_cont(guard);
}

static void stop_command(struct pt_budget_guard *guard, const char *text)
{
    struct pt_error error;
    char then[96], grace[32];
    snprintf(then, sizeof then, "; the command is told to end, and ended by force in %s",
             pt_format_duration(guard->grace_seconds, grace));
    warn(text, then);
    guard->acted = true;
    if (pt_job_stop_tree(guard->target.pid, guard->target.cgroup, guard->grace_seconds,
                         &guard->killed, &error) != PT_OK)
        warn(error.message, "; some of the command still runs");
}

static void act(struct pt_budget_guard *guard, const struct pt_budget_event *event,
                const char *text)
{
    if (guard->reached >= 0) { // another budget has been reached, and somebody lets it go on
        warn(text, "");
        return;
    }
    guard->reached = (int)(event->budget - guard->watch.budgets);
    guard->reached_seconds = event->seconds;
    switch (guard->action) {
    case PT_BUDGET_WARN:
        warn(text, "; the command goes on");
        break;
    case PT_BUDGET_PAUSE:
        pause_command(guard, text);
        break;
    case PT_BUDGET_STOP:
        stop_command(guard, text);
        break;
    }
}

static void *watch(void *argument)
{
    struct pt_budget_guard *guard = argument;
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    struct pt_budget_spent spent;
    char text[PT_BUDGET_TEXT_SIZE];
    while (!has_ended_within(guard, guard->watch.next_seconds)) {
        if (!spent_now(guard, &spent))
            continue;
        int count = pt_budget_watch_look(&guard->watch, &spent, events);
        for (int i = 0; i < count; i++) {
            pt_budget_event_text(&events[i], text);
            if (events[i].kind == PT_BUDGET_REACHED)
                act(guard, &events[i], text);
            else
                warn(text, "");
        }
    }
    return NULL;
}

static void create_lock(struct pt_budget_guard *guard)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&guard->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&guard->lock, NULL);
}

enum pt_status pt_budget_guard_start(struct pt_budget_guard *guard,
                                     const struct pt_budget_target *target, struct pt_error *error)
{
    if (guard->watch.count == 0)
        return PT_OK;
    guard->target = *target;
    create_lock(guard);
    sigset_t all, before; // signals belong to the thread that waits for the command
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&guard->thread, NULL, watch, guard);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    guard->has_thread = number == 0;
    return number == 0 ? PT_OK : pt_fail_errno(error, number, "budget: cannot start a thread");
}

void pt_budget_guard_stop(struct pt_budget_guard *guard)
{
    if (!guard->has_thread)
        return;
    pthread_mutex_lock(&guard->lock);
    guard->ending = true;
    pthread_cond_signal(&guard->wake);
    pthread_mutex_unlock(&guard->lock);
    pthread_join(guard->thread, NULL);
    pthread_cond_destroy(&guard->wake);
    pthread_mutex_destroy(&guard->lock);
    guard->has_thread = false;
}

// -------------------------------------------------------------------------------------- after it
void pt_budget_guard_settle(struct pt_budget_guard *guard, const struct pt_bill *bill)
{
    struct pt_meter_report no_times = {0};
    struct pt_budget_spent spent;
    pt_budget_spent_of(bill, &no_times, NAN, &spent);
    for (int i = 0; i < guard->watch.count; i++)
        guard->used[i] = spent.amounts[guard->watch.budgets[i].kind];
}

static const char *outcome_of(const struct pt_budget_guard *guard, int index)
{
    if (guard->reached != index || !guard->acted)
        return NULL;
    if (guard->action == PT_BUDGET_PAUSE)
        return guard->lifted ? "paused and let go on" : "paused";
    return guard->killed ? "stopped by force" : "stopped";
}

void pt_budget_guard_print(FILE *stream, const struct pt_budget_guard *guard)
{
    char used[64], after[32];
    for (int i = 0; i < guard->watch.count; i++) {
        const struct pt_meter_budget *budget = &guard->watch.budgets[i];
        const char *outcome = outcome_of(guard, i);
        fprintf(stream, "budget      %s: ", budget->text);
        if (pt_quantity_known(guard->used[i]))
            fprintf(stream, "%.3g %% used, %s", 100 * guard->used[i].value / budget->limit,
                    pt_meter_budget_amount(budget, guard->used[i].value, used));
        else
            fprintf(stream, "what is used is unknown");
        if (outcome != NULL)
            fprintf(stream, "; %s after %s", outcome,
                    pt_format_duration(guard->reached_seconds, after));
        fputc('\n', stream);
    }
}

void pt_budget_guard_write_json(const struct pt_budget_guard *guard, struct pt_json_writer *writer)
{
    static const char *const units[] = {"joules", NULL, "grams_co2e"};
    if (guard->watch.count == 0)
        return;
    pt_json_array(writer, "budgets");
    for (int i = 0; i < guard->watch.count; i++) {
        const struct pt_meter_budget *budget = &guard->watch.budgets[i];
        const char *unit = units[budget->kind];
        pt_json_object(writer, NULL);
        pt_json_string(writer, "budget", budget->text);
        pt_json_string(writer, "unit", unit != NULL ? unit : budget->currency);
        pt_json_number(writer, "limit", budget->limit);
        pt_json_quantity(writer, "used", guard->used[i]);
        pt_json_bool(writer, "reached", guard->reached == i);
        pt_json_number(writer, "reached_seconds",
                       guard->reached == i ? guard->reached_seconds : NAN);
        pt_json_string(writer, "outcome", outcome_of(guard, i));
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
    pt_json_string(writer, "on_budget", action_words[guard->action]);
    pt_json_number(writer, "paused_seconds", guard->paused_seconds);
}
