// What each layer costs: a bar for each, as long as its share of the time, forward and backward in
// two colors. Plain HTML: it is there without scripts and on paper.

#include <math.h>
#include <string.h>

#include "base/table.h"
#include "report/page.h"

enum { ROWS_MAX = 400 };

static double number(const struct pt_node *row, const char *key)
{
    double value = NAN;
    const struct pt_node *node = pt_node_find(row, key);
    if (node == NULL || node->is_null ||
        pt_node_number(node, -INFINITY, INFINITY, &value, NULL) != PT_OK)
        return NAN;
    return value;
}

static const char *text(const struct pt_node *row, const char *key)
{
    const struct pt_node *node = pt_node_find(row, key);
    return node == NULL || node->is_null || node->kind != PT_NODE_SCALAR ? NULL : node->text;
}

static double part(double seconds, double whole)
{
    double percent = 100 * seconds / whole;
    return isfinite(percent) && percent > 0 ? percent : 0;
}

// longest is the time of the costliest row: its bar fills the cell.
static void bar_cell(FILE *out, const struct pt_node *row, double longest)
{
    double forward = number(row, "forward_seconds"), backward = number(row, "backward_seconds");
    double rest = number(row, "seconds") - forward - backward;
    fprintf(
        out,
        "<td class=\"bar\"><span class=\"one\" style=\"width:%.2f%%\"></span><span class=\"two\" "
        "style=\"width:%.2f%%\"></span><span class=\"three\" style=\"width:%.2f%%\"></span></td>",
        part(forward, longest), part(backward, longest), part(rest, longest));
}

static void write_row(FILE *out, const struct pt_node *row, double longest, const char *currency)
{
    char buffer[64], rate[80];
    double flop_per_second = number(row, "flop_per_second"), seconds = number(row, "seconds");
    double roofline = number(row, "roofline_seconds") / seconds;
    fputs("<tr><th scope=\"row\">", out);
    pt_page_text(out, text(row, "name"));
    fputs("</th><td class=\"hint\">", out);
    pt_page_text(out, text(row, "operator"));
    fputs("</td>", out);
    bar_cell(out, row, longest);
    pt_page_number_cell(out, pt_page_percent(number(row, "share"), buffer));
    pt_page_number_cell(out, isfinite(seconds) ? pt_format_duration(seconds, buffer) : NULL);
    snprintf(rate, sizeof rate, "%s/s", pt_format_flop(flop_per_second, buffer));
    pt_page_number_cell(out, isfinite(flop_per_second) ? rate : NULL);
    pt_page_number_cell(out, roofline > 0 && isfinite(roofline) ? pt_page_percent(roofline, buffer)
                                                                : NULL);
    double joules = number(row, "joules"), money = number(row, "money");
    pt_page_number_cell(out, isfinite(joules) ? pt_format_joules(joules, buffer) : NULL);
    pt_page_number_cell(out, isfinite(money) ? pt_format_money(money, currency, buffer) : NULL);
    fputs("</tr>\n", out);
}

void pt_page_profile(const struct pt_page *page)
{
    static const char *const headings[] = {"rate", "of roofline", "energy", "cost"};
    FILE *out = page->stream;
    const struct pt_node *result = page->texts.result;
    const struct pt_node *profile = result == NULL ? NULL : pt_node_find(result, "profile");
    const struct pt_node *rows =
        profile == NULL || profile->kind != PT_NODE_MAPPING ? NULL : pt_node_find(profile, "rows");
    double longest = 0;
    int written = 0;
    if (rows == NULL || rows->kind != PT_NODE_SEQUENCE || rows->count == 0)
        return;
    for (const struct pt_node *row = rows->first; row != NULL; row = row->next)
        longest = fmax(longest, number(row, "seconds"));
    fputs("<section>\n<h2>What each layer costs</h2>\n<p class=\"hint\">Bars: time, "
          "<span class=\"key one\"></span> forward, <span class=\"key two\"></span> backward, "
          "<span class=\"key three\"></span> phases without layers. The metered energy of a phase "
          "is shared out by time, so the rows add up to the bill.</p>\n<div class=\"scroll\">"
          "<table class=\"profile\">\n<thead><tr><th scope=\"col\">layer</th><th "
          "scope=\"col\">operator</th><th scope=\"col\">time</th><th scope=\"col\" "
          "class=\"number\">share</th><th scope=\"col\" class=\"number\">seconds</th>",
          out);
    for (int i = 0; i < 4; i++)
        fprintf(out, "<th scope=\"col\" class=\"number\">%s</th>", headings[i]);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (const struct pt_node *row = rows->first; row != NULL && written < ROWS_MAX;
         row = row->next, written++)
        if (row->kind == PT_NODE_MAPPING)
            write_row(out, row, longest, text(profile, "currency"));
    fputs("</tbody></table></div>\n", out);
    if (rows->count > ROWS_MAX)
        fprintf(out,
                "<p class=\"hint\">The first %d of %lld layers; all of them stand in the JSON of "
                "the run.</p>\n",
                ROWS_MAX, (long long)rows->count);
    fputs("</section>\n", out);
}
