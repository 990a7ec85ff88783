// What one update costs per parameter, by kind of optimizer.
#ifndef PT_DEMAND_OPTIMIZER_H
#define PT_DEMAND_OPTIMIZER_H

#include "demand/demand.h"

// How many numbers the optimizer keeps for each parameter: 2 for Adam (m and v).
int pt_optimizer_state_count(const struct pt_demand_options *options);

// Operations and bytes for each parameter.
int64_t pt_optimizer_flop_each(const struct pt_demand_options *options);
int64_t pt_optimizer_bytes_each(const struct pt_demand_options *options);

#endif
