// What is known of a command before it runs: from its options, from earlier runs in the ledger,
// from the plan of our own trainer. Nothing is guessed.

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"
#include "cli/command_line.h"
#include "cli/run_choice.h"
#include "cli/run_setup.h"
#include "ledger/ledger.h"

enum { RUNS_LOOKED_AT = 1000, WORDS_MAX = 4096 };

static int count_words(char **words)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

// ------------------------------------------------------------------------------------- options
static enum pt_status duration(const char *option, const char *text, double least,
                               double *ret_seconds, struct pt_error *error)
{
    if (text == NULL)
        return PT_OK;
    double seconds;
    if (!pt_parse_duration(text, &seconds) || seconds < least || seconds > 366 * PT_SECONDS_PER_DAY)
        return pt_fail(error, PT_USAGE, "--%s %s is no duration: 6h, 1h30m, 90s", option, text);
    *ret_seconds = seconds;
    return PT_OK;
}

static enum pt_status signal_named(const char *text, int *ret_signal, struct pt_error *error)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"TERM", SIGTERM},
                   {"INT", SIGINT},   {"HUP", SIGHUP},   {"ALRM", SIGALRM}};
    const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
    int64_t number;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcasecmp(name, signals[i].name) == 0) {
            *ret_signal = signals[i].number;
            return PT_OK;
        }
    if (pt_parse_int64(text, &number) && number > 0 && number < SIGRTMAX) {
        *ret_signal = (int)number;
        return PT_OK;
    }
    return pt_fail(error, PT_USAGE, "--checkpoint-signal %s is none: USR1, USR2, TERM, INT, HUP",
                   text);
}

// A resume command is a line for the shell.
static enum pt_status split_resume(struct pt_arena *arena, const char *line,
                                   const char *const **ret_words, struct pt_error *error)
{
    const char **words = pt_arena_alloc(arena, 4, sizeof *words);
    if (words == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the resume command");
    if (line[strspn(line, " \t")] == '\0')
        return pt_fail(error, PT_USAGE, "--resume-command is empty");
    words[0] = "sh";
    words[1] = "-c";
    words[2] = pt_arena_strdup(arena, line);
    *ret_words = words;
    return words[2] != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory");
}

static enum pt_status choose_mode(const struct pt_run_choice *choice, struct pt_run_about *about,
                                  struct pt_error *error)
{
    const char *text = choice->suspend;
    bool restarts = about->is_own_trainer || choice->resume_command != NULL ||
                    choice->checkpoint_signal != NULL;
    about->interruptible = true;
    about->mode = restarts ? PT_SUSPEND_RESTART : PT_SUSPEND_FREEZE;
    if (text == NULL)
        return PT_OK;
    if (strcmp(text, "never") == 0)
        about->interruptible = false;
    else if (strcmp(text, "freeze") == 0)
        about->mode = PT_SUSPEND_FREEZE;
    else if (strcmp(text, "restart") == 0)
        about->mode = PT_SUSPEND_RESTART;
    else
        return pt_fail(error, PT_USAGE, "--suspend %s: freeze, restart or never", text);
    if (about->mode == PT_SUSPEND_RESTART && about->interruptible && !restarts)
        return pt_fail(error, PT_USAGE,
                       "--suspend restart ends the command and starts it again: say how it goes on "
                       "with --resume-command, or that it finds its checkpoint itself with "
                       "--checkpoint-signal");
    return PT_OK;
}

static enum pt_status suspension(struct pt_arena *arena, const struct pt_run_choice *choice,
                                 struct pt_run_about *about, struct pt_error *error)
{
    enum pt_status status = choose_mode(choice, about, error);
    about->grace_seconds = about->is_own_trainer ? 600 : 30;
    about->checkpoint_wait_seconds = choice->checkpoint_signal != NULL ? 600 : 0;
    if (status == PT_OK && choice->checkpoint_signal != NULL)
        status = signal_named(choice->checkpoint_signal, &about->checkpoint_signal, error);
    if (status == PT_OK)
        status = duration("checkpoint-wait", choice->checkpoint_wait, 0,
                          &about->checkpoint_wait_seconds, error);
    if (status == PT_OK)
        status = duration("grace", choice->grace, 0, &about->grace_seconds, error);
    if (status == PT_OK)
        status = duration("resume-time", choice->resume_time, 0, &about->resume_seconds, error);
    if (status == PT_OK && choice->resume_command != NULL)
        status = split_resume(arena, choice->resume_command, &about->resume_words, error);
    return status;
}

// ---------------------------------------------------------------------------------- our trainer
static bool is_own_trainer(char **words)
{
    const char *slash = strrchr(words[0], '/');
    const char *name = slash != NULL ? slash + 1 : words[0];
    return strcmp(name, "powertrain") == 0 && words[1] != NULL && strcmp(words[1], "train") == 0;
}

static enum pt_status resume_trainer(struct pt_arena *arena, char **words,
                                     struct pt_run_about *about, struct pt_error *error)
{
    int count = count_words(words);
    const char **resume = pt_arena_alloc(arena, (size_t)count + 2, sizeof *resume);
    if (resume == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a command of %d words", count);
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "--resume") == 0)
            return PT_OK;
        resume[i < 2 ? i : i + 1] = words[i];
    }
    resume[2] = "--resume";
    about->resume_words = resume;
    return PT_OK;
}

// The value of an option of the command, or NULL.
static const char *option_of(char **words, const char *option)
{
    size_t length = strlen(option);
    for (int i = 2; words[i] != NULL; i++) {
        if (strcmp(words[i], option) == 0)
            return words[i + 1];
        if (strncmp(words[i], option, length) == 0 && words[i][length] == '=')
            return words[i] + length + 1;
    }
    return NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

// The plan that `powertrain plan` would print; without one (no calibration, no data) the duration
// is as unknown as that of any command.
static void ask_plan(const struct pt_run_choice *choice, char **words, struct pt_run_about *about)
{
    struct pt_run_options options = {.ledger = choice->ledger, .root = choice->root};
    struct pt_run_setup setup;
    const char *epochs = option_of(words, "--epochs");
    for (int i = 2; words[i] != NULL && options.path == NULL; i++)
        if (ends_with(words[i], ".yaml") || ends_with(words[i], ".yml"))
            options.path = words[i];
    for (int i = 2; words[i] != NULL && words[i + 1] != NULL; i++)
        if (strcmp(words[i], "--set") == 0 && options.settings.count < PT_OPTION_LIST_MAX)
            options.settings.texts[options.settings.count++] = words[i + 1];
    if (options.path == NULL || (epochs != NULL && !pt_parse_int64(epochs, &options.epochs)))
        return;
    if (pt_run_setup_open(&setup, &options, NULL) == PT_OK) {
        if (!isfinite(about->work_seconds) && setup.plan.seconds.value > 0) {
            about->work_seconds = setup.plan.seconds.value;
            about->work_source = "the plan of powertrain train";
        }
        if (!isfinite(about->watts) && setup.plan.watts.value > 0) {
            about->watts = setup.plan.watts.value;
            about->watts_source = "the plan of powertrain train";
        }
    }
    pt_run_setup_close(&setup);
}

// ------------------------------------------------------------------------------------ the ledger
static double number_in(struct pt_arena *arena, const char *json, const char *key)
{
    const struct pt_node *root;
    double value = NAN;
    if (json == NULL || pt_json_parse(arena, json, strlen(json), "result", &root, NULL) != PT_OK ||
        root->kind != PT_NODE_MAPPING ||
        pt_node_get_number(root, key, PT_OPTIONAL, 0, INFINITY, &value, NULL) != PT_OK)
        return NAN;
    return value;
}

// The newest run of the same command line that ended well.
static void ask_ledger(struct pt_arena *arena, const char *path, struct pt_run_about *about)
{
    struct pt_ledger *ledger;
    struct pt_run_record *records;
    int64_t count = 0;
    if ((path != NULL && strcmp(path, "none") == 0) ||
        pt_ledger_open_existing(path, &ledger, NULL) != PT_OK)
        return;
    if (pt_ledger_list(ledger, arena, RUNS_LOOKED_AT, &records, &count, NULL) != PT_OK)
        count = 0;
    for (int64_t i = 0; i < count; i++) {
        const struct pt_run_record *run = &records[i];
        if (run->command == NULL || strcmp(run->command, about->line) != 0 ||
            strcmp(run->status, "finished") != 0)
            continue;
        bool shifted = strcmp(run->kind, "run") == 0;
        double seconds =
            shifted ? number_in(arena, run->result_json, "run_seconds") : run->duration_seconds;
        double watts = shifted         ? number_in(arena, run->result_json, "run_watts")
                       : run->has_bill ? pt_bill_joules(&run->bill.total).value / seconds
                                       : NAN;
        if (!(seconds > 0))
            continue;
        if (!isfinite(about->work_seconds)) {
            about->work_seconds = seconds;
            about->work_source =
                pt_arena_printf(arena, "run %lld in the ledger", (long long)run->id);
        }
        if (!isfinite(about->watts) && watts > 0) {
            about->watts = watts;
            about->watts_source =
                pt_arena_printf(arena, "run %lld in the ledger", (long long)run->id);
        }
        break;
    }
    pt_ledger_close(ledger);
}

static enum pt_status check_watts(const struct pt_run_choice *choice, struct pt_error *error)
{
    if (isfinite(choice->watts) && !(choice->watts > 0 && choice->watts <= 1e9))
        return pt_fail(error, PT_USAGE, "--watts %g: above 0", choice->watts);
    if (isfinite(choice->suspended_watts) &&
        !(choice->suspended_watts >= 0 && choice->suspended_watts <= 1e9))
        return pt_fail(error, PT_USAGE, "--suspended-watts %g: 0 or more", choice->suspended_watts);
    return PT_OK;
}

enum pt_status pt_run_about_make(struct pt_arena *arena, const struct pt_run_choice *choice,
                                 char **words, struct pt_run_about *ret_about,
                                 struct pt_error *error)
{
    struct pt_run_about about = {
        .words = words,
        .line = pt_command_line(arena, count_words(words), words),
        .is_own_trainer = is_own_trainer(words),
        .work_seconds = NAN,
        .watts = choice->watts,
        .watts_source = isfinite(choice->watts) ? "--watts" : NULL,
    };
    if (about.line == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the command line");
    enum pt_status status = check_watts(choice, error);
    if (status == PT_OK)
        status = suspension(arena, choice, &about, error);
    if (status == PT_OK && about.is_own_trainer && about.resume_words == NULL)
        status = resume_trainer(arena, words, &about, error);
    if (status == PT_OK)
        status = duration("duration", choice->duration, 1e-3, &about.work_seconds, error);
    if (status != PT_OK)
        return status;
    if (choice->duration != NULL)
        about.work_source = "--duration";
    ask_ledger(arena, choice->ledger, &about);
    if (about.is_own_trainer && !isfinite(about.work_seconds))
        ask_plan(choice, words, &about);
    if (choice->suspended_watts > 0 && !isfinite(about.watts))
        return pt_fail(error, PT_USAGE,
                       "--suspended-watts %g means something only beside the watts while it runs: "
                       "give --watts too",
                       choice->suspended_watts);
    *ret_about = about;
    return PT_OK;
}
