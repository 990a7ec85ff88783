// powertrain meter and what the command says of itself (docs/phases.md): its bill has a row for
// each phase.
#ifndef PT_CLI_METER_PHASES_H
#define PT_CLI_METER_PHASES_H

#include "cli/verb.h"
#include "meter/phase_channel.h"
#include "meter/phase_output.h"

struct pt_json_writer;

struct pt_phases_choice {
    struct pt_option_list regexes; // NAME=REGEX
    const char *phases_of;         // "first", "all" or a process; NULL: first
};

struct pt_meter_phases {
    struct pt_phase_book book;
    bool has_book;
    struct pt_phase_channel *channel;
    struct pt_phase_patterns *patterns; // NULL: nobody reads the output
    struct pt_phase_output *output;
};

// Before the command: PT_USAGE for a pattern or a process that is none. A zeroed *phases; release
// it with _close, also after a failure, and after the meter.
enum pt_status pt_meter_phases_open(struct pt_meter_phases *phases,
                                    const struct pt_phases_choice *choice, struct pt_error *error);
// The command is started between these two; the second may be called again.
enum pt_status pt_meter_phases_prepare(struct pt_meter_phases *phases, struct pt_error *error);
enum pt_status pt_meter_phases_started(struct pt_meter_phases *phases, struct pt_error *error);
// The meter is open: what the command says counts.
enum pt_status pt_meter_phases_listen(struct pt_meter_phases *phases, struct pt_error *error);
// The command has ended, or was never started: its output has gone where it goes.
void pt_meter_phases_ended(struct pt_meter_phases *phases);
void pt_meter_phases_close(struct pt_meter_phases *phases);

// Windows and what else was said; nothing if nothing was.
void pt_meter_phases_print(FILE *stream, const struct pt_meter_phases *phases,
                           const struct pt_meter_report *report);
// "phases", "windows" and "phase_events", into an open object.
void pt_meter_phases_write(const struct pt_meter_phases *phases,
                           const struct pt_meter_report *report, struct pt_json_writer *writer);

#endif
