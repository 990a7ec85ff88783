// A quantity in one line: value, 90 % interval, provenance.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "report/quantity_text.h"
#include "report/report.h"

enum { NUMBER_SIZE = 48 };

// One number and one unit: not "4 min 10 s".
static bool is_simple(const char *text)
{
    return strchr(text, ' ') == strrchr(text, ' ');
}

// The number that text begins with; NAN if it is none. "1,234.5 EUR" is 1234.5.
static double leading_number(const char *text)
{
    char plain[NUMBER_SIZE];
    double number = NAN;
    size_t used = 0;
    for (; *text != '\0' && *text != ' '; text++)
        if (*text != ',')
            plain[used++] = *text;
    plain[used] = '\0';
    pt_parse_double(plain, &number);
    return number;
}

// A number of so many significant digits, thousands apart.
static void format_digits(double value, int digits, char *buffer)
{
    double size = fabs(value);
    int decimals = size > 0 ? digits - 1 - (int)floor(log10(size)) : 0;
    if (size >= 1000 && size < 1e15)
        pt_format_count(round(value), buffer);
    else
        pt_format_c(buffer, NUMBER_SIZE, "%.*f", decimals < 0 ? 0 : decimals, value);
}

// The ends of the interval in the unit of the value's text. Three digits, since an interval is no
// sharper than that; more if it is so narrow that three would not show it.
static void describe_ends(struct pt_quantity quantity, const char *value, char *low, char *high)
{
    double unit_count = leading_number(value);
    double width = (quantity.high - quantity.low) / fabs(quantity.value);
    int digits = width < 0.02 ? 4 : 3;
    format_digits(unit_count * (quantity.low / quantity.value), digits, low);
    format_digits(unit_count * (quantity.high / quantity.value), digits, high);
}

typedef const char *number_format(double value, const char *currency, pt_report_formatter *format,
                                  char *buffer);

// format is called through print, which knows whether it needs a currency.
static void describe(struct pt_quantity quantity, number_format *print, const char *currency,
                     pt_report_formatter *format, struct pt_quantity_text *text)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    text->interval[0] = '\0';
    if (!pt_quantity_known(quantity)) {
        strcpy(text->value, "unknown");
        return;
    }
    print(quantity.value, currency, format, text->value);
    if (isnan(quantity.low) || isnan(quantity.high) || quantity.low == quantity.high)
        return;
    print(quantity.low, currency, format, low);
    if (isinf(quantity.high)) {
        snprintf(text->interval, sizeof text->interval, "%s or more", low);
        return;
    }
    print(quantity.high, currency, format, high);
    if (quantity.value != 0 && is_simple(text->value))
        describe_ends(quantity, text->value, low, high);
    if (strcmp(low, high) != 0)
        snprintf(text->interval, sizeof text->interval, "%s-%s", low, high);
}

static const char *print_plain(double value, const char *currency, pt_report_formatter *format,
                               char *buffer)
{
    (void)currency;
    return format(value, buffer);
}

static const char *print_money(double value, const char *currency, pt_report_formatter *format,
                               char *buffer)
{
    (void)format;
    return pt_format_money(value, currency, buffer);
}

static void add_note(struct pt_quantity quantity, struct pt_quantity_text *text)
{
    const char *provenance =
        pt_quantity_known(quantity) ? pt_provenance_text(quantity.provenance) : "";
    snprintf(text->note, sizeof text->note, "%s%s%s", text->interval,
             text->interval[0] == '\0' ? "" : ", ", provenance);
}

void pt_quantity_describe(struct pt_quantity quantity, pt_report_formatter *format,
                          struct pt_quantity_text *ret_text)
{
    describe(quantity, print_plain, NULL, format, ret_text);
    add_note(quantity, ret_text);
}

void pt_money_describe(struct pt_quantity quantity, const char *currency,
                       struct pt_quantity_text *ret_text)
{
    describe(quantity, print_money, currency, NULL, ret_text);
    add_note(quantity, ret_text);
}

static const char *unit_of(const char *text)
{
    const char *blank = strrchr(text, ' ');
    return blank == NULL ? "" : blank + 1;
}

void pt_quantity_match_unit(struct pt_quantity quantity, struct pt_quantity like_quantity,
                            const struct pt_quantity_text *like, struct pt_quantity_text *text)
{
    char number[NUMBER_SIZE], low[NUMBER_SIZE], high[NUMBER_SIZE];
    double factor = fabs(quantity.value / like_quantity.value);
    if (!pt_quantity_known(quantity) || !pt_quantity_known(like_quantity) ||
        !is_simple(like->value) || !is_simple(text->value) ||
        strcmp(unit_of(like->value), unit_of(text->value)) == 0)
        return;
    if (!(factor >= 1e-4 && factor <= 1e4) || isinf(quantity.high))
        return;
    format_digits(leading_number(like->value) * (quantity.value / like_quantity.value), 4, number);
    snprintf(text->value, sizeof text->value, "%.30s %.8s", number, unit_of(like->value));
    if (text->interval[0] == '\0')
        return;
    describe_ends(quantity, text->value, low, high);
    snprintf(text->interval, sizeof text->interval, "%s-%s", low, high);
    add_note(quantity, text);
}

static const char *join(const struct pt_quantity_text *text, char *buffer)
{
    if (text->note[0] == '\0')
        snprintf(buffer, PT_REPORT_QUANTITY_SIZE, "%s", text->value);
    else
        snprintf(buffer, PT_REPORT_QUANTITY_SIZE, "%s (%s)", text->value, text->note);
    return buffer;
}

const char *pt_report_quantity(struct pt_quantity quantity, pt_report_formatter *format,
                               char *buffer)
{
    struct pt_quantity_text text;
    pt_quantity_describe(quantity, format, &text);
    return join(&text, buffer);
}

const char *pt_report_money(struct pt_quantity quantity, const char *currency, char *buffer)
{
    struct pt_quantity_text text;
    pt_money_describe(quantity, currency, &text);
    return join(&text, buffer);
}
