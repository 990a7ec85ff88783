// Well-known networks by name: the facts of their config.json, typed in, with the source.
#ifndef PT_MODEL_ZOO_H
#define PT_MODEL_ZOO_H

#include "base/node.h"

struct pt_zoo_model {
    const char *name;    // "gpt2"
    const char *config;  // a config.json
    const char *summary; // one line
    const char *source;
};

// Ends with a NULL name.
extern const struct pt_zoo_model pt_zoo[];

const struct pt_zoo_model *pt_zoo_find(const char *name); // NULL if there is none
// PT_NOT_FOUND, with what is near or the whole list.
enum pt_status pt_zoo_fail(const char *name, struct pt_error *error);

#endif
