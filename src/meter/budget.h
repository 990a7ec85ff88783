// A budget of energy, money or carbon for a run: how much of it is used, when it will be reached,
// what the whole run will take.
//
// What counts is the bill's total: the value, with the facility's overhead. The bill is sure only
// to an interval, so a budget may be used up before the value reaches it: that the upper end has
// passed is said, once. What happens when the value reaches it is the caller's business.
#ifndef PT_METER_BUDGET_H
#define PT_METER_BUDGET_H

#include "cost/tariff.h"

enum pt_budget_kind { PT_BUDGET_JOULES, PT_BUDGET_MONEY, PT_BUDGET_GRAMS, PT_BUDGET_KINDS };

enum { PT_BUDGETS_MAX = 8 };

struct pt_meter_budget {
    enum pt_budget_kind kind;
    double limit;     // joules, currency units or grams of CO2e; above 0
    char currency[4]; // of money
    char text[32];    // as it was written
};

// "2kWh", "500 Wh", "3MJ", "5EUR", "2kUSD", "250g", "1kgCO2e". PT_BAD_INPUT with what can be
// written.
enum pt_status pt_meter_budget_parse(const char *text, struct pt_meter_budget *ret_budget,
                                     struct pt_error *error);
// Whether the tariff, at this moment, can tell how much of it is used. PT_USAGE: another currency,
// or no price or carbon intensity is known, with the options that give one.
enum pt_status pt_meter_budget_check(const struct pt_meter_budget *budget,
                                     const struct pt_tariff *tariff, int64_t realtime_ns,
                                     struct pt_error *error);
// An amount of this kind as people read it: "1.6 kWh", "3.20 EUR", "410 g CO2e". A buffer of at
// least 64 bytes; returns it.
const char *pt_meter_budget_amount(const struct pt_meter_budget *budget, double amount,
                                   char *buffer);

// What is used so far: the total of the bill.
struct pt_budget_spent {
    double seconds; // since the start of the run
    int64_t realtime_ns;
    struct pt_quantity amounts[PT_BUDGET_KINDS]; // by kind
    double seconds_left;                         // of the run; NAN: nobody knows
};

enum pt_budget_event_kind {
    PT_BUDGET_NEAR,     // 80 % is used
    PT_BUDGET_FORECAST, // the whole run will take more
    PT_BUDGET_DOUBT,    // the upper end of what is used has passed it
    PT_BUDGET_REACHED,  // the value has
    PT_BUDGET_UNKNOWN,  // what is used is no longer known
};

struct pt_budget_event {
    enum pt_budget_event_kind kind;
    const struct pt_meter_budget *budget;
    struct pt_quantity used;
    double seconds;              // of the run so far
    struct pt_quantity forecast; // of the whole run; missing if its length is not known
    int64_t reached_realtime_ns; // at the power so far; 0: not within a month
    bool was_reached_forecast;   // the time is within the run, or its length is not known
};

// The power so far, from a few moments of the run spread evenly over it.
enum { PT_BUDGET_MOMENTS = 64 };
struct pt_budget_watch {
    const struct pt_tariff *tariff;
    int count;
    struct pt_meter_budget budgets[PT_BUDGETS_MAX];
    bool said[PT_BUDGETS_MAX][PT_BUDGET_UNKNOWN + 1];
    int moment_count;
    double stride_seconds; // between moments
    double moments[PT_BUDGET_MOMENTS], joules[PT_BUDGET_MOMENTS];
    double next_seconds; // until the next look is due
};

// tariff is borrowed.
void pt_budget_watch_start(struct pt_budget_watch *watch, const struct pt_tariff *tariff);
// PT_OVERFLOW beyond PT_BUDGETS_MAX.
enum pt_status pt_budget_watch_add(struct pt_budget_watch *watch,
                                   const struct pt_meter_budget *budget, struct pt_error *error);
// What is new since the last look; each kind once for a budget. At most PT_BUDGETS_MAX x kinds.
enum { PT_BUDGET_EVENTS_MAX = PT_BUDGETS_MAX * (PT_BUDGET_UNKNOWN + 1) };
int pt_budget_watch_look(struct pt_budget_watch *watch, const struct pt_budget_spent *spent,
                         struct pt_budget_event *ret_events);

// "budget 2kWh: 80.3 % is used (1.606 kWh after 2 h 5 min); at this power it is reached at 14:32".
// Returns buffer.
enum { PT_BUDGET_TEXT_SIZE = 512 };
const char *pt_budget_event_text(const struct pt_budget_event *event,
                                 char buffer[PT_BUDGET_TEXT_SIZE]);

#endif
