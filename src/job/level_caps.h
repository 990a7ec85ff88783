// The part of a level (executor.h) that is the machine's: caps of GPUs and processors.
#ifndef PT_JOB_LEVEL_CAPS_H
#define PT_JOB_LEVEL_CAPS_H

#include "job/executor.h"

struct pt_level_caps;

// Makes *caps (NULL at first) when a cap is wanted for the first time. What cannot be done is told
// in ret_outcome; NAN gives back what an earlier level has set.
void pt_level_caps_apply(struct pt_level_caps **caps, const struct pt_job_spec *spec,
                         const struct pt_job_level *level,
                         struct pt_job_level_outcome *ret_outcome);
void pt_level_caps_close(struct pt_level_caps *caps); // gives all back; accepts NULL

#endif
