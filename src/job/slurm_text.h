// Reads what Slurm's programs print. Untrusted text: nothing is believed that does not parse.
#ifndef PT_JOB_SLURM_TEXT_H
#define PT_JOB_SLURM_TEXT_H

#include "job/remote.h"

// A line of `scontrol show job -o`. start_count of ret_look is Restarts. *ret_frozen_by_signal:
// stopped by a signal (STOPPED), not by scontrol (SUSPENDED). PT_CORRUPT: that is no job.
enum pt_status pt_slurm_read_job(const char *line, struct pt_remote_look *ret_look,
                                 bool *ret_frozen_by_signal, struct pt_error *error);
// Lines "State|ExitCode|ElapsedRaw" of `sacct -n -P`; the last one counts. PT_NOT_FOUND: no line.
enum pt_status pt_slurm_read_accounting(const char *text, struct pt_remote_look *ret_look,
                                        struct pt_error *error);
// The answer of `sbatch --parsable`: "1234" or "1234;cluster". False: it is none.
bool pt_slurm_read_number(const char *text, char *handle, size_t size);
// Finds tag among the lines "1234 tag" of squeue. False: it is not there.
bool pt_slurm_find_tag(const char *text, const char *tag, char *handle, size_t size);
// How often a job had been started before it was submitted, from a tag
// "powertrain:NAME:TIME:COUNT" in the comment of the job; 0 without one.
int64_t pt_slurm_tag_count(const char *line);

#endif
