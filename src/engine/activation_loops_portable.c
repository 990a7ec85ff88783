// The loops of activations for any CPU.

#define TABLE      pt_activation_portable
#define TABLE_NAME "portable"
#include "engine/activation_body.h"
