// See meter_text.h.

#include "cli/meter_text.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "cli/meter_budget.h"
#include "cli/meter_idle.h"
#include "cli/meter_outputs.h"
#include "cli/meter_phases.h"
#include "report/report.h"

enum { TEXT_SIZE = 64 };

static void print_ending(FILE *stream, const struct pt_job_result *result)
{
    char duration[TEXT_SIZE], cpu[TEXT_SIZE];
    pt_format_duration(result->seconds, duration);
    pt_format_duration(result->user_seconds + result->system_seconds, cpu);
    if (result->signal != 0)
        fprintf(stream, "\nended by signal %d (%s)", result->signal, strsignal(result->signal));
    else
        fprintf(stream, "\nexit status %d", result->exit_status);
    fprintf(stream, " after %s, CPU time %s\n\n", duration, cpu);
}

static bool is_divided_alike(const struct pt_meter_report *report)
{
    for (int i = 1; i < report->channel_count; i++)
        if (report->channels[i].basis != report->channels[0].basis)
            return false;
    return true;
}

// "            23.4 J of 40.1 J by CPU time: package-0, package-1, and 6 more"
static void print_basis(FILE *stream, const struct pt_meter_report *report,
                        enum pt_share_basis basis)
{
    enum { NAMED = 4 };
    char ours[TEXT_SIZE], machine[TEXT_SIZE];
    double our_joules = 0, machine_joules = 0;
    int count = 0;
    for (int i = 0; i < report->channel_count; i++) {
        if (report->channels[i].basis != basis)
            continue;
        our_joules += report->channels[i].ours_joules;
        machine_joules += report->channels[i].machine_joules;
        count++;
    }
    if (count == 0)
        return;
    fprintf(stream, "            %s of %s, %s: ", pt_format_joules(our_joules, ours),
            pt_format_joules(machine_joules, machine), pt_share_basis_text(basis));
    for (int i = 0, named = 0; i < report->channel_count && named < NAMED; i++)
        if (report->channels[i].basis == basis)
            fprintf(stream, "%s%s", named++ > 0 ? ", " : "", report->channels[i].name);
    if (count > NAMED)
        fprintf(stream, " and %d more", count - NAMED);
    fputc('\n', stream);
}

// "share       23.4 J of the machine's 40.1 J, by CPU time", or a line for each way of dividing it.
static void print_share(FILE *stream, const struct pt_meter_report *report)
{
    char ours[TEXT_SIZE], machine[TEXT_SIZE];
    if (!pt_quantity_known(report->joules))
        return;
    bool alike = is_divided_alike(report);
    fprintf(stream, "share       %s of the machine's %s%s%s\n",
            pt_format_joules(report->joules.value, ours),
            pt_format_joules(report->machine_joules.value, machine), alike ? ", " : "",
            alike ? pt_share_basis_text(report->channels[0].basis) : "");
    for (int i = 0; i < PT_SHARE_BASES && !alike; i++)
        print_basis(stream, report, (enum pt_share_basis)i);
}

static void print_waste_row(FILE *stream, double joules, double seconds, const char *what)
{
    char energy[TEXT_SIZE], time[TEXT_SIZE];
    if (!(seconds >= 0.1))
        return; // there was none worth a row, or nobody tells
    fprintf(stream, "waste       %s in %s: %s\n",
            isnan(joules) ? "unknown joules" : pt_format_joules(joules, energy),
            pt_format_duration(seconds, time), what);
}

// What it got for nothing; parts of the bill, not on top of it.
static void print_waste(FILE *stream, const struct pt_meter_waste *waste)
{
    print_waste_row(stream, waste->gpu_joules, waste->gpu_seconds,
                    "GPUs idle while the command waited");
    print_waste_row(stream, waste->data_joules, waste->data_seconds,
                    "the idle share, without GPUs, of waiting for data");
    print_waste_row(stream, waste->stopped_joules, waste->stopped_seconds,
                    "the command was stopped");
}

static void write_waste(const struct pt_meter_waste *waste, struct pt_json_writer *writer)
{
    pt_json_object(writer, "waste");
    pt_json_number(writer, "gpu_idle_seconds", waste->gpu_seconds);
    pt_json_number(writer, "gpu_idle_joules", waste->gpu_joules);
    pt_json_number(writer, "data_seconds", waste->data_seconds);
    pt_json_number(writer, "data_idle_joules", waste->data_joules);
    pt_json_number(writer, "stopped_seconds", waste->stopped_seconds);
    pt_json_number(writer, "stopped_joules", waste->stopped_joules);
    pt_json_end_object(writer);
}

static void print_doubts(FILE *stream, const struct pt_meter_report *report)
{
    char text[TEXT_SIZE];
    if (report->coverage < 0.995)
        fprintf(stream, "coverage    %.1f %% of the time was read, the rest is filled in\n",
                100 * report->coverage);
    if (report->suspended_seconds >= 1)
        fprintf(stream, "asleep      the machine slept for %s meanwhile, which is not counted\n",
                pt_format_duration(report->suspended_seconds, text));
    if (report->late_count > 0)
        fprintf(stream, "late        %lld of %lld samples\n", (long long)report->late_count,
                (long long)report->sample_count);
}

void pt_metered_print(FILE *stream, const struct pt_metered *metered, int width)
{
    print_ending(stream, &metered->result);
    pt_report_bill(stream, &metered->bill, NULL, width);
    fputc('\n', stream);
    print_share(stream, &metered->report);
    if (metered->idle != NULL)
        pt_meter_idle_print(stream, metered->idle, &metered->report);
    print_waste(stream, &metered->report.waste);
    print_doubts(stream, &metered->report);
    if (metered->phases != NULL)
        pt_meter_phases_print(stream, metered->phases, &metered->report);
    if (metered->guard != NULL)
        pt_budget_guard_print(stream, metered->guard);
    if (metered->outputs != NULL)
        pt_meter_outputs_print(stream, metered->outputs);
    if (metered->run_id > 0)
        fprintf(stream, "ledger      run %lld in %s\n", (long long)metered->run_id,
                metered->ledger_path);
}

static void write_channels(const struct pt_meter_report *report, struct pt_json_writer *writer)
{
    pt_json_array(writer, "channels");
    for (int i = 0; i < report->channel_count; i++) {
        const struct pt_meter_channel_total *channel = &report->channels[i];
        pt_json_object(writer, NULL);
        pt_json_string(writer, "name", channel->name);
        pt_json_number(writer, "machine_joules", channel->machine_joules);
        pt_json_number(writer, "our_joules", channel->ours_joules);
        pt_json_number(writer, "other_joules", channel->others_joules);
        pt_json_number(writer, "our_idle_joules", channel->idle_joules);
        pt_json_string(writer, "share", pt_share_basis_word(channel->basis));
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

void pt_metered_write_fields(const struct pt_metered *metered, struct pt_json_writer *writer)
{
    const struct pt_job_result *result = &metered->result;
    const struct pt_meter_report *report = &metered->report;
    char time[TEXT_SIZE];
    pt_json_integer(writer, "exit_status", result->exit_status);
    if (result->signal != 0)
        pt_json_integer(writer, "signal", result->signal);
    else
        pt_json_null(writer, "signal");
    pt_json_string(writer, "start", pt_format_time(report->start_realtime_ns, time));
    pt_json_string(writer, "end", pt_format_time(report->end_realtime_ns, time));
    pt_json_number(writer, "duration_seconds", result->seconds);
    pt_json_number(writer, "user_seconds", result->user_seconds);
    pt_json_number(writer, "system_seconds", result->system_seconds);
    pt_json_number(writer, "max_resident_bytes", (double)result->max_resident_bytes);
    pt_json_string(writer, "sensor", metered->sensor);
    pt_json_string(writer, "source", metered->source);
    pt_json_quantity(writer, "energy_joules", report->joules);
    pt_json_quantity(writer, "machine_joules", report->machine_joules);
    pt_json_number(writer, "other_joules", report->others_joules);
    if (metered->idle != NULL)
        pt_meter_idle_write(metered->idle, report, writer);
    write_channels(report, writer);
    write_waste(&report->waste, writer);
    pt_json_number(writer, "metered_seconds", report->seconds);
    pt_json_number(writer, "metered_cpu_seconds", report->cpu_seconds);
    pt_json_integer(writer, "samples", report->sample_count);
    pt_json_integer(writer, "late_samples", report->late_count);
    pt_json_integer(writer, "failed_samples", report->failed_count);
    pt_json_number(writer, "coverage", report->coverage);
    pt_json_number(writer, "suspended_seconds", report->suspended_seconds);
    pt_json_number(writer, "meter_cpu_seconds", report->own_cpu_seconds);
    if (metered->phases != NULL)
        pt_meter_phases_write(metered->phases, report, writer);
    if (metered->guard != NULL)
        pt_budget_guard_write_json(metered->guard, writer);
    if (metered->outputs != NULL)
        pt_meter_outputs_write_json(metered->outputs, writer);
}

void pt_metered_print_json(FILE *stream, const struct pt_metered *metered)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, true);
    pt_json_object(&writer, NULL);
    pt_metered_write_fields(metered, &writer);
    if (metered->run_id > 0)
        pt_json_integer(&writer, "run", metered->run_id);
    else
        pt_json_null(&writer, "run");
    pt_bill_write_json(&metered->bill, &writer, "bill");
    pt_json_end_object(&writer);
    fputc('\n', stream);
}
