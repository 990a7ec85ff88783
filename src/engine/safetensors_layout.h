// The order of a tensor's numbers in files and here, and their types in files.
#ifndef PT_ENGINE_SAFETENSORS_LAYOUT_H
#define PT_ENGINE_SAFETENSORS_LAYOUT_H

#include "engine/safetensors.h"

// True for F32, F16, BF16 and F64: what can become float32.
bool pt_saved_is_number(enum pt_saved_type type);
// The numbers of a file become those of the parameter info here. Sizes must fit.
void pt_layout_load(const struct pt_tensor_info *info, enum pt_saved_type type, const void *file,
                    float *here);
// And back, as F32.
void pt_layout_save(const struct pt_tensor_info *info, const float *here, float *file);

#endif
