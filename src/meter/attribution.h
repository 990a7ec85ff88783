// Divides the joules of one channel: by phase as they come, and into ours and others' as soon as
// enough time has passed that the share is known well.
#ifndef PT_METER_ATTRIBUTION_H
#define PT_METER_ATTRIBUTION_H

#include "meter/meter.h"
#include "sensor/cpu_package.h"

struct pt_share {
    double value, low, high; // 0 to 1
    enum pt_share_basis basis;
};

// The share of a process that used cpu_seconds of the machine's busy_seconds, which are known to
// +-tick_seconds. CPU seconds are not equal energy: clock rates, vector width and sharing a core
// make one worth up to 1.5 of another.
struct pt_share pt_busy_share(double cpu_seconds, double busy_seconds, double tick_seconds);

// The share if one unit of ours is worth ratio of theirs.
double pt_share_weighted(double share, double ratio);

// What we claim of a channel's energy (idle.h).
struct pt_claim {
    struct pt_share active;    // of what is drawn above idle
    double idle_share;         // of what is idle; NAN: as what is active
    struct pt_idle_power idle; // NAN: nobody knows what is idle, and idle_share is NAN too
};

// Divides value into idle and the rest, which sum exactly to it: the smaller part is the difference
// of value and the larger, which is exact (Sterbenz). Both NAN if idle is.
void pt_split_exactly(double value, double idle, double *ret_rest, double *ret_idle);

struct pt_attribution {
    int phase_count;
    double pending[PT_PHASES_MAX];         // joules that nobody owns yet
    double pending_seconds[PT_PHASES_MAX]; // in which they were used
    double ours[PT_PHASES_MAX];
    double ours_low, ours_high; // of the sum of ours
    double others;
    // Of what is divided: idle energy, ours of it, and what was divided without knowing what is
    // idle.
    double idle, idle_ours, idle_unknown;
    double idle_of_phase[PT_PHASES_MAX]; // idle_ours by phase
    double by_basis[PT_SHARE_BASES];     // of what is divided: how it was
};

// joules were used while the phases lasted for spent_ns each. All of it to phase current if
// no time has passed.
void pt_attribution_add(struct pt_attribution *attribution, double joules,
                        const int64_t spent_ns[PT_PHASES_MAX], int current);
// joules more of the first phase, in which these seconds went by.
void pt_attribution_fill(struct pt_attribution *attribution, double joules, double seconds);
// Everything that is pending is divided by this claim.
void pt_attribution_settle(struct pt_attribution *attribution, const struct pt_claim *claim);
// The same where it is known already what comes out: share of it is ours, and idle and idle_ours
// are parts of the whole; NAN if nobody knows.
void pt_attribution_settle_as(struct pt_attribution *attribution, struct pt_share share,
                              double idle, double idle_ours);
// The claim to whom nothing is idle: share of everything.
struct pt_claim pt_claim_share(struct pt_share share);
// What comes out for joules that were used in so many seconds.
struct pt_claimed {
    double ours, low, high; // of the joules
    double idle, idle_ours; // NAN: nobody knows
};
struct pt_claimed pt_claim_divide(const struct pt_claim *claim, double joules, double seconds);

// What is ours of one window: of the CPU time of the machine, of that of each package where there
// are several and it is told, and of the memory in use (value NAN: not told).
struct pt_window_share {
    struct pt_share cpu, memory;
    int package_count;
    struct {
        int package; // physical_package_id
        struct pt_share share;
    } packages[PT_PACKAGES_MAX];
};
// Only CPU time is told.
struct pt_window_share pt_window_of_share(double value, double low, double high);
double pt_attribution_pending(const struct pt_attribution *attribution);
double pt_attribution_pending_seconds(const struct pt_attribution *attribution);
double pt_attribution_ours(const struct pt_attribution *attribution);
// How most of it was divided.
enum pt_share_basis pt_attribution_basis(const struct pt_attribution *attribution);

#endif
