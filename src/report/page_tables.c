// The tables of the page: prediction beside measurement, the bill, its sources, the plan.

#include <string.h>

#include "report/page.h"

static void cell(FILE *out, const char *class, const char *text)
{
    if (class == NULL)
        fputs("<td>", out);
    else
        fprintf(out, "<td class=\"%s\">", class);
    pt_page_text(out, text);
    fputs("</td>", out);
}

static void row_head(FILE *out, const char *text)
{
    fputs("<tr><th scope=\"row\">", out);
    pt_page_text(out, text);
    fputs("</th>", out);
}

static void column_head(FILE *out, const char *class, const char *name, const char *unit)
{
    fprintf(out, class == NULL ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">");
    pt_page_text(out, name);
    if (unit != NULL && unit[0] != '\0') {
        fputs(" <span class=\"unit\">", out);
        pt_page_text(out, unit);
        fputs("</span>", out);
    }
    fputs("</th>", out);
}

static void quantity_cell(FILE *out, const struct pt_quantity_text *text)
{
    fputs("<td><span class=\"quantity\">", out);
    pt_page_text(out, text->value);
    fputs("</span>", out);
    if (text->note[0] != '\0') {
        fputs(" <span class=\"hint\">(", out);
        pt_page_text(out, text->note);
        fputs(")</span>", out);
    }
    fputs("</td>", out);
}

void pt_page_comparison(const struct pt_page *page)
{
    FILE *out = page->stream;
    char deviation[32];
    if (!page->has_comparison)
        return;
    fputs("<section>\n<h2>Prediction and measurement</h2>\n<div class=\"scroll\"><table>\n"
          "<thead><tr><td></td>",
          out);
    column_head(out, NULL, "predicted", NULL);
    column_head(out, NULL, "metered", NULL);
    column_head(out, "number", "deviation", NULL);
    column_head(out, NULL, "metered is", NULL);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int i = 0; i < PT_COMPARISON_LINES; i++) {
        const struct pt_comparison *line = &page->comparison[i];
        row_head(out, line->label);
        quantity_cell(out, &line->predicted_text);
        quantity_cell(out, &line->metered_text);
        cell(out, "number", pt_format_deviation(line->deviation, deviation));
        cell(out, NULL, pt_hit_text(line->hit));
        fputs("</tr>\n", out);
    }
    fputs(
        "</tbody></table></div>\n<p class=\"hint\">In brackets: the interval that holds the value "
        "with 90 % probability, and where the number comes from. \"Metered is inside\" says that "
        "the "
        "metered value lies in the predicted interval.</p>\n</section>\n",
        out);
}

static void bill_line(FILE *out, const char *label, const struct pt_bill_row *row,
                      const char *const *cells, const struct pt_column *energy)
{
    char interval[72];
    struct pt_quantity joules = pt_bill_joules(row);
    row_head(out, label);
    cell(out, "number", cells[0]);
    cell(out, "number", cells[1]);
    cell(out, "number", pt_column_interval(energy, joules, interval));
    cell(out, "number", cells[2]);
    cell(out, "number", cells[3]);
    cell(out, NULL, pt_quantity_known(joules) ? pt_provenance_text(joules.provenance) : "-");
    fputs("</tr>\n", out);
}

static void bill_head(FILE *out, const struct pt_bill_columns *columns)
{
    fputs("<thead><tr><td></td>", out);
    column_head(out, "number", "time", columns->time.unit);
    column_head(out, "number", "energy", columns->energy.unit);
    column_head(out, "number", "90 % interval", columns->energy.unit);
    column_head(out, "number", "money", columns->money.unit);
    column_head(out, "number", "CO2e", columns->carbon.unit);
    column_head(out, NULL, "energy is", NULL);
    fputs("</tr></thead>\n", out);
}

void pt_page_bill(const struct pt_page *page)
{
    FILE *out = page->stream;
    const struct pt_bill *bill = &page->run->record->bill;
    struct pt_bill_columns columns;

    fputs("<section>\n<h2>The bill</h2>\n", out);
    if (!page->run->record->has_bill) {
        fputs("<p>This run has no bill.</p>\n</section>\n", out);
        return;
    }
    pt_bill_columns_fill(bill, &columns);
    fputs("<div class=\"scroll\"><table class=\"bill\">\n", out);
    bill_head(out, &columns);
    fputs("<tbody>\n", out);
    for (int i = 0; i < bill->row_count; i++) {
        const char *cells[] = {columns.time.rows[i], columns.energy.rows[i], columns.money.rows[i],
                               columns.carbon.rows[i]};
        bill_line(out, bill->rows[i].label, &bill->rows[i], cells, &columns.energy);
    }
    const char *totals[] = {columns.time.total, columns.energy.total, columns.money.total,
                            columns.carbon.total};
    fputs("</tbody>\n<tfoot>\n", out);
    bill_line(out, "total", &bill->total, totals, &columns.energy);
    fputs("</tfoot></table></div>\n</section>\n", out);
}

static void source(FILE *out, const char *label, struct pt_quantity total, const char *text)
{
    fputs("<div><dt>", out);
    pt_page_text(out, label);
    fputs("</dt><dd>", out);
    pt_page_text(out, text[0] != '\0'            ? text
                      : pt_quantity_known(total) ? "source not stated"
                                                 : "unknown");
    fputs("</dd></div>\n", out);
}

void pt_page_sources(const struct pt_page *page)
{
    const struct pt_bill *bill = &page->run->record->bill;
    FILE *out = page->stream;
    if (!page->run->record->has_bill)
        return;
    fputs("<section>\n<h2>Sources</h2>\n<dl class=\"facts sources\">\n", out);
    source(out, "Energy", pt_bill_joules(&bill->total), bill->energy_source);
    source(out, "Price", pt_bill_money(&bill->total), bill->price_source);
    source(out, "Carbon", pt_bill_grams(&bill->total), bill->carbon_source);
    fputs("</dl>\n</section>\n", out);
}

void pt_page_plan(const struct pt_page *page)
{
    FILE *out = page->stream;
    if (page->texts.plan == NULL)
        return;
    fputs("<section>\n<details><summary>The plan as JSON</summary>\n<pre>", out);
    pt_page_text(out, page->run->record->plan_json);
    fputs("</pre></details>\n</section>\n", out);
}
