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
// Describes quantity once more, in the unit of like, which describes like_quantity by the same
// format: what stands side by side is compared. Leaves *text alone if one is unknown or 0, has no
// single unit ("4 min 10 s"), or is over 10,000 times the other.
void pt_quantity_match_unit(struct pt_quantity quantity, struct pt_quantity like_quantity,
                            const struct pt_quantity_text *like, struct pt_quantity_text *text);

#endif
