// The tariff of powertrain run: a contract, a feed's prices in it, and a past to forecast from.
#ifndef PT_CLI_RUN_PRICES_H
#define PT_CLI_RUN_PRICES_H

#include "cli/run_choice.h"

struct pt_run_prices {
    struct pt_arena *arena; // of all below; a new one each time they are read
    struct pt_tariff tariff;
    int64_t read_ns;
    char trouble[320]; // why a feed is missing or older than it could be; ""
};

// Reads, or reads again; what was there stays if nothing better comes. since_ns: prices are wanted
// from then on, for a bill. A feed that cannot be had is no failure: *prices says so in trouble.
// PT_USAGE, PT_BAD_INPUT, PT_NOT_FOUND: options or files that are none.
enum pt_status pt_run_prices_read(struct pt_run_prices *prices, const struct pt_run_choice *choice,
                                  int64_t since_ns, int64_t deadline_ns, struct pt_error *error);
void pt_run_prices_close(struct pt_run_prices *prices);

#endif
