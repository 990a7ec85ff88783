// What powertrain run has done so far, on the disk: killed at any moment and started again with the
// same command line, it goes on, and its bill is that of one run.
//
// One file for each job, $XDG_STATE_HOME/powertrain/runs/NAME.json, written whole or not at all and
// for its owner only. Beside it stand NAME.out and NAME.err: what the command has written.
#ifndef PT_JOB_STEER_JOURNAL_H
#define PT_JOB_STEER_JOURNAL_H

#include "base/arena.h"
#include "base/quantity.h"
#include "job/state.h"

enum pt_run_doing { PT_RUN_WAITING, PT_RUN_RUNNING, PT_RUN_SUSPENDED };
extern const char *const pt_run_doings[]; // "waiting", "running", "suspended", NULL

// A stretch of time within one slot of prices.
struct pt_run_interval {
    enum pt_run_doing doing;
    int64_t from_ns, to_ns;
    struct pt_quantity joules;
    double price, carbon; // per kWh, as known when it was; NAN
};

enum { PT_RUN_INTERVALS_MAX = 200000 };

struct pt_run_journal {
    char id[PT_JOB_ID_SIZE];
    char uid[96];     // of the run, for the ledger
    bool is_settled;  // the command has ended and the bill is made
    int64_t begun_ns; // by the system's clock: jobs of before are not this run's
    int64_t created_ns, deadline_ns, accounted_ns;
    char *deadline_text, *command_line; // malloced
    double work_seconds, watts;         // NAN: unknown
    double fraction;                    // of the work, as the command says; NAN
    double run_seconds;                 // of the job, when accounted
    double discarded_seconds;           // of running, lost with its processes: it had to begin anew
    int64_t suspension_count, resume_count, out_offset, err_offset;
    int64_t next_change_ns; // expected; 0: none
    bool next_runs;
    int64_t finish_ns; // expected; 0: unknown
    int64_t interval_count, interval_capacity;
    struct pt_run_interval *intervals; // malloced
};

// $XDG_STATE_HOME/powertrain/runs, made if there is none.
enum pt_status pt_run_folder(struct pt_arena *arena, const char **ret_folder,
                             struct pt_error *error);
// PT_NOT_FOUND: there is none; PT_CORRUPT: it is damaged, and was renamed.
enum pt_status pt_run_journal_load(const char *folder, const char *id,
                                   struct pt_run_journal *ret_journal, struct pt_error *error);
enum pt_status pt_run_journal_parse(const char *text, size_t length, const char *name,
                                    struct pt_run_journal *ret_journal, struct pt_error *error);
enum pt_status pt_run_journal_save(const char *folder, const struct pt_run_journal *journal,
                                   struct pt_error *error);
char *pt_run_journal_write(const struct pt_run_journal *journal, size_t *ret_length);
void pt_run_journal_close(struct pt_run_journal *journal);

// Adds a stretch, to the last one if it goes on in the same slot. PT_OVERFLOW: too many.
enum pt_status pt_run_journal_add(struct pt_run_journal *journal,
                                  const struct pt_run_interval *interval, int64_t slot_ns,
                                  struct pt_error *error);

#endif
