// Rotary positions in a config.json: under rope_parameters in transformers 5, else rope_theta and
// rope_scaling. Su et al. 2021, arXiv:2104.09864; transformers, modeling_rope_utils.py.

#include <math.h>
#include <string.h>

#include "model/hf_family.h"

// A number in an object below the config, or one of the config itself.
static double number_in(struct pt_hf *hf, const struct pt_node *object, const char *key,
                        double fallback, double least, double most)
{
    const struct pt_node *node = object == NULL ? NULL : pt_node_find(object, key);
    double value = fallback;
    if (node == NULL)
        return pt_hf_number(hf, key, fallback, least, most);
    if (hf->status == PT_OK && !node->is_null)
        hf->status = pt_node_number(node, least, most, &value, hf->error);
    return value;
}

// A factor that has no fallback.
static double needed(struct pt_hf *hf, const struct pt_node *object, const char *key)
{
    double value = NAN;
    if (hf->status == PT_OK)
        hf->status = pt_node_get_number(object, key, PT_REQUIRED, 1e-6, 1e9, &value, hf->error);
    return value;
}

// NULL if there is none.
static const struct pt_node *find_object(struct pt_hf *hf, const char *key)
{
    const struct pt_node *node = pt_hf_find(hf, key);
    if (node == NULL || node->is_null || hf->status != PT_OK)
        return NULL;
    hf->status = pt_node_check_kind(node, PT_NODE_MAPPING, hf->error);
    return hf->status == PT_OK ? node : NULL;
}

static const char *read_type(struct pt_hf *hf, const struct pt_node *object)
{
    const char *type = "default";
    const char *key = pt_node_find(object, "rope_type") != NULL ? "rope_type" : "type";
    if (hf->status == PT_OK)
        hf->status = pt_node_get_string(object, key, PT_OPTIONAL, &type, hf->error);
    return type;
}

static void read_scaling(struct pt_hf *hf, const struct pt_node *object,
                         struct pt_hf_rotary *rotary)
{
    const char *type = read_type(hf, object);
    if (hf->status != PT_OK || strcmp(type, "default") == 0)
        return;
    if (strcmp(type, "linear") == 0) {
        rotary->factor = needed(hf, object, "factor");
    } else if (strcmp(type, "llama3") == 0) {
        rotary->is_llama3 = true;
        rotary->llama3_factor = needed(hf, object, "factor");
        rotary->low_frequency_factor = needed(hf, object, "low_freq_factor");
        rotary->high_frequency_factor = needed(hf, object, "high_freq_factor");
        rotary->original_context = needed(hf, object, "original_max_position_embeddings");
    } else {
        hf->status = pt_node_fail(hf->error, object,
                                  "rotary positions of type %s are not supported; default, linear "
                                  "and llama3 are",
                                  type);
    }
}

struct pt_hf_rotary pt_hf_read_rotary(struct pt_hf *hf, double base)
{
    struct pt_hf_rotary rotary = {.factor = 1};
    const struct pt_node *object = find_object(hf, "rope_parameters");
    if (object == NULL)
        object = find_object(hf, "rope_scaling");
    rotary.base = number_in(hf, object, "rope_theta", base, 1, 1e12);
    rotary.part = number_in(hf, object, "partial_rotary_factor", 1, 0, 1);
    if (object != NULL)
        read_scaling(hf, object, &rotary);
    return rotary;
}

void pt_hf_rotary_settings(const struct pt_hf_rotary *rotary, int64_t head_dim,
                           struct pt_setting *settings)
{
    int64_t dims = (int64_t)((double)head_dim * rotary->part);
    *settings++ = (struct pt_setting){"rotary_base", dims > 0 ? rotary->base : 0, NULL};
    *settings++ = (struct pt_setting){"rotary_dim", (double)dims, NULL};
    *settings++ = (struct pt_setting){"rotary_factor", rotary->factor, NULL};
    if (rotary->is_llama3) {
        *settings++ = (struct pt_setting){"llama3_factor", rotary->llama3_factor, NULL};
        *settings++ = (struct pt_setting){"low_freq_factor", rotary->low_frequency_factor, NULL};
        *settings++ = (struct pt_setting){"high_freq_factor", rotary->high_frequency_factor, NULL};
        *settings++ = (struct pt_setting){"original_context", rotary->original_context, NULL};
    }
    *settings = (struct pt_setting){.name = NULL};
}
