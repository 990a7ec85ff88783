// See openmetrics.h.

#include "report/openmetrics.h"

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { NUMBER_SIZE = 32 };

// What is no UTF-8, and control characters, with which some readers part lines.
#define REPLACEMENT "\xef\xbf\xbd"

static const char *const type_words[] = {"counter", "gauge"};

void pt_metric_family(FILE *stream, const char *name, enum pt_metric_type type, const char *unit,
                      const char *help)
{
    fprintf(stream, "# TYPE %s %s\n", name, type_words[type]);
    if (unit[0] != '\0')
        fprintf(stream, "# UNIT %s %s\n", name, unit);
    fprintf(stream, "# HELP %s %s\n", name, help);
}

void pt_metric_escape(FILE *stream, const char *value)
{
    size_t left = strlen(value), room = PT_METRIC_LABEL_MAX;
    while (left > 0) {
        uint32_t character = 0;
        int length = pt_utf8_decode(value, left, &character);
        size_t step = length > 0 ? (size_t)length : 1;
        if (step > room)
            return;
        if (*value == '\n')
            fputs("\\n", stream);
        else if (*value == '"' || *value == '\\')
            fprintf(stream, "\\%c", *value);
        else if (length == 0 || character < 0x20 || (character >= 0x7f && character < 0xa0) ||
                 character == 0x2028 || character == 0x2029)
            fputs(REPLACEMENT, stream);
        else
            fwrite(value, 1, step, stream);
        value += step;
        left -= step;
        room -= step;
    }
}

void pt_metric_sample(FILE *stream, const char *name, enum pt_metric_type type,
                      const struct pt_metric_label *labels, double value)
{
    char number[NUMBER_SIZE];
    if (!isfinite(value) || (type == PT_METRIC_COUNTER && value < 0))
        return;
    fprintf(stream, "%s%s", name, type == PT_METRIC_COUNTER ? "_total" : "");
    for (int i = 0; labels[i].name != NULL; i++) {
        fprintf(stream, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
        pt_metric_escape(stream, labels[i].value != NULL ? labels[i].value : "");
        fputc('"', stream);
    }
    fprintf(stream, "%s %s\n", labels[0].name != NULL ? "}" : "", pt_format_double(value, number));
}

void pt_metric_end(FILE *stream)
{
    fputs("# EOF\n", stream);
}

// --------------------------------------------------------------------------------- one metered run
static void write_about(FILE *stream, const struct pt_run_metrics *metrics)
{
    const struct pt_record_run *run = metrics->run;
    const struct pt_metric_label labels[] = {
        {"run", run->uid},       {"program", run->program}, {"command", run->command},
        {"host", run->host},     {"node", run->job.node},   {"job", pt_record_job_group(&run->job)},
        {"sensor", run->sensor}, {"version", pt_version()}, {NULL, NULL},
    };
    const struct pt_metric_label id[] = {{"run", run->uid}, {NULL, NULL}};
    pt_metric_family(stream, "powertrain_run_about", PT_METRIC_GAUGE, "",
                     "The metered command; always 1.");
    pt_metric_sample(stream, "powertrain_run_about", PT_METRIC_GAUGE, labels, 1);
    pt_metric_family(stream, "powertrain_run_active", PT_METRIC_GAUGE, "",
                     "1 while the command runs, 0 after it has ended.");
    pt_metric_sample(stream, "powertrain_run_active", PT_METRIC_GAUGE, id, metrics->end == NULL);
    if (metrics->end == NULL)
        return;
    pt_metric_family(stream, "powertrain_run_exit_status", PT_METRIC_GAUGE, "",
                     "Exit status of the command, 128 + signal if a signal ended it.");
    pt_metric_sample(stream, "powertrain_run_exit_status", PT_METRIC_GAUGE, id,
                     metrics->end->exit_status);
}

// Every family has one kind of sample: the run's by phase, the machine's by device.
static void write_energy(FILE *stream, const char *uid, const struct pt_record_state *state)
{
    pt_metric_family(stream, "powertrain_energy_joules", PT_METRIC_COUNTER, "joules",
                     "Energy of the command by phase; never falls.");
    for (int i = 0; i < state->phase_count; i++) {
        const struct pt_metric_label labels[] = {
            {"run", uid}, {"phase", state->phases[i].name}, {NULL, NULL}};
        pt_metric_sample(stream, "powertrain_energy_joules", PT_METRIC_COUNTER, labels,
                         state->phases[i].joules.value);
    }
    pt_metric_family(stream, "powertrain_energy_estimate_joules", PT_METRIC_GAUGE, "joules",
                     "Energy of the command as it is known now, and the ends of the interval that "
                     "holds it with a probability of 90 %.");
    const char *const bounds[] = {"value", "low", "high"};
    const double joules[] = {state->joules.value, state->joules.low, state->joules.high};
    for (int i = 0; i < 3; i++) {
        const struct pt_metric_label labels[] = {{"run", uid}, {"bound", bounds[i]}, {NULL, NULL}};
        pt_metric_sample(stream, "powertrain_energy_estimate_joules", PT_METRIC_GAUGE, labels,
                         joules[i]);
    }
    if (!state->counts_machine)
        return; // another meter of the job on this node does: so sums count it once
    pt_metric_family(stream, "powertrain_machine_energy_joules", PT_METRIC_COUNTER, "joules",
                     "Energy of the whole machine by device while the command ran.");
    for (int i = 0; i < state->channel_count; i++) {
        const struct pt_metric_label labels[] = {
            {"run", uid}, {"device", state->channels[i].id}, {NULL, NULL}};
        pt_metric_sample(stream, "powertrain_machine_energy_joules", PT_METRIC_COUNTER, labels,
                         state->channels[i].machine_joules);
    }
}

static void write_numbers(FILE *stream, const struct pt_run_metrics *metrics)
{
    const struct pt_record_state *state = metrics->state;
    const struct pt_metric_label id[] = {{"run", metrics->run->uid}, {NULL, NULL}};
    const struct {
        const char *name, *unit, *help;
        enum pt_metric_type type;
        double value;
    } numbers[] = {
        {"powertrain_power_watts", "watts", "Mean power of the command in the last second.",
         PT_METRIC_GAUGE, metrics->our_watts},
        {"powertrain_machine_power_watts", "watts", "Mean power of the machine in the last second.",
         PT_METRIC_GAUGE, state->counts_machine ? metrics->machine_watts : (double)NAN},
        {"powertrain_duration_seconds", "seconds", "Time since the command began.",
         PT_METRIC_COUNTER, state->seconds},
        {"powertrain_cpu_seconds", "seconds", "CPU time of the command and all its descendants.",
         PT_METRIC_COUNTER, state->cpu_seconds},
        {"powertrain_coverage_ratio", "ratio", "Share of the time in which the sensor was read.",
         PT_METRIC_GAUGE, state->coverage},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!isfinite(numbers[i].value))
            continue;
        pt_metric_family(stream, numbers[i].name, numbers[i].type, numbers[i].unit,
                         numbers[i].help);
        pt_metric_sample(stream, numbers[i].name, numbers[i].type, id, numbers[i].value);
    }
}

static void write_bill(FILE *stream, const char *uid, const struct pt_bill *bill)
{
    double money = pt_bill_money(&bill->total).value, grams = pt_bill_grams(&bill->total).value;
    const struct pt_metric_label priced[] = {
        {"run", uid}, {"currency", bill->currency}, {NULL, NULL}};
    const struct pt_metric_label id[] = {{"run", uid}, {NULL, NULL}};
    // Gauges: with prices below zero a cost may fall.
    if (isfinite(money)) {
        pt_metric_family(stream, "powertrain_cost", PT_METRIC_GAUGE, "",
                         "Cost of the electricity so far, in units of the currency.");
        pt_metric_sample(stream, "powertrain_cost", PT_METRIC_GAUGE, priced, money);
    }
    if (isfinite(grams)) {
        pt_metric_family(stream, "powertrain_co2e_grams", PT_METRIC_GAUGE, "grams",
                         "Emissions of the electricity so far.");
        pt_metric_sample(stream, "powertrain_co2e_grams", PT_METRIC_GAUGE, id, grams);
    }
}

void pt_run_metrics_write(FILE *stream, const struct pt_run_metrics *metrics)
{
    write_about(stream, metrics);
    if (metrics->state != NULL) {
        write_energy(stream, metrics->run->uid, metrics->state);
        write_numbers(stream, metrics);
    }
    if (metrics->bill != NULL)
        write_bill(stream, metrics->run->uid, metrics->bill);
    pt_metric_end(stream);
}
