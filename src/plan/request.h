// What somebody wants to train and on what, with all that a plan assumes; every assumption has a
// key, by which it is listed and can be replaced.
#ifndef PT_PLAN_REQUEST_H
#define PT_PLAN_REQUEST_H

#include "cost/run_price.h"
#include "hardware/layout.h"
#include "power/cluster_power.h"

// How much is known of the run: the less, the wider the interval.
enum pt_plan_knowledge {
    PT_KNOWS_SIZE,    // parameters and tokens only
    PT_KNOWS_NETWORK, // the architecture; the layout is our choice: blind
    PT_KNOWS_LAYOUT,  // the layout too: plan-aware
    PT_KNOWS_STEP,    // a measured step time as well: calibrated
};

// What happens between the steps of a long run. Young 1974, Daly 2006.
struct pt_goodput_options {
    double share; // of wall time in which steps are made that count; NAN: from the rest
    double device_hours_between_failures; // of one accelerator
    double checkpoint_seconds, restart_seconds;
    double checkpoint_interval_seconds; // NAN: the best, sqrt(2 x checkpoint x MTBF)
    double other_loss; // evaluation, data stalls, slow nodes, restarts for other reasons; a share
    // They need time to happen: a run that works for so long has half of other_loss. 0: all of it.
    double other_loss_half_seconds;
};

// The same for so many devices; what is left is arithmetic. See pt_plan_goodput_at.
struct pt_goodput {
    double share; // of a run that loses nothing else
    double other_loss, half_seconds;
};

// What was measured on that very hardware, and replaces the residuals of published runs there: a
// step whose seconds are known, or runs of the ledger. A factor of 0: nothing was.
struct pt_plan_calibration {
    double time_factor, power_factor; // measured / modelled
    double time_spread, power_spread; // standard deviation of their logarithms
    const char *source;               // "one measured step"
};

struct pt_plan_request {
    const struct pt_workload *workload;
    struct pt_cluster cluster;
    double tokens;       // of the whole run; of workloads without tokens: samples
    double global_batch; // samples of a step; 0: chosen
    enum pt_optimizer_kind optimizer;
    bool optimizer_in_8_bits; // its moments, as bitsandbytes has them; masters stay as they are
    // Of a device's memory, that plans leave free: what the driver keeps for itself, and doubt.
    double memory_reserve_share;
    // What is asked for. A search is free to choose each size that is 0, or -1 of zero and
    // recompute, and of the rest what fixes does not name. States that are all 0: the usual bytes
    // of the optimizer.
    struct pt_layout layout;
    struct {
        bool sequence_parallel, framework, attention;
    } fixes;
    bool fixes_layout; // all of layout is given: nothing is searched
    enum pt_plan_knowledge knowledge;
    struct pt_goodput_options goodput; // what is NAN: the usual of the cluster
    const struct pt_tariff *tariff;
    struct pt_run_price_options price;
    // Of layout, which is then fixed, on cluster; NAN or 0: not measured. pt_plan_calibrate makes
    // the calibration of them that serves other layouts too.
    double measured_step_seconds, measured_device_watts;
    struct pt_plan_calibration calibration;
    double teacher_flop_per_token; // distillation: forward FLOP of the teacher; 0: none
    double evaluation_tokens;      // forward passes beside the training; 0: none
    double repeats;                // PSF: how many such runs the project takes; 1
    int64_t start_realtime_ns;
};

// One plan in plain numbers: what a search compares. All of the whole run.
struct pt_plan_figures {
    double seconds, step_seconds;
    double facility_joules, facility_watts, device_watts;
    double energy_usd, hardware_usd; // NAN if a price is unknown
    double operational_grams, embodied_grams;
    double memory_bytes;     // of the fullest device
    double flop_utilization; // MFU, causal
};

// Evaluates a layout that pt_layout_check accepts on request->cluster; costs as in step_time.h. A
// search prepares what many layouts share: evaluate.h.
void pt_plan_evaluate(const struct pt_plan_request *request, const struct pt_stage_costs *costs,
                      const struct pt_layout *layout, struct pt_plan_figures *ret_figures);

// Bytes of a device that a plan may fill; NAN for a processor, whose memory is not its own.
double pt_plan_memory_limit(const struct pt_plan_request *request);
// Fills in states of layout as optimizer and optimizer_in_8_bits have them.
void pt_plan_states(const struct pt_plan_request *request, struct pt_layout *layout);

// Share of time in which steps count, for a cluster of so many devices and a run that would take
// work_seconds if nothing were lost. Twice the work never takes less time.
struct pt_goodput pt_plan_goodput_of(const struct pt_goodput_options *options, double devices);
double pt_plan_goodput_at(const struct pt_goodput *goodput, double work_seconds);
struct pt_goodput_options pt_plan_goodput_usual(const struct pt_cluster *cluster);

#endif
