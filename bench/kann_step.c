// Training steps of two networks with KANN, as JSON: a peer of bench_step (bench/peers_c.sh builds
// it against KANN's sources and OpenBLAS).
//
//   kann_step mlp|lstm BATCH LENGTH STEPS
//
// KANN's only adaptive optimizer is RMSprop; its cost is that of Adam without one of its averages.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "kann.h"

enum { HIDDEN = 512, PIXELS = 784, CLASSES = 10, LETTERS = 96, WARMUP = 2, STEPS_MAX = 1000 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static kann_t *make_mlp(void)
{
    kad_node_t *t = kann_layer_input(PIXELS);
    t = kad_relu(kann_layer_dense(t, HIDDEN));
    t = kad_relu(kann_layer_dense(t, HIDDEN));
    return kann_new(kann_layer_cost(t, CLASSES, KANN_C_CEM), 0);
}

static kann_t *make_lstm(void)
{
    kad_node_t *t = kann_layer_input(LETTERS);
    t = kann_layer_dense(t, HIDDEN); // the embedding: a product with a one-hot vector
    t = kann_layer_lstm(t, HIDDEN, 0);
    t = kann_layer_lstm(t, HIDDEN, 0);
    return kann_new(kann_layer_cost(t, LETTERS, KANN_C_CEM), 0);
}

static float **make_rows(int length, int batch, int width, int one_hot)
{
    float **rows = calloc((size_t)length, sizeof *rows);
    for (int t = 0; t < length; t++) {
        rows[t] = calloc((size_t)batch * (size_t)width, sizeof **rows);
        for (int b = 0; b < batch; b++)
            if (one_hot)
                rows[t][b * width + rand() % width] = 1;
            else
                for (int k = 0; k < width; k++)
                    rows[t][b * width + k] = (float)rand() / (float)RAND_MAX - 0.5f;
    }
    return rows;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: kann_step mlp|lstm BATCH LENGTH STEPS\n", stderr);
        return 2;
    }
    int is_mlp = strcmp(argv[1], "mlp") == 0, batch = atoi(argv[2]);
    int length = is_mlp ? 1 : atoi(argv[3]), steps = atoi(argv[4]);
    if (steps < 1 || steps > STEPS_MAX)
        return 2;
    kann_t *model = is_mlp ? make_mlp() : make_lstm();
    kann_t *ready = is_mlp ? model : kann_unroll(model, length);
    int width = is_mlp ? PIXELS : LETTERS, classes = is_mlp ? CLASSES : LETTERS;
    kann_set_batch_size(ready, batch);
    kann_switch(ready, 1);
    kann_feed_bind(ready, KANN_F_IN, 0, make_rows(length, batch, width, !is_mlp));
    kann_feed_bind(ready, KANN_F_TRUTH, 0, make_rows(length, batch, classes, 1));

    int count = kann_size_var(ready);
    float *squares = calloc((size_t)count, sizeof *squares);
    double seconds[STEPS_MAX], start_of_all = now(), first = NAN;
    float cost = 0;
    for (int i = -WARMUP; i < steps; i++) {
        double start = now();
        cost = kann_cost(ready, 0, 1);
        kann_RMSprop(count, 1e-4f, 0, 0.9f, ready->g, ready->x, squares);
        if (i >= 0)
            seconds[i] = now() - start;
        if (isnan(first))
            first = now() - start_of_all;
    }
    qsort(seconds, (size_t)steps, sizeof *seconds, by_value);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"step_seconds\": %.6f, \"best_seconds\": %.6f, \"first_step_seconds\": %.3f, "
           "\"peak_rss_bytes\": %ld, \"loss\": %.6f}\n",
           seconds[steps / 2], seconds[0], first, usage.ru_maxrss * 1024, (double)cost);
    return 0;
}
