// Libraries that are opened while the program runs: it works without them, and linking them would
// cost every start the time to load them.
#ifndef PT_BASE_SHARED_LIBRARY_H
#define PT_BASE_SHARED_LIBRARY_H

#include "base/status.h"

struct pt_library_symbol {
    const char *name;
    size_t offset; // of the function pointer in the table
    bool optional; // NULL in the table if the library is too old for it
};

// Opens the first of names (NULL-terminated) that there is and fills table by symbols (the last has
// no name). Looks in folder, or where the loader looks if it is NULL. PT_UNAVAILABLE: there is
// none; PT_CORRUPT: it lacks a function. The library stays loaded until the program ends, since
// some start threads that never stop.
enum pt_status pt_shared_library_open(const char *folder, const char *const *names,
                                      const struct pt_library_symbol *symbols, void *table,
                                      struct pt_error *error);

#endif
