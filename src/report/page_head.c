// The head of the page: what ran, and the headline tiles.

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "report/page.h"
#include "report/quantity_text.h"

static const char *const accuracy_keys[] = {"test_accuracy", "accuracy", NULL};
static const char *const loss_keys[] = {"test_loss", "loss", "final_loss", NULL};

bool pt_page_is_meter_run(const struct pt_page *page)
{
    return page->run->record->kind != NULL && strcmp(page->run->record->kind, "meter") == 0;
}

static const char *status_of(const struct pt_run_record *record)
{
    return record->status == NULL ? "unknown" : record->status;
}

void pt_page_header(const struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    char start[32], duration[48];
    FILE *out = page->stream;

    fprintf(out, "<header>\n<p class=\"eyebrow\">powertrain &middot; run %" PRId64 " &middot; ",
            record->id);
    pt_page_text(out, record->kind);
    fputs("</p>\n<h1>", out);
    pt_page_text(out, record->name);
    fputs("</h1>\n<p class=\"sub\"><span class=\"status\">", out);
    pt_page_text(out, status_of(record));
    fputs("</span> ", out);
    if (record->start_realtime_ns != 0)
        fprintf(out, "<time>%s</time> &middot; ", pt_format_time(record->start_realtime_ns, start));
    fprintf(out, "%s &middot; ", pt_format_duration(pt_run_duration(record), duration));
    pt_page_text(out, record->machine);
    fputs("</p>\n", out);
    if (!pt_run_is_whole(record) && record->has_prediction)
        fputs("<p class=\"note\">This run has not finished: its bill is for what was metered until "
              "then, and does not judge the prediction.</p>\n",
              out);
    fputs("</header>\n", out);
}

static void tile(FILE *out, const char *label, const char *value, const char *note)
{
    fputs("<div class=\"tile\"><dt>", out);
    pt_page_text(out, label);
    fputs("</dt><dd class=\"value\">", out);
    pt_page_text(out, value);
    fputs("</dd><dd class=\"hint\">", out);
    pt_page_text(out, note);
    fputs("</dd></div>\n", out);
}

static void bill_tiles(FILE *out, const struct pt_bill *bill)
{
    struct pt_quantity_text text;
    pt_quantity_describe(pt_bill_joules(&bill->total), pt_format_joules, &text);
    tile(out, "Energy", text.value, text.note[0] == '\0' ? "no sensor told it" : text.note);
    pt_money_describe(pt_bill_money(&bill->total), bill->currency, &text);
    tile(out, "Money", text.value, text.note[0] == '\0' ? "no price: name a region" : text.note);
    pt_quantity_describe(pt_bill_grams(&bill->total), pt_format_grams, &text);
    tile(out, "CO2e", text.value,
         text.note[0] == '\0' ? "no carbon intensity: name a region" : text.note);
}

// What came out of the run: the accuracy, else the loss, else how long it took.
static void result_tile(const struct pt_page *page)
{
    char text[48];
    double accuracy = pt_run_number(&page->texts, accuracy_keys);
    double loss = pt_run_number(&page->texts, loss_keys);
    const struct pt_page_points *points = &page->evaluations;
    if (isnan(accuracy) && points->count > 0)
        accuracy = points->points[points->count - 1]->accuracy;
    if (isnan(loss) && page->steps.count > 0)
        loss = page->steps.points[page->steps.count - 1]->loss;

    if (pt_page_is_meter_run(page))
        tile(page->stream, "Time", pt_format_duration(pt_run_duration(page->run->record), text),
             "wall clock");
    else if (page->diverged != NULL)
        tile(page->stream, "Loss", "diverged", "the loss is not a finite number");
    else if (isfinite(accuracy))
        tile(page->stream, "Accuracy", pt_page_percent(accuracy, text), "share of right answers");
    else
        tile(page->stream, "Loss", isfinite(loss) ? pt_page_number(loss, 4, text) : "unknown",
             "at the end");
}

static void deviation_tile(const struct pt_page *page)
{
    static const char *const words[] = {
        [PT_HIT_UNKNOWN] = "energy cannot be compared",
        [PT_HIT_INSIDE] = "energy, inside the predicted interval",
        [PT_HIT_BELOW] = "energy, below the predicted interval",
        [PT_HIT_ABOVE] = "energy, above the predicted interval",
    };
    char text[32];
    const struct pt_comparison *energy = &page->comparison[1];
    if (!page->has_comparison)
        tile(page->stream, "Against the plan", "-", "no prediction was stored");
    else if (!pt_run_is_whole(page->run->record))
        tile(page->stream, "Against the plan", "-", "the run has not finished");
    else
        tile(page->stream, "Against the plan", pt_format_deviation(energy->deviation, text),
             words[energy->hit]);
}

void pt_page_tiles(const struct pt_page *page)
{
    static const struct pt_bill unknown = {
        .total = {.seconds = {NAN, NAN, NAN, PT_MISSING}},
    };
    const struct pt_run_record *record = page->run->record;
    fputs("<dl class=\"tiles\">\n", page->stream);
    bill_tiles(page->stream, record->has_bill ? &record->bill : &unknown);
    result_tile(page);
    deviation_tile(page);
    fputs("</dl>\n", page->stream);
}
