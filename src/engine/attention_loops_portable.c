// The loops of attention for any CPU.

#define TABLE      pt_attention_portable
#define TABLE_NAME "portable"
#include "engine/attention_loops_body.h"
