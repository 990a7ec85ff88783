// What powertrain meter writes while the command runs, once a second, by a thread of its own: the
// record, the samples as CSV, OpenMetrics as a file and on a port; and which of several meters of a
// job on this node counts the machine. docs/records.md.
#ifndef PT_CLI_METER_OUTPUTS_H
#define PT_CLI_METER_OUTPUTS_H

#include <pthread.h>

#include "base/json_writer.h"
#include "cost/bill.h"
#include "job/job.h"
#include "ledger/ledger.h"
#include "meter/node_lock.h"
#include "meter/record.h"
#include "report/openmetrics_server.h"

// What the command line says.
struct pt_outputs_choice {
    const char *record;     // FILE; "none"; NULL: in the state directory until it is in the ledger
    const char *record_dir; // or a file of its own in this folder
    const char *run_name;
    const char *csv, *openmetrics;
    int64_t metrics_port; // -1: none
};

// Of the meter, for what is said of the run.
struct pt_outputs_about {
    char **command;
    const char *command_line, *region, *tariff_path, *ledger; // NULL: none is given
    bool no_ledger;
};

struct pt_meter_outputs {
    struct pt_outputs_choice choice;
    struct pt_arena *arena; // borrowed, as all that is not a struct
    struct pt_record_run run;
    bool is_open, keeps_record; // keeps: the user has named it
    const char *record_path;    // NULL: none is written
    struct pt_record_writer *writer;
    struct pt_node_lock node;
    int counted_by; // the process that counts the machine; 0: it is we, or nobody knows
    bool counts_machine, was_counted_elsewhere;
    FILE *csv;
    struct pt_metrics_server *server;

    struct pt_meter_engine *meter;
    const struct pt_sensor *sensor;
    const struct pt_tariff *tariff;
    const char *source;
    int64_t start_ns;
    struct pt_record_state last; // number 0: there is none yet
    double our_watts, machine_watts, csv_seconds;
    // The largest that the counters of OpenMetrics have shown.
    int shown_count;
    struct pt_record_phase shown[PT_PHASES_MAX];
    double shown_cpu_seconds;
    bool warned_record, warned_csv, warned_openmetrics;
    char *line; // PT_RECORD_LINE_MAX

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool has_thread, stopping; // stopping is under the lock
};

// Before anything runs: whatever the user has named is opened, and the command's environment tells
// of this run.
enum pt_status pt_meter_outputs_open(struct pt_meter_outputs *outputs,
                                     const struct pt_outputs_choice *choice,
                                     const struct pt_outputs_about *about, struct pt_arena *arena,
                                     struct pt_error *error);
// The command runs since start_ns.
enum pt_status pt_meter_outputs_start(struct pt_meter_outputs *outputs,
                                      struct pt_meter_engine *meter, const struct pt_sensor *sensor,
                                      const struct pt_tariff *tariff, int64_t start_ns,
                                      struct pt_error *error);
void pt_meter_outputs_stop(struct pt_meter_outputs *outputs); // before the meter is finished
// The last line of everything. meter is finished; report and bill are final.
void pt_meter_outputs_finish(struct pt_meter_outputs *outputs, const struct pt_meter_report *report,
                             const struct pt_job_result *result, const struct pt_bill *bill);
// For the ledger; texts live in the arena and in the run.
struct pt_run_origin pt_outputs_origin_of(struct pt_arena *arena, const struct pt_record_run *run);
// The run is in the ledger: a record that the user has not named is no longer needed.
void pt_meter_outputs_settled(struct pt_meter_outputs *outputs);
void pt_meter_outputs_close(struct pt_meter_outputs *outputs);

// Lines of the bill, and the object "record" in an open object.
void pt_meter_outputs_print(FILE *stream, const struct pt_meter_outputs *outputs);
void pt_meter_outputs_write_json(const struct pt_meter_outputs *outputs,
                                 struct pt_json_writer *writer);

#endif
