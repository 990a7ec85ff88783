// powertrain meter --idle and --baseline: whose the idle energy is, and how the bill says so.
#ifndef PT_CLI_METER_IDLE_H
#define PT_CLI_METER_IDLE_H

#include <stdio.h>

#include "base/json_writer.h"
#include "meter/cgroup.h"
#include "meter/idle_baseline.h"
#include "meter/meter.h"

struct pt_idle_choice {
    const char *policy;      // --idle; NULL: auto
    double baseline_seconds; // --baseline; 0: none is measured
};

struct pt_idle_state {
    bool ready, chosen; // the rule is made; by the user, not by auto
    struct pt_idle_rule rule;
    double watts;               // idle, of the machine; if rule.known
    char why[192], source[160]; // of the policy, of the watts
    struct pt_cgroup *cgroup;   // of the command; NULL: it is counted by its process tree
};

// PT_USAGE for a policy that is none.
enum pt_status pt_meter_idle_check(const struct pt_idle_choice *choice, struct pt_error *error);
// Whether the sensor is needed before the command starts: to measure, or because what is asked for
// may be impossible.
bool pt_meter_idle_is_early(const struct pt_idle_choice *choice);
// Makes the rule, once. Fails only if pt_meter_idle_is_early: PT_UNAVAILABLE if the idle watts that
// the policy needs are not known.
enum pt_status pt_meter_idle_resolve(struct pt_idle_state *state,
                                     const struct pt_idle_choice *choice, const char *root,
                                     struct pt_sensor *sensor, struct pt_error *error);
// A control group for the command, where one can be made; else NULL, which is no failure.
void pt_meter_idle_group(struct pt_idle_state *state);
void pt_meter_idle_join(void *state); // in the child; state is a struct pt_idle_state
void pt_meter_idle_close(struct pt_idle_state *state);

// "machine     40.1 J = mine 20.0 J active + 3.4 J idle + others 16.7 J", and why.
void pt_meter_idle_print(FILE *stream, const struct pt_idle_state *state,
                         const struct pt_meter_report *report);
void pt_meter_idle_write(const struct pt_idle_state *state, const struct pt_meter_report *report,
                         struct pt_json_writer *writer);

#endif
