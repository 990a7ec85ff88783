// The end of a run: its bill, what was saved, the ledger.

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"
#include "hardware/machine.h"
#include "ledger/ledger.h"

static void warn(const struct pt_error *error, const char *what)
{
    fprintf(stderr, "powertrain run: warning: %s; %s\n", error->message, what);
}

// -------------------------------------------------------------------------------------- the bill
// What is known now; else what was known then, when the feed has forgotten it since.
static struct pt_quantity known(struct pt_quantity now, double then)
{
    if (pt_quantity_known(now))
        return now;
    return isfinite(then) ? pt_quantity_relative(then, 0, PT_PUBLISHED) : pt_quantity_missing();
}

static enum pt_status make_bill(struct pt_run_job *run, struct pt_error *error)
{
    const struct pt_tariff *tariff = &run->prices.tariff;
    enum pt_status status = PT_OK;
    pt_bill_begin(&run->bill, tariff);
    snprintf(run->bill.energy_source, sizeof run->bill.energy_source, "%.120s", run->meter.source);
    for (int64_t i = 0; i < run->journal.interval_count && status == PT_OK; i++) {
        const struct pt_run_interval *interval = &run->journal.intervals[i];
        double seconds = (double)(interval->to_ns - interval->from_ns) / PT_NANOSECONDS_PER_SECOND;
        status = pt_bill_add_priced(
            &run->bill, pt_run_doings[interval->doing],
            pt_quantity_relative(seconds, 0, PT_MEASURED), interval->joules,
            known(pt_tariff_mean_price(tariff, interval->from_ns, interval->to_ns),
                  interval->price),
            known(pt_tariff_mean_carbon(tariff, interval->from_ns, interval->to_ns),
                  interval->carbon),
            error);
    }
    return status == PT_OK ? pt_bill_close(&run->bill, tariff, error) : status;
}

// ------------------------------------------------------------------------------------- the proof
struct prices {
    const struct pt_run_job *run;
};

static double objective(void *state, int64_t from_ns, int64_t to_ns)
{
    const struct pt_run_job *run = ((struct prices *)state)->run;
    return pt_steer_price(&run->task, &run->prices.tariff, from_ns, to_ns);
}

static void make_proof(struct pt_run_job *run)
{
    const struct pt_run_journal *journal = &run->journal;
    struct pt_proof_stretch *stretches =
        pt_arena_alloc(run->arena, (size_t)journal->interval_count + 1, sizeof *stretches);
    struct pt_arena *arena = pt_arena_create();
    struct prices prices = {run};
    double suspended = run->choice.suspended_watts;
    for (int64_t i = 0; stretches != NULL && i < journal->interval_count; i++)
        stretches[i] = (struct pt_proof_stretch){
            .from_ns = journal->intervals[i].from_ns,
            .to_ns = journal->intervals[i].to_ns,
            .runs = journal->intervals[i].doing == PT_RUN_RUNNING,
            .joules = journal->intervals[i].joules.value,
        };
    struct pt_proof_job job = {
        .tariff = &run->prices.tariff,
        .begin_ns = journal->created_ns,
        .deadline_ns = journal->deadline_ns,
        .stretches = stretches,
        .stretch_count = (int)journal->interval_count,
        .repeated_seconds =
            (double)journal->resume_count * run->about.resume_seconds + journal->discarded_seconds,
        .interruptible = run->about.interruptible,
        .suspended_watts = isfinite(suspended) ? suspended : 0,
        .waiting_watts = isfinite(suspended) ? suspended : 0,
        .resume_seconds = run->about.resume_seconds,
        .objective = objective,
        .state = &prices,
    };
    run->has_proof = stretches != NULL && arena != NULL &&
                     pt_proof_make(arena, &job, &run->proof, NULL) == PT_OK;
    pt_arena_destroy(arena);
}

// ------------------------------------------------------------------------------------ the ledger
static char *result_json(const struct pt_run_job *run)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    struct pt_json_writer writer;
    if (stream == NULL)
        return NULL;
    pt_json_begin(&writer, stream, false);
    pt_json_object(&writer, NULL);
    pt_run_write_result(run, &writer);
    pt_json_end_object(&writer);
    fclose(stream);
    return text;
}

static const char *machine_text(struct pt_arena *arena)
{
    struct pt_cpu_info cpu;
    if (pt_cpu_info_read(NULL, &cpu, NULL) != PT_OK)
        return "unknown";
    const char *text = pt_arena_printf(arena, "%s, %d thread%s", cpu.model, cpu.threads,
                                       cpu.threads == 1 ? "" : "s");
    return text != NULL ? text : "unknown";
}

static const char *status_of(const struct pt_run_job *run)
{
    if (!run->job.status_known)
        return "failed";
    if (run->job.exit_status == 0)
        return "finished";
    return run->interrupts > 0 || run->job.signal == SIGINT || run->job.signal == SIGTERM
               ? "interrupted"
               : "failed";
}

static enum pt_status write_run(struct pt_run_job *run, struct pt_ledger *ledger, const char *json,
                                struct pt_error *error)
{
    const char *slash = strrchr(run->about.words[0], '/');
    struct pt_run_record record = {
        .kind = "run",
        .name = slash != NULL ? slash + 1 : run->about.words[0],
        .command = run->about.line,
        .machine = machine_text(run->arena),
        .sensor = run->meter.sensor_name,
        .status = status_of(run),
        .result_json = json,
        .start_realtime_ns = run->journal.created_ns,
        .end_realtime_ns = run->journal.accounted_ns,
        .duration_seconds = (double)(run->journal.accounted_ns - run->journal.created_ns) /
                            PT_NANOSECONDS_PER_SECOND,
        .exit_status = (int)run->job.exit_status,
        .has_bill = true,
        .bill = run->bill,
        .origin = {.uid = run->journal.uid},
    };
    // Killed between this and the last line of the journal: it is there already.
    enum pt_status status = pt_ledger_find_origin(ledger, run->journal.uid, &run->run_id, error);
    if (status != PT_NOT_FOUND)
        return status;
    status = pt_ledger_begin(ledger, &record, &record.id, error);
    if (status == PT_OK)
        status = pt_ledger_end(ledger, &record, error);
    if (status == PT_OK)
        run->run_id = record.id;
    return status;
}

static void write_ledger(struct pt_run_job *run)
{
    struct pt_error error;
    struct pt_ledger *ledger = NULL;
    const char *path = run->choice.ledger;
    if (path != NULL && strcmp(path, "none") == 0)
        return;
    char *json = result_json(run);
    enum pt_status status = pt_ledger_open(path, &ledger, &error);
    if (status == PT_OK)
        status = write_run(run, ledger, json, &error);
    if (status == PT_OK)
        run->ledger_path = pt_arena_strdup(run->arena, pt_ledger_path(ledger));
    else
        warn(&error, "the run is not in the ledger");
    pt_ledger_close(ledger);
    free(json);
}

// --------------------------------------------------------------------------------------- the end
static void print(const struct pt_run_job *run)
{
    const char *path = run->choice.output;
    FILE *stream = path != NULL ? fopen(path, "we") : stderr;
    if (stream == NULL) {
        fprintf(stderr, "powertrain run: warning: --output %s cannot be written\n", path);
        stream = stderr;
    }
    if (run->choice.json)
        pt_run_write_bill(stream, run);
    else if (!run->choice.quiet || path != NULL)
        pt_run_print_bill(stream, run);
    bool failed = fflush(stream) != 0 || ferror(stream);
    if (stream != stderr)
        failed = fclose(stream) != 0 || failed;
    if (failed)
        fprintf(stderr, "powertrain run: warning: the bill could not be written\n");
}

void pt_run_settle(struct pt_run_job *run)
{
    struct pt_error error;
    // Prices of the last hours may have come since.
    if (pt_run_prices_read(&run->prices, &run->choice, run->journal.created_ns,
                           run->task.deadline_ns, &error) != PT_OK)
        warn(&error, "the bill has the prices that were known");
    if (make_bill(run, &error) != PT_OK) {
        warn(&error, "there is no bill");
    } else {
        make_proof(run);
        write_ledger(run);
        print(run);
    }
    run->journal.is_settled = true;
    run->journal.next_change_ns = 0;
    run->journal.finish_ns = run->journal.accounted_ns;
}
