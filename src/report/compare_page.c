// The page of several runs: loss over energy, and the table.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/table.h"
#include "report/compare.h"
#include "report/embedded.h"
#include "report/page.h"

static void write_row(FILE *out, const struct pt_compared_run *run,
                      const struct pt_compared_run *first, double most)
{
    char buffer[80];
    double ratio = run->target_joules / first->target_joules;
    fprintf(out, "<tr><th scope=\"row\">%" PRId64 "</th><td>", run->run.record->id);
    pt_page_text(out, run->label);
    fprintf(out, "</td><td class=\"bar\"><span class=\"one\" style=\"width:%.2f%%\"></span></td>",
            isfinite(run->target_joules) && most > 0 ? 100 * run->target_joules / most : 0.0);
    pt_page_number_cell(out, isfinite(run->target_joules)
                                 ? pt_format_joules(run->target_joules, buffer)
                                 : "not reached");
    snprintf(buffer, sizeof buffer, "%.2f", ratio);
    pt_page_number_cell(out, isfinite(ratio) ? buffer : NULL);
    pt_page_number_cell(
        out, isfinite(run->target_money)
                 ? pt_format_money(run->target_money, run->run.record->bill.currency, buffer)
                 : NULL);
    pt_page_number_cell(out, isfinite(run->target_seconds)
                                 ? pt_format_duration(run->target_seconds, buffer)
                                 : NULL);
    snprintf(buffer, sizeof buffer, "%" PRId64, run->target_step);
    pt_page_number_cell(out, run->target_step >= 0 ? buffer : NULL);
    pt_page_number_cell(out, pt_page_number(run->best_loss, 4, buffer));
    fputs("</tr>\n", out);
}

static void write_table(FILE *out, const struct pt_compared_run *runs, int count)
{
    static const char *const headings[] = {"energy", "of the first's", "cost",
                                           "after",  "step",           "best loss"};
    double most = 0;
    for (int i = 0; i < count; i++)
        if (isfinite(runs[i].target_joules))
            most = fmax(most, runs[i].target_joules);
    fputs("<section>\n<h2>Energy to the target</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
          "<th scope=\"col\">run</th><th scope=\"col\">what</th><td></td>",
          out);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        fprintf(out, "<th scope=\"col\" class=\"number\">%s</th>", headings[i]);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int i = 0; i < count; i++)
        write_row(out, &runs[i], &runs[0], most);
    fputs("</tbody></table></div>\n</section>\n", out);
}

// The curve of one run: [Wh, loss] pairs.
static void write_curve(struct pt_json_writer *writer, const struct pt_compared_run *compared,
                        bool evaluated)
{
    const struct pt_report_run *run = &compared->run;
    int64_t step = run->point_count / PT_PAGE_POINTS + 1;
    pt_json_object(writer, NULL);
    pt_json_string(writer, "label", compared->label);
    pt_json_array(writer, "points");
    for (int64_t i = 0; i < run->point_count; i++) {
        const struct pt_progress_point *point = &run->points[i];
        if (point->evaluation != evaluated || !isfinite(point->loss) ||
            (!evaluated && i % step != 0 && i + 1 < run->point_count))
            continue;
        pt_json_object(writer, NULL);
        pt_json_number(writer, "x", pt_run_joules_at(run, point->seconds));
        pt_json_number(writer, "y", point->loss);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
    pt_json_end_object(writer);
}

static void write_page(FILE *out, const struct pt_compared_run *runs, int count,
                       const struct pt_comparison_target *target)
{
    const char *loss = target->evaluated ? "test loss" : "training loss";
    pt_page_begin(out, "powertrain: runs side by side");
    fputs("<p class=\"eyebrow\">powertrain</p>\n", out);
    fprintf(out,
            "<h1>%d runs, until the %s is %.4g</h1>\n<div class=\"figures\"><figure "
            "style=\"grid-column: 1 / -1\">\n<h2>Loss over energy</h2>\n<div class=\"plot\" "
            "style=\"min-height: 420px\" "
            "id=\"plot-compare\"><canvas role=\"img\" aria-label=\"%s over metered energy, a line "
            "for each run\"></canvas></div>\n<figcaption>Each line is a run: the %s that it had "
            "reached with the energy that it had used. The dashed line is the target. Further left "
            "is cheaper.</figcaption>\n</figure></div>\n",
            count, loss, target->loss, loss, loss);
    write_table(out, runs, count);
    fprintf(out, "<footer>Written by powertrain %s.</footer>\n</main>\n", pt_version());

    fputs("<script type=\"application/json\" id=\"data\">", out);
    struct pt_json_writer writer;
    pt_json_begin(&writer, out, false);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "loss", loss);
    pt_json_number(&writer, "target", target->loss);
    pt_json_array(&writer, "runs");
    for (int i = 0; i < count; i++)
        write_curve(&writer, &runs[i], target->evaluated);
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
    fputs("</script>\n", out);
    fputs(pt_chart_license, out);
    fputs("<script>\n", out);
    fputs(pt_embedded_chart_js, out);
    fputs("</script>\n<script>\n", out);
    fputs(pt_embedded_compare_js, out);
    fputs("</script>\n</body>\n</html>\n", out);
}

enum pt_status pt_compare_html(const char *path, const struct pt_compared_run *runs, int count,
                               const struct pt_comparison_target *target, struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "the page: out of memory");
    write_page(stream, runs, count, target);
    bool broken = ferror(stream) != 0;
    broken = fclose(stream) != 0 || broken;
    enum pt_status status = broken ? pt_fail(error, PT_NO_MEMORY, "the page: out of memory")
                                   : pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}
