// The facts of the run, and the scalars of its results with the units that their names end in.

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/table.h"
#include "report/page.h"

static const char *const parameter_keys[] = {"parameter_count", "parameters", NULL};

static void fact(FILE *out, const char *label, const char *text)
{
    fputs("<div><dt>", out);
    pt_page_text(out, label);
    fputs("</dt><dd>", out);
    pt_page_text(out, text);
    fputs("</dd></div>\n", out);
}

static void number_fact(FILE *out, const char *label, double value)
{
    char text[48];
    if (isfinite(value) && value == floor(value) && fabs(value) < 1e15)
        fact(out, label, pt_format_count(value, text));
    else
        fact(out, label, isfinite(value) ? pt_page_number(value, 6, text) : "unknown");
}

// "peak_rss_bytes" is formatted as bytes and labeled "peak rss".
static const struct {
    const char *ending;
    pt_report_formatter *format;
} formats[] = {
    {"_bytes", pt_format_bytes},
    {"_flop", pt_format_flop},
    {"_joules", pt_format_joules},
    {"_watts", pt_format_watts},
    {"samples_per_second", pt_format_count},
    {"_per_second", NULL}, // a rate, not a time
    {"_seconds", pt_format_duration},
};

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), end = strlen(ending);
    return length >= end && strcmp(text + length - end, ending) == 0;
}

static void result_fact(FILE *out, const char *key, double value)
{
    char label[64], text[48];
    pt_report_formatter *format = NULL;
    snprintf(label, sizeof label, "%s", key);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (ends_with(key, formats[i].ending)) {
            format = formats[i].format;
            if (format != NULL && formats[i].ending[0] == '_' && strlen(key) < sizeof label)
                label[strlen(key) - strlen(formats[i].ending)] = '\0';
            break;
        }
    for (char *c = label; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    if (format == NULL)
        number_fact(out, label, value);
    else
        fact(out, label, format(format == pt_format_count ? round(value) : value, text));
}

static void text_fact(FILE *out, const char *key, const char *text)
{
    char label[64];
    snprintf(label, sizeof label, "%s", key);
    for (char *c = label; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    fact(out, label, text);
}

// The scalars of the results.
static void result_facts(FILE *out, const struct pt_node *result)
{
    const struct pt_node *node = result == NULL ? NULL : result->first;
    double value;
    for (; node != NULL; node = node->next) {
        if (node->kind != PT_NODE_SCALAR)
            continue;
        if (!node->is_null && !node->quoted && pt_parse_double(node->text, &value))
            result_fact(out, node->key, value);
        else if (node->is_null)
            text_fact(out, node->key, "-");
        else if (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0)
            text_fact(out, node->key, node->text[0] == 't' ? "yes" : "no");
        else
            text_fact(out, node->key, node->text);
    }
}

static void time_fact(FILE *out, const char *label, int64_t realtime_ns)
{
    char text[32];
    fact(out, label, realtime_ns == 0 ? NULL : pt_format_time(realtime_ns, text));
}

void pt_page_facts(const struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    FILE *out = page->stream;
    char text[48];

    fputs("<section>\n<h2>The run</h2>\n<dl class=\"facts\">\n", out);
    fact(out, pt_page_is_meter_run(page) ? "Command" : "Network", record->name);
    if (!pt_page_is_meter_run(page))
        number_fact(out, "Parameters", pt_run_number(&page->texts, parameter_keys));
    fact(out, "Machine", record->machine);
    fact(out, "Sensor", record->sensor);
    time_fact(out, "Started", record->start_realtime_ns);
    time_fact(out, "Ended", record->end_realtime_ns);
    fact(out, "Duration", pt_format_duration(pt_run_duration(record), text));
    fact(out, "Status", record->status);
    if (record->end_realtime_ns != 0) {
        snprintf(text, sizeof text, "%d", record->exit_status);
        fact(out, "Exit status", text);
    }
    result_facts(out, page->texts.result);
    fact(out, "Command line", record->command);
    fputs("</dl>\n</section>\n", out);
}
