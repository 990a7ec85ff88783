// The page while it is written: html.c calls the sections in order, each prints itself.
#ifndef PT_REPORT_PAGE_H
#define PT_REPORT_PAGE_H

#include "report/column.h"
#include "report/comparison.h"
#include "report/document.h"
#include "report/thin.h"

enum {
    PT_PAGE_POINTS = 1200,  // of a curve: a plot is about 600 pixels wide, two device pixels each
    PT_PAGE_TABLE_ROWS = 26 // of the table that stands for a curve where no script runs
};

// Some points of the training curve.
struct pt_page_points {
    int64_t count;
    const struct pt_progress_point **points;
};

struct pt_page {
    FILE *stream;
    struct pt_arena *arena;
    const struct pt_report_run *run;
    struct pt_run_texts texts;
    struct pt_page_points steps, evaluations;
    const struct pt_progress_point *diverged; // the first whose loss is no number; NULL: none

    struct pt_comparison comparison[PT_COMPARISON_LINES]; // if the run has bill and prediction
    bool has_comparison;
};

// How the run's cumulative cost is plotted: money if the price is known, else energy.
struct pt_page_cost {
    const char *unit; // "EUR", "Wh"; NULL: nothing was metered
    bool is_money;
    double units_per_joule;       // of what the meter counted
    double total;                 // in units, at the last sample
    struct pt_quantity predicted; // of the whole run, in units; missing if there is none, or in
                                  // another currency
    struct pt_quantity predicted_seconds;
};
struct pt_page_cost pt_page_cost(const struct pt_page *page);

bool pt_page_is_meter_run(const struct pt_page *page); // of a command, not a training run

// Escaped for element content and quoted attributes; NULL is "-". What is no UTF-8 or a control
// character becomes U+FFFD.
void pt_page_text(FILE *stream, const char *text);
// At most so many significant digits, "-" if not finite; a buffer of at least 32 bytes. Returns it.
const char *pt_page_number(double value, int digits, char *buffer);
// 0.8893 -> "88.93 %", "-" if not finite; a buffer of at least 32 bytes. Returns it.
const char *pt_page_percent(double ratio, char *buffer);

// From the doctype to the opening of main; nothing on the page may load anything.
void pt_page_begin(FILE *stream, const char *title);
void pt_page_number_cell(FILE *stream, const char *text); // of a table row; NULL is "-"
// The comment that Chart.js must be given with.
extern const char pt_chart_license[];

void pt_page_header(const struct pt_page *page);
void pt_page_tiles(const struct pt_page *page);
enum pt_status pt_page_figures(const struct pt_page *page, struct pt_error *error);
void pt_page_profile(const struct pt_page *page); // nothing if the run was not profiled
void pt_page_comparison(const struct pt_page *page);
void pt_page_bill(const struct pt_page *page);
void pt_page_facts(const struct pt_page *page);
void pt_page_sources(const struct pt_page *page);
void pt_page_plan(const struct pt_page *page);
// The JSON of the script element "data": {"run": .., "charts": ..}; page.js draws the charts.
enum pt_status pt_page_data(const struct pt_page *page, struct pt_error *error);

#endif
