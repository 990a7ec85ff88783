// Seconds from work: matrix products against the matrix units, everything against the memory.
//
// A product C[m,n] = A[m,k] B[k,n] runs below the peak that large ones reach, because kernels
// compute whole tiles: of its last row and column of tiles only a part is used, and each tile is
// loaded and stored around a loop of k steps:
//     efficiency = m / ceil_tile(m) * n / ceil_tile(n) * k / (k + K0).
// This is the tile quantization of NVIDIA's "Matrix multiplication background user's guide" with
// the tiles of a CPU. With tiles of 8 by 16 and K0 = 4 the fp32 kernels of engine/ on two threads
// of a Zen 5 are met within 0.1 of the peak for the products of an MLP 784-512-512-10 with 128
// samples but the last layer's (measured / computed: 1.01 / 0.99, 0.99 / 0.97, last 0.46 / 0.62);
// single samples 0.17 / 0.12.

#include "hardware/roofline.h"

#include <math.h>

enum { TILE_ROWS = 8, TILE_COLUMNS = 16, LOOP_OVERHEAD_STEPS = 4 };

static double tile_use(double size, double tile)
{
    return size / (ceil(size / tile) * tile);
}

static double product_efficiency(double m, double n, double k)
{
    return tile_use(m, TILE_ROWS) * tile_use(n, TILE_COLUMNS) * k / (k + LOOP_OVERHEAD_STEPS);
}

// The three sizes of an operator's product: rows of the input, and the two dimensions of its first
// parameter. False for an operator that is no product with a matrix.
static bool product_sizes(const struct pt_graph *graph, const struct pt_op *op, double *ret_rows,
                          double *ret_outputs, double *ret_inputs)
{
    if (op->parameter_count == 0 || op->input_count == 0)
        return false;
    const struct pt_shape *weight = &pt_graph_tensor(graph, op->parameters[0])->shape;
    const struct pt_shape *input = &pt_graph_tensor(graph, op->inputs[0])->shape;
    if (weight->rank != 2 || input->rank < 1 || weight->dim[0] < 1 || weight->dim[1] < 1 ||
        input->dim[input->rank - 1] != weight->dim[1])
        return false;
    *ret_outputs = (double)weight->dim[0];
    *ret_inputs = (double)weight->dim[1];
    *ret_rows = (double)pt_shape_size(input) / *ret_inputs;
    return true;
}

// Forward: rows x outputs over inputs. Backward: half of the work makes the weight's gradient,
// outputs x inputs over rows, the other half the input's, rows x inputs over outputs.
static double operator_efficiency(const struct pt_graph *graph, const struct pt_op *op,
                                  enum pt_pass pass)
{
    double rows, outputs, inputs;
    if (!product_sizes(graph, op, &rows, &outputs, &inputs))
        return 1;
    if (pass == PT_FORWARD)
        return product_efficiency(rows, outputs, inputs);
    double weight = product_efficiency(outputs, inputs, rows);
    if (!pt_graph_tensor(graph, op->inputs[0])->needs_gradient)
        return weight;
    return 2 / (1 / weight + 1 / product_efficiency(rows, inputs, outputs));
}

static double bandwidth(const struct pt_calibration_point *speed, double working_set_bytes)
{
    return working_set_bytes <= speed->cache_bytes ? speed->cache_bytes_per_second
                                                   : speed->memory_bytes_per_second;
}

// fmax would hide an unknown speed behind a known one.
static double later(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

static double work_seconds(const struct pt_work *work, const struct pt_calibration_point *speed,
                           enum pt_precision precision, double working_set_bytes, double efficiency)
{
    double peak =
        precision == PT_PRECISION_BF16 ? speed->bf16_flop_per_second : speed->fp32_flop_per_second;
    double compute = work->matmul_flop == 0 ? 0 : (double)work->matmul_flop / (peak * efficiency);
    double move = work->bytes == 0 ? 0 : (double)work->bytes / bandwidth(speed, working_set_bytes);
    return later(compute, move);
}

double pt_roofline_seconds(const struct pt_work *work, const struct pt_calibration_point *speed,
                           enum pt_precision precision, double overhead_seconds)
{
    return work_seconds(work, speed, precision, (double)work->bytes, 1) + overhead_seconds;
}

double pt_roofline_operator(const struct pt_graph *graph, int op, enum pt_pass pass,
                            const struct pt_work *work, const struct pt_calibration_point *speed,
                            enum pt_precision precision, double working_set_bytes)
{
    double efficiency = operator_efficiency(graph, &graph->ops[op], pass);
    return work_seconds(work, speed, precision, working_set_bytes, efficiency);
}

static bool is_empty(const struct pt_work *work)
{
    return work->flop == 0 && work->bytes == 0;
}

struct pt_step_time pt_roofline_step(const struct pt_graph *graph, const struct pt_demand *demand,
                                     const struct pt_calibration_point *speed,
                                     enum pt_precision precision, double overhead_seconds,
                                     double relative_error, enum pt_provenance provenance)
{
    double working_set = (double)demand->memory.peak_bytes, seconds[PT_PASS_COUNT] = {0};

    for (int i = 0; i < demand->op_count; i++)
        for (int pass = PT_FORWARD; pass <= PT_BACKWARD; pass++) {
            const struct pt_work *work = &demand->by_op[i][pass];
            if (is_empty(work))
                continue;
            seconds[pass] += pt_roofline_operator(graph, i, (enum pt_pass)pass, work, speed,
                                                  precision, working_set);
            seconds[pass] += overhead_seconds;
        }
    if (!is_empty(&demand->optimizer))
        seconds[PT_OPTIMIZER] =
            work_seconds(&demand->optimizer, speed, precision, working_set, 1) + overhead_seconds;

    struct pt_quantity passes[PT_PASS_COUNT];
    for (int pass = 0; pass < PT_PASS_COUNT; pass++)
        passes[pass] = isfinite(seconds[pass])
                           ? pt_quantity_relative(seconds[pass], relative_error, provenance)
                           : pt_quantity_missing();
    struct pt_step_time time = {
        .forward = passes[PT_FORWARD],
        .backward = passes[PT_BACKWARD],
        .optimizer = passes[PT_OPTIMIZER],
    };
    time.step = pt_quantity_sum(pt_quantity_sum(time.forward, time.backward), time.optimizer);
    return time;
}
