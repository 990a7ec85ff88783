// The kinds of `data:`.

#include <stddef.h>

#include "dataset/internal.h"

const struct pt_dataset_source *const pt_dataset_sources[] = {
    &pt_dataset_source_idx,
    &pt_dataset_source_csv,
    NULL,
};
