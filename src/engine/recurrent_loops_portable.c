// The loops of the recurrent layers for any CPU.

#define TABLE      pt_recurrent_portable
#define TABLE_NAME "portable"
#include "engine/recurrent_body.h"
