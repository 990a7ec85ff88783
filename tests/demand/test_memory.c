// The memory plan: nothing that is needed is overwritten, and nothing is wasted.

#include "support.h"

#include "base/random.h"
#include "demand/memory.h"

struct life {
    int64_t begin, end; // bytes in the activation array
    int first, last;    // moments
    int tensor;
    bool is_gradient;
};

// An independent account of when a value or gradient is needed, written from the definition:
// forward operators at 0..n-1, backward at 2n-1-i.
static int collect(const struct pt_graph *graph, const struct pt_memory_plan *plan,
                   struct life *lives)
{
    int count = 0, n = graph->op_count;
    for (int t = 0; t < graph->tensor_count; t++) {
        const struct pt_tensor_info *info = &graph->tensors[t];
        if (info->role != PT_ROLE_ACTIVATION)
            continue;
        int64_t bytes = pt_shape_size(&info->shape) * 4;
        struct life value = {.begin = plan->value[t], .tensor = t};
        struct life gradient = {.begin = plan->gradient[t], .tensor = t, .is_gradient = true};
        value.first = value.last = info->producer;
        gradient.first = gradient.last = 2 * n - 1 - info->producer;
        if (info->needs_gradient &&
            graph->ops[info->producer].kind->backward_reads & PT_READS_OUTPUTS)
            value.last = 2 * n - 1 - info->producer;
        bool has_reader = false;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < graph->ops[i].input_count; k++)
                if (graph->ops[i].inputs[k] == t) {
                    has_reader = true;
                    bool reads = graph->tensors[graph->ops[i].outputs[0]].needs_gradient &&
                                 graph->ops[i].kind->backward_reads & PT_READS_INPUTS;
                    int last = reads ? 2 * n - 1 - i : i;
                    value.last = last > value.last ? last : value.last;
                    gradient.first =
                        2 * n - 1 - i < gradient.first ? 2 * n - 1 - i : gradient.first;
                }
        if (info->keep || !has_reader)
            value.last = 2 * n; // also an output of the graph, which nobody in it reads
        value.end = value.begin + bytes;
        gradient.end = gradient.begin + bytes;
        if (plan->value_home[t] == PT_HOME_ACTIVATIONS)
            lives[count++] = value;
        if (gradient.begin >= 0)
            lives[count++] = gradient;
    }
    return count;
}

// The tensor at the end of the chain of views and operators in place: all of it lies at one spot.
static int value_root(const struct pt_graph *graph, const struct pt_memory_plan *plan, int tensor)
{
    int op = graph->tensors[tensor].producer;
    return op >= 0 && plan->output_in_place[op] ? value_root(graph, plan, graph->ops[op].inputs[0])
                                                : tensor;
}

static int gradient_root(const struct pt_graph *graph, const struct pt_memory_plan *plan,
                         int tensor)
{
    for (int i = 0; i < graph->op_count; i++)
        if (graph->ops[i].inputs[0] == tensor && plan->gradient_in_place[i])
            return gradient_root(graph, plan, graph->ops[i].outputs[0]);
    return tensor;
}

static void check_plan(const struct pt_graph *graph)
{
    static struct life lives[4096];
    struct pt_arena *arena = pt_arena_create();
    struct pt_memory_plan plan;
    struct pt_error error;
    assert_status(
        pt_memory_plan_create(arena, graph, &(struct pt_demand_options){0}, &plan, &error), PT_OK,
        &error);
    int count = collect(graph, &plan, lives);
    for (int i = 0; i < count; i++) {
        struct life *a = &lives[i];
        assert_true(a->begin >= 0 && a->begin % PT_MEMORY_ALIGNMENT == 0);
        assert_true(a->end <= plan.size.activation_bytes);
        for (int k = 0; k < i; k++) {
            struct life *b = &lives[k];
            if (a->first > b->last || b->first > a->last || a->begin >= b->end ||
                b->begin >= a->end)
                continue;
            // They share bytes at one moment: only where one is made of the other on the spot.
            assert_int_equal(a->is_gradient, b->is_gradient);
            int (*root)(const struct pt_graph *, const struct pt_memory_plan *, int) =
                a->is_gradient ? gradient_root : value_root;
            assert_int_equal(root(graph, &plan, a->tensor), root(graph, &plan, b->tensor));
        }
    }
    pt_arena_destroy(arena);
}

// An operator overwrites its input only if nobody needs the input later.
static void check_in_place_is_harmless(const struct pt_graph *graph)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_memory_plan plan;
    assert_int_equal(
        pt_memory_plan_create(arena, graph, &(struct pt_demand_options){0}, &plan, NULL), PT_OK);
    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        if (!plan.output_in_place[i] || op->kind->is_view)
            continue;
        pt_tensor input = op->inputs[0];
        int producer = graph->tensors[input].producer;
        assert_true(producer >= 0);
        for (int t = 0; t < graph->tensor_count; t++) {
            bool earlier = graph->tensors[t].producer >= 0 && graph->tensors[t].producer < i;
            assert_false(earlier && graph->tensors[t].keep &&
                         value_root(graph, &plan, t) == value_root(graph, &plan, input));
        }
        if (graph->tensors[input].needs_gradient) { // else the producer has no backward pass
            assert_false(graph->ops[producer].kind->backward_reads & PT_READS_OUTPUTS);
        }
        if (graph->tensors[op->outputs[0]].needs_gradient) {
            assert_false(op->kind->backward_reads & PT_READS_INPUTS);
        }
        for (int k = 0; k < graph->op_count; k++)
            for (int m = 0; m < graph->ops[k].input_count && k != i; m++)
                if (graph->ops[k].inputs[m] == input) {
                    assert_true(k < i);
                    if (graph->tensors[graph->ops[k].outputs[0]].needs_gradient) {
                        assert_false(graph->ops[k].kind->backward_reads & PT_READS_INPUTS);
                    }
                }
    }
    pt_arena_destroy(arena);
}

// Random graphs: each operator reads some earlier tensor of rank 2.
static struct pt_graph *random_graph(uint64_t seed)
{
    struct pt_graph *graph;
    pt_tensor tensors[64];
    int count = 0;
    assert_int_equal(pt_graph_create("random", &graph, NULL), PT_OK);
    tensors[count++] = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){16, 32});
    int length = 3 + (int)(pt_random_uniform(seed, 0, 0) * 30);
    for (int i = 1; i <= length; i++) {
        pt_tensor x = tensors[(int)(pt_random_uniform(seed, 1, (uint64_t)i) * (float)count)];
        pt_tensor y = PT_NO_TENSOR;
        switch ((int)(pt_random_uniform(seed, 2, (uint64_t)i) * 8)) {
        case 0:
        case 1:
            y = pt_linear(graph, x, 8 + (int64_t)(pt_random_uniform(seed, 3, (uint64_t)i) * 90),
                          true);
            break;
        case 2:
            y = pt_relu(graph, x);
            break;
        case 3:
            y = pt_gelu(graph, x);
            break;
        case 4:
            y = pt_dropout(graph, x, 0.5);
            break;
        case 5:
            y = pt_layer_norm(graph, x, 1e-5);
            break;
        case 6:
            y = pt_flatten(graph, x);
            break;
        case 7:
            y = pt_softmax(graph, x);
            break;
        }
        tensors[count++] = y;
    }
    pt_tensor last = tensors[count - 1];
    pt_cross_entropy(graph, last, pt_input(graph, "target", PT_INT32, 1, (int64_t[]){16}));
    assert_int_equal(pt_graph_check(graph, NULL), PT_OK);
    return graph;
}

static void what_lives_together_never_shares_bytes(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct pt_graph *graph = random_graph(seed);
        check_plan(graph);
        check_in_place_is_harmless(graph);
        pt_graph_destroy(graph);
    }
}

// flatten (view of the input), linear, relu in place, linear: one block for the hidden layer, its
// gradient turned in place.
static void a_small_network_uses_what_it_must(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_memory_plan plan;
    assert_int_equal(pt_graph_create("small", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){16, 4, 4});
    pt_tensor view = pt_flatten(graph, x);
    pt_tensor hidden = pt_linear(graph, view, 64, true);
    pt_tensor active = pt_relu(graph, hidden);
    pt_tensor y = pt_linear(graph, active, 16, true);
    pt_tensor loss = pt_cross_entropy(graph, y, pt_input(graph, "t", PT_INT32, 1, (int64_t[]){16}));
    assert_int_equal(
        pt_memory_plan_create(arena, graph, &(struct pt_demand_options){0}, &plan, NULL), PT_OK);
    assert_int_equal(plan.value_home[view], PT_HOME_INPUTS);
    assert_int_equal(plan.value[view], plan.value[x]);
    assert_int_equal(plan.value[active], plan.value[hidden]);
    assert_int_equal(plan.gradient[active], plan.gradient[hidden]);
    assert_int_equal(plan.gradient[view], PT_NOWHERE);
    // Fullest when the last layer goes backward: hidden 4096, its gradient 4096, logits 1024
    // (kept), their gradient 1024, the loss 64. Stash and the loss's gradient are gone by then.
    assert_int_equal(plan.size.activation_bytes, 4096 + 4096 + 1024 + 1024 + 64);
    assert_true(plan.gradient[loss] >= 0);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

static void inference_keeps_no_gradients(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = random_graph(7);
    struct pt_memory_plan plan;
    assert_int_equal(pt_memory_plan_create(
                         arena, graph, &(struct pt_demand_options){.inference = true}, &plan, NULL),
                     PT_OK);
    assert_int_equal(plan.size.gradient_bytes, 0);
    assert_int_equal(plan.size.optimizer_bytes, 0);
    for (int i = 0; i < graph->tensor_count; i++)
        assert_int_equal(plan.gradient[i], PT_NOWHERE);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lives_together_never_shares_bytes),
        cmocka_unit_test(a_small_network_uses_what_it_must),
        cmocka_unit_test(inference_keeps_no_gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
