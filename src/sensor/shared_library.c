// See shared_library.h.

#include "sensor/shared_library.h"

enum pt_status pt_library_open(const struct pt_sensor_options *options, const char *const *names,
                               const struct pt_library_symbol *symbols, void *table,
                               struct pt_error *error)
{
    bool below_root = options->root != NULL && options->root[0] != '\0';
    if (below_root && options->library_folder == NULL)
        return pt_fail(error, PT_UNAVAILABLE,
                       "%s: libraries are not loaded below a root (%s), since they would be run",
                       names[0], options->root);
    return pt_shared_library_open(options->library_folder, names, symbols, table, error);
}
