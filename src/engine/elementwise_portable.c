// The loops over elements for any CPU.

#define TABLE      pt_elementwise_portable
#define TABLE_NAME "portable"
#include "engine/elementwise_body.h"
