// What the command line of powertrain run says, and what is known of a command before it runs.
#ifndef PT_CLI_RUN_CHOICE_H
#define PT_CLI_RUN_CHOICE_H

#include "cli/verb.h"
#include "job/executor.h"
#include "job/steer.h"

struct pt_run_choice {
    const char *deadline, *duration, *optimize;
    double carbon_price, watts, suspended_watts; // NAN: not given
    const char *region, *tariff, *prices, *carbon;
    const char *suspend, *resume_command, *resume_time, *checkpoint_signal, *checkpoint_wait,
        *checkpoint_file, *grace, *progress_regex;
    const char *job, *executor, *sensor, *ledger, *output, *cancel, *root;
    struct pt_option_list executor_options;
    bool dry_run, json, quiet, list, inherit_output, progress;
};

// A command, how it is suspended, and how long it takes.
struct pt_run_about {
    char **words; // of the command; NULL-terminated
    const char *line;
    bool is_own_trainer;
    bool interruptible;
    enum pt_suspend_mode mode;
    int checkpoint_signal;
    double checkpoint_wait_seconds, grace_seconds, resume_seconds;
    const char *const *resume_words; // NULL: the same command
    double work_seconds, watts;      // NAN: not known
    const char *work_source, *watts_source;
};

// "tomorrow 08:00", "today 18:00", "mon 08:00", "08:00" (the next one), "+14h", "2026-11-25 08:00",
// "2026-11-25T08:00:00Z". Without a zone it is local time ($TZ). PT_USAGE with what can be written,
// PT_INFEASIBLE for a moment that is over, PT_BAD_INPUT for one that daylight saving time leaves
// out.
enum pt_status pt_run_deadline(const char *text, int64_t now_ns, int64_t *ret_ns,
                               struct pt_error *error);
// "Wed 25 Nov 08:00" in local time; a buffer of at least 48 bytes. Returns it.
const char *pt_run_format_time(int64_t ns, char *buffer);

// Fills what the options say and what the ledger or the trainer's plan knows. Memory from arena.
enum pt_status pt_run_about_make(struct pt_arena *arena, const struct pt_run_choice *choice,
                                 char **words, struct pt_run_about *ret_about,
                                 struct pt_error *error);

#endif
