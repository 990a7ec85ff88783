// A first lesson, 3 of 3: a classifier of two layers, and what its training cost.
//
// 300 points lie on three arms of a spiral; the network learns to tell from a point's two
// coordinates which arm it is on. The loop is written out: take a batch, forward, loss, zero the
// gradients, backward, step. A meter counts the energy of the loop.
//
//     cc classifier.c $(pkg-config --cflags --libs powertrain) -lm -o classifier && ./classifier
// The same lesson without a program: powertrain train examples/classifier.yaml

#include <powertrain.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 300, BATCH = 30, HIDDEN = 32, CLASSES = 3, EPOCHS = 50 };

static const double learning_rate = 0.01;

struct points {
    float position[SAMPLES][2];
    int32_t label[SAMPLES];
};

static enum pt_status build(struct pt_graph **ret_graph, struct pt_error *error)
{
    enum pt_status status = pt_graph_create("classifier", ret_graph, error);
    if (status != PT_OK)
        return status;

    pt_tensor position = pt_input(*ret_graph, "position", PT_FLOAT32, 2, (int64_t[]){BATCH, 2});
    pt_tensor label = pt_input(*ret_graph, "label", PT_INT32, 1, (int64_t[]){BATCH});
    pt_tensor hidden = pt_relu(*ret_graph, pt_linear(*ret_graph, position, HIDDEN, true));
    pt_tensor logits = pt_linear(*ret_graph, hidden, CLASSES, true);
    pt_cross_entropy(*ret_graph, logits, label);
    pt_graph_keep(*ret_graph, logits); // to see what it chose
    return pt_graph_check(*ret_graph, error);
}

static void feed(const struct pt_graph *graph, struct pt_network *network,
                 const struct points *points, int first)
{
    memcpy(pt_network_values(network, pt_graph_find(graph, "position")), points->position[first],
           sizeof points->position[0] * BATCH);
    memcpy(pt_network_values_int32(network, pt_graph_find(graph, "label")), &points->label[first],
           sizeof points->label[0] * BATCH);
}

// One pass over all points; the mean loss.
static enum pt_status train_epoch(const struct pt_graph *graph, struct pt_network *network,
                                  struct pt_optimizer *optimizer, const struct points *points,
                                  double *ret_loss, struct pt_error *error)
{
    double sum = 0;
    for (int first = 0; first < SAMPLES; first += BATCH) {
        feed(graph, network, points, first);                                 // batch
        enum pt_status status = pt_network_forward(network, 0, true, error); // forward
        if (status != PT_OK)
            return status;
        sum += pt_network_loss(network) * BATCH;      // loss
        pt_network_zero_gradients(network);           // zero gradients
        status = pt_network_backward(network, error); // backward
        if (status != PT_OK)
            return status;
        pt_optimizer_step(optimizer, learning_rate); // step
    }
    *ret_loss = sum / SAMPLES;
    return PT_OK;
}

static enum pt_status train(const struct pt_graph *graph, struct pt_network *network,
                            const struct points *points, double ret_losses[EPOCHS],
                            struct pt_error *error)
{
    struct pt_optimizer *optimizer = NULL;
    struct pt_optimizer_options options = {.struct_size = sizeof options, .kind = PT_ADAM};
    enum pt_status status = pt_optimizer_create(network, &options, &optimizer, error);
    for (int epoch = 0; status == PT_OK && epoch < EPOCHS; epoch++) {
        status = train_epoch(graph, network, optimizer, points, &ret_losses[epoch], error);
        if (status == PT_OK)
            printf("epoch %2d  loss %.6f\n", epoch + 1, ret_losses[epoch]);
    }
    pt_optimizer_destroy(optimizer);
    return status;
}

// How many points the network puts on the right arm.
static enum pt_status count_right(const struct pt_graph *graph, struct pt_network *network,
                                  const struct points *points, int *ret_right,
                                  struct pt_error *error)
{
    *ret_right = 0;
    for (int first = 0; first < SAMPLES; first += BATCH) {
        feed(graph, network, points, first);
        enum pt_status status = pt_network_forward(network, 0, false, error);
        if (status != PT_OK)
            return status;
        const float *logits = pt_network_values(network, pt_graph_find(graph, "linear2"));
        for (int i = 0; i < BATCH; i++) {
            int best = 0;
            for (int k = 1; k < CLASSES; k++)
                if (logits[i * CLASSES + k] > logits[i * CLASSES + best])
                    best = k;
            *ret_right += best == points->label[first + i];
        }
    }
    return PT_OK;
}

// A number from -1 to 1 that looks random but is the same on every machine.
// Steele et al. 2014, "Fast splittable pseudorandom number generators" (SplitMix64).
static float noise(uint64_t *state)
{
    uint64_t bits = *state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    return (float)(bits >> 40) / (1 << 23) - 1;
}

// The points are mixed: neighbors in the list are far from each other on their arm.
static void make_spirals(struct points *points)
{
    const float turn = 2.0943951F; // a third of a circle
    uint64_t state = 1;
    for (int i = 0; i < SAMPLES; i++) {
        int place = i * 101 % SAMPLES; // 101 and 300 have no common factor: each place once
        float radius = (float)(place + 15) / (SAMPLES + 15);
        float angle = 4 * radius + turn * (float)(place % CLASSES) + 0.25F * noise(&state);
        points->position[i][0] = radius * cosf(angle);
        points->position[i][1] = radius * sinf(angle);
        points->label[i] = place % CLASSES;
    }
}

static void print_cost(const struct pt_meter_result *cost)
{
    printf("training took %.3f s and %.3f J (%.3f to %.3f, %s by the sensor %s)\n",
           cost->duration_seconds, cost->energy_joules, cost->low_joules, cost->high_joules,
           cost->provenance, cost->sensor);
}

int main(void)
{
    static struct points points;
    struct pt_graph *graph = NULL;
    struct pt_network *network = NULL;
    struct pt_meter *meter = NULL;
    struct pt_meter_result cost;
    struct pt_error error;
    double losses[EPOCHS];
    int right;

    make_spirals(&points);
    enum pt_status status = build(&graph, &error);
    if (status == PT_OK)
        status = pt_network_create(graph,
                                   &(struct pt_network_options){
                                       .struct_size = sizeof(struct pt_network_options), .seed = 3},
                                   &network, &error);
    if (status == PT_OK)
        status = pt_meter_start(NULL, &meter, &error);
    if (status == PT_OK)
        status = train(graph, network, &points, losses, &error);
    if (meter != NULL) {
        enum pt_status metered = pt_meter_stop(meter, &cost, status == PT_OK ? &error : NULL);
        status = status == PT_OK ? metered : status;
    }
    if (status == PT_OK)
        status = count_right(graph, network, &points, &right, &error);
    if (status == PT_OK) {
        printf("%d of %d points right\n", right, SAMPLES);
        print_cost(&cost);
    } else {
        fprintf(stderr, "classifier: %s: %s\n", pt_status_text(status), error.message);
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return status == PT_OK ? 0 : 1;
}
