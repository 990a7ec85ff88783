// What a user writes for a plan, and how a plan writes it: layouts, batches, budgets, caps.
#ifndef PT_PLAN_OPTION_TEXT_H
#define PT_PLAN_OPTION_TEXT_H

#include "plan/request.h"

// "tp=8,pp=16,dp=8,mb=1,recompute=selective,sp": sizes of request->layout that are fixed by it.
// Keys: tp, pp, dp, cp, ep, vp, mb, zero (0 to 3), recompute (none, selective, full), sp, flash
// (on, off). PT_BAD_INPUT names the item, what it may be, and the nearest key.
enum pt_status pt_layout_parse(const char *text, struct pt_plan_request *request,
                               struct pt_error *error);
// The same of a whole layout; sizes of 1 that say nothing are left out, but tp, pp and dp. Returns
// buffer, of at least PT_LAYOUT_TEXT_SIZE bytes.
enum { PT_LAYOUT_TEXT_SIZE = 160 };
const char *pt_layout_text(const struct pt_layout *layout, char *buffer);

// PT_BAD_INPUT names what is known, and what is near.
enum pt_status pt_framework_parse(const char *text, enum pt_framework *ret_framework,
                                  struct pt_error *error);
enum pt_status pt_optimizer_parse(const char *text, enum pt_optimizer_kind *ret_kind,
                                  struct pt_error *error);
// Also with moments in 8 bits: "adamw8bit", "lion-8bit".
enum pt_status pt_plan_optimizer_parse(const char *text, struct pt_plan_request *request,
                                       struct pt_error *error);

// Samples of a step. A number with a suffix ("4M", "512k") or of 100,000 and more is tokens, one
// below it, or with the word "samples" behind it, samples; "1024 tokens" too says what it is.
// Tokens become the nearest number of samples that divides well (usual.h).
enum pt_status pt_batch_parse(const char *text, const struct pt_workload *workload,
                              double *ret_samples, struct pt_error *error);

// Limits of a run; NAN: none. "2MUSD", "500kUSD", "10MWh", "25t" of CO2e.
struct pt_budget {
    double usd, joules, grams;
};
enum pt_status pt_budget_parse(const char *text, struct pt_budget *budget, struct pt_error *error);

// "500W", or a share of the TDP: "0.7", "70%". Watts.
enum pt_status pt_cap_parse(const char *text, const struct pt_accelerator *accelerator,
                            double *ret_watts, struct pt_error *error);

#endif
