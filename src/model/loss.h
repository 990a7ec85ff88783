// The attributes of the losses, in the order in which they stand.
#ifndef PT_MODEL_LOSS_H
#define PT_MODEL_LOSS_H

enum { PT_LOSS_LABEL_SMOOTHING, PT_LOSS_IGNORE_INDEX }; // cross_entropy
enum { PT_LOSS_POS_WEIGHT };                            // binary_cross_entropy
enum { PT_LOSS_BETA };                                  // smooth_l1

#endif
