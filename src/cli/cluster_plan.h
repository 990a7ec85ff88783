// What `powertrain plan` does for a cluster: the texts of the command line, what they mean, and the
// answer.
#ifndef PT_CLI_CLUSTER_PLAN_H
#define PT_CLI_CLUSTER_PLAN_H

#include "base/json_writer.h"
#include "cli/verb.h"
#include "plan/option_text.h"
#include "plan/search.h"
#include "plan/whatif.h"

// As they stand on the command line; NULL or NAN: not given.
struct pt_cluster_plan_texts {
    const char *model, *parameters, *active;
    const char *on, *hardware, *root, *region, *regions, *tariff;
    const char *tokens, *batch, *precision, *layout, *framework, *optimizer, *teacher;
    const char *evaluation_tokens, *optimize, *deadline, *cap;
    struct pt_option_list budgets, bindings;
    const char *measured_step_time, *measured_watts, *ledger;
    const char *mtbf, *checkpoint_time, *restart_time;
    double rent, pue, goodput, mfu, other_loss, repeats;
    double memory_reserve, life_years, use_share, water, market_carbon, demand_charge, egress_gb;
    int64_t length, lora, max_devices, top, threads, measured_run;
    bool own, what_if, kernels, json;
};

struct pt_cluster_plan {
    struct pt_arena *arena;
    const struct pt_cluster_plan_texts *texts;
    const struct pt_workload *workload;
    struct pt_plan_request asked; // with sizes free as the user left them
    struct pt_search_options options;
    struct pt_cluster clusters[PT_SEARCH_HARDWARE_MAX];
    const struct pt_tariff *regions[PT_SEARCH_REGIONS_MAX];
    bool size_only; // no architecture is known
    bool objective_given, tokens_given, batch_given, layout_given;
    double mfu; // NAN: not given
    // The answer
    struct pt_search_result *result;
    struct pt_search_result *free_result; // of any layout, where the user wrote one; else NULL
    struct pt_plan_request request;       // of the plan
    struct pt_plan plan;
    // The two optima that are shown side by side: of electricity (money, or joules where no price
    // is known) and of all costs (or time). found: there is one.
    struct pt_plan_column {
        const char *name;
        bool found, is_this; // it is the plan itself
        struct pt_plan_request request;
        struct pt_plan plan;
    } electric, total;
    struct pt_whatif *whatif; // NULL: not asked
};

// Fills *plan; release it with pt_cluster_plan_close, also after a failure. PT_INFEASIBLE: the
// reasons are in result, and plan->plan is that of the user's own layout if there is one.
enum pt_status pt_cluster_plan_open(struct pt_cluster_plan *plan,
                                    const struct pt_cluster_plan_texts *texts,
                                    struct pt_error *error);
void pt_cluster_plan_close(struct pt_cluster_plan *plan);

// For cluster_plan.c: the network that text names, and what the options ask for.
enum pt_status pt_cluster_plan_model(struct pt_arena *arena, const char *text,
                                     const struct pt_cluster_plan_texts *texts,
                                     const struct pt_workload **ret_workload,
                                     struct pt_error *error);
enum pt_status pt_cluster_plan_read(struct pt_cluster_plan *plan, struct pt_error *error);
enum pt_status pt_cluster_plan_hardware(struct pt_cluster_plan *plan, struct pt_error *error);
enum pt_status pt_cluster_plan_regions(struct pt_cluster_plan *plan, struct pt_error *error);
// What metered runs taught about such hardware narrows the plan; --measured-run reads the step of a
// run before the plan is made, and keeps the plan beside it afterwards.
enum pt_status pt_cluster_plan_learn(struct pt_cluster_plan *plan, struct pt_error *error);
enum pt_status pt_cluster_plan_read_run(struct pt_cluster_plan *plan, struct pt_error *error);
enum pt_status pt_cluster_plan_teach(const struct pt_cluster_plan *plan, struct pt_error *error);
// Calls take for every item of the list "a,b,c" that stands behind --option.
typedef enum pt_status pt_take_item(struct pt_cluster_plan *plan, const char *item,
                                    struct pt_error *error);
enum pt_status pt_cluster_plan_each(struct pt_cluster_plan *plan, const char *option,
                                    const char *list, pt_take_item *take, struct pt_error *error);

void pt_cluster_plan_print(FILE *stream, const struct pt_cluster_plan *plan);
void pt_cluster_plan_print_optima(FILE *stream, const struct pt_cluster_plan *plan);
void pt_cluster_plan_print_tables(FILE *stream, const struct pt_cluster_plan *plan);
void pt_cluster_plan_print_reasons(FILE *stream, const struct pt_cluster_plan *plan);
void pt_cluster_plan_write_json(const struct pt_cluster_plan *plan, struct pt_json_writer *writer);

// "2 h 13 min", "34.5 days", "1.2 years".
const char *pt_plan_format_duration(double seconds, char *buffer);

// "1,234 USD", cents below a thousand. As the one above: a buffer of at least 48 bytes.
const char *pt_plan_format_usd(double amount, char *buffer);

#endif
