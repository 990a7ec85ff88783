// Takes the one file out of a ZIP archive that is in memory.
#ifndef PT_COST_FEED_ZIP_H
#define PT_COST_FEED_ZIP_H

#include "base/arena.h"

// The first member, stored or deflated. limit is on what comes out, so that a small archive cannot
// become a large one; a NUL is put behind it. PT_CORRUPT for what is no archive, is cut off or does
// not fit its checksum; PT_OVERFLOW beyond the limit; PT_UNSUPPORTED for encryption, other methods
// and ZIP64.
enum pt_status pt_zip_first(struct pt_arena *arena, const char *bytes, size_t length, size_t limit,
                            const char **ret_name, const char **ret_bytes, size_t *ret_length,
                            struct pt_error *error);

#endif
