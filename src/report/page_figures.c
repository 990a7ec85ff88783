// The figures: a place for each plot, a caption that says in words what it shows, and a table for
// readers without scripts.

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/table.h"
#include "report/page.h"

enum { CAPTION = 400 };

static void figure_begin(FILE *out, const char *plot, const char *title, const char *caption)
{
    fputs("<figure>\n<h2>", out);
    pt_page_text(out, title);
    fprintf(out, "</h2>\n<div class=\"plot\" id=\"plot-%s\"><canvas role=\"img\" aria-label=\"",
            plot);
    pt_page_text(out, caption);
    fputs("\"></canvas></div>\n<figcaption>", out);
    pt_page_text(out, caption);
    fputs("</figcaption>\n", out);
}

static void figure_end(FILE *out)
{
    fputs("</figure>\n", out);
}

// A figure without data says so and has no plot.
static void figure_empty(FILE *out, const char *title, const char *why)
{
    fputs("<figure class=\"empty\">\n<h2>", out);
    pt_page_text(out, title);
    fputs("</h2>\n<p>", out);
    pt_page_text(out, why);
    fputs("</p>\n</figure>\n", out);
}

static void table_begin(FILE *out, const char *const *headings)
{
    fputs("<noscript><div class=\"scroll\"><table><thead><tr>", out);
    for (; *headings != NULL; headings++) {
        fputs("<th scope=\"col\" class=\"number\">", out);
        pt_page_text(out, *headings);
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
}

static void table_row(FILE *out, const char *const *cells)
{
    fputs("<tr>", out);
    for (; *cells != NULL; cells++) {
        fputs("<td class=\"number\">", out);
        pt_page_text(out, *cells);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void table_end(FILE *out)
{
    fputs("</tbody></table></div></noscript>\n", out);
}

static double step_loss(const void *series, int64_t index)
{
    const struct pt_progress_point *const *points = series;
    return points[index]->loss;
}

static double sample_watts(const void *series, int64_t index)
{
    const struct pt_meter_sample *samples = series;
    return samples[index].watts;
}

static enum pt_status points_table(const struct pt_page *page, const struct pt_page_points *points,
                                   const char *loss_heading, struct pt_error *error)
{
    const char *const headings[] = {"step", "epoch", "seconds", loss_heading, "accuracy", NULL};
    struct pt_thin_indices chosen;
    enum pt_status status = pt_thin_curve(page->arena, points->points, step_loss, points->count,
                                          PT_PAGE_TABLE_ROWS, &chosen, error);
    if (status != PT_OK || points->count == 0)
        return status;
    table_begin(page->stream, headings);
    for (int64_t i = 0; i < chosen.count; i++) {
        const struct pt_progress_point *point = points->points[chosen.index[i]];
        char step[48], epoch[48], seconds[32], loss[32], accuracy[32];
        const char *cells[] = {
            pt_format_count((double)point->step, step),
            pt_format_count((double)point->epoch, epoch),
            pt_page_number(point->seconds, 6, seconds),
            isfinite(point->loss) ? pt_page_number(point->loss, 4, loss) : "not a number",
            pt_page_percent(point->accuracy, accuracy),
            NULL,
        };
        table_row(page->stream, cells);
    }
    table_end(page->stream);
    return PT_OK;
}

// The last point whose loss is a number, else the last one.
static const struct pt_progress_point *last_known(const struct pt_page_points *points)
{
    for (int64_t i = points->count - 1; i >= 0; i--)
        if (isfinite(points->points[i]->loss))
            return points->points[i];
    return points->points[points->count - 1];
}

// "Training loss from 2.31 to 0.27 in 2,345 steps."
static int training_caption(const struct pt_page_points *points, char *caption)
{
    char first[32], last[32], step[48];
    const struct pt_progress_point *end = last_known(points);
    pt_page_number(end->loss, 4, last);
    pt_format_count((double)end->step, step);
    if (points->points[0] == end)
        return snprintf(caption, CAPTION, "Training loss %s at step %s. ", last, step);
    return snprintf(caption, CAPTION, "Training loss from %s to %s in %s steps. ",
                    pt_page_number(points->points[0]->loss, 4, first), last, step);
}

static int test_caption(const struct pt_progress_point *end, char *caption, size_t size)
{
    char loss[32], accuracy[32];
    pt_page_number(end->loss, 4, loss);
    if (!isfinite(end->accuracy))
        return snprintf(caption, size, "Test loss at the end: %s. ", loss);
    return snprintf(caption, size, "Test loss at the end: %s, accuracy: %s. ", loss,
                    pt_page_percent(end->accuracy, accuracy));
}

static void loss_caption(const struct pt_page *page, char *caption)
{
    int used = 0;
    char step[48];
    caption[0] = '\0';
    if (page->steps.count > 0)
        used += training_caption(&page->steps, caption);
    if (page->evaluations.count > 0)
        used +=
            test_caption(last_known(&page->evaluations), caption + used, CAPTION - (size_t)used);
    if (page->diverged != NULL)
        snprintf(caption + used, CAPTION - (size_t)used,
                 "Diverged: the loss is not a finite number at step %s.",
                 pt_format_count((double)page->diverged->step, step));
}

static enum pt_status loss_figure(const struct pt_page *page, struct pt_error *error)
{
    char caption[CAPTION];
    if (page->steps.count + page->evaluations.count == 0) {
        figure_empty(page->stream, "Loss", "No training curve was recorded.");
        return PT_OK;
    }
    loss_caption(page, caption);
    figure_begin(page->stream, "loss", "Loss", caption);
    enum pt_status status = points_table(page, &page->steps, "training loss", error);
    if (status == PT_OK)
        status = points_table(page, &page->evaluations, "test loss", error);
    figure_end(page->stream);
    return status;
}

static enum pt_status power_table(const struct pt_page *page, struct pt_error *error)
{
    static const char *const headings[] = {"seconds", "this run, W", "machine, W", "J so far",
                                           NULL};
    struct pt_thin_indices chosen;
    const struct pt_report_run *run = page->run;
    enum pt_status status = pt_thin_curve(page->arena, run->samples, sample_watts,
                                          run->sample_count, PT_PAGE_TABLE_ROWS, &chosen, error);
    if (status != PT_OK)
        return status;
    table_begin(page->stream, headings);
    for (int64_t i = 0; i < chosen.count; i++) {
        const struct pt_meter_sample *sample = &run->samples[chosen.index[i]];
        char seconds[32], watts[32], machine[32], joules[32];
        const char *cells[] = {
            pt_page_number(sample->seconds, 6, seconds),
            pt_page_number(sample->watts, 4, watts),
            pt_page_number(sample->machine_watts, 4, machine),
            pt_page_number(sample->joules, 6, joules),
            NULL,
        };
        table_row(page->stream, cells);
    }
    table_end(page->stream);
    return PT_OK;
}

static void power_caption(const struct pt_report_run *run, char *caption)
{
    const struct pt_meter_sample *last = &run->samples[run->sample_count - 1];
    double highest = NAN;
    char mean_text[48], highest_text[48];
    for (int64_t i = 0; i < run->sample_count; i++)
        if (!(run->samples[i].watts <= highest))
            highest = isfinite(run->samples[i].watts) ? run->samples[i].watts : highest;
    snprintf(caption, CAPTION, "Mean of this run: %s, highest interval: %s.",
             pt_format_watts(last->seconds > 0 ? last->joules / last->seconds : NAN, mean_text),
             pt_format_watts(highest, highest_text));
}

static enum pt_status power_figure(const struct pt_page *page, struct pt_error *error)
{
    char caption[CAPTION];
    if (page->run->sample_count == 0) {
        figure_empty(page->stream, "Power", "No power samples were recorded.");
        return PT_OK;
    }
    power_caption(page->run, caption);
    figure_begin(page->stream, "power", "Power", caption);
    enum pt_status status = power_table(page, error);
    figure_end(page->stream);
    return status;
}

static void cost_figure(const struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    struct pt_page_cost cost = pt_page_cost(page);
    const char *title = cost.is_money ? "Cost so far" : "Energy so far";
    char caption[CAPTION], total[PT_REPORT_QUANTITY_SIZE], predicted[PT_REPORT_QUANTITY_SIZE];
    if (cost.unit == NULL) {
        figure_empty(page->stream, "Cost so far", "No energy was metered over time.");
        return;
    }
    if (cost.is_money)
        snprintf(caption, CAPTION, "At the end: %s, at the mean price of the bill. Predicted: %s.",
                 pt_report_money(pt_bill_money(&record->bill.total), cost.unit, total),
                 pt_report_money(cost.predicted, cost.unit, predicted));
    else
        snprintf(caption, CAPTION, "No price is known, so this is energy. At the end: %s %s.",
                 pt_page_number(cost.total, 4, total), cost.unit);
    figure_begin(page->stream, "cost", title, caption);
    figure_end(page->stream);
}

// "forward took most: 41 % of the energy."
static void phases_caption(const struct pt_bill *bill, char *caption)
{
    const struct pt_bill_row *most = NULL;
    double total = pt_bill_joules(&bill->total).value;
    char share[32];
    for (int i = 0; i < bill->row_count; i++) {
        double joules = pt_bill_joules(&bill->rows[i]).value;
        if (isfinite(joules) && (most == NULL || joules > pt_bill_joules(most).value))
            most = &bill->rows[i];
    }
    if (most == NULL)
        strcpy(caption, "The energy of the phases is unknown.");
    else if (total > 0)
        snprintf(caption, CAPTION, "%s took most: %s of the energy.", most->label,
                 pt_page_percent(pt_bill_joules(most).value / total, share));
    else
        snprintf(caption, CAPTION, "%s took most.", most->label);
}

static void phases_figure(const struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    char caption[CAPTION];
    if (!record->has_bill || record->bill.row_count == 0) {
        figure_empty(page->stream, "Energy by phase", "This run has no bill.");
        return;
    }
    phases_caption(&record->bill, caption);
    figure_begin(page->stream, "phases", "Energy by phase", caption);
    figure_end(page->stream);
}

enum pt_status pt_page_figures(const struct pt_page *page, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    fputs("<section class=\"figures\">\n", page->stream);
    if (!pt_page_is_meter_run(page))
        status = loss_figure(page, error);
    if (status == PT_OK)
        status = power_figure(page, error);
    if (status != PT_OK)
        return status;
    cost_figure(page);
    phases_figure(page);
    fputs("</section>\n", page->stream);
    return PT_OK;
}
