// The loops of normalizations for any CPU.

#define TABLE      pt_norm_portable
#define TABLE_NAME "portable"
#include "engine/norm_body.h"
