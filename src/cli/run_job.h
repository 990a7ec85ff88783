// What powertrain run knows of the job that it steers. For the files cli/run*.c.
#ifndef PT_CLI_RUN_JOB_H
#define PT_CLI_RUN_JOB_H

#include "cli/run_choice.h"
#include "cli/run_prices.h"
#include "cost/bill.h"
#include "job/steer_journal.h"
#include "meter/meter.h"
#include "meter/phase_channel.h"
#include "meter/phase_pattern.h"
#include "schedule/proof.h"

// ------------------------------------------------------------------------------------ run_meter.c
// Whose joules they are while processes come and go.
struct pt_run_meter {
    const struct pt_run_choice *choice;
    struct pt_sensor *sensor;
    struct pt_meter_engine *engine;
    int64_t pid;
    double taken_joules;
    double watts;         // stated or learned; NAN: unknown
    bool has_failed;      // it was said that there is no meter
    char sensor_name[64]; // for the bill
    char source[160];
};
// PT_NOT_FOUND, PT_USAGE, PT_UNAVAILABLE: the sensor that was named. Before anything runs.
enum pt_status pt_run_meter_open(struct pt_run_meter *meter, const struct pt_run_choice *choice,
                                 double watts, struct pt_error *error);
void pt_run_meter_attach(struct pt_run_meter *meter, int64_t pid); // a process of the job
void pt_run_meter_detach(struct pt_run_meter *meter);
// What was used in the seconds (of the date) since the last time; missing if nobody knows.
struct pt_quantity pt_run_meter_take(struct pt_run_meter *meter, enum pt_run_doing doing,
                                     bool has_processes, double seconds);
void pt_run_meter_close(struct pt_run_meter *meter);

// ----------------------------------------------------------------------------------- run_output.c
// What the command writes goes to files, which outlive us, and from there to our own streams.
struct pt_run_output {
    bool inherits;
    char out_path[4096], err_path[4096];
    int out_fd, err_fd; // for reading; -1: none
    struct pt_phase_patterns *patterns;
    struct pt_phase_scanner scanner;
    struct pt_phase_book book;
    struct pt_phase_channel *channel;
    double fraction; // that was said last; NAN: nothing was
};
enum pt_status pt_run_output_open(struct pt_run_output *output, const struct pt_run_choice *choice,
                                  const char *folder, const char *id, bool begins_anew,
                                  struct pt_error *error);
// The command is started between these two: with our streams turned to the files.
enum pt_status pt_run_output_divert(struct pt_run_output *output, int saved[3],
                                    struct pt_error *error);
void pt_run_output_restore(struct pt_run_output *output, const int saved[3]);
// Passes on what is new; the offsets are the journal's.
void pt_run_output_pump(struct pt_run_output *output, struct pt_run_journal *journal);
void pt_run_output_close(struct pt_run_output *output);

// ------------------------------------------------------------------------------------- the job
struct pt_run_job {
    const struct pt_verb *verb;
    struct pt_run_choice choice;
    struct pt_arena *arena;
    struct pt_run_about about;
    struct pt_steer_task task;
    struct pt_run_prices prices;
    const char *folder; // of the journals
    char id[PT_JOB_ID_SIZE];
    struct pt_run_journal journal;
    bool goes_on; // a run that an earlier powertrain began
    struct pt_executor *executor;
    struct pt_job_state job;
    struct pt_run_meter meter;
    struct pt_run_output output;

    struct pt_steer steer;
    struct pt_arena *ahead_arena;
    struct pt_steer_prices ahead;
    struct pt_steer_decision decision;
    int64_t saved_ns, counted_ns; // monotonic
    bool is_ours;                 // the phase is what we have ordered
    bool said_late, said_others, said_disk;
    int interrupts;
    bool parks; // interrupted: once it is parked, we leave

    struct pt_bill bill;
    struct pt_proof proof;
    bool has_proof;
    int64_t run_id; // in the ledger; 0: it is not
    const char *ledger_path;
};

// run_loop.c: until it has ended or we are told to leave; the exit status.
int pt_run_loop(struct pt_run_job *run);
// How the job stands; what ended before this run began is PT_JOB_NEW.
enum pt_status pt_run_poll(struct pt_run_job *run, struct pt_error *error);
struct pt_steer_progress pt_run_progress(const struct pt_run_job *run);
// run_account.c: the time since the last call, as stretches of the journal.
void pt_run_account(struct pt_run_job *run);
// What ran while nobody looked: by the seconds that its supervisor has counted.
void pt_run_account_gap(struct pt_run_job *run);
double pt_run_seconds_of(const struct pt_run_journal *journal, enum pt_run_doing doing);
double pt_run_mean_watts(const struct pt_run_journal *journal); // NAN
// run_bill.c: the bill, the proof, the ledger, and all of it on standard error.
void pt_run_settle(struct pt_run_job *run);
// run_text.c
int pt_run_show_plan(struct pt_run_job *run); // --dry-run; the exit status
void pt_run_print_bill(FILE *stream, const struct pt_run_job *run);
void pt_run_write_bill(FILE *stream, const struct pt_run_job *run);
// The result of a run for the ledger, into an open object.
void pt_run_write_result(const struct pt_run_job *run, struct pt_json_writer *writer);
// run_list.c
int pt_run_list(const struct pt_verb *verb, bool json);
int pt_run_cancel(const struct pt_verb *verb, const char *id);

#endif
