// Operators with their attributes given by name, for builders of whole networks.
#ifndef PT_MODEL_SETTINGS_H
#define PT_MODEL_SETTINGS_H

#include "model/operator.h"

struct pt_setting {
    const char *name; // NULL: the end of the list
    double number;    // of an integer, a flag or both of a pair, too
    const char *word; // of a choice, or of a number that has words, "padding: same"
};

// pt_graph_add_op with these attributes, and the fallbacks of all others. An attribute that the
// operator does not have, or a word that is none of its choices, is a mistake of the graph.
pt_tensor pt_graph_add_with(struct pt_graph *graph, const struct pt_op_request *request,
                            const struct pt_setting *settings);

#endif
