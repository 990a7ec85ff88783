// Libraries of vendors, opened while the program runs: it works without them, and linking them
// would ask for a driver to be installed where there is no such hardware.
#ifndef PT_SENSOR_SHARED_LIBRARY_H
#define PT_SENSOR_SHARED_LIBRARY_H

#include "base/shared_library.h"
#include "sensor/sensor.h"

// Opens the first of names (NULL-terminated) that there is and fills table by symbols (the last has
// no name). Looks in options->library_folder, else where the loader looks; below a root without a
// folder there is none: a root may be somebody's snapshot, and a library in it would be run.
// PT_UNAVAILABLE: there is none; PT_CORRUPT: it lacks a function. The library stays loaded until
// the program ends, since some start threads that never stop.
enum pt_status pt_library_open(const struct pt_sensor_options *options, const char *const *names,
                               const struct pt_library_symbol *symbols, void *table,
                               struct pt_error *error);

#endif
