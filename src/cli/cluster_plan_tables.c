// The tables below a plan: Pareto front, what if, why not, kernels,
// assumptions, launch flags.

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "cli/cluster_plan.h"
#include "plan/evaluate.h"
#include "plan/launch_flags.h"
#include "plan/search_parts.h"

enum { CELL_SIZE = 48, WIDTH = 100, KERNELS_MOST = 256, TOP_USUAL = 8 };

static struct pt_table *new_table(struct pt_arena **ret_arena, const char *const *headings,
                                  int count)
{
    *ret_arena = pt_arena_create();
    return *ret_arena == NULL ? NULL : pt_table_create(*ret_arena, headings, count);
}

static void finish(FILE *stream, struct pt_arena *arena, struct pt_table *table, const char *title)
{
    if (table != NULL) {
        fprintf(stream, "\n%s\n", title);
        pt_table_print(table, stream, WIDTH);
    } else
        fprintf(stream, "\n%s: no memory for the table\n", title);
    pt_arena_destroy(arena);
}

static const char *cap_text(const struct pt_cluster *cluster, char *buffer)
{
    if (isnan(cluster->cap_watts))
        return "none";
    return pt_format_watts(cluster->cap_watts, buffer);
}

// ------------------------------------------------------------------------------------- the front
static void front_row(struct pt_table *table, const struct pt_plan_request *request,
                      const struct pt_plan_figures *figures)
{
    char on[CELL_SIZE], layout[PT_LAYOUT_TEXT_SIZE], cap[CELL_SIZE], time[CELL_SIZE];
    char energy[CELL_SIZE], money[CELL_SIZE], carbon[CELL_SIZE];
    snprintf(on, sizeof on, "%lld %s", (long long)request->cluster.count,
             request->cluster.accelerator->name);
    pt_table_row(table,
                 (const char *[]){
                     pt_plan_format_duration(figures->seconds, time),
                     pt_plan_format_usd(pt_objective_value(PT_OPTIMIZE_TOTAL, figures), money),
                     pt_format_joules(figures->facility_joules, energy),
                     pt_format_grams(figures->operational_grams, carbon), on,
                     cap_text(&request->cluster, cap), pt_layout_text(&request->layout, layout)});
}

static void print_front(FILE *stream, const struct pt_cluster_plan *plan)
{
    static const char *const headings[] = {">time", ">total", ">energy", ">carbon",
                                           "on",    ">cap",   "layout"};
    const struct pt_search_result *result = plan->result;
    int most = plan->texts->top > 0 ? (int)plan->texts->top : TOP_USUAL;
    struct pt_arena *arena;
    if (result->front_count < 2)
        return;
    struct pt_table *table = new_table(&arena, headings, 7);
    int rows = result->front_count < most ? result->front_count : most;
    for (int i = 0; i < rows && table != NULL; i++) {
        int at = rows == 1 ? 0 : i * (result->front_count - 1) / (rows - 1);
        front_row(table, &result->front[at], &result->front_figures[at]);
    }
    finish(stream, arena, table, "Pareto front: nothing is both faster and cheaper");
}

// --------------------------------------------------------------------------------------- what if
static const char *change(double now, double then, char *buffer)
{
    if (isnan(now) || isnan(then) || now == 0)
        return "unknown";
    double percent = 100 * (then / now - 1);
    pt_format_c(buffer, CELL_SIZE, fabs(percent) < 0.05 ? "0 %%" : "%+.1f %%", percent);
    return buffer;
}

static void print_what_if(FILE *stream, const struct pt_cluster_plan *plan)
{
    static const char *const headings[] = {"what if",      ">time",  ">energy",
                                           ">electricity", ">total", ">carbon"};
    const struct pt_plan_figures *now = &plan->plan.figures;
    struct pt_arena *arena;
    if (plan->whatif == NULL)
        return;
    struct pt_table *table = new_table(&arena, headings, 6);
    for (int i = 0; i < plan->whatif->count && table != NULL; i++) {
        const struct pt_whatif_row *row = &plan->whatif->rows[i];
        const struct pt_plan_figures *then = &row->figures;
        char cells[5][CELL_SIZE];
        if (!row->feasible) {
            pt_table_row(table, (const char *[]){row->change, "no plan", NULL, NULL, NULL, NULL});
            continue;
        }
        pt_table_row(table, (const char *[]){
                                row->change, change(now->seconds, then->seconds, cells[0]),
                                change(now->facility_joules, then->facility_joules, cells[1]),
                                change(now->energy_usd, then->energy_usd, cells[2]),
                                change(pt_objective_value(PT_OPTIMIZE_TOTAL, now),
                                       pt_objective_value(PT_OPTIMIZE_TOTAL, then), cells[3]),
                                change(now->operational_grams, then->operational_grams, cells[4])});
    }
    char title[CELL_SIZE];
    snprintf(title, sizeof title, "What if: one change, by %s",
             pt_objective_text(plan->options.objective));
    finish(stream, arena, table, title);
}

// --------------------------------------------------------------------------------------- why not
// Behind a column of 13, in lines that end at a blank.
static void print_wrapped(FILE *stream, const char *text)
{
    enum { INDENT = 15, ROOM = WIDTH - INDENT };
    bool first = true;
    while (*text != '\0') {
        size_t length = strlen(text);
        for (size_t end = length; length > ROOM && end > 0; end--)
            if (text[end] == ' ' && end <= ROOM) {
                length = end;
                break;
            }
        fprintf(stream, "%*s%.*s\n", first ? 2 : INDENT, "", (int)length, text);
        text += length;
        while (*text == ' ')
            text++;
        first = false;
    }
}

void pt_cluster_plan_print_reasons(FILE *stream, const struct pt_cluster_plan *plan)
{
    const struct pt_search_result *result = plan->result;
    // The only reason that there is no plan is the error itself.
    if (result->reason_count == 0 || (!result->found && result->reason_count == 1))
        return;
    fprintf(stream, "\nWhy not others\n");
    for (int i = 0; i < result->reason_count; i++) {
        char count[CELL_SIZE];
        fprintf(stream, "  %11s", pt_format_count((double)result->reasons[i].count, count));
        print_wrapped(stream, result->reasons[i].text);
    }
}

// --------------------------------------------------------------------------------------- kernels
static void print_kernels(FILE *stream, const struct pt_cluster_plan *plan)
{
    static const char *const headings[] = {"block",     "kernel", ">times",  ">forward",
                                           ">backward", ">FLOP",  "bound by"};
    struct pt_kernel_cost rows[KERNELS_MOST];
    const struct pt_stage_costs *costs;
    struct pt_arena *arena;
    if (!plan->texts->kernels)
        return;
    struct pt_table *table = new_table(&arena, headings, 7);
    if (table != NULL && pt_stage_costs_create(arena, plan->workload, &plan->request.cluster,
                                               &plan->plan.layout, &costs, NULL) == PT_OK) {
        int count = pt_stage_costs_kernels(costs, rows, KERNELS_MOST);
        for (int i = 0; i < count && i < KERNELS_MOST; i++) {
            char times[CELL_SIZE], forward[CELL_SIZE], backward[CELL_SIZE], flop[CELL_SIZE];
            snprintf(times, sizeof times, "%d", rows[i].count);
            pt_table_row(
                table, (const char *[]){rows[i].block, rows[i].kernel, times,
                                        pt_plan_format_duration(rows[i].forward_seconds, forward),
                                        pt_plan_format_duration(rows[i].backward_seconds, backward),
                                        pt_format_flop(rows[i].forward_flop, flop),
                                        rows[i].bound_by_memory ? "memory" : "arithmetic"});
        }
    }
    finish(stream, arena, table, "Kernels of one microbatch on one device");
}

// ----------------------------------------------------------------------------------- assumptions
static const char *assumed_value(const struct pt_plan_assumption *assumption, char *buffer)
{
    if (!pt_quantity_known(assumption->value))
        return "unknown";
    pt_format_c(buffer, CELL_SIZE, "%.4g%s%s", assumption->value.value,
                *assumption->unit != '\0' ? " " : "", assumption->unit);
    return buffer;
}

static void print_assumptions(FILE *stream, const struct pt_plan *made)
{
    static const char *const headings[] = {"option", ">value", "what", "from"};
    struct pt_arena *arena;
    struct pt_table *table = new_table(&arena, headings, 4);
    for (int i = 0; i < made->assumption_count && table != NULL; i++) {
        const struct pt_plan_assumption *one = &made->assumptions[i];
        char key[CELL_SIZE], value[CELL_SIZE];
        snprintf(key, sizeof key, "--%s", one->key);
        pt_table_row(table, (const char *[]){key, assumed_value(one, value), one->text,
                                             pt_provenance_text(one->value.provenance)});
    }
    finish(stream, arena, table,
           "Assumptions, each with the option that replaces it (--json gives the sources)");
}

// On GPUs both ways to start it, the one that was planned for first.
static void print_launch(FILE *stream, const struct pt_cluster_plan *plan)
{
    enum pt_framework own = plan->plan.layout.framework;
    enum pt_framework other =
        own == PT_FRAMEWORK_MEGATRON ? PT_FRAMEWORK_FSDP : PT_FRAMEWORK_MEGATRON;
    static const char *const names[] = {[PT_FRAMEWORK_MEGATRON] = "Megatron-LM",
                                        [PT_FRAMEWORK_FSDP] = "torchtitan (FSDP)",
                                        [PT_FRAMEWORK_XLA] = "MaxText"};
    bool has_attention = plan->workload->heads > 0;
    fprintf(stream, "\nLaunch with %s\n", has_attention ? names[own] : "torchrun");
    pt_launch_flags_print(stream, &plan->request, own);
    if (own == PT_FRAMEWORK_XLA || !has_attention)
        return;
    fprintf(stream, "\nThe same sizes with %s\n", names[other]);
    pt_launch_flags_print(stream, &plan->request, other);
}

void pt_cluster_plan_print_tables(FILE *stream, const struct pt_cluster_plan *plan)
{
    pt_cluster_plan_print_optima(stream, plan);
    print_front(stream, plan);
    print_what_if(stream, plan);
    pt_cluster_plan_print_reasons(stream, plan);
    print_kernels(stream, plan);
    print_assumptions(stream, &plan->plan);
    print_launch(stream, plan);
}
