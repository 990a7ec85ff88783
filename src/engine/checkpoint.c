// Saving and loading a network: parameters under their names in the graph, the optimizer's state as
// "optimizer.m.NAME", and in the metadata what tells this network from another.
//
// Loading checks everything before it writes anything: after a failure the network is as it was.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "engine/network_parts.h"

#define KEY_FORMAT         "powertrain.format"
#define KEY_SIGNATURE      "powertrain.graph"
#define KEY_STEP           "powertrain.step"
#define KEY_MATMUL         "powertrain.matmul"
#define KEY_OPTIMIZER      "powertrain.optimizer"
#define KEY_OPTIMIZER_STEP "powertrain.optimizer_step"
#define FORMAT             "1"

enum { OWN_TEXTS = 6 };

static bool is_saved(const struct pt_tensor_info *info)
{
    return info->role == PT_ROLE_PARAMETER || info->role == PT_ROLE_STATE;
}

static int parameter_tensor_count(const struct pt_graph *graph)
{
    int count = 0;
    for (int i = 0; i < graph->tensor_count; i++)
        count += is_saved(&graph->tensors[i]);
    return count;
}

static const char *state_tensor_name(struct pt_arena *arena, const struct pt_optimizer *optimizer,
                                     int state, const char *parameter)
{
    return pt_arena_printf(arena, "optimizer.%s.%s", optimizer->rule->state_names[state],
                           parameter);
}

static char *signature_text(struct pt_arena *arena, const struct pt_graph *graph)
{
    return pt_arena_printf(arena, "%016" PRIx64, pt_graph_signature(graph));
}

// The numbers of a parameter, or of its optimizer state if array is one; states there are only of
// trained parameters.
static float *numbers_in(const struct pt_network *network, float *array, pt_tensor parameter)
{
    return array == NULL ? (float *)(void *)pt_network_value_bytes(network, parameter)
                         : array + network->plan.value[parameter] / (int64_t)sizeof(float);
}

// --------------------------------------------------------------------------------------- saving
static bool list_tensors(struct pt_arena *arena, const struct pt_network *network,
                         const struct pt_optimizer *optimizer, struct pt_saved *saved)
{
    const struct pt_graph *graph = network->graph;
    int states = optimizer == NULL ? 0 : optimizer->state_count;
    size_t count = (size_t)parameter_tensor_count(graph) * (size_t)(1 + states);
    struct pt_saved_tensor *tensors = pt_arena_alloc(arena, count + 1, sizeof *tensors);
    for (int array = -1; array < states && tensors != NULL; array++) // -1: the parameters
        for (int i = 0; i < graph->tensor_count; i++) {
            const struct pt_tensor_info *info = &graph->tensors[i];
            if (array < 0 ? !is_saved(info) : !pt_tensor_is_trained(info))
                continue;
            float *numbers = array < 0 ? NULL : optimizer->states[array];
            const char *name =
                array < 0 ? info->name : state_tensor_name(arena, optimizer, array, info->name);
            if (name == NULL)
                return false;
            tensors[saved->tensor_count++] = (struct pt_saved_tensor){
                name, PT_FLOAT32, info->shape, numbers_in(network, numbers, i)};
        }
    saved->tensors = tensors;
    return tensors != NULL;
}

static bool list_texts(struct pt_arena *arena, const struct pt_network *network,
                       const struct pt_optimizer *optimizer, const struct pt_saved_text *more,
                       int64_t more_count, struct pt_saved *saved)
{
    struct pt_saved_text own[OWN_TEXTS] = {
        {KEY_FORMAT, FORMAT},
        {KEY_SIGNATURE, signature_text(arena, network->graph)},
        {KEY_STEP, pt_arena_printf(arena, "%" PRId64, network->step)},
        {KEY_MATMUL, network->matmul->name},
    };
    int64_t own_count = 4;
    if (optimizer != NULL) {
        own[own_count++] = (struct pt_saved_text){KEY_OPTIMIZER, optimizer->rule->name};
        own[own_count++] = (struct pt_saved_text){
            KEY_OPTIMIZER_STEP, pt_arena_printf(arena, "%" PRId64, optimizer->step_count)};
    }
    struct pt_saved_text *texts =
        pt_arena_alloc(arena, (size_t)(own_count + more_count) + 1, sizeof *texts);
    if (texts == NULL)
        return false;
    for (int64_t i = 0; i < own_count; i++) {
        if (own[i].value == NULL)
            return false;
        texts[i] = own[i];
    }
    for (int64_t i = 0; i < more_count; i++)
        texts[own_count + i] = more[i];
    saved->texts = texts;
    saved->text_count = own_count + more_count;
    return true;
}

enum pt_status pt_checkpoint_save(const struct pt_network *network,
                                  const struct pt_optimizer *optimizer,
                                  const struct pt_saved_text *texts, int64_t text_count,
                                  const char *path, struct pt_error *error)
{
    struct pt_saved saved = {0};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL || !list_tensors(arena, network, optimizer, &saved) ||
        !list_texts(arena, network, optimizer, texts, text_count, &saved)) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    }
    enum pt_status status = pt_safetensors_write(path, &saved, error);
    pt_arena_destroy(arena);
    return status;
}

enum pt_status pt_network_save(const struct pt_network *network,
                               const struct pt_optimizer *optimizer, const char *path,
                               struct pt_error *error)
{
    return pt_checkpoint_save(network, optimizer, NULL, 0, path, error);
}

// -------------------------------------------------------------------------------------- loading
struct loader {
    struct pt_network *network;
    struct pt_optimizer *optimizer; // NULL: its state is not wanted
    struct pt_arena *arena;
    const char *path;
    const struct pt_saved *saved;
    struct pt_error *error;
};

static enum pt_status check_tensor(const struct loader *loader, const char *name,
                                   const struct pt_shape *shape)
{
    const struct pt_saved_tensor *tensor = pt_saved_find(loader->saved, name);
    const char *network = loader->network->graph->name;
    char have[160], want[160];
    if (tensor == NULL)
        return pt_fail(loader->error, PT_MISMATCH, "%s has no %.100s, network %.100s does",
                       loader->path, name, network);
    if (tensor->dtype != PT_FLOAT32)
        return pt_fail(loader->error, PT_MISMATCH, "%s: %.100s is not of type F32", loader->path,
                       name);
    if (!pt_shape_equal(&tensor->shape, shape))
        return pt_fail(loader->error, PT_MISMATCH,
                       "%s: %.100s has shape %s, network %.100s wants %s", loader->path, name,
                       pt_shape_text(&tensor->shape, have), network, pt_shape_text(shape, want));
    return PT_OK;
}

// Pairs of a tensor in the file and its place here.
struct assignment {
    const struct pt_saved_tensor *from;
    float *to;
};

// All of them, each checked. *ret_count of *ret_assignments, from the arena.
static enum pt_status assign_tensors(const struct loader *loader,
                                     struct assignment **ret_assignments, size_t *ret_count)
{
    const struct pt_network *network = loader->network;
    const struct pt_graph *graph = network->graph;
    int states = loader->optimizer == NULL ? 0 : loader->optimizer->state_count;
    size_t most = (size_t)parameter_tensor_count(graph) * (size_t)(1 + states), count = 0;
    struct assignment *list = pt_arena_alloc(loader->arena, most + 1, sizeof *list);
    enum pt_status status = PT_OK;
    for (int array = -1; array < states && status == PT_OK; array++) // -1: the parameters
        for (int i = 0; i < graph->tensor_count && status == PT_OK; i++) {
            const struct pt_tensor_info *info = &graph->tensors[i];
            if (array < 0 ? !is_saved(info) : !pt_tensor_is_trained(info))
                continue;
            float *numbers = array < 0 ? NULL : loader->optimizer->states[array];
            const char *name =
                array < 0 ? info->name
                          : state_tensor_name(loader->arena, loader->optimizer, array, info->name);
            if (list == NULL || name == NULL)
                return pt_fail(loader->error, PT_NO_MEMORY, "%s: out of memory", loader->path);
            status = check_tensor(loader, name, &info->shape);
            list[count++] = (struct assignment){pt_saved_find(loader->saved, name),
                                                numbers_in(network, numbers, i)};
        }
    *ret_assignments = list;
    *ret_count = count;
    return status;
}

// Everything in the file belongs to this network, or to an optimizer.
static enum pt_status check_no_more(const struct loader *loader)
{
    const struct pt_graph *graph = loader->network->graph;
    for (int64_t i = 0; i < loader->saved->tensor_count; i++) {
        const char *name = loader->saved->tensors[i].name;
        pt_tensor tensor = pt_graph_find(graph, name);
        bool is_parameter = tensor != PT_NO_TENSOR && is_saved(&graph->tensors[tensor]);
        if (!is_parameter && strncmp(name, "optimizer.", 10) != 0)
            return pt_fail(loader->error, PT_MISMATCH, "%s has %.100s, network %.100s does not",
                           loader->path, name, graph->name);
    }
    return PT_OK;
}

// The same tensors, but other operators between them. Files of others say nothing about that.
static enum pt_status check_signature(const struct loader *loader)
{
    const char *theirs = pt_saved_text(loader->saved, KEY_SIGNATURE);
    const char *ours = signature_text(loader->arena, loader->network->graph);
    if (ours == NULL)
        return pt_fail(loader->error, PT_NO_MEMORY, "%s: out of memory", loader->path);
    if (theirs == NULL || strcmp(theirs, ours) == 0)
        return PT_OK;
    return pt_fail(loader->error, PT_MISMATCH,
                   "%s is of another network with the same parameters: its graph is %.20s, that of "
                   "network %.100s is %s",
                   loader->path, theirs, loader->network->graph->name, ours);
}

static enum pt_status check_format(const struct loader *loader)
{
    const char *format = pt_saved_text(loader->saved, KEY_FORMAT);
    if (format == NULL || strcmp(format, FORMAT) == 0)
        return PT_OK;
    return pt_fail(loader->error, PT_MISMATCH,
                   "%s is a checkpoint of format %.20s, this version reads " FORMAT, loader->path,
                   format);
}

static enum pt_status check_optimizer(const struct loader *loader)
{
    const char *theirs = pt_saved_text(loader->saved, KEY_OPTIMIZER);
    if (loader->optimizer == NULL)
        return PT_OK;
    if (theirs == NULL)
        return pt_fail(loader->error, PT_MISMATCH, "%s holds no optimizer state, %s needs its own",
                       loader->path, loader->optimizer->rule->name);
    if (strcmp(theirs, loader->optimizer->rule->name) != 0)
        return pt_fail(loader->error, PT_MISMATCH, "%s holds the state of %.20s, not of %s",
                       loader->path, theirs, loader->optimizer->rule->name);
    return PT_OK;
}

// 0 if the file does not have the key.
static enum pt_status read_counter(const struct loader *loader, const char *key, int64_t *counter)
{
    const char *text = pt_saved_text(loader->saved, key);
    if (text == NULL)
        return PT_OK;
    int64_t value;
    if (!pt_parse_int64(text, &value) || value < 0)
        return pt_fail(loader->error, PT_CORRUPT, "%s: %s is %.20s, no number from 0", loader->path,
                       key, text);
    *counter = value;
    return PT_OK;
}

static enum pt_status load(const struct loader *loader)
{
    int64_t step = 0, optimizer_step = 0;
    struct assignment *assignments = NULL;
    size_t count = 0;
    enum pt_status status = check_format(loader);
    if (status == PT_OK)
        status = check_optimizer(loader);
    if (status == PT_OK)
        status = assign_tensors(loader, &assignments, &count);
    if (status == PT_OK)
        status = check_no_more(loader);
    if (status == PT_OK)
        status = check_signature(loader);
    if (status == PT_OK)
        status = read_counter(loader, KEY_STEP, &step);
    if (status == PT_OK)
        status = read_counter(loader, KEY_OPTIMIZER_STEP, &optimizer_step);
    if (status != PT_OK)
        return status;
    // Nothing can fail from here on.
    for (size_t i = 0; i < count; i++)
        memcpy(assignments[i].to, assignments[i].from->bytes,
               (size_t)pt_shape_size(&assignments[i].from->shape) * sizeof(float));
    loader->network->step = step;
    if (loader->optimizer != NULL)
        loader->optimizer->step_count = optimizer_step;
    return PT_OK;
}

enum pt_status pt_checkpoint_load(struct pt_network *network, struct pt_optimizer *optimizer,
                                  struct pt_arena *arena, const char *path,
                                  struct pt_saved *ret_saved, struct pt_error *error)
{
    struct pt_saved saved;
    enum pt_status status = pt_safetensors_read(arena, path, &saved, error);
    if (status != PT_OK)
        return status;
    struct loader loader = {.network = network,
                            .optimizer = optimizer,
                            .arena = arena,
                            .path = path,
                            .saved = &saved,
                            .error = error};
    status = load(&loader);
    if (status == PT_OK)
        *ret_saved = saved;
    return status;
}

enum pt_status pt_network_load(struct pt_network *network, struct pt_optimizer *optimizer,
                               const char *path, struct pt_error *error)
{
    struct pt_saved saved;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    enum pt_status status = pt_checkpoint_load(network, optimizer, arena, path, &saved, error);
    pt_arena_destroy(arena);
    return status;
}
