// Attributes of linear_cross_entropy, in the order of its list.
#ifndef PT_MODEL_LINEAR_CROSS_ENTROPY_H
#define PT_MODEL_LINEAR_CROSS_ENTROPY_H

enum {
    PT_HEAD_OUT_FEATURES,
    PT_HEAD_BIAS,
    PT_HEAD_LABEL_SMOOTHING,
    PT_HEAD_IGNORE_INDEX,
    PT_HEAD_Z_LOSS,
};

#endif
