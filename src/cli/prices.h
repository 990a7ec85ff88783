// What `powertrain prices` prints.
#ifndef PT_CLI_PRICES_H
#define PT_CLI_PRICES_H

#include "cost/feed.h"

struct pt_prices {
    struct pt_arena *arena;
    const struct pt_series *series;
    struct pt_feed_info info;
    int64_t now_ns;
};

// A row for each interval with a bar; means of hours or days if there are many.
void pt_prices_print_text(const struct pt_prices *prices);
void pt_prices_print_csv(const struct pt_prices *prices);
void pt_prices_print_json(const struct pt_prices *prices);
enum pt_status pt_prices_print_list(struct pt_arena *arena, bool json, struct pt_error *error);

#endif
