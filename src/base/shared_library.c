// See shared_library.h.

#include "base/shared_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void *open_first(const char *folder, const char *const *names, char *problem, size_t size)
{
    for (int i = 0; names[i] != NULL; i++) {
        char path[512];
        int length = snprintf(path, sizeof path, "%s%s%s", folder != NULL ? folder : "",
                              folder != NULL ? "/" : "", names[i]);
        if (length >= (int)sizeof path)
            continue;
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library != NULL)
            return library;
        if (i == 0) // the name that should be there
            snprintf(problem, size, "%.250s", dlerror());
    }
    return NULL;
}

static enum pt_status fill_table(void *library, const char *name,
                                 const struct pt_library_symbol *symbols, void *table,
                                 struct pt_error *error)
{
    for (; symbols->name != NULL; symbols++) {
        void *function = dlsym(library, symbols->name);
        if (function == NULL && !symbols->optional)
            return pt_fail(error, PT_CORRUPT, "%s has no %s: it is too old, or not what it says",
                           name, symbols->name);
        memcpy((char *)table + symbols->offset, &function, sizeof function);
    }
    return PT_OK;
}

enum pt_status pt_shared_library_open(const char *folder, const char *const *names,
                                      const struct pt_library_symbol *symbols, void *table,
                                      struct pt_error *error)
{
    char problem[256] = "the path is too long";
    void *library = open_first(folder, names, problem, sizeof problem);
    if (library == NULL)
        return pt_fail(error, PT_UNAVAILABLE, "%s", problem);
    enum pt_status status = fill_table(library, names[0], symbols, table, error);
    dlclose(library); // it stays, by RTLD_NODELETE; only the count goes down
    return status;
}
