// powertrain run: plans a command into cheap or clean hours before its deadline, runs it so, bills
// it and proves what was saved. docs/paying-less.md.

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"

// ------------------------------------------------------------------------------------- what is
// asked
static enum pt_status make_task(struct pt_run_job *run, struct pt_error *error)
{
    const struct pt_run_choice *choice = &run->choice;
    int goal = 0;
    const char *wanted = choice->optimize != NULL ? choice->optimize : "cost";
    while (pt_steer_goals[goal] != NULL && strcmp(pt_steer_goals[goal], wanted) != 0)
        goal++;
    if (pt_steer_goals[goal] == NULL)
        return pt_fail(error, PT_USAGE, "--optimize %s: cost, carbon, energy or both", wanted);
    if (goal == PT_GOAL_BOTH && !isfinite(choice->carbon_price))
        return pt_fail(error, PT_USAGE,
                       "--optimize both weighs money and carbon: say what a tonne is worth with "
                       "--carbon-price");
    if (isfinite(choice->carbon_price) && !(choice->carbon_price >= 0))
        return pt_fail(error, PT_USAGE, "--carbon-price %g: 0 or more", choice->carbon_price);
    double off = isfinite(choice->suspended_watts) ? choice->suspended_watts : 0;
    run->task = (struct pt_steer_task){
        .goal = (enum pt_steer_goal)goal,
        .carbon_price = isfinite(choice->carbon_price) ? choice->carbon_price : 0,
        .work_seconds = run->about.work_seconds,
        .watts = run->about.watts,
        .waiting_watts = off,
        .suspended_watts = off,
        .interruptible = run->about.interruptible,
        .resume_seconds = run->about.resume_seconds,
    };
    if (choice->deadline == NULL)
        return pt_fail(
            error, PT_USAGE,
            "until when must it be done? --deadline \"tomorrow 08:00\" or --deadline +14h");
    return PT_OK;
}

// What cannot be planned must not be guessed.
static enum pt_status check_duration(const struct pt_run_job *run, struct pt_error *error)
{
    if (isfinite(run->task.work_seconds) || run->choice.progress ||
        run->choice.progress_regex != NULL)
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "how long the command takes is not known. Say it with --duration 6h; or let it "
                   "tell its progress (--progress-regex 'step (\\d+)/(\\d+)', --progress); or run "
                   "it once under powertrain meter, and the ledger knows");
}

static enum pt_status name_job(struct pt_run_job *run, struct pt_error *error)
{
    char *directory = realpath(".", NULL);
    if (run->choice.job != NULL) {
        free(directory);
        enum pt_status status = pt_job_check_id(run->choice.job, error);
        if (status == PT_OK)
            snprintf(run->id, sizeof run->id, "%s", run->choice.job);
        return status;
    }
    if (directory == NULL)
        return pt_fail_errno(error, errno, "the current folder has no name");
    pt_job_make_id((const char *const *)run->about.words, directory, run->id);
    free(directory);
    return PT_OK;
}

// -------------------------------------------------------------------------------------- the
// journal
static enum pt_status begin_journal(struct pt_run_job *run, struct pt_error *error)
{
    struct pt_run_journal *journal = &run->journal;
    int64_t now_ns = pt_run_now();
    enum pt_status status =
        pt_run_deadline(run->choice.deadline, now_ns, &run->task.deadline_ns, error);
    if (status != PT_OK)
        return status;
    *journal = (struct pt_run_journal){
        .created_ns = now_ns,
        .accounted_ns = now_ns,
        .begun_ns = pt_clock_realtime(&pt_system_clock),
        .deadline_ns = run->task.deadline_ns,
        .deadline_text = strdup(run->choice.deadline),
        .command_line = strdup(run->about.line),
        .work_seconds = run->task.work_seconds,
        .watts = run->task.watts,
        .fraction = NAN,
    };
    memcpy(journal->id, run->id, sizeof journal->id);
    snprintf(journal->uid, sizeof journal->uid, "run-%s-%llx", run->id,
             (unsigned long long)journal->begun_ns);
    return journal->deadline_text != NULL && journal->command_line != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "no memory for a run");
}

// An unfinished run of the same name goes on: what "tomorrow" meant when it began still holds.
static enum pt_status adopt_journal(struct pt_run_job *run, struct pt_error *error)
{
    struct pt_run_journal *journal = &run->journal;
    if (strcmp(journal->command_line, run->about.line) != 0)
        return pt_fail(
            error, PT_BUSY,
            "job %s is another command, %.200s, and not done yet: give another --job, or "
            "powertrain run --cancel %s",
            run->id, journal->command_line, run->id);
    run->goes_on = true;
    run->task.deadline_ns = journal->deadline_ns;
    if (strcmp(journal->deadline_text, run->choice.deadline) != 0) {
        int64_t deadline_ns;
        enum pt_status status =
            pt_run_deadline(run->choice.deadline, pt_run_now(), &deadline_ns, error);
        char *text = status == PT_OK ? strdup(run->choice.deadline) : NULL;
        if (status != PT_OK || text == NULL)
            return status != PT_OK ? status : pt_fail(error, PT_NO_MEMORY, "no memory for a run");
        free(journal->deadline_text);
        journal->deadline_text = text;
        run->task.deadline_ns = journal->deadline_ns = deadline_ns;
    }
    if (run->choice.duration == NULL && isfinite(journal->work_seconds))
        run->task.work_seconds = journal->work_seconds;
    if (!isfinite(run->task.watts))
        run->task.watts = journal->watts;
    return PT_OK;
}

static enum pt_status open_journal(struct pt_run_job *run, struct pt_error *error)
{
    struct pt_error inner;
    enum pt_status status = pt_run_folder(run->arena, &run->folder, error);
    if (status != PT_OK)
        return status;
    status = pt_run_journal_load(run->folder, run->id, &run->journal, &inner);
    if (status == PT_CORRUPT)
        fprintf(stderr, "powertrain run: warning: %s\n", inner.message);
    else if (status != PT_OK && status != PT_NOT_FOUND)
        return pt_fail(error, status, "%s", inner.message);
    if (status == PT_OK && !run->journal.is_settled)
        return adopt_journal(run, error);
    pt_run_journal_close(&run->journal);
    return begin_journal(run, error);
}

// ---------------------------------------------------------------------------------------- opening
static enum pt_status open_executor(struct pt_run_job *run, struct pt_error *error)
{
    const struct pt_run_about *about = &run->about;
    const struct pt_job_spec spec = {
        .id = run->id,
        .command = (const char *const *)about->words,
        .resume_command = about->resume_words,
        .mode = about->mode,
        .checkpoint_signal = about->checkpoint_signal,
        .checkpoint_wait_seconds = about->checkpoint_wait_seconds,
        .checkpoint_file = run->choice.checkpoint_file,
        .grace_seconds = about->grace_seconds,
        .options = run->choice.executor_options.texts,
    };
    const char *name = run->choice.executor != NULL ? run->choice.executor : "local";
    enum pt_status status = pt_executor_open(name, &spec, &run->executor, error);
    if (status == PT_CORRUPT) { // put aside: a new one
        fprintf(stderr, "powertrain run: warning: %s\n", error->message);
        status = pt_executor_open(name, &spec, &run->executor, error);
    }
    return status;
}

static enum pt_status prepare(struct pt_run_job *run, struct pt_error *error)
{
    enum pt_status status = pt_run_clock_open(error);
    if (status == PT_OK)
        status = pt_run_about_make(run->arena, &run->choice, run->about.words, &run->about, error);
    if (status == PT_OK)
        status = make_task(run, error);
    if (status == PT_OK)
        status = name_job(run, error);
    if (status == PT_OK && run->choice.dry_run)
        return pt_run_deadline(run->choice.deadline, pt_run_now(), &run->task.deadline_ns, error);
    if (status == PT_OK)
        status = open_executor(run, error); // first the lock, then the journal
    if (status == PT_OK)
        status = open_journal(run, error);
    if (status == PT_OK)
        status = check_duration(run, error);
    if (status == PT_OK)
        status = pt_run_meter_open(&run->meter, &run->choice, run->task.watts, error);
    if (status == PT_OK)
        status = pt_run_output_open(&run->output, &run->choice, run->folder, run->id, !run->goes_on,
                                    error);
    return status;
}

static enum pt_status read_prices(struct pt_run_job *run, struct pt_error *error)
{
    int64_t since_ns = run->journal.created_ns > 0 ? run->journal.created_ns : pt_run_now();
    enum pt_status status =
        pt_run_prices_read(&run->prices, &run->choice, since_ns, run->task.deadline_ns, error);
    if (status == PT_OK && run->prices.trouble[0] != '\0' && !run->choice.dry_run)
        fprintf(stderr, "powertrain run: warning: %s\n", run->prices.trouble);
    return status;
}

static int execute(struct pt_run_job *run)
{
    char deadline[48];
    struct pt_error error;
    if (pt_run_poll(run, &error) != PT_OK) {
        pt_exit_with(run->verb, error.status, &error);
        return PT_EXIT_WRAPPER_FAILED;
    }
    if (run->goes_on) {
        fprintf(stderr, "powertrain run: job %s goes on; deadline %s\n", run->id,
                pt_run_format_time(run->task.deadline_ns, deadline));
        pt_run_account_gap(run);
    }
    return pt_run_loop(run);
}

static void close_run(struct pt_run_job *run)
{
    pt_steer_close(&run->steer);
    pt_run_meter_close(&run->meter);
    if (run->output.out_path[0] != '\0')
        pt_run_output_close(&run->output);
    pt_executor_close(run->executor);
    pt_run_journal_close(&run->journal);
    pt_run_prices_close(&run->prices);
    pt_arena_destroy(run->ahead_arena);
    pt_arena_destroy(run->arena);
}

static int run_command(struct pt_run_job *run)
{
    struct pt_error error;
    int code = PT_EXIT_WRAPPER_FAILED;
    run->arena = pt_arena_create();
    enum pt_status status =
        run->arena != NULL ? prepare(run, &error) : pt_fail(&error, PT_NO_MEMORY, "no memory");
    if (status == PT_OK)
        status = read_prices(run, &error);
    if (status != PT_OK) {
        code = pt_exit_with(run->verb, status, &error);
        code = run->choice.dry_run ? code : PT_EXIT_WRAPPER_FAILED;
    } else {
        code = run->choice.dry_run ? pt_run_show_plan(run) : execute(run);
    }
    close_run(run);
    return code;
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct pt_run_job job = {.verb = verb,
                             .choice = {.carbon_price = NAN, .watts = NAN, .suspended_watts = NAN}};
    struct pt_run_choice *chosen = &job.choice;
    const struct pt_option options[] = {
        {"deadline", 'd', PT_OPTION_TEXT, &chosen->deadline, "TIME",
         "\"tomorrow 08:00\", \"fri 18:00\", +14h, \"2026-11-25 08:00\"; local time"},
        {"duration", 0, PT_OPTION_TEXT, &chosen->duration, "DURATION",
         "how long the command runs; else from the ledger, the plan of powertrain train, or "
         "progress"},
        {"optimize", 0, PT_OPTION_TEXT, &chosen->optimize, "WHAT",
         "cost (default), carbon, energy, or both"},
        {"carbon-price", 0, PT_OPTION_NUMBER, &chosen->carbon_price, "AMOUNT",
         "of a tonne of CO2e, for --optimize both"},
        {"prices", 'p', PT_OPTION_TEXT, &chosen->prices, "FEED:ZONE",
         "energy-charts:DE-LU, csv:prices.csv (powertrain prices --list)"},
        {"carbon", 0, PT_OPTION_TEXT, &chosen->carbon, "FEED:ZONE", "carbon intensity"},
        {"tariff", 't', PT_OPTION_TEXT, &chosen->tariff, "FILE",
         "contract in YAML (docs/tariff-yaml.md)"},
        {"region", 'r', PT_OPTION_TEXT, &chosen->region, "CODE",
         "country or region: yearly means (powertrain grids)"},
        {"suspend", 0, PT_OPTION_TEXT, &chosen->suspend, "HOW", "freeze, restart or never"},
        {"resume-command", 0, PT_OPTION_TEXT, &chosen->resume_command, "COMMAND",
         "restart: goes on with it, by sh (default: the command, POWERTRAIN_RESUME=1)"},
        {"checkpoint-signal", 0, PT_OPTION_TEXT, &chosen->checkpoint_signal, "SIGNAL",
         "restart: asks for a checkpoint (default: TERM ends it)"},
        {"checkpoint-wait", 0, PT_OPTION_TEXT, &chosen->checkpoint_wait, "DURATION",
         "for it to end after the signal (default 10m)"},
        {"checkpoint-file", 0, PT_OPTION_TEXT, &chosen->checkpoint_file, "FILE",
         "written anew when the checkpoint is done"},
        {"resume-time", 0, PT_OPTION_TEXT, &chosen->resume_time, "DURATION",
         "that a start takes before it goes on (default 0)"},
        {"grace", 0, PT_OPTION_TEXT, &chosen->grace, "DURATION", "from TERM to KILL (default 30s)"},
        {"watts", 0, PT_OPTION_NUMBER, &chosen->watts, "W",
         "while it runs; else from the ledger, then metered"},
        {"suspended-watts", 0, PT_OPTION_NUMBER, &chosen->suspended_watts, "W",
         "while it waits or is suspended, if the machine is on only for it"},
        {"progress-regex", 0, PT_OPTION_TEXT, &chosen->progress_regex, "REGEX",
         "its progress in its output: 'step (\\d+)/(\\d+)' or '(\\d+)%'"},
        {"progress", 0, PT_OPTION_FLAG, &chosen->progress, NULL,
         "it tells its steps itself, by \"step 17/400\" (docs/phases.md)"},
        {"job", 'j', PT_OPTION_TEXT, &chosen->job, "NAME", "(default: from command and folder)"},
        {"executor", 0, PT_OPTION_TEXT, &chosen->executor, "NAME",
         "who runs it: local (default), systemd, slurm, kubernetes"},
        {"executor-option", 0, PT_OPTION_LIST, &chosen->executor_options, "WORD",
         "for it (docs/clusters.md); may be repeated"},
        {"inherit-output", 0, PT_OPTION_FLAG, &chosen->inherit_output, NULL,
         "the command writes to our streams itself; it may not outlive them"},
        {"sensor", 's', PT_OPTION_TEXT, &chosen->sensor, "NAME",
         "instead of the best that works; none: by --watts"},
        {"ledger", 'l', PT_OPTION_TEXT, &chosen->ledger, "PATH",
         "another ledger; none: do not write"},
        {"output", 'o', PT_OPTION_TEXT, &chosen->output, "FILE",
         "the bill goes there, not to standard error"},
        {"dry-run", 'n', PT_OPTION_FLAG, &chosen->dry_run, NULL, "print the plan, run nothing"},
        {"json", 0, PT_OPTION_FLAG, &chosen->json, NULL, "plan, bill or list as JSON"},
        {"quiet", 'q', PT_OPTION_FLAG, &chosen->quiet, NULL, "neither bill nor what happens"},
        {"list", 0, PT_OPTION_FLAG, &chosen->list, NULL, "what is planned, runs, is suspended"},
        {"cancel", 0, PT_OPTION_TEXT, &chosen->cancel, "NAME", "end a job that nobody steers"},
        {"root", 0, PT_OPTION_TEXT, &chosen->root, "DIR", "sensors are looked for below DIR"},
        {0},
    };
    int first, code;
    struct pt_error error;
    if (!pt_parse_options(verb, options, argc, argv, true, &first, &code))
        return code == PT_EXIT_OK ? PT_EXIT_OK : PT_EXIT_WRAPPER_FAILED;
    if (chosen->list || chosen->cancel != NULL) {
        code = pt_run_clock_open(&error) != PT_OK ? pt_exit_with(verb, PT_USAGE, &error)
               : chosen->list                     ? pt_run_list(verb, chosen->json)
                                                  : pt_run_cancel(verb, chosen->cancel);
        return code;
    }
    if (first >= argc) {
        pt_fail(&error, PT_USAGE, "no command: powertrain run --deadline TIME -- COMMAND ...");
        pt_exit_with(verb, PT_USAGE, &error);
        return PT_EXIT_WRAPPER_FAILED;
    }
    job.about.words = argv + first;
    return run_command(&job);
}

const struct pt_verb pt_verb_run = {
    .name = "run",
    .synopsis = "run --deadline TIME [OPTIONS] -- COMMAND ...",
    .summary = "run a command when power is cheap or clean, and prove what it saved",
    .example = "powertrain run --deadline \"tomorrow 08:00\" --prices energy-charts:DE-LU "
               "--duration 6h -- python train.py",
    .run = run,
};
