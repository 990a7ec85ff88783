// Attributes by name.

#include "model/settings.h"

#include <string.h>

static void set_number(const struct pt_attribute_spec *spec, double number,
                       union pt_attribute *attribute)
{
    if (spec->kind == PT_ATTRIBUTE_NUMBER)
        attribute->number = number;
    else
        attribute->integer = (int64_t)number;
}

static int find_choice(const struct pt_attribute_spec *spec, const char *word)
{
    for (int i = 0; spec->choices[i] != NULL; i++)
        if (strcmp(spec->choices[i], word) == 0)
            return i;
    return -1;
}

// False if there is no such attribute or word.
static bool set(const struct pt_operator *kind, const struct pt_setting *setting,
                union pt_attribute *attributes)
{
    bool found = false;
    for (int i = 0; kind->attributes != NULL && kind->attributes[i].name != NULL; i++) {
        const struct pt_attribute_spec *spec = &kind->attributes[i];
        if (strcmp(spec->name, setting->name) != 0)
            continue;
        double number = setting->number;
        if (spec->kind == PT_ATTRIBUTE_CHOICE || setting->word != NULL) {
            int choice = spec->choices == NULL || setting->word == NULL
                             ? -1
                             : find_choice(spec, setting->word);
            if (choice < 0)
                return false;
            number = spec->kind == PT_ATTRIBUTE_CHOICE ? choice : -1 - choice; // operator.h
        }
        set_number(spec, number, &attributes[i]);
        found = true; // and on to the second of a pair
    }
    return found;
}

pt_tensor pt_graph_add_with(struct pt_graph *graph, const struct pt_op_request *request,
                            const struct pt_setting *settings)
{
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {{0}};
    const struct pt_operator *kind = pt_operator_find(request->operator_name);
    if (kind == NULL)
        return pt_graph_mistake(graph, PT_NOT_FOUND, "there is no operator %s",
                                request->operator_name);
    for (int i = 0; kind->attributes != NULL && kind->attributes[i].name != NULL; i++)
        set_number(&kind->attributes[i], kind->attributes[i].fallback, &attributes[i]);
    for (int i = 0; settings != NULL && settings[i].name != NULL; i++)
        if (!set(kind, &settings[i], attributes))
            return pt_graph_mistake(graph, PT_NOT_FOUND, "%s: %s has no attribute %s%s%s",
                                    request->name, kind->name, settings[i].name,
                                    settings[i].word != NULL ? " of value " : "",
                                    settings[i].word != NULL ? settings[i].word : "");
    struct pt_op_request filled = *request;
    filled.attributes = attributes;
    return pt_graph_add_op(graph, &filled);
}
