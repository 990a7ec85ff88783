// What a budget is: its text, and whether it can be guarded. The watching is in budget_watch.c.

#include "meter/budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/table.h"
#include "base/units.h"

struct unit {
    const char *name;
    double size;
    enum pt_budget_kind kind;
};

static const struct unit units[] = {
    {"J", 1, PT_BUDGET_JOULES},       {"kJ", 1e3, PT_BUDGET_JOULES},
    {"MJ", 1e6, PT_BUDGET_JOULES},    {"GJ", 1e9, PT_BUDGET_JOULES},
    {"Wh", 3600, PT_BUDGET_JOULES},   {"kWh", 3.6e6, PT_BUDGET_JOULES},
    {"MWh", 3.6e9, PT_BUDGET_JOULES}, {"GWh", 3.6e12, PT_BUDGET_JOULES},
    {"g", 1, PT_BUDGET_GRAMS},        {"kg", 1e3, PT_BUDGET_GRAMS},
    {"t", 1e6, PT_BUDGET_GRAMS},
};

// Digits, a point, and an exponent only if it has digits: "5EUR" is 5 of "EUR".
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "0123456789.");
    if (length > 0 && (text[length] == 'e' || text[length] == 'E')) {
        size_t sign = text[length + 1] == '+' || text[length + 1] == '-';
        size_t exponent = strspn(text + length + 1 + sign, "0123456789");
        length += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return length;
}

// "EUR", "kUSD", "MUSD": a code of ISO 4217 is three capitals.
static bool take_currency(const char *unit, struct pt_meter_budget *budget)
{
    size_t prefix = strlen(unit) == 4 && (*unit == 'k' || *unit == 'M');
    const char *code = unit + prefix;
    if (strlen(code) != 3)
        return false;
    for (int i = 0; i < 3; i++)
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
    memcpy(budget->currency, code, 4);
    budget->kind = PT_BUDGET_MONEY;
    budget->limit *= prefix == 0 ? 1 : *unit == 'k' ? 1e3 : 1e6;
    return true;
}

// Carbon may say so: "1kgCO2e", "250g CO2".
static void cut_carbon(char *unit)
{
    static const char *const words[] = {"CO2e", "CO2"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(unit), own = strlen(words[i]);
        if (length <= own || strcmp(unit + length - own, words[i]) != 0)
            continue;
        length -= own;
        while (length > 0 && unit[length - 1] == ' ')
            length--;
        unit[length] = '\0';
        if (length == 0 || strchr("gt", unit[length - 1]) == NULL)
            strcpy(unit, "?"); // 1kWhCO2 is nothing
        return;
    }
}

static bool take_unit(const char *text, struct pt_meter_budget *budget)
{
    char unit[16];
    if (strlen(text) >= sizeof unit)
        return false;
    strcpy(unit, text);
    cut_carbon(unit);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0) {
            budget->kind = units[i].kind;
            budget->limit *= units[i].size;
            return true;
        }
    return take_currency(unit, budget);
}

enum pt_status pt_meter_budget_parse(const char *text, struct pt_meter_budget *ret_budget,
                                     struct pt_error *error)
{
    struct pt_meter_budget budget = {0};
    char number[sizeof budget.text];
    size_t length = number_length(text);
    bool good = strlen(text) < sizeof budget.text && length > 0;
    if (good) {
        memcpy(number, text, length);
        number[length] = '\0';
        good = pt_parse_double(number, &budget.limit) &&
               take_unit(text + length + strspn(text + length, " "), &budget) && budget.limit > 0 &&
               isfinite(budget.limit);
    }
    if (!good)
        return pt_fail(error, PT_BAD_INPUT,
                       "budget of \"%.40s\": write energy, 2kWh, 500Wh or 3MJ, money, 5EUR, or "
                       "carbon, 1kg; more than 0",
                       text);
    strcpy(budget.text, text);
    *ret_budget = budget;
    return PT_OK;
}

enum pt_status pt_meter_budget_check(const struct pt_meter_budget *budget,
                                     const struct pt_tariff *tariff, int64_t realtime_ns,
                                     struct pt_error *error)
{
    bool known = true;
    if (budget->kind == PT_BUDGET_MONEY && pt_quantity_known(tariff->price_per_kwh) &&
        strcmp(budget->currency, tariff->currency) != 0)
        return pt_fail(
            error, PT_USAGE,
            "budget of %s: the tariff is in %s; give the budget in %s, or another tariff",
            budget->text, tariff->currency, tariff->currency);
    if (budget->kind == PT_BUDGET_MONEY)
        known = pt_quantity_known(pt_tariff_mean_price(tariff, realtime_ns, realtime_ns));
    if (budget->kind == PT_BUDGET_GRAMS)
        known = pt_quantity_known(pt_tariff_mean_carbon(tariff, realtime_ns, realtime_ns));
    if (known)
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "budget of %s: no %s is known for this time; give --region CODE (powertrain "
                   "grids) or --tariff FILE",
                   budget->text, budget->kind == PT_BUDGET_MONEY ? "price" : "carbon intensity");
}

const char *pt_meter_budget_amount(const struct pt_meter_budget *budget, double amount,
                                   char *buffer)
{
    char text[48];
    switch (budget->kind) {
    case PT_BUDGET_JOULES:
        return pt_format_joules(amount, buffer);
    case PT_BUDGET_MONEY:
        return pt_format_money(amount, budget->currency, buffer);
    case PT_BUDGET_GRAMS:
    case PT_BUDGET_KINDS:
        break;
    }
    snprintf(buffer, 64, "%s CO2e", pt_format_grams(amount, text));
    return buffer;
}
