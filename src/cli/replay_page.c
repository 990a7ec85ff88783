// The page of a replay: prices of one window, the hours that were chosen, and the table.

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/units.h"
#include "cli/replay.h"
#include "report/embedded.h"
#include "report/page.h"

static const char script[] =
    "(function () {\n"
    "  \"use strict\";\n"
    "  const data = JSON.parse(document.getElementById(\"data\").textContent);\n"
    "  const style = getComputedStyle(document.documentElement);\n"
    "  const color = (name) => style.getPropertyValue(\"--\" + name).trim();\n"
    "  const chosen = (on) => data.prices.map((p, i) => on[i] ? p : null);\n"
    "  const bars = (label, on, hue) => ({type: \"bar\", label: label, data: chosen(on),\n"
    "    backgroundColor: hue, barPercentage: 1, categoryPercentage: 0.9});\n"
    "  new Chart(document.querySelector(\"#plot-replay canvas\"), {\n"
    "    data: {labels: data.hours, datasets: [\n"
    "      {type: \"line\", label: data.label, data: data.prices, stepped: \"middle\",\n"
    "       borderColor: color(\"ink\"), backgroundColor: color(\"ink\"), borderWidth: 1.4,\n"
    "       pointRadius: 0},\n"
    "      bars(\"ours\", data.ours, color(\"series-1\")),\n"
    "      bars(\"in hindsight\", data.best, color(\"series-2\"))]},\n"
    "    options: {animation: false, responsive: true, maintainAspectRatio: false,\n"
    "      scales: {x: {ticks: {color: color(\"soft\"), maxTicksLimit: 8, maxRotation: 0},\n"
    "                   grid: {display: false}},\n"
    "               y: {title: {display: true, text: data.label, color: color(\"soft\")},\n"
    "                   ticks: {color: color(\"soft\")}, grid: {color: color(\"grid\")}}},\n"
    "      plugins: {legend: {labels: {color: color(\"ink\"), boxHeight: 8}}}}});\n"
    "})();\n";

static void write_table(FILE *out, const struct pt_replay_story *story)
{
    fputs(
        "<section>\n<h2>What it comes to</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
        "<th scope=\"col\">of</th><th scope=\"col\">policy</th>"
        "<th scope=\"col\" class=\"number\">saved</th><th scope=\"col\" class=\"number\">kept</th>"
        "<th scope=\"col\" class=\"number\">delay, h</th>"
        "<th scope=\"col\" class=\"number\">worst start</th></tr></thead>\n<tbody>\n",
        out);
    for (int i = 0; i < story->account_count; i++) {
        const struct pt_replay *replay = &story->accounts[i].replay;
        double now = replay->results[PT_REPLAY_NOW].money;
        for (int k = 0; k < PT_REPLAY_POLICIES; k++) {
            char buffer[32];
            const struct pt_replay_result *result = &replay->results[k];
            if (!story->shows[k])
                continue;
            fputs("<tr><th scope=\"row\">", out);
            pt_page_text(out, story->accounts[i].title);
            fputs("</th><td>", out);
            pt_page_text(out, pt_replay_policy_names[k]);
            fputs("</td>", out);
            pt_page_number_cell(out, pt_page_percent((now - result->money) / fabs(now), buffer));
            pt_page_number_cell(
                out, pt_page_percent(pt_replay_kept(replay, (enum pt_replay_policy)k), buffer));
            pt_page_number_cell(
                out, pt_page_number(result->delay_hours / replay->start_count, 3, buffer));
            pt_page_number_cell(out, pt_page_percent(result->dearest_over, buffer));
            fputs("</tr>\n", out);
        }
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}

static void write_levels(struct pt_json_writer *writer, const char *key, const int *levels,
                         int count)
{
    pt_json_array(writer, key);
    for (int i = 0; i < count; i++)
        pt_json_integer(writer, NULL, levels[i] != PT_SCHEDULE_OFF);
    pt_json_end_array(writer);
}

static void write_data(FILE *out, const struct pt_replay_story *story)
{
    struct pt_json_writer writer;
    const struct pt_replay_account *account = &story->accounts[0];
    const struct pt_replay *replay = &account->replay;
    int within = story->options.within_hours;
    char label[64], moment[32];
    snprintf(label, sizeof label, "%.16s per kWh", story->currency);
    fputs("<script type=\"application/json\" id=\"data\">", out);
    pt_json_begin(&writer, out, false);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "label", label);
    pt_json_array(&writer, "hours");
    for (int i = 0; i < within; i++) {
        int64_t hour = replay->example_hour + i;
        pt_json_string(
            &writer, NULL,
            pt_format_moment(account->hourly.start_ns + hour * 3600 * PT_NANOSECONDS_PER_SECOND,
                             moment));
    }
    pt_json_end_array(&writer);
    pt_json_array(&writer, "prices");
    for (int i = 0; i < within; i++)
        pt_json_number(&writer, NULL, account->hourly.prices[replay->example_hour + i]);
    pt_json_end_array(&writer);
    write_levels(&writer, "ours", replay->example_levels, within);
    write_levels(&writer, "best", replay->example_levels + within, within);
    pt_json_end_object(&writer);
    fputs("</script>\n", out);
}

static void write_page(FILE *out, const struct pt_replay_story *story)
{
    pt_page_begin(out, "powertrain: a replay");
    fputs("<p class=\"eyebrow\">powertrain</p>\n<h1>Replay of ", out);
    pt_page_text(out, story->series);
    fprintf(
        out,
        "</h1>\n<div class=\"figures\"><figure style=\"grid-column: 1 / -1\">\n<h2>One start of "
        "%d: prices and the chosen hours</h2>\n<div class=\"plot\" style=\"min-height: 380px\" "
        "id=\"plot-replay\"><canvas role=\"img\" aria-label=\"Prices of the window as a line, "
        "the chosen hours as bars\"></canvas></div>\n<figcaption>The start whose possible "
        "saving is the median of all. Bars are the hours in which the job ran: decided hour by "
        "hour from what was public then, and as would have been best in hindsight."
        "</figcaption>\n</figure></div>\n",
        story->accounts[0].replay.start_count);
    write_table(out, story);
    fprintf(out, "<footer>Written by powertrain %s.</footer>\n</main>\n", pt_version());
    write_data(out, story);
    fputs(pt_chart_license, out);
    fputs("<script>\n", out);
    fputs(pt_embedded_chart_js, out);
    fputs("</script>\n<script>\n", out);
    fputs(script, out);
    fputs("</script>\n</body>\n</html>\n", out);
}

enum pt_status pt_replay_write_page(const char *path, const struct pt_replay_story *story,
                                    struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "the page: out of memory");
    write_page(stream, story);
    bool broken = ferror(stream) != 0;
    broken = fclose(stream) != 0 || broken;
    enum pt_status status = broken ? pt_fail(error, PT_NO_MEMORY, "the page: out of memory")
                                   : pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}
