// What powertrain tune found: a table, JSON, and the best run file.

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "cli/tune.h"

static const char *outcome(const struct pt_tune_job *job, int index, int best, char buffer[200])
{
    const struct pt_tune_arm *arm = &job->arms[index];
    snprintf(buffer, 200, "%s%s",
             index == best   ? "best"
             : arm->reached  ? "reached"
             : arm->given_up ? arm->reason
                             : "the time was up",
             arm->is_own ? " (the run file's own)" : "");
    return buffer;
}

static void add_row(const struct pt_tune_job *job, struct pt_table *table, int index, int best)
{
    const struct pt_tune_arm *arm = &job->arms[index];
    struct pt_quantity joules = pt_tune_joules(arm);
    char batch[48], threads[16], rate[32], each[48], speed[48], samples[48], total[96], how[200];
    snprintf(batch, sizeof batch, "%" PRId64, arm->batch);
    snprintf(threads, sizeof threads, "%d", arm->threads);
    snprintf(rate, sizeof rate, "%.3g", arm->learning_rate);
    snprintf(each, sizeof each, "%.3g +-%.0f %%", arm->joules_per_sample.value,
             100 * (arm->joules_per_sample.high / arm->joules_per_sample.value - 1));
    pt_format_count(round(arm->samples_per_second), speed);
    pt_format_count((double)arm->samples, samples);
    snprintf(total, sizeof total, "%.4g (%.3g to %.3g)", joules.value, joules.low, joules.high);
    const char *cells[] = {batch,
                           threads,
                           pt_precision_text(arm->precision),
                           rate,
                           each,
                           speed,
                           arm->reached ? samples : NULL,
                           arm->reached ? total : NULL,
                           outcome(job, index, best, how)};
    pt_table_row(table, cells);
}

static void print_saving(const struct pt_tune_job *job, int own, int best, FILE *stream)
{
    char text[48];
    const struct pt_tune_arm *mine = &job->arms[own], *found = &job->arms[best];
    double runs = pt_tune_payback_runs(job->joules, mine->joules, found->joules);
    double critical = pt_tune_critical_batch(mine, found);
    if (!mine->reached)
        fprintf(stream, "The run file's own settings did not get there: no saving can be told.\n");
    else if (best == own || !isfinite(runs))
        fprintf(stream, "The run file's own settings are the best of these.\n");
    else
        fprintf(stream,
                "%.4g J instead of %.4g J to the target: %.0f %% less. %.4g s instead of "
                "%.4g s.\n",
                found->joules, mine->joules, 100 * (1 - found->joules / mine->joules),
                found->seconds, mine->seconds);
    if (mine->reached && best != own && pt_tune_joules(found).high >= pt_tune_joules(mine).low)
        fprintf(stream, "The intervals overlap: the saving may be chance.\n");
    fprintf(stream, "Tuning took %d trials, %.3g s and %s", job->trials, job->seconds,
            pt_format_joules(job->joules, text));
    if (mine->reached && isfinite(runs))
        fprintf(stream, ", which %.0f run%s with these settings pay back", runs,
                runs == 1 ? "" : "s");
    fprintf(stream, ".\n");
    if (!isnan(critical))
        fprintf(stream,
                "Critical batch size, beyond which more samples are needed: about %.2g samples.\n",
                critical);
}

void pt_tune_print(const struct pt_tune_job *job, int own, int best, FILE *stream)
{
    static const char *const headings[] = {">batch",   ">threads",     "precision",
                                           ">rate",    ">J/sample",    ">samples/s",
                                           ">samples", ">J to target", ""};
    struct pt_arena *arena = pt_arena_create();
    struct pt_table *table = arena == NULL ? NULL : pt_table_create(arena, headings, 9);
    if (table == NULL) {
        fputs("powertrain tune: out of memory for the table\n", stderr);
        pt_arena_destroy(arena);
        return;
    }
    fprintf(stream, "%s to %s %g on %s\n\n", job->setup.graph->name,
            pt_stop_metric_text(job->stop.metric), job->stop.target, job->setup.machine);
    for (int i = 0; i < job->count; i++)
        add_row(job, table, i, best);
    pt_table_print(table, stream, isatty(fileno(stream)) ? pt_terminal_width(fileno(stream)) : 0);
    fprintf(stream, "\nEnergy: %s (%s, %s).\n", job->sensor_name, job->energy_source,
            pt_provenance_text(job->arms[0].joules_per_sample.provenance));
    if (best != PT_TUNE_NONE)
        print_saving(job, own, best, stream);
    fprintf(stream, "Caps: %s.\n", job->note);
    if (best != PT_TUNE_NONE && job->options.output != NULL)
        fprintf(stream, "Written: %s\n", job->options.output);
    pt_arena_destroy(arena);
}

static void write_arm(struct pt_json_writer *writer, const struct pt_tune_arm *arm)
{
    pt_json_object(writer, NULL);
    pt_json_integer(writer, "batch", arm->batch);
    pt_json_integer(writer, "threads", arm->threads);
    pt_json_string(writer, "precision", pt_precision_text(arm->precision));
    pt_json_number(writer, "learning_rate", arm->learning_rate);
    pt_json_bool(writer, "own", arm->is_own);
    pt_json_quantity(writer, "joules_per_sample", arm->joules_per_sample);
    pt_json_number(writer, "samples_per_second", arm->samples_per_second);
    pt_json_bool(writer, "reached", arm->reached);
    pt_json_integer(writer, "samples", arm->samples);
    pt_json_number(writer, "joules_spent", arm->joules);
    pt_json_number(writer, "seconds_spent", arm->seconds);
    pt_json_number(writer, "value", arm->value);
    pt_json_quantity(writer, "joules_to_target", pt_tune_joules(arm));
    pt_json_string(writer, "given_up", arm->given_up ? arm->reason : NULL);
    pt_json_end_object(writer);
}

void pt_tune_print_json(const struct pt_tune_job *job, int own, int best)
{
    struct pt_json_writer writer;
    const struct pt_tune_arm *mine = &job->arms[own], *found = &job->arms[best];
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "name", job->setup.graph->name);
    pt_json_string(&writer, "metric", pt_stop_metric_text(job->stop.metric));
    pt_json_number(&writer, "target", job->stop.target);
    pt_json_string(&writer, "sensor", job->sensor_name);
    pt_json_array(&writer, "settings");
    for (int i = 0; i < job->count; i++)
        write_arm(&writer, &job->arms[i]);
    pt_json_end_array(&writer);
    pt_json_integer(&writer, "best", best);
    pt_json_integer(&writer, "own", own);
    pt_json_integer(&writer, "trials", job->trials);
    pt_json_number(&writer, "tuning_joules", job->joules);
    pt_json_number(&writer, "tuning_seconds", job->seconds);
    pt_json_number(&writer, "payback_runs",
                   mine->reached ? pt_tune_payback_runs(job->joules, mine->joules, found->joules)
                                 : NAN);
    pt_json_number(&writer, "critical_batch", pt_tune_critical_batch(mine, found));
    pt_json_string(&writer, "caps", job->note);
    pt_json_string(&writer, "output", job->options.output);
    pt_json_end_object(&writer);
    putchar('\n');
}

enum pt_status pt_tune_write(const struct pt_tune_job *job, int best, struct pt_error *error)
{
    const struct pt_tune_arm *arm = &job->arms[best];
    struct pt_arena *arena = job->setup.arena;
    struct pt_option_list settings;
    const struct pt_node *root;
    enum pt_status status = pt_tune_settings(job, arm, arena, &settings, error);
    if (status == PT_OK)
        status = pt_node_read_file(arena, job->options.run.path, &root, error);
    for (int i = 0; status == PT_OK && i < settings.count; i++)
        status = pt_node_set(arena, (struct pt_node *)root, settings.texts[i], error);
    if (status != PT_OK)
        return status;
    const char *comment = pt_arena_printf(
        arena,
        "%s with the settings that reached %s %g with the fewest joules on\n"
        "%s: %.4g J (%s), found by powertrain tune.\n",
        job->options.run.path, pt_stop_metric_text(job->stop.metric), job->stop.target,
        job->setup.machine, arm->joules, pt_provenance_text(arm->joules_per_sample.provenance));
    return comment == NULL ? pt_fail(error, PT_NO_MEMORY, "out of memory")
                           : pt_run_file_write(job->options.output, root, comment, error);
}
