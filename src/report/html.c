// The page: head, sections, data, Chart.js and the script that draws. Built in memory, then written
// whole or not at all.
//
// Nothing in it may load anything: the content security policy forbids it, so that a name out of a
// run file that slipped through the escaping could not either.

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/embedded.h"
#include "report/page.h"

const char pt_chart_license[] =
    "<!-- The second script is Chart.js. Copyright 2014-2022 Chart.js Contributors. MIT License:\n"
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software "
    "and\nassociated documentation files (the \"Software\"), to deal in the Software without "
    "restriction,\nincluding without limitation the rights to use, copy, modify, merge, publish, "
    "distribute,\nsublicense, and/or sell copies of the Software, and to permit persons to whom "
    "the "
    "Software is\nfurnished to do so, subject to the following conditions: The above copyright "
    "notice and this\npermission notice shall be included in all copies or substantial portions of "
    "the Software.\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR "
    "IMPLIED, INCLUDING BUT\nNOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A "
    "PARTICULAR PURPOSE AND\nNONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS "
    "BE "
    "LIABLE FOR ANY CLAIM, DAMAGES\nOR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR "
    "OTHERWISE, ARISING FROM, OUT OF OR IN\nCONNECTION WITH THE SOFTWARE OR THE USE OR OTHER "
    "DEALINGS IN THE SOFTWARE. -->\n";

void pt_page_begin(FILE *stream, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
          "base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          stream);
    pt_page_text(stream, title);
    fputs("</title>\n<style>\n", stream);
    fputs(pt_embedded_page_css, stream);
    fputs("</style>\n<noscript><style>.plot { display: none }</style></noscript>\n</head>\n<body>\n"
          "<main>\n",
          stream);
}

static enum pt_status write_head(const struct pt_page *page, struct pt_error *error)
{
    const struct pt_run_record *record = page->run->record;
    const char *title = pt_arena_printf(page->arena, "%s - powertrain run %" PRId64,
                                        record->name != NULL ? record->name : "-", record->id);
    if (title == NULL)
        return pt_fail(error, PT_NO_MEMORY, "report: out of memory");
    pt_page_begin(page->stream, title);
    return PT_OK;
}

static enum pt_status write_body(const struct pt_page *page, struct pt_error *error)
{
    pt_page_header(page);
    pt_page_tiles(page);
    enum pt_status status = pt_page_figures(page, error);
    if (status != PT_OK)
        return status;
    pt_page_comparison(page);
    pt_page_bill(page);
    pt_page_profile(page);
    pt_page_facts(page);
    pt_page_sources(page);
    pt_page_plan(page);
    fprintf(page->stream, "<footer>Written by powertrain %s.</footer>\n</main>\n", pt_version());
    return PT_OK;
}

static enum pt_status write_scripts(const struct pt_page *page, struct pt_error *error)
{
    FILE *out = page->stream;
    fputs("<script type=\"application/json\" id=\"data\">", out);
    enum pt_status status = pt_page_data(page, error);
    if (status != PT_OK)
        return status;
    fputs("</script>\n", out);
    fputs(pt_chart_license, out);
    fputs("<script>\n", out);
    fputs(pt_embedded_chart_js, out);
    fputs("</script>\n<script>\n", out);
    fputs(pt_embedded_page_js, out);
    fputs("</script>\n</body>\n</html>\n", out);
    return PT_OK;
}

static enum pt_status sort_points(struct pt_page *page, struct pt_error *error)
{
    const struct pt_report_run *run = page->run;
    size_t size = run->point_count > 0 ? (size_t)run->point_count : 1;
    page->steps.points = pt_arena_alloc(page->arena, size, sizeof *page->steps.points);
    page->evaluations.points = pt_arena_alloc(page->arena, size, sizeof *page->evaluations.points);
    if (page->steps.points == NULL || page->evaluations.points == NULL)
        return pt_fail(error, PT_NO_MEMORY, "report: out of memory for %" PRId64 " points",
                       run->point_count);
    for (int64_t i = 0; i < run->point_count; i++) {
        const struct pt_progress_point *point = &run->points[i];
        struct pt_page_points *points = point->evaluation ? &page->evaluations : &page->steps;
        points->points[points->count++] = point;
        if (page->diverged == NULL && !isfinite(point->loss))
            page->diverged = point;
    }
    return PT_OK;
}

// The prediction is for the whole run: an unfinished one does not say whether it was right.
static void compare(struct pt_page *page)
{
    const struct pt_run_record *record = page->run->record;
    page->has_comparison = record->has_bill && record->has_prediction;
    if (page->has_comparison)
        pt_comparison_fill(&record->prediction, &record->bill, page->comparison);
    for (int i = 0; page->has_comparison && i < PT_COMPARISON_LINES; i++)
        if (!pt_run_is_whole(record)) {
            page->comparison[i].deviation = NAN;
            page->comparison[i].hit = PT_HIT_UNKNOWN;
        }
}

static enum pt_status write_page(struct pt_page *page, struct pt_error *error)
{
    const struct pt_run_record *record = page->run->record;
    enum pt_status status = pt_run_texts_parse(page->arena, record, &page->texts, error);
    if (status == PT_OK)
        status = sort_points(page, error);
    if (status != PT_OK)
        return status;
    compare(page);
    status = write_head(page, error);
    if (status == PT_OK)
        status = write_body(page, error);
    return status == PT_OK ? write_scripts(page, error) : status;
}

// The whole page as text that the caller frees.
static enum pt_status make_page(const struct pt_report_run *run, char **ret_text,
                                size_t *ret_length, struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    struct pt_page page = {.run = run, .arena = pt_arena_create()};
    enum pt_status status = PT_NO_MEMORY;

    page.stream = open_memstream(&text, &length);
    if (page.arena == NULL || page.stream == NULL)
        pt_fail(error, status, "report: out of memory");
    else
        status = write_page(&page, error);
    bool broken = page.stream != NULL && (ferror(page.stream) != 0);
    if (page.stream != NULL && fclose(page.stream) != 0)
        broken = true;
    if (status == PT_OK && broken)
        status = pt_fail(error, PT_NO_MEMORY, "report: out of memory for the page");
    pt_arena_destroy(page.arena);
    if (status != PT_OK) {
        free(text);
        return status;
    }
    *ret_text = text;
    *ret_length = length;
    return PT_OK;
}

enum pt_status pt_report_html(const char *path, const struct pt_run_record *run,
                              const struct pt_progress_point *points, int64_t point_count,
                              const struct pt_meter_sample *samples, int64_t sample_count,
                              struct pt_error *error)
{
    const struct pt_report_run whole = {run, points, point_count, samples, sample_count};
    char *text;
    size_t length;
    enum pt_status status = make_page(&whole, &text, &length, error);
    if (status != PT_OK)
        return status;
    status = pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}
