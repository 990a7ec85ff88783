// Optimizers against steps computed by hand and against PyTorch's formulas in double precision.

#include "engine_support.h"

#include "engine/optimizer_rule.h"

static struct pt_error error;

// A network of n weights: x [1, n], y = x W^T with one output.
struct rig {
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_optimizer *optimizer;
    float *p, *g;
};

static struct rig rig_of(int64_t n, struct pt_optimizer_options options)
{
    struct rig rig = {.graph = make_graph("rig")};
    pt_tensor x = pt_input(rig.graph, "x", PT_FLOAT32, 2, (int64_t[]){1, n});
    pt_linear(rig.graph, x, 1, false);
    rig.network = make_network(rig.graph, 1, 2);
    rig.optimizer = make_optimizer(rig.network, options);
    pt_tensor weight = pt_graph_find(rig.graph, "linear1.weight");
    rig.p = pt_network_values(rig.network, weight);
    rig.g = pt_network_gradient(rig.network, weight);
    return rig;
}

static void destroy(struct rig *rig)
{
    pt_optimizer_destroy(rig->optimizer);
    pt_network_destroy(rig->network);
    pt_graph_destroy(rig->graph);
}

// p = 1, g = 0.5, rate 0.1: 1 - 0.1 * 0.5 = 0.95; with decay 0.2: 1 - 0.1 (0.5 + 0.2) = 0.93.
static void gradient_descent_steps_by_hand(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_SGD; kind++) {
        struct rig rig = rig_of(1, (struct pt_optimizer_options){.kind = kind});
        *rig.p = 1, *rig.g = 0.5f;
        pt_optimizer_step(rig.optimizer, 0.1);
        assert_near(*rig.p, 0.95, 1e-7);
        destroy(&rig);
        rig = rig_of(1, (struct pt_optimizer_options){.kind = kind, .weight_decay = 0.2});
        *rig.p = 1, *rig.g = 0.5f;
        pt_optimizer_step(rig.optimizer, 0.1);
        assert_near(*rig.p, 0.93, 1e-7);
        destroy(&rig);
    }
}

// momentum 0.9: b = 0.5, p = 0.95; b = 0.9 * 0.5 + 0.5 = 0.95, p = 0.855.
static void momentum_steps_by_hand(void **unused)
{
    (void)unused;
    struct rig rig = rig_of(1, (struct pt_optimizer_options){.kind = PT_SGD, .momentum = 0.9});
    *rig.p = 1, *rig.g = 0.5f;
    pt_optimizer_step(rig.optimizer, 0.1);
    assert_near(*rig.p, 0.95, 1e-7);
    pt_optimizer_step(rig.optimizer, 0.1);
    assert_near(*rig.p, 0.855, 1e-7);
    assert_int_equal(pt_optimizer_state_count(rig.optimizer), 1);
    assert_near(pt_optimizer_state_at(rig.optimizer, 0).values[0], 0.95, 1e-7);
    assert_string_equal(pt_optimizer_state_at(rig.optimizer, 0).name, "momentum");
    destroy(&rig);
}

// The first step of Adam is rate g / (|g| + eps): 0.01 whatever the size of g.
static void the_first_step_of_adam_is_the_learning_rate(void **unused)
{
    (void)unused;
    for (int kind = PT_ADAM; kind <= PT_ADAMW; kind++) {
        struct rig rig = rig_of(3, (struct pt_optimizer_options){.kind = kind});
        const float g[] = {1e-3f, -5, 1e4f};
        for (int i = 0; i < 3; i++)
            rig.p[i] = 1, rig.g[i] = g[i];
        pt_optimizer_step(rig.optimizer, 0.01);
        for (int i = 0; i < 3; i++)
            assert_near(rig.p[i], g[i] > 0 ? 0.99 : 1.01, 2e-7);
        assert_int_equal(pt_optimizer_step_count(rig.optimizer), 1);
        destroy(&rig);
    }
}

struct reference {
    double p, a, b; // parameter and states
};

// torch/optim/{sgd,adam,adamw}.py, "single tensor", in double precision.
static void reference_step(struct reference *r, double g, int t, double rate,
                           const struct pt_optimizer_options *o)
{
    if (o->kind == PT_ADAMW)
        r->p *= 1 - rate * o->weight_decay;
    else
        g += o->weight_decay * r->p;
    if (o->kind == PT_GRADIENT_DESCENT || o->kind == PT_SGD) {
        r->a = t == 1 ? g : o->momentum * r->a + g;
        r->p -= rate * (o->momentum != 0 ? r->a : g);
        return;
    }
    double beta1 = o->beta1 == 0 ? 0.9 : o->beta1, beta2 = o->beta2 == 0 ? 0.999 : o->beta2;
    double epsilon = o->epsilon == 0 ? 1e-8 : o->epsilon;
    r->a = r->a + (g - r->a) * (1 - beta1);
    r->b = r->b * beta2 + (1 - beta2) * g * g;
    double deviation = sqrt(r->b) / sqrt(1 - pow(beta2, t)) + epsilon;
    r->p -= rate / (1 - pow(beta1, t)) * r->a / deviation;
}

static void check_against_reference(struct pt_optimizer_options options)
{
    enum { N = 17003, STEPS = 12 }; // two threads, a rest
    struct rig rig = rig_of(N, options);
    struct reference *references = calloc(N, sizeof *references);
    fill_random(rig.p, N, 1);
    for (int i = 0; i < N; i++)
        references[i].p = rig.p[i];
    for (int t = 1; t <= STEPS; t++) {
        double rate = 0.01 / t;
        fill_random(rig.g, N, 100 + (uint64_t)t);
        for (int i = 0; i < N; i++)
            reference_step(&references[i], rig.g[i], t, rate, &options);
        pt_optimizer_step(rig.optimizer, rate);
    }
    for (int i = 0; i < N; i++)
        assert_near(rig.p[i], references[i].p, 2e-6);
    free(references);
    destroy(&rig);
}

static void twelve_steps_equal_pytorchs_formulas(void **unused)
{
    (void)unused;
    check_against_reference((struct pt_optimizer_options){.kind = PT_GRADIENT_DESCENT});
    check_against_reference((struct pt_optimizer_options){.kind = PT_SGD, .weight_decay = 0.1});
    check_against_reference((struct pt_optimizer_options){.kind = PT_SGD, .momentum = 0.95});
    check_against_reference(
        (struct pt_optimizer_options){.kind = PT_SGD, .momentum = 0.5, .weight_decay = 0.1});
    for (int kind = PT_ADAM; kind <= PT_ADAMW; kind++) {
        check_against_reference((struct pt_optimizer_options){.kind = kind});
        check_against_reference((struct pt_optimizer_options){.kind = kind, .weight_decay = 0.1});
        check_against_reference((struct pt_optimizer_options){
            .kind = kind, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3, .weight_decay = 0.5});
    }
}

// What lies between the parameters, to keep each at a multiple of 64 bytes, stays 0.
static void padding_stays_zero(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    struct pt_network *network = make_network(graph, 4, 2);
    struct pt_optimizer *optimizer = make_optimizer(
        network, (struct pt_optimizer_options){.kind = PT_ADAM, .weight_decay = 0.1});
    fill_inputs(network, 5);
    for (int i = 0; i < 3; i++) {
        forward(network, 0, true);
        pt_network_zero_gradients(network);
        backward(network);
        pt_optimizer_step(optimizer, 0.1);
    }
    int64_t count, used = 0;
    const float *p = pt_network_parameters(network, &count);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        if (graph->tensors[i].role != PT_ROLE_PARAMETER)
            continue;
        int64_t begin = pt_network_values(network, i) - p, size = pt_graph_tensor_size(graph, i);
        assert_int_equal(begin % 16, 0);
        for (int64_t at = begin + size; at < (begin + size + 15) / 16 * 16; at++)
            assert_true(p[at] == 0);
        used += (size + 15) / 16 * 16;
    }
    assert_int_equal(used, count);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void refuse(struct pt_network *network, struct pt_optimizer_options options,
                   const char *part)
{
    struct pt_optimizer *optimizer = NULL;
    options.struct_size = sizeof options;
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_USAGE, &error);
    assert_contains(error.message, part);
    assert_null(optimizer);
}

static void options_out_of_range_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(6, 0);
    struct pt_network *network = make_network(graph, 4, 1);
    refuse(network, (struct pt_optimizer_options){.kind = PT_ADAM, .beta1 = 1}, "beta1 is 1");
    refuse(network, (struct pt_optimizer_options){.kind = PT_ADAM, .beta2 = NAN}, "beta2");
    refuse(network, (struct pt_optimizer_options){.kind = PT_ADAM, .epsilon = -1}, "epsilon is -1");
    refuse(network, (struct pt_optimizer_options){.kind = PT_ADAM, .weight_decay = INFINITY},
           "weight_decay is inf");
    refuse(network, (struct pt_optimizer_options){.kind = PT_SGD, .momentum = 1.5},
           "momentum is 1.5");
    refuse(network, (struct pt_optimizer_options){.kind = PT_ADAM, .momentum = 0.9}, "use sgd");
    refuse(network, (struct pt_optimizer_options){.kind = 99}, "number 99");
    struct pt_optimizer *optimizer = NULL;
    assert_status(pt_optimizer_create(network, NULL, &optimizer, &error), PT_USAGE, &error);
    pt_network_destroy(network);

    struct pt_network_options inference = {.struct_size = sizeof inference, .inference = true};
    assert_status(pt_network_create(graph, &inference, &network, &error), PT_OK, &error);
    refuse(network, (struct pt_optimizer_options){.kind = PT_SGD}, "inference");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    pt_optimizer_destroy(NULL);
}

static void every_kind_has_a_rule_and_a_name(void **unused)
{
    (void)unused;
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++) {
        assert_non_null(pt_optimizer_rule_find(kind));
        assert_true(strlen(pt_optimizer_rule_find(kind)->name) > 0);
    }
    assert_null(pt_optimizer_rule_find(PT_MUON + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_descent_steps_by_hand),
        cmocka_unit_test(momentum_steps_by_hand),
        cmocka_unit_test(the_first_step_of_adam_is_the_learning_rate),
        cmocka_unit_test(twelve_steps_equal_pytorchs_formulas),
        cmocka_unit_test(padding_stays_zero),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(every_kind_has_a_rule_and_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
