// A record as functions of time.
#ifndef PT_METER_RECORD_CURVE_H
#define PT_METER_RECORD_CURVE_H

#include "meter/record_set.h"

enum pt_record_quantity {
    PT_RECORD_OURS,
    PT_RECORD_MACHINE,
    PT_RECORD_CHANNEL_MACHINE,
    PT_RECORD_CHANNEL_OURS,
    PT_RECORD_PHASE,
};

// Joules between two times of the boot's monotonic clock, which lie in the run; index is that of
// the channel or the phase. Never negative; NAN unknown.
double pt_record_joules_between(const struct pt_record_entry *entry,
                                enum pt_record_quantity quantity, int index, int64_t from_ns,
                                int64_t to_ns);

#endif
