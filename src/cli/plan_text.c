// The plan as people and programs read it.

#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "cli/run_setup.h"
#include "demand/optimizer.h"
#include "report/report.h"

static void print_quantity(FILE *stream, const char *label, struct pt_quantity quantity,
                           pt_report_formatter *format)
{
    char buffer[PT_REPORT_QUANTITY_SIZE];
    fprintf(stream, "  %-12s %s\n", label, pt_report_quantity(quantity, format, buffer));
}

static const char *format_duration(double seconds, char *buffer)
{
    return pt_format_duration(seconds, buffer);
}

static void print_length(FILE *stream, const struct pt_run_plan *plan)
{
    const struct pt_run_length *length = &plan->length;
    char samples[48], steps[48], parts[64] = "";
    if (length->accumulate > 1)
        snprintf(parts, sizeof parts, " (%lld batches of %lld)", (long long)length->accumulate,
                 (long long)length->batch);
    fprintf(stream, "  %-12s %s samples, %s steps of %lld%s", "training",
            pt_format_count((double)length->samples, samples),
            pt_format_count(
                (double)(length->epoch_count > 1 ? length->steps_per_epoch : length->step_count),
                steps),
            (long long)(length->batch * length->accumulate), parts);
    if (length->epoch_count > 1)
        fprintf(stream, " in each of %lld epochs", (long long)length->epoch_count);
    if (length->step_count % length->steps_per_epoch != 0 && length->epoch_count > 1)
        fprintf(stream, ", %s steps in all", pt_format_count((double)length->step_count, steps));
    fprintf(stream, "\n");
}

static void print_warmup(FILE *stream, const struct pt_sequence_warmup *warmup)
{
    if (warmup->stage_count == 0)
        return;
    fprintf(stream, "  %-12s", "warm-up");
    for (int i = 0; i < warmup->stage_count; i++)
        fprintf(stream, "%s %lld", i > 0 ? "," : "",
                (long long)pt_sequence_warmup_length(warmup, i));
    fprintf(stream, " of %lld tokens in the first %lld steps\n", (long long)warmup->full,
            (long long)warmup->steps);
}

static void print_demand(FILE *stream, const struct pt_run_setup *setup)
{
    const struct pt_run_plan *plan = &setup->plan;
    const struct pt_demand *demand = &plan->demand;
    char count[48], step[48], forward[48], backward[48], update[48];
    char network[48], data[48];
    fprintf(stream, "  %-12s %s\n", "parameters",
            pt_format_count((double)demand->parameter_count, count));
    print_length(stream, plan);
    print_warmup(stream, &plan->warmup);
    fprintf(stream, "  %-12s %s (forward %s, backward %s, %s %s)\n", "one step",
            pt_format_flop((double)demand->step.flop, step),
            pt_format_flop((double)demand->pass[PT_FORWARD].flop, forward),
            pt_format_flop((double)demand->pass[PT_BACKWARD].flop, backward),
            pt_optimizer_text(setup->config.optimizer.kind),
            pt_format_flop((double)demand->pass[PT_OPTIMIZER].flop, update));
    fprintf(stream, "  %-12s %s for the network, %s for the data\n", "memory",
            pt_format_bytes((double)(demand->memory.peak_bytes + plan->workspace_bytes), network),
            pt_format_bytes(plan->data_bytes, data));
}

void pt_print_plan(FILE *stream, const struct pt_run_setup *setup)
{
    const struct pt_run_plan *plan = &setup->plan;
    const struct pt_bill_row *total = &plan->bill.total;
    char buffer[PT_REPORT_QUANTITY_SIZE];
    fprintf(stream, "Plan: %s in %s on %s\n", setup->graph->name,
            pt_precision_text(setup->config.precision), setup->machine);
    print_demand(stream, setup);
    print_quantity(stream, "time", plan->seconds, format_duration);
    print_quantity(stream, "power", plan->watts, pt_format_watts);
    print_quantity(stream, "energy", pt_bill_joules(total), pt_format_joules);
    fprintf(stream, "  %-12s %s\n", "money",
            pt_report_money(pt_bill_money(total), plan->bill.currency, buffer));
    print_quantity(stream, "carbon", pt_bill_grams(total), pt_format_grams);
    fprintf(stream, "  speeds       %s\n",
            plan->calibrated ? "calibrated on this machine"
                             : "guessed from the CPU's kind; powertrain calibrate measures them");
    if (plan->experience.run_count > 0)
        fprintf(stream,
                "  learned      times x %.2f, from %d earlier run%s on this machine (%d of this "
                "network)\n",
                plan->experience.factor, plan->experience.run_count,
                plan->experience.run_count == 1 ? "" : "s", plan->experience.same_network_count);
    fprintf(stream, "  power from   %s\n", plan->power_source);
    if (*plan->bill.price_source != '\0')
        fprintf(stream, "  price from   %s\n", plan->bill.price_source);
    else
        fprintf(stream, "  no price and carbon known: --region CODE or --tariff FILE gives them\n");
    if (*plan->bill.carbon_source != '\0')
        fprintf(stream, "  carbon from  %s\n", plan->bill.carbon_source);
}

void pt_print_layers(FILE *stream, const struct pt_run_setup *setup)
{
    static const char *const headings[] = {"layer",    "operator",  "output", ">parameters",
                                           ">forward", ">backward", ">bytes"};
    const struct pt_graph *graph = setup->graph;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return;
    struct pt_table *table = pt_table_create(arena, headings, 7);
    for (int i = 0; table != NULL && i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        const struct pt_work *work = setup->plan.demand.by_op[i];
        char shape[160], parameters[48], forward[48], backward[48], bytes[48];
        int64_t count = 0;
        for (int k = 0; k < op->parameter_count; k++)
            count += pt_graph_tensor_size(graph, op->parameters[k]);
        pt_table_row(
            table,
            (const char *[]){
                op->name, op->kind->name,
                pt_shape_text(&pt_graph_tensor(graph, op->outputs[0])->shape, shape),
                pt_format_count((double)count, parameters),
                pt_format_flop((double)work[PT_FORWARD].flop, forward),
                pt_format_flop((double)work[PT_BACKWARD].flop, backward),
                pt_format_bytes((double)work[PT_FORWARD].bytes + (double)work[PT_BACKWARD].bytes,
                                bytes)});
    }
    if (table != NULL)
        pt_table_print(table, stream,
                       isatty(fileno(stream)) ? pt_terminal_width(fileno(stream)) : 0);
    pt_arena_destroy(arena);
}

static void write_work(struct pt_json_writer *writer, const char *key, const struct pt_work *work)
{
    pt_json_object(writer, key);
    pt_json_integer(writer, "flop", work->flop);
    pt_json_integer(writer, "matmul_flop", work->matmul_flop);
    pt_json_integer(writer, "bytes", work->bytes);
    pt_json_end_object(writer);
}

static void write_memory(struct pt_json_writer *writer, const struct pt_run_plan *plan)
{
    const struct pt_step_memory *memory = &plan->demand.memory;
    pt_json_object(writer, "memory");
    pt_json_integer(writer, "parameter_bytes", memory->parameter_bytes);
    pt_json_integer(writer, "gradient_bytes", memory->gradient_bytes);
    pt_json_integer(writer, "optimizer_bytes", memory->optimizer_bytes);
    pt_json_integer(writer, "input_bytes", memory->input_bytes);
    pt_json_integer(writer, "activation_bytes", memory->activation_bytes);
    pt_json_integer(writer, "workspace_bytes", plan->workspace_bytes);
    pt_json_integer(writer, "peak_bytes", memory->peak_bytes + plan->workspace_bytes);
    pt_json_end_object(writer);
}

void pt_write_plan_json(const struct pt_run_setup *setup, struct pt_json_writer *writer,
                        const char *key)
{
    const struct pt_run_plan *plan = &setup->plan;
    pt_json_object(writer, key);
    pt_json_string(writer, "network", setup->graph->name);
    pt_json_string(writer, "machine", setup->machine);
    pt_json_string(writer, "precision", pt_precision_text(setup->config.precision));
    pt_json_string(writer, "optimizer", pt_optimizer_text(setup->config.optimizer.kind));
    pt_json_integer(writer, "threads", setup->threads);
    pt_json_integer(writer, "parameters", plan->demand.parameter_count);
    pt_json_integer(writer, "train_samples", plan->train_samples);
    pt_json_integer(writer, "test_samples", plan->test_samples);
    pt_json_integer(writer, "batch", plan->batch);
    pt_json_integer(writer, "accumulate", plan->length.accumulate);
    pt_json_integer(writer, "epochs", plan->length.epoch_count);
    pt_json_integer(writer, "steps", plan->step_count);
    pt_json_integer(writer, "run_samples", plan->run_samples);
    pt_json_integer(writer, "sequence_warmup_from", plan->warmup.from);
    pt_json_integer(writer, "sequence_warmup_steps", plan->warmup.steps);
    pt_json_integer(writer, "evaluations", plan->length.evaluation_count);
    if (plan->flop >= 0)
        pt_json_integer(writer, "flop", plan->flop);
    write_work(writer, "forward", &plan->demand.pass[PT_FORWARD]);
    write_work(writer, "backward", &plan->demand.pass[PT_BACKWARD]);
    write_work(writer, "optimizer_step", &plan->demand.pass[PT_OPTIMIZER]);
    write_work(writer, "step", &plan->demand.step);
    write_memory(writer, plan);
    pt_json_number(writer, "data_bytes", plan->data_bytes);
    pt_json_bool(writer, "calibrated", plan->calibrated);
    pt_json_string(writer, "calibration_date", plan->calibrated ? setup->calibration.date : "");
    pt_json_object(writer, "correction");
    pt_json_number(writer, "time_factor", plan->experience.factor);
    pt_json_integer(writer, "run_count", plan->experience.run_count);
    pt_json_integer(writer, "same_network_count", plan->experience.same_network_count);
    pt_json_end_object(writer);
    pt_json_quantity(writer, "step_seconds", plan->step_seconds);
    pt_json_quantity(writer, "seconds", plan->seconds);
    pt_json_quantity(writer, "watts", plan->watts);
    pt_json_string(writer, "power_source", plan->power_source);
    pt_bill_write_json(&plan->bill, writer, "bill");
    pt_json_end_object(writer);
}
