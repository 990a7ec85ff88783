// Several training runs side by side: what each needed to reach the same loss.
//
// The energy of a whole run says little about a lever that changes how fast a network learns; the
// energy until a target is reached does.
#ifndef PT_REPORT_COMPARE_H
#define PT_REPORT_COMPARE_H

#include "report/report.h"

struct pt_compared_run {
    struct pt_report_run run;
    const char *label; // what this run tries: "bf16"
    // Filled by pt_compare_runs; NAN: unknown, or the target was not reached.
    double best_loss, last_loss;
    double total_seconds, total_joules, total_money;
    double target_seconds, target_joules, target_money;
    int64_t target_step; // -1: not reached
};

struct pt_comparison_target {
    double loss;    // NAN: the lowest that every run reached
    bool evaluated; // of the test set, because every run has evaluations; else of training
};

// Joules of run from its start to a moment, interpolated between the meter's samples and scaled so
// that the end is the total of the bill. NAN if nothing was metered.
double pt_run_joules_at(const struct pt_report_run *run, double seconds);

// Fills runs and *target. PT_BAD_INPUT if a run has no curve.
enum pt_status pt_compare_runs(struct pt_compared_run *runs, int count,
                               struct pt_comparison_target *target, struct pt_error *error);

void pt_compare_print(FILE *stream, struct pt_arena *arena, const struct pt_compared_run *runs,
                      int count, const struct pt_comparison_target *target, int width);
void pt_compare_write_json(FILE *stream, const struct pt_compared_run *runs, int count,
                           const struct pt_comparison_target *target);
// A self-contained page: loss over energy, one line each, and the table. Whole or not at all.
enum pt_status pt_compare_html(const char *path, const struct pt_compared_run *runs, int count,
                               const struct pt_comparison_target *target, struct pt_error *error);

#endif
