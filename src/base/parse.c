// Numbers out of text and back, whatever the locale.

#include "base/parse.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

static locale_t c_locale;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        abort(); // glibc and musl have it built in
}

static locale_t get_c_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    return c_locale;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

// The length of the unsigned number at the start of text, 0 if there is none. An exponent counts
// only if it has digits, so that "2EB" is 2 of "EB".
static size_t number_length(const char *text)
{
    size_t whole = digits(text), length = whole, fraction = 0;
    if (text[length] == '.') {
        fraction = digits(text + length + 1);
        length += 1 + fraction;
    }
    if (whole + fraction == 0)
        return 0;
    if (text[length] == 'e' || text[length] == 'E') {
        size_t sign = text[length + 1] == '+' || text[length + 1] == '-';
        size_t exponent = digits(text + length + 1 + sign);
        if (exponent > 0)
            length += 1 + sign + exponent;
    }
    return length;
}

bool pt_parse_double(const char *text, double *ret)
{
    const char *start = text + (*text == '+' || *text == '-');
    size_t length = number_length(start);
    if (length == 0 || start[length] != '\0')
        return false;
    double value = strtod_l(text, NULL, get_c_locale());
    if (!isfinite(value))
        return false;
    *ret = value;
    return true;
}

bool pt_parse_int64(const char *text, int64_t *ret)
{
    bool negative = *text == '-';
    text += *text == '+' || *text == '-';
    int64_t value = 0;
    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++) {
        int digit = *text - '0';
        // Counts downwards, because INT64_MIN has no positive counterpart.
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (*text != '\0' || (!negative && value == INT64_MIN))
        return false;
    *ret = negative ? value : -value;
    return true;
}

// The number at *text times 10^exponent, and *text moved behind it. The exponent goes into the
// text, so that "1.1" with 12 is 1100000000000 and not 1100000000000.0001.
static bool take_number(const char **text, size_t length, int exponent, double *ret)
{
    char copy[64];
    bool has_exponent = memchr(*text, 'e', length) != NULL || memchr(*text, 'E', length) != NULL;
    if (length == 0 || length > sizeof copy - 8 || (exponent != 0 && has_exponent))
        return false;
    memcpy(copy, *text, length);
    copy[length] = '\0';
    if (exponent != 0)
        snprintf(copy + length, sizeof copy - length, "e%d", exponent);
    if (!pt_parse_double(copy, ret))
        return false;
    *text += length;
    return true;
}

struct unit {
    const char *name;
    double factor;
    int exponent; // of ten, instead of factor
};

// The unit with exactly this name; NULL if there is none.
static const struct unit *find_unit(const struct unit *units, const char *name, size_t length)
{
    for (; units->name != NULL; units++)
        if (strlen(units->name) == length && memcmp(units->name, name, length) == 0)
            return units;
    return NULL;
}

static size_t letters(const char *text)
{
    size_t length = 0;
    while ((text[length] >= 'a' && text[length] <= 'z') ||
           (text[length] >= 'A' && text[length] <= 'Z'))
        length++;
    return length;
}

bool pt_parse_duration(const char *text, double *ret_seconds)
{
    static const struct unit units[] = {
        {"w", 7 * PT_SECONDS_PER_DAY, 0},
        {"d", PT_SECONDS_PER_DAY, 0},
        {"h", PT_SECONDS_PER_HOUR, 0},
        {"min", 60, 0},
        {"m", 60, 0},
        {"s", 1, 0},
        {"ms", 1, -3},
        {"us", 1, -6},
        {"ns", 1, -9},
        {NULL, 0, 0},
    };
    double total = 0, smallest = INFINITY;
    if (number_length(text) == strlen(text))
        return pt_parse_double(text, ret_seconds);
    do {
        size_t length = number_length(text), blank = text[length] == ' ';
        const char *name = text + length + blank;
        const struct unit *unit = find_unit(units, name, letters(name));
        double amount, size;
        if (unit == NULL || !take_number(&text, length, unit->exponent, &amount))
            return false;
        size = unit->factor * pow(10, unit->exponent);
        if (size >= smallest)
            return false;
        smallest = size;
        total += amount * unit->factor;
        text = name + letters(name);
        if (text[0] == ' ' && is_digit(text[1]))
            text++;
    } while (*text != '\0');
    if (!isfinite(total))
        return false;
    *ret_seconds = total;
    return true;
}

// Whole numbers keep every digit; fractions go through double and are rounded.
static bool scale_bytes(const char *text, size_t length, const struct unit *unit, int64_t *ret)
{
    char whole[24];
    double amount;
    int64_t count, factor = (int64_t)unit->factor;
    if (length < sizeof whole && digits(text) == length) {
        memcpy(whole, text, length);
        whole[length] = '\0';
        return pt_parse_int64(whole, &count) && !__builtin_mul_overflow(count, factor, ret);
    }
    if (!take_number(&text, length, 0, &amount))
        return false;
    amount *= unit->factor;
    if (amount >= 0x1p63 || (factor == 1 && amount != floor(amount)))
        return false;
    *ret = (int64_t)round(amount);
    return true;
}

bool pt_parse_bytes(const char *text, int64_t *ret_bytes)
{
    static const struct unit units[] = {
        {"", 1, 0},         {"B", 1, 0},        {"kB", 1e3, 0},     {"KB", 1e3, 0},
        {"MB", 1e6, 0},     {"GB", 1e9, 0},     {"TB", 1e12, 0},    {"PB", 1e15, 0},
        {"EB", 1e18, 0},    {"KiB", 0x1p10, 0}, {"MiB", 0x1p20, 0}, {"GiB", 0x1p30, 0},
        {"TiB", 0x1p40, 0}, {"PiB", 0x1p50, 0}, {"EiB", 0x1p60, 0}, {NULL, 0, 0},
    };
    size_t length = number_length(text);
    const char *name = text + length;
    if (name[0] == ' ' && name[1] != '\0')
        name++;
    const struct unit *unit = find_unit(units, name, strlen(name));
    int64_t bytes;
    if (length == 0 || unit == NULL || !scale_bytes(text, length, unit, &bytes))
        return false;
    *ret_bytes = bytes;
    return true;
}

bool pt_parse_count(const char *text, double *ret_count)
{
    static const struct unit units[] = {
        {"", 1, 0},  {"k", 1, 3},  {"K", 1, 3},  {"M", 1, 6},  {"B", 1, 9},
        {"G", 1, 9}, {"T", 1, 12}, {"P", 1, 15}, {NULL, 0, 0},
    };
    size_t length = number_length(text);
    const char *name = text + length;
    if (name[0] == ' ' && name[1] != '\0')
        name++;
    const struct unit *unit = find_unit(units, name, strlen(name));
    return unit != NULL && take_number(&text, length, unit->exponent, ret_count);
}

int pt_format_c(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    locale_t before = uselocale(get_c_locale());
    int length = vsnprintf(buffer, size, format, arguments);
    uselocale(before);
    va_end(arguments);
    return length;
}

// 15 digits survive any double, 17 tell any two apart; subnormal numbers need fewer.
const char *pt_format_double(double value, char *buffer)
{
    int digit_count = isnormal(value) ? 15 : 1;
    do
        pt_format_c(buffer, 32, "%.*g", digit_count++, value);
    while (digit_count <= 17 && strtod_l(buffer, NULL, get_c_locale()) != value && !isnan(value));
    return buffer;
}
