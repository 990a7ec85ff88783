// Quantities as people read them: few digits, the right unit.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"

enum { BUFFER = 48 };

struct unit {
    const char *name;
    double size;  // in the base unit
    double least; // the amount, in the base unit, from which this unit is used
};

// True, and the buffer filled, for what has no digits.
static bool format_special(double value, char *buffer)
{
    if (isnan(value))
        strcpy(buffer, "unknown");
    else if (isinf(value))
        strcpy(buffer, value < 0 ? "minus infinity" : "infinite");
    return !isfinite(value);
}

// To four significant digits, as printf rounds.
static double rounded(double value)
{
    char text[32];
    double result = value;
    pt_format_c(text, sizeof text, "%.3e", value);
    pt_parse_double(text, &result);
    return result;
}

// Rounds before it compares, so that 999.95 W is "1 kW" and not "1000 W".
static const char *format_unit(double value, const struct unit *units, const struct unit *zero,
                               char *buffer)
{
    const struct unit *unit = units;
    if (format_special(value, buffer))
        return buffer;
    if (value == 0) {
        pt_format_c(buffer, BUFFER, "0 %s", zero->name);
        return buffer;
    }
    while (unit[1].name != NULL && rounded(fabs(value) / unit->size) * unit->size >= unit[1].least)
        unit++;
    double amount = rounded(value / unit->size);
    if (fabs(amount) >= 1e4 && fabs(amount) < 1e15) // beyond the last unit
        pt_format_c(buffer, BUFFER, "%.0f %s", amount, unit->name);
    else
        pt_format_c(buffer, BUFFER, "%.4g %s", amount, unit->name);
    return buffer;
}

const char *pt_format_joules(double joules, char *buffer)
{
    static const struct unit units[] = {
        {"J", 1, 0},           {"Wh", 3600, 360},       {"kWh", 3.6e6, 3.6e6},
        {"MWh", 3.6e9, 3.6e9}, {"GWh", 3.6e12, 3.6e12}, {NULL, 0, 0},
    };
    return format_unit(joules, units, units, buffer);
}

const char *pt_format_watts(double watts, char *buffer)
{
    static const struct unit units[] = {
        {"mW", 1e-3, 0},  {"W", 1, 1},      {"kW", 1e3, 1e3},
        {"MW", 1e6, 1e6}, {"GW", 1e9, 1e9}, {NULL, 0, 0},
    };
    return format_unit(watts, units, units + 1, buffer);
}

const char *pt_format_bytes(double bytes, char *buffer)
{
    static const struct unit units[] = {
        {"B", 1, 0},
        {"KiB", PT_BYTES_PER_KIB, PT_BYTES_PER_KIB},
        {"MiB", PT_BYTES_PER_MIB, PT_BYTES_PER_MIB},
        {"GiB", PT_BYTES_PER_GIB, PT_BYTES_PER_GIB},
        {"TiB", 0x1p40, 0x1p40},
        {"PiB", 0x1p50, 0x1p50},
        {NULL, 0, 0},
    };
    return format_unit(bytes, units, units, buffer);
}

const char *pt_format_grams(double grams, char *buffer)
{
    static const struct unit units[] = {
        {"mg", 1e-3, 0}, {"g", 1, 1}, {"kg", 1e3, 1e3}, {"t", 1e6, 1e6}, {NULL, 0, 0},
    };
    return format_unit(grams, units, units + 1, buffer);
}

const char *pt_format_flop(double flop, char *buffer)
{
    static const struct unit units[] = {
        {"FLOP", 1, 0},        {"kFLOP", 1e3, 1e3},   {"MFLOP", 1e6, 1e6},   {"GFLOP", 1e9, 1e9},
        {"TFLOP", 1e12, 1e12}, {"PFLOP", 1e15, 1e15}, {"EFLOP", 1e18, 1e18}, {"ZFLOP", 1e21, 1e21},
        {"YFLOP", 1e24, 1e24}, {NULL, 0, 0},
    };
    return format_unit(flop, units, units, buffer);
}

// Puts commas between the thousands of the number at the start of text.
static void group_thousands(char *text)
{
    char *first = text + (*text == '-');
    size_t whole = strspn(first, "0123456789");
    for (size_t left = whole; left > 3; left -= 3) {
        char *comma = first + left - 3;
        memmove(comma + 1, comma, strlen(comma) + 1);
        *comma = ',';
    }
}

const char *pt_format_count(double count, char *buffer)
{
    if (format_special(count, buffer))
        return buffer;
    bool small_fraction = fabs(count) < 1000 && count != round(count);
    if (small_fraction || fabs(count) >= 1e18)
        pt_format_c(buffer, BUFFER, "%.4g", count);
    else
        pt_format_c(buffer, BUFFER, "%.0f", count + 0.0); // + 0.0: no "-0"
    if (!small_fraction && fabs(count) < 1e18)
        group_thousands(buffer);
    return buffer;
}

// Digits behind the point: two, or as many as three significant digits need.
static int money_decimals(double amount)
{
    int decimals = 2;
    for (double limit = 0.1; fabs(amount) < 1 && decimals < 12; limit /= 10) {
        decimals++;
        if (fabs(amount) >= limit)
            break;
    }
    return decimals;
}

static void drop_zeros(char *text)
{
    size_t length = strlen(text);
    const char *point = strchr(text, '.');
    while (text + length > point + 3 && text[length - 1] == '0')
        text[--length] = '\0';
}

const char *pt_format_money(double amount, const char *currency, char *buffer)
{
    if (format_special(amount, buffer))
        return buffer;
    if (amount == 0)
        strcpy(buffer, "0");
    else if (fabs(amount) < 1e-10 || fabs(amount) >= 1e15)
        pt_format_c(buffer, BUFFER, "%.3g", amount);
    else {
        pt_format_c(buffer, BUFFER, "%.*f", money_decimals(amount), amount);
        drop_zeros(buffer);
        group_thousands(buffer);
    }
    if (currency != NULL) {
        size_t used = strlen(buffer);
        pt_format_c(buffer + used, BUFFER - used, " %.8s", currency);
    }
    return buffer;
}
