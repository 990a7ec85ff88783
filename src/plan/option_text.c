// Texts of a plan's options but layouts.

#include "plan/option_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "base/units.h"
#include "plan/usual.h"

enum { ITEM_SIZE = 64 };
#define TOKENS_FROM 1e5 // a bare batch of so many is tokens

// --------------------------------------------------------------------------------------- names
static enum pt_status unknown_name(const char *what, const char *text, const char *const *names,
                                   struct pt_error *error)
{
    const char *near = pt_nearest_word(text, names);
    char list[160] = "";
    for (size_t used = 0; *names != NULL && used < sizeof list; names++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", *names);
    return pt_fail(error, PT_BAD_INPUT, "unknown %s \"%.40s\"%s%s%s; known: %s", what, text,
                   near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "", list);
}

enum pt_status pt_framework_parse(const char *text, enum pt_framework *ret_framework,
                                  struct pt_error *error)
{
    const char *names[PT_FRAMEWORK_COUNT + 1] = {NULL};
    for (int i = 0; i < PT_FRAMEWORK_COUNT; i++) {
        names[i] = pt_framework_text((enum pt_framework)i);
        if (strcasecmp(text, names[i]) == 0) {
            *ret_framework = (enum pt_framework)i;
            return PT_OK;
        }
    }
    return unknown_name("framework", text, names, error);
}

enum pt_status pt_optimizer_parse(const char *text, enum pt_optimizer_kind *ret_kind,
                                  struct pt_error *error)
{
    for (int i = 0; pt_optimizer_names[i] != NULL; i++)
        if (strcasecmp(text, pt_optimizer_names[i]) == 0) {
            *ret_kind = (enum pt_optimizer_kind)i;
            return PT_OK;
        }
    return unknown_name("optimizer", text, pt_optimizer_names, error);
}

enum pt_status pt_plan_optimizer_parse(const char *text, struct pt_plan_request *request,
                                       struct pt_error *error)
{
    static const char suffix[] = "8bit";
    char name[ITEM_SIZE];
    size_t length = strlen(text), own = sizeof suffix - 1;
    bool is_8_bit =
        length > own && length < sizeof name && strcasecmp(text + length - own, suffix) == 0;
    if (!is_8_bit) {
        enum pt_status status = pt_optimizer_parse(text, &request->optimizer, error);
        if (status == PT_OK)
            request->optimizer_in_8_bits = false;
        return status;
    }
    length -= own;
    while (length > 0 && (text[length - 1] == '-' || text[length - 1] == '_'))
        length--;
    memcpy(name, text, length);
    name[length] = '\0';
    enum pt_optimizer_kind kind = PT_GRADIENT_DESCENT;
    enum pt_status status = pt_optimizer_parse(name, &kind, error);
    if (status != PT_OK)
        return status;
    if (kind != PT_ADAM && kind != PT_ADAMW && kind != PT_LION && kind != PT_SGD)
        return pt_fail(error, PT_BAD_INPUT,
                       "optimizer %s: nobody keeps its moments in 8 bits; known: adam8bit, "
                       "adamw8bit, lion8bit, sgd8bit",
                       text);
    request->optimizer = kind;
    request->optimizer_in_8_bits = true;
    return PT_OK;
}

// ------------------------------------------------------------------------------------- numbers
// The count at the start of text ("4M"), and what follows it without blanks. False if there is none
// or too much.
static bool split_count(const char *text, double *ret_count, char unit[ITEM_SIZE])
{
    char number[ITEM_SIZE];
    size_t length = strspn(text, "0123456789.eE+-");
    while (length > 0 && !isdigit((unsigned char)text[length - 1]) && text[length - 1] != '.')
        length--;
    if (strchr("kKMBGT", text[length]) != NULL && text[length] != '\0')
        length++;
    const char *rest = text + length;
    while (*rest == ' ')
        rest++;
    if (length == 0 || length >= ITEM_SIZE || strlen(rest) >= ITEM_SIZE)
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    strcpy(unit, rest);
    return pt_parse_count(number, ret_count);
}

static bool ends_with_letter(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && isalpha((unsigned char)text[length - 1]);
}

enum pt_status pt_batch_parse(const char *text, const struct pt_workload *workload,
                              double *ret_samples, struct pt_error *error)
{
    char unit[ITEM_SIZE];
    double count;
    if (!split_count(text, &count, unit) || !(count >= 1) ||
        (*unit != '\0' && strcmp(unit, "samples") != 0 && strcmp(unit, "tokens") != 0))
        return pt_fail(error, PT_BAD_INPUT,
                       "batch of \"%.40s\": write tokens, 4M, or samples, 1024, of one step", text);
    bool tokens = strcmp(unit, "tokens") == 0 ||
                  (*unit == '\0' && (count >= TOKENS_FROM || ends_with_letter(text)));
    *ret_samples =
        tokens && workload->has_tokens ? pt_plan_batch_of_tokens(workload, count) : round(count);
    return PT_OK;
}

enum pt_status pt_budget_parse(const char *text, struct pt_budget *budget, struct pt_error *error)
{
    const struct {
        const char *unit;
        double size;
        double *limit;
    } units[] = {
        {"USD", 1, &budget->usd},        {"kUSD", 1e3, &budget->usd},
        {"MUSD", 1e6, &budget->usd},     {"kWh", 3.6e6, &budget->joules},
        {"MWh", 3.6e9, &budget->joules}, {"GWh", 3.6e12, &budget->joules},
        {"kg", 1e3, &budget->grams},     {"t", 1e6, &budget->grams},
        {"kt", 1e9, &budget->grams},
    };
    char number[ITEM_SIZE];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(text), own = strlen(units[i].unit);
        if (length <= own || length >= sizeof number ||
            strcmp(text + length - own, units[i].unit) != 0)
            continue;
        length -= own;
        while (length > 0 && text[length - 1] == ' ')
            length--;
        memcpy(number, text, length);
        number[length] = '\0';
        double count;
        if (!pt_parse_count(number, &count) || !(count > 0))
            continue;
        *units[i].limit = count * units[i].size;
        return PT_OK;
    }
    return pt_fail(error, PT_BAD_INPUT,
                   "budget of \"%.40s\": write money, 2MUSD, energy, 10MWh, or carbon, 25t", text);
}

enum pt_status pt_cap_parse(const char *text, const struct pt_accelerator *accelerator,
                            double *ret_watts, struct pt_error *error)
{
    char number[ITEM_SIZE];
    double value, watts = NAN;
    size_t length = strlen(text);
    char last = length > 0 ? text[length - 1] : '\0';
    if (length > 0 && length < sizeof number) {
        memcpy(number, text, length + 1);
        number[length - (last == 'W' || last == '%')] = '\0';
        if (pt_parse_double(number, &value))
            watts = last == 'W'   ? value
                    : last == '%' ? value / 100 * accelerator->board_watts
                                  : value * accelerator->board_watts;
        if (last != 'W' && isnan(accelerator->board_watts))
            return pt_fail(error, PT_BAD_INPUT,
                           "cap of %.20s: the TDP of %s is not published; write watts, 300W", text,
                           accelerator->name);
    }
    if (watts >= 1 && !(watts > 1.0001 * accelerator->board_watts)) {
        *ret_watts = watts;
        return PT_OK;
    }
    return pt_fail(error, PT_BAD_INPUT,
                   "cap of \"%.20s\": write watts, 500W, or a share of the TDP of %g W, 0.7", text,
                   accelerator->board_watts);
}
