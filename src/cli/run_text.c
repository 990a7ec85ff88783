// The bill of a run that was shifted, and the proof, for people and programs.

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"
#include "report/report.h"

enum { TEXT_SIZE = 64 };

static double all_seconds(const struct pt_run_job *run)
{
    return (double)(run->journal.accounted_ns - run->journal.created_ns) /
           PT_NANOSECONDS_PER_SECOND;
}

static void print_ending(FILE *stream, const struct pt_run_job *run)
{
    char all[TEXT_SIZE], ran[TEXT_SIZE], waited[TEXT_SIZE], suspended[TEXT_SIZE];
    const struct pt_run_journal *journal = &run->journal;
    long long count = (long long)journal->suspension_count;
    if (!run->job.status_known)
        fputs("\nended, exit status unknown", stream);
    else if (run->job.signal != 0)
        fprintf(stream, "\nended by signal %d", (int)run->job.signal);
    else
        fprintf(stream, "\nexit status %d", (int)run->job.exit_status);
    fprintf(stream, " after %s: %s waiting, %s running, %s suspended (%lld time%s)\n\n",
            pt_format_duration(all_seconds(run), all),
            pt_format_duration(pt_run_seconds_of(journal, PT_RUN_WAITING), waited),
            pt_format_duration(pt_run_seconds_of(journal, PT_RUN_RUNNING), ran),
            pt_format_duration(pt_run_seconds_of(journal, PT_RUN_SUSPENDED), suspended), count,
            count == 1 ? "" : "s");
}

// ------------------------------------------------------------------------------------- the proof
static const char *percent(double part, double all, char *buffer)
{
    if (!isfinite(part / all) || all == 0)
        return "-";
    snprintf(buffer, TEXT_SIZE, "%.1f %%", 100 * part / fabs(all));
    return buffer;
}

static void print_proof_table(FILE *stream, const struct pt_run_job *run)
{
    static const char *const headings[] = {"the same energy", ">cost",   ">saved",
                                           ">CO2e",           ">energy", "done"};
    struct pt_table *table =
        pt_table_create(run->arena, headings, sizeof headings / sizeof *headings);
    const struct pt_proof_cost *now = &run->proof.costs[PT_PROOF_NOW];
    for (int i = 0; table != NULL && i < PT_PROOF_WAYS; i++) {
        char money[TEXT_SIZE], saved[TEXT_SIZE], grams[TEXT_SIZE], joules[TEXT_SIZE],
            time[TEXT_SIZE];
        const struct pt_proof_cost *cost = &run->proof.costs[i];
        const char *cells[] = {
            pt_proof_names[i],
            isfinite(cost->money) ? pt_format_money(cost->money, run->bill.currency, money) : NULL,
            i == PT_PROOF_NOW ? NULL : percent(now->money - cost->money, now->money, saved),
            isfinite(cost->grams) ? pt_format_grams(cost->grams, grams) : NULL,
            isfinite(cost->joules) ? pt_format_joules(cost->joules, joules) : NULL,
            cost->finish_ns > 0 ? pt_run_format_time(cost->finish_ns, time) : NULL,
        };
        pt_table_row(table, cells);
    }
    if (table != NULL)
        pt_table_print(table, stream, 0);
}

// Half the interval of the energy, relative: how sure every difference above is.
static double doubt(const struct pt_run_job *run)
{
    struct pt_quantity joules = pt_bill_joules(&run->bill.total);
    return joules.value > 0 ? (joules.high - joules.low) / 2 / joules.value : NAN;
}

static void print_saved(FILE *stream, const struct pt_run_job *run)
{
    char amount[TEXT_SIZE], share[TEXT_SIZE], duration[TEXT_SIZE];
    const struct pt_proof_cost *costs = run->proof.costs;
    double money = costs[PT_PROOF_NOW].money - costs[PT_PROOF_ACTUAL].money;
    double grams = costs[PT_PROOF_NOW].grams - costs[PT_PROOF_ACTUAL].grams;
    double possible = costs[PT_PROOF_NOW].objective - costs[PT_PROOF_HINDSIGHT].objective;
    double kept = costs[PT_PROOF_NOW].objective - costs[PT_PROOF_ACTUAL].objective;
    fputs("\n", stream);
    if (isfinite(money))
        fprintf(stream, "%-12s%s (%s) against starting at once\n", money < 0 ? "lost" : "saved",
                pt_format_money(fabs(money), run->bill.currency, amount),
                percent(fabs(money), costs[PT_PROOF_NOW].money, share));
    if (isfinite(grams))
        fprintf(stream, "CO2e        %s %s (%s)\n", pt_format_grams(fabs(grams), amount),
                grams < 0 ? "more" : "less",
                percent(fabs(grams), costs[PT_PROOF_NOW].grams, share));
    if (run->proof.delay_seconds >= 1)
        fprintf(stream, "delay       %s\n", pt_format_duration(run->proof.delay_seconds, duration));
    if (possible > 0 && kept >= possible)
        fputs("regret      none: it was as good as in hindsight\n", stream);
    else if (possible > 0)
        fprintf(stream, "regret      %s of what was possible in hindsight was missed\n",
                percent(possible - kept, possible, share));
}

static void print_doubts(FILE *stream, const struct pt_run_job *run)
{
    double relative = doubt(run);
    if (run->proof.note[0] != '\0')
        fprintf(stream, "            %s\n", run->proof.note);
    fputs(
        "            The comparison moves the same energy to other hours at the prices that came. "
        "That the\n            job would have drawn the same then is assumed, not measured",
        stream);
    if (relative > 0.005)
        fprintf(stream,
                "; the energy\n            itself is known within %.0f %%, and so is each "
                "difference",
                100 * relative);
    fputs(".\n", stream);
    if (run->prices.tariff.demand_charge.per_kw != 0)
        fputs(
            "            The demand charge is not in it: it depends on all that the site draws.\n",
            stream);
}

void pt_run_print_bill(FILE *stream, const struct pt_run_job *run)
{
    char time[TEXT_SIZE];
    int width = isatty(fileno(stream)) ? pt_terminal_width(fileno(stream)) : 0;
    bool in_time = run->journal.accounted_ns <= run->journal.deadline_ns;
    print_ending(stream, run);
    pt_report_bill(stream, &run->bill, NULL, width);
    fputc('\n', stream);
    if (run->has_proof) {
        print_proof_table(stream, run);
        print_saved(stream, run);
        print_doubts(stream, run);
    }
    fprintf(stream, "deadline    %s, %s\n", pt_run_format_time(run->journal.deadline_ns, time),
            in_time ? "kept" : "missed");
    if (run->prices.trouble[0] != '\0')
        fprintf(stream, "prices      %s\n", run->prices.trouble);
    if (run->run_id > 0)
        fprintf(stream, "ledger      run %lld in %s\n", (long long)run->run_id, run->ledger_path);
}

// ------------------------------------------------------------------------------------------ JSON
static void write_proof(const struct pt_run_job *run, struct pt_json_writer *writer)
{
    static const char *const keys[PT_PROOF_WAYS] = {"actual", "at_once", "average", "hindsight"};
    if (!run->has_proof) {
        pt_json_null(writer, "proof");
        return;
    }
    const struct pt_proof_cost *costs = run->proof.costs;
    pt_json_object(writer, "proof");
    for (int i = 0; i < PT_PROOF_WAYS; i++) {
        pt_json_object(writer, keys[i]);
        pt_json_number(writer, "joules", costs[i].joules);
        pt_json_number(writer, "money", costs[i].money);
        pt_json_number(writer, "grams", costs[i].grams);
        if (costs[i].finish_ns > 0)
            pt_json_integer(writer, "finish_ns", costs[i].finish_ns);
        else
            pt_json_null(writer, "finish_ns");
        pt_json_end_object(writer);
    }
    pt_json_number(writer, "saved_money", costs[PT_PROOF_NOW].money - costs[PT_PROOF_ACTUAL].money);
    pt_json_number(writer, "saved_grams", costs[PT_PROOF_NOW].grams - costs[PT_PROOF_ACTUAL].grams);
    pt_json_number(writer, "delay_seconds", run->proof.delay_seconds);
    pt_json_number(writer, "regret",
                   costs[PT_PROOF_ACTUAL].objective - costs[PT_PROOF_HINDSIGHT].objective);
    pt_json_number(writer, "relative_error", doubt(run));
    pt_json_string(writer, "assumption",
                   "the same energy at other hours, at the prices that came; not measured");
    pt_json_string(writer, "note", run->proof.note[0] != '\0' ? run->proof.note : NULL);
    pt_json_end_object(writer);
}

static double joules_of(const struct pt_run_journal *journal)
{
    double joules = 0;
    for (int64_t i = 0; i < journal->interval_count; i++)
        if (journal->intervals[i].doing == PT_RUN_RUNNING)
            joules += journal->intervals[i].joules.value;
    return joules;
}

void pt_run_write_result(const struct pt_run_job *run, struct pt_json_writer *writer)
{
    const struct pt_run_journal *journal = &run->journal;
    char time[TEXT_SIZE];
    pt_json_string(writer, "job", run->id);
    if (run->job.status_known)
        pt_json_integer(writer, "exit_status", run->job.exit_status);
    else
        pt_json_null(writer, "exit_status");
    pt_json_string(writer, "start", pt_format_time(journal->created_ns, time));
    pt_json_string(writer, "end", pt_format_time(journal->accounted_ns, time));
    pt_json_string(writer, "deadline", pt_format_time(journal->deadline_ns, time));
    pt_json_bool(writer, "deadline_kept", journal->accounted_ns <= journal->deadline_ns);
    pt_json_string(writer, "optimize", pt_steer_goals[run->task.goal]);
    // Of the work alone, without what had to be done twice: what the next run will take.
    pt_json_number(writer, "run_seconds",
                   pt_run_seconds_of(journal, PT_RUN_RUNNING) - journal->discarded_seconds -
                       (double)journal->resume_count * run->about.resume_seconds);
    pt_json_number(writer, "run_joules", joules_of(journal));
    pt_json_number(writer, "run_watts", pt_run_mean_watts(journal));
    pt_json_number(writer, "waiting_seconds", pt_run_seconds_of(journal, PT_RUN_WAITING));
    pt_json_number(writer, "suspended_seconds", pt_run_seconds_of(journal, PT_RUN_SUSPENDED));
    pt_json_integer(writer, "suspensions", journal->suspension_count);
    pt_json_integer(writer, "restarts", journal->resume_count);
    pt_json_string(writer, "prices", run->prices.trouble[0] != '\0' ? run->prices.trouble : NULL);
    write_proof(run, writer);
}

void pt_run_write_bill(FILE *stream, const struct pt_run_job *run)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_run_write_result(run, &writer);
    pt_json_array(&writer, "intervals");
    for (int64_t i = 0; i < run->journal.interval_count; i++) {
        const struct pt_run_interval *interval = &run->journal.intervals[i];
        char time[TEXT_SIZE];
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "doing", pt_run_doings[interval->doing]);
        pt_json_string(&writer, "from", pt_format_time(interval->from_ns, time));
        pt_json_string(&writer, "to", pt_format_time(interval->to_ns, time));
        pt_json_number(&writer, "joules", interval->joules.value);
        pt_json_number(&writer, "price_per_kwh", interval->price);
        pt_json_number(&writer, "carbon_grams_per_kwh", interval->carbon);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    if (run->run_id > 0)
        pt_json_integer(&writer, "run", run->run_id);
    else
        pt_json_null(&writer, "run");
    pt_bill_write_json(&run->bill, &writer, "bill");
    pt_json_end_object(&writer);
    fputc('\n', stream);
}
