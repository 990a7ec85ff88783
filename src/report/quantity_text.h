// A quantity as texts, for places that set them apart.
#ifndef PT_REPORT_QUANTITY_TEXT_H
#define PT_REPORT_QUANTITY_TEXT_H

#include "report/report.h"

struct pt_quantity_text {
    char value[48];     // "1.23 Wh", "unknown"
    char interval[112]; // "0.98-1.50"; "" if there is none
    char note[128];     // "0.98-1.50, modelled"; "" if unknown
};

void pt_quantity_describe(struct pt_quantity quantity, pt_report_formatter *format,
                          struct pt_quantity_text *ret_text);
void pt_money_describe(struct pt_quantity quantity, const char *currency,
                       struct pt_quantity_text *ret_text);

#endif
