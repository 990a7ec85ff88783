// Any text: a budget that is taken is above 0 and finite, keeps its text, and is the same again.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meter/budget.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_meter_budget budget, again;
    char amount[64], *text = malloc(length + 1);
    if (text == NULL)
        abort();
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    if (pt_meter_budget_parse(text, &budget, NULL) == PT_OK) {
        if (!(budget.limit > 0) || !isfinite(budget.limit) || strcmp(budget.text, text) != 0)
            abort();
        if ((budget.kind == PT_BUDGET_MONEY) != (budget.currency[0] != '\0'))
            abort();
        pt_meter_budget_amount(&budget, budget.limit, amount);
        if (pt_meter_budget_parse(budget.text, &again, NULL) != PT_OK ||
            again.limit != budget.limit)
            abort();
    }
    free(text);
    return 0;
}
