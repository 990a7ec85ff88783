// How much memory this process may still take without being killed for it.
#ifndef PT_ENGINE_AVAILABLE_MEMORY_H
#define PT_ENGINE_AVAILABLE_MEMORY_H

#include "base/status.h"

// The least of what the system (MemAvailable) and the process's control groups (v2 and v1, with
// their ancestors) leave. Files that the kernel could drop count as free. Paths below root, "" for
// the real ones. INT64_MAX if nothing says anything.
int64_t pt_available_memory(const char *root);

#endif
