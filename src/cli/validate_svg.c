// Each panel is a square in the logarithm of the kind's unit, with whole powers of ten at its ends.

#include "cli/validate_svg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"

// Lengths in pixels.
enum { WIDTH = 960, HEIGHT = 1010, SIDE = 360, LEFT = 80, TOP = 110, STEP_X = 460, STEP_Y = 450 };
enum { CELL = 320, DECADES_MOST = 30 };
static const double band = 1.25; // a band of so much on each side of the line

// Distinct for color-blind readers. Okabe and Ito 2008.
static const struct {
    const char *arch, *color, *text;
} classes[] = {
    {"dense", "#0072b2", "dense transformer"}, {"moe", "#d55e00", "experts"},
    {"encoder", "#009e73", "encoder"},         {"cnn", "#cc79a7", "convolutional"},
    {"rnn", "#e69f00", "recurrent"},           {"", "#555555", "other"},
};
enum { CLASS_COUNT = sizeof classes / sizeof *classes };

struct panel {
    FILE *stream;
    double from, to; // exponents of ten
    int left, top;
};

static const char *color_of(const struct pt_validation_entry *entry)
{
    int i = 0;
    while (i < CLASS_COUNT - 1 && strcmp(classes[i].arch, entry->published->row->arch) != 0)
        i++;
    return classes[i].color;
}

static void escape(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<')
            fputs("&lt;", stream);
        else if (*text == '&')
            fputs("&amp;", stream);
        else if ((unsigned char)*text >= ' ')
            fputc(*text, stream);
}

static double clamp(double value, double least, double most)
{
    return fmin(most, fmax(least, value));
}

// Of a value, across and from below.
static double place_x(const struct panel *panel, double value)
{
    return panel->left +
           SIDE * clamp((log10(value) - panel->from) / (panel->to - panel->from), 0, 1);
}

static double place_y(const struct panel *panel, double value)
{
    return panel->top + SIDE - (place_x(panel, value) - panel->left);
}

static bool is_drawn(const struct pt_validation_entry *entry, enum pt_validation_kind kind)
{
    return entry->kind == kind && entry->actual > 0 && isfinite(entry->actual) &&
           entry->predicted > 0 && isfinite(entry->predicted);
}

// --------------------------------------------------------------------------------------- the axes
static bool find_ends(struct panel *panel, const struct pt_validation *validation,
                      enum pt_validation_kind kind)
{
    double least = INFINITY, most = 0;
    for (int i = 0; i < validation->count; i++) {
        const struct pt_validation_entry *entry = &validation->entries[i];
        if (!is_drawn(entry, kind))
            continue;
        least = fmin(least, fmin(entry->actual, entry->predicted));
        most = fmax(most, fmax(entry->actual, entry->predicted));
    }
    panel->from = most > 0 ? floor(log10(least)) : 0;
    panel->to = most > 0 ? fmax(panel->from + 1, ceil(log10(most))) : 1;
    return most > 0;
}

static void draw_line(const struct panel *panel, double factor, const char *style)
{
    double low = pow(10, panel->from), high = pow(10, panel->to);
    double begin = fmax(low, low / factor), end = fmin(high, high / factor);
    char line[CELL];
    pt_format_c(line, CELL, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n",
                place_x(panel, begin), place_y(panel, begin * factor), place_x(panel, end),
                place_y(panel, end * factor), style);
    fputs(line, panel->stream);
}

static void draw_decade(const struct panel *panel, int exponent)
{
    double x = place_x(panel, pow(10, exponent)), y = place_y(panel, pow(10, exponent));
    int bottom = panel->top + SIDE, right = panel->left + SIDE;
    char text[3 * CELL];
    pt_format_c(text, sizeof text,
                "<path d=\"M%.1f %dV%dM%d %.1fH%d\" stroke=\"#e4e4e4\"/>\n"
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">10<tspan dy=\"-5\" "
                "font-size=\"9\">%d</tspan></text>\n"
                "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">10<tspan dy=\"-5\" "
                "font-size=\"9\">%d</tspan></text>\n",
                x, panel->top, bottom, panel->left, y, right, x, bottom + 18, exponent,
                panel->left - 6, y + 4, exponent);
    fputs(text, panel->stream);
}

static void draw_axes(const struct panel *panel, const char *unit)
{
    int step = panel->to - panel->from > DECADES_MOST ? 10 : 1;
    for (int exponent = (int)panel->from; exponent <= (int)panel->to; exponent += step)
        draw_decade(panel, exponent);
    draw_line(panel, 1, "stroke=\"#000\"");
    draw_line(panel, band, "stroke=\"#888\" stroke-dasharray=\"4 4\"");
    draw_line(panel, 1 / band, "stroke=\"#888\" stroke-dasharray=\"4 4\"");
    fprintf(panel->stream,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#444\"/>\n"
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">published, %s</text>\n"
            "<text transform=\"translate(%d %d) rotate(-90)\" text-anchor=\"middle\">predicted, "
            "%s</text>\n",
            panel->left, panel->top, SIDE, SIDE, panel->left + SIDE / 2, panel->top + SIDE + 38,
            unit, panel->left - 46, panel->top + SIDE / 2, unit);
}

// ------------------------------------------------------------------------------------- the points
static void draw_point(const struct panel *panel, const struct pt_validation_entry *entry)
{
    double x = place_x(panel, entry->actual);
    const char *color = color_of(entry);
    char text[CELL];
    pt_format_c(text, CELL,
                "<g stroke=\"%s\" fill=\"%s\"><path d=\"M%.1f %.1fV%.1f\" opacity=\".3\"/>"
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" stroke=\"none\" opacity=\".75\"/>"
                "<title>",
                color, color, x, place_y(panel, entry->low), place_y(panel, entry->high), x,
                place_y(panel, entry->predicted));
    fputs(text, panel->stream);
    escape(panel->stream, entry->published->row->model);
    fputs(" on ", panel->stream);
    escape(panel->stream, entry->published->row->accelerator);
    pt_format_c(text, CELL, ": published %.4g, predicted %.4g (%.4g to %.4g)</title></g>\n",
                entry->actual, entry->predicted, entry->low, entry->high);
    fputs(text, panel->stream);
}

static enum pt_status draw_panel(struct panel *panel, struct pt_arena *arena,
                                 const struct pt_validation *validation,
                                 enum pt_validation_kind kind, struct pt_error *error)
{
    struct pt_validation_score score;
    char text[CELL];
    enum pt_status status =
        pt_validation_score_of(arena, validation, kind, PT_BY_ALL, NULL, &score, error);
    if (status != PT_OK)
        return status;
    bool is_empty = !find_ends(panel, validation, kind);
    fprintf(panel->stream,
            "<text x=\"%d\" y=\"%d\" font-size=\"15\" font-weight=\"bold\">%s</text>\n",
            panel->left, panel->top - 26, pt_validation_text(kind));
    if (is_empty)
        pt_format_c(text, CELL, "no rows");
    else
        pt_format_c(text, CELL,
                    "%d rows, %d sources: median error %.1f %%, %.0f %% inside intervals",
                    score.count, score.sources, 100 * score.median, 100 * score.coverage);
    fprintf(panel->stream, "<text x=\"%d\" y=\"%d\">%s</text>\n", panel->left, panel->top - 9,
            text);
    if (is_empty)
        return PT_OK;
    draw_axes(panel, pt_validation_unit(kind));
    for (int i = 0; i < validation->count; i++)
        if (is_drawn(&validation->entries[i], kind))
            draw_point(panel, &validation->entries[i]);
    return PT_OK;
}

// ---------------------------------------------------------------------------------------- the file
static void draw_head(FILE *stream)
{
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            "<title>Predicted against published</title>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<text x=\"%d\" y=\"30\" font-size=\"18\" font-weight=\"bold\">Predicted against "
            "published, each source left out in turn</text>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT);
    for (int i = 0; i < CLASS_COUNT; i++)
        fprintf(stream,
                "<circle cx=\"%d\" cy=\"50\" r=\"5\" fill=\"%s\"/><text x=\"%d\" "
                "y=\"54\">%s</text>\n",
                LEFT + 6 + 145 * i, classes[i].color, LEFT + 16 + 145 * i, classes[i].text);
}

static enum pt_status draw(FILE *stream, struct pt_arena *arena,
                           const struct pt_validation *validation, struct pt_error *error)
{
    static const enum pt_validation_kind kinds[] = {PT_VALIDATE_STEP, PT_VALIDATE_BLIND,
                                                    PT_VALIDATE_RUN, PT_VALIDATE_ENERGY_KNOWN};
    enum pt_status status = PT_OK;
    draw_head(stream);
    for (int i = 0; i < (int)(sizeof kinds / sizeof *kinds) && status == PT_OK; i++) {
        struct panel panel = {
            .stream = stream, .left = LEFT + STEP_X * (i % 2), .top = TOP + STEP_Y * (i / 2)};
        status = draw_panel(&panel, arena, validation, kinds[i], error);
    }
    fprintf(stream,
            "<text x=\"%d\" y=\"%d\">Solid: right. Dashed: 25 %% off. A bar holds the published "
            "value with 90 %% probability if it crosses the solid line.</text>\n</svg>\n",
            LEFT, HEIGHT - 14);
    return status;
}

enum pt_status pt_write_validation_svg(const char *path, struct pt_arena *arena,
                                       const struct pt_validation *validation,
                                       struct pt_error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    if (stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    enum pt_status status = draw(stream, arena, validation, error);
    bool is_whole = !ferror(stream);
    is_whole = fclose(stream) == 0 && is_whole;
    if (status == PT_OK && !is_whole)
        status = pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    if (status == PT_OK)
        status = pt_atomic_write_file(path, bytes, length, error);
    free(bytes);
    return status;
}
