// What the thread of meter_outputs.c writes. For its members.
#ifndef PT_CLI_METER_OUTPUTS_WRITE_H
#define PT_CLI_METER_OUTPUTS_WRITE_H

#include "cli/meter_outputs.h"

// Asks again whether we count the machine of our job.
void pt_outputs_elect(struct pt_meter_outputs *outputs);
// A line of the record that describes the run.
void pt_outputs_write_run(struct pt_meter_outputs *outputs);
// Everything, as of now.
void pt_outputs_write_period(struct pt_meter_outputs *outputs);
// The file of --openmetrics as of outputs->last, also for whoever asks the port.
enum pt_status pt_outputs_write_openmetrics(struct pt_meter_outputs *outputs,
                                            const struct pt_bill *bill,
                                            const struct pt_record_end *end,
                                            struct pt_error *error);

#endif
