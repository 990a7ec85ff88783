// The inner loops of convolutions. Included once for each instruction set, with TABLE.

#include "engine/conv_loops.h"
#include "engine/vector.h"

// Positions and vectors of channels at a time: their sums hide the latency, and a weight that is
// loaded serves several positions.
enum { POSITIONS = 4, VECTORS = 2, GROUP = 4 };

INLINE void take_taps(vf sums[POSITIONS][VECTORS], const struct pt_conv_taps *taps, int64_t channel,
                      const int positions, const int vectors, int64_t last)
{
    for (int64_t row = 0; row < taps->rows; row++) {
        const float *x = taps->x + row * taps->x_row + channel;
        const float *weights = taps->weights + row * taps->weights_row + channel;
        for (int64_t column = 0; column < taps->columns; column++) {
            for (int v = 0; v < vectors; v++) {
                int64_t k = v == vectors - 1 ? last : LANES;
                vf weight = load(weights + v * LANES, k);
                for (int p = 0; p < positions; p++)
                    sums[p][v] =
                        fma_(load(x + p * taps->x_step + v * LANES, k), weight, sums[p][v]);
            }
            x += taps->x_column;
            weights += taps->weights_column;
        }
    }
}

INLINE void finish_channels(float *to, const vf *sums, const struct pt_conv_finish *finish,
                            int64_t channel, const int vectors, int64_t last)
{
    for (int v = 0; v < vectors; v++) {
        int64_t k = v == vectors - 1 ? last : LANES, c = channel + v * LANES;
        vf value = sums[v];
        if (finish->add)
            value += load(to + c, k);
        if (finish->bias != NULL)
            value += load(finish->bias + c, k);
        if (finish->relu)
            value = select_(value < 0, splat(0), value); // NaN stays NaN
        store(to + c, value, k);
    }
}

INLINE void do_positions(float *to, const struct pt_conv_taps *taps,
                         const struct pt_conv_finish *finish, const int positions)
{
    int64_t c = 0;
    for (; c + VECTORS * LANES <= taps->channels; c += VECTORS * LANES) {
        vf sums[POSITIONS][VECTORS] = {{{0}}};
        take_taps(sums, taps, c, positions, VECTORS, LANES);
        for (int p = 0; p < positions; p++)
            finish_channels(to + p * taps->to_step, sums[p], finish, c, VECTORS, LANES);
    }
    for (; c < taps->channels; c += LANES) {
        vf sums[POSITIONS][VECTORS] = {{{0}}};
        int64_t left = taps->channels - c, last = left < LANES ? left : LANES;
        take_taps(sums, taps, c, positions, 1, last);
        for (int p = 0; p < positions; p++)
            finish_channels(to + p * taps->to_step, sums[p], finish, c, 1, last);
    }
}

static void positions(float *to, int64_t count, const struct pt_conv_taps *taps,
                      const struct pt_conv_finish *finish)
{
    struct pt_conv_taps here = *taps;
    for (; count >= POSITIONS; count -= POSITIONS) {
        do_positions(to, &here, finish, POSITIONS);
        here.x += POSITIONS * taps->x_step;
        to += POSITIONS * taps->to_step;
    }
    for (; count > 0; count--) {
        do_positions(to, &here, finish, 1);
        here.x += taps->x_step;
        to += taps->to_step;
    }
}

INLINE void add_products(float *sums, const float *dy, int64_t dy_step, const float *x,
                         int64_t x_step, int64_t count, const int vectors, int64_t last)
{
    vf sum[GROUP];
    for (int v = 0; v < vectors; v++)
        sum[v] = load(sums + v * LANES, v == vectors - 1 ? last : LANES);
    for (int64_t i = 0; i < count; i++) {
        for (int v = 0; v < vectors; v++) {
            int64_t k = v == vectors - 1 ? last : LANES;
            sum[v] = fma_(load(dy + v * LANES, k), load(x + v * LANES, k), sum[v]);
        }
        dy += dy_step;
        x += x_step;
    }
    for (int v = 0; v < vectors; v++)
        store(sums + v * LANES, sum[v], v == vectors - 1 ? last : LANES);
}

static void tap(float *sums, const float *dy, int64_t dy_step, const float *x, int64_t x_step,
                int64_t count, int64_t channels)
{
    int64_t c = 0;
    for (; c + GROUP * LANES <= channels; c += GROUP * LANES)
        add_products(sums + c, dy + c, dy_step, x + c, x_step, count, GROUP, LANES);
    for (; c < channels; c += LANES)
        add_products(sums + c, dy + c, dy_step, x + c, x_step, count, 1,
                     channels - c < LANES ? channels - c : LANES);
}

// A run is copied in whole vectors, and what they hold beyond it is overwritten by the next.
INLINE void copy_run(float *to, const float *from, int64_t length)
{
    for (int64_t i = 0; i < length; i += LANES)
        store(to + i, load(from + i, LANES), LANES);
}

static void gather(float *to, const float *from, const int64_t *places, int64_t count,
                   const struct pt_conv_runs *runs)
{
    for (int64_t p = 0; p < count; p++) {
        const float *row = from + places[p];
        for (int64_t t = 0; t < runs->rows; t++, row += runs->row_step) {
            const float *run = row;
            for (int64_t u = 0; u < runs->runs; u++, run += runs->run_step, to += runs->length)
                copy_run(to, run, runs->length);
        }
    }
}

const struct pt_conv_loops TABLE = {.positions = positions, .tap = tap, .gather = gather};
