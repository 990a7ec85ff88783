// The loops of pooling for any CPU.

#define TABLE      pt_pool_portable
#define TABLE_NAME "portable"
#include "engine/pool_body.h"
