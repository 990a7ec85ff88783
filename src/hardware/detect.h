// Which accelerators of the catalogue this machine has, without any vendor's library.
#ifndef PT_HARDWARE_DETECT_H
#define PT_HARDWARE_DETECT_H

#include "hardware/cluster.h"

// The accelerators that drivers list below root: NVIDIA in /proc/driver/nvidia/gpus, AMD and Intel
// in /sys/class/drm. If they are of several kinds, those there are most of. PT_NOT_FOUND: there is
// none, or none that the catalogue knows; the message says what was seen.
enum pt_status pt_cluster_detect(const char *root, struct pt_cluster *ret_cluster,
                                 struct pt_error *error);

#endif
