// Time and energy of the job, as stretches of its journal.

#include <math.h>

#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"

// Nobody metered what ran while powertrain run was dead: its watts are those of the rest.
static const double gap_error = 0.3, gap_seconds_least = 5;

double pt_run_seconds_of(const struct pt_run_journal *journal, enum pt_run_doing doing)
{
    double seconds = 0;
    for (int64_t i = 0; i < journal->interval_count; i++)
        if (journal->intervals[i].doing == doing)
            seconds += (double)(journal->intervals[i].to_ns - journal->intervals[i].from_ns) /
                       PT_NANOSECONDS_PER_SECOND;
    return seconds;
}

double pt_run_mean_watts(const struct pt_run_journal *journal)
{
    double joules = 0, seconds = 0;
    for (int64_t i = 0; i < journal->interval_count; i++) {
        const struct pt_run_interval *interval = &journal->intervals[i];
        if (interval->doing != PT_RUN_RUNNING || !pt_quantity_known(interval->joules))
            continue;
        joules += interval->joules.value;
        seconds += (double)(interval->to_ns - interval->from_ns) / PT_NANOSECONDS_PER_SECOND;
    }
    return seconds > 0 && joules > 0 ? joules / seconds : NAN;
}

static enum pt_run_doing doing_of(const struct pt_run_job *run)
{
    switch (run->job.phase) {
    case PT_JOB_RUNNING:
    case PT_JOB_PARKING:
    case PT_JOB_STOPPING:
    case PT_JOB_ENDED: // it ran until it was found to have ended
        return PT_RUN_RUNNING;
    case PT_JOB_SUSPENDED:
    case PT_JOB_PARKED:
    case PT_JOB_LOST:
        return PT_RUN_SUSPENDED;
    case PT_JOB_NEW:
    case PT_JOB_QUEUED:
        break;
    }
    return PT_RUN_WAITING;
}

// Cut where prices change, so that every part has its own.
static void add(struct pt_run_job *run, enum pt_run_doing doing, int64_t from_ns, int64_t to_ns,
                struct pt_quantity joules)
{
    struct pt_run_journal *journal = &run->journal;
    int64_t slot_ns = run->ahead.slot_ns > 0 ? run->ahead.slot_ns : 900 * PT_NANOSECONDS_PER_SECOND;
    double all = (double)(to_ns - from_ns);
    struct pt_error error;
    for (int64_t at = from_ns; at < to_ns;) {
        int64_t edge = (at / slot_ns + 1) * slot_ns;
        int64_t end = edge < to_ns ? edge : to_ns;
        struct pt_run_interval interval = {
            .doing = doing,
            .from_ns = at,
            .to_ns = end,
            .joules = pt_quantity_scale(joules, (double)(end - at) / all),
            .price = pt_tariff_mean_price(&run->prices.tariff, at, end).value,
            .carbon = pt_tariff_mean_carbon(&run->prices.tariff, at, end).value,
        };
        if (pt_run_journal_add(journal, &interval, slot_ns, &error) != PT_OK && !run->said_disk) {
            fprintf(stderr, "powertrain run: warning: %s; the rest is not on the bill\n",
                    error.message);
            run->said_disk = true;
        }
        at = end;
    }
}

void pt_run_account(struct pt_run_job *run)
{
    struct pt_run_journal *journal = &run->journal;
    int64_t now_ns = pt_run_now(), from_ns = journal->accounted_ns;
    enum pt_run_doing doing = doing_of(run);
    bool has_processes = run->job.phase != PT_JOB_NEW && run->job.phase != PT_JOB_QUEUED &&
                         run->job.phase != PT_JOB_PARKED && run->job.phase != PT_JOB_LOST &&
                         run->job.phase != PT_JOB_ENDED;
    if (now_ns <= from_ns)
        return; // the date was set back: what is used meanwhile comes with the next stretch
    double seconds = (double)(now_ns - from_ns) / PT_NANOSECONDS_PER_SECOND;
    struct pt_quantity joules = pt_run_meter_take(&run->meter, doing, has_processes, seconds);
    add(run, doing, from_ns, now_ns, joules);
    journal->accounted_ns = now_ns;
}

void pt_run_account_gap(struct pt_run_job *run)
{
    struct pt_run_journal *journal = &run->journal;
    int64_t now_ns = pt_run_now(), from_ns = journal->accounted_ns;
    double gone = (double)(now_ns - from_ns) / PT_NANOSECONDS_PER_SECOND;
    if (gone <= 0)
        return;
    double ran = fmax(0, run->job.run_seconds - journal->run_seconds) * pt_run_clock_factor();
    bool still_runs = run->job.phase == PT_JOB_RUNNING;
    if (ran > gone || (still_runs && gone - ran < gap_seconds_least))
        ran = gone;
    double watts = pt_run_mean_watts(journal);
    if (!isfinite(watts))
        watts = run->meter.watts;
    int64_t middle_ns = from_ns + (int64_t)(ran * (double)PT_NANOSECONDS_PER_SECOND);
    if (middle_ns > now_ns)
        middle_ns = now_ns;
    if (middle_ns > from_ns)
        add(run, PT_RUN_RUNNING, from_ns, middle_ns,
            isfinite(watts) ? pt_quantity_relative(watts * ran, gap_error, PT_MODELLED)
                            : pt_quantity_missing());
    if (middle_ns < now_ns) {
        // It had ended, waited or stood.
        enum pt_run_doing doing = run->job.phase == PT_JOB_NEW ? PT_RUN_WAITING : PT_RUN_SUSPENDED;
        double suspended = run->choice.suspended_watts;
        double rest = (double)(now_ns - middle_ns) / PT_NANOSECONDS_PER_SECOND;
        bool is_over = run->job.phase == PT_JOB_ENDED;
        if (!is_over)
            add(run, doing, middle_ns, now_ns,
                isfinite(suspended) ? pt_quantity_relative(suspended * rest, 0, PT_ASSUMED)
                                    : pt_quantity_relative(0, 0, PT_ASSUMED));
    }
    journal->accounted_ns = now_ns;
    journal->run_seconds = run->job.run_seconds;
}
