// The record of a metered run: a file to which one line is appended every second, so that whatever
// kills the meter takes at most a second of the bill with it.
//
// A line stands alone. It names its run, boot and host, and carries the totals since the start of
// the run, not what the last second added: a line that is missing, damaged, doubled or out of its
// place costs nothing as long as a later one is whole. Each has a CRC-32 (that of zlib). What may
// stand in a line is in docs/records.md.
#ifndef PT_METER_RECORD_H
#define PT_METER_RECORD_H

#include "base/arena.h"
#include "meter/meter.h"
#include "meter/record_job.h"

enum {
    PT_RECORD_UID_SIZE = 33, // 32 hexadecimal digits
    PT_RECORD_NAME_SIZE = 64,
    PT_RECORD_TEXT_SIZE = 512,
    PT_RECORD_ID_SIZE = 96,
    PT_RECORD_LINE_MAX = 65536, // with its line end
};
#define PT_RECORD_PERIOD_SECONDS 1.0

// What the lines of one run have in common.
struct pt_record_run {
    char uid[PT_RECORD_UID_SIZE]; // random
    char boot_id[PT_RECORD_NAME_SIZE];
    char host[PT_RECORD_NAME_SIZE];
    // The rest stands in lines of its own, once a minute; "" or 0 if none of them was whole.
    char parent_uid[PT_RECORD_UID_SIZE]; // of the meter whose command this meter is part of
    char command[PT_RECORD_TEXT_SIZE];   // its beginning, if it is long
    char program[PT_RECORD_NAME_SIZE];
    char sensor[PT_RECORD_NAME_SIZE];
    char source[PT_RECORD_TEXT_SIZE];
    char region[PT_RECORD_NAME_SIZE], tariff[PT_RECORD_TEXT_SIZE]; // as the user gave them
    char ledger[PT_RECORD_TEXT_SIZE];                              // its whole path; "": none
    int64_t pid;
    struct pt_record_job job;
};

// One of the channels that add up to the machine.
struct pt_record_channel {
    char id[PT_RECORD_ID_SIZE]; // scope and device, "gpu:0000:3b:00.0": the same for every reader
    enum pt_channel_scope scope;
    double machine_joules, our_joules; // since the start
    enum pt_provenance provenance;
};

struct pt_record_phase {
    char name[PT_RECORD_NAME_SIZE];
    double seconds;
    struct pt_quantity joules; // ours, since the start
};

// The totals at one moment.
struct pt_record_state {
    int64_t number;                    // of the line in its run, from 1
    int64_t monotonic_ns, realtime_ns; // now
    int64_t start_monotonic_ns;        // of the run, in this boot
    double seconds, cpu_seconds;       // since the start
    double coverage;                   // share of the time covered by good reads
    double suspended_seconds;
    struct pt_quantity joules, machine_joules;
    char phase[PT_RECORD_NAME_SIZE]; // in which most of the last second was spent
    bool counts_machine;             // this meter is the one of its job on this node
    bool gap;                        // a read failed since the last line
    int channel_count, phase_count;
    struct pt_record_channel channels[PT_CHANNELS_MAX];
    struct pt_record_phase phases[PT_PHASES_MAX];
};

// How a run ended.
struct pt_record_end {
    int exit_status, signal;
};

enum pt_record_kind { PT_RECORD_RUN, PT_RECORD_STATE, PT_RECORD_END, PT_RECORD_OTHER };

// One line, with its line end; the length, or 0 if it does not fit.
size_t pt_record_format_run(const struct pt_record_run *run, char *line, size_t size);
size_t pt_record_format_state(const struct pt_record_run *run, const struct pt_record_state *state,
                              char *line, size_t size);
size_t pt_record_format_end(const struct pt_record_run *run, int64_t number,
                            const struct pt_record_end *end, char *line, size_t size);

struct pt_record_line {
    enum pt_record_kind kind; // OTHER: sound, of a newer version
    struct pt_record_run run; // of a state or an end: only uid, boot and host
    struct pt_record_state state;
    struct pt_record_end end;
};
// text without its line end. False if the line is damaged in any way.
bool pt_record_parse(const char *text, size_t length, struct pt_record_line *ret_line);

// Fills uid, boot, host, pid and job from the system and its environment.
enum pt_status pt_record_run_init(struct pt_record_run *run, char *const *environment,
                                  const char *run_name, struct pt_error *error);
// report is of a meter of sensor whose work began at start_ns of the system's monotonic clock;
// phase and gap are told by the difference to *before (NULL: none).
void pt_record_state_of(const struct pt_meter_report *report, const struct pt_sensor *sensor,
                        int64_t start_ns, const struct pt_record_state *before,
                        struct pt_record_state *ret_state);

// ------------------------------------------------------------------------------------- writing
struct pt_record_writer;

// Creates or continues the file, and locks it as long as it is open, so that others can tell a
// record that is being written from one that was left behind. PT_BUSY: somebody else writes it.
enum pt_status pt_record_open(const char *path, struct pt_record_writer **ret_writer,
                              struct pt_error *error);
// Appends a line and flushes it to the disk. After a failure the next line is whole again.
enum pt_status pt_record_append(struct pt_record_writer *writer, const char *line, size_t length,
                                struct pt_error *error);
void pt_record_close(struct pt_record_writer *writer); // accepts NULL

// True if the file at path is not being written; then *ret_fd holds its lock until it is closed.
bool pt_record_is_orphan(const char *path, int *ret_fd);

// $XDG_STATE_HOME/powertrain/records (else ~/.local/state/powertrain/records).
enum pt_status pt_record_directory(struct pt_arena *arena, const char **ret_path,
                                   struct pt_error *error);
// "HOST-UID.record" in directory; job and rank are in it if there are any.
const char *pt_record_path(struct pt_arena *arena, const char *directory,
                           const struct pt_record_run *run);

#endif
