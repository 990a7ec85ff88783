// The guard of a budget: looks now and then at what a running command has used, says when it comes
// near, and pauses or stops it when it is used up.
#ifndef PT_CLI_METER_BUDGET_H
#define PT_CLI_METER_BUDGET_H

#include <pthread.h>

#include "base/json_writer.h"
#include "cli/verb.h"
#include "cost/bill.h"
#include "meter/budget.h"
#include "meter/phase_book.h"

// What the command line says.
struct pt_budget_choice {
    struct pt_option_list budgets;
    const char *on_budget;       // "warn", "pause", "stop"; NULL: warn
    const char *grace;           // duration; NULL: 30s
    const char *expect_duration; // NULL: not known
};

enum pt_budget_action { PT_BUDGET_WARN, PT_BUDGET_PAUSE, PT_BUDGET_STOP };

// What is guarded; all borrowed.
struct pt_budget_target {
    struct pt_meter_engine *meter;
    int pid;                    // of the command
    int64_t since_ns;           // it runs since then
    const char *cgroup;         // of version 2, that holds it and all it started; NULL: none
    struct pt_phase_book *book; // what it says of its steps; NULL: nothing
};

struct pt_budget_guard {
    struct pt_budget_watch watch; // watch.count is 0 without a budget, and all else does nothing
    enum pt_budget_action action;
    double grace_seconds, expected_seconds; // NAN: not known
    const struct pt_tariff *tariff;         // borrowed
    struct pt_budget_target target;

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool has_thread, ending; // ending is under the lock

    // What became of it, once the thread has ended.
    int reached;                // index of the budget that was used up first; -1: none
    double reached_seconds;     // of the run
    bool acted, killed, lifted; // it was paused or stopped; by KILL; somebody let it go on
    double paused_seconds;
    struct pt_quantity used[PT_BUDGETS_MAX]; // at the end
};

// Before anything runs. PT_USAGE, PT_BAD_INPUT with the mistake.
enum pt_status pt_budget_guard_open(struct pt_budget_guard *guard,
                                    const struct pt_budget_choice *choice,
                                    const struct pt_tariff *tariff, struct pt_error *error);
// The command runs. PT_NO_MEMORY, PT_IO: no thread can be had.
enum pt_status pt_budget_guard_start(struct pt_budget_guard *guard,
                                     const struct pt_budget_target *target, struct pt_error *error);
// Before the meter is finished; also if it was never started.
void pt_budget_guard_stop(struct pt_budget_guard *guard);
// What the bill says is used.
void pt_budget_guard_settle(struct pt_budget_guard *guard, const struct pt_bill *bill);

// Lines of the bill, and the array "budgets" in an open object; nothing without a budget.
void pt_budget_guard_print(FILE *stream, const struct pt_budget_guard *guard);
void pt_budget_guard_write_json(const struct pt_budget_guard *guard, struct pt_json_writer *writer);

#endif
