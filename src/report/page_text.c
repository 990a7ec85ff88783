// Text that others wrote, made safe for the page; numbers without the locale.

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"
#include "report/page.h"

#define REPLACEMENT "\xEF\xBF\xBD" // U+FFFD

static const char *entity(uint32_t character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool is_control(uint32_t character)
{
    return (character < 0x20 && character != '\n' && character != '\t') ||
           (character >= 0x7F && character < 0xA0);
}

void pt_page_text(FILE *stream, const char *text)
{
    if (text == NULL)
        text = "-";
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character;
        int length = pt_utf8_decode(text, left, &character);
        if (length == 0 || is_control(character))
            fputs(REPLACEMENT, stream);
        else if (entity(character) != NULL)
            fputs(entity(character), stream);
        else
            fwrite(text, 1, (size_t)length, stream);
        text += length > 0 ? length : 1;
        left -= length > 0 ? (size_t)length : 1;
    }
}

const char *pt_page_number(double value, int digits, char *buffer)
{
    if (!isfinite(value))
        return strcpy(buffer, "-");
    pt_format_c(buffer, 32, "%.*g", digits, value);
    return buffer;
}

const char *pt_page_percent(double ratio, char *buffer)
{
    if (!isfinite(ratio))
        return strcpy(buffer, "-");
    pt_format_c(buffer, 32, "%.4g %%", ratio * 100);
    return buffer;
}

void pt_page_number_cell(FILE *stream, const char *text)
{
    fputs("<td class=\"number\">", stream);
    pt_page_text(stream, text);
    fputs("</td>", stream);
}
