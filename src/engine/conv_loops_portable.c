// The loops of convolutions for any CPU.

#define TABLE pt_conv_loops_portable
#include "engine/conv_loops_body.h"
