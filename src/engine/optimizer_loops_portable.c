// The loops of the optimizers for any CPU.

#define TABLE      pt_optimizer_loops_portable
#define TABLE_NAME "portable"
#include "engine/optimizer_loops_body.h"
