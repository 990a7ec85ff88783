// How fine the dynamic programme counts work, and the memory that it then needs.

#include "schedule/program_table.h"

#include <math.h>
#include <stdlib.h>

enum { BYTES_USUAL = 16 << 20, BYTES_MOST = 512 << 20, PARTS_MOST = 4096 };
enum { PARTS_LEAST = 4, PARTS_ROUNDED = 24576, STEPS_ROUNDED = 12 << 20 };
static const double TRIFLE = 1e-12; // of the dearest slot, for each slot until the finish

static void bound_cells(struct pt_program *program)
{
    const struct pt_quanta *quanta = &program->quanta;
    for (int edge = 0; edge < program->slots; edge++) {
        int64_t low = (int64_t)floor(quanta->total - (program->slots - edge) * quanta->per_slot);
        int64_t high = (int64_t)ceil(quanta->base + edge * quanta->per_slot);
        program->low[edge] = low < 0 ? 0 : (int)low;
        program->high[edge] = high >= quanta->total ? quanta->total - 1 : (int)high;
        if (program->high[edge] < program->low[edge])
            program->high[edge] = program->low[edge] - 1;
    }
}

// Bytes with so many quanta per slot, if the job does as much as that and loses nothing.
static double bytes_for(const struct pt_program *program, double parts)
{
    const struct pt_schedule_job *job = &program->problem->job;
    double fastest = 0, rows = (double)program->states * program->counts, cells = 0;
    for (int i = 0; i < job->level_count; i++)
        fastest = fmax(fastest, job->levels[i].speed);
    double lost = pt_job_runs(job) ? job->lost_seconds : 0;
    double slots = (job->work_seconds + lost) / (fastest * program->slot_seconds) + 1;
    for (int edge = 0; edge < program->slots; edge++)
        cells += fmax(0, fmin(slots, edge + 1) - fmax(0, slots - (program->slots - edge))) + 1;
    return parts * rows * (cells + 8.0 * slots * program->ring);
}

// *ret_parts: most quanta per slot whose table has the usual size, or PARTS_LEAST if that fits.
static enum pt_status choose_parts(const struct pt_program *program, int *ret_parts,
                                   struct pt_error *error)
{
    double one = bytes_for(program, 1);
    double parts = floor(BYTES_USUAL / one);
    if (parts < PARTS_LEAST && one * PARTS_LEAST <= BYTES_MOST)
        parts = PARTS_LEAST;
    if (parts < PARTS_LEAST)
        return pt_fail(error, PT_OVERFLOW,
                       "a table of %.3g bytes for %d slots and %d states: plan with longer slots, "
                       "fewer levels or starts",
                       one * PARTS_LEAST, program->slots, program->states * program->counts);
    *ret_parts = parts > PARTS_MOST ? PARTS_MOST : (int)parts;
    return PT_OK;
}

// More than any slot can cost or earn.
static double dearest_slot(const struct pt_schedule_problem *problem)
{
    const struct pt_schedule_job *job = &problem->job;
    const double *feed_in = problem->site == NULL ? NULL : problem->site->feed_in;
    double watts = job->resume_watts + job->suspended_watts + job->waiting_watts, dearest = 0;
    for (int i = 0; i < job->level_count; i++)
        watts = fmax(watts, job->levels[i].watts);
    double joules = watts * pt_slot_seconds(problem) + job->resume_joules;
    for (int i = 0; i < problem->slots.count; i++)
        dearest = fmax(dearest,
                       fabs(problem->slots.prices[i]) + (feed_in == NULL ? 0 : fabs(feed_in[i])));
    return dearest * joules / PT_JOULES_PER_KWH;
}

static enum pt_status allocate(struct pt_program *program, struct pt_error *error)
{
    size_t slots = (size_t)program->slots, total = 0;
    size_t rows = (size_t)program->states * (size_t)program->counts;
    size_t width = (size_t)program->quanta.total + 1, cells = (size_t)program->ring * rows * width;
    program->low = malloc(slots * sizeof *program->low);
    program->high = malloc(slots * sizeof *program->high);
    program->places = malloc(slots * sizeof *program->places);
    program->wait_values = malloc((slots + 1) * sizeof *program->wait_values);
    program->wait_decisions = malloc(slots);
    program->values = malloc(cells * sizeof *program->values);
    if (program->low == NULL || program->high == NULL || program->places == NULL ||
        program->wait_values == NULL || program->wait_decisions == NULL || program->values == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a table of %zu cells", cells);
    bound_cells(program);
    for (size_t i = 0; i < cells; i++)
        program->values[i] = (i + 1) % width == 0 ? 0 : INFINITY;
    for (size_t i = 0; i < slots; i++) {
        program->places[i] = total;
        total += rows * (size_t)(program->high[i] - program->low[i] + 1);
    }
    program->decisions = malloc(total > 0 ? total : 1);
    return program->decisions != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "no memory for a table of %zu bytes", total);
}

enum pt_status pt_program_open(struct pt_program *program, struct pt_error *error)
{
    const struct pt_schedule_problem *problem = program->problem;
    int starts = problem->job.starts_max, parts = 0;
    double dearest = dearest_slot(problem);
    pt_actions_of(problem, &program->actions);
    program->slots = problem->slots.count;
    program->slot_seconds = pt_slot_seconds(problem);
    program->states = program->actions.free_change ? 2 : problem->job.level_count + 1;
    // A stretch and a suspension take two slots.
    program->counts = starts == 0 || starts > (program->slots + 1) / 2 ? 1 : starts + 1;
    program->ring = program->actions.span_max + 1;
    program->trifle = dearest > 0 ? TRIFLE * dearest : 1;
    enum pt_status status = choose_parts(program, &parts, error);
    if (status != PT_OK)
        return status;
    double steps = bytes_for(program, 1) * (problem->job.level_count + 1);
    double fine = fmin(STEPS_ROUNDED / steps, (double)PARTS_ROUNDED / program->slots);
    int rounded = (int)fmax(PARTS_LEAST, fmin(parts, fine));
    pt_quanta_divide(problem, &program->actions, parts, rounded, &program->quanta);
    return allocate(program, error);
}

void pt_program_close(struct pt_program *program)
{
    free(program->low);
    free(program->high);
    free(program->places);
    free(program->wait_values);
    free(program->wait_decisions);
    free(program->values);
    free(program->decisions);
}
