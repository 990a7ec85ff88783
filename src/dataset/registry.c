// The kinds of `data:`.

#include <stddef.h>

#include "dataset/internal.h"

const struct pt_dataset_source *const pt_dataset_sources[] = {
    &pt_dataset_source_idx,
    &pt_dataset_source_csv,
    &pt_dataset_source_images,
    &pt_dataset_source_series,
    &pt_dataset_source_text,
    &pt_dataset_source_tokens,
    NULL,
};
