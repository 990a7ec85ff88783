// Shares a bill out among the layers of the network.

#include "train/profile.h"

#include <math.h>
#include <string.h>

#include "model/segment.h"
#include "train/run_stage.h"

static const double seconds_per_ns = 1e-9;

static const struct pt_bill_row *phase_of(const struct pt_bill *bill, enum pt_train_phase phase)
{
    for (int i = 0; i < bill->row_count; i++)
        if (strcmp(bill->rows[i].label, pt_train_phases[phase]) == 0)
            return &bill->rows[i];
    return NULL;
}

// Energy, money and carbon of a part of a phase.
struct cost {
    struct pt_quantity joules, money, grams;
};

static struct cost cost_of(const struct pt_bill_row *phase, double part)
{
    if (phase == NULL) {
        struct pt_quantity missing = pt_quantity_missing();
        return (struct cost){missing, missing, missing};
    }
    return (struct cost){pt_quantity_scale(pt_bill_joules(phase), part),
                         pt_quantity_scale(pt_bill_money(phase), part),
                         pt_quantity_scale(pt_bill_grams(phase), part)};
}

static void set_cost(struct pt_profile_row *row, struct cost a, struct cost b)
{
    row->joules = pt_quantity_sum(a.joules, b.joules);
    row->money = pt_quantity_sum(a.money, b.money);
    row->grams = pt_quantity_sum(a.grams, b.grams);
}

// "transformer.h.0" of "transformer.h.0.attn.c_attn"; NULL if it belongs to none.
static const char *block_of(struct pt_arena *arena, const char *name)
{
    size_t length = pt_block_name_length(name);
    return length > 0 ? pt_arena_strndup(arena, name, length) : NULL;
}

// How long this machine needs at best for what was executed, in both passes.
static double roofline(const struct pt_run_plan *plan, int op, int64_t begin_step, int64_t end_step)
{
    double seconds = 0;
    for (int i = 0; i < plan->stage_count; i++) {
        const struct pt_run_stage *stage = &plan->stages[i];
        seconds +=
            stage->op_seconds[op] * (double)pt_run_stage_samples(plan, stage, begin_step, end_step);
    }
    return seconds / (double)plan->batch;
}

// The sums of all operators, by which the phases are divided.
struct totals {
    double forward_ns, backward_ns;
};

static struct totals add_up(const struct pt_op_time *times, int count)
{
    struct totals totals = {0, 0};
    for (int i = 0; i < count; i++) {
        totals.forward_ns += (double)times[i].forward_ns;
        totals.backward_ns += (double)times[i].backward_ns;
    }
    return totals;
}

static double part_of(int64_t ns, double all_ns)
{
    return all_ns > 0 ? (double)ns / all_ns : 0;
}

static struct pt_profile_row row_of(struct pt_arena *arena, const struct pt_op *op,
                                    const struct pt_op_time *time, struct totals totals,
                                    const struct pt_bill *bill)
{
    struct pt_profile_row row = {
        .name = op->name,
        .kind = op->kind->name,
        .block = block_of(arena, op->name),
        .is_fused = time->is_fused,
        .forward_seconds = (double)time->forward_ns * seconds_per_ns,
        .backward_seconds = (double)time->backward_ns * seconds_per_ns,
        .flop = (double)(time->forward_flop + time->backward_flop),
    };
    row.seconds = row.forward_seconds + row.backward_seconds;
    row.flop_per_second = row.flop > 0 && row.seconds > 0 ? row.flop / row.seconds : NAN;
    set_cost(
        &row,
        cost_of(phase_of(bill, PT_PHASE_FORWARD), part_of(time->forward_ns, totals.forward_ns)),
        cost_of(phase_of(bill, PT_PHASE_BACKWARD), part_of(time->backward_ns, totals.backward_ns)));
    return row;
}

// A phase without layers: the optimizer, loading data, evaluation, checkpoints.
static void add_phase(struct pt_profile *profile, const struct pt_run_plan *plan,
                      const struct pt_bill *bill, enum pt_train_phase phase, double steps)
{
    const struct pt_bill_row *billed = phase_of(bill, phase);
    if (billed == NULL || !pt_quantity_known(billed->seconds))
        return;
    struct cost cost = cost_of(billed, 1);
    struct pt_profile_row row = {.name = pt_train_phases[phase],
                                 .seconds = billed->seconds.value,
                                 .roofline_seconds = NAN,
                                 .flop_per_second = NAN,
                                 .joules = cost.joules,
                                 .money = cost.money,
                                 .grams = cost.grams};
    if (phase == PT_PHASE_OPTIMIZER) {
        row.flop = (double)plan->demand.optimizer.flop * steps;
        row.flop_per_second = row.seconds > 0 ? row.flop / row.seconds : NAN;
    }
    profile->rows[profile->row_count++] = row;
}

static void sum_up(struct pt_profile *profile)
{
    profile->joules = profile->money = profile->grams = pt_quantity_exact(0);
    for (int i = 0; i < profile->row_count; i++) {
        const struct pt_profile_row *row = &profile->rows[i];
        profile->seconds += row->seconds;
        profile->joules = pt_quantity_sum(profile->joules, row->joules);
        profile->money = pt_quantity_sum(profile->money, row->money);
        profile->grams = pt_quantity_sum(profile->grams, row->grams);
    }
    for (int i = 0; i < profile->row_count && profile->seconds > 0; i++)
        profile->rows[i].share = profile->rows[i].seconds / profile->seconds;
}

enum pt_status pt_profile_make(struct pt_arena *arena, const struct pt_network *network,
                               const struct pt_plan_inputs *inputs, const struct pt_run_plan *plan,
                               int64_t begin_step, int64_t end_step, const struct pt_bill *bill,
                               struct pt_profile *ret_profile, struct pt_error *error)
{
    const struct pt_graph *graph = inputs->graph;
    const struct pt_op_time *times = pt_network_op_times(network);
    struct pt_profile profile = {.currency = bill->currency};
    if (times == NULL)
        return pt_fail(error, PT_USAGE, "network %s was not profiled", graph->name);
    profile.rows =
        pt_arena_alloc(arena, (size_t)graph->op_count + PT_PHASE_COUNT, sizeof *profile.rows);
    if (profile.rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "the profile of %d layers: out of memory",
                       graph->op_count);
    struct totals totals = add_up(times, graph->op_count);
    for (int i = 0; i < graph->op_count; i++) {
        struct pt_profile_row row = row_of(arena, &graph->ops[i], &times[i], totals, bill);
        row.roofline_seconds = roofline(plan, i, begin_step, end_step);
        profile.rows[profile.row_count++] = row;
    }
    for (int phase = 0; phase < PT_PHASE_COUNT; phase++)
        if (phase != PT_PHASE_FORWARD && phase != PT_PHASE_BACKWARD)
            add_phase(&profile, plan, bill, (enum pt_train_phase)phase,
                      (double)(end_step - begin_step));
    sum_up(&profile);
    *ret_profile = profile;
    return PT_OK;
}

static void write_row(const struct pt_profile_row *row, struct pt_json_writer *writer)
{
    pt_json_object(writer, NULL);
    pt_json_string(writer, "name", row->name);
    pt_json_string(writer, "operator", row->kind);
    pt_json_string(writer, "block", row->block);
    pt_json_bool(writer, "fused", row->is_fused);
    pt_json_number(writer, "seconds", row->seconds);
    pt_json_number(writer, "forward_seconds", row->forward_seconds);
    pt_json_number(writer, "backward_seconds", row->backward_seconds);
    pt_json_number(writer, "flop", row->flop);
    pt_json_number(writer, "flop_per_second", row->flop_per_second);
    pt_json_number(writer, "roofline_seconds", row->roofline_seconds);
    pt_json_number(writer, "share", row->share);
    pt_json_number(writer, "joules", row->joules.value);
    pt_json_number(writer, "money", row->money.value);
    pt_json_number(writer, "grams", row->grams.value);
    pt_json_end_object(writer);
}

void pt_profile_write_json(const struct pt_profile *profile, struct pt_json_writer *writer,
                           const char *key)
{
    pt_json_object(writer, key);
    pt_json_number(writer, "seconds", profile->seconds);
    pt_json_number(writer, "joules", profile->joules.value);
    pt_json_number(writer, "money", profile->money.value);
    pt_json_number(writer, "grams", profile->grams.value);
    pt_json_string(writer, "currency", profile->currency);
    pt_json_array(writer, "rows");
    for (int i = 0; i < profile->row_count; i++)
        write_row(&profile->rows[i], writer);
    pt_json_end_array(writer);
    pt_json_end_object(writer);
}
