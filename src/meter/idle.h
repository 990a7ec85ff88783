// Who pays for what a machine draws while it does nothing.
//
// The energy of a channel in a window is E, of it I = idle watts x time idle energy, at most E.
// Ours is (E - I) x our share of what is drawn above idle + I x our share of what is idle. The
// policies differ in the two shares alone, so that the rows of every one of them add up to the
// machine:
//
//   policy       above idle   idle                  needs idle watts
//   whole        1            1                     no
//   busy-share   s            s                     no
//   reservation  s            what is reserved      yes
//   active       s            0                     yes
//   marginal     1            0                     yes, measured just before: the baseline
//
// s is the share of CPU time, of memory or of a GPU (meter.h).
#ifndef PT_METER_IDLE_H
#define PT_METER_IDLE_H

#include "sensor/sensor.h"

#define PT_IDLE_POLICY_LIST(X)                                                                     \
    X(BUSY_SHARE, "busy-share", "idle energy goes to whoever was busy")                            \
    X(WHOLE, "whole", "all that the machine used")                                                 \
    X(RESERVATION, "reservation", "idle energy by what is reserved")                               \
    X(ACTIVE, "active", "only what is drawn above idle")                                           \
    X(MARGINAL, "marginal", "what came on top of the baseline")
enum pt_idle_policy {
#define X(name, word, text) PT_IDLE_##name,
    PT_IDLE_POLICY_LIST(X)
#undef X
        PT_IDLE_POLICIES
};
const char *pt_idle_policy_word(enum pt_idle_policy policy);
const char *pt_idle_policy_text(enum pt_idle_policy policy);
// False if word is none; "auto" is none either, for it chooses one (allocation.h).
bool pt_idle_policy_parse(const char *word, enum pt_idle_policy *ret_policy);
bool pt_idle_policy_needs_watts(enum pt_idle_policy policy);

// What a channel draws while nothing runs; NAN: not known.
struct pt_idle_power {
    double watts, low, high;
};

// How a run is divided. Zero is busy share, of which nobody knows what is idle.
struct pt_idle_rule {
    enum pt_idle_policy policy;
    bool known; // power is told, for all channels that add up
    struct pt_idle_power power[PT_CHANNELS_MAX];
    double reserved_cpu;    // of PT_IDLE_RESERVATION: share of the machine's CPUs, 0 to 1,
    double reserved_memory; // and of its memory
    bool gpus_told;         // it says which GPUs are reserved
    uint32_t gpus;          // a bit for each
};

#endif
