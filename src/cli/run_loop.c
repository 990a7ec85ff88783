// The loop: look, count, decide, act, and sleep until something changes.

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"

// Prices are asked for anew once in an hour of the date; the journal is written twice a minute and
// whenever something changes.
static const int64_t refresh_ns = 3600 * PT_NANOSECONDS_PER_SECOND;
static const int64_t save_ns = 30 * PT_NANOSECONDS_PER_SECOND;
static const int64_t count_ns = PT_NANOSECONDS_PER_SECOND;
static const double tail_seconds = 0.2, wait_seconds = 1;

static volatile sig_atomic_t interrupts, terminations;

static void on_signal(int signal)
{
    if (signal == SIGINT)
        interrupts++;
    else
        terminations++;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGHUP, SIG_IGN); // the terminal may go, the plan goes on
}

// ---------------------------------------------------------------------------------------- telling
static void say(const struct pt_run_job *run, const char *what, const char *reason)
{
    char time[48];
    if (!run->choice.quiet)
        fprintf(stderr, "powertrain run: %s: %s%s%s\n", pt_run_format_time(pt_run_now(), time),
                what, reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

static void warn(const char *what, const struct pt_error *error)
{
    fprintf(stderr, "powertrain run: warning: %s; %s\n", error->message, what);
}

static void save(struct pt_run_job *run)
{
    struct pt_error error;
    run->saved_ns = pt_clock_monotonic(&pt_system_clock);
    if (pt_run_journal_save(run->folder, &run->journal, &error) == PT_OK) {
        run->said_disk = false;
    } else if (!run->said_disk) {
        warn("the job goes on, and the file of the run is tried again", &error);
        run->said_disk = true;
    }
}

// -------------------------------------------------------------------------------------- deciding
struct pt_steer_progress pt_run_progress(const struct pt_run_job *run)
{
    enum pt_job_phase phase = run->job.phase;
    return (struct pt_steer_progress){
        .has_started = phase != PT_JOB_NEW,
        .is_running = phase == PT_JOB_RUNNING,
        .run_seconds =
            pt_run_seconds_of(&run->journal, PT_RUN_RUNNING) - run->journal.discarded_seconds,
        .resume_count = run->journal.resume_count,
        .fraction = run->journal.fraction,
    };
}

static enum pt_status look_ahead(struct pt_run_job *run, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for prices");
    enum pt_status status = pt_steer_look_ahead(arena, &run->task, &run->prices.tariff,
                                                pt_run_now(), &run->ahead, error);
    if (status != PT_OK) {
        pt_arena_destroy(arena);
        return status;
    }
    pt_arena_destroy(run->ahead_arena);
    run->ahead_arena = arena;
    return PT_OK;
}

static void refresh_prices(struct pt_run_job *run)
{
    struct pt_error error;
    char before[sizeof run->prices.trouble];
    if (pt_run_now() - run->prices.read_ns < refresh_ns)
        return;
    memcpy(before, run->prices.trouble, sizeof before);
    if (pt_run_prices_read(&run->prices, &run->choice, run->journal.created_ns,
                           run->task.deadline_ns, &error) != PT_OK) {
        warn("the prices that are known stay", &error);
        run->prices.read_ns = pt_run_now();
    } else if (strcmp(before, run->prices.trouble) != 0 && run->prices.trouble[0] != '\0') {
        say(run, "prices", run->prices.trouble);
    }
}

// When it is expected to change and to be done, for --list.
static void expect(struct pt_run_job *run)
{
    struct pt_schedule_level level;
    struct pt_schedule_problem problem;
    struct pt_schedule_plan plan;
    struct pt_steer_progress progress = pt_run_progress(run);
    double left = pt_steer_work_left(&run->task, &progress);
    struct pt_arena *arena = pt_arena_create();
    run->journal.next_change_ns = run->journal.finish_ns = 0;
    if (arena != NULL && left > 0) {
        pt_steer_problem(&run->task, &progress, &run->ahead, &level, &problem);
        if (pt_schedule_solve(arena, &problem, &plan, NULL) == PT_OK && plan.segment_count > 0) {
            int64_t now_ns = pt_run_now();
            run->journal.finish_ns = plan.finish_ns;
            run->journal.next_runs = !run->decision.runs;
            for (int i = 0; i < plan.segment_count && run->journal.next_change_ns == 0; i++) {
                const struct pt_schedule_segment *segment = &plan.segments[i];
                if (!run->decision.runs && segment->to_ns > now_ns)
                    run->journal.next_change_ns =
                        segment->from_ns > now_ns ? segment->from_ns : run->decision.until_ns;
                else if (run->decision.runs && segment->to_ns > now_ns &&
                         segment->to_ns < plan.finish_ns &&
                         (i + 1 == plan.segment_count ||
                          plan.segments[i + 1].from_ns > segment->to_ns))
                    run->journal.next_change_ns = segment->to_ns;
            }
        }
    }
    pt_arena_destroy(arena);
}

static void decide(struct pt_run_job *run)
{
    struct pt_error error;
    char late[48], text[160];
    refresh_prices(run);
    struct pt_steer_progress progress = pt_run_progress(run);
    double watts = pt_run_mean_watts(&run->journal);
    if (isfinite(watts))
        run->task.watts = watts;
    enum pt_status status = look_ahead(run, &error);
    if (status == PT_OK)
        status = pt_steer_decide(&run->steer, &run->task, &progress, &run->ahead, pt_run_now(),
                                 &run->decision, &error);
    if (status != PT_OK) { // never an obstacle
        warn("it runs", &error);
        run->decision = (struct pt_steer_decision){
            .runs = true, .until_ns = pt_run_now() + refresh_ns / 4, .reason = "there is no plan"};
        return;
    }
    expect(run);
    if (run->decision.is_late && !run->said_late) {
        snprintf(text, sizeof text, "it is expected to end %s after the deadline",
                 pt_format_duration(run->decision.late_seconds, late));
        say(run, "late", text);
        run->said_late = true;
    }
}

// ----------------------------------------------------------------------------------------- acting
// Starts it, or starts it again, with its streams turned to its files.
static enum pt_status launch(struct pt_run_job *run, bool again, struct pt_error *error)
{
    int saved[3];
    pt_run_meter_detach(&run->meter); // no thread of ours while processes are made
    save(run);
    enum pt_status status = pt_run_output_divert(&run->output, saved, error);
    if (status != PT_OK)
        return status;
    status =
        again ? pt_executor_resume(run->executor, error) : pt_executor_start(run->executor, error);
    pt_run_output_restore(&run->output, saved);
    return status;
}

static bool is_gone(enum pt_job_phase phase)
{
    return phase == PT_JOB_PARKED || phase == PT_JOB_LOST;
}

static enum pt_status go(struct pt_run_job *run, struct pt_error *error)
{
    enum pt_job_phase phase = run->job.phase;
    if (phase == PT_JOB_NEW) {
        say(run, "starts", run->decision.reason);
        return launch(run, false, error);
    }
    say(run, phase == PT_JOB_LOST ? "starts again, its processes were gone" : "goes on",
        run->decision.reason);
    if (!is_gone(phase))
        return pt_executor_resume(run->executor, error);
    if (phase == PT_JOB_LOST && run->about.mode == PT_SUSPEND_FREEZE) { // it has no checkpoint
        run->journal.discarded_seconds = pt_run_seconds_of(&run->journal, PT_RUN_RUNNING);
        run->journal.fraction = run->output.fraction = NAN;
    } else {
        run->journal.resume_count++;
    }
    return launch(run, true, error);
}

static void stand(struct pt_run_job *run)
{
    struct pt_error error;
    char next[48], text[240];
    enum pt_status status = pt_executor_suspend(run->executor, &error);
    if (status == PT_OK || status == PT_BUSY) {
        run->journal.suspension_count++;
        snprintf(text, sizeof text, "%s%s%s", run->decision.reason,
                 run->journal.next_change_ns > 0 ? "; goes on at about " : "",
                 run->journal.next_change_ns > 0
                     ? pt_run_format_time(run->journal.next_change_ns, next)
                     : "");
        say(run,
            run->about.mode == PT_SUSPEND_RESTART ? "is told to write a checkpoint and end"
                                                  : "is suspended",
            text);
        return;
    }
    warn("it runs to its end", &error);
    run->task.interruptible = false;
}

// expected_ns: the next change, before this decision. PT_OK: go on. Otherwise the command cannot be
// run at all.
static enum pt_status act(struct pt_run_job *run, int64_t expected_ns, struct pt_error *error)
{
    enum pt_job_phase phase = run->job.phase;
    bool stands = phase == PT_JOB_NEW || phase == PT_JOB_SUSPENDED || is_gone(phase);
    enum pt_status status = PT_OK;
    if (run->decision.runs && stands)
        status = go(run, error);
    else if (!run->decision.runs && (phase == PT_JOB_RUNNING || phase == PT_JOB_QUEUED))
        stand(run);
    else if (expected_ns == run->journal.next_change_ns)
        return PT_OK;
    if (status == PT_OK)
        status = pt_run_poll(run, error);
    save(run);
    return status;
}

// ----------------------------------------------------------------------------------- interruption
// What Ctrl-C and kill mean: docs/paying-less.md. True: leave now.
static bool interrupted(struct pt_run_job *run)
{
    struct pt_error error;
    int count = (int)interrupts + (int)terminations;
    bool first = run->interrupts == 0, by_term = terminations > 0;
    enum pt_job_phase phase = run->job.phase;
    if (count == run->interrupts)
        return false;
    run->interrupts = count;
    if (phase == PT_JOB_NEW || phase == PT_JOB_QUEUED || is_gone(phase) ||
        (phase == PT_JOB_SUSPENDED && !by_term)) {
        say(run, "left as it is", "the same command line goes on, powertrain run --cancel ends it");
        return true;
    }
    enum pt_status status = PT_OK;
    if (first && run->about.mode == PT_SUSPEND_RESTART && run->about.interruptible &&
        phase == PT_JOB_RUNNING) {
        run->parks = true;
        say(run, "is told to write a checkpoint and end", "once more ends it at once");
        status = pt_executor_suspend(run->executor, &error);
        run->journal.suspension_count += status == PT_OK;
    } else if (first && !by_term) {
        status = pt_executor_signal(run->executor, SIGINT, &error);
    } else {
        double grace = count > 2 ? 0 : run->about.grace_seconds;
        run->parks = false;
        say(run, "is stopped", NULL);
        status = pt_executor_stop(run->executor, grace, &error);
    }
    if (status != PT_OK && status != PT_BUSY)
        warn("once more stops it", &error);
    return false;
}

// ------------------------------------------------------------------------------------------- loop
static void notice_others(struct pt_run_job *run)
{
    if (!run->job.by_others || run->job.phase != PT_JOB_SUSPENDED) {
        run->said_others = false;
        return;
    }
    if (run->said_others)
        return;
    char text[120], time[48];
    snprintf(text, sizeof text, "not by powertrain; looked at again %s",
             pt_run_format_time(run->decision.until_ns, time));
    say(run, "was suspended by somebody", text);
    run->said_others = true;
}

static enum pt_status poll_job(struct pt_run_job *run, struct pt_job_state *ret_job,
                               struct pt_error *error)
{
    enum pt_status status = pt_executor_poll(run->executor, ret_job, error);
    if (status == PT_OK && ret_job->phase == PT_JOB_ENDED &&
        ret_job->created_ns < run->journal.begun_ns)
        *ret_job = (struct pt_job_state){.phase = PT_JOB_NEW};
    return status;
}

enum pt_status pt_run_poll(struct pt_run_job *run, struct pt_error *error)
{
    return poll_job(run, &run->job, error);
}

static enum pt_status look(struct pt_run_job *run, struct pt_error *error)
{
    struct pt_job_state job;
    enum pt_status status = poll_job(run, &job, error);
    if (status != PT_OK)
        return status;
    bool changed = job.phase != run->job.phase;
    int64_t mono_ns = pt_clock_monotonic(&pt_system_clock);
    if (changed || mono_ns - run->counted_ns >= count_ns || job.phase == PT_JOB_ENDED) {
        pt_run_account(run); // the time until now was in the phase before
        run->journal.run_seconds = job.run_seconds;
        run->counted_ns = mono_ns;
    }
    run->job = job;
    pt_run_output_pump(&run->output, &run->journal);
    bool has_process = job.phase == PT_JOB_RUNNING || job.phase == PT_JOB_SUSPENDED ||
                       job.phase == PT_JOB_PARKING || job.phase == PT_JOB_STOPPING;
    if (has_process)
        pt_run_meter_attach(&run->meter, job.process.pid);
    else
        pt_run_meter_detach(&run->meter);
    if (changed || mono_ns - run->saved_ns >= save_ns)
        save(run);
    notice_others(run);
    return PT_OK;
}

static void rest(const struct pt_run_job *run)
{
    double until = (double)(run->decision.until_ns - pt_run_now()) /
                   (double)PT_NANOSECONDS_PER_SECOND / pt_run_clock_factor();
    bool is_busy = run->job.phase == PT_JOB_RUNNING || run->job.phase == PT_JOB_PARKING ||
                   run->job.phase == PT_JOB_STOPPING;
    double seconds = is_busy ? tail_seconds : wait_seconds;
    if (pt_run_clock_factor() > 1) // a turned clock is to be followed closely
        seconds = tail_seconds / 10;
    pt_executor_wait(run->executor, fmin(seconds, fmax(0.005, until)));
}

static int exit_status(const struct pt_run_job *run)
{
    if (run->job.status_known)
        return (int)run->job.exit_status;
    fprintf(stderr, "powertrain run: job %s has ended, and nobody saw with which status\n",
            run->id);
    return PT_EXIT_WRAPPER_FAILED;
}

static int leave(struct pt_run_job *run)
{
    save(run);
    return 128 + (terminations > 0 ? SIGTERM : SIGINT);
}

int pt_run_loop(struct pt_run_job *run)
{
    struct pt_error error = {PT_OK, ""};
    enum pt_status status = PT_OK;
    run->decision.until_ns = 0;
    catch_signals();
    while (status == PT_OK) {
        status = look(run, &error);
        if (status != PT_OK || run->job.phase == PT_JOB_ENDED)
            break;
        if (interrupted(run) || (run->parks && is_gone(run->job.phase)))
            return leave(run);
        bool is_settling = run->job.phase == PT_JOB_PARKING || run->job.phase == PT_JOB_STOPPING;
        if (pt_run_now() >= run->decision.until_ns && !is_settling && run->interrupts == 0) {
            pt_run_account(run); // by what it has done until now
            int64_t expected_ns = run->journal.next_change_ns;
            decide(run);
            status = act(run, expected_ns, &error);
            if (status == PT_OK && run->job.phase == PT_JOB_ENDED)
                continue;
        }
        if (status == PT_OK)
            rest(run);
    }
    pt_run_output_pump(&run->output, &run->journal);
    if (status != PT_OK && run->job.phase != PT_JOB_ENDED) {
        pt_run_poll(run, NULL);
    }
    if (status != PT_OK) {
        pt_exit_with(run->verb, status, &error);
        run->journal.is_settled = run->job.phase == PT_JOB_ENDED; // it could not be started
        save(run);
        return run->job.phase == PT_JOB_ENDED && run->job.exit_status != 0
                   ? (int)run->job.exit_status
                   : PT_EXIT_WRAPPER_FAILED;
    }
    pt_run_settle(run);
    save(run);
    return exit_status(run);
}
