// See meter_phases.h.

#include "cli/meter_phases.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/parse.h"
#include "base/table.h"

enum { TEXT_SIZE = 64 };

static enum pt_status parse_phases_of(const char *text, int *ret_phases_of, struct pt_error *error)
{
    int64_t pid;
    if (text == NULL || strcmp(text, "first") == 0)
        *ret_phases_of = PT_PHASES_OF_FIRST;
    else if (strcmp(text, "all") == 0)
        *ret_phases_of = PT_PHASES_OF_ALL;
    else if (pt_parse_int64(text, &pid) && pid > 0 && pid <= INT32_MAX)
        *ret_phases_of = (int)pid;
    else
        return pt_fail(error, PT_USAGE, "--phases-of %s is not first, all or a process id", text);
    return PT_OK;
}

enum pt_status pt_meter_phases_open(struct pt_meter_phases *phases,
                                    const struct pt_phases_choice *choice, struct pt_error *error)
{
    pt_phase_book_init(&phases->book, "command");
    phases->has_book = true;
    enum pt_status status = parse_phases_of(choice->phases_of, &phases->book.phases_of, error);
    if (status == PT_OK)
        status = pt_phase_channel_open(&phases->book, &phases->channel, error);
    if (status != PT_OK || choice->regexes.count == 0)
        return status;
    status = pt_phase_patterns_compile(choice->regexes.texts, choice->regexes.count,
                                       &phases->patterns, error);
    if (status == PT_OK)
        status = pt_phase_output_open(&phases->book, phases->patterns, &phases->output, error);
    return status;
}

enum pt_status pt_meter_phases_prepare(struct pt_meter_phases *phases, struct pt_error *error)
{
    enum pt_status status = pt_phase_channel_export(phases->channel, error);
    if (status == PT_OK && phases->output != NULL)
        status = pt_phase_output_divert(phases->output, error);
    return status;
}

// First of all its output flows, for what comes now may take a while.
enum pt_status pt_meter_phases_started(struct pt_meter_phases *phases, struct pt_error *error)
{
    if (phases->output == NULL)
        return PT_OK;
    pt_phase_output_restore(phases->output);
    return pt_phase_output_start(phases->output, error);
}

enum pt_status pt_meter_phases_listen(struct pt_meter_phases *phases, struct pt_error *error)
{
    return pt_phase_channel_start(phases->channel, error);
}

void pt_meter_phases_ended(struct pt_meter_phases *phases)
{
    if (phases->output != NULL)
        pt_phase_output_finish(phases->output);
}

void pt_meter_phases_close(struct pt_meter_phases *phases)
{
    pt_phase_channel_close(phases->channel);
    pt_phase_output_close(phases->output);
    pt_phase_patterns_destroy(phases->patterns);
    if (phases->has_book)
        pt_phase_book_close(&phases->book);
}

// ---------------------------------------------------------------------------------------- for
// people
static struct pt_phase_facts facts_of(const struct pt_meter_phases *phases)
{
    return pt_phase_book_facts((struct pt_phase_book *)&phases->book); // which has a lock
}

static const char *joules_text(double joules, char text[TEXT_SIZE])
{
    return isnan(joules) ? strcpy(text, "unknown energy") : pt_format_joules(joules, text);
}

// "window      epoch, 3 times: 12 s, 45.6 J with all that was within it"
static void print_windows(FILE *stream, const struct pt_meter_report *report, bool paths_full)
{
    char duration[TEXT_SIZE], joules[TEXT_SIZE], count[TEXT_SIZE];
    for (int i = 0; i < report->window_count; i++) {
        const struct pt_meter_phase_total *window = &report->windows[i];
        snprintf(count, sizeof count, ", %lld times", (long long)window->count);
        fprintf(stream, "window      %s%s: %s, %s with all that was within it\n", window->name,
                window->count > 1 ? count : "", pt_format_duration(window->seconds, duration),
                joules_text(window->joules.value, joules));
    }
    if (paths_full)
        fputs("            (of some phases it is not known any more within what they were)\n",
              stream);
}

// "steps       17 of 400, 2.3 J each"
static void print_progress(FILE *stream, const struct pt_phase_facts *facts, double joules)
{
    char each[TEXT_SIZE], of[TEXT_SIZE] = "";
    if (!isnan(facts->steps))
        snprintf(of, sizeof of, " of %.0f", facts->steps);
    if (facts->step > 0)
        fprintf(stream, "steps       %.0f%s, %s each\n", facts->step, of,
                joules_text(joules / facts->step, each));
    if (facts->samples > 0)
        fprintf(stream, "samples     %.0f, %s each\n", facts->samples,
                joules_text(joules / facts->samples, each));
    if (!isnan(facts->loss))
        fprintf(stream, "loss        %.6g\n", facts->loss);
    for (int i = 0; i < facts->note_count; i++)
        fprintf(stream, "note        %s\n", facts->notes[i].text);
}

static void print_doubts(FILE *stream, const struct pt_phase_facts *facts)
{
    if (facts->names_full)
        fprintf(stream, "phases      more than %d names: the others are in \"other\"\n",
                PT_PHASE_NAMES_MAX - 2);
    if (facts->foreign_count > 0)
        fprintf(stream,
                "phases      %lld lines of other processes than the first (--phases-of all)\n",
                (long long)facts->foreign_count);
    if (facts->malformed_count > 0)
        fprintf(stream, "phases      %lld lines said nothing that is known (docs/phases.md)\n",
                (long long)facts->malformed_count);
    if (facts->dropped_count > 0)
        fprintf(stream, "phases      %lld lines came too fast and were lost\n",
                (long long)facts->dropped_count);
    if (facts->untimely_count > 0)
        fprintf(stream,
                "phases      %lld lines came later than the next sample, or had a time that "
                "has not come\n",
                (long long)facts->untimely_count);
}

void pt_meter_phases_print(FILE *stream, const struct pt_meter_phases *phases,
                           const struct pt_meter_report *report)
{
    struct pt_phase_facts facts = facts_of(phases);
    print_windows(stream, report, facts.paths_full);
    print_progress(stream, &facts, report->joules.value);
    print_doubts(stream, &facts);
}

// -------------------------------------------------------------------------------------- for
// programs
static void write_totals(const char *key, const struct pt_meter_phase_total *totals, int count,
                         struct pt_json_writer *writer)
{
    pt_json_array(writer, key);
    for (int i = 0; i < count; i++) {
        pt_json_object(writer, NULL);
        pt_json_string(writer, "name", totals[i].name);
        pt_json_integer(writer, "count", totals[i].count);
        pt_json_number(writer, "seconds", totals[i].seconds);
        pt_json_quantity(writer, "energy_joules", totals[i].joules);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

static void write_notes(const struct pt_phase_facts *facts, struct pt_json_writer *writer)
{
    pt_json_array(writer, "notes");
    for (int i = 0; i < facts->note_count; i++)
        pt_json_string(writer, NULL, facts->notes[i].text);
    pt_json_end_array(writer);
}

void pt_meter_phases_write(const struct pt_meter_phases *phases,
                           const struct pt_meter_report *report, struct pt_json_writer *writer)
{
    struct pt_phase_facts facts = facts_of(phases);
    write_totals("phases", report->phases, report->phase_count, writer);
    write_totals("windows", report->windows, report->window_count, writer);
    pt_json_object(writer, "phase_events");
    pt_json_integer(writer, "count", facts.event_count);
    pt_json_integer(writer, "foreign", facts.foreign_count);
    pt_json_integer(writer, "malformed", facts.malformed_count);
    pt_json_integer(writer, "dropped", facts.dropped_count);
    pt_json_integer(writer, "untimely", facts.untimely_count);
    pt_json_number(writer, "step", facts.step);
    pt_json_number(writer, "steps", facts.steps);
    pt_json_number(writer, "samples", facts.samples);
    pt_json_number(writer, "loss", facts.loss);
    write_notes(&facts, writer);
    pt_json_end_object(writer);
}
