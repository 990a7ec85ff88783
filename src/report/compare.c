// What several runs needed to reach the same loss.

#include "report/compare.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/table.h"

enum { CELL = 64 };

// ---------------------------------------------------------------------------------- the numbers
static double metered_joules(const struct pt_report_run *run)
{
    double last = NAN;
    for (int64_t i = 0; i < run->sample_count; i++)
        if (isfinite(run->samples[i].joules))
            last = run->samples[i].joules;
    return last;
}

// Between the samples around it; the meter begins at 0 with the run.
static double interpolate(const struct pt_report_run *run, double seconds)
{
    double before_seconds = 0, before_joules = 0;
    for (int64_t i = 0; i < run->sample_count; i++) {
        const struct pt_meter_sample *sample = &run->samples[i];
        if (!isfinite(sample->joules))
            continue;
        if (sample->seconds >= seconds) {
            double length = sample->seconds - before_seconds;
            double part = length > 0 ? (seconds - before_seconds) / length : 1;
            return before_joules + part * (sample->joules - before_joules);
        }
        before_seconds = sample->seconds;
        before_joules = sample->joules;
    }
    return before_joules;
}

double pt_run_joules_at(const struct pt_report_run *run, double seconds)
{
    double metered = metered_joules(run);
    double total = run->record->has_bill ? pt_bill_joules(&run->record->bill.total).value : NAN;
    if (!(metered > 0))
        return NAN;
    return interpolate(run, seconds) * (isfinite(total) ? total / metered : 1);
}

static bool counts(const struct pt_progress_point *point, bool evaluated)
{
    return point->evaluation == evaluated && isfinite(point->loss);
}

static bool has_points(const struct pt_report_run *run, bool evaluated)
{
    bool has = false;
    for (int64_t i = 0; i < run->point_count; i++)
        has = has || counts(&run->points[i], evaluated);
    return has;
}

static void fill_totals(struct pt_compared_run *compared, bool evaluated)
{
    const struct pt_report_run *run = &compared->run;
    const struct pt_run_record *record = run->record;
    compared->best_loss = INFINITY;
    compared->last_loss = NAN;
    for (int64_t i = 0; i < run->point_count; i++)
        if (counts(&run->points[i], evaluated)) {
            compared->best_loss = fmin(compared->best_loss, run->points[i].loss);
            compared->last_loss = run->points[i].loss;
        }
    compared->total_seconds = record->duration_seconds;
    compared->total_joules = pt_run_joules_at(run, INFINITY);
    compared->total_money = record->has_bill ? pt_bill_money(&record->bill.total).value : NAN;
}

// The first moment at which the loss is the target or less.
static void find_target(struct pt_compared_run *compared, const struct pt_comparison_target *target)
{
    const struct pt_report_run *run = &compared->run;
    compared->target_seconds = compared->target_joules = compared->target_money = NAN;
    compared->target_step = -1;
    for (int64_t i = 0; i < run->point_count; i++) {
        const struct pt_progress_point *point = &run->points[i];
        if (!counts(point, target->evaluated) || point->loss > target->loss)
            continue;
        compared->target_seconds = point->seconds;
        compared->target_step = point->step;
        compared->target_joules = pt_run_joules_at(run, point->seconds);
        compared->target_money =
            compared->total_money * compared->target_joules / compared->total_joules;
        return;
    }
}

enum pt_status pt_compare_runs(struct pt_compared_run *runs, int count,
                               struct pt_comparison_target *target, struct pt_error *error)
{
    target->evaluated = true;
    for (int i = 0; i < count; i++) {
        target->evaluated = target->evaluated && has_points(&runs[i].run, true);
        if (!has_points(&runs[i].run, false))
            return pt_fail(error, PT_BAD_INPUT,
                           "run %" PRId64 " has no loss curve; only training runs can be compared",
                           runs[i].run.record->id);
    }
    double reached = -INFINITY;
    for (int i = 0; i < count; i++) {
        fill_totals(&runs[i], target->evaluated);
        reached = fmax(reached, runs[i].best_loss);
    }
    if (isnan(target->loss))
        target->loss = reached;
    for (int i = 0; i < count; i++)
        find_target(&runs[i], target);
    return PT_OK;
}

// ------------------------------------------------------------------------------------ as a table
static const char *ratio_text(double value, double first, char *buffer)
{
    if (!isfinite(value) || !(first > 0))
        return NULL;
    snprintf(buffer, CELL, "%.2f", value / first);
    return buffer;
}

static const char *loss_text(double loss, char *buffer)
{
    snprintf(buffer, CELL, "%.4g", loss);
    return isfinite(loss) ? buffer : NULL;
}

static void print_run(struct pt_table *table, const struct pt_compared_run *run,
                      const struct pt_compared_run *first)
{
    char cells[9][CELL];
    snprintf(cells[0], CELL, "%" PRId64, run->run.record->id);
    snprintf(cells[1], CELL, "%" PRId64, run->target_step);
    const char *row[] = {
        cells[0],
        run->label,
        loss_text(run->best_loss, cells[2]),
        run->target_step >= 0 ? cells[1] : "not reached",
        isfinite(run->target_seconds) ? pt_format_duration(run->target_seconds, cells[3]) : NULL,
        isfinite(run->target_joules) ? pt_format_joules(run->target_joules, cells[4]) : NULL,
        isfinite(run->target_money)
            ? pt_format_money(run->target_money, run->run.record->bill.currency, cells[5])
            : NULL,
        ratio_text(run->target_joules, first->target_joules, cells[6]),
    };
    pt_table_row(table, row);
}

void pt_compare_print(FILE *stream, struct pt_arena *arena, const struct pt_compared_run *runs,
                      int count, const struct pt_comparison_target *target, int width)
{
    static const char *const headings[] = {"run",     ">best loss", ">at step",       ">after",
                                           ">energy", ">cost",      ">of the first's"};
    const char *all[] = {headings[0], "what",      headings[1], headings[2],
                         headings[3], headings[4], headings[5], headings[6]};
    struct pt_table *table = pt_table_create(arena, all, 8);
    fprintf(stream, "Until the %s loss is %.4g:\n\n", target->evaluated ? "test" : "training",
            target->loss);
    for (int i = 0; i < count; i++)
        print_run(table, &runs[i], &runs[0]);
    pt_table_print(table, stream, width);
}

// -------------------------------------------------------------------------------------- as JSON
void pt_compare_write_json(FILE *stream, const struct pt_compared_run *runs, int count,
                           const struct pt_comparison_target *target)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_json_number(&writer, "target_loss", target->loss);
    pt_json_string(&writer, "loss_of", target->evaluated ? "test" : "training");
    pt_json_array(&writer, "runs");
    for (int i = 0; i < count; i++) {
        const struct pt_compared_run *run = &runs[i];
        pt_json_object(&writer, NULL);
        pt_json_integer(&writer, "run", run->run.record->id);
        pt_json_string(&writer, "label", run->label);
        pt_json_number(&writer, "best_loss", run->best_loss);
        pt_json_number(&writer, "last_loss", run->last_loss);
        pt_json_bool(&writer, "target_reached", run->target_step >= 0);
        if (run->target_step >= 0)
            pt_json_integer(&writer, "target_step", run->target_step);
        pt_json_number(&writer, "target_seconds", run->target_seconds);
        pt_json_number(&writer, "target_joules", run->target_joules);
        pt_json_number(&writer, "target_money", run->target_money);
        pt_json_string(&writer, "currency", run->run.record->bill.currency);
        pt_json_number(&writer, "total_seconds", run->total_seconds);
        pt_json_number(&writer, "total_joules", run->total_joules);
        pt_json_number(&writer, "total_money", run->total_money);
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
    fputc('\n', stream);
}
